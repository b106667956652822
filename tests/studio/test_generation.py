import numpy as np
import pytest
from keras import ops
from pybvh import Bvh
from scipy.spatial import cKDTree

from animkit import weights
from animkit.data.twins.walkers import draw_walkers, walker
from animkit.metrics.motion import foot_sliding
from animkit.models import motion_vae
from animkit.motion import guide
from animkit.motion.bvh import load_bvh
from animkit.motion.clips import Take, find_across
from animkit.motion.features import from_features, to_features
from animkit.motion.foot_lock import foot_contacts, foot_positions
from animkit.motion.guide import AHEAD, PATH
from animkit.recipes.generator import train_generator
from animkit.studio.generation import (
    commands,
    describe,
    facing_positions,
    generate,
    generate_more,
    motion_data,
    predict,
    roll,
    speed_and_turn,
    way_ahead,
)


@pytest.fixture(scope="module")
def takes():
    return draw_walkers(clips=8, seconds=2.0)


@pytest.fixture(scope="module")
def model(takes):
    return train_generator(takes, profile="ci", progress=False)


def test_takes_become_features_controls_and_labels(takes):
    data = motion_data(takes)
    assert len(data.sequences) == 2 * len(takes)
    assert data.gaits == ["idle", "jump", "run", "walk"]
    assert data.styles == sorted({take.style for take in takes})
    assert data.feet == ["LeftFoot", "LeftToe", "RightFoot", "RightToe"]
    assert data.fps == 30.0
    for sequence, told in zip(data.sequences, data.controls, strict=True):
        assert sequence.shape == (60, 4 + 6 * 22 + 4)
        assert told.shape == (60, PATH + 4 + len(data.styles))
        assert set(np.unique(sequence[:, -4:])) <= {0.0, 1.0}
    # a take of several gaits is labelled with none of them
    for number, take in enumerate(takes):
        gait = data.controls[2 * number][0, PATH : PATH + 4]
        assert gait.sum() == (take.content != "mixed")


def test_the_ground_is_at_height_zero_wherever_it_was(takes):
    clip = takes[0].clip
    lifted = clip.copy()
    lifted.root_pos = lifted.root_pos + [5.0, 70.0, -3.0]
    plain, moved = (motion_data([takes[0]._replace(clip=one)]).sequences[0] for one in (clip, lifted))
    np.testing.assert_allclose(plain, moved, atol=1e-6)


def test_features_lead_back_to_the_clip(takes):
    clip = takes[0].clip
    rotations, root = clip.to_rotmat()[1], clip.root_pos
    features = describe(rotations, root, foot_contacts(clip), find_across(clip))
    _, start = to_features(rotations, root, across=find_across(clip))
    again, place = from_features(features[:, :-4], start)
    np.testing.assert_allclose(ops.convert_to_numpy(again), rotations, atol=1e-4)
    np.testing.assert_allclose(ops.convert_to_numpy(place), root, atol=1e-2)


@pytest.mark.parametrize(("speed", "turn"), [(130.0, 0.0), (80.0, 0.5), (220.0, -0.3)])
def test_controls_read_from_a_walk_are_its_speed_and_turn(speed, turn):
    walk = walker(speed=speed, turn=turn, seconds=4.0)
    clip = walk.clip
    features = describe(clip.to_rotmat()[1], clip.root_pos, walk.contacts, find_across(clip))
    told = speed_and_turn(features, 30.0, 1.0)[20:-20].mean(axis=0)
    assert told[0] == pytest.approx(speed / 100, rel=0.06)
    assert told[1] == pytest.approx(turn, abs=0.05)


@pytest.mark.parametrize("name", ["cmu_hip_joints", "poser_buttocks", "z_up_ankles", "inches"])
def test_files_of_a_circle_tell_its_speed_and_turn_up_to_their_ends(cases, name):
    """All go 4 cm a frame; one is round in 8 s, the others in 2 s."""
    turn = 2 * np.pi / (8 if name == "cmu_hip_joints" else 2)
    data = motion_data([Take(name, "walk", "", load_bvh(cases / f"{name}.bvh"))])
    assert len(data.controls) == 2  # mirrored too
    for sequence, told, way in zip(data.sequences, data.controls, (1, -1), strict=True):
        speed, turned = speed_and_turn(sequence, data.fps, data.centimetres).T
        np.testing.assert_allclose(speed, 1.2, rtol=0.05)
        np.testing.assert_allclose(turned, way * turn, rtol=0.01)
        np.testing.assert_allclose(told[:, 2:PATH:3], way * turn, rtol=0.01)
    assert all(np.isfinite(sequence).all() for sequence in data.sequences)


def test_the_way_ahead_is_where_a_circle_goes_also_beyond_its_end():
    speed, turn, time = 120.0, 0.8, 90
    features = np.tile([0.0, speed / 30, turn / 30, 90.0], (time, 1))
    features[0, :3] = 0.0
    way = way_ahead(features, 30.0, 1.0).reshape(time, -1, 3)
    for told, seconds in zip(way.swapaxes(0, 1), AHEAD, strict=True):
        angle, radius = turn * seconds, speed / 100 / turn
        place = [radius * (1 - np.cos(angle)), radius * np.sin(angle), angle]
        # in its last frames the smoothing takes a curve for straight
        np.testing.assert_allclose(told[1:-12] * seconds, np.tile(place, (time - 13, 1)), atol=0.02)


def test_the_way_ahead_knows_of_a_change_before_it_comes():
    features = np.zeros((90, 4))
    features[45:, 1] = 4.0
    ahead = way_ahead(features, 30.0, 1.0)[:, 1:PATH:3]
    assert np.abs(ahead[20]).max() < 0.01
    assert ahead[40, 2] > ahead[40, 1] > ahead[40, 0] > 0
    np.testing.assert_allclose(ahead[70], 1.2, rtol=0.01)


def test_generates_a_clip_on_the_model_s_skeleton(model, takes):
    clip = generate(model, 1.5, seed=1)
    assert isinstance(clip, Bvh)
    assert clip.matches_hierarchy(takes[0].clip)
    assert clip.frame_count == 45
    assert clip.frame_time == pytest.approx(1 / 30)
    np.testing.assert_allclose(clip.root_pos[0, ::2], 0.0, atol=1e-4)
    assert np.isfinite(clip.node_positions()).all()


def test_the_same_seed_is_the_same_motion(model):
    one, same, other = (generate(model, 1.0, seed=seed).joint_angles for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).max() > 1e-3


def test_parts_are_one_long_motion(model):
    options = {"speed": 100.0, "gait": "walk", "style": "normal", "turn": 0.3, "seed": 4}
    whole = generate(model, 5.0, **options)
    state, parts = None, []
    for seconds in (1.0, 0.5, 3.5):
        part, state = generate_more(model, seconds, state, **options)
        parts.append(part)
    np.testing.assert_allclose(np.concatenate([part.root_pos for part in parts]), whole.root_pos, atol=0.05)
    places = np.concatenate([part.node_positions() for part in parts])
    np.testing.assert_allclose(places, whole.node_positions(), atol=0.1)


def test_controls_may_change_at_every_frame_and_at_every_part(model):
    ramp = np.linspace(0, 300, 60)
    clip = generate(model, 2.0, speed=ramp, turn=np.sin(ramp), gait={"walk": 0.5, "run": 0.5})
    assert clip.frame_count == 60
    first, state = generate_more(model, 0.5, speed=50.0, gait="idle")
    second, after = generate_more(model, 0.5, state, speed=250.0, gait="run", turn=1.0)
    # the model rounds off speed and turn; a gait gives way to the other smoothly
    assert (state.commands[0], after.commands[0]) == (0.5, 2.5)
    assert state.commands[2 + model.gaits.index("idle")] == 1.0
    assert 0.6 < after.commands[2 + model.gaits.index("run")] < 1.0
    jump = np.linalg.norm(second.root_pos[0] - first.root_pos[-1])
    assert jump < 30


def test_one_minute_stays_finite_and_a_person(model):
    clip = generate(model, 60.0, speed=150.0, turn=0.2, temperature=1.0)
    places = clip.node_positions()
    assert np.isfinite(places).all()
    # no limb farther from the hips than a limb is long, and nobody sinks or flies away
    assert np.linalg.norm(places - places[:, :1], axis=-1).max() < 150
    assert (np.abs(clip.root_pos[:, 1] - 90) < 90).all()


def test_locked_feet_slide_less(model):
    options = {"speed": 120.0, "gait": "walk", "seed": 2}
    free, locked = generate(model, 3.0, **options), generate(model, 3.0, lock=True, **options)
    contacts = foot_contacts(free)
    assert foot_sliding(foot_positions(locked), foot_contacts(locked), fps=30) <= 5
    assert contacts.shape == (90, 4)


def test_a_clip_of_another_rate_is_resampled(takes):
    slow = takes[0]._replace(clip=takes[0].clip.resample(15.0))
    (sequence, _) = motion_data([slow]).sequences
    assert abs(len(sequence) - 60) <= 2


def test_real_motion_is_learned_with_its_mirror_image_whatever_the_rigs_axes(real_data):
    from animkit.motion.bvh import load_bvh

    path = real_data / "bandai_namco" / "dataset-1_walk_normal_001.bvh"
    data = motion_data([Take("walk", "walk", "normal", load_bvh(path))])
    as_it_is, mirrored = data.controls
    assert 0.4 < as_it_is[:, 1].mean() < 2.5
    np.testing.assert_allclose(mirrored[:, :PATH], as_it_is[:, :PATH] * np.tile([-1, 1, -1], len(AHEAD)), atol=0.02)


def test_training_follows_from_its_seed(takes, model):
    again = train_generator(takes, profile="ci", progress=False)
    for one, other in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def other_skeleton(take, factor):
    clip = take.clip.copy()
    for node in clip.nodes[1:]:
        node.offset = node.offset * factor
    return take._replace(name="giant", clip=clip)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda model, takes: motion_data([]), "there are no takes"),
        (lambda model, takes: motion_data([takes[0], other_skeleton(takes[1], 1.5)]), "'giant' has other bone lengths"),
        (lambda model, takes: train_generator([takes[0]._replace(clip=takes[0].clip[:9])]), "bring longer motions"),
        (lambda model, takes: generate(model, 0), "seconds is 0"),
        (lambda model, takes: generate(model, np.nan), "seconds is nan"),
        (lambda model, takes: generate(model, 1, speed=np.inf), "speed is one finite number"),
        (lambda model, takes: generate(model, 1, speed=np.zeros(29)), "one for each of 30 frames"),
        (lambda model, takes: generate(model, 1, turn="left"), "could not convert|turn"),
        (lambda model, takes: generate(model, 1, gait="fly"), "unknown gait fly; there are idle, jump, run, walk"),
        (lambda model, takes: generate(model, 1, style={"normal": -1}), "finite and not negative"),
        (lambda model, takes: generate(model, 1, temperature=-1), "temperature is -1"),
        (lambda model, takes: commands(model, 3, style="odd"), "unknown style odd; there are"),
    ],
)
def test_refuses(call, match, model, takes):
    with pytest.raises(ValueError, match=match):
        call(model, takes)


def test_a_clip_without_legs_is_refused(takes):
    clip = takes[0].clip
    arm = clip.extract_joints([name for name in clip.joint_names if "Leg" not in name and "Foot" not in name])
    with pytest.raises(ValueError, match="foot|toe|leg"):
        motion_data([takes[0]._replace(clip=arm)])


@pytest.fixture(scope="module")
def shipped():
    return weights.load("motion_generator")


def test_prediction_goes_on_where_a_clip_ends(shipped):
    clip = walker(gait="walk", seconds=3.0, speed=120.0, turn=0.2, seed=3).clip
    after = predict(shipped, clip, 1.0)
    assert (after.frame_count, after.fps) == (30, clip.fps)
    step = np.linalg.norm(np.diff(clip.root_pos[-10:], axis=0), axis=1).mean()
    assert np.linalg.norm(after.root_pos[0] - clip.root_pos[-1]) < 2 * step
    # better than standing still where the clip ends
    truth = walker(gait="walk", seconds=4.0, speed=120.0, turn=0.2, seed=3).clip
    ahead = truth.joint_positions()[clip.frame_count :][:15]
    still = np.linalg.norm(ahead - clip.joint_positions()[-1], axis=-1).mean()
    assert np.linalg.norm(ahead - after.joint_positions()[:15], axis=-1).mean() < 0.5 * still


def test_prediction_of_a_character_of_another_size_is_that_size(shipped):
    clip = walker(seconds=2.5, seed=3).clip
    one, other = predict(shipped, clip, 0.5), predict(shipped, clip.scale(0.01), 0.5)
    np.testing.assert_allclose(0.01 * one.root_pos, other.root_pos, atol=2e-3)
    with pytest.raises(ValueError, match="seconds is 0"):
        predict(shipped, clip, 0)


def missed_turn(model):
    """How far motions stay from the turn that they are told, rad/s."""
    turn = np.array([0.8, -0.8, 0.8])
    frames = roll(model, 20.0, speed=[120.0, 120.0, 60.0], turn=turn, seed=1)
    turns = np.array([speed_and_turn(one, model.fps, model.centimetres)[60:-30, 1].mean() for one in frames])
    return np.abs(turns - turn).mean()


def strangeness(model):
    """How far poses after a minute and more are from those that the model has learned from, cm."""
    frames = roll(model, 90.0, speed=[0.0, 60.0, 250.0], seed=1)[:, -300::3].reshape(-1, model.features)
    known = facing_positions(model, ops.convert_to_numpy(model.starts * model.deviation + model.mean))
    made = facing_positions(model, frames).reshape(len(frames), -1)
    return cKDTree(known.reshape(len(known), -1)).query(made)[0].mean()


@pytest.mark.parametrize(
    ("module", "name", "nothing", "measured"),
    [(guide, "LEASH", (0.0, 0.0), missed_turn), (motion_vae, "PULL", 0.0, strangeness)],
)
def test_what_holds_an_endless_motion_does_hold_it(shipped, monkeypatch, module, name, nothing, measured):
    """Tied to its guide it turns less than it is told; without the pull its poses leave those it has learned from."""
    with_it = measured(shipped)
    monkeypatch.setattr(module, name, nothing)
    assert with_it < 0.6 * measured(weights.load("motion_generator"))
