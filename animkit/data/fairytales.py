"""Fairy tales: the tales of FairytaleQA, and as their twin a small grammar whose tales can be staged.

FairytaleQA: Xu et al., "Fantastic Questions and Where to Find Them", ACL 2022; the tales are Project Gutenberg's.
"""

import csv
import re
from functools import cache
from typing import NamedTuple

import numpy as np

from animkit.data.lookup import find, wants_twin

COMMIT = "a24ddc17364666b7c13a425b9970c87368b03417"
UPSTREAM = f"https://raw.githubusercontent.com/uci-soe/FairytaleQAData/{COMMIT}/data-by-train-split/sentence-stories"
SHA256 = {
    "fairytales/sentence_level_train.csv": "f2e5975a30afad43f193f2986abb13ff8b8147429a2d02a13f144191ce96a1dc",
    "fairytales/sentence_level_val.csv": "8dbdf1a4f3988962c9fc7acbca86e608706897f978027604f2ac29cfb6d20924",
    "fairytales/sentence_level_test.csv": "7e6e387582bdee1314bbc7c731b35a5867b3f9c434690336bf9344af3beb72d9",
}

PLACES = ("meadow", "forest", "village", "castle", "mountain", "shore")
ACTION_VERBS = {
    "walk": ("walked", "wandered", "hurried", "marched", "strolled", "skipped"),
    "spellcast": ("conjured", "summoned", "enchanted", "charmed"),
    "slash": ("struck", "swung", "slashed", "fought"),
}
DIRECTION_WORDS = {"left": ("left", "west"), "front": ("ahead", "forward"), "right": ("right", "east")}
NAMES = {
    "she": ("Mira", "Clara", "Elsa", "Nell", "Rosa", "Tilda", "Wren", "Ivy"),
    "he": ("Tobin", "Otto", "Finn", "Hugo", "Jory", "Basil", "Rowan", "Pip"),
}
# each profession fights with what it has at hand
PROFESSIONS = {
    "baker": "rolling pin",
    "cook": "ladle",
    "fisher": "oar",
    "gardener": "rake",
    "knight": "sword",
    "miller": "broom",
    "painter": "brush",
    "piper": "flute",
    "sailor": "mop",
    "shepherd": "crook",
    "smith": "hammer",
    "tailor": "shears",
    "weaver": "spindle",
}
LONGEST_SENTENCE = 70  # characters: what one caption of a film holds

_MARKS = str.maketrans(
    {"‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "“": '"', "”": '"', "„": '"', "‟": '"', "″": '"', "«": '"'}
    | {"»": '"', "‹": "'", "›": "'", "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "…": "..."}
    | {"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u00ad": "", "\u200b": "", "\ufeff": ""}
)
_AT = {"mountain": "on the mountain", "shore": "by the shore"}
_THROUGH = {"mountain": "over the mountain", "shore": "along the shore", "castle": "past the castle"}
_BACK = {"left": "right", "right": "left"}
# what each treasure does once it is home
TREASURES = {
    "silver bell": "rang every morning",
    "golden key": "opened every door",
    "moon lantern": "shone all night",
    "singing harp": "played at every feast",
    "blue pearl": "glowed like the sea",
    "winter rose": "bloomed all winter",
    "crystal crown": "sparkled at every dance",
    "copper kettle": "never ran dry",
    "paper kite": "flew higher than the larks",
    "lost star": "twinkled at bedtime",
}
CREATURES = ("troll", "dragon", "giant", "goblin", "ogre", "wolf", "fox", "bear", "raven", "griffin")
_MOODS = ("grumpy", "greedy", "hungry", "sly", "sleepless", "jealous", "sulky", "lonely", "proud", "fierce")
# words drawn afresh for every sentence
_DETAILS = {
    "walk": ACTION_VERBS["walk"],
    "call": ("conjured", "summoned"),
    "bewitch": ("enchanted", "charmed"),
    "strike": ("struck", "slashed"),
    "aim": ("to the left", "straight ahead", "to the right"),
    "spell": ("a rainbow", "a warm wind", "a soft song", "a dancing flame", "a cloud of moths", "a rain of petals"),
    "awed": ("fell asleep", "began to dance", "smiled at last", "burst out laughing", "forgot its anger"),
    "beaten": ("ran away", "gave up", "begged for peace", "hid in a cave", "flopped down in tears"),
    "unmoved": ("only yawned", "only laughed", "did not care", "only grew bigger"),
}

_TITLES = ("The {Treasure} of the {Home}", "The {Creature} of the {Away}", "The {Job} of the {Home}")
_OPENINGS = (
    "Once upon a time, {hero} the {job} lived {at_home}.",
    "Long ago, {hero} the {job} lived all alone {at_home}.",
    "There once was a {mild} {job} called {hero} {at_home}.",
    "Long ago, a {mild} {job} named {hero} lived {at_home}.",
)
_OPENINGS_OF_TWO = (
    "Once upon a time, {hero} the {job} and {friend} the {job_2} lived {at_home}.",
    "Long ago, {hero} the {job} and {friend} the {job_2} lived {at_home}.",
    "Once, {hero} the {job} and {friend} the {job_2} lived {at_home}.",
    "{hero} the {job} and {friend} the {job_2} were friends {at_home}.",
)
_JOURNEYS = (
    "One day, {who} {walk} {way} to the {away}.",
    "At dawn, {who} {walk} {way} to find the {treasure} {at_away}.",
    "{who} {walk} {way} to the {away} to look for the {treasure}.",
    "One bright morning, {who} {walk} {way} to the {away}.",
    "Dreaming of the {treasure}, {who} {walk} {way} to the {away}.",
)
_SETTING_OUT = (
    "{who} {walk} {way} {through_middle}.",
    "One day, {who} {walk} {way} {through_middle}.",
    "To find the {treasure}, {who} {walk} {way} {through_middle}.",
    "At dawn, {who} {walk} {way} {through_middle} with a song.",
)
_ARRIVALS = (
    "Then {who} {walk} straight ahead to the {away}.",
    "After a long rest, {who} {walk} straight ahead to the {away}.",
    "By evening, {who} {walk} straight ahead and came to the {away}.",
)
# every trouble names the treasure, so that an ending with it never comes as a surprise
_TROUBLES = (
    "There, a {mood} {creature} sat upon the {treasure}.",
    "But a {mood} {creature} guarded the {treasure} day and night.",
    "But a {mood} {creature} had hidden the {treasure} in a cave.",
    "A {mood} {creature} roared, and the {treasure} shook in its grip.",
    '"The {treasure} is mine," growled a {mood} {creature}.',
    "Suddenly, a {mood} {creature} jumped out with the {treasure}.",
)
_SPELLS_CAST = (
    "{doer} {call} {spell} {aim}, and the {creature} {awed}.",
    "Turning {aim}, {doer} {call} {spell}, and the {creature} {awed}.",
    "{doer} {bewitch} the {creature} {at_away}, and it {awed}.",
    "{doer} stepped forward and {bewitch} the {creature} with {spell}.",
)
_FIGHTS = (
    "{doer} {strike} {aim}, and the {creature} {beaten}.",
    "{doer} {strike} {aim} with {their} {tool}, and the {creature} {beaten}.",
    "{doer} swung {their} {tool} {aim}, and the {creature} {beaten}.",
    "{doer} fought the {creature} {at_away} until it {beaten}.",
    "{doer} stepped forward and {strike}, and the {creature} {beaten}.",
)
_FAILED_SPELLS = (
    "{doer} {call} {spell} {aim}, but the {creature} {unmoved}.",
    "{doer} tried to help and {call} {spell} {aim}, in vain.",
)
_FAILED_FIGHTS = (
    "{doer} {strike} {aim}, but the {creature} {unmoved}.",
    "{doer} {strike} {aim} with {their} {tool}, but the {creature} {unmoved}.",
    "{doer} swung {their} {tool} {aim}, but the {creature} {unmoved}.",
)
_RETURNS = (
    "Then {who} {walk} {back}, home to the {home}.",
    "{who} {walk} {back} to the {home} with the {treasure}.",
    "Full of joy, {who} {walk} {back} to the {home}.",
    "With the {treasure}, {who} {walk} {back} to the {home}.",
)
_ENDINGS = (
    "From then on, the {treasure} {wonder} {at_home}.",
    "And the {treasure} {wonder} for ever after.",
    "And everyone {at_home} danced until dawn.",
    "And they all lived happily ever after {at_home}.",
    "To this day, the {treasure} is the pride of the {home}.",
)
_ENDINGS_OF_TWO = (
    "And {hero} and {friend} stayed friends for ever.",
    "{hero} and {friend} lived happily ever after {at_home}.",
)
_ENDINGS_IN_PEACE = (
    "Even the {creature} was invited to the feast {at_home}.",
    "The {creature} became a friend of {hero}.",
)


class Tales(NamedTuple):
    """Whole tales, split as the dataset's authors split them; `source` is "real" or "twin"."""

    train: list
    validation: list
    test: list
    source: str


class StageDirections(NamedTuple):
    """What a sentence asks of the stage: who does what, facing where, in which place."""

    hero: str | None
    action: str
    direction: str
    place: str | None


def load_fairytales(source="auto"):
    """Load fairy tales, each as one string.

    Real: 230 + 23 + 23 tales of FairytaleQA, sentences joined by a space. Twin: 4,000 + 500 + 500 tales
    of `write_tale`, no two alike.

    Args:
        source: "auto", "present" or "twin", see `animkit.data.lookup.wants_twin`.

    Returns:
        `Tales`.

    Raises:
        FileNotFoundError: the files are nowhere and cannot be downloaded.
        ValueError: a file is damaged, or `source` is unknown.
    """
    if wants_twin(source, *SHA256):
        tales = _twin_tales()
        return Tales(tales[:4000], tales[4000:4500], tales[4500:], "twin")
    return Tales(*(_read_tales(file) for file in SHA256), "real")


def write_tale(rng):
    """Write one tale: a title on its own line, then six or seven sentences that a stage can show.

    A hero, alone or with a friend, leaves home, meets a creature, casts a spell or fights, and all ends well.
    The way home is opposite to the way out. No sentence is longer than `LONGEST_SENTENCE`.

    Args:
        rng: `numpy.random.Generator`.

    Returns:
        The tale, in ASCII.
    """
    words = _cast_tale(rng)
    two = rng.random() < 0.5
    doer, helper = (words["hero"], words["friend"]) if two else (words["hero"], words["hero"])
    words["who"] = "{hero} and {friend}".format(**words) if two else words["hero"]
    # a journey in two legs, a deed that fails first, and the way home: a tale has room for two of them at most
    detour, failure, homecoming = rng.permutation([True, True, False]) if rng.random() < 0.6 else (False, False, True)
    by_spell = rng.random() < 0.5

    sentences = [_say(rng, _OPENINGS_OF_TWO if two else _OPENINGS, words)]
    if detour:
        sentences += [_say(rng, _SETTING_OUT, words), _say(rng, _ARRIVALS, words)]
    else:
        sentences.append(_say(rng, _JOURNEYS, words))
    sentences.append(_say(rng, _TROUBLES, words))
    if failure:
        sentences.append(_say(rng, _FAILED_FIGHTS if by_spell else _FAILED_SPELLS, words, doer))
        doer = helper
    sentences.append(_say(rng, _SPELLS_CAST if by_spell else _FIGHTS, words, doer))
    if homecoming:
        sentences.append(_say(rng, _RETURNS, words))
    sentences.append(_say(rng, _ENDINGS + two * _ENDINGS_OF_TWO + by_spell * _ENDINGS_IN_PEACE, words))
    capitals = {name.capitalize(): str(word).title() for name, word in words.items()}
    title = _pick(rng, _TITLES).format(**capitals)
    return f"{title}\n{' '.join(sentences)}"


def plain_marks(text):
    """Writes quotes, dashes and dots as a typewriter has them."""
    return text.translate(_MARKS)


def read_tale(tale):
    """Split a tale into its title and its sentences; the inverse of how `write_tale` puts them together.

    Quotes, dashes and dots come out plain.

    Args:
        tale: a tale of the grammar, a real one (which has no title), or a language model's.

    Returns:
        The title, "" if there is none, and the list of sentences.
    """
    tale = plain_marks(tale)
    title, newline, body = tale.strip().partition("\n")
    if not newline or title.endswith((".", "!", "?")):
        title, body = "", tale
    sentences = re.findall(r"[^.!?]*[.!?]+[\"']*|[^.!?]+$", " ".join(body.split()))
    return title.strip(), [sentence.strip() for sentence in sentences if sentence.strip()]


def stage_directions(sentence):
    """Read from a sentence what the stage shall show.

    Args:
        sentence: of the grammar, or anything else, such as a language model's.

    Returns:
        `StageDirections(hero, action, direction, place)`: the name first mentioned, or None for nobody known; the
        action of the first verb known, else "walk"; the first direction named, else "right" for a walk and "front"
        for anything else; the place last mentioned, or None.
    """
    words = re.findall("[A-Za-z]+", sentence)
    lower = [word.lower() for word in words]
    names = {name for group in NAMES.values() for name in group}
    actions = [_ACTION_OF[word] for word in lower if word in _ACTION_OF]
    directions = [_DIRECTION_OF[word] for word in lower if word in _DIRECTION_OF]
    places = [word for word in lower if word in PLACES]
    return StageDirections(
        hero=next((word for word in words if word in names), None),
        action=actions[0] if actions else "walk",
        direction=directions[0] if directions else "right" if actions[:1] == ["walk"] else "front",
        place=places[-1] if places else None,
    )


_ACTION_OF = {verb: action for action, verbs in ACTION_VERBS.items() for verb in verbs}
_DIRECTION_OF = {word: direction for direction, words in DIRECTION_WORDS.items() for word in words}


def _cast_tale(rng):
    """Choose who and what a tale is about; every template is filled from these words."""
    pronoun = {name: pronoun for pronoun, names in NAMES.items() for name in names}
    hero, friend = map(str, rng.choice(list(pronoun), 2, replace=False))
    job, job_2 = map(str, rng.choice(list(PROFESSIONS), 2, replace=False))
    home, away, middle = map(str, rng.choice(PLACES, 3, replace=False))
    treasure = _pick(rng, tuple(TREASURES))
    out = _pick(rng, ("left", "right"))
    return {
        "hero": hero,
        "friend": friend,
        "job": job,
        "job_2": job_2,
        "mild": _pick(rng, ("brave", "kind", "young", "merry", "clever")),
        "home": home,
        "away": away,
        "at_home": _AT.get(home, f"in the {home}"),
        "at_away": _AT.get(away, f"in the {away}"),
        "through_middle": _THROUGH.get(middle, f"through the {middle}"),
        "treasure": treasure,
        "wonder": TREASURES[treasure],
        "creature": _pick(rng, CREATURES),
        "mood": _pick(rng, _MOODS),
        "way": _pick(rng, DIRECTION_WORDS[out]),
        "back": _pick(rng, DIRECTION_WORDS[_BACK[out]]),
        "theirs": {
            hero: {"their": _their(pronoun[hero]), "tool": PROFESSIONS[job]},
            friend: {"their": _their(pronoun[friend]), "tool": PROFESSIONS[job_2]},
        },
    }


def _their(pronoun):
    return {"she": "her", "he": "his"}[pronoun]


def _say(rng, templates, words, doer=None):
    """Fill one of the templates; draw again what turns out too long for a caption."""
    words = words | words["theirs"].get(doer, {}) | {"doer": doer}
    while True:
        chosen = {name: _pick(rng, options) for name, options in _DETAILS.items()}
        sentence = _pick(rng, templates).format(**words, **chosen)
        if len(sentence) <= LONGEST_SENTENCE:
            return sentence


def _pick(rng, options):
    return options[rng.integers(len(options))]


@cache  # two seconds of drawing words
def _twin_tales():
    return _distinct_tales(5000, np.random.default_rng(0))


def _distinct_tales(count, rng):
    tales = {}  # a dict keeps the order in which they were told
    while len(tales) < count:
        tales[write_tale(rng)] = None
    return list(tales)


def _read_tales(file):
    path = find(file, url=f"{UPSTREAM}/{file.split('/')[-1]}", sha256=SHA256[file], twin='load_fairytales("twin")')
    tales = {}
    with open(path, encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            tales.setdefault(row["document_id"], []).append(" ".join(row["text"].split()))
    return [" ".join(sentences) for sentences in tales.values()]
