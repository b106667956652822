"""Cartoon physics by hand-worked values, and drawings of every kind that follow a path."""

import io

import numpy as np
import pytest
from PIL import Image

from animkit.studio.prop_art import PROPS
from animkit.studio.props import (
    anticipate,
    carry_on_path,
    draw_prop,
    follow_through,
    land,
    read_prop,
    roll,
    squash_and_stretch,
)

FPS = 24
# falls a metre a frame, touches the ground between frames 3 and 4, and rises again
HEIGHTS = np.array([3.2, 2.2, 1.2, 0.2, 0.8, 1.8])
BOUNCE = np.stack([np.arange(6) * 0.1, HEIGHTS], axis=-1)
DISC = np.zeros((64, 64, 4), np.uint8)
DISC[np.hypot(*(np.indices((64, 64)) - 31.5)) < 31] = 200, 60, 60, 255


def uploaded(picture, **options):
    file = io.BytesIO()
    picture.save(file, "PNG", **options)
    return file.getvalue()


def test_a_body_is_long_in_flight_and_flat_on_the_ground_and_keeps_its_area():
    shapes = squash_and_stretch(BOUNCE, FPS, stretch=0.4, squash=0.6)
    assert np.abs(np.linalg.det(shapes) - 1).max() < 1e-12
    assert shapes[1, 1, 1] > 1.4 > 1 > shapes[1, 0, 0]
    # 24 m/s: tanh(24 / 5) is 1 to four digits, so it is e^0.6 times as wide
    np.testing.assert_allclose(shapes[3], np.diag([np.exp(0.6), np.exp(-0.6)]), rtol=1e-3)
    along = np.array([0.1, -1.0]) / np.hypot(0.1, 1)
    np.testing.assert_allclose(along @ shapes[1] @ along, np.exp(0.4), rtol=1e-3)
    rigid = squash_and_stretch(BOUNCE, FPS, stretch=0, squash=0)
    np.testing.assert_allclose(rigid, np.broadcast_to(np.eye(2), (6, 2, 2)))
    np.testing.assert_allclose(squash_and_stretch([(1, 1)], FPS), np.eye(2)[None])


def test_what_swings_through_or_lies_still_hits_nothing():
    t = np.arange(48) / FPS
    swing = np.stack([np.sin(t * 3), 1 - np.cos(np.sin(t * 3))], axis=-1)
    lying = np.zeros((10, 2))
    np.testing.assert_array_equal(land(swing, FPS, ground=-1), swing)
    np.testing.assert_array_equal(land(lying, FPS), lying)
    np.testing.assert_allclose(squash_and_stretch(lying, FPS), np.broadcast_to(np.eye(2), (10, 2, 2)))


def test_a_contact_is_put_on_the_ground():
    np.testing.assert_allclose(land(BOUNCE, FPS)[:, 1], [3.2, 2.2, 1.2, 0, 0.8, 1.8])


@pytest.mark.parametrize("amount", [0.2, 0.5, 1.0])
def test_drawn_pixels_keep_the_area_within_a_hundredth(amount):
    shapes = squash_and_stretch(BOUNCE, FPS, stretch=amount, squash=amount)
    drawn = draw_prop(DISC, BOUNCE, size=1, scale=64, shapes=shapes, angles=np.linspace(0, 2, 6))
    covered = drawn[..., 3].sum(axis=(1, 2), dtype=float) / 255
    np.testing.assert_allclose(covered, np.pi * 31**2, rtol=0.01)


def test_what_is_squashed_stands_where_it_stood():
    shapes = np.array([np.eye(2), np.diag([2, 0.5])])
    block = np.full((8, 8, 4), 255, np.uint8)
    drawn = draw_prop(block, [(0, 0.5)] * 2, size=1, scale=64, shapes=shapes, window=(-2, 0, 2, 1.5))
    rows = [np.flatnonzero(frame[..., 3].any(axis=1))[[0, -1]].tolist() for frame in drawn]
    assert rows == [[32, 95], [64, 95]]


def test_a_motion_begins_backwards_and_swings_out_without_a_jerk():
    ramp = np.stack([np.arange(10) / FPS * 6, np.zeros(10)], axis=-1)  # 6 m/s to the right
    begun = anticipate(ramp, FPS, seconds=0.5)
    assert len(begun) == 22
    np.testing.assert_array_equal(begun[12:], ramp)
    np.testing.assert_allclose(begun[0], [0, 0])
    assert begun[:, 0].min() == pytest.approx(-4 / 27 * 6 * 0.5)
    np.testing.assert_allclose(begun[12] - begun[11], [6 / FPS, 0], rtol=0.2)
    ended = follow_through(ramp, 240, frequency=2, damping=0.2, seconds=4)[:, 0]
    assert len(ended) == 10 + 960
    steps = np.diff(ended)
    assert steps[9] == pytest.approx(steps[8], rel=0.02)
    assert ended[-1] == pytest.approx(ramp[-1, 0], abs=2e-4)
    # the furthest of a damped oscillator that is kicked with v: v / W e^(-z / sqrt(1 - z^2) acos z)
    furthest = 60 / (4 * np.pi) * np.exp(-0.2 / np.sqrt(0.96) * np.arccos(0.2))
    assert ended.max() - ramp[-1, 0] == pytest.approx(furthest, rel=1e-3)
    np.testing.assert_array_equal(anticipate(ramp, FPS, seconds=0), ramp)


def test_what_rolls_turns_once_in_its_circumference():
    turned = roll([(0, 0), (np.pi, 0)], 0.5)
    np.testing.assert_allclose(turned, [0, -2 * np.pi])


def test_a_quarter_turn_is_exact_and_counterclockwise():
    picture = np.zeros((4, 4, 4), np.uint8)
    picture[0] = 255, 0, 0, 255  # a red bar on top
    turned = draw_prop(picture, [(0, 0)] * 2, size=1, scale=4, angles=[0, np.pi / 2], window=(-0.5, -0.5, 0.5, 0.5))
    np.testing.assert_array_equal(turned[0], picture)
    np.testing.assert_array_equal(turned[1], np.rot90(picture))


GREY = Image.fromarray(np.tile(np.arange(0, 240, 6, dtype=np.uint8), (30, 1)))
OF_ALL_KINDS = {
    "RGBA": uploaded(Image.fromarray(DISC)),
    "RGB": uploaded(Image.fromarray(DISC).convert("RGB")),
    "L": uploaded(GREY),
    "L with a key": uploaded(GREY, transparency=0),
    "P with tRNS": uploaded(GREY.convert("P"), transparency=0),
    "1": uploaded(GREY.convert("1")),
    "16 bit": uploaded(Image.fromarray(np.full((9, 5), 40000, np.uint16))),
    "1x1": uploaded(Image.new("RGBA", (1, 1), (9, 8, 7, 255))),
    "huge": uploaded(Image.new("RGB", (5000, 900), (9, 8, 7))),
}


@pytest.mark.parametrize("kind", OF_ALL_KINDS)
def test_pictures_of_every_kind_take_a_motion(kind):
    picture = read_prop(OF_ALL_KINDS[kind])
    assert picture.dtype == np.uint8
    assert max(picture.shape) <= 512
    drawn = draw_prop(picture, BOUNCE, size=0.5, shapes=squash_and_stretch(BOUNCE, FPS), scale=32)
    assert drawn.shape[0] == 6
    assert drawn[..., 3].any(axis=(1, 2)).all()
    middle = drawn[0][drawn[0][..., 3] == 255]
    assert len(middle)
    if kind in ("1x1", "huge"):
        assert (middle[:, :3] == [9, 8, 7]).all()


def test_our_own_props_stand_out_on_dark_and_on_light_ground():
    assert {"ball", "barrel", "crate", "lantern", "leaf", "wheel", "bomb", "apple"} <= set(PROPS)
    for picture in PROPS.values():
        assert picture.shape == (24, 24, 4)
        assert set(np.unique(picture[..., 3])) <= {0, 255}
        luminance = picture[picture[..., 3] > 0, :3] @ [0.299, 0.587, 0.114]
        assert (luminance > 90).mean() > 0.3  # on night
        assert (luminance < 170).mean() > 0.3  # on snow


class Still:
    """A model for which everything stays where it is."""

    def carry_on(self, paths, *, frames, samples=0, seed=0):
        last = paths[:, -1:]
        shape = (len(paths), *([samples] if samples else []), frames, paths.shape[-1])
        return np.broadcast_to(last if not samples else last[:, None], shape)


def test_a_network_carries_a_path_on():
    assert carry_on_path(Still(), BOUNCE, 4).tolist() == [BOUNCE[-1].tolist()] * 4
    assert carry_on_path(Still(), BOUNCE, 4, samples=3).shape == (3, 4, 2)


@pytest.mark.parametrize(
    ("attempt", "message"),
    [
        (lambda: squash_and_stretch(BOUNCE, FPS, stretch=-0.1), "stretch is an amount from 0"),
        (lambda: squash_and_stretch(BOUNCE, FPS, squash=7), "squash is an amount from 0"),
        (lambda: squash_and_stretch(BOUNCE, 0), "frames per second must be above 0"),
        (lambda: squash_and_stretch(np.zeros((0, 2)), FPS), "one frame or more"),
        (lambda: land([(0, 0), (0, np.nan)], FPS), "not finite in frame 1"),
        (lambda: anticipate(BOUNCE[:1], FPS), "has two frames or more"),
        (lambda: anticipate(BOUNCE, FPS, seconds=-1), "seconds go from 0 to 60"),
        (lambda: follow_through(BOUNCE, FPS, damping=1), "damping from 0 to below 1"),
        (lambda: follow_through(BOUNCE, FPS, frequency=13), "at most 12 swings a second"),
        (lambda: roll(BOUNCE, 0), "radius must be above 0"),
        (lambda: carry_on_path(Still(), BOUNCE[:, :1], 4), "a path to carry on"),
        (lambda: carry_on_path(Still(), BOUNCE, 0), "at least 1 frame"),
        (lambda: draw_prop(DISC / 255, BOUNCE), "uint8; got .* `read_prop` makes one of a file, and PROPS has ball"),
        (lambda: draw_prop(DISC, BOUNCE, angles=[0]), "6 frames need shapes"),
        (lambda: draw_prop(DISC, BOUNCE, shapes=np.zeros((6, 2, 2))), "determinant above 0"),
        (lambda: draw_prop(DISC, BOUNCE, size=0), "must be above 0"),
        (lambda: draw_prop(DISC, BOUNCE, window=(1, 0, 0, 1)), "the window is"),
        (lambda: draw_prop(DISC, BOUNCE, scale=9000), "too much at once: take a smaller scale"),
        (lambda: read_prop(uploaded(Image.new("RGBA", (9, 9)))), "shows nothing"),
        (lambda: read_prop(b"no picture"), "cannot be read as a picture"),
    ],
)
def test_what_cannot_be_is_said(attempt, message):
    with pytest.raises(ValueError, match=message):
        attempt()
