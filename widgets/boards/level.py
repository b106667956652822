"""The level board: wishes become a level that one plays at once; clicks change tiles, and it leaves as files."""

import html
from functools import lru_cache
from pathlib import Path

import ipywidgets
import numpy as np
from PIL import Image

from animkit.data.mario_levels import LETTERS, TILES, read_level, to_text, to_tiles
from animkit.metrics.levels import WISHES, is_met, measure_wishes, physics_paths, tile_path
from animkit.render import save_png
from animkit.studio.backdrop import TIMES
from animkit.studio.level_art import WEATHERS, from_tmj, paint_level, read_tmj, save_tmj, view
from animkit.studio.places import PLACES
from animkit.studio.scenes import MOST, make_level
from animkit.writing import replacing
from widgets.parts.board import ExportBoard, row, seed_box, small
from widgets.parts.lab import choice, passed_in, slider
from widgets.parts.level import LevelPlayer
from widgets.parts.own_file import own_file

FREE, PLAY = "free", "play"
LARGEST = 1_000_000  # bytes of a file; a level of 1,000 columns in a map has a tenth of it
ROWS, COLUMNS = (4, 30), (20, 1000)  # of a level of one's own
TRIES = 128  # levels that a network makes at most: a person waits for it
MAKES = ("model", *WISHES, "length", "seed")  # controls that make another level
STEPS = {"enemies": 1, "jumps": 1, "coins": 1, "height": 0.5}


class LevelBoard(ExportBoard):
    """The board that `level_board` makes; buttons, clicks and cells alike call its methods.

    Args:
        models: name -> model, as `animkit.studio.scenes.make_level` takes it.
        clips: (9, frames, height, width, 4) uint8, who plays.
        folder: where exports go.
        state: values of the controls.
        further: edits and own, see `level_board`.
        given: what the state line repeats by name.
    """

    def __init__(self, models, clips, folder, state, further, given):
        self.models, self.clips, self.player = models, clips, None
        self.tiles = self.painting = self.paths = None
        self._made = lru_cache(maxsize=32)(self._make)  # so that undo and edits make nothing anew
        self.upload, self.path = own_file(
            self,
            "your level",
            "A text of tiles or a map saved here",
            accept=".txt,.tmj,.json",
            example="my_level.txt",
            take=self._take_upload,
            read=self.read,
        )
        super().__init__(
            "Level board",
            "level_board",
            _controls(models, state),
            self._draw,
            folder=folder,
            further=further,
            more_state=lambda: given | {name: self.further[name] for name in further if self.further[name]},
        )
        self._arrange()

    def _arrange(self):
        button = self.button
        for name in MAKES:  # a level is made when the slider is let go
            if hasattr(self.controls[name], "continuous_update"):
                self.controls[name].continuous_update = False
        export = [
            button("TMJ", "A map for Tiled, with its tile set as PNG", self.export_tmj, "th"),
            button("PNG", "The whole level as a picture", self.export_png, "picture-o"),
            button("text", "A letter a tile, a row a line", self.export_text, "file-text-o"),
        ]
        self.arrange(
            [
                *self.controls.values(),
                row(
                    button("another level", "The same wishes, the next seed", self.another, "refresh"),
                    button("undo all tiles", "The level as it was made or read", self.restore, "eraser"),
                    self.undo_button,
                    self.redo_button,
                    self.reset_button,
                ),
                row(self.upload, self.path),
                self.message,
            ],
            [self.player, self.numbers, row(self.folder, *export), self.report],
        )

    # --- what a person does ------------------------------------------------------------------------------------------

    def another(self):
        """Make another level with the same wishes."""
        seed = self.controls["seed"]
        self.set(seed=min(seed.value + 1, seed.max), edits=(), own="")

    def put(self, row, column):
        """Put the chosen tile where a person clicked.

        Args:
            row: from 0, from the top.
            column: from 0.

        Raises:
            ValueError: when no tile is chosen, or there is no such place.
        """
        letter = self.controls["tile"].value
        if letter == PLAY:
            raise ValueError("choose a tile to put first, beside 'click'")
        rows, columns = self.tiles.shape
        if not (0 <= row < rows and 0 <= column < columns):
            raise ValueError(f"row {row}, column {column} lies beyond the {rows} rows and {columns} columns")
        if LETTERS[self.tiles[row, column]] != letter:
            self.set(edits=(*self.further["edits"], (int(row), int(column), letter)))

    def restore(self):
        """Take every changed tile back."""
        self.set(edits=())

    def read(self, path):
        """Take a level from a file, a text or a map.

        Args:
            path: the file.

        Raises:
            ValueError: it is no level, or too large.
            OSError: it cannot be read.
        """
        path = Path(str(path).strip()).expanduser()
        if path.stat().st_size > LARGEST:
            raise ValueError(f"{path} has {path.stat().st_size:,} bytes; a level's file has at most {LARGEST:,}")
        read = read_tmj if path.suffix in (".tmj", ".json") else read_level
        self._take(read(path), path.name)

    def export_tmj(self):
        """Write the level as a map for Tiled and its tile set, read it back and report.

        Returns:
            list of paths.

        Raises:
            ValueError: when there is no folder's name.
            OSError: when it cannot be written.
        """
        return self.export(lambda folder: self._write(folder, ".tmj", self._write_tmj))

    def export_png(self):
        """Write the level as a picture, read it back and report; as `export_tmj`."""
        return self.export(lambda folder: self._write(folder, ".png", self._write_png))

    def export_text(self):
        """Write the level as text, read it back and report; as `export_tmj`."""
        return self.export(lambda folder: self._write(folder, ".txt", self._write_text))

    # --- how it works ------------------------------------------------------------------------------------------------

    def changed(self, name):
        return {"edits": (), "own": ""} if name in MAKES else {}

    def _take_upload(self, name, content):
        if len(content) > LARGEST:
            raise ValueError(f"{name} has {len(content):,} bytes; a level's file has at most {LARGEST:,}")
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ValueError(f"{name} is no text in UTF-8: save the level as plain text, a row a line") from error
        try:
            tiles = from_tmj(text) if name.endswith((".tmj", ".json")) else to_tiles(text)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from error
        self._take(tiles, name)

    def _take(self, tiles, name):
        for what, have, (least, most) in zip(("rows", "columns"), tiles.shape, (ROWS, COLUMNS), strict=True):
            if not least <= have <= most:
                raise ValueError(f"{name} has {have} {what}; a level here has {least} to {most}")
        self.set(own=to_text(tiles), edits=())

    def _make(self, model, length, seed, wishes):
        return make_level(self.models[model], wishes=dict(wishes), length=length, seed=seed, tries=TRIES)

    def _draw(self, *, model, length, seed, place, hour, weather, tile, edits, own, **wishes):
        asked = {} if own else {name: value for name, value in wishes.items() if value != FREE}
        if own:
            tiles, tries = to_tiles(own), None
        else:
            try:
                level = self._made(model, length, seed, tuple(asked.items()))
            except RuntimeError as error:  # no level could be finished: what to do stands in it
                raise ValueError(str(error)) from error
            tiles, tries = level.tiles.copy(), level.tries
        for at_row, at_column, letter in edits:
            tiles[at_row, at_column] = LETTERS.index(letter)
        self.tiles, self.paths = tiles, _verdict(to_text(tiles))
        way, run = self.paths
        self.painting = paint_level(tiles, place=place, hour=hour, weather=weather, seed=seed)
        label = f"A level of {tiles.shape[1]} columns, {place}, {hour}, {weather}, that a character walks and jumps."
        if self.player is None:
            self.player = LevelPlayer(
                self.painting, self.clips, path=run, label=label, on_tile=lambda *at: self.attempt(self.put, *at)
            )
        else:
            self.player.label = label
            self.player.show(self.painting, self.clips, path=run)
        self.player.editing = tile != PLAY
        return small(_told(tiles, way, run, asked, tries, bool(own), len(edits)))

    def _write(self, folder, ending, write):
        name = "own_level" if self.further["own"] else f"level_{self.controls['seed'].value}"
        written, wrong = write(folder / f"{name}{ending}")
        again = "the same" if not wrong else f"<b>{wrong} differ</b>"
        listed = ", ".join(f"<code>{html.escape(str(path))}</code>" for path in written)
        return written, [f"Wrote {listed}; read back: {again}."]

    def _write_tmj(self, path):
        written = save_tmj(path, self.painting)
        return list(written), int((read_tmj(path) != self.tiles).sum())

    def _write_png(self, path):
        pixels = view(self.painting)
        save_png(path, pixels)
        return [path], int((np.asarray(Image.open(path).convert("RGB")) != pixels).any(axis=-1).sum())

    def _write_text(self, path):
        with replacing(path) as temporary:
            temporary.write_text(to_text(self.tiles) + "\n", encoding="utf-8")
        return [path], int((read_level(path) != self.tiles).sum())


@lru_cache(maxsize=64)  # undo comes back to what was judged before
def _verdict(text):
    """What both referees find in a level's text: a way through the tiles and the body's run, or None for each."""
    tiles = to_tiles(text)
    way = tile_path(tiles)
    return way, None if way is None else physics_paths([tiles])[0]


def _told(tiles, way, run, asked, tries, own, edits):
    """The referees' verdict, and what was asked beside what is measured, as HTML."""
    yes, no = "&#10003;", "&#10007;"
    graph = f"{yes} a way through the tiles" if way is not None else f"{no} no way through the tiles"
    body = (
        f"{yes} the body is there in {len(run) / 60:.1f} s"
        if run is not None
        else f"{no} the body finds no way" + (" and was not asked" if way is None else "")
    )
    made = "your level" if own else f"chosen of {tries} that were made"
    changed = f", {edits} {'tile' if edits == 1 else 'tiles'} changed" if edits else ""
    has = measure_wishes(tiles, way) if way is not None else {
        "enemies": int((tiles == LETTERS.index("E")).sum()), "coins": int((tiles == LETTERS.index("o")).sum())
    }  # fmt: skip
    met = is_met(asked, has) if way is not None else {}
    lines = []
    for name in WISHES:
        wish, value = asked.get(name, FREE), f"{has[name]:.3g}" if name in has else "-"
        mark = {True: f"{yes} within 10 %", False: f"{no} missed"}.get(met.get(name), "")
        lines.append(f"<tr><td>{name}</td><td>{wish}</td><td>{value}</td><td>{mark}</td></tr>")
    return (
        f"Referees: <b>{graph}</b>; <b>{body}</b> ({made}{changed}).<table><tr><th></th><th>asked</th><th>measured</th>"
        f"<th></th></tr>{''.join(lines)}</table>"
    )


def _controls(models, state):
    def wish(name, explanation):
        steps = np.arange(0, (MOST[name] if name != "coins" else 40) + 1e-9, STEPS[name])
        values = [int(value) if value == int(value) else float(value) for value in steps]
        return ipywidgets.SelectionSlider(
            options=[(FREE, FREE), *((f"{value}", value) for value in values)],
            value=state[name],
            description=name,
            tooltip=explanation,
        )

    return {
        "model": choice("model", "Which network makes the level", list(models), state["model"]),
        "length": slider("length", "Columns of the level", state["length"], 40, 200, 10, integer=True),
        "seed": seed_box(state["seed"], "Same seed, same level"),
        "enemies": wish("enemies", "Creatures in the whole level; free leaves it to the model"),
        "jumps": wish("jumps", "Jumps that one cannot do without; free leaves it to the model"),
        "coins": wish("coins", "Coins in the whole level; free leaves it to the model"),
        "height": wish("height", "Mean height of the way above the lowest floor, tiles; free leaves it to the model"),
        "place": choice("place", "What lies behind, and the ground", list(PLACES), state["place"]),
        "hour": choice("hour", "The light", list(TIMES), state["hour"]),
        "weather": choice("weather", "In snow the ground is white", list(WEATHERS), state["weather"]),
        "tile": choice(
            "click",
            "Play, or choose a tile that a click, or arrow keys and Enter, put into the level",
            [(PLAY, PLAY), *((f"put {what}", letter) for letter, what in TILES.items())],
            state["tile"],
        ),
    }


def level_board(
    models,
    hero,
    *,
    folder="runs/levels",
    model=None,
    enemies=FREE,
    jumps=FREE,
    coins=FREE,
    height=FREE,
    length=100,
    seed=0,
    place="meadow",
    hour="day",
    weather="clear",
    tile=PLAY,
    edits=(),
    own="",
):
    """Make the level board.

    Args:
        models: name -> model that makes levels, as `animkit.studio.scenes.make_level` takes it.
        hero: (9, frames, height, width, 4) uint8 in the order of `animkit.data.sprites.ACTION_DIRECTIONS`: who plays.
        folder: where exports go.
        model: name of the one that begins; None for the first.
        enemies, jumps, coins, height: wishes, or "free".
        length: columns, 40 to 200.
        seed: of the level and of its picture.
        place, hour, weather: of `animkit.studio.level_art.paint_level`.
        tile: "play", or the letter of the tile that clicks put.
        edits: (row, column, letter) of tiles that were changed.
        own: text of a level of one's own, in place of a made one.

    Returns:
        LevelBoard.

    Raises:
        ValueError: without models, or a hero of another shape.
    """
    if not models:
        raise ValueError("no model to make levels: give at least one, by name")
    state = {"model": model or next(iter(models)), "enemies": enemies, "jumps": jumps, "coins": coins, "height": height}
    state |= {"length": length, "seed": seed, "place": place, "hour": hour, "weather": weather, "tile": tile}
    further = {"edits": tuple(tuple(edit) for edit in edits), "own": own}
    return LevelBoard(models, hero, folder, state, further, passed_in(models=models, hero=hero))
