"""The prop board: thrown by the pointer and by sliders, own pictures, exports that come back; a toy foretells."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from animkit.studio.props import PROPS
from animkit.studio.throws import HIDDEN, SEEN
from widgets.boards import props
from widgets.boards.props import PANEL, WORLDS, props_board


class Straight:
    """A network that lets everything go straight on, with futures beside."""

    def carry_on(self, paths, *, frames, samples=0, seed=0):
        ahead = np.arange(1, frames + 1)[:, None]
        mean = paths[:, -1:] + (paths[:, -1:] - paths[:, -2:-1]) * ahead
        if not samples:
            return mean
        return mean[:, None] + np.random.default_rng(seed).normal(size=(samples, 1, paths.shape[2])) * 0.01 * ahead


MODEL = Straight()


@pytest.fixture(scope="module", autouse=True)
def _quick_fit():
    """The real fit, which takes a second, has its own tests."""

    def stands(body, seen, frames, fps):
        return np.repeat(seen[:, -1:, :2], frames, axis=1)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("animkit.studio.throws.fitted_on", stands)
        yield


@pytest.fixture(scope="module")
def shared_board():
    return props_board(MODEL)


@pytest.fixture
def board(shared_board, undrawn, tmp_path):
    shared_board.reset()
    shared_board.folder.value, shared_board.report.value = str(tmp_path / "new"), ""
    return shared_board


def pixel(board, x, y):
    """Where in the pad's picture a place lies."""
    axes = board.pad.figure.axes[0]
    across, up = axes.transData.transform((x, y))
    return across, board.pad.figure.figure.bbox.height - up


def test_four_motions_are_played_side_by_side(board):
    clips = board.player.clips
    assert [clip["title"] for clip in clips] == ["truth", "network", "constant velocity", "least-squares fit"]
    assert all(clip["backdrop"] == list(PANEL[::-1]) for clip in clips)
    assert len(board.player.data) < 4e6  # a saved page holds it
    middles = np.array([np.add(clip["places"], np.array(clip["shape"][:0:-1]) / 2) for clip in clips])
    assert (np.abs(np.diff(middles[:, :SEEN], axis=0)) <= 2).all()  # all see the same, but for measuring errors
    assert (np.abs(middles[0] - middles[1]) > 20).any()
    for name in ("network", "constant velocity", "least-squares fit"):
        assert f"<td>{name}</td>" in board.numbers.value
    assert "after 1 s, cm away" in board.numbers.value
    falls = np.sqrt(2 * board.thrown.paths["truth"][SEEN - 1, 1] / 9.81)  # nearly at rest in the last frame seen
    told = re.search("<td>truth</td>.*?<td>([0-9.]+)</td></tr>", board.numbers.value)[1]
    assert float(told) == pytest.approx(falls, abs=0.1)
    assert "<td>none</td>" in board.numbers.value  # what goes straight on does not bounce


def test_a_ball_is_dragged_and_let_go(board):
    before = board.values()
    for place, phase in (((-2, 2), "down"), ((-1.5, 2.4), "move"), ((-1, 3), "up")):
        board.pad.move(*pixel(board, *place), phase)
    values = board.values()
    assert (values["x"], values["y"]) == pytest.approx((-2, 2), abs=0.05)
    assert (values["right"], values["up"]) == pytest.approx((3, 3), abs=0.2)
    assert board.player.playing
    np.testing.assert_allclose(board.thrown.paths["truth"][0], [values["x"], values["y"]])
    board.undo()  # one action
    assert board.values() == before
    board.pad.move(*pixel(board, 1, 1), "down")
    board.pad.move(*pixel(board, 1, 1), "up")
    assert board.values()["right"] == before["right"]  # moved, as fast as before
    board.player.playing = False


def test_each_body_shows_what_it_hides(board):
    for body in HIDDEN:
        board.controls["body"].value = body
        assert board.message.value == ""
        used = {name for names in HIDDEN.values() for name in names if board.controls[name].layout.display != "none"}
        assert used == set(HIDDEN[body])
        assert board.controls["prop"].value in PROPS
        assert len(board.player.clips) == 4
    board.undo()
    assert board.controls["body"].value == "leaf"


def test_a_ball_on_an_edge_tells_how_many_futures_fall_to_the_right(board):
    board.controls["body"].value = "edge"
    board.set(futures=True)
    assert board.controls["right"].layout.display == "none"
    assert re.search(
        "To the right fall [0-9]+% of the futures; truly likely, from these frames, are [0-9]+%", board.numbers.value
    )
    np.testing.assert_allclose(board.pad.hung.get_xydata(), [[0, 1.5], [0, 0]], atol=1e-3)


def test_another_world_is_a_press_and_is_said_to_be_unseen(board):
    moon = board.worlds.children[1]
    assert moon.description == "Moon"
    moon.click()
    assert board.values()["gravity"] == WORLDS["Moon"]
    assert "gravity 1.62 lies outside 3 to 20" in board.numbers.value


def test_cartoon_physics_changes_the_picture_and_computes_nothing_anew(board):
    thrown, frames = board.thrown, board.player.clips[0]["shape"][0]
    board.set(stretch=1.0, squash=1.0)
    assert board.thrown is thrown
    shapes = board.clips["truth"][1]
    assert shapes[:, 0, 0].max() > 2
    np.testing.assert_allclose(np.linalg.det(shapes), 1)
    board.set(before=0.25, after=0.5)
    assert board.player.clips[0]["shape"][0] == frames + 6 + 12
    assert board.player.first == -5  # the throw itself still begins with frame 1
    board.set(stretch=0.0, squash=0.0, before=0.0, after=0.0)
    np.testing.assert_allclose(board.clips["truth"][1], np.broadcast_to(np.eye(2), (frames, 2, 2)), atol=1e-12)


def test_fifty_futures(board):
    board.controls["futures"].value = True
    assert len(board.pad.futures.get_segments()) == 50
    assert "fifty futures" in board.pad.figure.alt
    one = board.thrown.futures
    board.controls["seed"].value = 5
    assert (board.thrown.futures != one).any()


def test_an_own_picture_is_thrown_and_comes_back_in_the_state_line(board, tmp_path):
    Image.new("L", (30, 10), 130).save(tmp_path / "bar.png")
    board.path.value = str(tmp_path / "bar.png")
    assert board.controls["prop"].value == str(tmp_path / "bar.png")
    again = eval(board.state.value, {"props_board": props_board, "model": MODEL})
    assert again.state.value == board.state.value
    assert again.player.data == board.player.data
    board.undo()
    assert board.controls["prop"].value == "ball"
    shown = {}
    for colour, name in ((200, "dot.png"), (90, "dot (2).png"), (200, "dot.png")):
        file = io.BytesIO()
        Image.new("RGBA", (1, 1), (colour, 30, 30, 255)).save(file, "PNG")
        board.attempt(board._take_upload, "dot.png", file.getvalue())
        assert board.controls["prop"].value == name
        assert shown.setdefault(name, board.player.data) == board.player.data
    board.undo()
    board.undo()
    assert board.player.data == shown["dot.png"] != shown["dot (2).png"]


def test_what_is_no_picture_is_a_message(board):
    before, nothing = board.values(), io.BytesIO()
    Image.new("RGBA", (5, 5)).save(nothing, "PNG")
    for content, message in ((b"no picture", "cannot be read as a picture"), (nothing.getvalue(), "shows nothing")):
        board.attempt(board._take, "a.png", content)
        assert message in board.message.value
        assert board.values() == before


def test_exports_are_written_and_read_back(board, tmp_path):
    for export, name in (
        (board.export_sheet, "ball_ball_network.png"),
        (board.export_gif, "ball_ball_network.gif"),
        (board.export_apng, "ball_ball_network.apng"),
    ):
        assert [path.name for path in export()] == [name]
        assert "58 frames" in board.report.value
        if name.endswith("png"):
            assert "read back: the same pixels" in board.report.value
    assert (tmp_path / "new" / "ball_ball_network.json").exists()


def test_what_cannot_be_thrown_is_a_message_and_goes_back(board):
    board.controls["body"].value = "pendulum"
    board.set(right=6.0, up=6.0, length=0.3)
    assert "over the top" in board.message.value
    assert board.values()["right"] == 0.0


def test_without_a_network_the_others_remain():
    alone = props_board(None, body="leaf", x=0.0)
    assert [clip["title"] for clip in alone.player.clips] == ["truth", "constant velocity", "least-squares fit"]
    assert "model=None" in alone.state.value


def test_everything_has_a_label_and_an_explanation(board):
    for control in (*board.controls.values(), board.folder, board.path, board.upload, board.exported):
        assert control.description
        assert control.tooltip
    assert set(props.START) == set(HIDDEN)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"body": "brick"}, "no body called 'brick'"),
        ({"gravity": -9.81}, "gravity goes from 1 to 25; got -9.81"),
        ({"x": 40}, "x goes from -4.5 to 4.5"),
        ({"colour": 3}, r"no body hides \['colour'\]"),
    ],
)
def test_what_no_board_can_begin_with_is_said(options, message):
    with pytest.raises(ValueError, match=message):
        props_board(MODEL, **options)


def test_undo_brings_back_the_controls_of_the_body_before(board):
    def shown():
        return [name for name, control in board.controls.items() if control.layout.display != "none"]

    before = shown()
    board.controls["body"].value = "pendulum"
    assert "length" in shown()
    board.undo()
    assert shown() == before
