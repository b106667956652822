"""The player's Python side: clips become bytes once, and bad clips are refused. tests/browser plays it."""

import json
import re

import numpy as np
import pytest

from widgets.parts.player import AnimationPlayer, skeleton, sprites

FRAMES = np.arange(2 * 3 * 4 * 4, dtype="uint8").reshape(2, 3, 4, 4)
CHAIN = np.zeros((5, 2, 3), "float32")


def test_clips_travel_as_one_buffer_with_offsets():
    positions = CHAIN + np.arange(5)[:, None, None]
    player = AnimationPlayer(sprites(FRAMES, title="a"), skeleton(positions, [-1, 0], title="b"), label="two clips")
    picture, bones = player.clips
    assert (picture["shape"], picture["offset"], picture["bytes"]) == ([2, 3, 4], 0, FRAMES.nbytes)
    assert bones["parents"] == [-1, 0]
    assert bones["offset"] % 4 == 0
    sent = np.frombuffer(player.data, "float32", offset=bones["offset"]).reshape(bones["shape"])
    np.testing.assert_array_equal(sent, positions)


def test_pictures_that_move_over_a_backdrop_travel_as_what_they_are():
    backdrop = np.full((8, 8, 4), 9, np.uint8)
    described, data = sprites(FRAMES, backdrop=backdrop, places=np.array([[0, 1], [-2, 5]]), tether=(4, 0))
    assert (described["backdrop"], described["places"], described["tether"]) == ([8, 8], [[0, 1], [-2, 5]], [4.0, 0.0])
    assert data == FRAMES.tobytes() + backdrop.tobytes()


def test_other_clips_take_the_place_of_the_first():
    player = AnimationPlayer(sprites(FRAMES, title="a"), label="a clip", fps=7)
    player.show(skeleton(CHAIN, [-1, 0], title="b"))
    assert [clip["title"] for clip in player.clips] == ["b"]
    assert player.data == CHAIN.tobytes()
    assert player.fps == 7
    with pytest.raises(ValueError, match="no clips"):
        player.show()


def test_a_skeleton_has_sides_notes_and_a_measure():
    described, _ = skeleton(CHAIN, [-1, 0], sides=["middle", "left"], notes=[(0, 2, "key")], centimetres=5.0)
    assert described["sides"] == ["middle", "left"]
    assert described["notes"] == [[0, 2, "key"]]
    assert (described["square"], described["metres"]) == (10.0, 0.5)
    plain, _ = skeleton(CHAIN, [-1, 0])
    assert not {"sides", "notes", "square"} & set(plain)


def test_more_frames_are_sent_as_they_come(monkeypatch):
    player, sent = AnimationPlayer(skeleton(CHAIN, [-1, 0]), label="a clip", follow=True, first=0), []
    monkeypatch.setattr(player, "send", lambda content, buffers: sent.append((content, buffers)))
    player.append(CHAIN.astype("float64") + 1)
    assert sent == [({"more": True}, [(CHAIN + 1).tobytes()])]
    assert player.data == CHAIN.tobytes()
    assert '"follow": true' in player.html()


def test_saved_page_holds_everything_and_loads_nothing():
    player = AnimationPlayer(sprites(FRAMES, title="</script><b>"), label="<i>x</i>", fps=8)
    page = player._repr_mimebundle_()[0]["text/html"]
    assert "http" not in re.sub(r'base64,[^"]*', "", page)
    assert page.count("</script>") == 1
    state = json.loads(re.search(r"\.\.\.(\{.*\}), bytes", page)[1])
    assert state["fps"] == 8
    assert state["clips"][0]["title"] == "</script><b>"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: sprites(FRAMES.astype("float32")), "in uint8; got .* in float32"),
        (lambda: sprites(FRAMES[..., :3]), r"\(time, height, width, 4\)"),
        (lambda: sprites(FRAMES[:0]), r"got \(0, 3, 4, 4\)"),
        (lambda: sprites(FRAMES, backdrop=FRAMES[0, ..., :3], places=[(0, 0)] * 2), "a backdrop is"),
        (lambda: sprites(FRAMES, backdrop=FRAMES[0]), "2 frames need as many places"),
        (lambda: skeleton(CHAIN[0], [-1, 0]), r"\(time, joints, 2 or 3\); got \(2, 3\)"),
        (lambda: skeleton(CHAIN, [-1]), "1 parents for 2 joints"),
        (lambda: skeleton(CHAIN, [-1, 7]), "outside the skeleton"),
        (lambda: skeleton(CHAIN, [-1, 0], sides=["left"]), "sides are 2 of"),
        (lambda: skeleton(CHAIN, [-1, 0], sides=["left", "up"]), "sides are 2 of head, left, middle, right"),
        (lambda: skeleton(np.where(np.arange(5)[:, None, None] == 3, np.nan, CHAIN), [-1, 0]), "not finite in frame 3"),
        (lambda: AnimationPlayer(label="nothing"), "no clips"),
        (lambda: AnimationPlayer(sprites(FRAMES), label=" "), "label is empty"),
        (lambda: AnimationPlayer(sprites(FRAMES), label="x", fps=0), "above zero; got 0"),
    ],
)
def test_bad_clips_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_play_and_pause_are_drawn_for_fonts_that_lack_the_glyphs():
    script = AnimationPlayer.script
    assert "<svg" in script
    assert not set("▶⏸") & set(script)
