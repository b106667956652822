"""A shot for the film: a character crosses a level along the path-finder's way, and the camera follows."""

import numpy as np

from animkit.data.mario_levels import LETTERS
from animkit.data.sprites import ACTION_DIRECTIONS
from animkit.metrics.levels import SOLID
from animkit.studio import backdrop
from animkit.studio.blocking import Seen, Staged, box_of
from animkit.studio.film import FPS
from animkit.studio.level_art import DEEPER, figures, paint_level, view
from animkit.studio.level_tiles import SIDE, tile_set
from animkit.studio.lighting import relight
from animkit.studio.stage_light import drawn_maps

SCALE = 2  # screen pixels per art pixel: 320 x 180 -> 640 x 360
SIZE = (180, 320)  # rows and columns that the camera sees
PACE = 0.65  # of the speed at which one plays: a film is watched, and has 12 frames a second
CHEER = 14  # frames of joy at the goal
_RATE = 60  # of a path, frames per second


def scene_shot(
    tiles, path, clips, *, place="meadow", hour="day", weather="clear", light=None, who="hero", seconds=6.0, seed=0
):
    """Film a character on its way through a level.

    Args:
        tiles: (rows, columns) codes of a level, at least 20 columns.
        path: (n, 2) x and y of the feet in tiles, sixty a second: `animkit.metrics.levels.physics_paths`.
        clips: (9, frames, height, width, 4) uint8 in the order of `animkit.data.sprites.ACTION_DIRECTIONS`.
        place, hour, weather, seed: of `animkit.studio.level_art.paint_level`.
        light: `animkit.studio.stage_light.StageLight`, whose far lamps light the figure; None for the hour's tint.
        who: name of the character.
        seconds: the longest that the shot may be. Of a longer way it shows the part with the most ups and downs.

    Returns:
        `animkit.studio.blocking.Staged`: (frames, 180, 320, 3) uint8, `animkit.studio.film.FPS` a second, and where
        the figure is. The lowest 28 rows hold earth and water alone, so that a caption may cover them.

    Raises:
        ValueError: no path, or one of another shape; a level narrower than the picture; what `paint_level` refuses.
    """
    if path is None or np.ndim(path) != 2 or np.shape(path)[1] != 2 or len(path) < 2:
        raise ValueError("a shot needs a way through the level, (n, 2): this one has none that the path-finder knows")
    if np.shape(tiles)[1] * SIDE < SIZE[1]:
        raise ValueError(f"a shot needs {SIZE[1] // SIDE} columns of level; got {np.shape(tiles)[1]}")
    painting = paint_level(tiles, place=place, hour=hour, weather=weather, seed=seed)
    if light is None:
        small = figures(painting, clips)
    else:
        small = figures(painting._replace(tint=(1, 1, 1)), clips)
        small = relight(drawn_maps(small), small, light.far, ambient=light.ambient, shadows=False)
    way, home = _stretch(painting.tiles, np.asarray(path, float), seconds)
    cameras = _follow(way, np.array(painting.blocks.shape) * SIDE)
    poses = _poses(painting.tiles, way, home, small.shape[1])
    awake = painting.things.copy()
    asleep = tile_set(place, weather == "snow")[0]["asleep"]
    frames, seen = [], []
    for tick, ((x, y), camera, (action, frame)) in enumerate(zip(way, cameras, poses, strict=True)):
        awake[_near(painting.tiles, "o", x, y, 0.9)] = 0  # coins are taken as one passes
        things = np.where(_near(painting.tiles, "E", x, y, 3.0), asleep, awake)  # creatures duck
        sprite = small[ACTION_DIRECTIONS.index(action), frame]
        actor = backdrop.Actor(sprite, int(round(x * SIDE)), int(round(y * SIDE)))
        frames.append(view(painting._replace(things=things), camera=camera, size=SIZE, tick=tick, actors=[actor]))
        box = box_of(_covers(actor, np.rint(camera).astype(int)), SCALE)
        deed, facing = action.split()
        does = "cheer" if deed == "spellcast" else deed
        seen.append((Seen(who, box, does, facing),) if box else ())
    return Staged(np.stack(frames), seen)


def _covers(actor, camera):
    """Where in the picture a figure is, SIZE bool."""
    mask = np.zeros(SIZE, bool)
    height, width = actor.sprite.shape[:2]
    rows, columns = np.nonzero(actor.sprite[..., 3])
    rows, columns = rows + actor.row - height - camera[1], columns + actor.column - width // 2 - camera[0]
    inside = (rows >= 0) & (rows < SIZE[0]) & (columns >= 0) & (columns < SIZE[1])
    mask[rows[inside], columns[inside]] = True
    return mask


def _stretch(tiles, path, seconds):
    """The way as the film has it, (frames, 2), and from which frame on the goal is reached, or None."""
    step = _RATE * PACE / FPS
    at = np.arange(0, len(path) - 1, step)
    way = np.stack([np.interp(at, np.arange(len(path)), path[:, axis]) for axis in range(2)], axis=1)
    longest = max(2, int(seconds * FPS))
    if len(way) + CHEER <= longest:
        return np.concatenate([way, _landing(tiles, *path[-1])]), len(way)
    moved = np.concatenate([[0], np.abs(np.diff(way[:, 1])).cumsum()])
    length = min(longest, len(way))
    begins = [first for first in range(len(way) - length + 1) if _stands(tiles, *way[first])] or [0]
    first = max(begins, key=lambda first: moved[first + length - 1] - moved[first])
    return way[first : first + length], None


def _landing(tiles, x, y):
    """A way often ends in the air over the last column: down to the floor, if there is one, (CHEER, 2)."""
    below = np.flatnonzero(SOLID[tiles[max(int(y), 0) :, -1]])
    floor = max(int(y), 0) + below[0] if len(below) else y
    fallen = y + 0.12 * np.arange(1, CHEER + 1) ** 2
    return np.stack([np.full(CHEER, x), np.minimum(fallen, max(floor, y))], axis=1)


def _follow(way, room):
    """Upper left corners of the picture, (frames, 2): the ground in sight, unless one jumps out; no sudden turns."""
    rows, columns = room
    most = np.array([columns - SIZE[1], rows - SIZE[0]])
    aim = np.clip(way * SIDE - [0.45 * SIZE[1], 44], 0, most)
    ends = np.pad(aim, ((12, 12), (0, 0)), mode="edge")
    return np.stack([np.convolve(ends[:, axis], np.hanning(27)[1:-1] / 13, "valid") for axis in range(2)], axis=1)


def _poses(tiles, way, home, frames):
    """(action, frame) for each moment: steps by the way walked, legs apart in the air, joy at the goal."""
    poses, walked, side = [], 0.0, "right"
    for tick, (x, y) in enumerate(way):
        dx = x - way[max(tick - 1, 0), 0]
        walked += abs(dx)
        if abs(dx) > 0.02:
            side = "right" if dx > 0 else "left"
        if home is not None and tick >= home and _stands(tiles, x, y):
            poses.append(("spellcast front", min(3 + (tick - home) // 2 % 3, frames - 1)))
        elif not _stands(tiles, x, y):
            poses.append((f"walk {side}", 0))
        else:
            poses.append((f"walk {side}", int(walked * 3) % frames if abs(dx) > 0.02 else 2 % frames))
    return poses


def _stands(tiles, x, y):
    row, columns = int(np.floor(y + 0.15)), np.clip([int(x - 0.35), int(x + 0.35)], 0, tiles.shape[1] - 1)
    return 0 <= row < len(tiles) and y - row < 0.1 and bool(SOLID[tiles[row, columns]].any())


def _near(tiles, letter, x, y, reach):
    """Where a letter's middle is within reach of the body, (rows + DEEPER, columns) bool."""
    rows, columns = np.ogrid[: len(tiles) + DEEPER, : tiles.shape[1]]
    close = np.hypot(columns + 0.5 - x, rows + 0.5 - (y - 0.5)) < reach
    return close & np.pad(tiles == LETTERS.index(letter), ((0, DEEPER), (0, 0)))
