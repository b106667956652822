"""The light board: lamps, stages, surfaces that are compared, own pictures and sheets, undo, exports that come back."""

import io

import numpy as np
import pytest
from PIL import Image

from animkit.studio.lighting import EMBOSS, maps_of, relight
from animkit.theory.shading import Lamp
from widgets.boards.light import light_board
from widgets.parts.light_canvas import presets_of, told


def walker(colour):
    """(4, 16, 12, 4): a body with legs that move."""
    frames = np.zeros((4, 16, 12, 4), "uint8")
    frames[:, 2:11, 3:9] = (*colour, 255)
    for number, frame in enumerate(frames):
        frame[11:14, 3 + number % 2 : 5] = frame[11:14, 7 : 9 - number % 2] = (40, 30, 60, 255)
    return frames


class Flat:
    """A network to which everything is flat."""

    def maps(self, pictures):
        maps = maps_of(pictures, EMBOSS)
        return maps._replace(normals=np.zeros_like(maps.normals) + np.float32([0, 0, 1]), height=0 * maps.height)


class Leaning:
    """A VAE whose samples lean further by seed."""

    def sample(self, pictures, count, *, seed, temperature=1.0):
        lean = np.float32([0.1 * seed * temperature, 0, 1])
        return np.broadcast_to(lean / np.linalg.norm(lean), (count, *pictures.shape[:3], 3))


GREEN = np.concatenate([walker((60, 190, 80)), np.zeros((1, 16, 12, 4), "uint8")])  # its last frame is empty
PICTURES = {"red": walker((200, 60, 50)), "green": GREEN, "still": walker((90, 90, 200))[:1]}
MODELS = {"network": Flat()}
LAMP = told(Lamp((1.0, 0.8, 0.6), 1.5, place=(5.0, 6.0, 9.0)))


@pytest.fixture(scope="module")
def shared_board():
    return light_board(PICTURES, models=MODELS, vae=Leaning())


@pytest.fixture
def board(shared_board, tmp_path):
    """A board as it began, but for what undo remembers, that exports to a folder of the test's own."""
    shared_board.reset()
    shared_board.folder.value, shared_board.report.value, shared_board.message.value = str(tmp_path / "new"), "", ""
    shared_board.path.value = ""
    return shared_board


def png(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def test_it_begins_with_a_torch_on_the_first_picture(board):
    assert board.canvas.look["lamps"] == presets_of((24, 43))["torch"]["lamps"]
    assert board.canvas.look["ambient"] == presets_of((24, 43))["torch"]["ambient"]
    assert (board.canvas.scene["ticks"], board.canvas.scene["height"], board.canvas.scene["width"]) == (4, 24, 43)
    assert "4 frames of 12 x 16 pixels" in board.numbers.value
    assert "network and emboss lie <b>" in board.numbers.value


def test_a_dragged_lamp_is_heard_undone_and_written_in_the_state_line(board):
    before = board.canvas.look
    board.canvas.look = before | {"lamps": [LAMP], "view": "normals"}  # as the browser does
    assert board.further["lamps"] == [LAMP]
    again = eval(
        board.state.value,
        {"light_board": light_board, "pictures": PICTURES, "models": MODELS, "vae": Leaning()},
    )
    assert again.state.value == board.state.value
    assert again.canvas.look["view"] == "normals"
    board.undo()
    assert board.canvas.look["lamps"] == before["lamps"]
    board.redo()
    assert board.canvas.look["lamps"] == [LAMP]
    board.canvas.look = board.canvas.look | {"lamps": [LAMP | {"strength": 99}]}
    assert "strength is a number from 0 to 4" in board.message.value
    assert board.further["lamps"] == [LAMP]


def test_on_another_stage_lamps_move_along(board):
    board.controls["place"].value = "village"
    assert board.canvas.look["lamps"] == presets_of((90, 160))["torch"]["lamps"]
    board.light(lamps=[LAMP | {"reach": 100.0}])
    board.set(place="alone")
    (lamp,) = board.further["lamps"]
    np.testing.assert_allclose(lamp["place"], [5 * 43 / 160, 6 * 24 / 90, 9 * 24 / 90], atol=0.06)
    board.undo()
    assert board.further["lamps"] == [LAMP | {"reach": 100.0}]


def test_people_walk_across_a_stage_of_the_film(board):
    board.set(place="castle", people=3, step=2)
    scene = board.canvas.scene
    assert len(scene["figures"]) == 2  # the still picture does not walk
    assert scene["horizon"] == 54
    columns = np.array(scene["figures"][0]["places"])[:, 0]
    assert len(columns) % 4 == 0
    assert set(np.diff(columns) % 172) <= {1, 2, 3}
    assert (columns[0], columns.min()) == (80, -6)
    board.set(step=0)
    assert board.canvas.scene["ticks"] == 4


def test_surfaces_are_chosen_compared_and_sampled(board):
    assert all(board.controls[name].disabled for name in ("seed", "temperature", "row", "step"))
    board.set(maps="a sample", against="emboss", seed=3)
    assert not board.controls["seed"].disabled
    sampled, embossed = board.stage.figures[0].maps
    np.testing.assert_allclose(sampled.normals[0, 5, 5], np.array([0.3, 0, 1]) / np.sqrt(1.09), atol=1e-6)
    np.testing.assert_array_equal(embossed.normals, maps_of(PICTURES["red"], EMBOSS).normals)
    assert board.canvas.scene["against"] == "emboss"
    assert sampled.height[0, 10, 3] > sampled.height[0, 10, 8] == 0  # it leans to the right
    board.set(temperature=0.0)
    assert "Normals of a sample and network lie <b>0.0°</b> apart" in board.numbers.value


def test_a_sample_of_a_large_picture_is_refused(board):
    board.set(maps="a sample")
    board.attempt(board._take, "large.png", png(np.full((8, 257, 4), 200, "uint8")))
    assert "a sample is drawn of at most 256 pixels a side, large.png has 257 x 8: choose" in board.message.value
    board.set(maps="emboss")
    board.set(picture="large.png")
    assert board.message.value == ""


def test_an_own_sheet_is_cut_and_its_rows_are_chosen(board, tmp_path):
    sheet = np.concatenate([np.concatenate(walker(c)[:3], axis=1) for c in ((9, 80, 200), (200, 80, 9))])
    sheet[16:, 24:] = 0  # the second row has two frames
    Image.fromarray(sheet).save(tmp_path / "sheet.png")
    board.path.value = str(tmp_path / "sheet.png")
    assert board.stage.figures[0].pictures.shape == (1, 32, 36, 4)
    board.controls["cell"].value = "12x16"
    assert board.stage.figures[0].pictures.shape == (3, 16, 12, 4)
    board.controls["row"].value = 2
    np.testing.assert_array_equal(board.stage.figures[0].pictures, walker((200, 80, 9))[:2])
    again = eval(
        board.state.value,
        {"light_board": light_board, "pictures": PICTURES, "models": MODELS, "vae": Leaning()},
    )
    assert again.canvas.data == board.canvas.data
    board.export_light()
    lit = np.asarray(Image.open(tmp_path / "new" / "sheet_torch_v.png"))
    assert lit.shape == sheet.shape
    np.testing.assert_array_equal(lit[..., 3], sheet[..., 3])
    assert "alpha is the same in all" in board.report.value
    for cell, message in (("12", "cells are written as width x height"), ("13x16", "do not divide a sheet")):
        board.controls["cell"].value = cell
        assert message in board.message.value
        assert board.controls["cell"].value == "12x16"


def test_a_sheet_too_large_to_be_shown_whole_is_opened_by_its_cells(board):
    sheet = np.zeros((1344, 832, 4), "uint8")  # as LPC has them: 21 rows of 13 cells
    for line in range(21):
        for left in (20, 84):  # two of them are drawn in
            sheet[64 * line + 8 : 64 * line + 60, left : left + 24] = (line, 90, 9, 255)
    board.attempt(board._take, "lpc.png", png(sheet))
    assert "1,118,208 pixels are too many" in board.message.value
    assert "cells while another picture is shown, then choose it" in board.message.value
    assert (board.values()["picture"], board.controls["cell"].disabled) == ("red", False)
    board.controls["cell"].value = "64x64"
    board.controls["picture"].value = "lpc.png"
    assert board.message.value == ""
    board.controls["row"].value = 21
    assert "2 frames of 64 x 64 pixels, row 21 of 21" in board.numbers.value
    (shown,) = board.stage.figures
    assert (shown.pictures.shape, shown.pictures[0, 30, 30].tolist()) == ((2, 64, 64, 4), [20, 90, 9, 255])
    board.set(picture="still", row=1)
    board.undo()
    assert (board.values()["picture"], board.values()["row"]) == ("lpc.png", 21)
    board.reset()
    board.controls["cell"].value = "64x64"
    board.attempt(board._take, "again.png", png(sheet))  # the cells first, then the upload
    assert (board.message.value, board.stage.figures[0].pictures.shape) == ("", (2, 64, 64, 4))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"no picture", "cannot be read as a picture"),
        (png(np.zeros((8, 8, 4), "uint8")), "shows nothing"),
        (png(np.full((1100, 1000, 3), 90, "uint8") + np.arange(1000, dtype="uint8")[:, None]), "too many to drag"),
    ],
)
def test_what_cannot_be_lit_is_a_message_and_goes_back(board, content, message):
    before = board.everything()
    board.attempt(board._take, "own.png", content)
    assert message in board.message.value
    assert board.everything() == before


def test_undo_brings_back_the_picture_whose_name_another_took(board):
    for shade in (60, 200, 60):
        board.attempt(board._take_upload, "mine.png", png(np.full((4, 4, 3), shade, "uint8")))
    assert board.controls["picture"].value == "mine.png"
    board.undo()
    assert board.controls["picture"].value == "mine (2).png"
    assert [int(board.pictures[name][0, 0, 0, 0]) for name in ("mine.png", "mine (2).png")] == [60, 200]


def test_one_pixel_and_a_photo_without_alpha_are_lit(board):
    board.attempt(board._take, "dot.png", png(np.full((1, 1, 4), 255, "uint8")))
    assert board.message.value == ""
    photo = np.random.default_rng(0).integers(0, 255, (60, 90, 3), "uint8")
    board.attempt(board._take, "photo.png", png(photo))
    assert board.message.value == ""
    assert (board.canvas.scene["height"], board.canvas.scene["width"]) == (80, 142)
    board.set(place="shore")
    assert (board.canvas.scene["height"], board.canvas.scene["horizon"]) == (180, 108)  # painted twice as large
    board.attempt(board._take, "tall.png", png(np.pad(photo, ((160, 160), (0, 0), (0, 0)))))
    assert "a stage has at most 360 rows, the picture 380" in board.message.value


def test_the_lit_sheet_is_what_the_board_shows(board, tmp_path):
    board.light(lamps=[LAMP], preset="", moving=False, specular=0.4, shininess=30)
    board.set(maps="emboss")
    board.export_light()
    frames = PICTURES["red"]
    lamp = Lamp((1.0, 0.8, 0.6), 1.5, place=(5.0 - (21 - 6), 6.0 - (20 - 1 - 13), 9.0))
    ambient = [int(board.further["ambient"][n : n + 2], 16) / 255 for n in (1, 3, 5)]
    wanted = relight(maps_of(frames, EMBOSS), frames, [lamp], ambient=ambient, specular=0.4, shininess=30)
    lit = np.asarray(Image.open(tmp_path / "new" / "red_lit_v.png"))
    np.testing.assert_array_equal(lit, np.concatenate(wanted, axis=1))


def test_scenes_frames_and_pages_are_written(board, tmp_path):
    board.set(place="meadow", people=2, step=4)
    for ending, told_back in ((".apng", "read back: the same pixels"), (".gif", "read back: ")):
        board.exported.value = ending
        (path,) = board.export_light()
        assert path.suffix == ending
        assert told_back in board.report.value
    board.exported.value = "frames"
    assert [path.name for path in board.export_light()] == [f"lit_0{n}.png" for n in range(4)]
    board.exported.value = ".html"
    (page,) = board.export_light()
    assert "mount(document.getElementById" in page.read_text(encoding="utf-8")
    board.folder.value = " "
    board.attempt(board.export_light)
    assert "name a folder" in board.message.value


def test_a_scene_that_never_repeats_is_refused_before_it_is_written(tmp_path):
    walks = {str(count): np.resize(walker((200, 60, 50)), (count, 16, 12, 4)) for count in (8, 7, 6)}
    board = light_board(walks, folder=tmp_path, place="meadow", people=3, step=1)
    assert board.canvas.scene["ticks"] == 4096
    board.exported.value = ".apng"
    board.attempt(board.export_light)
    assert "repeats after 2,679,600 frames, 9,320 are the most" in board.message.value
    assert not list(tmp_path.iterdir())
    board.set(step=4)
    assert (board.canvas.scene["ticks"], board.message.value) == (840, "")


def test_names_are_no_html():
    board = light_board({"<b>": PICTURES["still"]}, models={"<i>net</i>": Flat()})
    assert "Normals of &lt;i&gt;net&lt;/i&gt; and emboss" in board.numbers.value


def test_a_saved_notebook_has_lamps_to_drag(board):
    assert "mount(document.getElementById" in board._repr_mimebundle_()["text/html"]


def test_everything_has_a_label_and_an_explanation(board):
    for control in (*board.controls.values(), board.folder, board.path, board.upload, board.exported):
        assert control.description
        assert control.tooltip


def test_without_pictures_or_with_unknown_names_there_is_no_board():
    with pytest.raises(ValueError, match="no pictures to light"):
        light_board({})
    with pytest.raises(ValueError, match=r"red is \(frames.*got \(16, 12, 4\)"):
        light_board({"red": PICTURES["red"][0]})
    with pytest.raises(ValueError, match="nobody shows nothing, all of it is transparent"):
        light_board({"nobody": np.zeros((1, 4, 4, 4), "uint8")})
    with pytest.raises(ValueError, match="place is one of alone, meadow"):
        light_board(PICTURES, place="moon")
    with pytest.raises(ValueError, match="maps is one of emboss; got 'a sample'"):
        light_board(PICTURES, maps="a sample")
    with pytest.raises(FileNotFoundError):
        light_board(PICTURES, picture="nowhere.png")


@pytest.mark.parametrize("state", [{}, {"place": "forest"}, {"maps": "a sample", "seed": 1}])
def test_controls_are_greyed_where_they_change_nothing(board, state, wrongly_greyed):
    board.set(**state)
    assert wrongly_greyed(board) == ([], [])


def test_what_is_compared_is_seen_at_once(board):
    board.controls["against"].value = "emboss"
    assert board.canvas.look["wipe"] == 0.5
    board.undo()
    assert board.canvas.look["wipe"] == 0
