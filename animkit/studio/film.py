"""A storyboard becomes a film: stage, cards, captions and cuts, from given frames."""

import hashlib
import math
from collections import Counter
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from animkit.data.fairytales import CREATURES
from animkit.data.sprites import ACTION_DIRECTIONS
from animkit.render import upscale
from animkit.studio import backdrop
from animkit.studio.blocking import MIDDLE, SCALE, Staged, columns, pose
from animkit.studio.camera import BAND, choose_cameras, look_through
from animkit.studio.lettering import CREAM, GOLD, INK, lines_of, write
from animkit.studio.painting import BAYER, FLOOR
from animkit.studio.storyboard import cast_of

FPS = 12
CUT = 6  # frames in which one shot dissolves into the next
TITLE, END = 30 + CUT, 40  # frames of the cards
CARDS = (TITLE + END) / FPS  # seconds of both
DONE = 38  # frames in which any deed is seen from its beginning to its end
EVERY = 6  # drawings from one to the next of which the record says who is where; a deed takes as many


class Filmed(NamedTuple):
    """Where a shot is in the film, and who is where in it."""

    first: int  # frames of the film in which its caption stands
    last: int
    seen: list  # of each of these frames a tuple of `animkit.studio.blocking.Seen`; None where it mixes with another


class Composed(NamedTuple):
    """The film, and where its shots are."""

    frames: np.ndarray  # (frames, 360, 640, 3) uint8
    filmed: list  # of Filmed


def compose(title, shots, clips, takes, *, cameras=None, credits="", fps=FPS, seed=0):
    """Composes the film: title card, a shot per caption, end card.

    Shots dissolve where place or hour change, and cut elsewhere. Captions always cut.

    Args:
        title: what the title card says.
        shots: list of `animkit.studio.storyboard.Shot`.
        clips: for every name of `cast_of(shots)` its clips, (9, frames, height, width, 4) uint8 in the order of
            ACTION_DIRECTIONS.
        takes: of each shot what was played, `animkit.studio.blocking.Staged` in art pixels; the lowest BAND rows of the
            screen are covered by the caption.
        cameras: `animkit.studio.camera.Camera` of each shot; None chooses them.
        credits: a line or two for the end card.
        fps: frames per second, FPS or a multiple: each drawing is then shown so many times.
        seed: of the painted places and the sparks.

    Returns:
        Composed.

    Raises:
        ValueError: no shots, somebody on stage has no clips of that shape, or another rate.
    """
    check(shots, clips)
    if fps % FPS or fps < FPS:
        raise ValueError(f"a film has {FPS} or {2 * FPS} frames a second; got {fps}")
    hold = fps // FPS
    cameras = cameras or choose_cameras(shots, takes)
    mixes = _mixes(shots)
    cards = _title_card(title, shots, clips, seed), _end_card(shots, clips, credits, seed)
    lengths = [len(cards[0]), *(len(one.frames) for one in takes), len(cards[1])]
    frames = np.empty((hold * (sum(lengths) - CUT * sum(mixes)), *cards[0].shape[1:]), "uint8")
    frames[: hold * lengths[0]] = cards[0].repeat(hold, axis=0)
    filmed, end = [], hold * lengths[0]
    for number, mixed in enumerate(mixes):
        last = number == len(shots)
        reel = Staged(cards[1], [()]) if last else look_through(cameras[number], takes[number])
        overlap = hold * CUT * mixed
        start, end = end - overlap, end - overlap + hold * len(reel.frames)
        before = frames[start : start + overlap].copy()
        frames[start:end].reshape(-1, hold, *reel.frames.shape[1:])[:] = reel.frames[:, None]
        if mixed:
            frames[start : start + overlap] = _dissolve(before, frames[start : start + overlap])
        first = start + overlap // 2
        if filmed:
            filmed[-1] = _until(filmed[-1], first, overlap)
        if not last:
            seen = [people for people in reel.seen for _ in range(hold)]
            seen = [None] * (overlap - overlap // 2) + seen[overlap:]
            filmed.append(Filmed(first, end - 1, seen))
    for shot, where in zip(shots, filmed, strict=True):
        caption(frames[where.first : where.last + 1], shot.sentence)
    return Composed(frames, filmed)


def _until(filmed, end, overlap):
    """A shot that ends before a frame of the film, with its share of what mixes."""
    seen = filmed.seen[: end - filmed.first]
    mixed = overlap // 2
    return Filmed(filmed.first, end - 1, seen[: len(seen) - mixed] + [None] * mixed)


def length(shot):
    """Frames of a shot: as long as its caption takes to read, and as what is done in it takes to be seen."""
    reading = int(FPS * (1.25 + len(shot.sentence) / 32))
    return (reading if shot.action in (None, "walk") else max(reading, DONE)) + CUT


def pace(shots, seconds, lengths, slowest):
    """How many times as long as it must take each shot takes, 1 to `slowest`, so that the film lasts the seconds."""
    room = FPS * (seconds - CARDS) + CUT * sum(_mixes(shots))
    return float(np.clip(room / sum(lengths), 1, slowest))


def fitting(shots, seconds, lengths):
    """The first of the shots that fit into a film of so many seconds, one at least."""
    fits = [n for n in range(1, len(shots) + 1) if pace(shots[:n], seconds, lengths[:n], math.inf) > 1]
    return list(shots[: max(fits, default=1)])


def _mixes(shots):
    """Whether what comes before each shot, and before the end card, dissolves into it: where place or hour change."""
    return [True, *((one.place, one.time) != (other.place, other.time) for one, other in pairwise(shots)), True]


def events(shots, filmed, cameras, *, fps=FPS):
    """Says what is to be seen in each shot, as the film's record holds it.

    Args:
        shots: list of `animkit.studio.storyboard.Shot`.
        filmed: Filmed of each.
        cameras: `animkit.studio.camera.Camera` of each.
        fps: of the film.

    Returns:
        List of dicts: numbers of the first and last frame, place, hour, who does what and where (every half second:
        the frame's number, left, top, right, bottom in pixels), what thing and effect, and what the camera does.
    """
    told = []
    for number, (shot, where, camera) in enumerate(zip(shots, filmed, cameras, strict=True)):
        names = dict.fromkeys(one.who for people in where.seen for one in people or ())
        told.append(
            {
                "shot": number,
                "first frame": where.first,
                "last frame": where.last,
                "place": shot.place,
                "hour": shot.time,
                "who": {name: _doing(name, where, fps // FPS) for name in names},
                "thing": getattr(shot, "thing", None),
                "effect": shot.effect,
                "camera": camera._asdict(),
            }
        )
    return told


def _doing(name, where, hold):
    """What somebody does in a shot of which each drawing is shown for so many frames."""
    seen = [(where.first + i, one) for i, people in enumerate(where.seen) for one in people or () if one.who == name]
    deed, facing = deed_of([one.action for _, one in seen], [one.facing for _, one in seen], least=hold * EVERY)
    boxes = [[frame, *one.box] for frame, one in seen if frame % (hold * EVERY) == 0]
    return {"action": deed, "facing": facing, "boxes": boxes}


def deed_of(actions, facings, *, least=EVERY):
    """Says what somebody does in a shot, and facing which way, from what they do frame by frame.

    Args:
        actions: of each frame, at least one.
        facings: of each frame.
        least: frames that a deed takes at least; else they carry something for as long, or walk, or stand.

    Returns:
        The deed that takes most frames, and the direction that they mostly face in it.
    """
    counts = Counter(actions)
    carries, walks, _ = (counts.pop(state, 0) for state in ("carry", "walk", "stand"))
    deed, frames = max(counts.items(), key=lambda item: item[1], default=("stand", 0))
    if frames < least:
        deed = "carry" if carries >= least else "walk" if 2 * walks > len(actions) else "stand"
    faced = Counter(facing for action, facing in zip(actions, facings, strict=True) if action == deed)
    return deed, (faced or Counter(facings)).most_common(1)[0][0]


def poster(title, shots, clips, *, seed=0):
    """One picture for the door: the whole cast before the first place, and the title, (360, 640, 3) uint8."""
    check(shots, clips)
    return _title_frame(title, shots, clips, seed, TITLE - CUT - 1)


def digest(frames):
    """SHA-256 of frames: two films are the same film if theirs agree."""
    return hashlib.sha256(np.ascontiguousarray(frames).reshape(-1)).hexdigest()


def check(shots, clips):
    """Refuses, with a ValueError, to film without shots, or somebody who has no clips."""
    if not shots:
        raise ValueError("a film needs at least one shot")
    for name in cast_of(shots):
        got = np.shape(clips[name]) if name in clips else None
        if got is None or len(got) != 5 or got[0] != len(ACTION_DIRECTIONS) or got[-1] != 4 or 0 in got:
            raise ValueError(
                f"{name} needs clips of shape ({len(ACTION_DIRECTIONS)}, frames, height, width, 4) uint8; got {got}"
            )


# Cards and captions.


def caption(screen, text):
    """Writes the caption over the lowest rows of a screen, (frames, 360, 640, 3), in place."""
    band = np.broadcast_to(np.array(INK, "uint8"), (BAND, screen.shape[2], 3)).copy()
    band[:2] = GOLD
    scale = next((size for size in (2, 1) if len(lines_of(text, size, screen.shape[2] - 24)) <= 4 // size), None)
    if scale is None:
        raise ValueError(f"a caption of {len(text)} letters does not fit below the picture: {text[:60]!r}...")
    write(band, text, BAND // 2 - 1, scale=scale, colour=CREAM)
    screen[:, -BAND:] = band
    return screen


def _people(shots):
    """Who takes the bow: the named, or whoever there is."""
    cast = cast_of(shots)
    return ([name for name in cast if name not in CREATURES] or cast)[:3]


def _bow(shots, clips, painted, tick, action, frame, *, row, gap):
    """The people side by side, facing us."""
    people = _people(shots)
    actors = [pose(clips, name, action, "front", frame, column, row)
              for name, column in zip(people, columns(len(people), MIDDLE, gap), strict=True)]  # fmt: skip
    return backdrop.view(painted, camera=60, tick=tick, actors=actors)


def _title_card(title, shots, clips, seed):
    """An iris opens on the first place and its people; the title drops in."""
    return np.stack([_title_frame(title, shots, clips, seed, tick) for tick in range(TITLE)])


def _title_frame(title, shots, clips, seed, tick):
    painted = backdrop.backdrop(shots[0].place, "day", seed=seed)
    action, frame = ("walk", tick) if tick < 16 else ("spellcast", 0)
    stage = _bow(shots, clips, painted, tick, action, frame, row=FLOOR + 8, gap=26)
    screen = upscale(_iris(stage, np.interp(tick, (0, 12), (0.24, 1)), (80, 60)), SCALE)
    scale = 4 if len(lines_of(title, 4, 616)) < 3 else 2
    write(screen, title, 66 - 16 * max(0, 10 - tick), scale=scale, colour=CREAM, outline=INK)
    return screen


def _end_card(shots, clips, credits, seed):
    """The iris closes on the people, waits, and shuts."""
    painted = backdrop.backdrop(shots[-1].place, shots[-1].time, seed=seed)
    frames = []
    for tick in range(END):
        frame = tick % 16 if tick % 16 < 8 else 0
        stage = _bow(shots, clips, painted, tick, "spellcast", frame, row=FLOOR - 4, gap=15)
        openness = np.interp(tick, (CUT, 14, 34, 38), (1, 0.22, 0.22, 0))
        frame = upscale(_iris(stage, openness, (80, 53)), SCALE)
        if tick >= 14:
            write(frame, "The End", 66, scale=5, colour=GOLD, outline=INK)
            for row, line in enumerate(credits.splitlines()):
                write(frame, line, 320 + 24 * row, scale=2, colour=CREAM)
        frames.append(frame)
    return np.stack(frames)


# Cuts.


def _iris(picture, openness, centre):
    """Closes a round shutter to a fraction of its reach around (column, row)."""
    height, width, _ = picture.shape
    y, x = np.mgrid[:height, :width]
    reach = np.hypot(max(centre[0], width - centre[0]), max(centre[1], height - centre[1])) + 1
    shut = np.hypot(x - centre[0], y - centre[1]) >= openness * reach
    return np.where(shut[..., None], np.array(INK, "uint8"), picture)


def _dissolve(before, after):
    """Mixes two equally long runs of frames, (frames, 360, 640, 3), art pixel by art pixel in ordered dither."""
    threshold = np.tile(BAYER, (before.shape[1] // SCALE // 4 + 1, before.shape[2] // SCALE // 4 + 1))
    threshold = upscale(threshold, SCALE)[: before.shape[1], : before.shape[2]]
    share = (np.arange(len(before)) + 1) / (len(before) + 1)
    return np.where((share[:, None, None] > threshold)[..., None], after, before)
