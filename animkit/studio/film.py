"""A storyboard becomes a film: stage, cards, captions and cuts, from given frames."""

import hashlib
import json
import os
import textwrap
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from animkit.data.fairytales import CREATURES
from animkit.data.sprites import ACTION_DIRECTIONS
from animkit.render import save_gif, save_mp4, save_png, upscale
from animkit.studio import backdrop
from animkit.studio.blocking import MIDDLE, columns, play, pose
from animkit.studio.painting import BAYER, FLOOR
from animkit.studio.storyboard import cast_of

FPS = 12
SCALE = 4  # screen pixels per art pixel: 160 x 90 -> 640 x 360
BAND = 56  # screen rows of the caption band
CUT = 6  # frames in which one shot dissolves into the next

_GOLD, _CREAM, _INK = (246, 196, 92), (255, 246, 222), (22, 16, 40)


def compose(title, shots, clips, *, scenes=None, extras=None, lights=None, credits="", seed=0):
    """Composes the film: title card, a shot per caption, end card.

    Args:
        title: what the title card says.
        shots: list of `animkit.studio.storyboard.Shot`.
        clips: for every name of `cast_of(shots)` its clips, (9, frames, height, width, 4) uint8 in the order of
            ACTION_DIRECTIONS.
        scenes: number of a shot -> (frames, 360, 640, 3) uint8, where it is filmed elsewhere than on the stage, as by
            `animkit.studio.scene_shot`; its lowest BAND rows are covered by the caption.
        extras: number of a shot -> list of `animkit.studio.blocking.Extra`: effects and things on its stage.
        lights: number of a shot -> its `animkit.studio.stage_light.StageLight`; without one there is the hour's tint.
        credits: a line or two for the end card.
        seed: of the painted places and the sparks.

    Returns:
        (frames, 360, 640, 3) uint8, to be shown at FPS frames per second.

    Raises:
        ValueError: no shots, or somebody on stage has no clips of that shape.
    """
    _check(shots, clips)
    reels = [_title_card(title, shots, clips, seed)]
    for number, shot in enumerate(shots):
        elsewhere = (scenes or {}).get(number)
        options = {"extras": (extras or {}).get(number, ()), "light": (lights or {}).get(number)}
        options |= {"frames": length(shot), "seed": seed}
        screen = upscale(play(shot, clips, **options), SCALE) if elsewhere is None else elsewhere.copy()
        reels.append(_captioned(screen, shot.sentence))
    reels += [_end_card(shots, clips, credits, seed)]
    for before, after in pairwise(reels):
        after[:CUT] = _dissolve(before[-CUT:], after[:CUT])
    return np.concatenate([*(reel[:-CUT] for reel in reels[:-1]), reels[-1]])


def length(shot):
    """Frames of a shot: as long as its caption takes to read, and an action to be played twice."""
    return int(FPS * (1.25 + len(shot.sentence) / 32)) + CUT


def poster(title, shots, clips, *, seed=0):
    """One picture for the door: the whole cast before the first place, and the title, (360, 640, 3) uint8."""
    _check(shots, clips)
    return _title_card(title, shots, clips, seed)[-CUT - 1]


def save(folder, frames, picture, record):
    """Writes film.mp4, film.gif, poster.png and film.json, the record of every choice, into a folder.

    Args:
        folder: made if missing.
        frames: (frames, height, width, 3) uint8.
        picture: (height, width, 3) uint8, the poster.
        record: what json.dumps takes.

    Returns:
        {file name: bytes}.

    Raises:
        TypeError: `record` cannot be written as JSON. ValueError: it holds NaN, or frames cannot be drawn.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False)
    save_png(folder / "poster.png", picture)
    save_gif(folder / "film.gif", frames, fps=FPS)
    partial = folder / ".film.json.partial"
    partial.write_text(text + "\n", encoding="utf-8")
    os.replace(partial, folder / "film.json")
    save_mp4(folder / "film.mp4", frames, fps=FPS)  # last: who waits for the film finds everything
    return {name: (folder / name).stat().st_size for name in ("film.mp4", "film.gif", "poster.png", "film.json")}


def digest(frames):
    """SHA-256 of frames: two films are the same film if theirs agree."""
    return hashlib.sha256(np.ascontiguousarray(frames).tobytes()).hexdigest()


def _check(shots, clips):
    if not shots:
        raise ValueError("a film needs at least one shot")
    for name in cast_of(shots):
        got = np.shape(clips[name]) if name in clips else None
        if got is None or len(got) != 5 or got[0] != len(ACTION_DIRECTIONS) or got[-1] != 4 or 0 in got:
            raise ValueError(
                f"{name} needs clips of shape ({len(ACTION_DIRECTIONS)}, frames, height, width, 4) uint8; got {got}"
            )


# Cards and captions. Letters are drawn small, without smoothing, and enlarged like everything else.


def _ink(text):
    """(17, width) bool: where the letters are."""
    font = ImageFont.load_default(12)
    text = text.encode("latin-1", "replace").decode("latin-1")  # what the font has
    mask = Image.new("1", (int(font.getlength(text) * 1.5) + 16, 17))
    draw = ImageDraw.Draw(mask)
    draw.fontmode = "1"
    draw.text((2, 1), text, fill=1, font=font)
    ink = np.asarray(mask)
    columns = np.flatnonzero(ink.any(axis=0))
    return ink[:, max(columns[0] - 2, 0) : columns[-1] + 4] if len(columns) else ink[:, :1]


def _lettering(text, scale, colour, *, outline=None):
    """(height, width, 4) uint8 letters; an outline also makes them bold."""
    ink = _ink(text)
    letters = np.zeros((*ink.shape, 4), "uint8")
    if outline:
        ink = ink | np.roll(ink, 1, axis=1)
        shifts = [(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
        letters[np.any([np.roll(ink, shift, (0, 1)) for shift in shifts], axis=0)] = (*outline, 255)
    letters[ink] = (*colour, 255)
    return upscale(letters, scale)


def _lines(text, scale, room):
    """Breaks text into lines at most `room` screen pixels wide: as few as will do, and of like length."""
    for count in range(1, len(text) + 1):
        for letters in range(-(-len(text) // count), len(text) + 1):
            lines = textwrap.wrap(text, letters)
            if len(lines) <= count:
                break
        if all(_ink(line).shape[1] * scale <= room for line in lines):
            return lines
    return []


def _write(picture, text, middle, *, scale, colour, outline=None):
    """Writes centred lines around screen row `middle` on a (height, width, 3) picture, in place."""
    lines = _lines(text, scale, picture.shape[1] - 24)
    pitch = 13 * scale
    for i, line in enumerate(lines):
        letters = _lettering(line, scale, colour, outline=outline)
        height, width, _ = letters.shape
        top = int(middle + (i - (len(lines) - 1) / 2) * pitch - 8.5 * scale)
        left = (picture.shape[1] - width) // 2
        under = picture[max(top, 0) : top + height, left : left + width]
        letters = letters[max(-top, 0) :][: len(under)]
        under[letters[..., 3] > 0] = letters[letters[..., 3] > 0, :3]


def _captioned(screen, text):
    """Writes the caption over the lowest rows of a screen, (frames, 360, 640, 3), in place."""
    band = np.broadcast_to(np.array(_INK, "uint8"), (BAND, screen.shape[2], 3)).copy()
    band[:2] = _GOLD
    scale = next((size for size in (2, 1) if len(_lines(text, size, screen.shape[2] - 24)) <= 4 // size), None)
    if scale is None:
        raise ValueError(f"a caption of {len(text)} letters does not fit below the picture: {text[:60]!r}...")
    _write(band, text, BAND // 2 + 2, scale=scale, colour=_CREAM)
    screen[:, -BAND:] = band
    return screen


def _people(shots):
    """Who takes the bow: the named, or whoever there is."""
    cast = cast_of(shots)
    return ([name for name in cast if name not in CREATURES] or cast)[:3]


def _bow(shots, clips, painted, tick, action, frame, row=FLOOR):
    """The people side by side, facing us."""
    people = _people(shots)
    actors = [pose(clips, name, action, "front", frame, column, row)
              for name, column in zip(people, columns(len(people), MIDDLE), strict=True)]  # fmt: skip
    return backdrop.view(painted, camera=60, tick=tick, actors=actors)


def _title_card(title, shots, clips, seed):
    """An iris opens on the first place and its people; the title drops in."""
    painted = backdrop.backdrop(shots[0].place, "day", seed=seed)
    frames = []
    for tick in range(30 + CUT):
        action, frame = ("walk", tick) if tick < 16 else ("spellcast", 0)
        stage = _bow(shots, clips, painted, tick, action, frame, row=FLOOR + 8)
        screen = upscale(_iris(stage, np.interp(tick, (0, 12), (0.24, 1)), (80, 60)), SCALE)
        scale = 4 if len(_lines(title, 4, 616)) < 3 else 2
        _write(screen, title, 66 - 16 * max(0, 10 - tick), scale=scale, colour=_CREAM, outline=_INK)
        frames.append(screen)
    return np.stack(frames)


def _end_card(shots, clips, credits, seed):
    """The iris closes on the people, waits, and shuts."""
    painted = backdrop.backdrop(shots[-1].place, shots[-1].time, seed=seed)
    frames = []
    for tick in range(40):
        stage = _bow(shots, clips, painted, tick, "spellcast", tick % 16 if tick % 16 < 8 else 0)
        openness = np.interp(tick, (CUT, 14, 34, 38), (1, 0.24, 0.24, 0))
        frame = upscale(_iris(stage, openness, (80, 53)), SCALE)
        if tick >= 14:
            _write(frame, "The End", 70, scale=5, colour=_GOLD, outline=_INK)
            for row, line in enumerate(credits.splitlines()):
                _write(frame, line, 320 + 24 * row, scale=2, colour=_CREAM)
        frames.append(frame)
    return np.stack(frames)


# Cuts.


def _iris(picture, openness, centre):
    """Closes a round shutter to a fraction of its reach around (column, row)."""
    height, width, _ = picture.shape
    y, x = np.mgrid[:height, :width]
    reach = np.hypot(max(centre[0], width - centre[0]), max(centre[1], height - centre[1])) + 1
    shut = np.hypot(x - centre[0], y - centre[1]) >= openness * reach
    return np.where(shut[..., None], np.array(_INK, "uint8"), picture)


def _dissolve(before, after):
    """Mixes two equally long runs of frames, (frames, 360, 640, 3), art pixel by art pixel in ordered dither."""
    threshold = np.tile(BAYER, (before.shape[1] // SCALE // 4 + 1, before.shape[2] // SCALE // 4 + 1))
    threshold = upscale(threshold, SCALE)[: before.shape[1], : before.shape[2]]
    share = (np.arange(len(before)) + 1) / (len(before) + 1)
    return np.where((share[:, None, None] > threshold)[..., None], after, before)
