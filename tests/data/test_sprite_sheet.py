"""Sprite sheets with their JSON: every frame at its place, in the order of playing, or a clear refusal."""

import json

import numpy as np
import pytest
from PIL import Image

from animkit import render
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
    read, durations = read_sprite_sheet(tmp_path / "hero.json")
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
    frames, durations = load(tmp_path, write(frameTags=tags))
    cells = pixels.reshape(4, 3, 4, 4).swapaxes(0, 1)
    np.testing.assert_array_equal(frames["go"], cells[order])
    np.testing.assert_array_equal(frames["rest"], cells[1:2])
    assert durations["go"].tolist() == [100 * (i + 1) for i in order]


@pytest.mark.parametrize("tags", [{}, {"frameTags": []}])
def test_a_sheet_without_tags_is_one_animation(tmp_path, aseprite, tags):
    write, _ = aseprite
    frames, durations = load(tmp_path, write(**tags))
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
    frames, durations = load(tmp_path, record)
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
        (lambda record: record["meta"].pop("image"), "not a sprite sheet"),
        (lambda record: record["frames"].append(7), "frame 3 is no frame but 7"),
        (broken_frame(frame=box(9, 0, 4, 4)), r"frame 1 \(4x4 at 9, 0\) lies outside the picture of 12x4"),
        (broken_frame(frame=box(-1, 0, 4, 4)), "frame 1: frame needs whole numbers from 0 for x, y, w, h"),
        (broken_frame(frame=box(0, 0, 4, 2.5)), "needs whole numbers"),
        (broken_frame(frame=None), "needs whole numbers"),
        (broken_frame(duration="long"), "frame 1 needs whole numbers from 0 for duration"),
        (broken_frame(rotated=True), "frame 1 is rotated, which is not supported"),
        (broken_frame(sourceSize={"w": 3, "h": 4}), "does not fit its size of 3x4"),
        (broken_frame(sourceSize={"w": 9, "h": 10**9}), "at most 4096 a side"),
        (broken_frame(spriteSourceSize=box(0, 0, 3, 4)), "4x4 on the sheet but 3x4 in the sprite"),
        (broken_frame(frame=box(0, 0, 2, 2)), r"tag 'all' mixes frames of sizes \[\(2, 2\), \(4, 4\)\]"),
        (tag(to=3), "tag 'go' goes from 0 to 3, but the frames are 0 to 2"),
        (tag(**{"from": 2, "to": 1}), "goes from 2 to 1"),
        (tag(**{"from": -1}), "goes from -1"),
        (tag(direction="sideways"), "unknown direction 'sideways'"),
        (tag(name=None), 'a tag needs a "name" of its own'),
        (broken_meta(frameTags=2 * [{"name": "go", "from": 0, "to": 2}]), 'a tag needs a "name" of its own'),
        (broken_meta(frameTags={"go": [0, 2]}), '"frameTags" must be a list'),
        *((broken_meta(image=name), "must be a plain file name") for name in ("../hero.png", "/hero.png", "", "..")),
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
