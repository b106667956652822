"""Where the walkers step: gaits and jumps in time, footholds on the path, and how each foot and the hips' height move.

All of it is planned on a grid of times that begins before a clip and ends after it. Lengths are in centimetres.
"""

from typing import NamedTuple

import numpy as np
from scipy.interpolate import CubicHermiteSpline, PchipInterpolator
from scipy.ndimage import gaussian_filter1d

GAITS = ("walk", "run", "jump", "idle")
GRAVITY = 981.0
PAD = 4.0  # seconds planned before and after a clip, so that it starts and ends in full motion
RATE = 120  # of the plan, per second
BALL, TOE_TIP, HEEL = np.array([0, -6, 13.5]), np.array([0, -1, 6.5]), np.array([0, -8, -5.0])  # of a foot


class Style(NamedTuple):
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


STYLES = {
    "normal": Style(),
    "proud": Style(0.95, 0.96, -0.3, -3, -5, -6, 1.1, 1.1, 1.15, 6, 5, 1.1, 1.2, 1, 1.15, 1.05, 1.0, 0.7),
    "tired": Style(0.68, 0.88, 4, 6, 11, 16, 0.55, 0.8, 0.55, -4, -2, 1.6, 0.7, 1.5, 0.45, 0.75, 0.5, 0.8),
    "sneaky": Style(0.5, 0.72, 15, 14, 8, -4, 2.6, 0.5, 0.35, 55, 8, 0.8, 0.7, 1.5, -0.6, 0.85, 0.6, 2.0),
    "happy": Style(1.08, 1.06, 0, -2, -3, -5, 1.5, 2.0, 1.5, 8, 7, 1.5, 1.3, 0, 0.9, 1.15, 1.35, 1.5),
    "sad": Style(0.7, 0.93, 1.5, 2, 10, 22, 0.7, 0.7, 0.45, -6, -4, 1.2, 0.6, -0.5, 0.6, 0.8, 0.55, 0.5),
    "angry": Style(1.18, 1.1, 1.5, 7, 3, 4, 1.1, 1.2, 1.25, 22, 9, 0.8, 1.3, 1, 1.1, 1.0, 1.1, 1.2),
    "old": Style(0.5, 0.95, 7, 9, 13, 2, 0.6, 0.6, 0.4, 14, 2, 1.3, 0.5, 2.5, 0.35, 0.6, 0.3, 0.6),
}


class Step(NamedTuple):
    """One swing of one foot, from where it leaves the ground to where it strikes."""

    side: int  # 0 left, 1 right
    off: float
    strike: float
    leap: bool  # both feet at once


def grid_of(seconds):
    """The plan's times, from PAD before the clip to PAD after it."""
    return np.arange(round((seconds + 2 * PAD) * RATE) + 1) / RATE - PAD


def smooth(values, seconds):
    """A signal on the plan's grid without anything quicker than so many seconds."""
    return gaussian_filter1d(values, seconds * RATE, mode="nearest", axis=-1)


def wander(times, rng, hertz):
    """A smooth random signal about zero, of standard deviation 1, mostly slower than `hertz`."""
    pitches = hertz * rng.uniform(0.3, 1.3, 5)
    return np.sqrt(2 / 5) * np.sin(2 * np.pi * (np.outer(times, pitches) + rng.random(5))).sum(1)


def ease(x):
    """Smoothly from 0 to 1."""
    x = np.clip(x, 0, 1)
    return x * x * x * (x * (6 * x - 15) + 10)


def gaits(segments, style, grid, speed, rng):
    """Tell when there are jumps, and how much of each gait there is.

    Args:
        segments: pairs (gait, time at which it begins, seconds).
        style: Style.
        grid: (grid,) times of the plan, seconds.
        speed: (grid,) cm/s that is asked for.
        rng: numpy.random.Generator.

    Returns:
        Pairs (off, land) of the jumps' times; the speed with their rhythm in it; each gait's smooth share (4, grid).
    """
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
            flight = np.sqrt(2 * rise / GRAVITY) + np.sqrt(2 * (rise + 3) / GRAVITY)
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
    return jumps, smooth(speed * rhythm, 0.03), smooth(shares, 0.16)


def schedule(segments, jumps, style, grid, at, rng):
    """Plan all steps.

    Args:
        segments: as for `gaits`, as are style, grid and rng.
        jumps: pairs (off, land), seconds.
        style: Style.
        grid: (grid,) seconds.
        at: function of a signal's name and times that reads the plan.
        rng: numpy.random.Generator.

    Returns:
        list of Step, by time of strike.
    """
    starts = [start for _, start in segments]
    time, side = grid[0] + rng.uniform(0, 0.5), int(rng.integers(2))
    last = [-np.inf, -np.inf]  # strike of either foot
    steps, stepping, ahead = [], False, list(jumps)

    def swing(side, strike, length, leap=False):
        off = max(strike - length, last[side] + 0.12)
        steps.append(Step(side, off, max(strike, off + 0.1), leap))
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


class Foot(NamedTuple):
    """One foot through time."""

    ball: np.ndarray  # (time, 3) cm
    yaw: np.ndarray  # (time,) rad
    pitch: np.ndarray  # (time,) rad, heel up
    bend: np.ndarray  # (time,) rad, of the toes, up
    flat: np.ndarray  # (time,) bool: the whole foot is on the ground
    toe: np.ndarray  # (time,) bool: the toes are
    planted: np.ndarray  # (time,) bool: any part is
    airborne: np.ndarray  # (time,) from 0 where planted to 1 in mid swing


def foot(side, steps, style, t, grid, at, rng):
    """Move one foot over its footholds.

    Args:
        side: 0 left, 1 right.
        steps: its own, by time.
        style: Style.
        t: (time,) seconds.
        grid: (grid,) times of the plan.
        at: as for `schedule`.
        rng: numpy.random.Generator.

    Returns:
        Foot.
    """
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
    glide = 0.5 * ease(late) + 0.5 * late * late * (3 - 2 * late)
    yaw = yaw[now] + glide * (yaw[after] - yaw[now])
    aside = np.stack([np.cos(yaw), -np.sin(yaw)], 1)  # around the standing leg
    place = ball[now] + glide[:, None] * (ball[after] - ball[now])
    place = place + (2.0 * out * np.sin(np.pi * part) ** 2)[:, None] * aside

    quick = np.clip(pace / 1.3, 0.25, 1.3)
    lift = style.lift * (1 - jog) * (3 + 2.2 * quick) + style.lift**0.3 * jog * (7 + 5 * np.clip(pace - 1, 0, 5))
    hop = lift[after] * part**2 * (1 - part) ** 3 / (0.4**2 * 0.6**3)
    leap = (4 * part * (1 - part)) ** 1.4 * (GRAVITY * (strikes[after] - offs[now]) ** 2 / 8 + 7)
    height = BALL[1] - HEEL[1] + np.where(leaps[after], leap, hop)

    # with the toes up the foot stands on its heel, so the ball of the foot comes up and back
    arm, toes_up = BALL - HEEL, np.minimum(pitch, 0)
    height = height + arm[1] * (np.cos(toes_up) - 1) - arm[2] * np.sin(toes_up)
    back = arm[2] * (np.cos(toes_up) - 1) + arm[1] * np.sin(toes_up)
    place = place + back[:, None] * np.stack([np.sin(yaw), np.cos(yaw)], 1)

    # toes lie flat under a raised heel, straighten in the air, and bend again if they are to land first
    curl = np.where(planted, 1.0, np.maximum(1 - ease(part / 0.55), ease((part - 0.75) / 0.25)))
    bend = curl * np.maximum(pitch, 0)
    # and they never dip into the ground
    slope = np.arctan2(-TOE_TIP[1], TOE_TIP[2])
    deepest = np.arcsin(np.clip((height - 0.9) / np.hypot(*TOE_TIP[1:]), -1, 1)) - slope
    bend = np.maximum(bend, pitch - np.maximum(deepest, 0))

    return Foot(
        np.stack([place[:, 0], height, place[:, 1]], 1),
        yaw,
        pitch,
        bend,
        (t >= flats[0, now]) & (t <= flats[1, now]),
        (t >= toes[0, now]) & (t <= toes[1, now]),
        planted,
        ease(part / 0.3) * ease((1 - part) / 0.3),
    )


def _footholds(out, strikes, offs, jog, pace, style, at, rng):
    """Where the ball of the foot stands (stances, 2), and its yaw: half way along what the body covers meanwhile."""
    count = len(strikes)
    walks, idle = at("walk", strikes), at("idle", strikes)
    heading = (at("heading", strikes) + at("heading", offs)) / 2
    centre = np.stack([at(name, strikes) + at(name, offs) for name in "xz"], 1) / 2
    middle = (strikes + offs) / 2
    lean = np.clip(at("speed", middle) * at("turn", middle) / GRAVITY, -0.5, 0.5)
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
    return centre + aside[:, None] * left + along[:, None] * front + BALL[2] * toward, yaw


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


def bounce(steps, jumps, style, t, at):
    """Find how high the hips are, and where in the cycle of steps the legs are.

    Args:
        steps: of both feet, by time.
        jumps: pairs (off, land), seconds.
        style: Style.
        t: (time,) seconds.
        at: as for `schedule`.

    Returns:
        Height, cm, and the phase of the legs, rad, (time,) each: 0 when the body passes over the left foot.
    """
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
                keys += [(now.off, high, GRAVITY * -gap / 2), (before, high, GRAVITY * gap / 2)]
            alone = max(now.off, before), now.strike
            flight = max(-gap, 0.0)
            if after is not None and not after.leap and after.off < now.strike:
                alone, flight = (alone[0], after.off), max(flight, now.strike - after.off)
            # a spring takes up the speed of the fall: half a sine's depth
            squat = GRAVITY * flight / 2 * (alone[1] - alone[0]) / np.pi
            beats.append((sum(alone) / 2, 1 - now.side))
            keys.append((beats[-1][0], high - squat, 0.0))
        before = now.strike
    keys = [key for key in keys if not any(off - 0.6 < key[0] < land + 0.56 for off, land in jumps)]
    for off, land in jumps:
        deep = min(14 + 0.55 * GRAVITY * (land - off) ** 2 / 8, 27)
        high, low = 95 - 0.7 * style.crouch, 92 - 0.7 * style.crouch
        up = GRAVITY * (land - off) / 2 - (high - low) / (land - off)
        keys += [(off - 0.62, stand, 0.0), (off - 0.24, stand - deep, 0.0), (off, high, up)]
        keys += [(land, low, up - GRAVITY * (land - off)), (land + 0.17, stand - 0.75 * deep, 0.0)]
        keys.append((land + 0.58, stand, 0.0))
    keys = spaced(keys, 0.03) or [(0.0, stand, 0.0)]
    ends = [(min(t[0], keys[0][0]) - 1, keys[0][1], 0.0), (max(t[-1], keys[-1][0]) + 1, keys[-1][1], 0.0)]
    height = CubicHermiteSpline(*np.transpose([ends[0], *keys, ends[1]]))(t)
    if len(beats) < 2:
        return height, np.zeros(len(t))
    moments, sides = np.transpose(beats)
    phases = np.cumsum(np.append(sides[:1], np.where(np.diff(sides) == 0, 2, 1)))  # in half turns: even is left
    return height, np.pi * PchipInterpolator(moments, phases)(np.clip(t, moments[0], moments[-1]))


def spaced(keys, gap):
    """Keys in order of time, without those that crowd an earlier one."""
    kept = []
    for key in sorted(keys):
        if not kept or key[0] - kept[-1][0] >= gap:
            kept.append(key)
    return kept
