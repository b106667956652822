"""How well a motion VAE obeys: every command of a grid, come to from standing, walking and running."""

from typing import NamedTuple

import numpy as np

from animkit import weights
from animkit.metrics.steering import LEAST, SHARE, response
from animkit.studio.generation import ground_path, roll

SPEEDS = (0.0, 20.0, 50.0, 80.0, 120.0, 160.0, 200.0, 250.0, 300.0)  # cm/s
TURNS = (-90.0, -60.0, -30.0, 0.0, 30.0, 60.0, 90.0)  # degrees/s, positive to the left
BEFORE = (0.0, 120.0, 250.0)  # cm/s straight on, before the command
HELD = 3.0  # seconds of each
# what counts as obeyed: seconds, cm/s, degrees after HELD seconds
SOON, ASTRAY, HEADING = 0.5, 10.0, 10.0


class Obedience(NamedTuple):
    """How one command is obeyed: the worst of the ways to come to it, the mean of several motions each."""

    speed: float  # cm/s asked
    turn: float  # degrees/s asked
    lag: float  # see `animkit.metrics.steering.Response`; of motions that never come to the speed it is HELD
    astray: float
    overshoot: float
    speed_error: float
    heading_error: float

    @property
    def reason(self):
        """What is wrong with it, in words; "" for a command that is obeyed."""
        if abs(self.speed_error) > max(SHARE * self.speed, LEAST):
            return f"asked for {self.speed:g} cm/s it goes at {self.speed + self.speed_error:.0f}"
        if abs(self.heading_error) > HEADING:
            # to the side that it is told to turn to, or to the left
            side = np.sign(self.turn) or 1.0
            more = "much" if self.heading_error * side > 0 else "little"
            return f"after {HELD:g} s it has turned {abs(self.heading_error):.0f}° too {more}"
        if self.lag > SOON:
            return f"it takes {self.lag:.2f} s to come to {self.speed:g} cm/s"
        if self.astray > ASTRAY:
            return f"it first goes {self.astray:.0f} cm/s the wrong way"
        return ""


def measure_steering(model, *, speeds=SPEEDS, turns=TURNS, before=BEFORE, motions=3, seed=0, answers=None, **told):
    """Measure how every command of a grid is obeyed.

    Args:
        model: MotionVAE.
        speeds: cm/s.
        turns: degrees/s, positive to the left.
        before: cm/s straight on; each command is come to from each of them, after three seconds, and held for three.
        motions: how many are made of each change.
        seed: of all that is drawn.
        answers: who is measured, as `generated_answers`, which it is if None.
        told: gait, style and temperature, see `animkit.studio.generation.roll`.

    Returns:
        list of Obedience, turns within speeds.
    """
    answers = answers or generated_answers
    commands = [(speed, turn) for speed in speeds for turn in turns]
    changes = [(*old, *new) for new in commands for old in ((speed, 0.0) for speed in before)]
    found = answers(model, np.repeat(changes, motions, axis=0), seed=seed, **told)
    # a motion that never comes to its speed has no lag to take the mean of
    found[:, 0] = np.minimum(found[:, 0], HELD)
    found = found.reshape(len(commands), len(before), motions, -1).mean(axis=2)
    worst = np.take_along_axis(found, np.abs(found).argmax(axis=1)[:, None], axis=1)[:, 0]
    return [Obedience(*command, *map(float, row)) for command, row in zip(commands, worst, strict=True)]


def generated_answers(model, changes, *, seed=0, **told):
    """Make motions that are told something else half-way, and measure how they answer.

    Args:
        model: MotionVAE.
        changes: (motions, 4): cm/s and degrees/s before, cm/s and degrees/s after.
        seed: of all that is drawn.
        told: gait, style and temperature, see `animkit.studio.generation.roll`.

    Returns:
        (motions, 5) the numbers of `animkit.metrics.steering.Response`.
    """
    changes = np.asarray(changes, "float64")
    held = round(HELD * model.fps)
    speed, turn = (np.repeat(changes[:, [i, i + 2]], held, axis=1) for i in (0, 1))
    frames = roll(model, 2 * HELD, speed=speed, turn=np.radians(turn), seed=seed, **told)
    found = []
    for one, (_, _, new_speed, new_turn) in zip(frames, changes, strict=True):
        ground, heading = ground_path(one)
        ground = ground * model.centimetres
        found.append(response(ground, heading, held, speed=new_speed, turn=new_turn, fps=model.fps))
    return np.array(found)


def why_not(grid, speed, turn):
    """Tell why a command is not obeyed, by the command of the grid that is nearest to it.

    Args:
        grid: list of Obedience.
        speed: cm/s.
        turn: degrees/s, positive to the left.

    Returns:
        The reason, as text; "" where it is obeyed.
    """
    speeds, turns = (sorted({cell[i] for cell in grid}) for i in (0, 1))
    if not speeds[0] <= speed <= speeds[-1] or not turns[0] <= turn <= turns[-1]:
        return f"it is measured up to {speeds[-1]:g} cm/s and {turns[-1]:g}°/s only"
    steps = [max(1e-9, (values[-1] - values[0]) / len(values)) for values in (speeds, turns)]
    nearest = min(grid, key=lambda cell: np.hypot((cell.speed - speed) / steps[0], (cell.turn - turn) / steps[1]))
    return nearest.reason


def shipped_steering():
    """Read how well the generator that ships obeys.

    Returns:
        list of Obedience, from its card.
    """
    return [Obedience(*row) for row in weights.card("motion_generator")["steering"]["commands"]]
