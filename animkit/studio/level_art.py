"""Levels painted: tiles that join, a place in layers behind them, hour and weather; out as Tiled maps."""

import json
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from animkit.data.mario_levels import LETTERS, to_text
from animkit.render import save_png, upscale
from animkit.studio import backdrop
from animkit.studio.level_tiles import AROUND, COLUMNS, GROUNDS, MOVING, PHASES, SIDE, TUFTS, normal, tile_set
from animkit.studio.painting import BAYER, HEIGHT, HORIZON, PAINTED, Layer, channels, dithered, mix_colours, ridge_line
from animkit.studio.places import PLACES
from animkit.writing import replacing

DEEPER = 2  # rows of earth or water that are painted below a level
WEATHERS = ("clear", "rain", "snow", "fog")
SOLID = "XS?Q<>[]Bb"
TICKS = 4  # frames that a phase stays


class Painting(NamedTuple):
    """A level as it is painted: which tile of the set is where, the set in the light of the hour, what lies behind."""

    tiles: np.ndarray  # (rows, columns) codes of the level, as given
    scenery: np.ndarray  # (rows + DEEPER, columns) numbers of tiles of the set, behind whoever walks there
    blocks: np.ndarray  # the same shape: what one stands on
    things: np.ndarray  # the same shape: coins and creatures
    atlas: np.ndarray  # (n, 16, 16, 4) uint8
    moves: np.ndarray  # (n,) bool: the first of PHASES pictures
    behind: tuple  # Layers of the whole height, from far to near
    weather: str
    tint: tuple
    haze: tuple
    seed: int


def paint_level(tiles, *, place="meadow", hour="day", weather="clear", seed=0):
    """Paint a level in our own pixel art.

    Args:
        tiles: (rows, columns) codes of `animkit.data.mario_levels.TILES`, at least 4 rows and 1 column.
        place: one of `animkit.studio.places.PLACES`: what lies behind, and the colours of the ground.
        hour: one of `animkit.studio.backdrop.TIMES`.
        weather: one of WEATHERS; in snow the ground is white.
        seed: same seed, same flowers, clouds and drops.

    Returns:
        Painting.

    Raises:
        ValueError: no such place, hour or weather, or tiles that are no level.
    """
    for what, value, known in (
        ("place", place, GROUNDS),
        ("hour", hour, backdrop.LIGHTS),
        ("weather", weather, WEATHERS),
    ):
        if value not in known:
            raise ValueError(f"no {what} {value!r}; there are {', '.join(known)}")
    tiles = np.array(tiles)
    letters = np.array([list(row) for row in to_text(tiles).splitlines()])  # names what is wrong with the codes
    if letters.ndim != 2 or len(letters) < 4:
        raise ValueError(f"a level has at least 4 rows and a column; got {tiles.shape}")
    names, set_, shining = tile_set(place, snow=weather == "snow")
    light = backdrop.LIGHTS[hour]
    tint = np.array(light.tint) * {"rain": (0.8, 0.84, 0.9), "fog": (0.93, 0.94, 0.96)}.get(weather, (1, 1, 1))
    atlas = set_.copy()
    share = np.where(shining, 0.4, 0.9)  # of the tint: what shines keeps its colours
    atlas[..., :3] = np.rint(set_[..., :3] * (1 - share + share * tint))
    moves = np.zeros(len(set_), bool)
    moves[[names[name] for name in MOVING]] = True
    laid = _lay(letters, names, np.random.default_rng([seed, 80]))
    behind = _behind(place, hour, weather, seed, len(letters) * SIDE)
    haze = tuple(channels(light.haze))
    return Painting(tiles.astype(np.uint8), *laid, atlas, moves, behind, weather, tuple(tint), haze, seed)


# Which tile of the set goes where.


def _lay(letters, names, rng):
    """Scenery, blocks and things, each (rows + DEEPER, columns)."""
    below = np.where(np.isin(letters[-1], list(SOLID)), "X", "~")
    grid = np.concatenate([letters, np.tile(below, (DEEPER, 1))])
    around = np.pad(grid, 1, mode="edge")
    scenery, blocks, things = (np.full(grid.shape, names["air"]) for _ in range(3))
    chance = rng.random((2, *grid.shape))
    for (row, column), letter in np.ndenumerate(grid):
        near = around[row : row + 3, column : column + 3]
        variant = int(chance[0, row, column] < 0.3)
        if letter == "X":
            blocks[row, column] = names["ground", normal(_mask(near, "X")), variant]
        elif letter == "S":
            blocks[row, column] = names["brick", _mask(near, "S") & 15, variant]
        elif letter in "<>[]":
            blocks[row, column] = names["trunk", "top" if letter in "<>" else "body", _half(near), variant]
        elif letter in "?QBb":
            named = {"?": "treasure", "Q": "crate", "B": "pillar top", "b": "pillar"}[letter]
            blocks[row, column] = names[named]
        elif letter == "o":
            things[row, column] = names["coin"]
        elif letter == "E":
            things[row, column] = names["walker" if near[2, 1] in SOLID else "flyer"]
        elif letter == "~":
            scenery[row, column] = names["deep"]
        if letter in "-oE" and row == len(letters) - 1:
            scenery[row, column] = names["water"]
    _plant(scenery, grid, names, chance[1], rng)
    floor = np.flatnonzero(
        np.isin(grid[1 : len(letters), -1], list(SOLID)) & ~np.isin(grid[: len(letters) - 1, -1], list(SOLID))
    )
    if len(floor):
        scenery[floor[-1], -1] = names["banner foot"]
        scenery[max(floor[-1] - 1, 0), -1] = names["banner"]
    return scenery, blocks, things


def _mask(near, letter):
    """Bits for the neighbours, of (3, 3) letters, that are not of a kind."""
    return sum(1 << bit for bit, (down, right) in enumerate(AROUND) if near[1 + down, 1 + right] != letter)


def _half(near):
    """Which part of a trunk a letter is: a half without its other half is a narrow trunk."""
    letter = near[1, 1]
    if letter in "<[":
        return "left" if near[1, 2] in ">]" else "narrow"
    return "right" if near[1, 0] in "<[" else "narrow"


def _plant(scenery, grid, names, chance, rng):
    """Lets grass, flowers, bushes, stones and mushrooms grow where there is air over earth."""
    free = np.isin(grid[:-1], list("-oE")) & (grid[1:] == "X")
    for row, column in np.argwhere(free):
        if scenery[row, column] != names["air"]:
            continue
        if chance[row, column] < 0.12 and column + 1 < grid.shape[1] and free[row, column + 1]:
            scenery[row, column : column + 2] = names["tuft", 5], names["tuft", 6]
        elif chance[row, column] < 0.62:
            kinds = [n for n in range(TUFTS) if n not in (5, 6)]
            scenery[row, column] = names["tuft", int(rng.choice(kinds, p=(0.25, 0.2, 0.14, 0.13, 0.14, 0.07, 0.07)))]


# What lies behind.


@lru_cache(maxsize=8)
def _behind(place, hour, weather, seed, height):
    """Layers from far to near, each (phases, height of the level and what is below, PAINTED, 4)."""
    light, tall = backdrop.LIGHTS[hour], height + DEEPER * SIDE
    if weather in backdrop.CLOUDED:
        light = backdrop.clouded(light, weather)
    horizon = height - SIDE - 10
    layers = [backdrop.sky(light, seed, height=tall, horizon=horizon)]
    for down, further in ((0, 1.0), (horizon // 3, 0.6)):
        sheet = backdrop.clouds(light, seed + down)
        layers.append(_set_in(sheet._replace(speed=sheet.speed * further, drift=sheet.drift * further), down, tall))
    if weather == "fog":  # a grey sky
        grey = np.zeros((1, tall, PAINTED, 4), "uint8")
        grey[..., :3], grey[..., 3] = channels(light.haze) * 0.8 + 30, 90
        layers.append(Layer(grey, 0.0))
    layers += [_ridge(light, tall, horizon, seed, *far) for far in ((52, 34, 0.1, 0.78), (24, 22, 0.15, 0.6))]
    for layer in PLACES[place](light, seed):
        if layer.speed < 1 and layer.phases[0, 0, :, 3].mean() < 128:  # a roof of leaves would hide the sky
            layers.append(_set_in(layer, horizon - HORIZON, tall))
    if weather == "fog":
        layers.append(_fog(light, tall, seed, 165))
    return tuple(layers)


def _set_in(layer, down, tall):
    """A sheet of 90 rows set into a taller one; its first row goes on to the top, its last one to the bottom."""
    rows = np.clip(np.arange(tall) - down, 0, HEIGHT - 1)
    return layer._replace(phases=layer.phases[:, rows])


def _ridge(light, tall, horizon, seed, up, rise, speed, distance):
    """Far mountains, bluer than what is near: their tops dithered into the sky's light."""
    rng = np.random.default_rng([seed, 83, up])
    top = ridge_line(rng, base=horizon - up, rise=rise, waves=(2, 3, 5, 7, 11, 16))
    y = np.arange(tall)[:, None]
    below = np.clip((y - top) / 46, 0, 1)
    body = channels("#5f86a6") * np.array(light.tint)
    rgb = dithered(below, [mix_colours(body, light.haze, distance + fade) for fade in (0, 0.06, 0.12, 0.18)])
    return Layer(np.dstack([rgb, np.where(y >= top, 255, 0)]).astype("uint8")[None], speed)


def _fog(light, tall, seed, strength):
    """Banks of fog, denser below, that drift."""
    rng = np.random.default_rng([seed, 81])
    y, x = np.mgrid[:tall, :PAINTED]
    waves = sum(
        np.sin(2 * np.pi * (k * x / PAINTED + rng.random()) + y / (9 + 5 * k) + rng.uniform(0, 7)) / k
        for k in (1, 2, 3, 5)
    )
    dense = np.clip(0.45 + 0.25 * waves, 0, 1) * np.clip(y / tall * 1.5, 0.15, 1)
    pixels = np.zeros((1, tall, PAINTED, 4), "uint8")
    pixels[..., :3] = channels(light.haze) * 0.6 + 90
    bayer = np.tile(BAYER, (-(-tall // 4), PAINTED // 4))[:tall]
    pixels[..., 3] = np.floor(dense * 6 + bayer) / 6 * strength  # in dithered steps, as pixel art has it
    return Layer(pixels, 0.5, drift=0.15)


# The picture that a camera sees.


def view(painting, *, camera=(0, 0), size=None, tick=0, actors=()):
    """Take a picture.

    Args:
        painting: Painting.
        camera: column and row of the upper left corner, in pixels of the level.
        size: rows and columns of the picture, in pixels; the whole level if None.
        tick: frame number; coins turn, creatures step and rain falls with it.
        actors: `animkit.studio.backdrop.Actor`s, in pixels of the level; row is where the feet are.

    Returns:
        (rows, columns, 3) uint8.

    Raises:
        ValueError: the camera looks beyond the painting.
    """
    rows, columns = np.array(painting.blocks.shape) * SIDE
    height, width = size or (rows - DEEPER * SIDE, columns)
    left, top = (int(round(at)) for at in camera)
    if not (0 <= left <= columns - width and 0 <= top <= rows - height):
        raise ValueError(
            f"a picture of {width} x {height} at {left}, {top} looks beyond the painting of {columns} x {rows} pixels"
        )
    picture = Image.new("RGBA", (width, height))
    for layer in painting.behind:
        sheet = layer.phases[tick // 3 % len(layer.phases)][top : top + height]
        across = np.arange(width) + int(round(left * layer.speed + tick * layer.drift))
        if layer.speed == 0:  # one sun is enough for a wide picture: the rest is sky from its right half
            across[PAINTED:] = PAINTED // 2 + across[PAINTED:] % (PAINTED // 2)
        across %= PAINTED
        picture.alpha_composite(Image.fromarray(sheet[:, across]))
    box = (left, top, width, height)
    for numbers in (painting.scenery, painting.blocks, painting.things):
        picture.alpha_composite(_tiled(painting, numbers, box, tick))
    for actor in actors:
        figure = Image.new("RGBA", picture.size)
        corner = actor.column - actor.sprite.shape[1] // 2 - left, actor.row - actor.sprite.shape[0] - top
        figure.paste(Image.fromarray(actor.sprite), corner)
        picture.alpha_composite(figure)
    _fall(picture, painting, left, tick)
    return np.asarray(picture)[..., :3]


def _tiled(painting, numbers, box, tick):
    """A layer of tiles as far as a camera sees it: RGBA picture."""
    left, top, width, height = box
    first, last = (left // SIDE, top // SIDE), (-(-(left + width) // SIDE), -(-(top + height) // SIDE))
    seen = numbers[first[1] : last[1], first[0] : last[0]]
    seen = seen + painting.moves[seen] * (tick // TICKS % PHASES)
    pixels = painting.atlas[seen].swapaxes(1, 2).reshape(seen.shape[0] * SIDE, seen.shape[1] * SIDE, 4)
    return Image.fromarray(pixels[top % SIDE :][:height, left % SIDE :][:, :width])


def _fall(picture, painting, left, tick):
    """Rain or snow before everything, or the near bank of fog; on a picture, in place."""
    width, height = picture.size
    front = np.zeros((height, width, 4), "uint8")
    rng = np.random.default_rng([painting.seed, 82])
    count = width * height // 420
    x, y, speed = rng.random(count) * width, rng.random(count) * height, rng.uniform(0.8, 1.2, count)
    if painting.weather == "rain":
        for step in range(7):
            row = (y + tick * 17 * speed + step) % height
            column = (x - tick * 5 * speed - left * 1.1 - step / 3) % width
            front[row.astype(int), column.astype(int)] = (196, 216, 240, 50 + 22 * step)
    elif painting.weather == "snow":
        row = (y + tick * 1.6 * speed) % height
        column = (x + 5 * np.sin(tick / 9 + y) - tick * 0.4 - left * 1.1) % width
        for down, right in ((0, 0), (0, 1), (1, 0), (1, 1)):
            large = slice(None) if down == right == 0 else slice(0, count // 4)
            at = ((row + down) % height).astype(int)[large], ((column + right) % width).astype(int)[large]
            front[at] = (255, 255, 255, 235)
    elif painting.weather == "fog":
        front[..., :3], front[..., 3] = np.array(painting.haze) * 0.6 + 90, 46
    picture.alpha_composite(Image.fromarray(front))


def figures(painting, clips):
    """Draw a character at the size of a level and in its light.

    Args:
        painting: Painting.
        clips: (9, frames, height, width, 4) uint8 in the order of `animkit.data.sprites.ACTION_DIRECTIONS`.

    Returns:
        The same at three quarters of the size: of each 4 x 4 of pixels enlarged three times, the commonest colour.

    Raises:
        ValueError: clips of another shape, or sides that four does not divide.
    """
    clips = np.asarray(clips)
    if clips.dtype != np.uint8 or clips.ndim != 5 or clips.shape[0] != 9 or clips.shape[4] != 4 or 0 in clips.shape:
        raise ValueError(f"clips are (9, frames, height, width, 4) uint8; got {clips.shape} {clips.dtype}")
    *many, height, width, _ = clips.shape
    if height % 4 or width % 4:
        raise ValueError(f"a character is enlarged to three quarters: four must divide its sides, {height} x {width}")
    colours = np.ascontiguousarray(clips).view(np.uint32)[..., 0]  # a number a colour
    blocks = upscale(colours, 3).reshape(*many, height * 3 // 4, 4, width * 3 // 4, 4)
    blocks = np.sort(blocks.swapaxes(-3, -2).reshape(*many, height * 3 // 4, width * 3 // 4, 16), axis=-1)
    counts = (blocks[..., :, None] == blocks[..., None, :]).sum(axis=-1)
    small = np.take_along_axis(blocks, counts.argmax(axis=-1)[..., None], axis=-1)
    small = small.view(np.uint8).copy()
    small[..., :3] = np.rint(small[..., :3] * (0.3 + 0.7 * np.array(painting.tint)))
    return small


# Out: a Tiled map with its tile set, a picture.


def save_tmj(path, painting):
    """Write a level as a Tiled map (JSON) and its tile set as PNG beside it, NAME_tiles.png.

    Layers are scenery, blocks and things; each tile of the set has the letter that it stands for, and moves as here.

    Args:
        path: ends in ".tmj"; the folder must be there.
        painting: Painting.

    Returns:
        Paths of the map and the picture.

    Raises:
        ValueError: another ending.
        OSError: it cannot be written.
    """
    path = Path(path)
    if path.suffix != ".tmj":
        raise ValueError(f"a Tiled map in JSON ends in .tmj; got {path.name!r}")
    picture = path.with_name(f"{path.stem}_tiles.png")
    count, rows = len(painting.atlas), len(painting.tiles)
    sheet = np.zeros((-(-count // COLUMNS) * COLUMNS, SIDE, SIDE, 4), "uint8")
    sheet[:count] = painting.atlas
    sheet = sheet.reshape(-1, COLUMNS, SIDE, SIDE, 4).swapaxes(1, 2).reshape(-1, COLUMNS * SIDE, 4)
    layers = [
        {"id": number, "name": name, "type": "tilelayer", "x": 0, "y": 0, "width": numbers.shape[1], "height": rows}
        | {"opacity": 1, "visible": True, "data": np.where(numbers > 0, numbers + 1, 0)[:rows].ravel().tolist()}
        for number, (name, numbers) in enumerate(
            (("scenery", painting.scenery), ("blocks", painting.blocks), ("things", painting.things)), 1
        )
    ]
    tile_set_ = {"firstgid": 1, "name": path.stem, "image": picture.name, "margin": 0, "spacing": 0}
    tile_set_ |= {"imagewidth": sheet.shape[1], "imageheight": sheet.shape[0], "tilewidth": SIDE, "tileheight": SIDE}
    tile_set_ |= {"tilecount": count, "columns": COLUMNS, "tiles": _told(painting)}
    map_ = {"type": "map", "version": "1.10", "orientation": "orthogonal", "renderorder": "right-down"}
    map_ |= {"infinite": False, "width": painting.tiles.shape[1], "height": rows, "tilewidth": SIDE, "tileheight": SIDE}
    map_ |= {"nextlayerid": 4, "nextobjectid": 1, "layers": layers, "tilesets": [tile_set_]}
    sky = painting.behind[0].phases[0, rows * SIDE // 2, 0, :3]
    map_["backgroundcolor"] = "#" + "".join(f"{channel:02x}" for channel in sky)
    save_png(picture, sheet)
    with replacing(path) as temporary:  # last: who finds the map finds its picture
        temporary.write_text(json.dumps(map_), encoding="utf-8")
    return path, picture


def _told(painting):
    """For Tiled, each tile's letter, and the phases of what moves."""
    letters = {}
    for numbers in (painting.things, painting.blocks):
        for number, code in zip(numbers[: len(painting.tiles)].flat, painting.tiles.flat, strict=True):
            if number:
                letters[int(number)] = LETTERS[code]
    told = []
    for number in range(1, len(painting.atlas)):
        tile = {"id": number}
        if number in letters:
            tile["properties"] = [{"name": "letter", "type": "string", "value": letters[number]}]
        if painting.moves[number]:
            tile["animation"] = [{"tileid": number + phase, "duration": 1000 * TICKS // 12} for phase in range(PHASES)]
        if len(tile) > 1:
            told.append(tile)
    return told


def from_tmj(text):
    """Take the tiles out of a map that `save_tmj` wrote, and that may have been changed in Tiled since.

    Args:
        text: of the map.

    Returns:
        (rows, columns) uint8 codes.

    Raises:
        ValueError: it is no Tiled map in JSON, or its tiles do not say what they stand for.
    """
    try:
        map_ = json.loads(text)
        (tile_set_,) = map_["tilesets"]
        letters = {
            tile["id"] + tile_set_["firstgid"]: prop["value"]
            for tile in tile_set_["tiles"]
            for prop in tile.get("properties", ())
            if prop["name"] == "letter"
        }
        tiles = np.full((map_["height"], map_["width"]), LETTERS.index("-"), np.uint8)
        for layer in map_["layers"]:
            if layer["name"] in ("blocks", "things"):
                for at, gid in enumerate(layer["data"]):
                    if gid:
                        tiles.flat[at] = LETTERS.index(letters[gid])
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise ValueError(
            "no level that save_tmj wrote: that is a map in JSON with one tile set whose tiles have the property "
            f"'letter', and layers named blocks and things ({type(error).__name__}: {error})"
        ) from error
    return tiles


def read_tmj(path):
    """Read a map, as `from_tmj`.

    Args:
        path: the file.

    Returns:
        (rows, columns) uint8 codes.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is another file.
    """
    try:
        return from_tmj(Path(path).read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
