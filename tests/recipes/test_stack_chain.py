"""What the networks of a stack and of a chain are measured against."""

import numpy as np

from animkit.recipes.billiard import MOMENTS, SEEN
from animkit.recipes.stack_chain import STARTS, bodies_foreseen, happened, nearest_run

FRAMES = max(MOMENTS.values())


class Still:
    """Stands in for a network."""

    def carry_on(self, paths, *, frames):
        return np.repeat(np.asarray(paths)[:, -1:], frames, axis=1)


def test_the_nearest_run_of_one_that_was_seen_is_itself(needs):
    needs("pymunk")
    runs = happened("chain", 3, frames=SEEN + 4, seed=2)
    np.testing.assert_array_equal(nearest_run(runs)(runs[[2], :SEEN]), runs[[2], SEEN:, :, :2])


def test_links_keep_their_length_and_baselines_stand_beside(needs):
    needs("pymunk")
    chain = happened("chain", 2, frames=STARTS["chain"][0] + SEEN, seed=3)[:, STARTS["chain"][0] :, :, :2]
    np.testing.assert_allclose(np.linalg.norm(np.diff(chain, axis=2), axis=-1), 0.25, atol=0.01)
    off = bodies_foreseen({"still": Still()}, "stack", 2, learned=4)
    assert all(one.shape == (2, FRAMES) for one in off.values())
    np.testing.assert_array_equal(off["still"], off["standing still"])
    assert off["standing still"][:, 23].max() > 0.1  # the ball, at least, is elsewhere
