"""Who plays a plot, where and with what: what a prompt chooses, and names and words for the rest."""

import re

from animkit.data.beats import SLOTS
from animkit.data.fairytales import CREATURES, NAMES, TREASURES
from animkit.data.lexicon import COARSE, PLACES, THINGS, archetypes, kinds, nouns
from animkit.data.plots import GENRES

PROMPT_READ = 2000  # letters of a prompt that are read
_KINDS = {  # who may play a slot, where neither prompt nor user says
    "hero": [
        "prince",
        "princess",
        "boy",
        "girl",
        "shepherd",
        "miller",
        "weaver",
        "fisherman",
        "gardener",
        "piper",
        "baker",
        "sailor",
    ],
    "animals": ["fox", "hare", "bear", "cat", "dog", "rabbit", "mouse", "owl", "goose", "deer", "badger", "squirrel"],
    "villain": (*CREATURES[:7], "witch", "magician", "robber"),
    "helper": ["fairy", "dwarf", "elf", "hermit", "swan", "raven", "grandmother", "spirit"],
}
_WORDS = {  # what a thing or a place may be
    "treasure": tuple(TREASURES),
    "tool": ("sword", "axe", "hammer", "rope", "staff", "spade", "bow"),
    "food": ("honey cake", "red apple", "loaf of bread", "cheese", "pot of porridge"),
    "letter": ("letter", "old book", "map"),
    "clothes": ("green cloak", "pair of red shoes", "feather cap", "grey coat"),
    "mount": ("white horse", "little boat", "donkey", "sleigh"),
    "plant": ("rose", "bean", "silver leaf", "blue flower"),
    "home": ("cottage", "house", "hut"),
    "castle": ("castle", "palace", "tower"),
    "village": ("village", "town", "mill", "inn"),
    "forest": ("forest", "wood"),
    "mountain": ("mountain", "hill", "cave"),
    "shore": ("shore", "lake", "river", "island"),
    "meadow": ("meadow", "garden", "field"),
    "road": ("road", "bridge", "crossroads"),
    "away": ("far country", "kingdom behind the hills", "wide world"),
}


def check_words(text, where):
    """Refuse coarse words: nothing of the kind reaches the screen.

    Args:
        text: what would be shown.
        where: what it is, for the error.

    Raises:
        ValueError: there is one.
    """
    if coarse := COARSE & set(re.findall("[a-z]+", str(text).lower())):
        raise ValueError(f"{where} has a coarse word of {len(min(coarse))} letters; choose another")


def checked_cast(cast):
    """Check what a user chose of the cast.

    Args:
        cast: slot -> {"name", "kind"}, either or both.

    Returns:
        the same.

    Raises:
        ValueError: an unknown slot, a word that is none, or a coarse one.
    """
    for slot, role in cast.items():
        if slot not in SLOTS:
            raise ValueError(f"there is no slot {slot!r} in a cast; there are {', '.join(SLOTS)}")
        if not isinstance(role, dict) or role.keys() - {"name", "kind"}:
            raise ValueError(f'the {slot} is a dict with "name" and "kind"; got {role!r}')
        for what, word in role.items():
            if not isinstance(word, str) or not re.fullmatch(r"[^\W\d_](?:[^\W\d_]|[ '’-]){0,23}", word):
                raise ValueError(f"the {slot}'s {what} must be 1 to 24 letters; got {str(word)[:30]!r}")
            check_words(word, f"the {slot}'s {what}")
    return cast


def _prompt_words():
    """What a word of a prompt may choose: word -> (field, slot, word shown)."""
    found = {}
    for group, slots in (("artifact", nouns()[0]), ("setting", nouns()[1])):
        for words, _ in archetypes()[group]:
            slot = next((slots[word] for word in words if word in slots), None)
            if slot:
                found |= {word: ("thing" if group == "artifact" else "where", slot, word) for word in words}
    for words, nature in archetypes()["character"]:
        slot = {"good": "helper", "evil": "villain"}.get(nature, "friend")
        found |= {word: ("who", slot, word) for word in words if word not in ("hero", "protagonist")}
    for field, group in (("thing", THINGS), ("where", PLACES)):
        for slot, words in group.items():
            found |= {word: (field, slot, word) for word in words.split() if word not in ("home", "court", "world")}
    for word, (kind, _, role, plural) in kinds().items():
        if not plural and role != "crowd":
            found[word] = ("who", {"villain": "villain", "helper": "helper"}.get(role, "hero"), kind)
    return found


def read_prompt(prompt):
    """Read what a prompt chooses.

    Args:
        prompt: any text.

    Returns:
        dict: "who", "thing" and "where", each slot -> word, "names", slot -> name, and "genre" if one is named; the
        words that were used -> what for; and notes on what was not.

    Raises:
        ValueError: it is no text.
    """
    if not isinstance(prompt, str):
        raise ValueError(f"a prompt is text; got {type(prompt).__name__}")
    said, used, notes = {"who": {}, "thing": {}, "where": {}, "names": {}}, {}, []
    if len(prompt) > PROMPT_READ:
        notes.append(f"the first {PROMPT_READ:,} of {len(prompt):,} letters were read")
    words = re.findall(r"[^\W\d_]+", prompt[:PROMPT_READ])
    known, names = _prompt_words(), {name for group in NAMES.values() for name in group}
    last = None
    for number, word in enumerate(words):
        lower = word.lower()
        if lower in COARSE:
            notes.append("a coarse word was left out")
            continue
        if lower in GENRES:
            said["genre"] = used[word] = lower
        named = number and words[number - 1].lower() in ("named", "called")
        if (named or word in names) and word[:1].isupper() and len(word) <= 24:
            said["names"][last or "hero"] = word
            used[word] = f"name of the {last or 'hero'}"
            continue
        field, slot, shown = known.get(lower, known.get(lower.removesuffix("s"), (None, None, None)))
        if slot == "hero" and said["who"].get("hero", shown) != shown:
            slot = "friend"
        if field and said[field].get(slot, shown) == shown:
            said[field][slot] = shown
            used[word] = slot if field == "who" else f"{'thing' if field == 'thing' else 'place'} ({slot})"
            last = slot if field == "who" else last
    if words and not used:
        notes.append("no word of the prompt is in the lexicon, so the story is free")
    return said, used, list(dict.fromkeys(notes))


def stage(beats, genre, chosen, said, rng):
    """Give names, kinds and words to the slots of a plot.

    Args:
        beats: list of Beat.
        genre: of the story, or None.
        chosen: slot -> {"name", "kind"}, what the user chose.
        said: what `read_prompt` found.
        rng: `numpy.random.Generator`.

    Returns:
        dict with title, genre, cast, places, things, and notes on what had no room.
    """
    genre = genre or _genre(beats)
    seen = {slot for beat in beats for slot in (beat.who, beat.whom) if slot} | {"hero"}
    free = {pronoun: list(rng.permutation(names)) for pronoun, names in NAMES.items()}
    taken, cast = set(), {}
    wed = any(beat.does == "marry" and {beat.who, beat.whom} == {"hero", "friend"} for beat in beats)
    for slot in (slot for slot in SLOTS if slot in seen):
        role = {"kind": said["who"].get(slot), "name": said["names"].get(slot)} | chosen.get(slot, {})
        if slot == "crowd":
            cast[slot] = {
                "name": role.get("name"),
                "kind": role.get("kind") or "people",
                "pronoun": "they",
                "wants": None,
            }
            continue
        options = _KINDS[
            "animals"
            if genre == "animals" and slot in ("hero", "friend", "helper")
            else slot
            if slot in _KINDS
            else "hero"
        ]
        if slot == "friend" and wed:  # a bride for a groom, where nobody chose otherwise
            other = {"he": "she", "she": "he"}[cast["hero"]["pronoun"]]
            options = [kind for kind in options if kinds()[kind][1] in (other, "it")] or options
        kind = role["kind"] or str(rng.choice([kind for kind in options if kind not in taken]))
        taken.add(kind)
        gender = kinds().get(kind.lower(), ("", "it"))[1]
        by_name = next((pronoun for pronoun, names in NAMES.items() if role["name"] in names), None)
        pronoun = gender if gender in ("he", "she") else by_name or str(rng.choice(["he", "she"]))
        name = role["name"]
        if name is None and slot in ("hero", "friend"):  # who has a name in a tale; the others are "the giant"
            name = str(next(one for one in free[pronoun] if one not in said["names"].values()))
            free[pronoun].remove(name)
        cast[slot] = {"name": name, "kind": kind, "pronoun": pronoun, "wants": None}

    def word_for(field, slot):
        return said[field].get(slot) or str(rng.choice(_WORDS[slot]))

    things = {slot: word_for("thing", slot) for slot in THINGS if any(beat.thing == slot for beat in beats)}
    places = {slot: word_for("where", slot) for slot in PLACES if any(beat.where == slot for beat in beats)}
    for beat in reversed(beats):
        if beat.does == "want" and beat.who != "crowd":
            wanted = cast.get(beat.whom, {})
            cast[beat.who]["wants"] = things.get(beat.thing) or wanted.get("name") or wanted.get("kind")
    lost = [word for slot, word in said["who"].items() if slot not in seen]
    lost += [word for slot, word in said["thing"].items() if slot not in things]
    lost += [word for slot, word in said["where"].items() if slot not in places]
    return {
        "title": _title(cast, things, places, rng),
        "genre": genre,
        "cast": cast,
        "places": places,
        "things": things,
        "notes": [f"there was no room for: {', '.join(lost)}"] if lost else [],
    }


def _genre(beats):
    deeds = [beat.does for beat in beats]
    fights = sum(deed in ("strike", "slay", "capture", "free", "flee") for deed in deeds)
    if fights > 1:
        return "adventure"
    if "marry" in deeds:
        return "romance"
    return "magic" if "cast" in deeds or any(beat.effect == "magic" for beat in beats) else "everyday"


def _title(cast, things, places, rng):
    hero = f"{cast['hero']['name']} the {cast['hero']['kind'].title()}"
    titles = [hero]
    titles += [f"{cast['hero']['name']} and the {word.title()}" for word in list(things.values())[:2]]
    if "villain" in cast:
        titles.append(f"{cast['hero']['name']} and the {cast['villain']['kind'].title()}")
    titles += [f"The {cast['hero']['kind'].title()} of the {word.title()}" for word in list(places.values())[:1]]
    return str(rng.choice(titles))


_SAYING = {  # a deed in plain words: whom, thing and place follow in this order
    "live": "{who} lives{at}.",
    "want": "{who} wants {whom}{thing}.",
    "go": "{who} sets out{with_}{to}.",
    "arrive": "{who} comes{to}.",
    "meet": "{who} meets {whom}{at}.",
    "see": "{who} sees {whom}{thing}{at}.",
    "ask": "{who} asks {whom}{for_}{at}.",
    "tell": "{who} talks to {whom}{at}.",
    "give": "{who} gives {whom} {thing}{at}.",
    "take": "{who} takes {thing}{from_}{at}.",
    "find": "{who} finds {whom}{thing}{at}.",
    "lose": "{who} loses {thing}{at}.",
    "strike": "{who} fights {whom}{with_}{at}.",
    "slay": "{who} slays {whom}{with_}{at}.",
    "cast": "{who} casts a spell{on}{at}.",
    "help": "{who} helps {whom}{at}.",
    "hide": "{who} hides{thing}{at}.",
    "flee": "{who} flees{to}.",
    "capture": "{who} captures {whom}{at}.",
    "free": "{who} frees {whom}{at}.",
    "make": "{who} makes {thing}{at}.",
    "eat": "{who} eats{thing}{at}.",
    "sleep": "{who} falls asleep{at}.",
    "weep": "{who} weeps{at}.",
    "rejoice": "{who} rejoices{at}.",
    "return": "{who} comes home{to}.",
    "marry": "{who} marries {whom}{at}.",
    "die": "{who} dies{at}.",
}
_AT = {"mountain": "on", "shore": "by", "road": "on"}
_ADVERBS = {"joy": "full of joy", "sorrow": "in sorrow", "fear": "in fear", "anger": "in anger", "love": "with love"}


def synopsis(idea):
    """The plot in plain words, by rule, a short sentence for each beat: what happens, before a narrator tells it.

    Args:
        idea: `animkit.studio.story.StoryIdea`.

    Returns:
        list of sentences.
    """

    def name(slot):
        role = idea.cast[slot]
        return role["name"] or f"the {role['kind']}"

    told = []
    for beat in idea.beats:
        thing = f"the {idea.things[beat.thing]}" if beat.thing else ""
        place = f"the {idea.places[beat.where]}" if beat.where else ""
        there = f" {'in' if place == 'the cave' else _AT.get(beat.where, 'in')} {place}" if place else ""
        whom = name(beat.whom) if beat.whom else ""
        parts = {
            "who": name(beat.who),
            "whom": whom,
            "thing": f" {thing}" if thing and beat.does in ("hide", "eat") else thing,
            "at": there,
            "to": f" to {place}" if place else "",
            "with_": f" with {thing}" if thing else "",
            "for_": f" for {thing}" if thing else "",
            "from_": f" from {whom}" if whom else "",
            "on": f" on {whom}" if whom else "",
        }
        saying = _SAYING[beat.does]
        if idea.cast[beat.who]["pronoun"] == "they":
            saying = re.sub(r"^({who} [a-z]+)s\b", r"\1", saying)
        sentence = saying.format(**parts)
        if beat.feeling in _ADVERBS:
            sentence = f"{sentence[:-1]}, {_ADVERBS[beat.feeling]}."
        told.append(sentence[:1].upper() + sentence[1:])
    return told
