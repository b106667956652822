"""What a film is about before its plot is drawn: premises, each a row of deeds with room between them.

The plot model fills the room, and chooses what a premise leaves open; the world still has the last word.
"""

import dataclasses
import re

import numpy as np

from animkit.data.lexicon import THINGS, moods
from animkit.studio.casting import read_prompt
from animkit.studio.plotting import draw_plots
from animkit.studio.story import invent_story

IDEAS = 4  # plots to choose from

PAINTED = ("home", "castle", "forest", "mountain", "shore", "meadow")  # places that no other looks like
WEATHER = ("storm", "rain", "snow", "wind")
OUTDOORS = ("go", "arrive", "flee", "return")
# deeds in order: who does what, to whom, with which thing (X is the quest's, Y another) and where (@A is home)
PREMISES = {
    "duel": (
        ("adventure", "animals"),
        "hero live @A; hero want X; hero go @B; villain strike hero; -; hero strike villain; -; hero take X; "
        "hero return",
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
        "hero want X; hero make Y; -; hero meet helper; hero give Y helper; villain strike helper; "
        "helper cast villain; hero find X; -; hero rejoice",
    ),
    "wooing": (
        ("romance",),
        "hero live @A; hero want friend; villain cast friend @B; -; hero arrive @B; helper cast villain; "
        "hero marry friend; -; friend rejoice",
    ),
    "hunger": (
        ("everyday", "animals"),
        "hero live @A; hero want X; -; hero arrive @B; villain capture hero; friend free hero; hero find X; "
        "hero eat X; -; hero sleep",
    ),
    "revenge": (
        ("adventure", "magic"),
        "hero want X; friend tell hero; -; villain cast friend; -; hero arrive @B; hero strike villain; hero take X; "
        "-; hero return",
    ),
    "feast": (
        ("everyday", "animals"),
        "hero live @A; hero want X; -; friend find X; villain take X friend; villain sleep; hero take X villain; "
        "hero eat X; -; friend rejoice",
    ),
    "message": (
        ("adventure", "everyday", "magic"),
        "hero live @A; hero want X; -; villain strike hero; helper find X; hero meet helper; helper give X hero; -; "
        "hero return",
    ),
    "mourning": (
        ("adventure",),
        "hero want X; friend tell hero; villain strike friend; friend die; hero weep; -; hero arrive @B; "
        "hero slay villain; hero take X; hero return",
    ),
    "captive": (
        ("romance", "adventure"),
        "hero want friend; hero arrive @B; villain capture hero; -; friend strike villain; friend free hero; "
        "friend marry hero; -; hero rejoice",
    ),
    "chase": (
        ("adventure", "everyday"),
        "hero want X; hero find Y @A; villain take Y hero @A; -; villain flee @B; hero arrive @B; hero strike villain; "
        "hero take X; -; hero rejoice",
    ),
}
_THINGS = {"hunger": {"X": ("food",)}, "feast": {"X": ("food",)}, "gift": {"Y": ("food", "clothes", "letter")}}
_SOUGHT = tuple(thing for thing in THINGS if thing != "mount")


def invent_film(model, *, prompt="", length=9, temperature=0.8, seed=0):
    """Invent a story to be filmed: a premise by the seed, of its plots the one in which the fewest deeds come again.

    Args:
        model: `animkit.models.beats.BeatModel`.
        prompt, length, temperature, seed: as in `animkit.studio.story.invent_story`.

    Returns:
        `animkit.studio.story.StoryIdea`, which names the premise, and so does its first note.

    Raises:
        ValueError: what `invent_story` refuses.
    """
    options = {"length": length, "temperature": temperature}
    said, _, _ = read_prompt(prompt)
    genre, rng = said.get("genre"), np.random.default_rng([seed, 18])
    must = [(field, slot) for field in ("who", "thing", "where") for slot in said[field]][: (length - 4) // 2]
    suited = [name for name, (genres, _) in PREMISES.items() if genre in (None, *genres)]
    # who is asked for is in the premise rather than somewhere in its room
    absent = {name: sum(slot not in PREMISES[name][1] for slot in said["who"]) for name in suited}
    for name in sorted(rng.permutation(suited).tolist(), key=absent.get):
        kind = genre or str(rng.choice(PREMISES[name][0]))
        locks = [premise_locks(name, rng, length=length, said=said, prompt=prompt) for _ in range(IDEAS)]
        drawn = [draw_plots(model, 1, rng=rng, genre=kind, locks=lock, must=must, **options)[0] for lock in locks]
        if plots := [plot for plot in drawn if plot is not None]:
            plot = max(plots, key=lambda beats: len({beat.does for beat in beats}))
            fixed = {n: {f: v for f, v in beat._asdict().items() if v is not None} for n, beat in enumerate(plot)}
            idea = invent_story(model, prompt=prompt, locks=fixed, genre=kind, seed=seed, **options)
            return dataclasses.replace(idea, premise=name, notes=[f"premise: {name}", *idea.notes])
    return invent_story(model, prompt=prompt, seed=seed, **options)


def premise_locks(name, rng, *, length, said, prompt=""):
    """What a premise asks of a plot; where it leaves room, things and places are drawn.

    Args:
        name: of PREMISES.
        rng: `numpy.random.Generator`.
        length: beats of the story, 9 or more for the whole premise.
        said: what `animkit.studio.casting.read_prompt` found: its places and things come first.
        prompt: searched for weather and hours.

    Returns:
        locks as `animkit.studio.story.invent_story` takes them.
    """
    meant, deeds = _meant(name, said, rng), [deed.split() for deed in PREMISES[name][1].split(";")]
    rooms = np.flatnonzero([deed == ["-"] for deed in deeds]).tolist()
    room = rng.multinomial(max(0, length - len(deeds) + len(rooms)), np.full(len(rooms), 1 / len(rooms)))
    locks, number = {}, 0
    for at, deed in enumerate(deeds):
        if at in rooms:
            number += int(room[rooms.index(at)])
        elif number < length:
            locks[number] = _lock(deed, meant)
            number += 1
    _set_mood(locks, prompt, rng)
    return locks


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
