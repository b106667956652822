"""The world of a story: what is so after each beat, and which beats may come next.

The generator gives no probability to what `World.next_beats` leaves out, so a plot is coherent as it is drawn. What has
been opened, a wish or a captivity, is a debt: a beat that opens more than the rest of the story can settle is left out
too.
"""

from collections import Counter

from animkit.data.beats import FIELDS, SLOTS
from animkit.data.lexicon import DEEDS, PLACES, THINGS, word_set

NAMED = FIELDS[:5]  # what the world is about; the rest is how it looks
HOSTILE = ("strike", "slay", "capture")
BOUND = ("ask", "tell", "want", "weep", "see", "sleep", "flee", "die")
CLOSING = ("live", "marry", "rejoice", "return", "free", "give", "sleep", "die")
TOGETHER = ("meet", "give", "take", "cast", "help", "free", "marry", *HOSTILE)
GETTING = ("meet", "find", "give", "help", "free", "marry", *HOSTILE)  # what settles a wish for somebody
IDLE = ("tell", "ask", "see", "sleep", "weep", "rejoice", "hide")
STAYING = tuple(deed for deed in DEEDS if deed not in ("go", "arrive", "return", "flee", "want"))
NOT_WITH = {  # feelings that a deed excludes
    "weep": ("joy", "wonder"),
    "die": ("joy", "wonder", "anger"),
    "lose": ("joy", "love"),
    "rejoice": ("sorrow", "fear", "anger"),
    "marry": ("sorrow", "fear", "anger"),
    "free": ("sorrow", "fear", "anger"),
    "flee": ("joy", "love"),
    "strike": ("joy", "love"),
    "slay": ("joy", "love"),
    "capture": ("joy", "love"),
}
MADE = ("tool", "food", "letter", "clothes")  # what hands can make
NOT_FOR_CROWDS = word_set("cast marry die slay capture free want find take make give lose eat")
OFTEN = 2  # how often one deed may happen in a story


class World:
    """What is so after the beats so far.

    Args:
        length: beats of the whole story.
        cast: slots that may take part.
        must: (field, slot) that some beat has to name: what the prompt asked for.
    """

    def __init__(self, length, cast=SLOTS, must=()):
        self.length, self.cast, self.must = length, tuple(cast), frozenset(must)
        self.number, self.hero_beats, self.crowd_beats = 0, 0, 0
        self.goal = None  # the hero's first wish; it is got in the second half
        self.hurt = frozenset()  # who has been captured, struck or bewitched
        self.harm, self.beaten = False, False  # by the villain, and of the villain
        self.trouble, self.good = False, False  # has something happened to weep over, or to rejoice over?
        self.places, self.homes = {}, {}  # actor -> slot; None on the way; no entry: not yet seen
        self.holders, self.captors = {}, {}
        self.known_things = self.eaten = self.dead = self.married = self.away = frozenset()
        self.wishes = []  # (who, field, slot)
        self.seen = frozenset()  # places
        self.topics = frozenset()  # who and what has been told of
        self.last, self.past, self.often = None, frozenset(), Counter()

    # --- what may come next

    def next_beats(self, lock=None):
        """Every (who, does, whom, thing, where) that may come next.

        Args:
            lock: field -> value that the beat must have, or None.

        Returns:
            list of tuples; empty at a dead end.
        """
        rows, can_end = self.candidates(lock)
        return list(filter(can_end, rows))

    def candidates(self, lock=None):
        """What may happen next, whether or not the story can end after it.

        Args:
            lock: as of `next_beats`.

        Returns:
            list of tuples; and a function that says of each whether what it leaves open can be settled in time, which
            takes much longer than to list them.
        """
        lock = lock or {}
        rows = [row for row in self._possible(lock) if row not in self.past and self._linked(row)]
        if lock:
            asked = [(NAMED.index(field), value) for field, value in lock.items()]
            rows = [row for row in rows if all(row[at] == value for at, value in asked)]
        left, debts = self.length - self.number - 1, self.debts()
        return rows, lambda row: self._can_still_end(row, left, debts)

    def _possible(self, lock):
        for who in self.cast:
            if who in self.dead or lock.get("who", who) != who:
                continue
            for deed in DEEDS:
                if lock.get("does", deed) == deed and self._may(who, deed):
                    for whom, thing in self._objects(who, deed):
                        for where in self._wheres(who, deed, whom):
                            yield who, deed, whom, thing, where

    def _linked(self, row):
        """Whether a beat is about somebody or something that has been told of, and does not end the story too soon."""
        who, deed, whom, thing, _ = row
        if self.number and not self.topics & {who, whom, thing}:
            return False
        if self.goal in self.wishes and (self.number < self.length // 2 or not self.trouble):
            return not self._settled(self.goal, who, deed, whom, thing)
        return True

    def _may(self, who, deed):
        """Whether somebody can do something of the kind at all."""
        if who in self.captors and deed not in BOUND or self.last == (who, deed):
            return False
        if self.often[deed] >= OFTEN + 2 * (deed in ("arrive", "find", "meet")):
            return False
        if self.number == 0:
            return deed in ("live", "want") and who == "hero"
        if self.number >= self.length // 3 and not self.goal:
            return deed == "want" and who == "hero"
        if who == "crowd" and (deed in NOT_FOR_CROWDS or (self.crowd_beats + 1) * 4 > self.length):
            return False
        if who == "villain" and deed in ("help", "free", "marry", "give"):
            return False
        if deed == "die":
            return who in self.hurt and (who != "hero" or self.number == self.length - 1)
        if deed == "weep" and not self.trouble or deed == "rejoice" and not self.good:
            return False
        if deed == "return":
            return who in self.away
        if deed == "flee":
            seen = self.places.keys()
            enemies = seen - {"villain", "crowd"} if who == "villain" else seen & {"villain"}
            return who in self.captors or bool(enemies)
        # once somebody has been seen, it is not told again where they live, but at the end
        return deed != "live" or who not in self.places or self.number == self.length - 1

    def _objects(self, who, deed):
        """Pairs (whom, thing) that a deed may have."""
        others = [one for one in self.cast if one != who and one not in self.dead]
        if deed in (*HOSTILE, "cast") and not self.harm:
            others = [one for one in others if one != "villain"]
        # a story is about few things
        asked = {slot for field, slot in self.must if field == "thing"}
        few = len(self.known_things) < 2 + self.length // 8
        about = THINGS if few else sorted(self.known_things | asked)
        free = [thing for thing in about if thing not in self.holders and thing not in self.eaten]
        mine = [thing for thing in THINGS if self.holders.get(thing) == who]
        some = [one for one in others if one != "crowd"]
        if deed in ("go", "eat", "hide"):
            only = {"go": ("mount",), "eat": ("food",), "hide": mine}[deed]
            bare = () if deed == "eat" else ((None, None),)
            return [*bare, *((None, thing) for thing in mine if thing in only)]
        if deed in ("strike", "slay"):
            foes = [one for one in others if (one == "villain") != (who == "villain")]
            foes = [one for one in foes if one != "crowd" or deed == "strike"]
            if deed == "slay" and self.number < self.length - 1:
                foes = [one for one in foes if one != "hero"]
            return [(foe, thing) for foe in foes for thing in (None, *(t for t in mine if t == "tool"))]
        if deed == "capture":
            return [(one, None) for one in some if (one == "villain") != (who == "villain") and one not in self.captors]
        if deed == "free":
            return [(one, None) for one in some if one in self.captors]
        if deed == "marry":
            single = [one for one in some if one != "villain" and one in self.places and one not in self.captors]
            return [(one, None) for one in single if not {who, one} & self.married]
        if deed == "take":
            theirs = [(self.holders[thing], thing) for thing in self.holders if self.holders[thing] in others]
            theirs = [(one, thing) for one, thing in theirs if one != "villain" or self.beaten]
            return [*((None, thing) for thing in free), *theirs]
        if deed == "make":
            return [(None, thing) for thing in free if thing not in self.known_things and thing in MADE]
        absent = [thing for thing in about if thing not in mine and thing not in self.eaten]
        wanted = [one for one in some if one != "villain"]
        return {
            "give": [(one, thing) for one in wanted for thing in mine],
            "lose": [(None, thing) for thing in mine],
            "find": [*((None, thing) for thing in free), *((one, None) for one in some)],
            "see": [*((None, thing) for thing in absent), *((one, None) for one in others)],
            "want": [*((None, thing) for thing in absent), *((one, None) for one in wanted)],
            "ask": [(one, thing) for one in others for thing in (None, *absent)],
            "tell": [(one, None) for one in others],
            "cast": [(one, None) for one in others if who == "helper" or (who == "villain") != (one == "villain")],
            "meet": [(one, None) for one in others],
            "help": [(one, None) for one in others if one != "villain"],
        }.get(deed, [(None, None)])

    def _wheres(self, who, deed, whom):
        """Places that a beat may name."""
        new = who not in self.places
        here = self.places.get(who)
        if deed == "want":
            return (None,)
        if deed == "return":
            return (None, self.homes.get(who, "home"))
        if deed in ("go", "arrive", "flee"):
            elsewhere = [place for place in self._near() if place != here]
            return elsewhere if deed == "arrive" else (None, *elsewhere)
        there = self.places.get(whom) if deed in TOGETHER else None
        if not new and here is not None and there is not None and here != there:
            return ()  # they are apart
        if not new and here is None:
            return () if deed == "live" else (None,)  # on the way: no place is reached by naming it
        places = self._near() if new and there is None else [place for place in (here, there) if place is not None]
        return tuple(dict.fromkeys(places)) if deed == "live" else (None, *dict.fromkeys(places))

    def _near(self):
        """A story has few places."""
        asked = {slot for field, slot in self.must if field == "where"}
        return PLACES if len(self.seen) < 2 + self.length // 5 else sorted(self.seen | asked)

    # --- debts

    def _can_still_end(self, row, left, debts):
        """Whether what is open after a beat can be settled in the beats that are left."""
        who, deed, *_ = row
        hero_beats = self.hero_beats + (who == "hero")
        if left == 0:
            closes = deed == "rejoice" if who == "crowd" else deed in CLOSING and who != "villain"
            return closes and hero_beats * 3 >= self.length and self.after(row).debts() <= 0
        if deed in IDLE and who in self.places and (debts < left or who != "hero" and not self.must):
            return debts < left  # it settles nothing and opens nothing
        # only where it is tight the world after the beat is looked at
        opened = 2 + len(self.wishes) + (deed == "want")
        return debts + opened < left or self.after(row).debts() < left

    def debts(self):
        """How many beats it takes to settle what is open; some beat lowers it by one whenever it is above zero."""
        others = len(self.captors.keys() - {"villain"})
        if not self.trouble:
            # the villain's blow; before it a way to go, and after it perhaps the hero is farther from what is wanted
            far = self.goal in self.wishes and (self.goal[1] == "whom" or self.goal[2] in self.holders)
            others += 1 + ("villain" in self.dead) + self._apart("villain", "hero") + far
        for _, slot in self.must:
            single = [one for one in self.places if one not in ("villain", "crowd", *self.married, *self.dead)]
            meet = any(one != other and not self._apart(one, other) for one in single for other in single)
            others += 2 if slot == "marry" and not meet else 1
        heros = 4 * (self.goal is None)
        for wish in self.wishes:
            if wish[0] == "hero":
                heros += self._cost(wish)
            else:
                others += self._cost(wish)
        # the hero does a third of all, the last beat perhaps
        lacking = -(-self.length // 3) - self.hero_beats
        return others + max(heros, lacking - 1)

    def _cost(self, wish):
        """To get it, before that to go there, and before that to beat a villain."""
        who, field, slot = wish
        keeper = slot if field == "whom" else self.holders.get(slot)
        return 1 + self._apart(who, keeper) + (field == "thing" and keeper == "villain" and not self.beaten)

    def _apart(self, one, other):
        here, there = self.places.get(one), self.places.get(other)
        return bool(here and there and here != there)

    def distance(self, lock):
        """At least how many beats lie before a beat that is wanted; 99 where it cannot be any more."""
        who, deed, whom, thing, where = (lock.get(field) for field in ("who", "does", "whom", "thing", "where"))
        here, there = self.places.get(who), self.places.get(whom)
        if {who, whom} & self.dead or thing in self.eaten or deed == "make" and thing in self.known_things:
            return 99
        if deed == "marry" and self.married & {who, whom}:
            return 99
        owns = ("give", "lose", "hide", "strike", "slay", "go", "eat")
        apart = deed in TOGETHER and whom and here and there and here != there
        holder = self.holders.get(thing)
        return sum(
            map(
                bool,
                (
                    who in self.captors and deed not in BOUND,
                    deed == "free" and not (whom in self.captors if whom else self.captors),
                    deed == "capture" and whom in self.captors,
                    thing and deed in owns and (holder != who if who else holder is None),
                    thing and deed == "find" and holder,
                    thing and deed == "take" and whom and holder != whom,
                    thing and deed in ("want", "ask") and holder and holder == who,
                    where and deed in STAYING and who in self.places and here != where,
                    apart,
                    deed == "arrive" and here and here == where,
                    deed == "marry" and whom and whom not in self.places,
                    deed == "return" and not (who in self.away if who else self.away),
                    deed == "flee" and not self.captors and self.places.keys() <= {who, "crowd"},
                ),
            )
        )

    # --- what a beat changes

    def after(self, row):
        """The world after a beat; this one stays as it is."""
        world = World.__new__(World)
        changed = ("places", "homes", "holders", "captors", "often", "wishes")
        world.__dict__.update(self.__dict__, **{name: getattr(self, name).copy() for name in changed})
        world.happen(*row)
        return world

    def happen(self, who, deed, whom, thing, where):
        self.number += 1
        self.hero_beats += who == "hero"
        self.crowd_beats += who == "crowd"
        self.topics |= {who, whom, thing} - {None}
        self.seen |= {where} - {None}
        self.last = (who, deed)
        self.past |= {(who, deed, whom, thing, where)}
        self.often[deed] += 1
        self.must -= {("who", who), ("who", whom), ("does", deed), ("thing", thing), ("where", where)}
        self._move(who, deed, whom, where)
        if deed in ("find", "take", "make") and thing:
            self.holders[thing] = who
        elif deed == "give":
            self.holders[thing] = whom
        elif deed in ("lose", "eat") and thing:
            del self.holders[thing]
            self.eaten |= {thing} if deed == "eat" else set()
        if thing:
            self.known_things |= {thing}
        if deed == "capture":
            self.captors[whom] = who
        elif deed == "marry":
            self.married |= {who, whom}
        self.captors.pop(whom if deed == "free" else who if deed == "flee" else None, None)
        for gone in (who,) if deed == "die" else (whom,) if deed == "slay" else ():
            self.dead |= {gone}
            self.captors.pop(gone, None)
            self.holders = {thing: holder for thing, holder in self.holders.items() if holder != gone}
        self.beaten |= whom == "villain" and deed in ("strike", "cast", "capture")
        self.beaten |= (who, deed) == ("villain", "sleep")
        if deed in ("capture", "strike", "cast"):
            self.hurt |= {whom}
        self.harm |= who == "villain" and deed in ("capture", "strike", "cast", "slay", "take")
        self.trouble |= who == "villain" and deed in ("capture", "strike", "cast", "slay")
        self.trouble |= who != "villain" and deed in ("lose", "die") or deed == "take" and whom not in (None, "villain")
        self.good |= deed in ("free", "marry", "give", "find", "help", "return")
        self.good |= deed in ("slay", "die") and "villain" in self.dead
        self.wishes = [wish for wish in self.wishes if not self._settled(wish, who, deed, whom, thing)]
        if deed == "want":
            self.wishes.append((who, "thing", thing) if thing else (who, "whom", whom))
            if who == "hero" and not self.goal:
                self.goal = self.wishes[-1]

    def _move(self, who, deed, whom, where):
        if deed in ("go", "arrive", "flee", "return"):
            self.places[who] = where or (self.homes.get(who, "home") if deed == "return" else None)
            self.away |= {who}
        elif deed != "want" and where:
            self.places[who] = where
        if deed == "live" and where:
            self.homes[who] = where
        if whom and deed in TOGETHER:
            place = self.places.get(who) or self.places.get(whom)
            if place:
                self.places[who] = self.places[whom] = place

    def _settled(self, wish, who, deed, whom, thing):
        """Whether a beat settles a wish; asked before it happens as well as after."""
        wisher, field, slot = wish
        if wisher in self.dead or slot in self.dead or slot in self.eaten:
            return True
        if (deed, whom) == ("slay", wisher) or (deed, who) == ("die", wisher):
            return True
        if field == "thing":
            gets = whom if deed == "give" else who if deed in ("find", "take", "make") else None
            return (thing, gets) == (slot, wisher) or (thing, deed) == (slot, "eat")
        if (deed, whom) == ("slay", slot) or (deed, who) == ("die", slot):
            return True
        return {who, whom} == {wisher, slot} and deed in GETTING
