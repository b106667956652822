"""Exposure bias: a model that was only shown real frames is left alone with its own."""

from functools import partial
from typing import NamedTuple

import numpy as np

from animkit.theory import futures as theory
from widgets.parts.figure import COLOURS, LiveFigure, fan, legend, legend_above, spread
from widgets.parts.lab import Lab, choice, passed_in, slider
from widgets.parts.player import AnimationPlayer, skeleton, sprites
from widgets.parts.sticks import STICKS, walker

AHEAD, SHOWN, FUTURES = 50, 150, 50
TITLES = "real", "teacher-forced", "free-running"
LOOKS = ("--", COLOURS["red"], "s"), ("-", COLOURS["green"], "o")  # of the last two; colours are the players'
SCHEDULES = {
    "linear": (":", COLOURS["orange"]),
    "exponential": ("--", COLOURS["red"]),
    "inverse_sigmoid": ("-", COLOURS["blue"]),
}
TRAINING = np.linspace(0, 4000, 201)  # steps

FORMULA = (
    r"$$\text{training: }\hat y_{t+1}=f(y_t,y_{t-1},\dots)\qquad\text{alone: }"
    r"\hat y_{t+1}=f(\hat y_t,\hat y_{t-1},\dots)$$"
    "<p>In training the model always continues from real frames. Left alone it continues from its own, a little "
    "wrong each time, and nobody puts it right: the errors can add up until the walk dies down. Scheduled sampling "
    "feeds its own frames more and more often while it still learns.</p>"
)
PRESETS = {  # of the built-in toy
    "a clean motion: no harm": {"noise": 0.0, "order": 2},
    "a little noise, looks back 3": {"noise": 0.05, "order": 3},
    "looks back 12: holds on longer": {"noise": 0.05, "order": 12},
    "very noisy": {"noise": 0.2, "order": 3},
}


class _Motion(NamedTuple):
    """One motion three times, and how well it was predicted."""

    clips: list  # for the player
    errors: list  # teacher-forced and free-running, each (frames,)
    futures: np.ndarray | None  # (count, frames) sampled
    angle: np.ndarray | None  # (time,) of the toy, radians


def _toy(noise, order, seed):
    """Fit the toy and look at it on motion it has not seen."""
    coefficients = theory.fit_autoregression(theory.swinging_joint(400, noise=noise, seed=seed), order)
    fresh = theory.swinging_joint(600, noise=noise, seed=seed + 1000)
    errors = theory.exposure_errors(fresh, coefficients, AHEAD)
    angles = (
        fresh[order : order + SHOWN],
        theory.teacher_forced(fresh[: order + SHOWN], coefficients),
        theory.free_running(fresh[:order], coefficients, SHOWN),
    )
    starts = np.tile(fresh[:order], (FUTURES, 1))
    futures = theory.free_running(starts, coefficients, AHEAD, noise=float(errors[0][0]), seed=seed)
    return _Motion(_clips([walker(one) for one in angles], STICKS), errors, futures, angles[0])


def _given(clips, parents, errors, futures):
    """Take what came from the notebook."""
    errors = _clip_errors(clips) if errors is None else [np.asarray(error, dtype=float) for error in errors]
    return _Motion(_clips(clips, parents), errors, None if futures is None else np.asarray(futures, dtype=float), None)


def _clips(motions, parents):
    return [
        sprites(np.asarray(motion), title=title)
        if parents is None
        else skeleton(np.asarray(motion), parents, title=title)
        for motion, title in zip(motions, TITLES, strict=True)
    ]


def _clip_errors(clips):
    real, *others = (np.asarray(clip, dtype=float) for clip in clips)
    if any(other.shape != real.shape for other in others) or len(others) != 2:
        raise ValueError("clips are three of one shape: real, teacher-forced, free-running")
    beyond = tuple(range(1, real.ndim))
    return [np.sqrt(np.mean((other - real) ** 2, axis=beyond)) for other in others]


class _Picture:
    """Errors over the frames ahead, a fan of futures, and the schedules of scheduled sampling."""

    def __init__(self, motion, toy):
        self.motion, self.toy, self.frames = motion, toy, len(motion.errors[0])
        fan = motion.futures is not None
        middle = " Middle: sampled futures spread like a fan around the real motion." if fan else ""
        self.figure = LiveFigure(
            f"Left: error against frames ahead; teacher-forced it stays level, free-running it grows.{middle} Right:"
            " schedules of how often the real frame is fed.",
            columns=2 + fan,
            height=320,
            besides=575,  # the player stands below
            ratios=[1.1, 1.0, 1.0][: 2 + fan],
        )
        self._make_errors(self.figure.axes[0])
        if fan:
            self._make_futures(self.figure.axes[1])
        self._make_schedules(self.figure.axes[-1])

    def _make_errors(self, axes):
        moving, at = self.figure.moving, np.arange(1, self.frames + 1)
        self.errors = [
            moving(axes.plot(at, 0.0 * at, style, color=colour, lw=2.5, label=name)[0])
            for (style, colour, _), name in zip(LOOKS, TITLES[1:], strict=True)
        ]
        self.dots = [moving(axes.plot([1], [0], mark, color=colour, ms=9, ls="none")[0]) for _, colour, mark in LOOKS]
        self.rule = moving(axes.axvline(1, color="grey", lw=1))
        self.highest = 1.1 if self.toy else 1.15 * max(1e-9, max(float(error.max()) for error in self.motion.errors))
        axes.set(xlim=(0, self.frames + 1), ylim=(0, self.highest))
        axes.set(xlabel="frames ahead", ylabel="error, radians" if self.toy else "error")
        legend_above(axes, ncols=1)  # errors are large early or late

    def _make_futures(self, axes):
        futures = self.motion.futures
        self.futures = fan(self.figure, axes, COLOURS["sky"])
        axes.set(xlabel="frames ahead", ylabel="radians" if self.toy else "")
        self.real = self.figure.moving(axes.plot([0], [0], color=COLOURS["blue"], lw=2.5, label="real")[0])
        reach = 2.2 if self.toy else 1.05 * float(np.abs(futures).max())
        axes.set(xlim=(1, futures.shape[1]), ylim=(-reach, 1.4 * reach))  # room for the legend
        axes.plot([], [], color=COLOURS["sky"], label=f"{len(futures)} sampled")
        legend(axes, loc="upper left", ncols=2)

    def _make_schedules(self, axes):
        self.odds = {
            name: self.figure.moving(
                axes.plot(TRAINING, 0.0 * TRAINING, ls=style, color=colour, label=name.replace("_", " "))[0]
            )
            for name, (style, colour) in SCHEDULES.items()
        }
        self.reading = self.figure.moving(axes.plot([0], [0], "D", color=COLOURS["black"], ms=10)[0])
        axes.set(xlim=(0, 4100), xticks=range(0, 4001, 2000), ylim=(-0.03, 1.5))
        axes.set(xlabel="training step", ylabel="probability of the real frame")
        legend(axes, loc="upper right", handlelength=1.4)

    def show_motion(self, marks, frame):
        """Errors with dots at the frames `marks` and a rule at another, and the futures."""
        motion = self.motion
        for line, dot, error in zip(self.errors, self.dots, motion.errors, strict=True):
            inside = np.minimum(error, 2.0 * self.highest)
            line.set_ydata(inside)
            dot.set_data(marks, inside[np.array(marks) - 1])
        self.rule.set_xdata([frame, frame])
        if motion.futures is not None:
            spread(self.futures, np.clip(motion.futures, -1e3, 1e3), start=1)
        if motion.angle is not None:
            self.real.set_data(np.arange(1, self.frames + 1), motion.angle[: self.frames])

    def show_schedules(self, schedule, k, step):
        """All schedules, one of them strong and read at a step."""
        for name, line in self.odds.items():
            line.set_ydata(_odds(name, k, TRAINING))
            line.set_linewidth(3.5 if name == schedule else 1.5)
        self.reading.set_data([step], [float(_odds(schedule, k, step))])


def _odds(name, k, step):
    settings = {"linear": {"slope": 0.1 / k}, "exponential": {"k": 0.5 ** (0.5 / k)}, "inverse_sigmoid": {"k": k}}
    return theory.scheduled_sampling(step, name, **settings[name])


def _update(picture, player, frame, schedule, k, step, **toy):
    if toy != picture.toy:
        picture.motion, picture.toy = _toy(**toy), toy
        player.show(*picture.motion.clips)
    marks = [mark for mark in (1, 10, 50) if mark <= picture.frames]
    picture.show_motion(marks, frame)
    picture.show_schedules(schedule, k, step)
    picture.figure.update()
    forced, free = picture.motion.errors
    named = "".join(
        f"<td style='padding:0 1em'>frame {mark}: {forced[mark - 1]:.3f} against <b>{free[mark - 1]:.3f}</b></td>"
        for mark in dict.fromkeys([*marks, frame])
    )
    ratio = free[frame - 1] / forced[frame - 1] if forced[frame - 1] > 1e-6 else 1.0
    return (
        f"Error with the real past against <b>the model's own past</b>:<table><tr>{named}</tr></table>"
        f"At frame {frame} its own past costs <b>{ratio:.1f} times</b> as much. "
        f"Scheduled sampling, {schedule.replace('_', ' ')}: at training step {step} the real frame is fed with "
        f"probability <b>{float(_odds(schedule, k, step)):.3f}</b>."
    )


def _controls(frames, toy, *, frame, schedule, k, step):
    whole = {"step": 1, "integer": True}
    how = "How the share of real frames falls as training goes on"
    names = [(name.replace("_", " "), name) for name in SCHEDULES]
    of_toy = toy and {
        "noise": slider("noise, radians", "How shakily the joint is measured", toy["noise"], 0.0, 0.3),
        "order": slider("looks back, frames", "How many frames the model sees", toy["order"], 1, 12, **whole),
        "seed": slider("seed", "Decides the noise, in training and after it", toy["seed"], 0, 99, **whole),
    }
    return of_toy | {
        "frame": slider("frame", "Which frame ahead the numbers name", min(frame, frames), 1, frames, **whole),
        "schedule": choice("scheduled sampling", how, names, schedule),
        "k": slider("patience k, steps", "How slowly the schedule lets go of the real frames", k, 50, 500, **whole),
        "step": slider("training step", "Where the schedule is read", step, 0, 4000, 10, integer=True),
    }


def exposure_bias(
    *,
    noise=0.05,
    order=3,
    frame=50,
    schedule="inverse_sigmoid",
    k=200,
    step=1000,
    seed=0,
    clips=None,
    parents=None,
    errors=None,
    futures=None,
    fps=24.0,
):
    """Make the lab of exposure bias: the same motion with the real past and with the model's own.

    Args:
        noise: of the measured joint, radians; only for the built-in toy, as `order` and `seed`.
        order: how many frames back the toy looks.
        frame: which frame after the start the numbers name, from 1.
        schedule: "linear", "exponential" or "inverse_sigmoid".
        k: of the inverse sigmoid schedule, training steps; the linear one reaches 0 at 10 k, the exponential halves
            every 2 k.
        step: training step at which the schedule is read.
        seed: of the toy.
        clips: real, teacher-forced and free-running: (time, height, width, 4) uint8 pictures, or positions
            (time, joints, 2 or 3) with `parents`; without them a stick figure walks as the toy's joint swings.
        parents: (joints,) of the clips' skeleton.
        errors: teacher-forced and free-running errors (frames,), averaged over many starts; without them those of the
            clips themselves.
        futures: (count, frames) sampled futures of any one number, such as a joint's angle, or None.
        fps: of the clips.

    Returns:
        Lab; its `player` is the AnimationPlayer.

    Raises:
        ValueError: when the clips do not fit each other.

    Source: Bengio et al. 2015; Ranzato et al. 2016.
    """
    toy = {"noise": noise, "order": order, "seed": seed} if clips is None else {}
    motion = _toy(**toy) if toy else _given(clips, parents, errors, futures)
    picture = _Picture(motion, toy)
    told = "One motion three times: as it is, predicted with the real past, and predicted with the model's own past"
    player = AnimationPlayer(*motion.clips, label=told, fps=fps)
    lab = Lab(
        "Exposure bias",
        "rnn_lab.exposure_bias",
        _controls(picture.frames, toy, frame=frame, schedule=schedule, k=k, step=step),
        partial(_update, picture, player),
        figure=picture.figure,
        formula=FORMULA,
        presets=PRESETS if toy else None,
        beside=[player],
        more_state=lambda: passed_in(clips=clips, parents=parents, errors=errors, futures=futures),
        idle=lambda noise=1.0, **_: {} if noise else {"seed": "without noise nothing is random"},
    )
    lab.player = player
    return lab
