"""The derivation of the GAN, live: D*, the value there, saturation, two players, a game of points, Wasserstein."""

import numpy as np
from scipy.special import expit

from animkit.theory import critic, gan, mlp
from widgets.labs.live_gan import live_gan
from widgets.parts.drawing import Drawing
from widgets.parts.figure import COLOURS, LiveFigure, legend, legend_above
from widgets.parts.lab import Lab, Training, choice, restart, slider, transport

__all__ = ["live_gan", "optimal_discriminator", "saturation", "two_players", "value_at_optimum", "wasserstein"]

# --- 1 ---------------------------------------------------------------------------------------------------------------

GRID = np.linspace(-6.0, 6.0, 241)
COARSE = slice(None, None, 4)  # the places on which the small D is trained


def optimal_discriminator(
    *,
    p_mean=-1.0,
    p_std=1.0,
    q_mean=1.0,
    q_std=1.0,
    place=0.5,
    drag="place",
    p_drawn=(),
    q_drawn=(),
    seed=0,
    steps=0,
):
    """Make the lab of the best discriminator, p / (p + q), place by place.

    Args:
        p_mean, p_std, q_mean, q_std: two Gaussians, the data's and the generator's.
        place: x where D answers.
        drag: what dragging on the left picture does, "place", "p" or "q".
        p_drawn, q_drawn: heights drawn by hand [(x, height), ...] in place of a Gaussian.
        seed: of the small D's first weights.
        steps: training steps of the small D.

    Returns:
        Lab.

    Source: the article, 3.1; Goodfellow et al. 2014, proposition 1.
    """
    figure = LiveFigure(
        "Left: densities of data p and of the generator q, and below them the best discriminator p/(p+q) with a small"
        " trained one. Right: what each answer D earns at the chosen place x, with its maximum marked.",
        mosaic=[["densities", "earned"], ["answer", "earned"]],
        height=440,
        ratios=[1.3, 1.0],
    )
    top, bottom, right = figure.axes["densities"], figure.axes["answer"], figure.axes["earned"]
    p_line, q_line = figure.moving(
        top.plot(GRID, 0 * GRID, color=COLOURS["blue"], lw=2.5, label="p, data")[0],
        top.plot(GRID, 0 * GRID, "--", color=COLOURS["red"], lw=2.5, label="q, generator")[0],
    )
    a_dot, b_dot = figure.moving(
        top.plot([0], [0], "o", color=COLOURS["blue"], ms=9)[0],
        top.plot([0], [0], "s", color=COLOURS["red"], ms=9)[0],
    )
    best_line, small_line = figure.moving(
        bottom.plot(GRID, 0 * GRID, color=COLOURS["black"], lw=2.5, label="D* = p / (p + q)")[0],
        bottom.plot(GRID, 0 * GRID, "-.", color=COLOURS["green"], lw=2.5, label="small D, trained")[0],
    )
    rules = figure.moving(*(axes.axvline(0, color="grey", lw=1) for axes in (top, bottom)))
    answers = np.linspace(0.001, 0.999, 400)
    earned, maximum, small_dot = figure.moving(
        right.plot(answers, 0 * answers, color=COLOURS["black"], lw=2.5, label="earned")[0],
        right.plot([0], [0], "v", color=COLOURS["black"], ms=11, label="maximum")[0],
        right.plot([0], [0], "D", color=COLOURS["green"], ms=9, label="small D")[0],
    )
    top.set(xlim=(-6, 6), ylim=(0, 0.9), ylabel="density")
    bottom.set(xlim=(-6, 6), ylim=(-0.05, 1.05), xlabel="x", ylabel="D says: real")
    right.set(xlim=(0, 1), ylim=(-3, 0.2), xlabel="answer D", ylabel="(a log D + b log(1 − D)) / (a + b)")
    for axes in (top, bottom, right):
        legend_above(axes, fontsize=10)

    controls = {
        "p_mean": slider("p: mean", "Moves the data's density along x", p_mean, -4.0, 4.0),
        "p_std": slider("p: width", "Standard deviation of the data, in units of x", p_std, 0.5, 2.5),
        "q_mean": slider("q: mean", "Moves the generator's density along x", q_mean, -4.0, 4.0),
        "q_std": slider("q: width", "Standard deviation of the fakes, in units of x", q_std, 0.5, 2.5),
        "place": slider("place x", "Where D is asked for its answer; or drag on the left picture", place, -6.0, 6.0),
        "drag": choice(
            "dragging",
            "What the pointer does on the densities",
            [("moves the place x", "place"), ("draws p by hand", "p"), ("draws q by hand", "q")],
            drag,
        ),
        "p_drawn": Drawing(
            "p by hand", "Heights over x, in place of p's sliders", p_drawn, limit=50, cell=0.25, curve=True
        ),
        "q_drawn": Drawing(
            "q by hand", "Heights over x, in place of q's sliders", q_drawn, limit=50, cell=0.25, curve=True
        ),
        "seed": slider("seed", "Decides the small D's first weights", seed, 0, 99, 1, integer=True),
        "steps": slider("training steps of D", "How long the small D has learnt", steps, 0, 200, 1, integer=True),
    }
    restart(
        controls["steps"], [control for name, control in controls.items() if name not in ("place", "drag", "steps")]
    )
    densities = {}

    def one_step(player, _):
        player, _ = critic.fit_on_grid(
            player, GRID[COARSE], densities["p"][COARSE], densities["q"][COARSE], learning_rate=0.03
        )
        return player

    training = Training(one_step)

    def update(p_mean, p_std, q_mean, q_std, place, drag, p_drawn, q_drawn, seed, steps):
        log_p = gan.log_drawing(GRID, p_drawn) if p_drawn else gan.log_gaussian(GRID, p_mean, p_std)
        log_q = gan.log_drawing(GRID, q_drawn) if q_drawn else gan.log_gaussian(GRID, q_mean, q_std)
        densities.update(p=log_p, q=log_q)
        player = training.at(
            steps,
            (log_p.tobytes(), log_q.tobytes(), seed),
            lambda: critic.new_player((1, 12, 12, 1), activation="tanh", seed=seed),
        )
        small_logit = critic.player_output(player, GRID[:, None])[:, 0]
        best = gan.optimal_discriminator(log_p, log_q)
        p, q = np.exp(log_p), np.exp(log_q)
        a, b, at_best, at_small = (np.interp(place, GRID, y) for y in (p, q, best, expit(small_logit)))
        p_line.set_ydata(p)
        q_line.set_ydata(q)
        a_dot.set_data([place], [a])
        b_dot.set_data([place], [b])
        best_line.set_ydata(best)
        small_line.set_ydata(expit(small_logit))
        for rule in rules:
            rule.set_xdata([place, place])
        somewhere = a + b > 0.0
        for artist in (earned, maximum, small_dot):
            artist.set_visible(bool(somewhere))
        if somewhere:
            at_best = gan.best_answer(a, b)
            height = gan.pointwise_value(np.array([at_best, at_small]), a, b) / (a + b)
            earned.set_ydata(gan.pointwise_value(answers, a, b) / (a + b))
            maximum.set_data([at_best], [height[0] + 0.09])  # its tip touches the curve
            small_dot.set_data([at_small], [height[1]])
        figure.update()
        here = (
            f"At x = {place:.2f}: a = p(x) = {a:.4f}, b = q(x) = {b:.4f}, "
            f"best answer a / (a + b) = <b>{at_best:.4f}</b>; the small D says {at_small:.4f}."
            if somewhere
            else f"At x = {place:.2f} neither density has mass: nothing is earned there, D may say anything."
        )
        value, ceiling = gan.value(GRID, log_p, log_q, small_logit), gan.value_at_optimum(GRID, log_p, log_q)
        return (
            f"{here}<br>After {steps} training steps V(D) = <b>{value:.5f}</b>, "
            f"the best possible is V(D*) = <b>{ceiling:.5f}</b>."
        )

    def pointer(x, y, phase):
        kind = controls["drag"].value
        if kind == "place":
            controls["place"].value = round(x, 2)
        else:
            controls[f"{kind}_drawn"].add(x, y, phase)

    lab = Lab(
        "The best discriminator",
        "gan_lab.optimal_discriminator",
        controls,
        update,
        figure=figure,
        formula=r"$$\max_D\; a\log D + b\log(1-D) \quad\Rightarrow\quad D^*(x)=\frac{a}{a+b}=\frac{p(x)}{p(x)+q(x)}$$"
        "<p>At every place x, D is paid a log D for real points and b log(1 − D) for fakes. Move x and see that the "
        "curve is highest exactly at p/(p + q); a small network, trained on the same pay, finds that answer.</p>",
        presets={
            "the same density twice": {"p_mean": 0.0, "q_mean": 0.0, "q_std": 1.0, "p_drawn": [], "q_drawn": []},
            "far apart": {"p_mean": -3.0, "q_mean": 3.0, "p_drawn": [], "q_drawn": []},
            "a narrow generator": {"p_mean": 0.0, "p_std": 2.0, "q_mean": 0.5, "q_std": 0.5, "q_drawn": []},
            "data drawn with two peaks": {
                "p_drawn": [(-4.0, 0.0), (-2.5, 0.4), (-1.0, 0.05), (1.0, 0.05), (2.5, 0.6), (4.0, 0.0)],
                "q_drawn": [],
                "q_mean": 0.0,
                "q_std": 2.0,
            },
            "D trained for 200 steps": {"steps": 200},
        },
        below=[transport(controls["steps"], stride=2)],
    )
    lab.drag = figure.on_pointer(pointer, axes=top)
    return lab


# --- 2 ---------------------------------------------------------------------------------------------------------------

WIDE = np.linspace(-10.0, 36.0, 1151)
SHIFTS = np.linspace(0.0, 20.0, 41)


def value_at_optimum(*, mean=1.0, std=1.0):
    """Make the lab of the value at the optimum, two ways, and of what a rounded sum can't show.

    Args:
        mean: of the generator's density; the data's is a standard Gaussian.
        std: width of the generator's density.

    Returns:
        Lab.

    Source: Goodfellow et al. 2014, theorem 1.
    """
    figure = LiveFigure(
        "Left: the density of the data and that of the generator, shifted by mu. Middle: V(D*) rises from -log 4 to 0"
        " as mu grows, by both formulas. Right: how far below 0 it stays, on a logarithmic axis; the sum ends in"
        " rounding near 1e-16, the log domain goes on.",
        columns=3,
        height=360,
    )
    left, middle, right = figure.axes
    log_p = gan.log_gaussian(WIDE)
    left.plot(WIDE, np.exp(log_p), color=COLOURS["blue"], lw=2.5, label="p, data")
    q_line = figure.moving(left.plot(WIDE, 0 * WIDE, "--", color=COLOURS["red"], lw=2.5, label="q, generator")[0])
    curves = [
        figure.moving(
            axes.plot(SHIFTS, np.ones(len(SHIFTS)), "-", color=COLOURS["black"], lw=2.5, label="log domain")[0]
        )
        for axes in (middle, right)
    ]
    sums = [
        figure.moving(
            axes.plot(SHIFTS, np.ones(len(SHIFTS)), "x", color=COLOURS["red"], ms=7, mew=2, label="−log 4 + 2 JSD")[0]
        )
        for axes in (middle, right)
    ]
    dots = [figure.moving(axes.plot([0], [1], "o", color=COLOURS["green"], ms=11)[0]) for axes in (middle, right)]
    middle.axhline(-gan.LOG_4, color="grey", lw=1, ls=":")
    middle.text(20, -gan.LOG_4 + 0.03, "−log 4", ha="right", color="dimgrey")
    grain = float(np.spacing(gan.LOG_4))
    right.axhspan(1e-26, grain, color="0.88")
    right.text(
        19.6, 3e-26, "finer than float64\ncan tell near log 4", color="0.3", fontsize=10, ha="right", va="bottom"
    )
    left.set(xlim=(-4, 26), ylim=(0, 0.85), xlabel="x", ylabel="density")
    middle.set(xlim=(0, 20.5), ylim=(-1.5, 0.1), xlabel="shift μ", ylabel="V(D*), nats")
    right.set(xlim=(0, 20.5), ylim=(1e-26, 10), yscale="log", xlabel="shift μ", ylabel="−V(D*), nats")
    legend_above(left, fontsize=10, columnspacing=0.8, handlelength=1.5)
    legend(middle, loc="center right", handlelength=2.0)
    kept = {}

    def both(mean, std):
        log_q = gan.log_gaussian(WIDE, mean, std)
        return log_q, gan.value_at_optimum(WIDE, log_p, log_q), gan.value_from_js(WIDE, log_p, log_q)

    def update(mean, std):
        if kept.get("std") != std:
            exact, summed = np.array([both(shift, std)[1:] for shift in SHIFTS]).T
            kept["std"] = std
            for (curve, cross), sign in zip(zip(curves, sums, strict=True), (1.0, -1.0), strict=True):
                curve.set_ydata(sign * exact)
                # a sum of 0, or on the wrong side of it, has no place on a logarithmic axis
                cross.set_ydata(sign * summed if sign > 0 else np.where(summed < 0.0, -summed, np.nan))
        log_q, exact, summed = both(mean, std)
        q_line.set_ydata(np.exp(log_q))
        dots[0].set_data([mean], [exact])
        dots[1].set_data([mean], [-exact])
        figure.update()
        shown = (lambda v: f"{v:.6f}") if exact < -1e-4 else (lambda v: f"{v:.3e}")
        jsd = (summed + gan.LOG_4) / 2.0
        lost = (
            f"<br>The sum is {round(summed / grain)} × {grain:.1e}, a whole number of steps between neighbouring "
            f"doubles near log 4: it can't end between two of them, and is {100 * abs(summed / exact - 1.0):.2g}% off. "
            "The log domain adds up small numbers only, and keeps all their digits."
            if -exact < 1e-11
            else ""
        )
        return (
            f"In the log domain: V(D*) = −exp({gan.log_deficit(WIDE, log_p, log_q):.4f}) = <b>{shown(exact)}</b>.<br>"
            f"As a sum: −log 4 + 2 · JSD = −{gan.LOG_4:.6f} + 2 · {jsd:.6f} = <b>{shown(summed)}</b>; "
            f"the two differ by {abs(exact - summed):.1e}.{lost}"
        )

    lab = Lab(
        "The value at the optimum",
        "gan_lab.value_at_optimum",
        {
            "mean": slider("shift μ of q", "Distance between the two densities, in units of x", mean, 0.0, 20.0, 0.05),
            "std": slider(
                "width of q", "Standard deviation of the generator's density; the data's is 1", std, 0.5, 2.0
            ),
        },
        update,
        figure=figure,
        formula=r"$$V(D^*)=\int p\log\frac{p}{p+q}+q\log\frac{q}{p+q}\;dx=-\log 4+2\,\mathrm{JSD}(p\,\|\,q)$$"
        "<p>Against the best D, the generator is left with the Jensen-Shannon divergence: −log 4 when q = p, and "
        "almost 0 once they hardly overlap.</p>",
        presets={
            "μ = 0: the generator is right": {"mean": 0.0, "std": 1.0},
            "μ = 1": {"mean": 1.0, "std": 1.0},
            "μ = 4": {"mean": 4.0, "std": 1.0},
            "μ = 16: too fine for the sum": {"mean": 16.0, "std": 1.0},
            "same centre, half the width": {"mean": 0.0, "std": 0.5},
        },
    )
    return lab


# --- 3 ---------------------------------------------------------------------------------------------------------------

SATURATED = float(np.log(1e-4) - np.log1p(-1e-4))


def saturation(*, logit=-3.0):
    """Make the lab of the two generator losses and what each tells a poor generator.

    Args:
        logit: D's logit on the fake; D(G(z)) is its sigmoid.

    Returns:
        Lab.

    Source: Goodfellow et al. 2014, section 3.
    """
    figure = LiveFigure(
        "Left: the saturating loss log(1-D) and the non-saturating loss -log D against D's logit on a fake, with"
        " tangents. Right: how steep each is, on a logarithmic axis; where D is sure of a fake only the second is.",
        columns=2,
        height=380,
    )
    left, right = figure.axes
    s = np.linspace(-10.0, 10.0, 201)
    look = {"saturating": ("-", COLOURS["blue"], "o"), "non": ("--", COLOURS["red"], "s")}
    slopes = gan.saturation_slopes(s)
    # log(1 - D) and -log D in terms of the logit
    losses = (lambda t: -np.logaddexp(0.0, t)), (lambda t: np.logaddexp(0.0, -t))
    names = ("log(1 − D): slope −D", "−log D: slope −(1 − D)")
    tangents, dots, heights = [], [], []
    for (line, colour, marker), name, loss, slope in zip(look.values(), names, losses, slopes, strict=True):
        left.plot(s, loss(s), line, color=colour, lw=2.5, label=name)
        right.plot(s, -slope, line, color=colour, lw=2.5, label=name)
        tangents.append(figure.moving(left.plot([0, 0], [0, 0], color=COLOURS["black"], lw=1.5)[0]))
        dots.append(figure.moving(left.plot([0], [0], marker, color=colour, ms=11)[0]))
        heights.append(figure.moving(right.plot([0], [1], marker, color=colour, ms=11)[0]))
    left.set(xlim=(-10, 10), ylim=(-10.5, 13), xlabel="logit of D(G(z))", ylabel="G's loss, nats")
    right.set(xlim=(-10, 10), ylim=(2e-5, 20), yscale="log", xlabel="logit of D(G(z))", ylabel="|slope| per logit")
    for axes in (left, right):
        axes.set_xticks([-10, -5, 0, 5, 10])
    legend(left, loc="upper right", handlelength=2.0)
    right.text(-9.7, 3, "D is sure: a fake", color="dimgrey")
    right.text(9.7, 3, "D is fooled", color="dimgrey", ha="right")

    def update(logit):
        for loss, slope, tangent, dot, height in zip(
            losses, gan.saturation_slopes(logit), tangents, dots, heights, strict=True
        ):
            ends = np.array([logit - 2.5, logit + 2.5])
            tangent.set_data(ends, loss(logit) + slope * (ends - logit))
            dot.set_data([logit], [loss(logit)])
            height.set_data([logit], [-slope])
        figure.update()
        saturating, other = gan.saturation_slopes(logit)
        return (
            f"D(G(z)) = {expit(logit):.4g} (logit {logit:.3f}). "
            f"Slope of log(1 − D): −D = <b>{saturating:.4g}</b>; of −log D: −(1 − D) = <b>{other:.4g}</b>.<br>"
            f"The second is {other / saturating:.4g} times as steep."
        )

    lab = Lab(
        "Saturating or not",
        "gan_lab.saturation",
        {
            "logit": slider(
                "logit of D(G(z))",
                "How real D finds the fake: far left it is sure of a fake, 0 means one half, far right it is fooled",
                logit,
                -9.22,
                9.22,
            )
        },
        update,
        figure=figure,
        formula=r"$$\frac{\partial}{\partial s}\log(1-D)=-D\qquad\frac{\partial}{\partial s}(-\log D)=-(1-D)"
        r"\qquad D=\sigma(s)$$"
        "<p>Both losses fall when D is fooled more. But a poor fake, which D sees through, gets almost no slope from "
        "log(1 − D), while −log D pulls hardest there.</p>",
        presets={
            "D(G(z)) = 0.0001: D is sure": {"logit": SATURATED},
            "D(G(z)) = 0.5": {"logit": 0.0},
            "D(G(z)) = 0.9999: D is fooled": {"logit": -SATURATED},
        },
    )
    return lab


# --- 4 ---------------------------------------------------------------------------------------------------------------

PLANE = 2.5
RADIUS_SLACK = 1e-9


def two_players(
    *,
    loss="minimax",
    order="simultaneous",
    n_critic=1,
    learning_rate=0.3,
    r1=0.0,
    psi=0.5,
    theta=1.5,
    steps=60,
):
    """Make the lab of the Dirac-GAN: does the game settle, circle or run away?

    Args:
        loss: a name in `animkit.theory.gan.DIRAC_LOSSES`.
        order: "simultaneous" or "alternating".
        n_critic: steps of D before each of G; alternating only.
        learning_rate: of both players.
        r1: weight of the gradient penalty on D.
        psi, theta: where the game starts: D's slope and G's position.
        steps: rounds played.

    Returns:
        Lab.

    Source: Mescheder et al. 2018.
    """
    figure = LiveFigure(
        "Left: the phase plane of the two players, with the field of their downhill directions and the path of the"
        " game. Top right: the two eigenvalues of one round at the equilibrium beside the unit circle. Bottom right:"
        " distance from the equilibrium after each round.",
        mosaic=[["plane", "eigenvalues"], ["plane", "distance"]],
        height=500,
        ratios=[1.35, 1.0],
    )
    plane, circle, distance = (figure.axes[name] for name in ("plane", "eigenvalues", "distance"))
    axis = np.linspace(-PLANE, PLANE, 17)
    mesh = np.meshgrid(axis, axis)
    arrows = figure.moving(
        plane.quiver(*mesh, *np.ones((2, 17, 17)), color="0.7", angles="xy", scale=26, width=0.004, pivot="mid")
    )
    path, start, now = figure.moving(
        plane.plot([0], [0], ".-", color=COLOURS["blue"], lw=1.5, ms=5, label="path")[0],
        plane.plot([0], [0], "s", color=COLOURS["black"], ms=10, label="start")[0],
        plane.plot([0], [0], "o", color=COLOURS["red"], ms=11, label="now")[0],
    )
    plane.plot([0], [0], "+", color=COLOURS["black"], ms=16, mew=2.5, label="equilibrium")
    plane.set(xlim=(-PLANE, PLANE), ylim=(-PLANE, PLANE), xlabel="ψ, slope of D", ylabel="θ, position of the fake")
    legend_above(plane, ncols=4, fontsize=10)
    turn = np.linspace(0.0, 2.0 * np.pi, 200)
    circle.plot(np.cos(turn), np.sin(turn), "--", color="grey", lw=1.5, label="unit circle")
    roots = figure.moving(circle.plot([0], [0], "X", color=COLOURS["red"], ms=12, label="eigenvalues")[0])
    circle.set(xlim=(-2.2, 2.2), ylim=(-1.35, 1.35), aspect="equal", xlabel="real", ylabel="imaginary")
    legend_above(circle, fontsize=10)
    away, away_now = figure.moving(
        distance.plot([0], [1], color=COLOURS["blue"], lw=2)[0],
        distance.plot([0], [1], "o", color=COLOURS["red"], ms=10)[0],
    )
    distance.set(xlim=(0, 300), ylim=(1e-4, 1e2), yscale="log", xlabel="round", ylabel="distance from (0, 0)")
    controls = {
        "loss": choice("loss", "What both players minimise", list(gan.DIRAC_LOSSES), loss),
        "order": choice(
            "order",
            "Simultaneous: both move at once. Alternating: G answers the D that has just moved",
            ["simultaneous", "alternating"],
            order,
        ),
        "n_critic": slider("D steps per G step", "n_critic; alternating only", n_critic, 1, 5, 1, integer=True),
        "learning_rate": slider("learning rate", "Of both players, per round", learning_rate, 0.01, 1.0),
        "r1": slider("R1 penalty", "Weight of the squared slope of D on real data", r1, 0.0, 3.0),
        "psi": slider("start: ψ", "D's slope at the start; or drag the square", psi, -PLANE, PLANE),
        "theta": slider("start: θ", "G's position at the start; or drag the square", theta, -PLANE, PLANE),
        "steps": slider("rounds", "How many rounds have been played", steps, 0, 300, 1, integer=True),
    }

    def update(loss, order, n_critic, learning_rate, r1, psi, theta, steps):
        rules = {"loss": loss, "learning_rate": learning_rate, "order": order, "n_critic": n_critic, "r1": r1}
        walked = gan.dirac_trajectory(psi, theta, steps, **rules)
        jacobian = gan.dirac_jacobian(**rules)
        radius, values = gan.spectral_radius(jacobian), np.linalg.eigvals(jacobian)
        field = np.stack(gan.dirac_field(*mesh, loss=loss, r1=r1))
        # the longest are shortened, so that the short ones can be seen as well
        arrows.set_UVC(*(field / np.maximum(1.0, np.linalg.norm(field, axis=0))))
        path.set_data(walked[:, 0], walked[:, 1])
        start.set_data([psi], [theta])
        now.set_data(walked[-1:, 0], walked[-1:, 1])
        roots.set_data(values.real, values.imag)
        lengths = np.linalg.norm(walked, axis=1)
        away.set_data(np.arange(steps + 1), lengths)
        away_now.set_data([steps], lengths[-1:])
        figure.update()
        if radius < 1.0 - RADIUS_SLACK:
            verdict = "<b>below 1</b>: near the equilibrium the game settles"
        elif radius > 1.0 + RADIUS_SLACK:
            verdict = "<b>above 1</b>: near the equilibrium the game runs away"
        else:
            verdict = "<b>exactly 1</b>: to first order the game neither settles nor runs away"
        rows = ", ".join(f"[{row[0]:.3f}, {row[1]:.3f}]" for row in jacobian)
        roots_text = " and ".join(
            f"{v.real:.3f}" + (f" {'+' if v.imag > 0 else '−'} {abs(v.imag):.3f}i" if abs(v.imag) > 1e-12 else "")
            for v in values.astype(complex)
        )
        return (
            f"One round at (0, 0) has Jacobian [{rows}], eigenvalues {roots_text}, spectral radius "
            f"ρ = <b>{radius:.6f}</b>, {verdict}.<br>After {steps} rounds ψ = {walked[-1, 0]:.4g}, "
            f"θ = {walked[-1, 1]:.4g}; the distance went from {lengths[0]:.3f} to {lengths[-1]:.4g}."
        )

    def pointer(x, y, phase):
        lab.set(psi=round(x, 2), theta=round(y, 2))

    plain = {"loss": "minimax", "psi": 0.5, "theta": 1.0, "n_critic": 1, "learning_rate": 0.3, "r1": 0.0, "steps": 100}
    lab = Lab(
        "Two players",
        "gan_lab.two_players",
        controls,
        update,
        figure=figure,
        formula=r"$$D(x)=\psi x,\quad x_{\mathrm{real}}=0,\quad x_{\mathrm{fake}}=\theta:\qquad"
        r"\begin{pmatrix}\psi\\\theta\end{pmatrix}_{t+1}\approx J\begin{pmatrix}\psi\\\theta\end{pmatrix}_t,\qquad"
        r"\rho(J)=\max_i|\lambda_i(J)|$$"
        "<p>The smallest GAN there is: the data is one point at 0, the fake one point at θ, and D a line of slope ψ. "
        "Whether the players come to rest at (0, 0) is decided by the eigenvalues of one round.</p>",
        presets={
            "simultaneous: runs away": {**plain, "order": "simultaneous"},
            "alternating: circles": {**plain, "order": "alternating"},
            "simultaneous with R1: settles": {**plain, "order": "simultaneous", "r1": 1.0},
            "alternating with R1: settles": {**plain, "order": "alternating", "r1": 1.0},
            "five steps of D, with R1": {**plain, "order": "alternating", "n_critic": 5, "r1": 0.3},
            "non-saturating: a limit cycle": {**plain, "order": "simultaneous", "loss": "non_saturating", "steps": 300},
            "Wasserstein, no penalty": {**plain, "order": "simultaneous", "loss": "wasserstein"},
        },
        below=[transport(controls["steps"])],
    )
    lab.drag = figure.on_pointer(pointer, axes=plane)
    return lab


# --- 6 ---------------------------------------------------------------------------------------------------------------

REACH = 6.0
PLACES = np.linspace(-REACH - 4.0, REACH + 4.0, 601)
# the drop of the JSD of two points is as narrow as 0 itself
MOVES = np.concatenate([np.linspace(-REACH, -1e-9, 25), [0.0], np.linspace(1e-9, REACH, 25)])
CRITIC_POINTS = 32
CRITIC_WIDTHS = (1, 16, 16, 1)


def wasserstein(*, mu=2.0, width=0.0, clip=0.1, gradient_penalty=10.0, seed=0, steps=0):
    """Make the lab of the Wasserstein distance, and of two ways to train its critic.

    Args:
        mu: where the fakes lie; the data lies at 0.
        width: standard deviation of both; 0 for two points.
        clip: bound on the weights of the first critic.
        gradient_penalty: weight that keeps the second critic's slope near 1.
        seed: of samples and first weights.
        steps: training steps of both critics.

    Returns:
        Lab.

    Source: Arjovsky et al. 2017; Gulrajani et al. 2017.
    """
    figure = LiveFigure(
        "Left: Jensen-Shannon divergence and Wasserstein distance between data at 0 and fakes at mu; the first goes"
        " flat at log 2, the second is |mu|. Right: two critics, one clipped and one penalised, over the points.",
        columns=2,
        height=400,
    )
    left, right = figure.axes
    js_curve, js_dot, w_dot = figure.moving(
        left.plot(MOVES, 0 * MOVES, "--", color=COLOURS["red"], lw=2.5, label="JSD")[0],
        left.plot([0], [0], "s", color=COLOURS["red"], ms=11)[0],
        left.plot([0], [0], "o", color=COLOURS["blue"], ms=11)[0],
    )
    left.plot(MOVES, np.abs(MOVES), color=COLOURS["blue"], lw=2.5, label="W₁ = |μ|")
    left.axhline(gan.LOG_2, color="grey", lw=1, ls=":")
    left.text(0.97 * REACH, gan.LOG_2 + 0.1, "log 2", color="dimgrey", ha="right")
    left.set(xlim=(-REACH, REACH), ylim=(-0.1, REACH), xlabel="shift μ of the fakes", ylabel="distance")
    legend_above(left)
    view = np.linspace(-REACH - 2.0, REACH + 2.0, 161)
    ideal, clipped, penalised = figure.moving(
        right.plot(view, 0 * view, ":", color="0.45", lw=2, label="slope 1 (ideal)")[0],
        right.plot(view, 0 * view, "--", color=COLOURS["pink"], lw=2.5, label="clipped")[0],
        right.plot(view, 0 * view, "-", color=COLOURS["green"], lw=2.5, label="gradient penalty")[0],
    )
    real_dots, fake_dots = figure.moving(
        right.plot([0], [0], "o", color=COLOURS["blue"], ms=8, mfc="none", mew=1.8, label="data")[0],
        right.plot([0], [0], "^", color=COLOURS["red"], ms=8, mfc="none", mew=1.8, label="fakes")[0],
    )
    right.set(xlim=(view[0], view[-1]), ylim=(-9, 9), xlabel="x", ylabel="critic f(x) − f(0)")
    legend_above(right, fontsize=10)

    controls = {
        "mu": slider("shift μ", "Where the fakes lie; the data lies at 0", mu, -REACH, REACH, 0.05),
        "width": slider("width", "Standard deviation of both; 0 makes them two points", width, 0.0, 1.5, 0.05),
        "clip": slider("clipping bound", "The first critic's weights stay within ± this", clip, 0.01, 0.5),
        "gradient_penalty": slider(
            "gradient penalty λ",
            "How strongly the second critic's slope is held at 1",
            gradient_penalty,
            0,
            2,
            0.05,
            log=True,
        ),
        "seed": slider("seed", "Decides the samples and the critics' first weights", seed, 0, 99, 1, integer=True),
        "steps": slider(
            "critic steps", "How long both critics have learnt; they start flat", steps, 0, 200, 1, integer=True
        ),
    }
    restart(controls["steps"], [control for name, control in controls.items() if name != "steps"])
    kept, points = {}, {}

    def step_clipped(player, done):
        return critic.train_critic(
            player, points["real"], points["fake"], clip=points["clip"], learning_rate=0.01, seed=done
        )[0]

    def step_penalised(player, done):
        penalty = points["penalty"]
        return critic.train_critic(
            player, points["real"], points["fake"], gradient_penalty=penalty, learning_rate=0.01, seed=done
        )[0]

    trainings = Training(step_clipped), Training(step_penalised)

    def start(seed):
        player = critic.new_player(CRITIC_WIDTHS, activation="softplus", seed=seed)
        # flat at first: a critic that starts with the wrong slope can be held there by its penalty
        mlp.layers(player["parameters"], CRITIC_WIDTHS)[-1][0][:] = 0.0
        return player

    def js(mu, width):
        if not width:
            return float(gan.point_divergences(mu)[0])
        return gan.js_divergence(PLACES, gan.log_gaussian(PLACES, 0.0, width), gan.log_gaussian(PLACES, mu, width))

    def update(mu, width, clip, gradient_penalty, seed, steps):
        if kept.get("width") != width:
            kept["width"] = width
            js_curve.set_ydata([js(move, width) for move in MOVES])
        # the same draws for both, so that the fakes are the data, moved: then W1 of the samples is |mu| as well
        spread = width * np.random.default_rng(seed).standard_normal((CRITIC_POINTS, 1))
        points.update(real=spread, fake=spread + mu, clip=clip, penalty=gradient_penalty)
        players = [
            training.at(
                steps,
                (mu, width, setting, seed),
                lambda: start(seed),
            )
            for training, setting in zip(trainings, (clip, gradient_penalty), strict=True)
        ]
        estimates = []
        for player, line in zip(players, (clipped, penalised), strict=True):
            output = critic.player_output(player, np.append(view, 0.0)[:, None])[:, 0]
            line.set_ydata(output[:-1] - output[-1])
            on_real, on_fake = (critic.player_output(player, points[name]).mean() for name in ("real", "fake"))
            estimates.append(float(on_real - on_fake))
        ideal.set_ydata(-np.sign(mu) * view)
        divergence = js(mu, width)
        js_dot.set_data([mu], [divergence])
        w_dot.set_data([mu], [abs(mu)])
        real_dots.set_data(points["real"][:, 0], np.full(CRITIC_POINTS, -7.4))
        fake_dots.set_data(points["fake"][:, 0], np.full(CRITIC_POINTS, -8.2))
        figure.update()
        excess = abs(mu) * (1.0 + abs(mu) / (2.0 * gradient_penalty))
        return (
            f"JSD = <b>{divergence:.6f}</b> (log 2 = {gan.LOG_2:.6f}), W₁ = |μ| = <b>{abs(mu):.2f}</b>.<br>"
            f"After {steps} steps the critics estimate W₁ as: clipped <b>{estimates[0]:.3f}</b> (off by an unknown "
            f"factor), penalised <b>{estimates[1]:.3f}</b>. The penalty is soft: its best slope is "
            f"1 + |μ|/(2λ), so it tends to {excess:.3f}."
        )

    lab = Lab(
        "Wasserstein: a distance that does not go flat",
        "gan_lab.wasserstein",
        controls,
        update,
        figure=figure,
        formula=r"$$W_1(p,q)=\max_{|f'|\le 1}\;\mathbb E_p[f]-\mathbb E_q[f]"
        r"\qquad\text{two points:}\quad \mathrm{JSD}=\log 2\;(\mu\ne 0),\quad W_1=|\mu|$$"
        "<p>Points that don't overlap have the same JSD however far apart they are, so it gives G no slope; W₁ still "
        "says how far. The critic must not be steeper than 1: clipping its weights bounds the slope only roughly, a "
        "penalty on the slope holds it near 1.</p>",
        presets={
            "two points, trained critics": {"mu": 2.0, "width": 0.0, "steps": 200},
            "far apart": {"mu": 5.0, "width": 0.0, "steps": 200},
            "wide densities that overlap": {"mu": 1.0, "width": 1.0, "steps": 200},
            "a weak penalty": {"mu": 4.0, "width": 0.0, "gradient_penalty": 1.0, "steps": 200},
        },
        below=[transport(controls["steps"], stride=2)],
    )
    return lab
