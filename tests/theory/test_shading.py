"""Light on pictures: by hand, by a second formula, and that one picture has many answers."""

import numpy as np
import pytest

from animkit.theory import shading
from animkit.theory.shading import Lamp

FLAT = np.zeros((5, 7, 3)) + (0, 0, 1)
ROWS, COLUMNS = np.indices((33, 33))
X, Y = (COLUMNS - 16) / 14.0, (16 - ROWS) / 14.0
BALL = X**2 + Y**2 < 1
BALL_HEIGHT = 14 * np.sqrt(np.clip(1 - X**2 - Y**2, 0, 1))
BALL_NORMALS = np.where(BALL[..., None], np.stack([X, Y, BALL_HEIGHT / 14], axis=-1), (0, 0, 1))


def test_lambert_at_sixty_degrees_is_a_half():
    lamp = Lamp((1.0, 0.5, 0.0), strength=2.0, direction=(np.sqrt(3), 0, 1))
    np.testing.assert_allclose(shading.diffuse(FLAT, lamp)[2, 3], (1.0, 0.5, 0.0), rtol=1e-6)
    assert (shading.diffuse(FLAT, Lamp(direction=(1, 0, -0.1))) == 0).all()


def test_a_near_lamp_by_hand():
    lamp = Lamp(place=(3, 2, 4), reach=10)
    light = shading.diffuse(FLAT, lamp)[..., 0]
    assert light[2, 3] == pytest.approx((1 - 0.4**2) ** 2)  # right below it, 4 of 10 pixels away
    assert light[2, 6] == pytest.approx(0.8 * (1 - 0.5**2) ** 2)  # 3-4-5: the cosine is 4/5, half of its reach
    assert shading.diffuse(FLAT, lamp._replace(reach=4))[2, 3, 0] == 0
    # rows go down and y goes up: a lamp above the picture lights what looks up
    up = np.zeros((5, 7, 3)) + (0, 1, 0)
    assert shading.diffuse(up, Lamp(place=(3, -5, 0)))[2, 3, 0] == pytest.approx(1)
    assert shading.diffuse(FLAT, Lamp(place=(3, 2, 0)))[2, 3, 0] == pytest.approx(1)  # the lamp in the surface itself


def test_a_highlight_lies_half_way_to_the_lamp():
    shine = shading.highlight(BALL_NORMALS, Lamp(direction=(1, 0, 1)), shininess=50)[..., 0]
    row, column = np.unravel_index(shine.argmax(), shine.shape)
    assert (row, column) == (16, 16 + round(14 * np.sin(np.pi / 8)))
    assert shine[16, 3] == 0  # looks away
    assert shading.highlight(FLAT, Lamp(direction=(0, 0, 3)))[0, 0, 0] == pytest.approx(1)


def test_lamps_add_up_and_shadows_take_away_theirs():
    albedo, grey = np.full((5, 7, 3), 0.5), (0.2, 0.2, 0.2)
    lamps = [Lamp((1, 0, 0), direction=(0, 0, 1)), Lamp((0, 1, 0), 0.5, direction=(0, 0, 1))]
    assert shading.shade(albedo, FLAT, [], ambient=grey)[0, 0] == pytest.approx((0.1, 0.1, 0.1))
    assert shading.shade(albedo, FLAT, lamps, ambient=grey)[0, 0] == pytest.approx((0.6, 0.35, 0.1))
    shadow = np.zeros((5, 7))
    shadow[0, 0] = 1
    lit = shading.shade(albedo, FLAT, lamps, ambient=grey, shadows=[shadow, None])
    assert lit[0, 0] == pytest.approx((0.1, 0.35, 0.1))
    assert lit[0, 1] == pytest.approx((0.6, 0.35, 0.1))
    assert shading.shade(albedo, FLAT, lamps, ambient=grey, specular=0.3)[0, 0] == pytest.approx((0.9, 0.5, 0.1))
    film = shading.shade(np.stack([albedo] * 3), np.stack([FLAT] * 3), lamps, ambient=grey)
    assert film.shape == (3, 5, 7, 3)
    assert (film[1] == film[0]).all()


def test_normals_of_a_ball_and_of_a_slope():
    cosine = (shading.normals_of_height(BALL_HEIGHT, BALL) * BALL_NORMALS).sum(axis=-1)
    inside = X**2 + Y**2 < 0.7
    assert np.degrees(np.arccos(cosine[inside].min())) < 2
    slope = shading.normals_of_height(COLUMNS * 1.0 - 2 * ROWS)  # rises to the right by 1, upwards by 2
    np.testing.assert_allclose(slope, np.broadcast_to(np.array((-1, -2, 1)) / np.sqrt(6), slope.shape), rtol=1e-6)
    # what lies outside the figure is no slope: a plateau is flat up to its edge
    assert (shading.normals_of_height(9.0 * BALL, BALL) == (0, 0, 1)).all()


def test_heights_go_to_normals_and_back():
    rng = np.random.default_rng(0)
    # sums of waves, steps at most 1; the difference that the mean of two slopes makes is small where they bend little
    height = sum(rng.uniform(1, 2) * np.sin(k[0] * ROWS + k[1] * COLUMNS) for k in rng.uniform(-0.15, 0.15, (6, 2)))
    mask = BALL.copy()
    mask[10:14, 14:20] = False
    back = shading.height_of_normals(shading.normals_of_height(height, mask), mask)
    apart = (back - height)[mask]
    assert np.std(apart) < 0.1 < np.std(height[mask])
    assert back[mask].min() == 0
    assert (back[~mask] == 0).all()
    plane = 0.5 * COLUMNS + 0.25 * ROWS
    two = np.zeros((33, 33), bool)
    two[3:9, 3:9] = two[20:30, 12:30] = True
    back = shading.height_of_normals(shading.normals_of_height(plane, two), two)
    np.testing.assert_allclose(back[3:9, 3:9], plane[3:9, 3:9] - plane[3, 3], atol=1e-4)
    np.testing.assert_allclose(back[20:30, 12:30], plane[20:30, 12:30] - plane[20, 12], atol=1e-4)
    assert shading.height_of_normals(np.stack([FLAT] * 2), np.zeros((2, 5, 7), bool)).shape == (2, 5, 7)


@pytest.mark.parametrize("lamp", [Lamp(direction=(1, 0, 1)), Lamp(direction=(3, 0, 3)), Lamp(place=(30, 2, 25))])
def test_a_wall_of_five_throws_a_shadow_of_five_at_forty_five_degrees(lamp):
    height, mask = np.zeros((5, 20)), np.ones((5, 20), bool)
    height[:, 15] = 5
    shadow = shading.cast_shadow(height, mask, lamp)
    reach = 4 if lamp.place is None else 2  # the near lamp stands steeper: from (30, 25) over (15, 5) to 11.25
    assert (shadow[2, 15 - reach : 15] == 1).all()
    assert (shadow[2, : 15 - reach - 1] == 0).all()
    assert (shadow[:, 15:] == 0).all()
    turned = lamp._replace(direction=lamp.direction and (0, 1, 1), place=lamp.place and (2, -11, 25))
    other = shading.cast_shadow(height.T[::-1], mask.T, turned)  # the wall now in row 4, the lamp above
    np.testing.assert_array_equal(other[::-1].T[2], shadow[2])
    both = shading.cast_shadow(np.stack([height, 0 * height]), np.stack([mask, mask]), lamp)
    np.testing.assert_array_equal(both[0], shadow)
    assert (both[1] == 0).all()


def test_a_pole_on_the_ground():
    pole = np.zeros((30, 40), bool)
    pole[9:19, 20] = True  # ten pixels high
    right = shading.ground_shadow(pole, Lamp(direction=(-1, 1, 0)))
    assert np.flatnonzero(right[18]).tolist() == list(range(20, 31))
    assert right.sum() == 11
    behind = shading.ground_shadow(pole, Lamp(direction=(0, 1, 1)))
    assert np.flatnonzero(behind[:, 20]).tolist() == list(range(13, 19))
    assert behind.sum() == 6
    near = shading.ground_shadow(pole, Lamp(place=(10, -1.5, 0)))  # twice as high, ten to the left: ten to the right
    assert np.flatnonzero(near[18]).tolist() == list(range(20, 31))
    moved = shading.ground_shadow(pole, Lamp(direction=(-1, 1, 0)), shape=(90, 120), feet=(50, 60))
    assert np.flatnonzero(moved[60]).tolist() == list(range(50, 61))
    assert moved.sum() == 11
    assert not shading.ground_shadow(pole, Lamp(direction=(1, -1, 0))).any()
    assert not shading.ground_shadow(np.zeros((4, 4), bool), Lamp(direction=(1, 1, 0))).any()


@pytest.mark.parametrize("lamp", [Lamp(direction=(-1, 0.2, 0.3)), Lamp(place=(5.0, -4.0, 6.0))])
def test_a_shadow_worked_out_in_parts_is_the_same(lamp, monkeypatch):
    whole = shading.ground_shadow(BALL, lamp, height=BALL_HEIGHT, shape=(60, 90), feet=(40, 40))
    monkeypatch.setattr(shading, "RAYS_AT_ONCE", 5000)
    parts = shading.ground_shadow(BALL, lamp, height=BALL_HEIGHT, shape=(60, 90), feet=(40, 40))
    assert whole.any()
    np.testing.assert_array_equal(parts, whole)


def test_means_by_colour_by_hand():
    picture = np.array([[[1, 2, 3, 255], [9, 9, 9, 255], [1, 2, 3, 255]]], "uint8")
    values = np.array([[[1.0], [5.0], [2.0]]])
    np.testing.assert_allclose(shading.one_by_colour(picture, values), [[[1.5], [5], [1.5]]])


def test_emboss_bevels_inwards_and_takes_brightness_for_height():
    picture = np.zeros((33, 33, 4), np.uint8)
    picture[BALL] = (90, 90, 90, 255)
    normals = shading.emboss(picture, bevel=14, detail=0, soft=0)
    ring = BALL & (X**2 + Y**2 > 0.1)
    assert (normals * BALL_NORMALS).sum(axis=-1)[ring].mean() > 0.97  # the bevel of a disc as wide as it is a ball
    assert (normals[~BALL] == (0, 0, 1)).all()
    picture[BALL & (COLUMNS > 16), :3] = 200
    bright = shading.emboss(picture, bevel=1, detail=4)
    assert bright[16, 16, 0] < -0.3  # rises to the bright right, looks left
    assert shading.emboss(np.stack([picture] * 2)).shape == (2, 33, 33, 3)


def test_a_balloon_is_a_ball_over_a_disc():
    height = shading.inflated_height(np.stack([BALL, ~BALL & False]))
    # it is 0 on the first pixels outside, as a ball a third of a pixel larger is on average
    ball = np.sqrt(14.3**2 - 14**2 * (X**2 + Y**2), where=BALL, out=np.zeros(X.shape))
    assert np.abs(height[0] - ball)[BALL].mean() < 0.1
    assert not height[1].any()


@pytest.mark.parametrize(("slant", "flatten"), [((0.3, -0.2), 0.5), ((0, 0), 2.0), ((-0.5, 0.1), 1.0)])
def test_another_surface_under_another_light_is_the_same_picture(slant, flatten):
    albedo = np.random.default_rng(1).uniform(0.2, 0.9, BALL.shape)
    other, paint, turn = shading.bas_relief(BALL_HEIGHT, albedo, slant=slant, flatten=flatten, mask=BALL)
    light = np.array((0.2, 0.3, 0.9))
    pictures = [
        a * (shading.normals_of_height(h, BALL) @ s)
        for h, a, s in ((BALL_HEIGHT, albedo, light), (other, paint, turn @ light))
    ]
    np.testing.assert_allclose(pictures[0][BALL], pictures[1][BALL], atol=1e-5)
    assert np.abs(other - BALL_HEIGHT)[BALL].max() > 2


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="one of the two"):
        shading.diffuse(FLAT, Lamp())
    with pytest.raises(ValueError, match="one of the two"):
        shading.cast_shadow(BALL_HEIGHT, BALL, Lamp(direction=(0, 0, 1), place=(1, 1, 1)))
    with pytest.raises(ValueError, match="not all 0"):
        shading.diffuse(FLAT, Lamp(direction=(0, 0, 0)))
    with pytest.raises(ValueError, match="three numbers"):
        shading.ground_shadow(BALL, Lamp(place=(1, 2)))
    with pytest.raises(ValueError, match="further than 0"):
        shading.diffuse(FLAT, Lamp(place=(1, 2, 3), reach=0))
    with pytest.raises(ValueError, match="got 1 for 2 lamps"):
        shading.shade(FLAT, FLAT, [Lamp(direction=(0, 0, 1))] * 2, shadows=[None])
    with pytest.raises(ValueError, match="one mask"):
        shading.ground_shadow(BALL[None], Lamp(direction=(0, 1, 0)))
    with pytest.raises(ValueError, match="above 0"):
        shading.bas_relief(BALL_HEIGHT, BALL, flatten=0)
