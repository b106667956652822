"""The loop condition: one orbit, whatever the start, and a gap that shrinks by a^N."""

import numpy as np
import pytest

from animkit.theory import loops


def test_two_frames_by_hand():
    # h_1 = h_0 / 2 + 1, h_2 = h_1 / 2 + 4: from 0 over 1 to 4.5; the loop goes 6, 4, 6
    np.testing.assert_allclose(loops.run(0.5, [1, 4], 0, 1), [0, 1, 4.5])
    assert loops.after_a_round(0.5, [1, 4]) == (0.25, 4.5)
    np.testing.assert_allclose(loops.closed_orbit(0.5, [1, 4]), [6, 4, 6])
    np.testing.assert_allclose(loops.gaps(0.5, [1, 4], 0, 3), [4.5, 4.5 / 4, 4.5 / 16])


@pytest.mark.parametrize("frames", [1, 8, 32])
@pytest.mark.parametrize("start", [-5.0, 0.3])
def test_every_start_runs_into_the_one_closed_orbit(frames, start):
    drive = loops.periodic_drive(frames, seed=3)
    orbit = loops.closed_orbit(0.8, drive)
    assert orbit[-1] == pytest.approx(orbit[0])
    np.testing.assert_allclose(loops.run(0.8, drive, start, 200)[-frames - 1 :], orbit, atol=1e-12)


@pytest.mark.parametrize(("a", "ratio"), [(0.9, 0.9**16), (1.0, 1.0), (-0.9, 0.9**16), (1.02, 1.02**16)])
def test_the_gap_is_multiplied_by_the_same_number_every_round(a, ratio):
    gaps = loops.gaps(a, loops.periodic_drive(16), 2.0, 5)
    np.testing.assert_allclose(gaps[1:] / gaps[:-1], ratio, rtol=1e-8)


@pytest.mark.parametrize("a", [0.0, 0.5, -0.9, 0.99, 1.0, 1.1])
def test_rounds_until_by_counting(a):
    gaps = loops.gaps(a, loops.periodic_drive(16), 2.0, 60)
    below = np.flatnonzero(gaps < 1e-3 * gaps[0])
    assert loops.rounds_until(1e-3, a, 16) == (below[0] if len(below) else np.inf)


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="never forgotten"):
        loops.closed_orbit(1.0, [1.0, 2.0])
    with pytest.raises(ValueError, match="0 rounds"):
        loops.run(0.5, [1.0], 0.0, 0)
    with pytest.raises(ValueError, match="at least one frame"):
        loops.periodic_drive(0)
    with pytest.raises(ValueError, match="between 0 and 1"):
        loops.rounds_until(1.0, 0.5, 8)
    with pytest.raises(ValueError, match="drive must be finite"):
        loops.run(0.5, [np.nan], 0.0, 1)
