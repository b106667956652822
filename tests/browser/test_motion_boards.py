"""The boards of 05 in a real JupyterLab: keys, timeline, player, live play, a level, a throw, exports."""

import json
import re

import pytest

CHANGED = "([node, before]) => node.src !== before && node.complete && node.naturalWidth > 0"


@pytest.fixture
def notebook(open_notebook):
    opened = open_notebook("05_production_automation.ipynb")
    assert opened.errors() == []
    return opened


def press(board, label):
    # an icon before the label is part of a button's name
    board.get_by_role("button", name=re.compile(f"{re.escape(label)}$")).first.click()


def another(board, image, act):
    """Do something and wait until the picture is another one."""
    before = image.get_attribute("src")
    act()
    board.page.wait_for_function(CHANGED, arg=[image, before], timeout=60_000)
    board.page.wait_for_timeout(500)  # what else the action changes comes a moment later


def slider(board, label):
    return board.locator(".widget-slider", has=board.page.get_by_text(label, exact=True)).locator(".noUi-handle")


def keeps(board, frames):
    """Wait until the board keeps these frames: on a busy machine not as soon as the picture has changed."""
    field = board.get_by_label("kept frames").element_handle()
    board.page.wait_for_function("([node, frames]) => node.value === frames", arg=[field, frames], timeout=20_000)


def test_every_board_fits_a_small_screen_and_has_names(notebook):
    notebook.check_that_all_fits()
    notebook.check_for_all_readers()


def changes(board, act):
    """Do something and wait until the line that tells the board's state is another one."""
    line = board.get_by_label("this state").element_handle()
    before = line.input_value()
    act()
    board.page.wait_for_function("([node, old]) => node.value !== old", arg=[line, before], timeout=60_000)


def drag(page, start, *ways):
    page.mouse.move(*start)
    page.mouse.down()
    for way in ways:
        page.mouse.move(*way)
    page.mouse.up()


def test_keys_are_dragged_and_posed_on_the_player(notebook, record_property):
    board = notebook.lab("In-between board")
    page, player = board.page, board.locator(".animkit-player canvas")
    timeline, tools = board.locator("canvas.animkit-timeline"), board.locator(".animkit-keys")
    keeps(board, "0-29, 60-89")
    notebook.picture("in_between_board")
    timeline.scroll_into_view_if_needed()

    def at(frame):
        box = timeline.bounding_box()
        return box["x"] + 14 + frame / 89 * (box["width"] - 28), box["y"] + 31

    def stands(frame):
        there = "([board, frame]) => board.querySelector('.animkit-player canvas').dataset.frame === frame"
        page.wait_for_function(there, arg=[board.element_handle(), str(frame)], timeout=20_000)

    def filled():
        done = "(tools) => tools.dataset.filling === 'false'"
        page.wait_for_function(done, arg=tools.element_handle(), timeout=60_000)

    # the player's frame is the timeline's, and the other way about
    player.focus()
    player.press("Home")
    for _ in range(3):
        player.press("ArrowRight")
    stands(3)
    timeline.focus()
    timeline.press("ArrowRight")
    stands(4)
    page.mouse.click(*at(45))
    stands(45)
    press(board, "original here")
    keeps(board, "0-29, 45, 60-89")
    press(board, "original here")
    board.get_by_role("alert").filter(has_text="is kept already").wait_for(timeout=30_000)

    drag(page, at(45), at(48), at(50))
    keeps(board, "0-29, 50, 60-89")
    filled()
    record_property("milliseconds_after_a_key", tools.get_attribute("data-ms"))
    timeline.press("Shift+ArrowRight")
    keeps(board, "0-29, 51, 60-89")
    timeline.press("Control+z")
    keeps(board, "0-29, 50, 60-89")
    page.mouse.dblclick(*at(56))
    keeps(board, "0-29, 50, 56, 60-89")
    timeline.press("Delete")
    keeps(board, "0-29, 50, 60-89")
    page.mouse.click(*at(50))

    def hand():
        box, seen = player.bounding_box(), json.loads(player.get_attribute("data-handles"))["LeftHand"]
        scale = box["width"] / player.evaluate("(canvas) => canvas.width / Math.max(1, Math.round(devicePixelRatio))")
        return box["x"] + seen[0] * scale, box["y"] + seen[1] * scale

    stands(50)
    x, y = hand()
    drag_it = (x + 8, y - 12), (x + 14, y - 25)
    changes(board, lambda: drag(page, (x, y), *drag_it))
    filled()
    record_property("milliseconds_after_a_hand", tools.get_attribute("data-ms"))
    x_now, y_now = hand()
    assert abs(x_now - x - 14) < 6  # as far as the arm reaches
    assert y_now < y - 10
    notebook.picture("in_between_board_posed")
    posed = board.get_by_label("this state").input_value()
    changes(board, lambda: player.press("m"))
    changes(board, lambda: player.press("Control+z"))
    assert board.get_by_label("this state").input_value() == posed
    player.press("h")
    changes(board, lambda: player.press("Shift+ArrowUp"))
    press(board, "reset")
    keeps(board, "0-29, 60-89")
    page.mouse.click(*at(10))
    player.press("m")
    board.get_by_role("alert").filter(has_text="lies in the kept stretch 0-29").wait_for(timeout=30_000)
    assert notebook.errors() == []


def test_filling_gaps_by_words_and_exporting(notebook, jupyter):
    _, folder = jupyter
    board = notebook.lab("In-between board")
    page, player = board.page, board.locator(".animkit-player canvas")
    text = board.get_by_label("kept frames")
    text.fill("0-9, 80-85")
    text.press("Enter")
    keeps(board, "0-9, 80-85, 89")
    board.get_by_role("status").filter(has_text="a gap of 70 frames at 30 a second").wait_for(timeout=30_000)
    notebook.picture("in_between_board_warning")
    press(board, "set these keys")
    keeps(board, "0-9, 44, 80-85, 89")
    low = board.locator(".widget-slider", has=page.get_by_text("gap, frames", exact=True)).locator(".noUi-handle").first
    low.focus()
    low.press("ArrowRight")
    changes(board, lambda: press(board, "keep the gap"))
    changes(board, lambda: press(board, "keys only"))
    board.get_by_role("tab", name="motions").click()
    samples = slider(board, "samples")
    samples.focus()
    changes(board, lambda: samples.press("ArrowRight"))
    changes(board, lambda: board.get_by_label("show", exact=True).select_option(["original", "cubic", "ours"]))
    notebook.picture("in_between_board_samples")

    player.focus()
    drawn = int(player.get_attribute("data-drawn"))
    player.press(" ")
    page.wait_for_function(
        "([canvas, drawn]) => Number(canvas.dataset.drawn) > drawn + 5",
        arg=[player.element_handle(), drawn],
        timeout=20_000,
    )
    board.get_by_role("tab", name="keys").click()
    press(board, "original here")
    board.get_by_role("alert").filter(has_text="stop it (space)").wait_for(timeout=30_000)
    player.focus()
    player.press(" ")
    player.press("f")  # the camera stands still
    player.press("a")
    notebook.picture("in_between_board_still")

    board.get_by_role("tab", name="export").click()
    press(board, "BVH")
    board.get_by_text("read back: within").first.wait_for(timeout=30_000)
    press(board, "GIF")
    board.get_by_text("pictures at 30 fps").wait_for(timeout=60_000)
    names = {path.name for path in (folder / "05_production_automation").iterdir()}
    assert {"walk_cubic.bvh", "walk_ours_1.bvh", "walk_ours_2.bvh", "walk_in-between.gif"} <= names
    press(board, "reset")
    keeps(board, "0-29, 60-89")
    # between keys ten frames apart no foot stands long enough to be locked; in this gap some do
    board.get_by_role("tab", name="motions").click()
    changes(board, lambda: board.get_by_label("lock the feet").click())
    notebook.picture("in_between_board_exports")
    assert notebook.errors() == []
    assert notebook.page.locator("text=Traceback").count() == 0


def test_steering_live_and_exporting(notebook, jupyter):
    _, folder = jupyter
    board = notebook.lab("Generation board")
    page, player = board.page, board.locator(".animkit-player canvas")
    way = board.locator("img[alt^='The way from above'], img[title^='The way from above']").first.element_handle()
    speed = slider(board, "speed, cm/s")
    speed.focus()
    speed.press("ArrowRight")
    scrub = board.get_by_label("frame", exact=True)
    last = int(scrub.get_attribute("max"))
    another(board, way, lambda: press(board, "go on"))
    two_seconds_more = "([node, last]) => Number(node.max) === last + 60"
    page.wait_for_function(two_seconds_more, arg=[scrub.element_handle(), last], timeout=20_000)
    another(board, way, lambda: press(board, "undo"))

    press(board, "live")
    turn = slider(board, "heading, °/s left")
    longer = "([node, length]) => Number(node.max) > length"
    page.wait_for_function(longer, arg=[scrub.element_handle(), last + 60], timeout=30_000)
    turn.focus()
    turn.press("PageUp")
    length = int(scrub.get_attribute("max"))
    page.wait_for_function(longer, arg=[scrub.element_handle(), length], timeout=30_000)
    assert player.get_attribute("data-playing") == "true"
    notebook.picture("generation_board_live")
    player.focus()
    another(board, way, lambda: player.press(" "))
    assert player.get_attribute("data-playing") == "false"
    assert "°/s left" in board.inner_text()
    notebook.picture("generation_board")
    style = board.get_by_label("style")
    style.select_option(index=1)
    another(board, way, lambda: press(board, "begin anew"))
    press(board, "BVH")
    board.get_by_text("read back: within").first.wait_for(timeout=30_000)
    assert (folder / "05_production_automation" / "generated.bvh").exists()
    assert notebook.errors() == []
    assert notebook.page.locator("text=Traceback").count() == 0


def test_a_level_is_played_changed_and_exported(notebook, jupyter):
    _, folder = jupyter
    board = notebook.lab("Level board")
    page, canvas = board.page, board.locator(".animkit-level canvas")
    canvas.scroll_into_view_if_needed()
    canvas.focus()
    page.keyboard.down("ArrowRight")
    further = "(node) => Number(node.dataset.x) > 2"
    page.wait_for_function(further, arg=canvas.element_handle(), timeout=20_000)
    page.keyboard.up("ArrowRight")
    notebook.picture("level_board")
    board.get_by_label("click").select_option("put brick")
    board.get_by_role("status").filter(has_text="to set the tile").wait_for(timeout=20_000)
    box = canvas.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.3)
    board.get_by_text("1 tile changed").wait_for(timeout=30_000)
    notebook.picture("level_board_changed")
    press(board, "undo")
    board.get_by_text("1 tile changed").wait_for(state="detached", timeout=30_000)
    press(board, "TMJ")
    board.get_by_text("read back: the same").wait_for(timeout=30_000)
    assert (folder / "05_production_automation" / "level_0_tiles.png").exists()
    assert notebook.errors() == []


def test_a_ball_is_thrown_by_the_pointer_and_exported(notebook, jupyter):
    _, folder = jupyter
    board = notebook.lab("Prop board")
    page, pad = board.page, board.locator("img[alt^='A ball thrown'], img[title^='A ball thrown']").first
    pad.scroll_into_view_if_needed()
    box, drawn = pad.bounding_box(), pad.element_handle()
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.6 * box["height"])
    page.mouse.down()
    another(board, drawn, lambda: page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.4 * box["height"]))
    another(board, drawn, page.mouse.up)
    flies = "(board) => Number(board.querySelector('.animkit-player canvas').dataset.frame) > 5"
    page.wait_for_function(flies, arg=board.element_handle(), timeout=20_000)
    notebook.picture("prop_board")
    another(board, drawn, lambda: press(board, "Moon"))
    board.get_by_text("gravity 1.62 lies outside").wait_for(timeout=20_000)
    board.get_by_role("tab", name="files").click()
    press(board, "APNG")
    board.get_by_text("read back: the same pixels").wait_for(timeout=30_000)
    assert list((folder / "05_production_automation").glob("ball_ball_*.apng"))
    lab = notebook.lab("A bouncing ball")
    rate = lab.locator(".noUi-handle").first
    rate.focus()
    another(lab, lab.locator("img").first.element_handle(), lambda: rate.press("ArrowRight"))
    notebook.picture("bouncing")
    assert notebook.errors() == []
