"""Sentences that tell one beat, with words for who, whom, thing and place taken out: what a narrator learns from.

From each sentence of a tale without its quotations, clauses are cut at ; : and -, and before a comma or "and" that a
subject or a past tense follows; the latter goes on with the subject of the clause before. A clause becomes a `Telling`
if it has 3 to `LONGEST` words, a deed of the lexicon in the past or third person, and a subject that is one somebody
or one crowd; if nobody else, no second thing and no second place is in it; if every pronoun can be told from those; and
if it is a whole thought by itself (no question, no "I" or "you", not behind "when" or "if", no bare "he said").
"""

import collections
import functools
import re
from typing import NamedTuple

import lemminflect
import numpy as np

from animkit.data.beats import means_else, names_of, sentences_of, tokens_of
from animkit.data.fairytales import load_fairytales
from animkit.data.lexicon import (
    COARSE,
    DEEDS,
    EFFECTS,
    FEELINGS,
    LIGHTS,
    PLACES,
    PLAIN_DEEDS,
    THINGS,
    kinds,
    moods,
    nouns,
    verb_forms,
    word_set,
)

LONGEST = 14  # words, with commas
SLOT_WORDS = ("[who]", "[whom]", "[thing]", "[where]")
# who and whom again, as he, him, his, himself; the thing, as it
PRONOUN_WORDS = tuple(f"[{whose}.{case}]" for whose in ("who", "whom") for case in ("he", "him", "his", "himself"))
WHO = ("person", "villain", "animal", "crowd")  # kinds of those who act


def role_of(kind):
    """Which of `WHO` somebody of a kind is, such as "fox" or "villagers"."""
    _, _, role, plural = kinds().get(kind.lower(), ("", "", "person", False))
    return "crowd" if plural else "person" if role == "helper" else role


class Telling(NamedTuple):
    """A clause and what it says.

    Attributes:
        words: tuple of str, with `SLOT_WORDS`, `PRONOUN_WORDS` and "[it]".
        does: the deed.
        who: one of WHO.
        whom: one of WHO, or None.
        thing: slot of `animkit.data.lexicon.THINGS`, or None.
        where: slot of `animkit.data.lexicon.PLACES`, or None.
        feeling: class of words, or None; so are light and effect.
        place: "first" or "last" of a tale, or None.
    """

    words: tuple
    does: str | None
    who: str
    whom: str | None
    thing: str | None
    where: str | None
    feeling: str | None
    light: str | None
    effect: str | None
    place: str | None = None


_MOODS = (("feeling", FEELINGS), ("light", LIGHTS), ("effect", EFFECTS))
_PRONOUNS = {"he": "he", "him": "him", "his": "his", "himself": "himself"}
_PRONOUNS |= {"she": "he", "her": "him", "hers": None, "herself": "himself"}
_PRONOUNS |= {"they": "he", "them": "him", "their": "his", "themselves": "himself", "theirs": None}
_GENDER = {w: "he" for w in ("he", "him", "his", "himself")} | {w: "she" for w in ("she", "her", "hers", "herself")}
_GENDER |= {w: "they" for w in ("they", "them", "their", "themselves", "theirs")}
_DETERMINERS = word_set("the a an his her its their this that these those one another some every no all each any")
_NEVER = word_set(
    "i we you me us my our your thee thou thy ye mine yours myself yourself who whom whose which what why its itself "
    "is are has have do does will shall may can must am says ll ve don t s re m d god lord jew jews turk turks "
    "gypsy negro savage squaw heathen etc said says quoth nay yea yes oh ah alas two three four five six seven eight "
    "nine ten both each together themselves other others ones latter former farewell stable basket saddle"
)
_NOT_FIRST = word_set(
    "when if as since although though because that till until while where than before after whether unless lest how "
    "like but nor or of by with without who let not be been being have to"
)
_NOT_LAST = word_set(
    "the a an of to at by for with from into upon and or but that when if as was were had been be would could "
    "should might not his her no so than where how very said told asked called cried replied answered exclaimed spoke "
    "whether because before after until who which what all such did saying having being"
)
_NOT_BEFORE_IT = word_set("that as if when and but for until where , how so than because then while said thought")
_ENCHANTED = word_set("enchanted bewitched charmed cursed conjured")  # turned and changed are not said of magic alone
_NOTHING_TOLD = word_set("continued added growled")
_NO_VERB_AFTER = word_set("the a an to would could should might not never his her")
_PREPOSITIONS = word_set(
    "of in into to at on upon by with from through over under before after behind beside near for "
    "against among between about round around across along beyond toward towards like without within "
    "that if than as when"
)
_OPENERS = word_set("and but for yet however so now or , still thus")
_OFTEN_NOUNS = word_set("rest land wish set hope")
_NOT_OWNED = word_set(
    "that and in to with not how so if when as for at up out down off away back all again on into then from over where "
    "till by very well too once home before after what good the a"
)
_BEFORE_NOUN = word_set("own same whole other first second third last next eldest youngest elder younger very")


@functools.cache
def _adjective(word):
    return word in _BEFORE_NOUN or "ADJ" in lemminflect.getAllLemmas(word) and word not in verb_forms()


def clauses(masked):
    """Cut a masked sentence into clauses, each a list of words and commas.

    Args:
        masked: as `animkit.data.beats.sentences_of` gives it.

    Returns:
        list of (words, goes on): whether the clause takes its subject from the one before.
    """
    found = []
    for part in re.split(r"[;:()]| ?-+ |--|–|—", masked):
        words, goes_on = [], False
        tokens = [token for token in tokens_of(part.replace("'s ", "'s ")) if token not in ".!"]
        for at, token in enumerate(tokens):
            after = [word.lower() for word in tokens[at + 1 : at + 5]]
            ends = token in (",", "and") and _begins(after)
            if ends and words:
                found.append((words, goes_on))
                words, goes_on = [], ends == "verb"
            elif not (ends and not words):
                words.append(token)
        found.append((words, goes_on))
    return [(words, goes_on) for words, goes_on in found if words]


def _begins(after):
    """Whether these words begin a clause: "subject", "verb" (the subject is the one before), or None."""
    while after and after[0] in ("and", "then", "so", "but", ","):
        after = after[1:]
    if not after:
        return None
    forms = verb_forms()
    if (
        after[0] in ("he", "she", "they")
        or after[0] in ("the", "his", "her")
        and len(after) > 2
        and (after[1] in kinds() and _finite(after[2]) or after[2] in kinds() and len(after) > 3 and _finite(after[3]))
    ):
        return "subject"
    verb = next((word for word in after if word not in ("soon", "again", "always", "quickly")), "")
    return "verb" if verb not in _OFTEN_NOUNS and forms.get(verb, (None, False))[1] else None


def _finite(word):
    deed, finite, _ = verb_forms().get(word, (None, False, False))
    return finite or word in ("was", "had", "were", "would", "could", "did")


class _Clause:
    """One clause while it is read: words so far, and who they speak of."""

    def __init__(self):
        self.words, self.people, self.genders = [], [], []
        self.thing = self.where = None

    def somebody(self, key, gender, role):
        """Take in a noun or name of somebody; False when there is no room."""
        if len(self.people) == 2 or any(key == known for known, _ in self.people):
            return False
        self.words.append("[whom]" if self.people else "[who]")
        self.people.append((key, role))
        self.genders.append(gender)
        return True

    def pronoun(self, word, case):
        """Take in a pronoun; False when it can't be told whose it is."""
        gender = _GENDER[word]
        if case is None:
            return False
        if not self.people:
            return case == "he" and self.somebody(word, gender, "crowd" if gender == "they" else "person")
        fits = [known in (gender, "it") for known in self.genders]
        if case == "him" and len(self.people) == 1:
            return self.somebody(word, gender, "crowd" if gender == "they" else "person")
        if case in ("his", "himself") and fits[0]:
            whose = "who"
        elif sum(fits) == 1 or case == "he" and all(fits):
            whose = ("who", "whom")[fits.index(True)]
        else:
            return False
        self.words.append(f"[{whose}.{case}]")
        return True


def telling(words, names, subject=None):
    """Read one clause.

    Args:
        words: list of str, as `clauses` gives them.
        names: of the tale.
        subject: (key, gender, role) of who the clause before was about, if this one goes on with it.

    Returns:
        `Telling` or None; and the (key, gender, role) of its subject, None where there is none.
    """
    words = list(words)
    while words and words[0].lower() in _OPENERS:
        words = words[1:]
    while words and words[-1] == ",":
        words = words[:-1]
    read, at = _Clause(), 0
    if subject:
        read.somebody(*subject)
    whole = True
    while at < len(words):
        taken = _noun_phrase(words, at, names)
        if taken:
            end, what = taken
            whole &= _take(read, what)
            at = end
            continue
        word = words[at].lower()
        if word in _PRONOUNS:
            case = "his" if word == "her" and _possesses(words, at) else _PRONOUNS[word]
            whole &= read.pronoun(word, case)
        elif word == "it":
            if read.thing is None and read.people and read.words[-1] not in _NOT_BEFORE_IT:
                read.thing = "something"
                read.words.append("[thing]")
            else:
                whole &= read.thing is not None
                read.words.append("[it]")
        elif word == "home" and read.where is None:
            read.where = "home"
            read.words.append(word)
        else:
            whole &= word in (",", "'s") or word.isalpha() and word not in _NEVER and word not in COARSE
            read.words.append({"were": "was"}.get(word, word))
        at += 1
    about = (*read.people[0][:1], read.genders[0], read.people[0][1]) if read.people else None
    return (_finished(read) if whole else None), about


def _take(read, what):
    kind, word, gender, role = what
    if kind == "somebody":
        return read.somebody(word, gender, role)
    if kind == "other" or kind == "thing" and not read.people or getattr(read, kind):
        return False
    setattr(read, kind, role)
    read.words.append(f"[{kind}]")
    return True


def _noun_phrase(words, at, names):
    """A noun phrase that begins here: (end, (kind, word, gender, role)), or None."""
    (things, places), known = nouns(), kinds()
    place = at + (words[at].lower() in _DETERMINERS)
    while place < len(words) - 1 and _adjective(words[place].lower()) and words[place].lower() not in known:
        place += 1
    what = None
    while place < len(words):
        word = words[place]
        lower = word.lower()
        if word in names:
            what = ("somebody", word, "it", "person")
            if words[place + 1 : place + 2] == ["the"] and words[place + 2 : place + 3] and words[place + 2] in known:
                kind, gender, _, _ = known[words[place + 2]]  # "Wren the painter" is one person
                what, place = ("somebody", kind, gender, role_of(kind)), place + 2
        elif lower in known and lower != "all":
            kind, gender, _, plural = known[lower]
            what = ("somebody", kind, "they" if plural else gender, role_of(lower))
            if words[place + 1 : place + 2] in (["named"], ["called"]) and set(words[place + 2 : place + 3]) & names:
                place += 2  # "a knight called Jory"
        elif lower in things and lower not in verb_forms():
            what = ("thing", lower, "it", things[lower])
        elif lower in places and lower != "home":
            what = ("where", lower, "it", places[lower])
        else:
            break
        place += 1
        if words[place : place + 1] == ["'s"]:
            what, place = ("other", lower, "it", None), place + 1
            while place < len(words) - 1 and _adjective(words[place].lower()):
                place += 1
    return (place, what) if what else None


def _possesses(words, at):
    after = words[at + 1].lower() if at + 1 < len(words) else ""
    if after in ("own", "hand", "way", "eyes", "heart", "head", "face", "hands", "arms", "feet"):
        return True
    upos = lemminflect.getAllLemmas(after) if after.isalpha() else {}
    return bool({"NOUN", "ADJ"} & set(upos)) and after not in _NOT_OWNED


def _finished(read):
    """The telling that a clause read to its end makes, or None where it is no whole thought."""
    words, (feelings, lights, effects) = read.words, moods()
    if not 3 <= len(words) <= LONGEST or words[0] in _NOT_FIRST or words[-1] in _NOT_LAST or "[who]" not in words:
        return None
    begin = words.index("[who]")
    if words[max(begin - 1, 0)] in _PREPOSITIONS or {"not", "never", "no", "nothing"} & set(words[begin : begin + 3]):
        return None
    if any(_breaks(words, at) for at in range(len(words))):
        return None
    deeds = [deed for at in range(len(words)) if (deed := _deed(words, at))]
    rare = [deed for deed in deeds if deed not in PLAIN_DEEDS]
    if len(set(rare)) > 1:
        return None
    does = (rare or deeds or [None])[0]
    if does == "cast" and not _ENCHANTED & set(words) or does == "tell" and _NOTHING_TOLD & set(words):
        return None
    if does in ("tell", "ask") and (len(read.people) < 2 and len(words) < 6 or words[-1] == "[whom]"):
        return None  # nothing is told

    def said(group):
        return next((group[word] for word in words if word in group), None)

    whom = read.people[1][1] if len(read.people) > 1 else None
    moods_said = (said(feelings), said(lights), said(effects))
    return Telling(tuple(words), does, read.people[0][1], whom, read.thing, read.where, *moods_said)


def _deed(words, at):
    """The deed that the verb at this place does, or None."""
    deed, finite, participle = verb_forms().get(words[at], (None, False, False))
    before = words[max(0, at - 2) : at]
    if deed is None or means_else(words[at], words[at + 1 :]) or before and before[-1] in _NO_VERB_AFTER:
        return None
    return deed if finite or participle and "had" in before else None


def _breaks(words, at):
    """Whether this word, where it stands, makes the clause none that stands alone."""
    forms = verb_forms()
    before, after = words[at - 1] if at else "", words[at + 1] if at + 1 < len(words) else ""
    if words[at] == ",":
        # behind a short opening, or before what goes on with the same subject
        return at > 4 and not (after.endswith("ing") or after in ("and", "[who.he]"))
    if words[at] == "[who]" and not after and not (_deed(words, at - 1) or before in ("was", "came", "sat", "stood")):
        return True
    if words[at] == "[who]":
        # what was done by somebody before is another clause's
        return any(_deed(words, place) or words[place] == "was" for place in range(at - 1))
    if words[at] in ("was", "been") and after in forms and forms[after][2]:
        return True  # what is done to somebody is another beat
    return (
        words[at] == "[thing]"
        and before == "of"  # "a bit of": what is a bit of one thing is none of another
        or words[at] == "[whom]"
        and before in ("was", "had", "became", "[who]", "all")
        or words[at] == "all"
        and (before in ("[who]", "then") or after in ("[who]", "[whom]"))
        or words[at] in ("[who.he]", "[whom.he]", "[who.his]", "[whom.his]")
        and not after
    )


FEATURES = (
    *(f"does {deed}" for deed in DEEDS),
    *(f"{slot} {who}" for slot in ("who", "whom") for who in WHO),
    *(f"thing {thing}" for thing in ("something", *THINGS)),
    *(f"where {where}" for where in PLACES),
    *(f"{field} {mood}" for field, group in _MOODS for mood in group),
    "place first",
    "place last",
)


def features(telling):
    """What a telling says, as numbers.

    Args:
        telling: `Telling`; its words are not looked at.

    Returns:
        (len(FEATURES),) float32 zeros and ones.
    """
    told = {f"{field} {value}" for field, value in zip(telling._fields[1:], telling[1:], strict=True) if value}
    return np.array([feature in told for feature in FEATURES], "float32")


def read_tellings(tale):
    """Find the clauses of a tale that a narrator can learn from.

    Args:
        tale: text.

    Returns:
        list of `Telling`.
    """
    pairs = sentences_of(tale)
    names = names_of([tokens_of(masked) for _, masked in pairs])
    found = []
    for number, (_, masked) in enumerate(pairs):
        subject = None
        for words, goes_on in clauses(masked):
            one, about = telling(words, names, subject if goes_on else None)
            subject = about or (subject if goes_on else None)
            if one:
                place = "first" if number < 2 else "last" if number >= len(pairs) - 2 else None
                found.append(one._replace(place=place))
    return found


class Tellings(NamedTuple):
    """Tellings of whole tales, a list for each, split as the tales are; `source` is "real" or "twin"."""

    train: list
    validation: list
    test: list
    source: str


def load_tellings(source="auto", most=None):
    """Read the tellings of the fairy tales; see `animkit.data.fairytales.load_fairytales`.

    Args:
        source: "auto", "present" or "twin".
        most: tales of each split that are read; None for all.

    Returns:
        `Tellings`.
    """
    tales = load_fairytales(source)
    return Tellings(*([read_tellings(tale) for tale in split[:most]] for split in tales[:3]), tales.source)


def vocabulary(tales, least=3):
    """The words of so many tales at least: what only one tale speaks of is left out.

    Args:
        tales: list of lists of `Telling`.
        least: tales.

    Returns:
        tuple of str, sorted, all slots among them.
    """
    count = collections.Counter(word for tale in tales for word in {word for telling in tale for word in telling.words})
    slots = {*SLOT_WORDS, *PRONOUN_WORDS, "[it]"}
    return tuple(sorted(slots | {word for word, tellings in count.items() if tellings >= least}))


def known(tales, words):
    """Tellings that need no other words.

    Args:
        tales: list of lists of `Telling`.
        words: the vocabulary.

    Returns:
        list of `Telling`.
    """
    words = set(words)
    return [telling for tale in tales for telling in tale if words.issuperset(telling.words)]


def encode(tellings, words):
    """Tellings as numbers.

    Args:
        tellings: list of `Telling`.
        words: the vocabulary; its index 0 is the boundary between sentences.

    Returns:
        (tellings, LONGEST + 2) int32, 0 before and behind the words; and (tellings, features) float32.

    Raises:
        KeyError: a word that the vocabulary lacks.
    """
    place = {word: index for index, word in enumerate(words)}
    rows = np.zeros((len(tellings), LONGEST + 2), "int32")
    for row, telling in zip(rows, tellings, strict=True):
        row[1 : 1 + len(telling.words)] = [place[word] for word in telling.words]
    return rows, np.array([features(telling) for telling in tellings], "float32").reshape(-1, len(FEATURES))
