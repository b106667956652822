"""The generation board: parts in a row, live play in chunks, undo, numbers beside what was asked, exports."""

from collections import namedtuple

import ipywidgets
import numpy as np
import pytest

from animkit.data.twins.footsteps import GAITS, STYLES
from animkit.data.twins.walkers import walker
from animkit.motion.bvh import load_bvh
from animkit.motion.drawing import bones
from animkit.studio.steering import Obedience
from widgets.boards import generation as module
from widgets.boards.generation import GenerationBoard, generation_board, tell_part


class Model:
    """In place of a network: it has labels, and `stand_in` makes its motion by rules."""

    gaits, styles = list(GAITS), list(STYLES)


State = namedtuple("State", "x z heading contacts")


def stand_in(model, seconds, state=None, *, speed, turn, gait, style, temperature, seed):
    """In place of `generate_more`: a walker, whose parts begin where the one before ended."""
    walk = walker(seconds=seconds, speed=min(speed, 250), turn=turn, seed=seed)
    clip = walk.clip
    x, z, heading, _ = state or (0.0, 0.0, 0.0, None)
    clip = clip.rotate_vertical(heading)
    root = clip.root_pos.copy()
    root[:, [0, 2]] += np.array([x, z]) - root[0, [0, 2]]
    clip.root_pos = root
    return clip, State(root[-1, 0], root[-1, 2], heading + turn * seconds, walk.contacts)


@pytest.fixture
def board(tmp_path, monkeypatch, undrawn):
    monkeypatch.setattr(module, "generate_more", stand_in)
    board = generation_board(Model(), folder=tmp_path / "new", speed=100.0)
    board.sent = []
    monkeypatch.setattr(board.player, "append", board.sent.append)
    return board


def press(board, label):
    next(one for one in everything(board) if getattr(one, "description", "") == label).click()


def everything(board):
    waiting = [board]
    while waiting:
        widget = waiting.pop()
        waiting += getattr(widget, "children", ())
        yield widget


def test_it_begins_with_two_seconds(board):
    assert board.clip.frame_count == 60
    assert board.further["course"] == ((2.0, 100.0, 0.0, None, None),)
    (played,) = board.player.clips
    assert played["notes"] == [[0, 59, "100 cm/s, straight on"]]
    assert board.player.follow


def test_it_goes_on_as_the_sliders_say(board):
    before = board.clip
    board.controls["turn"].value = -30.0
    board.controls["gait"].value = "walk"
    assert board.clip is before  # sliders are for what comes
    press(board, "go on")
    assert board.clip.frame_count == 120
    np.testing.assert_array_equal(board.clip.root_pos[:60], before.root_pos)
    assert board.player.clips[0]["notes"][1] == [60, 119, "100 cm/s, 30°/s right, walk"]
    told = board.numbers.value
    assert "4.0 s so far" in told
    assert told.count("<tr>") == 3
    assert "4.0 s" in board.figure.widget.tooltip


def test_parts_that_are_told_the_same_are_one(board):
    press(board, "go on")
    assert board.further["course"] == ((2.0, 100.0, 0.0, None, None),) * 2
    assert "course=((4.0, 100.0, 0.0, None, None),)" in board.state.value
    assert board.player.clips[0]["notes"] == [[0, 119, "100 cm/s, straight on"]]


def test_live_play_makes_a_second_whenever_the_player_asks(board):
    whole = board.clip.frame_count
    press(board, "live")
    assert board.player.live
    assert board.player.playing
    assert board.live_button.description == "stop"
    board.player.wanted = 60
    board.controls["speed"].value = 200.0
    board.player.wanted = 90
    assert [part.shape for part in board.sent] == [(30, len(board.clip.nodes), 3)] * 2
    assert board.clip.frame_count == whole  # in the browser it is longer already,
    assert "4.0 s so far" in board.numbers.value  # and so are its numbers and its way
    board.player.playing = False  # a pause
    assert not board.player.live
    assert board.live_button.description == "live"
    assert board.clip.frame_count == 120
    np.testing.assert_allclose(np.concatenate(board.sent), bones(board.clip).positions[60:])
    assert board.further["course"][1:] == ((1.0, 100.0, 0.0, None, None), (1.0, 200.0, 0.0, None, None))
    board.undo()  # all that was made live is one action
    assert board.clip.frame_count == whole


def test_live_play_ends_by_the_button_by_begin_anew_and_by_length(board, monkeypatch):
    press(board, "live")
    board.player.wanted = 60
    press(board, "stop")
    assert (board.player.live, board.clip.frame_count) == (False, 90)
    press(board, "live")
    press(board, "begin anew")
    assert (board.player.live, board.clip.frame_count) == (False, 60)
    monkeypatch.setattr(module, "LONGEST", 3.0)
    press(board, "live")
    board.player.wanted = 60
    board.player.wanted = 90
    assert "stopped: the motion has its 3 seconds" in board.message.value
    assert (board.player.live, board.clip.frame_count) == (False, 90)
    for label in ("live", "go on"):
        press(board, label)
        assert "the motion has its 3 seconds" in board.message.value
    assert board.clip.frame_count == 90


def test_seed_temperature_and_locked_feet_make_all_of_it_anew(board, monkeypatch):
    press(board, "go on")
    first = board.player.data
    board.controls["seed"].value = 3
    assert board.player.data != first
    assert board.clip.frame_count == 120
    calls = []
    monkeypatch.setattr(module, "lock_feet", lambda clip, contacts: calls.append(len(contacts)) or clip)
    board.controls["lock"].value = True
    assert calls == [120]
    monkeypatch.setattr(
        module,
        "generate_more",
        lambda *_, temperature, **__: calls.append(temperature) or stand_in(*_, temperature=temperature, **__),
    )
    board.controls["temperature"].value = 0.5
    assert calls[1:] == [0.5, 0.5, 120]


def test_parts_are_not_made_twice(board, monkeypatch):
    calls = []

    def counted(*arguments, **options):
        calls.append(1)
        return stand_in(*arguments, **options)

    monkeypatch.setattr(module, "generate_more", counted)
    for _ in range(3):
        board.go_on()
    board.undo()
    board.redo()
    assert len(calls) == 3


def test_every_action_is_undone_and_done_again(board):
    states, played = [board.everything()], [board.player.data]
    for act in (
        lambda: board.set(speed=50.0),
        board.go_on,
        lambda: board.set(style="proud", turn=20.0),
        board.go_on,
        board.begin_anew,
        lambda: board.set(seed=9),
    ):
        act()
        states.append(board.everything())
        played.append(board.player.data)
    for state, data in list(zip(states, played, strict=True))[-2::-1]:
        board.undo()
        assert board.everything() == state
        assert board.player.data == data
    for state in states[1:]:
        board.redo()
        assert board.everything() == state
    board.reset()
    assert board.everything() == states[0]


def test_the_state_line_makes_the_same_board(board):
    board.set(turn=45.0, style="happy", seed=2)
    board.go_on()
    again = eval(board.state.value, {"generation_board": generation_board, "model": Model()})
    assert again.state.value == board.state.value
    assert again.player.data == board.player.data
    assert "seed=2" in board.state.value


def test_what_a_model_cannot_make_is_a_message_and_changes_nothing(board, monkeypatch):
    before, data = board.everything(), board.player.data

    def refuse(*_, **__):
        raise ValueError("speed is <huge>")

    monkeypatch.setattr(module, "generate_more", refuse)
    press(board, "go on")
    assert "speed is &lt;huge&gt;" in board.message.value
    press(board, "live")
    board.player.wanted = 60
    assert "speed is &lt;huge&gt;" in board.message.value
    assert not board.player.live
    assert (board.everything(), board.player.data) == (before, data)


def test_exports_are_written_and_read_back(board):
    press(board, "go on")
    (path,) = board.export_bvh()
    assert "120 frames at 30 fps, y up, 1 unit = 1 cm; read back: within" in board.report.value
    np.testing.assert_allclose(load_bvh(path).joint_positions(), board.clip.joint_positions(), atol=1e-3)
    board.set(course=((0.5, 100.0, 0.0, None, None),))
    (gif,) = board.export_gif()
    assert gif.stat().st_size > 1000
    board.folder.value = " "
    press(board, "BVH")
    assert "name a folder" in board.message.value


def test_the_way_is_drawn_as_it_grows(monkeypatch):
    monkeypatch.setattr(module, "generate_more", stand_in)
    board = generation_board(Model())
    before = board.figure.widget.value
    board.go_on()
    assert len(before) > 1000
    assert board.figure.widget.value != before


def test_parts_are_told_in_words():
    assert tell_part((1.0, 80.0, 15.0, "walk", None)) == "80 cm/s, 15°/s left, walk"
    assert tell_part((1.0, 80.0, 0.0, None, "old")) == "80 cm/s, straight on, old"


@pytest.fixture
def steering():
    """Half of the commands are obeyed: fast ones are not."""
    return [
        Obedience(speed, turn, 0.3 if speed < 200 else 0.9, 0.0, 0.0, 0.0, 0.0)
        for speed in (0.0, 100.0, 200.0, 300.0)
        for turn in (-60.0, 0.0, 60.0)
    ]


def test_a_command_that_is_not_obeyed_is_grey_and_says_why(steering, tmp_path, monkeypatch, undrawn):
    monkeypatch.setattr(module, "generate_more", stand_in)
    board = generation_board(Model(), folder=tmp_path, speed=100.0, steering=steering)
    assert "Obeyed" in board.advice.value
    assert board.controls["speed"].style.handle_color is None
    assert (board.controls["speed"].max, board.controls["turn"].min) == (300.0, -60.0)
    board.controls["speed"].value = 240.0
    assert "Not obeyed: it takes 0.90 s to come to 200 cm/s" in board.advice.value
    assert board.controls["speed"].style.handle_color == module.GREY
    press(board, "go on")
    lines = board.numbers.value.split("<tr")
    assert f"color:{module.GREY}" in lines[-1]
    assert f"color:{module.GREY}" not in lines[-2]
    board.controls["speed"].value = 50.0
    assert board.controls["turn"].style.handle_color is None
    assert "12 commands with their lags: 6 are obeyed" in board.figure.widget.tooltip
    assert "steering=steering" in board.state.value


def test_lag_and_errors_are_those_of_the_motion_shown(board):
    board.controls["speed"].value, board.controls["turn"].value = 200.0, 45.0
    press(board, "go on")
    part = board.numbers.value.split("<tr>")[-1]
    cells = [cell.split("</td>")[0].replace("−", "-") for cell in part.split("<td>")[1:]]
    assert cells[:3] == ["200 cm/s, 45°/s left", "2 s", "200"]
    assert float(cells[3]) == pytest.approx(200, abs=15)
    assert 0 < float(cells[4]) < 0.5  # the stand-in changes at once
    assert float(cells[6]) == pytest.approx(45, abs=8)
    assert abs(float(cells[7])) < 25
    assert f"A change of speed took {float(cells[4]):.2f} s on average here." in board.numbers.value


def test_arguments_that_the_model_does_not_know_are_refused(monkeypatch):
    monkeypatch.setattr(module, "generate_more", stand_in)
    with pytest.raises(ValueError, match="knows no gait 'swim'; it knows walk"):
        generation_board(Model(), gait="swim")
    with pytest.raises(ValueError, match="at most 120 s"):
        generation_board(Model(), course=())
    with pytest.raises(ValueError, match="at most 120 s"):
        generation_board(Model(), course=((500.0, 100.0, 0.0, None, None),))


def test_everything_has_a_label_and_an_explanation(board):
    assert isinstance(board, GenerationBoard)
    for one in everything(board):
        if isinstance(one, ipywidgets.Button):
            assert one.description
            assert one.tooltip
    for control in (*board.controls.values(), board.folder):
        assert control.description
        assert control.tooltip
    assert board.figure.widget.tooltip
