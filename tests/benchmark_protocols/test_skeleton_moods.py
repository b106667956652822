"""Moods of skeletons: what the judge sees does not depend on where they stand, and measures by hand."""

import numpy as np
import pytest

from animkit.benchmarks import audience_tables, skeleton_moods
from animkit.data.twins.walkers import walker
from animkit.motion.kinematics import about
from animkit.studio.performance import STYLE
from animkit.studio.skeleton_acting import restyle


@pytest.fixture(scope="module")
def walk():
    return walker(seconds=2.0, seed=0).clip


def test_a_skeleton_is_seen_from_its_hips_wherever_it_stands_and_faces(walk):
    seen = skeleton_moods.seen_from_hips(walk)
    np.testing.assert_allclose(seen[:, 0, [0, 2]], 0, atol=1e-6)
    root, rotations = walk.to_rotmat()
    turn, rotations = about("y", np.array(1.2)), rotations.copy()
    rotations[:, 0] = turn @ rotations[:, 0]
    elsewhere = walk.from_rotmat(root @ turn.T + (300.0, 0.0, -50.0), rotations)
    np.testing.assert_allclose(skeleton_moods.seen_from_hips(elsewhere), seen, atol=1e-4)


def test_who_is_angry_leans_forwards_by_the_measures_too(walk):
    clips = [walk, restyle(walk, STYLE["angry"])]
    plain, angry = skeleton_moods.measures(np.stack([skeleton_moods.seen_from_hips(clip) for clip in clips]))
    assert plain.shape == (12,)
    assert angry[4] > plain[4] + 0.02  # metres


def test_a_run_measures_and_its_table_shows_it(walk, monkeypatch):
    asked = []

    def act_skeleton(model, action, style, seconds, **how):
        asked.append(action)
        return restyle(walker(seconds=2.4, seed=how["seed"] % 5).clip, style)

    monkeypatch.setattr(skeleton_moods, "act_skeleton", act_skeleton)
    monkeypatch.setattr(skeleton_moods.weights, "load", lambda name: None)
    # the training has tests of its own: here nobody learns, and all is taken for the first mood
    trained = []
    monkeypatch.setattr(skeleton_moods, "trained", lambda part, epochs, seed=0: trained.append((epochs, seed, part)))
    monkeypatch.setattr(skeleton_moods, "named", lambda judge, joints: np.zeros(len(joints), int))
    told = skeleton_moods.measure("ci")
    assert len(asked) == sum(told["performances"].values()) == 60
    assert {"idle", "approach", "flee"} == set(asked)
    assert told["of skeletons"]["mean"] == pytest.approx(20)
    *tried, chosen, without_idle, _, _ = trained
    assert [epochs for epochs, *_ in tried] == list(skeleton_moods.EPOCHS)
    assert (chosen[0], without_idle[0]) == (told["epochs"], told["epochs"])
    assert 0 not in without_idle[2].actions  # the places of SPEEDS, in the order in which they are left out
    shown = audience_tables.skeleton_moods({"target": {"least": 80.0}, "ci, skeletons": told})
    assert "ci, skeletons: trained without the action asked for" in shown
    assert "linear on means and spreads" in shown
    assert "missed: 20" in shown
