"""The effect network: conditions as it reads them, windows around a loop, loops that close, and what it refuses."""

import keras
import numpy as np
import pytest

from animkit import weights
from animkit.data.effects import KINDS, STEPS
from animkit.models.effects import CLOSED, EffectVAE, EffectWindows, told

FIRE, SMOKE = np.eye(len(KINDS))[:2]


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    return EffectVAE(image_size=8, noise_dim=1, style_dim=2, units=4, channels=4)


def test_what_it_is_told_by_hand():
    given = told([FIRE, SMOKE], [8, 16], [0.5, 0], [1.5, 1], [False, True])
    assert given.shape == (32, 2, 20)
    half = 0.5**0.5  # an eighth of a turn, by cosine and sine, then a quarter
    np.testing.assert_allclose(given[1, 0], [half, half, 0, 1, *[0] * 4, *FIRE, 1, 0.5, 0.5, 0], atol=1e-6)
    np.testing.assert_allclose(given[4, 1], [*[0] * 4, 0, 1, -1, 0, *SMOKE, 0.5, 0, 0, 1], atol=1e-6)


@pytest.mark.both_backends
@pytest.mark.parametrize("frames", [8, 13])
def test_a_loop_of_any_length_closes_and_its_seed_alone_decides_it(model, frames):
    both, gaps = model.orbit([FIRE, SMOKE], frames=frames, wind=0.5, amount=1.0, one_shot=False, temperature=1, seed=3)
    assert gaps[-1] < CLOSED <= gaps[-2]
    assert both.shape == (2, frames, 8, 8)
    assert both.dtype == np.uint8
    assert both.max() < STEPS
    alone = model.generate([FIRE], frames=frames, wind=[0.5], seed=3)
    np.testing.assert_array_equal(alone[0], both[0])  # whatever stands beside it
    assert (model.generate([FIRE], frames=frames, wind=0.5, seed=4) != alone).any()


def test_a_one_shot_begins_and_ends_with_nothing(model):
    shot = model.generate([FIRE], one_shot=True)
    assert not shot[:, [0, -1]].any()


def test_without_noise_there_is_one_effect(model):
    one, other = (model.generate([SMOKE], temperature=0, seed=seed) for seed in (1, 2))
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"kinds": [[1.0, 0.0]]}, r"weights of fire.*\(1, 2\)"),
        ({"kinds": [FIRE / 2]}, r"sum to 1; they sum to \[0.5\]"),
        ({"kinds": [2 * FIRE - SMOKE]}, "0 or more"),
        ({"frames": 7}, "8 to 32 frames; got 7"),
        ({"frames": 33}, "8 to 32 frames; got 33"),
        ({"frames": 8.5}, "8 to 32 frames; got 8.5"),
        ({"wind": 1.1}, "wind lies from -1 to 1"),
        ({"wind": [0.0, 0.0]}, "one for each of 1"),
        ({"amount": np.nan}, "amount lies from 0.5 to 1.5"),
        ({"temperature": -1.0}, "temperature is -1.0"),
    ],
)
def test_bad_conditions_are_named(model, bad, said):
    with pytest.raises(ValueError, match=said):
        model.generate(**{"kinds": [FIRE], **bad})


def test_sizes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="multiple of 4; got 2, 16, 24, 32, 4, 30"):
        EffectVAE(image_size=30)


def test_windows_go_around_a_loop_and_blends_show_both_kinds():
    # every pixel is the frame's number, the kind's in the first row
    loops = np.broadcast_to(np.arange(8, dtype="uint8")[None, :, None, None] % STEPS, (8, 8, 4, 4)).copy()
    loops[:, :, 0] = np.arange(8)[:, None, None]
    data = EffectWindows([loops], [0.5], [1.0], [False], windows=64, time=10, batch_size=64, blends=0.5)
    ((batch,),) = [data[0]]
    steps, given = batch["steps"], batch["told"]
    assert steps.shape == (64, 12, 4, 4)
    np.testing.assert_array_equal(np.diff(steps[:, :, 1, 0].astype(int), axis=1) % 8, 1)
    phase = np.arctan2(given[..., 1], given[..., 0]) / (2 * np.pi)
    np.testing.assert_allclose(np.round(8 * phase) % 8, steps[:, 1:-1, 1, 0])
    weights = given[:, 0, 8:16]
    np.testing.assert_array_equal(weights.sum(axis=1), 1)
    assert 10 < (weights.max(axis=1) == 0.5).sum() < 50
    brighter = [np.flatnonzero(row).max() for row in weights]  # the brighter of both lies on top
    np.testing.assert_array_equal(steps[:, 0, 0, 0], brighter)
    np.testing.assert_array_equal(data[0][0]["steps"], steps)
    data.on_epoch_begin()
    assert (data[0][0]["steps"] != steps).any()


def test_windows_need_the_conditions_of_every_group():
    with pytest.raises(ValueError, match="needs its wind"):
        EffectWindows([np.zeros((8, 8, 4, 4), "uint8")], [], [1.0], [False])


def test_the_network_that_ships_closes_its_loops_and_leaves_nothing_of_a_one_shot():
    shipped = weights.load("effects")
    given = {"wind": 0.0, "amount": 1.0, "temperature": 1.0, "seed": 0}
    loops, gaps = shipped.orbit(np.eye(len(KINDS)), frames=16, one_shot=False, **given)
    assert gaps[-1] < CLOSED
    assert (loops > 0).mean(axis=(1, 2, 3)).min() > 0.005  # something is to be seen of each kind
    shots, _ = shipped.orbit(np.eye(len(KINDS)), frames=16, one_shot=True, **given)
    assert (shots[:, 1:-1] > 0).any(axis=(1, 2, 3)).all()


@pytest.mark.both_backends
def test_it_learns_after_training_what_there_is_of_each_kind():
    keras.utils.set_random_seed(0)
    model = EffectVAE(image_size=8, noise_dim=1, style_dim=2, units=4, channels=4)
    # of each kind one colour: w is the same, but for its noise
    loops = np.broadcast_to(np.arange(8, dtype="uint8")[:, None, None, None], (8, 8, 8, 8))
    given = {"windows": 64, "batch_size": 8, "blends": 0.0}
    model.adapt(EffectWindows([loops], [0.0], [1.0], [False], **given, kinds=range(7)))
    mean, spread, average = (np.asarray(one) for one in (model.style_mean, model.style_spread, model.noise_mean))
    assert len(np.unique(mean[:7, 0])) == 7
    assert (np.diagonal(spread, axis1=1, axis2=2) > 0).all()
    assert (np.abs(average[:7]).sum(axis=(1, 2, 3, 4)) > 0).all()
    assert not mean[7].any()  # left out
    assert not average[7].any()
    with pytest.raises(ValueError, match="w has 2 numbers"):
        model.adapt(EffectWindows([loops], [0.0], [1.0], [False], **{**given, "windows": 8}))
    again = model.redraw(loops[:2], np.eye(8)[:2], wind=0.0, amount=1.0, seed=1)
    assert again.shape == (2, 8, 8, 8)
    assert again.max() < STEPS
