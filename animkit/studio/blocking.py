"""The stage of one shot: who stands where, frame by frame, and what burns, sparkles or rolls beside them."""

from functools import partial
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from animkit.data.fairytales import CREATURES
from animkit.data.sprites import ACTION_DIRECTIONS
from animkit.studio import backdrop, stage_art
from animkit.studio.painting import FLOOR
from animkit.studio.things import draw_thing, hand_of

MIDDLE = 80  # column in the middle of the stage
SCALE = 4  # screen pixels per art pixel: 160 x 90 -> 640 x 360
APART = (22, 26)  # columns from there to who acts, and to whom it is aimed at
PACE, RUN = 0.9, 1.7  # columns a frame at which the camera follows a walk, and a run
STEPS = {"walk": 1.0, "run": 1.7}  # frames of the sprites for one of the film
RAISED = 4  # frame of a spell in which arms, paws or wings are up
FORWARD = 16  # frames in which who only stands there comes forward
NEAR = 15  # columns from the middle to each of two who talk
HELD_OUT = 5  # columns from a hand to the middle of what it holds
ORB_AHEAD = 3  # columns from a hand to the middle of the magic that gathers there
LEAN = 4  # columns that the head of who runs is before the feet
_LAST = 6  # frames at a shot's end, lost in the cut: nothing begins there


DEEDS = {"slash": "strike", "spellcast": "cast"}  # what the film calls an action of the sprites; a walk is a walk


class Seen(NamedTuple):
    """Somebody in one frame of the film."""

    who: str
    box: tuple  # left, top, right, bottom of what is visible, screen pixels, half open
    action: str  # walk, run, carry, stand, sit, strike, cast, reel, hide, cheer, lie, eat, make
    facing: str  # left, right, front


class Mark(NamedTuple):
    """Where somebody stands in one frame, and how."""

    who: str
    action: str  # of the sprites
    direction: str
    frame: int
    column: float
    row: float = FLOOR
    does: str | None = None  # what the film calls it
    shows: object = None  # a sprite to be shown in the place of that frame


class Staged(NamedTuple):
    """A shot as it is played: its frames, and for each a tuple of whom one sees in it."""

    frames: np.ndarray  # (n, height, width, 3) uint8
    seen: list


class Extra(NamedTuple):
    """What is on stage beside the actors: an effect or a thing, wherever it is in each of its frames."""

    frames: np.ndarray  # (n, height, width, 4) uint8
    places: np.ndarray  # (n, 2): its middle column, and the row it stands on
    start: int  # frame of the shot in which it begins
    glows: bool  # fire and magic keep their colours whatever the hour
    why: str  # as the film's record says it


def play(shot, clips, *, frames, extras=(), light=None, seed=0):
    """Plays one shot on its painted stage.

    Args:
        shot: `animkit.studio.storyboard.Shot`.
        clips: name -> (9, frames, height, width, 4) uint8 in the order of ACTION_DIRECTIONS.
        frames: how long it takes.
        extras: Extras.
        light: `animkit.studio.stage_light.StageLight`, or None for the hour's tint alone.
        seed: of the painted place and the sparks.

    Returns:
        Staged: (frames, 90, 160, 3) uint8, and who is where.
    """
    painted = backdrop.backdrop(shot.place, shot.time, weather=shot.effect, seed=seed)._replace(light=light)
    block = _BLOCKS.get(shot.action, _tableau)
    spark = [seed, *shot.sentence.encode()]
    pictures, seen = [], []
    for tick in range(frames):
        rng = np.random.default_rng([tick, *spark])
        camera, marks, others, draw_on = block(shot, clips, tick, frames)
        actors = [*_on_stage(extras, tick), *_figures(shot, clips, marks), *others]
        picture, whose = backdrop.look(painted, camera=camera, tick=tick, actors=actors)
        every, first = stage_art.FLASH
        if shot.effect == "storm" and tick % every in (first, first + 2):
            picture = stage_art.flash(picture, whose, np.random.default_rng([tick // every, *spark]))
        if shot.effect in ("snow", "wind"):
            picture = stage_art.blow(picture, tick, shot.effect)
        boxes = {number: box_of(whose == number, SCALE) for number in np.unique(whose) if number}
        people = ((actors[number - 1], box) for number, box in boxes.items())
        pictures.append(draw_on(picture, rng) if draw_on else picture)
        seen.append(tuple(Seen(actor.who, box, actor.action, actor.facing) for actor, box in people))
    return Staged(np.stack(pictures), seen)


def box_of(mask, scale):
    """Left, top, right and bottom of what is true in a mask, (height, width), times a scale; None if nothing is."""
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    if not len(rows):
        return None
    return tuple(int(scale * edge) for edge in (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1))


def deeds(frames):
    """Frames in which somebody who acts begins: twice, and the second time it tells."""
    return 7, 7 + (frames - _LAST - 14) // 2


def way_of(shot):
    """1 for who acts or walks to the right or towards us, -1 to the left."""
    return -1 if shot.direction == "left" else 1


def leader(shot, tick, frames):
    """Column of who walks first across the stage."""
    return MIDDLE + way_of(shot) * (14 + 34 * (tick / frames - 0.5))


def pose(clips, name, action, direction, frame, column, row=FLOOR, does=None):
    """Somebody in one frame of an action, as an Actor; `does` is what the film calls it."""
    clip = clips[name][ACTION_DIRECTIONS.index(f"{action} {direction}")]
    told = {"who": name, "action": does or DEEDS.get(action, action), "facing": direction}
    return backdrop.Actor(clip[frame % len(clip)].copy(), int(round(column)), int(round(row)), **told)


def columns(count, middle, gap=26):
    """Where so many stand side by side."""
    return [middle + gap * (i - (count - 1) / 2) for i in range(count)]


def _on_stage(extras, tick):
    actors = []
    for extra in extras:
        since = tick - extra.start
        if 0 <= since < len(extra.frames):
            column, row = np.rint(extra.places[since]).astype(int)
            actors.append(backdrop.Actor(extra.frames[since], column, row, tinted=not extra.glows, shadow=False))
    return actors


def _stand(name, direction, column, row=FLOOR, does="stand"):
    """At rest: a spell begins with both feet on the ground."""
    return Mark(name, "spellcast", direction, 0, column, row, does)


def _figures(shot, clips, marks):
    """Actors for marks, each with what is in its hand."""
    actors, holds = [], dict(shot.holds)
    for mark in marks:
        thing = _handy(holds.get(mark.who))
        does = mark.does or DEEDS.get(mark.action, mark.action)
        free = mark.action != "slash" and does not in ("cast", "reel", "lie")
        does = "carry" if thing is not None and does in ("walk", "stand") else does
        actor = pose(clips, mark.who, mark.action, mark.direction, mark.frame, mark.column, mark.row, does)
        actors.append(actor if mark.shows is None else actor._replace(sprite=mark.shows))
        if thing is not None and free:
            actors.append(_by_hand(mark, thing))
    return actors


def _handy(words):
    """A thing as it is handled, with a pale rim by which it is seen before any dress; None for what has no drawing."""
    thing = draw_thing(words or "")
    return None if thing is None else stage_art.rim(thing)


def _by_hand(mark, thing):
    """A thing in somebody's hand, held out from the body."""
    column, row = hand_of(mark.action, mark.direction, mark.frame, mark.who)
    ahead = {"left": -HELD_OUT, "front": -HELD_OUT, "right": HELD_OUT}[mark.direction]
    return _about(mark, thing, column + ahead, row - thing.shape[0] / 2 + 3)


def _about(mark, picture, column, row):
    """A picture at a place of somebody's cell, in front of them."""
    place = int(round(mark.column)), int(round(mark.row))
    return backdrop.Actor(stage_art.in_cell(picture, column, row), *place, shadow=False)


def _above(mark, picture):
    """A bubble over somebody's head, never lit."""
    width, height = picture.shape[1], picture.shape[0]
    return _about(mark, picture, 21 + width / 2, 1 - height / 2)._replace(tinted=False)


def _lying(picture, column, row=FLOOR + 1):
    """A thing on the ground."""
    return backdrop.Actor(picture, int(round(column)), int(round(row)), shadow=True)


def _arc(picture, start, end, share, high=10):
    """A thing on its way through the air from (column, row) to (column, row)."""
    column, row = np.add(np.multiply(start, 1 - share), np.multiply(end, share))
    flying = backdrop.Actor(picture, int(round(column)), FLOOR + 2, shadow=False)
    lift = int(round(FLOOR + 2 - row + high * np.sin(np.pi * share)))
    return flying._replace(sprite=np.concatenate([picture, np.zeros((max(lift, 0), *picture.shape[1:]), np.uint8)]))


def _hand_place(mark):
    """Column and row of the stage where somebody's hand is."""
    column, row = hand_of(mark.action, mark.direction, mark.frame, mark.who)
    return mark.column - 16 + column, mark.row - 32 + row + 4


def _tableau(shot, clips, tick, count):
    """They come forward and stand. They jump for joy once all is well, a creature threatens, somebody weeps."""
    marks, others = [], []
    glad = shot.action == "cheer" or (shot.action is None and shot.mood == "merry")
    for i, (name, column) in enumerate(zip(shot.company, columns(len(shot.company), MIDDLE), strict=True)):
        row = FLOOR - (FORWARD - min(tick, FORWARD)) // 3 + i % 2
        beat = (tick - 18 - 3 * i) % 14
        restless = tick >= 18 + 3 * i and beat < 8
        if tick < FORWARD:
            marks.append(Mark(name, "walk", "front", tick, column, row))
        elif restless and glad:
            marks.append(_joy(name, beat, column, row))
        elif restless and shot.company[0] in CREATURES and not shot.how and shot.action is None:
            marks.append(Mark(name, "slash", "front", beat, column, row))
        else:
            facing = "right" if shot.how == "seen" and shot.thing else "front"
            marks.append(_stand(name, facing, column, row, "cheer" if glad and tick >= 18 else "stand"))
    wish = _wish(shot, clips) if shot.how == "wished" and tick >= 14 else None
    if wish is not None:
        others.append(_above(marks[0], stage_art.bubble(wish)))
    if shot.how == "seen" and (thing := draw_thing(shot.thing)) is not None:
        others.append(_lying(thing, MIDDLE + 30, FLOOR))
    if shot.action == "weep" and tick >= 16:
        tear = np.array([[(90, 170, 240, 255)] * 2, [(90, 170, 240, 255)] * 2, [(225, 244, 255, 255)] * 2], np.uint8)
        drops = ((11, 0), (11, 5), (20, 3), (20, 8))
        others += [_about(marks[0], tear, at, 16 + (tick + late) % 10)._replace(tinted=False) for at, late in drops]
    return 60, marks, others, None


def _joy(name, beat, column, row=FLOOR, *, way="front"):
    """Eight frames of a jump with both arms up, counted by `beat`, and what rest is after it."""
    if beat >= 8:
        return _stand(name, way, column, row, "cheer")
    return Mark(name, "spellcast", way, beat, column, row - 7 * np.sin(np.pi * beat / 8), "cheer")


def _wish(shot, clips):
    """What somebody thinks of: a thing, or somebody's head."""
    if shot.thing in clips:
        head = clips[shot.thing][ACTION_DIRECTIONS.index("spellcast front"), 0]
        rows = np.flatnonzero(head[..., 3].any(axis=1))
        head = head[rows[0] : rows[0] + 15]
        return head[:, head[..., 3].any(axis=0)]
    return draw_thing(shot.thing or "")


def _walk(shot, clips, tick, count):
    """Across the stage with the camera following, or from afar to the footlights; a run is faster, and bobs."""
    gait = shot.action
    step = int(tick * STEPS[gait])
    if shot.direction == "front":
        there = int(count * 0.85)
        row = FLOOR + 1 - 14 * max(0, 1 - tick / there)
        marks = []
        for i, (name, column) in enumerate(zip(shot.company, columns(len(shot.company), MIDDLE, gap=24), strict=True)):
            stands = _stand(name, "front", column, row - 2 * (i % 2))
            walks = Mark(name, "walk", "front", step + 3 * i, column, row - 2 * (i % 2))
            marks.append(walks if tick < there else stands)
        return 72, marks, [], None
    way, lead = way_of(shot), leader(shot, tick, count)
    bob = 2 * (step % 4 in (1, 2)) if gait == "run" else 0
    marks = [
        Mark(name, "walk", shot.direction, step + 3 * i, lead - way * 25 * i, FLOOR - 2 * i - bob)
        for i, name in enumerate(shot.company)
    ]
    marks = [_running(clips, mark) for mark in marks] if gait == "run" else marks
    others = [_above(marks[0], stage_art.bubble(stage_art.sign("fear"), thought=False))] if gait == "run" else []
    return 80 + way * (tick - count / 2) * pace(shot), marks, others, None


def _running(clips, mark):
    """Somebody who walks, as a runner: leaning to where they go."""
    clip = clips[mark.who][ACTION_DIRECTIONS.index(f"walk {mark.direction}")]
    way = -1 if mark.direction == "left" else 1
    return mark._replace(does="run", shows=stage_art.lean(clip[mark.frame % len(clip)], way * LEAN))


def pace(shot):
    """Columns a frame at which the camera follows who walks or runs."""
    return RUN if shot.action == "run" else PACE


def _meet(shot, tick):
    """Two come towards each other and stand face to face: their marks."""
    far = 1.6 * max(0, 12 - tick)
    marks = []
    for name, side, facing in zip(shot.company, (-1, 1), ("right", "left"), strict=False):
        column = MIDDLE + side * (NEAR + far)
        marks.append(Mark(name, "walk", facing, tick, column) if far else _stand(name, facing, column))
    return marks


def _talk(shot, clips, tick, count):
    """Face to face; who speaks nods, and has a bubble; a couple has a heart between them."""
    marks, others = _meet(shot, tick), []
    if tick >= 14:
        if shot.how == "heart":
            late = (14, 18)  # one jumps while the other lands
            marks = [
                _joy(mark.who, (tick - first) % 12, mark.column, way=mark.direction)
                for mark, first in zip(marks, late, strict=False)
            ]
            heart = stage_art.sign("heart")
            others.append(_about(_stand("", "front", MIDDLE), heart, 16, 2 - (tick // 4) % 2)._replace(tinted=False))
        else:
            marks[0] = marks[0]._replace(row=marks[0].row - (tick // 4 % 2))
        if shot.how in ("speaks", "heard"):
            said = draw_thing(shot.thing or "")
            said = stage_art.sign("speaks") if said is None else said
            speaker = _stand("", "right", MIDDLE + NEAR - 4) if shot.how == "heard" else marks[0]
            others.append(_above(speaker, stage_art.bubble(said, thought=False)))
    return 60, marks, others + (_crowd(clips, tick) if len(shot.company) == 1 else []), None


def _crowd(clips, tick):
    """People of whom nothing is told but that they are there: shadows who come up from the right."""
    actors, far = [], 1.6 * max(0, 12 - tick)
    for number, place in enumerate((NEAR + 2, NEAR + 20, NEAR + 37)):
        clip = list(clips.values())[-1 - number % len(clips)]
        row = ACTION_DIRECTIONS.index("walk left" if far else "spellcast left")
        shadow = clip[row, (tick + 3 * number) % 8 if far else 0].copy()
        shadow[..., :3] = (58 + 8 * number, 50 + 6 * number, 84 + 8 * number)
        actors.append(backdrop.Actor(shadow, int(round(MIDDLE + place + far)), FLOOR - 1 - 2 * (number % 2)))
    return actors


def _hand(shot, clips, tick, count):
    """Face to face; the thing goes from one hand to the other."""
    marks, thing = _meet(shot, tick), _handy(shot.thing)
    if thing is None:
        return 60, marks, [], None
    giver, taker = marks if shot.how == "given" else marks[::-1]
    share = (tick - 18) / 8
    if share <= 0 or share >= 1:
        holder = giver if share <= 0 else taker
        marks = [mark._replace(does="carry") if mark is holder else mark for mark in marks]
        return 60, marks, [_by_hand(holder, thing)], None
    return 60, marks, [_arc(thing, _hand_place(giver), _hand_place(taker), share, high=5)], None


def _thing(shot, clips, tick, count):
    """Somebody finds, loses, makes or eats something."""
    name, picture = shot.company[0], _handy(shot.thing)
    if picture is None:
        return _tableau(shot._replace(action=None, how=None), clips, tick, count)
    raised = clips[name][ACTION_DIRECTIONS.index("spellcast front"), RAISED % clips[name].shape[1]]
    top = np.flatnonzero(raised[..., 3].any(axis=1))[0]
    return 60, *_HANDLED[shot.how](name, picture, tick, count, top), None


def _found(name, picture, tick, count, top):
    """Walks up to what lies there, picks it up and holds it up over a head that begins in a row of its cell."""
    here, there = MIDDLE - 38 + 2 * min(tick, 17), MIDDLE + 9
    if tick < 17:
        return [Mark(name, "walk", "right", tick, here)], [_lying(picture, there)]
    share = (tick - 20) / 7
    if share < 0:
        return [_stand(name, "right", here)], [_lying(picture, there)]
    if share < 1:
        mark = _stand(name, "right", here)
        return [mark], [_arc(picture, (there, FLOOR + 1), (here, FLOOR - 28 + top), share, high=3)]
    mark = Mark(name, "spellcast", "front", RAISED, here, does="carry")
    lift = (tick // 4) % 2
    return [mark], [_about(mark, picture, 16, top + 1 - picture.shape[0] / 2 + lift)._replace(tinted=False)]


def _lost(name, picture, tick, count, _top):
    """Walks on; the thing falls, and stays behind."""
    drops = int(0.4 * count)
    mark = Mark(name, "walk", "right", tick, MIDDLE - 36 + 66 * tick / count)
    if tick < drops:
        return [mark._replace(does="carry")], [_by_hand(mark, picture)]
    place = MIDDLE - 36 + 66 * drops / count
    share = min((tick - drops) / 5, 1)
    return [mark], [_arc(picture, (place, FLOOR - 11), (place - 5, FLOOR + 2), share, high=0)]


def _made(name, picture, tick, count, _top):
    """At work; the thing grows before them."""
    mark = Mark(name, "spellcast", "right", (tick // 3) % 2, MIDDLE - 10, does="make")
    grown = int(np.interp(tick, (8, 0.6 * count), (0, len(picture))))
    if grown == len(picture) and tick > 0.7 * count:
        mark = _stand(name, "right", MIDDLE - 10)
    return [mark], [_lying(picture[len(picture) - grown :], MIDDLE + 8)] if grown else []


def _eaten(name, picture, tick, count, _top):
    """Bite after bite before the mouth."""
    mark = Mark(name, "spellcast", "front", 1 if tick % 6 < 3 else 0, MIDDLE, does="eat")
    left = int(np.ceil(picture.shape[1] * np.interp(tick, (12, 0.8 * count), (1, 0)) * 4 / 4))
    left -= left % 2
    if left <= 0:
        return [_stand(name, "front", MIDDLE)], []
    return [mark], [_about(mark, picture[:, :left], 16, 19 - (tick % 6 < 3))]


def _hide(shot, clips, tick, count):
    """Runs behind something and ducks: only the head looks out, now and then."""
    name, behind = shot.company[0], MIDDLE + 22
    there = min(1.0, tick / 14)
    cover = _lying(stage_art.cover(shot.place), behind, FLOOR + 7)._replace(shadow=True)
    if there < 1:
        mark = Mark(name, "walk", "right", int(tick * STEPS["run"]), MIDDLE - 30 + (behind - MIDDLE + 30) * there)
        mark = _running(clips, mark._replace(row=FLOOR + 3 * there))
    else:
        down = 25 - len(cover.sprite) - 4 * (tick >= 18 and tick % 16 >= 12)  # so that half a head looks out
        mark = _stand(name, "front", behind, FLOOR + 3 + min(down, 0), "hide")
        sunk = clips[name][ACTION_DIRECTIONS.index("spellcast front"), 0].copy()
        sunk = np.concatenate([np.zeros_like(sunk[: max(down, 0)]), sunk[: len(sunk) - max(down, 0)]])
        mark = mark._replace(shows=sunk)
    return 60, [mark], [cover], None


def _sleep(shot, clips, tick, count):
    """Sinks down and lies; who sleeps breathes out a letter now and then."""
    name = shot.company[0]
    if tick < 12:
        return 60, [_stand(name, "front", MIDDLE, FLOOR + min(tick // 4, 2))], [], None
    mark = _laid(clips, _stand(name, "left", MIDDLE, FLOOR + 2))
    put_down = draw_thing(dict(shot.holds).get(name) or "")
    others = [] if put_down is None else [_lying(put_down, MIDDLE + 22, FLOOR + 2)]
    if shot.how != "dead":
        for late in (0, 9):
            since = (tick - 12 + late) % 18
            if tick - 12 + late >= 9:
                others.append(_about(mark, stage_art.sign("z"), 6 - since / 3, 16 - since)._replace(tinted=False))
    return 60, [mark], others, None


def _sit(shot, clips, tick, count):
    """Everybody sits down on the ground, and stays there; what it is about lies beside them."""
    marks = []
    for name, column in zip(shot.company, columns(len(shot.company), MIDDLE), strict=True):
        still = clips[name][ACTION_DIRECTIONS.index("spellcast front"), 0]
        sunk = int(np.interp(tick, (8, 14), (0, 6)))
        seated = np.concatenate([np.zeros_like(still[:sunk]), still[: len(still) - sunk]])
        marks.append(_stand(name, "front", column, FLOOR, "sit" if sunk else "stand")._replace(shows=seated))
    thing = draw_thing(shot.thing or "")
    return 60, marks, [] if thing is None else [_lying(thing, MIDDLE + 30, FLOOR)], None


def _laid(clips, mark):
    """Somebody lying where they stood."""
    still = clips[mark.who][ACTION_DIRECTIONS.index("spellcast left"), 0]
    return mark._replace(shows=stage_art.lie_down(still), does="lie")


def _deed(shot, clips, tick, count):
    """The hero comes up and acts twice; the second time tells on the target, who strikes back if it is vain."""
    way, starts = way_of(shot), deeds(count)
    hero, other = MIDDLE - way * APART[0], MIDDLE + way * APART[1]
    toward = "right" if way > 0 else "left"
    beat = next((tick - start for start in reversed(starts) if tick >= start), -1)
    acting = 0 <= beat < 8
    if tick < starts[0] - 1:
        doer = Mark(shot.company[0], "walk", toward, tick, hero - way * 1.5 * (starts[0] - 1 - tick))
    elif shot.action == "free":
        doer = Mark(shot.company[0], "spellcast", toward, int(acting), hero, FLOOR, "stand")
    else:
        direction = shot.direction if acting else toward if shot.target else shot.direction
        doer = Mark(shot.company[0], shot.action, direction, beat if acting else 0, hero)
        doer = doer if acting else _stand(shot.company[0], direction, hero)
    marks = [doer, *(_stand(friend, toward, hero - way * 27, FLOOR - 3) for friend in shot.company[1:])]
    others = []
    if shot.target:
        since = tick - starts[1] - 4
        marks.append(_target(shot, clips, since, other, way))
        if shot.how == "bound" and since >= 2 or shot.action == "free" and since < 0:
            still = clips[shot.target][ACTION_DIRECTIONS.index(f"spellcast {marks[-1].direction}"), 0]
            shown = still if marks[-1].shows is None else marks[-1].shows
            others.append(_about(marks[-1], stage_art.bind(shown), 16, 16))
        if marks[-1].does == "reel" and since >= 4:
            others.append(_about(marks[-1], stage_art.stars(since), 16 + 6 * way, 3)._replace(tinted=False))
    draw_on = None
    if shot.action == "spellcast" and 0 <= beat < RAISED + 2:
        column, row = hand_of(doer.action, doer.direction, doer.frame, doer.who)
        others.append(_about(doer, stage_art.orb(beat), column + ORB_AHEAD * way, row - 2)._replace(tinted=False))
    if shot.action != "free" and 2 <= beat < 14:
        drawn = _magic if shot.action == "spellcast" else _swing
        goal = other if shot.target else hero + way * 40
        draw_on = partial(drawn, progress=(beat - 2) / 11, start=hero, end=goal, way=way)
    return 60 + tick * 0.25 * way, marks, others, draw_on


def _target(shot, clips, since, column, way):
    """Waits; then strikes back if the deed is vain, else hops, reels, falls, runs away or is glad, as is told."""
    back = "left" if way > 0 else "right"
    waits = _stand(shot.target, back, column)
    if since < 0 or (shot.mood == "vain" and since >= 8):
        return waits
    if shot.mood == "vain":
        return Mark(shot.target, "slash", back, since, column)
    if shot.action == "free":
        return _joy(shot.target, since % 11, column)
    if shot.how in ("slain", "asleep") and since >= 8:
        return _laid(clips, _stand(shot.target, back, column + way * 6, FLOOR + 1))
    if shot.how == "routed" and since >= 8:
        ahead = "right" if way > 0 else "left"
        return _running(clips, Mark(shot.target, "walk", ahead, int(since * 1.7), column + way * (6 + 3 * (since - 7))))
    return _reeling(clips, _stand(shot.target, back, column + way * min(since, 6), does="reel"), since, way)


def _reeling(clips, mark, since, way):
    """Thrown back by a blow or a spell, for a moment white; then it sways, dazed."""
    clip = clips[mark.who][ACTION_DIRECTIONS.index(f"spellcast {mark.direction}")]
    struck = clip[RAISED % len(clip) if since < 6 else 0].copy()
    if since < 4 and since % 2 == 0:
        struck[..., :3] = 255
    back = min(3 * since + 3, 9) if since < 6 else 5 + 3 * np.sin((since - 6) / 2)
    return mark._replace(shows=stage_art.lean(struck, int(round(way * back))))


def _magic(picture, rng, *, progress, start, end, way):
    """Sparks fly from the hero's hands in an arc, and burst."""
    image = Image.fromarray(picture)
    draw = ImageDraw.Draw(image)
    colours = ((255, 250, 200), (255, 214, 102), (122, 230, 255), (236, 140, 255))
    for i in range(30):
        late = progress * 1.5 - i / 60
        if late < 0:
            continue
        along, spread = min(late, 1), 1.5 + 12 * max(0, late - 0.75)
        x = start + way * 7 + (end - start - way * 7) * along + rng.normal(0, spread)
        y = FLOOR - 17 - 12 * np.sin(np.pi * along) + rng.normal(0, spread)
        if i % 5 == 0:
            draw.point(((x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)), fill=colours[i % 4])
        draw.point((x, y), fill=(255, 255, 255) if i % 5 == 0 else colours[i % 4])
    return np.asarray(image)


def _swing(picture, rng, *, progress, start, end, way):
    """A star where the blow landed."""
    if not 0.3 <= progress < 0.75:
        return picture
    image = Image.fromarray(picture)
    draw = ImageDraw.Draw(image)
    x, y, size = end - way * 9, FLOOR - 14, 2 + 12 * (progress - 0.3)
    for angle in np.arange(8) * np.pi / 4:
        across, down = np.cos(angle), np.sin(angle)
        far = size * (1.4 if round(angle / np.pi * 4) % 2 == 0 else 0.9)
        draw.line((x + across * size / 2, y + down * size / 2, x + across * far, y + down * far), fill=(255, 240, 170))
    return np.asarray(image)


_HANDLED = {"found": _found, "lost": _lost, "made": _made, "eaten": _eaten}
_BLOCKS = {
    **dict.fromkeys(("walk", "run"), _walk),
    **dict.fromkeys(("slash", "spellcast", "free"), _deed),
    **{"talk": _talk, "hand": _hand, "thing": _thing, "hide": _hide, "sleep": _sleep, "sit": _sit},
}
