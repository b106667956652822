"""The story board by its controls, buttons and lines: what is drawn, locked, recast, edited, saved, read, undone."""

import json
from datetime import datetime

import numpy as np
import pytest

from animkit.studio.story import StoryIdea
from widgets.boards.story import story_board


class Parrot:
    """A narrator that knows one sentence, so that rules tell the beats."""

    words = ("<>", "[who]", "nodded")

    def tell(self, beats, steps, **_):
        drawn = np.zeros((len(beats), steps), int)
        drawn[:, :2] = 1, 2
        return drawn, np.zeros((len(beats), steps))


@pytest.fixture(scope="module")
def shared_board():
    return story_board(None, Parrot())  # without a plotter every beat that may come is as likely


@pytest.fixture
def board(shared_board, tmp_path):
    shared_board.reset()
    shared_board.message.value = shared_board.report.value = ""
    shared_board.folder.value = str(tmp_path)
    return shared_board


def shown(board):
    return [line.value for line in board.lines if line.value]


def test_the_board_shows_a_line_a_beat_and_the_world_beside(board):
    assert len(board.idea.beats) == len(shown(board)) == 9
    assert shown(board) == board.sentences
    assert [row.layout.display for row in board.rows] == [None] * 9 + ["none"] * 3
    assert board.idea.cast["hero"]["name"] in board.world.value
    board.controls["after"].value = 0
    assert "After beat 0" in board.world.value
    assert board.world.value.count("not yet seen") == len(board.idea.cast)


def test_the_world_s_slider_ends_with_the_last_beat_and_undo_finds_where_it_stood(board):
    after, length = board.controls["after"], board.controls["length"]
    assert (after.value, after.max) == (9, 9)
    length.value = 12
    assert (after.value, after.max) == (12, 12)
    assert "After beat 12 of 12" in board.world.value
    after.value = 11
    length.value = 6
    assert (after.value, after.max) == (6, 6)
    board.undo()
    assert (after.value, after.max) == (11, 12)
    assert "after=11" in board.state.value


def test_locked_beats_stay_and_the_others_are_drawn_anew(board):
    before = board.idea.beats
    board.locks[2].value = True
    board.draw_anew()
    after = board.idea.beats
    assert after[2] == before[2]
    assert after != before
    assert board.further["locks"] == ((2, tuple(before[2])),)
    assert board.locks[2].icon == "lock"
    board.undo()
    assert board.idea.beats == before
    board.undo()
    assert not board.locks[2].value
    board.redo()
    assert board.locks[2].value
    board.unlock()
    assert board.further["locks"] == ()


def test_the_cast_can_be_named_and_swapped(board):
    board.set(hero_name="Ada", hero_kind="weaver", friend_name="Bo", friend_kind="miller")
    assert board.idea.cast["hero"]["name"] == "Ada"
    beats = board.idea.beats
    if "friend" in board.idea.cast:
        board.swap()
        assert (board.idea.cast["hero"]["name"], board.idea.cast["friend"]["name"]) == ("Bo", "Ada")
        assert board.idea.beats == beats  # others play the same plot
    board.controls["villain_name"].value = "x" * 99
    assert "must be 1 to 24 letters" in board.message.value
    assert board.controls["villain_name"].value == ""


def test_a_line_can_be_told_in_other_words_and_back(board):
    own = board.lines[1].value
    board.lines[1].value = "  It was   night. "
    assert board.sentences[1] == shown(board)[1] == "It was night."
    board.lines[1].value = "shit happens"
    assert "coarse word" in board.message.value
    assert shown(board)[1] == "It was night."
    board.lines[1].value = "x" * 300
    assert "300 characters" in board.message.value
    board.lines[1].value = ""
    assert shown(board)[1] == own


def test_a_saved_story_comes_back_with_its_edits(board):
    board.edit(0, "Long ago it rained.")
    idea, sentences = board.idea, board.sentences
    (path,) = board.save()
    assert "saved as" in board.report.value
    assert json.loads(path.read_text(encoding="utf-8"))["sentences"][0] == "Long ago it rained."
    board.controls["length"].value = 6
    assert len(shown(board)) == 6
    board.path.value = str(path)
    assert (board.idea, board.sentences) == (idea, sentences)
    assert StoryIdea.from_json(board.further["opened"]) == idea
    # what is drawn next is no longer the opened one
    board.draw_anew()
    assert board.further["opened"] is None
    file = {"name": "s.json", "type": "", "size": 9, "content": memoryview(path.read_bytes())}
    board.upload.value = ({**file, "last_modified": datetime.now()},)
    assert board.sentences == sentences
    board.path.value = ""


@pytest.mark.parametrize(
    ("data", "message"),
    [(b"", "no JSON"), (b"{}", "has no version"), (b"\xff\xfe", "no UTF-8"), (b" " * 1_000_001, "larger than 1 MB")],
)
def test_what_is_no_saved_story_is_named_and_nothing_is_lost(board, tmp_path, data, message):
    before = board.sentences
    (tmp_path / "bad.json").write_bytes(data)
    board.path.value = str(tmp_path / "bad.json")
    assert message in board.message.value
    assert board.sentences == before
    board.path.value = str(tmp_path / "missing.json")
    assert "No such file" in board.message.value
    board.path.value = ""


def test_locks_that_contradict_each_other_are_told_and_the_nearest_story_is_offered(board):
    die = ("hero", "die", None, None, None, None, None, None)
    board.set(locks=((3, die),))
    assert "cannot stand in a story" in board.message.value
    assert board.further["locks"] == ()  # back to what could be drawn
    board.nearest()
    assert board.message.value == ""
    assert len(board.idea.beats) == 9
    assert board.further["opened"]


def test_the_state_line_makes_the_same_board_again(board):
    board.set(prompt="a shepherd and a dragon", seed=5)
    board.lock_beat(1)
    again = eval(
        board.state.value.replace("narrator=narrator", "narrator=Parrot()").replace("story_board(", "make("),
        {"make": lambda **state: story_board(state.pop("plotter", None), **state), "Parrot": Parrot},
    )
    assert again.sentences == board.sentences
    assert "shepherd" in board.numbers.value


def test_bad_arguments_make_no_board():
    with pytest.raises(ValueError, match="length is 3"):
        story_board(None, Parrot(), length=3)
