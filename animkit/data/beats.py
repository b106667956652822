"""A tale's plot as data: who does what, to whom, with what, where; read by a stated lexicon, one beat a sentence.

The reading is by rule. What stands in quotation marks is masked. A beat needs a finite verb of the lexicon (past or
third person; not negated, not after a modal) and a subject that is somebody: the first noun of a person or animal,
name, or pronoun before the verb in its clause, else the noun right after it ("said the king"), else the subject of the
clause before. Pronouns go to the last subject of their gender. Of several deeds in a sentence the first one that is not
plain (`animkit.data.lexicon.PLAIN_DEEDS`) is the beat.
"""

import collections
import re
from typing import NamedTuple

from animkit.data.lexicon import PLAIN_DEEDS, kinds, moods, nouns, verb_forms, word_set

# who takes part, as the cast says; the crowd is several together, or whoever has no slot of their own
SLOTS = ("hero", "friend", "villain", "helper", "crowd")
FIELDS = ("who", "does", "whom", "thing", "where", "feeling", "light", "effect")


class Beat(NamedTuple):
    """One thing that happens: slots and classes as in `animkit.data.lexicon`; None for what is not said."""

    who: str
    does: str
    whom: str | None = None
    thing: str | None = None
    where: str | None = None
    feeling: str | None = None
    light: str | None = None
    effect: str | None = None


class Plot(NamedTuple):
    """What `read_beats` finds."""

    beats: list  # of Beat
    sentences: list  # of str, one for each beat
    numbers: list  # of int: which sentence of the text that is
    cast: dict  # slot -> tuple of the words for who plays it, most frequent first
    genders: dict  # slot -> "he", "she", "it" or "they"


class _Known(NamedTuple):
    gender: dict  # key -> "he", "she" or "it"
    count: dict  # key -> how often it is named


class _Mention(NamedTuple):
    at: int  # token
    key: str  # kind or name
    gender: str
    oblique: str | None  # the preposition it depends on
    plural: bool


_PRONOUNS = {"he": "he", "she": "she", "it": "it", "they": "they"}
_OBJECTS = {"him": "he", "her": "she", "it": "it", "them": "they"}
_PREPOSITIONS = word_set(
    "of in into to at on upon by with from through over under before after behind beside near for against among "
    "between about round around across along above below beyond toward towards like without within up down"
)
_TO_WHOM = word_set("to with at against upon from on")
_BREAKS = word_set(", ; : - – — ( ) that which when while as because until till if so but where though how what")
_MODALS = word_set("would should could might may must can will shall ought did does do")
_AUXILIARIES = word_set("was were is are been be being")
_NEGATIONS = word_set("not never n't no neither nor nobody hardly scarcely nothing")
_DETERMINERS = word_set("the a an his her their its this that these those my your our one some every each")
_NO_NAMES = word_set(
    "I O Oh Ah God Lord Heaven Christmas Easter Sunday Monday Tuesday Wednesday Thursday Friday Saturday January "
    "February March April May June July August September October November December Mr Mrs Sir North South East West "
    "English French Irish Japanese Danish Norwegian Scotland England Ireland Japan Denmark Norway Indian"
)


def sentences_of(text):
    """Split a text into sentences; what is said in quotation marks stays whole, with who says it.

    Args:
        text: any text.

    Returns:
        list of (sentence, masked): masked is as long, with everything quoted replaced by "~".
    """
    title, newline, body = text.strip().partition("\n")
    if newline and not re.search(r"[.!?,;:\"']$", title.strip()) and len(title) < 80 and body.strip()[:1].isupper():
        text = body  # a title is no sentence
    text = " ".join(text.replace("“", '"').replace("”", '"').replace("’", "'").split())

    def mask(match):
        quote, after = match.group(), text[match.end() : match.end() + 2]
        # a quotation that ends a sentence, and is followed by another, ends it in the mask too
        ends = quote[-2:-1] if quote[-2:-1] in (".", "!", "?") and re.match(r" [A-Z\"']", after) else "~"
        return "~" * (len(quote) - 1) + ends

    masked = re.sub(
        r"\"[^\"]{1,1500}\"|(?<![A-Za-z])'(?=[A-Z])[^']{1,600}(?:'(?=[a-z])[^']{1,600})*'(?![a-z])", mask, text
    )
    spans = re.finditer(r"[^.!?]*[.!?]+(?:[\"']+)?\s*|[^.!?]+$", masked)
    pairs = ((text[s.start() : s.end()].strip(), s.group().strip()) for s in spans)
    return [(sentence, hidden) for sentence, hidden in pairs if re.search("[A-Za-z]", sentence)]


def tokens_of(masked):
    """Words, "'s" and signs of a masked sentence, in order."""
    return re.findall(r"[A-Za-z]+|'s\b|n't|~+|[^\sA-Za-z~]", masked)


def read_beats(text):
    """Read the beats of a tale.

    Args:
        text: the tale, as `animkit.data.fairytales` has it, or any English text.

    Returns:
        `Plot`; without beats where nobody does anything the lexicon knows.

    Raises:
        TypeError: `text` is not str.
    """
    if not isinstance(text, str):
        raise TypeError(f"a tale is text (str); got {type(text).__name__}")
    pairs = sentences_of(text)
    tokens = [tokens_of(masked) for _, masked in pairs]
    names = names_of(tokens)
    same = _appositions(tokens, names)
    mentions = [_mentions(words, names, same) for words in tokens]
    genders = _genders(tokens, mentions)
    known = _Known(genders, collections.Counter(mention.key for people in mentions for mention in people))
    found, subjects = [], []
    for number, (words, people) in enumerate(zip(tokens, mentions, strict=True)):
        beats, subjects = _beats_of(words, people, known, subjects, names)
        chosen = next((beat for beat in beats if beat.does not in PLAIN_DEEDS), beats[0] if beats else None)
        if chosen:
            found.append((number, chosen))
    # who plays what is known once it is known who does most
    cast = _cast([beat for _, beat in found], mentions)
    slots = {key: slot for slot, keys in cast.items() for key in keys} | {None: None}
    return Plot(
        beats=[beat._replace(who=slots[beat.who], whom=slots[beat.whom]) for _, beat in found],
        sentences=[pairs[number][0] for number, _ in found],
        numbers=[number for number, _ in found],
        cast=cast,
        genders={slot: _gender_of(words, genders) for slot, words in cast.items()},
    )


def names_of(tokens):
    """Names of a tale: capitals within sentences, at least twice, or after "named" or "called"."""
    counts, known = collections.Counter(), kinds()
    for words in tokens:
        for before, word in zip(words, words[1:], strict=False):
            if not re.fullmatch("[A-Z][a-z]+", word) or word in _NO_NAMES or word.lower() in known:
                continue
            if re.fullmatch("[a-z,']+|'s|[A-Z][a-z]+", before):
                counts[word] += 2 if before in ("named", "called") else 1
    small = collections.Counter(word for words in tokens for word in words if word.islower())
    things, places = nouns()
    return {
        word
        for word, count in counts.items()
        if count > 1 and small[word.lower()] < count and word.lower() not in things and word.lower() not in places
    }


def _appositions(tokens, names):
    """Kinds that are the same person as a name: "Wren the painter", "a knight called Jory"; kind -> name."""
    known, found = kinds(), collections.defaultdict(set)
    for words in tokens:
        for one, link, other in zip(words, words[1:], words[2:], strict=False):
            if one in names and link == "the" and other in known:
                found[known[other][0]].add(one)
            elif one in known and link in ("named", "called") and other in names:
                found[known[one][0]].add(other)
            elif one in known and one[0].isupper() and link in names:
                found[known[one][0]].add(link)  # King Arthur
    return {kind: called.pop() for kind, called in found.items() if len(called) == 1}


def _mentions(words, names, same):
    """Who is spoken of in one sentence."""
    known, found = kinds(), []
    for at, word in enumerate(words):
        lower, after = word.lower(), words[at + 1] if at + 1 < len(words) else ""
        if word in names and found and found[-1].key == word and at - found[-1].at <= 2:
            continue  # "a knight called Jory"
        if word in names:
            # "King Arthur" is one person, called by his name
            if found and found[-1].at == at - 1 and not found[-1].plural:
                last = found.pop()
                found.append(_Mention(at, word, last.gender, last.oblique, False))
            else:
                before = words[at - 1].lower() if at else ""  # a name has no article, nor adjectives
                found.append(_Mention(at, word, "it", before if before in _PREPOSITIONS else None, False))
        elif lower in known and not (lower == "all" and after.lower() not in ("", ".", ",")):
            kind, gender, role, plural = known[lower]
            if after in ("-",) or after.lower() in known and not known[after.lower()][3] and role != "crowd":
                continue  # the head of "wolf cub" or "king's-son" comes last
            if words[max(0, at - 2) : at][:1] == ["king"] and kind in ("daughter", "son"):
                kind = {"daughter": "princess", "son": "prince"}[kind]
            kind = "people" if role == "crowd" else kind if plural else same.get(kind, kind)
            if not (found and found[-1].key == kind and at - found[-1].at <= 2):  # "Wren the painter" is one mention
                found.append(_Mention(at, kind, gender, _preposition(words, at), plural))
    # whose something is takes no part: "the king's horse"
    return [m for m in found if m.at + 1 == len(words) or words[m.at + 1] != "'s"]


def _preposition(words, at):
    """The preposition a noun depends on, behind its article and adjectives."""
    forms = verb_forms()
    for before in range(at - 1, max(at - 5, -1), -1):
        word = words[before].lower()
        if word in _PREPOSITIONS:
            return word
        if (
            not word.isalpha()
            or word in ("and", "or", "who")
            or word in forms
            and forms[word][1]
            and word not in _ADJECTIVAL
        ):
            return None
        if word in _DETERMINERS:
            before_it = words[before - 1].lower() if before else ""
            return before_it if before_it in _PREPOSITIONS else None
    return None


_NO_INFINITIVE = (
    _DETERMINERS
    | _OBJECTS.keys()
    | word_set("bed sea town church court land shore table earth heaven school both all where which")
)
_THOUGHTS = word_set("thought knew believed wondered feared hoped considered supposed dreamed heard thinks knows")
_REPORTS = word_set("that if whether how what who where when why he she they it")
_NOMINATIVE = word_set("he she it who which that they")
_SPEECH = ("return", "give", "weep", "go", "rejoice")  # what may stand for "said" behind a quotation
_IDIOMS = {
    "gave": word_set("up way in out herself himself birth"),
    "took": word_set("place leave care part pity breath delight pleasure"),
    "brought": word_set("back up down out forth about"),
    "found": word_set("himself herself itself themselves that out"),
    "lost": word_set("sight"),
}
_PARTICLES = {"called": ("out", "to"), "set": ("out", "off", "forth", "sail")}  # the verb is meant with these alone
_ADJECTIVAL = word_set("enchanted loved lost charmed bewitched")


def _genders(tokens, mentions):
    """Gender of each kind or name: its own, else that of the pronouns that follow it."""
    votes, fixed = collections.defaultdict(collections.Counter), {}
    for words, people in zip(tokens, mentions, strict=True):
        for mention in people:
            if mention.gender in ("he", "she"):
                fixed[mention.key] = mention.gender
            elif mention.gender == "it":
                for word in words[mention.at + 1 : mention.at + 13]:
                    gender = {"he": "he", "his": "he", "him": "he", "she": "she", "her": "she"}.get(word.lower())
                    if gender:
                        votes[mention.key][gender] += 1
                        break
    return {key: count.most_common(1)[0][0] for key, count in votes.items()} | fixed


def _gender_of(words, genders):
    return genders.get(words[0], "they" if words[0] == "people" else "it")


def _cast(beats, mentions):
    """Who plays which slot: the hero is who does most, the friend the next; villains and helpers by their kind."""
    known, counts, plurals = kinds(), collections.Counter(), collections.Counter()
    for mention in (mention for people in mentions for mention in people):
        counts[mention.key] += 1
        plurals[mention.key] += 1 if mention.plural else -1
    counts.update(key for beat in beats for key in 3 * [beat.who] + [beat.whom] if key)
    role = {key: known.get(key, ("", "", "person"))[2] for key in counts}
    order = [key for key, _ in counts.most_common()]
    single = [key for key in order if plurals[key] <= 0 and key != "people"]
    good = [key for key in single if role[key] not in ("villain", "helper")]
    cast = {"hero": tuple(good[:1]), "friend": tuple(good[1:2])}
    cast["villain"] = tuple(key for key in order if role[key] == "villain")[:2]
    cast["helper"] = tuple([key for key in single if role[key] == "helper"][:1] or good[2:3])
    played = {key for keys in cast.values() for key in keys}
    cast["crowd"] = tuple(key for key in order if key not in played)
    return {slot: keys for slot, keys in cast.items() if keys}


def _beats_of(words, people, known, subjects, names):
    """Beats of one sentence, and the subjects that pronouns of the next may mean, latest last."""
    forms, beats, by_place = verb_forms(), [], {mention.at: mention for mention in people}
    subject_before, last_verb, reported = None, -1, False
    for at, word in enumerate(words):
        word = word.lower()
        if word == ";" or word == "," and words[at + 1 : at + 2] in (["and"], ["but"]):
            reported = False
        deed, finite, participle = forms.get(word, (None, False, False))
        thought = word in _THOUGHTS
        last = words[at - 1].lower() if at else ""
        # "-": part of a compound; before "steps" or "cries" somebody must stand, else they are nouns
        noun = (
            last in _DETERMINERS | {"to", "-"} or word.endswith("s") and not (last in _NOMINATIVE or at - 1 in by_place)
        )
        if not (deed or thought) or at in by_place or noun or last.isdigit():
            continue
        after = [w.lower() for w in words[at + 1 : at + 7]]
        if means_else(word, after) or reported:
            continue
        quoted = "~" in last or "~" in "".join(after[:5])
        # what somebody says or thinks without quotation marks need not have happened
        reported = (thought or deed in ("tell", "ask")) and not quoted and bool(_REPORTS & set(after))
        if thought:
            continue
        if "~" in last and deed in _SPEECH:
            deed = "tell"  # "...," returned the king
        before = [w.lower() for w in words[max(0, at - 4) : at]]
        near = set(before[max((i for i, w in enumerate(before) if w in _BREAKS or w == "and"), default=-1) + 1 :])
        passive = participle and bool(near & _AUXILIARIES)
        if near & (_MODALS | _NEGATIONS) or not (passive or finite or participle and near & {"had", "has", "have"}):
            continue
        window, end = _window(words, at, last_verb), _clause_end(words, at, by_place, forms)
        # a pronoun is nobody who is named in the same clause
        free = [one for one in subjects if all(by_place[p].key != one for p in range(at, end) if p in by_place)]
        subject = _subject(words, at, window, by_place, known, free, subject_before)
        last_verb = at
        if subject is None:
            continue
        whom = _object(words, at, end, by_place, known, subjects, subject)
        subjects = [one for one in subjects if one != subject][-5:] + [subject]
        subject_before = subject
        who = subject
        if passive:
            by = next((m for m in people if at < m.at < end and m.oblique == "by"), None)
            if by is None:
                continue
            who, whom = by.key, subject
        beats.append(Beat(who, deed, whom, *_circumstances(words, at, end, window, deed)))
    return [_shared(beat, words, names) for beat in beats], subjects


def means_else(word, after):
    """Whether a form of the lexicon means something else before these words, such as "gave up"."""
    follows = after[0] if after else ""
    if word in ("turned", "turns", "changed", "changes"):
        return "into" not in after
    if word in ("made", "makes"):
        return follows not in ("a", "an", "the", "some", "for", "him", "her")
    return follows in _IDIOMS.get(word, ()) or follows not in _PARTICLES.get(word, (follows,))


def _window(words, at, last_verb):
    """Where the subject of a verb may stand: from the last break or verb before it, as (first, verb)."""
    first = at
    while first > last_verb + 1 and words[first - 1].lower() not in _BREAKS and not words[first - 1].startswith("~"):
        first -= 1
    return first, at


def _subject(words, at, window, by_place, known, subjects, subject_before):
    """Key of who does it, or None."""
    first, _ = window
    unknown = False
    for place in range(first, at):
        word = words[place].lower()
        if place in by_place and not by_place[place].oblique:
            return by_place[place].key
        if word in _PRONOUNS:
            return _resolve(_PRONOUNS[word], known, subjects)
        if word in ("i", "we", "you", "there", "it") and word != "there":
            return None
        if (word in _DETERMINERS or word == "another") and (
            place == 0 or words[place - 1].lower() not in _PREPOSITIONS
        ):
            unknown = True
        if word == "who" and place and place - 1 in by_place:
            return by_place[place - 1].key
    after = [p for p in range(at + 1, min(at + 6, len(words))) if p in by_place]
    if after and not unknown:
        between = [w.lower() for w in words[at + 1 : after[0]]]
        if all(w.isalpha() and w not in _PREPOSITIONS and w not in _BREAKS and w != "and" for w in between):
            starts = first == 0 or words[first - 1].startswith("~") or "there" in map(str.lower, words[first:at])
            if starts or subject_before is None:
                return by_place[after[0]].key
    if at + 1 < len(words) and words[at + 1].lower() in _PRONOUNS and words[first - 1].startswith("~"):
        return _resolve(_PRONOUNS[words[at + 1].lower()], known, subjects)
    return None if unknown else subject_before


def _resolve(gender, known, subjects):
    """Whom a pronoun means: of the latest subjects of its gender, who is later or named far more often."""
    if gender == "they":
        return "people" if subjects else None
    fits = [one for one in reversed(subjects) if one != "people" and known.gender.get(one, gender) == gender]
    return max(fits, key=lambda one: known.count[one] ** 0.5 / (2 + fits.index(one)), default=None)


def _clause_end(words, at, by_place, forms):
    """Where the clause of a verb ends: at a sign, a conjunction, or the next verb that stands alone."""
    for place in range(at + 1, len(words)):
        word = words[place].lower()
        if word in _BREAKS or word in (".", "!", "?", "who") or word.startswith("~"):
            return place
        if place in by_place and words[place + 1 : place + 2] in (["was"], ["were"], ["had"], ["did"]):
            return place  # the subject of another clause
        if word in forms and forms[word][1] and words[place - 1].lower() not in _DETERMINERS:
            return place
        after = " ".join(words[place + 1 : place + 2])
        if word == "to" and after.islower() and not (after in kinds() or after in _NO_INFINITIVE):
            return place  # an infinitive has a clause of its own
    return len(words)


def _object(words, at, end, by_place, known, subjects, subject):
    """Key of whom it is done to, or None."""
    for place in range(at + 1, end):
        word = words[place].lower()
        mention = by_place.get(place)
        if mention and (mention.oblique is None or mention.oblique in _TO_WHOM) and mention.key != subject:
            return mention.key
        if word in _OBJECTS and word != "it":
            after = words[place + 1].lower() if place + 1 < len(words) else "."
            if word == "her" and after.isalpha() and after not in _PREPOSITIONS | _DETERMINERS | {"and", "so", "away"}:
                continue  # her horse
            key = _resolve(_OBJECTS[word], known, [one for one in subjects if one != subject])
            if key:
                return key
    return None


def _circumstances(words, at, end, window, deed):
    """Thing, place and feeling of one clause."""
    (things, places), (feelings, _, _) = nouns(), moods()
    after = range(at + 1, end)
    thing = next((things[w] for p in after if (w := words[p].lower()) in things and _alone(words, p)), None)
    where = None
    for place in (*after, *range(window[0], at)):
        word = words[place].lower()
        preposition = word in places and _alone(words, place) and _preposition(words, place)
        # "entered the lodge", "went to the middle of the wood"
        reached = deed in ("go", "arrive", "return", "live") and place > at and preposition in (None, "of")
        if preposition is not False and (reached or preposition not in (None, "of", "for", "like")):
            where = places[word]
            break
        if word == "home" and place > at:
            where = "home"
            break
    clause = [w.lower() for w in words[window[0] : end]]
    feeling = None if _NEGATIONS & set(clause) else next((feelings[w] for w in clause if w in feelings), None)
    return thing, where, feeling


def _alone(words, place):
    """Whether a noun stands for itself: not "the house door" nor "the king's"."""
    return place + 1 == len(words) or words[place + 1] not in ("'s", "-")


def _shared(beat, words, names):
    """Light and effect belong to the whole sentence."""
    _, lights, effects = moods()
    lower = [word.lower() for word in words if word not in names]
    light = next((lights[word] for word in lower if word in lights), None)
    return beat._replace(light=light, effect=next((effects[word] for word in lower if word in effects), None))
