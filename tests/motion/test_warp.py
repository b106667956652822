import numpy as np
import pytest

from animkit.data.twins.walkers import walker
from animkit.metrics.motion import foot_sliding
from animkit.motion.clips import moved
from animkit.motion.foot_lock import foot_positions
from animkit.motion.warp import bent, paced


@pytest.fixture(scope="module")
def walk():
    return walker(seconds=3.0, speed=120.0, seed=2)


def test_a_bent_walk_goes_round_at_its_speed_and_stands_where_it_stands(walk):
    clip = bent(walk.clip, -0.8, contacts=walk.contacts)
    speed, turn = moved(clip)
    straight, sway = moved(walk.clip)
    assert speed.mean() == pytest.approx(straight.mean(), rel=0.05)
    assert (turn - sway).mean() == pytest.approx(np.degrees(-0.8), abs=2)
    assert foot_sliding(foot_positions(clip), walk.contacts, fps=30) < 1.0
    np.testing.assert_allclose(clip.joint_angles[0], walk.clip.joint_angles[0], atol=0.1)


def test_what_is_not_bent_stays(walk):
    np.testing.assert_allclose(
        bent(walk.clip, 0.0, contacts=walk.contacts).joint_positions(), walk.clip.joint_positions(), atol=0.5
    )


def test_a_faster_clip_has_fewer_frames_and_the_same_way(walk):
    fast = paced(walk.clip, 1.5)
    assert fast.fps == pytest.approx(30)
    assert abs(fast.frame_count - 60) <= 1
    assert moved(fast)[0].mean() == pytest.approx(1.5 * moved(walk.clip)[0].mean(), rel=0.03)
    with pytest.raises(ValueError, match="factor must be positive"):
        paced(walk.clip, 0)
