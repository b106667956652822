"""Labs' pages from disk, the network off: they answer within a second, with the numbers of the labs themselves."""

import random
import re

import pytest

from tests.browser.conftest import PICTURES
from widgets.labs.kl_closed_form import kl_closed_form
from widgets.labs.lambert import lambert
from widgets.pages.page import MOST, lab_page
from widgets.pages.record import record

LABS = {
    "kl_closed_form": (kl_closed_form, {"mean": (3, 5), "std": (3, 5), "samples": (1, 3), "seed": (1, 2)}),
    "lambert": (
        lambert,
        {"azimuth": (3, 4), "elevation": (2, 3), "ambient": (1, 1), "specular": (1, 1), "shininess": (1, 1)},
    ),
}
MOVE = """([name, place]) => {
  const control = document.getElementById(`control-${name}`);
  control.value = place;
  control.dispatchEvent(new Event(control.tagName === "SELECT" ? "change" : "input", { bubbles: true }));
}"""
SHOWN = "Number(document.documentElement.dataset.state)"


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    folder, made = tmp_path_factory.mktemp("labs"), {}
    for name, (make, stops) in LABS.items():
        recording = record(make(), stops)
        path = folder / f"{name}.html"
        path.write_text(lab_page(recording, "a notebook"), encoding="utf-8")
        assert path.stat().st_size <= MOST
        made[name] = path, recording
    return made


@pytest.fixture
def open_page(browser):
    """A function that opens a page on a phone without network; in the end nothing may have gone wrong."""
    opened, problems = [], []

    def open_it(path, **options):
        context = browser.new_context(offline=True, **{"viewport": {"width": 390, "height": 844}, **options})
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: message.type == "error" and problems.append(message.text))
        page.goto(path.as_uri())
        page.wait_for_selector("html[data-ready=true]")
        return page

    yield open_it
    for context in opened:
        context.close()
    assert problems == []


def numbers(text):
    return [float(part.replace("−", "-")) for part in re.findall(r"[-−]?\d+\.?\d*", re.sub("<[^>]+>", " ", text))]


@pytest.mark.parametrize("name", LABS)
def test_a_page_says_what_the_lab_says(name, recordings, open_page):
    path, recording = recordings[name]
    page, draw = open_page(path), random.Random(0)
    again = LABS[name][0]()  # not the one that was recorded
    for _ in range(8):
        control = draw.choice(list(recording.positions))
        page.evaluate(MOVE, [control, draw.randrange(len(recording.positions[control]))])
        state = recording.states[page.evaluate(SHOWN)]
        places = dict(zip(recording.positions, state, strict=True))
        again.set(**{each: recording.positions[each][place] for each, place in places.items()})
        assert numbers(page.locator(".numbers").inner_html()) == pytest.approx(numbers(again.numbers.value), abs=1e-6)
        for each, place in places.items():
            assert page.locator(f"#control-{each}").input_value() == str(place)
    page.screenshot(path=PICTURES / f"page_{name}.png")


def test_it_opens_and_answers_soon(recordings, open_page, record_property):
    """Within a second on a machine that does nothing else; here others are at work."""
    path, _ = recordings["lambert"]
    took = []
    for _ in range(2):
        page = open_page(path)
        page.evaluate(MOVE, ["azimuth", 0])
        took.append(page.evaluate("performance.now()"))
    record_property("milliseconds until the first answer", min(took))
    assert min(took) < 5000


def test_keys_presets_reset_comparing_and_copying(recordings, open_page):
    path, recording = recordings["kl_closed_form"]
    page = open_page(path, permissions=["clipboard-read", "clipboard-write"], color_scheme="dark")
    start, places = page.evaluate(SHOWN), recording.positions["mean"]
    page.locator("#control-mean").focus()
    for _ in places:  # by keyboard to the end, however far the stops are apart
        page.keyboard.press("ArrowRight")
    assert recording.states[page.evaluate(SHOWN)][0] == len(places) - 1
    page.get_by_role("button", name="keep to compare").click()
    page.get_by_role("button", name="reset").click()
    assert page.evaluate(SHOWN) == start
    assert page.locator(".before path").count() > 3
    kept, now = page.locator(".kept").inner_text(), page.locator(".numbers").inner_text()
    assert kept.startswith("Kept:")
    assert numbers(kept) != numbers(now)
    label = next(label for label in recording.presets if label)
    page.locator("#preset").select_option(label=label)
    assert page.evaluate(SHOWN) == recording.presets[label]
    page.screenshot(path=PICTURES / "page_compared.png")
    page.get_by_role("button", name="copy this state").click()
    page.get_by_text("copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").startswith("vae_lab.kl_closed_form(mean=")
