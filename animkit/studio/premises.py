"""What a film is about before its plot is drawn: premises, each a row of deeds with room between them.

The plot model fills the room, and chooses what a premise leaves open; the world still has the last word.
"""

import re

import numpy as np

from animkit.data.lexicon import THINGS, moods

PAINTED = ("home", "castle", "forest", "mountain", "shore", "meadow")  # places that no other looks like
WEATHER = ("storm", "rain", "snow", "wind")
OUTDOORS = ("go", "arrive", "flee", "return")
# deeds in order: who does what, to whom, with which thing (X is the quest's, Y another) and where (@A is home)
PREMISES = {
    "duel": (
        ("adventure", "animals"),
        "hero live @A; hero want X; hero go @B; villain strike hero; -; hero strike villain; -; hero take X; hero return",
    ),
    "captivity": (
        ("adventure",),
        "hero live @A; hero want X; hero arrive @B; villain capture hero; -; villain sleep; hero flee; -; hero take X; "
        "hero return",
    ),
    "theft": (
        ("adventure", "everyday", "animals"),
        "hero live @A; hero want X; -; friend find X; villain take X friend; hero go @B; hero strike villain; "
        "hero take X villain; -; hero return",
    ),
    "rescue": (
        ("adventure", "everyday"),
        "hero live @A; hero want friend; villain capture friend @B; -; hero arrive @B; hero strike villain; "
        "hero free friend; -; hero return",
    ),
    "loss": (
        ("everyday", "animals"),
        "hero live @A; hero want X; friend find X; friend lose X; -; hero go @B; hero find X; -; hero give X friend",
    ),
    "spell": (
        ("magic",),
        "hero live @A; hero want X; -; villain cast hero; -; helper meet hero; helper cast villain; hero find X; -; "
        "hero rejoice",
    ),
    "hiding": (
        ("adventure", "animals"),
        "hero want X; -; hero arrive @B; hero see villain; hero hide; villain strike friend @B; hero take X; "
        "hero flee @C; -; hero sleep",
    ),
    "gift": (
        ("everyday", "magic"),
        "hero want X; hero make Y; -; hero meet helper; hero give Y helper; villain strike helper; helper cast villain; "
        "hero find X; -; hero rejoice",
    ),
    "wooing": (
        ("romance",),
        "hero live @A; hero want friend; villain cast friend @B; -; hero arrive @B; helper cast villain; "
        "hero marry friend; -; friend rejoice",
    ),
    "hunger": (
        ("everyday", "animals"),
        "hero live @A; hero want X; -; hero arrive @B; villain capture hero; friend free hero; hero find X; hero eat X; "
        "-; hero sleep",
    ),
    "revenge": (
        ("adventure", "magic"),
        "hero want X; friend tell hero; -; villain cast friend; -; hero arrive @B; hero strike villain; hero take X; -; "
        "hero return",
    ),
    "chase": (
        ("adventure", "everyday"),
        "hero want X; hero find Y @A; villain take Y hero @A; -; villain flee @B; hero arrive @B; hero strike villain; "
        "hero take X; -; hero rejoice",
    ),
}
_THINGS = {"hunger": {"X": ("food",)}, "gift": {"Y": ("food", "clothes", "letter")}}
_SOUGHT = tuple(thing for thing in THINGS if thing != "mount")


def choose_premise(rng, *, length, said, genre=None, prompt=""):
    """Choose what a film is about.

    Args:
        rng: `numpy.random.Generator`.
        length: beats of the story, 9 or more for the whole premise.
        said: what `animkit.studio.casting.read_prompt` found: its places and things come first.
        genre: one of `animkit.data.plots.GENRES`, or None for any.
        prompt: searched for weather and hours.

    Returns:
        the premise's name, a genre that it suits, and locks as `animkit.studio.story.invent_story` takes them.
    """
    name = str(rng.choice([name for name, (genres, _) in PREMISES.items() if genre in (None, *genres)]))
    genres, deeds = PREMISES[name]
    meant, deeds = _meant(name, said, rng), [deed.split() for deed in deeds.split(";")]
    rooms = np.flatnonzero([deed == ["-"] for deed in deeds])
    room = rng.multinomial(max(0, length - len(deeds) + len(rooms)), np.full(len(rooms), 1 / len(rooms)))
    locks, number = {}, 0
    for at, deed in enumerate(deeds):
        if at in rooms:
            number += int(room[rooms.tolist().index(at)])
        elif number < length:
            locks[number] = _lock(deed, meant)
            number += 1
    _set_mood(locks, prompt, rng)
    return name, genre or str(rng.choice(genres)), locks


def _lock(words, meant):
    who, does, *rest = words
    lock = {"who": who, "does": does}
    for word in rest:
        field = "where" if word[0] == "@" else "thing" if word in "XY" else "whom"
        lock[field] = meant.get(word, word)
    return lock


def _meant(name, said, rng):
    """Which places and things the letters of a premise mean: what the prompt names first."""
    places = [*said["where"], *(place for place in rng.permutation(PAINTED).tolist() if place not in said["where"])]
    asked = places[: len(said["where"])]
    start = next(place for place in places if place not in asked)  # home is elsewhere: one sets out for what is asked
    rest = [place for place in places if place != start]
    letters = {"@A": start, "@B": rest[0], "@C": rest[1]}
    for letter in "XY":
        may = [thing for thing in _THINGS.get(name, {}).get(letter, _SOUGHT) if thing not in letters.values()]
        asked = [thing for thing in may if thing in said["thing"]]
        letters[letter] = (asked or rng.permutation(may).tolist())[0]
    return letters


def _set_mood(locks, prompt, rng):
    """Weather and hours that the prompt names, or else perhaps one, for a way out of doors."""
    _, lights, effects = moods()
    words = re.findall("[a-z]+", prompt.lower())
    light = next((lights[word] for word in words if word in lights), None)
    effect = next((effects[word] for word in words if word in effects), None)
    ways = [number for number, lock in locks.items() if lock["does"] in OUTDOORS] or list(locks)[1:2]
    foul = [number for number, lock in locks.items() if lock["who"] == "villain"] or ways
    if light or rng.random() < 0.5:
        locks[int(rng.choice(foul))]["light"] = light or str(rng.choice(("night", "dusk")))
    if effect or rng.random() < 0.35:
        locks[int(rng.choice(ways))]["effect"] = effect or str(rng.choice(WEATHER))
