"""Which effects a shot is given, and where and when: plain rules, no network. Networks then make what is asked for."""

from typing import NamedTuple

import numpy as np

from animkit.studio.blocking import APART, MIDDLE, deeds, leader, pace, way_of
from animkit.studio.painting import FLOOR, HEIGHT
from animkit.studio.storyboard import words

HEARTHS = {"inn", "hearth", "kitchen", "fireplace", "oven", "smithy", "tavern"}  # where a fire burns
LONGEST = 16  # frames of what begins and ends
_STRIDE = 8  # frames from one puff of dust to the next
_BEHIND = 4  # rows: what burns stands a little behind the actors


class Cue(NamedTuple):
    """One effect that a shot asks for."""

    kind: str  # of `animkit.data.effects.KINDS`
    why: str  # as the film's record says it
    start: int  # frame of the shot
    frames: int  # that it is on stage
    places: np.ndarray  # (frames, 2): its middle column, and the row it stands on
    one_shot: bool = False  # begins and ends with nothing; else a loop
    amount: float = 1.0
    wind: float = 0.0
    everywhere: bool = False  # side by side over the whole stage


def cue_effects(shot, frames):
    """Reads from a shot which effects belong on its stage.

    Args:
        shot: `animkit.studio.storyboard.Shot`.
        frames: how long it takes.

    Returns:
        List of Cues.
    """
    cues = []
    if shot.action == "slash" and shot.target and shot.mood != "vain":
        cues.append(_burst("dust", "the blow lands", shot, frames, amount=1.0))
    if shot.action == "spellcast" and shot.target:
        cues.append(_burst("magic", "the spell takes hold", shot, frames, amount=1.2))
        cues.append(_at_hands(shot, frames))
    moves = shot.action in ("walk", "run")
    if moves and shot.direction != "front" and shot.effect not in ("rain", "storm", "snow"):
        cues += _at_heels(shot, frames)
    if shot.effect == "fire" or HEARTHS & set(words(shot.sentence)):
        cues.append(_fixed("fire", "a fire burns there", shot, frames, amount=1.5))
    elif shot.effect in ("rain", "storm"):
        wind = 0.6 if shot.effect == "storm" else 0.2
        places = _still(MIDDLE, HEIGHT, frames)
        cues.append(Cue("rain", f"there is {shot.effect}", 0, frames, places, wind=wind, everywhere=True))
    elif shot.effect == "magic" and not _busy(shot):
        cues.append(_fixed("portal", "there is magic about", shot, frames, amount=1.3))
    elif shot.time == "night" and shot.place != "shore" and not _busy(shot):
        cues.append(_fixed("fire", "a fire at night", shot, frames, amount=1.2))
    return cues


def rolls_a_ball(shot):
    """Whether a ball comes bouncing by: where people are merry and have room, or where one is spoken of."""
    at_play = shot.mood == "merry" and shot.place in ("village", "meadow")
    return shot.action is None and shot.target is None and (at_play or "ball" in words(shot.sentence))


def _busy(shot):
    """Whether the stage is crossed or fought on, so that nothing burns in the middle of it."""
    return shot.action in ("walk", "run", "slash", "spellcast", "free", "hide", "thing")


def _burst(kind, why, shot, frames, *, amount):
    """Where the second deed tells, at the feet of whom it is aimed at."""
    start = deeds(frames)[1] + 4
    length = min(LONGEST, frames - start)
    column = MIDDLE + way_of(shot) * APART[1]
    return Cue(kind, why, start, length, _still(column, FLOOR + 1, length), one_shot=True, amount=amount)


def _at_hands(shot, frames):
    start = deeds(frames)[0]
    length = min(LONGEST, frames - start)
    column = MIDDLE - way_of(shot) * (APART[0] - 7)
    places = _still(column, FLOOR - 4, length)
    return Cue("sparkle", "a spell sparkles", start, length, places, one_shot=True, amount=0.7)


def _at_heels(shot, frames):
    """Dust where the leader has just walked: it stays behind while the camera goes on."""
    way, length = way_of(shot), 12
    cues, stride = [], _STRIDE if shot.action == "walk" else _STRIDE // 2
    for start in range(4, frames - length, stride):
        column = leader(shot, start, frames) - way * 6
        places = _still(column, FLOOR + 1, length) - np.outer(np.arange(length), [way * pace(shot), 0])
        cues.append(Cue("dust", "steps raise dust", start, length, places, one_shot=True, amount=0.8, wind=-0.4 * way))
    return cues


def _fixed(kind, why, shot, frames, *, amount):
    """Beside the people; in a walk the camera leaves it behind."""
    places = _still(MIDDLE + 44, FLOOR - _BEHIND, frames)
    if shot.action in ("walk", "run") and shot.direction != "front":
        drift = np.arange(frames) - frames / 2
        places = places - np.outer(drift, [way_of(shot) * pace(shot), 0])
    return Cue(kind, why, 0, frames, places, amount=amount)


def _still(column, row, frames):
    return np.tile(np.array([column, row], float), (frames, 1))
