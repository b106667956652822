"""How characters answer, as data that a user edits: rules of when and do, read from JSON and checked.

The rules that ship are `reactions.json` beside this file. Of all rules for an event the first that fits is followed, so
the particular stand above the general, and the last for each event asks for nothing. A rule:

    {"name": "an insult makes the angry come closer",
     "when": {"event": "words", "emotion": ["anger", "disgust"], "mood": ["angry"]},
     "do": {"action": "approach", "gesture": "shake", "distance": 0.1, "pace": 1.5, "lines": ["Say that again!"]}}

The names of actions are those that `studio/performance.py` performs and the stage plays. The mood is no action: it is
the style in which each is done.
"""

import difflib
import json
import unicodedata
from pathlib import Path
from typing import NamedTuple

from animkit.data.lexicon import DEEDS, FEELINGS
from animkit.theory.mood import MOODS, TRAITS, VAD

SHIPPED = Path(__file__).with_name("reactions.json")

ACTIONS = ("idle", "look", "approach", "flee", "wave", "dance", "sulk", "bow", "jump")
GESTURES = ("none", "nod", "shake", "shrug", "lean", "recoil", "droop")  # of the body, on top of the action
GAZES = ("audience", "other", "away", "down")  # the audience is where the pointer is, and the front without one
EVENTS = {
    "words": "somebody of the audience has said something",
    "first": "somebody types, or has just spoken: the first reaction, before the answer",
    "near": "the pointer comes near",
    "gone": "the pointer goes away",
    "seen": "another character speaks, or its mood changes",
    "silence": "nothing has come from the audience for a while",
    "rest": "an action is over, or the mood changes at rest",
}
EMOTIONS = (*VAD, "unreadable", "nothing")  # what the words may be: a label, in a tongue not read, no words at all
LONGEST_LINE, MOST_LINES, MOST_RULES, LARGEST = 80, 20, 500, 1_000_000  # characters, lines, rules, bytes

_WHEN = {"emotion": EMOTIONS, "mood": tuple(MOODS), "trait": tuple(TRAITS), "other": tuple(MOODS)}
# the pointer is near; it is this one, or all, to whom something is said; it stands elsewhere than at first
_TRUTHS = ("near", "addressed", "astray")
_CHOICES = {"action": ACTIONS, "gesture": GESTURES, "gaze": GAZES}
_RANGES = {"distance": (0.0, 1.0), "pace": (0.25, 3.0), "seconds": (0.2, 30.0)}
DEFAULTS = {
    "gesture": "none",
    "gaze": "audience",
    "distance": 0.2,
    "pace": 1.0,
    "seconds": 2.0,
    "lines": (),
    "says": None,
}


class Rule(NamedTuple):
    """What is done when.

    Attributes:
        name: that the panel shows.
        when: dict with "event", and any of "emotion", "mood", "trait", "other" (the other's mood) -> the names that
            fit, "near", "addressed" and "astray" -> bool.
        do: dict with "action" (to approach at rest is to go back to where it stood at first); "gesture"; "gaze";
            "distance", in stage widths, that is kept or fled; "pace", times as fast; "seconds"; "lines", one of which
            is said; "says", a deed and a feeling that the narrator may tell instead, or None.
    """

    name: str
    when: dict
    do: dict


def read_reactions(path=SHIPPED):
    """Read rules from a file.

    Args:
        path: of a JSON file, {"rules": [...]}.

    Returns:
        tuple of `Rule`.

    Raises:
        FileNotFoundError: it is not there. ValueError: it cannot be followed; the error says what is wrong, in which
            rule, and what would do.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"no reactions at {path}; copy {SHIPPED.name} from {SHIPPED.parent.name} and edit it")
    if path.stat().st_size > LARGEST:
        raise ValueError(f"{path.name} has {path.stat().st_size:,} bytes; {LARGEST:,} at most")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path.name} is not UTF-8 at byte {error.start}; save it as UTF-8") from error
    return parse_reactions(text, path.name)


def parse_reactions(text, where="reactions"):
    """Read rules from JSON text, as an editor holds it.

    Args:
        text: {"rules": [...]}.
        where: what an error calls it.

    Returns:
        tuple of `Rule`.

    Raises:
        ValueError: as `read_reactions`.
    """
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(
            f"{where}, line {error.lineno}, column {error.colno}: {error.msg}; JSON is expected"
        ) from error
    except RecursionError:
        raise ValueError(f"{where} is nested too deeply; a rule has a name, when and do") from None
    return make_rules(data.get("rules") if isinstance(data, dict) else None, where)


def make_rules(rules, where="reactions"):
    """Check rules.

    Args:
        rules: list of dicts with "name", "when" and "do", as JSON holds them.
        where: what an error calls them.

    Returns:
        tuple of `Rule`, what was left out filled in by `DEFAULTS`.

    Raises:
        ValueError: as `read_reactions`.
    """
    if not isinstance(rules, list) or not 0 < len(rules) <= MOST_RULES:
        raise ValueError(f'{where} has no list of 1 to {MOST_RULES} rules under "rules"')
    made, takes_all = [], {}
    for number, rule in enumerate(rules, 1):
        named = rule.get("name") if isinstance(rule, dict) else None
        here = f"{where}, rule {number}" + (f" ({named[:60]!r})" if isinstance(named, str) else "")
        _keys(rule, ("name", "when", "do"), ("name", "when", "do"), here)
        _text(named, f"{here}, name")
        made.append(Rule(named, _read_when(rule["when"], f"{here}, when"), _read_do(rule["do"], f"{here}, do")))
        event = made[-1].when["event"]
        if event in takes_all:
            raise ValueError(
                f"{here} is never followed: rule {takes_all[event]} above takes every {event!r}; put it above that"
            )
        if len(made[-1].when) == 1:
            takes_all[event] = number
    if missing := [event for event in EVENTS if event not in takes_all]:
        raise ValueError(
            f"{where}: no rule takes every {missing[0]!r} ({EVENTS[missing[0]]}); add a last one with "
            f'"when": {{"event": "{missing[0]}"}} alone'
        )
    return tuple(made)


def as_rules(reactions):
    """Take rules as one has them.

    Args:
        reactions: tuple of `Rule`, list of dicts as JSON holds them, the path of a file, or None for those that ship.

    Returns:
        tuple of `Rule`.

    Raises:
        FileNotFoundError, ValueError: as `read_reactions`.
    """
    if reactions is None:
        return read_reactions()
    if isinstance(reactions, list | tuple):
        return make_rules(rules_as_json(reactions) if all(isinstance(rule, Rule) for rule in reactions) else reactions)
    return read_reactions(reactions)


def rules_as_json(rules):
    """Write rules as JSON holds them: list of dicts, from which `make_rules` makes the same rules."""

    def plain(values):
        return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}

    return [{"name": rule.name, "when": plain(rule.when), "do": plain(rule.do)} for rule in rules]


def _read_when(when, here):
    _keys(when, ("event", *_WHEN, *_TRUTHS), ("event",), here)
    read = {"event": _one(when["event"], tuple(EVENTS), f"{here}, event")}
    for key, names in _WHEN.items():
        if key in when:
            wanted = when[key]
            if not isinstance(wanted, list | tuple) or not wanted:
                raise ValueError(f"{here}, {key} is {_short(wanted)}; give a list of names, such as [{names[0]!r}]")
            read[key] = tuple(_one(name, names, f"{here}, {key}") for name in wanted)
    for key in _TRUTHS:
        if key in when:
            if not isinstance(when[key], bool):
                raise ValueError(f"{here}, {key} is {_short(when[key])}; use true or false")
            read[key] = when[key]
    return read


def _read_do(do, here):
    _keys(do, ("action", *DEFAULTS), ("action",), here)
    read = DEFAULTS | do
    for key, names in _CHOICES.items():
        _one(read[key], names, f"{here}, {key}")
    for key, (least, most) in _RANGES.items():
        value = read[key]
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            raise ValueError(f"{here}, {key} is {_short(value)}; use a number from {least:g} to {most:g}")
        read[key] = float(value)
    lines = read["lines"]
    if not isinstance(lines, list | tuple) or len(lines) > MOST_LINES:
        raise ValueError(f"{here}, lines is {_short(lines)}; give a list of {MOST_LINES} texts at most")
    read["lines"] = tuple(_text(line, f"{here}, lines") for line in lines)
    if read["says"] is not None:
        if not isinstance(read["says"], list | tuple) or len(read["says"]) != 2:
            raise ValueError(f'{here}, says is {_short(read["says"])}; give a deed and a feeling, ["flee", "fear"]')
        deed, feeling = read["says"]
        read["says"] = (
            _one(deed, DEEDS, f"{here}, says, the deed"),
            _one(feeling, tuple(FEELINGS), f"{here}, says, the feeling"),
        )
    return read


def _keys(value, known, needed, here):
    if not isinstance(value, dict):
        raise ValueError(f"{here} is {_short(value)}; give {{{', '.join(needed)}}}")
    for key in value:
        _one(key, known, here)
    if missing := [key for key in needed if key not in value]:
        raise ValueError(f"{here} has no {missing[0]!r}; add it")


def _one(name, names, here):
    if not isinstance(name, str) or name not in names:
        near = difflib.get_close_matches(name, names, 1) if isinstance(name, str) else ()
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"{here}: {_short(name)} is none of {', '.join(names)}{hint}")
    return name


def _text(text, here):
    if not isinstance(text, str) or not text.strip() or len(text) > LONGEST_LINE:
        raise ValueError(f"{here}: {_short(text)} is no text of 1 to {LONGEST_LINE} characters")
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text):
        raise ValueError(f"{here}: {_short(text)} has a control character; take it out")
    return text


def _short(value):
    shown = repr(value)
    return shown if len(shown) <= 80 else f"{shown[:77]}..."


def choose(rules, **facts):
    """Find the rule to follow.

    Args:
        rules: as `read_reactions` gives them.
        **facts: "event", "emotion", "mood", "trait", "other", "near", "addressed", "astray"; those that a rule asks for
            and that are not given do not fit.

    Returns:
        `Rule`, the first that fits.

    Raises:
        ValueError: no rule takes this event, as it is none of `EVENTS`.
    """
    for rule in rules:
        if all(_fits(facts.get(key), wanted) for key, wanted in rule.when.items()):
            return rule
    raise ValueError(f"no rule takes the event {facts.get('event')!r}; there are {', '.join(EVENTS)}")


def _fits(fact, wanted):
    return fact in wanted if isinstance(wanted, tuple) else fact == wanted
