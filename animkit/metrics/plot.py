"""Does a plot hold together? Beats are replayed one after the other, and whatever cannot be is named.

This file shares no code with the generator's constraints: it is their referee. A beat is anything with the fields
`who, does, whom, thing, where, feeling, light, effect`, as `animkit.data.beats.Beat`.
"""

import collections

import numpy as np

RULES = (
    "grammar",  # a deed has what it needs and nothing else
    "dead",  # the dead do nothing, and nothing is done to them
    "captive",  # who is captive only speaks, sees, wants, weeps, sleeps, flees or dies; only captives are freed
    "held",  # a thing is held before it is given, used, lost or eaten, and by one at a time
    "place",  # a place is reached before something is done there, and who do something to each other are together
    "sides",  # only the villain and the others fight or catch each other, and the villain frees or helps nobody
    "married",  # nobody marries twice, nor a stranger, nor the villain
    "cause",  # who flees, dies, weeps, rejoices or attacks the villain has a reason; an unbeaten villain gives nothing
    "trouble",  # somebody is harmed, or loses something, before the hero's wish is settled
    "linked",  # everything that happens is about somebody or something that has been told of
    "feeling",  # nobody weeps for joy or rejoices in sorrow
    "repeated",  # nothing happens twice, and nobody does the same twice in a row
    "opening",  # it begins with how the hero lives, or with the hero's wish
    "wish",  # early on the hero wants something and gets it in the second half; no wish is left open
    "hero",  # the hero does a third of it, the crowd no more than a fourth; the hero lives until the last beat
    "ending",  # it ends at rest, and only the villain may still be captive
)
_ALONE = {"live", "go", "arrive", "return", "flee", "sleep", "weep", "rejoice", "die", "eat", "make", "lose", "hide"}
_SOMEBODY = {"meet", "give", "strike", "slay", "help", "capture", "free", "marry", "tell", "ask", "cast"}
_SOMETHING = {"give", "take", "lose", "make", "eat"}
_SOMEWHERE = {"arrive", "live"}
_WITH = {"strike": "tool", "slay": "tool", "go": "mount", "eat": "food"}  # what a deed may be done with
_TOUCHING = {"meet", "give", "take", "strike", "slay", "cast", "help", "capture", "free", "marry"}
_GETTING = _TOUCHING - {"take", "cast"} | {"find"}  # what settles a wish for somebody
_BOUND = {"ask", "tell", "want", "weep", "see", "sleep", "flee", "die"}
_MOVES = {"go", "arrive", "return", "flee"}
_AT_REST = {"live", "marry", "rejoice", "return", "free", "give", "sleep", "die"}
_AGAINST = {
    "weep": {"joy", "wonder"},
    "die": {"joy", "wonder", "anger"},
    "lose": {"joy", "love"},
    "rejoice": {"sorrow", "fear", "anger"},
    "marry": {"sorrow", "fear", "anger"},
    "free": {"sorrow", "fear", "anger"},
    "flee": {"joy", "love"},
    "strike": {"joy", "love"},
    "slay": {"joy", "love"},
    "capture": {"joy", "love"},
}


def faults(beats):
    """What does not hold together in a plot.

    Args:
        beats: sequence of beats.

    Returns:
        list of (number of the beat, rule, reason); empty where all is well. The number is the plot's last for what
        only the whole shows.
    """
    if not beats:
        return [(0, "opening", "there is no beat")]
    found = []
    state = _Replay()
    for number, beat in enumerate(beats):
        found += [(number, rule, reason) for rule, reason in (*_grammar(beat), *state.judge(beat, number))]
        state.happen(beat)
    last = len(beats) - 1
    return found + [(last, rule, reason) for rule, reason in _whole(beats, state)]


def share_that_holds(plots):
    """Which share of plots is without a fault, and how often each rule is broken.

    Args:
        plots: list of sequences of beats.

    Returns:
        dict: `share`, `faults_per_beat`, and `rules`: rule -> share of the plots that break it.

    Raises:
        ValueError: there are no plots.
    """
    if not plots:
        raise ValueError("there are no plots to judge")
    each = [faults(plot) for plot in plots]
    broken = collections.Counter(rule for found in each for rule in {rule for _, rule, _ in found})
    return {
        "share": float(np.mean([not found for found in each])),
        "faults_per_beat": sum(map(len, each)) / sum(map(len, plots)),
        "rules": {rule: broken[rule] / len(plots) for rule in RULES},
    }


def distinct(plots):
    """Share of plots that differ from all before them in who does what to whom with what.

    Args:
        plots: list of sequences of beats.

    Returns:
        float in (0, 1].
    """
    return len({tuple((b.who, b.does, b.whom, b.thing) for b in plot) for plot in plots}) / len(plots)


def _grammar(beat):
    deed, whom, thing = beat.does, beat.whom, beat.thing
    if whom is not None and whom == beat.who:
        yield "grammar", f"{whom} does it to {whom}"
    if whom is not None and deed in _ALONE:
        yield "grammar", f"nobody can {deed} somebody"
    if whom is None and deed in _SOMEBODY:
        yield "grammar", f"{deed} needs somebody it is done to"
    if thing is None and deed in _SOMETHING:
        yield "grammar", f"{deed} needs a thing"
    allowed = deed in _SOMETHING | {"want", "ask", "see", "find", "hide"} or _WITH.get(deed) == thing
    if thing is not None and not allowed:
        yield "grammar", f"{deed} is not done with a {thing}"
    if deed == "make" and thing not in ("tool", "food", "letter", "clothes"):
        yield "grammar", f"nobody makes a {thing}"
    if deed in ("see", "find") and (whom is None) == (thing is None):
        yield "grammar", f"{deed} needs one thing or one person"
    if deed == "want" and ((whom is None) == (thing is None) or beat.where is not None):
        yield "grammar", "a wish names one thing or one person"
    if deed == "want" and beat.who != "villain" and whom == "villain":
        yield "grammar", "nobody wants the villain"
    if deed in _SOMEWHERE and beat.where is None:
        yield "grammar", f"{deed} needs a place"
    if "crowd" in (beat.who, whom) and deed in ("marry", "die", "slay", "capture", "free", "want"):
        yield "grammar", f"a crowd is too many to {deed}"
    if thing is not None and (whom == "crowd" or beat.who == "crowd") and deed not in ("see", "ask"):
        yield "grammar", "a crowd holds nothing"
    if beat.feeling in _AGAINST.get(deed, ()):
        yield "feeling", f"{deed} with {beat.feeling}"


class _Replay:
    """What is so after the beats so far."""

    def __init__(self):
        self.dead, self.married, self.present = set(), set(), set()
        self.captor, self.holder = {}, {}
        self.at, self.lives = {}, {}  # actor -> place; None: on the way
        self.moved, self.made, self.gone = set(), set(), set()
        self.wishes = []  # [who, field, value] still open
        self.goal = None  # the hero's first wish, and when it was made
        self.reached, self.troubled = None, True  # when it was settled, and whether anything bad had happened
        self.hurt = set()
        self.harm, self.beaten = False, False  # has the villain done any, and been beaten?
        self.good, self.bad = False, False  # has something happened that one rejoices or weeps over?
        self.topics = set()
        self.told = collections.Counter()
        self.before, self.number = None, 0

    def judge(self, beat, number):
        yield from self._people(beat)
        yield from self._things(beat)
        yield from self._places(beat)
        if number == 0 and (beat.who != "hero" or beat.does not in ("live", "want")):
            yield "opening", f"it begins with {beat.who} and {beat.does}"
        if self.before and (self.before.who, self.before.does) == (beat.who, beat.does):
            yield "repeated", f"{beat.who} does {beat.does} twice in a row"
        if self.told[beat[:5]]:
            yield "repeated", f"{beat.who} {beat.does} has happened before"
        if beat.does == "want" and [beat.who, *_wish(beat)] in self.wishes:
            yield "repeated", "this is wanted already"

    def _people(self, beat):
        who, whom, deed = beat.who, beat.whom, beat.does
        for one in {who, whom} & self.dead:
            yield "dead", f"{one} is dead"
        if who in self.captor and deed not in _BOUND:
            yield "captive", f"{who} is captive and cannot {deed}"
        if deed == "free" and whom not in self.captor:
            yield "captive", f"{whom} is not captive"
        if deed == "capture" and whom in self.captor:
            yield "captive", f"{whom} is captive already"
        if deed in ("strike", "slay", "capture") and (who == "villain") == (whom == "villain"):
            yield "sides", f"{who} and {whom} are on one side"
        if deed == "cast" and who != "helper" and (who == "crowd" or (who == "villain") == (whom == "villain")):
            yield "sides", f"{who} casts no spell on {whom}"
        if who == "villain" and deed in ("help", "free", "give") or whom == "villain" and deed in ("give", "help"):
            yield "sides", f"the villain and {deed}"
        if deed == "marry" and "villain" in (who, whom):
            yield "sides", "the villain marries nobody"
        if deed == "marry" and (self.married & {who, whom} or whom not in self.present or whom in self.captor):
            yield "married", f"{who} cannot marry {whom}"
        yield from self._causes(beat)

    def _causes(self, beat):
        who, deed = beat.who, beat.does
        enemies = self.present - {"villain", "crowd"} if who == "villain" else self.present & {"villain"}
        if deed == "flee" and who not in self.captor and not enemies:
            yield "cause", f"{who} has nobody to flee from"
        if deed == "die" and who not in self.hurt:
            yield "cause", f"nothing has been done to {who}"
        if deed == "weep" and not self.bad or deed == "rejoice" and not self.good:
            yield "cause", f"{who} has no reason to {deed}"
        if deed in ("strike", "slay", "capture", "cast") and beat.whom == "villain" and not self.harm:
            yield "cause", "the villain has done no harm"
        if deed == "take" and beat.whom == "villain" and not self.beaten:
            yield "cause", "the villain is not beaten"
        about = {who, beat.whom, beat.thing} - {None}
        if self.before and not about & self.topics:
            yield "linked", f"nothing has been told of {', '.join(sorted(about))}"

    def _things(self, beat):
        who, thing, deed = beat.who, beat.thing, beat.does
        if thing is None:
            return
        holder = self.holder.get(thing)
        if thing in self.gone:
            yield "held", f"the {thing} is no more"
        if deed in ("give", "lose", "hide", "strike", "slay", "go", "eat") and holder != who:
            yield "held", f"{who} has no {thing}"
        if deed in ("want", "ask") and holder == who:
            yield "held", f"{who} has the {thing} already"
        if deed == "find" and holder is not None:
            yield "held", f"{holder} has the {thing}"
        if deed == "take" and (holder == who or holder != beat.whom):
            yield "held", f"{who} cannot take the {thing} from {beat.whom or 'nobody'}"
        if deed == "make" and thing in self.made:
            yield "held", f"there is a {thing} already"

    def _places(self, beat):
        who, whom, deed, where = beat.who, beat.whom, beat.does, beat.where
        here = self.at.get(who, "anywhere")
        if deed == "arrive" and where is not None and where == here:
            yield "place", f"{who} is there already"
        if deed == "return":
            if who not in self.moved:
                yield "place", f"{who} has not been away"
            if where not in (None, self.lives.get(who, "home")):
                yield "place", f"{who} does not live there"
        if where is not None and deed not in _MOVES | {"want"} and here not in ("anywhere", where):
            yield "place", f"{who} has not reached the {where}"
        if whom is not None and deed in _TOUCHING:
            there = self.at.get(whom, "anywhere")
            mine = where if where is not None and here == "anywhere" else here
            if mine not in ("anywhere", None) and there not in ("anywhere", None) and mine != there:
                yield "place", f"{who} and {whom} are in different places"

    def happen(self, beat):
        who, deed, whom, thing, where = beat[:5]
        if deed in _MOVES:
            self.at[who] = self.lives.get(who, "home") if deed == "return" else where
            self.moved.add(who)
        elif where is not None and deed != "want":
            self.at[who] = where
        if deed == "live" and where is not None:
            self.lives[who] = where
        if whom is not None and deed in _TOUCHING:
            place = self.at.get(who) or self.at.get(whom)
            if place is not None:
                self.at[who] = self.at[whom] = place
        if thing is not None:
            self.made.add(thing)
            if deed in ("find", "make", "take"):
                self.holder[thing] = who
            if deed == "give":
                self.holder[thing] = whom
            if deed in ("lose", "eat"):
                self.holder.pop(thing, None)
            if deed == "eat":
                self.gone.add(thing)
        if deed == "capture":
            self.captor[whom] = who
        if deed in ("free", "flee"):
            self.captor.pop(whom if deed == "free" else who, None)
        if deed == "marry":
            self.married |= {who, whom}
        if deed in ("die", "slay"):
            self._dies(who if deed == "die" else whom)
        self.beaten |= whom == "villain" and deed in ("strike", "cast", "capture")
        self.beaten |= (who, deed) == ("villain", "sleep")
        self._settle(beat)
        slain = deed in ("slay", "die") and "villain" in self.dead
        self.good |= deed in ("free", "marry", "give", "find", "help", "return") or slain
        if deed in ("capture", "strike", "cast"):
            self.hurt.add(whom)
        if who == "villain":
            self.harm |= deed in ("capture", "strike", "cast", "slay", "take")
            self.bad |= deed in ("capture", "strike", "cast", "slay")
        else:
            self.bad |= deed in ("lose", "die")
        self.bad |= deed == "take" and whom is not None and whom != "villain"
        self.present |= {who, whom} - {None}
        self.topics |= {who, whom, thing} - {None}
        self.told[beat[:5]] += 1
        self.before = beat

    def _dies(self, one):
        self.dead.add(one)
        self.captor.pop(one, None)
        self.holder = {thing: holder for thing, holder in self.holder.items() if holder != one}

    def _settle(self, beat):
        """Take off the list what somebody has got, and what nobody can get any more."""
        still = []
        for who, field, value in self.wishes:
            got = {
                "thing": self.holder.get(value) == who or value in self.gone,
                "whom": value in self.dead or beat.does in _GETTING and {beat.who, beat.whom} == {who, value},
            }[field]
            if not got and who not in self.dead:
                still.append([who, field, value])
            elif (who, field, value) == (self.goal or [()])[0] and self.reached is None:
                self.reached, self.troubled = self.number, self.bad
        self.wishes = still
        if beat.does == "want" and _wish(beat):
            self.wishes.append([beat.who, *_wish(beat)])
            if beat.who == "hero" and self.goal is None:
                self.goal = (("hero", *_wish(beat)), self.number)
        self.number += 1


def _wish(beat):
    named = ((field, getattr(beat, field)) for field in ("thing", "whom"))
    return next((pair for pair in named if pair[1] is not None), ())


def _whole(beats, state):
    last = beats[-1]
    if state.goal is None:
        yield "wish", "the hero wants nothing"
    elif state.goal[1] > len(beats) // 3:
        yield "wish", "the hero wants something late only"
    if state.reached is not None and state.reached < len(beats) // 2:
        yield "wish", "the hero has it too soon"
    for who, _, value in state.wishes:
        yield "wish", f"whether {who} gets the {value} is not told"
    if not state.troubled:
        yield "trouble", "the hero's wish comes true without any trouble"
    if sum(beat.who == "hero" for beat in beats) * 3 < len(beats):
        yield "hero", "the hero does too little"
    if sum(beat.who == "crowd" for beat in beats) * 4 > len(beats):
        yield "hero", "the crowd does too much"
    if "hero" in state.dead and (last.does, last.who) != ("die", "hero") and (last.does, last.whom) != ("slay", "hero"):
        yield "hero", "the hero is dead before the end"
    resting = {"rejoice"} if last.who == "crowd" else _AT_REST
    if last.does not in resting or last.who == "villain":
        yield "ending", f"it ends with {last.who} and {last.does}"
    for one in state.captor.keys() - {"villain"}:
        yield "ending", f"{one} is still captive"
