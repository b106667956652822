"""The shot for the film: as long as it may be, the camera follows, coins go, joy at the goal."""

import numpy as np
import pytest

from animkit.data.mario_levels import to_tiles
from animkit.metrics.levels import physics_paths
from animkit.render import upscale
from animkit.studio.film import BAND, FPS
from animkit.studio.scene_shot import CHEER, PACE, SCALE, scene_shot

ROWS = ["-" * 44] * 8 + ["---------o" + "-" * 34] + ["-" * 44] * 3
TILES = to_tiles("\n".join([*ROWS, "------o-----E-----XX------------XX----------", "X" * 25 + "--" + "X" * 17]))
RED = (255, 0, 0, 255)


@pytest.fixture(scope="module")
def clips():
    frames = np.zeros((9, 8, 32, 32, 4), "uint8")
    frames[:, :, 4:, 8:24] = RED
    frames[4, :, 4:, 8:24] = (0, 255, 0, 255)  # spellcast front: joy
    return frames


@pytest.fixture(scope="module")
def path():
    return physics_paths([TILES])[0]


@pytest.fixture(scope="module")
def frames(clips, path):
    return upscale(scene_shot(TILES, path, clips, seconds=30).frames, SCALE)


def where(frame, channel):
    """Middle column and lowest row of a figure that is red or green alone."""
    others = [other for other in range(3) if other != channel]
    rows, columns = np.nonzero((frame[..., channel] > 200) & (frame[..., others] < 8).all(axis=-1))
    return columns.mean(), rows.max()


def test_the_whole_way_is_shown_and_joy_at_its_end(frames, path):
    assert frames.shape[1:] == (360, 640, 3)
    assert len(frames) == int(np.ceil((len(path) - 1) / (60 * PACE / FPS))) + CHEER
    assert where(frames[-1], 1)[0] > 560  # beside the right edge, where the banner is


def test_the_camera_keeps_the_figure_in_sight_and_above_the_caption(frames):
    for frame in frames[:-CHEER]:
        column, row = where(frame, 0)
        assert 10 < column < 630
        assert row < 360 - BAND
    columns = [where(frame, 0)[0] for frame in frames[20:-20]]
    assert np.abs(np.diff(columns)).max() < 32  # half a second to cross the picture would be a jerk


def test_it_says_where_the_figure_is(clips, path, frames):
    staged = scene_shot(TILES, path, clips, who="Mira", seconds=30)
    assert {one.action for people in staged.seen for one in people} == {"walk", "cheer"}
    for frame, people in zip(frames[:-CHEER], staged.seen, strict=False):
        ((who, (left, _, right, bottom), action, _),) = people
        column, row = where(frame, 0)
        assert (who, action) == ("Mira", "walk")
        assert bottom == row + 1
        assert left <= column <= right


def test_of_a_long_way_the_part_with_the_jumps_is_shown(clips, path):
    shot = upscale(scene_shot(TILES, path, clips, seconds=2.0).frames, SCALE)
    assert len(shot) == 2 * FPS
    assert np.ptp([where(frame, 0)[1] for frame in shot]) > 30


def test_what_cannot_be_filmed_is_refused(clips, path):
    with pytest.raises(ValueError, match="needs a way through the level"):
        scene_shot(TILES, None, clips)
    with pytest.raises(ValueError, match="needs 20 columns of level; got 10"):
        scene_shot(TILES[:, :10], path, clips)
    with pytest.raises(ValueError, match=r"clips are \(9, frames"):
        scene_shot(TILES, path, clips[:3])
