"""The film board: a story shot by shot, to edit, recast and light anew; only what changed is filmed again."""

import asyncio
import base64
import html
import tempfile
from functools import lru_cache
from pathlib import Path

import ipywidgets

from animkit.render import save_png
from animkit.studio import premiere, production
from animkit.studio.casting import check_words
from animkit.studio.project import (
    EDITS,
    OWN,
    RATES,
    SECONDS,
    TEMPERATURES,
    Project,
    checked,
    edited,
    open_project,
    read_project,
    save_project,
)
from animkit.studio.recasting import content_of
from animkit.studio.storyboard import LONGEST_CAPTION
from animkit.writing import replacing
from widgets.parts.board import ExportBoard, export_folder, row, seed_box, small
from widgets.parts.figure import Picture
from widgets.parts.film_lines import RoleLine, ShotLine, in_words, listed
from widgets.parts.lab import choice, passed_in, slider, tabs
from widgets.parts.own_file import name_apart, own_file

MOST_SHOTS, MOST_ROLES = 24, 8
TOGETHER = ("talk", "slash", "spellcast")  # what is aimed at somebody
ACTIONS = ("walk", "run", "hide", "cheer", "weep", "sleep", *TOGETHER)  # of a shot, as the stage plays them
USUAL, STAND = "of its hour", "stand"  # the light of a shot that nobody has changed; the action of one without
LARGEST = 20_000_000  # bytes of a file that plays a role
STORY = ("prompt", "tale", "seconds", "temperature", "seed")  # another one is another story


class FilmBoard(ExportBoard):
    """The board that `film_board` makes; buttons, lines and cells alike call its methods.

    Args:
        crew: `animkit.studio.production.Crew`, or None to load it when it is first needed.
        made: `animkit.studio.production.Film` that is shown at the start, or None.
        folder: where films, projects and the files that play roles go.
        state: what `film_board` was given, with nothing left out.
        given: what the state line repeats by name.
    """

    def __init__(self, crew, made, folder, state, given):
        self.crew, self.made = crew, made
        self._written = lru_cache(maxsize=16)(self._write_script)  # so that undo tells no story anew
        self._running, self._stopped, self._showing = False, False, False
        options = {"place": EDITS["place"], "time": EDITS["hour"], "action": (STAND, *ACTIONS)}
        options["light"] = (USUAL, *EDITS["light"])
        self.shots = [ShotLine(self, number, options) for number in range(MOST_SHOTS)]
        self.roles = [RoleLine(self) for _ in range(MOST_ROLES)]
        self.cancel_button = self.button("cancel", "Stop after this shot; what is filmed stays", self.cancel, "ban")
        self.heading = ipywidgets.HTML()
        self.screen = ipywidgets.HTML()
        self.sheet = Picture(format="png", layout=ipywidgets.Layout(max_width="100%"))
        self.progress = ipywidgets.FloatProgress(max=1, description="filming", tooltip="How far the film has come")
        self.step = ipywidgets.Label()
        self.who = choice("for", "Whom the file shall play", ["nobody"])
        further = {name: state.pop(name) for name in ("shots", "roles", "lights")}
        self.upload, self.path = own_file(
            self,
            "play a role from a file",
            "A sprite sheet, its .json and .png together; a picture of one figure; or a motion as BVH",
            accept=",".join(OWN),
            example="my_hero.png",
            take=self._take,
            read=lambda path: self.recast(self.who.value, path),
            together=True,
        )
        self.project_upload, self.project_path = own_file(
            self,
            "open a project",
            "A project that was saved here, from your computer",
            accept=".json",
            example="project.json",
            take=self._open,
            read=self.read,
        )
        super().__init__(
            "Film board",
            "film_board",
            _controls(state),
            self._draw,
            folder=folder,
            further=further,
            more_state=lambda: given | {name: value for name, value in self.further.items() if value},
            idle=_idle,
        )
        self._arrange()
        self._show_film()

    def _arrange(self):
        controls, button = self.controls, self.button
        for control in controls.values():
            if hasattr(control, "continuous_update"):
                control.continuous_update = False
        self._busy(False)
        begin = button("film it", "Film what has changed since the last film; the rest is kept", self.film, "film")
        begin.button_style = "primary"
        save = button("save the film", "MP4, GIF, poster, storyboard, record and project", self.export_film, "download")
        keep = button("save the project", "What was asked for, to go on another day", self.save, "save")
        shots = ipywidgets.VBox([one.widget for one in self.shots])
        sheet = ipywidgets.VBox([self.sheet])
        for one in (shots, sheet):
            one.add_class("animkit-long")  # up to MOST_SHOTS
        pages = {
            "shots": [shots],
            "who plays whom": [*(one.widget for one in self.roles), row(self.who, self.upload, self.path)],
            "film": [self.screen],
            "storyboard": [sheet],
            "files": [row(self.folder, save, keep), row(self.project_upload, self.project_path)],
        }
        self.pages = tabs(pages)
        another = button("another story", "The next seed", self.another, "refresh")
        self.arrange(
            [
                *controls.values(),
                row(another, self.undo_button, self.redo_button, self.reset_button),
                row(begin, self.cancel_button),
                self.progress,
                self.step,
                self.numbers,
                self.message,
                self.report,
            ],
            [self.heading, self.pages],
        )

    # --- what a person does ------------------------------------------------------------------------------------------

    @property
    def project(self):
        """What is asked for, `animkit.studio.project.Project`."""
        return self._project(**self.everything())

    def another(self):
        """Have another story: the next seed."""
        seed = self.controls["seed"]
        self.set(seed=min(seed.value + 1, seed.max), **self.changed("seed"))

    def edit(self, number, **changes):
        """Change a shot.

        Args:
            number: of the shot, from 0.
            changes: of `sentence`, `place`, `time` (its hour), `action` (of ACTIONS, or STAND) and `light` (of
                `animkit.studio.project.LIGHTS`, or USUAL).

        Raises:
            ValueError: there is no such shot; the caption is empty, too long or has a coarse word; nobody is there at
                whom the action could be aimed.
        """
        shots = self._planned()
        if not 0 <= number < len(shots):
            raise ValueError(f"there is no shot {number + 1}: the film has {len(shots)}")
        if "sentence" in changes:
            changes["sentence"] = " ".join(changes["sentence"].split())
            _check_caption(changes["sentence"])
        if "action" in changes:
            changes |= _played(shots[number], changes["action"])
        lights = {n: light for n, light in self.further["lights"].items() if n != number or "light" not in changes}
        light = changes.pop("light", USUAL)
        if light != USUAL:
            lights[number] = light
        after = [*shots[:number], shots[number]._replace(**changes), *shots[number + 1 :]]
        self.set(shots=tuple(after) if after != shots else self.further["shots"], lights=dict(sorted(lights.items())))

    def remove(self, number):
        """Leave a shot out.

        Args:
            number: of the shot, from 0.

        Raises:
            ValueError: it is the only one.
        """
        shots = self._planned()
        if len(shots) == 1:
            raise ValueError("a film needs at least one shot: this one stays")
        lights = {n - (n > number): light for n, light in self.further["lights"].items() if n != number}
        self.set(shots=(*shots[:number], *shots[number + 1 :]), lights=lights)

    def recast(self, name, player):
        """Give a role to somebody else.

        Args:
            name: of the role.
            player: the seed of another design; the path of a sprite sheet, a picture or a motion; "" for who was cast.

        Raises:
            ValueError: nobody is called so, or it is neither a seed nor such a file.
            FileNotFoundError: there is no such file.
        """
        if name not in production.cast_of(self._planned()):
            raise ValueError("choose who shall be played first: a name in the list 'for'")
        player = str(player).strip()
        roles = {other: kept for other, kept in self.further["roles"].items() if other != name}
        if player.isdecimal():
            roles[name] = int(player)
        elif player:
            if Path(player).suffix.lower() not in OWN:
                raise ValueError(f"{player!r} plays nobody: write a seed, or the path of a file {', '.join(OWN)}")
            if not Path(player).expanduser().is_file():
                raise FileNotFoundError(f"there is no file {player}: check the name and the folder")
            roles[name] = str(Path(player).expanduser())
        self.set(roles=dict(sorted(roles.items())))

    def film(self):
        """Film what has changed; while it goes on the board can be used, and `cancel` stops it.

        Raises:
            ValueError: a film is made already, or what is asked for cannot be filmed.
        """
        if self._running:
            raise ValueError("a film is being made: wait for it, or press 'cancel' first")
        project = checked(self.project)
        self._stopped = False
        self._busy(True)
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # no event loop, as in a script: at once
            self._finish(*self._attempt_film(project, self._tell))
            return
        self._task = loop.create_task(self._beside(loop, project))

    def cancel(self):
        """Stop after this shot; what is filmed stays."""
        self._stopped = True
        if self._running:
            self.step.value = "stopping after this shot"

    def export_film(self):
        """Write the film that is shown, with its project.

        Returns:
            list of paths.

        Raises:
            ValueError: there is no film yet, or no folder's name.
            OSError: it cannot be written.
        """
        if self.made is None:
            raise ValueError("there is no film yet: press 'film it' first")

        def write(folder):
            paths = [folder / name for name in premiere.save(folder, self.made)]
            listed = ", ".join(f"<code>{html.escape(path.name)}</code>" for path in paths)
            return paths, [f"Wrote {listed} into <code>{html.escape(str(folder))}</code>."]

        return self.export(write)

    def save(self):
        """Write the project.

        Returns:
            list of one path.

        Raises:
            ValueError: there is no folder's name.
            OSError: it cannot be written.
        """

        def write(folder):
            path = save_project(folder / "project.json", self.project)
            return [path], [f"Saved as <code>{html.escape(str(path))}</code>."]

        return self.export(write)

    def read(self, path):
        """Open a project.

        Args:
            path: of a file that was saved here, or lies beside a film.

        Raises:
            ValueError, FileNotFoundError: see `animkit.studio.project.open_project`.
        """
        path = Path(str(path).strip()).expanduser()
        premiere.finish(path.parent)
        self._take_over(open_project(path))

    def _take_over(self, project):
        lights = {number: edit["light"] for number, edit in project.edits.items() if "light" in edit}
        shots = project.shots
        if any(edit.keys() - {"light"} for edit in project.edits.values()):
            plain = project._replace(edits={})
            shots = tuple(edited(project, production.plan_shots(plain, self._written(*_told_by(plain)))[0]))
        told = {name: getattr(project, name) for name in ("prompt", "seconds", "fps", "temperature", "seed", "sound")}
        self.set(**told, tale=project.tale or "", shots=shots, roles=dict(project.roles), lights=lights)

    # --- how it works ------------------------------------------------------------------------------------------------

    def changed(self, name):
        return {"shots": None, "lights": {}} if name in STORY else {}

    def _project(self, *, tale, shots, roles, lights, **told):
        edits = {number: {"light": light} for number, light in lights.items()}
        return Project(**told, tale=tale.strip() or None, shots=shots, roles=dict(roles), edits=edits)

    def _write_script(self, *told):
        """The story of a project's STORY; that of the film that is shown is known already."""
        if self.made is not None and told == _told_by(self.made.project):
            return self.made.script
        return production.write_script(self._crew(), **dict(zip(STORY, told, strict=True)))

    def _crew(self):
        self.crew = self.crew or production.load_crew()
        return self.crew

    def _planned(self, state=None):
        """The shots of a state, as they would be filmed."""
        project = self._project(**(state or self.everything()))
        return list(production.plan_shots(project, self._written(*_told_by(project)))[0])

    def _draw(self, **state):
        project = self._project(**state)
        script = self._written(*_told_by(project))
        shots, lengths, notes = production.plan_shots(project, script)
        if len(shots) > MOST_SHOTS:
            raise ValueError(f"{len(shots)} shots are more than this board shows, {MOST_SHOTS}: ask for fewer seconds")
        stale = self._stale(project, shots, lengths)
        names = production.cast_of(shots)
        self._showing = True
        try:
            self.heading.value = f"<h3 style='margin:.3em 0'>{html.escape(script.title)}</h3>"
            for number, one in enumerate(self.shots):
                shown = number < len(shots)
                light = state["lights"].get(number, USUAL)
                one.show(shots[number] if shown else None, light, number in stale)
            for number, one in enumerate(self.roles):
                one.show(names[number] if number < len(names) else None, state["roles"])
            chosen = self.who.value
            self.who.options = names
            self.who.value = chosen if chosen in names else names[0]
        finally:
            self._showing = False
        cut_anew = self.made is not None and (self.made.project.fps, self.made.project.sound) != (
            project.fps,
            project.sound,
        )
        seconds = sum(lengths) / production.film.FPS
        return small(in_words(len(shots), seconds, notes, stale, self.made is not None, cut_anew))

    def _stale(self, project, shots, lengths):
        """Numbers of the shots that the film shown does not have as they are asked for."""
        if self.made is None or _told_by(self.made.project) != _told_by(project):
            return list(range(len(shots)))
        made, there = self.made, {take.key for take in self.made.takes}
        players = {role.name: (role.player, role.content) for role in made.cast}
        asked = {name: project.roles.get(name) for name in players}
        kept = {name for name, player in asked.items() if players[name] == (player, content_of(player))}

        def played(number, shot):
            choices = production.choices_of(project, shots, lengths, number)
            return (
                kept.issuperset(production.cast_of([shot]))
                and production.take_key(shot, made.clips, **choices) in there
            )

        return [number for number, shot in enumerate(shots) if not played(number, shot)]

    def wanted(self, do, *arguments, **changes):
        """Do what a person did to a line; the board's own drawing is none of it.

        Args:
            do: a method of the board.
            arguments, changes: for it.
        """
        if not self._showing:
            self.attempt(lambda: do(*arguments, **changes))
            if self.message.value:  # the line shows what is, not what was refused
                message = self.message.value
                self._draw(**self.everything())
                self.message.value = message

    def _take(self, files):
        """Keep uploaded files beside the films, and let them play the role that is chosen.

        Args:
            files: name -> bytes; a sheet with its picture, a picture, or a motion.
        """
        files = {Path(name).name: data for name, data in files.items()}
        for name, data in files.items():
            if len(data) > LARGEST:
                size = f"{len(data) / 1e6:.0f} MB: what plays a role has {LARGEST / 1e6:.0f} at most"
                raise ValueError(f"{name} has {size}")
        now = Path(str(self.further["roles"].get(self.who.value, "")))
        if f"{now.stem}.png" in files and now.suffix == ".json" and now.is_file():
            files = {now.name: now.read_bytes()} | files  # the sheet's own picture, drawn anew
        beside = export_folder(self.folder.value or ".")
        folder = export_folder(str(beside / name_apart("players", lambda one: _differs(beside / one, files))))
        for name, data in files.items():
            with replacing(folder / name) as temporary:
                temporary.write_bytes(data)
        player = next((name for name in files if name.lower().endswith(".json")), name)
        self.recast(self.who.value, folder / player)

    def _open(self, name, data):
        """Open an uploaded project; files that play roles are looked for in the folder of the films."""
        self._take_over(read_project(data, export_folder(self.folder.value), name))

    # --- filming -----------------------------------------------------------------------------------------------------

    async def _beside(self, loop, project):
        """Film in a thread of its own, so that the kernel hears 'cancel'."""

        def tell(*told):
            loop.call_soon_threadsafe(self._tell, *told)

        self._finish(*await asyncio.to_thread(self._attempt_film, project, tell))

    def _attempt_film(self, project, tell):
        """The film and its MP4, or None and what went wrong."""
        try:
            options = {"before": self.made, "progress": tell, "cancelled": lambda: self._stopped}
            made = production.make_film(project, crew=self._crew(), **options)
            return made, _mp4(made)
        except (ValueError, OSError, production.Cancelled) as error:
            return None, error
        except Exception as error:  # lost in the thread, it would leave the board waiting for ever
            return None, f"the film broke off by {type(error).__name__}: {error}; what was filmed before stays"

    def _tell(self, done, total, left, what):
        with self.lock:
            self.progress.value = done / total
            self.step.value = f"{what}{'' if left is None else f', {left:.0f} s left'}"

    def _busy(self, running):
        self._running, self.cancel_button.disabled = running, not running
        for one in (self.progress, self.step):
            one.layout.display = "" if running else "none"
        self.progress.value, self.step.value = 0, ""

    def _finish(self, made, told):
        with self.lock:
            self._busy(False)
            if made is None:
                self.complain(told)
                return
            self.made = made
            self.message.value = ""
            self._show_film(told)
            self.tell(self._draw(**self.everything()))
            filmed = len(made.rendered)
            self.report.value = small(
                f"<div role='status'>{filmed} of {len(made.shots)} shots were filmed anew"
                f"{f': {listed(made.rendered)}' if 0 < filmed < len(made.shots) else ''}.</div>"
            )
            self._reported = self.everything()

    def _show_film(self, mp4=None):
        there = self.made is not None
        self.screen.value, self.sheet.layout.display = "", "" if there else "none"
        if there:
            self.pages.selected_index = 2
            film, poster = map(_base64, (mp4 or _mp4(self.made), _png(self.made.poster)))
            title, spoken = self.made.script.title, " ".join(shot.sentence for shot in self.made.shots)
            told = html.escape(f"The film {title}. {spoken}", quote=True)
            style = "width:640px;max-width:100%;image-rendering:pixelated"
            self.screen.value = (
                f"<video controls style='{style}' aria-label='{told}' poster='data:image/png;base64,{poster}' "
                f"src='data:video/mp4;base64,{film}'></video>"
            )
            self.sheet.value = _png(premiere.storyboard_sheet(self.made.record, self.made.frames))
            self.sheet.tooltip = f"Storyboard of {title}, {len(self.made.shots)} shots. {spoken}"


def _idle(tale, **_):
    return dict.fromkeys(("prompt", "temperature"), "the tale is your own") if tale.strip() else {}


def _check_caption(sentence):
    if not sentence:
        raise ValueError("a shot needs a caption: write one, or leave the shot out by its bin")
    if len(sentence) > LONGEST_CAPTION:
        raise ValueError(f"the caption has {len(sentence)} letters; {LONGEST_CAPTION} fit below the picture")
    check_words(sentence, "the caption")


def _played(shot, action):
    """What else changes with what is done in a shot."""
    other = shot.target or next(iter(shot.company[1:]), None)
    if action in TOGETHER and not other:
        raise ValueError(f"{shot.company[0]} is alone in this shot: 'talk' and what is aimed at somebody need two")
    turned = action in ("walk", "run") and shot.direction == "front"
    return {
        "action": None if action == STAND else action,
        "target": other if action in TOGETHER else None,
        "direction": "left" if turned else shot.direction,
        "how": None,
    }


def _differs(folder, files):
    """Whether one of the files lies in a folder with other content."""
    return any((folder / name).is_file() and (folder / name).read_bytes() != data for name, data in files.items())


def _told_by(project):
    """What of a project decides its story, in the order of STORY."""
    return tuple(getattr(project, name) for name in STORY)


def _base64(data):
    return base64.b64encode(data).decode()


def _mp4(made):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "film.mp4")
        premiere.write_mp4(path, made)
        return path.read_bytes()


def _png(picture):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "sheet.png")
        save_png(path, picture)
        return path.read_bytes()


def _controls(state):
    least, most = SECONDS
    tale = "A tale of your own: a title on the first line, then sentences; empty, the networks invent one"
    return {
        "prompt": ipywidgets.Text(
            value=state["prompt"],
            description="prompt",
            tooltip="Words that choose who takes part, places, things and genre where the lexicon knows them",
            placeholder="a shy wizard and a storm",
        ),
        "tale": ipywidgets.Textarea(value=state["tale"], description="own tale", tooltip=tale, rows=2),
        "seconds": slider("seconds", "How long the film shall be", state["seconds"], least, most, 1.0),
        "fps": choice("fps", "Frames a second of the film; 24 move more softly", list(RATES), state["fps"]),
        "sound": ipywidgets.Checkbox(
            value=state["sound"], description="sound", tooltip="Soft music, steps and thunder", indent=False
        ),
        "temperature": slider("temperature", "How daring the story is", state["temperature"], *TEMPERATURES, 0.1),
        "seed": seed_box(state["seed"], "Same seed and wishes, same film"),
    }


def film_board(
    crew=None,
    made=None,
    *,
    folder="runs/film",
    prompt=None,
    tale=None,
    seconds=None,
    fps=None,
    sound=None,
    temperature=None,
    seed=None,
    shots=None,
    roles=None,
    lights=None,
):
    """Make the film board.

    Args:
        crew: `animkit.studio.production.Crew`; None loads the networks that ship when they are needed.
        made: `animkit.studio.production.Film` to go on from; what is not told below is as it has it.
        folder: where films, projects and files that play roles go.
        prompt, tale, seconds, fps, sound, temperature, seed: of `animkit.studio.project.Project`.
        shots: edited ones, tuple of `animkit.studio.storyboard.Shot`; None for those of the story.
        roles: name -> who plays it, as for the project.
        lights: number of a shot, from 0 -> one of `animkit.studio.project.LIGHTS`.

    Returns:
        FilmBoard.

    Raises:
        ValueError: what cannot be filmed.
    """
    state = {name: value for name, value in locals().items() if name not in ("crew", "made", "folder")}
    start = Project() if made is None else made.project
    begin = {name: getattr(start, name) for name in state if name != "lights"}
    begin["tale"] = begin["tale"] or ""
    begin["lights"] = {number: edit["light"] for number, edit in start.edits.items() if "light" in edit}
    if any(edit.keys() - {"light"} for edit in start.edits.values()):
        begin["shots"] = tuple(made.shots)
    state = begin | {name: value for name, value in state.items() if value is not None}
    return FilmBoard(crew, made, folder, state, passed_in(crew=crew, made=made))
