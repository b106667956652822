"""Characters as a JSON file: who they are, how each was designed, and the sprite sheets that come of it."""

import json
import re
import warnings
from pathlib import Path
from typing import NamedTuple

import numpy as np

from animkit.data.fairytales import CREATURES
from animkit.data.sprites import ACTION_DIRECTIONS, ATTRIBUTES
from animkit.render import save_sprite_sheet, to_rgba
from animkit.studio import creatures
from animkit.studio.characters import OPTIONS, animate, load_company
from animkit.studio.descent import FREE, Descent
from animkit.writing import replacing

WAYS = ("seed", "look", "picture", "descent")  # by which a character may be told; each has one of them
_DESIGNERS = ("VAE", "GAN")


class Design(NamedTuple):
    """A character, and how it was designed."""

    name: str
    way: str  # of WAYS, or "creature"
    # look: its numbers; picture: its path; seed and descent: a person of `animkit.studio.descent`; creature: its
    # numbers, or its kind and a seed
    how: object


def read_designs(path):
    """Read the characters of a JSON file.

    The file holds one character, or several as a list under "cast", as a film's `film.json` does. A character has a
    "name", and is told in one of four ways: by the "seed" of a designer, with what is wished of it, such as
    {"name": "Mira", "seed": 7, "skin": 4, "hair": 2, "designer": "GAN"}, or {"seed": 3, "creature": "troll"}; by its
    "look", the numbers of a film's cast; by a "picture", whose path is relative to the file; or by its "descent", as a
    design board saves it. Who is played by a file of somebody's own in a film is left out, with a warning.

    Args:
        path: the file.

    Returns:
        list of Design.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no JSON, holds no character, or one that cannot be; the error says which.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no design {path}: check the name and the folder")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, ValueError) as error:
        raise ValueError(f"{path} is no design: it is no JSON ({error})") from None
    cast = content.get("cast", [content]) if isinstance(content, dict) else content
    if not isinstance(cast, list) or not cast or not all(isinstance(entry, dict) for entry in cast):
        raise ValueError(f'{path} holds no characters: write one, such as {{"seed": 7, "hair": 2}}, or a list "cast"')
    own = [entry for entry in cast if "by" in entry and not set(WAYS) & entry.keys()]
    if own:
        names = ", ".join(f"{entry.get('name')} by {entry['by']}" for entry in own)
        warnings.warn(f"{path.name}: left out is who is played by a file of its own: {names}", stacklevel=2)
        cast = [entry for entry in cast if entry not in own]
    if not cast:
        raise ValueError(f"{path} holds no characters that are drawn by networks")
    names = [str(entry.get("name", f"character {number + 1}")) for number, entry in enumerate(cast)]
    if twice := sorted({name for name in names if [file_stem(one) for one in names].count(file_stem(name)) > 1}):
        raise ValueError(f"{path} has several characters called {', '.join(twice)}: give each a name of its own")
    return [
        _design(name, entry, f"{name} in {path.name}", path.parent) for name, entry in zip(names, cast, strict=True)
    ]


def save_designs(path, people):
    """Write characters by their descent, as `read_designs` reads them; complete or not at all.

    Args:
        path: of the file; its folder must be there.
        people: pairs of a name and a person of `animkit.studio.descent`.

    Returns:
        pathlib.Path.

    Raises:
        OSError: it cannot be written.
    """
    path = Path(path)
    cast = [{"name": name, "descent": person} for name, person in people]
    with replacing(path) as temporary:
        temporary.write_text(json.dumps({"cast": cast}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def draw_sheets(designs, company=None):
    """Draw characters in all nine actions.

    Args:
        designs: list of Design.
        company: `animkit.studio.characters.Company`; None for the one that ships.

    Returns:
        dict: name -> (9, 8, height, width, 4) uint8, in the order of `animkit.data.sprites.ACTION_DIRECTIONS`.

    Raises:
        FileNotFoundError: a picture is not there.
        ValueError: a look of another length, a picture that cannot be used, or a descent that leads nowhere.
    """
    people = [design for design in designs if design.way != "creature"]
    company = company or (load_company() if people else None)
    descent, sheets = Descent(company) if people else None, {}
    for design in designs:
        if design.way == "creature":
            by_seed = isinstance(design.how, tuple)
            play = creatures.creature_clips if by_seed else creatures.play_creature
            sheets[design.name] = play(*design.how) if by_seed else play(design.how)
            continue
        look, palette, animator = _drawn_by(company, descent, design)
        sheets[design.name] = to_rgba(animate(animator, look[None])[0], palette)
    return sheets


def save_sheets(folder, sheets, *, fps=8):
    """Write each character as a sprite sheet with tags, NAME.png and NAME.json as Aseprite writes it.

    Args:
        folder: made if missing.
        sheets: name -> (9, 8, height, width, 4) uint8.
        fps: frames per second of the JSON.

    Returns:
        list of the paths written.

    Raises:
        OSError: it cannot be written.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, frames in sheets.items():
        path = folder / f"{file_stem(name)}.png"
        save_sprite_sheet(path, frames, tags=list(ACTION_DIRECTIONS), fps=fps)
        written += [path, path.with_suffix(".json")]
    return written


def file_stem(name):
    """What the files of a character are called."""
    return re.sub(r"[^\w-]+", "_", name).strip("_") or "character"


def _drawn_by(company, descent, design):
    """A character's look, its colours, and who draws it."""
    if design.way == "look":
        look = np.asarray(design.how, "float32")
        if look.shape != company.looks.shape[1:]:
            raise ValueError(f"the look of {design.name} is {len(look)} numbers, not {company.looks.shape[1]}")
        return look, company.animator.palette, company.animator
    person = descent.take(design.how, design.how) if design.way == "picture" else design.how
    try:
        return descent.look(person), descent.palette(person), descent.animator(person)
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        raise ValueError(f"the descent of {design.name} leads nowhere ({error}): copy it again") from None


def _design(name, entry, where, folder):
    told = [way for way in WAYS if way in entry]
    if len(told) != 1:
        raise ValueError(f"{where} is told by {' and '.join(told) or 'nothing'}: give one of {', '.join(WAYS)}")
    (way,) = told
    value = entry[way]
    if way == "look":
        try:
            how = np.array(value, "float32")
        except (TypeError, ValueError):
            how = np.zeros(())
        if how.ndim != 1 or not np.isfinite(how).all():
            raise ValueError(f"the look of {where} is not a list of numbers")
        return Design(name, "creature" if entry.get("moved by") == creatures.ANIMATOR else way, how.tolist())
    if way == "picture":
        return Design(name, way, str(folder / str(value)))
    if way == "descent":
        return Design(name, way, _nested(value))
    wishes = _wishes(entry, where)
    if "creature" not in entry:
        return Design(name, way, wishes)
    if entry["creature"] not in CREATURES:
        raise ValueError(f"{where} is a creature {entry['creature']!r}: choose {', '.join(CREATURES)}")
    return Design(name, "creature", (entry["creature"], entry["seed"]))


def _wishes(entry, where):
    """The first of the designs of a seed, by the designer and with the attributes that are wished."""
    designer = entry.get("designer", "VAE")
    if designer not in _DESIGNERS:
        raise ValueError(f"the designer of {where} is {designer!r}: use {' or '.join(_DESIGNERS)}")
    numbers = {"seed": entry["seed"]} | {name: entry[name] for name in ATTRIBUTES if name in entry}
    for what, number in numbers.items():
        most = 999_999 if what == "seed" else OPTIONS - 1
        if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= most:
            raise ValueError(f"the {what} of {where} is {number!r}: use a whole number from 0 to {most}")
    return ("new", designer, numbers["seed"], *(numbers.get(name, FREE) for name in ATTRIBUTES), 1)


def _nested(value):
    return tuple(map(_nested, value)) if isinstance(value, list) else value
