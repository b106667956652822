"""The film board of 00 in a real JupyterLab: a light, filming anew, undo, cancel, an own sheet, a project."""

import io
import json
import re

import nbformat
import numpy as np
from PIL import Image

from tests.browser.conftest import ROOT
from tests.browser.test_character_boards import press

SHORT = """
from animkit.studio import production
production.DESIGNS = 40
crew = production.load_crew()
tale = "The Cold Night\\nMira slept. Otto wept. Mira sat there."
made = production.make_film(crew=crew, tale=tale, seconds=16)
OUT = "film"
"""


def board_cell():
    """The cell of 00 that shows the board."""
    cells = nbformat.read(ROOT / "notebooks" / "00_short_film.ipynb", as_version=4).cells
    return next(cell.source for cell in cells if cell.cell_type == "code" and "film_board(" in cell.source)


def sprite_sheet():
    """A figure that walks on four frames, as Aseprite exports it: the files that a browser uploads."""
    picture = np.zeros((24, 64, 4), "uint8")
    for frame in range(4):
        picture[4:, 16 * frame + 4 : 16 * frame + 11 - frame % 2] = (200, 40 * frame, 60, 255)
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    frames = {
        f"hero {n}.aseprite": {"frame": {"x": 16 * n, "y": 0, "w": 16, "h": 24}, "duration": 100} for n in range(4)
    }
    tags = [{"name": "walk", "from": 0, "to": 3, "direction": "forward"}]
    sheet = {"frames": frames, "meta": {"image": "hero.png", "scale": "1", "frameTags": tags}}
    return [
        {"name": "hero.json", "mimeType": "application/json", "buffer": json.dumps(sheet).encode()},
        {"name": "hero.png", "mimeType": "image/png", "buffer": file.getvalue()},
    ]


def says(board, words):
    """Wait until the board says so."""
    board.get_by_text(re.compile(words)).first.wait_for(timeout=120_000)


def turn_to(board, page):
    """Turn to a page of the board."""
    board.get_by_role("tab", name=page, exact=True).click()


def marks(board):
    """Of each shot whether the film shown has it."""
    turn_to(board, "shots")
    return re.findall(r"^[1-9] (✓|△)$", board.inner_text(), re.MULTILINE)


def test_a_film_is_edited_filmed_anew_cancelled_recast_saved_and_opened(open_notebook, write_notebook, jupyter):
    _, folder = jupyter
    notebook = open_notebook(write_notebook("film_board", SHORT, board_cell()))
    assert notebook.errors() == []
    board = notebook.lab("Film board")
    says(board, "The film is as it is asked for")
    assert marks(board) == ["✓"] * 3
    notebook.check_that_all_fits()
    light = board.get_by_title("Light of shot 2", exact=True)
    light.select_option("dim")
    says(board, "To be filmed anew: shot 2")
    press(board, "film it")
    says(board, "1 of 3 shots were filmed anew: 2")
    notebook.picture("film_board_film")
    turn_to(board, "shots")
    notebook.picture("film_board_shots")
    press(board, "undo")
    says(board, "To be filmed anew: shot 2")
    assert light.input_value() == "of its hour"
    press(board, "redo")
    says(board, "The film is as it is asked for")

    for number in (1, 2, 3):
        board.get_by_title(f"Light of shot {number}", exact=True).select_option("warm")
    says(board, "To be filmed anew: shots 1, 2, 3")
    press(board, "film it")
    says(board, "shot 1 of 3 is played")
    press(board, "cancel")
    says(board, r"([12]) of \1 shots were filmed anew")
    done = marks(board).count("✓")
    assert marks(board) == ["✓"] * done + ["△"] * (3 - done)
    press(board, "film it")
    says(board, f"{3 - done} of 3 shots were filmed anew: {', '.join('123'[done:])}")

    turn_to(board, "who plays whom")
    board.get_by_label("for", exact=True).select_option("Otto")
    with board.page.expect_file_chooser() as chooser:
        press(board, "play a role from a file (0)")
    chooser.value.set_files(sprite_sheet())
    says(board, "To be filmed anew: shot 2")
    notebook.picture("film_board_who")
    press(board, "film it")
    says(board, "1 of 3 shots were filmed anew: 2")
    notebook.picture("film_board_recast")
    turn_to(board, "files")
    press(board, "save the project")
    says(board, "Saved as")
    saved = json.loads((folder / "film" / "own_cut" / "project.json").read_text())
    assert saved["roles"] == {"Otto": "players/hero.json"}
    assert set(saved["edits"]) == {"0", "1", "2"}

    press(board, "reset")
    says(board, "To be filmed anew: shots 1, 2, 3")
    turn_to(board, "files")
    opened = board.get_by_label("or its path").last
    opened.fill("film/own_cut/project.json")
    opened.press("Enter")
    says(board, "The film is as it is asked for")
    assert marks(board) == ["✓"] * 3
    assert notebook.errors() == []
