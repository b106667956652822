import numpy as np
import pytest

from animkit.data.fairytales import PLACES
from animkit.studio import scene


def test_every_place_of_the_tales_is_painted():
    assert set(scene.PLACES) == set(PLACES)


@pytest.mark.parametrize("place", scene.PLACES)
def test_a_place_looks_different_at_every_hour_and_from_every_seed(place):
    views = [scene.view(scene.backdrop(place, time)) for time in scene.TIMES]
    views.append(scene.view(scene.backdrop(place, "day", seed=1)))
    for i, one in enumerate(views):
        assert one.shape == (scene.HEIGHT, scene.WIDTH, 3)
        assert one.dtype == np.uint8
        for other in views[:i]:
            assert (one != other).any(axis=-1).mean() > 0.1
    day, night = views[1].mean(), views[3].mean()
    assert night < 0.6 * day


@pytest.mark.parametrize("place", scene.PLACES)
def test_near_layers_pass_faster_than_far_ones(place):
    painted = scene.backdrop(place, "day")
    speeds = [layer.speed for layer in painted.layers]
    assert speeds == sorted(speeds)
    assert speeds[0] == 0
    assert speeds[-1] > 1
    assert max(speeds) * scene.CAMERA_RANGE + scene.WIDTH <= scene.PAINTED
    for layer in painted.layers:
        assert layer.phases.shape[1:] == (scene.HEIGHT, scene.PAINTED, 4)


def test_the_same_seed_paints_the_same_place():
    one, two = (scene.view(scene.backdrop("village", "dusk", seed=4), camera=31, tick=7) for _ in range(2))
    np.testing.assert_array_equal(one, two)


def test_the_ground_moves_with_the_camera():
    painted = scene.backdrop("castle", "day")
    flat = painted._replace(layers=tuple(layer for layer in painted.layers if layer.speed == 1))
    near, far = scene.view(flat, camera=10), scene.view(flat, camera=25)
    np.testing.assert_array_equal(near[60:, 15:], far[60:, :-15])


def test_actors_stand_in_front_of_what_is_behind():
    sprite = np.zeros((6, 6, 4), "uint8")
    sprite[2:, 1:5] = (255, 0, 0, 255)
    blue = sprite.copy()
    blue[..., :3] = blue[..., 2::-1]
    painted = scene.backdrop("meadow", "day")
    still = painted._replace(layers=painted.layers[:1])
    actors = [scene.Actor(sprite, 50, 70), scene.Actor(blue, 50, 68)]
    picture = scene.view(still, actors=actors)
    assert (picture[69, 48:52] == (255, 0, 0)).all()
    assert (picture[66:70, 48:52] == (255, 0, 0)).all()  # who stands lower is in front
    assert (picture[64:66, 48:52] == (0, 0, 255)).all()
    plain = scene.view(still)
    assert (picture[71, 45:55] != plain[71, 45:55]).any()  # shadow
    np.testing.assert_array_equal(picture[:60], plain[:60])


def test_an_empty_sprite_leaves_no_shadow():
    painted = scene.backdrop("shore", "dawn")
    ghost = scene.Actor(np.zeros((8, 8, 4), "uint8"), 50, 70)
    np.testing.assert_array_equal(scene.view(painted, actors=[ghost]), scene.view(painted))


@pytest.mark.parametrize(
    ("place", "time", "message"), [("moon", "day", "meadow, forest"), ("meadow", "noon", "dawn, day")]
)
def test_unknown_places_and_hours_are_refused(place, time, message):
    with pytest.raises(ValueError, match=message):
        scene.backdrop(place, time)


@pytest.mark.parametrize("camera", [-1, 161])
def test_the_camera_stays_in_the_painting(camera):
    with pytest.raises(ValueError, match="0 to 160"):
        scene.view(scene.backdrop("shore", "day"), camera=camera)
