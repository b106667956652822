"""A stage to be lit by hand: lamps are dragged, and the browser shades each pixel at once, also in a saved page."""

import math
import re
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
import traitlets

from animkit.studio.lighting import CLEARANCE, PRESETS
from animkit.theory.shading import GROUND_SEEN, Lamp, diffuse
from widgets.parts.saved_page import SavedPage, joined

JAVASCRIPT = Path(__file__).with_suffix(".js")
RATE, MOMENTS = 12, 120  # of a preset that moves: moments a second, and how many until it begins again
VIEWS = ("lit", "drawn", "normals", "height", "albedo")
MOST_LAMPS, STRONGEST = 6, 4.0
LONGEST = 4096  # ticks that the browser counts before it begins again
ENDS = {"specular": (0, 1), "shininess": (1, 128), "wipe": (0, 1)}
START = {  # a look without lamps
    "lamps": (),
    "ambient": "#40404d",
    "specular": 0.0,
    "shininess": 16,
    "shadows": True,
    "view": "lit",
    "wipe": 0.0,
    "preset": "",
    "moving": False,
    "playing": False,
}
_HEX = re.compile("#[0-9a-f]{6}")


class Stage(NamedTuple):
    """A scene to be lit."""

    wall: np.ndarray  # (height, width, 3) uint8, flat, behind all
    figures: tuple  # of Moving; who stands lower stands in front
    fps: float = 8
    horizon: int = 0  # row where the ground begins on which shadows fall
    against: str = "as drawn"  # what is seen left of the wipe, in a word or two


class Moving(NamedTuple):
    """A figure of a scene and where it goes."""

    pictures: np.ndarray  # (frames, h, w, 4) uint8
    maps: tuple  # of animkit.studio.lighting.Maps: one, or a second that stands left of the wipe
    places: tuple  # (column, row) for each tick: the picture's middle, and on which row its lowest pixel stands


def to_hex(colour):
    """Write a colour, three numbers from 0 to 1, as #rrggbb."""
    return "#" + "".join(f"{int(round(255 * min(max(float(part), 0), 1))):02x}" for part in colour)


def of_hex(text):
    """Read #rrggbb, three numbers from 0 to 1."""
    return tuple(int(text[at : at + 2], 16) / 255 for at in (1, 3, 5))


def told(lamp):
    """Write a lamp as the browser and the state line have it, a dict of `Lamp`'s fields with the colour as #rrggbb.

    Args:
        lamp: `animkit.theory.shading.Lamp`.

    Returns:
        dict.
    """
    put = {"place": lamp.place} if lamp.direction is None else {"direction": lamp.direction}
    ((name, value),) = put.items()
    plain = {"colour": to_hex(lamp.colour), "strength": round(float(lamp.strength), 3)}
    plain[name] = [round(float(part), 3) for part in value]
    if lamp.reach is not None:
        plain["reach"] = round(float(lamp.reach), 1)
    return plain


def lamp_of(plain):
    """Read what `told` wrote, as a Lamp."""
    return Lamp(**plain | {"colour": of_hex(plain["colour"])})


def presets_of(shape):
    """What the browser is told of the presets for a scene of a shape.

    Args:
        shape: (height, width) pixels.

    Returns:
        dict: name -> lamps, ambient, and for those that move a track: at each moment what every lamp's strength is
        multiplied by, how far its place is shifted, and its colour.
    """
    found = {}
    for name, preset in PRESETS.items():
        lamps, ambient = preset(0.0, shape)
        described = {"lamps": [told(lamp) for lamp in lamps], "ambient": to_hex(ambient)}
        track = [[_step(*pair) for pair in zip(lamps, preset(n / RATE, shape)[0], strict=True)] for n in range(MOMENTS)]
        if any(step != track[0] for step in track):
            described |= {"track": track, "rate": RATE}
        found[name] = described
    return found


def lamps_at(look, presets, seconds):
    """The lamps at a moment, as the browser has them.

    Args:
        look: of a LightCanvas.
        presets: of `presets_of`.
        seconds: the moment.

    Returns:
        list of `animkit.theory.shading.Lamp`.
    """
    lamps = [lamp_of(plain) for plain in look["lamps"]]
    preset = presets.get(look["preset"], {})
    if not look["moving"] or "track" not in preset:
        return lamps
    now = preset["track"][int(seconds * preset["rate"]) % len(preset["track"])]
    for number, (step, plain, base) in enumerate(zip(now, look["lamps"], preset["lamps"], strict=False)):
        lamp = lamps[number]
        lamp = lamp._replace(strength=lamp.strength * step["strength"])
        if lamp.place is not None:
            lamp = lamp._replace(place=tuple(np.add(lamp.place, step["shift"]).tolist()))
        if plain["colour"] == base["colour"]:
            lamp = lamp._replace(colour=of_hex(step["colour"]))
        lamps[number] = lamp
    return lamps


def read_look(look):
    """Read what a person set, from the browser or a state line.

    Args:
        look: dict with lamps (as `told` writes them), ambient (#rrggbb), specular (0 to 1), shininess (1 to 128),
            shadows, view (of VIEWS), wipe (0 to 1: what share from the left shows what the stage is compared with),
            preset (whose movement the lamps have, or ""), moving, playing.

    Returns:
        dict of plain values, as the browser has them.

    Raises:
        ValueError: what is missing, unknown or out of range, and what it can be.
    """
    missing = set(START) - set(look)
    if missing or set(look) - set(START):
        raise ValueError(f"a look has {', '.join(START)}; got {', '.join(map(str, look))}")
    if look["view"] not in VIEWS or look["preset"] not in ("", *PRESETS):
        raise ValueError(f"view is of {', '.join(VIEWS)}, preset of {', '.join(PRESETS)} or empty")
    ambient = str(look["ambient"]).lower()
    if not _HEX.fullmatch(ambient):
        raise ValueError(f"ambient is a colour, #rrggbb; got {look['ambient']!r}")
    numbers = {name: _number(name, look[name], *ends) for name, ends in ENDS.items()}
    if len(look["lamps"]) > MOST_LAMPS:
        raise ValueError(f"at most {MOST_LAMPS} lamps; got {len(look['lamps'])}")
    switches = {name: bool(look[name]) for name in ("shadows", "moving", "playing")}
    lamps = [_read_lamp(lamp) for lamp in look["lamps"]]
    return look | numbers | switches | {"ambient": ambient, "lamps": lamps}


def _read_lamp(lamp):
    kind = "place" if "place" in lamp else "direction"
    wrong = set(lamp) - {"colour", "strength", kind, "reach"} or {"colour", "strength", kind} - set(lamp)
    if wrong or not _HEX.fullmatch(colour := str(lamp["colour"]).lower()):
        raise ValueError(f"a lamp has colour (#rrggbb), strength, and place or direction; got {lamp!r}")
    strength = _number("strength", lamp["strength"], 0, STRONGEST)
    where = [_number(kind, part, -10_000, 10_000) for part in lamp[kind]]
    reach = None if lamp.get("reach") is None else _number("reach", lamp["reach"], 1, 100_000)
    plain = {"colour": colour, "strength": strength, kind: where} | ({} if reach is None else {"reach": reach})
    diffuse(np.ones((1, 1, 3)), lamp_of(plain))  # it knows what else a lamp cannot be
    return plain


def _number(name, value, low, high):
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(f"{name} is a number from {low:g} to {high:g}; got {value!r}")
    return value


def ticks_of(stage):
    """After how many ticks all figures of a stage stand again as at first."""
    return math.lcm(*(length for one in stage.figures for length in (len(one.pictures), len(one.places))))


class LightCanvas(SavedPage):
    """A stage, and lamps over it that are dragged by pointer, touch or arrow keys; the browser draws what is seen.

    Pictures and maps travel to the browser once, as bytes; light needs no kernel. In a saved page it still works.

    Args:
        stage: Stage.
        look: as `read_look` reads it.
        label: what is to be seen, for those who cannot see it.
        on_look: called with the look when a person has changed it and the hand rests.

    Raises:
        ValueError: without a label, a look that cannot be, or a figure whose maps have another size.
    """

    script = _esm = joined(JAVASCRIPT)
    saved = ("scene", "look", "presets", "label")
    scene = traitlets.Dict().tag(sync=True)
    look = traitlets.Dict().tag(sync=True)
    presets = traitlets.Dict().tag(sync=True)

    def __init__(self, stage, look, *, label, on_look=None):
        if not label.strip():
            raise ValueError("label is empty: say what is to be seen")
        scene, data = _packed(stage)
        presets = presets_of(stage.wall.shape[:2])
        super().__init__(scene=scene, data=data, presets=presets, look=read_look(look), label=label)
        if on_look:
            self.observe(lambda change: on_look(change.new), "look")

    def show(self, stage):
        """Show another stage in place of this one, with the same lamps.

        Args:
            stage: Stage.
        """
        scene, data = _packed(stage)
        with self.hold_sync():  # all in one message: the browser reads the scene when the data change
            self.scene, self.presets, self.data = scene, presets_of(stage.wall.shape[:2]), data


def _step(base, now):
    shift = [0, 0, 0] if base.place is None else [round(float(part), 2) for part in np.subtract(now.place, base.place)]
    return {"strength": round(float(now.strength / base.strength), 4), "shift": shift, "colour": to_hex(now.colour)}


def _packed(stage):
    """What the browser is told of a stage, and the pixels and maps that go with it, as compressed bytes."""
    parts, offset = [], 0

    def pack(values):
        nonlocal offset
        parts.append(np.ascontiguousarray(values).tobytes())
        offset += len(parts[-1])
        return [offset - len(parts[-1]), len(parts[-1])]

    described = []
    for figure in stage.figures:
        frames, height, width, _ = figure.pictures.shape
        packed = []
        for maps in figure.maps:
            if maps.height.shape != figure.pictures.shape[:3]:
                raise ValueError(f"maps of {maps.height.shape} do not go with pictures of {figure.pictures.shape[:3]}")
            packed.append(
                {
                    "normals": pack(np.rint(maps.normals * 32767).astype("<i2")),
                    "albedo": pack(np.rint(maps.albedo.clip(0, 1) * 65535).astype("<u2")),
                    "height": pack(maps.height.astype("<f4")),
                }
            )
        places = [[int(column), int(row)] for column, row in figure.places]
        size = {"frames": frames, "height": height, "width": width, "places": places}
        described.append({**size, "maps": packed, "picture": pack(figure.pictures)})
    height, width, _ = stage.wall.shape
    scene = {
        "height": height,
        "width": width,
        "wall": pack(stage.wall),
        "figures": described,
        "ticks": min(ticks_of(stage), LONGEST),
        "fps": stage.fps,
        "horizon": stage.horizon,
        "against": stage.against,
        "ground": GROUND_SEEN,
        "clearance": CLEARANCE,
        "most_lamps": MOST_LAMPS,
        "strongest": STRONGEST,
    }
    return scene, zlib.compress(b"".join(parts), 1)
