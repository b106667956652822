"""The in-between board: keys and gaps, what fills them, numbers, timeline, undo, and exports that are read back."""

import re
from types import SimpleNamespace

import ipywidgets
import numpy as np
import pytest
from PIL import Image, ImageSequence

from animkit.data.twins.walkers import walker
from animkit.motion.bvh import load_bvh
from animkit.motion.drawing import bones
from animkit.motion.interpolation import interpolate_smoothly, interpolate_straight
from animkit.motion.posing import read_pose
from animkit.motion.stretches import frames_of
from widgets.boards import in_between as module
from widgets.boards.in_between import InBetweenBoard, in_between_board
from widgets.parts import motion_board
from widgets.parts.key_player import KeyPlayer

FRAMES = 60
MODEL = SimpleNamespace(seen={"gap": [2.0, 8.0]})  # the stand-in below asks nothing else of it


def stand_in(model, clip, keys, *, samples=1, seed=0):
    """In place of a network: each sample raises the arms of the filled frames by another angle."""
    clips = []
    for sample in range(samples):
        made = interpolate_straight(clip, keys)
        angles = made.joint_angles.copy()
        filled = np.setdiff1d(np.arange(clip.frame_count), keys)
        angles[filled, made.joint_names.index("LeftArm"), 0] += 5.0 * (1 + sample + seed)
        made.joint_angles = angles
        clips.append(made)
    return clips


@pytest.fixture(scope="module")
def clip():
    return walker(seconds=2.0, turn=0.5, seed=2).clip


@pytest.fixture
def make(clip, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "in_between_anywhere", stand_in)
    return lambda clip=clip: in_between_board(MODEL, clip, name="a <walk>", folder=tmp_path / "new" / "motion")


@pytest.fixture
def board(make, monkeypatch):
    sent = []
    monkeypatch.setattr(KeyPlayer, "sent", sent, raising=False)
    monkeypatch.setattr(KeyPlayer, "send", lambda self, message, buffers=(): sent.append((message, list(buffers))))
    return make()


def playing(board):
    """Title -> positions that the player holds."""
    clips = {}
    for clip in board.player.clips:
        part = board.player.data[clip["offset"] : clip["offset"] + clip["bytes"]]
        clips[clip["title"]] = np.frombuffer(part, "float32").reshape(clip["shape"])
    return clips


def act(board, name, frame, **more):
    """As the browser asks."""
    board.act({"act": name, "frame": frame, **more})


def answer(board):
    return board.player.sent[-1][0]


def node(board, name):
    return next(handle["node"] for handle in board.player.handles if handle["name"] == name)


def press(board, label):
    next(one for one in everything(board) if getattr(one, "description", "") == label).click()


def everything(board):
    waiting = [board]
    while waiting:
        widget = waiting.pop()
        waiting += getattr(widget, "children", ())
        yield widget


def test_original_linear_and_ours_stand_side_by_side(clip, board):
    keys = frames_of(((0, 19), (40, 59)))
    assert board.controls["kept"].value == "0-19, 40-59"
    shown = playing(board)
    assert list(shown) == ["original", "linear", "ours"]
    for title, expected in (
        ("original", clip),
        ("linear", interpolate_straight(clip, keys)),
        ("ours", stand_in(MODEL, clip, keys)[0]),
    ):
        np.testing.assert_allclose(shown[title], bones(expected).positions, atol=1e-3)
    for played in board.player.clips:
        assert played["notes"] == [[20, 39, "in-between, 20 frames"], [0, 19, "kept"], [40, 59, "kept"]]
        assert played["square"] == pytest.approx(50)
        assert played["sides"].count("left") == played["sides"].count("right") > 0


def test_samples_seed_and_cubic_are_further_choices(clip, board):
    board.controls["samples"].value = 3
    assert list(playing(board)) == ["original", "linear", "ours 1", "ours 2", "ours 3"]
    assert [look["dash"] for look in board.player.looks[2:]] == [[], [6, 3], [9, 3]]
    first = playing(board)["ours 1"]
    board.controls["seed"].value = 7
    assert np.abs(playing(board)["ours 1"] - first).max() > 1
    board.set(shown=("cubic",))
    cubic = interpolate_smoothly(clip, frames_of(board.stretches))
    np.testing.assert_allclose(playing(board)["cubic"], bones(cubic).positions, atol=1e-3)


def test_feet_are_locked_when_asked(board, monkeypatch):
    locked = []
    monkeypatch.setattr(module, "lock_feet", lambda clip, keep: locked.append(keep) or clip)
    board.controls["samples"].value = 2
    assert not locked
    board.controls["lock"].value = True
    assert len(locked) == 2
    assert "Feet locked: nothing has changed" in board.numbers.value


def test_nothing_is_said_of_feet_that_were_moved(board, monkeypatch):
    def higher(clip, keep):
        moved = clip.copy()
        moved.root_pos = clip.root_pos + 1
        return moved

    monkeypatch.setattr(module, "lock_feet", higher)
    board.controls["lock"].value = True
    assert "nothing has changed" not in board.numbers.value


def test_the_originals_frames_are_kept_where_the_player_stands(board):
    board.player.frame = 30  # as the browser tells it when it is stopped or stepped
    press(board, "original here")
    assert board.controls["kept"].value == "0-19, 30, 40-59"
    press(board, "original here")
    assert "frame 30 is kept already" in board.message.value
    act(board, "delete", 10)
    assert board.controls["kept"].value == "0-9, 11-19, 30, 40-59"
    assert answer(board) == {"answered": "", "failed": False}
    act(board, "delete", 10)
    assert "frame 10 is no key" in board.message.value
    assert answer(board)["failed"]
    act(board, "delete", 0)
    assert "the first and the last frame stay keys" in board.message.value
    assert board.controls["kept"].value == "0-9, 11-19, 30, 40-59"


def test_keys_have_the_pose_that_is_shown_and_are_moved(board):
    shown = playing(board)["ours"][30]
    act(board, "key", 30)
    assert board.player.key_frames == [{"frame": 30, "own": True}]
    np.testing.assert_allclose(playing(board)["ours"][30], shown, atol=1e-3)
    act(board, "move", 30, to=33)
    assert board.controls["kept"].value == "0-19, 33, 40-59"
    assert board.player.frame == 33
    np.testing.assert_allclose(playing(board)["ours"][33], shown, atol=1e-3)
    for to, told in ((45, "frame 45 is kept already: two keys"), (60, "are 0 to 59; got 60")):
        act(board, "move", 33, to=to)
        assert told in board.message.value
    act(board, "move", 30, to=31)
    assert "no key at frame 30; keys are 33" in board.message.value
    act(board, "undo", None)
    np.testing.assert_allclose(playing(board)["ours"][30], shown, atol=1e-3)
    act(board, "redo", None)
    act(board, "delete", 33)
    assert board.controls["kept"].value == "0-19, 40-59"
    assert board.further["poses"] == ()


def test_a_hand_is_pulled_and_the_gap_filled_again(board):
    original, before, hand = playing(board)["original"], playing(board)["ours"], node(board, "LeftHand")
    to = (0.7 * before[30, hand] + 0.3 * before[30, node(board, "Head")]).tolist()
    act(board, "pull", 30, handle="LeftHand", to=to, single=False, done=False)
    (sent, buffers) = board.player.sent[-1]
    assert sent == {"pulled": 30}
    np.testing.assert_allclose(np.frombuffer(buffers[0], "float32").reshape(-1, 3)[hand], to, atol=1e-3)
    assert board.further["poses"] == ()
    act(board, "pull", 30, handle="LeftHand", to=to, single=False, done=True)
    now = playing(board)["ours"]
    np.testing.assert_allclose(now[30, hand], to, atol=1e-2)
    assert np.abs(now[27, hand] - before[27, hand]).max() > 1
    assert "not errors" in board.numbers.value
    np.testing.assert_array_equal(playing(board)["original"], original)
    for frame, told in ((10, "lies in the kept stretch 0-19"), (60, "frames are 0 to 59")):
        act(board, "pull", frame, handle="LeftHand", to=to, single=False, done=True)
        assert told in board.message.value
    act(board, "pull", 10, handle="LeftHand", to=to, single=False, done=False)
    assert board.player.sent[-1] == ({"pulled": 10}, [])
    act(board, "pull", 30, handle="LeftHand", to=[0, float("nan"), 0], single=False, done=True)
    assert "three finite numbers" in board.message.value
    assert len(board.further["poses"]) == 1


def test_poses_are_copied_pasted_and_mirrored(board):
    act(board, "paste", 25)
    assert "nothing was copied" in board.message.value
    act(board, "copy", 10)
    assert answer(board)["answered"] == "the pose of frame 10 is copied"
    act(board, "paste", 25)
    assert board.message.value == ""
    act(board, "mirror", 35)
    assert [frame for frame, _ in board.further["poses"]] == [25, 35]
    ours, (left, right) = playing(board)["ours"], (node(board, name) for name in ("LeftHand", "RightHand"))
    apart = np.linalg.norm(ours[[10, 25], left] - ours[[10, 25], right], axis=-1)
    assert apart[0] == pytest.approx(apart[1], abs=1e-2)
    act(board, "mirror", 25)
    act(board, "mirror", 25)
    np.testing.assert_allclose(playing(board)["ours"][25], ours[25], atol=2e-2)
    board.controls["kept"].value = "0-19, 35, 40-59"
    assert [frame for frame, _ in board.further["poses"]] == [35]
    board.set(shown=("original",))
    act(board, "mirror", 35)
    assert "nothing that is filled is shown" in board.message.value


def test_posed_keys_are_exported_exactly(board):
    act(board, "pull", 30, handle="Hips", to=[0.0, 60.0, 20.0], single=False, done=True)
    board.controls["lock"].value = True
    ((_, row),) = board.further["poses"]
    for path in board.export_bvh():
        np.testing.assert_allclose(read_pose(load_bvh(path), 30), row, atol=1.1e-4)


def test_a_running_player_does_not_say_where_it_is(board):
    board.player.playing = True
    press(board, "original here")
    assert "stop it (space)" in board.message.value


def test_gaps_are_marked_emptied_and_kept(board):
    board.controls["gap"].value = (5, 14)
    press(board, "empty the gap")
    assert board.controls["kept"].value == "0-4, 15-19, 40-59"
    board.controls["gap"].value = (0, 45)
    press(board, "keep the gap")
    assert board.controls["kept"].value == "0-59"
    assert "nothing to fill" in board.numbers.value
    shown = playing(board)
    np.testing.assert_array_equal(shown["ours"], shown["original"])
    board.controls["every"].value = 25
    press(board, "keys only")
    assert board.controls["kept"].value == "0, 25, 50, 59"


def test_kept_frames_can_be_typed(board):
    board.controls["kept"].value = "50-58,  3"
    assert board.controls["kept"].value == "0, 3, 50-59"
    for text, message in (("3-", "neither a frame nor a range"), ("70", "no frame 70"), ("9-2", "runs backwards")):
        board.controls["kept"].value = text
        assert message in board.message.value
        assert board.controls["kept"].value == "0, 3, 50-59"


def test_numbers_stand_beside_linear(board):
    board.controls["shown"].value = ("original", "linear", "cubic", "ours")
    told = board.numbers.value
    assert told.count("<tr>") == 5
    assert "20 frames to fill in 1 gap." in told
    assert "(1.00 of linear)" not in told
    assert told.count("of linear)") == 4
    assert "cm/s" in told


@pytest.mark.parametrize("every", [2, 3, 5, 10, 25])
def test_the_original_is_no_jerk_and_what_jumps_no_more_is_none(board, every):
    board.controls["shown"].value = ("original", "linear", "cubic", "ours")
    board.controls["every"].value = every
    press(board, "keys only")
    original, *filled = re.findall(r"<tr><td>(.*?)</tr>", board.numbers.value)
    assert original.startswith("original</td>")
    assert not re.search("jerk|as inside", original)
    limit = float(re.search(r"A jerk is a jump above ([\d.]+) cm/s", board.numbers.value)[1])
    assert float(re.search(r"([\d.]+)</td>$", original)[1]) <= limit
    for row in filled:
        jump, mark = re.search(r"([\d.]+) (&#\d+; [a-z ]+)</td>$", row).groups()
        assert ("jerk" in mark) is (float(jump) > limit)


def test_a_gap_longer_than_any_seen_is_told_and_keys_are_proposed(board):
    assert "a gap of 20 frames at 30 a second (trained on 2 to 8)" in board.notice.value
    assert "2 keys at the frames 26, 33 may help" in board.notice.value
    press(board, "set these keys")
    assert board.controls["kept"].value == "0-19, 26, 33, 40-59"
    assert "trained on" not in board.notice.value
    board.undo()
    assert "26, 33" in board.notice.value


def test_where_a_curve_is_nearer_to_the_original_it_is_named_and_shown(board):
    # the stand-in is linear with an arm raised: never the nearest
    told = re.search(r"Here (\w+) is nearer to the original: (\d+\.\d+) cm; ours (\d+\.\d+) cm", board.notice.value)
    assert told[1] in ("linear", "cubic")
    assert float(told[2]) < float(told[3])
    press(board, "show the nearest")
    assert board.controls["shown"].value == ("original", told[1])
    # without ours there is nothing to be warned of
    assert board.notice.value == ""
    assert {button.layout.display for button in board.advised} == {"none"}


def test_a_network_as_near_as_any_curve_in_a_gap_it_has_seen_is_not_warned_of(make, monkeypatch):
    monkeypatch.setattr(module, "in_between_anywhere", lambda model, clip, keys, **_: [clip])
    board = make()
    board.controls["kept"].value = "0-29, 38-59"
    assert board.notice.value == ""


def test_every_action_is_undone_and_done_again(board):
    states, played = [board.everything()], [board.player.data]

    def remember():
        assert board.message.value == ""
        states.append(board.everything())
        played.append(board.player.data)

    def done(label, act, *arguments, **more):
        act(board, label, *arguments, **more)
        if board.everything() != states[-1]:
            remember()

    board.player.frame = 25
    for label in ("original here", "keys only", "empty the gap"):
        done(label, press)
    done("key", act, 28)
    done("move", act, 28, to=31)
    done("mirror", act, 31)
    done("pull", act, 31, handle="Head", to=[0.0, 90.0, 40.0], single=True, done=True)
    done("delete", act, 31)
    for name, value in (("shown", ("original", "ours")), ("samples", 2), ("seed", 4), ("kept", "7-9")):
        board.controls[name].value = value
        remember()
    for state, data in list(zip(states, played, strict=True))[-2::-1]:
        board.undo()
        assert board.everything() == state
        assert board.player.data == data
    for state in states[1:]:
        board.redo()
        assert board.everything() == state
    board.reset()
    assert board.everything() == states[0]


def test_the_state_line_makes_the_same_board(clip, board):
    board.set(kept="0, 30-59", samples=2, seed=5, shown=("linear", "ours"))
    act(board, "mirror", 15)
    board.player.frame = 12
    names = {"in_between_board": in_between_board, "model": MODEL, "clip": clip}
    again = eval(board.state.value, names)
    assert again.state.value == board.state.value
    assert "seed=5" in again.state.value
    assert again.player.data == board.player.data
    assert again.player.frame == 12


def test_what_cannot_be_shown_is_a_message_and_changes_nothing(board, monkeypatch):
    before, data = board.everything(), board.player.data
    board.controls["shown"].value = ()
    assert "choose at least one" in board.message.value
    board.set(shown=("original", "linear", "cubic", "ours"), samples=4)
    assert (board.message.value, len(board.motions)) == ("", 5)  # of four samples two have no room
    board.set(**before)

    def refuse(*_, **__):
        raise ValueError("the model lacks the joint <Tail>")

    monkeypatch.setattr(module, "in_between_anywhere", refuse)
    board.controls["kept"].value = "10-20"
    assert "&lt;Tail&gt;" in board.message.value
    assert (board.everything(), board.player.data) == (before, data)


def test_without_a_network_the_curves_remain(clip):
    board = in_between_board(None, clip)
    assert list(playing(board)) == ["original", "linear"]
    assert "ours" not in board.controls["shown"].options
    assert "model=None" in board.state.value
    with pytest.raises(ValueError, match="no network"):
        in_between_board(None, clip, shown=("ours",))


def test_exports_are_written_and_read_back(make):
    board = make(walker(seconds=0.8).clip)
    board.controls["samples"].value = 2
    paths = board.export_bvh()
    assert [path.name for path in paths] == ["a_walk_linear.bvh", "a_walk_ours_1.bvh", "a_walk_ours_2.bvh"]
    assert board.report.value.count("read back: within") == 3
    for path, (_, made) in zip(paths, board.motions[1:], strict=True):
        np.testing.assert_allclose(load_bvh(path).joint_positions(), made.joint_positions(), atol=1e-3)
    (path,) = board.export_gif()
    assert path.name == "a_walk_in-between.gif"
    assert "24 pictures at 30 fps, " in board.report.value
    with Image.open(path) as gif:
        frames = [frame.info["duration"] for frame in ImageSequence.Iterator(gif)]
        assert gif.size == (4 * 240, 280)
    assert sum(frames) == pytest.approx(800, abs=20)


def test_a_long_clip_becomes_a_short_gif_around_its_gap(tmp_path, monkeypatch):
    monkeypatch.setattr(motion_board, "LONGEST_GIF", 0.5)
    board = in_between_board(None, walker(seconds=4.0).clip, folder=tmp_path, gap=(70, 80), shown=("linear",))
    board.export_gif()
    assert "(frames 40 to 54 of the clip)" in board.report.value


def test_only_what_is_new_is_exported(board):
    board.controls["shown"].value = ("original",)
    press(board, "BVH")
    assert "only the original is shown" in board.message.value


def test_a_folder_that_cannot_be_is_a_message_with_its_text_escaped(board, tmp_path):
    (tmp_path / "file").write_text("")
    for folder, message in ((" ", "name a folder"), (str(tmp_path / "file" / "<b>"), "file")):
        board.folder.value = folder
        press(board, "GIF")
        assert message in board.message.value
        assert "<b>'" not in board.message.value
        assert board.report.value == ""


def test_clips_and_arguments_that_do_not_go_together_are_refused(clip):
    with pytest.raises(ValueError, match="nothing in between"):
        in_between_board(None, walker(seconds=2 / 30).clip)
    with pytest.raises(ValueError, match="frames are 0 to 59"):
        in_between_board(None, clip, gap=(20, 60))
    with pytest.raises(ValueError, match="frames are 0 to 59"):
        in_between_board(None, clip, frame=60)
    with pytest.raises(ValueError, match="no frame 99"):
        in_between_board(None, clip, kept="99")


def test_three_frames_are_a_clip():
    board = in_between_board(None, walker(seconds=0.1).clip)
    assert board.controls["kept"].value == "0, 2"


def test_everything_has_a_label_and_an_explanation(board):
    assert isinstance(board, InBetweenBoard)
    for one in everything(board):
        if isinstance(one, ipywidgets.Button):
            assert one.description
            assert one.tooltip
    for control in (*board.controls.values(), board.folder):
        assert control.description
        assert control.tooltip
    assert "Skeletons in 3-D" in board.player.label
