"""The derivation notebooks in a real JupyterLab: cells run, labs answer keys and mouse, nothing leaves the machine."""

import nbformat
from nbformat import v4
from nbformat.sign import NotebookNotary

from tests.browser.conftest import TOKEN
from widgets.parts.kept_state import VIEW

# waits until the picture is another one; the lab draws as soon as the kernel has answered
CHANGED = "([image, before]) => image.src !== before && image.complete && image.naturalWidth > 0"


def handles(lab):
    """The handles of the lab's sliders; arrow keys move them."""
    return lab.locator(".widget-slider .noUi-handle")


def numbers(lab):
    return lab.locator(".widget-html").all_inner_texts()


def press_and_see(lab, handle, key):
    """Press a key on a slider and wait for another picture."""
    image = lab.locator("img").first.element_handle()
    before = image.get_attribute("src")
    handle.focus()
    handle.press(key)
    lab.page.wait_for_function(CHANGED, arg=[image, before], timeout=60_000)


def check_every_lab(notebook, name):
    """Every cell has run, every lab answers a key with another picture and other numbers, and bears extreme values."""
    assert notebook.errors() == []
    notebook.check_that_all_fits()
    notebook.picture(f"{name}_top")
    # the live game changes nothing while it rests; it has a test of its own
    drawn = notebook.page.locator(".animkit-lab:has(.noUi-handle):has(img)")
    labs = drawn.filter(has_not=notebook.page.locator("h4", has_text="A GAN, live"))
    assert labs.count() >= 4
    for number in range(labs.count()):
        lab = labs.nth(number)
        lab.scroll_into_view_if_needed()
        told = numbers(lab)
        # a slider may stand at its end already
        slider = handles(lab).first
        at = float(slider.get_attribute("aria-valuenow"))
        top = float(slider.get_attribute("aria-valuemax"))
        press_and_see(lab, slider, "ArrowLeft" if at >= top else "ArrowRight")
        for _ in range(50):  # they follow the picture, on a busy machine not at once
            if numbers(lab) != told:
                break
            lab.page.wait_for_timeout(200)
        assert numbers(lab) != told, f"lab {number} of {name}: the picture moved, the numbers did not"
        notebook.picture(f"{name}_lab_{number}")
    # extreme values: both ends of the first two sliders of each lab give a picture or a message, never an error
    for number in range(labs.count()):
        for slider in handles(labs.nth(number)).all()[:2]:
            for key in ("End", "Home"):
                slider.focus()
                slider.press(key)
    notebook.page.wait_for_timeout(1500)
    assert notebook.errors() == []
    assert notebook.page.locator("text=Traceback").count() == 0


def test_every_lab_of_01_answers(open_notebook):
    notebook = open_notebook("01_gan.ipynb")
    notebook.check_for_all_readers()
    check_every_lab(notebook, "01_gan")


def test_the_live_gan_steps_plays_and_lets_the_kernel_answer(open_notebook):
    notebook = open_notebook("01_gan.ipynb")
    live = notebook.lab("A GAN, live")
    image = live.locator("img").first.element_handle()
    for button in ("step D", "step G", "step both"):
        before = image.get_attribute("src")
        live.get_by_role("button", name=button).click()
        notebook.page.wait_for_function(CHANGED, arg=[image, before], timeout=20_000)
    live.get_by_role("button", name="play").click()
    seen = set()
    for _ in range(40):
        seen.add(image.get_attribute("src"))
        notebook.page.wait_for_timeout(50)
    notebook.picture("live_gan")
    live.get_by_role("button", name="pause").click()
    assert len(seen) >= 5
    notebook.page.wait_for_timeout(700)
    still = image.get_attribute("src")
    notebook.page.wait_for_timeout(700)
    assert image.get_attribute("src") == still
    assert notebook.errors() == []


def test_a_prediction_locks_and_an_exercise_gives_hint_and_solution(open_notebook):
    notebook = open_notebook("01_gan.ipynb")
    page = notebook.page
    exercise = page.locator(".jp-OutputArea-output:has-text('Exercise:')").first
    exercise.scroll_into_view_if_needed()
    assert "not attempted" in exercise.inner_text()
    exercise.get_by_role("button", name="hint").click()
    page.wait_for_function("(node) => node.innerText.includes('Hint:')", arg=exercise.element_handle(), timeout=10_000)
    exercise.get_by_role("button", name="solution").click()
    page.wait_for_function("(node) => node.querySelector('pre')", arg=exercise.element_handle(), timeout=10_000)
    # the run has revealed every prediction, so each is locked
    locks = page.get_by_role("button", name="locked")
    assert locks.count() >= 4
    assert all(button.is_disabled() for button in locks.all())


def test_every_lab_of_02_answers(open_notebook):
    notebook = open_notebook("02_vae.ipynb")
    notebook.check_for_all_readers(dark=True)
    check_every_lab(notebook, "02_vae")


def test_every_lab_of_03_answers(open_notebook):
    notebook = open_notebook("03_rnn.ipynb")
    notebook.check_for_all_readers()
    check_every_lab(notebook, "03_rnn")


def test_the_player_plays_at_the_notebooks_side(open_notebook):
    notebook = open_notebook("03_rnn.ipynb")
    player = notebook.page.locator(".animkit-player canvas").first
    player.scroll_into_view_if_needed()
    player.focus()
    if player.get_attribute("data-playing") == "true":
        player.press(" ")
    player.press("Home")
    assert player.get_attribute("data-frame") == "0"
    player.press("ArrowRight")
    assert player.get_attribute("data-frame") == "1"
    drawn = int(player.get_attribute("data-drawn"))
    player.press(" ")
    notebook.page.wait_for_timeout(1500)
    assert int(player.get_attribute("data-drawn")) > drawn + 5
    notebook.picture("player")


RESTARTED = (
    "from widgets import gan_lab\ngan_lab.optimal_discriminator()",
    """
import numpy as np
from widgets.parts.player import AnimationPlayer, sprites
AnimationPlayer(sprites(np.random.default_rng(0).integers(0, 255, (4, 8, 8, 4), "uint8")), label="noise")
""",
)


def test_a_restarted_kernel_leaves_no_broken_page(open_notebook, write_notebook):
    notebook = open_notebook(write_notebook("restarted", *RESTARTED))
    notebook.menu("Kernel", "Restart Kernel")
    # by key: ipyevents sends what a pointer does over a picture, even to a kernel that is gone, and says it cannot
    notebook.page.mouse.move(1, 1)
    notebook.page.locator(".jp-Dialog .jp-mod-accept").press("Enter")
    notebook.page.locator("#jp-main-statusbar", has_text="Python 3 (ipykernel) | Idle").wait_for(timeout=120_000)
    notebook.run_all()
    assert notebook.errors() == []
    lab = notebook.lab("The best discriminator")
    press_and_see(lab, handles(lab).first, "ArrowRight")
    assert notebook.page.locator(".animkit-player canvas").count() == 1


def test_without_a_kernel_a_widget_is_what_it_left_in_the_notebook(browser, jupyter):
    """In a notebook of one's own, which JupyterLab trusts: of others it never asks widgets to draw themselves."""
    address, folder = jupyter
    left = {"text/html": "<p>what it showed</p>", VIEW: {"model_id": "gone", "version_major": 2, "version_minor": 0}}
    notebook = v4.new_notebook(cells=[v4.new_code_cell("lab", outputs=[v4.new_output("display_data", left)])])
    NotebookNotary(data_dir=str(folder.parent / "data")).sign(notebook)
    nbformat.write(notebook, folder / "no_kernel.ipynb")
    page = browser.new_page()
    page.goto(f"{address}/lab/workspaces/no_kernel/tree/no_kernel.ipynb?token={TOKEN}")
    page.locator(".jp-Dialog", has_text="Select Kernel").wait_for(timeout=120_000)
    assert page.locator(".jp-OutputArea-output").inner_text() == "what it showed"
    page.close()
