"""Pixel effects drawn in code: each kind as ramp steps, in frames that close into a loop or begin and end empty.

Lengths are in cells of 32 units, whatever the picture's size, so that an effect is the same at 32 and at 64 pixels; y
points up from the ground line near the lower edge. All motion is periodic: a particle is born again one loop later,
waves travel whole wavelengths in a loop, what turns turns into itself.
"""

from typing import NamedTuple

import numpy as np

CELL = 32  # units along a side
GROUND = 30  # units below the upper edge
BRIGHTEST = 7


class Clock(NamedTuple):
    """The times of frames."""

    frames: int
    one_shot: bool

    @property
    def phases(self):
        """From 0 to below 1, once around the loop, as (frames, 1, 1)."""
        return (np.arange(self.frames) / self.frames)[:, None, None]

    @property
    def presence(self):
        """How far the whole effect has come up, as (frames, 1, 1): 1 in a loop; from 0 to 1 to 0 in a one-shot."""
        if not self.one_shot:
            return np.ones((self.frames, 1, 1))
        through = np.linspace(0, 1, self.frames)[:, None, None]
        return np.clip(np.minimum(through / 0.3, (1 - through) / 0.4), 0, 1) ** 0.7

    def turns(self, frames):
        """How often what takes `frames` fits into the loop: whole times, one at least."""
        return max(1, round(self.frames / frames))


class Canvas(NamedTuple):
    """Ramp steps under the brush, and where their pixels lie."""

    steps: np.ndarray  # (frames, size, size) uint8
    x: np.ndarray  # (size,) units from the left edge
    y: np.ndarray  # (size, 1) units above the ground line
    scale: float  # pixels a unit

    @classmethod
    def blank(cls, frames, size):
        """Begin with all pixels transparent."""
        scale = size / CELL
        middle = (np.arange(size) + 0.5) / scale
        x, y = middle.astype("float32"), (GROUND - middle).astype("float32")[:, None]
        return cls(np.zeros((frames, size, size), np.uint8), x, y, scale)

    def fill(self, where, step):
        """Paint over: a step wherever `where` holds."""
        np.copyto(self.steps, np.broadcast_to(step, self.steps.shape).astype(np.uint8), where=where)

    def dots(self, x, y, step, alive=True, *, wrap=False):
        """Set single pixels, the brighter on top.

        Args:
            x, y: (frames, ...) units.
            step: as they; below 1 nothing is set.
            alive: as they.
            wrap: what leaves at a side comes in at the other.
        """
        size = self.steps.shape[1]
        x, y, step, alive = np.broadcast_arrays(x, y, step, alive)
        frame = np.nonzero(alive)[0]
        column, row = (np.floor(part[alive] * self.scale).astype(int) for part in (x, GROUND - y))
        column = column % size if wrap else column
        step = np.minimum(step[alive], BRIGHTEST)
        seen = (column >= 0) & (column < size) & (row >= 0) & (row < size) & (step >= 1)
        np.maximum.at(self.steps, (frame[seen], row[seen], column[seen]), step[seen].astype(np.uint8))

    def smooth(self):
        """Take away what no hand would draw: a lone pixel, and a step that none of its four neighbours has."""
        padded = np.pad(self.steps, ((0, 0), (1, 1), (1, 1)))
        around = np.stack([padded[:, 1:-1, :-2], padded[:, 1:-1, 2:], padded[:, :-2, 1:-1], padded[:, 2:, 1:-1]])
        alone = (around != self.steps).all(axis=0)
        self.steps[alone] = np.sort(around, axis=0)[1][alone]


class Particles(NamedTuple):
    """Particles over the frames; `draw` gives each a number of its own."""

    age: np.ndarray  # (frames, n) from 0 at birth to 1
    alive: np.ndarray  # (frames, n) bool
    which: np.ndarray  # (n,) one that outlives the loop is there several times at once

    @classmethod
    def born(cls, clock, rng, *, rate, life):
        """Spread births over the loop, or over what of a one-shot lies a life before its end.

        Args:
            clock: Clock.
            rng: numpy Generator.
            rate: births a frame.
            life: frames.
        """
        count = max(1, round(rate * clock.frames))
        birth = (np.arange(count) + rng.random(count)) / count
        span = life / clock.frames * rng.uniform(0.8, 1.2, count)
        if clock.one_shot:
            span = np.minimum(span, 0.75)
            birth = (birth - birth[0]) / max(birth[-1] - birth[0], 1e-9)  # the first at once, the last to the end
            age = (np.linspace(0, 1, clock.frames)[:, None] - birth * (1 - span)) / span
            return cls(age.clip(0, 1), (age > 1e-9) & (age < 1 - 1e-9), np.arange(count))
        since = (clock.phases[:, 0] - birth) % 1
        rounds = int(np.ceil(span.max()))
        age = np.concatenate([(since + done) / span for done in range(rounds)], axis=1)
        return cls(age.clip(0, 1), age < 1, np.tile(np.arange(count), rounds))

    def draw(self, rng, low, high):
        """One number from low to high for each particle, as (n,)."""
        return rng.uniform(low, high, self.which.max() + 1)[self.which]


def waves(clock, rng, x, y, *, length, frames, count=5):
    """Noise on a circle: plane waves that rise whole wavelengths in a loop.

    Args:
        clock: Clock.
        rng: numpy Generator.
        x, y: units, broadcast to (size, size).
        length: of a wave, units.
        frames: a wave takes to go by.
        count: of waves.

    Returns:
        (frames, size, size), about from -1 to 1.
    """
    total = 0
    for _ in range(count):
        across, up = rng.uniform(-1.2, 1.2), rng.uniform(0.5, 1.3)
        turns = clock.turns(frames * rng.uniform(0.7, 1.4))
        total = total + np.sin(2 * np.pi * ((across * x + up * y) / length - turns * clock.phases + rng.random()))
    return total / np.sqrt(count)


def puffs(canvas, particles, x, y, radius, *, flat=1.0, bright=6.0, dark=2.0):
    """Round puffs that melt into one cloud: lit from the upper left, thinned by dither as they age.

    Args:
        canvas: Canvas.
        particles: Particles.
        x, y, radius: (frames, n) units.
        flat: height of a puff over its width.
        bright, dark: steps in light and in shade.
    """
    radius, x, y = (part.astype("float32")[..., None, None] for part in (np.where(particles.alive, radius, 0), x, y))
    across, up = canvas.x - x, (canvas.y - y) / flat
    height = radius**2 - across**2 - up**2  # squared height of the ball over the plane: (frames, n, size, size)
    front = height.argmax(axis=1)[:, None]
    pick = [np.take_along_axis(part, front, axis=1)[:, 0] for part in (height, across + 0 * up, up + 0 * across)]
    depth, across, up = pick
    frame = np.arange(len(canvas.steps))[:, None, None]
    size, age = radius[frame, front[:, 0], 0, 0], particles.age[frame, front[:, 0]]
    light = (0.62 * up - 0.42 * across + 0.66 * np.sqrt(depth.clip(0))) / np.maximum(size, 1e-6)
    step = np.rint(dark + (bright - dark) * ((light + 0.35) / 1.3).clip(0, 1) - 1.5 * (age - 0.4).clip(0))
    row, column = np.indices(canvas.steps.shape[1:])
    checks, quarter = (row + column) % 2 == 0, (row % 2 == 0) & (column % 2 == 0)
    rim = depth < (0.45 * size) ** 2  # a puff thins from its rim
    solid = (age < 0.55) | ((age < 0.75) & ~rim) | ((age < 0.9) & checks) | quarter
    canvas.fill((depth > 0) & solid, step.clip(1, BRIGHTEST))


def star(canvas, x, y, reach, step):
    """Four-pointed stars, the brighter on top.

    Args:
        canvas: Canvas.
        x, y: (frames, n) units.
        reach: (frames, n) units from the middle to a point; 0 draws nothing.
        step: in the middle, broadcasts to (frames, n).
    """
    # whole pixels from the middle, so that the four points are alike
    size = np.arange(canvas.steps.shape[1], dtype="float32")
    across = np.abs(size - np.floor(x * canvas.scale).astype("float32")[..., None])[:, :, None, :]
    up = np.abs(size - np.floor((GROUND - y) * canvas.scale).astype("float32")[..., None])[:, :, :, None]
    reach = (reach * canvas.scale).astype("float32")[..., None, None]
    inside = (np.sqrt(across) + np.sqrt(up) <= np.sqrt(reach) + 0.02) & (reach > 0.3)
    far = (across + up) / np.maximum(reach, 1)
    step = np.broadcast_to(step, reach.shape[:2]).astype("float32")[..., None, None]
    drawn = np.where(inside, np.rint(step - 4.2 * far), 0)
    np.maximum(canvas.steps, drawn.max(axis=1).clip(0, BRIGHTEST).astype(np.uint8), out=canvas.steps)


def fire(clock, canvas, rng, wind, amount):
    """Tongues that lick up from a hot core; licks come off their tips, sparks fly."""
    x, y, t = canvas.x, canvas.y, clock.phases
    strong = amount * clock.presence
    lean = 16 - 5 * wind + wind * 0.55 * y
    noise = waves(clock, rng, x - wind * y, y, length=13, frames=9)
    tongues = rng.integers(2, 4)
    aside = (np.arange(tongues) - (tongues - 1) / 2) * 10 / tongues + rng.uniform(-0.5, 0.5, tongues)
    total = 0
    for place in (*aside, 0):  # the body of the flame comes last
        turn, about = clock.turns(rng.uniform(9, 14)), rng.random(2)
        share = 1 if place == 0 else 0.72 - 0.03 * abs(place)
        high = 23 * share * strong * (0.9 + 0.16 * np.sin(2 * np.pi * (turn * t + about[0])))
        v = (y + 1) / np.maximum(high, 1e-6)
        sway = 2.6 * strong * v.clip(0, 1.4) * np.sin(2 * np.pi * (y / 17 - clock.turns(10) * t + about[1]))
        wide = (1.2 + 6.4 * share * strong) * (v / (v.clip(0) + 0.16)).clip(0) * (1 - v).clip(0) ** 0.8
        wide = wide + 1.2 * noise * (v * (1.3 - v)).clip(0)
        aside = x - lean - place * strong * (1 - 0.3 * v.clip(0, 1)) - sway
        heat = np.where((v > 0) & (v < 1), 1 - np.abs(aside) / np.maximum(wide, 0.05), -2)
        total = total + np.exp(4 * heat.clip(-2))  # a soft union: tongues share one core
    heat = (np.log(total) / 4 - 0.08) * (1.05 - 0.62 * v.clip(0, 1))
    canvas.fill((heat > 0.07) & (strong > 0.05), 1 + (heat * 7.4).clip(0, 6))
    licks = Particles.born(clock, rng, rate=0.3 * amount, life=7)
    rise = (0.55 + 0.75 * licks.age) * 20 * amount
    aside = 16 - 5 * wind + wind * 0.55 * rise + licks.draw(rng, -3.5, 3.5) * amount
    small = licks.draw(rng, 1.3, 2.2) * (1 - licks.age) ** 0.5 * np.minimum(1, 5 * licks.age)
    for wide, step in ((1.0, 2), (0.62, 4)):
        canvas.fill(_discs(canvas, aside, rise, small * wide, licks.alive, tall=1.5) & (canvas.steps < 3), step)
    canvas.smooth()
    sparks = Particles.born(clock, rng, rate=0.35 * amount, life=9)
    rise = (0.45 + 1.0 * sparks.age) * 20 * amount
    wiggle = 1.2 * np.sin(2 * np.pi * (sparks.age + sparks.draw(rng, 0, 1)))
    aside = 16 - 5 * wind + wind * 0.7 * rise + sparks.draw(rng, -7, 7) * (0.5 + 0.5 * sparks.age) + wiggle
    canvas.dots(aside, rise, np.where(sparks.age < 0.6, 6, 4), sparks.alive)


def _discs(canvas, x, y, radius, alive, *, tall=1.0):
    """Where any of the discs lies, `tall` times as high as wide: (frames, size, size) bool."""
    across = canvas.x - x[..., None, None]
    up = (canvas.y - y[..., None, None]) / tall
    radius = np.where(alive, radius, 0)[..., None, None]
    return (across**2 + up**2 < radius**2).any(axis=1)


def smoke(clock, canvas, rng, wind, amount):
    """Puffs that rise, grow and thin."""
    column = Particles.born(clock, rng, rate=0.62, life=15)
    age = column.age
    rise = 2.5 + 21 * (0.75 + 0.25 * amount) * age**0.85
    sway = 1.8 * age * np.sin(2 * np.pi * (1.2 * age + column.draw(rng, 0, 0.5)))
    aside = 16 - 6 * wind + wind * (0.35 * rise + 0.022 * rise**2) + column.draw(rng, -2.4, 2.4) * (0.5 + age) + sway
    radius = column.draw(rng, 0.85, 1.2) * amount**0.7 * (2.3 + 3.2 * age) * np.minimum(1, 6 * age) ** 0.5
    puffs(canvas, column, aside, rise, radius * np.minimum(1, 4 * (1 - age)) ** 0.5)


def sparkle(clock, canvas, rng, wind, amount):
    """Four-pointed stars that twinkle."""
    stars = Particles.born(clock, rng, rate=0.42 * amount, life=9)
    far, angle = np.sqrt(stars.draw(rng, 0.02, 1)), stars.draw(rng, 0, 2 * np.pi)
    reach = stars.draw(rng, 2.2, 6.2) * amount**0.4 * np.sin(np.pi * stars.age) ** 1.2
    drift = 9 * wind * (stars.age - 0.4)
    x = 16 + 9.5 * amount**0.5 * far * np.cos(angle) + drift
    y = 14.5 + 9.5 * amount**0.5 * far * np.sin(angle) + 2.5 * stars.age
    star(canvas, x, y, np.where(stars.alive, reach, 0), 7.2 - 1.5 * (stars.age - 0.6).clip(0) * 2)


def rain(clock, canvas, rng, wind, amount):
    """Slanted streaks, near and far, each with a small splash where it strikes."""
    for rate, speed, step, ground in ((0.5, 2.6, 3, (3, 6)), (0.55, 3.6, 5, (-1, 2))):
        fall = 30 / speed
        drops = Particles.born(clock, rng, rate=rate * amount * min(1, clock.frames / 12), life=fall + 4)
        # age in frames; the last four are the splash
        frame, foot = drops.age * (fall + 4), drops.draw(rng, *ground)
        x, high = drops.draw(rng, 0, CELL), foot + (fall - frame) * speed
        back = np.arange(0, 1.7 * speed, 0.5 / canvas.scale)[:, None, None]
        y = np.moveaxis(high + back, 0, 1)  # (frames, along the streak, drops)
        shade = step + (back[:, 0] < 0.8) - (back[:, 0] > speed)
        falls = (drops.alive & (frame < fall + 1.5))[:, None] & (y > foot)
        canvas.dots(x - 0.6 * wind * y, y, shade, falls, wrap=True)
        since, x = frame - fall, x - 0.6 * wind * foot
        for side in (-1, 1):
            out, up = 0.8 + 0.75 * since, 0.4 + 1.5 * since - 0.5 * since**2
            canvas.dots(x + side * out, foot + up, step, drops.alive & (since > 0.3), wrap=True)
        aside, since = np.arange(-1.5, 1.51, 1 / canvas.scale)[:, None], since[:, None]
        flat = (since > 0) & (np.abs(aside) <= 0.4 + 0.6 * since) & drops.alive[:, None]
        canvas.dots(x + aside, foot, step - 1 - (since > 2.5), flat, wrap=True)


def splash(clock, canvas, rng, wind, amount):
    """A crown of water that rises and falls, its drops, and rings on the water."""
    events = Particles.born(clock, rng, rate=1 / 7, life=13)
    teeth, turned = rng.integers(5, 8), events.draw(rng, 0, 1)
    x, y = canvas.x, canvas.y
    for event in range(len(events.which)):
        age = events.age[:, event, None, None]
        alive = events.alive[:, event, None, None]
        middle = 16 + 2.5 * wind * age
        _rings(canvas, middle, age, alive, amount)
        wide = amount**0.8 * (3.2 + 6.5 * age**0.6)
        high = 9.5 * amount * np.sin(np.pi * (age / 0.72).clip(0, 1)) ** 0.8
        q = (x - middle - 0.4 * wind * (y - 2).clip(0)) / wide
        round_ = np.sqrt((1 - q**2).clip(0))
        tooth = np.cos(teeth * np.arcsin(q.clip(-1, 1)) + 2 * np.pi * turned[event])
        up = y - 2.5
        there = alive & (np.abs(q) < 1) & (high > 0.8)
        back = up < high * (0.66 + 0.3 * q**2) * (0.86 - 0.2 * tooth)
        canvas.fill(there & back & (up > 0), 2 + (up > 0.45 * high))
        front = high * (0.3 + 0.62 * q**4) * (0.82 + 0.3 * tooth)
        low = -2.1 * amount**0.5 * round_
        canvas.fill(there & (up < front) & (up > low), 4 + (up > 0.4 * front) + 2 * (up > front - 1.1))
    canvas.smooth()
    for event in range(len(events.which)):
        age, alive = events.age[:, event, None], events.alive[:, event, None]
        count = 6 + round(3 * amount)
        angle = np.pi * (np.arange(count) + rng.uniform(0.2, 0.8, count)) / count
        fling, start = rng.uniform(0.8, 1.25, count), rng.uniform(0.06, 0.2, count)
        flown = (age - start).clip(0)
        across = amount**0.8 * np.cos(angle) * (3.5 + 15 * fling * flown) + (3 + 16 * flown) * wind * age
        up = 3 + amount * fling * (10 + 34 * np.sin(angle) * flown) * (flown > 0) - 58 * amount * flown**2
        flying = alive & (age > start) & (up > 2)
        dx, dy, step = np.array([(0, 0, 7), (1, 0, 5), (0, -1, 4), (1, -1, 3)]).T[..., None]
        big = (np.arange(count) % 2 == 0) | (step == 7)
        across, up, flying = across[:, None] + dx / canvas.scale, up[:, None] + dy / canvas.scale, flying[:, None]
        canvas.dots(16 + across, up, step, flying & big)


def _rings(canvas, middle, age, alive, amount):
    """Flat rings that widen on the water, one behind the other."""
    for late, step in ((0.0, 4), (0.3, 3)):
        grown = ((age - late) / (1 - late)).clip(0, 1)
        wide = amount**0.4 * (3 + 10 * grown**0.7)
        flat = 0.3
        distance = np.hypot(canvas.x - middle, (canvas.y - 2.0) / flat)
        edge = np.abs(distance - wide) < np.maximum(1.3 / canvas.scale, 1.5 - grown)
        canvas.fill(alive & (grown > 0) & edge & (grown < 0.97), step - (grown > 0.6) + 0 * distance)


def dust(clock, canvas, rng, wind, amount):
    """Puffs that roll out low over the ground, and grit."""
    rolling = Particles.born(clock, rng, rate=0.85, life=10)
    age = rolling.age
    side = np.where(rolling.draw(rng, -1, 1) + 0.9 * wind > 0, 1.0, -1.0)
    gone = 1 - (1 - age) ** 2
    x = 16 - 4 * wind + side * (1 + rolling.draw(rng, 4, 9.5) * gone * amount**0.7) + 9 * wind * gone
    radius = rolling.draw(rng, 0.8, 1.25) * amount**0.7 * (1.7 + 1.9 * gone) * np.minimum(1, 4 * (1 - age)) ** 0.5
    y = 0.45 * radius + rolling.draw(rng, 0, 3.2) * amount**0.6 * age
    puffs(canvas, rolling, x, y, radius, flat=0.8, bright=6.4, dark=3.0)
    canvas.fill(canvas.y < -1, 0)
    grit = Particles.born(clock, rng, rate=0.5 * amount, life=7)
    fling = grit.draw(rng, 2.5, 5)
    x = 16 - 4 * wind + grit.draw(rng, -11, 11) * amount**0.5 * grit.age + 8 * wind * grit.age
    canvas.dots(x, 1 + fling * amount * 4 * grit.age * (1 - grit.age), 4, grit.alive & (grit.age > 0.1))


def magic(clock, canvas, rng, wind, amount):
    """Stars that circle with trails behind them, and glints that rise."""
    stars = rng.integers(3, 5)
    glints = Particles.born(clock, rng, rate=0.35 * amount, life=8)
    angle = glints.draw(rng, 0, 2 * np.pi)
    far = glints.draw(rng, 2, 8) * amount**0.6
    rise = 7 + 15 * glints.age + 2 * np.sin(angle)
    bright = np.where(np.abs(glints.age - 0.45) < 0.25, 6, 4)
    canvas.dots(16 + far * np.cos(angle) + 0.45 * wind * (rise - 14), rise, bright, glints.alive)
    wide, flat = 11.5 * amount**0.6, rng.uniform(0.36, 0.5)
    tilt = rng.uniform(-0.35, 0.35) + 0.45 * wind
    turn = rng.choice([-1, 1]) * clock.turns(20 / stars) / stars  # of a full turn: the stars change places
    start = np.arange(stars) / stars + rng.random()
    phases, presence = clock.phases[:, 0], clock.presence[:, 0]
    bob = 1.5 * np.sin(2 * np.pi * (clock.turns(16) * phases + rng.random()))

    def place(angle):
        size, middle = (part.reshape(-1, *[1] * (angle.ndim - 1)) for part in (wide * presence, 14.5 + bob))
        across, up = size * np.cos(2 * np.pi * angle), flat * size * np.sin(2 * np.pi * angle)
        return 16 + across * np.cos(tilt) - up * np.sin(tilt), middle + across * np.sin(tilt) + up * np.cos(tilt)

    here = start + turn * phases
    length = 0.62 / stars
    back = np.arange(0, length, 0.28 / (2 * np.pi * wide * canvas.scale))[:, None]
    x, y = place(here[:, None] - np.sign(turn) * back)
    faded, before = back / length, (np.sin(2 * np.pi * here) < 0.3)[:, None]  # the lower half lies before the middle
    shown = (presence > 0.25)[:, None]
    canvas.dots(x, y, np.rint(6 - 4.2 * faded - ~before), shown)
    canvas.dots(x, y - 1 / canvas.scale, np.rint(5 - 4 * faded - ~before), shown & (faded < 0.55))
    x, y = place(here)
    depth = 1 - 0.3 * np.sin(2 * np.pi * here)
    star(canvas, x, y, np.where(presence > 0.1, 2.9 * amount**0.4 * depth * presence, 0), 7)


def portal(clock, canvas, rng, wind, amount):
    """A ring that swirls: a bright rim, arms that wind into the dark, sparks that fall in."""
    arms, side = rng.integers(3, 6), rng.choice([-1, 1])
    grown = np.maximum(clock.presence, 1e-3)
    wide, high = 8.8 * amount**0.6 * grown, 12.0 * amount**0.6 * grown
    up = canvas.y - 14
    across = canvas.x - 16 - 0.32 * wind * up
    far = np.hypot(across / wide, up / high)
    angle = np.arctan2(up / high, across / wide) / (2 * np.pi)
    phase = arms * angle * side - clock.turns(24 / arms) * clock.phases + rng.random()
    swirl = np.cos(2 * np.pi * (phase + 0.9 * arms / 3 * far))
    flicker = np.cos(2 * np.pi * (2 * (phase + 0.4 * far) + clock.turns(8) * clock.phases))
    rim = 1 - np.abs(far - 0.93 - 0.06 * swirl - 0.025 * flicker) / (0.2 + 0.05 * swirl)
    canvas.fill(far < 0.9, 1 + (swirl > 0.25) * (1 + (far > 0.35) + (swirl > 0.75) * (far > 0.2)))
    canvas.fill((rim > 0) & (grown > 0.05), 2 + (rim * 7.5).clip(0, 5))
    canvas.fill(grown <= 0.05, 0)
    canvas.smooth()
    sparks = Particles.born(clock, rng, rate=0.4 * amount, life=8)
    where = sparks.draw(rng, 0, 1) + side * 0.25 * sparks.age
    out = (1.5 - 1.1 * sparks.age) * (1 if not clock.one_shot else 0.9)
    x, y = np.cos(2 * np.pi * where) * wide[:, 0] * out, np.sin(2 * np.pi * where) * high[:, 0] * out
    canvas.dots(16 + x + 0.32 * wind * y, 14 + y, np.where(sparks.age < 0.5, 5, 7), sparks.alive)


DRAWN = {one.__name__: one for one in (fire, smoke, sparkle, rain, splash, dust, magic, portal)}
