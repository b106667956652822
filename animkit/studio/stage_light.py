"""The light of a shot: of its hour and its mood, of fires and windows; on figures, on the ground and as shadows."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy import ndimage

from animkit import weights
from animkit.data.fairytales import CREATURES
from animkit.studio.lighting import EMBOSS, Figure, maps_of, relight, shadow_of
from animkit.studio.painting import BAYER, HORIZON
from animkit.theory.shading import GROUND_SEEN, Lamp

SURFACE = EMBOSS  # by whom the figures' surfaces are guessed: this, or the name of weights such as "relight"
WINDOWED = ("village", "castle")  # places whose windows are lit when it grows dark
ABOVE, BEFORE = 8, 14  # pixels of a flame above the ground, and before who stands there
REACH = 84  # pixels from a fire to where its light ends
BEHIND = 24  # pixels of depth from a fire to houses and trees
KEPT = 2000  # of what has been worked out: a flickering fire asks for new lights in each frame
STEPS = 6  # in which the light of fires falls off, dithered as the painted skies are
_WARM = np.array((1.0, 0.62, 0.26), np.float32)  # of windows


class Hour(NamedTuple):
    """How an hour lights who is on stage: sun or moon, which is seen in the sky behind, and the sky before them."""

    key: Lamp
    fill: Lamp
    ambient: tuple
    darkness: tuple  # what the ground keeps of its colours where the key does not reach
    flame: float  # how strong a fire is beside it
    why: str


HOURS = {
    "dawn": Hour(
        Lamp((1.0, 0.72, 0.46), 1.0, direction=(0.9, 0.42, -0.1)),
        Lamp((0.92, 0.86, 1.0), 0.42, direction=(-0.3, 0.4, 0.85)),
        (0.58, 0.54, 0.6),
        (0.74, 0.68, 0.76),
        0.85,
        "at dawn the sun stands low at the right",
    ),
    "day": Hour(
        Lamp((1.0, 0.96, 0.84), 0.9, direction=(0.6, 0.75, -0.12)),
        Lamp((0.95, 0.97, 1.0), 0.42, direction=(-0.25, 0.45, 0.85)),
        (0.62, 0.64, 0.68),
        (0.66, 0.66, 0.76),
        0.45,
        "by day the sun stands high at the right",
    ),
    "dusk": Hour(
        Lamp((1.0, 0.55, 0.3), 1.15, direction=(-0.9, 0.42, -0.1)),
        Lamp((0.86, 0.7, 0.95), 0.42, direction=(0.3, 0.35, 0.85)),
        (0.54, 0.43, 0.53),
        (0.68, 0.6, 0.72),
        1.0,
        "at dusk the sun stands low at the left",
    ),
    "night": Hour(
        Lamp((0.6, 0.75, 1.0), 0.8, direction=(0.5, 0.75, -0.12)),
        Lamp((0.6, 0.7, 1.0), 0.3, direction=(0.2, 0.5, 0.85)),
        (0.42, 0.48, 0.72),
        (0.72, 0.74, 0.82),
        1.2,
        "at night the moon stands at the right",
    ),
}


class Glow(NamedTuple):
    """What shines on stage by itself, frame by frame, as brightly as it is large."""

    start: int  # frame of the shot
    places: np.ndarray  # (n, 2): column, and the row it stands on
    colour: tuple
    strengths: np.ndarray  # (n,)
    why: str


class StageLight(NamedTuple):
    """The light of one shot, and what surfaces it falls on."""

    far: tuple  # of Lamp; the first throws shadows on the ground
    ambient: tuple
    darkness: tuple
    near: tuple  # of Glow
    why: tuple  # why it is as it is, for the film's record
    surfaces: dict  # a sprite's bytes -> its Maps
    kept: dict  # what has been worked out: it is asked for again and again


@lru_cache(maxsize=1)
def surface_model():
    """What `animkit.studio.lighting.maps_of` takes to guess surfaces by SURFACE."""
    return EMBOSS if SURFACE == EMBOSS else weights.load(SURFACE)


def drawn_maps(pictures):
    """Guess the surface of figures, who keep the colours that they are drawn in: outlines and faces stay readable.

    Args:
        pictures: (..., height, width, 4) uint8.

    Returns:
        `animkit.studio.lighting.Maps`.
    """
    return maps_of(pictures, surface_model())._replace(albedo=pictures[..., :3] / np.float32(255))


def surfaces_of(clips):
    """Guess what surfaces the frames of a cast show.

    Args:
        clips: name -> (..., height, width, 4) uint8.

    Returns:
        dict: a frame's bytes -> Maps.
    """
    surfaces = {}
    for clip in clips.values():
        maps = drawn_maps(clip)
        for place in np.ndindex(clip.shape[:-3]):
            surfaces.setdefault(clip[place].tobytes(), type(maps)(*(part[place] for part in maps)))
    return surfaces


def light_shot(shot, extras=(), surfaces=None):
    """Choose the light of a shot by rule: its hour, its weather and ground, its mood, what burns and shines on stage.

    Args:
        shot: `animkit.studio.storyboard.Shot`.
        extras: `animkit.studio.blocking.Extra`s on its stage.
        surfaces: of `surfaces_of`; who is not in it is lit by the hour's tint alone.

    Returns:
        StageLight.
    """
    key, fill, ambient, darkness, flame, why = HOURS[shot.time]
    far, ambient, why = [key, fill], np.array(ambient), [why]
    if shot.effect in ("rain", "storm"):
        far[0], ambient = key._replace(strength=0.3 * key.strength), 0.9 * ambient
        darkness = tuple(0.5 + 0.5 * part for part in darkness)
        why.append("clouds hide it")
    if shot.effect == "snow" or shot.place == "mountain":
        far.append(Lamp((0.9, 0.95, 1.0), 0.3, direction=(0.0, -0.8, 0.6)))
        why.append("snow throws light back from below")
    if shot.place in WINDOWED and shot.time in ("dusk", "night"):
        far.append(Lamp((1.0, 0.7, 0.35), 0.6, direction=(-0.8, 0.1, -0.25)))
        why.append("windows are lit behind them")
    if shot.mood == "vain":
        far[0], ambient = far[0]._replace(strength=0.75 * far[0].strength), ambient * (0.9, 0.92, 1.0)
        why.append("a deed in vain: it grows dim")
    elif shot.mood == "merry":
        ambient = ambient * (1.06, 1.03, 0.97)
        why.append("all is merry: it grows warm")
    elif shot.action is None and shot.company[0] in CREATURES:
        far[0], ambient = far[0]._replace(strength=0.7 * far[0].strength), 0.82 * ambient
        far.append(Lamp((0.75, 0.45, 1.0), 0.6, direction=(0.0, -0.8, 0.55)))
        why.append("a creature threatens: it is lit from below")
    near = [_glow(extra, flame) for extra in extras if extra.glows and extra.frames[..., 3].any()]
    why += dict.fromkeys(glow.why for glow in near)
    return StageLight(tuple(far), tuple(ambient), darkness, tuple(near), tuple(why), surfaces or {}, {})


def told(light):
    """What the film's record says of a light: lamps, what comes from everywhere, and why."""
    lamps = [
        {
            "colour": [round(float(part), 3) for part in lamp.colour],
            "strength": round(float(lamp.strength), 3),
            "towards": list(lamp.direction),
        }
        for lamp in light.far
    ]
    return {"lamps": lamps, "ambient": np.round(light.ambient, 3).tolist(), "why": list(light.why)}


def lamps_at(light, tick):
    """The near lamps of a moment: list of Lamp, places in pixels of the stage."""
    lamps = []
    for glow in light.near:
        since = tick - glow.start
        if 0 <= since < len(glow.places):
            column, row = glow.places[since].tolist()
            lamps.append(
                Lamp(glow.colour, float(glow.strengths[since]), place=(column, row - ABOVE, BEFORE), reach=REACH)
            )
    return lamps


def light_ground(picture, land, lit_windows, light, tint, tick, figures):
    """Let fires and windows light the stage, and figures throw shadows on its ground.

    Args:
        picture: (h, w, 3) uint8, the stage without actors.
        land: (h, w) bool, what is near enough to be lit: not the sky.
        lit_windows: (h, w) bool.
        light: StageLight.
        tint: (3,) what the hour has multiplied the painted colours by.
        tick: frame of the shot.
        figures: list of (sprite, column, row) who throw shadows.

    Returns:
        (h, w, 3) uint8.
    """
    shape = picture.shape[:2]
    dark = np.zeros(shape, bool)
    for sprite, column, row in figures:
        _stamp(dark, _long_shadow(light, sprite), column, row)
    dark &= land
    dark[:HORIZON] = False
    lit = picture.copy()
    lit[dark] = np.rint(picture[dark] * np.float32(light.darkness))
    lamps = lamps_at(light, tick)
    if not lamps and not lit_windows.any():
        return lit
    glow = np.zeros((*shape, 3), np.float32) + _halo(light, lit_windows)
    for lamp in lamps:
        arrives = _fall_off(light, lamp, shape).copy()
        for sprite, column, row in figures:
            arrives[_near_shadow(light, sprite, column, row, lamp, shape)] = 0
        glow += arrives[..., None] * np.float32(lamp.strength) * np.float32(lamp.colour)
    bayer = np.tile(BAYER, (-(-shape[0] // 4), -(-shape[1] // 4)))[: shape[0], : shape[1], None].astype(np.float32)
    glow = np.floor(glow * STEPS + bayer) / np.float32(STEPS) * land[..., None]
    return np.rint(np.minimum(lit + picture * (glow / np.float32(tint)), 255)).astype(np.uint8)


def light_sprite(light, sprite, column, row, tick):
    """A sprite in the light of a moment, where its middle is in a column and its cell stands on a row of the stage.

    Returns:
        (h, w, 4) uint8; None if nothing is known of its surface.
    """
    key = sprite.tobytes()
    maps = light.surfaces.get(key)
    if maps is None:
        return None
    left, top = column - sprite.shape[1] // 2, row - sprite.shape[0]
    near = tuple(_moved(lamp, left, top) for lamp in lamps_at(light, tick))
    # without shadows on itself, which at 32 pixels are specks
    lamps = [*light.far, *near]
    return _once(light, (key, near), lambda: relight(maps, sprite, lamps, ambient=light.ambient, shadows=False))


def _glow(extra, strength):
    """An extra that shines: of the mean colour of its pixels, as bright as its size in each frame."""
    there = extra.frames[..., 3] > 0
    colour = extra.frames[there][:, :3].astype(float).mean(axis=0)
    size = np.sqrt(there.sum(axis=(1, 2)) / max(there.sum(axis=(1, 2)).max(), 1))
    return Glow(extra.start, extra.places, tuple((colour / max(colour.max(), 1)).tolist()), strength * size, extra.why)


def _moved(lamp, left, top):
    column, row, height = lamp.place
    return lamp._replace(place=(column - left, row - top, height))


def _once(light, key, work_out):
    """What is kept under a key, or is worked out; when there are KEPT all are forgotten."""
    if key not in light.kept:
        if len(light.kept) >= KEPT:
            light.kept.clear()
        light.kept[key] = work_out()
    return light.kept[key]


def _halo(light, windows):
    """The light about windows and on the ground before them, (h, w, 3)."""

    def work_out():
        panes = windows.astype(np.float32)
        below = ndimage.shift(ndimage.gaussian_filter(panes, (4, 9)), (9, 0), order=0)
        return np.minimum(1.6 * (ndimage.gaussian_filter(panes, 4) + below), 0.6)[..., None] * _WARM

    return _once(light, windows.tobytes(), work_out)


def _fall_off(light, lamp, shape):
    """How much of a fire arrives on the ground, which looks up, and on what stands behind it, which looks at us."""

    def work_out():
        column, row, _ = lamp.place
        rows, columns = np.arange(shape[0], dtype=np.float32)[:, None], np.arange(shape[1], dtype=np.float32)
        depth = (rows - row - ABOVE) / GROUND_SEEN
        floor = np.sqrt((columns - column) ** 2 + depth**2 + ABOVE**2)
        wall = np.sqrt((columns - column) ** 2 + (rows - row) ** 2 + BEHIND**2)
        ground = rows >= HORIZON
        far, cosine = np.where(ground, floor, wall), np.where(ground, ABOVE / floor, BEHIND / wall)
        arrives = np.sqrt(cosine) * np.where(ground, 1, 0.6) * (1 - (far / REACH).clip(0, 1) ** 2) ** 2
        return arrives.astype(np.float32)

    return _once(light, lamp.place, work_out)


def _near_shadow(light, sprite, column, row, lamp, shape):
    """The shadow that a fire throws, (h, w) bool: a fire stands still, and so do many."""
    key = (sprite.tobytes(), column, row, *lamp.place)

    def work_out():
        maps = light.surfaces.get(key[0])
        if maps is None:
            return np.zeros(shape, bool)
        depth = (lamp.place[1] + ABOVE - row) / GROUND_SEEN  # its true depth: BEFORE is for what it shines on
        there = lamp._replace(place=(*lamp.place[:2], depth))
        return shadow_of(Figure(sprite, maps, column, row), there, shape)

    return _once(light, key, work_out)


def _long_shadow(light, sprite):
    """(rows, columns) of the shadow that the first far lamp throws, from the middle of the feet."""
    key = ("shadow", sprite.tobytes())

    def work_out():
        maps = light.surfaces.get(key[1])
        if maps is None:
            return np.zeros(0, int), np.zeros(0, int)
        size = 4 * max(sprite.shape[:2])
        figure = Figure(sprite, maps, size // 2, size // 2)
        rows, columns = np.nonzero(shadow_of(figure, light.far[0], (size, size)))
        return rows - size // 2, columns - size // 2

    return _once(light, key, work_out)


def _stamp(mask, shadow, column, row):
    rows, columns = shadow[0] + row, shadow[1] + column
    inside = (rows >= 0) & (rows < mask.shape[0]) & (columns >= 0) & (columns < mask.shape[1])
    mask[rows[inside], columns[inside]] = True
