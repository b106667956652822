"""Labs' pages from disk, the network off: all answer, with the numbers of the labs themselves, and soon."""

import importlib
import random
import re
from html import unescape

import live_labs
import numpy as np
import pytest

from tests.browser.conftest import PICTURES, serious
from widgets import vae_lab
from widgets.pages.page import MOST, lab_page, lines_in
from widgets.pages.record import record, record_games
from widgets.pages.stops import GAMES, STOPS

LATENTS = np.random.default_rng(0).standard_normal((12, 6))


def decode(z):
    """Frames of 4 x 4 whose red, green and blue are the first three latents, in place of a network's."""
    frames = np.full((len(z), 4, 4, 4), 255, np.uint8)
    frames[..., :3] = np.clip(128 + 40 * z[:, None, None, :3], 0, 255)
    return frames


def of_pixel(pixel):
    return lambda z: -np.square(z - [0.5, pixel]).sum(axis=1)


PLACED = {
    "vae_lab.beta_and_collapse": lambda: vae_lab.beta_and_collapse(variances=np.linspace(4.0, 0.0, 9)),
    "vae_lab.latent_sliders": lambda: vae_lab.latent_sliders(decode, LATENTS.mean(axis=0), np.eye(6)),
    "vae_lab.latent_pad": lambda: vae_lab.latent_pad(decode, LATENTS, log_variances=np.full((12, 6), -2.0)),
    "vae_lab.latent_walk": lambda: vae_lab.latent_walk(decode, LATENTS),
    "vae_lab.decoder_posterior": lambda: vae_lab.decoder_posterior({"one": of_pixel(0), "two": of_pixel(1)}, points=21),
}
AUDITED = ("vae_lab.kl_closed_form", "rnn_lab.gates", GAMES)
# a few stops of a few controls: what a page shows is the same for the thousands that `make labs` records
FULLER = {
    "vae_lab.kl_closed_form": {"mean": (3, 5), "std": (3, 5), "samples": (1, 3), "seed": (1, 2)},
    "light_lab.lambert": dict.fromkeys(STOPS["light_lab.lambert"], (1, 1)) | {"azimuth": (3, 4), "elevation": (2, 3)},
}


def few(call):
    coarse = [(2 if number < 2 < stops[0] else 1, 1) for number, stops in enumerate(STOPS[call].values())]
    return dict(zip(STOPS[call], coarse, strict=True))


def recorded(call):
    """A lab's recording, and a function that shows one of its states by the lab itself, coming from another."""
    face, name = call.split(".")
    lab = PLACED[call]() if call in PLACED else getattr(importlib.import_module(f"widgets.{face}"), name)()
    if call == GAMES:
        recording = record_games(lab, 20, 10)

        def show(game, steps):
            lab.reset()
            lab.presets.value = game
            lab.restart()
            for _ in range(steps):
                lab.step("both")
            type(lab).draw(lab)

    else:
        recording = record(lab, FULLER.get(call) or few(call))

        def show(**values):
            lab.reset()
            lab.set(**values)

    def words(state):
        show(**{name: recording.positions[name][at] for name, at in zip(recording.positions, state, strict=True)})
        return lab.message.value or lab.numbers.value

    return recording, words


MOVE = """([name, place]) => {
  const control = document.getElementById(`control-${name}`);
  control.value = place;
  control.dispatchEvent(new Event(control.tagName === "SELECT" ? "change" : "input", { bubbles: true }));
}"""
SHOWN = "Number(document.documentElement.dataset.state)"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A function that records a lab, once, and writes its page: path, recording, and the lab's own words by state."""
    folder, made = tmp_path_factory.mktemp("labs"), {}

    def write(call):
        if call not in made:
            recording, words = recorded(call)
            path = folder / f"{call.split('.')[1]}.html"
            path.write_text(lab_page(recording, "a notebook"), encoding="utf-8")
            assert path.stat().st_size <= MOST
            made[call] = path, recording, words
        return made[call]

    return write


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
    found = re.findall(r"[-−]?\d+\.?\d*", unescape(re.sub("<[^>]+>", " ", text)))
    return [float(part.replace("−", "-")) for part in found]


@pytest.mark.parametrize("call", [*STOPS, GAMES])
def test_a_page_says_what_the_lab_says(call, written, open_page):
    path, recording, words = written(call)
    page, draw = open_page(path), random.Random(0)
    for _ in range(4):
        control = draw.choice([name for name, places in recording.positions.items() if len(places) > 1])
        page.evaluate(MOVE, [control, draw.randrange(len(recording.positions[control]))])
        state = recording.states[page.evaluate(SHOWN)]
        said = numbers(page.locator(".numbers").inner_html())
        assert said
        assert said == pytest.approx(numbers(words(state)), abs=1e-6)
        for each, place in zip(recording.positions, state, strict=True):
            assert page.locator(f"#control-{each}").input_value() == str(place)
    if call in AUDITED:
        page.locator(".formula summary").click()
        assert serious(page) == []
    page.screenshot(path=PICTURES / f"page_{path.stem}.png")


def test_it_opens_and_answers_soon(written, open_page, record_property):
    """Within a second on a machine that does nothing else; here others are at work."""
    path, *_ = written("light_lab.lambert")
    took = []
    for _ in range(2):
        page = open_page(path)
        page.evaluate(MOVE, ["azimuth", 0])
        took.append(page.evaluate("performance.now()"))
    record_property("milliseconds until the first answer", min(took))
    assert min(took) < 5000


def test_keys_presets_reset_comparing_and_copying(written, open_page):
    path, recording, _ = written("vae_lab.kl_closed_form")
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


def test_dragging_leads_where_it_leads_in_the_lab(written, open_page):
    path, recording, _ = written("vae_lab.kl_closed_form")
    page = open_page(path, viewport={"width": 1366, "height": 768})
    area = page.locator(".drag").bounding_box()
    page.mouse.move(area["x"] + 0.5 * area["width"], area["y"] + 0.5 * area["height"])
    page.mouse.down()
    page.mouse.move(area["x"] + 0.99 * area["width"], area["y"] + 0.5 * area["height"])
    page.mouse.up()
    mean = recording.states[page.evaluate(SHOWN)][list(recording.positions).index("mean")]
    assert mean == len(recording.positions["mean"]) - 1
    assert page.evaluate("document.querySelector('main').getBoundingClientRect().bottom <= innerHeight")


def test_a_lab_answers_in_a_slide_from_the_state_of_the_notebook(written, browser):
    path, recording, _ = written("vae_lab.kl_closed_form")
    page_of_lab = path.read_text(encoding="utf-8")
    line = next(line for line in sorted(lines_in(page_of_lab)) if "mean=4.0" in line)
    slide = live_labs.answering("<div class='lab'>still</div>", line, {"kl_closed_form": page_of_lab})
    other = live_labs.answering("still", "vae_lab.kl_closed_form(mean=mine)", {"kl_closed_form": page_of_lab})
    assert other == "still"  # what the page does not know stays a picture
    page = browser.new_page(color_scheme="dark")
    page.set_content(f"<style>{live_labs.STYLE}</style><section>{slide}</section><script>{live_labs.WAKE}</script>")
    assert page.locator(".lab").is_visible()
    page.evaluate("wake(document.querySelector('section'))")
    page.locator(".answering.awake").wait_for()
    lab = page.frames[1]
    assert lab.locator("#control-mean").input_value() == str(recording.positions["mean"].index(4.0))
    before = lab.locator(".numbers").inner_text()
    lab.locator("#control-mean").focus()
    page.keyboard.press("ArrowLeft")
    assert lab.locator(".numbers").inner_text() != before
    assert lab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator(".lab").is_visible()
    page.emulate_media(media="print")
    assert page.locator(".lab").is_visible()
    assert not page.locator("iframe").is_visible()
    page.close()
