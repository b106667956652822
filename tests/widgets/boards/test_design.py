"""The design board by its controls, buttons and clicks: what is drawn, undone, refused, kept and made again."""

import asyncio
import io
import threading
from datetime import datetime

import ipywidgets
import keras
import numpy as np
import pytest
from PIL import Image

from animkit.models.likeness import Likeness
from animkit.render import to_rgba
from animkit.studio import adoption
from animkit.studio.characters import design, mix, more_like, nearest, settle, stand, vary
from animkit.studio.descent import COUNT
from animkit.studio.designs import draw_sheets, read_designs
from widgets.boards.design import MOST_KEPT, design_board
from widgets.parts.board import PixelSheet


@pytest.fixture(scope="module")
def shared_board(company):
    return design_board(company)


@pytest.fixture
def board(shared_board):
    """A board as it began, but for what undo remembers."""
    shared_board.reset()
    shared_board.name.value = shared_board.path.value = ""
    return shared_board


def button(board, label):
    """The button that says so."""
    found, waiting = [], [board]
    while waiting:
        widget = waiting.pop()
        waiting += getattr(widget, "children", ())
        found += [widget] if isinstance(widget, ipywidgets.Button) and widget.description == label else []
    (only,) = found
    return only


def family(board):
    """The looks on the sheet."""
    return board.descent.family(board.person[:-1])


def png(size=(6, 14), colour=(200, 40, 40, 255), **options):
    picture = np.zeros((16, 16, 4), np.uint8)
    figure = picture[1 : 1 + size[1], 2 : 2 + size[0]]
    figure[:] = colour
    figure[9:, :, 2] //= 4  # trousers: of one colour alone, it would be no figure
    figure[9:, :, 1] += colour[3] // 4
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG", **options)
    return file.getvalue()


def upload(board, name, data):
    file = {"name": name, "type": "image/png", "size": len(data), "content": memoryview(data)}
    board.upload.value = ({**file, "last_modified": datetime.now()},)


# --- the sheet of pictures -------------------------------------------------------------------------------------------


def test_a_sheet_keeps_pixels_crisp_and_knows_what_is_clicked():
    clicked = []
    sheet = PixelSheet(columns=3, side=16, on_click=clicked.append)
    pictures = np.zeros((5, 8, 8, 4), np.uint8)
    pictures[..., 3] = 255
    pictures[4, 0, 0, 0] = 255
    sheet.show(pictures, "five squares", marked=[4])
    pixels = np.asarray(Image.open(io.BytesIO(sheet.widget.value)))
    left, top = 1 * 24 + 4, 1 * 24 + 4  # the fifth: second row, second column, after the gap
    np.testing.assert_array_equal(pixels[top : top + 2, left : left + 2], np.full((2, 2, 3), (255, 0, 0)))
    np.testing.assert_array_equal(pixels[top + 2, left + 2], (0, 0, 0))
    assert sheet.widget.tooltip == "five squares"
    for x, y in ((1, 1), (71, 1), (30, 30), (60, 30), (500, 1)):
        sheet.click(x, y)
    assert clicked == [0, 2, 4]  # the sixth place is empty


# --- designing -------------------------------------------------------------------------------------------------------


def test_wishes_seed_and_designer_decide_what_is_drawn(company, board):
    def wanted(designer, **wishes):
        return settle(company.animator, design(designer, COUNT, **wishes))

    np.testing.assert_array_equal(family(board), wanted(company.vae, seed=0))
    board.controls["hair"].value = 3
    board.controls["seed"].value = 7
    np.testing.assert_array_equal(family(board), wanted(company.vae, seed=7, hair=3))
    board.controls["designer"].value = "GAN"
    np.testing.assert_array_equal(family(board), wanted(company.gan, seed=7, hair=3))
    button(board, "new designs").click()
    assert board.controls["seed"].value == 8
    np.testing.assert_array_equal(family(board), wanted(company.gan, seed=8, hair=3))
    assert "by the GAN from seed 8, hair pink" in board.candidates.widget.tooltip


def test_a_click_selects_and_the_nearest_known_character_is_told(company, board):
    board.candidates.click(110, 130)  # second column, second row
    assert board.controls["number"].value == 10
    assert "Number 10 is selected" in board.candidates.widget.tooltip
    frame = stand(company.animator, family(board))[9]
    index, share = nearest(frame, company.standing)
    assert f"<b>{share:.0%}</b> of the pixels differ from training character {company.sprites.train[index]}" in (
        board.numbers.value
    )
    assert f"training character {company.sprites.train[index]}" in board.comparison.widget.tooltip


def test_a_click_on_an_option_chooses_it_and_a_second_frees_it(board):
    left, cell = board.options._left, board.options._cell
    board.options.click(left + 2.5 * cell[0], 3.5 * cell[1])
    assert board.controls["hair"].value == 2
    assert "hair blond" in board.options.widget.tooltip
    board.options.click(left + 2.5 * cell[0], 3.5 * cell[1])
    assert board.controls["hair"].value == "free"


def test_more_like_this_starts_from_the_selected_and_spread_moves_it(company, board):
    board.select(5)
    look = board.descent.look(board.person)
    button(board, "more like this").click()
    for spread in (0.4, 1.0, 0.0):
        board.controls["spread"].value = spread
        np.testing.assert_array_equal(family(board)[0], look)
        others = more_like(look, company.looks, COUNT - 1, spread=spread, seed=0)
        np.testing.assert_array_equal(family(board)[1:], settle(company.animator, others))


def test_moving_spread_alone_asks_for_more_like_the_selected(board):
    board.select(3)
    look = board.descent.look(board.person)
    board.controls["spread"].value = 0.2
    np.testing.assert_array_equal(family(board)[0], look)


def test_varying_changes_one_attribute_in_each_row(company, board):
    board.select(4)
    person = board.person
    button(board, "vary one attribute").click()
    look, has = board.descent.look(person)[None], board.descent.attributes(person)[None]
    np.testing.assert_array_equal(family(board)[3 * 6 + 2], vary(company.vae, look, has, hair=2)[0])
    np.testing.assert_allclose(board.descent.look(board.person), look[0], atol=1e-6)  # its own skin is selected


def test_mixing_needs_two_parents_and_the_slider_walks_between_them(company, board):
    board.controls["share"].value = 0.75
    assert "role='alert'" in board.message.value
    assert "choose two parents first" in board.message.value
    assert board.controls["share"].value == 0.5
    a = board.descent.look(board.person)
    button(board, "parent A").click()
    board.select(9)
    b = board.descent.look(board.person)
    assert board.controls["share"].disabled
    button(board, "parent B").click()
    assert not board.controls["share"].disabled
    button(board, "mix A and B").click()
    assert board.controls["number"].value == 11
    board.controls["share"].value = 0.75
    assert board.controls["number"].value == 16
    np.testing.assert_allclose(board.descent.look(board.person), mix(a, b, [0.75])[0], rtol=1e-5)
    board.select(1)
    assert board.controls["share"].value == 0.0
    np.testing.assert_array_equal(board.descent.look(board.person), a)
    board.select(24)  # there are 21 children
    assert board.controls["number"].value == 21


# --- undo, redo, reset, state ----------------------------------------------------------------------------------------


def test_every_action_is_undone_and_done_again(company):
    board = design_board(company)
    actions = [
        lambda: board.select(6),
        lambda: button(board, "parent A").click(),
        lambda: board.controls["hair"].set_trait("value", 4),
        lambda: button(board, "parent B").click(),
        lambda: button(board, "mix A and B").click(),
        lambda: board.controls["share"].set_trait("value", 0.2),
        lambda: button(board, "keep").click(),
        lambda: button(board, "vary one attribute").click(),
        lambda: button(board, "more like this").click(),
        lambda: board.controls["spread"].set_trait("value", 0.8),
        lambda: button(board, "new designs").click(),
        lambda: button(board, "show again").click(),
        lambda: button(board, "remove").click(),
        lambda: button(board, "reset").click(),
    ]
    states = [board.everything()]
    pictures = [board.candidates.widget.value]
    assert board.undo_button.disabled
    for action in actions:
        action()
        assert board.message.value == ""
        states.append(board.everything())
        pictures.append(board.candidates.widget.value)
    assert states[-1] == states[0]
    for state, picture in zip(states[-2::-1], pictures[-2::-1], strict=True):
        button(board, "undo").click()
        assert board.everything() == state
        assert board.candidates.widget.value == picture
    assert board.undo_button.disabled
    for state in states[1:]:
        button(board, "redo").click()
        assert board.everything() == state
    assert board.redo_button.disabled
    button(board, "undo").click()
    board.select(2)
    assert board.redo_button.disabled  # another way was taken


def test_a_dragged_slider_is_one_action(board):
    button(board, "more like this").click()
    for spread in (0.5, 0.6, 0.7, 0.8):
        board.controls["spread"].value = spread
    button(board, "undo").click()
    assert board.controls["spread"].value == 0.4
    assert board.further["kind"] == "like"


def test_the_state_line_makes_the_same_board(company, board):
    button(board, "parent A").click()
    board.select(9)
    button(board, "parent B").click()
    button(board, "mix A and B").click()
    board.keep("Ann")
    button(board, "more like this").click()
    board.controls["spread"].value = 0.3
    again = eval(board.state.value, {"design_board": design_board, "company": company})
    assert again.state.value == board.state.value
    assert again.numbers.value == board.numbers.value
    assert again.candidates.widget.value == board.candidates.widget.value
    assert again.kept.widget.value == board.kept.widget.value
    np.testing.assert_array_equal(again.looks, board.looks)


def test_sliders_and_buttons_of_two_threads_leave_one_state(company, board):
    def slide():
        for number in range(1, COUNT + 1, 2):
            board.controls["number"].value = number

    def press():
        for _ in range(2):
            button(board, "new designs").click()
            button(board, "undo").click()
            button(board, "more like this").click()

    threads = [threading.Thread(target=work) for work in (slide, press)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert board.message.value == ""
    again = eval(board.state.value, {"design_board": design_board, "company": company})
    assert again.everything() == board.everything()
    assert again.candidates.widget.value == board.candidates.widget.value


# --- the shelf -------------------------------------------------------------------------------------------------------


def test_the_shelf_keeps_names_and_looks_and_fills_up(company, board):
    assert board.looks.shape == (0, company.animator.static_dim)
    board.select(3)
    board.name.value = "  <b>Ann</b> and a name that is far too long  "
    button(board, "keep").click()
    button(board, "keep").click()
    button(board, "keep").click()
    assert board.names == ["<b>Ann</b> and a name th", "design 2", "design 3"]
    np.testing.assert_array_equal(board.looks[1], board.descent.look(board.person))
    assert [palette.shape for palette in board.palettes] == [company.animator.palette.shape] * 3
    board.keep("design 2")
    assert board.names[-1] == "design 2 2"
    board.shelf.index = 1
    button(board, "remove").click()
    assert board.names == ["<b>Ann</b> and a name th", "design 3", "design 2 2"]
    while len(board.names) < MOST_KEPT:
        board.keep()
    button(board, "keep").click()
    assert "is full" in board.message.value
    assert len(board.names) == MOST_KEPT


def test_an_empty_shelf_is_a_message(board):
    for label in ("show again", "remove"):
        button(board, label).click()
        assert "the shelf is empty" in board.message.value


# --- pictures of one's own -------------------------------------------------------------------------------------------


def test_an_upload_becomes_a_design_in_its_own_colours_beside_its_likeness(company, board):
    upload(board, "hero.png", png())
    assert board.message.value == ""
    assert board.upload.value == ()
    assert board.person[0] == "like"
    assert "hero.png is seen as" in board.numbers.value
    np.testing.assert_array_equal(board.descent.look(board.person), board.descent.look(board.further["base"]))
    share = board.descent.pictures[board.further["base"]].agreement
    assert f"its likeness: {share:.0%} of the pixels agree" in board.likeness.widget.tooltip
    assert "short of 90%: 'refine likeness' brings it closer" in board.numbers.value
    button(board, "keep").click()
    assert (200, 40, 40, 255) in {tuple(colour) for colour in board.palettes[0]}
    assert board.animators == [company.animator]
    button(board, "undo").click()
    button(board, "undo").click()
    assert board.person[0] == "new"
    assert board.likeness.widget.layout.display == "none"


@pytest.fixture
def quick(monkeypatch, few_steps):
    """Refining ends after two steps, the copy as good as it gets."""
    monkeypatch.setattr(Likeness, "compile", lambda model, rule, **_: keras.Model.compile(model, rule, **few_steps))
    monkeypatch.setattr(adoption, "STEPS", 2)
    monkeypatch.setattr(adoption, "SLICE", 1)
    monkeypatch.setattr(adoption, "ENOUGH", 0.0)


def test_a_likeness_is_refined_on_a_copy_undone_and_found_again(company, board, tmp_path, quick):
    path = tmp_path / "hero.png"
    path.write_bytes(png())
    board.read(str(path))
    before = board.everything()
    button(board, "refine likeness").click()
    assert board.message.value == ""
    assert board.further["base"] == (*before["base"][:3], True)
    assert "refined on a copy of the animator" in board.numbers.value
    assert board.progress.layout.display == "none"
    button(board, "keep").click()
    assert board.animators[0] is not company.animator
    again = eval(board.state.value, {"design_board": design_board, "company": company})
    assert again.candidates.widget.value == board.candidates.widget.value
    button(board, "undo").click()
    button(board, "undo").click()
    assert board.everything() == before
    assert board.descent.animator(board.person) is company.animator


def test_refining_answers_in_between_and_can_be_cancelled(board, quick):
    upload(board, "hero.png", png(colour=(20, 40, 200, 255)))
    before = board.everything()

    async def cancelled():
        board.refine()
        await asyncio.sleep(0)  # it has begun
        board.attempt(board.refine)
        assert "being refined already" in board.message.value
        board.cancel()
        await asyncio.sleep(0.05)

    asyncio.run(cancelled())
    assert board.everything() == before
    assert (*before["base"][:3], True) not in board.descent.pictures


def test_only_a_picture_can_be_refined(board):
    button(board, "refine likeness").click()
    assert "read a picture of your own first" in board.message.value


def test_a_path_is_read_and_the_state_line_finds_it_again(company, board, tmp_path):
    path = tmp_path / "hero.png"
    path.write_bytes(png())
    board.path.value = str(path)
    assert board.message.value == ""
    again = eval(board.state.value, {"design_board": design_board, "company": company})
    assert again.candidates.widget.value == board.candidates.widget.value
    path.write_bytes(png(size=(5, 13)))
    with pytest.raises(ValueError, match="is not the picture that it was"):
        eval(board.state.value, {"design_board": design_board, "company": company})


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "cannot be read"),
        (b"<script>alert(1)</script>", "cannot be read"),
        (png()[:60], "cannot be read"),
        (png(colour=(0, 0, 0, 0)), "transparent"),
        (png(size=(2, 2)), "too small"),
        (png(size=(14, 14)), "no figure that can be animated"),
    ],
    ids=["empty", "no picture", "cut off", "transparent", "tiny", "no figure"],
)
def test_a_bad_picture_is_a_message_and_changes_nothing(board, data, message):
    board.select(4)
    before, picture = board.everything(), board.candidates.widget.value
    upload(board, "<img src=x onerror=alert(1)>.png", data)
    assert "role='alert'" in board.message.value
    assert message in board.message.value
    assert "<img" not in board.message.value
    assert board.everything() == before
    assert board.candidates.widget.value == picture
    board.select(5)
    assert board.message.value == ""


def test_a_path_that_leads_nowhere_is_a_message_with_its_text_escaped(board, tmp_path):
    for path in ("<b>nowhere</b>.png", str(tmp_path), "x" * 5000, "a\0b"):
        board.path.value = path
        assert "role='alert'" in board.message.value, path
        assert "<b>nowhere" not in board.message.value
        assert board.person[0] == "new"
    board.path.value = " "
    button(board, "read again").click()
    assert "write the path of a PNG first" in board.message.value


# --- what a board refuses, and what everyone can use -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"designer": "RNN"}, "designer is VAE or GAN"),
        ({"kind": "odd"}, "kind one of new, like, mix, vary"),
        ({"kind": "mix"}, "comes from other designs"),
        ({"number": 25}, "numbered from 1 to 24"),
        ({"hair": 6}, "hair is an option from 0 to 5"),
    ],
)
def test_arguments_out_of_range_are_refused(company, wrong, message):
    with pytest.raises(ValueError, match=message):
        design_board(company, **wrong)
    with pytest.raises(FileNotFoundError, match="no picture nobody.png"):
        design_board(company, kind="like", base=("picture", "nobody.png", "00000000", False))


def test_everything_has_a_label_and_an_explanation(board):
    waiting, buttons = [board], 0
    while waiting:
        widget = waiting.pop()
        waiting += getattr(widget, "children", ())
        buttons += isinstance(widget, ipywidgets.Button)
        if isinstance(widget, ipywidgets.Image):
            assert widget.layout.display == "none" or widget.tooltip
        elif isinstance(widget, ipywidgets.DOMWidget) and not isinstance(widget, ipywidgets.Box | ipywidgets.HTML):
            assert widget.description, widget
            assert widget.tooltip, widget.description
    assert buttons == 16


def test_the_shelf_is_saved_as_designs_that_are_drawn_elsewhere(board, company, tmp_path):
    board.folder.value = str(tmp_path)
    with pytest.raises(ValueError, match="the shelf is empty"):
        board.save()
    board.select(3)
    board.keep("Mira")
    board.select(1)
    board.keep()
    (path,) = board.save()
    assert "designs.json" in board.report.value
    mira, other = read_designs(path)
    assert (mira.name, mira.how) == board.further["shelf"][0]
    sheets = draw_sheets([mira, other], company)
    standing = to_rgba(board.descent.standing(mira.how), board.descent.palette(mira.how))
    assert sheets["Mira"].shape == (9, 8, *standing.shape)
    assert list(sheets) == ["Mira", "design 2"]
    board.select(2)
    assert board.report.value == ""  # what was written is not what is shown
