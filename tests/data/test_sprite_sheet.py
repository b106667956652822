"""Sprite sheets with their JSON: every frame at its place, in the order of playing, or a clear refusal."""

import json
import warnings

import numpy as np
import pytest
from PIL import Image

from animkit import render
from animkit.data.pictures import read_pixels
from animkit.data.sprite_sheet import read_sprite_sheet


def art(height, width, seed=0):
    """(height, width, 4) uint8 opaque noise, every pixel of its own colour."""
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 4), np.uint8)
    pixels[..., 3] = 255
    return pixels


def test_an_exported_sheet_comes_back_exactly(tmp_path):
    frames = np.stack([art(5, 4, seed) for seed in range(6)]).reshape(2, 3, 5, 4, 4)
    frames[:, :, 0, :2] = 0
    render.save_sprite_sheet(tmp_path / "hero.png", frames, tags=["walk front", "slash"], fps=8)
    read, durations, slices, pivots = read_sprite_sheet(tmp_path / "hero.json")
    assert slices == pivots == {}
    assert list(read) == list(durations) == ["walk front", "slash"]
    for tag, row in zip(read, frames, strict=True):
        np.testing.assert_array_equal(read[tag], row)
        assert durations[tag].tolist() == [125, 125, 125]


def box(x, y, w, h):
    return {"x": x, "y": y, "w": w, "h": h}


@pytest.fixture
def aseprite(tmp_path):
    """A 12x4 PNG and what Aseprite writes of three 4x4 frames on it, as (write, pixels)."""
    pixels = art(4, 12)
    Image.fromarray(pixels).save(tmp_path / "hero.png")

    def write(**meta):
        frames = [{"filename": str(i), "frame": box(4 * i, 0, 4, 4), "duration": 100 * (i + 1)} for i in range(3)]
        return {"frames": frames, "meta": {"image": "hero.png", **meta}}

    return write, pixels


def load(folder, record):
    (folder / "hero.json").write_text(record if isinstance(record, str) else json.dumps(record))
    return read_sprite_sheet(folder / "hero.json")


@pytest.mark.parametrize(
    ("direction", "order"),
    [
        ("forward", [0, 1, 2]),
        ("reverse", [2, 1, 0]),
        ("pingpong", [0, 1, 2, 1]),
        ("pingpong_reverse", [2, 1, 0, 1]),
    ],
)
def test_directions_give_the_order_of_playing(tmp_path, aseprite, direction, order):
    write, pixels = aseprite
    tags = [
        {"name": "go", "from": 0, "to": 2, "direction": direction},
        {"name": "rest", "from": 1, "to": 1, "direction": direction},
    ]
    frames, durations, *_ = load(tmp_path, write(frameTags=tags))
    cells = pixels.reshape(4, 3, 4, 4).swapaxes(0, 1)
    np.testing.assert_array_equal(frames["go"], cells[order])
    np.testing.assert_array_equal(frames["rest"], cells[1:2])
    assert durations["go"].tolist() == [100 * (i + 1) for i in order]


@pytest.mark.parametrize("tags", [{}, {"frameTags": []}])
def test_a_sheet_without_tags_is_one_animation(tmp_path, aseprite, tags):
    write, _ = aseprite
    frames, durations, *_ = load(tmp_path, write(**tags))
    assert frames["all"].shape == (3, 4, 4, 4)
    assert durations["all"].tolist() == [100, 200, 300]


def test_trimmed_frames_of_a_hash_go_back_to_their_place(tmp_path, aseprite):
    write, pixels = aseprite
    whole = {"spriteSourceSize": box(3, 1, 2, 3), "sourceSize": {"w": 6, "h": 5}, "trimmed": True, "rotated": False}
    record = write()
    record["frames"] = {
        "hero 0.aseprite": {"frame": box(5, 0, 2, 3), **whole},
        "hero 1.aseprite": {"frame": box(7, 0, 4, 4), **whole, "spriteSourceSize": box(0, 3, 2, 2)},
    }
    with pytest.warns(UserWarning, match=r"no frame has duration, 100 ms are assumed \(10 frames a second\)"):
        frames, durations, *_ = load(tmp_path, record)
    expected = np.zeros((2, 5, 6, 4), np.uint8)
    expected[0, 1:4, 3:5] = pixels[0:3, 5:7]
    expected[1, 3:5, 0:2] = pixels[1:3, 8:10]  # its frame has one pixel of inner padding all around
    np.testing.assert_array_equal(frames["all"], expected)
    assert durations["all"].tolist() == [100, 100]


def broken_frame(**changes):
    return lambda record: record["frames"][1].update(changes)


def broken_meta(**changes):
    return lambda record: record["meta"].update(changes)


def tag(**changes):
    return broken_meta(frameTags=[{"name": "go", "from": 0, "to": 2, **changes}])


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda record: record.pop("frames"), r"hero\.json is not a sprite sheet"),
        (lambda record: record.update(frames=[]), "not a sprite sheet"),
        (lambda record: record.pop("meta"), "not a sprite sheet"),
        (lambda record: record.update(textures=[{"image": "hero.png"}]), "not a sprite sheet"),
        (lambda record: record["meta"].pop("image"), 'names no file: "image" is None; export again, or write'),
        (broken_meta(image=None), 'names no file: "image" is None'),
        (lambda record: record["frames"].append(7), "frame 3 is no frame but 7"),
        (broken_frame(frame=box(9, 0, 4, 4)), r"frame 1 \(4x4 at 9, 0\) lies outside the picture of 12x4"),
        (broken_frame(frame=box(-1, 0, 4, 4)), "frame 1: frame needs whole numbers from 0 for x, y, w, h"),
        (broken_frame(spriteSourceSize=box(-3, 0, 4, 4)), "has a negative one; got .*a trim that stays within the"),
        (broken_frame(frame=box(0, 0, 4, float("nan"))), "needs whole numbers"),
        (broken_frame(frame=box(0, 0, 4, 10**400)), "needs whole numbers"),
        (broken_frame(frame=box(0, 0, 4, 2.5)), "needs whole numbers"),
        (broken_frame(frame=None), "needs whole numbers"),
        (broken_frame(duration="long"), "frame 1 needs whole numbers from 0 for duration"),
        (broken_frame(frame=box(8, 0, 3, 5), rotated=True), r"frame 1 \(5x3 at 8, 0\) lies outside"),
        (broken_frame(rotated=90), '"rotated" must be true or false, got 90'),
        (broken_frame(pivot={"x": 0.5}), "frame 1: pivot needs"),
        (broken_frame(sourceSize={"w": 3, "h": 4}), "does not fit its size of 3x4"),
        (broken_frame(sourceSize={"w": 9, "h": 10**9}), "at most 4096 a side"),
        (broken_frame(spriteSourceSize=box(0, 0, 3, 4)), "4x4 on the sheet but 3x4 in the sprite"),
        (broken_frame(frame=box(0, 0, 2, 2)), r"tag 'all' mixes frames of sizes \[\(2, 2\), \(4, 4\)\]"),
        (tag(to=3), "tag 'go' goes from 0 to 3, but the frames are 0 to 2"),
        (tag(**{"from": 2, "to": 1}), "goes from 2 to 1"),
        (tag(**{"from": -1}), "goes from -1"),
        (tag(**{"from": 0.5}), "goes from 0.5"),
        (tag(repeat="often"), "repeats 'often' times: use a whole number up to 65535"),
        (tag(repeat=65535), "plays 3 frames 65535 times, more than 65535: repeat it less"),
        (tag(direction="sideways"), "unknown direction 'sideways'"),
        (tag(name=None), 'a tag needs a "name", "from" and "to"'),
        (broken_meta(slices=[{"name": "hand", "keys": 7}]), '"slices" must be a list, each with a "name" and "keys"'),
        (broken_meta(slices=[{"name": "hand", "keys": [{"frame": 0}]}]), '"slices" of hand needs'),
        (
            broken_meta(slices=[{"name": "hand", "keys": [{"frame": 0, "bounds": box(10**30, 0, 1, 1)}]}]),
            '"slices" of hand needs numbers for x, y, w, h',
        ),
        *((broken_meta(scale=scale), f"exported at a scale of {scale}") for scale in ("0.5", 2, None)),
        (broken_meta(frameTags={"go": [0, 2]}), '"frameTags" must be a list'),
        *(
            (broken_meta(image=name), "must be a plain file name")
            for name in ("../hero.png", "/hero.png", "", "..", "./../hero.png", "./", 256 * "a", "\0")
        ),
        *(
            (broken_meta(image=name), "must be a plain file name")
            for name in ("a/hero.png", "a\\hero.png", "C:hero.png")
        ),
    ],
)
def test_damaged_sheets_say_why(tmp_path, aseprite, damage, message):
    record = aseprite[0]()
    damage(record)
    with pytest.raises(ValueError, match=message):
        load(tmp_path, record)


@pytest.mark.parametrize("text", ["", "a hero", "[" * 100_000, '{"frames": [}'])
def test_what_is_not_json_is_named(tmp_path, text):
    with pytest.raises(ValueError, match=r"hero\.json is not JSON .*give the \.json"):
        load(tmp_path, text)


def test_a_sheet_without_its_files_says_which(tmp_path, aseprite):
    with pytest.raises(FileNotFoundError, match=r"no .*hero\.json: give the \.json"):
        read_sprite_sheet(tmp_path / "hero.json")
    with pytest.raises(FileNotFoundError, match=r"is for lost\.png, which is not beside it: put both in one folder"):
        load(tmp_path, aseprite[0](image="lost.png"))


def cells(pixels):
    """The three 4x4 frames of the fixture's picture."""
    return pixels.reshape(4, 3, 4, 4).swapaxes(0, 1)


def named(*names, **options):
    """Frames of the fixture's picture with these names, each 4x4."""
    return [{"filename": n, "frame": box(4 * i, 0, 4, 4), "duration": 100, **options} for i, n in enumerate(names)]


def a_tag(name, first, last, **options):
    return {"name": name, "from": first, "to": last, **options}


def test_the_way_of_writing_does_not_matter(tmp_path, aseprite, recwarn):
    write, pixels = aseprite
    plain = write(frameTags=[a_tag("go", 0.0, 1.0)], image="./hero.png", scale="1")
    plain["frames"][0]["frame"] = box(0.0, 0, 4.0, 4)
    plain["frames"][1]["rotated"] = "false"
    text = json.dumps(plain)
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le"):
        (tmp_path / "hero.json").write_text(text, encoding=encoding)
        np.testing.assert_array_equal(read_sprite_sheet(tmp_path / "hero.json").frames["go"], cells(pixels)[:2])
    assert not recwarn.list


def test_the_frames_of_a_hash_are_in_natural_order(tmp_path, aseprite):
    write, pixels = aseprite
    record = write()
    whole = {name: entry for name, entry in zip(("walk 10", "walk 2", "walk 1"), record["frames"], strict=True)}
    sheet = load(tmp_path, record | {"frames": whole})
    np.testing.assert_array_equal(sheet.frames["all"], cells(pixels)[::-1])
    assert sheet.durations["all"].tolist() == [300, 200, 100]


def test_frames_of_one_name_are_all_kept(tmp_path, aseprite):
    first, second = (json.dumps({"a": {"frame": box(x, 0, 4, 4), "duration": 50}}) for x in (0, 8))
    text = f'{{"frames": {first[:-1]}, {second[1:]}, "meta": {{"image": "hero.png"}}}}'
    with pytest.warns(UserWarning, match=r"hero\.json: several frames are named a, all are kept"):
        sheet = load(tmp_path, text)
    np.testing.assert_array_equal(sheet.frames["all"], cells(aseprite[1])[[0, 2]])


@pytest.mark.parametrize(
    ("direction", "repeat", "order"),
    [
        ("forward", "2", [0, 1, 2, 0, 1, 2]),
        ("reverse", 2, [2, 1, 0, 2, 1, 0]),
        ("pingpong", "0", [0, 1, 2, 1]),
        ("pingpong", "1", [0, 1, 2]),
        ("pingpong", "2", [0, 1, 2, 1, 0]),
        ("pingpong", "3", [0, 1, 2, 1, 0, 1, 2]),
        ("pingpong_reverse", "2", [2, 1, 0, 1, 2]),
    ],
)
def test_repeats_are_played(tmp_path, aseprite, direction, repeat, order):
    write, pixels = aseprite
    sheet = load(tmp_path, write(frameTags=[a_tag("go", 0, 2, direction=direction, repeat=repeat)]))
    np.testing.assert_array_equal(sheet.frames["go"], cells(pixels)[order])


def test_tags_of_one_name_are_told_apart(tmp_path, aseprite):
    write, pixels = aseprite
    tags = [a_tag("go", 0, 1), a_tag("go (2)", 2, 2), a_tag("go", 1, 2), a_tag("", 0, 0)]
    with pytest.warns(UserWarning, match=r"tags of one name are told apart as 'go \(3\)'"):
        frames = load(tmp_path, write(frameTags=tags)).frames
    assert list(frames) == ["go", "go (2)", "go (3)", ""]
    np.testing.assert_array_equal(frames["go (3)"], cells(pixels)[1:])


def test_a_tag_that_was_exported_alone_keeps_its_numbers(tmp_path, aseprite):
    write, pixels = aseprite
    tags = [a_tag("idle", 0, 2), a_tag("jump", 4, 6), a_tag("land", 6, 6)]
    record = write(frameTags=tags, slices=[{"name": "foot", "keys": [{"frame": 6, "bounds": box(1, 2, 1, 1)}]}])
    for i, frame in enumerate(record["frames"]):
        frame["filename"] = f"hero {4 + i}.aseprite"
    with pytest.warns(UserWarning, match="3 frames are taken for 4 to 6, tag 'jump', 'land'; of 'idle' there are no"):
        sheet = load(tmp_path, record)
    assert list(sheet.frames) == ["jump", "land"]
    np.testing.assert_array_equal(sheet.frames["jump"], cells(pixels))
    np.testing.assert_array_equal(sheet.frames["land"], cells(pixels)[2:])
    assert sheet.slices["foot"]["jump"][2].tolist() == [1, 2, 1, 1]
    assert np.isnan(sheet.slices["foot"]["jump"][:2]).all()
    for frame in record["frames"]:
        frame["filename"] = ""
    with pytest.raises(ValueError, match="tag 'jump' goes from 4 to 6, but the frames are 0 to 2"):
        load(tmp_path, record)  # it may be either
    record["meta"]["frameTags"] = tags[1:]
    record["frames"][0]["filename"], record["frames"][1]["filename"], record["frames"][2]["filename"] = "369"
    with pytest.raises(ValueError, match="but the frames are 0 to 2"):
        load(tmp_path, record)  # frames between are missing
    for frame in record["frames"]:
        frame["filename"] = ""
    with pytest.warns(UserWarning, match="taken for 4 to 6"):
        np.testing.assert_array_equal(load(tmp_path, record).frames["jump"], cells(pixels))


@pytest.mark.parametrize(
    ("names", "tags", "expected"),
    [
        (["king 0", "king 1", "knight 0"], [("king_idle", 0, 1), ("knight_idle", 0, 0)], {"knight_idle": [2]}),
        (["king 0", "king 1", "elf 0"], [("idle", 0, 1), ("jump", 1, 1), ("rest", 0, 0)], {"jump": [1], "rest": [2]}),
        (["king 0", "king 1", "elf 0"], [("run", 0, 1), ("run", 0, 0)], {"king run": [0, 1], "elf run": [2]}),
        (["king 0", "king 1", "elf 0"], [("idle", 0, 1), ("rest", 2, 2)], {"idle": [0, 1], "rest": [2]}),
        (["run_0", "run_1", "rest_0"], [("run", 0, 1), ("rest", 0, 0)], {"run": [0, 1], "rest": [2]}),
        (["k__0", "k_run_0", "k__2"], [("run", 1, 1), ("rest", 2, 2)], {"run": [1], "rest": [2]}),
        (["k #run 7", "k #run 8", "e #run 0"], [("run", 7, 8), ("run", 0, 0)], {"k run": [0, 1], "e run": [2]}),
        (["k #run 0", "k #run 1", "k #rest 0"], [("run", 2, 3), ("rest", 7, 7)], {"run": [0, 1], "rest": [2]}),
        ([None, None, None], [("run", 0, 1), ("rest", 0, 0)], {"run": [0, 1], "rest": [2]}),
    ],
)
@pytest.mark.filterwarnings("ignore:.*tags of one name", "ignore:.*its frames are taken for 2 files")
def test_several_files_have_each_its_own_tags(tmp_path, aseprite, names, tags, expected):
    write, pixels = aseprite
    record = write(frameTags=[a_tag(*tag) for tag in tags]) | {"frames": named(*names)}
    frames = load(tmp_path, record).frames
    for name, order in expected.items():
        np.testing.assert_array_equal(frames[name], cells(pixels)[order])


def test_tags_that_may_be_of_either_file_say_so(tmp_path, aseprite):
    write, pixels = aseprite
    record = write(frameTags=[a_tag("idle", 0, 1)]) | {"frames": named("king 0", "king 1", "elf 0")}
    with pytest.warns(UserWarning, match=r"of which of its 2 files \(king, elf\) a tag is cannot be told"):
        np.testing.assert_array_equal(load(tmp_path, record).frames["idle"], cells(pixels)[:2])


@pytest.mark.parametrize("listed", [True, False])
def test_layers_are_laid_over_one_another(tmp_path, aseprite, listed):
    write, pixels = aseprite
    pixels[1:3, 4:8] = 0
    pixels[0, 4, 3] = 100  # half seen through
    Image.fromarray(pixels).save(tmp_path / "hero.png")
    frames = named("hero (head) 0", "hero (body) 0", "hero (head) 1")
    for frame, place in zip(frames, (1, 0, 2), strict=True):
        frame["frame"] = box(4 * place, 0, 4, 4)
    layers = {"layers": [{"name": "body"}, {"name": "head", "blendMode": "multiply"}]} if listed else {}
    record = write(frameTags=[a_tag("idle", 0, 1)], **layers) | {"frames": frames if listed else frames[1::-1]}
    body, head, alone = map(Image.fromarray, cells(pixels))
    if not listed:
        record["meta"].pop("frameTags")
    said = "head are laid over the others without their blend" if listed else "body, head are taken for layers, the fir"
    with pytest.warns(UserWarning, match=said):
        (read,) = load(tmp_path, record).frames.values()
    np.testing.assert_array_equal(read[0], np.array(Image.alpha_composite(body, head)))
    if listed:
        np.testing.assert_array_equal(read[1], np.array(alone))


def test_numbered_copies_are_no_layers(tmp_path, aseprite):
    write, pixels = aseprite
    frames = load(tmp_path, write() | {"frames": named("hero (1) 0", "hero (1) 1", "hero (2) 0")}).frames
    np.testing.assert_array_equal(frames["all"], cells(pixels))


def test_linked_cels_share_a_place_with_another_trim(tmp_path, aseprite):
    write, pixels = aseprite
    size = {"sourceSize": {"w": 10, "h": 9}, "duration": 100}
    record = write()
    record["frames"] = [
        {"frame": box(0, 0, 4, 4), "spriteSourceSize": box(3, 5, 4, 4), **size},
        {"frame": box(0, 0, 4, 4), "spriteSourceSize": box(1, 2, 5, 7), **size},
        {"frame": box(0, 0, 4, 4), "spriteSourceSize": box(5, 3, 2, 2), **size},  # evenly smaller is no padding here
        {"frame": box(0, 0, 10, 4), "spriteSourceSize": box(3, 5, 4, 4), **size},
        {"frame": box(0, 0, 4, 4), "spriteSourceSize": box(0, 0, 10, 9), **size},
    ]
    frames = load(tmp_path, record).frames["all"]
    for frame, (left, top) in zip(frames, ((3, 5), (1, 2), (5, 3), (3, 5), (3, 5)), strict=True):
        expected = np.zeros((9, 10, 4), np.uint8)
        expected[top : top + 4, left : left + 4] = pixels[:, :4]
        np.testing.assert_array_equal(frame, expected)


def test_rotated_frames_are_turned_back(tmp_path, aseprite):
    write, _ = aseprite
    upright = art(3, 4, seed=5)
    Image.fromarray(np.pad(np.rot90(upright, -1), [(0, 0), (2, 1), (0, 0)])).save(tmp_path / "hero.png")
    record = write()
    record["frames"] = {"a": {"frame": box(2, 0, 4, 3), "rotated": True, "duration": 10, "pivot": {"x": 0.5, "y": 1}}}
    sheet = load(tmp_path, record)
    np.testing.assert_array_equal(sheet.frames["all"], [upright])
    assert sheet.pivots["pivot"]["all"].tolist() == [[2, 3]]


def test_slices_hold_until_their_next_key(tmp_path, aseprite):
    keys = [
        {"frame": 2, "bounds": box(0, 0, 0, 0)},
        {"frame": 1, "bounds": box(1, 1, 2, 2), "pivot": {"x": 1, "y": 0}},
    ]
    slices = [{"name": "hand", "keys": keys}, {"name": "hand", "keys": [{"frame": 0, "bounds": box(-1, 0, 3, 3)}]}]
    slices.append({"name": "empty"})
    tags = [a_tag("go", 0, 2, direction="reverse"), a_tag("rest", 1, 1)]
    sheet = load(tmp_path, aseprite[0](slices=slices, frameTags=tags))
    none = [np.nan] * 4
    np.testing.assert_array_equal(sheet.slices["hand"]["go"], [none, [1, 1, 2, 2], none])
    np.testing.assert_array_equal(sheet.pivots["hand"]["go"], [none[:2], [2, 1], none[:2]])
    assert sheet.pivots["hand"]["rest"].tolist() == [[2, 1]]
    assert sheet.slices["hand (2)"]["rest"].tolist() == [[-1, 0, 3, 3]]
    assert list(sheet.pivots) == ["hand"]
    assert np.isnan(sheet.slices["empty"]["go"]).all()


def test_several_sheets_are_read_as_one(tmp_path, aseprite):
    write, pixels = aseprite
    more = art(4, 4, seed=9)
    Image.fromarray(more).save(tmp_path / "hero-1.png")
    first, second = write(related_multi_packs=["hero-1.json"]), write(image="hero-1.png")
    first["frames"], second["frames"] = named("walk_1", "walk_2", "walk_4"), named("walk_3")
    with pytest.raises(FileNotFoundError, match=r"one of 2 sheets of a multipack, and hero-1\.json is not beside it"):
        load(tmp_path, first)
    (tmp_path / "hero-1.json").write_text(json.dumps(second))
    expected = np.stack([*cells(pixels)[:2], more, cells(pixels)[2]])
    np.testing.assert_array_equal(load(tmp_path, first).frames["all"], expected)
    textures = [{"image": "hero.png", "scale": 1, "frames": first["frames"]}]
    textures += [{"image": "hero-1.png", "frames": {"walk_3": second["frames"][0]}}]
    np.testing.assert_array_equal(load(tmp_path, {"textures": textures}).frames["all"], expected)
    with pytest.raises(ValueError, match='"related_multi_packs" must be a plain file name'):
        load(tmp_path, write(related_multi_packs=["../hero-1.json"]))


def test_a_sheet_that_unfolds_too_far_is_refused(tmp_path, aseprite):
    write, _ = aseprite
    large = {"frame": box(0, 0, 1, 1), "spriteSourceSize": box(0, 0, 1, 1), "sourceSize": {"w": 4096, "h": 4096}}
    with pytest.raises(ValueError, match="frames of more than 134217728 pixels in all"):
        load(tmp_path, write() | {"frames": [large] * 9})
    with pytest.raises(ValueError, match="more than 134217728 pixels in all tags"):
        load(tmp_path, write(frameTags=[a_tag("go", 0, 0, repeat=9)]) | {"frames": [large]})


@pytest.fixture
def known(cases):
    """`known("bom")`: a known file's sheet, whatever it warns of."""

    def read(name):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return read_sprite_sheet(cases / f"{name}.json")

    return read


PLACES = {  # on sheet.png: the rectangle, and where it stands in 32x32
    "a": (box(0, 0, 12, 20), (10, 12)),
    "b": (box(20, 0, 10, 18), (11, 14)),
    "c": (box(40, 0, 9, 16), (11, 16)),
    "low": (box(0, 0, 12, 20), (8, 1)),
    "none": (box(0, 0, 0, 0), (0, 0)),
    "inside": (box(1, 1, 12, 20), (10, 12)),
}
TWO_FILES = {  # on two_files.png
    "a": (box(0, 0, 12, 20), (10, 12)),
    "b": (box(16, 0, 12, 20), (10, 12)),
    "c": (box(32, 0, 10, 18), (10, 14)),
    "d": (box(48, 0, 10, 18), (10, 14)),
}


def placed(picture, names, places):
    """Frames of 32x32 by the letters of their places."""
    frames = np.zeros((len(names), 32, 32, 4), np.uint8)
    for frame, name in zip(frames, names, strict=True):
        rectangle, (left, top) = places[name]
        x, y, w, h = rectangle.values()
        frame[top : top + h, left : left + w] = picture[y : y + h, x : x + w]
    return frames


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ase_linked_cel_full_frame", {"all": "aa"}),
        ("ase_linked_cel_other_size", {"all": ["a", "low"]}),
        ("bom", {"all": "abc"}),
        ("utf16", {"all": "abc"}),
        ("image_relative", {"all": "abc"}),
        ("slices_pivot", {"all": "abc"}),
        ("tp_array_no_duration", {"all": "abc"}),
        ("phaser_textures", {"all": "abc"}),
        ("empty_frame_trimmed", {"all": ["a", "none", "none"]}),
        ("empty_tag_name", {"": "ab"}),
        ("float_numbers", {"all": "a"}),
        ("rotated_as_string", {"all": "a"}),
        ("padding_extruded", {"all": ["inside"]}),
        ("hash_order_10_before_2", {"walk": "abc"}),
        ("same_key_twice", {"all": "ab"}),
        ("tag_repeat_and_colour", {"walk": "abcbabc"}),
        ("two_tags_same_name", {"walk": "ab", "walk (2)": "bc"}),
        ("ase_one_tag_exported", {"jump": "abcd"}),
        ("ase_two_files_tags_restart", {"king_idle": "ab", "knight_idle": "cd"}),
        ("ase_two_files_same_tag", {"king run": "ab", "knight run": "cd"}),
    ],
)
def test_known_sheets(known, cases, name, expected):
    sheet = known(name)
    source, places = ("two_files", TWO_FILES) if "_tag" in name and name.startswith("ase") else ("sheet", PLACES)
    picture = read_pixels(cases / f"{source}.png")
    assert list(sheet.frames) == list(expected)
    for tag, names in expected.items():
        np.testing.assert_array_equal(sheet.frames[tag], placed(picture, names, places))
        assert sheet.durations[tag].tolist() == [100] * len(names)


def test_known_sheets_with_layers(known, cases):
    for name, source, places, lower, upper in (
        ("ase_split_layers", "two_files", TWO_FILES, "ab", "cd"),
        ("split_layers", "sheet", PLACES, "ac", "bb"),
    ):
        below, above = (placed(read_pixels(cases / f"{source}.png"), names, places) for names in (lower, upper))
        np.testing.assert_array_equal(known(name).frames["idle"], np.where(above[..., 3:] > 0, above, below))


def test_a_known_rotated_frame(known, cases):
    expected = np.zeros((1, 32, 32, 4), np.uint8)
    expected[0, 12:24, 10:30] = np.rot90(read_pixels(cases / "sheet.png")[:20, :12])
    np.testing.assert_array_equal(known("tp_rotated").frames["all"], expected)


def test_a_known_pivot(known):
    sheet = known("slices_pivot")
    assert sheet.pivots["hand"]["all"].tolist() == [[2, 2]] * 3
    assert sheet.slices["hand"]["all"].tolist() == [[1, 1, 2, 2]] * 3


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("image_null", ValueError, '"image" is None'),
        ("image_with_folder", ValueError, "must be a plain file name"),
        ("fractional_scale", ValueError, "at a scale of 0.5: export it at 1"),
        ("negative_sss", ValueError, "has a negative one; got .*-3"),
        ("tp_multipack", FileNotFoundError, r"sheet-1\.json is not beside it"),
    ],
)
def test_known_sheets_that_are_refused(known, name, kind, message):
    with pytest.raises(kind, match=message):
        known(name)


def test_what_is_assumed_of_known_sheets_is_said_once(cases):
    for name, said in (
        ("tp_array_no_duration", "no frame has duration, 100 ms are assumed"),
        ("ase_one_tag_exported", "taken for 4 to 7, tag 'jump'; of 'idle' there are no frames"),
        ("ase_two_files_same_tag", "told apart as 'king run', 'knight run'"),
        ("two_tags_same_name", r"told apart as 'walk \(2\)'"),
    ):
        with pytest.warns(UserWarning, match=said) as caught:
            read_sprite_sheet(cases / f"{name}.json")
        assert len(caught) == 1
