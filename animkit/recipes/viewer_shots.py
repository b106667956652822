"""Shots for the viewer to learn from: rendered as a film's are, of other casts, places and light, with exact labels."""

import hashlib
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np

from animkit import studio, weights
from animkit.data.fairytales import CREATURES
from animkit.data.sprites import ATTRIBUTES
from animkit.data.twins import pixel_beasts
from animkit.data.twins.pixel_beasts import OPTIONS, draw_beasts
from animkit.models.viewer import ACTIONS, CANVAS, FACINGS, HOURS, KINDS, PATCH, cut_around
from animkit.render import to_rgba
from animkit.studio import production
from animkit.studio.camera import Camera, choose_cameras, look_through
from animkit.studio.characters import animate, design, settle
from animkit.studio.creatures import creature_clips
from animkit.studio.film import FPS, length
from animkit.studio.places import PLACES
from animkit.studio.premises import invent_film
from animkit.studio.reading_back import art_pixels
from animkit.studio.scene_shot import scene_shot
from animkit.studio.scenes import make_level
from animkit.studio.stage_light import light_shot
from animkit.studio.storyboard import cast_of, stage_story
from animkit.studio.things import TOOL_USERS, arm_cast
from animkit.writing import replacing

TRAINING, VALIDATION = 1_000_000, 2_000_000  # first seeds; films are told to be made from smaller ones
ROOM = 4  # pixels about a patch, so that it may be cut a little beside
SLOTS = 6  # figures of a frame at most
EVERY = 4  # frames from one of a shot to the next that is kept whole
LONGEST = 64  # frames of a shot that are kept
PART = 40  # shots that are rendered between two savings
CROSSED = 6  # every so many-th shot crosses a level
BEASTLY = 0.45  # share of people's parts that creatures play: in films they are half of the cast, in tales few


class Shots(NamedTuple):
    """Rendered shots with their labels: whole frames, and tracks, which are all frames of one figure cut out."""

    frames: np.ndarray  # (n, *CANVAS, 3) uint8
    boxes: np.ndarray  # (n, SLOTS, 4) art pixels
    kinds: np.ndarray  # (n, SLOTS) places in KINDS, -1 where there is no figure
    scene: np.ndarray  # (n, 2) places in HOURS and PLACES
    patches: np.ndarray  # (m, PATCH + 2 ROOM, PATCH + 2 ROOM, 3) uint8, track after track
    where: np.ndarray  # (m, 4) boxes, art pixels
    acts: np.ndarray  # (m, 2) places in ACTIONS and FACINGS
    starts: np.ndarray  # (tracks + 1,) where each begins
    who: np.ndarray  # (tracks,) numbers of characters


class Troupe(NamedTuple):
    """Characters who play in the shots."""

    clips: list  # of (9, 8, 32, 32, 4) uint8
    kinds: list  # of `animkit.data.fairytales.CREATURES`, or "person"


def gather_troupe(crew, count, *, seed=TRAINING):
    """Gather characters for training: people designed and the twin's, creatures designed and drawn in code.

    Args:
        crew: `animkit.studio.production.Crew`.
        count: of each of these four.
        seed: of the designs, and of which of the others are taken.

    Returns:
        Troupe.
    """
    rng = np.random.default_rng(seed)
    each = -(-count // len(production.HUMAN))
    looks = [design(crew.designer, each, seed=seed + skin, skin=skin) for skin in production.HUMAN]
    played = animate(crew.animator, settle(crew.animator, np.concatenate(looks)[:count]))
    skin = crew.sprites.attributes[crew.sprites.train, ATTRIBUTES.index("skin")]
    people = rng.permutation(crew.sprites.train[np.isin(skin, production.HUMAN)])[:count]
    forms = rng.integers(0, OPTIONS, (count, len(OPTIONS)))
    drawn = (*played, *crew.sprites.frames[people], *draw_beasts(forms)[0])
    drawn = [to_rgba(clip, crew.sprites.palette) for clip in drawn]
    kinds = [CREATURES[number % len(CREATURES)] for number in range(count)]
    designed = [creature_clips(kind, seed + n, networks=crew.creatures) for n, kind in enumerate(kinds)]
    return Troupe([*drawn, *designed], [KINDS[0]] * 2 * count + [CREATURES[form] for form in forms[:, 0]] + kinds)


def drawn_by(*options):
    """Tell apart what was drawn by other code, by other weights or with other options, for names of kept files.

    Args:
        *options: of what is drawn, each of which prints as itself.

    Returns:
        str, 12 hexadecimal digits.
    """
    code = [*Path(studio.__file__).parent.glob("*.py"), Path(pixel_beasts.__file__), Path(__file__)]
    # the viewer looks at films and draws none
    drawing = [path for path in weights.FOLDER.glob("*.keras") if path.stem != "viewer"]
    told = hashlib.sha256(repr(options).encode())
    for path in sorted([*code, *drawing]):
        told.update(path.read_bytes())
    return told.hexdigest()[:12]


def gather_shots(crew, troupe, count, *, levels=8, stories=20, seed=TRAINING, folder=None):
    """Render shots, PART at a time; parts that a folder holds already, drawn alike, are read from there.

    Args:
        crew: `animkit.studio.production.Crew`.
        troupe: Troupe.
        count: of shots.
        levels: that are crossed in some.
        stories: that shots are taken from.
        seed: of the first; each has its own from there on.
        folder: where parts are kept, or None.

    Returns:
        Shots.
    """
    parts, made = [], None
    alike = folder and drawn_by(len(troupe.clips), count, levels, stories, seed)
    for first in range(0, count, PART):
        path = folder and Path(folder) / f"shots_{seed + first}_{alike}.npz"
        if path and path.exists():
            with np.load(path) as kept:
                parts.append(Shots(**{name: kept[name] for name in Shots._fields}))
            continue
        made = made or (
            [make_level(crew.builder, length=production.SCENE_LENGTH, seed=seed + n) for n in range(levels)],
            tell_shots(crew, stories, seed=seed),
        )
        numbers = range(first, min(first + PART, count))
        parts.append(join([draw_shot(crew, troupe, *made, seed + number) for number in numbers]))
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(path) as temporary, open(temporary, "wb") as file:
                np.savez(file, **parts[-1]._asdict())
    return join(parts)


def tell_shots(crew, stories, *, seed):
    """Invent stories and cut them into shots, told in empty words: list of `animkit.studio.storyboard.Shot`."""
    rng, shots = np.random.default_rng([seed, 3]), []
    for number in range(stories):
        idea = invent_film(crew.plotter, seed=seed + number, length=12, temperature=1.3)
        shots += stage_story(idea, [_sentence(rng) for _ in idea.beats])[1]
    # in no invented story somebody sits; in a reader's they may
    return shots + [shot._replace(action="sit") for shot in shots if (shot.action, shot.how) == (None, None)]


def draw_shot(crew, troupe, levels, told, seed):
    """Render one of the shots that are told, each kind of deed as often, in a place, at an hour, and with a cast.

    Args:
        crew: `animkit.studio.production.Crew`.
        troupe: Troupe.
        levels: list of `animkit.studio.scenes.Level`: every CROSSED-th shot crosses one of them.
        told: as `tell_shots` gives them.
        seed: of everything.

    Returns:
        Shots.
    """
    rng = np.random.default_rng([seed, 4])
    crosses = seed % CROSSED == 0
    kinds = {}
    for one in told:
        kinds.setdefault((str(one.action), str(one.how)), []).append(one)
    shot = _one_of(kinds["walk", "None"] if crosses else kinds[_one_of(sorted(kinds), rng)], rng)
    shot = shot._replace(direction="right") if crosses else shot
    shot = shot._replace(place=_one_of([*PLACES], rng), time=_one_of(HOURS, rng))
    shot, numbers = _cast(shot, troupe, rng)
    clips = {name: troupe.clips[number] for name, number in numbers.items()}
    clips = arm_cast(clips, [shot], {name: _one_of(TOOL_USERS, rng) for name in clips})
    # most films are told at the pace of their captions, few at a slower one
    frames = round(length(shot) * rng.triangular(1, 1, production.SLOWEST))
    if crosses:
        take = _scene(shot, clips, _one_of(levels, rng), seed)
    else:
        take = production.film_shot(crew, shot, clips, frames=frames, seed=seed).staged
    (camera,) = choose_cameras([shot], [take], [0] * crosses)
    if not crosses and rng.random() < 0.3:
        camera = Camera("still", "", int(rng.integers(len(take.frames))))
    return _label(shot, look_through(camera, take), numbers, rng)


def join(many):
    """Shots that were rendered one by one, as one."""
    parts = {name: np.concatenate([getattr(one, name) for one in many]) for name in Shots._fields if name != "starts"}
    lengths = np.concatenate([np.diff(one.starts) for one in many])
    return Shots(**parts, starts=np.concatenate([[0], lengths.cumsum()]).astype(int))


def _sentence(rng):
    """Words without meaning, as long as those of a tale; some name a hearth or a ball, which are then seen."""
    words = ["so"] * int(rng.integers(6, 26))
    words[0] = _one_of(["so", "so", "so", "hearth", "ball"], rng)
    return " ".join(words)


def _cast(shot, troupe, rng):
    """Who plays whom: a shot in which creatures go by their kind, as in a film, and name -> number in the troupe."""
    plays, numbers = {}, {}
    for name in cast_of([shot]):
        wild = [n for n, kind in enumerate(troupe.kinds) if kind in CREATURES and kind not in numbers]
        beastly = bool(wild) and (name in CREATURES or rng.random() < BEASTLY)
        number = _one_of(wild if beastly else [n for n, kind in enumerate(troupe.kinds) if kind not in CREATURES], rng)
        plays[name] = troupe.kinds[number] if beastly else name
        numbers[plays[name]] = number
    company = tuple(plays[name] for name in shot.company)
    holds = tuple((plays.get(name, name), held) for name, held in shot.holds)
    target, thing = (plays.get(part, part) for part in (shot.target, shot.thing))
    return shot._replace(company=company, holds=holds, target=target, thing=thing), numbers


def _one_of(options, rng):
    return options[rng.integers(len(options))]


def _scene(shot, clips, level, seed):
    who = shot.company[0]
    options = {"place": shot.place, "hour": shot.time, "light": light_shot(shot), "seed": seed, "who": who}
    return scene_shot(level.tiles, level.physics_path, clips[who], seconds=LONGEST / FPS, **options)


def _label(shot, take, numbers, rng):
    """Shots of one shot as the camera sees it."""
    frames, boxes, kinds, tracks = [], [], [], {}
    for tick, (frame, seen) in enumerate(zip(take.frames[:LONGEST], take.seen, strict=False)):
        art, scale = art_pixels(frame)
        at = [np.array(one.box) / scale for one in seen]
        for one, box in zip(seen, at, strict=True):
            acts = (ACTIONS.index(one.action), FACINGS.index(one.facing))
            tracks.setdefault(one.who, []).append((cut_around(art, box, PATCH + 2 * ROOM), box, acts))
        if tick % EVERY == 0:
            whole, inside = _canvas(art, at, rng)
            kept = [n for n in range(len(seen)) if n in inside][:SLOTS]
            empty = SLOTS - len(kept)
            frames.append(whole)
            boxes.append([*(inside[n] for n in kept), *np.zeros((empty, 4))])
            kinds.append([*(int(seen[n].who in CREATURES) for n in kept), *[-1] * empty])
    scene = np.tile([HOURS.index(shot.time), [*PLACES].index(shot.place)], (len(frames), 1))
    columns = [np.array(column) for column in zip(*chain(*tracks.values()), strict=True)]
    if not columns:
        columns = (
            np.zeros((0, PATCH + 2 * ROOM, PATCH + 2 * ROOM, 3), np.uint8),
            np.zeros((0, 4)),
            np.zeros((0, 2), int),
        )
    starts = np.cumsum([0, *map(len, tracks.values())])
    who = np.array([numbers[name] for name in tracks], int)
    frames, boxes, kinds = np.array(frames), np.array(boxes, "float32"), np.array(kinds, "int8")
    return Shots(frames, boxes, kinds, scene, *columns, starts, who)


def _canvas(art, boxes, rng):
    """A part of CANVAS size of a larger frame, or a smaller one in black; and number -> box of those seen in it."""
    rows, columns = CANVAS
    for _ in range(20):
        top, left = (
            int(rng.integers(0, max(side - most, 0) + 1)) for side, most in zip(art.shape, CANVAS, strict=False)
        )
        part = art[top : top + rows, left : left + columns]
        inside, torn = {}, False
        for number, box in enumerate(boxes):
            moved = (box - [left, top, left, top]).clip(0, [columns, rows, columns, rows])
            share = np.prod(moved[2:] - moved[:2]) / np.prod(box[2:] - box[:2])
            torn |= 0 < share < 0.3
            if share >= 0.3:
                inside[number] = moved
        if not torn and (inside or not boxes or rng.random() < 0.3):
            break
    whole = np.zeros((*CANVAS, 3), np.uint8)
    whole[: part.shape[0], : part.shape[1]] = part
    return whole, inside
