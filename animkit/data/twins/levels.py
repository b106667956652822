"""The twin of the level corpus: levels set together, piece by piece, that can be walked from one end to the other."""

import numpy as np

_HEIGHT, _GROUND = 14, 13  # rows in all, and the row of the ground


def draw_level(rng, *, width=190):
    """Set a level together from flat ground, gaps, pipes, stairs, rows of blocks, cannons and a last staircase.

    Args:
        rng: `numpy.random.Generator`.
        width: columns, at least 60.

    Returns:
        14 lines of `width` letters of `animkit.data.mario_levels.TILES`; no gap is wider than 4 and no wall higher
        than 4, so that a runner gets through.

    Raises:
        ValueError: `width` is less than 60.
    """
    if width < 60:
        raise ValueError(f"a level needs 60 columns for its beginning and its end, got {width}")
    tiles = np.full((_HEIGHT, width), "-")
    tiles[_GROUND] = "X"
    pieces = (_flat, _gap, _pipe, _blocks, _stairs, _cannon, _high_road)
    x = 16
    while x < width - 42:
        x += pieces[rng.choice(len(pieces), p=(0.2, 0.17, 0.2, 0.2, 0.08, 0.05, 0.1))](tiles, x, rng)
    for step in range(8):
        tiles[_GROUND - 1 - step : _GROUND, width - 24 + step] = "X"
    tiles[5:_GROUND, width - 16] = "X"
    tiles[_GROUND - 1, width - 6] = "X"  # the foot of the flag
    return "\n".join("".join(row) for row in tiles)


def _flat(tiles, x, rng):
    for place in range(rng.integers(3)):
        tiles[_GROUND - 1, x + 2 * place + 1] = "E"
    return 7


def _gap(tiles, x, rng):
    wide = rng.integers(2, 5)
    tiles[_GROUND, x + 1 : x + 1 + wide] = "-"
    if rng.random() < 0.3:
        tiles[_GROUND - 4, x + 1 : x + 1 + wide] = "o"
    return wide + 5


def _pipe(tiles, x, rng):
    top = _GROUND - rng.integers(2, 5)
    tiles[top, x + 1 : x + 3] = list("<>")
    tiles[top + 1 : _GROUND, x + 1 : x + 3] = list("[]")
    if rng.random() < 0.4:
        tiles[_GROUND - 1, x + 5] = "E"
    return 8


def _blocks(tiles, x, rng):
    wide = rng.integers(1, 6)
    tiles[_GROUND - 4, x + 1 : x + 1 + wide] = rng.choice(list("SSSQ?"), wide)
    if rng.random() < 0.4:
        tiles[_GROUND - 8, x + 2 : x + 2 + wide] = rng.choice(list("SSSQ"), wide)
    if rng.random() < 0.5:
        tiles[_GROUND - 1, x + 1] = "E"
    return wide + 4


def _stairs(tiles, x, rng):
    high = rng.integers(3, 5)
    for step in range(high):
        tiles[_GROUND - 1 - step : _GROUND, x + 1 + step] = "X"
        tiles[_GROUND - 1 - step : _GROUND, x + 2 * high + 2 - step] = "X"
    if rng.random() < 0.5:
        tiles[_GROUND, x + high + 1 : x + high + 3] = "-"
    return 2 * high + 6


def _cannon(tiles, x, rng):
    tiles[_GROUND - 1 - rng.integers(2), x + 1] = "B"
    tiles[_GROUND - 1, x + 1] = "b" if tiles[_GROUND - 2, x + 1] == "B" else "B"
    return 5


def _high_road(tiles, x, rng):
    """A pit that platforms lead over."""
    wide = 3 * rng.integers(2, 5) + 2
    tiles[_GROUND, x + 1 : x + 1 + wide] = "-"
    for left in range(2, wide - 2, 3):
        row = _GROUND - rng.integers(1, 4)
        tiles[row, x + 1 + left : x + 3 + left] = "X"
        if rng.random() < 0.4:
            tiles[row - 2, x + 1 + left : x + 3 + left] = "o"
    return wide + 5
