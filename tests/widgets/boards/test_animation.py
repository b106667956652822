"""The animation board: what each control plays, and exports that come back pixel by pixel."""

import io

import ipywidgets
import numpy as np
import pytest
from PIL import Image

from animkit.data.sprite_sheet import Sheet
from animkit.data.sprites import ACTION_DIRECTIONS
from animkit.models.sequence_vae import SequenceVAE
from animkit.render import to_rgba
from animkit.studio.characters import animate, in_between, loop_jump, swap_motion
from widgets.boards.animation import AnimationBoard, animation_board

NAMES = ["Ann <b>", "Bob", "Ann  b"]


@pytest.fixture(scope="module")
def shared_board(company):
    return animation_board(company, company.looks[:3], names=NAMES)


@pytest.fixture
def board(shared_board, tmp_path):
    """A board as it began, but for what undo remembers, that exports to a folder of the test's own."""
    shared_board.reset()
    shared_board.folder.value, shared_board.report.value = str(tmp_path / "new" / "characters"), ""
    return shared_board


def playing(board):
    """The frames that the player holds, one array a clip."""
    parts = (board.player.data[clip["offset"] : clip["offset"] + clip["bytes"]] for clip in board.player.clips)
    return [
        np.frombuffer(part, np.uint8).reshape(*clip["shape"], 4)
        for part, clip in zip(parts, board.player.clips, strict=True)
    ]


def titles(board):
    return [clip["title"] for clip in board.player.clips]


def test_characters_action_and_direction_are_played(company, board):
    board.controls["who"].value = (0, 2)
    board.controls["action"].value = "slash"
    board.controls["direction"].value = "left"
    frames = animate(company.animator, company.looks[[0, 2]], ("slash left",))
    for shown, expected in zip(playing(board), frames[:, 0], strict=True):
        np.testing.assert_array_equal(shown, to_rgba(expected, company.animator.palette))
    assert titles(board) == [NAMES[0], NAMES[2]]
    assert NAMES[2] in board.player.label


def test_all_nine_are_played_at_once_and_rounds_repeat_them(company, board):
    board.controls["action"].value = "all nine"
    (shown,) = playing(board)
    assert shown.shape == (8, 48, 48, 4)
    slash = animate(company.animator, company.looks[:1], ("slash left",))[0, 0]
    np.testing.assert_array_equal(shown[:, 32:, :16], to_rgba(slash, company.animator.palette))
    board.controls["rounds"].value = 3
    np.testing.assert_array_equal(playing(board)[0], np.concatenate([shown] * 3))
    assert board.controls["direction"].disabled


def test_speed_is_the_players(board):
    data = board.player.data
    board.controls["fps"].value = 15
    assert board.player.fps == 15
    assert board.player.data == data


def test_palettes_are_the_characters_own(company):
    own = company.animator.palette.copy()
    own[1:, :3] = 7
    board = animation_board(company, company.looks[:2], palettes=[company.animator.palette, own], who=(1,))
    assert set(np.unique(playing(board)[0][..., :3])) <= {0, 7}
    assert titles(board) == ["character 2"]


def test_each_is_drawn_by_an_animator_of_its_own(company):
    other = SequenceVAE.from_config(company.animator.get_config())
    board = animation_board(company, company.looks[:2], animators=[company.animator, other], who=(0, 1))
    first, second = playing(board)
    np.testing.assert_array_equal(first, to_rgba(board.clips[0].frames[0], company.animator.palette))
    drawn = animate(other, company.looks[1:2], ("walk front",))[0, 0]
    np.testing.assert_array_equal(second, to_rgba(drawn, company.animator.palette))


def test_swapped_motions_stand_beside_the_clips_they_come_from(company, board):
    board.set(view="swap", one=2, other=1, action="walk", direction="right", other_action="spellcast front")
    walk = animate(company.animator, company.looks[2:3], ("walk right",))[0, 0]
    cast = animate(company.animator, company.looks[1:2], ("spellcast front",))[0, 0]
    expected = [walk, cast, *swap_motion(company.animator, walk, cast)]
    for shown, frames in zip(playing(board), expected, strict=True):
        np.testing.assert_array_equal(shown, to_rgba(frames, company.animator.palette))
    assert titles(board)[2:] == ["Ann  b, spellcast front", "Bob, walk right"]
    assert "as the judge reads them: Ann  b keeps" in board.numbers.value


def test_in_betweens_go_from_one_pose_to_the_other(company, board):
    board.set(view="between", one=1, action="walk", direction="left", frame=3, other_action="slash left", other_frame=8)
    board.controls["count"].value = 5
    motions = company.animator.motions(animate(company.animator, company.looks[1:2], ("walk left", "slash left"))[0])
    expected = in_between(company.animator, company.looks[1], np.stack([motions[0, 2], motions[1, 7]]), [5])
    np.testing.assert_array_equal(playing(board)[0], to_rgba(expected, company.animator.palette))
    assert "5 in-betweens" in board.strip.widget.tooltip
    board.controls["count"].value = 0
    assert len(playing(board)[0]) == 2


def test_loops_are_told_as_numbers(company, board):
    frames = animate(company.animator, company.looks[:1], ("walk front",))[0, 0]
    join, within = loop_jump(frames)
    assert f"<td>{join:.1%}</td><td>{within:.1%}</td>" in board.numbers.value
    assert "Ann &lt;b&gt;" in board.numbers.value


def test_temperature_and_seed_vary_the_motion_and_reset_takes_it_back(company, board):
    still = board.player.data
    board.controls["seed"].value = 3
    assert board.player.data == still  # at temperature 0 there is no chance
    board.controls["temperature"].value = 2.0
    warm = animate(company.animator, company.looks[:1], ("walk front",), temperature=2.0, seed=3)[0, 0]
    np.testing.assert_array_equal(playing(board)[0], to_rgba(warm, company.animator.palette))
    board.reset_motion()
    assert board.player.data == still
    assert board.values()["temperature"] == board.values()["seed"] == 0


def test_every_action_is_undone_and_done_again(board):
    states, played = [board.everything()], [board.player.data]
    for change in (
        {"who": (1, 2)},
        {"action": "spellcast"},
        {"direction": "right"},
        {"view": "swap"},
        {"other": 2},
        {"view": "between"},
        {"other_frame": 2},
        {"temperature": 1.0},
        {"fps": 12},
    ):
        ((name, value),) = change.items()
        board.controls[name].value = value
        assert board.message.value == ""
        states.append(board.everything())
        played.append(board.player.data)
    board.reset()
    assert board.everything() == states[0]
    for state, data in zip(states[::-1], played[::-1], strict=True):
        board.undo_button.click()
        assert board.everything() == state
        assert board.player.data == data
    for _ in states:
        board.redo_button.click()
    assert board.everything() == states[0]
    assert board.redo_button.disabled


def test_the_state_line_makes_the_same_board(company, board):
    board.set(view="swap", one=2, temperature=0.3, seed=5)
    names = {"animation_board": animation_board, "company": company, "looks": company.looks[:3], "names": NAMES}
    again = eval(board.state.value, names)
    assert again.state.value == board.state.value
    assert again.player.data == board.player.data
    assert again.numbers.value == board.numbers.value


def test_what_cannot_be_played_is_a_message_and_changes_nothing(board):
    before, data = board.everything(), board.player.data
    board.controls["who"].value = ()
    assert "choose one to 4 characters" in board.message.value
    assert (board.everything(), board.player.data) == (before, data)
    board.controls["action"].value = "all nine"
    assert board.message.value == ""
    board.controls["view"].value = "swap"  # takes one action of the nine
    assert board.message.value == ""
    assert board.controls["action"].value == "walk"
    board.controls["action"].value = "all nine"
    assert "choose one action" in board.message.value
    assert board.controls["action"].value == "walk"


@pytest.mark.parametrize("view", ["play", "swap", "between"])
def test_exports_are_written_and_read_back(board, view):
    board.set(view=view, rounds=2 if view == "play" else 1)
    if view == "play":
        board.set(who=(0, 1, 2), action="all nine")
    for export, kinds in (
        (board.export_sheets, {".png", ".json"}),
        (board.export_gifs, {".gif"}),
        (board.export_frames, {""}),
    ):
        written = export()
        assert {path.suffix for path in written} == kinds
        assert len(set(written)) == len(written)
        assert all(path.exists() for path in written)
        assert board.report.value.count("read back: the same pixels") == len(board.clips)
        assert all(path.name in board.report.value for path in written)


def test_a_sheets_pixels_are_the_clips(company, board):
    board.set(action="all nine")
    path, _ = board.export_sheets()
    pixels = np.asarray(Image.open(path))
    frames = animate(company.animator, company.looks[:1])[0]
    expected = to_rgba(frames, company.animator.palette).swapaxes(1, 2).reshape(9 * 16, 8 * 16, 4)
    np.testing.assert_array_equal(pixels, expected)


def test_frames_never_go_into_a_folder_that_holds_something(board):
    (first,), (second,) = board.export_frames(), board.export_frames()
    assert (first.name, second.name) == ("Ann_b_frames", "Ann_b_frames_2")
    assert sorted(path.name for path in first.iterdir()) == [f"walk_front_{number:02}.png" for number in range(8)]


def test_a_file_that_comes_back_changed_is_reported(board, monkeypatch):
    spoil = np.zeros((1, 8, 16, 16, 4), np.uint8)
    monkeypatch.setattr(
        "widgets.boards.animation.read_sprite_sheet", lambda path: Sheet({"walk front": spoil[0]}, {}, {}, {})
    )
    board.export_sheets()
    assert "pixels differ</b>" in board.report.value


def test_a_folder_that_cannot_be_is_a_message_with_its_text_escaped(board, tmp_path):
    (tmp_path / "file").write_text("")
    export = next(one for one in buttons(board) if one.description == "sprite sheet")
    for folder, message in ((" ", "name a folder"), (str(tmp_path / "file" / "<b>"), "file"), ("a\0b", "null")):
        board.folder.value = folder
        export.click()
        assert "role='alert'" in board.message.value
        assert message in board.message.value
        assert "<b>'" not in board.message.value
        assert board.report.value == ""


def test_arguments_that_do_not_go_together_are_refused(company):
    with pytest.raises(ValueError, match="no characters to animate"):
        animation_board(company, company.looks[:0])
    with pytest.raises(ValueError, match="2 looks, 1 names, 2 palettes, 2 animators do not go together"):
        animation_board(company, company.looks[:2], names=["one"])
    with pytest.raises(ValueError, match="numbered from 0 to 1"):
        animation_board(company, company.looks[:2], who=(2,))


def buttons(board):
    waiting = [board]
    while waiting:
        widget = waiting.pop()
        waiting += getattr(widget, "children", ())
        if isinstance(widget, ipywidgets.Button):
            yield widget


def test_everything_has_a_label_and_an_explanation(board):
    assert isinstance(board, AnimationBoard)
    assert all(one.description and one.tooltip for one in buttons(board))
    for control in (*board.controls.values(), board.folder, board.scale):
        assert control.description
        assert control.tooltip
    assert board.strip.widget.tooltip
    assert Image.open(io.BytesIO(board.strip.widget.value)).size[0] > 100
    assert set(board.controls["other_action"].options) == set(ACTION_DIRECTIONS)
