"""What the judge of effects learns from, and that a little of it teaches it something."""

import numpy as np

from animkit.data.effects import KINDS, draw_effects
from animkit.recipes.effects_judge import Lessons, blends


def test_an_even_blend_shows_both_of_two_kinds():
    effects = draw_effects(16, frames=8, seed=1)
    mixed, partner = blends(effects, np.random.default_rng(0))
    assert (effects.kind[partner] != effects.kind).all()
    np.testing.assert_array_equal(mixed > 0, (effects.steps > 0) | (effects.steps[partner] > 0))


def test_lessons_are_labelled_with_kinds_that_they_show_and_differ_by_epoch():
    effects = draw_effects(16, kinds=("smoke", "portal"), frames=8, seed=1)
    lessons = Lessons(effects, batch_size=16, seed=2)
    clips, told = lessons[0]
    assert clips.shape == (16, 8, 32, 32)
    assert set(told.ravel()) == {KINDS.index("smoke"), KINDS.index("portal")}
    alone = [any((clip == effect).all() for effect in effects.steps) for clip in clips]
    assert 0 < sum(alone) < len(alone)
    np.testing.assert_array_equal(lessons[0][0], clips)
    lessons.on_epoch_begin()
    assert (lessons[0][0] != clips).any()
