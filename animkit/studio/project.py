"""A film's project: everything that was asked for, as plain data that is saved, opened and handed on."""

import json
import math
from pathlib import Path
from typing import NamedTuple

from animkit.data.sprites import DIRECTIONS
from animkit.studio.backdrop import TIMES
from animkit.studio.places import PLACES
from animkit.studio.storyboard import LONGEST_CAPTION, Shot, with_crossing
from animkit.writing import replacing

VERSION = 1
SECONDS = (8.0, 90.0)  # that a film may be asked to last
SEEDS, TEMPERATURES = (0, 999_999), (0.2, 1.6)
RATES = (12, 24)  # frames a second
LIGHTS = ("warm", "dim")  # of a shot, beside what its hour and mood give it
EDITS = {"place": tuple(PLACES), "hour": TIMES, "light": LIGHTS}
PLAYED = {  # what the stage can play of a shot
    "action": (
        *(None, "walk", "run", "talk", "hand", "thing", "slash", "spellcast", "free"),
        *("hide", "sleep", "sit", "weep", "cheer"),
    ),
    "direction": DIRECTIONS,
    "mood": ("calm", "vain", "merry"),
}
OWN = (".json", ".png", ".bvh")  # what may play a role: a sprite sheet, a picture, a motion


class Project(NamedTuple):
    """What a film shall be. Every film is one; those of the same project and seed are the same, byte for byte."""

    prompt: str = ""
    seed: int = 0
    seconds: float = 40.0
    fps: int = 12
    temperature: float = 0.8
    tale: str | None = None  # one's own; None lets the networks invent one
    shots: tuple | None = None  # of `animkit.studio.storyboard.Shot`, edited; None as they are invented
    roles: dict = {}  # name -> who plays it: the seed of a design, or the path of one of OWN
    edits: dict = {}  # number of a shot -> {"place", "hour", "light"}, of EDITS
    sound: bool = False  # soft music, steps and thunder
    version: int = VERSION


def checked(project):
    """Gives a project back if a film can be made of it.

    Raises:
        ValueError: something in it is of another type or out of range.
    """
    if not isinstance(project.prompt, str):
        raise ValueError(f"a prompt is text; got {type(project.prompt).__name__}")
    if not _is_seed(project.seed):
        raise ValueError(f"seed is {project.seed!r}: use a whole number from {SEEDS[0]} to {SEEDS[1]}")
    _number("seconds", project.seconds, *SECONDS)
    _number("temperature", project.temperature, *TEMPERATURES)
    if type(project.fps) is not int or project.fps not in RATES:
        raise ValueError(f"fps is {project.fps!r}: a film has {RATES[0]} or {RATES[1]} frames a second")
    if not isinstance(project.sound, bool):
        raise ValueError(f"sound is {project.sound!r}: use True or False")
    if not isinstance(project.tale, str | None):
        raise ValueError(f"a tale is text; got {type(project.tale).__name__}")
    for name, player in project.roles.items():
        if not _is_seed(player) and (not isinstance(player, str) or Path(player).suffix.lower() not in OWN):
            seed = f"a seed from {SEEDS[0]} to {SEEDS[1]}"
            raise ValueError(f"{name} is played by {player!r}: give {seed}, or a file {', '.join(OWN)}")
    for number, edit in project.edits.items():
        _check_edit(number, edit)
    for number, shot in enumerate(project.shots or ()):
        _check_edit(number, {"place": shot.place, "hour": shot.time})
        _check_shot(number, shot)
    if project.shots is not None and not project.shots:
        raise ValueError("a film needs at least one shot")
    return project


def save_project(path, project):
    """Writes a project as JSON; who reads the file finds the whole of it, or what was there before.

    Files that play roles are kept by their path from the project's folder, where they lie in it.

    Args:
        path: of the file; its folder must be there.
        project: Project.

    Returns:
        `pathlib.Path`.

    Raises:
        ValueError: see `checked`. OSError: it cannot be written there; what was there is as it was.
    """
    path = Path(path)
    text = project_text(project, path.parent)
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return path


def project_text(project, folder):
    """What `save_project` writes.

    Args:
        project: Project.
        folder: in which the file will lie.

    Returns:
        JSON.

    Raises:
        ValueError: see `checked`.
    """
    content = checked(project)._asdict()
    content["roles"] = {name: _from(Path(folder), player) for name, player in project.roles.items()}
    content["shots"] = None if project.shots is None else [shot._asdict() for shot in project.shots]
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def open_project(path):
    """Reads a project.

    Args:
        path: as `save_project` wrote it.

    Returns:
        Project; the files that play its roles are there.

    Raises:
        ValueError: it is no JSON, no project, damaged, or of a newer version.
        FileNotFoundError: there is no such file, or one that plays a role is missing.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no project {path}: check the name, or save one first")
    return read_project(path.read_bytes(), path.parent, path.name)


def read_project(data, folder, name):
    """Reads a project from the bytes of a file.

    Args:
        data: as `save_project` wrote them.
        folder: from which the files that play roles are looked for.
        name: of the file, for errors.

    Returns:
        Project.

    Raises:
        ValueError, FileNotFoundError: see `open_project`.
    """
    try:
        content = json.loads(data)
    except RecursionError:
        raise ValueError(f"{name} is no project: it is nested too deeply to be read") from None
    except ValueError as error:
        raise ValueError(f"{name} is no project: it is no JSON ({error})") from None
    if not isinstance(content, dict) or type(content.get("version")) is not int:
        raise ValueError(f"{name} is no project: it has no version")
    if content["version"] > VERSION:
        raise ValueError(
            f"{name} is a project of version {content['version']}, this reads {VERSION} at most: update animkit"
        )
    if unknown := sorted(content.keys() - set(Project._fields)):
        raise ValueError(f"{name} is damaged: a project has no {', '.join(unknown)}")
    try:
        if content.get("shots") is not None:
            content["shots"] = _shots(content["shots"])
        content["edits"] = {int(number): dict(edit) for number, edit in content.get("edits", {}).items()}
        project = checked(Project(**content))
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise ValueError(f"{name} is damaged: {error}") from None
    roles = {who: _at(Path(folder), player) for who, player in project.roles.items()}
    if missing := [player for player in roles.values() if isinstance(player, str) and not Path(player).is_file()]:
        raise FileNotFoundError(
            f"{name} needs {', '.join(missing)}: not found; put it back, or give the role to somebody else"
        )
    return project._replace(roles=roles)


def edited(project, shots):
    """Lays the edits of a project on the shots that are filmed.

    Args:
        project: Project.
        shots: list of `animkit.studio.storyboard.Shot`.

    Returns:
        List of Shots.

    Raises:
        ValueError: an edit of a shot that is not there.
    """
    if beyond := [number for number in project.edits if number >= len(shots)]:
        raise ValueError(f"there is no shot {max(beyond)} to edit: the film has 0 to {len(shots) - 1}")
    changed = list(shots)
    for number, edit in project.edits.items():
        shot = changed[number]
        changed[number] = shot._replace(place=edit.get("place", shot.place), time=edit.get("hour", shot.time))
    return changed


def _check_edit(number, edit):
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        raise ValueError(f"there is no shot {number!r}: shots are numbered from 0")
    for field, value in edit.items():
        if field not in EDITS:
            raise ValueError(f"one edits {', '.join(EDITS)} of a shot, not {field!r}")
        if value not in EDITS[field]:
            raise ValueError(f"{field} of shot {number} is {value!r}: choose {', '.join(EDITS[field])}")


def _check_shot(number, shot):
    if not shot.sentence.strip() or not shot.company:
        raise ValueError(f"shot {number} has no caption, or nobody on stage")
    if len(shot.sentence) > LONGEST_CAPTION:
        said = f"the caption of shot {number} has {len(shot.sentence)} letters"
        raise ValueError(f"{said}; {LONGEST_CAPTION} fit below the picture")
    for field, known in PLAYED.items():
        if getattr(shot, field) not in known:
            listed = ", ".join(map(str, known))
            raise ValueError(f"{field} of shot {number} is {getattr(shot, field)!r}: choose {listed}")


def _is_seed(value):
    return isinstance(value, int) and not isinstance(value, bool) and SEEDS[0] <= value <= SEEDS[1]


def _number(name, value, least, most):
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not math.isfinite(value)
        or not least <= value <= most
    ):
        raise ValueError(f"{name} is {value!r}: use a number from {least:g} to {most:g}")


def _shots(content):
    """Shots from JSON, which knows no tuples; an old project does not say which of them crosses a scene."""
    shots = tuple(Shot(**{name: _tuples(value) for name, value in shot.items()}) for shot in content)
    return shots if any("crosses" in shot for shot in content) else tuple(with_crossing(shots))


def _tuples(value):
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _from(folder, player):
    """The path of a player from a folder, if it lies in it."""
    if isinstance(player, int) or not Path(player).resolve().is_relative_to(folder.resolve()):
        return player if isinstance(player, int) else str(Path(player).resolve())
    return Path(player).resolve().relative_to(folder.resolve()).as_posix()


def _at(folder, player):
    return player if isinstance(player, int) else str(folder / player)
