"""The recipes of the creatures' two networks, on a handful of made-up beasts."""

import keras
import numpy as np
import pytest

from animkit.data.beasts import ROUNDS
from animkit.data.sprites import Sprites
from animkit.data.twins.pixel_people import PALETTE
from animkit.recipes import creatures
from animkit.recipes.designers import train_design_vae

SMALL = {"encoder_convolutions": (4, 4, 4), "decoder_convolutions": (4, 4, 4), "units": 4, "hidden": 8, "static_dim": 4}


@pytest.fixture(scope="module")
def beasts():
    """Blocks that bob: two of each of ten kinds to learn from and two for testing; size and colour tell the kind."""
    frames = np.zeros((40, 6, 8, 32, 32), np.uint8)
    kinds = np.repeat(np.arange(10), 4)
    for number, kind in enumerate(kinds):
        for frame in range(8):
            frames[number, :, frame, 28 - 2 * kind - frame % 2 : 31, 4 : 12 + kind] = 3 + kind
        frames[number, ..., 29, 5 : 6 + number % 4] = 20  # which of the four
    attributes = np.stack([kinds, *[np.zeros(40, int)] * 4], axis=1)
    train, test = np.flatnonzero(np.arange(40) % 4 < 2), np.flatnonzero(np.arange(40) % 4 > 1)
    return Sprites(frames, PALETTE, attributes, train, test, "twin", ROUNDS)


@pytest.mark.both_backends
def test_both_networks_are_trained_and_measured(beasts):
    stages = ((1, 3e-3), (1, 1e-3)) if keras.backend.backend() == "tensorflow" else ((1, 3e-3),)  # JAX compiles each
    animator = creatures.train_creatures(beasts, stages=stages, batch_size=60, progress=False, **SMALL)
    designer = train_design_vae(*creatures.design_data(animator, beasts, views=2), epochs=1, progress=False)
    truth = beasts.frames[beasts.test]
    still = creatures.figure_exact(np.broadcast_to(truth[:, :1, :1], truth.shape), truth)
    for metric in creatures.measure_creatures(animator, beasts).values():
        assert metric["standing picture repeated"] == still
        assert 0 <= metric["value"] <= 100
    told = creatures.measure_designs(designer, animator, beasts, each=2)
    assert told["kind_as_asked_percent"]["held-out creatures, by the same judge"] == 100.0
    assert {"value", "unit"} < set(told["diversity_percent"])


def test_a_figure_is_compared_where_there_is_one():
    truth = np.array([[0, 0, 1, 1]])
    assert creatures.figure_exact(np.array([[0, 2, 1, 3]]), truth) == pytest.approx(33.33)
    assert creatures.figure_exact(truth, truth) == 100.0
