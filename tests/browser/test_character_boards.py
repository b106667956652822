"""Both character boards in a real JupyterLab: clicks, keys, sliders, uploads, player, exports; nothing breaks."""

import io
import re

import pytest
from PIL import Image

from animkit.data.sprites import ACTION_DIRECTIONS, load_sprites
from animkit.render import to_rgba, upscale

NAME = "04_creative_generation.ipynb"
CHANGED = "([node, before]) => node.src !== before && node.complete && node.naturalWidth > 0"


@pytest.fixture
def notebook(open_notebook):
    opened = open_notebook(NAME)
    assert opened.errors() == []
    return opened


def sheet(board, words):
    """The picture whose alternative text has these words."""
    return board.locator(f"img[alt*='{words}'], img[title*='{words}']").first.element_handle()


def press(board, label):
    # an icon before the label is part of a button's name
    board.get_by_role("button", name=re.compile(f"{re.escape(label)}$")).click()


def another(board, image, act):
    """Do something and wait until the picture is another one."""
    before = image.get_attribute("src")
    act()
    board.page.wait_for_function(CHANGED, arg=[image, before], timeout=30_000)
    board.page.wait_for_timeout(500)  # what else the action changes comes a moment later


def slider(board, label):
    return board.locator(".widget-slider", has=board.page.get_by_text(label, exact=True)).locator(".noUi-handle")


def hero():
    """A PNG of a figure in colours of its own."""
    sprites = load_sprites(source="twin", characters=20)
    picture = upscale(to_rgba(sprites.frames[7, ACTION_DIRECTIONS.index("walk front"), 0], sprites.palette), 4)
    file = io.BytesIO()
    Image.fromarray(picture[..., [1, 2, 0, 3]]).save(file, "PNG")
    return file.getvalue()


def test_every_board_fits_a_small_screen_and_is_for_all_readers(notebook):
    notebook.check_that_all_fits()
    notebook.check_for_all_readers()


def test_designing_by_mouse_keys_and_pictures(notebook, jupyter):
    _, folder = jupyter
    board = notebook.lab("Design board")
    candidates = sheet(board, "is selected")
    selected = slider(board, "selected")
    at = int(float(selected.get_attribute("aria-valuenow")))

    box = candidates.bounding_box()
    another(board, candidates, lambda: board.page.mouse.click(box["x"] + 30, box["y"] + 60))
    assert int(float(selected.get_attribute("aria-valuenow"))) == 1 != at
    selected.focus()
    another(board, candidates, lambda: selected.press("ArrowRight"))
    assert int(float(selected.get_attribute("aria-valuenow"))) == 2
    notebook.picture("design_board")

    another(board, candidates, lambda: press(board, "vary one attribute"))
    notebook.picture("design_board_vary")
    another(board, candidates, lambda: press(board, "undo"))
    another(board, candidates, lambda: press(board, "more like this"))
    spread = slider(board, "spread")
    spread.focus()
    another(board, candidates, lambda: spread.press("End"))
    press(board, "parent A")
    selected.focus()
    another(board, candidates, lambda: selected.press("ArrowRight"))
    press(board, "parent B")
    board.page.wait_for_function("(node) => node.innerText.includes('A and B.')", arg=board.element_handle())
    another(board, candidates, lambda: press(board, "mix A and B"))
    notebook.picture("design_board_mix")
    share = slider(board, "share of B")
    share.focus()
    another(board, candidates, lambda: share.press("ArrowRight"))
    another(board, candidates, lambda: press(board, "reset"))

    board.get_by_role("tab", name="your picture").click()
    (folder / "hero.png").write_bytes(hero())
    path = board.get_by_label("or its path")
    path.fill("hero.png")
    another(board, candidates, lambda: path.press("Enter"))
    board.get_by_text("hero.png is seen as").filter(visible=True).wait_for(timeout=30_000)
    notebook.picture("design_board_own")
    press(board, "refine likeness")
    agreed = board.get_by_text(re.compile("^\\d+% agree$"))
    agreed.wait_for(timeout=60_000)
    notebook.picture("design_board_refining")
    press(board, "cancel")
    agreed.wait_for(state="hidden", timeout=30_000)
    another(board, candidates, lambda: press(board, "reset"))
    with board.page.expect_file_chooser() as chooser:
        press(board, "your picture (0)")
    upload = {"name": "<b>up</b>.png", "mimeType": "image/png", "buffer": hero()}
    another(board, candidates, lambda: chooser.value.set_files([upload]))
    board.get_by_text("<b>up</b>.png is seen as").filter(visible=True).wait_for(timeout=30_000)
    Image.new("RGBA", (64, 64), "teal").save(folder / "wall.png")
    path.fill("wall.png")
    path.press("Enter")
    board.get_by_role("alert").filter(has_text="all of one colour").wait_for(timeout=30_000)
    path.fill("nowhere.png")
    path.press("Enter")
    board.get_by_role("alert").filter(has_text="nowhere.png").wait_for(timeout=30_000)
    notebook.picture("design_board_message")
    assert notebook.errors() == []


def test_animating_playing_and_exporting(notebook, jupyter):
    _, folder = jupyter
    board = notebook.lab("Animation board")
    player = board.locator(".animkit-player canvas")
    strip = sheet(board, "frame by frame")
    player.focus()
    if player.get_attribute("data-playing") == "true":
        player.press(" ")
    player.press("Home")
    player.press("ArrowRight")
    assert player.get_attribute("data-frame") == "1"
    another(board, strip, lambda: board.get_by_label("direction").select_option("left"))
    notebook.picture("animation_board")
    another(board, strip, lambda: board.get_by_label("what").select_option("swap two motions"))
    notebook.picture("animation_board_swap")
    another(board, strip, lambda: board.get_by_label("what").select_option("between two poses"))
    count = slider(board, "in-betweens")
    count.focus()
    another(board, strip, lambda: count.press("ArrowRight"))
    notebook.picture("animation_board_between")
    another(board, strip, lambda: press(board, "reset"))
    warm = slider(board, "temperature")
    warm.focus()
    another(board, strip, lambda: warm.press("End"))
    another(board, strip, lambda: press(board, "reset motion"))
    another(board, strip, lambda: board.get_by_label("action", exact=True).select_option("all nine"))
    player.focus()
    drawn = int(player.get_attribute("data-drawn"))
    player.press(" ")
    board.page.wait_for_timeout(1500)
    assert int(player.get_attribute("data-drawn")) > drawn + 5
    notebook.picture("animation_board_all_nine")

    board.get_by_label("folder").fill("exports")
    board.get_by_label("folder").press("Tab")
    for label, ending, files in (("sprite sheet", ".json", 2), ("GIF", ".gif", 3), ("frames", "_frames", 4)):
        press(board, label)
        board.get_by_text(f"{ending}; read back: the same pixels").wait_for(timeout=30_000)
        assert len(list((folder / "exports").iterdir())) == files
    notebook.picture("animation_board_exports")
    assert notebook.errors() == []
    assert notebook.page.locator("text=Traceback").count() == 0


def test_a_story_is_locked_drawn_anew_and_edited(notebook):
    board = notebook.lab("Story board")
    lines = board.locator("input[type=text][title*='does ']")
    beat, second = lines.nth(0).get_attribute("title"), lines.nth(1).input_value()
    board.get_by_role("button", name=re.compile("1$")).first.click()
    press(board, "draw anew")
    changed = "([node, before]) => node.value !== before"
    board.page.wait_for_function(changed, arg=[lines.nth(1).element_handle(), second], timeout=30_000)
    lines.nth(2).fill("And then it rained.")
    lines.nth(2).press("Enter")
    board.page.wait_for_timeout(500)
    notebook.picture("story_board")
    assert lines.nth(2).input_value() == "And then it rained."
    assert lines.nth(0).get_attribute("title") == beat  # its words are another story's, and so may its names be
    assert notebook.errors() == []


def test_an_effect_burns_in_other_colours_and_leaves_as_a_file(notebook, jupyter):
    _, folder = jupyter
    board = notebook.lab("Effects board")
    strip = sheet(board, "Frame by frame")
    notebook.picture("effects_board")
    another(board, strip, lambda: press(board, "another"))
    another(board, strip, lambda: board.get_by_label("palette").select_option("ghost fire"))
    own = board.get_by_label("own colours")
    own.fill("#203060 #80c0ff white")
    another(board, strip, lambda: own.press("Enter"))
    own.fill("red")
    own.press("Enter")
    board.get_by_role("alert").filter(has_text="two to 7 colours that differ").wait_for(timeout=30_000)
    blend = board.get_by_label("blend with")
    another(board, strip, lambda: blend.select_option("magic"))
    wind = slider(board, "wind")
    wind.focus()
    another(board, strip, lambda: wind.press("ArrowLeft"))
    notebook.picture("effects_board_blend")
    board.get_by_label("folder").fill("effects")
    board.get_by_label("folder").press("Tab")
    press(board, "export")
    board.get_by_text("read back: the same pixels").wait_for(timeout=30_000)
    assert {path.suffix for path in (folder / "effects").iterdir()} == {".png", ".json"}
    lab = notebook.lab("The loop condition")
    share = lab.locator(".noUi-handle").first
    share.focus()
    another(lab, lab.locator("img").first.element_handle(), lambda: share.press("ArrowLeft"))
    notebook.picture("loop_condition")
    assert notebook.errors() == []
