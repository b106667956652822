"""Normals from brightness: cones by hand, three lights exactly, and how far a prior gets."""

import numpy as np
import pytest

from animkit.theory import normals as theory
from animkit.theory.shading import Lamp, bas_relief, diffuse, normals_of_height


def degrees(one, other):
    return np.degrees(np.arccos(np.clip((one * other).sum(axis=-1), -1, 1)))


def test_a_ball_by_hand():
    height, normals, mask = theory.balls(7, [(3, 3, 1)], [3.0])
    assert height[3, 3] == 4  # the centre's height and the radius
    np.testing.assert_allclose(normals[3, 5], [2 / 3, 0, np.sqrt(5) / 3])
    np.testing.assert_allclose(normals[1, 3], [0, 2 / 3, np.sqrt(5) / 3])  # the upper half looks up
    assert not mask[0, 0]
    assert mask[3].sum() == 5  # what is only touched is not there


@pytest.mark.parametrize("make", [theory.ball, theory.person])
def test_surfaces_have_unit_normals_that_face_the_viewer(make):
    height, normals, mask = make(32)
    np.testing.assert_allclose(np.linalg.norm(normals, axis=-1), 1)
    assert normals[..., 2].min() >= 0
    assert (height[~mask] == 0).all()
    assert 0.2 < mask.mean() < 0.8


@pytest.mark.parametrize(("angles", "light"), [((0, 0), (1, 0, 0)), ((90, 0), (0, 1, 0)), ((7, 90), (0, 0, 1))])
def test_lights_by_hand(angles, light):
    np.testing.assert_allclose(theory.towards(*angles), light, atol=1e-12)


@pytest.mark.parametrize("brightness", [0.0, 0.5, 1.0])
def test_a_whole_cone_is_equally_bright(brightness):
    light = theory.towards(70, 40)
    ring = theory.cone(light, brightness)
    np.testing.assert_allclose(ring @ light, brightness, atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(ring, axis=1), 1)
    assert np.ptp(ring, axis=0).max() == pytest.approx(2 * np.sqrt(1 - brightness**2), rel=0.35, abs=1e-7)


def test_three_lights_solve_for_normals_and_albedo_exactly():
    _, normals, mask = theory.person(32)
    albedo = np.random.default_rng(0).uniform(0.2, 1.0, mask.shape)
    lights = np.stack([theory.towards(azimuth, 60) for azimuth in (90, 210, 330)])
    shades = albedo * np.maximum(np.moveaxis(normals @ lights.T, -1, 0), 0)
    found, painted, solved = theory.photometric_stereo(shades, lights)
    known = (shades > 0).all(axis=0)
    np.testing.assert_array_equal(solved, known)
    assert (known & mask).sum() > 0.8 * mask.sum()
    np.testing.assert_allclose(found[known], normals[known], atol=1e-12)
    np.testing.assert_allclose(painted[known], albedo[known], atol=1e-12)
    assert (found[~known] == [0, 0, 1]).all()


def test_a_fourth_light_reaches_what_three_do_not():
    _, normals, mask = theory.ball(16)
    lights = np.stack([theory.towards(azimuth, 30) for azimuth in (0, 90, 180, 270)])
    shades = np.maximum(np.moveaxis(normals @ lights.T, -1, 0), 0)
    few, all_of_them = (theory.photometric_stereo(shades[:n], lights[:n])[2] for n in (3, 4))
    assert (all_of_them & mask).sum() > (few & mask).sum()


def test_the_smooth_prior_does_for_a_ball_and_not_for_a_person():
    light = theory.towards(135, 55)
    off = {}
    for make in (theory.ball, theory.person):
        _, normals, mask = make(32)
        shade = np.maximum(normals @ light, 0)[None]
        found = theory.with_prior(shade, light[None], mask)
        balloon = theory.with_prior(shade, light[None], mask, weight=0.0)
        off[make] = degrees(found, normals)[mask].mean()
        assert off[make] < degrees(balloon, normals)[mask].mean() < degrees(normals, [0, 0, 1])[mask].mean()
        np.testing.assert_allclose(np.linalg.norm(found, axis=-1), 1)
    assert off[theory.ball] < 6
    assert off[theory.person] > 15


def test_pictures_are_lamberts_and_two_reliefs_give_the_same():
    height, _, mask = theory.person(48)  # no pixel of it stands alone in its row or column
    light = 0.7 * theory.towards(100, 50)
    lamp = Lamp(strength=0.7, direction=tuple(light))
    one = theory.pictured(height, np.ones(mask.shape), light, mask)
    lit = diffuse(normals_of_height(height, mask), lamp)[..., 0]
    np.testing.assert_allclose(one[mask], lit[mask], atol=1e-6)
    other, albedo, turn = bas_relief(height, np.ones(mask.shape), slant=(0.4, -0.2), flatten=0.3, mask=mask)
    np.testing.assert_allclose(theory.pictured(other, albedo, turn @ light, mask), one, atol=1e-12)
    assert np.abs(other - height)[mask].max() > 5


def test_bad_input_is_named():
    flat = np.zeros((3, 4, 4))
    with pytest.raises(ValueError, match="unit and brightness"):
        theory.cone((0, 0, 2), 0.5)
    with pytest.raises(ValueError, match="lie in a plane"):
        theory.photometric_stereo(flat, [(1, 0, 0), (0, 1, 0), (1, 1, 0)])
    with pytest.raises(ValueError, match=r"got \(3, 4, 4\) and \(2, 3\)"):
        theory.photometric_stereo(flat, np.eye(3)[:2])
    with pytest.raises(ValueError, match="as lights and mask"):
        theory.with_prior(flat, np.eye(3)[:1], flat[0] > 0)
    with pytest.raises(ValueError, match="from 0 to 2"):
        theory.with_prior(flat[:1], np.eye(3)[:1], flat[0] > 0, weight=3.0)
