"""From a story to a storyboard, shot by shot. Plain rules, no network."""

import re
import textwrap
from functools import cache
from typing import NamedTuple

from animkit.data.fairytales import (
    ACTION_VERBS,
    CREATURES,
    NAMES,
    PLACES,
    TREASURES,
    read_tale,
    stage_directions,
)
from animkit.data.lexicon import moods, nouns, verb_forms
from animkit.studio.lettering import readable

LONGEST_CAPTION = 90  # letters: two lines of a film's caption, even of wide ones
ARC = ("dawn", "day", "dusk", "night", "dawn", "day")  # the hours a tale passes through, unless it names one
HOURS = {"dawn": "dawn", "morning": "dawn", "noon": "day", "evening": "dusk", "dusk": "dusk", "midnight": "night"}
_NAMES = {name for names in NAMES.values() for name in names}
# how a deed of a story is played; of the others one sees the people alone
_PLAYED = {
    **dict.fromkeys(("go", "arrive", "return"), "walk"),
    **dict.fromkeys(("strike", "slay", "capture"), "slash"),
    **dict.fromkeys(("meet", "ask", "tell", "help", "marry", "see", "find"), "talk"),
    **dict.fromkeys(("sleep", "die"), "sleep"),
    **{"flee": "run", "cast": "spellcast", "free": "free", "hide": "hide", "weep": "weep", "rejoice": "cheer"},
}
_WITH_SOMEBODY = ("slash", "spellcast", "free", "talk")
_HOW = {"tell": "speaks", "ask": "speaks", "marry": "heart", "slay": "slain", "capture": "bound", "die": "dead"}
_HANDLED = {"find": "found", "take": "found", "lose": "lost", "make": "made", "eat": "eaten"}
_WAY = {"go": "right", "return": "left", "flee": "left", "arrive": "front"}
_PAINTED = {"home": "village", "road": "meadow", "away": "castle"}  # for places that are not painted themselves
_SEEN_ALONE = ("flee", "hide", "sleep", "weep", "rejoice")  # deeds that a reader's tale need not aim at anybody
PETS = {"cat", "hare"}  # animals that a reader's tale names, and that are drawn as its things are
_MERRY = ("rejoice", "marry", "find", "eat")
_HOURS = ("dawn", "day", "dusk", "night")


class Shot(NamedTuple):
    """One caption's worth of film."""

    sentence: str
    place: str
    time: str
    company: tuple  # who is on stage; who acts comes first
    action: str | None  # "walk", "run", "slash", "hand", ... as `animkit.studio.blocking` plays them; None: they stand
    direction: str
    target: str | None  # whom the action is aimed at
    mood: str  # "calm", "vain" for a deed that fails, "merry" once a deed has gone well
    effect: str | None = None  # of `animkit.data.lexicon.EFFECTS`
    thing: str | None = None  # what it is about, such as "golden key"
    how: str | None = None  # what becomes of the thing, or of whom it is aimed at: "found", "given", "bound", ...
    holds: tuple = ()  # pairs of a name and the thing in their hand
    notes: tuple = ()  # what is told and not shown
    crosses: bool = False  # whether, while somebody walks to the right in it, they cross a scene that is built for it


def words(text):
    """The words of a text, in lower case and in order."""
    return re.findall("[a-z]+", text.lower())


def named(text):
    """The heroes' names in a text, each once, in order of appearance."""
    return tuple(dict.fromkeys(word for word in re.findall("[A-Za-z]+", text) if word in _NAMES))


def with_crossing(shots):
    """Lets the first walk to the right cross a scene; an edit of another shot does not make it another one.

    Args:
        shots: list of Shot.

    Returns:
        List of Shots.
    """
    first = next((n for n, shot in enumerate(shots) if (shot.action, shot.direction) == ("walk", "right")), None)
    return [shot._replace(crosses=number == first) for number, shot in enumerate(shots)]


def storyboard(tale):
    """Reads a tale shot by shot, carrying heroes and places on where a sentence leaves them out.

    Args:
        tale: a tale as `animkit.data.fairytales.write_tale` or a language model writes it, or any text.

    Returns:
        The title and a list of Shots. What is too long for a caption becomes several shots.

    Raises:
        ValueError: the tale has no sentence, or none in letters that captions can be written in.
    """
    title, sentences = read_tale(tale)
    captions = [part for sentence in sentences for part in textwrap.wrap(sentence, LONGEST_CAPTION)]
    if not captions:
        raise ValueError("the tale has no sentence to film")
    if not any(map(readable, captions)):
        raise ValueError("captions are written in the letters of English, and the tale has none: write it in those")
    cues = [stage_directions(caption) for caption in captions]
    place = next((cue.place for cue in cues if cue.place), PLACES[0])
    heroes = next((named(caption) for caption in captions if named(caption)), ("Somebody",))[:2]
    creature = next((word for caption in captions for word in words(caption) if word in CREATURES), None)
    shots, mood = [], "calm"
    for number, (caption, cue) in enumerate(zip(captions, cues, strict=True)):
        said, names, place = words(caption), named(caption), cue.place or place
        hour = next((HOURS[word] for word in said if word in HOURS), ARC[number * len(ARC) // len(captions)])
        action = _action(caption)
        creature = next((word for word in said if word in CREATURES), creature)
        beast = (creature,) if creature in said else ()
        company, target = names or heroes, None
        if action in ("spellcast", "slash"):
            company, target = (*company[:1], *(hero for hero in heroes if hero not in company[:1]))[:2], creature
            mood = "vain" if _in_vain(caption) else "merry"
            if beast and names and said.index(creature) < said.index(names[0].lower()):  # the wolf struck Mira
                company, target, mood = beast, names[0], "calm"
        elif not action and beast:
            company = beast if not names and mood != "merry" else (*company, *beast)
        deeds = ["flee"] if {"ran", "away"} <= set(said) else [*map(_deed, said)]
        parties = sorted((*names, *beast), key=lambda one: said.index(one.lower()))
        if not action and len(parties) > 1 and "strike" in deeds:
            action, company, target = "slash", (parties[0],), parties[1]
        how, thing = _outcome(said) if target else None, _thing_in(caption)
        if not action and not beast and names:
            action = next((_PLAYED[deed] for deed in deeds if deed in _SEEN_ALONE), None)
        if not action and {"sat", "sit", "sits"} & set(said):
            action = "sit"
        if action == "run":
            cue = cue._replace(direction="left")
        if thing and action in (None, "sit"):
            how = "seen"
        held = thing and thing not in PETS and nouns()[0].get(thing) != "mount" and action == "walk" and "with" in said
        holds = ((company[0], thing),) if held else ()
        direction = cue.direction if action in ("walk", "run", "slash", "spellcast") else "front"
        if target and direction == "front":
            direction = "right"  # one faces whom one strikes, however straight ahead it is told
        mood_of = (target, mood, effect_in(caption))
        shots.append(Shot(caption, place, hour, company, action, direction, *mood_of, thing, how, holds))
        mood = "merry" if mood == "merry" else "calm"
    return title or f"The Tale of {heroes[0]}", with_crossing(shots)


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
    place, hour, shots, won, holds, slept = "village", _HOURS[idea.seed % 2], [], False, {}, False
    homes = {}
    for beat, sentence in zip(idea.beats, sentences, strict=True):
        where = _PAINTED.get(beat.where, beat.where)
        if beat.does == "live" and where:
            homes[beat.who] = where
        elif beat.does == "return" and not where:
            where = homes.get(beat.who, "village")
        before, place = place, where or place
        hour = _hour(beat, hour, travelled=bool(shots) and place != before)
        hour = "dawn" if slept and not beat.light else hour
        slept = beat.does == "sleep"
        played = _played(idea, beat, holds)
        won = won or beat.does in ("slay", "free") and beat.who != "villain"
        merry = beat.does in _MERRY or beat.feeling == "joy" or won and beat.who != "villain"
        mood = "merry" if merry else "calm"
        for caption in textwrap.wrap(sentence, LONGEST_CAPTION):
            told = beat.effect or effect_in(caption)
            shots.append(Shot(caption, place, hour, mood=mood, effect=told, **played))
            if played["action"] in ("hand", "thing"):  # once is enough
                played |= {"action": None, "how": None, "holds": tuple(holds.items())}
    return idea.title, with_crossing(shots)


def _hour(beat, hour, *, travelled):
    """The hour that a beat names; else one after it where somebody has come to another place, and dawn after sleep."""
    later = _HOURS[(_HOURS.index(hour) + 1) % 4]
    return beat.light or (later if travelled else "night" if beat.does == "sleep" else hour)


def _played(idea, beat, holds):
    """How a beat is played: fields of a Shot. What changes hands is written down in `holds`, name -> thing."""
    names = {slot: stage_name(role) for slot, role in idea.cast.items() if slot != "crowd"}
    who, whom = names.get(beat.who), names.get(beat.whom)
    thing = idea.things.get(beat.thing)
    action, how = _PLAYED.get(beat.does), _HOW.get(beat.does)
    carried = beat.thing != "mount"  # nobody holds a horse
    if beat.effect == "magic" and who and whom and action != "slash":
        action = "spellcast"
    company = tuple(dict.fromkeys(name for name in (who, whom) if name)) or (names["hero"],)
    if action in _WITH_SOMEBODY and not (who and whom):
        action, how = None, None
    if not who:
        action = None
    if "crowd" in (beat.who, beat.whom) and beat.does in ("tell", "ask"):
        action, how = "talk", "heard" if beat.who == "crowd" else "speaks"
    held = dict(holds)
    if who and thing and beat.does in ("give", "take") and whom:
        action, how = "hand", "given" if beat.does == "give" else "taken"
        holds.pop(who if how == "given" else whom, None)
        if carried:
            holds[whom if how == "given" else who] = thing
        held = {name: other for name, other in held.items() if other != thing}
    elif who and thing and beat.does in _HANDLED:
        action, how = "thing", _HANDLED[beat.does]
        held.pop(who, None)
        if how in ("found", "made") and carried:
            holds[who] = thing
        elif carried:
            holds.pop(who, None)
    elif beat.does in ("want", "see") and who and (thing or whom and beat.does == "want"):
        action, how, company = None, {"want": "wished", "see": "seen"}[beat.does], (who,)
        thing = thing or whom
    aimed = action in ("slash", "spellcast", "free")
    notes = _not_shown(idea, beat, action, how)
    thing = thing if carried or action not in ("hand", "thing") else ""
    return {
        "company": company[:1] if aimed else company,
        "action": action,
        "direction": "right" if aimed else _WAY.get(beat.does, "front") if action else "front",
        "target": whom if aimed else None,
        "thing": thing,
        "how": how if action or how in ("wished", "seen") else None,
        "holds": tuple(held.items()),
        "notes": notes,
    }


def _not_shown(idea, beat, action, how):
    """What a beat tells and the stage does not show."""
    shade = "are shadows" if action == "talk" else "are not drawn"
    notes = [f"{idea.cast[slot]['kind']} {shade}" for slot in (beat.who, beat.whom) if slot == "crowd"]
    if beat.thing == "mount" and (action in ("hand", "thing") or how not in ("wished", "seen", "speaks", "heard")):
        notes.append(f"the {idea.things[beat.thing]} is not drawn")
    if action is None and beat.does not in ("live", "want", "see"):
        notes.append(f"no picture of: {beat.does}")
    return tuple(notes)


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


@cache
def _deeds():
    return {form: deed for form, (deed, finite, _) in verb_forms().items() if finite}


def _deed(word):
    return _deeds().get(word)


def _outcome(said):
    """What becomes of whom a deed is aimed at, where a reader's tale says so."""
    if {"asleep", "flopped", "fell"} & set(said):
        return "asleep" if "asleep" in said else "slain"
    return "routed" if "away" in said and "ran" in said or {"fled", "hid"} & set(said) else None


def _thing_in(text):
    """The thing that a text names, with the word before it if that is its colour or stuff, or None."""
    said = words(text)
    for treasure in TREASURES:
        if treasure in text.lower():
            return treasure
    things = nouns()[0].keys() - {"gold", "silver", "feast"}
    return next((word for group in (things, PETS) for word in said if word in group), None)


def _in_vain(sentence):
    return bool({"but", "vain"} & set(words(sentence)))
