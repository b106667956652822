"""The player with keys: what it hears, and what it sends."""

import numpy as np

from widgets.parts.key_player import KeyPlayer
from widgets.parts.player import AnimationPlayer, skeleton

CLIP = skeleton(np.zeros((5, 2, 3)), [-1, 0])


def test_actions_are_heard_and_answers_sent(monkeypatch):
    sent, heard = [], []
    monkeypatch.setattr(KeyPlayer, "send", lambda self, message, buffers=(): sent.append((message, list(buffers))))
    player = KeyPlayer(CLIP, label="two joints")
    player.on_action(heard.append)
    player._handle_custom_msg({"act": "key", "frame": 3}, [])
    assert heard == [{"act": "key", "frame": 3}]
    player.pull(2, np.ones((2, 3)))
    player.pull(2, None)
    player.answer("done")
    assert [message for message, _ in sent] == [{"pulled": 2}, {"pulled": 2}, {"answered": "done", "failed": False}]
    assert np.frombuffer(sent[0][1][0], "float32").tolist() == [1.0] * 6
    assert sent[1][1] == []


def test_a_saved_page_plays_and_has_no_tools():
    page = KeyPlayer(CLIP, label="two joints").html()
    assert page.count("mount(") == AnimationPlayer(CLIP, label="two joints").html().count("mount(")
    assert "onkeydown" in KeyPlayer._esm
    assert KeyPlayer.script == AnimationPlayer.script
