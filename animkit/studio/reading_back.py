"""A film is read back from its pixels: shot by shot who is seen, where, at what hour, doing what; and its alt text."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from animkit import weights
from animkit.data.fairytales import CREATURES
from animkit.data.sprites import ACTION_DIRECTIONS, DIRECTIONS
from animkit.metrics.detection import overlap
from animkit.models.viewer import ACTIONS, FACINGS, HOURS, PATCH, STEP, Found, moves_of, patch_around
from animkit.studio.camera import BAND, HEIGHT
from animkit.studio.film import EVERY, deed_of

CAPTION = HEIGHT - BAND  # screen row at which it begins
SCALES = (8, 4, 2)  # screen pixels of an art pixel: closer, on the stage, where a scene is crossed
MIXED = 3  # frames at both ends of a shot in which it may mix with another
SHORTEST = 8  # frames of a caption
LIKE, SURE, OFTEN = 0.4, 0.3, 0.2  # least likeness to one of the cast, least score of a figure, least share of frames
LOST, SAME = 6, 0.3  # frames after which somebody is lost sight of, least overlap of one's boxes from frame to frame
GREY = (128, 128, 128)  # behind the pictures that somebody is known by


class Figure(NamedTuple):
    """Somebody in one shot."""

    action: str
    facing: str
    boxes: list  # of (frame of the film, left, top, right, bottom), screen pixels


class ReadShot(NamedTuple):
    """What was read off one shot."""

    first: int  # frames of the film
    last: int
    place: str
    hour: str
    who: dict  # name -> Figure


def art_pixels(frame):
    """Take a frame's caption off and bring it back to the pixels that it was painted in.

    Args:
        frame: (360, 640, 3) uint8.

    Returns:
        (rows, columns, 3) uint8, and how many screen pixels one of them is: one of SCALES.
    """
    picture = frame[:CAPTION]
    for scale in SCALES[:-1]:
        half = scale // 2
        corner = picture[::scale, ::scale]
        if np.array_equal(corner, picture[half::scale, ::scale]) and np.array_equal(
            corner, picture[::scale, half::scale]
        ):
            return corner, scale
    return picture[:: SCALES[-1], :: SCALES[-1]], SCALES[-1]


def shots_of(frames):
    """Find the shots of a film: a shot has a caption of its own.

    Args:
        frames: (n, 360, 640, 3) uint8.

    Returns:
        List of (first frame, last frame); title and end card, which have no caption, are not among them.

    Raises:
        ValueError: frames of another kind.
    """
    frames = np.asarray(frames)
    if frames.ndim != 4 or frames.shape[1:] != (360, 640, 3) or frames.dtype != np.uint8 or not len(frames):
        raise ValueError(f"a film is (frames, 360, 640, 3) uint8; got {frames.shape} {frames.dtype}")
    bands = frames[:, CAPTION::2, ::2]
    changes = [n for n in range(1, len(bands)) if not np.array_equal(bands[n], bands[n - 1])]
    runs = pairwise([0, *changes, len(bands)])
    # a caption has a line of one colour above, and ground of one other at its side; a card has picture there
    sides, lines = bands[:, 1:, 0], bands[:, 0]
    plain = (lines == lines[:, :1]).all(axis=(1, 2)) & (sides == sides[:, :1]).all(axis=(1, 2))
    plain &= (lines[:, 0] != sides[:, 0]).any(axis=1)
    return [(first, end - 1) for first, end in runs if end - first >= SHORTEST and plain[first]]


def looks_of(viewer, cast):
    """How a viewer sees a cast as they stand: by that it knows them, and what they do beside it.

    Args:
        viewer: `animkit.models.viewer.FilmViewer`.
        cast: name -> (n, height, width, 4) uint8 pictures of them as they stand.

    Returns:
        dict: name -> codes (n, code_dim) and poses (n, POSE), as from `FilmViewer.know`.
    """
    return {
        name: viewer.know(np.stack([standing_patch(picture) for picture in pictures]))
        for name, pictures in cast.items()
    }


def standing(clips):
    """How somebody stands, from left, front and right: (9, frames, height, width, 4) -> (3, height, width, 4)."""
    return np.asarray(clips)[[ACTION_DIRECTIONS.index(f"spellcast {way}") for way in DIRECTIONS], 0]


def standing_patch(picture, behind=GREY):
    """A picture (height, width, 4) uint8 as a patch before one colour, in its middle that of the figure's box."""
    rows, columns = np.nonzero(picture[..., 3])
    box = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    solid = picture[..., 3:] > 0
    whole = np.where(solid, picture[..., :3], np.array(behind, np.uint8)).astype(np.uint8)
    room = PATCH
    padded = np.pad(whole, [(room, room), (room, room), (0, 0)])
    padded[:room], padded[-room:], padded[:, :room], padded[:, -room:] = (behind,) * 4
    return patch_around(padded, [edge + room for edge in box])


def read_film(frames, cast, *, viewer=None):
    """Read a film.

    Args:
        frames: (n, 360, 640, 3) uint8, 12 a second.
        cast: name -> (n, height, width, 4) uint8 pictures of them as they stand, one or more.
        viewer: `animkit.models.viewer.FilmViewer`, or None for the one that ships.

    Returns:
        List of ReadShot.

    Raises:
        ValueError: frames of another kind, or no cast.
    """
    if not cast:
        raise ValueError("nobody can be known: read_film needs pictures of the cast")
    viewer = viewer or weights.load("viewer")
    looks = looks_of(viewer, cast)
    return [read_shot(viewer, frames, first, last, looks) for first, last in shots_of(frames)]


def glimpses(viewer, frames, numbers):
    """What is found in some frames of a film.

    Args:
        viewer: `animkit.models.viewer.FilmViewer`.
        frames: (n, 360, 640, 3) uint8.
        numbers: of the frames that are looked at.

    Returns:
        list of (Found in art pixels, the frame in art pixels, scale), the mean of hours and of places as two arrays.
    """
    art = [art_pixels(frames[number]) for number in numbers]
    found, hours, places = [None] * len(art), [], []
    for scale in SCALES:
        chosen = [i for i, (_, its) in enumerate(art) if its == scale]
        if chosen:
            seen, hour, place = viewer.find(np.stack([art[i][0] for i in chosen]))
            hours.append(hour)
            places.append(place)
            for i, one in zip(chosen, seen, strict=True):
                found[i] = apart(one)
    looked = [(one, *each) for one, each in zip(found, art, strict=True)]
    return looked, np.concatenate(hours).mean(axis=0), np.concatenate(places).mean(axis=0)


def apart(found, most=0.6):
    """Of boxes that cover each other by more than `most` the surest alone."""
    kept = []
    for i in range(len(found.scores)):
        if not kept or overlap(found.boxes[i : i + 1], found.boxes[kept]).max() <= most:
            kept.append(i)
    return Found(*(part[kept] for part in found))


def read_shot(viewer, frames, first, last, looks):
    """Read one shot, from its first frame to its last; see `read_film`."""
    numbers = np.arange(first + MIXED, last + 1 - MIXED)
    looked, hour, place = glimpses(viewer, frames, numbers)
    tracks = {name: [] for name in looks}  # name -> (number, box in art pixels, scale, patch)
    figures = [
        (number, box, scale, patch_around(art, box))
        for number, (found, art, scale) in zip(numbers, looked, strict=True)
        for box, score in zip(found.boxes, found.scores, strict=True)
        if score >= SURE
    ]
    if figures:
        codes, posed = viewer.know(np.stack([figure[-1] for figure in figures]))
        likeness = np.stack([(codes @ known.T).max(axis=1) for known, _ in looks.values()], axis=1)
        likeness = _along(likeness, followed([scale * box for _, box, scale, _ in figures], [f[0] for f in figures]))
        for each, name in _who(likeness, [figure[0] for figure in figures], list(looks)):
            tracks[name].append((*figures[each][:3], posed[each]))
    often = {name: track for name, track in tracks.items() if len(track) >= OFTEN * len(numbers)}
    who = {name: _figure(viewer, track, looks[name][1]) for name, track in often.items()}
    return ReadShot(int(first), int(last), viewer.places[place.argmax()], HOURS[hour.argmax()], who)


def followed(boxes, numbers):
    """Which figures are the same one, followed from frame to frame by the overlap of their boxes.

    Args:
        boxes: (n, 4) screen pixels, in the order of their frames.
        numbers: (n,) of the frames.

    Returns:
        (n,) int: the number of whom each belongs to.
    """
    boxes, numbers, last = np.asarray(boxes), np.asarray(numbers), {}  # one -> the latest of their figures
    whose = np.zeros(len(boxes), int)
    for number in np.unique(numbers):
        here = np.flatnonzero(numbers == number)
        known = [one for one, latest in last.items() if number - numbers[latest] <= LOST]
        near = overlap(boxes[here], boxes[[last[one] for one in known]]) if known else np.zeros((len(here), 0))
        pairs = dict(zip(*linear_sum_assignment(-near), strict=True))
        for row, each in enumerate(here):
            column = pairs.get(row)
            same = column is not None and near[row, column] >= SAME
            whose[each] = known[column] if same else len(last)
            last[whose[each]] = each
    return whose


def _along(likeness, whose):
    """Likeness as its mean over all frames in which one is followed: nobody becomes another on the way."""
    return np.stack([likeness[whose == one].mean(axis=0) for one in range(whose.max() + 1)])[whose]


def _who(likeness, numbers, names):
    """Who each figure is, frame by frame: nobody is twice in a frame."""
    numbers = np.array(numbers)
    for number in np.unique(numbers):
        here = np.flatnonzero(numbers == number)
        for row, column in zip(*linear_sum_assignment(-likeness[here]), strict=True):
            if likeness[here[row], column] >= LIKE:
                yield here[row], names[column]


def _figure(viewer, track, stands):
    """What somebody does in a shot, from where they were found: the rule by which a film's record says it too."""
    looked = track[::STEP]
    moves = moves_of([box for _, box, _, _ in looked])
    deed, facing = deed_read(*viewer.tell(np.stack([posed for *_, posed in looked]), stands, moves))
    shown = [(int(number), *(int(scale * edge) for edge in box)) for number, box, scale, _ in track]
    return Figure(deed, facing, shown)


def deed_read(actions, facings):
    """Say what somebody does in a shot, and facing which way, by the rule of a film's record.

    Args:
        actions: (time, actions) probabilities in every STEP-th frame, in the order of ACTIONS.
        facings: (time, facings) the same, in the order of FACINGS.

    Returns:
        Names of the two, see `animkit.studio.film.deed_of`.
    """
    actions, facings = [ACTIONS[i] for i in actions.argmax(axis=1)], [FACINGS[i] for i in facings.argmax(axis=1)]
    return deed_of(actions, facings, least=EVERY // STEP)


def compare(read, events):
    """Compare what was read off a film with what its record says.

    Args:
        read: as `read_film` gives it.
        events: of the film's record, shot by shot.

    Returns:
        list of dicts, one a shot of the record: `who`, `where`, `doing` and `hour` are true where they agree wholly;
        `beat` where who, where and doing do.
    """
    compared = []
    for event in events:
        middle = (event["first frame"] + event["last frame"]) / 2
        shot = next((one for one in read if one.first <= middle <= one.last), None)
        if shot is None:
            compared.append(dict.fromkeys(("who", "where", "doing", "hour", "beat"), False))
            continue
        doing = {name: told["action"] for name, told in event["who"].items()}
        agrees = {
            "who": set(shot.who) == set(doing),
            "where": shot.place == event["place"],
            "doing": {name: figure.action for name, figure in shot.who.items()} == doing,
            "hour": shot.hour == event["hour"],
        }
        compared.append({**agrees, "beat": agrees["who"] and agrees["where"] and agrees["doing"]})
    return compared


_DOES = {
    "stand": "stands", "walk": "walks", "run": "runs", "strike": "strikes", "cast": "casts a spell", "hide": "hides",
    "carry": "carries something", "reel": "reels", "cheer": "cheers", "lie": "lies down",
    "sit": "sits", "eat": "eats", "make": "makes something",
}  # fmt: skip
_MOVES = ("walk", "run", "carry")
_PLACES = {"shore": "by the shore", "mountain": "on the mountain", "meadow": "in the meadow"}
_HOURS = {"dawn": "at dawn", "day": "by day", "dusk": "at dusk", "night": "at night"}


def alt_text(read, *, title=""):
    """Say in words what a film shows, for whoever cannot see it.

    Args:
        read: as `read_film` gives it.
        title: of the film, if it has one.

    Returns:
        Text, a sentence a shot.
    """
    told = [
        f'"{title}", an animated film in {len(read)} shots.' if title else f"An animated film in {len(read)} shots."
    ]
    for number, shot in enumerate(read, 1):
        people = " and ".join(_does(name, figure) for name, figure in shot.who.items()) or "nobody is seen"
        place = _PLACES.get(shot.place, f"in the {shot.place}")
        told.append(f"{number}. {people[0].upper()}{people[1:]}, {place} {_HOURS[shot.hour]}.")
    return " ".join(told)


def _does(name, figure):
    name = f"the {name}" if name in CREATURES else name
    way = {"front": "towards us"}.get(figure.facing, f"to the {figure.facing}")
    return f"{name} {_DOES[figure.action]} {way}" if figure.action in _MOVES else f"{name} {_DOES[figure.action]}"
