"""Closed forms of one moving body, and the least-squares fit of the ball's law to a few frames.

Positions are metres with y up, times seconds, angles radians. All hidden numbers may be arrays (...,): a law is then
worked out for all bodies at once.
"""

import numpy as np
from scipy import special

# what hidden numbers of a ball may be: what is drawn to learn from, and what a fit may answer
RANGES = {"gravity": (3.0, 20.0), "restitution": (0.4, 0.95), "drag": (0.0, 2.0)}
# a ball that leaves the ground slower than this stays there: it would rise by a tenth of a millimetre
REST = 0.05
# bounces in one call: a ball of restitution one in strong gravity has a dozen a second
MOST = 500


def _reach(times, drag):
    """How far a body of speed one gets while drag slows it down: (1 - exp(-drag t)) / drag."""
    slow = np.maximum(drag, 1e-9)
    return np.where(drag > 1e-9, -np.expm1(-slow * times) / slow, times)


def _height(start, velocity, times, gravity, drag):
    reach = _reach(times, drag)
    fallen = np.where(drag > 1e-4, (times - reach) / np.maximum(drag, 1e-4), times**2 * (0.5 - drag * times / 6))
    return start + velocity * reach - gravity * fallen


def _landing(height, velocity, gravity, drag):
    """Seconds until a body at `height` above the ground, 0 or more, is there."""
    without = (velocity + np.sqrt(velocity**2 + 2 * gravity * height)) / gravity
    # Newton's method from the landing without drag: the body is on its way down there, and the step never changes side
    time = without
    for _ in range(12):
        speed = velocity * np.exp(-drag * time) - gravity * _reach(time, drag)
        time = time - _height(height, velocity, time, gravity, drag) / np.minimum(speed, -1e-12)
    return np.where(drag > 0, np.maximum(time, 0.0), without)


def _checked(position, velocity, ground, **hidden):
    position, velocity = np.asarray(position, float), np.asarray(velocity, float)
    if position.shape[-1:] != (2,) or velocity.shape[-1:] != (2,):
        raise ValueError(f"position and velocity are (..., 2); got {position.shape} and {velocity.shape}")
    hidden = {name: np.asarray(value, float) for name, value in hidden.items()}
    for name, value in {"position": position, "velocity": velocity, **hidden}.items():
        if not np.isfinite(value).all():
            raise ValueError(f"{name} must be finite; got {value}")
    if (position[..., 1] < ground).any():
        raise ValueError(f"the body starts below the ground: its height is {position[..., 1].min()}, ground {ground}")
    if (hidden["gravity"] <= 0).any() or (hidden["drag"] < 0).any():
        raise ValueError("gravity must be above 0 and drag at least 0")
    if ((hidden["restitution"] < 0) | (hidden["restitution"] > 1)).any():
        raise ValueError(f"restitution lies in [0, 1]; got {hidden['restitution']}")
    shape = np.broadcast_shapes(position.shape[:-1], velocity.shape[:-1], *(one.shape for one in hidden.values()))
    position, velocity = (np.broadcast_to(one, (*shape, 2)) for one in (position, velocity))
    return position, velocity, *(np.broadcast_to(one, shape) for one in hidden.values())


def _flights(height, velocity, gravity, restitution, drag, until):
    """The hybrid system: yield begin, height, velocity and end of each flight; a body at rest has an endless one."""
    begin = np.zeros_like(height)
    for _ in range(MOST):
        lies = (height <= 0) & (velocity < REST)
        end = begin + np.where(lies, np.inf, _landing(np.maximum(height, 0.0), velocity, gravity, drag))
        yield begin, height, np.where(lies, 0.0, velocity), end, lies
        if (end > until).all():
            return
        flown = np.where(np.isfinite(end), end - begin, 0.0)
        down = velocity * np.exp(-drag * flown) - gravity * _reach(flown, drag)
        velocity = np.where(lies, 0.0, -restitution * down)
        begin, height = np.where(lies, begin, end), np.zeros_like(height)


def ball(position, velocity, times, *, gravity=9.81, restitution=0.8, drag=0.0, ground=0.0):
    """A ball that flies, bounces and at last rolls on: a hybrid system, each flight by its formula.

    In flight v' = -gravity - drag v, the ground turns the vertical velocity u into -restitution u and leaves the
    horizontal one. The time of a bounce is a root: by formula without drag, by Newton's method with it.

    Args:
        position: (..., 2) m at time 0.
        velocity: (..., 2) m/s at time 0.
        times: (frames,) s, at least 0, or (..., frames) for times of each body's own.
        gravity: (...,) m/s^2.
        restitution: (...,) share of the speed that is left after a bounce.
        drag: (...,) 1/s, by the body's mass.
        ground: height of the ground, m.

    Returns:
        (..., frames, 2) m.

    Raises:
        ValueError: for a body below the ground, a hidden number out of its range, NaN or infinity.

    Source: van der Schaft and Schumacher 2000 (the bouncing ball as a hybrid system).
    """
    hidden = {"gravity": gravity, "restitution": restitution, "drag": drag}
    position, velocity, gravity, restitution, drag = _checked(position, velocity, ground, **hidden)
    times = np.asarray(times, float)
    height = np.zeros((*gravity.shape, times.shape[-1]))
    for begin, low, up, end, lies in _flights(
        position[..., 1] - ground, velocity[..., 1], gravity, restitution, drag, times.max(initial=0.0)
    ):
        since = np.maximum(times - begin[..., None], 0.0)
        there = _height(low[..., None], up[..., None], since, gravity[..., None], drag[..., None])
        now = (times >= begin[..., None]) & (times < end[..., None])
        height = np.where(now, np.where(lies[..., None], 0.0, there), height)
    across = position[..., :1] + velocity[..., :1] * _reach(times, drag[..., None])
    return np.stack([across, height + ground], axis=-1)


def bounces(position, velocity, until, *, gravity=9.81, restitution=0.8, drag=0.0, ground=0.0):
    """When one ball bounces.

    Args:
        position: (2,) m.
        velocity: (2,) m/s.
        until: s.
        gravity, restitution, drag, ground: as of `ball`.

    Returns:
        (n,) s, from 0 to `until`.

    Raises:
        ValueError: as `ball`.
    """
    hidden = {"gravity": gravity, "restitution": restitution, "drag": drag}
    position, velocity, *hidden = _checked(position, velocity, ground, **hidden)
    ends = [float(end) for *_, end, _ in _flights(position[1] - ground, velocity[1], *hidden, until)]
    return np.array([end for end in ends if end <= until])


def pendulum(pivot, length, angle, rate, times, *, gravity=9.81):
    """A pendulum of any amplitude, without friction, by Jacobi's elliptic functions.

    Args:
        pivot: (..., 2) m.
        length: (...,) m.
        angle: (...,) rad from hanging, at time 0.
        rate: (...,) rad/s, at time 0.
        times: (frames,) s.
        gravity: (...,) m/s^2.

    Returns:
        positions (..., frames, 2) m and angles (..., frames) rad.

    Raises:
        ValueError: when it is so fast that it goes over the top.

    Source: Whittaker 1937, section 44.
    """
    pivot = np.asarray(pivot, float)
    own = np.sqrt(np.asarray(gravity, float) / np.asarray(length, float))
    half, rate = np.sin(np.asarray(angle, float) / 2), np.asarray(rate, float)
    modulus = half**2 + (rate / (2 * own)) ** 2
    if (modulus >= 1).any() or (np.abs(angle) >= np.pi).any():
        raise ValueError("the pendulum goes over the top: take less of angle or rate")
    least = np.maximum(modulus, 1e-12)
    begin = special.ellipkinc(np.arcsin(np.clip(half / np.sqrt(least), -1, 1)), least)
    # on its way back it is as far past the turning point as it was before it
    begin = np.where(rate < 0, 2 * special.ellipk(least) - begin, begin)
    sn, *_ = special.ellipj(own[..., None] * np.asarray(times, float) + begin[..., None], least[..., None])
    angles = 2 * np.arcsin(np.sqrt(modulus)[..., None] * sn)
    hangs = np.stack([np.sin(angles), -np.cos(angles)], axis=-1)
    return pivot[..., None, :] + np.asarray(length, float)[..., None, None] * hangs, angles


def spring(position, velocity, times, *, stiffness, mass=1.0, damping=0.0, anchor=(0.0, 0.0)):
    """A body that a spring pulls to its anchor, with friction: m x'' = -stiffness (x - anchor) - damping x'.

    Args:
        position: (..., 2) m.
        velocity: (..., 2) m/s.
        times: (frames,) s.
        stiffness: (...,) N/m.
        mass: (...,) kg.
        damping: (...,) kg/s.
        anchor: (..., 2) m, where it rests.

    Returns:
        (..., frames, 2) m.
    """
    away = (np.asarray(position, float) - np.asarray(anchor, float))[..., None, :]
    mass, times = np.asarray(mass, float), np.asarray(times, float)[:, None]
    decay = (np.asarray(damping, float) / (2 * mass))[..., None, None]
    # complex where friction is too strong to swing; the tiny part keeps the limit between both from 0 / 0
    own = np.sqrt((np.asarray(stiffness, float) / mass)[..., None, None] - decay**2 + 1e-12j)
    swing = away * np.cos(own * times) + (np.asarray(velocity, float)[..., None, :] + decay * away) * (
        np.sin(own * times) / own
    )
    return np.asarray(anchor, float)[..., None, :] + (np.exp(-decay * times) * swing).real


def wheel(position, speed, times, *, slope=0.0, resistance=0.0, radius=0.2, gravity=9.81):
    """A solid wheel that rolls to the right without slipping: along a slope, against rolling resistance, to a halt.

    Args:
        position: (..., 2) m of the hub.
        speed: (...,) m/s along the ground, at least 0.
        times: (frames,) s.
        slope: (...,) rad, above 0 downhill. Uphill it rolls back, unless resistance holds it.
        resistance: (...,) coefficient of rolling resistance.
        radius: (...,) m.
        gravity: (...,) m/s^2.

    Returns:
        positions (..., frames, 2) m and angles (..., frames) rad, which fall as it rolls to the right.

    Raises:
        ValueError: when it begins by rolling to the left.
    """
    speed, slope = np.asarray(speed, float)[..., None], np.asarray(slope, float)[..., None]
    if (speed < 0).any():
        raise ValueError("a wheel begins by rolling to the right: mirror it for the left")
    times, position = np.asarray(times, float), np.asarray(position, float)
    # a disc has half as much inertia again by its turning
    pull = np.asarray(gravity, float)[..., None] * np.sin(slope) / 1.5
    held = np.asarray(gravity, float)[..., None] * np.asarray(resistance, float)[..., None] * np.cos(slope) / 1.5
    slows = pull - held
    halt = np.where(slows < 0, speed / np.maximum(-slows, 1e-12), np.inf)
    on, after = np.minimum(times, halt), np.maximum(times - halt, 0.0)
    along = speed * on + slows * on**2 / 2 + np.minimum(pull + held, 0.0) * after**2 / 2
    way = np.stack(np.broadcast_arrays(along * np.cos(slope), -along * np.sin(slope)), axis=-1)
    return position[..., None, :] + way, -along / np.asarray(radius, float)[..., None]


def edge(corner, lean, times, *, radius=0.2, gravity=9.81, restitution=0.8, drag=0.0, ground=0.0):
    r"""A ball at rest on an edge, all but upright: it rolls off to the side to which it leans, flies and bounces.

    A solid disc that rolls over an edge without slipping is a pendulum upside down, theta'' = k sin theta with
    k = gravity / (3/2 radius): sin(theta / 2) = sin(lean / 2) / dn(sqrt(k) t), of modulus m = cos^2(lean / 2). It
    leaves where the edge would have to hold it, gravity cos theta = radius theta'^2: at cos theta = 4/7 cos lean.

    Args:
        corner: (..., 2) m, the edge.
        lean: (...,) rad at time 0, above 0 to the right; 0 stays for ever.
        times: (frames,) s, at least 0.
        radius: (...,) m.
        gravity, restitution, drag, ground: as of `ball`; there is drag in flight alone.

    Returns:
        positions (..., frames, 2) m of the ball's lowest point, which is the edge when it is upright, and angles
        (..., frames) rad.

    Raises:
        ValueError: as `ball`, or for a lean of a right angle or more.

    Source: Whittaker 1937, section 44, for the pendulum.
    """
    corner, lean, radius, gravity = (np.asarray(one, float) for one in (corner, lean, radius, gravity))
    if (np.abs(lean) >= np.pi / 2).any() or (radius <= 0).any():
        raise ValueError(
            f"a ball on an edge leans less than a right angle, its radius is above 0; got {lean}, {radius}"
        )
    lean, radius, gravity = np.broadcast_arrays(lean, radius, gravity)
    side, low, high = np.sign(lean), np.sin(lean / 2) ** 2, (1 - 4 / 7 * np.cos(lean)) / 2
    own = np.sqrt(gravity / (1.5 * radius))
    # by the amplitude's cosine: its sine is too near to 1 to tell
    cosine = np.sqrt(low * (1 / high - 1) / (1 - low))
    leaves = special.ellipkinc(np.arctan2(np.sqrt(1 - cosine**2), cosine), 1 - low) / own
    _, _, dn, _ = special.ellipj(own[..., None] * np.asarray(times, float), 1 - low[..., None])
    rolls = 2 * np.arcsin(np.minimum(np.sqrt(low)[..., None] / dn, 1.0))
    last = 2 * np.arcsin(np.sqrt(high))
    rate = np.sqrt(gravity * np.cos(last) / radius)

    def off(angle):
        return np.stack([side * radius * np.sin(angle), radius * (np.cos(angle) - 1)], axis=-1)

    flown = np.maximum(times - leaves[..., None], 0.0)
    velocity = (radius * rate)[..., None] * np.stack([side * np.cos(last), -np.sin(last)], axis=-1)
    hidden = {"gravity": gravity, "restitution": restitution, "drag": drag}
    fallen = ball(corner + off(last), velocity, flown, **hidden, ground=ground)
    side, radius = side[..., None], radius[..., None]
    path = np.where(flown[..., None] > 0, fallen, corner[..., None, :] + off(rolls))
    return path, -side * np.where(flown > 0, last[..., None] + rate[..., None] * flown, rolls)


def leaf(position, times, *, fall, swing, frequency, drift=0.0, phase=0.0, ground=0.0):
    """A leaf that rocks from side to side as it falls, fastest in the middle of a swing, and lies where it lands.

    A kinematic toy, no aerodynamics: x swings once and the fall quickens twice in a period; it is never carried up.

    Args:
        position: (..., 2) m at time 0.
        times: (frames,) s.
        fall: (...,) mean speed of falling, m/s.
        swing: (...,) half the width of its swing, m.
        frequency: (...,) swings per second.
        drift: (...,) m/s to the right, by the wind.
        phase: (...,) rad.
        ground: height of the ground, m.

    Returns:
        positions (..., frames, 2) m and angles (..., frames) rad.

    Source: the two gaits of Tanabe and Kaneko 1994, of which this is the fluttering one in its simplest form.
    """
    position = np.asarray(position, float)
    fall, swing, drift, phase = (np.asarray(one, float)[..., None] for one in (fall, swing, drift, phase))
    turn = 2 * np.pi * np.asarray(frequency, float)[..., None]
    # four fifths: the slowest fall is a fifth of the mean, so the ground is met once
    sway = 0.4 * fall / turn

    def low(t):
        return fall * t + sway * (np.sin(2 * (turn * t + phase)) - np.sin(2 * phase))

    height = position[..., 1:] - ground
    before, after = np.zeros_like(height), (height + 2 * sway) / fall
    for _ in range(50):
        middle = (before + after) / 2
        high = low(middle) < height
        before, after = np.where(high, middle, before), np.where(high, after, middle)
    times = np.minimum(np.asarray(times, float), after)
    across = drift * times + swing * (np.sin(turn * times + phase) - np.sin(phase))
    way = np.stack(np.broadcast_arrays(across, -low(times)), axis=-1)
    return position[..., None, :] + way, 0.7 * np.sin(turn * times + phase)


def least_squares(law, seen, starts, low, high, *, rounds=40, finalists=3):
    """Fit the numbers of a law to what was seen: Levenberg and Marquardt's method for many bodies and starts at once.

    Args:
        law: (n, numbers) -> (n, ...) what would be seen.
        seen: (bodies, ...).
        starts: (bodies, starts, numbers); the best end of all starts is taken.
        low, high: (numbers,) bounds; where both are alike the number is known.
        rounds: steps.
        finalists: starts that go on after a quarter of the rounds.

    Returns:
        numbers (bodies, numbers) and sum of squares (bodies,).
    """
    bodies = len(starts)
    seen = np.reshape(seen, (bodies, 1, -1))
    for last, steps in ((min(finalists, starts.shape[1]), rounds // 4), (1, rounds - rounds // 4)):
        target = np.repeat(seen, starts.shape[1], axis=1).reshape(-1, seen.shape[-1])
        x, cost = _descend(law, target, np.clip(starts, low, high).reshape(len(target), -1), low, high, steps)
        x, cost = x.reshape(bodies, -1, len(low)), cost.reshape(bodies, -1)
        # stable: of starts that end alike the first is taken
        best = np.argsort(cost, axis=1, kind="stable")[:, :last]
        starts, cost = np.take_along_axis(x, best[..., None], axis=1), np.take_along_axis(cost, best, axis=1)
    return starts[:, 0], cost[:, 0]


def _descend(law, target, x, low, high, rounds):
    """Steps of Levenberg and Marquardt from x (n, numbers): where they end, and the sum of squares there."""

    def misfit(x):
        return np.reshape(law(x), target.shape) - target

    nudge = 1e-6 * np.minimum(high - low, 10.0)
    unknown = np.flatnonzero(nudge)
    units = np.eye(len(low))[unknown]
    off, damping = misfit(x), np.full(len(x), 1e-2)
    cost = np.square(off).sum(axis=1)
    for _ in range(rounds):
        # backward where forward would leave the bounds
        steps = np.where(x + nudge > high, -nudge, nudge)
        # in one call for all numbers: most of a law's time is that of NumPy's calls
        nudged = law((x[:, None] + steps[:, None] * units).reshape(-1, len(low))).reshape(len(x), len(units), -1)
        slopes = (nudged - target[:, None] - off[:, None]) / steps[:, unknown, None]
        jacobian = np.swapaxes(slopes, 1, 2)
        gradient = np.einsum("nti,nt->ni", jacobian, off)
        here = x[:, unknown]
        free = ~(((here <= low[unknown]) & (gradient > 0)) | ((here >= high[unknown]) & (gradient < 0)))
        jacobian = jacobian * free[:, None]
        normal = np.swapaxes(jacobian, 1, 2) @ jacobian
        scale = np.einsum("nii->ni", normal) * damping[:, None] + 1e-12
        step = np.linalg.solve(normal + np.eye(len(unknown)) * scale[:, None], (-gradient * free)[..., None])
        tried = x.copy()
        tried[:, unknown] += step[..., 0]
        tried = np.clip(tried, low, high)
        off_tried = misfit(tried)
        cost_tried = np.square(off_tried).sum(axis=1)
        better = cost_tried < cost
        x, off = np.where(better[:, None], tried, x), np.where(better[:, None], off_tried, off)
        cost = np.where(better, cost_tried, cost)
        damping = np.clip(np.where(better, damping / 4, damping * 5), 1e-9, 1e9)
    return x, cost


def fit_ball(path, fps, *, drag=True, ground=0.0):
    """Fit the ball's true law to the frames seen by least squares, the strongest baseline there is.

    It begins anew for each frame before which a bounce may fall, takes the best, and answers within `RANGES`; what the
    frames do not show, such as the restitution of a ball that has not bounced, is in the middle of its range.

    Args:
        path: (frames, 2) or (bodies, frames, 2) m, at least 4 frames.
        fps: frames per second.
        drag: False fits a law without drag.
        ground: height of the ground, m.

    Returns:
        dict of position (..., 2) and velocity (..., 2) at the first frame, gravity, restitution and drag (...,), ready
        for `ball`, and `residual` (...,) m, the root of the mean square of what is left.

    Raises:
        ValueError: for another shape, NaN or infinity.
    """
    path = np.asarray(path, float)
    if path.ndim not in (2, 3) or path.shape[-1] != 2 or path.shape[-2] < 4 or not np.isfinite(path).all():
        raise ValueError(f"a path is (at least 4 frames, 2) finite metres; got shape {path.shape}")
    paths = path.reshape(-1, *path.shape[-2:]) - np.array([0.0, ground])
    times = np.arange(paths.shape[1]) / fps
    (g_low, g_high), (e_low, e_high), (c_low, c_high) = RANGES.values()
    low = np.array([-1e3, 0.0, -100.0, -100.0, g_low, e_low, c_low])
    high = np.array([1e3, 1e3, 100.0, 100.0, g_high, e_high, c_high if drag else c_low])

    def law(x):
        return ball(x[:, :2], x[:, 2:4], times, gravity=x[:, 4], restitution=x[:, 5], drag=x[:, 6])

    found, cost = least_squares(law, paths, _starts(paths, times, drag), low, high)
    shape = path.shape[:-2]
    numbers = {
        "position": found[:, :2] + np.array([0.0, ground]),
        "velocity": found[:, 2:4],
        "gravity": found[:, 4],
        "restitution": found[:, 5],
        "drag": found[:, 6],
        "residual": np.sqrt(cost / paths[0].size),
    }
    return {name: value.reshape(shape + value.shape[1:]) for name, value in numbers.items()}


def _starts(paths, times, drag):
    """Where a fit begins: a parabola through the frames before a bounce, or through those after an early one."""
    middle = {name: sum(ends) / 2 for name, ends in RANGES.items()}
    across = np.polyfit(times, paths[..., 0].T, 1)[0]
    air = middle["drag"] / 2 if drag else 0.0
    starts = []

    def begin(up, gravity, restitution):
        rest = np.full(len(paths), restitution), np.full(len(paths), air)
        first = paths[:, 0, 0], np.maximum(paths[:, 0, 1], 0.0)
        starts.append(np.stack([*first, across, up, gravity, *rest], axis=1))

    # as many frames in flight: the middle of the range first, as it is the answer where all ends are alike
    for seen in range(len(times), 2, -1):
        half, up, _ = np.polyfit(times[:seen], paths[:, :seen, 1].T, 2) if seen > 3 else (None, None, None)
        if seen == 3:
            half, up = np.full(len(paths), -middle["gravity"] / 2), (paths[:, 2, 1] - paths[:, 0, 1]) / times[2]
        begin(up, np.clip(-2 * half, *RANGES["gravity"]), middle["restitution"])
    for bounced in range(1, min(5, len(times) - 3)):
        half, up, height = np.polyfit(times[bounced:], paths[:, bounced:, 1].T, 2)
        gravity = np.clip(-2 * half, *RANGES["gravity"])
        # back along the parabola to the ground
        hit = (up - np.sqrt(np.maximum(up**2 + 2 * gravity * np.maximum(height, 0.0), 0.0))) / gravity
        hit = np.clip(np.where(hit > 0, hit, times[bounced] / 2), 0.25 * times[1], times[bounced])
        down = np.maximum(paths[:, 0, 1], 0.0) / hit + gravity * hit / 2
        begin(gravity * hit - down, gravity, middle["restitution"])
    return np.stack(starts, axis=1)
