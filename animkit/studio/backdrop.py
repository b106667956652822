"""Painted pixel-art backdrops in layers: a place, an hour of the day, a camera that moves."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageColor, ImageDraw

from animkit.studio.painting import (
    BAYER,
    HEIGHT,
    HORIZON,
    LAMPLIGHT,
    PAINTED,
    Layer,
    blank_sheet,
    colour_ramp,
    dithered,
    mix_colours,
)
from animkit.studio.places import PLACES
from animkit.studio.stage_light import StageLight, light_ground, light_sprite

WIDTH = 160  # columns that the camera sees
CAMERA_RANGE = 160  # columns it may move before a layer at speed 1.25 ends
FAR = 0.3  # layers that pass more slowly are too far off for a fire to light
TIMES = ("dawn", "day", "dusk", "night")


class Light(NamedTuple):
    """An hour of the day: the sky from zenith to horizon, what it multiplies surfaces by, the colour of distance."""

    sky: tuple
    tint: tuple
    haze: str
    sun: tuple | None  # column, row, radius, colour, halo; None is a night with moon and stars, () is behind clouds
    cloud: tuple  # lit side, shaded side


LIGHTS = {
    "dawn": Light(
        ("#5a6fb0", "#8f8fc4", "#d7a5bd", "#f7c3a8", "#fde7bd"),
        (1.0, 0.92, 0.93),
        "#eebfb4",
        (112, 46, 9, "#fff4d0", "#fbd9a4"),
        ("#fff0e0", "#e8b9bf"),
    ),
    "day": Light(
        ("#3b86d1", "#5ea6e2", "#8cc8f0", "#bfe4f5", "#e9f6ee"),
        (1.0, 1.0, 1.0),
        "#b9def0",
        (126, 15, 8, "#fff8d8", "#fdeea0"),
        ("#ffffff", "#c5dcee"),
    ),
    "dusk": Light(
        ("#33306f", "#66408a", "#b0528a", "#ea7c6c", "#fcc069"),
        (1.0, 0.8, 0.78),
        "#cf7d86",
        (40, 45, 10, "#ffe39a", "#fba35f"),
        ("#f9a884", "#8f5590"),
    ),
    "night": Light(
        ("#0a0e2b", "#111943", "#1b275b", "#2a3a74", "#46588f"),
        (0.5, 0.58, 0.86),
        "#2c3d75",
        None,
        ("#4a5a92", "#2a376c"),
    ),
}


CLOUDED = {"rain": ("#7d8796", 0.62), "storm": ("#4c5266", 0.74), "snow": ("#b4bfce", 0.66)}  # how grey a sky is


def clouded(light, weather):
    """An hour under clouds: a grey sky without sun, moon and stars, clouds that close up, and less colour below.

    Args:
        light: a Light.
        weather: "rain", "storm" or "snow".

    Returns:
        Light.
    """
    grey, share = CLOUDED[weather]
    grey = mix_colours("#000000", grey, sum(light.tint) / 3)  # a night's clouds are dark
    sky = tuple(mix_colours(colour, grey, share) for colour in light.sky)
    cloud = (
        mix_colours(light.cloud[0], grey, 0.75),
        mix_colours(mix_colours(light.cloud[1], grey, 0.8), "#1b2033", 0.2),
    )
    tint = tuple(0.82 * (0.6 * part + 0.4 * sum(light.tint) / 3) for part in light.tint)
    return Light(sky, tint, "#{:02x}{:02x}{:02x}".format(*mix_colours(light.haze, grey, 0.6)), (), cloud)


class Backdrop(NamedTuple):
    """Layers from far to near, what the hour's light multiplies the actors' colours by, and a shot's own light."""

    layers: tuple
    tint: tuple
    light: StageLight | None = None  # who is on stage is relit, and throws shadows


class Actor(NamedTuple):
    """One sprite on the stage: (height, width, 4) uint8, its middle column, and the row its cell stands on."""

    sprite: np.ndarray
    column: int
    row: int
    tinted: bool = True  # by the hour's light
    shadow: bool = True
    who: str = ""  # a name, of those of whom it is told where they are seen
    action: str = ""  # what they do there, and which way they face
    facing: str = ""


@lru_cache(maxsize=8)
def backdrop(place, time, *, weather=None, seed=0):
    """Paint a place at an hour of the day.

    Args:
        place: one of `animkit.studio.places.PLACES`.
        time: one of TIMES.
        weather: "rain", "storm" or "snow", which fall from a clouded sky; of everything else nothing is seen.
        seed: same seed, same hills and trees.

    Returns:
        A Backdrop.

    Raises:
        ValueError: an unknown place or time.
    """
    if place not in PLACES:
        raise ValueError(f"no backdrop for place {place!r}; there are {', '.join(PLACES)}")
    if time not in LIGHTS:
        raise ValueError(f"no light for time {time!r}; there are {', '.join(LIGHTS)}")
    light = clouded(LIGHTS[time], weather) if weather in CLOUDED else LIGHTS[time]
    layers = (sky(light, seed), clouds(light, seed), *PLACES[place](light, seed))
    return Backdrop(layers, light.tint)


def view(painted, *, camera=0.0, tick=0, actors=()):
    """Take the picture that the camera sees, (90, 160, 3) uint8: of `look` the first."""
    return look(painted, camera=camera, tick=tick, actors=actors)[0]


def look(painted, *, camera=0.0, tick=0, actors=()):
    """Take the picture that the camera sees, and say whose pixels are seen in it.

    Args:
        painted: a Backdrop.
        camera: column of the left edge, 0 to CAMERA_RANGE.
        tick: frame number; flags, water and smoke change with it.
        actors: Actors; who stands lower stands in front.

    Returns:
        (90, 160, 3) uint8, and (90, 160) int: 1 + the number of the actor with a name whose pixel it is, else 0.

    Raises:
        ValueError: the camera leaves the painting.
    """
    if not 0 <= camera <= CAMERA_RANGE:
        raise ValueError(f"the camera can be at 0 to {CAMERA_RANGE}, not at {camera}: the painting ends there")
    picture = Image.new("RGBA", (WIDTH, HEIGHT))
    waiting, land = sorted(enumerate(actors, 1), key=lambda one: one[1].row), np.zeros((HEIGHT, WIDTH), bool)
    whose, placed = np.zeros((HEIGHT, WIDTH), int), False
    for layer in painted.layers:
        if layer.speed > 1 and not placed:
            picture, placed = _place(picture, waiting, painted, tick, land, whose), True
        sheet = layer.phases[tick // 3 % len(layer.phases)]
        columns = (np.arange(WIDTH) + int(round(camera * layer.speed + tick * layer.drift))) % PAINTED
        picture.alpha_composite(Image.fromarray(sheet[:, columns]))
        if layer.speed > FAR:
            land |= sheet[:, columns, 3] > 0
        whose[sheet[:, columns, 3] > 0] = 0  # grass before their feet
    if not placed:
        picture = _place(picture, waiting, painted, tick, land, whose)
    return np.asarray(picture)[..., :3], whose


def _shadow(size, column, row, *rings):
    soft = Image.new("RGBA", size)
    draw = ImageDraw.Draw(soft)
    for reach, opacity in rings:
        half = max(1, reach // 3)
        box = (column - reach, row - half, column + reach - 1, row + half - 1)
        draw.ellipse(box, fill=(16, 12, 40, opacity))
    return soft


def _place(picture, actors, painted, tick, land, whose):
    """Draws actors in the light of the hour, or of their shot, each over its soft shadow: the picture with them.

    They come with their numbers, which `whose`, (90, 160), is given in place.
    """
    light, rings = painted.light, ((9, 50), (6, 100))
    if light is not None:
        rings = ((5, 90),)  # where the feet touch the ground; the long shadow comes from the lamp
        stage = np.asarray(picture)[..., :3]
        windows = (stage == np.array(ImageColor.getrgb(LAMPLIGHT), np.uint8)).all(axis=-1)
        figures = [(actor.sprite, actor.column, actor.row) for _, actor in actors if actor.shadow]
        lit = light_ground(stage, land, windows, light, painted.tint, tick, figures)
        picture = Image.fromarray(lit).convert("RGBA")
    for number, actor in actors:
        if not actor.sprite[..., 3].any():
            continue
        if actor.shadow:
            picture.alpha_composite(_shadow(picture.size, actor.column, actor.row, *rings))
        sprite = None
        if light is not None and actor.tinted and actor.shadow:
            sprite = light_sprite(light, actor.sprite, actor.column, actor.row, tick)
        if sprite is None:
            sprite = actor.sprite.copy()
            if actor.tinted:  # a little brighter than the set
                sprite[..., :3] = np.rint(sprite[..., :3] * (0.35 + 0.65 * np.array(painted.tint)))
        figure = Image.new("RGBA", picture.size)
        figure.paste(Image.fromarray(sprite), (actor.column - sprite.shape[1] // 2, actor.row - sprite.shape[0]))
        picture.alpha_composite(figure)
        if actor.who or actor.shadow:  # what stands on the ground hides who is behind it
            whose[np.asarray(figure)[..., 3] > 0] = number if actor.who else 0
    return picture


def sky(light, seed, *, height=HEIGHT, horizon=HORIZON):
    """Paint an hour's sky with its sun, or with moon and stars that twinkle.

    Args:
        light: a Light.
        seed: same seed, same stars.
        height: rows of the sheet.
        horizon: row where the sky ends; sun and moon keep their share of the way up.

    Returns:
        Layer, infinitely far.
    """
    rows = np.arange(height)[:, None] / (horizon + 2) * np.ones((1, PAINTED))
    rgb = dithered(rows**1.1, colour_ramp(light.sky, 12))
    still = Image.fromarray(np.concatenate([rgb, np.full((height, PAINTED, 1), 255, "uint8")], axis=-1))
    rng = np.random.default_rng([seed, 1])
    if light.sun:
        column, row, radius, colour, halo = light.sun
        y, x = np.mgrid[:height, :PAINTED]
        away = np.hypot(x - column, y - row * horizon // HORIZON) / radius
        bayer = np.tile(BAYER, (height // 4 + 1, PAINTED // 4))[:height, :PAINTED]
        pixels = np.asarray(still).copy()
        pixels[(1.9 - away) * 0.8 > bayer + 0.02] = (*mix_colours(halo, light.sky[2], 0.45), 255)
        pixels[(1.45 - away) * 2.2 > bayer + 0.02] = (*mix_colours(halo, halo, 0), 255)
        pixels[away <= 1] = (*mix_colours(colour, colour, 0), 255)
        return Layer(pixels[None], 0.0)
    if light.sun is not None:
        return Layer(np.asarray(still)[None], 0.0)
    sheets = []
    stars = rng.integers((0, 0), (PAINTED, horizon - 8), (90 * horizon // HORIZON, 2))
    for phase in range(4):
        pixels = np.asarray(still).copy()
        for i, (x, y) in enumerate(stars):
            dim = (i + phase) % 7 == 0 or i % 3 == 0
            pixels[y, x, :3] = (128, 142, 196) if dim else (236, 240, 255)
            if i % 15 == 0 and not dim:  # a few large ones sparkle
                pixels[y, max(0, x - 1) : x + 2, :3] = pixels[max(0, y - 1) : y + 2, x, :3] = (176, 188, 232)
                pixels[y, x, :3] = 255
        moon = Image.fromarray(pixels)
        draw = ImageDraw.Draw(moon)
        down = 16 * horizon // HORIZON - 16
        draw.ellipse((114, 8 + down, 131, 25 + down), fill=mix_colours("#27366f", "#fff", 0.1))
        draw.ellipse((115, 9 + down, 130, 24 + down), fill=(250, 244, 214))
        for x, y, r in ((119, 14, 2), (125, 19, 1), (124, 12, 0)):
            draw.ellipse((x, y + down, x + r, y + down + r), fill=(222, 214, 184))
        sheets.append(np.asarray(moon))
    return Layer(np.stack(sheets), 0.0)


def clouds(light, seed):
    """Paint an hour's clouds, which drift."""
    rng = np.random.default_rng([seed, 2])
    picture, draw = blank_sheet()
    if light.sun == ():  # a ceiling of clouds, row over row
        for y, size, gap in ((4, 2.0, 26), (13, 1.5, 31), (24, 1.1, 43)):
            for x in range(int(rng.integers(0, gap)), PAINTED, gap):
                for around in (-PAINTED, 0, PAINTED):
                    _cloud(draw, x + around + int(rng.integers(-5, 6)), y, size, light.cloud, hollow=False)
        return Layer(np.asarray(picture)[None], 0.04, drift=0.3)
    for x in np.arange(18, PAINTED - 30, 62) + rng.integers(-14, 15, len(range(18, PAINTED - 30, 62))):
        y, size = rng.integers(9, 32), rng.uniform(0.7, 1.25)
        for around in (-PAINTED, 0, PAINTED):  # what leaves the sheet on one side comes in on the other
            _cloud(draw, x + around, y, size, light.cloud)
    return Layer(np.asarray(picture)[None], 0.04, drift=0.08)


def _cloud(draw, x, y, size, tones, *, hollow=True):
    lit, shaded = tones
    puffs = [(dx * size, -lift * size, r * size) for dx, lift, r in ((-11, 0, 4), (-4, 3, 6), (5, 2, 5), (11, 0, 3))]
    for colour, down in ((shaded, 1), (lit, -1)):
        for dx, dy, r in puffs:
            r = r if down > 0 else r - 1
            draw.ellipse((x + dx - r, y + dy - r + down, x + dx + r, y + dy + r + down), fill=colour)
    if not hollow:
        return
    draw.rectangle((x - 20, y + 2, x + 20, y + 12), fill=(0, 0, 0, 0))  # flat underside
    draw.line((x - 11 * size, y + 2, x + 11 * size, y + 2), fill=shaded)
