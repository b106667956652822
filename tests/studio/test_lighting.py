import io

import numpy as np
import pytest
from PIL import Image

from animkit.studio import lighting
from animkit.studio.lighting import EMBOSS, Figure, Maps, maps_of, read_picture, relight, relight_scene, relight_sheet
from animkit.theory.shading import Lamp, embossed_height, normals_of_height

SUN = Lamp(direction=(-1.0, 1.0, 1.0))


def png(image, **options):
    buffer = io.BytesIO()
    image.save(buffer, "PNG", **options)
    return buffer.getvalue()


def disc(size=24, radius=9.0):
    """A grey disc with one half-transparent pixel at its edge, and colour under transparency."""
    rows, columns = np.indices((size, size)) - (size - 1) / 2
    picture = np.zeros((size, size, 4), "uint8")
    picture[np.hypot(rows, columns) < radius] = (128, 100, 80, 255)
    picture[size // 2, size // 2 - 9, 3] = 128
    picture[0, 0] = (9, 8, 7, 0)
    return picture


@pytest.fixture(scope="module")
def frames():
    """Two rows of three: a disc, the same again, nothing; a smaller one, nothing, the first once more."""
    cells = np.stack([disc(), disc(), disc() * 0, disc(radius=6), disc() * 0, disc()])
    return cells.reshape(2, 3, 24, 24, 4)


def test_the_maps_of_emboss_are_those_of_the_theory(frames):
    maps = maps_of(frames, EMBOSS)
    assert maps.normals.shape == (2, 3, 24, 24, 3)
    np.testing.assert_allclose(np.linalg.norm(maps.normals, axis=-1), 1, atol=1e-5)
    expected = embossed_height(disc())
    np.testing.assert_array_equal(maps.height[1, 2], expected)
    np.testing.assert_array_equal(maps.normals[0, 1], normals_of_height(expected, disc()[..., 3] > 0))
    assert (maps.normals[0, 2] == (0, 0, 1)).all()  # nothing there: flat
    assert maps.height[0, 2].max() == maps.albedo[0, 0, 0, 0].max() == 0


class Counting:
    """A model that says how many pictures it saw, and of what size."""

    def __init__(self):
        self.seen = []

    def maps(self, pictures):
        self.seen.append(pictures.shape)
        normals = np.zeros((*pictures.shape[:-1], 3), "float32") + (0, 0, 1)
        return Maps(normals, pictures[..., :3] / 255, pictures[..., 0] / 255)


def test_equal_and_empty_frames_are_not_predicted(frames):
    model = Counting()
    maps = maps_of(frames, model)
    assert model.seen == [(2, 24, 24, 4)]
    assert (maps.height[0, 0] == maps.height[1, 2]).all()
    assert (maps.height[0, 2] == 0).all()


def test_a_large_picture_is_seen_in_bounded_pieces_that_join():
    model, side = Counting(), lighting.TILE + 200
    picture = np.random.default_rng(0).integers(1, 256, (side, side, 4), dtype="uint8")
    maps = maps_of(picture, model)
    assert max(h * w for _, h, w, _ in model.seen) <= (lighting.TILE + 2 * lighting.HALO) ** 2
    np.testing.assert_allclose(maps.albedo, picture[..., :3] / 255, atol=1e-6)
    lamp = Lamp(place=(300.0, 700.0, 50.0), reach=900)
    whole = relight(maps, picture, [lamp], shadows=False)
    part = relight(Maps(*(one[:512] for one in maps)), picture[:512], [lamp], shadows=False)
    np.testing.assert_array_equal(whole[:448], part[:448])


def test_a_colour_has_one_albedo_in_all_tiles():
    class Unsure(Counting):
        def maps(self, pictures):
            maps = super().maps(pictures)
            return maps._replace(albedo=maps.albedo + 0.1 * len(self.seen))

    model, picture = Unsure(), np.full((lighting.TILE // 2, 4 * lighting.TILE, 4), 100, np.uint8)
    picture[:, ::2, :3] = 50
    albedo = maps_of(picture, model).albedo
    assert len(model.seen) == 4
    for column in (0, 1):
        np.testing.assert_allclose(albedo[:, column::2], picture[0, column, 0] / 255 + 0.25, atol=1e-6)


def test_what_faces_the_lamp_is_bright_and_alpha_stays(frames):
    maps = maps_of(frames, EMBOSS)
    lit = relight(maps, frames, [SUN], specular=0.2)
    np.testing.assert_array_equal(lit[..., 3], frames[..., 3])
    hidden = frames[..., 3] == 0
    np.testing.assert_array_equal(lit[hidden], frames[hidden])
    one = lit[0, 0].astype(int)
    assert one[6, 6, :3].sum() > one[11, 11, :3].sum() > one[17, 17, :3].sum()
    dark = relight(maps, frames, [], ambient=(0, 0, 0))
    assert dark[..., :3][~hidden].max() == 0


def test_a_sheet_is_lit_as_its_frames_are(frames):
    lit, maps = relight_sheet(frames, [SUN], model=EMBOSS)
    np.testing.assert_array_equal(lit, relight(maps_of(frames, EMBOSS), frames, [SUN]))
    assert maps.height.shape == frames.shape[:-1]


def test_a_lamp_inside_the_figure_is_held_before_it():
    maps = maps_of(disc(), EMBOSS)
    inside = relight(maps, disc(), [Lamp(place=(12, 12, -5))])
    before = relight(maps, disc(), [Lamp(place=(12, 12, maps.height[12, 12] + lighting.CLEARANCE))])
    np.testing.assert_array_equal(inside, before)
    beside = [relight(maps, disc(), [Lamp(place=(-40, 12, height))]) for height in (-5, 5)]
    assert (beside[0] != beside[1]).any()


def test_a_lamp_inside_one_frame_is_not_held_before_the_others(frames):
    lamp = Lamp(place=(19, 12, 1.0))  # inside the larger disc, beside the smaller
    lit, maps = relight_sheet(frames, [lamp], model=EMBOSS)
    for place in np.ndindex(frames.shape[:2]):
        alone = relight(Maps(*(part[place] for part in maps)), frames[place], [lamp])
        np.testing.assert_array_equal(lit[place], alone)


def test_a_lamp_inside_a_large_figure_is_held_before_all_its_tiles():
    picture = np.full((8, 2 * lighting._BATCH // 8, 4), 200, np.uint8)  # long and low
    height = np.full(picture.shape[:2], 20.0, np.float32)
    normals = np.zeros((*picture.shape[:2], 3), np.float32) + (0, 0, 1)
    lamp = Lamp(place=(lighting.TILE - 112, 4, 0.0))
    lit = relight(Maps(normals, normals * 0 + 1, height), picture, [lamp], shadows=False)[4, :, 0].astype(int)
    assert abs(np.diff(lit[: lighting.TILE + 200])).max() < 12
    assert lit[lighting.TILE - 1] > lit[lighting.TILE + 100]


def test_equal_frames_are_found(frames):
    first, same = lighting.distinct(frames.reshape(6, 24, 24, 4))
    assert first.tolist() == [0, 2, 3]
    assert same.tolist() == [0, 0, 2, 3, 2, 0]


def test_a_figure_throws_its_shadow_on_the_ground_of_a_scene():
    wall, figure = np.full((60, 90, 3), 200, "uint8"), disc()
    there = Figure(figure, maps_of(figure, EMBOSS), 45, 50)
    low = Lamp(direction=(-1.0, 0.6, 0.0))
    lit = relight_scene(wall, [there], [low], ambient=(0.5, 0.5, 0.5), horizon=30)
    # lit from the left: the wall gets none of it, as it faces us; the disc's left side does
    assert (lit[:20] == 100).all()
    left, top = lighting.corner(there)
    assert (left, top + np.flatnonzero(figure[..., 3].any(axis=1))[-1]) == (33, 49)
    front = Lamp(direction=(-1.0, 0.6, 0.5))
    lit = relight_scene(wall, [there], [front], ambient=(0.5, 0.5, 0.5), horizon=30)
    shadow = (lit == 100).all(axis=-1)
    rows, columns = np.nonzero(shadow)
    assert rows.min() >= 30
    assert columns.max() > 55
    assert not shadow[:, :30].any()
    plain = relight_scene(wall, [there], [front], ambient=(0.5, 0.5, 0.5), shadows=False)
    assert not (plain == 100).all(axis=-1).any()


def test_the_shadow_of_a_large_figure_is_that_of_a_small_one_enlarged():
    small, large = disc(64, 20), disc(64, 20).repeat(2, axis=0).repeat(2, axis=1)
    maps = maps_of(small, EMBOSS)
    doubled = Maps(
        *(part.repeat(2, axis=0).repeat(2, axis=1) for part in maps[:2]), np.kron(maps.height, np.ones((2, 2))) * 2
    )
    for lamp in (Lamp(direction=(-1.0, 0.6, 0.5)), Lamp(place=(20.0, 10.0, 30.0))):
        one = lighting.shadow_of(Figure(small, maps, 60, 90), lamp, (100, 140))
        far = lamp if lamp.place is None else lamp._replace(place=tuple(2 * part for part in lamp.place))
        two = lighting.shadow_of(Figure(large, doubled, 120, 180), far, (200, 280))
        np.testing.assert_array_equal(two, one.repeat(2, axis=0).repeat(2, axis=1))


def test_what_sticks_out_of_a_scene_is_cut_off():
    wall = np.full((20, 20, 3), 200, "uint8")
    figure = disc()
    for column, row in ((0, 5), (19, 40), (-50, 10), (10, -30)):
        lit = relight_scene(wall, [Figure(figure, maps_of(figure, EMBOSS), column, row)], [SUN])
        assert lit.shape == wall.shape


@pytest.mark.parametrize("name", lighting.PRESETS)
def test_presets_light_a_figure_each_in_its_way(name):
    maps = maps_of(disc(), EMBOSS)
    pictures = []
    for seconds in (0.0, 0.3):
        lamps, ambient = lighting.PRESETS[name](seconds, (24, 24))
        pictures.append(relight(maps, disc(), lamps, ambient=ambient))
    assert pictures[0][12, 12, 3] == 255
    assert len(np.unique(pictures[0][disc()[..., 3] > 0], axis=0)) > 5
    assert (pictures[0] != pictures[1]).any() == (name in ("torch", "spell"))


def test_a_flame_flickers_around_one():
    bright = [lighting.flicker(second / 24) for second in range(480)]
    assert np.mean(bright) == pytest.approx(1, abs=0.02)
    assert 0.75 < min(bright) < 0.9 < 1.1 < max(bright) < 1.25


# Reading.


def test_a_plain_background_is_cut_away_and_a_photograph_is_lit_whole():
    picture = Image.fromarray(disc()).convert("RGBA")
    pink = Image.new("RGBA", picture.size, (255, 0, 255, 255))
    pink.alpha_composite(picture)
    (cut,) = read_picture(png(pink.convert("RGB")))
    assert (cut[0, 0] == 0).all()
    assert cut[12, 12].tolist() == [128, 100, 80, 255]
    photo = np.random.default_rng(0).integers(0, 256, (30, 40, 3), dtype="uint8")
    (whole,) = read_picture(png(Image.fromarray(photo)))
    assert (whole[..., 3] == 255).all()
    (one,) = read_picture(png(Image.new("RGB", (6, 5), (10, 20, 30))))  # all of one colour is no background
    assert (one == (10, 20, 30, 255)).all()


def test_palettes_sixteen_bits_and_a_single_pixel_are_read():
    palette = Image.new("P", (2, 1))
    palette.putpalette([200, 0, 0, 0, 200, 0])
    palette.putpixel((1, 0), 1)
    (frame,) = read_picture(png(palette, transparency=bytes([255, 0])))
    assert frame.tolist() == [[[200, 0, 0, 255], [0, 0, 0, 0]]]
    deep = Image.fromarray(np.array([[0, 65535], [32768, 257]], "uint16"))
    (frame,) = read_picture(png(deep))
    assert frame[..., 0].tolist() == [[0, 255], [128, 1]]
    (frame,) = read_picture(png(Image.new("RGBA", (1, 1), (50, 60, 70, 255))))
    lit = relight(maps_of(frame, EMBOSS), frame, [SUN])
    assert lit.shape == (1, 1, 4)
    assert lit[0, 0, 3] == 255


def test_a_sheet_is_cut_into_its_cells(frames):
    sheet = frames.transpose(0, 2, 1, 3, 4).reshape(48, 72, 4)
    cells = read_picture(png(Image.fromarray(sheet)), cell=(24, 24))
    assert cells.shape == (2, 3, 24, 24, 4)
    np.testing.assert_array_equal(cells[..., 3], frames[..., 3])
    with pytest.raises(ValueError, match="cells of 25 x 24 pixels do not divide a sheet of 72 x 48"):
        read_picture(png(Image.fromarray(sheet)), cell=(25, 24))
    with pytest.raises(ValueError, match=r"cells are \(width, height\) in pixels, such as \(64, 64\); got \(24,\)"):
        read_picture(png(Image.fromarray(sheet)), cell=(24,))


def test_what_cannot_be_lit_is_said():
    with pytest.raises(ValueError, match="is 8000x8000 pixels, more than the 16777216 that are read at once: crop"):
        read_picture(png(Image.new("1", (8000, 8000))))
    with pytest.raises(ValueError, match="shows nothing, all of it is transparent"):
        read_picture(png(Image.new("RGBA", (8, 8))))
    with pytest.raises(ValueError, match=r"is \(..., height, width, 4\) uint8; got \(4, 4, 3\)"):
        maps_of(np.zeros((4, 4, 3), "uint8"), EMBOSS)
    with pytest.raises(ValueError, match="make them anew"):
        relight(maps_of(disc(), EMBOSS), disc(30), [SUN])
    with pytest.raises(ValueError, match="a lamp has a direction or a place"):
        relight(maps_of(disc(), EMBOSS), disc(), [Lamp()])
    with pytest.raises(ValueError, match=r"a backdrop is \(height, width, 3\) uint8"):
        relight_scene(np.zeros((4, 4, 4), "uint8"), [], [SUN])
