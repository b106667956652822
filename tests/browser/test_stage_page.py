"""The stage on a page of its own, with a kernel that the test plays: by touch, in a hidden tab, and without motion."""

import base64
import json

import numpy as np
import pytest

from animkit.studio.audience_film import light_stage
from tests.browser.conftest import PICTURES
from tests.studio.actors import actors
from widgets.parts.stage import StageCanvas

HOMES = {"Mira": (60.0, 75.0), "Pip": (100.0, 79.0)}
PAGE = """<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<body style="margin: 8px"><div id="stage"></div><p style="height: 1200px">below</p><script type="module">
const { mount } = await import("data:text/javascript;base64,%s");
const bytes = Uint8Array.from(atob("%s"), (letter) => letter.charCodeAt(0));
window.sent = [];
window.answers = true;
window.table = mount(document.getElementById("stage"), { ...%s, bytes }, (message) => {
  sent.push(structuredClone(message));
  if (answers) setTimeout(() => table.answered(message.number, message.seconds));
});
</script>"""
# headless Chromium takes every tab for visible: as in a hidden one, no picture is asked for until it is seen again
HIDE = """(hidden) => {
  window.real ??= requestAnimationFrame;
  window.held ??= [];
  window.hiddenTab = hidden;
  window.requestAnimationFrame = (draw) => real((time) => (hiddenTab ? held.push(draw) : draw(time)));
  if (!hidden) held.splice(0).forEach((draw) => real(draw));
}"""


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    glow = np.zeros((8, 32, 32, 4), np.uint8)
    glow[:, 8:24, 8:24] = (255, 200, 60, 255)
    glow[::2, 8:24, 8:16] = 0
    canvas = StageCanvas(light_stage(actors(*HOMES), HOMES, "meadow", "torch"), HOMES, {"sparkle": glow}, label="Two.")
    state = json.dumps({name: getattr(canvas, name) for name in canvas.saved})
    coded = (base64.b64encode(part).decode() for part in (canvas.script.encode(), canvas.data))
    path = tmp_path_factory.mktemp("stage") / "stage.html"
    path.write_text(PAGE % (*coded, state), encoding="utf-8")
    return path


@pytest.fixture
def open_stage(browser, page_file):
    """A function that opens the page in a context of its own; in the end nothing may have gone wrong."""
    opened, problems = [], []

    def open_it(**options):
        context = browser.new_context(offline=True, **options)
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: message.type == "error" and problems.append(message.text))
        page.goto(page_file.as_uri())
        canvas = page.locator(".animkit-stage canvas[data-ready=true]")
        canvas.wait_for()
        return page, canvas

    yield open_it
    for context in opened:
        context.close()
    assert problems == []


def told(page, name):
    """What the kernel has been told last under a name."""
    return page.evaluate("(name) => window.sent.filter((one) => name in one).at(-1)?.[name] ?? null", name)


def act(page, **more):
    """The kernel lets Pip act at once."""
    page.evaluate(
        """(more) => {
          window.number = (window.number ?? 100) + 1;
          table.take([{ id: window.number, who: "Pip", at: 0, action: "idle", ...more }]);
        }""",
        more,
    )


def says(canvas, name, wanted, timeout=5000):
    check = "([canvas, name, wanted]) => canvas.dataset[name] === wanted"
    canvas.page.wait_for_function(check, arg=[canvas.element_handle(), name, wanted], timeout=timeout)


def swipe(page, box):
    """A finger is put on the stage's right and moved up."""
    page.evaluate(
        "document.querySelector('canvas').addEventListener('pointercancel', ({ target }) => (target.swiped = true))"
    )
    session, x, y = page.context.new_cdp_session(page), box["x"] + 0.9 * box["width"], box["y"] + 0.9 * box["height"]
    for kind, moved in (("touchStart", 0), *(("touchMove", 15 * k) for k in range(1, 8))):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y - moved}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_finger_is_looked_at_also_when_it_is_lifted_and_a_swipe_still_scrolls(open_stage):
    page, canvas = open_stage(has_touch=True, is_mobile=True, viewport={"width": 390, "height": 700})
    box = canvas.bounding_box()
    assert box["x"] + box["width"] <= 390
    page.touchscreen.tap(box["x"] + 3, box["y"] + box["height"] / 2)
    says(canvas, "sides", "-1,-1")
    page.wait_for_timeout(400)
    assert canvas.get_attribute("data-sides") == "-1,-1"
    assert told(page, "pointer")[0] < 5
    page.get_by_label("ask for a gesture").select_option("dance")
    says(canvas, "doing", "dance,dance")
    page.get_by_label("say something to the characters").tap()
    page.keyboard.type("hello")
    page.get_by_role("button", name="say").tap()
    page.wait_for_function("sent.some((one) => one.said.some(({ text }) => text === 'hello'))")
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / "stage_touch.png")
    swipe(page, box)
    assert canvas.evaluate("(canvas) => canvas.swiped")  # the browser has taken the finger over, to scroll
    assert page.evaluate("table.view().pointer[0]") < 5  # so they still look to where it showed before


def test_a_hidden_tab_draws_nothing_loses_nothing_and_is_caught_up_with(open_stage):
    page, canvas = open_stage()
    page.evaluate(HIDE, True)
    page.evaluate("() => new Promise((done) => real(() => real(done)))")  # what was asked for before is drawn
    drawn = canvas.get_attribute("data-drawn")
    act(page, action="flee", target=[20, 79], mood="afraid", line="Help!", at=-5)
    act(page, action="sulk", mood="sad", gaze="down")
    page.wait_for_timeout(1200)
    assert canvas.get_attribute("data-drawn") == drawn
    assert told(page, "seconds") > 1  # the kernel's clock goes on
    page.evaluate(HIDE, False)
    says(canvas, "doing", "idle,sulk")
    assert page.evaluate("document.querySelector('.animkit-stage .heard').textContent") == ""
    assert int(canvas.get_attribute("data-drawn")) < int(drawn) + 30  # nothing is drawn in a burst


def test_who_wants_no_motion_gets_places_and_poses(open_stage):
    page, canvas = open_stage(reduced_motion="reduce")
    picture = "(canvas) => canvas.toDataURL()"
    act(page, action="flee", target=[20, 79], mood="afraid")
    page.wait_for_function("table.view().people[1].at[0] === 20")  # is there at once
    act(page, action="dance", mood="happy", seconds=600)
    says(canvas, "doing", "idle,dance")
    first = canvas.evaluate(picture)
    page.wait_for_timeout(400)
    assert canvas.evaluate(picture) == first
    page.screenshot(path=PICTURES / "stage_still.png")
    page.emulate_media(reduced_motion="no-preference")
    page.wait_for_function("([canvas, first]) => canvas.toDataURL() !== first", arg=[canvas.element_handle(), first])
