"""The stage's canvas: it plays as the film does, keeps what was said until the kernel has it, and is bounded."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from animkit.studio.audience_film import SCALE, gesture_row, light_stage, shadow_of, underway
from animkit.studio.reactions import GESTURES
from animkit.theory.shading import Lamp
from tests.studio.actors import actors
from widgets.parts.stage import SHOWN, StageCanvas

HOMES = {"Mira": (60.0, 75.0), "Pip": (100.0, 79.0)}
ACT = {"who": "Pip", "at": 0.0, "action": "dance", "target": None, "pace": 1.0, "mood": "happy", "line": "</script><b>"}


@pytest.fixture(scope="module")
def lit():
    return light_stage(actors(*HOMES), HOMES, "meadow", "as painted")


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """What the browser's code works out."""
    if not shutil.which("node"):
        pytest.skip("Node.js is missing: the canvas is tried in tests/browser alone")
    folder = tmp_path_factory.mktemp("node")
    (folder / "stage.mjs").write_text(StageCanvas.script)  # by this name Node.js takes it for a module
    script = [Path(__file__).with_name("stage.mjs"), folder / "stage.mjs", folder / "out"]
    subprocess.run(["node", *script], check=True)
    return json.loads((folder / "out").read_text())


def test_the_browser_reads_scores_between_their_rows(browser):
    first = (((1 * 3 + 1) * 3 + 2) * 4 + 1) * 8  # of dancing, sadly, to the right, frame 1.5 of 4
    np.testing.assert_allclose(browser["row"], [first, *(first + 4 + np.arange(1, 8))])


def test_gestures_ways_and_shadows_are_the_films(browser):
    known = [name for name in ("nod", "shake", "shrug", "lean", "recoil", "droop", "none")]
    assert sorted(known) == sorted(GESTURES)
    for name, rows in zip(known, browser["gestures"], strict=True):
        np.testing.assert_allclose(rows, [gesture_row(name, -1, at) for at in (0, 0.4, 0.7, 3)], atol=1e-9)
    for at, way in zip((0, 0.5, 1.3, 9), browser["ways"], strict=True):
        place, there = underway((10, 70), (60, 82), 30, at)
        np.testing.assert_allclose(way["at"], place)
        assert way["there"] == there
    far, near = Lamp(direction=(0.5, 0.8, 0.4)), Lamp(place=(24.0, 40.0, 36.0))
    np.testing.assert_allclose(browser["shadows"], [shadow_of(lamp, (80, 75)) for lamp in (far, near)])


def test_of_a_thousand_messages_a_second_none_is_lost_and_no_queue_grows_without_end(browser):
    flood = browser["flood"]
    assert flood["first"] == "from before"
    said = ["from before", *(f"{second} {number}" for second in range(3) for number in range(1000))]
    assert flood["texts"] == said[: len(flood["texts"])]  # in order, none twice
    assert flood["sent"] == 12  # 200 at a time, and one that was not answered
    assert flood["counts"] == [0, 0, 1000]
    assert flood["late"]
    assert flood["most"] == 20_000
    assert flood["huge"] == 80  # of a hundred texts of 100,000 letters each


def test_the_first_reaction_is_played_although_the_second_comes_with_it(browser):
    assert browser["planned"] == ["his", "first", "words"]


def test_acts_are_numbered_and_only_the_latest_are_kept(lit):
    canvas = StageCanvas(lit, HOMES, {}, label="two")
    for _ in range(100):
        canvas.act([ACT, ACT])
    assert len(canvas.acts) == SHOWN
    assert [act["id"] for act in canvas.acts] == list(range(200 - SHOWN, 200))
    canvas.restart()
    assert canvas.acts[0]["action"] == "restart"


def test_the_browser_is_answered_even_if_the_kernel_failed(lit, monkeypatch):
    def fails(*told):
        raise ValueError("no")

    canvas, sent = StageCanvas(lit, HOMES, {}, label="two", on_message=fails), []
    monkeypatch.setattr(canvas, "send", sent.append)
    canvas._handle_custom_msg(
        {"number": 3, "view": "v", "seconds": 1.5, "pointer": None, "said": [], "draft": None}, []
    )
    assert sent == [{"answered": 3, "view": "v", "seconds": 1.5}]
    assert canvas.seconds == 1.5


def test_a_saved_page_holds_all_and_nothing_said_can_end_its_script(lit):
    canvas = StageCanvas(lit, HOMES, {}, label="Mira & Pip")
    canvas.act([ACT])
    page = canvas.html()
    assert page.count("</script>") == 1
    assert "Mira &amp; Pip" in page
    assert canvas.scene["scale"] == SCALE


def test_a_label_is_asked_for(lit):
    with pytest.raises(ValueError, match="say what is to be seen"):
        StageCanvas(lit, HOMES, {}, label=" ")
