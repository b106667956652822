import numpy as np
import pytest

from animkit.data import fairytales
from animkit.studio import backdrop
from animkit.studio.painting import HEIGHT, PAINTED
from animkit.studio.places import PLACES


def test_every_place_of_the_tales_is_painted():
    assert set(PLACES) == set(fairytales.PLACES)


@pytest.mark.parametrize("place", PLACES)
def test_a_place_looks_different_at_every_hour_and_from_every_seed(place):
    views = [backdrop.view(backdrop.backdrop(place, time)) for time in backdrop.TIMES]
    views.append(backdrop.view(backdrop.backdrop(place, "day", seed=1)))
    for i, one in enumerate(views):
        assert one.shape == (HEIGHT, backdrop.WIDTH, 3)
        assert one.dtype == np.uint8
        for other in views[:i]:
            assert (one != other).any(axis=-1).mean() > 0.1
    day, night = views[1].mean(), views[3].mean()
    assert night < 0.6 * day


@pytest.mark.parametrize("place", PLACES)
def test_near_layers_pass_faster_than_far_ones(place):
    painted = backdrop.backdrop(place, "day")
    speeds = [layer.speed for layer in painted.layers]
    assert speeds == sorted(speeds)
    assert speeds[0] == 0
    assert speeds[-1] > 1
    assert max(speeds) * backdrop.CAMERA_RANGE + backdrop.WIDTH <= PAINTED
    for layer in painted.layers:
        assert layer.phases.shape[1:] == (HEIGHT, PAINTED, 4)


def test_the_same_seed_paints_the_same_place():
    one, two = (backdrop.view(backdrop.backdrop("village", "dusk", seed=4), camera=31, tick=7) for _ in range(2))
    np.testing.assert_array_equal(one, two)


def test_the_ground_moves_with_the_camera():
    painted = backdrop.backdrop("castle", "day")
    flat = painted._replace(layers=tuple(layer for layer in painted.layers if layer.speed == 1))
    near, far = backdrop.view(flat, camera=10), backdrop.view(flat, camera=25)
    np.testing.assert_array_equal(near[60:, 15:], far[60:, :-15])


def test_actors_stand_in_front_of_what_is_behind():
    sprite = np.zeros((6, 6, 4), "uint8")
    sprite[2:, 1:5] = (255, 0, 0, 255)
    blue = sprite.copy()
    blue[..., :3] = blue[..., 2::-1]
    painted = backdrop.backdrop("meadow", "day")
    still = painted._replace(layers=painted.layers[:1])
    actors = [backdrop.Actor(sprite, 50, 70), backdrop.Actor(blue, 50, 68)]
    picture = backdrop.view(still, actors=actors)
    assert (picture[69, 48:52] == (255, 0, 0)).all()
    assert (picture[66:70, 48:52] == (255, 0, 0)).all()  # who stands lower is in front
    assert (picture[64:66, 48:52] == (0, 0, 255)).all()
    plain = backdrop.view(still)
    assert (picture[71, 45:55] != plain[71, 45:55]).any()  # shadow
    np.testing.assert_array_equal(picture[:60], plain[:60])


def test_an_empty_sprite_leaves_no_shadow():
    painted = backdrop.backdrop("shore", "dawn")
    ghost = backdrop.Actor(np.zeros((8, 8, 4), "uint8"), 50, 70)
    np.testing.assert_array_equal(backdrop.view(painted, actors=[ghost]), backdrop.view(painted))


@pytest.mark.parametrize(
    ("place", "time", "message"), [("moon", "day", "meadow, forest"), ("meadow", "noon", "dawn, day")]
)
def test_unknown_places_and_hours_are_refused(place, time, message):
    with pytest.raises(ValueError, match=message):
        backdrop.backdrop(place, time)


@pytest.mark.parametrize("camera", [-1, 161])
def test_the_camera_stays_in_the_painting(camera):
    with pytest.raises(ValueError, match="0 to 160"):
        backdrop.view(backdrop.backdrop("shore", "day"), camera=camera)
