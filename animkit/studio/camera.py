"""The camera of each shot: it stands, pans, follows, or comes closer; always whole art pixels, and always a reason."""

from typing import NamedTuple

import numpy as np

from animkit.data.fairytales import CREATURES
from animkit.studio.blocking import SCALE, Seen, Staged

WIDTH, HEIGHT = 640, 360  # screen pixels
BAND = 56  # screen rows of the caption, at the bottom
CLOSER = 2  # times
LONG_ENOUGH = 36  # frames of a shot in which the camera comes closer: three seconds
HEADROOM = 44  # screen rows above a head
MARGIN = 40  # screen columns beside who is seen closer
BUBBLES = ("wished", "speaks", "heard")  # above somebody's head, where a closer view would cut them off
AIMED = ("slash", "spellcast", "free")  # deeds


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
        half = len(take.frames) // 2
        was_close = bool(cameras) and cameras[-1].closer is not None
        if number in crossed:
            cameras.append(Camera("follow", "a scene is crossed: who crosses it stays in the picture"))
        elif shot.action in ("walk", "run") and shot.direction != "front":
            cameras.append(Camera("follow", f"{shot.company[0]} moves: the ground shows how fast"))
        elif shot.action in AIMED:
            cameras.append(Camera("pan", "a deed: the camera leans the way that it is aimed"))
        elif (
            shot.action in ("walk", "run", "hide", "thing")
            or shot.how == "wished"
            or was_close
            or len(take.frames) < LONG_ENOUGH
        ):
            cameras.append(Camera("still", "the place is looked at, and who is in it"))
        elif _window(take, half) is None:
            cameras.append(Camera("still", "all who are in it stand too far apart for a closer view"))
        else:
            cameras.append(Camera("still", _why_closer(shot), half))
    return cameras


def _why_closer(shot):
    if shot.company[0] in CREATURES and shot.mood != "merry":
        return f"first the place, then closer: {shot.company[0]} is to be feared"
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
    scale = WIDTH // take.frames.shape[2]
    window = None if camera.closer is None else _window(take, camera.closer)
    frames, seen = [], []
    for tick, (frame, people) in enumerate(zip(take.frames, take.seen, strict=True)):
        left, top, times = 0, 0, 1
        if window is not None and tick >= camera.closer:
            (left, top), times = window, CLOSER
        rows, columns = (
            slice(at // scale, (at + size // times) // scale) for at, size in ((top, HEIGHT), (left, WIDTH))
        )
        frames.append(frame[rows, columns].repeat(scale * times, axis=0).repeat(scale * times, axis=1))
        moved = (_moved(one, left, top, times) for one in people)
        seen.append(tuple(one for one in moved if one.box[0] < one.box[2] and one.box[1] < one.box[3]))
    return Staged(np.stack(frames), seen)


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
