"""From a story to a storyboard, shot by shot. Plain rules, no network."""

import re
import textwrap
from typing import NamedTuple

from animkit.data.fairytales import (
    ACTION_VERBS,
    CREATURES,
    DIRECTION_WORDS,
    NAMES,
    PLACES,
    read_tale,
    stage_directions,
)
from animkit.data.lexicon import moods

LONGEST_CAPTION = 90  # letters: two lines of a film's caption, even of wide ones
ARC = ("dawn", "day", "dusk", "night", "dawn", "day")  # the hours a tale passes through, unless it names one
HOURS = {"dawn": "dawn", "morning": "dawn", "noon": "day", "evening": "dusk", "dusk": "dusk", "midnight": "night"}
_NAMES = {name for names in NAMES.values() for name in names}
# how a deed of a story is played; of the others one sees the people alone
_PLAYED = {
    **dict.fromkeys(("go", "arrive", "return", "flee"), "walk"),
    **dict.fromkeys(("strike", "slay", "capture"), "slash"),
    **dict.fromkeys(("cast", "free"), "spellcast"),
}
_WAY = {"go": "right", "return": "left", "flee": "left", "arrive": "front"}
_PAINTED = {"home": "village", "road": "meadow", "away": "castle"}  # for places that are not painted themselves
_MERRY = ("rejoice", "marry", "find", "eat")


class Shot(NamedTuple):
    """One caption's worth of film."""

    sentence: str
    place: str
    time: str
    company: tuple  # who is on stage; who acts comes first
    action: str | None  # None: they only stand there
    direction: str
    target: str | None  # whom the action is aimed at
    mood: str  # "calm", "vain" for a deed that fails, "merry" once a deed has gone well
    effect: str | None = None  # of `animkit.data.lexicon.EFFECTS`


def words(text):
    """The words of a text, in lower case and in order."""
    return re.findall("[a-z]+", text.lower())


def named(text):
    """The heroes' names in a text, each once, in order of appearance."""
    return tuple(dict.fromkeys(word for word in re.findall("[A-Za-z]+", text) if word in _NAMES))


def storyboard(tale):
    """Reads a tale shot by shot, carrying heroes and places on where a sentence leaves them out.

    Args:
        tale: a tale as `animkit.data.fairytales.write_tale` or a language model writes it, or any text.

    Returns:
        The title and a list of Shots. What is too long for a caption becomes several shots.

    Raises:
        ValueError: the tale has no sentence.
    """
    title, sentences = read_tale(tale)
    captions = [part for sentence in sentences for part in textwrap.wrap(sentence, LONGEST_CAPTION)]
    if not captions:
        raise ValueError("the tale has no sentence to film")
    cues = [stage_directions(caption) for caption in captions]
    place = next((cue.place for cue in cues if cue.place), PLACES[0])
    heroes = next((named(caption) for caption in captions if named(caption)), ("Somebody",))[:2]
    creature = next((word for caption in captions for word in words(caption) if word in CREATURES), None)
    shots, mood = [], "calm"
    for number, (caption, cue) in enumerate(zip(captions, cues, strict=True)):
        said, names, place = words(caption), named(caption), cue.place or place
        hour = next((HOURS[word] for word in said if word in HOURS), ARC[number * len(ARC) // len(captions)])
        action = _action(caption)
        beast = (creature,) if creature in said else ()
        company, target = names or heroes, None
        if action in ("spellcast", "slash"):
            company, target = (*company[:1], *(hero for hero in heroes if hero not in company[:1]))[:2], creature
            mood = "vain" if _in_vain(caption) else "merry"
        elif not action and beast:
            company = beast if not names and mood != "merry" else (*company, *beast)
        direction = cue.direction if action else "front"
        if target and not set(DIRECTION_WORDS["front"]) & set(said) and direction == "front":
            direction = "right"  # the stage puts whom it is aimed at there
        shots.append(Shot(caption, place, hour, company, action, direction, target, mood, effect_in(caption)))
        mood = "merry" if mood == "merry" else "calm"
    return title or f"The Tale of {heroes[0]}", shots


def stage_story(idea, sentences):
    """Stages a story beat by beat: what its plot says is played, and what was told of it stands below.

    Args:
        idea: `animkit.studio.story.StoryIdea`.
        sentences: what was told of each beat.

    Returns:
        The title and a list of Shots. What is too long for a caption becomes several shots.

    Raises:
        ValueError: not a sentence for each beat.
    """
    if len(sentences) != len(idea.beats):
        raise ValueError(f"a story of {len(idea.beats)} beats was told in {len(sentences)} sentences; it needs as many")
    names = {slot: stage_name(role) for slot, role in idea.cast.items() if slot != "crowd"}
    place, shots, won = "village", [], False
    for number, (beat, sentence) in enumerate(zip(idea.beats, sentences, strict=True)):
        place = _PAINTED.get(beat.where, beat.where) or place
        hour = beat.light or ARC[number * len(ARC) // len(sentences)]
        who, whom = (names.get(slot) for slot in (beat.who, beat.whom))
        company = tuple(dict.fromkeys(name for name in (who, whom) if name)) or (names["hero"],)
        action = "spellcast" if beat.effect == "magic" and who and whom else _PLAYED.get(beat.does)
        action = action if who and (action != "slash" or whom) else None
        aimed = action in ("slash", "spellcast") and whom is not None
        direction = "right" if aimed else _WAY.get(beat.does, "front") if action else "front"
        won = won or beat.does in ("slay", "free") and beat.who != "villain"
        merry = beat.does in _MERRY or beat.feeling == "joy" or won and beat.who != "villain"
        on_stage = company[:1] if aimed else company
        for caption in textwrap.wrap(sentence, LONGEST_CAPTION):
            mood = "merry" if merry else "calm"
            told = beat.effect or effect_in(caption)
            shots.append(Shot(caption, place, hour, on_stage, action, direction, whom if aimed else None, mood, told))
    return idea.title, shots


def stage_name(role):
    """What the stage calls somebody of a story's cast: a creature by its kind, everybody else by name."""
    return role["kind"] if role["kind"] in CREATURES else role["name"] or role["kind"]


def effect_in(text):
    """The first effect that a text names: "storm", "rain", "snow", "wind", "fire", "magic", or None."""
    effects = moods()[2]
    return next((effects[word] for word in words(text) if word in effects), None)


def cast_of(shots):
    """Names of everybody on stage, in order of appearance."""
    return list(dict.fromkeys(name for shot in shots for name in (*shot.company, shot.target) if name))


def _action(sentence):
    """The action of the first verb that can be staged, or None."""
    cue = stage_directions(sentence)
    return cue.action if any(word in ACTION_VERBS[cue.action] for word in words(sentence)) else None


def _in_vain(sentence):
    return bool({"but", "vain"} & set(words(sentence)))
