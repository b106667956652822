"""Futures, live: a model that was only shown real frames is left alone, and what squared error makes of a fork."""

import numpy as np

from animkit.theory import futures as theory
from widgets.parts.figure import COLOURS, LiveFigure, fan, legend, spread
from widgets.parts.lab import Lab, choice, passed_in, slider
from widgets.parts.player import AnimationPlayer, skeleton, sprites

# --- a figure of sticks ----------------------------------------------------------------------------------------------

# hip, chest, head, then knee and foot, knee and foot, elbow and hand, elbow and hand; at last both ends of the floor
STICKS = (-1, 0, 1, 0, 3, 0, 5, 1, 7, 1, 9, -1, 11)


def _chain(start, *pieces):
    """Ends of limbs hung on each other: pieces are (length, angle), 0 hanging down, positive forwards."""
    ends = []
    for length, angle in pieces:
        start = start + length * np.stack([np.sin(angle), -np.cos(angle)], axis=-1)
        ends.append(start)
    return ends


def _figure(hip, chest, head, *limbs):
    floor = [np.broadcast_to(np.array([x, 0.0]), hip.shape) for x in (-1.3, 1.3)]
    ends = [end for start, limb in limbs for end in _chain(start, *limb)]
    return np.stack([hip, chest, head, *ends, *floor], axis=1).astype("float32")


def walker(swing):
    """Turn one swinging angle into a walk on the spot.

    Args:
        swing: (time,) radians.

    Returns:
        (time, 13, 2) positions for `player.skeleton` with STICKS as parents.
    """
    swing = np.asarray(swing, dtype=float)
    hip = np.stack([0.0 * swing, 1.0 - 0.06 * swing**2], axis=-1)
    chest = hip + [0.0, 0.62]
    legs = [
        (hip, [(0.5, 0.55 * side * swing), (0.5, 0.55 * side * swing - 0.5 * np.maximum(-side * swing, 0.0))])
        for side in (1.0, -1.0)
    ]
    arms = [(chest, [(0.34, -0.6 * side * swing), (0.34, -0.6 * side * swing + 0.35)]) for side in (1.0, -1.0)]
    return _figure(hip, chest, chest + [0.0, 0.3], *legs, *arms)


def leaner(lean):
    """Turn one angle into a body that throws itself to the left or to the right.

    Args:
        lean: (time,) radians, negative to the left.

    Returns:
        (time, 13, 2) positions for `player.skeleton` with STICKS as parents.
    """
    lean = np.asarray(lean, dtype=float)
    hip = np.stack([0.25 * lean, 0.95 - 0.05 * lean**2], axis=-1)
    (chest,) = _chain(hip, (0.62, np.pi - 0.6 * lean))
    (head,) = _chain(chest, (0.3, np.pi - 0.8 * lean))
    legs = [(hip, [(0.48, 0.25 * side - 0.2 * lean), (0.48, 0.12 * side - 0.4 * lean)]) for side in (1.0, -1.0)]
    arms = [(chest, [(0.34, 0.4 * side + 1.3 * lean), (0.34, 0.2 * side + 1.7 * lean)]) for side in (1.0, -1.0)]
    return _figure(hip, chest, head, *legs, *arms)


# --- 5 ---------------------------------------------------------------------------------------------------------------

AHEAD, SHOWN, FUTURES = 50, 150, 50
TITLES = "real", "teacher-forced", "free-running"
SCHEDULES = {
    "linear": (":", COLOURS["orange"]),
    "exponential": ("--", COLOURS["red"]),
    "inverse_sigmoid": ("-", COLOURS["blue"]),
}


def _learned(noise, order, seed):
    """Fit the toy, look at it on motion it has not seen: clips, errors at each frame ahead, and sampled futures."""
    coefficients = theory.fit_autoregression(theory.swinging_joint(400, noise=noise, seed=seed), order)
    fresh = theory.swinging_joint(600, noise=noise, seed=seed + 1000)
    errors = theory.exposure_errors(fresh, coefficients, AHEAD)
    real = fresh[order : order + SHOWN]
    forced = theory.teacher_forced(fresh[: order + SHOWN], coefficients)
    free = theory.free_running(fresh[:order], coefficients, SHOWN)
    sampled = theory.free_running(
        np.tile(fresh[:order], (FUTURES, 1)), coefficients, AHEAD, noise=float(errors[0][0]), seed=seed
    )
    return (real, forced, free), errors, sampled


def _as_clip(frames, parents, title):
    frames = np.asarray(frames)
    return skeleton(frames, parents, title=title) if parents is not None else sprites(frames, title=title)


def _clip_errors(clips):
    real, *others = (np.asarray(clip, dtype=float) for clip in clips)
    if any(other.shape != real.shape for other in others) or len(others) != 2:
        raise ValueError("clips are three of one shape: real, teacher-forced, free-running")
    beyond = tuple(range(1, real.ndim))
    return [np.sqrt(np.mean((other - real) ** 2, axis=beyond)) for other in others]


def exposure_bias(
    *,
    noise=0.05,
    order=3,
    frame=50,
    schedule="inverse_sigmoid",
    k=200.0,
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
    given = passed_in(clips=clips, parents=parents, errors=errors, futures=futures)
    own_toy = clips is None
    if not own_toy:
        errors = _clip_errors(clips) if errors is None else [np.asarray(error, dtype=float) for error in errors]
        sampled = None if futures is None else np.asarray(futures, dtype=float)
        shown = [_as_clip(clip, parents, title) for clip, title in zip(clips, TITLES, strict=True)]
        kept = {"errors": errors, "fan": sampled, "real": None}
    else:
        series, toy_errors, sampled = _learned(noise, order, seed)
        shown = [skeleton(walker(one), STICKS, title=title) for one, title in zip(series, TITLES, strict=True)]
        kept = {"errors": toy_errors, "fan": sampled, "real": series[0], "made": (noise, order, seed)}
    player = AnimationPlayer(
        *shown,
        label="One motion three times: as it is, predicted with the real past, and predicted with the model's own past",
        fps=fps,
    )
    frames = len(kept["errors"][0])

    figure = LiveFigure(
        "Left: error against frames ahead; teacher-forced it stays level, free-running it grows. Middle: sampled"
        " futures spread like a fan around the real motion. Right: schedules of how often the real frame is fed.",
        columns=3,
        height=360,
        ratios=[1.1, 1.0, 1.0],
    )
    left, middle, right = figure.axes
    at = np.arange(1, frames + 1)
    looks = ("--", COLOURS["green"], "s"), ("-", COLOURS["red"], "o")
    lines = [
        figure.moving(left.plot(at, 0.0 * at, style, color=colour, lw=2.5, label=name)[0])
        for (style, colour, _), name in zip(looks, TITLES[1:], strict=True)
    ]
    dots = [figure.moving(left.plot([1], [0], marker, color=colour, ms=9, ls="none")[0]) for _, colour, marker in looks]
    rule = figure.moving(left.axvline(1, color="grey", lw=1))
    highest = 1.1 if own_toy else 1.15 * max(1e-9, max(float(error.max()) for error in kept["errors"]))
    left.set(
        xlim=(0, frames + 1), ylim=(0, highest), xlabel="frames ahead", ylabel="error, radians" if own_toy else "error"
    )
    legend(left, loc="upper left")
    curves = fan(figure, middle, COLOURS["sky"])
    middle.set(xlabel="frames ahead", ylabel="radians" if own_toy else "")
    real = figure.moving(middle.plot([0], [0], color=COLOURS["black"], lw=2.5, label="real")[0])
    if kept["fan"] is None:
        middle.text(0.5, 0.5, "no sampled futures\nwere passed in", transform=middle.transAxes, ha="center")
    else:
        reach = 2.2 if own_toy else 1.05 * float(np.abs(kept["fan"]).max())
        middle.set(xlim=(1, kept["fan"].shape[1]), ylim=(-reach, reach))
        middle.plot([], [], color=COLOURS["sky"], label=f"{len(kept['fan'])} sampled futures")
        legend(middle, loc="upper left", ncols=2, fontsize=10, columnspacing=1.0)
    training = np.linspace(0, 4000, 201)
    odds = {
        name: figure.moving(
            right.plot(training, 0.0 * training, ls=style, color=colour, label=name.replace("_", " "))[0]
        )
        for name, (style, colour) in SCHEDULES.items()
    }
    reading = figure.moving(right.plot([0], [0], "D", color=COLOURS["black"], ms=10)[0])
    right.set(
        xlim=(0, 4100),
        xticks=range(0, 4001, 1000),
        ylim=(-0.03, 1.3),
        xlabel="training step",
        ylabel="probability of the real frame",
    )
    legend(right, loc="upper right", fontsize=10)

    toy = (
        {}
        if not own_toy
        else {
            "noise": slider("noise, radians", "How shakily the joint is measured", noise, 0.0, 0.3),
            "order": slider("looks back, frames", "How many frames the model sees", order, 1, 12, 1, integer=True),
            "seed": slider("seed", "Decides the noise, in training and after it", seed, 0, 99, 1, integer=True),
        }
    )
    controls = toy | {
        "frame": slider("frame", "Which frame ahead the numbers name", min(frame, frames), 1, frames, 1, integer=True),
        "schedule": choice(
            "scheduled sampling",
            "How the share of real frames falls as training goes on",
            [(name.replace("_", " "), name) for name in SCHEDULES],
            schedule,
        ),
        "k": slider("patience k, steps", "How slowly the schedule lets go of the real frames", k, 50.0, 500.0, 1.0),
        "step": slider("training step", "Where the schedule is read", step, 0, 4000, 10, integer=True),
    }

    def share(name, k, step):
        settings = {
            "linear": {"slope": 0.1 / k},
            "exponential": {"k": 0.5 ** (0.5 / k)},
            "inverse_sigmoid": {"k": k},
        }
        return theory.scheduled_sampling(step, name, **settings[name])

    def update(frame, schedule, k, step, noise=None, order=None, seed=None):
        if own_toy and kept["made"] != (noise, order, seed):
            series, kept["errors"], kept["fan"] = _learned(noise, order, seed)
            kept["real"], kept["made"] = series[0], (noise, order, seed)
            player.show(
                *(skeleton(walker(one), STICKS, title=title) for one, title in zip(series, TITLES, strict=True))
            )
        marks = np.array([mark for mark in (1, 10, 50) if mark <= frames])
        for line, dot, error in zip(lines, dots, kept["errors"], strict=True):
            line.set_ydata(np.minimum(error, 2.0 * highest))
            dot.set_data(marks, np.minimum(error, 2.0 * highest)[marks - 1])
        rule.set_xdata([frame, frame])
        if kept["fan"] is not None:
            spread(curves, np.clip(kept["fan"], -1e3, 1e3), start=1)
        if kept["real"] is not None:
            real.set_data(at, kept["real"][:frames])
        for name, line in odds.items():
            line.set_ydata(share(name, k, training))
            line.set_linewidth(3.5 if name == schedule else 1.5)
        now = float(share(schedule, k, step))
        reading.set_data([step], [now])
        figure.update()
        forced, free = kept["errors"]
        named = "".join(
            f"<td style='padding:0 1em'>frame {mark}: {forced[mark - 1]:.3f} against <b>{free[mark - 1]:.3f}</b></td>"
            for mark in dict.fromkeys([*marks.tolist(), frame])
        )
        ratio = free[frame - 1] / forced[frame - 1] if forced[frame - 1] > 1e-6 else 1.0
        return (
            f"Error with the real past against <b>the model's own past</b>:<table><tr>{named}</tr></table>"
            f"At frame {frame} its own past costs <b>{ratio:.1f} times</b> as much. "
            f"Scheduled sampling, {schedule.replace('_', ' ')}: at training step {step} the real frame is fed with "
            f"probability <b>{now:.3f}</b>."
        )

    lab = Lab(
        "Exposure bias",
        "rnn_lab.exposure_bias",
        controls,
        update,
        figure=figure,
        formula=r"$$\text{training: }\hat y_{t+1}=f(y_t,y_{t-1},\dots)\qquad\text{alone: }"
        r"\hat y_{t+1}=f(\hat y_t,\hat y_{t-1},\dots)$$"
        "<p>In training the model always continues from real frames. Left alone it continues from its own, a little "
        "wrong each time, and nobody puts it right: the errors can add up until the walk dies down. Scheduled sampling "
        "feeds its own frames more and more often while it still learns.</p>",
        presets=None
        if not own_toy
        else {
            "a clean motion: no harm": {"noise": 0.0, "order": 2},
            "a little noise, looks back 3": {"noise": 0.05, "order": 3},
            "looks back 12: holds on longer": {"noise": 0.05, "order": 12},
            "very noisy": {"noise": 0.2, "order": 3},
        },
        below=[player],
        more_state=lambda: given,
    )
    lab.player = player
    return lab


# --- 6 ---------------------------------------------------------------------------------------------------------------

COUNT, FRAMES = 200, 30
TURN = np.linspace(0.0, 1.0, FRAMES) ** 2 * (3.0 - 2.0 * np.linspace(0.0, 1.0, FRAMES))


def squared_error_optimum(*, prediction=0.8, left=0.5, noise=0.02, components=2, seed=22):
    """Make the lab of squared error: its best prediction is the mean of all futures, which nobody ever sees.

    Args:
        prediction: angle in which the predicted motion ends, radians; negative is left.
        left: share of the futures that turn left.
        noise: of each frame, radians.
        components: of the mixture head.
        seed: of the futures and of what is sampled from the mixture.

    Returns:
        Lab; its `player` is the AnimationPlayer.

    Source: the article, 3.3; Bishop 1994; Bishop 2006, section 1.5.5.
    """
    figure = LiveFigure(
        "Left: many futures that turn left or right, their mean, which stays between, and a prediction that can be"
        " dragged. Middle: squared error against where the prediction ends, cut into the futures' own variance and the"
        " extra. Right: futures sampled from a mixture of Gaussians.",
        columns=3,
        height=380,
        ratios=[1.0, 0.9, 1.0],
    )
    fork, bowl, mixed = figure.axes
    at, ends = np.arange(FRAMES), np.linspace(-1.5, 1.5, 61)
    real = fan(figure, fork, "0.6")
    mean_line, guess, handle = figure.moving(
        fork.plot(at, 0.0 * at, "--", color=COLOURS["black"], lw=3, label="mean of all futures")[0],
        fork.plot(at, 0.0 * at, "-", color=COLOURS["red"], lw=3, label="prediction: drag it")[0],
        fork.plot([FRAMES - 1], [0], "o", color=COLOURS["red"], ms=12, clip_on=False)[0],
    )
    extra_part, own_part = figure.moving(
        bowl.plot([0, 0], [0, 1], color=COLOURS["red"], lw=14, alpha=0.8, solid_capstyle="butt", label="extra")[0],
        bowl.plot([0, 0], [0, 1], color="0.55", lw=14, solid_capstyle="butt", label="own variance")[0],
    )
    curve, ground = figure.moving(
        bowl.plot(ends, 0.0 * ends, color=COLOURS["black"], lw=2.5)[0],
        bowl.axhline(0, color="0.4", ls=":", lw=2),
    )
    samples = fan(figure, mixed, COLOURS["sky"])
    centres = [
        figure.moving(mixed.plot(at, 0.0 * at, style, color=COLOURS["blue"], lw=3)[0])
        for style in ("-", "--", "-.", ":")
    ]
    frozen = figure.moving(mixed.plot(at, 0.0 * at, "--", color=COLOURS["black"], lw=1.5)[0])
    for axes in (fork, mixed):
        axes.set(xlim=(0, FRAMES - 1), ylim=(-1.6, 2.1), xlabel="frame")
    fork.set_ylabel("angle, radians (− left, + right)")
    bowl.set(
        xlim=(-1.5, 1.5), ylim=(0, 60), xlabel="the prediction ends at, radians", ylabel="squared error, 30 frames"
    )
    fork.plot([], [], color="0.6", label="a future")
    mixed.plot([], [], color=COLOURS["sky"], label="sampled from the mixture")
    mixed.plot([], [], color=COLOURS["blue"], lw=3, label="means of its components")
    legend(fork, loc="upper left", fontsize=10)
    parts = bowl.legend(frameon=False, handlelength=1.0, loc="upper center", fontsize=10)
    for handle_ in parts.get_lines():
        handle_.set_linewidth(8)
    legend(mixed, loc="upper left", fontsize=10)
    kept = {}
    player = None

    controls = {
        "prediction": slider(
            "prediction ends at, rad",
            "Where the one predicted motion goes; or drag it on the left",
            prediction,
            -1.5,
            1.5,
        ),
        "left": slider("share turning left", "How many of the futures turn left", left, 0.0, 1.0),
        "noise": slider("noise, radians", "How shaky each frame is", noise, 0.0, 0.2),
        "components": slider(
            "mixture: components", "How many Gaussians the mixture head has", components, 1, 4, 1, integer=True
        ),
        "seed": slider("seed", "Decides the futures and the samples", seed, 0, 99, 1, integer=True),
    }

    def clips():
        motions = (
            (kept["futures"][0], "a real future"),
            (kept["mean"], "mean: least squared error"),
            (kept["samples"][0], "mixture, sample 1"),
            (kept["samples"][kept["other"]], "mixture, another sample"),
        )
        return [skeleton(leaner(motion), STICKS, title=title) for motion, title in motions]

    def update(prediction, left, noise, components, seed):
        wanted = (left, noise, components, seed)
        if kept.get("made") != wanted:
            futures, _ = theory.forked_futures(COUNT, FRAMES, left=left, noise=noise, seed=seed)
            mixture = theory.fit_mixture(futures, components, seed=seed)
            drawn, which = theory.sample_mixture(mixture, 50, seed=seed)
            apart = which != which[0]
            kept.update(
                made=wanted,
                futures=futures,
                mean=futures.mean(axis=0),
                mixture=mixture,
                samples=drawn,
                other=int(np.argmax(apart)) if apart.any() else 1,
            )
            kept["own"], kept["extras"] = theory.squared_error_split(futures, kept["mean"])[0], None
            mean = kept["mean"]
            kept["bowl"] = kept["own"] + np.sum((ends[:, None] * TURN - mean) ** 2, axis=1)
            spread(real, futures[:60])
            mean_line.set_ydata(mean)
            frozen.set_ydata(mean)
            spread(samples, drawn)
            for i, centre in enumerate(centres):
                centre.set_visible(i < components)
                if i < components:
                    centre.set_ydata(mixture.means[i])
            curve.set_ydata(kept["bowl"])
            ground.set_ydata([kept["own"]] * 2)
            if player is not None:
                player.show(*clips())
        own, extra = theory.squared_error_split(kept["futures"], prediction * TURN)
        guess.set_ydata(prediction * TURN)
        handle.set_data([FRAMES - 1], [prediction])
        own_part.set_data([prediction] * 2, [0.0, own])
        extra_part.set_data([prediction] * 2, [own, own + extra])
        figure.update()
        mean, mixture = kept["mean"], kept["mixture"]
        typical = float(np.mean(np.abs(kept["futures"][:, -1])))
        sampled = float(np.mean(np.abs(kept["samples"][:, -1])))
        weights = ", ".join(
            f"{weight:.2f} to {mean_[-1]:+.2f}" for weight, mean_ in zip(mixture.weights, mixture.means, strict=True)
        )
        return (
            f"Squared error = own variance + extra = {own:.3f} + {extra:.3f} = <b>{own + extra:.3f}</b>; "
            f"the mean has extra 0 and nothing beats it.<br>"
            f"But it ends at {mean[-1]:+.3f} radians while a real future turns by {typical:.2f}: "
            f"<b>{abs(mean[-1]) / typical:.0%}</b> of the movement is left. "
            f"A sample of the mixture turns by <b>{sampled:.2f}</b>; its components, share to end: {weights}."
        )

    def pointer(x, y, phase):
        share = TURN[int(np.clip(round(x), 8, FRAMES - 1))]  # near the start the turn is too small to divide by
        controls["prediction"].value = round(float(np.clip(y / share, -1.5, 1.5)), 2)

    lab = Lab(
        "Squared error wants the mean",
        "rnn_lab.squared_error_optimum",
        controls,
        update,
        figure=figure,
        formula=r"$$\mathbb E\,\lVert y-\hat y\rVert^2="
        r"\underbrace{\mathbb E\,\lVert y-\bar y\rVert^2}_{\text{own variance}}"
        r"+\underbrace{\lVert\bar y-\hat y\rVert^2}_{\text{extra}}\qquad \hat y^*=\bar y$$"
        "<p>From the same pose some futures go left and some go right. The prediction with the least squared error "
        "lies between them, where no future goes: the figure freezes. A mixture keeps the ways apart, so what is drawn "
        "from it moves.</p>",
        presets={
            "as many left as right": {"left": 0.5, "components": 2, "prediction": 0.0},
            "all go right: no harm": {"left": 0.0, "components": 1, "prediction": 1.0},
            "one in five goes left": {"left": 0.2, "components": 2, "prediction": 0.6},
            "a single Gaussian": {"left": 0.5, "components": 1},
            "right on one of the ways": {"left": 0.5, "prediction": 1.0},
        },
    )
    player = AnimationPlayer(
        *clips(), label="A real future, the frozen mean of all futures, and two samples of the mixture", fps=12
    )
    lab.children = [*lab.children[:-1], player, lab.children[-1]]
    lab.drag, lab.player = figure.on_pointer(pointer, axes=fork), player
    return lab
