"""The Sprites benchmark and its twin: the same shapes, labels and split, and drawings that keep their promises."""

import hashlib
import shutil
from functools import cache

import numpy as np
import pytest

from animkit.data import sprites
from animkit.data.lookup import present
from animkit.data.sprites import ACTION_DIRECTIONS, ATTRIBUTES, Sprites, load_sprites, scale2x
from animkit.data.twins.pixel_poses import GROUND


@pytest.fixture(scope="module")
def twin():
    return load_sprites(source="twin")


@cache
def real(size, characters=None):
    """Real sprites that several tests read."""
    return load_sprites(size=size, source="present", characters=characters)


def character(sprites, *attributes):
    """All frames of the one character with these attributes, (9, 8, size, size)."""
    return sprites.frames[np.ravel_multi_index(attributes, (6, 6, 6, 6))]


# labels and split: of the twin, and of the real data where it is


def check_benchmark(loaded, size):
    assert loaded.frames.shape == (1296, 9, 8, size, size)
    assert loaded.frames.dtype == np.uint8
    assert loaded.palette.shape[1:] == (4,)
    assert loaded.palette.dtype == np.uint8
    assert loaded.palette[0].tolist() == [0, 0, 0, 0]
    assert (loaded.palette[1:, 3] == 255).all()
    assert loaded.frames.max() < len(loaded.palette)
    assert len({frames.tobytes() for frames in loaded.frames}) == 1296
    assert len({tuple(row) for row in loaded.attributes}) == 1296
    assert loaded.attributes[1 * 216 + 2 * 36 + 3 * 6 + 4].tolist() == [1, 2, 3, 4]
    order = np.random.RandomState(423).permutation(1296)
    np.testing.assert_array_equal(loaded.train, order[:1000])
    np.testing.assert_array_equal(loaded.test, order[1000:])


def test_twin_has_the_benchmarks_shapes_labels_and_split(twin):
    check_benchmark(twin, 32)
    assert twin.source == "twin"


@pytest.mark.parametrize("size", [32, 64])
def test_real_sprites_have_the_benchmarks_shapes_labels_and_split(real_data, size):
    loaded = real(32) if size == 32 else load_sprites(size=size, source="present")  # too large to keep
    check_benchmark(loaded, size)
    assert loaded.source == "real"
    assert len(loaded.palette) == 190  # as counted in the benchmark, its black background among them
    used = np.zeros(256, bool)
    for frames in loaded.frames:
        used[frames] = True
    if size == 64:
        assert used.sum() == 190
    assert used[0]


def test_names_pair_every_action_with_every_direction():
    assert ATTRIBUTES == ("skin", "trousers", "top", "hair")
    assert ACTION_DIRECTIONS[3 * 1 + 2] == "spellcast right"
    assert len(set(ACTION_DIRECTIONS)) == 9


def check_few(few, everyone):
    """The first three training characters and one test character are those of the whole benchmark."""
    assert few.frames.shape == (4, 9, 8, 32, 32)
    assert few.train.tolist() == [0, 1, 2]
    assert few.test.tolist() == [3]
    original = [*everyone.train[:3], everyone.test[0]]
    np.testing.assert_array_equal(few.attributes, everyone.attributes[original])
    np.testing.assert_array_equal(few.frames, everyone.frames[original])
    np.testing.assert_array_equal(few.palette, everyone.palette)


def test_a_few_twin_characters_are_those_of_the_whole(twin):
    check_few(load_sprites(source="twin", characters=3), twin)


def test_a_few_real_characters_are_those_of_the_whole(real_data):
    check_few(real(32, 3), real(32))


def test_a_thousand_characters_bring_the_whole_test_set():
    loaded = load_sprites(source="twin", characters=1000)
    assert (len(loaded.train), len(loaded.test)) == (1000, 296)


# the real sheets, against the recipe followed pixel by pixel with Pillow


def test_real_frames_equal_pillows_composition(real_data):
    from PIL import Image

    loaded = real(64, 20)
    rows = {"walk": 9, "spellcast": 1, "slash": 13}
    columns = {
        "walk": [8, 1, 2, 3, 4, 5, 6, 7],
        "spellcast": [0, 1, 2, 3, 4, 5, 4, 6],
        "slash": [0, 1, 2, 3, 4, 5, 4, 0],
    }
    sheer = int(np.argmax(loaded.attributes[:, 2] == 3))  # a character in the top that has sheer pixels
    assert loaded.attributes[sheer, 2] == 3
    for number in (0, sheer):
        body, bottomwear, topwear, hair = loaded.attributes[number]
        whole = Image.new("RGBA", (832, 1344), "black")
        names = (f"body/{body}", f"bottomwear/{bottomwear}", f"topwear/{topwear}", f"hair/{hair}", "shoes/1")
        for name in names:
            with Image.open(real_data / "lpc_sprites" / f"{name}.png") as layer:
                whole.alpha_composite(layer.convert("RGBA"))
        expected = np.asarray(whole.convert("RGB")).astype(int)
        pictures = loaded.palette[loaded.frames[number]][..., :3].astype(int)  # the background's row is black as well
        for index, name in enumerate(ACTION_DIRECTIONS):
            row = 64 * (rows[name.split()[0]] + index % 3)
            for frame, column in enumerate(columns[name.split()[0]]):
                cell = expected[row : row + 64, 64 * column : 64 * column + 64]
                assert np.abs(cell - pictures[index, frame]).max() <= 1  # Pillow rounds sheer pixels its own way


def test_real_palette_marks_only_the_uncovered_as_background(real_data):
    loaded = real(64, 20)
    assert (loaded.frames[..., 0, 0] == 0).all()
    middle = loaded.frames[:, 1, 0, 20:50, 32]  # down the middle of a standing figure
    assert (middle > 0).all()


# lookup and bad input


def test_real_layers_cover_the_figure_and_nothing_else(real_data):
    loaded = real(64, 20)
    layers = sprites.load_layers(loaded.attributes[:3])
    assert layers.shape == (3, 5, 9, 8, 64, 64)
    np.testing.assert_array_equal(layers.any(axis=1), loaded.frames[:3] > 0)
    assert layers[0, 3, 1].any(axis=(1, 2)).all()  # hair in every frame


def test_a_damaged_sheet_is_refused_by_name(real_data, tmp_path, monkeypatch):
    copy = tmp_path / "data" / "lpc_sprites"
    shutil.copytree(real_data / "lpc_sprites", copy)
    damaged = bytearray((copy / "hair" / "3.png").read_bytes())
    damaged[-20] ^= 1
    (copy / "hair" / "3.png").chmod(0o644)
    (copy / "hair" / "3.png").write_bytes(damaged)
    monkeypatch.setenv("ANIMKIT_DATA", str(tmp_path / "data"))
    with pytest.raises(ValueError, match=r"hair/3\.png is damaged"):
        load_sprites(source="present")


def test_without_sheets_present_gives_the_twin(no_real_data):
    assert load_sprites(source="present", characters=1).source == "twin"


def test_every_sheet_of_the_recipe_is_pinned():
    names = {f"{layer}/{number}" for layer in ("body", "bottomwear", "topwear", "hair") for number in range(6)}
    assert set(sprites._SHA256) == names | {"shoes/1"}
    assert all(len(bytes.fromhex(code)) == hashlib.sha256().digest_size for code in sprites._SHA256.values())


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"size": 48}, "size 32 or 64, got 48"),
        ({"characters": 0}, "1 to 1000 training characters, got 0"),
        ({"characters": 1001}, "1 to 1000 training characters, got 1001"),
        ({"source": "web"}, "source must be one of auto, present, twin"),
    ],
)
def test_what_cannot_be_loaded_is_refused(asked, message):
    with pytest.raises(ValueError, match=message):
        load_sprites(**asked)


# a user's own sheets


def own_sheets(characters=5, walk=4, sit=2, size=(24, 20)):
    """Characters of one colour each; a walk goes by columns, sitting by rows."""
    sheets = {}
    for who in range(characters):
        clips = {"walk": np.zeros((walk, *size, 4), np.uint8), "sit": np.zeros((sit, *size, 4), np.uint8)}
        for t in range(walk):
            clips["walk"][t, :, t] = (10 * who, 0, 200, 255)
        for t in range(sit):
            clips["sit"][t, t] = (10 * who, 0, 200, 128)
        sheets[f"beast {who}"] = clips
    return sheets


def test_own_sheets_keep_every_colour_and_frame_under_their_own_actions():
    sheets = own_sheets()
    own = Sprites.from_sheets(sheets)
    assert own.rounds == {"walk": 4, "sit": 2}
    assert own.frames.shape == (5, 2, 4, 32, 32)
    assert (own.source, own.train.tolist(), own.test.tolist()) == ("own", [0, 1, 2, 3], [4])
    for who, clips in enumerate(sheets.values()):
        drawn = own.palette[own.frames[who]][..., 8:, 6:26, :]  # on the bottom edge, in the middle
        np.testing.assert_array_equal(drawn[0], clips["walk"])
        np.testing.assert_array_equal(drawn[1], clips["sit"][[0, 1, 0, 1]])  # it begins again
    assert not own.frames[..., :8, :].any()
    assert own.palette[0].tolist() == [0, 0, 0, 0]


def test_clips_of_different_lengths_hold_their_frames_and_say_so():
    sheets = own_sheets()
    sheets["beast 2"]["walk"] = sheets["beast 2"]["walk"][:3]
    with pytest.warns(UserWarning, match="beast 2 has 3 frames of 4 for 'walk': each frame is held longer, none is"):
        own = Sprites.from_sheets(sheets)
    held = sheets["beast 2"]["walk"][[0, 0, 1, 2]]
    np.testing.assert_array_equal(own.palette[own.frames[2, 0]][:, 8:, 6:26], held)


def changed(who, **clips):
    """Own sheets of which one character has other clips; None takes one away."""
    sheets = own_sheets()
    for tag, frames in clips.items():
        if frames is None:
            del sheets[who][tag]
        else:
            sheets[who][tag] = frames
    return sheets


@pytest.mark.parametrize(
    ("sheets", "message"),
    [
        (own_sheets(4), "4 characters, 1 of them for testing, are too few"),
        (changed("beast 3", sit=None), "every character needs every action: beast 3 lacks 'sit'; draw what is missing"),
        (changed("beast 0", fly=np.ones((1, 24, 20, 4), "uint8")), "beast 1 lacks 'fly', beast 2 lacks 'fly'"),
        (changed("beast 3", sit=np.ones((2, 24, 24, 4), "uint8")), "beast 3, 'sit' is 24x24; export all with one"),
        (
            changed("beast 3", sit=np.ones((2, 24, 20), "uint8")),
            r"beast 3, 'sit': a clip is \(frames, .* \(2, 24, 20\)",
        ),
        (changed("beast 3", sit=np.ones((2, 24, 20, 4))), "got .* float64"),
        (own_sheets(size=(24, 130)), "frames of 130 pixels a side are too large: 128 is the most"),
        ({str(who): {} for who in range(5)}, "the sheets hold no clips"),
        (
            changed("beast 3", sit=np.random.default_rng(0).integers(1, 255, (2, 24, 20, 4), "uint8")),
            "colours, more than 255: bring them onto one palette",
        ),
    ],
)
def test_own_sheets_that_do_not_go_together_are_refused(sheets, message):
    with pytest.raises(ValueError, match=message):
        Sprites.from_sheets(sheets)


# the twin's drawings


def test_twin_uses_all_of_a_small_palette(twin):
    assert len(twin.palette) <= 64
    assert len(np.unique(twin.palette, axis=0)) == len(twin.palette)
    assert len(np.unique(twin.frames)) == len(twin.palette)


def test_twin_is_told_apart_in_any_single_frame(twin):
    for action in range(9):
        assert len({frame.tobytes() for frame in twin.frames[:, action, 0]}) == 1296


def test_soles_stay_on_the_ground_line(twin):
    drawn = (twin.frames > 0).any(axis=-1)  # (characters, 9, 8, rows)
    lowest = 31 - drawn[..., ::-1].argmax(axis=-1)
    assert (lowest == GROUND + 1).all()  # the outline under the soles


def test_a_walker_is_outlined_all_round(twin):
    walk = twin.frames[:, :3]
    for edge in (walk[..., 0, :], walk[..., -1, :], walk[..., 0], walk[..., -1]):
        assert set(np.unique(edge)) <= {0, 1}  # nothing but ink: no figure is cut off by its cell


def test_walk_loops_without_a_jump(twin):
    walk = twin.frames[:, :3]
    change = np.array([(walk[:, :, frame] != walk[:, :, (frame + 1) % 8]).mean() for frame in range(8)])
    assert change[7] <= 1.1 * change[[1, 3, 5]].max()  # the body bobs after every odd frame, so these change most
    assert change.min() > 0


def test_walk_alternates_the_feet(twin):
    frames = twin.frames[:, 1, :, 26:, :] > 0  # front view, the rows of the feet
    for frame, raised, planted in ((2, slice(17, 24), slice(9, 16)), (6, slice(9, 16), slice(17, 24))):
        height = [frames[:, frame, :, side].any(axis=-1).sum(axis=-1).mean() for side in (raised, planted)]
        assert height[0] < height[1]


def test_actions_and_directions_are_different_pictures(twin):
    for one in range(9):
        for other in range(one):
            assert (twin.frames[:, one] != twin.frames[:, other]).any(axis=(1, 2, 3)).all()


def test_right_mirrors_left(twin):
    for action in range(3):
        left, right = twin.frames[:, 3 * action], twin.frames[:, 3 * action + 2]
        np.testing.assert_array_equal(right[..., 1:], left[..., :0:-1])
        assert not left[..., 0].any()


def test_spell_rises_then_glows(twin):
    white = (twin.frames[:, 4] == 2).sum(axis=(0, 2, 3))  # (8,), front view
    assert white.argmax() == 5
    tops = (twin.frames[0, 4] > 0).any(axis=-1)[:, 2:12].sum(axis=-1)
    assert tops[5] >= tops[0]


@pytest.mark.parametrize(
    ("attribute", "rows_left_alone"),
    [("trousers", slice(0, 19)), ("hair", slice(26, 32))],
)
def test_an_attribute_changes_only_its_part_of_the_figure(twin, attribute, rows_left_alone):
    axis = ATTRIBUTES.index(attribute)
    everyone = np.moveaxis(twin.frames[:, :3].reshape(6, 6, 6, 6, 3, 8, 32, 32), axis, 0)
    for option in range(1, 6):
        changed = everyone[option] != everyone[0]
        assert changed.any()
        assert not changed[..., rows_left_alone, :].any()


def test_skin_changes_no_pixel_of_hair_or_clothes(twin):
    # recolouring is all that skin does: the silhouette stays, and so does most of the figure
    silhouettes = (twin.frames > 0).reshape(6, 216, 9, 8, 32, 32)
    assert (silhouettes == silhouettes[:1]).all()
    front = twin.frames[:, 1, 0].reshape(6, 216, 32, 32)
    assert (front[1:] != front[:1]).mean() < 0.15


def test_no_stray_pixels_in_a_walk(twin):
    from scipy.ndimage import label

    for index in range(0, 1296, 25):
        for frame in twin.frames[index, :3].reshape(-1, 32, 32):
            assert label(frame > 0, np.ones((3, 3)))[1] == 1


# Scale2x


def test_scale2x_by_hand():
    # a corner of 1s in a field of 0s: only the pixel whose two equal neighbours meet at a corner is rounded
    square = np.array([[[0, 0, 0], [0, 1, 1], [0, 1, 1]]], np.uint8)
    expected = [
        [0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0],
        [0, 0, 0, 1, 1, 1],
        [0, 0, 1, 1, 1, 1],
        [0, 0, 1, 1, 1, 1],
        [0, 0, 1, 1, 1, 1],
    ]
    assert scale2x(square)[0].tolist() == expected


def scale2x_by_loops(image):
    """The published rule, one pixel at a time."""
    height, width = image.shape
    doubled = np.zeros((2 * height, 2 * width), image.dtype)
    for y in range(height):
        for x in range(width):
            here = image[y, x]
            up, down = image[max(y - 1, 0), x], image[min(y + 1, height - 1), x]
            left, right = image[y, max(x - 1, 0)], image[y, min(x + 1, width - 1)]
            doubled[2 * y, 2 * x] = left if left == up and left != down and up != right else here
            doubled[2 * y, 2 * x + 1] = right if up == right and up != left and right != down else here
            doubled[2 * y + 1, 2 * x] = left if left == down and left != up and down != right else here
            doubled[2 * y + 1, 2 * x + 1] = right if down == right and down != left and right != up else here
    return doubled


def test_scale2x_equals_the_published_rule():
    image = np.random.default_rng(0).integers(0, 3, (20, 17), dtype=np.uint8)
    np.testing.assert_array_equal(scale2x(image[None])[0], scale2x_by_loops(image))


def test_twin_at_64_is_its_32_doubled(twin):
    large = load_sprites(source="twin", size=64, characters=2)
    assert large.frames.shape == (3, 9, 8, 64, 64)
    small = twin.frames[twin.train[0], 4, 5]
    np.testing.assert_array_equal(large.frames[0, 4, 5], scale2x_by_loops(small))


def test_garments_that_nobody_wears():
    if not present(*(f"lpc_sprites/{name}.png" for name in (*sprites.UNWORN, "body/0"))):
        pytest.skip("the sheets that the benchmark leaves out are not here")
    frames, palette, worn = sprites.load_unworn()
    assert frames.shape == worn.shape == (24, 9, 8, 64, 64)
    assert len(palette) <= 256
    assert palette[0].tolist() == [0, 0, 0, 0]
    assert (frames[worn >= 0] > 0).all()
    for number, name in enumerate(sprites.UNWORN):
        wearers = (worn == number).any(axis=(1, 2, 3, 4))
        # trousers and top on everybody, each head on a quarter, each pair of shoes on half of them
        assert wearers.sum() == {"bottomwear": 24, "topwear": 24, "hair": 6, "shoes": 12}[name.partition("/")[0]]
