"""The stage board: what is said is heard, felt, answered, shown with its reasons, undone, filmed, saved and opened."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from animkit.data.emotions import LABELS, words_of
from animkit.studio.effects import Drawn
from animkit.studio.reactions import SHIPPED
from tests.studio.actors import actors
from widgets.boards.stage import MOST, stage_board


class Reader:
    """Reads a label that stands in the text."""

    def read(self, texts):
        chances = np.full((len(texts), 28), 0.01)
        labels = [next((label for label in LABELS if label in text), "neutral") for text in texts]
        for row, label in zip(chances, labels, strict=True):
            row[LABELS.index(label)] = 0.9
        words = [words_of(text) for text in texts]
        attention = [np.full(len(row), 1 / max(1, len(row))) for row in words]
        return SimpleNamespace(
            probabilities=chances,
            words=words,
            attention=attention,
            labels=[(label,) for label in labels],
            readable=np.ones(len(texts), bool),
            known=np.ones(len(texts)),
        )


@pytest.fixture(scope="module")
def shared():
    return stage_board(actors("Mira", "Bram", "Pip"), reader=Reader(), effects=Drawn())


@pytest.fixture
def board(shared, tmp_path):
    shared.reset()
    shared.folder.value, shared.report.value, shared.message.value = str(tmp_path), "", ""
    return shared


def after(board, seconds, said=(), **more):
    """What the canvas tells so many seconds after the start."""
    board.canvas.seconds = board.began + seconds
    board._hear(board.canvas.seconds, more.get("pointer"), list(said), more.get("draft"))


def test_words_become_emotion_mood_rule_and_action_and_the_panel_shows_each(board):
    after(board, 1.0, [{"text": "such joy <script>alert(1)</script>", "to": None}])
    after(board, 2.0)
    told = board.why.value
    assert "<b>joy</b> 0.90" in told
    assert "<script" not in told
    assert "% of the attention" in told
    assert "strength 0.89" in told
    latest = [act for act in board.canvas.acts if act["who"] == "Mira"][-1]
    home = board.homes["Mira"]
    assert latest["stands"] == pytest.approx(home)  # she has not walked
    assert board.audience.cast["Mira"].mood[0] > 0.4
    assert "valence +" in board.plot.figure.widget.tooltip


def test_a_flood_is_kept_whole_and_one_reaction_answers_it(board):
    after(board, 1.0, [{"text": f"fear {k}"} for k in range(300)])
    after(board, 1.2)
    said = [one["text"] for one in board.audience.entries if one["kind"] == "said"]
    assert said == [f"fear {k}" for k in range(300)]
    assert len(board.canvas.acts) < 20


def test_everybody_is_seen_at_first_in_the_mood_of_their_trait(board):
    board.set(traits=dict(board.further["traits"]) | {"Bram": "gloomy"})
    restart, *first = board.canvas.acts
    assert restart["action"] == "restart"
    assert {act["who"]: act["mood"] for act in first} == {name: one.named for name, one in board.audience.cast.items()}
    assert board.audience.cast["Bram"].named == "sad"


def test_a_key_is_obeyed_and_among_what_a_film_shows(board):
    after(board, 1.0, [{"key": "bow", "to": "Pip", "target": None, "seconds": 2.5}, {"key": "fly", "to": "Pip"}, {}])
    assert board.audience.cast["Pip"].action == "bow"
    assert [one["action"] for one in board.audience.entries if one["kind"] == "asked"] == ["bow"]
    assert ("Pip", "bow") in [(one["who"], one["action"]) for one in board.audience.entries if one["kind"] == "did"]


def test_traits_can_be_given_and_taken_back(board):
    before = dict(board.further["traits"])
    board.controls["who"].value = "Pip"
    assert board.controls["trait"].value == before["Pip"]
    board.controls["trait"].value = "gloomy"
    assert board.audience.cast["Pip"].trait == "gloomy"
    board.undo()
    assert board.audience.cast["Pip"].trait == before["Pip"]
    assert board.controls["trait"].value == before["Pip"]


def test_reactions_are_edited_checked_and_undone(board):
    after(board, 1.0, [{"text": "hello"}])
    rules = json.loads(SHIPPED.read_text(encoding="utf-8"))
    rules["rules"][0]["do"]["action"] = "fly"
    board.rules.value = json.dumps(rules)
    board.attempt(board.use_rules)
    assert "rule 1" in board.message.value
    assert "&#x27;fly&#x27;" in board.message.value
    rules["rules"][0]["do"]["action"] = "bow"
    board.rules.value = json.dumps(rules)
    board.use_rules()
    assert board.audience.rules[0].do["action"] == "bow"
    assert board.audience.messages == 1  # the session goes on
    board.undo()
    assert board.audience.rules[0].do["action"] != "bow"
    assert board.rules.value == SHIPPED.read_text(encoding="utf-8")


def test_light_and_place_are_shown_without_forgetting_what_was_said(board):
    after(board, 1.0, [{"text": "hello"}])
    before = board.canvas.data
    board.set(light="dusk", place="village")
    assert board.canvas.data != before
    assert "village, light dusk" in board.canvas.label
    assert board.audience.messages == 1


def test_the_script_speaks_at_its_times(board):
    board.play()
    after(board, 0.5)
    assert board.audience.messages == 0
    for second in range(1, 8):
        after(board, float(second))
    assert board.audience.messages == 2


def test_a_record_is_saved_and_opened_where_it_ended(board, tmp_path):
    after(board, 1.0, [{"text": "such joy \u202eabc \x07", "to": "Pip"}])
    after(board, 9.0)
    feels = board.audience.cast["Pip"].mood
    board.what.value = ".json"
    (path,) = board.export_stage()
    assert json.loads(path.read_text())["entries"][0]["text"] == "such joy \u202eabc \x07"
    board.reset()
    assert board.audience.messages == 0
    board.read(path)
    assert board.audience.messages == 1
    np.testing.assert_allclose(board.audience.cast["Pip"].mood, feels)
    written = json.loads(path.read_text())
    written["reactions"][0]["do"]["action"] = "bow"
    path.write_text(json.dumps(written))
    board.read(path)
    assert board.audience.rules[0].do["action"] == "bow"
    assert json.loads(board.rules.value)["rules"][0]["do"]["action"] == "bow"  # the editor shows what holds
    board.rules.value = SHIPPED.read_text(encoding="utf-8")
    board.use_rules()
    assert board.audience.rules[0].do["action"] != "bow"
    (tmp_path / "other.json").write_text("{}")
    with pytest.raises(ValueError, match="no record of an audience"):
        board.read(tmp_path / "other.json")


def test_what_happened_is_filmed(board, tmp_path):
    board.what.value = ".png"
    board.attempt(board.export_stage)
    after(board, 1.0, [{"text": "such anger"}])
    after(board, 2.0)
    (path,) = board.export_stage()
    assert path.exists()
    assert "seconds" in board.report.value


def test_a_film_that_is_cut_says_so(board):
    board.what.value = ".png"
    for second in (1.0, 100.0, 150.0):
        after(board, second, [{"text": "such anger"}])
    board.export_stage()
    whole = max(one["at"] for one in board.audience.entries if one["kind"] == "did") + 4
    assert f"the first 120 of {whole:.0f} seconds" in board.report.value


def test_what_is_said_by_a_cell_leaves_the_pointer_where_it_is(board):
    board.canvas.pointer = (80.0, 60.0)
    board.say("joy")
    board.canvas.seconds += 0.3
    board.say("joy")
    board.canvas.pointer = None
    assert board.audience.pointer == pytest.approx((0.5, 0.667))


def test_what_cannot_be_on_stage_is_named():
    with pytest.raises(ValueError, match=f"one to {MOST} characters"):
        stage_board({})
    with pytest.raises(ValueError, match="as animkit.studio.performance.sheet draws"):
        stage_board({"Mira": np.zeros((8, 32, 32, 4), "uint8")})
    with pytest.raises(ValueError, match="nobody on this stage is called Bo"):
        stage_board(actors("Mira"), traits={"Bo": "shy"})
    with pytest.raises(ValueError, match="light is one of"):
        stage_board(actors("Mira"), light="disco")
    with pytest.raises(ValueError, match="reactions, line 1, column 2"):
        stage_board(actors("Mira"), reactions="{")


def test_reset_forgets_what_was_written(board):
    after(board, 1.0, [{"text": "such joy", "to": None}])
    board.what.value = ".json"
    board.export_stage()
    assert "Wrote" in board.report.value
    board.reset()
    assert board.report.value == ""
