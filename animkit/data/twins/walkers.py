"""People made of rules: a procedural walker, runner, jumper and idler, the twin of the motion-capture datasets.

Footholds are planned first, from speed, turn and gait; the hips follow the path between them, and each leg reaches its
foot by analytic two-bone inverse kinematics. So a foot on the ground is exactly still, whatever the body does above it.
"""

from typing import NamedTuple

import numpy as np
from pybvh import Bvh
from pybvh.bvhnode import BvhEndSite, BvhJoint, BvhRoot
from scipy.interpolate import CubicHermiteSpline, PchipInterpolator
from scipy.ndimage import convolve1d, gaussian_filter1d, maximum_filter1d
from scipy.spatial.transform import Rotation

_SKELETON = (  # name, parent, offset in cm, offset of the end site if there is one
    ("Hips", None, (0, 0, 0), None),
    ("LeftUpLeg", "Hips", (9.5, -1.5, 0), None),
    ("LeftLeg", "LeftUpLeg", (0, -42, 0), None),
    ("LeftFoot", "LeftLeg", (0, -40.5, 0), None),
    ("LeftToe", "LeftFoot", (0, -6, 13.5), (0, -1, 6.5)),
    ("RightUpLeg", "Hips", (-9.5, -1.5, 0), None),
    ("RightLeg", "RightUpLeg", (0, -42, 0), None),
    ("RightFoot", "RightLeg", (0, -40.5, 0), None),
    ("RightToe", "RightFoot", (0, -6, 13.5), (0, -1, 6.5)),
    ("Spine", "Hips", (0, 7, -1), None),
    ("Spine1", "Spine", (0, 12, 0), None),
    ("Spine2", "Spine1", (0, 12, 0), None),
    ("Neck", "Spine2", (0, 22, -0.5), None),
    ("Head", "Neck", (0, 9, 2), (0, 17, 0)),
    ("LeftShoulder", "Spine2", (3, 17, 0), None),
    ("LeftArm", "LeftShoulder", (14.5, 0, -1), None),
    ("LeftForeArm", "LeftArm", (28, 0, 0), None),
    ("LeftHand", "LeftForeArm", (25, 0, 0), (12, 0, 0)),
    ("RightShoulder", "Spine2", (-3, 17, 0), None),
    ("RightArm", "RightShoulder", (-14.5, 0, -1), None),
    ("RightForeArm", "RightArm", (-28, 0, 0), None),
    ("RightHand", "RightForeArm", (-25, 0, 0), (-12, 0, 0)),
)
JOINTS = tuple(name for name, *_ in _SKELETON)
GAITS = ("walk", "run", "jump", "idle")

_HIP, _THIGH, _SHIN = np.array([9.5, -1.5, 0.0]), 42.0, 40.5
_BALL, _TOE_TIP, _HEEL = np.array([0, -6, 13.5]), np.array([0, -1, 6.5]), np.array([0, -8, -5.0])
_ANKLE = 8.0  # height above the sole
_REACH = 0.99 * (_THIGH + _SHIN)  # of a standing leg: its knee bends by 16 degrees at least, for straight legs pop
_GRAVITY = 981.0
_PAD = 4.0  # seconds planned before and after a clip, so that it starts and ends in full motion
_RATE = 120  # of the plan, per second
_FASTEST = {"walk": 250.0, "run": 700.0, "jump": 150.0, "idle": 0.0}
_SLOWEST = {"walk": 0.0, "run": 100.0, "jump": 0.0, "idle": 0.0}
_USUAL = {"walk": 130.0, "run": 320.0, "jump": 70.0, "idle": 0.0}


class _Style(NamedTuple):
    """How somebody moves; factors are of the plain gait, angles in degrees."""

    speed: float = 1.0
    cadence: float = 1.0
    crouch: float = 0.0  # hips lower by so many cm
    lean: float = 0.0  # of the whole trunk, forward
    slump: float = 0.0  # of the spine's curve, forward
    head: float = 0.0  # down
    lift: float = 1.0  # of the swinging foot
    bounce: float = 1.0
    arms: float = 1.0
    elbow: float = 0.0  # more bend
    spread: float = 0.0  # of the arms from the body
    sway: float = 1.0
    twist: float = 1.0  # pelvis against shoulders
    width: float = 0.0  # each foot further out, cm
    strike: float = 1.0  # toes up at the strike; below zero the toes land first
    push: float = 1.0  # heel up at the end of the stance
    jump: float = 1.0  # height
    restless: float = 1.0  # how far the eyes and the weight wander


_STYLES = {
    "normal": _Style(),
    "proud": _Style(0.95, 0.96, -0.3, -3, -5, -6, 1.1, 1.1, 1.15, 6, 5, 1.1, 1.2, 1, 1.15, 1.05, 1.0, 0.7),
    "tired": _Style(0.68, 0.88, 4, 6, 11, 16, 0.55, 0.8, 0.55, -4, -2, 1.6, 0.7, 1.5, 0.45, 0.75, 0.5, 0.8),
    "sneaky": _Style(0.5, 0.72, 15, 14, 8, -4, 2.6, 0.5, 0.35, 55, 8, 0.8, 0.7, 1.5, -0.6, 0.85, 0.6, 2.0),
    "happy": _Style(1.08, 1.06, 0, -2, -3, -5, 1.5, 2.0, 1.5, 8, 7, 1.5, 1.3, 0, 0.9, 1.15, 1.35, 1.5),
    "sad": _Style(0.7, 0.93, 1.5, 2, 10, 22, 0.7, 0.7, 0.45, -6, -4, 1.2, 0.6, -0.5, 0.6, 0.8, 0.55, 0.5),
    "angry": _Style(1.18, 1.1, 1.5, 7, 3, 4, 1.1, 1.2, 1.25, 22, 9, 0.8, 1.3, 1, 1.1, 1.0, 1.1, 1.2),
    "old": _Style(0.5, 0.95, 7, 9, 13, 2, 0.6, 0.6, 0.4, 14, 2, 1.3, 0.5, 2.5, 0.35, 0.6, 0.3, 0.6),
}
STYLES = tuple(_STYLES)


class Walk(NamedTuple):
    """A clip, and what it was made from."""

    clip: Bvh
    contacts: np.ndarray  # (time, 4) bool: left foot, left toe, right foot, right toe
    speed: np.ndarray  # (time,) cm/s along the path
    heading: np.ndarray  # (time,) rad about y; 0 faces +z, and grows to the left


class _Step(NamedTuple):
    """One swing of one foot, from where it leaves the ground to where it strikes."""

    side: int  # 0 left, 1 right
    off: float
    strike: float
    leap: bool  # both feet at once


def walker(*, gait="walk", style="normal", seconds=4.0, speed=None, turn=0.0, seed=0, fps=30):
    """Make a person who walks, runs, jumps or stands about.

    Args:
        gait: "walk", "run", "jump" or "idle".
        style: one of STYLES.
        seconds: length of the clip.
        speed: cm/s, one number or one per frame; the gait's usual speed in this style if None. Changes are rounded
            off over a quarter of a second. A jumper's speed is that of whole jumps on average.
        turn: rad/s to the left, one number or one per frame.
        seed: decides all that varies between takes.
        fps: frames per second.

    Returns:
        Walk. The clip has the joints JOINTS, centimetres and y up; it starts above the origin and faces +z.

    Raises:
        ValueError: a name is unknown, or a number is out of range, not finite or of another length than the clip.

    Source: steps by the walk ratio of Sekiya and Nagasaki (1998), a runner's contact and flight as a bouncing mass
        (Blickhan, 1989), heights as an inverted pendulum.
    """
    if gait not in GAITS:
        raise ValueError(f"gait must be one of {', '.join(GAITS)}, got {gait!r}")
    if style not in _STYLES:
        raise ValueError(f"style must be one of {', '.join(STYLES)}, got {style!r}")
    if not (np.isfinite(fps) and 10 <= fps <= 240):
        raise ValueError(f"fps must be 10 to 240, got {fps!r}")
    if not (np.isfinite(seconds) and 1 <= round(seconds * fps) <= 100_000):
        raise ValueError(f"seconds must give 1 to 100,000 frames, got {seconds!r} at {fps:g} fps")
    frames = round(seconds * fps)
    if speed is None:
        speed = _USUAL[gait] * _STYLES[style].speed
        speed = np.clip(speed, _SLOWEST[gait], _FASTEST[gait])
    speed = _per_frame(speed, frames, "speed", _SLOWEST[gait], _FASTEST[gait], "cm/s", gait)
    turn = _per_frame(turn, frames, "turn", -3.0, 3.0, "rad/s", gait)
    times, grid = np.arange(frames) / fps, _grid(seconds)
    return _move(
        [(gait, -np.inf)],
        _STYLES[style],
        times,
        _smooth(np.interp(grid, times, speed), 0.12),
        _smooth(np.interp(grid, times, turn), 0.12),
        np.random.default_rng([seed, GAITS.index(gait), STYLES.index(style)]),
        fps,
    )


def draw_walkers(*, clips=60, seconds=6.0, seed=0):
    """Draw a small motion library: the twin of a captured one.

    Args:
        clips: how many.
        seconds: length of each.
        seed: decides gaits, styles, speeds, turns and changes.

    Returns:
        List of `animkit.data.mocap.Take` at 30 fps. Content is the gait, or "mixed" where the gait changes; style is
        the style. The first takes go once through all gaits in all styles, as far as there are takes.

    Raises:
        ValueError: `clips` or `seconds` is out of range.
    """
    from animkit.data.mocap import Take  # mocap's twin is drawn here: at the top, each would wait for the other

    if isinstance(clips, bool) or not isinstance(clips, (int, np.integer)) or clips < 1:
        raise ValueError(f"clips must be a whole number of at least 1, got {clips!r}")
    if not (np.isfinite(seconds) and 0.5 <= seconds <= 600):
        raise ValueError(f"seconds must be 0.5 to 600, got {seconds!r}")
    takes = []
    contents = ("walk", "mixed", "run", "mixed", "walk", "jump", "mixed", "idle")
    for number in range(clips):
        rng = np.random.default_rng([seed, number])
        content = contents[number % len(contents)]
        style = STYLES[(number // len(contents) + number) % len(STYLES)]
        clip = _take(content, style, seconds, rng)
        takes.append(Take(f"{content}_{style}_{number:03d}", content, style, clip))
    return takes


def _take(content, style, seconds, rng):
    """One clip of a library: gaits, speeds and turns that change as somebody's would."""
    fps, grid = 30, _grid(seconds)
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
        usual = _USUAL[gait] * _STYLES[style].speed * rng.uniform(0.8, 1.2)
        speed[here] = np.clip(usual, _SLOWEST[gait], _FASTEST[gait])
        speed[here] *= 1 + 0.08 * _wander(grid[here], rng, 0.3)
        curve = rng.normal(0, 0.3) if rng.random() < 0.7 else 0.0
        turn[here] = 0.0 if gait == "idle" else curve + 0.15 * _wander(grid[here], rng, 0.25)
    times = np.arange(round(seconds * fps)) / fps
    return _move(segments, _STYLES[style], times, _smooth(speed, 0.3), _smooth(turn, 0.3), rng, fps).clip


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


def _grid(seconds):
    """The plan's times, from _PAD before the clip to _PAD after it."""
    return np.arange(round((seconds + 2 * _PAD) * _RATE) + 1) / _RATE - _PAD


def _smooth(values, seconds):
    """A signal on the plan's grid without anything quicker than so many seconds."""
    return gaussian_filter1d(values, seconds * _RATE, mode="nearest", axis=-1)


def _wander(times, rng, hertz):
    """A smooth random signal about zero, of standard deviation 1, mostly slower than `hertz`."""
    pitches = hertz * rng.uniform(0.3, 1.3, 5)
    return np.sqrt(2 / 5) * np.sin(2 * np.pi * (np.outer(times, pitches) + rng.random(5))).sum(1)


def _ease(x):
    """Smoothly from 0 to 1."""
    x = np.clip(x, 0, 1)
    return x * x * x * (x * (6 * x - 15) + 10)


def _about(axis, angles):
    """Rotation matrices (n, 3, 3) about a coordinate axis."""
    return Rotation.from_euler(axis, angles[:, None]).as_matrix()


def _move(segments, style, times, speed, turn, rng, fps):
    """Plan the footholds of a sequence of gaits and pose the body over them."""
    seconds = len(times) / fps
    grid = _grid(seconds)
    jumps, speed, shares = _gaits(segments, style, grid, speed, rng)
    heading = np.cumsum(turn) / _RATE
    heading -= np.interp(0, grid, heading)
    path = np.cumsum(speed[:, None] * np.stack([np.sin(heading), np.cos(heading)], 1), 0) / _RATE  # (grid, 2): x, z
    path -= [np.interp(0, grid, path[:, 0]), np.interp(0, grid, path[:, 1])]
    plan = {
        "speed": speed,
        "turn": turn,
        "heading": heading,
        "x": path[:, 0],
        "z": path[:, 1],
        "acceleration": _smooth(np.gradient(speed) * _RATE, 0.1),
        "ahead": np.interp(grid + 0.35, grid, heading) - heading,
        **dict(zip(GAITS, shares, strict=True)),
    }

    def at(name, when):
        return np.interp(when, grid, plan[name])

    steps = _schedule(segments, jumps, style, grid, at, rng)
    # a margin of frames on both sides, for the filters
    margin = round(0.5 * fps)
    t = np.arange(-margin, len(times) + margin) / fps
    feet = [_foot(side, [step for step in steps if step.side == side], style, t, grid, at, rng) for side in (0, 1)]
    height, cycle = _bounce(steps, jumps, style, t, at)
    rotations, root = _pose(feet, height, cycle, jumps, style, t, at, rng, fps)
    inside = slice(margin, margin + len(times))
    clip = _clip(rotations[inside], root[inside], fps)
    contacts = np.stack([flag for foot in feet for flag in (foot.flat, foot.toe)], 1)[inside]
    return Walk(clip, contacts, at("speed", times), at("heading", times))


def _gaits(segments, style, grid, speed, rng):
    """Jump times, the speed with the jumps' rhythm in it, and each gait's smooth share (4, grid)."""
    starts = [max(start, grid[0]) for _, start in segments] + [grid[-1]]
    shares = np.zeros((len(GAITS), len(grid)))
    jumps, rhythm = [], np.ones(len(grid))
    for (gait, _), start, stop in zip(segments, starts[:-1], starts[1:], strict=True):
        shares[GAITS.index(gait), (grid >= start) & (grid <= stop)] = 1
        if gait != "jump":
            continue
        first, period = start + (rng.uniform(0.9, 1.6) if start == grid[0] else 1.4), rng.uniform(1.5, 1.75)
        here = []
        while True:
            rise = 24 * style.jump * rng.uniform(0.9, 1.1)
            flight = np.sqrt(2 * rise / _GRAVITY) + np.sqrt(2 * (rise + 3) / _GRAVITY)
            if here and first + flight + 0.5 > stop:
                break
            here.append((first, first + flight))
            first += period
        beats = [(start, 1.0)]
        if start > grid[0]:  # whoever comes running first stops, feet together
            beats.append((start + 0.55, 0.12))
        for off, land in here:
            beats += [(off - 0.42, 0.12), (off - 0.2, 0.4), (off, 2.1), (land, 2.0), (land + 0.33, 0.15)]
        beats.append((max(stop, beats[-1][0] + 0.3), 1.0))
        inside = (grid >= start) & (grid <= stop)
        rhythm[inside] = PchipInterpolator(*np.transpose(beats))(grid[inside])
        if len(here) > 1:  # over whole jumps the speed is the one asked for
            whole = (grid >= here[0][0]) & (grid <= here[-1][0])
            rhythm[inside] /= rhythm[whole].mean()
        jumps += here
    return jumps, _smooth(speed * rhythm, 0.03), _smooth(shares, 0.16)


def _schedule(segments, jumps, style, grid, at, rng):
    """All steps, by time of strike."""
    starts = [start for _, start in segments]
    time, side = grid[0] + rng.uniform(0, 0.5), int(rng.integers(2))
    last = [-np.inf, -np.inf]  # strike of either foot
    steps, stepping, ahead = [], False, list(jumps)

    def swing(side, strike, length, leap=False):
        off = max(strike - length, last[side] + 0.12)
        steps.append(_Step(side, off, max(strike, off + 0.1), leap))
        last[side] = steps[-1].strike

    while time < grid[-1] + 1:
        if ahead and time >= ahead[0][0] - 0.5:
            off, land = ahead.pop(0)
            swing(0, land, land - off, leap=True)
            swing(1, land, land - off, leap=True)
            time, stepping = land + 0.5, False
            continue
        gait = segments[np.searchsorted(starts, time, side="right") - 1][0]
        soon = time + 0.25
        pace, jog = at("speed", soon) / 100, at("run", soon)  # m/s
        moving = pace > 0.06 or abs(at("turn", soon)) > 0.12 or jog > 0.3
        if gait == "jump" and pace < 0.3:
            moving = False
        if not moving and not stepping:
            time += 1 / 60
            continue
        cadence = (1 - jog) * max(np.sqrt(pace * 60 / 0.0059) / 60, 1.15) + jog * (2.35 + 0.14 * pace)
        if gait == "jump":
            cadence = max(cadence, 2.4)
        cadence *= style.cadence * (1 + 0.015 * rng.standard_normal())
        contact = np.clip(0.36 * max(pace, 0.5) ** -0.4 * (2.35 + 0.14 * pace) / 2, 0.2, 0.46)
        duty = (1 - jog) * np.clip(0.73 - 0.085 * pace, 0.55, 0.75) + jog * contact
        if ahead and time + 1 / cadence > ahead[0][0] - 0.4:
            time = ahead[0][0]
            continue
        time += 1 / cadence
        side = 1 - side
        swing(side, time, 2 * (1 - duty) / cadence)
        stepping = moving  # the last step only closes up to the other foot
    return sorted(steps, key=lambda step: step.strike)


class _Foot(NamedTuple):
    """One foot through time."""

    ball: np.ndarray  # (time, 3) cm
    yaw: np.ndarray  # (time,) rad
    pitch: np.ndarray  # (time,) rad, heel up
    bend: np.ndarray  # (time,) rad, of the toes, up
    flat: np.ndarray  # (time,) bool: the whole foot is on the ground
    toe: np.ndarray  # (time,) bool: the toes are
    planted: np.ndarray  # (time,) bool: any part is
    airborne: np.ndarray  # (time,) from 0 where planted to 1 in mid swing


def _foot(side, steps, style, t, grid, at, rng):
    """Move one foot over its footholds."""
    out = 1 - 2 * side
    strikes = np.array([grid[0] - 1] + [step.strike for step in steps])
    offs = np.array([step.off for step in steps] + [grid[-1] + 9])  # of the stance that began at the same index
    leaps = np.array([False] + [step.leap for step in steps])  # the swing that ended in this stance
    jog, pace = at("run", strikes), at("speed", strikes) / 100
    ball, yaw = _footholds(out, strikes, offs, jog, pace, style, at, rng)
    pitch, flats, toes = _roll(strikes, offs, leaps, jog, pace, style, t)

    now = np.searchsorted(strikes, t, side="right") - 1
    after = np.minimum(now + 1, len(strikes) - 1)
    planted = t <= offs[now]
    part = np.where(planted, 0.0, (t - offs[now]) / np.maximum(strikes[after] - offs[now], 1e-6)).clip(0, 1)
    late = part**1.12  # the foot is still on its way forward just before it strikes
    glide = 0.5 * _ease(late) + 0.5 * late * late * (3 - 2 * late)
    yaw = yaw[now] + glide * (yaw[after] - yaw[now])
    aside = np.stack([np.cos(yaw), -np.sin(yaw)], 1)  # around the standing leg
    place = ball[now] + glide[:, None] * (ball[after] - ball[now])
    place = place + (2.0 * out * np.sin(np.pi * part) ** 2)[:, None] * aside

    quick = np.clip(pace / 1.3, 0.25, 1.3)
    lift = style.lift * (1 - jog) * (3 + 2.2 * quick) + style.lift**0.3 * jog * (7 + 5 * np.clip(pace - 1, 0, 5))
    hop = lift[after] * part**2 * (1 - part) ** 3 / (0.4**2 * 0.6**3)
    leap = (4 * part * (1 - part)) ** 1.4 * (_GRAVITY * (strikes[after] - offs[now]) ** 2 / 8 + 7)
    height = _BALL[1] - _HEEL[1] + np.where(leaps[after], leap, hop)

    # with the toes up the foot stands on its heel, so the ball of the foot comes up and back
    arm, toes_up = _BALL - _HEEL, np.minimum(pitch, 0)
    height = height + arm[1] * (np.cos(toes_up) - 1) - arm[2] * np.sin(toes_up)
    back = arm[2] * (np.cos(toes_up) - 1) + arm[1] * np.sin(toes_up)
    place = place + back[:, None] * np.stack([np.sin(yaw), np.cos(yaw)], 1)

    # toes lie flat under a raised heel, straighten in the air, and bend again if they are to land first
    curl = np.where(planted, 1.0, np.maximum(1 - _ease(part / 0.55), _ease((part - 0.75) / 0.25)))
    bend = curl * np.maximum(pitch, 0)
    # and they never dip into the ground
    slope = np.arctan2(-_TOE_TIP[1], _TOE_TIP[2])
    deepest = np.arcsin(np.clip((height - 0.9) / np.hypot(*_TOE_TIP[1:]), -1, 1)) - slope
    bend = np.maximum(bend, pitch - np.maximum(deepest, 0))

    return _Foot(
        np.stack([place[:, 0], height, place[:, 1]], 1),
        yaw,
        pitch,
        bend,
        (t >= flats[0, now]) & (t <= flats[1, now]),
        (t >= toes[0, now]) & (t <= toes[1, now]),
        planted,
        _ease(part / 0.3) * _ease((1 - part) / 0.3),
    )


def _footholds(out, strikes, offs, jog, pace, style, at, rng):
    """Where the ball of the foot stands (stances, 2), and its yaw: half way along what the body covers meanwhile."""
    count = len(strikes)
    walks, idle = at("walk", strikes), at("idle", strikes)
    heading = (at("heading", strikes) + at("heading", offs)) / 2
    centre = np.stack([at(name, strikes) + at(name, offs) for name in "xz"], 1) / 2
    middle = (strikes + offs) / 2
    lean = np.clip(at("speed", middle) * at("turn", middle) / _GRAVITY, -0.5, 0.5)
    width = 6.5 * walks + 4.5 * jog + 9.5 * np.clip(1 - walks - jog, 0, 1) + style.width
    width = np.where(pace < 0.3, np.maximum(width, 8.5), width) + 0.5 * rng.standard_normal(count)
    aside = out * width - 45 * lean  # who leans into a turn has the feet outside it
    along = -1 - (8 + 4 * jog) * np.clip(pace / 1.3, 0, 1) + rng.standard_normal(count)
    stays = (pace < 0.3) & (offs - strikes > 1.5)  # nobody stands about with both feet alike
    along = along + 2.0 * stays * rng.standard_normal(count)
    yaw = heading + out * np.radians(7 - 3 * jog + 4 * idle + (1 + 4 * stays) * rng.standard_normal(count))
    left = np.stack([np.cos(heading), -np.sin(heading)], 1)
    front = np.stack([np.sin(heading), np.cos(heading)], 1)
    toward = np.stack([np.sin(yaw), np.cos(yaw)], 1)
    return centre + aside[:, None] * left + along[:, None] * front + _BALL[2] * toward, yaw


def _roll(strikes, offs, leaps, jog, pace, style, t):
    """Pitch of a foot in time, heel up, rad; and when in each stance the sole and the toes are down (2, stances)."""
    quick = np.clip(pace / 1.3, 0.25, 1.3)
    launches = np.append(leaps[1:], False)
    hit = -18 * style.strike * (1 - jog) * quick - 9 * jog * max(style.strike, 0.3)
    hit = np.where(leaps, 18.0, hit)
    push = np.clip(style.push * ((1 - jog) * (22 + 36 * quick) + jog * 64), 0, 70)
    push = np.where(launches, 58.0, push)
    stance = np.minimum(offs - strikes, np.where(leaps, 0.8, 0.9))
    down = strikes + np.where(hit < 0, 0.16, 0.22) * stance
    up = np.maximum(offs - np.where(launches, 0.2, (0.42 + 0.13 * jog) * stance), down + 0.01)
    toes = np.where(hit < 0, down, strikes)
    down[0] = toes[0] = strikes[0]

    # a monotone spline through equal keys is exactly level between them: a flat foot is still
    keys = [(strikes[0] - 1, 0.0), (strikes[0], 0.0)]
    for k in range(len(strikes)):
        if k:
            keys += [(strikes[k], hit[k]), (down[k], 0.0)]
        if k == len(strikes) - 1:
            keys.append((offs[k] + 1, 0.0))
            break
        keys += [(up[k], 0.0), (up[k] + 0.55 * (offs[k] - up[k]), 0.3 * push[k]), (offs[k], push[k])]
        air, then, run = strikes[k + 1] - offs[k], hit[k + 1], jog[k + 1]
        if leaps[k + 1]:
            keys.append((offs[k] + 0.5 * air, 40.0))
        else:
            kick = 8 + 26 * run * np.clip(pace[k + 1] / 3.2, 0.5, 1.6)
            swing = (push[k] + kick, 0.45 * push[k] + 1.2 * kick * run, 0.1 * push[k] + 10 * run)
            swing += (then * 1.1 if then < 0 else then + 4,)
            keys += [(offs[k] + part * air, pitch) for part, pitch in zip((0.16, 0.42, 0.68, 0.9), swing, strict=True)]
    pitch = np.radians(PchipInterpolator(*np.transpose(keys))(t))
    return pitch, np.stack([down, up]), np.stack([toes, offs])


def _bounce(steps, jumps, style, t, at):
    """Height of the hips, cm, and the phase of the legs, rad: 0 when the body passes over the left foot."""
    stand = 90.9 - style.crouch
    keys, beats = [], []  # time, height and its speed; time and the foot that is down
    before = -np.inf
    for now, after in zip(steps, [*steps[1:], None], strict=False):
        if not now.leap:
            jog = at("run", now.strike)
            high = stand - 1.0 - 2.0 * jog
            gap = now.off - before  # both feet are down for so long, or, below zero, neither is
            if gap > 0.6:
                keys += [(max(before, now.off - 9) + 0.4, stand, 0.0), (now.off - 0.05, stand - 0.5, 0.0)]
            elif gap >= 0:  # an inverted pendulum is lowest in double support; the foot's roll takes half of that away
                reach = min(0.5 * at("speed", now.strike) * (now.strike - before), 50)
                drop = 0.5 * (85 - np.sqrt(85**2 - reach**2)) * style.bounce
                keys.append((before + gap / 2, high - drop - 0.6, 0.0))
            else:
                keys += [(now.off, high, _GRAVITY * -gap / 2), (before, high, _GRAVITY * gap / 2)]
            alone = max(now.off, before), now.strike
            flight = max(-gap, 0.0)
            if after is not None and not after.leap and after.off < now.strike:
                alone, flight = (alone[0], after.off), max(flight, now.strike - after.off)
            # a spring takes up the speed of the fall: half a sine's depth
            squat = _GRAVITY * flight / 2 * (alone[1] - alone[0]) / np.pi
            beats.append((sum(alone) / 2, 1 - now.side))
            keys.append((beats[-1][0], high - squat, 0.0))
        before = now.strike
    keys = [key for key in keys if not any(off - 0.6 < key[0] < land + 0.56 for off, land in jumps)]
    for off, land in jumps:
        deep = min(14 + 0.55 * _GRAVITY * (land - off) ** 2 / 8, 27)
        high, low = 95 - 0.7 * style.crouch, 92 - 0.7 * style.crouch
        up = _GRAVITY * (land - off) / 2 - (high - low) / (land - off)
        keys += [(off - 0.62, stand, 0.0), (off - 0.24, stand - deep, 0.0), (off, high, up)]
        keys += [(land, low, up - _GRAVITY * (land - off)), (land + 0.17, stand - 0.75 * deep, 0.0)]
        keys.append((land + 0.58, stand, 0.0))
    keys = _spaced(keys, 0.03) or [(0.0, stand, 0.0)]
    ends = [(min(t[0], keys[0][0]) - 1, keys[0][1], 0.0), (max(t[-1], keys[-1][0]) + 1, keys[-1][1], 0.0)]
    height = CubicHermiteSpline(*np.transpose([ends[0], *keys, ends[1]]))(t)
    if len(beats) < 2:
        return height, np.zeros(len(t))
    moments, sides = np.transpose(beats)
    phases = np.cumsum(np.append(sides[:1], np.where(np.diff(sides) == 0, 2, 1)))  # in half turns: even is left
    return height, np.pi * PchipInterpolator(moments, phases)(np.clip(t, moments[0], moments[-1]))


def _spaced(keys, gap):
    """Keys in order of time, without those that crowd an earlier one."""
    kept = []
    for key in sorted(keys):
        if not kept or key[0] - kept[-1][0] >= gap:
            kept.append(key)
    return kept


class _Signals(NamedTuple):
    """What the whole body moves to, each (time,)."""

    heading: np.ndarray  # rad
    ahead: np.ndarray  # rad, how much further the path turns soon
    bank: np.ndarray  # rad, the lean into a turn, as a roll about z
    hurry: np.ndarray  # acceleration as a part of gravity's
    jog: np.ndarray  # 0 in a walk, 1 in a run
    hop: np.ndarray  # 1 while jumping
    still: np.ndarray  # 1 while standing
    stride: np.ndarray  # how much of a full stride's swing there is
    pace: np.ndarray  # m/s
    cycle: np.ndarray  # rad, the phase of the legs
    crouch: np.ndarray  # cm of a jump's crouch
    breath: np.ndarray  # -1 to 1


def _pose(feet, height, cycle, jumps, style, t, at, rng, fps):
    """Local rotations (time, joints, 3, 3) and the root (time, 3)."""
    pace, jog, hop = at("speed", t) / 100, at("run", t), at("jump", t)
    now = _Signals(
        at("heading", t),
        at("ahead", t),
        -np.arctan(at("speed", t) * at("turn", t) / _GRAVITY),
        np.clip(at("acceleration", t) / _GRAVITY, -0.5, 0.5),
        jog,
        hop,
        _ease(1 - pace / 0.4) * (1 - hop),
        (1 - hop) * np.clip(pace / 1.3, 0, 1.25) ** 0.7,
        pace,
        cycle,
        np.clip(86 - style.crouch - height, 0, None) * hop,
        np.sin(2 * np.pi * (0.27 + 0.25 * jog.mean()) * t + rng.uniform(0, 6)),
    )
    local = np.tile(np.eye(3), (len(t), len(JOINTS), 1, 1))
    root, hips, pelvis_yaw = _pelvis(now, height, style, t, at, rng)
    soles = [_about("y", foot.yaw) @ _about("x", foot.pitch) for foot in feet]
    ankles = [foot.ball - sole @ _BALL for foot, sole in zip(feet, soles, strict=True)]
    sockets = [hips @ (_HIP * [out, 1, 1]) for out in (1, -1)]

    # the hips come down where a standing leg could not reach, smoothly and before it is needed
    excess = np.zeros(len(t))
    for foot, ankle, socket in zip(feet, ankles, sockets, strict=True):
        away = root + socket - ankle
        allowed = np.sqrt(np.maximum(_REACH**2 - away[:, 0] ** 2 - away[:, 2] ** 2, 0))
        excess = np.maximum(excess, np.where(foot.planted, away[:, 1] - allowed, 0))
    around = max(1, round(0.09 * fps))
    window = np.hanning(2 * around + 3)[1:-1]
    root[:, 1] -= convolve1d(maximum_filter1d(excess, 2 * around + 1), window / window.sum(), mode="nearest")

    local[:, 0] = hips
    for name, foot, ankle, sole, socket in zip(("Left", "Right"), feet, ankles, soles, sockets, strict=True):
        thigh, shin = _leg(root + socket, ankle, 0.5 * (foot.yaw + now.heading + pelvis_yaw), foot.airborne)
        local[:, JOINTS.index(f"{name}UpLeg")] = hips.swapaxes(1, 2) @ thigh
        local[:, JOINTS.index(f"{name}Leg")] = thigh.swapaxes(1, 2) @ shin
        local[:, JOINTS.index(f"{name}Foot")] = shin.swapaxes(1, 2) @ sole
        local[:, JOINTS.index(f"{name}Toe")] = _about("x", -foot.bend)
    parts = _trunk(now, hips, style, t, rng) | _arms(now, jumps, style, t, rng)
    for name, matrices in parts.items():
        local[:, JOINTS.index(name)] = matrices
    return local, root


def _pelvis(now, height, style, t, at, rng):
    """The root's position (time, 3) and rotation (time, 3, 3), and its yaw against the path, rad."""
    vary = 1 + 0.06 * rng.standard_normal(3)
    shift = (
        now.still * np.tanh(1.3 * _wander(t, rng, 0.16)) * min(style.restless, 1.2)
    )  # weight from one leg to the other
    yaw = (4.5 + 3 * now.jog) * style.twist * vary[0] * now.stride * np.sin(now.cycle)
    yaw = np.radians(yaw + (1 + 2.5 * now.still) * _wander(t, rng, 0.35))
    tilt = 2 + 3 * now.jog + 0.25 * style.lean + 0.35 * now.crouch + now.stride * np.cos(2 * now.cycle)
    tilt = np.radians(tilt + 0.5 * _wander(t, rng, 0.35))
    roll = (3 + 1.5 * now.jog) * style.sway * vary[1] * now.stride * np.cos(now.cycle + 0.5)
    roll = np.radians(roll + 2.2 * shift)
    hips = _about("y", now.heading + yaw) @ _about("x", tilt) @ _about("z", roll + 0.5 * now.bank)

    swing = np.minimum(now.stride, 1)
    sway = (2.3 - 1.2 * now.jog) * style.sway * vary[2] * swing * np.cos(now.cycle) + 4.0 * shift
    surge = -0.8 * swing * np.sin(2 * now.cycle) - 0.12 * now.crouch + 0.4 * now.still * _wander(t, rng, 0.3)
    left = np.stack([np.cos(now.heading), 0 * t, -np.sin(now.heading)], 1)
    front = np.stack([np.sin(now.heading), 0 * t, np.cos(now.heading)], 1)
    root = np.stack([at("x", t), height, at("z", t)], 1) + sway[:, None] * left + surge[:, None] * front
    return root, hips, yaw


def _trunk(now, hips, style, t, rng):
    """Spine, neck and head: the shoulders turn against the pelvis, the eyes stay ahead."""
    lean = 1 + 1.5 * now.pace * (1 - now.jog) + now.jog * (6 + now.pace) + style.lean
    lean = lean + 0.9 * now.crouch + 18 * now.hurry
    yaw = (-3.5 - 5 * now.jog) * style.twist * rng.normal(1, 0.06) * now.stride * np.sin(now.cycle)
    yaw = np.radians(yaw + 1.2 * _wander(t, rng, 0.35)) + 0.35 * now.ahead
    roll = -style.sway * now.stride * np.cos(now.cycle) + (0.5 + 0.5 * now.still) * _wander(t, rng, 0.35)
    roll = np.radians(roll) + now.bank
    pitch = lean + 1.2 * now.stride * np.cos(2 * now.cycle + 0.6) + 0.7 * (1 - 0.5 * now.jog) * now.breath
    pitch = np.radians(pitch + style.slump + 0.7 * _wander(t, rng, 0.35))
    chest = _about("y", now.heading + yaw) @ _about("x", pitch) @ _about("z", roll)
    hunch = _about("x", np.radians(np.full(len(t), 0.35 * style.slump)))

    look = np.radians((4 + 13 * now.still * style.restless) * _wander(t, rng, 0.22))
    down = style.head + 2 + 0.25 * lean + 0.3 * style.slump + 3 * now.still * _wander(t, rng, 0.3)
    tip = 0.3 * roll + np.radians(_wander(t, rng, 0.35))
    gaze = _about("y", now.heading + 0.9 * now.ahead + look + 0.15 * yaw)
    gaze = gaze @ _about("x", np.radians(down)) @ _about("z", tip)

    spine = Rotation.from_matrix(hips.swapaxes(1, 2) @ chest).as_rotvec()
    neck = Rotation.from_matrix((chest @ hunch).swapaxes(1, 2) @ gaze).as_rotvec()
    return {
        "Spine": Rotation.from_rotvec(0.3 * spine).as_matrix(),
        "Spine1": Rotation.from_rotvec(0.35 * spine).as_matrix(),
        "Spine2": Rotation.from_rotvec(0.35 * spine).as_matrix() @ hunch,
        "Neck": Rotation.from_rotvec(0.45 * neck).as_matrix(),
        "Head": Rotation.from_rotvec(0.55 * neck).as_matrix(),
    }


def _arms(now, jumps, style, t, rng):
    """Arms that swing against the legs, and in a jump throw the body up."""
    throw, fold = (now.hop * signal for signal in _throw(jumps, t, style))
    parts = {}
    for name, out in (("Left", 1), ("Right", -1)):
        swing, late = (out * now.stride * np.sin(now.cycle - lag) for lag in (0.15, 0.55))
        raised = (20 + 10 * now.jog) * style.arms * rng.normal(1, 0.06) * swing - 6 * now.jog
        raised = raised + (0.5 + 0.75 * now.pace * now.jog + 0.5 * style.lean + 0.5 * style.slump) + 0.45 * now.crouch
        raised = raised + 0.35 * style.elbow + throw + 1.5 * _wander(t, rng, 0.35)
        bent = 18 + 66 * now.jog + max(style.elbow, -8) + (9 + 8 * now.jog) * style.arms**0.5 * late
        bent = bent + fold + rng.normal(0, 1) + 2.5 * _wander(t, rng, 0.35)
        spread = 9 + 4 * now.jog + style.spread + 6 * now.hop + 1.2 * _wander(t, rng, 0.35)
        inward = 12 + 16 * now.jog + 0.25 * style.elbow + 2 * _wander(t, rng, 0.35)
        shrug = 1.5 * now.jog + 1.2 * now.breath + 0.04 * np.maximum(throw, 0) + 0.6 * _wander(t, rng, 0.35)
        shoulder = _about("y", np.radians(-4 * (0.4 + now.jog) * swing)) @ _about("z", np.radians(shrug))
        upper = _about("x", -np.radians(raised)) @ _about("z", np.radians(spread - 90))
        upper = upper @ _about("x", np.radians(inward))
        forearm = _about("y", -np.radians(np.maximum(bent, 3)))
        hand = _about("z", np.radians(-4 - 5 * late))
        hand = hand @ _about("y", np.radians(-8 - 4 * now.jog + 2 * _wander(t, rng, 0.35)))
        mirror = np.outer([out, 1, 1], [out, 1, 1])
        for part, matrices in (("Shoulder", shoulder), ("Arm", upper), ("ForeArm", forearm), ("Hand", hand)):
            parts[name + part] = matrices * mirror
    return parts


def _leg(hip, ankle, facing, airborne):
    """Two-bone inverse kinematics with the knee forward: thigh and shin (time, 3, 3), global."""
    away = ankle - hip
    length = np.linalg.norm(away, axis=1)
    # a foot in the air that would be out of reach is drawn in, softly; one on the ground is in reach by now
    near, far = 0.95 * (_THIGH + _SHIN), 0.995 * (_THIGH + _SHIN)
    drawn = near + (far - near) * np.tanh((length - near) / (far - near))
    drawn = np.where(length > near, length + airborne * (drawn - length), length)
    # however the ends of a swing are blended, no leg is longer than its bones
    drawn = np.minimum(drawn, 0.999 * (_THIGH + _SHIN))
    away = away / length[:, None]
    across = np.stack([np.cos(facing), 0 * facing, -np.sin(facing)], 1)
    across -= (across * away).sum(1, keepdims=True) * away
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    forward = np.cross(away, across)  # the plane of the leg, to the front
    cosine = np.clip((_THIGH**2 + drawn**2 - _SHIN**2) / (2 * _THIGH * drawn), -1, 1)
    sine = np.sqrt(1 - cosine**2)
    knee = _THIGH * (cosine[:, None] * away + sine[:, None] * forward)
    foot = drawn[:, None] * away
    bones = []
    for bone in (knee, foot - knee):
        up = -bone / np.linalg.norm(bone, axis=1, keepdims=True)
        bones.append(np.stack([across, up, np.cross(across, up)], 2))
    return bones


def _throw(jumps, t, style):
    """Swing of the arms, and bend of the elbows, that jumps add, degrees (time,)."""
    much = 0.5 + 0.5 * style.jump
    arms, elbows = [(t[0] - 1, 0.0)], [(t[0] - 1, 0.0)]
    for off, land in jumps:
        middle = (off + land) / 2
        arms += [(off - 0.62, 0.0), (off - 0.26, -42.0), (off + 0.02, 65.0), (middle, 105.0)]
        arms += [(land, 75.0), (land + 0.2, 30.0), (land + 0.62, 0.0)]
        elbows += [(off - 0.62, 0.0), (off - 0.26, 12.0), (off - 0.05, 45.0), (middle, 18.0)]
        elbows += [(land, 20.0), (land + 0.2, 32.0), (land + 0.62, 0.0)]
    signals = []
    for keys in (arms, elbows):
        keys = _spaced([*keys, (max(t[-1], keys[-1][0]) + 1, 0.0)], 0.02)
        signals.append(much * PchipInterpolator(*np.transpose(keys))(t))
    return signals


def _clip(rotations, root, fps):
    """Rotation matrices and root positions as a Bvh."""
    nodes, made = [], {}
    for name, parent, offset, end in _SKELETON:
        if parent is None:
            node = BvhRoot(name, offset, pos_channels="XYZ", rot_channels="ZXY")
        else:
            node = BvhJoint(name, offset, rot_channels="ZXY", parent=made[parent])
            made[parent].children.append(node)
        made[name] = node
        nodes.append(node)
        if end is not None:
            tip = BvhEndSite(f"EndSite{name}", end, parent=node)
            node.children.append(tip)
            nodes.append(tip)
    angles = Rotation.from_matrix(rotations.reshape(-1, 3, 3)).as_euler("ZXY").reshape(*rotations.shape[:2], 3)
    return Bvh(nodes, root, _continuous(angles), 1 / fps, world_up="+y")


def _continuous(angles):
    """Euler angles ZXY (time, joints, 3), rad, without jumps: other programs resample them as they are."""
    # the same rotation, where the middle angle has passed a quarter turn
    other = np.stack([angles[..., 0] + np.pi, np.pi - angles[..., 1], angles[..., 2] + np.pi], -1)

    def apart(one, two):
        return np.abs((two - one + np.pi) % (2 * np.pi) - np.pi).sum(-1)

    swaps = apart(angles[:-1], other[1:]) < apart(angles[:-1], angles[1:])
    swapped = np.concatenate([np.zeros((1, angles.shape[1]), int), np.cumsum(swaps, axis=0)]) % 2 == 1
    return np.unwrap(np.where(swapped[..., None], other, angles), axis=0)
