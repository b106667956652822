"""A skeleton in a mood: rules on a clip by hand; a walker of the twin stands for the generator's."""

import numpy as np
import pytest

from animkit.data.twins.walkers import walker
from animkit.motion.clips import known_joints, skeleton
from animkit.studio import skeleton_acting
from animkit.studio.performance import STYLE, Style
from animkit.studio.skeleton_acting import SPEEDS, act_skeleton, restyle


@pytest.fixture(scope="module")
def walk():
    return walker(seconds=1.0, seed=0).clip


def head(clip):
    names, known = skeleton(clip).names, known_joints(clip)
    places = clip.node_positions()
    return (places[:, names.index(known["Head"])] - places[:, names.index(known["Hips"])]).mean(axis=0)


def test_no_mood_leaves_trunk_and_arms_as_they_are(walk):
    plain = restyle(walk, Style())
    above = [j for j, name in enumerate(skeleton(walk).names) if "Arm" in name or "Spine" in name]
    np.testing.assert_allclose(plain.to_rotmat()[1][:, above], walk.to_rotmat()[1][:, above], atol=1e-4)


def test_who_is_angry_leans_forwards_and_who_is_afraid_backwards(walk):
    plain = head(restyle(walk, Style()))
    far = 0.15 * plain[1]  # the walker goes to +z
    assert head(restyle(walk, Style(lean=0.3)))[2] > plain[2] + far
    assert head(restyle(walk, Style(lean=-0.3)))[2] < plain[2] - far
    assert head(restyle(walk, STYLE["sad"]))[1] < plain[1]


def test_arms_swing_as_far_as_the_style_says(walk):
    def swing(clip):
        names = skeleton(clip).names
        turns = clip.to_rotmat()[1][:, names.index(known_joints(clip)["LeftArm"])]
        return np.arccos(((turns[0].T @ turns).trace(axis1=1, axis2=2).clip(-1, 3) - 1) / 2).max()

    assert swing(restyle(walk, Style(swing=0.5))) == pytest.approx(0.5 * swing(walk), rel=0.05)


def test_a_mood_sets_how_fast_what_the_generator_makes_is_played(walk, monkeypatch):
    asked = []

    def generate(model, seconds, **how):
        asked.append((model, seconds, how))
        return walk

    monkeypatch.setattr(skeleton_acting, "generate", generate)
    acted = act_skeleton("a model", "flee", "happy", 1.0, seed=3)
    tempo = STYLE["happy"].tempo
    assert asked == [("a model", tempo, {"speed": SPEEDS["flee"], "temperature": 0.6, "seed": 3})]
    assert acted.frame_count == pytest.approx(walk.frame_count / tempo, abs=1)
    assert acted.fps == pytest.approx(walk.fps)


def test_an_action_that_the_generator_does_not_know_is_named():
    with pytest.raises(ValueError, match="does not 'dance': the generator knows idle, approach, flee"):
        act_skeleton(None, "dance", "happy", 1.0)
