"""The stage board in a real JupyterLab: keys, text and pointer are answered at once; a saved page goes on; how fast."""

import json
import os
import platform
import re
import statistics
import time
from pathlib import Path

import psutil
import pytest

from animkit.benchmarks import results
from tests.browser.conftest import PICTURES
from tests.browser.test_character_boards import press
from tests.browser.test_light_board import saved_pages
from tests.browser.test_notebooks_in_jupyterlab import check_every_lab

NAME = "07_audience_interaction.ipynb"
# from a pointer on the other side to the next picture on which somebody has turned, painted
TURNS = """async ([canvas, turns]) => {
  const box = canvas.getBoundingClientRect(), times = [], frame = () => new Promise(requestAnimationFrame);
  for (let k = 0; k < turns; k++) {
    await new Promise((resolve) => setTimeout(resolve, 120 + 37 * (k % 5)));
    const before = canvas.dataset.sides, start = performance.now();
    const clientX = box.left + box.width * (k % 2 ? 0.02 : 0.98), clientY = box.top + box.height * 0.5;
    canvas.dispatchEvent(new PointerEvent('pointermove', { clientX, clientY, bubbles: true, pointerId: 1 }));
    while (canvas.dataset.sides === before && performance.now() - start < 5000) await frame();
    await frame();
    times.push(performance.now() - start);
  }
  return times;
}"""
# a thousand messages a second, each as if it were typed and sent
FLOOD = """async ([root, seconds]) => {
  const form = root.querySelector('form'), box = root.querySelector('input'), start = performance.now();
  let said = 0;
  for (let due = 0; due < 1000 * seconds; said++) {
    box.value = `message ${said}`;
    form.requestSubmit();
    if (said % 100 === 99) due = said + 1;
    const early = due - (performance.now() - start);
    if (said % 100 === 99 && early > 0) await new Promise((resolve) => setTimeout(resolve, early));
  }
  return [said, (performance.now() - start) / 1000];
}"""


def stage_of(notebook):
    board = notebook.lab("Stage")
    canvas = board.locator(".animkit-stage:visible canvas[data-ready=true]")
    canvas.wait_for(timeout=60_000)
    return board, canvas


def until(canvas, name, wanted, timeout=30_000):
    """Wait until what the canvas says of itself is so."""
    ask = "([canvas, name, wanted]) => new RegExp(wanted).test(canvas.dataset[name])"
    canvas.page.wait_for_function(ask, arg=[canvas.element_handle(), name, wanted], timeout=timeout)


def act_alone(browser, path):
    """Open a page without network: they turn and dance, and say that nobody answers."""
    context = browser.new_context(offline=True)
    alone, wrong = context.new_page(), []
    alone.on("pageerror", lambda error: wrong.append(str(error)))
    alone.goto(path.as_uri())
    canvas = alone.locator(".animkit-stage canvas[data-ready=true]")
    canvas.wait_for(timeout=30_000)
    canvas.focus()
    for _ in range(5):
        canvas.press("Shift+ArrowLeft")
    until(canvas, "sides", "^-1,-1,-1$")
    canvas.press("4")
    until(canvas, "doing", "^dance,dance,dance$")
    says = alone.get_by_label("say something to the characters")
    says.fill("hello")
    says.press("Enter")
    alone.get_by_text("nobody answers, and they go on idling").wait_for()
    alone.screenshot(path=PICTURES / "stage_saved.png")
    context.close()
    assert wrong == []


def test_every_lab_of_07_answers(open_notebook):
    notebook = open_notebook(NAME)
    notebook.check_for_all_readers()
    check_every_lab(notebook, NAME.removesuffix(".ipynb"))


def test_characters_turn_answer_and_go_on_in_a_saved_page(open_notebook, browser, tmp_path, jupyter):
    _, folder = jupyter
    notebook = open_notebook(NAME)
    board, canvas = stage_of(notebook)
    page = notebook.page
    board.evaluate("(node) => node.scrollIntoView({ block: 'start' })")
    # the first reaction is the browser's own
    canvas.focus()
    canvas.press("ArrowLeft")
    for _ in range(4):
        canvas.press("Shift+ArrowLeft")
    until(canvas, "sides", "^-1,-1,-1$")
    canvas.press("4")
    until(canvas, "doing", "^dance,dance,dance$")
    # the kernel's follows
    says = board.locator(".animkit-stage:visible input")
    says.fill("I love you <b>all</b>")
    says.press("Enter")
    board.locator("bdi", has_text="love").first.wait_for(timeout=30_000)  # the panel says what it heard
    until(canvas, "waiting", "^0$")
    page.screenshot(path=PICTURES / "stage_board.png")
    board.get_by_label("write").select_option("the record, JSON")
    press(board, "export")
    board.get_by_text(re.compile("Wrote .* 1 said")).wait_for(timeout=30_000)
    (record,) = folder.glob("**/stage_*.json")
    said = [one for one in json.loads(record.read_text())["entries"] if one["kind"] == "said"]
    assert [one["text"] for one in said] == ["I love you <b>all</b>"]
    assert notebook.errors() == []
    notebook.menu("File", "Save Notebook")
    for _ in range(60):
        if pages := [one for one in saved_pages(folder / NAME) if '"cast": ' in one]:  # of its players none has a cast
            break
        page.wait_for_timeout(500)
    (saved,) = pages
    (tmp_path / "saved.html").write_text(f"<!doctype html><meta charset='utf-8'>{saved}", encoding="utf-8")
    act_alone(browser, tmp_path / "saved.html")


CELL = """
import os
from animkit import weights
from animkit.studio.characters import design, load_company
from animkit.studio.performance import sheet
from widgets.boards.stage import stage_board
company = load_company()
looks = design(company.gan, 3, seed=0)
actors = {name: sheet(company, look) for name, look in zip(("Mira", "Bram", "Pip"), looks)}
board = stage_board(actors, reader=weights.load("emotion"), effects=weights.load("effects"))
print("process", os.getpid())
board
"""
MINUTES = float(os.environ.get("ANIMKIT_STAGE_MINUTES", 1))
SAID = (
    "I love you all!",
    "Bram, you are stupid.",
    "There is a ghost behind you!",
    "My dog died.",
    "Dance with me, Pip",
)


def processor_seconds():
    """What the browser has had of the processors: on a busy machine that says more than the clock."""
    mine = [one for one in psutil.Process().children(recursive=True) if "chrom" in one.name()]
    return sum(sum(one.cpu_times()[:2]) for one in mine)


def measured(page, canvas, process):
    """How quickly they turn, how many pictures a second there are, and what memory is taken."""
    times = sorted(page.evaluate(TURNS, [canvas.element_handle(), 42])[2:])  # the first two warm up
    before, began, script = int(canvas.get_attribute("data-drawn")), time.perf_counter(), []
    taken = processor_seconds()
    while time.perf_counter() - began < 6:
        page.wait_for_timeout(100)
        script.append(float(canvas.get_attribute("data-ms")))
    pictures, seconds = int(canvas.get_attribute("data-drawn")) - before, time.perf_counter() - began
    taken = processor_seconds() - taken
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    heap = session.send("Runtime.getHeapUsage")["usedSize"] / 1e6
    session.detach()
    resident = int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    return {
        "input to changed frame, ms, median": statistics.median(times),
        "input to changed frame, ms, a tenth of the times above": times[-len(times) // 10],
        "turns measured": len(times),
        "pictures a second": pictures / seconds,
        "processor time of a picture, all of the browser, ms": 1000 * taken / max(1, pictures),
        "script time of a picture, ms, median": statistics.median(script),
        "script time of a picture, ms, largest": max(script),
        "browser's heap, MB": heap,
        "kernel's memory, MB": resident,
        "processes waiting for the processors": os.getloadavg()[0],
    }


def header():
    """What the file of results says before any run."""
    what = "from a pointer's move to the next painted picture on which a character has turned; in headless Chromium"
    return {
        "name": "stage",
        "what": f"{what}, in a real JupyterLab, without a graphics card, three characters",
        "unit": "ms, MB",
        "targets": {"input to changed frame, ms, median": 80, "pictures a second": 30, "minutes": 10},
    }


@pytest.mark.benchmark
def test_how_quickly_they_turn_and_that_nothing_grows(open_notebook, write_notebook, capsys):
    """ANIMKIT_STAGE_MINUTES says for how long, ANIMKIT_STAGE_RESULTS into which folder what was measured goes."""
    notebook = open_notebook(write_notebook("stage_speed", CELL))
    page = notebook.page
    board, canvas = stage_of(notebook)
    board.evaluate("(node) => node.scrollIntoView({ block: 'start' })")
    process = int(re.search(r"process (\d+)", page.locator(".jp-OutputArea").first.inner_text())[1])
    says, root = board.locator(".animkit-stage:visible input"), board.locator(".animkit-stage:visible")
    told = {"at the start": measured(page, canvas, process)}
    began, number = time.perf_counter(), 0
    while time.perf_counter() - began < 60 * MINUTES:
        says.fill(SAID[number % len(SAID)])
        says.press("Enter")
        page.evaluate(TURNS, [canvas.element_handle(), 10])
        page.wait_for_timeout(2000)
        number += 1
    told["minutes"], told["messages"] = MINUTES, number
    told[f"after {MINUTES:g} minutes"] = measured(page, canvas, process)
    said, seconds = page.evaluate(FLOOD, [root.element_handle(), 3])
    until(canvas, "waiting", "^0$", timeout=240_000)
    told["flood"] = {"messages": said, "seconds to send": seconds}
    told["after the flood"] = measured(page, canvas, process)
    with capsys.disabled():
        print("\n" + json.dumps(results.rounded(told), indent=1))
    if where := os.environ.get("ANIMKIT_STAGE_RESULTS"):
        told["machine"] = f"{platform.machine()}, {os.cpu_count()} hyperthreads, shared"
        told["reader"] = "the network that ships, as its effects"
        told["command"] = (
            f"ANIMKIT_STAGE_MINUTES={MINUTES:g} ANIMKIT_STAGE_RESULTS=notebooks/results "
            "python -m pytest -m benchmark tests/browser/test_stage_board.py"
        )
        chosen_on = "nothing: times, without settings"
        results.keep("stage", f"{MINUTES:g} minutes", told, folder=where, header=header, chosen_on=chosen_on)
    assert told["after the flood"]["browser's heap, MB"] < 1.5 * told["at the start"]["browser's heap, MB"] + 20
    assert told["at the start"]["script time of a picture, ms, median"] < 1000 / 30
