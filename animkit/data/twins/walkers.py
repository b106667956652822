"""People made of rules: a procedural walker, runner, jumper and idler, the twin of the motion-capture datasets.

Footholds are planned first, from speed, turn and gait (`footsteps.py`); the hips follow the path between them, and each
leg reaches its foot by analytic two-bone inverse kinematics (`bodies.py`). So a foot on the ground is exactly still,
whatever the body does above it.
"""

from typing import NamedTuple

import numpy as np
from pybvh import Bvh
from scipy.spatial.transform import Rotation

from animkit.data.twins.bodies import nodes, posed
from animkit.data.twins.footsteps import GAITS, RATE, STYLES, bounce, foot, gaits, grid_of, schedule, smooth, wander
from animkit.motion.clips import Take, make_clip

_FASTEST = {"walk": 250.0, "run": 700.0, "jump": 150.0, "idle": 0.0}
_SLOWEST = {"walk": 0.0, "run": 100.0, "jump": 0.0, "idle": 0.0}
_USUAL = {"walk": 130.0, "run": 320.0, "jump": 70.0, "idle": 0.0}


class Walk(NamedTuple):
    """A clip, and what it was made from."""

    clip: Bvh
    contacts: np.ndarray  # (time, 4) bool: left foot, left toe, right foot, right toe
    speed: np.ndarray  # (time,) cm/s along the path
    heading: np.ndarray  # (time,) rad about y; 0 faces +z, and grows to the left


def walker(*, gait="walk", style="normal", seconds=4.0, speed=None, turn=0.0, seed=0, fps=30):
    """Make a person who walks, runs, jumps or stands about.

    Args:
        gait: "walk", "run", "jump" or "idle"; or pairs (gait, second at which it begins), from second 0 on.
        style: one of `footsteps.STYLES`.
        seconds: length of the clip.
        speed: cm/s, one number or one per frame; the gait's usual speed in this style if None. Changes are rounded
            off over a quarter of a second. A jumper's speed is that of whole jumps on average.
        turn: rad/s to the left, one number or one per frame.
        seed: decides all that varies between takes.
        fps: frames per second.

    Returns:
        Walk. The clip has the joints `bodies.JOINTS`, centimetres and y up; it starts above the origin and faces +z.

    Raises:
        ValueError: a name is unknown, or a number is out of range, not finite or of another length than the clip.

    Source: steps by the walk ratio of Sekiya and Nagasaki (1998), a runner's contact and flight as a bouncing mass
        (Blickhan, 1989), heights as an inverted pendulum.
    """
    segments = [(gait, 0.0)] if isinstance(gait, str) else [(name, float(start)) for name, start in gait]
    starts = [start for _, start in segments]
    if not segments or starts[0] != 0 or sorted(set(starts)) != starts:
        raise ValueError(f"gait must be one gait, or pairs (gait, second) in order and from second 0 on; got {gait!r}")
    if unknown := [name for name, _ in segments if name not in GAITS]:
        raise ValueError(f"gait must be one of {', '.join(GAITS)}, got {unknown[0]!r}")
    if style not in STYLES:
        raise ValueError(f"style must be one of {', '.join(STYLES)}, got {style!r}")
    if not (np.isfinite(fps) and 10 <= fps <= 240):
        raise ValueError(f"fps must be 10 to 240, got {fps!r}")
    if not (np.isfinite(seconds) and 1 <= round(seconds * fps) <= 100_000):
        raise ValueError(f"seconds must give 1 to 100,000 frames, got {seconds!r} at {fps:g} fps")
    frames = round(seconds * fps)
    if speed is None:
        usual = [np.clip(_USUAL[name] * STYLES[style].speed, _SLOWEST[name], _FASTEST[name]) for name, _ in segments]
        speed = np.array(usual)[np.searchsorted(starts, np.arange(frames) / fps, "right") - 1]
    low, high = min(_SLOWEST[name] for name, _ in segments), max(_FASTEST[name] for name, _ in segments)
    speed = _per_frame(speed, frames, "speed", low, high, "cm/s", gait)
    turn = _per_frame(turn, frames, "turn", -3.0, 3.0, "rad/s", gait)
    times, grid = np.arange(frames) / fps, grid_of(seconds)
    return _move(
        [(segments[0][0], -np.inf), *segments[1:]],
        STYLES[style],
        times,
        smooth(np.interp(grid, times, speed), 0.12),
        smooth(np.interp(grid, times, turn), 0.12),
        np.random.default_rng([seed, GAITS.index(segments[0][0]), list(STYLES).index(style)]),
        fps,
    )


def draw_walkers(*, clips=60, seconds=6.0, seed=0):
    """Draw a small motion library: the twin of a captured one.

    Args:
        clips: how many.
        seconds: length of each.
        seed: decides gaits, styles, speeds, turns and changes.

    Returns:
        List of `animkit.motion.clips.Take` at 30 fps. Content is the gait, or "mixed" where the gait changes; style is
        the style. The first takes go once through all gaits in all styles, as far as there are takes.

    Raises:
        ValueError: `clips` or `seconds` is out of range.
    """
    if isinstance(clips, bool) or not isinstance(clips, (int, np.integer)) or clips < 1:
        raise ValueError(f"clips must be a whole number of at least 1, got {clips!r}")
    if not (np.isfinite(seconds) and 0.5 <= seconds <= 600):
        raise ValueError(f"seconds must be 0.5 to 600, got {seconds!r}")
    takes = []
    contents = ("walk", "mixed", "run", "mixed", "walk", "jump", "mixed", "idle")
    for number in range(clips):
        rng = np.random.default_rng([seed, number])
        content = contents[number % len(contents)]
        style = list(STYLES)[(number // len(contents) + number) % len(STYLES)]
        clip = _take(content, style, seconds, rng)
        takes.append(Take(f"{content}_{style}_{number:03d}", content, style, clip))
    return takes


def _take(content, style, seconds, rng):
    """One clip of a library: gaits, speeds and turns that change as somebody's would."""
    fps, grid = 30, grid_of(seconds)
    segments, start = [], -np.inf
    if content == "mixed":
        follows = {"walk": ("run", "jump", "idle", "run"), "run": ("walk", "jump", "walk"), "idle": ("walk", "jump")}
        gait = str(rng.choice(["walk", "run", "idle"]))
        begin = 0.0
        while begin < seconds:
            segments.append((gait, start))
            begin = begin + (2.5 if gait == "jump" else rng.uniform(1.6, 2.8))
            start = begin
            gait = str(rng.choice(follows.get(gait, ("walk", "idle", "run"))))
    else:
        segments.append((content, start))
    speed, turn = np.zeros(len(grid)), np.zeros(len(grid))
    for gait, since in segments:
        here = grid >= since
        usual = _USUAL[gait] * STYLES[style].speed * rng.uniform(0.8, 1.2)
        speed[here] = np.clip(usual, _SLOWEST[gait], _FASTEST[gait])
        speed[here] *= 1 + 0.08 * wander(grid[here], rng, 0.3)
        curve = rng.normal(0, 0.3) if rng.random() < 0.7 else 0.0
        turn[here] = 0.0 if gait == "idle" else curve + 0.15 * wander(grid[here], rng, 0.25)
    times = np.arange(round(seconds * fps)) / fps
    return _move(segments, STYLES[style], times, smooth(speed, 0.3), smooth(turn, 0.3), rng, fps).clip


def _per_frame(values, frames, name, low, high, unit, gait):
    """A number or one per frame, checked, as one per frame."""
    values = np.asarray(values, float)
    if values.ndim > 1 or (values.ndim == 1 and len(values) != frames):
        raise ValueError(f"{name} must be one number or one per frame ({frames}), got shape {values.shape}")
    if not np.isfinite(values).all():
        raise ValueError(f"{name} must be finite")
    if values.size and (values.min() < low or values.max() > high):
        raise ValueError(
            f"{name} of gait {gait!r} must be {low:g} to {high:g} {unit}, got {values.min():g} to {values.max():g}"
        )
    return np.broadcast_to(values, (frames,))


def _move(segments, style, times, speed, turn, rng, fps):
    """Plan the footholds of a sequence of gaits and pose the body over them."""
    seconds = len(times) / fps
    grid = grid_of(seconds)
    jumps, speed, shares = gaits(segments, style, grid, speed, rng)
    heading = np.cumsum(turn) / RATE
    heading -= np.interp(0, grid, heading)
    path = np.cumsum(speed[:, None] * np.stack([np.sin(heading), np.cos(heading)], 1), 0) / RATE  # (grid, 2): x, z
    path -= [np.interp(0, grid, path[:, 0]), np.interp(0, grid, path[:, 1])]
    plan = {
        "speed": speed,
        "turn": turn,
        "heading": heading,
        "x": path[:, 0],
        "z": path[:, 1],
        "acceleration": smooth(np.gradient(speed) * RATE, 0.1),
        "ahead": np.interp(grid + 0.35, grid, heading) - heading,
        **dict(zip(GAITS, shares, strict=True)),
    }

    def at(name, when):
        return np.interp(when, grid, plan[name])

    steps = schedule(segments, jumps, style, grid, at, rng)
    # a margin of frames on both sides, for the filters
    margin = round(0.5 * fps)
    t = np.arange(-margin, len(times) + margin) / fps
    feet = [foot(side, [step for step in steps if step.side == side], style, t, grid, at, rng) for side in (0, 1)]
    height, cycle = bounce(steps, jumps, style, t, at)
    rotations, root = posed(feet, height, cycle, jumps, style, t, at, rng, fps)
    inside = slice(margin, margin + len(times))
    angles = Rotation.from_matrix(rotations[inside].reshape(-1, 3, 3)).as_euler("ZXY")
    angles = _continuous(angles.reshape(len(times), -1, 3))
    clip = make_clip(nodes(), root[inside], angles, frame_time=1 / fps)
    contacts = np.stack([flag for foot in feet for flag in (foot.flat, foot.toe)], 1)[inside]
    return Walk(clip, contacts, at("speed", times), at("heading", times))


def _continuous(angles):
    """Euler angles ZXY (time, joints, 3), rad, without jumps: other programs resample them as they are."""
    # the same rotation, where the middle angle has passed a quarter turn
    other = np.stack([angles[..., 0] + np.pi, np.pi - angles[..., 1], angles[..., 2] + np.pi], -1)

    def apart(one, two):
        return np.abs((two - one + np.pi) % (2 * np.pi) - np.pi).sum(-1)

    swaps = apart(angles[:-1], other[1:]) < apart(angles[:-1], angles[1:])
    swapped = np.concatenate([np.zeros((1, angles.shape[1]), int), np.cumsum(swaps, axis=0)]) % 2 == 1
    return np.unwrap(np.where(swapped[..., None], other, angles), axis=0)
