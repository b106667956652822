"""Telling a story: a narrator writes a sentence for each beat; names, pronouns, articles and endings are by rule.

The narrator writes several candidates for a beat, with slots for who, whom, thing and place. The one with the fewest
slot errors is told, of these the likeliest that does not repeat the story. What no candidate says is added by rule, and
what is odd or says next to nothing stands back behind a wording by hand.
"""

import copy
import re
from typing import NamedTuple

import lemminflect
import numpy as np

from animkit.data.lexicon import COARSE, moods, verb_forms, word_set
from animkit.data.plots import LONGEST as LONGEST_STORY
from animkit.data.tellings import LONGEST, PRONOUN_WORDS, SLOT_WORDS, Telling, features, role_of
from animkit.metrics.telling import slot_errors
from animkit.studio.odd_tails import odd
from animkit.studio.wordings import CLOSINGS, EFFECT, FEELING, LIGHT, OPENINGS, inverted, wordings

CANDIDATES, TEMPERATURE = 24, 0.6  # of what is drawn for a beat
LONGEST_SENTENCE, SHORT = 90, 62  # letters of a caption of a film; of one to which moods may be added
BARE = 2  # words beside slots, small words and moods up to which a narrator's sentence is no better than a wording
CLOSED = 0.5  # of stories that have a closing phrase
OWN = 4  # one in so many of a narrator's bare sentences is told before any wording
NARRATOR, RULES, BOTH = "the narrator", "rules", "the narrator, and rules"  # whose words a sentence has
LONGER = 0.1  # nats that each word up to the ninth is worth: the likeliest sentences are the barest

_IS = word_set("was became grew felt looked")
_ASIDE = word_set("with in into on after by of from before behind under over beside near")
_WISHES = word_set("find have see get take keep buy fetch own win")
_HAPPY = ("rejoice", "sleep", "return", "marry", "give", "eat")  # deeds that may end a story well
_NOT_OF_ONE = word_set("many bade bid")  # words that the tales say of more than the slots hold
_COMMON = word_set(
    "the a an of to in on at by for with from into upon and or but that as was had been be then so out up down off "
    "away back all again over who which not no one when , [who] [whom] [thing] [where] [it] went came"
)


class Said(NamedTuple):
    """One sentence of a story, and whose words it has."""

    text: str
    by: str  # NARRATOR, RULES or BOTH


def tell(narrator, idea, *, temperature=TEMPERATURE, seed=0):
    """Tell a story: a sentence for each beat.

    Args:
        narrator: `animkit.models.narrator.Narrator`, as `animkit.weights.load("narrator")` gives it.
        idea: `animkit.studio.story.StoryIdea`.
        temperature: of the draw; 0 takes the likeliest words.
        seed: decides the draw.

    Returns:
        list of str. Each names whom, what and where its beat does.
    """
    return [said.text for said in tell_with_credits(narrator, idea, temperature=temperature, seed=seed)]


def tell_with_credits(narrator, idea, *, temperature=TEMPERATURE, seed=0):
    """Tell a story as `tell` does, and say of each sentence whose words it has.

    Args:
        narrator, idea, temperature, seed: as in `tell`.

    Returns:
        list of Said.
    """
    asked = [_asked(idea, number) for number in range(len(idea.beats))]
    lines = write_lines(narrator, asked, temperature=temperature, seed=seed, refuse=odd)
    cast = {slot: Somebody(role["name"], role["kind"], role["pronoun"]) for slot, role in idea.cast.items()}
    teller = Teller(cast, idea.things, idea.places)
    sentences, used, here, homes = [], set(), None, {}
    for number, (line, one, beat) in enumerate(zip(lines, asked, idea.beats, strict=True)):
        rng = np.random.default_rng([seed, number, 18])
        here = beat.where or (homes.get(beat.who) if beat.does == "return" else here)
        own = None if odd(one, line) or not _whole(line, one) else line
        words = _chosen(own, one, beat, here, teller, used, rng)
        used.add(words)
        # nobody lives somewhere in the evening: there the hour is seen
        whole = complete(words, one._replace(light=None) if one.does == "live" else one, rng)
        if not number and words[0] == whole[0] and not {"once", "ago"} & set(words):
            whole = (*str(rng.choice(OPENINGS)).split(), *whole)
        if number == len(asked) - 1:
            closed = (*whole, *_closing(idea, beat, words, rng).split())
            whole = closed if len(teller.said(closed, beat, here)) <= LONGEST_SENTENCE else whole
        by = RULES if words != own else NARRATOR if words == whole else BOTH
        sentences.append(Said(teller.say(whole, beat, here), by))
        homes |= {beat.who: beat.where} if beat.does == "live" and beat.where else {}
    return sentences


def _chosen(own, asked, beat, here, teller, used, rng):
    """The words of one sentence: a narrator's own where they are words enough, else theirs or a wording, by chance."""
    if own and not _bare(own) and own not in used:
        return own
    told_before = teller.before and teller.before.where  # a place is not named twice in a row
    choices = wordings(asked, None if told_before else here)
    choices = [choices[at] for at in rng.permutation(len(choices))]
    if own:
        choices.insert(int(rng.integers(OWN)), own)
    for words in choices:
        unclear = beat.who in teller.known and inverted(words)  # "in the hut lived she"
        if words not in used and not unclear and len(teller.said(words, beat, here)) <= SHORT:
            return words
    return own or _plainly(asked)


def _bare(words):
    """Whether a sentence has hardly a word of its own."""
    mood = set().union(*moods())
    return len([word for word in words if word.isalpha() and word not in _COMMON and word not in mood]) <= BARE


def _closing(idea, beat, words, rng):
    """A phrase that ends some stories; "all was well" where nobody has died, and no second "and so"."""
    if beat.who not in ("hero", "friend") or beat.feeling or beat.does not in _HAPPY or rng.random() > CLOSED:
        return ""
    barred = {"well"} if any(one.does == "die" for one in idea.beats) else {"so"} & set(words)
    return str(rng.choice([phrase for phrase in CLOSINGS if not barred & set(phrase.split())]))


def _plainly(asked):
    """A beat told by rule alone, and never a verb alone."""
    wished = {"want": "[who] wanted to find [whom]", "go": "[who] set out", "return": "[who] came back"}
    bare = asked.does == "want" and not asked.thing or asked.does in ("go", "return") and not asked.where
    return (
        complete(tuple(wished[asked.does].split()), asked)
        if bare and not (asked.does == "go" and asked.thing)
        else plain(asked)
    )


def _asked(idea, number):
    """What a beat of a story asks the narrator to say."""
    beat = idea.beats[number]
    who, whom = (slot and role_of(idea.cast[slot]["kind"]) for slot in (beat.who, beat.whom))
    who, whom = ("crowd" if slot == "crowd" else role for slot, role in ((beat.who, who), (beat.whom, whom)))
    place = "first" if not number else "last" if number == len(idea.beats) - 1 else None
    return Telling((), beat.does, who, whom, *beat[3:], place)


def write_lines(narrator, asked, *, candidates=CANDIDATES, temperature=TEMPERATURE, seed=0, refuse=None):
    """Let the narrator write: of several candidates for each beat, one.

    A third of the candidates is asked for the beat but for its effect, which hardly a sentence has, a third for the
    beat without any mood, and a third for a clause with the feeling alone, which is put behind a sentence without it.

    Args:
        narrator: `animkit.models.narrator.Narrator`.
        asked: list of `animkit.data.tellings.Telling`, whose words are not looked at.
        candidates: drawn for each beat; 1 is what the network writes with nothing forbidden and nothing chosen.
        temperature: of the draw.
        seed: of the draw.
        refuse: function of what is asked and words that says what is wrong with them, or None.

    Returns:
        list of tuples of str, the words of each beat's sentence, with slots.
    """
    if not asked:
        return []
    if candidates == 1:
        drawn, _ = narrator.tell([features(one) for one in asked], LONGEST + 1, temperature=temperature, seed=seed)
        return [_words(narrator, row) for row in drawn]
    third = candidates // 3
    variants = ((one._replace(effect=None), _calm(one), _feeling(one)) for one in asked)
    wishes = [wish for three in variants for wish in three for _ in range(third)]
    # whatever the length of a story, one size: another is compiled anew, which takes seconds
    wishes += wishes[:1] * (-len(wishes) % (3 * third * LONGEST_STORY))
    beats = np.array([features(wish) for wish in wishes])
    allowed = np.array([_allowed(narrator.words, wish) for wish in wishes])
    drawn, nats = narrator.tell(beats, LONGEST + 1, allowed=allowed, temperature=temperature, seed=seed)
    written = [(_words(narrator, row), surprise) for row, surprise in zip(drawn, nats, strict=True)]
    lines, used = [], set()
    for number, one in enumerate(asked):
        first = 3 * third * number
        words = _best(written[first : first + 2 * third], one, used, refuse)
        if (
            one.feeling
            and slot_errors(one, words)["missing"] > slot_errors(one._replace(feeling=None), words)["missing"]
        ):
            words = _with_clause(words, _best(written[first + 2 * third : first + 3 * third], _feeling(one), used), one)
        lines.append(words)
        used |= set(words) - _COMMON
    return lines


def _words(narrator, row):
    return tuple(narrator.words[index] for index in row if index)


def _calm(asked):
    return asked._replace(feeling=None, light=None, effect=None)


def _feeling(asked):
    """The feeling alone: "[who] was glad"."""
    return Telling((), None, asked.who, None, None, None, asked.feeling, None, None)


def _with_clause(words, clause, asked):
    """Put a clause with the feeling behind a sentence, if it is one."""
    wrong = slot_errors(_feeling(asked), clause)
    if (
        wrong["missing"] + wrong["redundant"]
        or len(clause) > 7
        or clause[:1] != ("[who]",)
        or clause[1] not in _IS
        or clause[-1] == "fond"
    ):
        return words
    return (*words, ",", "and", "[who.he]", *clause[1:])


def _allowed(words, asked):
    """Which words a beat lets the narrator write: only the slots it has."""
    out = {slot for slot in SLOT_WORDS if not getattr(asked, slot[1:-1])} | COARSE
    out |= _NOT_OF_ONE
    out |= {word for word in PRONOUN_WORDS if word.startswith("[whom") and not asked.whom}
    out |= set() if asked.thing else {"[it]"}
    return np.array([word not in out for word in words])


def _best(written, asked, used, refuse=None):
    """The words with the fewest wrong slots; of these the least odd that lack no mood and repeat nothing."""

    def cost(candidate):
        words, nats = candidate
        counts, without = slot_errors(asked, words), slot_errors(_calm(asked), words)
        broken = bool(refuse and words and refuse(asked, words))
        broken += len(words) > LONGEST or _tells_nothing(asked, words) or _misplaced(asked, words)
        odd = nats.sum() / (len(words) + 1) + 0.25 * nats.max() - LONGER * min(len(words), 9)
        lacks = counts["missing"] - without["missing"]
        return without["missing"] + counts["redundant"] + broken, odd + 0.4 * lacks + 0.3 * len(set(words) & used)

    return min(written, key=cost)[0]


def _misplaced(asked, words):
    """Whether a sentence is no sentence, or has whom or what in a place that its deed does not give it."""
    pairs = set(zip(words, words[1:], strict=False))
    once = [word for word in words if word not in _COMMON and not word.startswith("[")]
    if words.count("[who]") != 1 or len(set(once)) < len(once) or any(one == other for one, other in pairs):
        return True
    if not asked.feeling and ("and", "[who.he]") in pairs:
        return True
    forms, (to_whom, with_thing, _) = verb_forms(), _prepositions(asked)
    for one, other in pairs:
        deed = forms.get(one, ("",))[0]
        if other == "that" and deed and deed not in ("tell", "ask", "want", "see", "find"):
            return True
        if one in _ASIDE and (other == "[whom]" and not to_whom or other == "[thing]" and not with_thing):
            return True
        if one == "to" and asked.does == "want" and asked.thing and other not in _WISHES:
            return True
    return False


def _tells_nothing(asked, words):
    """Whether somebody is told or asked without a word of what."""
    forms = verb_forms()
    said = {word for word in set(words) - _COMMON if word.isalpha() and forms.get(word, ("",))[0] != asked.does}
    return asked.does in ("tell", "ask") and not asked.thing and not said - set().union(*moods())


# how a deed is told without a network: the verb, then what stands before whom, thing and place
PLAIN = {
    "live": ("lived", "with", "with", "in"),
    "want": ("wanted", "from", "", "in"),
    "go": ("went", "with", "with", "to"),
    "arrive": ("came", "to", "with", "to"),
    "meet": ("met", "", "with", "in"),
    "see": ("saw", "", "with", "in"),
    "ask": ("asked", "", "for", "in"),
    "tell": ("told", "", "about", "in"),
    "give": ("gave", "to", "", "in"),
    "take": ("took", "from", "", "in"),
    "find": ("found", "", "with", "in"),
    "lose": ("lost", "", "with", "in"),
    "strike": ("struck", "", "with", "in"),
    "slay": ("killed", "", "with", "in"),
    "cast": ("charmed", "", "with", "in"),
    "help": ("helped", "", "with", "in"),
    "hide": ("hid", "from", "", "in"),
    "flee": ("fled", "from", "with", "to"),
    "capture": ("caught", "", "with", "in"),
    "free": ("freed", "", "with", "in"),
    "make": ("made", "for", "", "in"),
    "eat": ("ate", "with", "", "in"),
    "sleep": ("slept", "beside", "beside", "in"),
    "weep": ("wept", "before", "over", "in"),
    "rejoice": ("danced", "with", "with", "in"),
    "return": ("returned", "to", "with", "to"),
    "marry": ("married", "", "with", "in"),
    "die": ("died", "before", "for", "in"),
}
# what a deed that needs a thing is done with when none is asked for, and whether that holds with somebody, too
_SOMETHING = {
    "ask": ("help", True),
    "tell": ("everything", True),
    "give": ("all [who.he] had", True),
    "take": ("all [who.he] could carry", True),
    "want": ("to see the world", False),
    "make": ("a plan", False),
    "find": ("the way", False),
    "lose": ("[who.his] way", False),
}


def plain(asked):
    """Tell a beat by rule alone: a verb for each deed, and what goes with it in a fixed order.

    Args:
        asked: `animkit.data.tellings.Telling`, whose words are not looked at.

    Returns:
        tuple of str, with slots.
    """
    verb = PLAIN[asked.does][0]
    to_whom, with_thing, at = _prepositions(asked)
    parts = [(to_whom, "[whom]")] if asked.whom else []
    something, with_somebody = _SOMETHING.get(asked.does, ("", False))
    if asked.thing:
        parts.append((with_thing, "[thing]"))
    elif something and (with_somebody or not asked.whom):
        parts.append((with_thing, something))
    if asked.where:
        parts.append(("in" if at == to_whom == "to" and asked.whom else at, "[where]"))
    # what needs no preposition comes first
    phrases = [f"{before} {what}".split() for before, what in sorted(parts, key=lambda part: part[0] != "")]
    return complete(("[who]", verb, *(word for phrase in phrases for word in phrase)), asked)


def _prepositions(asked):
    """What stands before whom, thing and place: a deed that takes an object takes the thing where there is nobody."""
    _, to_whom, with_thing, at = PLAIN.get(asked.does, ("", "to", "with", "in"))
    by_means = asked.whom or to_whom or asked.does in ("strike", "slay", "help")
    return to_whom, with_thing if by_means else "", at


def complete(words, asked, rng=None):
    """Add light, effect and feeling by rule where a sentence does not have them.

    Args:
        words: tuple of str, with slots.
        asked: `animkit.data.tellings.Telling`.
        rng: `numpy.random.Generator` that chooses the phrases; None takes the plainest.

    Returns:
        tuple of str.
    """

    def one(phrases):
        return (phrases[0] if rng is None else str(rng.choice(phrases))).split()

    feelings, lights, effects = ({group[word] for word in words if word in group} for group in moods())
    if asked.light and asked.light not in lights:
        begin = 1 if rng is not None and words[0] in ("then", "so") else 0
        words = (*one(LIGHT[asked.light]), ",", *words[begin:])
    if asked.effect and asked.effect not in effects:
        words = (*words, *one(EFFECT[asked.effect]))
    if asked.feeling and asked.feeling not in feelings:
        words = (*words, *one(FEELING[asked.feeling]))
    return words


def told(words, asked):
    """Make sure that a beat is told: add the mood that is missing, and where more is wrong tell it by rule alone.

    Args:
        words: tuple of str, what a narrator wrote.
        asked: `animkit.data.tellings.Telling`.

    Returns:
        tuple of str.
    """
    return _whole(words, asked) or plain(asked)


def _whole(words, asked):
    """A narrator's sentence with the mood that is missing, or None where more is wrong."""
    whole = complete(words, asked)
    wrong = slot_errors(asked, whole)
    broken = wrong["missing"] + wrong["redundant"] or _misplaced(asked, words) or _tells_nothing(asked, words)
    return None if broken or COARSE & set(words) else whole


class Somebody(NamedTuple):
    """Who plays a slot: `name` or None, `kind` ("fox"), and how one says he: "he", "she", "it" or "they"."""

    name: str | None
    kind: str
    gender: str


_CASES = {
    "he": {"he": "he", "him": "him", "his": "his", "himself": "himself"},
    "she": {"he": "she", "him": "her", "his": "her", "himself": "herself"},
    "it": {"he": "it", "him": "it", "his": "its", "himself": "itself"},
    "they": {"he": "they", "him": "them", "his": "their", "himself": "themselves"},
}
_ARTICLES = word_set("the a an his her its their this that some")
_ON = word_set("mountain hill peak cliff hillside road path highway bridge lane farm island plain prairie beach")
_BY = word_set("sea shore river lake stream brook pond coast ocean water well bank spring")
_MASS = word_set(
    "bread gold silver money meat wine milk butter cheese rice corn honey flour sugar porridge soup paper armor food "
    "treasure fruit grain"
)


class Teller:
    """Puts words in the place of slots, sentence after sentence, and knows who and what has been spoken of.

    Args:
        cast: slot -> `Somebody`.
        things: slot -> words, such as "golden ring".
        places: slot -> words, such as "castle".
    """

    def __init__(self, cast, things, places):
        self.cast, self.things, self.places = cast, things, places
        self.known, self.runs = set(), {}  # slot -> how many sentences in a row have had the name
        self.before, self.pronouns = None, 0  # the beat before, and how many sentences in a row began with a pronoun

    def said(self, words, beat, here=None):
        """What `say` would say."""
        other = copy.copy(self)
        other.known, other.runs = set(self.known), dict(self.runs)
        return other.say(words, beat, here)

    def say(self, words, beat, here=None):
        """Say one sentence.

        Args:
            words: tuple of str with slots in them.
            beat: with the fields who, whom, thing and where.
            here: slot of the place that is meant where the beat has none.

        Returns:
            str: a capital first and a full stop last.
        """
        who, said = self.cast[beat.who], []
        where = beat.where or here
        for at, word in enumerate(words):
            # "the lost [thing]" has its article already
            bare = bool(set(words[max(0, at - 2) : at]) & _ARTICLES) and words[at - 1].isalpha()
            if word == "[who]":
                said += self._subject(beat).split()
            elif word == "[whom]":
                said += self._object(beat, said).split()
            elif word in PRONOUN_WORDS:
                whose, case = word[1:-1].split(".")
                said.append(_CASES[self.cast[getattr(beat, whose)].gender][case])
            elif word == "[thing]":
                said += self._thing(beat.thing, bare)
            elif word == "[it]":
                said.append("them" if _many(self.things[beat.thing]) else "it")
            elif word == "[where]":
                said = _at(said, self.places[where], bare)
            else:
                said.append("were" if word == "was" and who.gender == "they" else word)
        self.before = beat._replace(where=where if "[where]" in words else None)
        text = _sentence(said)
        spoken = re.findall("[A-Za-z]+", text)
        self.runs = {
            slot: self.runs.get(slot, 0) + 1 for slot, one in self.cast.items() if (one.name or one.kind) in spoken
        }
        return text

    def _object(self, beat, said):
        """A pronoun where a name would be said a third time in a row, and nobody else could be meant."""
        before, gender = self.before, self.cast[beat.whom].gender
        others = {beat.who, before.who, before.whom} - {beat.whom, None} if before else ()
        clear = before and beat.whom in (before.who, before.whom) and not self.pronouns
        clear = clear and all(self.cast[slot].gender != gender for slot in others)
        third = self.runs.get(beat.whom, 0) > 1 and said[-1:] != ["and"]
        return _CASES[gender]["him"] if clear and third else self._somebody(beat.whom)

    def _subject(self, beat):
        """A pronoun where the sentence before was about the same one, and nobody else in it could be meant."""
        before, gender = self.before, self.cast[beat.who].gender
        clear = before and before.who == beat.who and not (before.whom and self.cast[before.whom].gender == gender)
        self.pronouns = self.pronouns + 1 if clear and self.pronouns < 2 else 0
        return _CASES[gender]["he"] if self.pronouns else self._somebody(beat.who)

    def _somebody(self, slot):
        name, kind, gender = self.cast[slot]
        first = slot not in self.known
        self.known.add(slot)
        if gender == "they":
            return f"the {kind if _many(kind) else _plural(kind)}"
        if first:
            return f"{_article(kind)} named {name}" if name else _article(kind)
        return name or f"the {kind}"

    def _thing(self, slot, bare):
        thing, first = self.things[slot], slot not in self.known
        self.known.add(slot)
        if bare:
            return thing.split()
        if not first:
            return ["the", *re.sub("^(?:pair|loaf|pot) of ", "", thing).split()]
        some = _many(thing) or _head(thing) in _MASS
        return ["some", *thing.split()] if some else _article(thing).split()


def _at(said, place, bare):
    """Words up to a place, its preposition put right, and the place."""
    noun = _head(place)
    before = said[-1] if said else ""
    if noun == "home":
        return [*said[:-1], *{"to": (), "into": (), "in": ("at",)}.get(before, (before,)), "home"]
    if noun in _ON | _BY:
        inside = "on" if noun in _ON else "by"
        before = {"in": inside, "at": inside, "into": "to", "entered": "reached", "inside": inside}.get(before, before)
    elif before in ("on", "upon", "by"):
        before = "in"
    return [*said[:-1], *before.split(), *(() if bare else ("the",)), *place.split()]


def _head(words):
    """The noun of a phrase: shoes of "red shoes", pair of "pair of red shoes"."""
    return re.split(" (?:of|behind|from|with) ", words)[0].split()[-1]


def _many(words):
    """Whether a noun is in the plural."""
    noun = _head(words)
    lemma = (lemminflect.getAllLemmas(noun).get("NOUN") or (noun,))[0]
    return noun not in _MASS and noun != lemma and noun in lemminflect.getInflection(lemma, "NNS")


def _plural(kind):
    return (lemminflect.getInflection(kind, "NNS") or (f"{kind}s",))[0]


def _article(noun):
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _sentence(said):
    text = re.sub(r" (?=,|'s\b)", "", " ".join(said))
    text = re.sub(r"\ba (?=[aeiou])", "an ", text)
    return f"{text[:1].upper()}{text[1:]}."
