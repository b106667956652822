"""Motion against its peers: reading BVH, forward kinematics, generation and in-betweening."""

import keras
import numpy as np
from pybvh import read_bvh_file

from animkit import weights
from animkit.data.twins.walkers import walker
from animkit.motion.bvh import load_bvh
from animkit.motion.clips import skeleton
from animkit.motion.features import forward_kinematics
from animkit.studio.generation import generate
from animkit.studio.in_betweening import in_between
from animkit.training import compiled


def test_reading_takes_as_long_as_pybvh(ratio, real_data):
    path = real_data / "cmu_bvh" / "01_01.bvh"
    assert ratio(lambda: load_bvh(path), lambda: read_bvh_file(path)) < 1.1


def test_forward_kinematics_of_ten_thousand_frames_beats_pybvh(ratio, real_data):
    """31 joints; the peer is pybvh's NumPy."""
    clip = load_bvh(real_data / "cmu_bvh" / "martial" / "03.bvh")
    root, rotations = clip.to_rotmat()
    frames = np.arange(10_000) % len(root)
    root, rotations = root[frames].astype("float32"), rotations[frames].astype("float32")
    long = clip.from_rotmat(root, rotations)
    _, parents, offsets = skeleton(clip)
    holder = keras.layers.Dense(1)
    holder.build((None, 1))
    place = compiled(holder, lambda turned, at: forward_kinematics(turned, at, parents=parents, offsets=offsets)[0])

    def by_pybvh():
        # a motion that was set anew: pybvh keeps the positions of one that was not
        long.root_pos = root
        return long.joint_positions()

    assert ratio(lambda: keras.ops.convert_to_numpy(place(rotations, root)), by_pybvh) < 0.5


def test_generation_takes_a_hundredth_of_the_time_it_plays(ratio):
    """The peer is the clock: a hundredth of a minute. To begin costs as much as five seconds of motion."""
    import time

    seconds = 60.0
    model = weights.load("motion_generator")
    assert ratio(lambda: generate(model, seconds, seed=0), lambda: time.sleep(seconds / 100)) < 1.0


def test_filling_thirty_frames_takes_no_longer_than_fifty_milliseconds(ratio):
    import time

    model = weights.load("motion_in_between")
    clip = walker(seconds=2.0).clip
    keys = [*range(10), *range(40, clip.frame_count)]
    assert ratio(lambda: in_between(model, clip, keys), lambda: time.sleep(0.05)) < 1.0
