"""One character on the stage: what it feels, where it stands and walks, what it does, and what it decides by a rule."""

import math
from dataclasses import dataclass, field
from typing import NamedTuple

from animkit.theory.mood import TRAITS, Trait, make_trait, name_of

EDGE, APART = 0.06, 0.11  # stage widths kept to the edge, and to each other
WALK = 0.22  # stage widths a second at a pace of 1
READ = 14.0  # characters a second: how long a line stays


class Reaction(NamedTuple):
    """What a character does, from when on.

    Attributes:
        who: its name.
        at: seconds; may lie ahead of the moment in which it is decided.
        action: one of `animkit.studio.reactions.ACTIONS`.
        target: (x, y) where it goes or looks, the name of another character, or "audience".
        pace: times as fast as usual.
        gesture: one of GESTURES.
        gaze: one of GAZES.
        seconds: that it lasts; None until something else is done.
        line: what is said, or "".
        by: who wrote the line, "narrator" or "template"; "" without one.
        why: dict with "event", "rule", "mood" (its name) and "feels" (valence, arousal, dominance); for words
            also "heard", "words" (those that the reader looked at most, with weights), "emotion", "probability",
            "push", "strength", "before" (the mood before them) and "folded" (messages that are answered at once).
    """

    who: str
    at: float
    action: str
    target: object
    pace: float
    gesture: str
    gaze: str
    seconds: float | None
    line: str
    by: str
    why: dict


@dataclass
class Sentient:
    """A character that feels.

    Attributes:
        name: by which it is spoken to.
        trait: one of `animkit.theory.mood.TRAITS`, which rules may ask for.
        place: (x, y) as shares of the stage, from the left and from the top.
        mood: (valence, arousal, dominance); None is at home.
        feels: `Trait`, the trait's unless given.
        facing: -1 to the left, 1 to the right.
        action, gesture, gaze, pace, saying: what it does and says just now.
    """

    name: str
    trait: str = "cheerful"
    place: tuple = (0.5, 0.8)
    mood: tuple | None = None
    feels: Trait | None = None
    facing: int = 1
    action: str = "idle"
    gesture: str = "none"
    gaze: str = "audience"
    pace: float = 1.0
    saying: str = ""
    goal: float | None = field(default=None, repr=False)  # x to which it walks
    until: float = field(default=0.0, repr=False)  # seconds; inf while at rest
    silent: float = field(default=0.0, repr=False)  # seconds at which the line goes
    began: float = field(default=-9.0, repr=False)  # seconds at which it last answered words
    noticed: float = field(default=-9.0, repr=False)  # and first looked up at them
    glanced: float = field(default=-9.0, repr=False)
    stood: tuple = field(default=(), repr=False)  # its place at first
    near: bool = field(default=False, repr=False)
    named: str = field(default="", repr=False)  # the mood's name when it was last looked at

    def __post_init__(self):
        if not isinstance(self.name, str) or not self.name.strip() or len(self.name) > 40:
            raise ValueError(f"a character has a name of 1 to 40 letters; got {self.name!r:.60}")
        if self.trait not in TRAITS:
            raise ValueError(f"{self.name}'s trait {self.trait!r} is none of {', '.join(TRAITS)}")
        self.feels = make_trait(*(self.feels or TRAITS[self.trait]))
        self.place = tuple(map(float, self.place))
        if len(self.place) != 2 or not all(0.0 <= x <= 1.0 for x in self.place):
            raise ValueError(f"{self.name}'s place is (x, y), each from 0 to 1; got {self.place}")
        self.mood = tuple(map(float, self.feels.home if self.mood is None else self.mood))
        self.named, self.stood = name_of(self.mood), self.place

    def begins(self):
        """Tell what makes this character again, as JSON holds it."""
        return {
            "name": self.name,
            "trait": self.trait,
            "place": list(self.place),
            "mood": list(self.mood),
            "feels": [list(self.feels.home), *self.feels[1:]],
            "facing": self.facing,
        }

    def far_from(self, point):
        """Measure how far a point is, in stage widths; inf for None."""
        return math.inf if point is None else math.dist(self.place, point)

    def walk(self, seconds):
        """Walk towards the goal for a while."""
        if self.goal is None:
            return
        x, y = self.place
        left, step = self.goal - x, WALK * self.pace * seconds
        if abs(left) <= step:
            self.place, self.goal = (self.goal, y), None
        else:
            self.facing = 1 if left > 0 else -1
            self.place = (x + math.copysign(step, left), y)

    def obey(self, reaction):
        """Begin what a reaction says; a look turns the head of who walks, and stops nobody."""
        at = reaction.at
        self.gesture, self.gaze = reaction.gesture, reaction.gaze
        if reaction.line:
            self.saying, self.silent = reaction.line, at + max(2.0, len(reaction.line) / READ)
        if reaction.action == "look" and self.goal is not None:
            return
        self.action, self.pace, self.goal = reaction.action, reaction.pace, None
        self.until = math.inf if reaction.seconds is None else at + reaction.seconds
        if isinstance(reaction.target, tuple):
            x = reaction.target[0]
            if reaction.action in ("approach", "flee"):
                self.goal = x
            elif abs(x - self.place[0]) > 0.01:
                away = reaction.gaze == "away"
                self.facing = 1 if (x > self.place[0]) != away else -1

    def at_rest(self):
        """Tell whether nothing is being done that has an end."""
        return self.until == math.inf


def where_to(one, action, target, distance, others):
    """Find where an approach or a flight ends.

    Args:
        one: `Sentient`.
        action: "approach" or "flee".
        target: (x, y) to which or from which.
        distance: that is kept to it, or put between, stage widths.
        others: `Sentient`s, beside whom there must be room.

    Returns:
        x, within the stage.
    """
    x = one.place[0]
    side = math.copysign(1.0, x - target[0]) if abs(x - target[0]) > 1e-6 else float(-one.facing)
    goal = x + side * distance if action == "flee" else target[0] + side * min(distance, abs(x - target[0]))
    for other in sorted(others, key=lambda other: abs(other.place[0] - x)):
        taken = other.place[0] if other.goal is None else other.goal
        if abs(goal - taken) < APART:
            goal = taken + math.copysign(APART, x - taken if x != taken else side)
    return min(1.0 - EDGE, max(EDGE, goal))
