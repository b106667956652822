"""The light board: lamps are dragged over a figure or a scene of the film and light it at once; it leaves as files."""

import html
import time
from functools import lru_cache
from pathlib import Path

import ipywidgets
import numpy as np
from PIL import Image

from animkit.data.pictures import MOST, at_rate, read_animation
from animkit.render import save_apng, save_frames, save_gif, upscale
from animkit.studio.backdrop import TIMES, WIDTH, backdrop, view
from animkit.studio.light_export import save_lighting
from animkit.studio.lighting import EMBOSS, Figure, Maps, maps_of, read_picture, relight, relight_scene
from animkit.studio.painting import FLOOR, HEIGHT, HORIZON
from animkit.studio.places import PLACES
from animkit.theory.shading import height_of_normals
from animkit.writing import replacing
from widgets.parts.board import ExportBoard, file_name, row, seed_box, small
from widgets.parts.lab import choice, passed_in, slider
from widgets.parts.light_canvas import (
    START,
    LightCanvas,
    Moving,
    Stage,
    lamps_at,
    of_hex,
    presets_of,
    read_look,
    ticks_of,
)
from widgets.parts.own_file import name_apart, own_file

ALONE, DRAWN, SAMPLE = "alone", "as drawn", "a sample"
WALL, GROUND = (96, 98, 108), (112, 106, 100)  # what a figure stands before and on when it is alone
SHOWN = 1 << 20  # pixels of all frames that travel to the browser, with 20 bytes each
SAMPLED = 256  # pixels of the longer side; the height of a sample is solved for all its pixels at once
ROWS = 64  # of a sheet: a longer one has a longer slider
FPS = 8
EXPORTS = (
    ("sheet, maps: OpenGL (Godot, Unity)", "opengl"),
    ("sheet, maps: DirectX (Unreal)", "directx"),
    ("lit frames, a PNG each", "frames"),
    ("the whole scene, animated PNG", ".apng"),
    ("the whole scene, GIF", ".gif"),
    ("a page that needs no kernel", ".html"),
)
LOOK = [name for name in START if name != "playing"]


class LightBoard(ExportBoard):
    """The board that `light_board` makes; the lamps on the canvas, buttons and cells alike call its methods.

    Args:
        pictures: name -> (frames, height, width, 4) uint8.
        models: name -> what `animkit.studio.lighting.maps_of` takes.
        vae: as `light_board` takes it.
        folder: where exports go.
        state: values of the controls.
        look: of `widgets.parts.light_canvas.read_look`, lamps None for the preset's.
        given: what the state line repeats by name.
    """

    def __init__(self, pictures, models, vae, folder, state, look, given):
        self.pictures, self.models, self.vae, self.canvas, self._shown = dict(pictures), models, vae, None, None
        self._sources = {}  # name -> path or bytes of an own picture
        self._cut = lru_cache(maxsize=4)(self._cut_sheet)
        self._surface = lru_cache(maxsize=8)(self._find_surface)  # three figures, each compared
        if state["picture"] not in self.pictures:
            self._know(state["picture"], Path(state["picture"]).expanduser())
        self.upload, self.path = own_file(
            self,
            "your picture",
            "A drawing, an animation or a sheet, of any kind and depth",
            accept="image/*",
            example="my_hero.png",
            take=self._take_upload,
            read=self.read,
        )
        shape = self._shape(state)
        if look["lamps"] is None:
            look |= {name: presets_of(shape)[look["preset"]][name] for name in ("lamps", "ambient")}
        look = read_look(look)
        self._playing = look["playing"]
        self.exported = choice("write", "What an export writes; with its maps, a sheet is also written lit", EXPORTS)
        super().__init__(
            "Light board",
            "light_board",
            _controls(self, state),
            self._draw,
            folder=folder,
            further={name: look[name] for name in LOOK},
            more_state=lambda: given | self.further,
            idle=self._idle,
        )
        self._arrange()

    def _arrange(self):
        for name in ("step", "row", "temperature", "seed", "cell"):
            self.controls[name].continuous_update = False
        write = self.button("export", "Write the files", self.export_light, "download")
        self.arrange(
            [
                *self.controls.values(),
                row(self.upload, self.path),
                row(self.undo_button, self.redo_button, self.reset_button),
                self.message,
            ],
            [self.canvas, self.numbers, row(self.folder, self.exported, write), self.report],
        )

    # --- what a person does ------------------------------------------------------------------------------------------

    def light(self, **look):
        """Change the light, as dragging a lamp does.

        Args:
            look: of `widgets.parts.light_canvas.read_look`; what is left out stays.

        Raises:
            ValueError: it cannot be.
        """
        look = read_look({name: self.further[name] for name in LOOK} | {"playing": self._playing} | look)
        self._playing = look.pop("playing")
        self.set(**look)

    def set(self, **values):
        """Change controls and light in one action; on a stage of another size the lamps move along.

        Args:
            values: name -> value.
        """
        with self.lock:
            try:
                moved = {} if "lamps" in values else self._moved_to(self.values() | values)
            except ValueError as error:
                self.complain(error)
                return
            super().set(**moved | values)

    def read(self, path):
        """Light a picture from a file.

        Args:
            path: the file; a sheet is cut by what stands in "cells".

        Raises:
            ValueError: it is no picture, shows nothing or is too large.
            FileNotFoundError: there is none.
        """
        name = str(path).strip()
        self._take(name, Path(name).expanduser())

    def export_light(self):
        """Write what is chosen and report.

        Returns:
            list of paths.

        Raises:
            ValueError: when there is no folder's name, or the scene is too long.
            OSError: when it cannot be written.
        """
        return self.export(self._write)

    # --- how it works ------------------------------------------------------------------------------------------------

    def changed(self, name):
        if name == "against" and self.controls[name].value != DRAWN and not self.further["wipe"]:
            return {"wipe": 0.5}  # both are to be seen
        return self._moved_to(self.values()) if name in ("picture", "cell", "row", "place") else {}

    def _know(self, name, source):
        self.pictures[name] = read_picture(source)
        self._sources[name] = source
        self._cut.cache_clear()
        self._surface.cache_clear()

    def _take_upload(self, name, data):
        known = self._sources
        self._take(name_apart(name, lambda one: one in self.pictures and known.get(one) != data), data)

    def _take(self, name, source):
        self._know(name, source)
        before, self.quiet = self.quiet, True
        control, chosen = self.controls["picture"], self.controls["picture"].value
        control.options = list(self.pictures)
        control.value = chosen  # which is lost with other options
        self.quiet = before
        self.set(picture=name, row=1)

    def _cut_sheet(self, picture, cell):
        """A picture's cells, (rows, columns, height, width, 4); those written before a sheet is opened wait for it."""
        frames = self.pictures[picture]
        if not cell.strip() or picture not in self._sources:
            return frames[None]
        try:
            width, height = (int(part) for part in cell.lower().split("x"))
        except ValueError:
            raise ValueError(f"cells are written as width x height in pixels, such as 64x64; got {cell!r}") from None
        cells = read_picture(self._sources[picture], cell=(width, height))
        return cells.reshape(-1, frames.shape[2] // width, *cells.shape[-3:])

    def _frames(self, state):
        """What is lit of a picture, (frames, height, width, 4): a row of its sheet."""
        sheet = self._cut(state["picture"], state["cell"])
        line = min(state["row"], len(sheet))
        chosen = sheet[line - 1]
        chosen = chosen[chosen[..., 3].any(axis=(1, 2))]  # rows of a sheet differ in length
        if not len(chosen):
            raise ValueError(f"row {line} of the sheet is empty: choose another")
        if chosen[..., 0].size > SHOWN:
            raise ValueError(
                f"{chosen[..., 0].size:,} pixels are too many to drag a lamp over, {SHOWN:,} are the most: write a "
                "sheet's cells while another picture is shown, then choose it; or light it whole by "
                "animkit.studio.lighting.relight_sheet"
            )
        return chosen

    def _shape(self, state):
        """(height, width) of the stage."""
        height, width = self._frames(state).shape[1:3]
        if state["place"] != ALONE:
            return tuple(_scale(height) * side for side in (HEIGHT, WIDTH))
        tall = height + max(8, height // 3)
        return tall, max(width + 8, round(tall * 16 / 9)) if width < 2 * height else width + 8

    def _moved_to(self, state):
        """The lamps as they stand on another stage."""
        old, new = self.canvas.scene, self._shape(state)
        before = old["height"], old["width"]
        if before == new:
            return {}
        preset, lamps = self.further["preset"], self.further["lamps"]
        if preset and lamps == self.canvas.presets[preset]["lamps"]:
            return {"lamps": presets_of(new)[preset]["lamps"]}
        tall, wide = new[0] / before[0], new[1] / before[1]
        moved = []
        for lamp in lamps:
            if "place" in lamp:
                column, line, height = lamp["place"]
                lamp = lamp | {"place": [round(column * wide, 1), round(line * tall, 1), round(height * tall, 1)]}
            moved.append(lamp | ({"reach": round(lamp["reach"] * max(tall, wide), 1)} if "reach" in lamp else {}))
        return {"lamps": moved}

    def _find_surface(self, picture, cell, line, maps, seed, temperature):
        """Maps of a row of a sheet, or of all of it where `line` is 0."""
        state = {"picture": picture, "cell": cell, "row": line}
        frames = self._cut(picture, cell) if line == 0 else self._frames(state)
        if maps != SAMPLE:
            return maps_of(frames, self.models[maps])
        height, width = frames.shape[-3:-1]
        if max(height, width) > SAMPLED:
            raise ValueError(
                f"a sample is drawn of at most {SAMPLED} pixels a side, {picture} has {width} x {height}: choose "
                "another surface"
            )
        plain = maps_of(frames, self.models[next(iter(self.models))])
        flat = frames.reshape(-1, *frames.shape[-3:])
        normals = self.vae.sample(flat, 1, seed=seed, temperature=temperature)[0].reshape(plain.normals.shape)
        return Maps(normals, plain.albedo, height_of_normals(normals, frames[..., 3] > 0))

    def _maps(self, state, maps, *, picture=None, whole=False):
        told = (state["seed"], state["temperature"]) if maps == SAMPLE else (0, 1.0)
        if whole:  # too large to be kept
            return self._find_surface(state["picture"], state["cell"], 0, maps, *told)
        if picture is None:
            return self._surface(state["picture"], state["cell"], state["row"], maps, *told)
        return self._surface(picture, "", 1, maps, *told)

    def _stage(self, state):
        """What the canvas shows."""
        frames = self._frames(state)
        shape = self._shape(state)
        kinds = [state["maps"], *([state["against"]] if state["against"] != DRAWN else [])]
        if state["place"] == ALONE:
            floor = shape[0] - max(4, shape[0] // 10)
            horizon = floor - frames.shape[1] // 5
            wall = np.full((*shape, 3), WALL, np.uint8)
            wall[horizon:] = GROUND
        else:
            scale = _scale(frames.shape[1])
            if frames.shape[1] > shape[0]:
                raise ValueError(f"a stage has at most {shape[0]} rows, the picture {frames.shape[1]}: show it alone")
            painted = view(backdrop(state["place"], state["hour"]))
            wall, floor, horizon = upscale(painted, scale), scale * FLOOR, scale * HORIZON
        others = [
            name
            for name, pictures in self.pictures.items()
            if name != state["picture"] and len(pictures) > 1 and pictures[..., 0].size <= SHOWN
        ]
        company = others[: state["people"] - 1] if state["place"] != ALONE else []
        figures = [(frames, tuple(self._maps(state, kind) for kind in kinds))]
        for name in company:
            pictures = self._frames({"picture": name, "cell": "", "row": 1})
            figures.append((pictures, tuple(self._maps(state, kind, picture=name) for kind in kinds)))
        placed = []
        for number, (pictures, maps) in enumerate(figures):
            start = shape[1] // 2 + (0, -1, 1)[number] * shape[1] // 5
            step = state["step"] if state["place"] != ALONE else 0
            nearer = floor + number * shape[0] // 18
            placed.append(Moving(pictures, maps, _places(pictures, start, nearer, step, shape[1])))
        return Stage(wall, tuple(placed), fps=FPS, horizon=horizon, against=state["against"])

    def _draw(self, **state):
        began = time.perf_counter()
        key = tuple(state[name] for name in self.controls)
        look = {name: state[name] for name in LOOK} | {"playing": self._playing}
        if key != self._shown:
            self.stage = self._stage(state)
            seconds = time.perf_counter() - began
            label = f"{state['picture']}, {state['place']}, lit by lamps on its {state['maps']} normals."
            if self.canvas is None:
                self.canvas = LightCanvas(
                    self.stage, look, label=label, on_look=lambda new: self.attempt(self._heard, new)
                )
            else:
                self.canvas.label = label
                self.canvas.show(self.stage)
            self._shown, self._words = key, self._told(state, seconds)
            self._lengthen(state)
        self.canvas.look = look
        return small(self._words)

    def _repr_mimebundle_(self, **kwargs):
        # in a saved notebook the lamps can still be dragged, without a kernel
        return {**super()._repr_mimebundle_(**kwargs), "text/html": self.canvas.html()}

    def _heard(self, look):
        self._playing = bool(look["playing"])
        if any(look[name] != self.further[name] for name in LOOK):
            self.light(**look)

    def _lengthen(self, state):
        """Let the slider of rows reach to the last of a sheet."""
        sheet = self._cut(state["picture"], state["cell"])
        before, self.quiet = self.quiet, True
        self.controls["row"].max = max(ROWS, len(sheet))  # a lower end would cut what undo brings back
        self.quiet = before

    def _idle(self, picture, cell, place, maps, against, **_):
        try:
            rows = len(self._cut(picture, cell))
        except ValueError:  # a sheet that cannot be cut so is refused where it is drawn
            rows = 1
        idle = {} if rows > 1 else {"row": "the picture has one row; a sheet is cut by its cells"}
        if place == ALONE:
            idle |= dict.fromkeys(("hour", "people", "step"), "the figure stands alone: choose a place")
        elif len(self.pictures) == 1:
            idle["people"] = "there is one picture only"
        if SAMPLE not in (maps, against):
            idle |= dict.fromkeys(("seed", "temperature"), "no surface is drawn by chance: choose a sample")
        return idle

    def _told(self, state, seconds):
        frames, rows = self._frames(state), len(self._cut(state["picture"], state["cell"]))
        which = f", row {min(state['row'], rows)} of {rows}" if rows > 1 else ""
        there = frames[..., 3] > 0
        mine = self._maps(state, state["maps"])
        words = (
            f"{len(frames)} frame{'s' * (len(frames) > 1)} of {frames.shape[2]} x {frames.shape[1]} pixels{which}; "
            f"surfaces and stage in {1000 * seconds:.0f} ms."
        )
        for name in self.surfaces():
            if name != state["maps"] and (name != SAMPLE or state["against"] == SAMPLE):
                other = self._maps(state, name)
                angle = np.degrees(np.arccos((mine.normals * other.normals).sum(axis=-1).clip(-1, 1)))[there]
                pair = html.escape(f"{state['maps']} and {name}")
                words += f" Normals of {pair} lie <b>{angle.mean():.1f}°</b> apart on average."
        return words

    def surfaces(self):
        """Names of who can say which way each pixel looks."""
        return [*self.models, *([SAMPLE] if self.vae is not None else [])]

    def _write(self, folder):
        state, what = self.values(), self.exported.value
        stem = file_name(f"{Path(state['picture']).stem}_{self.further['preset'] or 'lit'}", otherwise="lit")
        if what in ("opengl", "directx"):
            return self._write_maps(folder, stem, state, what)
        target = folder / f"{stem}{what if what.startswith('.') else ''}"
        if what == ".html":
            page = f"<!doctype html><meta charset='utf-8'><title>{html.escape(stem)}</title>{self.canvas.html()}"
            with replacing(target) as temporary:
                temporary.write_text(page, encoding="utf-8")
            return [target], [f"Wrote <code>{html.escape(str(target))}</code>, {len(page) / 1e6:.1f} MB."]
        if what == "frames":
            lit = self._lit(
                state, self._frames(state)[None], Maps(*(part[None] for part in self._maps(state, state["maps"])))
            )
            save_frames(target, lit, tags=["lit"])
            written = sorted(target.iterdir())
        else:
            scene = self.scene()
            (save_apng if what == ".apng" else save_gif)(target, scene, fps=FPS)
            again = at_rate(*read_animation(target), count=len(scene), fps=FPS)
            share = float((again != scene).any(axis=-1).mean())
            same = f"{share:.0%} of the pixels differ, as a GIF has 256 colours" if share else "the same pixels"
            return [target], [f"Wrote {_listed([target])}, {len(scene)} frames; read back: {same}."]
        return written, [f"Wrote {_listed(written)}."]

    def _write_maps(self, folder, stem, state, convention):
        sheet, maps = self._cut(state["picture"], state["cell"]), self._maps(state, state["maps"], whole=True)
        maps = maps if maps.height.ndim == 4 else Maps(*(part[None] for part in maps))
        lit = self._lit(state, sheet, maps)
        written = save_lighting(folder, stem, sheet, maps, lit=lit, fps=FPS, convention=convention)
        alpha = np.asarray(Image.open(folder / f"{stem}.png").convert("RGBA"))[..., 3]
        pictures = [path for path in written if path.suffix == ".png"]
        kept = all((np.asarray(Image.open(path).convert("RGBA"))[..., 3] == alpha).all() for path in pictures)
        same = "the same in all" if kept else "<b>not the same in all</b>"
        return written, [f"Wrote {_listed(written)}; read back: alpha is {same}."]

    def _lit(self, state, sheet, maps):
        """A sheet in the light of the board, each frame as it is lit at its moment where the figure stands first."""
        figure = self.stage.figures[0]
        column, line = figure.places[0]
        left, top = column - sheet.shape[-2] // 2, line - 1 - _bottom(figure.pictures[0])
        look, options = self.further, self._options()
        lit = np.empty_like(sheet)
        for number in range(sheet.shape[1]):
            part = Maps(*(one[:, number] for one in maps))
            lamps = [_from(lamp, left, top) for lamp in lamps_at(look, self.canvas.presets, number / FPS)]
            lit[:, number] = relight(part, sheet[:, number], lamps, **options)
        return lit

    def _options(self):
        """How `relight` lights as the canvas does."""
        same = {name: self.further[name] for name in ("specular", "shininess", "shadows")}
        return same | {"ambient": of_hex(self.further["ambient"])}

    def scene(self):
        """The whole scene in the light of the board.

        Returns:
            (ticks, height, width, 4) uint8, FPS a second.

        Raises:
            ValueError: it is too long before it repeats.
        """
        look, stage, frames, options = self.further, self.stage, [], self._options()
        ticks, most = ticks_of(stage), MOST // stage.wall[..., 0].size
        if ticks > most:
            raise ValueError(
                f"the scene repeats after {ticks:,} frames, {most:,} are the most that are written: let fewer walk, or "
                "faster"
            )
        for tick in range(ticks):
            standing = []
            for one in stage.figures:
                number = tick % len(one.pictures)
                maps = Maps(*(part[number] for part in one.maps[0]))
                standing.append(Figure(one.pictures[number], maps, *one.places[tick % len(one.places)]))
            lamps = lamps_at(look, self.canvas.presets, tick / FPS)
            frames.append(relight_scene(stage.wall, standing, lamps, horizon=stage.horizon, **options))
        return np.pad(np.stack(frames), [(0, 0)] * 3 + [(0, 1)], constant_values=255)


def _scale(height):
    """How many pixels of the stage one of its painting is, so that a figure of a height is no giant on it."""
    return 1 if height <= 48 else 2 if height <= 96 else 4


def _bottom(picture):
    """The lowest row of a picture that is drawn in."""
    return int(np.flatnonzero(picture[..., 3].any(axis=1))[-1])


def _places(pictures, column, floor, step, width):
    """Where a figure stands in each tick: it walks out at one side and in at the other, and its cell keeps its row."""
    low = [_bottom(picture) for picture in pictures]
    rows = [floor + one - max(low) for one in low]
    if not step:
        return tuple((column, line) for line in rows)
    way = width + pictures.shape[2]
    ticks = len(rows) * max(1, round(way / abs(step) / len(rows)))
    at = (column + pictures.shape[2] // 2 + np.sign(step) * np.arange(ticks) * way / ticks) % way
    return tuple((int(one) - pictures.shape[2] // 2, rows[tick % len(rows)]) for tick, one in enumerate(at))


def _from(lamp, left, top):
    """A lamp as a picture sees it that begins at a column and a row."""
    return lamp if lamp.place is None else lamp._replace(place=tuple(np.subtract(lamp.place, (left, top, 0)).tolist()))


def _listed(paths):
    names = [f"<code>{html.escape(path.name)}</code>" for path in paths]
    shown = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
    return f"{shown} in <code>{html.escape(str(paths[0].parent))}</code>"


def _controls(board, state):
    kinds = board.surfaces()
    return {
        "picture": choice("picture", "What is lit; your own joins the list", list(board.pictures), state["picture"]),
        "cell": ipywidgets.Text(
            value=state["cell"],
            description="cells",
            tooltip="Width x height of the cells of your sheet in pixels, before or after you open it; else empty",
            placeholder="64x64",
        ),
        "row": slider(
            "row", "Which row of the sheet is shown", state["row"], 1, max(ROWS, state["row"]), 1, integer=True
        ),
        "maps": choice("surface", "Who says which way each pixel looks", kinds, state["maps"]),
        "against": choice("compare", "What is seen left of the wipe", [DRAWN, *kinds], state["against"]),
        "seed": seed_box(state["seed"], "Same seed, same sample of a surface"),
        "temperature": slider(
            "temperature", "How far samples go from the likeliest surface", state["temperature"], 0.0, 2.0, 0.1
        ),
        "place": choice("place", "Alone before a wall, or on a stage of the film", [ALONE, *PLACES], state["place"]),
        "hour": choice("painted at", "The hour at which the stage was painted", list(TIMES), state["hour"]),
        "people": slider("people", "How many are on the stage", state["people"], 1, 3, 1, integer=True),
        "step": slider("walks, px", "Columns walked each frame, left below 0", state["step"], -4, 4, 1, integer=True),
    }


def light_board(
    pictures,
    *,
    models=None,
    vae=None,
    folder="runs/light",
    picture=None,
    cell="",
    row=1,
    maps=None,
    against=DRAWN,
    seed=0,
    temperature=1.0,
    place=ALONE,
    hour="day",
    people=1,
    step=0,
    lamps=None,
    ambient=START["ambient"],
    specular=0.0,
    shininess=16,
    shadows=True,
    view="lit",
    wipe=0.0,
    preset="torch",
    moving=True,
    playing=False,
):
    """Make the light board.

    A notebook calls it with the walks of a few characters, `light_board({"walk": walk})`, and with networks as
    `light_board(walks, models={"network": weights.load("relight")}, vae=weights.load("relief_vae"))`.

    Args:
        pictures: name -> (frames, height, width, 4) uint8, such as the walk of a character.
        models: name -> network of `animkit.studio.lighting.maps_of`; EMBOSS, "emboss", joins them.
        vae: with `sample`, as `animkit.models.relief_vae.ReliefVAE`: many surfaces for one picture; None for none.
        folder: where exports go.
        picture: what is lit: a name of pictures, or the path of one; None for the first.
        cell: "WIDTHxHEIGHT" of the cells, if the path is a sheet's.
        row: of the sheet, from 1.
        maps: name of a model, "emboss" or "a sample"; None for the first model.
        against: left of the wipe: "as drawn", or as maps.
        seed, temperature: of samples.
        place: "alone", or one of `animkit.studio.places.PLACES`.
        hour: of `animkit.studio.backdrop.backdrop`.
        people: on the stage, 1 to 3.
        step: columns walked each frame.
        lamps: as `widgets.parts.light_canvas.told` writes them; None for the preset's, and its ambient light.
        ambient, specular, shininess, shadows, view, wipe, preset, moving, playing: of
            `widgets.parts.light_canvas.read_look`.

    Returns:
        LightBoard.

    Raises:
        ValueError: no pictures, or an argument that is unknown or out of range.
        FileNotFoundError: there is no such picture.
    """
    given = dict(locals())
    state = {name: given[name] for name in ("cell", "row", "against", "seed", "temperature")}
    state |= {name: given[name] for name in ("place", "hour", "people", "step")}
    for name, frames in pictures.items():
        frames = np.asarray(frames)
        if frames.dtype != np.uint8 or frames.ndim != 4 or frames.shape[-1] != 4 or 0 in frames.shape:
            raise ValueError(f"{name} is (frames, height, width, 4) uint8; got {frames.shape} {frames.dtype}")
        if not frames[..., 3].any():
            raise ValueError(f"{name} shows nothing, all of it is transparent: give a picture that is drawn in")
    if not pictures:
        raise ValueError("no pictures to light: give at least one, by name")
    kinds = {**(models or {}), EMBOSS: EMBOSS}
    state["picture"] = next(iter(pictures)) if picture is None else str(picture)
    state["maps"] = next(iter(kinds)) if maps is None else maps
    known = {"place": (ALONE, *PLACES), "hour": TIMES}
    known["maps"] = (*kinds, *([SAMPLE] if vae is not None else []))
    known["against"] = (DRAWN, *known["maps"])
    for name, options in known.items():
        if state[name] not in options:
            raise ValueError(f"{name} is one of {', '.join(options)}; got {state[name]!r}")
    look = {name: given[name] for name in START}
    told = passed_in(pictures=pictures, models=models, vae=vae)
    return LightBoard(pictures, kinds, vae, folder, state, look, told)
