"""Plots as numbers: the values of each field of a beat, genres, and tales told in fewer beats."""

import numpy as np

from animkit.data.beats import FIELDS, SLOTS, Beat, read_beats
from animkit.data.fairytales import load_fairytales
from animkit.data.lexicon import DEEDS, EFFECTS, FEELINGS, LIGHTS, PLACES, THINGS, kinds

VALUES = {
    "who": SLOTS,
    "does": DEEDS,
    "whom": (None, *SLOTS),
    "thing": (None, *THINGS),
    "where": (None, *PLACES),
    "feeling": (None, *FEELINGS),
    "light": (None, *LIGHTS),
    "effect": (None, *EFFECTS),
}
SIZES = tuple(len(values) for values in VALUES.values())
GENRES = ("animals", "adventure", "romance", "magic", "everyday")
SHORTEST, LONGEST = 6, 12  # beats of a story
_LENGTHS = (8, 12, 24, 60)
TOLD = len(GENRES) + len(_LENGTHS) + 1 + 9  # what the plot model is told at each beat, see `told`
_INDEX = [{value: index for index, value in enumerate(values)} for values in VALUES.values()]


def encode(beats):
    """Beats as numbers.

    Args:
        beats: list of `Beat`.

    Returns:
        (beats, 8) int32, the place of each field's value in `VALUES`.

    Raises:
        ValueError: a field holds what `VALUES` does not have.
    """
    try:
        rows = [[index[value] for index, value in zip(_INDEX, beat, strict=True)] for beat in beats]
    except KeyError as error:
        raise ValueError(f"no field of a beat has the value {error}; see animkit.data.plots.VALUES") from error
    return np.array(rows, "int32").reshape(-1, len(FIELDS))


def decode(rows):
    """The inverse of `encode`."""
    return [Beat(*(values[index] for values, index in zip(VALUES.values(), row, strict=True))) for row in rows]


def genre_of(plot):
    """The genre of a tale, by rule; the first of these that holds.

    "animals": an animal is the hero. "magic": a helper or villain of a magic kind takes part in a beat of fourteen,
    or as many have magic in them. "adventure": a beat of fourteen is fighting, hiding, capturing, freeing or fleeing.
    "romance": somebody marries, or a princess, prince, bride or groom is hero or friend. "everyday": none of these.

    Args:
        plot: `animkit.data.beats.Plot`.

    Returns:
        one of `GENRES`.
    """
    known, beats = kinds(), plot.beats
    role = {slot: known.get(words[0].lower(), ("", "", "person"))[2] for slot, words in plot.cast.items()}
    share = max(1, len(beats) / 14)
    magic = {slot for slot, kind in role.items() if kind in ("helper", "villain")} & {"helper", "villain"}
    spells = sum(
        beat.does == "cast" or beat.effect == "magic" or magic & {beat.who, beat.whom} != set() for beat in beats
    )
    fights = sum(beat.does in ("strike", "slay", "capture", "free", "flee", "hide") for beat in beats)
    couple = {"princess", "prince", "bride", "bridegroom", "wife", "husband"}
    if role.get("hero") == "animal":
        return "animals"
    if fights >= share:
        return "adventure"
    if spells >= share:
        return "magic"
    if any(beat.does == "marry" for beat in beats) or couple & {plot.cast.get(s, ("",))[0] for s in ("hero", "friend")}:
        return "romance"
    return "everyday"


def told(genre, length, count):
    """What the plot model is told at each beat; zeros where it is not.

    Args:
        genre: one of `GENRES`, or None.
        length: beats of the whole tale, or None.
        count: how many beats to tell it for, from the first.

    Returns:
        (count, TOLD) float32: the genre, how long the tale is, in which ninth of it the beat stands.

    Raises:
        ValueError: an unknown genre.
    """
    if genre is not None and genre not in GENRES:
        raise ValueError(f"no genre called {genre!r}; there are {', '.join(GENRES)}")
    rows = np.zeros((count, TOLD), "float32")
    if genre is not None:
        rows[:, GENRES.index(genre)] = 1
    if length is not None:
        rows[:, len(GENRES) + np.searchsorted(_LENGTHS, length)] = 1
        # the first and the last beat have a value of their own
        ninth = np.ceil(7 * np.arange(count) / max(1, length - 1)).astype(int) + (np.arange(count) >= length - 1)
        rows[np.arange(count), TOLD - 9 + np.minimum(ninth, 8)] = 1
    return rows


def digest(beats, length, rng):
    """Tell a tale in fewer beats: the rarer a beat's deed in the tale, the likelier it stays; the order does.

    Args:
        beats: (n, 8), see `encode`.
        length: beats to keep, n at most.
        rng: `numpy.random.Generator`.

    Returns:
        (length, 8), without the same deed of the same actor twice in a row where that can be.
    """
    deeds = beats[:, 1]
    often = np.bincount(deeds, minlength=len(DEEDS))[deeds]
    # Gumbel noise on log weights, and the largest: a draw without replacement
    chosen = np.argsort(-(rng.gumbel(size=len(beats)) - 0.7 * np.log(often)))[: min(length, len(beats))]
    return beats[np.sort(chosen)]


def load_plots(source="auto"):
    """The plots of the fairy tales, split as they are; see `animkit.data.fairytales.load_fairytales`.

    Args:
        source: "auto", "present" or "twin".

    Returns:
        dict: "train", "validation" and "test", each a list of `Plot` with beats; and "source".
    """
    tales = load_fairytales(source)
    splits = {"train": tales.train, "validation": tales.validation, "test": tales.test}
    return {name: [plot for plot in map(read_beats, texts) if plot.beats] for name, texts in splits.items()} | {
        "source": tales.source
    }
