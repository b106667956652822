import numpy as np
import pytest

from animkit.data.twins.walkers import walker
from animkit.motion.stretches import clear
from animkit.studio.familiar import keys_to_set, seen_in, unfamiliar


@pytest.fixture(scope="module")
def clip():
    return walker(gait="walk", seconds=4.0, speed=120.0, seed=1).clip


def without(clip, first, last):
    return clear(((0, clip.frame_count - 1),), first, last, clip.frame_count)


def test_what_is_seen_is_told_with_its_range(clip):
    seen = seen_in([clip], (5, 30))
    assert seen["gap"] == [5, 30]
    # as fast as a walker of 120 cm/s is on a leg of 85 cm; its own is 82.5
    assert seen["speed"][1] == pytest.approx(120 * 85 / 82.5, rel=0.1)
    assert seen["arm"] == pytest.approx([53 / 82.5] * 2)
    assert not unfamiliar(seen, clip, without(clip, 40, 69))


def test_longer_faster_and_other_figures_are_told_with_units(clip):
    seen = seen_in([clip], (5, 30))
    assert unfamiliar(seen, clip, without(clip, 40, 70)) == ["a gap of 31 frames at 30 a second (trained on 5 to 30)"]
    fast = clip.copy()
    fast.root_pos = clip.root_pos * np.array([3.0, 1.0, 3.0])
    (told,) = unfamiliar(seen, fast, without(clip, 40, 60))
    assert "cm/s from key to key, on a leg of 85 cm (trained on up to 1" in told
    long_armed = {**seen, "arm": [0.4, 0.5]}
    assert unfamiliar(long_armed, clip, without(clip, 40, 60)) == [
        "arms of 0.64 times the leg (trained on 0.40 to 0.50)"
    ]


def test_frames_count_at_thirty_a_second(clip):
    seen = seen_in([clip], (5, 30))
    slow = clip.copy()
    slow.frame_time = 1 / 15
    assert unfamiliar(seen, slow, without(clip, 40, 56))[0].startswith("a gap of 34 frames")


def test_keys_cut_long_gaps_into_gaps_that_were_seen(clip):
    seen = {"gap": [2, 20]}
    stretches = without(clip, 20, 100)
    keys = keys_to_set(seen, clip, stretches)
    between = np.diff([19, *keys, 101]) - 1
    assert between.max() <= 20
    assert len(keys) == 3
    # where none is too long, the middle of the longest
    assert keys_to_set({"gap": [2, 99]}, clip, stretches) == [60]
    assert keys_to_set({}, clip, without(clip, 20, 21)) == []


def test_of_a_network_that_tells_nothing_nothing_is_said(clip):
    assert unfamiliar({}, clip, without(clip, 20, 100)) == []
