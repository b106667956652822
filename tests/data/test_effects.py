"""Procedural effects: loops that close, one-shots that begin and end empty, and what tells wind, amount and kind."""

import numpy as np
import pytest

from animkit.data.effects import HELD_OUT_WIND, KINDS, STEPS, draw_effect, draw_effects, overlay

EVERY_KIND = pytest.mark.parametrize("kind", KINDS)


def change(a, b):
    return float((a != b).mean())


@EVERY_KIND
def test_a_loop_of_any_length_closes(kind):
    seams, steps = [], []
    for seed, frames in enumerate((8, 11, 16, 23, 32)):
        effect = draw_effect(kind, frames=frames, seed=seed)
        assert (effect.shape, effect.dtype) == ((frames, 32, 32), np.uint8)
        assert effect.max() < STEPS
        assert effect.any()
        seams.append(change(effect[-1], effect[0]))
        steps += [change(a, b) for a, b in zip(effect[:-1], effect[1:], strict=True)]
    assert np.mean(seams) < np.mean(steps) + 2 * np.std(steps) / len(seams) ** 0.5


@EVERY_KIND
@pytest.mark.parametrize("frames", [8, 17])
def test_a_one_shot_begins_and_ends_empty(kind, frames):
    effect = draw_effect(kind, frames=frames, one_shot=True, seed=1)
    inked = effect.any(axis=(1, 2))
    assert not inked[0]
    assert not inked[-1]
    assert inked[2 : frames // 2 + 2].all()


@EVERY_KIND
def test_an_effect_follows_from_its_seed_and_more_of_it_is_more(kind):
    small, large = (draw_effect(kind, amount=amount, seed=2) for amount in (0.5, 1.5))
    assert (large > 0).sum() > 1.3 * (small > 0).sum()
    np.testing.assert_array_equal(draw_effect(kind, seed=2), draw_effect(kind, seed=2))
    assert (draw_effect(kind, seed=2) != draw_effect(kind, seed=3)).any()


def test_wind_bends_smoke_the_way_it_blows():
    columns = [np.nonzero(draw_effect("smoke", wind=wind)[:, :16])[2].mean() for wind in (-0.8, 0.0, 0.8)]
    assert columns[0] + 3 < columns[1] < columns[2] - 3


def test_an_effect_at_64_pixels_is_the_same_finer():
    coarse, fine = (draw_effect("portal", size=size, seed=5) > 0 for size in (32, 64))
    halved = fine.reshape(16, 32, 2, 32, 2).mean(axis=(2, 4)) > 0.5
    assert (halved != coarse).mean() < 0.05


def test_many_effects_say_what_they_are_drawn_from():
    effects = draw_effects(10, frames=8, seed=4)
    assert effects.steps.shape == (10, 8, 32, 32)
    assert [KINDS[kind] for kind in effects.kind] == [*KINDS, *KINDS[:2]]
    assert effects.wind.max() <= HELD_OUT_WIND
    told = {"wind": float(effects.wind[9]), "amount": float(effects.amount[9]), "seed": int(effects.seed[9])}
    np.testing.assert_array_equal(draw_effect(KINDS[1], frames=8, **told), effects.steps[9])
    assert not set(effects.seed) & set(draw_effects(10, kinds=("rain",), frames=8, seed=5).seed)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"kind": "snow"}, "no effect called 'snow'; there are fire,"),
        ({"frames": 1}, "8 to 32 frames; got 1"),
        ({"size": 48}, "32 or 64 pixels wide and high; got 48"),
        ({"wind": 2.0}, "wind goes from -1 to 1 .* got 2.0"),
        ({"amount": float("nan")}, "amount from 0.5 to 1.5; got 0.0 and nan"),
        ({"seed": -1}, "a seed is a whole number from 0 on; got -1"),
    ],
)
def test_what_no_effect_can_be_is_refused(asked, message):
    with pytest.raises(ValueError, match=message):
        draw_effect(**{"kind": "fire", **asked})


def test_no_effects_are_refused():
    with pytest.raises(ValueError, match="ask for one effect or more"):
        draw_effects(0)


def test_an_overlay_goes_from_one_effect_to_the_other():
    first, second = draw_effect("fire", seed=1), draw_effect("smoke", seed=1)
    np.testing.assert_array_equal(overlay(first, second, 1.0), first)
    np.testing.assert_array_equal(overlay(first, second, 0.0), second)
    np.testing.assert_array_equal(overlay(first, second) > 0, (first > 0) | (second > 0))
    full = np.full((4, 4), 1, np.uint8)
    assert [(overlay(full, 2 * full, weight) == 1).sum() for weight in (0.25, 0.5, 0.75)] == [4, 8, 12]
