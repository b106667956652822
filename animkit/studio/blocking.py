"""The stage of one shot: who stands where, frame by frame, and what burns, sparkles or rolls beside them."""

from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from animkit.data.fairytales import CREATURES
from animkit.data.sprites import ACTION_DIRECTIONS
from animkit.studio import backdrop
from animkit.studio.painting import FLOOR

MIDDLE = 80  # column in the middle of the stage
SCALE = 4  # screen pixels per art pixel: 160 x 90 -> 640 x 360
APART = (22, 26)  # columns from there to who acts, and to whom it is aimed at
PACE = 0.9  # columns a frame at which the camera follows a walk
_LAST = 6  # frames at a shot's end, lost in the cut: nothing begins there


DEEDS = {"slash": "strike", "spellcast": "cast"}  # what the film calls an action of the sprites; a walk is a walk


class Seen(NamedTuple):
    """Somebody in one frame of the film."""

    who: str
    box: tuple  # left, top, right, bottom of what is visible, screen pixels, half open
    action: str  # walk, stand, strike, cast, reel, cheer
    facing: str  # left, right, front


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
    painted = backdrop.backdrop(shot.place, shot.time, seed=seed)._replace(light=light)
    block = {None: _tableau, "walk": _walk}.get(shot.action, _deed)
    spark = [seed, *shot.sentence.encode()]
    takes = [
        block(shot, clips, painted, tick, frames, _on_stage(extras, tick), np.random.default_rng([tick, *spark]))
        for tick in range(frames)
    ]
    pictures, seen = zip(*takes, strict=True)
    return Staged(np.stack(pictures), list(seen))


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


def _shoot(painted, camera, tick, actors):
    """One frame, (90, 160, 3), and a tuple of whom one sees in it."""
    picture, whose = backdrop.look(painted, camera=camera, tick=tick, actors=actors)
    boxes = {number: box_of(whose == number, SCALE) for number in np.unique(whose) if number}
    people = ((actors[number - 1], box) for number, box in boxes.items())
    return picture, tuple(Seen(actor.who, box, actor.action, actor.facing) for actor, box in people)


def _stand(clips, name, direction, column, row=FLOOR, does="stand"):
    """At rest: a spell begins with both feet on the ground."""
    return pose(clips, name, "spellcast", direction, 0, column, row, does)


def _tableau(shot, clips, painted, tick, count, extras, rng):
    """They come forward and stand. Once all is well they cheer; a creature alone threatens."""
    actors = [*extras]
    for i, (name, column) in enumerate(zip(shot.company, columns(len(shot.company), MIDDLE), strict=True)):
        row = FLOOR - (16 - min(tick, 16)) // 3 + i % 2
        beat = (tick - 18 - 3 * i) % 14
        restless = tick >= 18 + 3 * i and beat < 8
        if restless and shot.mood == "merry":
            actors.append(pose(clips, name, "spellcast", "front", beat, column, row - (2 < beat < 6), "cheer"))
        elif restless and shot.company[0] in CREATURES:
            actors.append(pose(clips, name, "slash", "front", beat, column, row))
        elif tick < 16:
            actors.append(pose(clips, name, "walk", "front", tick, column, row))
        else:
            actors.append(_stand(clips, name, "front", column, row))
    return _shoot(painted, 60, tick, actors)


def _walk(shot, clips, painted, tick, count, extras, rng):
    """Across the stage with the camera following, or from afar to the footlights."""
    if shot.direction == "front":
        there = int(count * 0.7)
        row = FLOOR + 1 - 14 * max(0, 1 - tick / there)
        actors = [*extras]
        for i, (name, column) in enumerate(zip(shot.company, columns(len(shot.company), MIDDLE, gap=24), strict=True)):
            stands = _stand(clips, name, "front", column, row - 2 * (i % 2))
            walks = pose(clips, name, "walk", "front", tick + 3 * i, column, row - 2 * (i % 2))
            actors.append(walks if tick < there else stands)
        return _shoot(painted, 72, tick, actors)
    way, lead = way_of(shot), leader(shot, tick, count)
    actors = [
        pose(clips, name, "walk", shot.direction, tick + 3 * i, lead - way * 25 * i, FLOOR - 2 * i)
        for i, name in enumerate(shot.company)
    ]
    camera = 80 + way * (tick - count / 2) * PACE
    return _shoot(painted, camera, tick, [*extras, *actors])


def _deed(shot, clips, painted, tick, count, extras, rng):
    """The hero acts twice; the second time it tells on the target, who strikes back instead if the deed is vain."""
    way, starts = way_of(shot), deeds(count)
    hero, other = MIDDLE - way * APART[0], MIDDLE + way * APART[1]
    beat = next((tick - start for start in reversed(starts) if tick >= start), -1)
    acting = 0 <= beat < 8
    does = None if acting else "stand"
    actors = [
        *extras,
        pose(clips, shot.company[0], shot.action, shot.direction, beat if acting else 0, hero, does=does),
    ]
    for friend in shot.company[1:]:
        toward = "right" if way > 0 else "left"
        actors.append(_stand(clips, friend, toward, hero - way * 27, FLOOR - 3))
    if shot.target:
        actors.append(_target(shot, clips, tick - starts[1] - 4, other, way))
    picture, seen = _shoot(painted, 60 + tick * 0.25 * way, tick, actors)
    if not 2 <= beat < 14:
        return picture, seen
    draw_on = _magic if shot.action == "spellcast" else _swing
    return draw_on(picture, (beat - 2) / 11, hero, other if shot.target else hero + way * 40, way, rng), seen


def _target(shot, clips, since, column, way):
    """Waits; then strikes back if the deed is vain, hops under a spell, or reels and flashes under a blow."""
    back = "left" if way > 0 else "right"
    if since < 0 or (shot.mood == "vain" and since >= 8):
        return _stand(clips, shot.target, back, column)
    if shot.mood == "vain":
        return pose(clips, shot.target, "slash", back, since, column)
    if shot.action == "spellcast":
        hop = 2 * (since % 6 < 3)
        return _stand(clips, shot.target, back if since < 6 else "front", column, FLOOR - hop, "reel")
    reeling = _stand(clips, shot.target, back, column + way * (min(since, 6) + since % 2), does="reel")
    if since < 5 and since % 2:
        reeling.sprite[..., :3] = 255
    return reeling


def _magic(picture, progress, start, end, way, rng):
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


def _swing(picture, progress, start, end, way, rng):
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
