"""The stage before an audience: characters act by themselves on a canvas that hears pointer, keys and text."""

import io
import threading
from pathlib import Path

import numpy as np
import traitlets
from PIL import Image

from animkit.studio.audience_film import EFFECT_LASTS, EFFECTS, SCALE, SPEED, WALKS, stage_scores
from animkit.studio.painting import FLOOR
from animkit.studio.performance import ACTIONS, FPS, STYLE, layers
from animkit.theory.shading import GROUND_SEEN
from widgets.parts.saved_page import SavedPage, joined

JAVASCRIPT = Path(__file__).with_suffix(".js")
SHOWN = 60  # latest acts, that a view of the canvas is told of: of all that comes at once it plays the last


class StageCanvas(SavedPage):
    """Characters on a stage; the browser moves them, and they turn to pointer and keys before the kernel knows.

    Pictures travel to the browser once for each light, as PNG; acts as they come. In a saved page they go on idling.

    Args:
        lit: `animkit.studio.audience_film.Lit`.
        homes: name -> (column, row) where the feet stand at first.
        effects: kind -> (frames, side, side, 4) uint8, or {}.
        label: what is to be seen, for those who cannot see it.
        on_message: called with the seconds, the pointer as (column, row) or None, a list of dicts with "text" or "key",
            and what stands in the text box if that has changed, or None.

    Raises:
        ValueError: without a label.
    """

    script = _esm = joined(JAVASCRIPT)
    saved = ("scene", "acts", "look", "label")
    scene = traitlets.Dict().tag(sync=True)
    acts = traitlets.List().tag(sync=True)
    look = traitlets.Dict({"effects": True}).tag(sync=True)

    def __init__(self, lit, homes, effects, *, label, on_message=None):
        if not label.strip():
            raise ValueError("label is empty: say what is to be seen")
        self.homes, self.effects, self.seconds, self._hear = dict(homes), dict(effects), 0.0, on_message
        self._number, self._lock, self.pointer = 0, threading.RLock(), None
        scene, data = _packed(lit, self.homes, self.effects, 0.0)
        super().__init__(scene=scene, data=data, label=label)
        self.on_msg(lambda widget, content, buffers: self._take(content))

    def show(self, lit):
        """Show the stage in another light.

        Args:
            lit: `animkit.studio.audience_film.Lit`, of the same characters.
        """
        scene, data = _packed(lit, self.homes, self.effects, self.seconds)
        with self.hold_sync():  # both in one message: the browser reads the scene when the data change
            self.scene, self.data = scene, data

    def restart(self):
        """Forget all acts; everybody goes home."""
        with self._lock:
            self._number += 1
            self.acts = [{"who": "", "id": self._number, "action": "restart"}]
            self._number += 1

    def act(self, acts):
        """Let characters act.

        Args:
            acts: dicts as `animkit.studio.audience_film.film` has them.
        """
        with self._lock:
            numbered = []
            for one in acts:
                numbered.append(one | {"id": self._number})
                self._number += 1
            if numbered:
                self.acts = [*self.acts, *numbered][-SHOWN:]

    def _take(self, content):
        """Hear what the browser tells, and answer that it was heard, whatever came of it."""
        if "number" not in content:
            return
        try:
            self.seconds = max(self.seconds, float(content["seconds"]))
            if "pointer" in content:  # told when it moves, and by one view of several
                self.pointer = content["pointer"] and tuple(content["pointer"])
            if self._hear:
                self._hear(self.seconds, self.pointer, content["said"], content["draft"])
        finally:
            self.send({"answered": content["number"], "view": content["view"], "seconds": self.seconds})


def _png(pixels):
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(file, "png", compress_level=1)
    return file.getvalue()


def _packed(lit, homes, effects, seconds):
    """What the browser is told of a stage, and the pictures and scores that go with it, as bytes."""
    parts, offset = [], 0

    def pack(part):
        nonlocal offset
        parts.append(part)
        offset += len(part)
        return [offset - len(part), len(part)]

    scores, used = stage_scores()
    cells = np.full(int(used.max()) + 1, -1)
    cells[used] = np.arange(len(used))
    cast = []
    for name, pictures in lit.cells.items():
        sheet = layers(pictures)[used]  # (cells, 2, side, side, 4)
        side = sheet.shape[2]
        atlas = sheet.transpose(1, 2, 0, 3, 4).reshape(2 * side, -1, 4)
        there = np.flatnonzero(pictures[0, ..., 3].any(axis=1))
        cast.append({"name": name, "home": [float(v) for v in homes[name]], "mood": "calm", "sheet": pack(_png(atlas))})
        cast[-1]["tall"] = int(there[-1] - there[0] + 1) if len(there) else side
    made = {}
    for kind, frames in effects.items():
        sheet = frames.transpose(1, 0, 2, 3).reshape(frames.shape[1], -1, 4)
        told = {
            "frames": len(frames),
            "side": frames.shape[1],
            "fps": FPS,
            "above": EFFECTS[kind],
            "behind": kind == "smoke",
        }
        made[kind] = told | {"sheet": pack(_png(sheet))}
    near = None if lit.lamp.place is None else [float(v) for v in lit.lamp.place]
    scene = {
        "width": lit.wall.shape[2],
        "height": lit.wall.shape[1],
        "scale": SCALE,
        "floor": FLOOR,
        "seconds": seconds,
        "cast": cast,
        "cells": cells.tolist(),
        "cell": side,
        "feet": side - 1,
        "effects": made,
        "wall": {"sheet": pack(_png(lit.wall.reshape(-1, *lit.wall.shape[2:]))), "phases": len(lit.wall)},
        "scores": {
            "rows": pack(scores.astype("<f4").tobytes()),
            "actions": list(ACTIONS),
            "moods": list(STYLE),
            "frames": scores.shape[-2],
            "fps": FPS,
            "columns": scores.shape[-1],
        },
        "walks": list(WALKS),
        "speed": SPEED,
        "fades": EFFECT_LASTS,
        "lamp": {"place": near} if near else {"direction": [float(v) for v in lit.lamp.direction]},
        "seen": GROUND_SEEN,
        "dark": lit.dark,
        "flicker": FLICKER if lit.flicker else None,
    }
    return scene, b"".join(parts)


FLICKER = [(0.05, 2.3, 0.0), (0.03, 5.1, 1.0), (0.02, 9.7, 2.0)]  # size, a second, radians
