"""The generator learns from every rig that people bring."""

import keras
import numpy as np
import pytest

from animkit.data.mocap import CmuMocap, _expmaps
from animkit.data.twins.walkers import draw_walkers
from animkit.models.motion_vae import MotionWindows
from animkit.motion.bvh import load_bvh
from animkit.motion.clips import Take, moved
from animkit.recipes import generator
from animkit.recipes.generator import cmu_takes, generator_for, steered_takes
from animkit.studio.generation import generate, motion_data


def one_step(path, few_steps):
    """A step on two seconds of a file, and a short motion on its skeleton."""
    clip = load_bvh(path)
    data = motion_data([Take(path.stem, "walk", "", clip[: round(2 * clip.fps)])])
    model = generator_for(data, units=8, hidden=8, latent_dim=3)
    model.compile(keras.optimizers.SGD(1e-6), **few_steps)
    windows = MotionWindows(data.sequences, data.controls, kinds=(1, 0), time=4, batch_size=2)
    assert all(map(np.isfinite, model.train_on_batch(*windows[0], return_dict=True).values()))
    made = generate(model, 0.1, gait="walk")
    assert made.joint_names == clip.joint_names
    assert np.isfinite(made.node_positions()).all()


@pytest.mark.parametrize(
    "name",
    ["cmu_bvh/01_01", "cmu_bvh/martial/04", "bandai_namco/dataset-1_walk_proud_001"],
    ids=["cmu", "poser", "bandai"],
)
def test_real_rigs_train_a_step(real_data, few_steps, name):
    one_step(real_data / f"{name}.bvh", few_steps)


@pytest.mark.parametrize("name", ["cmu_hip_joints", "blender_dots"])
def test_rigs_of_known_kinds_train_a_step(cases, few_steps, name):
    one_step(cases / f"{name}.bvh", few_steps)


def test_steered_walkers_change_their_speed_and_turn_often():
    takes = steered_takes(3)
    assert {take.style for take in takes} > {"normal"}
    for take in takes:
        speed, turn = moved(take.clip)
        assert np.ptp(speed) > 60
        assert np.ptp(turn) > 60


def test_recordings_come_onto_the_walkers_skeleton_in_curves_and_at_other_paces(monkeypatch):
    walk = draw_walkers(clips=1, seconds=2.0)[0].clip
    recordings = {"walking": [_expmaps(walk)]}
    monkeypatch.setattr(generator, "load_cmu_mocap", lambda source: CmuMocap(recordings, {}, source))
    takes = cmu_takes(source="real")
    assert len(takes) == 15
    assert {(take.content, take.style) for take in takes} == {("walk", "recorded")}
    assert all(take.clip.joint_names == walk.joint_names for take in takes)
    turns = [moved(take.clip)[1].mean() for take in takes if take.name.endswith("x1")]
    assert np.diff(turns).min() > 15
