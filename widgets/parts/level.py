"""A level that one plays, in a notebook or in a saved page: a character walks and jumps, coins are counted."""

import io
from pathlib import Path

import numpy as np
import traitlets
from PIL import Image

from animkit.data.mario_levels import LETTERS
from animkit.data.sprites import ACTION_DIRECTIONS
from animkit.metrics.levels import PHYSICS, SOLID, TILE
from animkit.studio.level_art import DEEPER, TICKS, figures
from animkit.studio.level_tiles import PHASES, SIDE, tile_set
from widgets.parts.saved_page import SavedPage

JAVASCRIPT = Path(__file__).with_suffix(".js")
SHOWN = ("walk left", "walk right", "spellcast front")  # what the character does in a level


class LevelPlayer(SavedPage):
    """Play a level: arrow keys walk, up or space jumps, W shows the path-finder's way, R begins anew.

    What is drawn travels to the browser once, as PNG; playing needs no kernel. In a saved page it still plays.

    Args:
        painting: of `animkit.studio.level_art.paint_level`.
        clips: (9, frames, height, width, 4) uint8 in the order of ACTION_DIRECTIONS: who plays.
        path: (frames, 2) feet in tiles, sixty a second, as `animkit.metrics.levels.physics_paths` finds it, or None.
        label: what is to be seen, for those who cannot see it.
        on_tile: called with the row and column of a tile that was clicked while `editing`; None without an editor.

    Raises:
        ValueError: without a label, or clips of another shape.
    """

    script = _esm = JAVASCRIPT.read_text(encoding="utf-8")
    saved = ("level", "label")
    level = traitlets.Dict().tag(sync=True)
    editing = traitlets.Bool(False).tag(sync=True)

    def __init__(self, painting, clips, *, path=None, label, on_tile=None):
        if not label.strip():
            raise ValueError("label is empty: say what is to be seen")
        level, data = _packed(painting, clips, path)
        super().__init__(level=level, data=data, label=label)
        if on_tile:
            self.on_msg(lambda widget, content, buffers: "tile" in content and on_tile(*content["tile"]))

    def show(self, painting, clips, *, path=None):
        """Play another level in place of this one; if it is as large, the character stays where it is.

        Args:
            painting: as at the start, as are clips and path.
        """
        level, data = _packed(painting, clips, path)
        with self.hold_sync():  # both in one message: the browser reads the level when the data change
            self.level, self.data = level, data


def _png(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "png")
    return file.getvalue()


def _packed(painting, clips, path):
    """What the browser is told of a level, and the pictures and numbers that go with it, as bytes."""
    parts, offset = [], 0

    def pack(part):
        nonlocal offset
        parts.append(part)
        offset += len(part)
        return [offset - len(part), len(part)]

    rows, columns = painting.tiles.shape
    small = figures(painting, clips)[[ACTION_DIRECTIONS.index(name) for name in SHOWN]]
    _, frames, height, width, _ = small.shape
    names, _, _ = tile_set("meadow")  # of all places alike
    codes = {name: LETTERS.index(letter) for name, letter in (("coin", "o"), ("enemy", "E"), ("treasure", "?"))}
    told = {
        "rows": rows,
        "columns": columns,
        "side": SIDE,
        "phases": PHASES,
        "ticks": TICKS,
        "tile": TILE,
        "physics": PHYSICS,
        "solid": SOLID.astype(int).tolist(),
        "codes": codes,
        "numbers": {name: names[name] for name in ("crate", "coin", "walker", "asleep")},
        "weather": painting.weather,
        "haze": [int(channel) for channel in painting.haze],
        "frames": [frames, height, width],
        "atlas": pack(_png(painting.atlas.reshape(-1, SIDE, 4))),
        "figure": pack(_png(small.swapaxes(1, 2).reshape(len(SHOWN) * height, frames * width, 4))),
        "moves": pack(painting.moves.astype(np.uint8).tobytes()),
        "tiles": pack(painting.tiles.tobytes()),
        "behind": [],
    }
    for name in ("scenery", "blocks", "things"):
        told[name] = pack(getattr(painting, name)[:rows].astype("<u2").tobytes())
    for layer in painting.behind:
        sheet = layer.phases[:, : -DEEPER * SIDE]
        picture = pack(_png(sheet.reshape(-1, *sheet.shape[2:])))
        told["behind"].append({"speed": layer.speed, "drift": layer.drift, "phases": len(sheet), "picture": picture})
    told["path"] = None if path is None else pack(np.asarray(path, "<f4").tobytes())
    return told, b"".join(parts)
