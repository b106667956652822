"""The figure of sticks: limbs of one length, feet on one floor."""

import numpy as np

from widgets.parts.sticks import STICKS, leaner, walker


def test_the_figures_of_sticks_keep_their_limbs_and_stand_on_one_floor():
    angle = np.linspace(-1.0, 1.0, 9)
    for body in (walker(angle), leaner(angle)):
        assert body.shape == (9, len(STICKS), 2)
        bones = [(i, parent) for i, parent in enumerate(STICKS) if parent >= 0]
        for child, parent in bones:
            lengths = np.linalg.norm(body[:, child] - body[:, parent], axis=-1)
            np.testing.assert_allclose(lengths, lengths[0], rtol=1e-5)
        assert not body[:, -2:, 1].any()
