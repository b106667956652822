"""Moving things with exact truth: one body by its closed form, several by pymunk, five springs as published.

Positions are metres with y up and the ground at 0, 24 frames a second. What each body hides, its gravity or how far it
bounces, is drawn from a seed and told beside its path.
"""

from typing import NamedTuple

import numpy as np

from animkit.theory import mechanics

BODIES = ("ball", "pendulum", "spring", "wheel", "leaf", "edge")
SCENES = ("stack", "chain", "billiard")
FPS = 24
STEP = 1 / 1000  # s, of pymunk: at 1/60 s a ball is off by a hand's breadth after three seconds
# of a ball on an edge: metres, and radians from upright
EDGE = {"radius": (0.15, 0.3), "lean": (-0.005, 0.005), "height": (0.6, 2.0)}
TABLE, BALL = 1.0, 0.08  # m, half the width of the billiard table, and the radius of a ball on it


class Bodies(NamedTuple):
    """Paths of single bodies: positions (n, frames, 2) m, angles (n, frames) rad, what is hidden {name: (n,)}, kind."""

    positions: np.ndarray
    angles: np.ndarray
    hidden: dict
    kind: np.ndarray


class Scenes(NamedTuple):
    """Several bodies: positions (n, frames, bodies, 2) m, velocities alike in m/s, angles (n, frames, bodies) rad."""

    positions: np.ndarray
    velocities: np.ndarray
    angles: np.ndarray


class Springs(NamedTuple):
    """Five springs: positions and velocities (n, frames, 5, 2), and which pairs are connected, edges (n, 5, 5)."""

    positions: np.ndarray
    velocities: np.ndarray
    edges: np.ndarray


def draw_bodies(kind, count, *, frames=60, seed=0):
    """Draw bodies of one kind, thrown, hung or let go at random, with hidden numbers drawn at random.

    A ball's hidden numbers are gravity, restitution, drag, and the velocity (right, up) it was thrown with. A ball on
    an edge leans by too little to be seen: to which side it will fall, frames with a measuring error may not tell.

    Args:
        kind: one of BODIES.
        count: how many.
        frames: of each path, FPS of them a second.
        seed: decides all.

    Returns:
        Bodies.

    Raises:
        ValueError: for an unknown kind, or no body or frame.
    """
    if kind not in BODIES:
        raise ValueError(f"no body called {kind!r}; there are {', '.join(BODIES)}")
    if count < 1 or frames < 1:
        raise ValueError(f"a draw has a body and a frame at least; got {count} and {frames}")
    random = np.random.default_rng((seed, BODIES.index(kind)))
    draw = {"ball": _ball, "pendulum": _pendulum, "spring": _spring, "wheel": _wheel, "leaf": _leaf, "edge": _edge}[
        kind
    ]
    positions, angles, hidden = draw(lambda low, high: random.uniform(low, high, count), np.arange(frames) / FPS)
    return Bodies(
        positions.astype("float32"), angles.astype("float32"), hidden, np.full(count, BODIES.index(kind), "int32")
    )


def _ball(draw, times):
    hidden = {name: draw(*ends) for name, ends in mechanics.RANGES.items()}
    thrown = {"right": draw(-3, 3), "up": draw(-2, 5)}
    start = np.stack([draw(-1, 1), draw(0.3, 3)], axis=1)
    path = mechanics.ball(start, np.stack(list(thrown.values()), axis=1), times, **hidden)
    return path, draw(-6, 6)[:, None] * times, {**hidden, **thrown}


def _pendulum(draw, times):
    hidden = {"gravity": draw(*mechanics.RANGES["gravity"]), "length": draw(0.5, 1.5)}
    rate = draw(-0.8, 0.8) * np.sqrt(hidden["gravity"] / hidden["length"])
    pivot = np.stack([draw(-0.5, 0.5), draw(2, 3.2)], axis=1)
    path, angles = mechanics.pendulum(pivot, hidden["length"], draw(-1.4, 1.4), rate, times, gravity=hidden["gravity"])
    return path, angles, hidden


def _spring(draw, times):
    hidden = {"stiffness": draw(10, 150), "mass": draw(0.5, 2), "damping": draw(0, 1.5)}
    own = np.sqrt(hidden["stiffness"] / hidden["mass"])
    anchor = np.stack([draw(-0.5, 0.5), draw(1.3, 2)], axis=1)
    away, speed = (np.stack([draw(-1, 1), draw(-1, 1)], axis=1) for _ in range(2))
    path = mechanics.spring(anchor + 0.6 * away, 0.5 * own[:, None] * speed, times, **hidden, anchor=anchor)
    return path, np.zeros(path.shape[:2]), hidden


def _wheel(draw, times):
    hidden = {"slope": draw(-0.2, 0.2), "resistance": draw(0, 0.1), "radius": draw(0.1, 0.4)}
    path, angles = mechanics.wheel(np.stack([draw(-0.5, 0.5), draw(2.6, 3.2)], axis=1), draw(0, 3), times, **hidden)
    # half of them to the left
    side = np.sign(draw(-1, 1))[:, None]
    return np.stack([side * path[..., 0], path[..., 1]], axis=-1), side * angles, hidden


def _leaf(draw, times):
    hidden = {"fall": draw(0.4, 1.2), "swing": draw(0.1, 0.5), "frequency": draw(0.4, 1.2), "drift": draw(-0.4, 0.4)}
    start = np.stack([draw(-0.5, 0.5), draw(1, 3)], axis=1)
    return *mechanics.leaf(start, times, **hidden, phase=draw(0, 2 * np.pi)), hidden


def _edge(draw, times):
    hidden = {name: draw(*ends) for name, ends in mechanics.RANGES.items()}
    hidden |= {"radius": draw(*EDGE["radius"]), "lean": draw(*EDGE["lean"])}
    return *mechanics.edge(np.stack([draw(-1, 1), draw(*EDGE["height"])], axis=1), times=times, **hidden), hidden


def drop(height, duration, *, restitution=0.8, gravity=9.81, step=STEP):
    """Let a ball fall on the ground in pymunk, to hold its steps against `mechanics.ball`.

    Args:
        height: of the ball's lowest point, m.
        duration: s.
        restitution: of the ball on the ground.
        gravity: m/s^2.
        step: of the simulation, s.

    Returns:
        times (n,) s and heights (n,) m after every step.
    """
    space = _space(gravity)
    _wall(space, (-10, 0), (10, 0), restitution)
    body = _disc(space, (0.0, height + 0.1), 0.1, 1.0)
    heights = []
    for _ in range(round(duration / step)):
        space.step(step)
        heights.append(body.position.y - 0.1)
    return step * np.arange(1, len(heights) + 1), np.array(heights)


def simulate(scene, count, *, frames=60, seed=0):
    """Let several bodies push each other in pymunk, at steps of 1/1000 s.

    A *stack* of five crates is hit by a ball, the last body; a *chain* of six discs swings from the first joint; five
    *billiard* balls run on a square table seen from above, with a little friction.

    Args:
        scene: one of SCENES.
        count: how many.
        frames: of each, FPS of them a second.
        seed: decides all.

    Returns:
        Scenes.

    Raises:
        ValueError: for an unknown scene.
    """
    if scene not in SCENES:
        raise ValueError(f"no scene called {scene!r}; there are {', '.join(SCENES)}")
    random = np.random.default_rng((seed, SCENES.index(scene)))
    build = {"stack": _stack, "chain": _chain, "billiard": _billiard}[scene]
    runs = [_run(*build(random), frames) for _ in range(count)]
    return Scenes(*(np.stack(part).astype("float32") for part in zip(*runs, strict=True)))


def _run(space, bodies, frames):
    seen = []
    # the step that is nearest to 1/1000 s and goes into a frame
    steps = round(1 / FPS / STEP)
    for _ in range(frames):
        seen.append([(*body.position, *body.velocity, body.angle) for body in bodies])
        for _ in range(steps):
            space.step(1 / FPS / steps)
    seen = np.array(seen)
    return seen[..., :2], seen[..., 2:4], seen[..., 4]


def _space(gravity=9.81):
    import pymunk

    space = pymunk.Space()
    space.gravity = (0, -gravity)
    # lengths are metres here, pixels in pymunk: what counts as touching is far smaller than its 0.1
    space.collision_slop, space.iterations = 1e-4, 20
    return space


def _wall(space, start, end, elasticity, friction=0.0):
    import pymunk

    wall = pymunk.Segment(space.static_body, start, end, 0.0)
    wall.elasticity, wall.friction = elasticity, friction
    space.add(wall)


def _disc(space, place, radius, elasticity, friction=0.0, mass=1.0):
    import pymunk

    body = pymunk.Body(mass, pymunk.moment_for_circle(mass, 0, radius))
    body.position = tuple(map(float, place))
    shape = pymunk.Circle(body, radius)
    shape.elasticity, shape.friction = elasticity, friction
    space.add(body, shape)
    return body


def _stack(random):
    import pymunk

    space, side = _space(), 0.3
    _wall(space, (-10, 0), (10, 0), 0.2, 0.7)
    bodies = []
    for floor in range(5):
        body = pymunk.Body(0.5, pymunk.moment_for_box(0.5, (side, side)))
        body.position = (float(random.uniform(-0.03, 0.03)), side * (floor + 0.5))
        shape = pymunk.Poly.create_box(body, (side, side))
        shape.elasticity, shape.friction = 0.1, 0.6
        space.add(body, shape)
        bodies.append(body)
    ball = _disc(space, (-1.5, random.uniform(0.5, 1.5)), 0.15, 0.4, 0.5, random.uniform(0.5, 2))
    ball.velocity = (float(random.uniform(3, 7)), float(random.uniform(0, 2)))
    return space, [*bodies, ball]


def _chain(random):
    import pymunk

    space, link, before, bodies = _space(random.uniform(*mechanics.RANGES["gravity"])), 0.25, None, []
    direction = random.uniform(-1.2, 1.2) - np.pi / 2
    for number in range(6):
        place = (number + 1) * link * np.array([np.cos(direction), np.sin(direction)]) + (0, 2.5)
        # no shapes that touch: links hold them apart
        body = pymunk.Body(0.3, pymunk.moment_for_circle(0.3, 0, 0.05))
        body.position = tuple(map(float, place))
        held, anchor = (space.static_body, (0, 2.5)) if before is None else (before, (0, 0))
        space.add(body, pymunk.PinJoint(held, body, anchor, (0, 0)))
        before = body
        bodies.append(body)
    return space, bodies


def _table(places, velocities, keeps):
    space, bodies = _space(gravity=0.0), []
    space.damping = float(keeps)
    corners = TABLE * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        _wall(space, tuple(start), tuple(end), 0.9)
    for place, velocity in zip(places, velocities, strict=True):
        bodies.append(_disc(space, place, BALL, 0.95))
        bodies[-1].velocity = tuple(map(float, velocity))
    return space, bodies


def _billiard(random):
    keeps, places, velocities = random.uniform(0.75, 1.0), [], []
    while len(places) < 5:
        place = random.uniform(-TABLE + BALL, TABLE - BALL, 2)
        if all(np.hypot(*(place - other)) > 2.2 * BALL for other in places):
            places.append(place)
            velocities.append(random.normal(0, 0.8, 2))
    return _table(places, velocities, keeps)


def billiard_on(place, velocity, keeps, frames):
    """Go on from a frame of "billiard", by the same engine.

    Args:
        place: (balls, 2) m.
        velocity: (balls, 2) m/s.
        keeps: share of its speed that friction leaves a ball in a second.
        frames: to come.

    Returns:
        (frames, balls, 2) m.
    """
    return _run(*_table(place, velocity, keeps), frames + 1)[0][1:]


def five_springs(count, *, frames=49, seed=0):
    """Simulate five particles in a box, each pair joined by a spring or not, as Kipf et al. (2018) do.

    Places are drawn with a deviation of 0.5, speeds are 0.5; each pair is joined with probability one half by a spring
    of constant 0.1, without rest length or friction; walls at 5 throw back. Velocities and places go on in turns at
    steps of 0.001, and every hundredth is kept: 49 frames in training, 99 in testing. Nothing is scaled here.

    Args:
        count: simulations.
        frames: kept of each.
        seed: decides all.

    Returns:
        Springs.

    Source: Kipf et al. 2018 (NRI), section 5.1 and their public simulation, whose numbers these are.
    """
    random = np.random.default_rng(seed)
    joined = np.tril(random.random((count, 5, 5)) < 0.5, -1)
    edges = (joined | np.swapaxes(joined, 1, 2)).astype(float)
    place, velocity = 0.5 * random.standard_normal((count, 5, 2)), random.standard_normal((count, 5, 2))
    velocity *= 0.5 / np.linalg.norm(velocity, axis=-1, keepdims=True)
    return Springs(*spring_frames(place, velocity, 0.1 * edges, frames), edges)


def spring_frames(place, velocity, constants, frames):
    """Go on from a frame of `five_springs`, by the same steps.

    Args:
        place: (n, particles, 2).
        velocity: (n, particles, 2).
        constants: (n, particles, particles) of the springs, symmetric, 0 where there is none.
        frames: to come.

    Returns:
        positions and velocities, each (n, frames, particles, 2).
    """
    step, box = 0.001, 5.0
    # (particles, axes, simulations): the long axis last, for speed
    place, velocity = np.moveaxis(place, 0, -1).copy(), np.moveaxis(velocity, 0, -1)
    own = np.eye(constants.shape[1]) * constants.sum(axis=2, keepdims=True)
    pull = step * np.moveaxis(constants - own, 0, -1)
    kept = np.empty((2, frames, *place.shape))
    for frame in range(frames):
        for _ in range(100):
            velocity = velocity + np.einsum("ijn,jdn->idn", pull, place)
            place += step * velocity
            out = np.abs(place) > box
            if out.any():
                velocity = np.where(out, -np.sign(place) * np.abs(velocity), velocity)
                place = np.where(out, np.sign(place) * 2 * box - place, place)
        kept[0, frame], kept[1, frame] = place, velocity
    return np.moveaxis(kept, -1, 1)
