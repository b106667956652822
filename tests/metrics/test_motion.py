import itertools
import math

import numpy as np
import pytest

from animkit.metrics.motion import (
    diversity,
    error_share,
    foot_sliding,
    jump_ratio,
    l2p,
    l2q,
    mpjpe,
    npss,
    position_statistics,
    velocity_jump,
)

ONES = {"mean": np.zeros((3, 3)), "std": np.ones((3, 3))}


def positions(seed, shape=(4, 7, 3, 3)):
    return np.random.default_rng(seed).normal(size=shape)


def quaternions(seed, windows=4, frames=9, joints=3):
    """Smooth turns, so that neighbours are less than half a turn apart."""
    rng = np.random.default_rng(seed)
    walk = rng.normal(size=(windows, 1, joints, 4)) + 0.2 * rng.normal(size=(windows, frames, joints, 4)).cumsum(axis=1)
    return walk / np.linalg.norm(walk, axis=-1, keepdims=True)


def flips(seed, q):
    return q * np.random.default_rng(seed).choice([-1.0, 1.0], size=(*q.shape[:-1], 1))


def test_mpjpe_by_hand():
    y, y_hat = np.zeros((2, 2, 2, 3)), np.zeros((2, 2, 2, 3))
    y_hat[0, 0, 0] = 3, 4, 0  # 5 away, one of two joints of one of two windows
    y_hat[:, 1, :, 2] = -2
    assert mpjpe(y, y_hat).tolist() == [5 / 4, 2.0]


def test_l2p_by_hand():
    y, y_hat = np.zeros((1, 2, 2, 3)), np.zeros((1, 2, 2, 3))
    y_hat[0, 0, 0, 0], y_hat[0, 0, 1, 2] = 6, 12  # 6 / 2 = 3 and 12 / 3 = 4 standard deviations: 5 together
    std = np.array([[2.0, 1, 1], [1, 1, 3]])
    assert l2p(y, y_hat, mean=np.full((2, 3), 7.0), std=std) == pytest.approx(5 / 2)


def test_l2q_by_hand():
    quarter = [math.cos(math.pi / 4), math.sin(math.pi / 4), 0, 0]
    q = np.tile([1.0, 0, 0, 0], (1, 2, 2, 1))
    q_hat = q.copy()
    q_hat[0, 1, :] = quarter
    one = math.sqrt((1 - quarter[0]) ** 2 + quarter[1] ** 2)
    assert l2q(q, q_hat) == pytest.approx(math.sqrt(2) * one / 2)


def test_l2q_tells_a_whole_turn_from_none():
    # one turn about x over the gap: at its end the rotations are equal again but the quaternions are opposite
    half = np.linspace(0, math.pi, 20)
    q = np.stack([np.cos(half), np.sin(half), 0 * half, 0 * half], axis=-1)[None, :, None]
    still = np.tile([1.0, 0, 0, 0], (1, 20, 1, 1))
    assert l2q(q, still) == pytest.approx(np.mean(2 * np.sin(half / 2)))
    assert l2q(flips(1, q), flips(2, still)) == pytest.approx(l2q(q, still))


def npss_by_loops(q, q_hat):
    """The definition, a number at a time, with the Fourier sum written out."""
    windows, frames, joints, _ = q.shape
    total = weighted = 0.0
    for n, j, c in itertools.product(range(windows), range(joints), range(4)):
        spectra = []
        for values in (q[n, :, j, c], q_hat[n, :, j, c]):
            real = [
                sum(values[t] * math.cos(2 * math.pi * f * t / frames) for t in range(frames)) for f in range(frames)
            ]
            spectra.append([value**2 for value in real])
        power = sum(spectra[0])
        up, distance = 0.0, 0.0
        for one, other in zip(*spectra, strict=True):
            up += one / power - other / sum(spectra[1])
            distance += abs(up)
        total, weighted = total + power, weighted + power * distance
    return weighted / total


def test_npss_is_its_definition():
    q, q_hat = quaternions(3), quaternions(4)
    assert npss(q, q_hat) == pytest.approx(npss_by_loops(q, q_hat))


def test_npss_by_hand():
    # four frames; w is constant (all power at frequency 0), x alternates (all power at frequency 2)
    real = np.array([[1.0, 1, 0, 0], [1, -1, 0, 0], [1, 1, 0, 0], [1, -1, 0, 0]])[None, :, None] / math.sqrt(2)
    still = np.tile([1.0, 1, 0, 0], (1, 4, 1, 1)) / math.sqrt(2)
    # w agrees; x's power moves two places; both have the same power; y and z have none and count nothing
    assert npss(real, still) == pytest.approx(1.0)


def test_equal_motions_have_no_error():
    y, q = positions(0), quaternions(0)
    assert mpjpe(y, y).tolist() == [0.0] * 7
    assert l2p(y, y, **ONES) == 0
    assert l2q(q, flips(1, q)) == pytest.approx(0, abs=1e-12)
    assert npss(q, flips(2, q)) == pytest.approx(0, abs=1e-12)


def test_errors_are_symmetric_where_they_should_be():
    y, y_hat, q, q_hat = positions(0), positions(1), quaternions(0), quaternions(1)
    assert mpjpe(y, y_hat).tolist() == mpjpe(y_hat, y).tolist()
    assert l2p(y, y_hat, **ONES) == l2p(y_hat, y, **ONES)
    assert l2q(q, q_hat) == pytest.approx(l2q(q_hat, q))
    assert npss(q, q_hat) != pytest.approx(npss(q_hat, q))  # weighted by the power of the real one


def test_the_sign_of_quaternions_makes_no_difference():
    q, q_hat = quaternions(5), quaternions(6)
    assert l2q(flips(7, q), flips(8, q_hat)) == pytest.approx(l2q(q, q_hat))
    assert npss(flips(7, q), flips(8, q_hat)) == pytest.approx(npss(q, q_hat))


@pytest.mark.parametrize("seed", range(5))
def test_bounds(seed):
    q, q_hat = quaternions(seed, joints=5), quaternions(seed + 50, joints=5)
    assert 0 < l2q(q, q_hat) <= 2 * math.sqrt(5)
    assert 0 < npss(q, q_hat) <= 8


def test_scale_and_shift_of_l2p():
    y, y_hat = positions(0), positions(1)
    mean, std = position_statistics(positions(2))
    moved = l2p(10 * y + 3, 10 * y_hat + 3, mean=10 * mean + 3, std=10 * std)
    assert moved == pytest.approx(l2p(y, y_hat, mean=mean, std=std))


def test_statistics_are_those_of_all_windows_whole_or_in_parts():
    y = positions(0, (11, 5, 3, 3)) + 1e4
    for given in (y, [y[:2], y[2:3], y[3:]], iter([y[:10], y[10:]])):
        mean, std = position_statistics(given)
        np.testing.assert_allclose(mean, y.mean(axis=(0, 1)), rtol=1e-12)
        np.testing.assert_allclose(std, y.std(axis=(0, 1)), rtol=1e-6)


def test_sliding_by_hand():
    feet = np.zeros((4, 2, 3))
    feet[:, 0, 0] = [0, 3, 6, 60]  # x, in metres / 100
    feet[:, 0, 2] = [0, 4, 8, 80]
    feet[:, 0, 1] = [0, 9, 0, 9]  # height is no sliding
    contacts = np.array([[1, 1], [1, 1], [1, 0], [0, 1]])
    # steps in contact: 5, 5 and 0 units; at 30 fps 10/3 * 30 units a second
    assert foot_sliding(feet, contacts, fps=30) == pytest.approx(100.0)
    assert foot_sliding(feet / 100, contacts, fps=30, centimetres=100) == pytest.approx(100.0)
    assert foot_sliding(feet[..., [0, 2, 1]], contacts, fps=30, up=2) == pytest.approx(100.0)
    assert foot_sliding(feet, np.zeros((4, 2)), fps=30) == 0.0


def test_velocity_jump_by_hand():
    clip = np.zeros((5, 2, 3))
    clip[:, 0, 0] = [0, 1, 2, 2, 2]  # stops at frame 2
    assert velocity_jump(clip, fps=10).tolist() == [0, 5, 0]
    assert velocity_jump(clip, [2, 3], fps=10).tolist() == [5, 0]


def test_jump_ratio_compares_the_same_percentile():
    inside = np.arange(101.0)
    assert jump_ratio(inside * 2, inside) == pytest.approx(2)
    assert jump_ratio([19.0], inside) == pytest.approx(0.2)


def test_diversity_is_the_mean_over_all_pairs():
    samples = positions(9, (5, 6, 3, 3))
    pairs = [np.linalg.norm(a - b, axis=-1).mean() for a, b in itertools.combinations(samples, 2)]
    assert diversity(samples) == pytest.approx(np.mean(pairs))
    assert diversity(np.repeat(samples[:1], 3, axis=0)) == 0


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: mpjpe(np.zeros((2, 3)), np.zeros((2, 3))), r"y must be \(windows, frames, joints, 3\)"),
        (lambda: mpjpe(positions(0), positions(0)[:2]), "must have one shape"),
        (lambda: mpjpe(np.zeros((0, 2, 2, 3)), np.zeros((0, 2, 2, 3))), "none empty"),
        (lambda: mpjpe(np.full((1, 1, 1, 3), np.nan), np.zeros((1, 1, 1, 3))), "must be finite"),
        (lambda: l2p(positions(0), positions(1), mean=np.zeros(3), std=np.ones(3)), r"mean must be \(joints, 3\)"),
        (lambda: l2p(positions(0), positions(1), mean=np.zeros((3, 3)), std=np.zeros((3, 3))), "never moves"),
        (lambda: l2q(positions(0), positions(0)), r"q must be \(windows, frames, joints, 4\)"),
        (lambda: l2q(quaternions(0), 2 * quaternions(0)), "q_hat must hold unit quaternions"),
        (lambda: npss(quaternions(0), quaternions(0, frames=3)), "must have one shape"),
        (lambda: position_statistics([]), "nothing to take a mean of"),
        (lambda: position_statistics([positions(0), positions(0)[:, :, :2]]), "3 joints in one array and 2"),
        (lambda: foot_sliding(np.zeros((3, 2)), np.zeros((3, 2)), fps=30), r"feet must be \(time, feet, 3\)"),
        (lambda: foot_sliding(np.zeros((3, 2, 3)), np.zeros((3, 4)), fps=30), r"contacts must be \(time, feet\)"),
        (lambda: foot_sliding(np.zeros((3, 2, 3)), np.ones((3, 2)), fps=0), "fps must be above 0"),
        (lambda: velocity_jump(np.zeros((2, 1, 3)), fps=30), "three frames"),
        (lambda: velocity_jump(np.zeros((3, 3)), fps=30), r"\(time, joints, 3\)"),
        (lambda: velocity_jump(np.zeros((5, 1, 3)), [0], fps=30), "inner frames, 1 to 3"),
        (lambda: jump_ratio([], [1.0]), "got 0 and 1"),
        (lambda: jump_ratio([1.0], [0.0]), "do not move"),
        (lambda: diversity(positions(0)[:1]), "at least two samples"),
    ],
)
def test_refuses(call, match):
    with pytest.raises(ValueError, match=match):
        call()


def test_the_share_of_an_error_is_of_the_sums_and_its_interval_is_of_clips():
    baseline = np.array([1.0, 2.0, 3.0, 4.0])
    # every clip leaves the same share: which clips were tested makes no difference
    assert error_share(0.5 * baseline, baseline) == pytest.approx({"share": 0.5, "low": 0.5, "high": 0.5})
    uneven = error_share([1.0, 0.0, 3.0, 0.0], baseline)
    assert uneven["share"] == pytest.approx(0.4)
    assert 0 <= uneven["low"] < 0.4 < uneven["high"] <= 1
    assert error_share([1.0], [2.0]) == {"share": 0.5, "low": None, "high": None}
    with pytest.raises(ValueError, match="one number a clip"):
        error_share([1.0], baseline)
    with pytest.raises(ValueError, match="makes no error"):
        error_share([0.0, 0.0], [0.0, 0.0])
