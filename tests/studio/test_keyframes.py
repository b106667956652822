"""Kept frames as text and back, the cubic curve between them, and the numbers of a filled gap."""

import numpy as np
import pytest

from animkit.data.twins.walkers import walker
from animkit.models.in_betweener import InBetweener
from animkit.motion.bvh import load_bvh, save_bvh, skeleton
from animkit.studio.in_betweening import in_between
from animkit.studio.keyframes import (
    clear,
    compare,
    frames_of,
    gaps,
    in_between_anywhere,
    interpolate_smoothly,
    keep,
    measure,
    on_skeleton_of,
    read_stretches,
    tell_stretches,
    usual_jump,
)

FRAMES = 60


@pytest.fixture(scope="module")
def clip():
    return walker(seconds=2.0, seed=3).clip


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", ((0, 0), (59, 59))),
        ("0-59", ((0, 59),)),
        ("40, 5-9; 10 - 12, 7", ((0, 0), (5, 12), (40, 40), (59, 59))),
        ("1", ((0, 1), (59, 59))),
    ],
)
def test_stretches_are_read_and_told(text, kept):
    assert read_stretches(text, FRAMES) == kept
    assert read_stretches(tell_stretches(kept), FRAMES) == kept


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ten", "'ten' is neither a frame nor a range"),
        ("-3", "neither"),
        ("1.5", "neither"),
        ("9-5", "runs backwards: write 5-9"),
        ("50-60", "no frame 60: the clip's last is 59"),
    ],
)
def test_what_is_no_stretch_is_refused(text, message):
    with pytest.raises(ValueError, match=message):
        read_stretches(text, FRAMES)


def test_keys_are_added_and_removed():
    kept = ((0, 0), (59, 59))
    kept = keep(kept, 20, 29, FRAMES)
    assert kept == ((0, 0), (20, 29), (59, 59))
    assert keep(kept, 30, 30, FRAMES) == ((0, 0), (20, 30), (59, 59))
    assert clear(kept, 25, 25, FRAMES) == ((0, 0), (20, 24), (26, 29), (59, 59))
    assert clear(((0, 59),), 0, 59, FRAMES) == ((0, 0), (59, 59))  # the ends stay
    assert gaps(kept) == [(1, 19), (30, 58)]
    assert frames_of(kept).tolist() == [0, *range(20, 30), 59]
    with pytest.raises(ValueError, match="stay keys"):
        clear(kept, 0, 0, FRAMES)
    with pytest.raises(ValueError, match="59 to 60 are not in a clip"):
        keep(kept, 59, 60, FRAMES)


def test_the_cubic_curve_meets_keys_without_a_jump_of_velocity(clip):
    kept = read_stretches("0-19, 30, 40-59", FRAMES)
    keys = frames_of(kept)
    made = interpolate_smoothly(clip, keys)
    np.testing.assert_allclose(made.joint_positions()[keys], clip.joint_positions()[keys], atol=1e-6)
    assert not np.allclose(made.joint_positions()[25], clip.joint_positions()[25], atol=0.1)
    assert measure(clip, made, kept).jump < usual_jump(clip)


def test_the_cubic_curve_refuses_keys_that_cannot_be(clip):
    for keys, message in (([0], "at least two"), ([0, 40, 20, 59], "increasing"), ([3, 59], "must be 0 to 59")):
        with pytest.raises(ValueError, match=message):
            interpolate_smoothly(clip, keys)


def test_numbers_of_a_gap(clip):
    kept = ((0, 19), (40, 59))
    same = measure(clip, clip, kept)
    assert (same.distance, same.l2q) == (0, 0)
    assert same.sliding < 1  # the walkers' feet stand still
    assert same.jump <= usual_jump(clip, percentile=100)
    moved = clip.copy()
    root = moved.root_pos.copy()
    root[20:40, 0] += 5.0
    moved.root_pos = root
    found = measure(clip, moved, kept)
    assert found.distance == pytest.approx(5.0)
    assert found.l2q == pytest.approx(0, abs=1e-6)
    assert found.jump > 100  # 5 cm within one frame at 30 fps
    with pytest.raises(ValueError, match="nothing was filled"):
        measure(clip, clip, ((0, 59),))
    with pytest.raises(ValueError, match="differ in skeleton or length"):
        measure(clip, walker(seconds=1.0).clip, kept)


def test_units_are_centimetres_whatever_the_clip_has(clip):
    kept = ((0, 19), (40, 59))
    in_cm = measure(clip, interpolate_smoothly(clip, frames_of(kept)), kept)
    metres = clip.scale(0.01)
    in_m = measure(metres, interpolate_smoothly(metres, frames_of(kept)), kept)
    np.testing.assert_allclose(in_m[:2], in_cm[:2], rtol=1e-4)
    assert in_m.jump == pytest.approx(in_cm.jump, rel=1e-3)


def test_ways_to_fill_are_compared_gap_by_gap(clip):
    short = walker(seconds=0.9, seed=1).clip
    ways = {"kept": lambda clip, keys: clip, "cubic": interpolate_smoothly}
    found = compare(ways, [clip, short], [5, 20])
    assert list(found) == ["kept", "cubic"]
    assert found["kept"][5].distance == found["kept"][20].l2q == 0
    assert found["cubic"][20].distance > found["cubic"][5].distance > 0
    alone = measure(clip, interpolate_smoothly(clip, frames_of(((0, 19), (40, 59)))), ((0, 19), (40, 59)))
    assert found["cubic"][20] == pytest.approx(alone)  # the other clip is too short for this one
    with pytest.raises(ValueError, match="gap of 50 frames"):
        compare(ways, [clip], [50])


@pytest.fixture(scope="module")
def model(clip):
    """Untrained, it fills gaps straight from key to key."""
    return InBetweener(*skeleton(clip), size=80.0, across=(19.0, 0.0, 0.0), units=8, latent_dim=2)


def renamed(clip, folder, change):
    """The clip with other names of joints."""
    text = save_bvh(folder / "clip.bvh", clip).read_text()
    path = folder / "renamed.bvh"
    path.write_text(change(text))
    return load_bvh(path)


def test_a_clip_on_the_models_skeleton_is_filled_as_it_is(clip, model):
    keys = frames_of(((0, 19), (40, 59)))
    for one, other in zip(
        in_between_anywhere(model, clip, keys, samples=2), in_between(model, clip, keys, samples=2), strict=True
    ):
        np.testing.assert_array_equal(one.joint_angles, other.joint_angles)


def test_another_skeleton_is_filled_on_the_models_and_brought_back(clip, model, tmp_path):
    own = renamed(clip, tmp_path, lambda text: text.replace("Leg\n", "Shin\n").replace("UpShin", "Thigh")).scale(0.01)
    assert "LeftThigh" in own.joint_names
    assert on_skeleton_of(model, clip) is clip
    assert on_skeleton_of(model, own).joint_names == clip.joint_names
    keys = frames_of(((0, 19), (40, 59)))
    expected = in_between(model, clip, keys, samples=2, seed=1)
    for made, on_models in zip(in_between_anywhere(model, own, keys, samples=2, seed=1), expected, strict=True):
        assert made.joint_names == own.joint_names
        np.testing.assert_array_equal(made.joint_angles[keys], own.joint_angles[keys])
        np.testing.assert_array_equal(made.root_pos[keys], own.root_pos[keys])
        np.testing.assert_allclose(made.joint_positions(), on_models.joint_positions() / 100, atol=0.002)


def test_a_skeleton_that_is_no_persons_is_refused_by_name(clip, model, tmp_path):
    odd = renamed(clip, tmp_path, lambda text: text.replace("LeftFoot", "Fin"))
    with pytest.raises(ValueError, match="LeftFoot"):
        in_between_anywhere(model, odd, frames_of(((0, 19), (40, 59))))
