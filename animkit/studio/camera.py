"""The camera of each shot: it stands, pans, follows, or comes closer; always whole art pixels, and always a reason."""

from typing import NamedTuple

import numpy as np

from animkit.data.fairytales import CREATURES
from animkit.studio.blocking import SCALE, Seen, Staged

WIDTH, HEIGHT = 640, 360  # screen pixels
BAND = 56  # screen rows of the caption, at the bottom
CLOSER = 2  # times
LONG_ENOUGH = 30  # frames of a shot in which the camera comes closer
HEADROOM = 44  # screen rows above a head
MARGIN = 40  # screen columns beside who is seen closer
AIMED = ("slash", "spellcast", "free")  # deeds
WHOLE = {  # actions, and what becomes of them, that need the whole picture, and why
    "walk": "somebody comes from afar: the way is to be seen",
    "run": "somebody comes from afar: the way is to be seen",
    "hide": "who hides is seen with what hides them",
    "thing": "the thing, and who handles it, in one picture",
    "wished": "what is wished for is seen above a head",
    "speaks": "what is said is seen above the heads",
    "heard": "what is said is seen above the heads",
    "seen": "what is seen, and who sees it, in one picture",
}


class Camera(NamedTuple):
    """What the camera does in one shot."""

    move: str  # still, pan, follow
    why: str
    closer: int | None = None  # from this frame of the shot on it is CLOSER times as near


def choose_cameras(shots, takes, crossed=()):
    """Chooses the cameras of a film by rule.

    Where people stand, the camera shows the place first and cuts closer in the middle of the shot, but not in two shots
    running, and only if everybody fits.

    Args:
        shots: list of `animkit.studio.storyboard.Shot`.
        takes: `animkit.studio.blocking.Staged` of each.
        crossed: numbers of the shots in which a scene is crossed.

    Returns:
        List of Camera.
    """
    cameras = []
    for number, (shot, take) in enumerate(zip(shots, takes, strict=True)):
        half, was_close = len(take.frames) // 2, bool(cameras) and cameras[-1].closer is not None
        if number in crossed:
            cameras.append(Camera("follow", "a scene is crossed: who crosses it stays in the picture"))
        elif shot.action in ("walk", "run") and shot.direction != "front":
            cameras.append(Camera("follow", f"{shot.company[0]} moves: the ground shows how fast"))
        elif shot.action in AIMED:
            cameras.append(Camera("pan", "a deed: the camera leans the way that it is aimed"))
        elif why := WHOLE.get(shot.how) or WHOLE.get(shot.action):
            cameras.append(Camera("still", why))
        elif was_close:
            cameras.append(Camera("still", "after a closer view the whole place again, and who is in it"))
        elif len(take.frames) < LONG_ENOUGH:
            cameras.append(Camera("still", "the place, and who is in it: too short to cut closer"))
        elif _window(take, half) is None:
            cameras.append(Camera("still", "all who are in it stand too far apart for a closer view"))
        else:
            cameras.append(Camera("still", _why_closer(shot), half))
    return cameras


def _why_closer(shot):
    if shot.company[0] in CREATURES and shot.mood != "merry":
        return f"first the place, then closer: one sees what a {shot.company[0]} is like"
    if shot.mood == "merry":
        return "first the place, then closer: one sees their joy"
    return "first the place, then closer: one sees who they are"


def look_through(camera, take):
    """Shows a take as the camera sees it, enlarged to the screen.

    Args:
        camera: Camera.
        take: `animkit.studio.blocking.Staged`, its frames in art pixels.

    Returns:
        Staged: (frames, 360, 640, 3) uint8, and who is where, as far as the caption leaves them to be seen.
    """
    window = None if camera.closer is None else _window(take, camera.closer)
    first = len(take.frames) if window is None else camera.closer
    frames = np.empty((len(take.frames), HEIGHT, WIDTH, 3), "uint8")
    _enlarge(take.frames[:first], (0, 0), 1, frames[:first])
    if window is not None:
        _enlarge(take.frames[first:], window, CLOSER, frames[first:])
    seen = []
    for tick, people in enumerate(take.seen):
        moved = (_moved(one, *window, CLOSER) if tick >= first else _moved(one, 0, 0, 1) for one in people)
        seen.append(tuple(one for one in moved if one.box[0] < one.box[2] and one.box[1] < one.box[3]))
    return Staged(frames, seen)


def faces_below(camera, take):
    """Counts how often, in all frames of a take, the caption covers more than the lower half of somebody."""
    shown, below = look_through(camera, take).seen, 0
    for tick, (people, before) in enumerate(zip(shown, take.seen, strict=True)):
        times = CLOSER if camera.closer is not None and tick >= camera.closer else 1
        left = {one.who: one.box[3] - one.box[1] for one in people}
        below += sum(2 * left.get(one.who, 0) < times * (one.box[3] - one.box[1]) for one in before)
    return below


def _enlarge(small, window, times, frames):
    """Writes what lies in a window of pictures, left and top in screen pixels, into frames that it fills."""
    scale = WIDTH // small.shape[2]
    left, top = (edge // scale for edge in window)
    rows, columns = HEIGHT // times // scale, WIDTH // times // scale
    near = small[:, top : top + rows, left : left + columns, None]
    each = scale * times
    lines = frames.reshape(len(frames), rows, each, columns, each, 3)
    lines[:, :, 0] = near
    lines[:, :, 1:] = lines[:, :, :1]


def _window(take, first):
    """Left and top, in screen pixels, of the closer view from a frame on; None if not all fit into it."""
    boxes = np.array([one.box for people in take.seen[first:] for one in people])
    if not len(boxes):
        return None
    left, top, right, bottom = *boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0)
    wide, high = WIDTH // CLOSER, HEIGHT // CLOSER
    if right - left + 2 * MARGIN > wide:
        return None
    top = np.clip(min(top - HEADROOM // CLOSER, bottom + 2 * SCALE + BAND // CLOSER - high), 0, HEIGHT - high)
    left = np.clip((left + right - wide) // 2, 0, WIDTH - wide)
    return int(left) // SCALE * SCALE, int(top) // SCALE * SCALE


def _moved(one, left, top, times):
    """Somebody as a closer camera sees them."""
    box = [(edge - at) * times for edge, at in zip(one.box, (left, top, left, top), strict=True)]
    limits = (WIDTH, HEIGHT - BAND, WIDTH, HEIGHT - BAND)
    return Seen(one.who, tuple(min(max(edge, 0), most) for edge, most in zip(box, limits, strict=True)), *one[2:])
