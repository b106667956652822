"""From a tale to a storyboard: continuity, an editor's judgement, shots. Plain rules, no network."""

import re
import textwrap
from typing import NamedTuple

from animkit.data.fairytales import (
    ACTION_VERBS,
    CREATURES,
    DIRECTION_WORDS,
    NAMES,
    PLACES,
    PROFESSIONS,
    TREASURES,
    read_tale,
    stage_directions,
)

LONGEST_CAPTION = 90  # letters: two lines of a film's caption, even of wide ones
ARC = ("dawn", "day", "dusk", "night", "dawn", "day")  # the hours a tale passes through, unless it names one
HOURS = {"dawn": "dawn", "morning": "dawn", "noon": "day", "evening": "dusk", "dusk": "dusk", "midnight": "night"}
_PRONOUN = {name: {"she": "her", "he": "his"}[pronoun] for pronoun, names in NAMES.items() for name in names}


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


def words(text):
    """The words of a text, in lower case and in order."""
    return re.findall("[a-z]+", text.lower())


def named(text):
    """The heroes' names in a text, each once, in order of appearance."""
    return tuple(dict.fromkeys(word for word in re.findall("[A-Za-z]+", text) if word in _PRONOUN))


def continuity(tale):
    """Makes a tale keep to the people, things and places it began with, as a script supervisor does on a set.

    A letter-by-letter model forgets whom it writes about. Names that the first sentence did not introduce become those
    it did; the first creature and the first treasure replace all others; professions are as many as heroes. From the
    arrival to the deed all happens where the journey led, and after the deed where it began.

    Args:
        tale: title line and sentences.

    Returns:
        The tale, and how many words or terms were changed.
    """
    title, sentences = read_tale(tale)
    heroes = next(filter(None, map(named, sentences)), ())[:2]
    text, changes = f"{title}\n{' '.join(sentences)}", 0
    for terms, most in ((CREATURES, 1), (TREASURES, 1), (PROFESSIONS, max(len(heroes), 1))):
        text, changed = _keep_to_first(text, terms, most)
        changes += changed
    title, sentences = read_tale(text)
    (title, *sentences), strangers = _keep_heroes([title, *sentences], heroes)
    (title, *sentences), elsewhere = _keep_places([title, *sentences])
    told = f"{title}\n{' '.join(sentences)}" if title else " ".join(sentences)
    return told, changes + strangers + elsewhere


def editor_notes(tale, vocabulary):
    """Lists what keeps a tale from the stage; an empty list means that it can be filmed.

    Args:
        tale: title line and sentences, as a language model wrote them.
        vocabulary: the words that count as known, in lower case.

    Returns:
        List of notes, one short clause each.
    """
    title, sentences = read_tale(tale)
    said, heroes = words(tale), named(" ".join(sentences))
    creatures = [creature for creature in CREATURES if creature in said]
    places = {cue.place for cue in map(stage_directions, sentences) if cue.place}
    unknown = sorted(set(said) - set(vocabulary))
    notes = {
        "has no title": not title,
        f"has {len(sentences)} sentences, not 5 to 7": not 5 <= len(sentences) <= 7,
        "breaks off": not tale.rstrip().endswith((".", "!", "?", '"')),
        f"has words nobody knows: {', '.join(unknown[:3])}": bool(unknown),
        f"has {len(heroes)} heroes, not one or two": not 1 <= len(heroes) <= 2,
        f"has {len(creatures)} creatures, not one": len(creatures) != 1,
        "has no journey": not set(ACTION_VERBS["walk"]) & set(said) or len(places) < 2,
        "has no deed": not {*ACTION_VERBS["spellcast"], *ACTION_VERBS["slash"]} & set(said),
        "repeats itself": len(set(sentences)) < len(sentences),
        "has a sentence too long for a caption": any(len(sentence) > LONGEST_CAPTION for sentence in sentences),
    }
    return [note for note, applies in notes.items() if applies]


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
        shots.append(Shot(caption, place, hour, company, action, direction, target, mood))
        mood = "merry" if mood == "merry" else "calm"
    return title or f"The Tale of {heroes[0]}", shots


def cast_of(shots):
    """Names of everybody on stage, in order of appearance."""
    return list(dict.fromkeys(name for shot in shots for name in (*shot.company, shot.target) if name))


def _keep_heroes(parts, heroes):
    """Gives strangers the names of heroes who are not in their sentence already; `parts` are title and sentences."""
    kept, changes = [], 0
    for part in parts:
        # where no sentence names anyone, there is nobody to take the place of those in the title
        strangers = [name for name in named(part) if name not in heroes] if heroes else []
        free = [hero for hero in heroes if hero not in named(part)] or heroes
        for i, stranger in enumerate(strangers):
            part = re.sub(rf"\b{stranger}\b", free[i % len(free)], part)
        part = re.sub(r"\b([A-Z]\w+) and \1\b", r"\1", part)
        if named(part):
            part = re.sub(r"\b(his|her)\b", _PRONOUN[named(part)[0]], part)
        kept.append(part)
        changes += len(strangers)
    return kept, changes


def _keep_places(parts):
    """Lets a tale leave home, arrive, and after the deed be at home again; `parts` are title and sentences."""
    title, *sentences = parts
    deeds = [number for number, sentence in enumerate(sentences) if _action(sentence) in ("spellcast", "slash")]
    done = next((number for number in deeds if not _in_vain(sentences[number])), len(sentences))
    walks = [number for number, sentence in enumerate(sentences) if _action(sentence) == "walk" and number < done]
    home = next((cue.place for cue in map(stage_directions, sentences) if cue.place), None)
    away = next((cue.place for number in reversed(walks) if (cue := stage_directions(sentences[number])).place), home)
    arrived = walks[-1] if walks else len(sentences)
    changes = 0
    for number, sentence in enumerate(sentences):
        if number > arrived:
            sentences[number], changed = _move(sentence, home if number > done else away)
            changes += changed
    title, changed = _move(title, away if set(CREATURES) & set(words(title)) else home)
    return [title, *sentences], changes + changed


def _move(text, place):
    """Puts whatever happens in a text at one place, with the preposition that it takes; None leaves it as it is."""
    if place is None:
        return text, 0
    changes = 0

    def replace(match):
        nonlocal changes
        preposition, old = match.groups()
        changes += old.lower() != place
        new = place.title() if old.istitle() else place
        return f"{preposition and {'mountain': 'on ', 'shore': 'by '}.get(place, 'in ')}the {new}"

    return re.sub(rf"\b((?:in |on |by )?)the ({'|'.join(PLACES)})\b", replace, text, flags=re.IGNORECASE), changes


def _action(sentence):
    """The action of the first verb that can be staged, or None."""
    cue = stage_directions(sentence)
    return cue.action if any(word in ACTION_VERBS[cue.action] for word in words(sentence)) else None


def _in_vain(sentence):
    return bool({"but", "vain"} & set(words(sentence)))


def _keep_to_first(text, terms, most):
    """Replaces all but the first `most` different terms by the first one, in the case of what they replace."""
    pattern = re.compile(rf"\b({'|'.join(terms)})\b", re.IGNORECASE)
    kept, changes = list(dict.fromkeys(term.lower() for term in pattern.findall(text)))[:most], 0

    def replace(match):
        nonlocal changes
        term = match.group()
        if term.lower() in kept:
            return term
        changes += 1
        return kept[0].title() if term.istitle() else kept[0]

    return pattern.sub(replace, text), changes
