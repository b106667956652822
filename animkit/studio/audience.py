"""An audience is heard, felt and answered: words -> emotion -> mood -> action, each step with its numbers.

Time is handed in, in seconds, and never read from a clock, and the world goes on in steps of a tenth of a second: the
same inputs give the same record, at thirty ticks a second or at two.

Whatever is said is kept whole in the record at once. Understood is one batch in each step: what comes in between waits
and is read together, the last `BATCH` texts of it, and the answer says how many messages were folded together. So the
work of a second is bounded, and the queue too.
"""

import math
import random
import re
from collections import deque
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np

from animkit.data.emotions import LABELS
from animkit.studio.audience_record import FORMAT, INPUTS, PAUSE, check_record, clean, is_time, readings_as_json
from animkit.studio.reactions import ACTIONS, as_rules, choose, make_rules, rules_as_json
from animkit.studio.sentient import Reaction, Sentient, where_to
from animkit.theory.mood import MOODS, appraise, catch, feel, name_of

STEP = 0.1  # seconds
BATCH, MOST = 16, 12  # texts understood at a time, characters
NEAR, SIGHT = 0.2, 0.6  # stage widths within which a pointer is near, a neighbour is seen
ASTRAY = 0.05  # stage widths from where it stood at first
OVERHEARD = 0.5  # strength of words that are said to another
THEN, ANEW, GLANCE = 0.35, 1.2, 0.3  # seconds from words to an answer, between two answers, to a glance at others
SILENCE, SETTLE = 15.0, 30.0  # seconds until one speaks up, and that are played of a pause
DRAFT = 40  # characters of what is being typed that are read


class Audience:
    """A cast that listens to an audience.

    Args:
        cast: list of `Sentient`, or of names; twelve at most.
        reader: with `read(texts)` as `animkit.models.emotion.EmotionReader`; None takes all words for neutral.
        reactions: as for `animkit.studio.reactions.as_rules`; None takes the rules that ship.
        lines: dict that `animkit.studio.sayings.sayings` gives, the narrator's lines; None has templates alone.
        seed: decides which line is said.

    Attributes:
        cast: dict, name -> `Sentient`.
        entries: list of dicts, all that was said and done.

    Raises:
        ValueError: the cast is empty, too large or has a name twice.
    """

    def __init__(self, cast, *, reader=None, reactions=None, lines=None, seed=0):
        cast = [one if isinstance(one, Sentient) else Sentient(one) for one in cast]
        self.cast = {one.name: one for one in cast}
        if not 0 < len(cast) <= MOST or len(self.cast) < len(cast):
            raise ValueError(f"a cast has 1 to {MOST} characters, each with a name of its own; got {list(self.cast)}")
        self.reader, self.rules = reader, as_rules(reactions)
        self.lines, self.seed = {key: list(said) for key, said in (lines or {}).items()}, seed
        self._begun = {
            "format": FORMAT,
            "seed": seed,
            "cast": [one.begins() for one in cast],
            "reactions": rules_as_json(self.rules),
            "lines": self.lines,
        }
        self.now, self.pointer, self._pointing, self.entries = 0.0, None, None, []
        self.messages = self.folded = 0
        self._steps, self._read_in = 0, -1
        self._waiting, self._unread = deque(maxlen=BATCH), 0
        self._due, self._draft, self._drafted_in = {}, 0, -1
        self._input, self._hushed, self._faded, self._since = 0.0, False, None, (None, 0)
        self._random, self._last = random.Random(seed), {}
        self._recalled = deque()  # what the reader said when this was first played
        for one in cast:
            one.obey(self._decide(one, "rest", 0.0))

    # --- what comes in ------------------------------------------------------------------------------------------------

    def hear(self, text, seconds, to=None):
        """Hear a message.

        Args:
            text: str, whatever it holds and however long; the first 500 characters are understood, all are kept.
            seconds: when; a time before the last call is taken for that call's.
            to: name of the one it is said to; None: to all, or to those whose names are in it.

        Returns:
            list of `Reaction`: those decided since the last call, in order. One may lie ahead; a later one of the same
            character that comes before it has begun takes its place.

        Raises:
            ValueError: text is no str, nobody has that name, or seconds is no time.
        """
        if not isinstance(text, str):
            raise ValueError(f"words are a str; got {type(text).__name__}")
        if to is not None and to not in self.cast:
            raise ValueError(f"nobody is called {to!r:.60}; there are {', '.join(self.cast)}")
        decided = self.tick(seconds)
        self.entries.append({"kind": "said", "at": self.now, "number": self.messages, "text": text, "to": to})
        self._waiting.append((self.messages, clean(text), to))
        self.messages, self._unread, self._draft = self.messages + 1, self._unread + 1, 0
        self._input, self._hushed = self.now, False
        if self._read_in != self._steps:
            self._understand(self.now, decided)
        return decided

    def overhear(self, part, seconds):
        """Notice that somebody is typing: all look up at the first letter, and lean or recoil at the first words.

        No mood is moved before the line is said. Of the draft only what is reacted to, `DRAFT` characters, is kept.

        Args:
            part: str, what stands there so far.
            seconds: when.

        Returns:
            list of `Reaction`, as `hear`.

        Raises:
            ValueError: part is no str, or seconds is no time.
        """
        if not isinstance(part, str):
            raise ValueError(f"words are a str; got {type(part).__name__}")
        decided = self.tick(seconds)
        words = clean(part, DRAFT)
        stage = 0 if not words else 2 if len(words.split()) > 2 else 1
        if stage <= self._draft or self._drafted_in == self._steps:
            return decided
        self._draft, self._drafted_in, self._input, self._hushed = stage, self._steps, self.now, False
        reading = self._read([(-1, words)])[0] if stage == 2 else {"emotion": None}
        self.entries.append({"kind": "overheard", "at": self.now, "part": words, "reading": reading})
        for one in self.cast.values():
            reaction = self._decide(one, "first", self.now, emotion=reading["emotion"])
            self._begin(reaction, decided)
        return decided

    def see(self, pointer, seconds):
        """See where the audience points; of several in a tenth of a second the last counts.

        Args:
            pointer: (x, y) as shares of the stage; None, or what is outside or no number: nowhere.
            seconds: when.

        Returns:
            list of `Reaction`, as `hear`.

        Raises:
            ValueError: seconds is no time.
        """
        decided = self.tick(seconds)
        self._pointing = _place(pointer)
        return decided

    def follow(self, reactions, seconds):
        """Answer by other rules from now on.

        Args:
            reactions: as for `Audience`.
            seconds: when.

        Returns:
            list of `Reaction`, as `hear`.

        Raises:
            ValueError: the rules cannot be followed; those before stay.
        """
        rules, decided = as_rules(reactions), self.tick(seconds)
        self.rules = rules
        self.entries.append({"kind": "reactions", "at": self.now, "rules": rules_as_json(rules)})
        return decided

    def ask(self, who, action, seconds, *, target=None, lasts=2.0):
        """Ask a character for an action, as by a key: no rule is looked at, and no mood is moved.

        Args:
            who: its name.
            action: one of `animkit.studio.reactions.ACTIONS`.
            seconds: when.
            target: (x, y) where it goes or looks, as shares of the stage; None is the audience.
            lasts: seconds.

        Returns:
            list of `Reaction`, as `hear`; the last is the one that was asked for.

        Raises:
            ValueError: nobody has that name, there is no such action, target is no place, or seconds is no time.
        """
        if who not in self.cast or action not in ACTIONS:
            raise ValueError(f"ask {', '.join(self.cast)} to {', '.join(ACTIONS)}; got {who!r:.60}, {action!r:.60}")
        place = _place(target)
        if target is not None and place is None or not 0.0 < lasts <= 60.0:
            raise ValueError(f"a target is (x, y), each from 0 to 1, for 60 seconds at most; got {target}, {lasts}")
        decided, one = self.tick(seconds), self.cast[who]
        self.entries.append(
            {"kind": "asked", "at": self.now, "who": who, "action": action, "target": _plain(place), "lasts": lasts}
        )
        self._input, self._hushed = self.now, False
        why = {"event": "asked", "rule": "asked for", "mood": name_of(one.mood), "feels": _short(one.mood)}
        self._due.pop(who, None)
        asked = Reaction(who, self.now, action, place or "audience", 1.0, "none", "audience", lasts, "", "", why)
        self._begin(asked, decided)
        return decided

    def tick(self, seconds):
        """Let time pass.

        Args:
            seconds: now. A gap of more than a minute, of a tab that was hidden, is played for half a minute, and then
                moods fade over the rest at once.

        Returns:
            list of `Reaction`, as `hear`.

        Raises:
            ValueError: seconds is no time.
        """
        if not is_time(seconds):
            raise ValueError(f"time is in seconds, from 0 on; got {seconds!r:.40}")
        seconds, decided = max(self.now, round(float(seconds), 3)), []
        if seconds - self.now > PAUSE:
            self._advance(self.now + STEP, decided)  # so that where the pointer was stands before the pause
            self.entries.append({"kind": "pause", "at": self.now, "until": seconds})
            self._advance(self.now + SETTLE, decided)
            self._fade(seconds / STEP - self._steps)
            self._steps = _steps(seconds)
        else:
            self._advance(seconds, decided)
        self.now = seconds
        return decided

    # --- what goes on -------------------------------------------------------------------------------------------------

    def _advance(self, seconds, decided):
        while (left := _steps(seconds) - self._steps) > 0:
            self._steps += 1 + self._idle(left - 1)
            self._step(round(self._steps * STEP, 3), decided)

    def _idle(self, most):
        """Let so many steps at most pass in one go, in which moods fade and nothing else is done; how many they are."""
        cast = self.cast.values()
        then = [reaction.at for reaction in self._due.values()] + [one.until for one in cast]
        then += [one.silent for one in cast if one.saying] + [math.inf if self._hushed else self._input + SILENCE]
        most = min(most, _steps(min(*then, 1e9)) - 1 - self._steps)
        if most < 1 or self._waiting or self._pointing != self.pointer or any(one.goal is not None for one in cast):
            return 0
        apart = self._moods(1 + np.arange(most))[:, :, None] - np.array(list(MOODS.values()))
        named = np.square(apart).sum(axis=-1).argmin(axis=-1) == [list(MOODS).index(one.named) for one in cast]
        quiet = int(np.argmin([*named.all(axis=1), False]))  # before the first step in which a mood's name changes
        self._fade(quiet)
        return quiet

    def _step(self, now, decided):
        if self._pointing != self.pointer:
            # at the step before, as that is when it was there
            self.entries.append({"kind": "pointer", "at": round(now - STEP, 3), "pointer": _plain(self._pointing)})
            self.pointer, self._input, self._hushed = self._pointing, now, False
        # who speaks comes last, so that the others are free to look
        for reaction in sorted((one for one in self._due.values() if one.at <= now), key=lambda one: one.line != ""):
            self._begin(self._due.pop(reaction.who), decided, planned=True)
        if self._waiting:
            self._understand(now, decided)
        self._fade(1)
        for one in self.cast.values():
            one.walk(STEP)
            if now >= one.silent:
                one.saying = ""
            self._notice(one, now, decided)
        if now - self._input >= SILENCE and not self._hushed:
            self._hushed = True
            liveliest = max(self.cast.values(), key=lambda one: one.mood[1])
            self._begin(self._decide(liveliest, "silence", now, speaks=True), decided)

    def _moods(self, steps):
        """Moods (k, n, 3) after these (k,) numbers of steps."""
        now = [(one.mood, one.place) for one in self.cast.values()]
        if now != self._faded:  # else reckoned in one go since then: to the last bit the same however time was cut
            self._faded, self._since = now, (now, 0)
        (stood, passed), feels = self._since, [one.feels for one in self.cast.values()]
        moods, places = map(np.array, zip(*stood, strict=True))
        apart = np.linalg.norm(places[:, None] - places[None], axis=-1)
        return catch(moods, feels, apart, STEP * (passed + np.asarray(steps)))

    def _fade(self, steps):
        for one, mood in zip(self.cast.values(), self._moods([steps])[0].tolist(), strict=True):
            one.mood = tuple(mood)
        self._since = self._since[0], self._since[1] + steps
        self._faded = [(one.mood, one.place) for one in self.cast.values()]

    def _notice(self, one, now, decided):
        """Answer what has changed for one: its mood's name, the pointer, the end of what it did."""
        if (named := name_of(one.mood)) != one.named:
            one.named = named
            self.entries.append({"kind": "mood", "at": now, "who": one.name, "mood": named, "feels": _short(one.mood)})
            self._show(one, now, decided)
            if one.at_rest():
                self._begin(self._decide(one, "rest", now), decided)
        near = one.far_from(self.pointer) <= NEAR * (1.25 if one.near else 1.0)  # so it does not flicker at the border
        if near != one.near:
            one.near = near
            if one.name not in self._due:
                self._begin(self._decide(one, "near" if near else "gone", now), decided)
        elif now >= one.until and one.goal is None and one.name not in self._due:
            self._begin(self._decide(one, "rest", now), decided)

    def _show(self, one, now, decided):
        """Let the others see that one speaks, or feels otherwise than before."""
        for other in self.cast.values():
            at = max(now + GLANCE, 0.0 if other.at_rest() else other.until)  # who is busy looks when that is done
            free = other.name not in self._due and at - now <= 4.0 and now - other.glanced >= 2.0
            if other is not one and free and other.far_from(one.place) <= SIGHT:
                other.glanced = now
                self._plan(self._decide(other, "seen", round(at, 3), other=one), decided)

    # --- words -> emotion -> mood -> action ---------------------------------------------------------------------------

    def _understand(self, now, decided):
        self._read_in = self._steps
        waiting, folded = list(self._waiting), self._unread
        self._waiting.clear()
        self._unread, self.folded = 0, self.folded + folded - 1
        readings = self._read([(number, text) for number, text, _ in waiting])
        before, pushed = {name: one.mood for name, one in self.cast.items()}, []
        for (_, text, to), reading in zip(waiting, readings, strict=True):
            called = {to} if to else {name for name in self.cast if _names(text, name)}
            chances = np.array([reading["probabilities"].get(label, 0.0) for label in LABELS])
            felt = {}
            for name, one in self.cast.items():
                push, strength = appraise(chances, one.feels)
                strength *= 1.0 if not called or name in called else OVERHEARD
                one.mood, felt[name] = feel(one.mood, one.feels, push, strength), (push, strength)
            pushed.append((max(strength for _, strength in felt.values()), text, reading, called, felt))
        _, text, reading, called, felt = max(pushed, key=lambda one: one[0])
        self.entries.append(
            {"kind": "understood", "at": now, "messages": [self.messages - folded, self.messages - 1]}
            | {"folded": folded, "emotion": reading["emotion"], "readings": readings}
        )
        moved = {name: math.dist(before[name], one.mood) for name, one in self.cast.items()}
        speaker = max(called or self.cast, key=lambda name: moved[name])
        for name, one in self.cast.items():
            why = {key: value for key, value in reading.items() if key in ("words", "emotion", "by")}
            why |= {"heard": text[:80], "folded": folded, "probability": _surest(reading)}
            why |= {"before": _short(before[name]), "push": _short(felt[name][0]), "strength": round(felt[name][1], 3)}
            facts = {"emotion": reading["emotion"], "addressed": not called or name in called, "why": why}
            if now - one.noticed >= ANEW:
                self._begin(self._decide(one, "first", now, **facts), decided)
            at = min(max(now + THEN, one.began + ANEW), self._due[name].at if name in self._due else math.inf)
            self._plan(self._decide(one, "words", round(at, 3), speaks=name == speaker, **facts), decided)

    def recall(self, readings):
        """Take the next readings from a record, not from the reader."""
        self._recalled.extend(readings)

    def _read(self, texts):
        """What the reader says of numbered texts, rounded as the record keeps it."""
        if self._recalled:
            return [self._recalled.popleft() for _ in texts]
        wanted = [text for _, text in texts if text]
        said = iter(readings_as_json(self.reader.read(wanted)) if self.reader and wanted else ())
        silent = {"emotion": "nothing", "probabilities": {}, "words": []}
        plain = silent | {"emotion": "neutral"}
        return [{"number": number, **(next(said, plain) if text else silent)} for number, text in texts]

    def _decide(self, one, event, at, *, emotion=None, addressed=True, other=None, speaks=False, why=None):
        """Choose the rule and make of it what is done."""
        mood = name_of(one.mood)
        facts = {"event": event, "emotion": emotion, "mood": mood, "trait": one.trait, "addressed": addressed}
        facts |= {"near": one.far_from(self.pointer) <= NEAR, "other": other and name_of(other.mood)}
        others = [each for each in self.cast.values() if each is not one]
        facts["astray"] = abs(where_to(one, "approach", one.stood, 0.0, others) - one.place[0]) > ASTRAY
        rule = choose(self.rules, **facts)
        do = rule.do
        target = other.name if other else self.pointer or "audience"
        if do["action"] in ("approach", "flee"):
            towards = other.place if other else self.pointer or (0.5, one.place[1])
            if event == "rest":
                towards = one.stood
            target = (round(where_to(one, do["action"], towards, do["distance"], others), 3), one.place[1])
        line, by = self._say(one, rule) if speaks else ("", "")
        why = {"event": event, "rule": rule.name, "mood": mood, "feels": _short(one.mood), **(why or {})}
        pace = round(do["pace"] * (1.0 + 0.3 * one.mood[1]), 2)
        seconds = None if event == "rest" and do["action"] != "approach" else do["seconds"]
        return Reaction(one.name, at, do["action"], target, pace, do["gesture"], do["gaze"], seconds, line, by, why)

    def _say(self, one, rule):
        """One of the narrator's lines, or if it has none that is new a template; no line twice in a row."""
        told = self.lines.get(" ".join(rule.do["says"] or ()), ())
        for by, pool in (("narrator", told), ("template", rule.do["lines"])):
            if fresh := [line for line in pool if line != self._last.get(one.name)]:
                self._last[one.name] = line = self._random.choice(fresh)
                return line, by
        return "", ""

    def _plan(self, reaction, decided):
        self._due[reaction.who] = reaction
        decided.append(reaction)

    def _begin(self, reaction, decided, planned=False):
        """Do it now; what was planned has been handed out before."""
        one = self.cast[reaction.who]
        one.obey(reaction)
        if reaction.why["event"] == "words":
            one.began = reaction.at
        elif reaction.why["event"] == "first":
            one.noticed = reaction.at
        self.entries.append({"kind": "did", **reaction._asdict(), "target": _plain(reaction.target)})
        if not planned:
            decided.append(reaction)
        if reaction.line:
            self._show(one, reaction.at, decided)

    # --- what is told of it -------------------------------------------------------------------------------------------

    @property
    def record(self):
        """dict, as JSON holds it: the beginning, the rules, and all that was said and done, in order."""
        counts = {"messages": self.messages, "folded": self.folded}
        return self._begun | {"seconds": self.now, **counts, "entries": list(self.entries)}


def _steps(seconds):
    return round(seconds * 1000) // round(STEP * 1000)


def _short(numbers):
    return [round(number, 3) for number in numbers]


def _surest(reading):
    """The probability of what is answered; what cannot be read passes for neutral."""
    chances = reading["probabilities"]
    return chances.get(reading["emotion"], chances.get("neutral", 0.0))


def _names(text, name):
    """Whether a text has a name in it; among letters without spaces between words anywhere, else as a word."""
    edge = r"\b" if name.isascii() else ""
    return re.search(f"{edge}{re.escape(name)}{edge}", text, re.IGNORECASE) is not None


def _place(point):
    """(x, y) on the stage, or None for what is no such place."""
    try:
        x, y = (round(float(share), 3) for share in point)
    except (TypeError, ValueError):
        return None
    return (x, y) if 0.0 <= x <= 1.0 and 0.0 <= y <= 1.0 else None


def _plain(target):
    return list(target) if isinstance(target, tuple) else target


# --- a scripted audience ----------------------------------------------------------------------------------------------


class Cue(NamedTuple):
    """What an audience does at a time.

    Attributes:
        at: seconds.
        text: what is said; None: only the pointer moves.
        pointer: (x, y), or None for nowhere; not looked at where something is said.
        to: name of the one it is said to, or None.
    """

    at: float
    text: str | None = None
    pointer: tuple | None = None
    to: str | None = None


SCRIPT = (
    Cue(1.0, "Hello everybody!"),
    Cue(5.0, "You are wonderful, I love how you dance!"),
    Cue(8.0, pointer=(0.3, 0.75)),
    Cue(11.0, "Mira, what are you doing there?"),
    Cue(14.0, pointer=None),
    Cue(16.0, "Bram, you are stupid and ugly, I hate you."),
    Cue(20.0, "Shut up, you disgusting idiots!"),
    Cue(25.0, "My dog died this morning. I am so sad."),
    Cue(30.0, "😂😂😂"),
    Cue(34.0, "Oh no, there is a ghost behind you, I am scared!"),
    Cue(38.0, ""),
    Cue(41.0, "Мне сегодня очень грустно."),
    Cue(45.0, "<script>alert('hello')</script>"),
    Cue(49.0, "Sorry, I did not mean it. Thank you so much for everything!"),
)


def company():
    """Make three characters of different traits: a cast for lessons and tests."""
    return [
        Sentient("Mira", "cheerful", (0.25, 0.8)),
        Sentient("Bram", "hot-headed", (0.5, 0.8)),
        Sentient("Pip", "shy", (0.75, 0.8), facing=-1),
    ]


def play_script(script=SCRIPT, cast=None, *, reader=None, reactions=None, lines=None, seed=0, after=8.0):
    """Play an audience from a script, with no stage and no clock.

    A line is typed before it is said, so that the first reactions come before its end.

    Args:
        script: list of `Cue`, in order of time.
        cast: as for `Audience`; None is `company`.
        reader: as for `Audience`.
        reactions: as for `Audience`.
        lines: as for `Audience`.
        seed: as for `Audience`.
        after: seconds to play after the last cue.

    Returns:
        dict, the record.

    Raises:
        ValueError: as `Audience`, or the script is empty or out of order.
    """
    times = [cue.at for cue in script]
    if not times or times != sorted(times):
        raise ValueError(f"a script has cues in order of time; got {times}")
    audience = Audience(company() if cast is None else cast, reader=reader, reactions=reactions, lines=lines, seed=seed)
    for cue in script:
        if cue.text is None:
            audience.see(cue.pointer, cue.at)
            continue
        typing = min(1.5, 0.05 * len(cue.text))
        for share in (0.1, 0.6) if cue.text else ():
            begun = max(audience.now, cue.at - (1.0 - share) * typing)
            audience.overhear(cue.text[: math.ceil(share * len(cue.text))], begun)
        audience.hear(cue.text, cue.at, cue.to)
    audience.tick(times[-1] + after)
    return audience.record


def replay(record, *, reader=None):
    """Play a record's inputs again: what was said, typed, pointed at and ruled, at the times it was.

    What the reader said is taken from the record, so no weights are needed, and the record comes out the same. After
    that the audience may be gone on with, as after a restart.

    Args:
        record: as `Audience.record` or `animkit.studio.audience_record.read_record` gives it.
        reader: for what is said after its end.

    Returns:
        `Audience`.

    Raises:
        ValueError: it is no record, or cannot be played; the error says where.
    """
    check_record(record)
    with _told("its beginning"):
        cast, rules = [Sentient(**one) for one in record["cast"]], make_rules(record["reactions"])
        audience = Audience(cast, reader=reader, reactions=rules, lines=record["lines"], seed=record["seed"])
    for number, entry in enumerate(record["entries"]):
        with _told(f"entry {number}"):
            said = entry["readings"] if entry["kind"] == "understood" else [entry.get("reading", {})]
            audience.recall(one for one in said if "probabilities" in one)
    for number, entry in enumerate(record["entries"]):
        if entry["kind"] in INPUTS:
            with _told(f"entry {number}"):
                _again(audience, entry)
    with _told("its end"):
        _pass(audience, record["seconds"])
    return audience


@contextmanager
def _told(where):
    """Makes of whatever a damaged record leads to an error that says where."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        what = f"{type(error).__name__}: {error}"
        raise ValueError(f"the record cannot be played, {where} is damaged ({what:.200})") from error


def _pass(audience, until):
    while audience.now < until:  # a longer gap would be a pause
        audience.tick(min(until, audience.now + PAUSE / 2))


def _again(audience, entry):
    at = entry["at"]
    _pass(audience, at)
    if entry["kind"] == "said":
        audience.hear(entry["text"], at, entry["to"])
    elif entry["kind"] == "overheard":
        audience.overhear(entry["part"], at)
    elif entry["kind"] == "pointer":
        audience.see(entry["pointer"], at)
    elif entry["kind"] == "asked":
        audience.ask(entry["who"], entry["action"], at, target=entry["target"], lasts=entry["lasts"])
    elif entry["kind"] == "reactions":
        audience.follow(make_rules(entry["rules"]), at)
    else:
        audience.tick(entry["until"])
