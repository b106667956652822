"""What may become of a ball on an edge: as likely to each side as the frames leave it."""

import numpy as np

from animkit.data.objects import FPS, draw_bodies
from animkit.theory.fits import ARM
from animkit.theory.forks import edge_futures


def test_sides_are_as_likely_as_they_come_true():
    bodies = draw_bodies("edge", 300, frames=58, seed=5)
    seen = np.concatenate([bodies.positions, bodies.angles[..., None]], axis=-1)[:, :10].astype(float)
    seen += 0.002 * np.random.default_rng(0).normal(size=seen.shape) / [1, 1, ARM]
    right, futures = edge_futures(seen, np.array([2.4]), FPS, noise=0.002, samples=20, draws=4000)
    fell = bodies.hidden["lean"] > 0
    assert futures.shape == (300, 20, 1, 2)
    np.testing.assert_allclose(
        (futures[:, :, 0, 0] > seen[:, :, 0].mean(axis=1)[:, None]).mean(axis=1), right, atol=0.4
    )
    open_ones = (right > 0.1) & (right < 0.9)
    assert 0.1 < open_ones.mean() < 0.9
    for low, high in ((0, 0.3), (0.3, 0.7), (0.7, 1.01)):
        some = (right >= low) & (right < high)
        assert abs(fell[some].mean() - right[some].mean()) < 0.12
