"""Gaps filled by a network: exact keys, no jumps, any rate, size and skeleton; and the numbers of a filled gap."""

import keras
import numpy as np
import pytest

from animkit.data.twins.walkers import walker
from animkit.metrics.motion import velocity_jump
from animkit.models.in_betweener import InBetweener
from animkit.motion.bvh import load_bvh, save_bvh
from animkit.motion.clips import find_across, resample, skeleton
from animkit.motion.interpolation import interpolate_smoothly, interpolate_straight
from animkit.motion.stretches import frames_of
from animkit.studio import in_betweening
from animkit.studio.in_betweening import (
    Remembering,
    compare,
    in_between,
    in_between_anywhere,
    measure,
    on_skeleton_of,
    usual_jump,
)

KEYS = [*range(12), *range(30, 40), 59]
KEPT = ((0, 19), (40, 59))


@pytest.fixture(scope="module")
def clip():
    return walker(seconds=2.0, turn=0.3, seed=3).clip


@pytest.fixture(scope="module")
def model(clip):
    keras.utils.set_random_seed(0)
    made = InBetweener(*skeleton(clip), size=clip.skeleton_size(), across=find_across(clip), units=8, latent_dim=2)
    # other weights than those from which it merely interpolates
    made.write.kernel.assign(np.random.default_rng(0).normal(0, 0.02, made.write.kernel.shape))
    return made


@pytest.fixture(scope="module")
def filled(model, clip):
    """The middle of all ways, and one that is drawn."""
    return in_between(model, clip, KEYS, samples=2, seed=7)


def test_keys_are_met_exactly_at_any_frame_rate(model, clip):
    for fps in (30, 60, 24):
        whole = resample(clip, fps)
        keys = [*range(6), whole.frame_count // 2, whole.frame_count - 1]
        made = in_between(model, whole, keys, samples=2, seed=1)
        for one in made:
            assert one.frame_time == whole.frame_time
            np.testing.assert_array_equal(one.joint_angles[keys], whole.joint_angles[keys])
            np.testing.assert_array_equal(one.root_pos[keys], whole.root_pos[keys])
        straight = interpolate_straight(whole, keys)
        between = np.setdiff1d(np.arange(whole.frame_count), keys)
        assert np.abs(made[0].root_pos - straight.root_pos)[between].max() > 0.01
        assert np.abs(made[0].joint_positions() - made[1].joint_positions()).max() > 1e-3


def test_a_gap_that_a_change_does_not_touch_is_not_filled_again(model, clip, monkeypatch):
    asked, between = [], InBetweener.between
    monkeypatch.setattr(InBetweener, "between", lambda *args, **z: asked.append(args[4]) or between(*args, **z))
    remembering = Remembering(model)
    keys = [*range(20), 30, *range(40, 60)]
    made = in_between(remembering, clip, keys)[0]
    assert len(asked) == 2
    again = in_between(remembering, clip, keys)[0]
    assert len(asked) == 2
    np.testing.assert_array_equal(made.joint_angles, again.joint_angles)
    np.testing.assert_array_equal(made.joint_angles, in_between(model, clip, keys)[0].joint_angles)
    in_between(remembering, clip, [*range(20), 30, 36, *range(40, 60)])
    assert len(asked) == 2 + 2 + 2  # the model's own two, then those beside the new key

    small = Remembering(model, most=1)
    in_between(small, clip, keys)
    assert len(small._known) == 1


def test_velocity_does_not_jump_at_the_keys(model, clip, filled, monkeypatch):
    joins = [11, 30]
    smooth = velocity_jump(filled[0].joint_positions(), joins, fps=30)
    monkeypatch.setattr(in_betweening, "EASE", 0.0)
    raw = velocity_jump(in_between(model, clip, KEYS)[0].joint_positions(), joins, fps=30)
    assert (smooth < raw).all()
    assert smooth.mean() < 0.5 * raw.mean()


def test_before_the_first_key_it_was_on_its_way(model, clip):
    filled = in_between(model, clip, [0, 29, 59])[0]
    speed = np.linalg.norm(np.diff(filled.root_pos[:5], axis=0), axis=1).mean()
    even = np.linalg.norm(filled.root_pos[29] - filled.root_pos[0]) / 29
    assert 0.5 * even < speed < 1.5 * even  # from rest it starts at .4 of that


def test_a_lone_key_is_passed_at_one_velocity(model, clip, monkeypatch):
    keys = [*range(12), 25, *range(40, 60)]
    smooth = velocity_jump(in_between(model, clip, keys)[0].joint_positions(), [25], fps=30)
    monkeypatch.setattr(in_betweening, "EASE", 0.0)
    raw = velocity_jump(in_between(model, clip, keys)[0].joint_positions(), [25], fps=30)
    assert smooth < 0.5 * raw


def test_what_is_in_a_gap_is_not_read(model, clip, filled):
    emptied = clip.copy()
    angles = emptied.joint_angles.copy()
    angles[np.setdiff1d(np.arange(60), KEYS)] = 0.0
    emptied.joint_angles = angles
    other = in_between(model, emptied, KEYS, samples=2, seed=7)[0]
    np.testing.assert_allclose(filled[0].joint_positions(), other.joint_positions(), atol=1e-6)


def test_a_character_of_another_size_moves_alike(model, clip, filled):
    other = in_between(model, clip.scale(0.01), KEYS, samples=2, seed=7)[0]
    np.testing.assert_allclose(0.01 * filled[0].joint_positions(), other.joint_positions(), atol=1e-4)


def test_samples_come_from_the_seed_and_the_first_is_the_middle(model, clip, filled):
    first, drawn = filled
    again = in_between(model, clip, KEYS, samples=2, seed=7)[1]
    other = in_between(model, clip, KEYS, samples=2, seed=8)
    np.testing.assert_array_equal(drawn.joint_angles, again.joint_angles)
    np.testing.assert_allclose(first.joint_angles, other[0].joint_angles, atol=1e-6)
    assert np.abs(drawn.joint_angles - other[1].joint_angles).max() > 1e-4


def test_samples_must_be_one_or_more(model, clip):
    with pytest.raises(ValueError, match="at least 1, got 0"):
        in_between(model, clip, KEYS, samples=0)


# clips on other skeletons


def test_another_skeleton_is_told_by_its_joints(model, real_data):
    from animkit.data.mocap import load_bandai_namco

    take = load_bandai_namco(contents=("run",), styles=("normal",))[0][0]
    with pytest.raises(ValueError, match="it lacks LeftUpLeg.*it has Chest.*retarget"):
        in_between(model, take.clip, [0, take.clip.frame_count - 1])


def test_other_proportions_are_told(model):
    clip = walker(seconds=1).clip
    clip.nodes[clip.node_index["LeftLeg"]].offset = np.array([0.0, -10.0, 0.0])
    with pytest.raises(ValueError, match="the bone to LeftLeg is .* of the longest bone away"):
        in_between(model, clip, [0, clip.frame_count - 1])


def renamed(clip, folder, change):
    """The clip with other names of joints."""
    text = save_bvh(folder / "clip.bvh", clip).read_text()
    path = folder / "renamed.bvh"
    path.write_text(change(text))
    return load_bvh(path)


def test_a_clip_on_the_models_skeleton_is_filled_as_it_is(clip, model, filled):
    for one, other in zip(in_between_anywhere(model, clip, KEYS, samples=2, seed=7), filled, strict=True):
        np.testing.assert_array_equal(one.joint_angles, other.joint_angles)


def test_another_skeleton_is_filled_on_the_models_and_brought_back(clip, model, filled, tmp_path):
    own = renamed(clip, tmp_path, lambda text: text.replace("Leg\n", "Shin\n").replace("UpShin", "Thigh")).scale(0.01)
    assert "LeftThigh" in own.joint_names
    assert on_skeleton_of(model, clip) is clip
    assert on_skeleton_of(model, own).joint_names == clip.joint_names
    for made, on_models in zip(in_between_anywhere(model, own, KEYS, samples=2, seed=7), filled, strict=True):
        assert made.joint_names == own.joint_names
        np.testing.assert_array_equal(made.joint_angles[KEYS], own.joint_angles[KEYS])
        np.testing.assert_array_equal(made.root_pos[KEYS], own.root_pos[KEYS])
        np.testing.assert_allclose(made.joint_positions(), on_models.joint_positions() / 100, atol=0.002)


def test_a_skeleton_that_is_no_persons_is_refused_by_name(clip, model, tmp_path):
    odd = renamed(clip, tmp_path, lambda text: text.replace("LeftFoot", "Fin"))
    with pytest.raises(ValueError, match="LeftFoot"):
        in_between_anywhere(model, odd, KEYS)


# how well a gap was filled


@pytest.fixture(scope="module")
def cubic(clip):
    return interpolate_smoothly(clip, frames_of(KEPT))


def test_numbers_of_a_gap(clip):
    same = measure(clip, clip, KEPT)
    assert (same.distance, same.l2q) == (0, 0)
    assert same.sliding < 1  # the walkers' feet stand still
    assert same.jump <= usual_jump(clip, percentile=100)
    moved = clip.copy()
    root = moved.root_pos.copy()
    root[20:40, 0] += 5.0
    moved.root_pos = root
    found = measure(clip, moved, KEPT)
    assert found.distance == pytest.approx(5.0)
    assert found.l2q == pytest.approx(0, abs=1e-6)
    assert found.jump > 100  # 5 cm within one frame at 30 fps
    with pytest.raises(ValueError, match="nothing was filled"):
        measure(clip, clip, ((0, 59),))
    with pytest.raises(ValueError, match="differ in skeleton or length"):
        measure(clip, walker(seconds=1.0).clip, KEPT)


def test_the_cubic_curves_joins_are_as_smooth_as_the_clip(clip, cubic):
    assert measure(clip, cubic, KEPT).jump < usual_jump(clip)


def test_units_are_centimetres_whatever_the_clip_has(clip, cubic):
    in_cm = measure(clip, cubic, KEPT)
    metres = clip.scale(0.01)
    in_m = measure(metres, interpolate_smoothly(metres, frames_of(KEPT)), KEPT)
    np.testing.assert_allclose(in_m[:2], in_cm[:2], rtol=1e-4)
    assert in_m.jump == pytest.approx(in_cm.jump, rel=1e-3)


def test_ways_to_fill_are_compared_gap_by_gap(clip, cubic):
    short = walker(seconds=0.9, seed=1).clip
    ways = {"kept": lambda clip, keys: clip, "cubic": interpolate_smoothly}
    found = compare(ways, [clip, short], [5, 20])
    assert list(found) == ["kept", "cubic"]
    assert found["kept"][5].distance == found["kept"][20].l2q == 0
    assert found["cubic"][20].distance > found["cubic"][5].distance > 0
    # the other clip is too short for this one
    assert found["cubic"][20] == pytest.approx(measure(clip, cubic, KEPT))
    with pytest.raises(ValueError, match="gap of 50 frames"):
        compare(ways, [clip], [50])
