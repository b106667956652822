"""Story ideas: a plot drawn from the plot model, constrained by the world it tells of, and who plays it."""

import dataclasses
import json

import numpy as np

from animkit.data.beats import FIELDS, Beat
from animkit.data.plots import LONGEST, SHORTEST, VALUES, encode
from animkit.studio.casting import check_words, checked_cast, read_prompt, stage
from animkit.studio.plotting import draw_plots

VERSION = 1
ATTEMPTS = 5  # at a plot with locks, before they count as contradictory


class LockConflict(ValueError):
    """Two locked beats cannot stand in one story; `nearest` is the story without the later one."""

    def __init__(self, message, pair, nearest):
        super().__init__(message)
        self.pair, self.nearest = pair, nearest


@dataclasses.dataclass
class StoryIdea:
    """A story before it is told: who, where, with what, and what happens.

    Attributes:
        title: one line.
        genre: one of `animkit.data.plots.GENRES`.
        seed: that drew it.
        cast: slot -> {"name", "kind", "pronoun", "wants"}.
        places: slot -> word.
        things: slot -> word.
        beats: list of `Beat`.
        used: words of the prompt that were used -> what for.
        notes: what else the user should know.
        premise: of `animkit.studio.premises.PREMISES`, whose rule gave deeds; None if the plot is free.
        version: of this format.
    """

    title: str
    genre: str
    seed: int
    cast: dict
    places: dict
    things: dict
    beats: list
    used: dict = dataclasses.field(default_factory=dict)
    notes: list = dataclasses.field(default_factory=list)
    premise: str | None = None
    version: int = VERSION

    def to_json(self):
        """The idea as JSON text."""
        content = dataclasses.asdict(self) | {"beats": [beat._asdict() for beat in self.beats]}
        return json.dumps(content, indent=1, ensure_ascii=False)

    @classmethod
    def from_json(cls, text):
        """Read an idea.

        Args:
            text: as `to_json` writes it.

        Returns:
            StoryIdea.

        Raises:
            ValueError: it is no JSON, no story, damaged, or of a newer version.
        """
        try:
            content = json.loads(text)
        except (TypeError, ValueError) as error:
            raise ValueError(f"this is no saved story: it is no JSON ({error})") from None
        names = {field.name for field in dataclasses.fields(cls)}
        if not isinstance(content, dict) or not isinstance(content.get("version"), int):
            raise ValueError("this is no saved story: it has no version")
        if content["version"] > VERSION:
            raise ValueError(
                f"the story is of version {content['version']}, this reads {VERSION} at most: update animkit"
            )
        if missing := sorted(names - {"used", "notes", "premise"} - content.keys()):
            raise ValueError(f"the saved story is damaged: it has no {', '.join(missing)}")
        try:
            beats = [Beat(**beat) for beat in content["beats"]]
            encode(beats)
        except (TypeError, ValueError) as error:
            raise ValueError(f"the beats of the saved story are damaged: {error}") from None
        spoken = [content["title"], *content["places"].values(), *content["things"].values()]
        for text in (*spoken, *(text for role in content["cast"].values() for text in role.values())):
            check_words(text or "", "the saved story")
        return cls(**{name: content[name] for name in names & content.keys()} | {"beats": beats})


def invent_story(
    model,
    *,
    prompt="",
    cast=None,
    locks=None,
    genre=None,
    length=9,
    temperature=1.0,
    seed=0,
    constrained=True,
):
    """Invent a story.

    Args:
        model: `animkit.models.beats.BeatModel`, as `animkit.weights.load("beats")` gives it.
        prompt: words that choose cast, places and things where the lexicon knows them.
        cast: slot -> {"name", "kind"}, either or both; for the others names and kinds are drawn.
        locks: number of the beat (from 0) -> {field: value}, what that beat must have.
        genre: one of `animkit.data.plots.GENRES`, or None for any.
        length: beats, 6 to 12.
        temperature: 1 draws as the model believes, less is more usual, more is wilder.
        seed: decides everything drawn.
        constrained: False leaves the world out: what the model alone would tell.

    Returns:
        StoryIdea.

    Raises:
        LockConflict: two locks cannot be in one story.
        ValueError: an unknown genre, slot or field, a length out of range, a coarse word.
    """
    locks = _checked_locks(locks or {}, length)
    if not SHORTEST <= length <= LONGEST:
        raise ValueError(f"length is {length}: a story has {SHORTEST} to {LONGEST} beats")
    if not (np.isfinite(temperature) and temperature > 0):
        raise ValueError(f"temperature is {temperature}: use a positive number, 1 for what the model believes")
    said, used, notes = read_prompt(prompt)
    genre = genre or said.get("genre")
    chosen = checked_cast(cast or {})
    rng = np.random.default_rng(seed)
    must = {("who", slot): None for slot in (*chosen, *said["who"])}  # in this order, each once
    must |= {(field, slot): None for field in ("thing", "where") for slot in said[field]}
    # more than the story has room for is not kept to
    must = list(must)[: (length - 4) // 2] if constrained else []

    def attempt(kept, draws):
        options = {"genre": genre, "length": length, "temperature": temperature, "locks": kept}
        for left in range(ATTEMPTS if constrained else 1, 0, -1):
            # the last attempt keeps to the locks alone
            asked = must if left > 1 else ()
            plot = draw_plots(draws, 1, rng=rng, constrained=constrained, must=asked, **options)[0]
            if plot is not None:
                return plot
        return None

    def idea(beats):
        staged = stage(beats, genre, chosen, said, rng)
        return StoryIdea(**staged | {"notes": notes + staged["notes"]}, seed=int(seed), beats=beats, used=used)

    pair = _dead_and_doing(locks) if constrained else None
    beats = None if pair else attempt(locks, model)
    if beats is not None:
        return idea(beats)
    pair = pair or _contradiction(locks, attempt)
    kept = {number: lock for number, lock in locks.items() if number != pair[1]}
    raise LockConflict(_conflict_message(locks, pair), pair, idea(attempt(kept, model) or attempt({}, model)))


# --- locks


def _checked_locks(locks, length):
    for number, lock in locks.items():
        if not isinstance(number, int) or not 0 <= number < length:
            raise ValueError(f"there is no beat {number!r} to lock: a story of {length} has 0 to {length - 1}")
        for field, value in lock.items():
            if field not in VALUES:
                raise ValueError(f"a beat has no field {field!r}; there are {', '.join(FIELDS)}")
            if value not in VALUES[field]:
                raise ValueError(f"{field} cannot be {value!r}; there are {', '.join(map(str, VALUES[field]))}")
    return {number: lock for number, lock in locks.items() if lock}


def _dead_and_doing(locks):
    """Two locks of which the first ends somebody's life and the second needs them, without any search; or None."""
    for first, lock in sorted(locks.items()):
        gone = {"slay": lock.get("whom"), "die": lock.get("who")}.get(lock.get("does"))
        for second, later in sorted(locks.items()):
            if gone and second > first and gone in (later.get("who"), later.get("whom")):
                return first, second
    return None


def _contradiction(locks, attempt):
    """The first one or two locks, by number, for which no plot is found."""
    numbers = sorted(locks)
    for number in numbers:
        if attempt({number: locks[number]}, None) is None:
            return number, number
    for later, second in enumerate(numbers):
        for first in numbers[:later]:
            if attempt({first: locks[first], second: locks[second]}, None) is None:
                return first, second
    return numbers[0], numbers[-1]


def _conflict_message(locks, pair):
    first, second = pair
    says = [", ".join(f"{field} {value}" for field, value in locks[number].items()) for number in pair]
    if first == second:
        return f"beat {first + 1} ({says[0]}) cannot stand in a story of this length at this place"
    return (
        f"beats {first + 1} ({says[0]}) and {second + 1} ({says[1]}) contradict each other: "
        f"beat {second + 1} is free in the nearest story"
    )
