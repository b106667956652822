"""Pictures whose light is known: the truth fits itself, what is held out is held out, and they are pixel art."""

import numpy as np
import pytest

from animkit.data.twins import lit_shapes
from animkit.data.twins.lit_shapes import CLASSES, HELD_OUT_CLASSES, HELD_OUT_LIGHT, draw_lit
from animkit.theory.shading import normals_of_height

SHAPES = draw_lit(40, classes=(*CLASSES, *HELD_OUT_CLASSES), seed=1)


def azimuths(light):
    return np.degrees(np.arctan2(light[:, 1], light[:, 0]))


def test_shapes_types_and_what_lies_outside():
    assert SHAPES.pictures.shape == (40, 1, 64, 64, 4)
    assert SHAPES.pictures.dtype == np.uint8
    assert [one.dtype for one in SHAPES[1:4]] == [np.float32] * 3
    np.testing.assert_allclose(np.linalg.norm(SHAPES.normals, axis=-1), 1, atol=1e-5)
    outside = ~SHAPES.mask
    assert (SHAPES.normals[outside] == (0, 0, 1)).all()
    for one in (SHAPES.pictures, SHAPES.albedo, SHAPES.height):
        assert not one[outside].any()
    assert (SHAPES.pictures[SHAPES.mask][:, 3] == 255).all()
    assert (SHAPES.normals[..., 2] > -1e-6).all()  # what is seen looks to the viewer
    assert (SHAPES.height.min(axis=(1, 2, 3)) == 0).all()
    assert (SHAPES.mask.sum(axis=(2, 3)) > 60).all()


def test_normals_are_those_of_the_heights():
    # a wide ball alone: within facets and folds a difference over two pixels is coarse, so most of it is enough
    cosine = (normals_of_height(SHAPES.height, SHAPES.mask) * SHAPES.normals).sum(axis=-1)
    angles = np.degrees(np.arccos(cosine.clip(-1, 1)))[SHAPES.mask]
    assert np.median(angles) < 6


def test_pictures_are_pixel_art_and_brighter_towards_the_light():
    grey = SHAPES.pictures[..., :3].mean(axis=-1) / 255 / SHAPES.albedo.mean(axis=-1).clip(0.02)
    cosine = np.einsum("nfhwc,nc->nfhw", SHAPES.normals, SHAPES.light)
    for number, picture in enumerate(SHAPES.pictures):
        assert len(np.unique(picture[SHAPES.mask[number]], axis=0)) < 256
    toward = [np.corrcoef(g[m], c[m])[0, 1] for g, c, m in zip(grey, cosine, SHAPES.mask, strict=True)]
    assert np.median(toward) > 0.3


def test_a_figure_depends_on_its_seed_and_number_alone():
    few = draw_lit(3, classes=(*CLASSES, *HELD_OUT_CLASSES), seed=1)
    for one, other in zip(few, SHAPES, strict=True):
        np.testing.assert_array_equal(one, other[:3])
    assert (draw_lit(3, seed=2).pictures != few.pictures).any()


def test_a_walk_is_one_figure_in_one_light():
    walk = draw_lit(2, classes=("hero",), frames=4, size=32, seed=3)
    assert walk.pictures.shape == (2, 4, 32, 32, 4)
    assert walk.light.shape == (2, 3)
    for frames in walk.pictures:
        assert (frames[0] != frames[1]).any()
        colours = [{tuple(pixel) for pixel in frame.reshape(-1, 4)} for frame in frames]
        assert len(colours[0] & colours[1]) > len(colours[0]) / 2


@pytest.mark.parametrize("name", [*CLASSES, *HELD_OUT_CLASSES])
def test_every_class_is_drawn(name):
    shapes = draw_lit(1, classes=(name,), size=32, seed=4)
    assert shapes.kind.tolist() == [name]
    assert shapes.mask.sum() > 15


def test_light_is_held_out():
    styles = [lit_shapes.draw_lit(24, classes=("slime",), size=8, seed=5, new_light=new).light for new in (False, True)]
    low, high = HELD_OUT_LIGHT
    known, new = (azimuths(light) for light in styles)
    assert ((new >= low) & (new <= high)).all()
    assert not ((known > low) & (known < high)).any()


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="no shapes called dragon; there are hero, beast"):
        draw_lit(1, classes=("hero", "dragon"))
    with pytest.raises(ValueError, match="one class, figure and frame at least"):
        draw_lit(0)
