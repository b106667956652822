"""Acting: a character does something in a mood.

The frames are the trained animator's; which of them are shown when, and how they are moved, tilted and squashed, is
set by rules: `ACTS` says what is done, `STYLE` how it is done in each mood, and both are data. A *score* is their
product, a row of numbers for each frame, which `draw` obeys here and the canvas in a browser: both act the same.

Source: the principles of animation of Thomas and Johnston, "The Illusion of Life" (1981): timing, squash and stretch,
anticipation, slow in and slow out, exaggeration.
"""

from typing import NamedTuple

import numpy as np
from scipy.ndimage import binary_dilation

from animkit.data.sprites import ACTION_DIRECTIONS
from animkit.data.twins.pixel_people import GLOW, INK, PALETTE
from animkit.data.twins.pixel_poses import CENTRE, GROUND, SIZE, spellcast
from animkit.data.twins.pixel_wardrobe import shine
from animkit.studio.characters import animate

FPS = 12
CELL = 48  # pixels a side of what `draw` makes: room for hops and leaning
FEET = 46  # row of the soles in it
FACINGS = ("left", "front", "right")
ROUND = 8  # frames of each clip of the animator
COLUMNS = ("cell", "x", "y", "lean", "wide", "tall", "head x", "head y")  # of a score
NECK = 16  # the first row below the head


class Style(NamedTuple):
    """How a mood moves; the values here are of no mood at all."""

    tempo: float = 1.0  # factor on how fast it is done, walking included
    swing: float = 1.0  # factor on how far: hops, tilts, nods
    bounce: float = 0.0  # pixels up and down with each beat
    stretch: float = 0.0  # share of height won and lost with each beat
    lean: float = 0.0  # pixels forwards per pixel of height; backwards below 0
    droop: float = 0.0  # share of height lost throughout
    hang: float = 0.0  # pixels that the head sinks, forwards too
    tremble: float = 0.0  # pixels, from frame to frame
    pause: float = 0.0  # share of each beat in which nothing moves
    snap: float = 0.0  # 0 for an even movement, 1 for slow in, sudden, slow out
    uneven: float = 0.0  # spread of the beats' lengths, of their logarithm
    recoil: float = 0.0  # pixels backwards at the start, forwards below 0


STYLE = {
    "happy": Style(tempo=1.2, swing=1.25, bounce=2.6, stretch=0.08, lean=-0.03, hang=-0.6, snap=0.1),
    "angry": Style(
        tempo=1.25,
        swing=1.2,
        bounce=0.6,
        stretch=0.04,
        lean=0.24,
        hang=0.6,
        tremble=0.25,
        pause=0.25,
        snap=0.9,
        recoil=-3,
    ),
    "sad": Style(tempo=0.6, swing=0.6, lean=0.1, droop=0.09, hang=2.6, pause=0.3, snap=0.2, uneven=0.1),
    "afraid": Style(
        tempo=1.3, swing=0.7, lean=-0.17, droop=0.1, hang=0.6, tremble=1.0, pause=0.3, snap=0.3, uneven=0.5, recoil=4
    ),
    "calm": Style(tempo=0.8, swing=0.9, bounce=0.4, stretch=0.02),
}


class Key(NamedTuple):
    """One pose of an act, as if in no mood."""

    clip: str  # of the animator: walk, spellcast or slash
    frame: int
    y: float = 0.0  # pixels above the ground
    lean: float = 0.0  # forwards, or to the right seen from the front; per pixel of height
    tall: float = 1.0
    hang: float = 0.0  # pixels that the head sinks
    turn: str | None = None  # where it looks whatever the facing


class Act(NamedTuple):
    """What is done: poses at even distances, again and again."""

    rate: float  # rounds a second
    beats: int  # a round; steps of a walk
    keys: tuple


ACTS = {
    "idle": Act(0.4, 1, (Key("spellcast", 0), Key("spellcast", 0, tall=1.03), Key("spellcast", 1, lean=0.03))),
    "look": Act(
        0.4,
        2,
        (
            Key("spellcast", 0, turn="front"),
            Key("spellcast", 0, lean=0.05),
            Key("spellcast", 0, lean=0.1, hang=-0.6),
            Key("spellcast", 0, lean=0.1, hang=-0.6),
            Key("spellcast", 0, lean=0.05),
        ),
    ),
    "approach": Act(1.0, 2, tuple(Key("walk", frame) for frame in range(ROUND))),
    "flee": Act(1.5, 2, tuple(Key("walk", frame, y=frame % 4 == 2, lean=0.1) for frame in range(ROUND))),
    "wave": Act(
        0.6,
        3,
        tuple(
            Key("spellcast", frame, lean=lean, turn="front")
            for frame, lean in ((3, 0), (5, 0.1), (4, -0.1), (5, 0.1), (4, -0.1), (3, 0))
        ),
    ),
    "dance": Act(
        0.5,
        4,
        (
            Key("spellcast", 5, y=2, lean=-0.12, turn="front"),
            Key("spellcast", 3, tall=0.93, turn="front"),
            Key("walk", 2, y=1, turn="left"),
            Key("walk", 4, tall=0.95, turn="left"),
            Key("spellcast", 5, y=2, lean=0.12, turn="front"),
            Key("spellcast", 3, tall=0.93, turn="front"),
            Key("walk", 2, y=1, turn="right"),
            Key("walk", 4, tall=0.95, turn="right"),
        ),
    ),
    "sulk": Act(
        0.4,
        1,
        (
            Key("spellcast", 1, lean=0.04, tall=0.96, hang=1.5),
            Key("spellcast", 1, lean=0.06, tall=0.95, hang=2),
            Key("walk", 1, lean=0.04, tall=0.96, hang=1.5),
            Key("spellcast", 2, lean=0.06, tall=0.95, hang=2),
        ),
    ),
    "bow": Act(
        0.4,
        1,
        (
            Key("spellcast", 0),
            Key("spellcast", 1, lean=0.15, tall=0.95, hang=1),
            Key("spellcast", 1, lean=0.36, tall=0.84, hang=3),
            Key("spellcast", 1, lean=0.38, tall=0.82, hang=3),
            Key("spellcast", 1, lean=0.15, tall=0.93, hang=1),
            Key("spellcast", 0),
        ),
    ),
    "jump": Act(
        0.7,
        1,
        (
            Key("spellcast", 1, tall=0.92, hang=0.5),
            Key("spellcast", 1, tall=0.82, hang=1),
            Key("spellcast", 4, y=4, tall=1.06),
            Key("spellcast", 5, y=7, tall=1.02),
            Key("spellcast", 4, y=4, tall=1.04),
            Key("spellcast", 2, tall=0.82, hang=1),
            Key("spellcast", 0),
        ),
    ),
}
ACTIONS = tuple(ACTS)


def styled(mood, strength=1.0):
    """How a mood moves that is felt so strongly.

    Args:
        mood: name out of STYLE, or a Style.
        strength: 0 for no mood at all, 1 for all of it.

    Returns:
        Style.

    Raises:
        ValueError: an unknown mood, or a strength outside [0, 1].
    """
    if not 0 <= strength <= 1:
        raise ValueError(f"strength is {strength!r}: a mood is felt from 0, not at all, to 1")
    if isinstance(mood, str):
        if mood not in STYLE:
            raise ValueError(f"no mood {mood!r}; there are {', '.join(STYLE)}")
        mood = STYLE[mood]
    return Style(*(none + strength * (all_ - none) for none, all_ in zip(Style(), mood, strict=True)))


def score(action, mood, frames, *, facing="right", pace=1.0, strength=1.0, fps=FPS, phase=0.0, loop=False, seed=0):
    """Write down how an action is done in a mood.

    Args:
        action: one of ACTIONS.
        mood: one of STYLE, or a Style of one's own.
        frames: how many.
        facing: "left", "front" or "right".
        pace: factor on the action's own speed.
        strength: of the mood, from 0 to 1.
        fps: frames a second.
        phase: share of a round at which it begins.
        loop: fit whole rounds into the frames, so that the end joins the beginning.
        seed: of what trembles and is uneven.

    Returns:
        (frames, 8) float32, see COLUMNS: `cell`, of a `sheet`; `x` and `y`, pixels to the right and up; `lean`, pixels
        to the right per pixel of height; `wide` and `tall`, factors about the feet; `head x` and `head y`, pixels by
        which the head moves to the right and down besides.

    Raises:
        ValueError: an unknown action or facing, a pace that is not positive, or fewer than one frame; see `styled`.
    """
    if action not in ACTS or facing not in FACINGS:
        raise ValueError(
            f"{action!r} facing {facing!r} is not known: there are {', '.join(ACTIONS)}, and {', '.join(FACINGS)}"
        )
    if not 0 < pace < np.inf or int(frames) != frames or frames < 1:
        raise ValueError(f"pace is {pace} and frames {frames}: a pace is positive, and there is a frame at least")
    act, style, rng = ACTS[action], styled(mood, strength), np.random.default_rng(seed)
    beat = _beats(act, style, frames, pace, fps, rng, loop) + phase * act.beats
    # within a beat: wait, then move, evenly or suddenly
    number, within = np.floor(beat), beat % 1
    moved = np.clip((within - style.pause) / (1 - style.pause), 0, 1)
    moved += style.snap * (moved**3 * (moved * (6 * moved - 15) + 10) - moved)
    at = (number + moved) / act.beats * len(act.keys) % len(act.keys)
    before, share = at.astype(int), at % 1
    keys = np.array([[key.y, key.lean, key.tall - 1, key.hang] for key in act.keys])
    y, lean, tall, hang = style.swing * ((1 - share) * keys[before].T + share * keys[(before + 1) % len(keys)].T)
    shown = [act.keys[k] for k in before]
    turned = [key.turn or facing for key in shown]
    cell = [
        ACTION_DIRECTIONS.index(f"{key.clip} {to}") * ROUND + key.frame for key, to in zip(shown, turned, strict=True)
    ]
    ahead = np.array([FACINGS.index(to) - 1 for to in turned])  # 0 where nobody sees how far it leans
    y = y + style.bounce * np.sin(np.pi * moved) ** 2
    tall = (1 + tall) * (1 - style.stretch * np.cos(2 * np.pi * moved)) * (1 - style.droop)
    tall *= np.where(ahead, 1, 1 - 0.35 * abs(style.lean))
    hang = hang + style.hang + np.where(ahead, 0, 2 * max(style.lean, 0))
    recoil = style.recoil * np.exp(-3 * np.arange(frames) / fps)
    x = rng.uniform(-1, 1, frames) * style.tremble - recoil * ahead
    leaning = np.where(ahead, (lean + style.lean) * ahead, lean) - 0.03 * recoil * ahead
    columns = (cell, x, y, leaning, tall**-0.5, tall, 0.5 * hang * ahead, hang)
    return np.stack(columns, axis=1).astype("float32")


def _beats(act, style, frames, pace, fps, rng, loop):
    """How many beats have gone at each frame, (frames,): beats of uneven length follow each other."""
    rate = act.rate * act.beats * style.tempo * pace / fps
    count = int(np.ceil(frames * rate * 3)) + act.beats
    if loop:
        count = max(1, round(frames * rate / act.beats)) * act.beats
    lengths = np.exp(style.uneven * rng.standard_normal(count).clip(-1.5, 1.5)) / rate
    if loop:
        lengths *= frames / lengths.sum()
    ends = np.concatenate([[0.0], np.cumsum(lengths)])
    # beyond the last beat the rounds begin again
    return np.interp(np.arange(frames), ends, np.arange(count + 1))


def sheet(company, look):
    """Let the animator draw one character in all it knows, as cells of which a score chooses.

    Args:
        company: `animkit.studio.characters.Company`.
        look: (static_dim,) of the character.

    Returns:
        (72, 32, 32, 4) uint8 RGBA: cell `8 * action-direction + frame`, in the order of ACTION_DIRECTIONS.

    Raises:
        ValueError: the company's animator knows other actions, or draws another size; see `characters.animate`.
    """
    animator, palette = company.animator, company.sprites.palette
    if missing := set(ACTION_DIRECTIONS) - set(animator.rounds):
        raise ValueError(f"the animator does not know {', '.join(sorted(missing))}: acts are made of these")
    cells = animate(animator, np.asarray(look)[None], ACTION_DIRECTIONS, steps=ROUND)[0]
    if cells.shape[2:] != (SIZE, SIZE):
        raise ValueError(f"the animator draws {cells.shape[2:]}: actors are {SIZE} pixels a side")
    if np.array_equal(palette, PALETTE):
        cells = _without_glow(cells)
    return palette[cells.reshape(-1, SIZE, SIZE)]


def _without_glow(cells):
    """Clears the light that a spell makes around the hands, (9, 8, 32, 32) palette indices: who waves does no magic."""
    cells = cells.copy()
    for direction, to in enumerate(FACINGS):
        for frame, pose in enumerate(spellcast(to == "front")):
            near = binary_dilation(shine(pose) > 0, np.ones((3, 3)))
            if to == "right":
                near[:, 1:] = near[:, :0:-1]
            picture = cells[3 + direction, frame]
            picture[near & np.isin(picture, (*GLOW[0], INK))] = 0
            # what is left of the hands gets its outline again
            picture[near & (picture == 0) & binary_dilation(picture > INK)] = INK
    return cells


def layers(cells):
    """Part the heads of cells from the rest, so that a head can hang.

    Args:
        cells: (n, 32, 32, 4), see `sheet`.

    Returns:
        (n, 2, 32, 32, 4) uint8: the body with its neck, and the head, which is laid over it.
    """
    body, head = cells.copy(), cells.copy()
    body[:, : NECK - 2] = 0
    head[:, NECK:] = 0
    return np.stack([body, head], axis=1)


def draw(cells, rows):
    """Draw what a score says, pixel for pixel, without a new colour.

    A canvas does the same: for body and head, `setTransform(wide, 0, -lean * tall, tall, column, row)`, then the cell
    at (-16.5, -31), where (column, row) is where the feet stand, moved by x and -y, and the head by what it moves.

    Args:
        cells: (n, 32, 32, 4), see `sheet`.
        rows: (frames, 8), see `score`.

    Returns:
        (frames, 48, 48, 4) uint8; the feet stand in the middle of row 46.
    """
    parts = np.ascontiguousarray(layers(cells)).view(np.uint32)[..., 0]  # a pixel is one number
    cell, x, y, lean, wide, tall, head_x, head_y = np.asarray(rows, "float32").T[..., None, None]
    row, column = np.ogrid[: np.float32(CELL), : np.float32(CELL)]
    frames = np.zeros((len(rows), CELL, CELL), np.uint32)
    for part, (across, down) in enumerate(((0, 0), (head_x, head_y))):
        above = FEET + 0.5 - (row - down) - y  # the ground, in the middles of pixels
        source_row = np.floor(GROUND + 1 - above / tall).astype(np.int32)
        source = np.floor(CENTRE + 0.5 + (column - CELL // 2 - x - across - lean * above) / wide).astype(np.int32)
        inside = (source_row >= 0) & (source_row < SIZE) & (source >= 0) & (source < SIZE)
        found = parts[cell.astype(int), part, source_row.clip(0, SIZE - 1), source.clip(0, SIZE - 1)]
        frames = np.where(inside & (found > 0), found, frames)
    return frames[..., None].view(np.uint8)


def perform(company, look, action, mood, *, frames, facing="right", pace=1.0, strength=1.0, fps=FPS, seed=0):
    """Let a character do something in a mood, on the spot: walkers are followed.

    Args:
        company: `animkit.studio.characters.Company`.
        look: (static_dim,) of the character.
        action: see `score`; so are mood, frames, facing, pace, strength, fps and seed.
        mood: of STYLE.
        frames: how many.
        facing: where it looks.
        pace: factor on the speed.
        strength: of the mood.
        fps: frames a second.
        seed: of what trembles and is uneven.

    Returns:
        (frames, 48, 48, 4) uint8 RGBA.

    Raises:
        ValueError: see `score` and `sheet`.
    """
    rows = score(action, mood, frames, facing=facing, pace=pace, strength=strength, fps=fps, seed=seed)
    return draw(sheet(company, look), rows)


def scores_for_stage(frames=4 * FPS):
    """Write down every action in every mood and facing, as loops: what the canvas plays without asking.

    Args:
        frames: of each loop, FPS a second.

    Returns:
        (actions, moods, 3, frames, 8) float32, in the order of ACTIONS, STYLE and FACINGS.
    """
    return np.array(
        [
            [[score(action, mood, frames, facing=facing, loop=True) for facing in FACINGS] for mood in STYLE]
            for action in ACTIONS
        ]
    )
