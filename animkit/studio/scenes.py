"""Scenes that one can play: levels that a network makes, tried until one can be finished and has what one wished."""

import math
import numbers
from typing import NamedTuple

import numpy as np

from animkit.metrics.levels import ABOVE, BESIDE, WISHES, is_met, measure_wishes, physics_paths, tile_path, whole

LENGTH = 100  # columns
TEMPERATURE = 0.9  # of the LSTM's draws
GUIDANCE = 4.0  # told of a wish, the LSTM changes its mind too little
# what is worth asking for, at most, in a level of 100 columns; of `height`, in any
MOST = {"enemies": 40, "jumps": 20, "coins": 60, "height": 9}
AT_ONCE = 32  # levels tried together: a network makes them, and the referees judge them, in little more time than one


class Level(NamedTuple):
    """A level that both referees finish; places are x and y of the feet in tiles, from the left and from the top."""

    tiles: np.ndarray  # (rows, columns) uint8 of codes, see `animkit.data.mario_levels.TILES`
    start: tuple
    goal: tuple
    tile_path: np.ndarray  # (n, 2) of the graph of tiles
    physics_path: np.ndarray  # (frames, 2) of the body, sixty a second
    asked: dict  # what was wished for
    measured: dict  # what it has of everything in `animkit.metrics.levels.WISHES`
    tries: int  # levels that were made for it
    seed: int

    @property
    def met(self):
        """Whether each wish is met, by name."""
        return is_met(self.asked, self.measured)


def make_level(model, *, wishes=None, length=LENGTH, seed=0, tries=512, temperature=TEMPERATURE):
    """Make levels until one can be finished by both referees, has whole pipes and what was wished for.

    Args:
        model: `LevelWriter`, or `TileGenerator`, whose levels are windows of 28 columns edge to edge.
        wishes: dict of some of enemies, jumps, coins (counts in the whole level) and height (of the way above the
            lowest floor, the mean, in tiles); what is left out the model decides.
        length: columns.
        seed: decides all draws.
        tries: levels made at most.
        temperature: of the `LevelWriter`: 1 draws as it believes, less is tamer.

    Returns:
        `Level`. Where none of all tries meets every wish, it is the one that comes nearest; `Level.met` tells.

    Raises:
        ValueError: an unknown wish, one that is out of range, or two that contradict each other.
        RuntimeError: none of the tries can be finished.
    """
    asked = checked_wishes(wishes or {}, length)
    rng = np.random.default_rng(seed)
    row = np.array([np.nan if asked.get(name) is None else asked[name] for name in WISHES])
    nearest = None
    for made in range(0, tries, AT_ONCE):
        count = min(AT_ONCE, tries - made)
        drawn = draw_levels(model, np.tile(row, (count, 1)), length, temperature=temperature, seed=rng.integers(2**31))
        found = [level for level in _hopeful(drawn, asked) if nearest is None or _how_far(level) < _how_far(nearest)]
        found = found[: AT_ONCE // 4]
        runs = physics_paths([level.tiles for level in found])
        for level, run in zip(found, runs, strict=True):
            if run is not None:
                nearest = level._replace(physics_path=run, tries=made + count, seed=seed)
                break
        if nearest is not None and all(nearest.met.values()):
            return nearest
    if nearest is None:
        raise RuntimeError(
            f"none of {tries} levels can be finished, with the wishes {asked or 'left to the model'}: try another seed "
            "or more tries, or ask for fewer jumps or less height"
        )
    return nearest


def _hopeful(drawn, asked):
    """Those that are whole and that the graph can finish, as levels, what comes nearest to the wishes first."""
    levels = []
    for tiles in drawn:
        if whole(tiles) and (path := tile_path(tiles)) is not None:
            ends = (tuple(path[end].tolist()) for end in (0, -1))
            levels.append(Level(tiles, *ends, path, None, asked, measure_wishes(tiles, path), 0, 0))
    return sorted(levels, key=_how_far)


def draw_levels(model, wishes, length, *, temperature=TEMPERATURE, ruled=True, seed=0):
    """Let a model make levels, as they come: nobody has tried them.

    Args:
        model: `LevelWriter`, or `TileGenerator`.
        wishes: (levels, 4) as in `animkit.metrics.levels.WISHES`, for the whole level; NaN for none.
        length: columns.
        temperature: of the `LevelWriter`.
        ruled: let the `LevelWriter` give no probability to what would break a pipe.
        seed: decides the draws.

    Returns:
        (levels, rows, length) uint8 of codes.
    """
    if hasattr(model, "write"):
        rules = {"beside": BESIDE, "above": ABOVE} if ruled else {}
        return model.write(wishes, length, **rules, guidance=GUIDANCE, temperature=temperature, seed=seed)[0]
    width = model.image_size[1]
    windows = math.ceil(length / width)
    each = np.asarray(wishes) / [*[length / width] * 3, 1]  # counts are shared out, the height is not
    rng = np.random.default_rng(seed)
    z = rng.standard_normal((len(wishes) * windows, model.latent_dim)).astype(np.float32)
    each = np.repeat(each, windows, axis=0)
    # what nobody wishes for is drawn too, about as it was in training: at the mean of everything lies bare ground
    other = np.maximum(rng.normal(model.wish_mean, model.wish_spread, each.shape), 0)
    drawn = model.windows(z, np.where(np.isnan(each), other, each))
    joined = (
        drawn.reshape(len(wishes), windows, -1, width).transpose(0, 2, 1, 3).reshape(len(wishes), -1, windows * width)
    )
    return joined[:, :, :length]


def checked_wishes(wishes, length=LENGTH):
    """Refuse wishes that no level can meet.

    Args:
        wishes: dict, see `make_level`.
        length: columns of the level.

    Returns:
        The wishes that are not None.

    Raises:
        ValueError: an unknown wish, one that is out of range, or two that contradict each other.
    """
    if not (isinstance(length, numbers.Integral) and 20 <= length <= 1000):
        raise ValueError(f"a level has 20 to 1,000 columns, got {length!r}")
    asked = {name: value for name, value in wishes.items() if value is not None}
    for name, value in asked.items():
        if name not in WISHES:
            raise ValueError(f"unknown wish {name!r}: wish for some of {', '.join(WISHES)}")
        if not isinstance(value, numbers.Real) or not math.isfinite(value):
            raise ValueError(f"{name} must be a number, got {value!r}")
        if name != "height" and value != int(value):
            raise ValueError(f"{name} are counted: ask for a whole number, not {value}")
        most = MOST[name] if name == "height" else MOST[name] * length // 100
        if not 0 <= value <= most:
            raise ValueError(f"{name} can be 0 to {most} in {length} columns, got {value}")
    jumps, height = asked.get("jumps"), asked.get("height")
    if jumps is not None and height is not None and height > 4 * jumps + 0.5:
        raise ValueError(
            f"jumps = {jumps} and height = {height} contradict each other: a jump leads up four tiles at most, so that "
            f"height takes {math.ceil(height / 4)} jumps; allow those, or ask for a height of {4 * jumps} or less"
        )
    return asked


def _how_far(level):
    """How far a level is from what was wished for: the sum over wishes, each in parts of what was asked."""
    return sum(abs(level.measured[name] - value) / max(value, 1) for name, value in level.asked.items())
