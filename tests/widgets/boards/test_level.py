"""The level board: wishes, tiles that clicks change, own files, exports that come back; the twin makes the levels."""

import numpy as np
import pytest

from animkit.data.mario_levels import LETTERS, to_text, to_tiles
from animkit.data.twins.levels import draw_level
from animkit.studio.level_art import paint_level, read_tmj, save_tmj
from widgets.boards.level import LARGEST, level_board

CLIPS = np.random.default_rng(0).integers(0, 255, (9, 2, 8, 8, 4), "uint8")
OWN = to_tiles("\n".join(["-" * 24] * 5 + ["---------E----o---------", "X" * 11 + "-" + "X" * 12]))


class Twin:
    """A model that writes what the twin draws, whatever one wishes."""

    def write(self, wishes, length, *, beside=None, above=None, guidance=1.0, temperature=1.0, seed=0):
        rng = np.random.default_rng(seed)
        return np.stack([to_tiles(draw_level(rng, width=length)) for _ in wishes]), None


class Broken(Twin):
    """A model whose levels have no floor."""

    def write(self, wishes, length, *, beside=None, above=None, guidance=1.0, temperature=1.0, seed=0):
        return np.zeros((len(wishes), 14, length), np.uint8), None


MODELS = {"LSTM": Twin(), "broken": Broken()}


@pytest.fixture(scope="module", autouse=True)
def _few_at_once():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("animkit.studio.scenes.AT_ONCE", 4)
        yield


@pytest.fixture(scope="module")
def shared_board():
    return level_board(MODELS, CLIPS, length=60)


@pytest.fixture
def board(shared_board, tmp_path):
    """A board as it began, but for what undo remembers, that exports to a folder of the test's own."""
    shared_board.reset()
    shared_board.folder.value, shared_board.report.value = str(tmp_path / "new"), ""
    return shared_board


def played(board):
    offset, length = board.player.level["tiles"]
    return np.frombuffer(board.player.data[offset : offset + length], "u1").reshape(board.tiles.shape)


def test_a_level_is_made_judged_and_played(board):
    assert board.tiles.shape == (14, 60)
    np.testing.assert_array_equal(played(board), board.tiles)
    assert "a way through the tiles" in board.numbers.value
    assert f"the body is there in {len(board.paths[1]) / 60:.1f} s" in board.numbers.value
    before = board.tiles
    board.another()
    assert board.controls["seed"].value == 1
    assert (board.tiles != before).any()
    board.undo()
    np.testing.assert_array_equal(board.tiles, before)


def test_a_wish_stands_beside_what_is_measured(board):
    coins = int((board.tiles == LETTERS.index("o")).sum())
    board.controls["coins"].value = coins
    assert f"<td>coins</td><td>{coins}</td><td>{coins}</td><td>&#10003;" in board.numbers.value
    board.set(edits=tuple((1, column, "o") for column in range(5)))
    assert f"<td>coins</td><td>{coins}</td><td>{coins + 5}</td><td>&#10007; missed" in board.numbers.value


def test_hour_and_weather_change_the_picture_alone(board):
    tiles, data = board.tiles.copy(), board.player.data
    board.set(hour="night", weather="snow", place="castle")
    np.testing.assert_array_equal(board.tiles, tiles)
    assert board.player.data != data
    assert board.player.level["weather"] == "snow"


def test_tiles_are_clicked_undone_and_taken_back(board):
    before = board.tiles.copy()
    board.attempt(board.put, 3, 7)
    assert "choose a tile to put first" in board.message.value
    assert not board.player.editing
    board.controls["tile"].value = "S"
    assert board.player.editing
    board.player._handle_custom_msg({"tile": [3, 7]}, [])
    board.player._handle_custom_msg({"tile": [3, 8]}, [])
    assert [LETTERS[code] for code in board.tiles[3, 7:9]] == ["S", "S"]
    np.testing.assert_array_equal(played(board), board.tiles)
    assert "2 tiles changed" in board.numbers.value
    board.undo()
    assert (board.tiles != before).sum() == 1
    board.restore()
    np.testing.assert_array_equal(board.tiles, before)
    board.attempt(board.put, 99, 0)
    assert "beyond the 14 rows and 60 columns" in board.message.value


def test_the_referees_see_what_a_click_does(board):
    board.controls["tile"].value = "X"
    wall = tuple((row, 20, "X") for row in range(14))
    board.set(edits=wall)
    assert "no way through the tiles" in board.numbers.value
    assert board.player.level["path"] is None
    board.undo()
    assert "the body is there" in board.numbers.value


def test_another_seed_forgets_the_clicks(board):
    board.set(edits=((0, 0, "S"),))
    board.controls["seed"].value = 5
    assert board.further["edits"] == ()


@pytest.mark.parametrize("kind", ["text", "map"])
def test_own_levels_are_read_from_a_path_and_uploaded(board, tmp_path, kind):
    path = tmp_path / ("own.txt" if kind == "text" else "own.tmj")
    if kind == "text":
        path.write_text(to_text(OWN), encoding="utf-8-sig")
    else:
        save_tmj(path, paint_level(OWN))
    board.path.value = str(path)
    np.testing.assert_array_equal(board.tiles, OWN)
    assert "your level" in board.numbers.value
    assert "<td>enemies</td><td>free</td><td>1</td>" in board.numbers.value
    board.reset()
    board.path.value = ""
    board.attempt(board._take_upload, path.name, path.read_bytes())
    np.testing.assert_array_equal(board.tiles, OWN)
    again = eval(board.state.value, {"level_board": level_board, "models": MODELS, "hero": CLIPS})
    np.testing.assert_array_equal(again.tiles, OWN)
    assert again.state.value == board.state.value


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", b"", "a.txt: an empty level"),
        ("a.txt", b"XX--\nXX", "line 2 has 2 tiles, line 1 has 4"),
        ("a.txt", b"XXzX", "unknown tile &#x27;z&#x27;"),
        ("a.txt", b"\xff\xfe\x00", "a.txt is no text in UTF-8"),
        ("a.txt", ("X" * 30).encode(), "a.txt has 1 rows; a level here has 4 to 30"),
        ("a.txt", ("X" * 5 + "\n").encode() * 5, "a.txt has 5 columns; a level here has 20 to 1000"),
        ("a.tmj", b"{}", "a.tmj: no level that save_tmj wrote"),
        ("<b>.txt", b"-" * (LARGEST + 1), "&lt;b&gt;.txt has 1,000,001 bytes"),
    ],
)
def test_other_files_are_a_message_and_nothing_is_lost(board, name, content, message):
    before = board.tiles
    board.attempt(board._take_upload, name, content)
    assert message in board.message.value
    assert board.tiles is before


def test_what_cannot_be_made_is_a_message_and_goes_back(board):
    board.controls["model"].value = "broken"
    assert "can be finished" in board.message.value
    assert board.controls["model"].value == "LSTM"
    board.set(jumps=1, height=9)
    assert "contradict each other" in board.message.value
    assert board.values()["jumps"] == "free"


def test_exports_are_written_and_read_back(board, tmp_path):
    board.set(hour="dusk", edits=((2, 2, "o"),))
    for export, names in (
        (board.export_tmj, ["level_0.tmj", "level_0_tiles.png"]),
        (board.export_png, ["level_0.png"]),
        (board.export_text, ["level_0.txt"]),
    ):
        assert [path.name for path in export()] == names
        assert "read back: the same." in board.report.value
    np.testing.assert_array_equal(read_tmj(tmp_path / "new" / "level_0.tmj"), board.tiles)
    assert (tmp_path / "new" / "level_0.txt").read_text().splitlines() == to_text(board.tiles).splitlines()


def test_everything_has_a_label_and_an_explanation(board):
    for control in (*board.controls.values(), board.folder, board.path, board.upload):
        assert control.description
        assert control.tooltip


def test_without_models_there_is_no_board():
    with pytest.raises(ValueError, match="no model to make levels"):
        level_board({}, CLIPS)
