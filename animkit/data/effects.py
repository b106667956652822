"""Pixel-art effects, drawn in code, as ramp steps and not as colours: 0 is transparent, 1 the darkest of a palette.

Every effect is made from its kind, seed, wind and amount, which are kept beside it. Wind above `HELD_OUT_WIND` is for
testing: `draw_effects` draws none of it unless it is asked to.
"""

from typing import NamedTuple

import numpy as np

from animkit.data.twins.pixel_effects import DRAWN, Canvas, Clock

STEPS = 8
KINDS = tuple(DRAWN)
SHORTEST, LONGEST = 8, 32  # frames
SIZES = (32, 64)
HELD_OUT_WIND = 0.7
BAYER = np.array([(0, 8, 2, 10), (12, 4, 14, 6), (3, 11, 1, 9), (15, 7, 13, 5)])  # order in which ink comes
MOST = 1_000_000  # effects of one seed


class Effects(NamedTuple):
    """Effects and what they were drawn from."""

    steps: np.ndarray  # (n, frames, size, size) uint8 below STEPS
    kind: np.ndarray  # (n,) int32 places in KINDS
    wind: np.ndarray  # (n,) float32 from -1 to 1
    amount: np.ndarray  # (n,) float32 from 0.5 to 1.5
    seed: np.ndarray  # (n,) int64


def draw_effect(kind, *, frames=16, size=32, wind=0.0, amount=1.0, one_shot=False, seed=0):
    """Draw one effect.

    Args:
        kind: one of KINDS.
        frames: 8 to 32.
        size: of a side, 32 or 64 pixels; the same effect, finer.
        wind: -1 (from the right) to 1.
        amount: 0.5 to 1.5, how big it is.
        one_shot: begin and end empty, in place of a loop whose first frame follows its last.
        seed: of everything else.

    Returns:
        (frames, size, size) uint8 steps below STEPS; 0 is transparent.

    Raises:
        ValueError: an unknown kind, or a number outside its range.
    """
    if kind not in KINDS:
        raise ValueError(f"no effect called {kind!r}; there are {', '.join(KINDS)}")
    if not (isinstance(frames, int | np.integer) and SHORTEST <= frames <= LONGEST):
        raise ValueError(f"an effect has {SHORTEST} to {LONGEST} frames; got {frames!r}")
    if size not in SIZES:
        raise ValueError(f"an effect is 32 or 64 pixels wide and high; got {size!r}")
    if not (-1 <= wind <= 1 and 0.5 <= amount <= 1.5):
        raise ValueError(f"wind goes from -1 to 1 and amount from 0.5 to 1.5; got {wind!r} and {amount!r}")
    if not (isinstance(seed, int | np.integer) and seed >= 0):
        raise ValueError(f"a seed is a whole number from 0 on; got {seed!r}")
    rng = np.random.default_rng([KINDS.index(kind), seed])
    canvas = Canvas.blank(frames, size)
    DRAWN[kind](Clock(frames, one_shot), canvas, rng, wind, amount)
    return canvas.steps


def draw_effects(count, *, kinds=KINDS, frames=16, size=32, wind=(-1.0, HELD_OUT_WIND), one_shot=False, seed=0):
    """Draw many effects, kind after kind, of all amounts.

    Args:
        count: effects.
        kinds: some of KINDS.
        frames, size, one_shot: see `draw_effect`.
        wind: range to draw from; from above HELD_OUT_WIND for what no network learns from.
        seed: 0 or above; effects of different seeds share nothing.

    Returns:
        Effects.

    Raises:
        ValueError: no effect is asked for, or as `draw_effect`.
    """
    if count < 1 or not kinds:
        raise ValueError(f"ask for one effect or more, of one kind or more; got {count!r} of {kinds!r}")
    rng = np.random.default_rng([seed, len(KINDS)])
    winds, amounts = rng.uniform(*wind, count).astype("float32"), rng.uniform(0.5, 1.5, count).astype("float32")
    names = [kinds[i % len(kinds)] for i in range(count)]
    seeds = seed * MOST + np.arange(count)
    drawn = [
        draw_effect(name, frames=frames, size=size, wind=w, amount=a, one_shot=one_shot, seed=s)
        for name, w, a, s in zip(names, winds.tolist(), amounts.tolist(), seeds.tolist(), strict=True)
    ]
    return Effects(np.stack(drawn), np.array([KINDS.index(name) for name in names], "int32"), winds, amounts, seeds)


def overlay(first, second, weight=0.5):
    """Show two effects in one place, with the ordered dither by which pixel art mixes.

    At one half all ink of both is there, and where both have some a chessboard gives it to either; towards 0 and 1 more
    and more of the ink of one is left out.

    Args:
        first, second: (..., height, width) uint8 steps.
        weight: of the first, 0 to 1, broadcasts to them.

    Returns:
        Steps as the two.

    Source: Bayer 1973.
    """
    row, column = np.indices(np.shape(first)[-2:])
    threshold = (BAYER[row % 4, column % 4] + 0.5) / BAYER.size
    kept = np.where(threshold < 2 * np.asarray(weight), first, 0)
    other = np.where(1 - threshold < 2 * (1 - np.asarray(weight)), second, 0)
    return np.where((kept > 0) & ((other == 0) | (threshold < weight)), kept, other).astype(np.uint8)
