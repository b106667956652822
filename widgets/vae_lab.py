"""The derivation of the VAE, live: the gap of the ELBO, gradient estimators, KL, beta and collapse, latent space."""

import ipywidgets
import numpy as np
from matplotlib.patches import Polygon, Rectangle
from matplotlib.patheffects import withStroke

from animkit.theory import vae
from widgets.parts.figure import COLOURS, LiveFigure, legend, nice_number, set_limits, stepped
from widgets.parts.lab import Lab, button, choice, passed_in, slider, transport, within

__all__ = [
    "beta_and_collapse",
    "decoder_posterior",
    "evidence_gap",
    "gradient_estimators",
    "kl_closed_form",
    "latent_pad",
    "latent_walk",
]

ROOT_2PI = float(np.sqrt(2.0 * np.pi))


def _bell(grid, mean, std):
    return np.exp(-0.5 * ((grid - mean) / std) ** 2) / (std * ROOT_2PI)


# --- 1 ---------------------------------------------------------------------------------------------------------------


def _evidence_bars(figure, axes):
    """Draw log p(x) three times over: whole, as ELBO + gap, and the ELBO as its two terms; return what moves them."""
    figure.seldom(axes.yaxis)
    columns = "log p(x)", "ELBO + gap", "E log p(x|z)\n− KL(q‖p(z))"
    looks = (
        {"facecolor": "0.75", "edgecolor": COLOURS["black"]},
        {"facecolor": COLOURS["sky"], "edgecolor": COLOURS["black"]},
        {"facecolor": COLOURS["orange"], "edgecolor": COLOURS["black"], "hatch": "//"},
        {"facecolor": COLOURS["sky"], "edgecolor": COLOURS["black"]},
        {"facecolor": "white", "edgecolor": COLOURS["green"], "hatch": "\\\\", "lw": 2},
    )
    places = np.array([0, 1, 1, 2, 2])
    rectangles = [
        axes.add_patch(Rectangle((place - 0.36, 0), 0.72, 1, **look)) for place, look in zip(places, looks, strict=True)
    ]
    level = axes.axhline(0, color=COLOURS["black"], lw=1.5, ls="--")
    plate = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1.5}
    labels = [axes.text(place, 0, "", ha="center", va="center", fontsize=11, bbox=plate) for place in places]
    figure.moving(*rectangles, level, *labels)
    axes.set(xlim=(-0.5, 2.5), ylabel="nats", xticks=[0, 1, 2], xticklabels=columns)

    axes.set_ylim(-100.0, 0.0)

    def move(log_evidence, bound, gap):
        high = max(log_evidence, bound.expected_log_likelihood)
        span = nice_number(1.25 * max(high - bound.elbo, 1.0))
        floor, ceiling = stepped(min(bound.elbo, high - span) - 0.3 * span, high + 0.12 * span, 0.25 * span)
        set_limits(axes, ylim=(floor, ceiling))
        edges = (
            (floor, log_evidence),
            (floor, bound.elbo),
            (bound.elbo, log_evidence),
            (floor, bound.elbo),
            (bound.elbo, bound.expected_log_likelihood),
        )
        for rectangle, (bottom, top) in zip(rectangles, edges, strict=True):
            rectangle.set_y(bottom)
            rectangle.set_height(top - bottom)
        level.set_ydata([log_evidence, log_evidence])
        texts = (
            f"{log_evidence:.3f}",
            f"ELBO\n{bound.elbo:.3f}",
            f"gap {gap:.3f}",
            f"ELBO\n{bound.elbo:.3f}",
            f"KL {bound.kl:.3f}",
        )
        for number, (label, text) in enumerate(zip(labels, texts, strict=True)):
            bottom, top = edges[number]
            middle = (bottom + top) / 2.0
            if number in (2, 4):  # thin when q is good: then its label stands above
                middle = middle if top - bottom > 0.12 * span else top + 0.06 * span
            label.set_position((places[number], middle))
            label.set_text(text.replace("-", "−"))

    return move


def _evidence_numbers(log_evidence, bound, gap):
    return (
        f"ELBO = E<sub>q</sub>[log p(x|z)] − KL(q‖p(z)) = {bound.expected_log_likelihood:.6f} − {bound.kl:.6f} = "
        f"<b>{bound.elbo:.6f}</b>.<br>"
        f"ELBO + KL(q‖p(z|x)) = {bound.elbo:.6f} + {gap:.6f} = <b>{bound.elbo + gap:.6f}</b>; "
        f"log p(x) = <b>{log_evidence:.6f}</b>: the two, worked out apart, differ by "
        f"{abs(bound.elbo + gap - log_evidence):.1e}."
    )


EVIDENCE_FORMULA = (
    r"$$\log p(x)=\underbrace{\mathbb{E}_q[\log p(x|z)]-\mathrm{KL}(q\,\|\,p(z))}_{\mathrm{ELBO}}"
    r"+\underbrace{\mathrm{KL}(q\,\|\,p(z|x))}_{\mathrm{gap}\;\geq\;0}$$"
)
LINE = np.linspace(-4.0, 4.0, 321)


def evidence_gap(*, x=1.25, weight=1.0, sigma=0.75, mean=-0.6, width=1.0):
    """Make the lab of the gap between log p(x) and the ELBO, in the model x = w z + sigma * noise.

    Args:
        x: the data, one number.
        weight: w of the decoder.
        sigma: noise of the decoder.
        mean, width: of q(z|x).

    Returns:
        Lab.

    Source: the article, 3.2; Kingma and Welling 2013, equation 1.
    """
    figure = LiveFigure(
        "Left: densities of the prior, of the true posterior p(z|x) and of q. Right: bars of log p(x), of the ELBO"
        " with the gap on top of it, which always reach the same height, and of the two terms of the ELBO.",
        columns=2,
        height=400,
        ratios=[1.25, 1.0],
    )
    left, right = figure.axes
    figure.seldom(left.yaxis)
    _, posterior, q_line = figure.moving(
        left.plot(LINE, _bell(LINE, 0, 1), ":", color="0.35", lw=2.5, label="prior p(z)")[0],
        left.plot(LINE, 0 * LINE, "-", color=COLOURS["blue"], lw=2.5, label="posterior p(z|x)")[0],
        left.plot(LINE, 0 * LINE, "--", color=COLOURS["red"], lw=2.5, label="q(z|x)")[0],
    )
    handle = figure.moving(left.plot([0], [0], "o", color=COLOURS["red"], ms=12, label="drag me")[0])
    left.set(xlim=(-4, 4), xlabel="z", ylabel="density")
    legend(left, loc="upper left")
    bars = _evidence_bars(figure, right)
    left.set_ylim(0.0, 1.5)
    figure.redraw()  # laid out for the widest labels to come, whatever state the lab starts in
    controls = {
        "x": slider("x, the data", "The number that was observed", x, -4.0, 4.0),
        "weight": slider("w of the decoder", "The decoder's mean is w z; 0: it ignores z", weight, 0.0, 2.0),
        "sigma": slider(
            "σ of the decoder", "Standard deviation of the decoder's noise, in units of x", sigma, 0.3, 2.0
        ),
        "mean": slider("q: mean", "Moves q along z; or drag its peak", mean, -4.0, 4.0),
        "width": slider(
            "q: width", "Standard deviation of q, in units of z; or drag its peak up or down", width, 0.1, 3.0
        ),
    }

    def update(x, weight, sigma, mean, width):
        model = [x], [[weight]], [0.0], sigma
        true_mean, true_covariance = (np.ravel(value)[0] for value in vae.linear_posterior(*model))
        log_evidence, true_width = vae.log_evidence(*model), float(np.sqrt(true_covariance))
        bound, gap = (work(*model, [mean], [[width**2]]) for work in (vae.linear_elbo, vae.linear_gap))
        top = nice_number(1.5 / (min(true_width, 1.0) * ROOT_2PI))
        set_limits(left, ylim=(0.0, top))
        posterior.set_ydata(_bell(LINE, true_mean, true_width))
        q_line.set_ydata(_bell(LINE, mean, width))
        handle.set_data([mean], [min(1.0 / (width * ROOT_2PI), 0.985 * top)])
        bars(log_evidence, bound, gap)
        figure.update()
        return (
            f"p(z|x) is N({true_mean:.4f}, {true_width:.4f}²), q is N({mean:.4f}, {width:.4f}²).<br>"
            + _evidence_numbers(log_evidence, bound, gap)
        )

    def best():
        now = lab.values()
        true_mean, true_covariance = vae.linear_posterior([now["x"]], [[now["weight"]]], [0.0], now["sigma"])
        lab.set(
            mean=within(controls["mean"], true_mean[0]),
            width=within(controls["width"], np.sqrt(true_covariance[0, 0])),
        )

    def pointer(z, height, phase):
        # the peak of a Gaussian is 1 / (width * root of 2 pi) high, so that the handle stays under the pointer
        lab.set(mean=round(z, 2), width=within(controls["width"], round(1.0 / (max(height, 1e-3) * ROOT_2PI), 2)))

    model = {"x": 1.25, "weight": 1.0, "sigma": 0.75}
    lab = Lab(
        "The gap",
        "vae_lab.evidence_gap",
        controls,
        update,
        figure=figure,
        formula=EVIDENCE_FORMULA
        + "<p>The data fixes log p(x), the dashed line; q only decides how it is shared out. The better q fits the "
        "posterior, the smaller the gap, and the ELBO can never rise above the line.</p>",
        presets={
            "q is the posterior: no gap": {**model, "mean": 0.8, "width": 0.6},
            "q is the prior: its KL is 0": {**model, "mean": 0.0, "width": 1.0},
            "right place, too narrow": {**model, "mean": 0.8, "width": 0.2},
            "right place, too wide": {**model, "mean": 0.8, "width": 1.8},
            "a decoder that ignores z": {"x": 1.25, "weight": 0.0, "sigma": 0.75, "mean": 0.8, "width": 0.6},
            "a surprising x": {"x": 4.0, "weight": 1.0, "sigma": 0.75, "mean": 0.8, "width": 0.6},
        },
        below=[button("make q the posterior", "Puts q's mean and width where the gap is 0", best)],
    )
    lab.figure, lab.drag, lab.best = figure, figure.on_pointer(pointer, axes=left), best
    return lab


def _ellipse(mean, covariance, radius):
    turn = np.linspace(0.0, 2.0 * np.pi, 73)
    return mean + radius * np.stack([np.cos(turn), np.sin(turn)], axis=1) @ np.linalg.cholesky(covariance).T


def decoder_posterior(
    log_likelihood,
    *,
    x=None,
    mean_1=-1.0,
    mean_2=0.5,
    width_1=0.7,
    width_2=0.7,
    correlation=0.0,
    limit=4.0,
    points=81,
):
    """Make the lab of the gap for any decoder with two latents: its posterior on a grid, and a Gaussian q on top.

    Args:
        log_likelihood: function z (count, 2) -> log p(x|z) (count,); or a dict of them, one for each x to choose.
        x: name in that dict; the first when None.
        mean_1, mean_2, width_1, width_2, correlation: of q(z|x).
        limit: the plane shown is [-limit, limit] on both axes.
        points: of the grid, per axis.

    Returns:
        Lab.

    Raises:
        ValueError: when a function's answer is not one finite or -inf number per z, or x is no name in the dict.

    Source: the article, 3.2; Cremer et al. 2018 for the gap of a Gaussian q.
    """
    functions = log_likelihood if isinstance(log_likelihood, dict) else {"x": log_likelihood}
    first = next(iter(functions)) if x is None else x
    if first not in functions:
        raise ValueError(f"no log_likelihood for x = {first!r}; there are {', '.join(map(str, functions))}")
    posteriors, kept = {}, {}

    def posterior_of(name):
        if name not in posteriors:
            posteriors[name] = vae.grid_posterior(functions[name], limit=limit, points=points)
        return posteriors[name]

    posterior_of(first)  # a function that does not fit is an error of the caller, not a message in the lab
    figure = LiveFigure(
        "Left: heat map of the decoder's true posterior over two latents, with q's ellipses of one and two standard"
        " deviations. Right: bars of log p(x), of the ELBO with the gap on top of it, and of the ELBO's two terms.",
        columns=2,
        height=440,
        ratios=[1.1, 1.0],
    )
    left, right = figure.axes
    edge = limit * points / (points - 1)  # cells are centred on the grid's points
    heat = left.imshow(
        np.zeros((points, points)), origin="lower", extent=(-edge, edge) * 2, cmap="Blues", vmin=0, vmax=1
    )
    for radius, label in ((1.0, "prior, 1 and 2 deviations"), (2.0, None)):
        circle = _ellipse(np.zeros(2), np.eye(2), radius).T
        figure.moving(left.plot(*circle, ":", color="0.35", lw=2, label=label)[0])
    inner, outer, middle = figure.moving(
        left.plot([0], [0], "--", color=COLOURS["red"], lw=2.5, label="q, 1 and 2 deviations")[0],
        left.plot([0], [0], "--", color=COLOURS["red"], lw=1.5)[0],
        left.plot([0], [0], "o", color=COLOURS["red"], ms=11)[0],
    )
    left.set(xlim=(-limit, limit), ylim=(-limit, limit), xlabel="z₁", ylabel="z₂", aspect="equal")
    left.legend(loc="upper left", fontsize=10, framealpha=0.9).set_zorder(5)
    figure.seldom(heat, left.get_legend())
    bars = _evidence_bars(figure, right)
    figure.redraw()
    controls = {
        "x": choice("x, the data", "Which data the posterior belongs to", list(functions), first),
        "mean_1": slider("q: mean of z₁", "Moves q sideways; or drag it", mean_1, -limit, limit),
        "mean_2": slider("q: mean of z₂", "Moves q up and down; or drag it", mean_2, -limit, limit),
        "width_1": slider("q: width along z₁", "Standard deviation, in units of z", width_1, 0.1, 2.0),
        "width_2": slider("q: width along z₂", "Standard deviation, in units of z", width_2, 0.1, 2.0),
        "correlation": slider(
            "q: correlation", "Tilts q; an encoder with one width per latent can't do this", correlation, -0.95, 0.95
        ),
    }

    def update(x, mean_1, mean_2, width_1, width_2, correlation):
        posterior, mean = posterior_of(x), np.array([mean_1, mean_2])
        shared = correlation * width_1 * width_2
        covariance = np.array([[width_1**2, shared], [shared, width_2**2]])
        bound, gap = vae.grid_elbo(posterior, mean, covariance)
        if kept.get("shown") != x:
            kept["shown"] = x
            heat.set_data(posterior.density / posterior.density.max())
        inner.set_data(*_ellipse(mean, covariance, 1.0).T)
        outer.set_data(*_ellipse(mean, covariance, 2.0).T)
        middle.set_data([mean_1], [mean_2])
        bars(posterior.log_evidence, bound, gap)
        figure.update()
        return _evidence_numbers(posterior.log_evidence, bound, gap)

    def best():
        mean, covariance = vae.grid_moments(posterior_of(controls["x"].value))
        widths = np.sqrt(np.diag(covariance))
        values = *mean, *widths, covariance[0, 1] / widths.prod()
        names = "mean_1", "mean_2", "width_1", "width_2", "correlation"
        lab.set(**{name: within(controls[name], value) for name, value in zip(names, values, strict=True)})

    def further():
        given = {"limit": limit, "points": points} | passed_in(log_likelihood=log_likelihood)
        return given if isinstance(log_likelihood, dict) else {"x": None} | given

    lab = Lab(
        "The gap of a real decoder",
        "vae_lab.decoder_posterior",
        controls,
        update,
        figure=figure,
        formula=EVIDENCE_FORMULA
        + "<p>Blue is the posterior itself, worked out cell by cell, which only two latents allow. It need not be "
        "round: however you move q, what a Gaussian can't follow stays as a gap.</p>",
        presets={
            "q is the prior": {"mean_1": 0.0, "mean_2": 0.0, "width_1": 1.0, "width_2": 1.0, "correlation": 0.0},
            "q narrow and tilted": {"width_1": 0.5, "width_2": 0.5, "correlation": 0.8},
        },
        below=[
            button("fit q", "Gives q the mean, the widths and the correlation of the posterior", best),
        ],
        more_state=further,
    )
    lab.figure, lab.best = figure, best
    lab.drag = figure.on_pointer(lambda z_1, z_2, phase: lab.set(mean_1=round(z_1, 2), mean_2=round(z_2, 2)), axes=left)
    return lab


# --- 2 ---------------------------------------------------------------------------------------------------------------

LOOKS = {  # estimator -> (what it is called, colour, line, marker)
    "score": ("score function", COLOURS["red"], "-", "o"),
    "baseline": ("with baseline", COLOURS["orange"], "--", "s"),
    "reparameterised": ("reparameterised", COLOURS["blue"], "-.", "^"),
}
DIMENSIONS = np.array([1, 2, 3, 4, 6, 8, 11, 16, 22, 30])
TRIED = np.array([1, 2, 4, 8, 16, 30])


def gradient_estimators(*, dimension=10, mean=1.0, std=1.0, samples=1000, seed=0):
    """Make the lab of three estimators of one gradient, that of E|z|^2 by the mean of z.

    Args:
        dimension: of z.
        mean: of z, in every dimension.
        std: of z, in every dimension.
        samples: single-draw gradients in each histogram.
        seed: of the draws.

    Returns:
        Lab.

    Source: Williams 1992; Kingma and Welling 2013, section 2.2.
    """
    figure = LiveFigure(
        "Left: histograms of single-draw gradients from the score function, from the score function with a baseline"
        " and from reparametrisation; all have the same mean. Right: their variance against the dimension of z on"
        " logarithmic axes; only the reparameterised one stays level.",
        mosaic=[["score", "variance"], ["baseline", "variance"], ["reparameterised", "variance"]],
        height=460,
        ratios=[1.0, 1.1],
    )
    right, rows = figure.axes["variance"], {}
    for name, (label, colour, *_) in LOOKS.items():
        axes = figure.axes[name]
        axes.set(ylim=(0, 1.25), yticks=[])
        axes.spines["left"].set_visible(False)
        axes.text(0.01, 0.97, label, transform=axes.transAxes, va="top", color=COLOURS["black"], fontsize=12)
        if name != "reparameterised":  # they share the scale of the lowest
            axes.set_xticks([])
        rows[name] = figure.moving(
            axes.stairs(np.zeros(60), np.arange(61.0), fill=True, color=colour, alpha=0.85),
            axes.axvline(0, color=COLOURS["black"], lw=2, ls=":"),
            axes.text(0.99, 0.97, "", transform=axes.transAxes, va="top", ha="right", fontsize=11),
        )
    figure.seldom(figure.axes["reparameterised"].xaxis)
    figure.axes["reparameterised"].set_xlabel("gradient from one draw (dotted: the true gradient)")
    figure.seldom(right.yaxis)
    curves, dots = {}, {}
    for name, (label, colour, line, marker) in LOOKS.items():
        curves[name] = figure.moving(right.plot(DIMENSIONS, DIMENSIONS, line, color=colour, lw=2.5, label=label)[0])
        dots[name] = figure.moving(right.plot(TRIED, TRIED, marker, color=colour, ms=9, mfc="white", mew=2)[0])
    curves["best_baseline"] = figure.moving(
        right.plot(DIMENSIONS, DIMENSIONS, ":", color="0.35", lw=2, label="best constant baseline")[0]
    )
    here = figure.moving(right.axvline(1, color="0.5", lw=1.5))
    right.set(xscale="log", yscale="log", xlim=(0.9, 33), xlabel="dimension of z", ylabel="variance of one draw")
    right.set_xticks(TRIED, TRIED)
    right.minorticks_off()
    legend(right, loc="upper left", fontsize=10)
    right.text(0.98, 0.02, "lines: exact; marks: from samples", transform=right.transAxes, ha="right", color="0.3")
    right.set_ylim(1.0, 1e5)
    figure.redraw()
    controls = {
        "dimension": slider("dimension of z", "How many latents", dimension, 1, 30, 1, integer=True),
        "mean": slider("mean of z", "In every dimension; the true gradient is twice this", mean, -3.0, 3.0, 0.05),
        "std": slider("width of z", "Standard deviation of q in every dimension", std, 0.1, 3.0, 0.05),
        "samples": slider(
            "draws", "Single-draw gradients in each histogram and mark", samples, 50, 2000, 50, integer=True
        ),
        "seed": slider("seed", "Decides the draws", seed, 0, 99, 1, integer=True),
    }
    kept = {}

    def update(dimension, mean, std, samples, seed):
        if kept.get("exact") != (mean, std):
            by_dimension = [vae.estimator_variances(np.full(d, mean), std) for d in DIMENSIONS]
            kept.update(exact=(mean, std), curves={name: [v[name][0] for v in by_dimension] for name in curves})
            for name, curve in curves.items():
                curve.set_ydata(kept["curves"][name])
        if kept.get("drawn") != (mean, std, samples, seed):
            tries = [vae.estimator_samples(np.full(d, mean), std, samples, seed=seed) for d in TRIED]
            kept["drawn"] = (mean, std, samples, seed)
            for name, dot in dots.items():
                dot.set_ydata([t[name][:, 0].var(ddof=1) for t in tries])
        exact = {name: value[0] for name, value in vae.estimator_variances(np.full(dimension, mean), std).items()}
        drawn = vae.estimator_samples(np.full(dimension, mean), std, samples, seed=seed)
        reach = nice_number(3.0 * np.sqrt(exact["score"]))
        edges = np.linspace(*stepped(2.0 * mean - reach, 2.0 * mean + reach, 0.25 * reach), 61)
        for name, (bars, rule, text) in rows.items():
            one = drawn[name][:, 0]
            counts = np.histogram(one, edges)[0]
            bars.set_data(counts / max(counts.max(), 1), edges)
            rule.set_xdata([2.0 * mean] * 2)
            text.set_text(f"variance {exact[name]:.4g}\n(drawn: {one.var(ddof=1):.4g})")
            set_limits(figure.axes[name], xlim=(edges[0], edges[-1]))
        here.set_xdata([dimension] * 2)
        values = np.log10(np.concatenate(list(kept["curves"].values())))
        low, high = values.min() - 0.2, values.max() + 1.0  # room for the legend
        set_limits(right, ylim=tuple(10.0 ** np.array([np.floor(low), np.ceil(high)])))
        figure.update()
        means = ", ".join(f"{label} {drawn[name][:, 0].mean():.3f}" for name, (label, *_) in LOOKS.items())
        return (
            f"d = {dimension}, μ = {mean:.2f}, σ = {std:.2f}: one draw has variance "
            f"<b>{exact['score']:.4g}</b> by the score function, <b>{exact['baseline']:.4g}</b> with E f = "
            f"{dimension * (mean**2 + std**2):.4g} taken off, <b>{exact['reparameterised']:.4g}</b> reparameterised: "
            f"one such draw is worth {exact['score'] / exact['reparameterised']:.3g} of the first kind.<br>"
            f"True gradient 2μ = {2 * mean:.3f}; the mean of {samples} draws: {means}."
        )

    lab = Lab(
        "Three estimators of one gradient",
        "vae_lab.gradient_estimators",
        controls,
        update,
        figure=figure,
        formula=r"$$\nabla_\mu\,\mathbb{E}\,f(z),\; f=|z|^2:\qquad \big(f(z)-c\big)\frac{z-\mu}{\sigma^2}\quad"
        r"(c=0\ \mathrm{or}\ \mathbb{E}f)\qquad\mathrm{or}\qquad \nabla_z f=2z,\;\; z=\mu+\sigma\varepsilon$$"
        "<p>All three are right on average. But the score function knows only how good a draw was, not which way was "
        "better, so its noise grows with every further latent; reparametrisation asks f for its slope.</p>",
        presets={
            "one latent": {"dimension": 1, "mean": 1.0, "std": 1.0},
            "ten latents": {"dimension": 10, "mean": 1.0, "std": 1.0},
            "thirty latents": {"dimension": 30, "mean": 1.0, "std": 1.0},
            "at the minimum: gradient 0": {"mean": 0.0, "std": 1.0},
            "a narrow q": {"mean": 1.0, "std": 0.1},
        },
    )
    lab.figure = figure
    return lab


# --- 3 ---------------------------------------------------------------------------------------------------------------

TERMS = {"mean": "μ²/2", "variance": "σ²/2", "log_variance": "−log σ", "constant": "−1/2"}
MOST_SAMPLES = 5000
KL_TOP = 1.6  # fixed: were it to grow with q's peak, it would run away from the pointer that drags the peak


def kl_closed_form(*, mean=1.0, std=0.5, samples=500, seed=0):
    """Make the lab of KL(N(mean, std^2) || N(0, 1)), term by term and by sampling.

    Args:
        mean, std: of q, for one latent.
        samples: how many draws of log q - log p have been averaged.
        seed: of the draws.

    Returns:
        Lab.

    Source: the article, 3.2; Kingma and Welling 2013, appendix B.
    """
    figure = LiveFigure(
        "Left: densities of q and of the prior. Middle: the four terms of the KL stacked one after another, and their"
        " sum. Right: a running Monte Carlo estimate with its standard error closes in on that sum.",
        columns=3,
        height=380,
        ratios=[1.1, 1.3, 1.1],
    )
    left, middle, right = figure.axes
    figure.seldom(middle.yaxis, right.yaxis)
    left.set(xlim=(-5, 5), ylim=(0, KL_TOP), xlabel="z", ylabel="density", xticks=[-4, -2, 0, 2, 4])
    _, q_line, handle = figure.moving(
        left.plot(LINE * 1.25, _bell(LINE * 1.25, 0, 1), ":", color="0.35", lw=2.5, label="prior")[0],
        left.plot(LINE * 1.25, 0 * LINE, "--", color=COLOURS["red"], lw=2.5, label="q")[0],
        left.plot([0], [0], "o", color=COLOURS["red"], ms=12, label="drag me")[0],
    )
    legend(left, loc="upper left", fontsize=10, handlelength=1.6)
    looks = (
        {"facecolor": COLOURS["sky"], "hatch": ""},
        {"facecolor": COLOURS["green"], "hatch": "//"},
        {"facecolor": COLOURS["orange"], "hatch": "\\\\"},
        {"facecolor": "0.75", "hatch": ".."},
        {"facecolor": COLOURS["blue"], "hatch": ""},
    )
    blocks, heights = [], []
    for number, look in enumerate(looks):
        block = middle.add_patch(Rectangle((number - 0.38, 0), 0.76, 0, edgecolor=COLOURS["black"], **look))
        height = middle.text(number, 0, "", ha="center", va="bottom", fontsize=10)
        blocks.append(figure.moving(block))
        heights.append(figure.moving(height))
    figure.moving(middle.axhline(0, color=COLOURS["black"], lw=1))
    middle.set(xlim=(-0.6, 4.6), ylabel="nats", title="each term starts where the last ended")
    middle.title.set_fontsize(11)
    middle.set_xticks(range(5), [*TERMS.values(), "KL"], fontsize=10)
    number = np.arange(1, MOST_SAMPLES + 1)
    shown = np.unique(np.geomspace(2, MOST_SAMPLES, 240).astype(int)) - 1
    band = figure.moving(
        right.add_patch(Polygon(np.zeros((3, 2)), color=COLOURS["sky"], alpha=0.5, label="± standard error"))
    )
    exact_line, running_line, last = figure.moving(
        right.axhline(0, color=COLOURS["black"], lw=2, ls="--", label="closed form"),
        right.plot([1], [0], color=COLOURS["blue"], lw=2, label="mean of the draws")[0],
        right.plot([1], [0], "o", color=COLOURS["blue"], ms=10)[0],
    )
    right.set(xscale="log", xlim=(2, MOST_SAMPLES), xlabel="draws", ylabel="KL, nats")
    legend(right, loc="upper right", fontsize=10)
    middle.set_ylim(-1.5, 1.5)
    right.set_ylim(-1.5, 1.5)
    figure.redraw()
    controls = {
        "mean": slider("q: mean μ", "Moves q along z; or drag its peak", mean, -4.0, 4.0),
        "std": slider("q: width σ", "Standard deviation of q; or drag its peak up or down", std, 0.05, 4.0),
        "samples": slider(
            "draws", "How many draws of log q − log p are averaged", samples, 2, MOST_SAMPLES, 1, integer=True
        ),
        "seed": slider("seed", "Decides the draws", seed, 0, 99, 1, integer=True),
    }

    def update(mean, std, samples, seed):
        log_variance = 2.0 * np.log(std)
        terms = {name: float(value[0]) for name, value in vae.kl_terms([mean], [log_variance]).items()}
        running, error = vae.kl_running_estimate([mean], [log_variance], MOST_SAMPLES, seed=seed)
        q_line.set_ydata(_bell(LINE * 1.25, mean, std))
        handle.set_data([mean], [min(1.0 / (std * ROOT_2PI), 0.985 * KL_TOP)])
        ends = np.cumsum([0.0] + [terms[name] for name in TERMS])
        starts, stops = [*ends[:-1], 0.0], [*ends[1:], terms["kl"]]
        span = nice_number(1.1 * max(np.ptp(ends), 0.5))
        for block, height, start, stop in zip(blocks, heights, starts, stops, strict=True):
            block.set_y(min(start, stop))
            block.set_height(abs(stop - start))
            height.set_text(f"{stop - start:+.2f}".replace("-", "−"))
            height.set_y(max(start, stop) + 0.015 * span)
        set_limits(
            middle, ylim=stepped(min(ends.min(), 0.0) - 0.06 * span, max(ends.max(), 0.0) + 0.12 * span, 0.1 * span)
        )
        used = shown[shown < samples]
        used = np.append(used, samples - 1)
        band.set_xy(
            np.concatenate(
                [
                    np.stack([number[used], running[used] - error[used]], axis=1),
                    np.stack([number[used], running[used] + error[used]], axis=1)[::-1],
                ]
            )
        )
        exact_line.set_ydata([terms["kl"]] * 2)
        running_line.set_data(number[used], running[used])
        last.set_data([samples], [running[samples - 1]])
        reach = nice_number(max(6.0 * error[-1] * np.sqrt(MOST_SAMPLES / 50), 1e-3))
        set_limits(right, ylim=stepped(terms["kl"] - reach, terms["kl"] + reach, 0.25 * reach))
        figure.update()
        estimate, deviation = running[samples - 1], error[samples - 1]
        off = f"{abs(estimate - terms['kl']) / deviation:.2f} standard errors off" if deviation > 0.0 else "exact"
        return (
            f"{mean:.2f}²/2 + {std:.2f}²/2 − log {std:.2f} − 1/2 = {terms['mean']:.4f} + {terms['variance']:.4f} "
            f"{'+' if terms['log_variance'] >= 0 else '−'} {abs(terms['log_variance']):.4f} − 0.5 = "
            f"<b>{terms['kl']:.6f}</b> nats.<br>"
            f"Mean of {samples} draws of log q(z) − log p(z): <b>{estimate:.4f}</b> ± {deviation:.4f}, {off}."
        )

    def pointer(z, height, phase):
        lab.set(
            mean=within(controls["mean"], round(z, 2)),
            std=within(controls["std"], round(1.0 / (max(height, 1e-3) * ROOT_2PI), 2)),
        )

    def again():
        controls["seed"].value = (controls["seed"].value + 1) % 100

    lab = Lab(
        "KL, term by term",
        "vae_lab.kl_closed_form",
        controls,
        update,
        figure=figure,
        formula=r"$$\mathrm{KL}\big(\mathcal{N}(\mu,\sigma^2)\,\|\,\mathcal{N}(0,1)\big)"
        r"=\mathbb{E}_q[\log q(z)-\log p(z)]=\tfrac{1}{2}\mu^2+\tfrac{1}{2}\sigma^2-\log\sigma-\tfrac{1}{2}$$"
        "<p>One term pulls the mean to 0, two hold the width at 1: too wide costs σ²/2, too narrow costs −log σ. "
        "Draws from q give the same number, but only slowly: a hundred times the draws for one more digit.</p>",
        presets={
            "q is the prior: 0": {"mean": 0.0, "std": 1.0},
            "right width, wrong place": {"mean": 2.0, "std": 1.0},
            "right place, too narrow": {"mean": 0.0, "std": 0.1},
            "right place, too wide": {"mean": 0.0, "std": 3.0},
            "ten draws only": {"samples": 10},
            "all draws": {"samples": MOST_SAMPLES},
        },
        below=[
            ipywidgets.HBox(
                [transport(controls["samples"], stride=25), button("draw again", "The next seed: other draws", again)]
            )
        ],
    )
    lab.figure, lab.drag, lab.again = figure, figure.on_pointer(pointer, axes=left), again
    return lab


# --- 4 ---------------------------------------------------------------------------------------------------------------

BETAS = np.geomspace(1e-3, 1e3, 91)
LEAST_BETA = 1e-3  # a KL that costs nothing has no best rate
ACTIVE = 0.01  # nats
STEPS = 100


def _measured(results):
    """Check what was measured on trained VAEs and sort it by beta; distortion becomes a share of the baseline."""
    missing = {"beta", "kl", "distortion"} - set(results)
    if missing:
        raise ValueError(
            f"measured lacks {', '.join(sorted(missing))}: it needs beta (n,), kl (n, latent_dim), distortion (n,)"
        )
    beta, kl, distortion = (np.asarray(results[name], dtype=float) for name in ("beta", "kl", "distortion"))
    if beta.ndim != 1 or not len(beta) or kl.ndim != 2 or len(kl) != len(beta) or distortion.shape != beta.shape:
        raise ValueError(
            "measured: beta (n,), kl (n, latent_dim), distortion (n,); "
            f"got {beta.shape}, {kl.shape}, {distortion.shape}"
        )
    baseline = float(results.get("baseline", distortion.max()))
    if (
        not all(np.all(np.isfinite(value)) for value in (beta, kl, distortion))
        or beta.min() <= 0.0
        or not baseline > 0.0
    ):
        raise ValueError("measured must be finite, with every beta and the baseline above 0")
    active = np.asarray(results.get("active", (kl > ACTIVE).sum(axis=1)), dtype=float)
    if active.shape != beta.shape:
        raise ValueError(f"measured: active must be a count for each of the {len(beta)} betas; got {active.shape}")
    order = np.argsort(beta)
    return beta[order], -np.sort(-kl[order], axis=1), distortion[order] / baseline, active[order]


def beta_and_collapse(
    *,
    beta=1.0,
    noise_variance=0.05,
    decay=0.6,
    free=0.0,
    shape="linear",
    cycles=1,
    step=STEPS,
    variances=None,
    measured=None,
):
    """Make the lab of rate against distortion: which latents survive a beta, and what annealing and free bits do.

    Args:
        beta: weight of the KL at the end of training.
        noise_variance: of the decoder, as a share of the data's largest variance.
        decay: each direction of the data varies this much less than the one before; without `variances`.
        free: nats that each latent may use uncharged.
        shape: of the annealing, "linear" or "sigmoid".
        cycles: of the annealing.
        step: of training, 0 to 100.
        variances: (latents,) of the data's directions, such as the eigenvalues of its covariance, or None.
        measured: of trained VAEs, drawn over it, or None: dict of beta (n,), kl (n, latent_dim) nats per latent,
            distortion (n,), and perhaps baseline, the distortion without latents, and active (n,), counts.

    Returns:
        Lab.

    Raises:
        ValueError: when variances or measured have the wrong shape or are out of range.

    Source: Alemi et al. 2018; Lucas et al. 2019; Bowman et al. 2016 for annealing; Kingma et al. 2016 for free bits.
    """
    if variances is not None:
        variances = np.sort(np.asarray(variances, dtype=float).ravel())[::-1]
        if not len(variances) or not np.all(np.isfinite(variances)) or variances[-1] < 0.0 or variances[0] == 0.0:
            raise ValueError("variances must be finite, not negative and not all 0")
    trained = None if measured is None else _measured(measured)
    latents = 12 if variances is None else len(variances)
    most = latents if trained is None else max(latents, trained[1].shape[1])
    figure = LiveFigure(
        "Top left: rate against distortion, with the present beta marked. Top right: KL of each latent; those at 0 have"
        " collapsed. Bottom left: active latents against beta. Bottom right: beta while training goes on.",
        mosaic=[["curve", "kl"], ["active", "schedule"]],
        height=580,
    )
    curve, kl, active, schedule = (figure.axes[name] for name in ("curve", "kl", "active", "schedule"))
    figure.seldom(curve.xaxis, kl.yaxis, schedule.yaxis)
    tradeoff, now = figure.moving(
        curve.plot([0], [0], color=COLOURS["blue"], lw=2.5, label="linear decoder, exact")[0],
        curve.plot([0], [0], "o", color=COLOURS["red"], ms=12, label="at this β", zorder=4)[0],
    )
    number = np.arange(1, latents + 1)
    bars = figure.moving(
        *(
            kl.add_patch(Rectangle((place - 0.4, 0), 0.8, 0, facecolor=COLOURS["sky"], edgecolor=COLOURS["black"]))
            for place in number
        )
    )
    bars = bars if isinstance(bars, tuple) else (bars,)
    bars[0].set_label("linear decoder, exact")
    floor = figure.moving(kl.axhline(0, color=COLOURS["green"], lw=2, ls="--", label="free nats"))
    counts, here = figure.moving(
        active.plot(BETAS, 0 * BETAS, color=COLOURS["blue"], lw=2.5, drawstyle="steps-mid")[0],
        active.axvline(1, color=COLOURS["red"], lw=2, ls="--"),
    )
    progress = np.arange(STEPS + 1)
    rise, moment = figure.moving(
        schedule.plot(progress, 0.0 * progress, color=COLOURS["blue"], lw=2.5)[0],
        schedule.plot([0], [0], "o", color=COLOURS["red"], ms=12)[0],
    )
    if trained is not None:
        look = {"color": COLOURS["black"], "ls": "", "marker": "D", "ms": 8, "mfc": "none", "mew": 2}
        seldom = [
            curve.plot(trained[1].sum(axis=1), trained[2], label="trained VAEs", **look)[0],
            active.plot(trained[0], trained[3], **look)[0],
        ]
        trained_kl = figure.moving(kl.plot([1], [0], label="trained VAE, nearest β", **look)[0])
        for place in range(len(trained[0])):
            seldom.append(
                curve.annotate(
                    f"β {trained[0][place]:.3g}",
                    (trained[1][place].sum(), trained[2][place]),
                    (8, 5),
                    textcoords="offset points",
                    fontsize=10,
                )
            )
        figure.seldom(*seldom)
    curve.set(ylim=(-0.03, 1.08), xlabel="rate: sum of KLs, nats", ylabel="distortion, share left")
    kl.set(xlim=(0.3, most + 0.7), xlabel="latent, largest first", ylabel="KL, nats")
    active.set(xscale="log", xlim=(BETAS[0], BETAS[-1]), ylim=(-0.5, most + 1), xlabel="β", ylabel="active latents")
    schedule.set(xlim=(-2, 102), xlabel="training, % of its steps", ylabel="β at that step")
    for axes in (curve, kl):
        axes.legend(loc="upper right", frameon=False, fontsize=10)
    kl.set_ylim(0.0, 1.5)
    schedule.set_ylim(0.0, 1.5)
    figure.redraw()
    controls = {
        "beta": slider("β at the end", "Weight of the KL; 1 is the ELBO", beta, -2, 2, 0.02, log=True),
        "noise_variance": slider(
            "σ² of the decoder", "Share of the data's largest variance", noise_variance, -3, 1, 0.02, log=True
        ),
        "decay": slider(
            "decay of variances", "Each direction of the data varies this much less than the last", decay, 0.2, 1.0
        ),
        "free": slider("free nats per latent", "Free bits: so much KL of each latent is not charged", free, 0.0, 2.0),
        "shape": choice("annealing", "How β rises while training goes on", ["linear", "sigmoid"], shape),
        "cycles": slider("cycles", "How often β starts again from 0", cycles, 1, 5, 1, integer=True),
        "step": slider("training, %", "How much of the annealing is over", step, 0, STEPS, 1, integer=True),
    }
    if variances is not None:
        del controls["decay"]
    kept = {}

    def update(beta, noise_variance, free, shape, cycles, step, decay=None):
        spectrum = decay ** np.arange(latents) if variances is None else variances / variances[0]
        whole = spectrum.sum()

        def optimum(weight):
            return vae.linear_rate_distortion(spectrum, noise_variance, weight, free=free)

        if kept.get("curve") != (noise_variance, free, decay):
            kept["curve"] = (noise_variance, free, decay)
            rates, distortions = np.swapaxes([optimum(weight) for weight in BETAS], 0, 1)
            tradeoff.set_data(rates.sum(axis=1), distortions.sum(axis=1) / whole)
            counts.set_ydata((rates > ACTIVE).sum(axis=1))
            kept["reach"] = rates.sum(axis=1)
        planned = vae.annealed_beta(progress, steps=STEPS, final=beta, shape=shape, cycles=cycles)
        weight = max(float(planned[step]), LEAST_BETA)
        rate, distortion = optimum(weight)
        charged, _ = vae.free_bits(rate, free)
        now.set_data([rate.sum()], [distortion.sum() / whole])
        # as far as beta reaches within the sliders
        reach = np.interp(0.01, BETAS, kept["reach"])
        if trained is not None:
            reach = max(reach, trained[1].sum(axis=1).max() * 1.15)
        reach = nice_number(max(reach, rate.sum(), 1.0))
        set_limits(curve, xlim=(-0.02 * reach, reach))
        for bar, value in zip(bars, rate, strict=True):
            bar.set_height(value)
        floor.set_ydata([free, free])
        floor.set_visible(free > 0.0)
        highest = max(rate.max(), 1.25 * free, 0.5)
        if trained is not None:
            nearest = int(np.argmin(np.abs(np.log(trained[0] / weight))))
            trained_kl.set_data(np.arange(1, trained[1].shape[1] + 1), trained[1][nearest])
            highest = max(highest, trained[1][nearest].max())
        highest = nice_number(1.2 * highest)
        set_limits(kl, ylim=(-0.02 * highest, highest))
        here.set_xdata([weight, weight])
        rise.set_ydata(planned)
        moment.set_data([step], [planned[step]])
        set_limits(schedule, ylim=(-0.05 * nice_number(1.05 * beta), nice_number(1.05 * beta)))
        figure.update()
        alive = int((rate > ACTIVE).sum())
        level = weight * noise_variance
        told = (
            f" The free nats are used by every latent, collapsed or not; {charged:.3f} of them and more are charged."
            if free > 0.0
            else ""
        )
        near = f" The trained VAE nearest to it has β = {trained[0][nearest]:.3g}." if trained is not None else ""
        return (
            f"Now β = {weight:.4g}, and the water level βσ² = {weight:.4g} · {noise_variance:.4g} = "
            f"<b>{level:.4g}</b>: "
            f"{int((spectrum > level).sum())} of {latents} directions vary more than that. "
            f"<b>{alive}</b> latents are active.{near}<br>"
            f"Rate R = <b>{rate.sum():.4f}</b> nats, distortion D = <b>{distortion.sum():.4f}</b> of {whole:.4f}; "
            f"loss D / 2σ² + β · KL charged = {distortion.sum() / (2 * noise_variance):.4f} + {weight * charged:.4f} = "
            f"{distortion.sum() / (2 * noise_variance) + weight * charged:.4f}.{told}"
        )

    def further():
        return passed_in(variances=variances, measured=measured)

    plain = {"noise_variance": 0.05, "free": 0.0, "shape": "linear", "cycles": 1, "step": STEPS}
    lab = Lab(
        "β and collapse",
        "vae_lab.beta_and_collapse",
        controls,
        update,
        figure=figure,
        formula=r"$$\min\;\frac{D}{2\sigma^2}+\beta\sum_i\max(\mathrm{KL}_i,\lambda)\quad\Rightarrow\quad"
        r"\mathrm{KL}_i=\max\Big(\tfrac{1}{2}\log\frac{v_i}{\beta\sigma^2},\;\lambda\Big)$$"
        "<p>A latent pays for itself only where the data varies by more than βσ², the water level; below it q falls "
        "back on the prior: the latent has collapsed. Annealing starts with all of them alive, free bits (λ) keep "
        "them so. Blue is the best a linear decoder can do at the β of the moment; training may lag behind.</p>",
        presets={
            "β = 1: the ELBO": {**plain, "beta": 1.0},
            "β = 0.1: more rate, less distortion": {**plain, "beta": 0.1},
            "β = 10: most latents collapse": {**plain, "beta": 10.0},
            "all collapsed": {**plain, "beta": 30.0},
            "β = 10 with half a nat free": {**plain, "beta": 10.0, "free": 0.5},
            "a quarter of the way through annealing": {**plain, "beta": 4.0, "shape": "sigmoid", "step": 25},
            "four cycles": {**plain, "beta": 4.0, "cycles": 4, "step": 60},
        },
        below=[transport(controls["step"], stride=1)],
        more_state=further,
    )
    lab.figure = figure
    return lab


# --- 5 ---------------------------------------------------------------------------------------------------------------

REACH = 3.0
CELLS = 7  # pictures along each side of the pad
PLACES = 25  # densities along each side
MOST_EXAMPLES = 256
STRIP = 7


def _latents(latents):
    latents = np.asarray(latents, dtype=float)
    if latents.ndim != 2 or len(latents) < 2 or not latents.shape[1] or not np.all(np.isfinite(latents)):
        raise ValueError(f"latents must be finite, (examples, latent_dim), at least 2 examples; got {latents.shape}")
    return latents


def _frames(decode, z):
    frames = np.asarray(decode(z))
    if frames.ndim != 4 or len(frames) != len(z) or frames.shape[-1] != 4 or frames.dtype != np.uint8:
        raise ValueError(
            f"decode must turn z {z.shape} into frames ({len(z)}, height, width, 4) in uint8; "
            f"got {frames.shape} in {frames.dtype}"
        )
    return frames


def _on_paper(frames):
    """Lay RGBA frames over light squares, so that see-through parts can be told from white ones."""
    height, width = frames.shape[1:3]
    rows, columns = np.indices((height, width)) // max(min(height, width) // 8, 1)
    paper = np.where((rows + columns) % 2, 232, 248)[..., None]
    alpha = frames[..., 3:] / 255.0
    return (frames[..., :3] * alpha + paper * (1.0 - alpha)).round().astype(np.uint8)


def _radius_panel(figure, axes, latents):
    """Draw the prior's density of |z| and where the data's latents lie."""
    dimension, norms = latents.shape[1], np.linalg.norm(latents, axis=1)
    radii = np.linspace(0.0, max(1.1 * norms.max(), np.sqrt(dimension) + 3.5), 200)
    axes.hist(norms, 20, density=True, color="0.8", label="latents given")
    axes.plot(radii, vae.radius_density(radii, dimension), ":", color="0.25", lw=2.5, label="prior")
    axes.set(xlim=(0, radii[-1]), yticks=[], xlabel=f"|z|, in {dimension} dimensions")
    axes.set_ylim(0, axes.get_ylim()[1] * 1.45)
    axes.spines["left"].set_visible(False)


def latent_pad(
    decode,
    latents,
    *,
    log_variances=None,
    directions=None,
    pad="directions",
    across=1,
    up=2,
    corner_1=0,
    corner_2=1,
    corner_3=2,
    corner_4=3,
    u=0.0,
    v=0.0,
    background="characters",
):
    """Make the latent pad: drag in a plane of latent space, and the decoder draws what is there.

    Args:
        decode: function z (count, latent_dim) -> frames (count, height, width, 4) uint8.
        latents: (examples, latent_dim), such as the posterior means of many characters.
        log_variances: (examples, latent_dim) of their posteriors; with them the pad shows where they are dense.
        directions: (count, latent_dim), each one unit long on the pad; None for the principal components of the
            latents, each a standard deviation long. The pad lies around the mean of the latents.
        pad: what spans the pad: "directions", "three" or "four" corners.
        across, up: numbers of the two directions, from 1.
        corner_1, corner_2, corner_3, corner_4: numbers of examples: bottom left, bottom right, top left (top when
            there are three), top right.
        u, v: where the pointer is, -3 to 3.
        background: "characters", "density", "both" or "plain".

    Returns:
        Lab.

    Raises:
        ValueError: when shapes do not fit.

    Source: Kingma and Welling 2013, figure 4; Hoffman and Johnson 2016 for the aggregate posterior.
    """
    latents = _latents(latents)
    count, dimension = latents.shape
    centre = latents.mean(axis=0)
    if log_variances is not None and np.shape(log_variances) != latents.shape:
        raise ValueError(f"log_variances must have the shape of latents {latents.shape}; got {np.shape(log_variances)}")
    given_directions = directions
    if directions is None:
        _, lengths, rows = np.linalg.svd(latents - centre, full_matrices=False)
        directions = (rows * lengths[:, None] / np.sqrt(count))[: min(count - 1, 16)]
    directions = np.asarray(directions, dtype=float)
    if directions.ndim != 2 or directions.shape[1] != dimension or not np.all(np.isfinite(directions)):
        raise ValueError(f"directions must be finite, (count, {dimension}); got {directions.shape}")
    kinds = [("two directions", "directions"), ("three characters", "three"), ("four characters", "four")]
    size = _frames(decode, centre[None]).shape[1:3]
    thinned = slice(None, None, -(-count // MOST_EXAMPLES))

    figure = LiveFigure(
        "Left: a pad that covers a plane of latent space, with what lies there. Top right: the character at the"
        " pointer. Bottom right: the distance of its latent from the origin, beside that of draws from the prior.",
        mosaic=[["pad", "frame"], ["pad", "frame"], ["pad", "radius"]],
        height=540,
        ratios=[1.3, 1.0],
    )
    left, top, bottom = figure.axes["pad"], figure.axes["frame"], figure.axes["radius"]
    edge = REACH * (1.0 + 1.0 / (CELLS - 1))
    density = left.imshow(
        np.zeros((PLACES, PLACES)),
        origin="lower",
        extent=(-edge, edge) * 2,
        cmap="Blues",
        vmin=0,
        vmax=1.3,
        interpolation="bilinear",
    )
    sheet = left.imshow(
        np.zeros((CELLS * size[0], CELLS * size[1], 4), np.uint8), extent=(-edge, edge) * 2, interpolation="nearest"
    )
    (frame_line,) = left.plot([0], [0], color=COLOURS["black"], lw=1.5)
    # texts of their own, as an axis is drawn again with all its ticks
    middle = {"transform": left.transAxes, "ha": "center"}
    across_label = left.text(0.5, -0.07, "", va="top", **middle)
    up_label = left.text(-0.09, 0.5, "", va="center", rotation=90, **middle)
    figure.seldom(density, sheet, frame_line, across_label, up_label)
    pointer_mark = figure.moving(
        left.plot([0], [0], "o", color=COLOURS["red"], ms=16, mfc="none", mew=3)[0],
        left.plot([0], [0], "+", color=COLOURS["red"], ms=16, mew=2)[0],
    )
    for mark in pointer_mark:  # seen on any character
        mark.set_path_effects([withStroke(linewidth=6, foreground="white")])
    left.set(xlim=(-edge, edge), ylim=(-edge, edge), aspect="equal")
    picture = figure.moving(top.imshow(np.zeros((*size, 3), np.uint8), interpolation="nearest"))
    top.set_axis_off()
    _radius_panel(figure, bottom, latents)
    radius_rule = figure.moving(bottom.axvline(0, ymax=0.72, color=COLOURS["red"], lw=3, ls="--", label="here"))
    legend(bottom, loc="upper left", fontsize=10, ncols=3, columnspacing=1.0)

    number = {"integer": True, "step": 1}
    corners = ("bottom left", "bottom right", "top left, or top of three", "top right")
    starts = (corner_1, corner_2, corner_3, corner_4)
    backgrounds = ["characters", "density", "both", "plain"] if log_variances is not None else ["characters", "plain"]
    across_label.set_text("blend")
    up_label.set_text("direction")
    figure.redraw()
    controls = {
        "pad": choice("pad spanned by", "Two directions from the middle, or characters at the corners", kinds, pad),
        "background": choice(
            "background", "Decoded characters, or how dense the data's latents lie", backgrounds, background
        ),
        "across": slider(
            "direction across", "1 is the one along which latents differ most", across, 1, len(directions), **number
        ),
        "up": slider("direction up", "1 is the one along which latents differ most", up, 1, len(directions), **number),
        **{
            f"corner_{place + 1}": slider(
                f"character {place + 1}",
                f"Number of the character {corner}",
                min(start, count - 1),
                0,
                count - 1,
                **number,
            )
            for place, (corner, start) in enumerate(zip(corners, starts, strict=True))
        },
        "u": slider("u, across", "Where on the pad, −3 to 3; or drag on it", u, -REACH, REACH),
        "v": slider("v, up", "Where on the pad, −3 to 3; or drag on it", v, -REACH, REACH),
    }
    kept = {}

    def weights_at(places, kind):
        """How much of each corner is at places (count, 2), and which places lie on the pad."""
        s, t = ((places + REACH) / (2.0 * REACH)).T
        if kind == "four":
            return np.stack([(1 - s) * (1 - t), s * (1 - t), (1 - s) * t, s * t], axis=1), np.ones(len(s), bool)
        weights = np.stack([1.0 - s - 0.5 * t, s - 0.5 * t, t], axis=1)
        on = weights.min(axis=1) > -1e-9
        weights = np.maximum(weights, 0.0)
        return weights / weights.sum(axis=1, keepdims=True), on

    def latents_at(places, plane):
        kind, chosen = plane
        if kind == "directions":
            return centre + places @ directions[[number - 1 for number in chosen]], np.ones(len(places), bool)
        weights, on = weights_at(places, kind)
        return weights @ latents[list(chosen)], on

    def draw_background(plane, background):
        axis = np.linspace(-REACH, REACH, CELLS)
        z, on = latents_at(np.stack(np.meshgrid(axis, axis[::-1]), axis=-1).reshape(-1, 2), plane)
        sheet.set_visible(background in ("characters", "both"))
        density.set_visible(background in ("density", "both"))
        if sheet.get_visible():
            cells = _frames(decode, z) * on[:, None, None, None]
            height, width = size
            cells = cells.reshape(CELLS, CELLS, height, width, 4).swapaxes(1, 2)
            sheet.set_data(cells.reshape(CELLS * height, CELLS * width, 4))
        if density.get_visible():
            axis = np.linspace(-edge, edge, PLACES)
            z, _ = latents_at(np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2), plane)
            log_q = vae.aggregate_log_density(z, latents[thinned], np.asarray(log_variances)[thinned])
            # a distance in standard deviations rather than nats, in which one narrow posterior would hide the rest
            far = np.sqrt(np.maximum(log_q.max() - log_q, 0.0))
            near = 1.0 - far / max(far.max(), 1e-9)
            density.set_data(near.reshape(PLACES, PLACES))
        kind = plane[0]
        triangle = np.array([(-REACH, -REACH), (REACH, -REACH), (0, REACH), (-REACH, -REACH)])
        square = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]) * REACH
        outline = triangle if kind == "three" else square
        frame_line.set_data(*outline.T)
        frame_line.set_visible(kind != "directions")
        density.set_clip_path(left.patch if kind == "directions" else Polygon(outline, transform=left.transData))
        if kind == "directions":
            unit = "standard deviations" if given_directions is None else "its own lengths"
            across_label.set_text(f"direction {plane[1][0]}, {unit}")
            up_label.set_text(f"direction {plane[1][1]}")
        else:
            across_label.set_text("blend of the characters at the corners")
            up_label.set_text("")

    def update(pad, background, across, up, corner_1, corner_2, corner_3, corner_4, u, v):
        chosen = {"directions": (across, up), "three": (corner_1, corner_2, corner_3)}.get(
            pad, (corner_1, corner_2, corner_3, corner_4)
        )
        plane, place = (pad, chosen), np.array([[u, v]])
        for name, control in controls.items():
            used = name in ("pad", "background", "u", "v") or (
                name in ("across", "up") if pad == "directions" else name[-1:] in "123" + "4" * (pad == "four")
            )
            control.layout.display = None if used else "none"
        z, _ = latents_at(place, plane)
        blend = ""
        if pad != "directions":
            weights = weights_at(place, pad)[0][0]
            if pad == "three":  # a pointer beside the triangle is brought back onto it
                place = weights[None] @ np.array([(-REACH, -REACH), (REACH, -REACH), (0.0, REACH)])
            blend = " + ".join(f"{w:.2f} · z({c})" for w, c in zip(weights, chosen, strict=True))
        picture.set_data(_on_paper(_frames(decode, z))[0])
        for mark in pointer_mark:
            mark.set_data(*place.T)
        radius = float(np.linalg.norm(z[0]))
        radius_rule.set_xdata([radius, radius])
        if kept.get("plane") != (plane, background):
            kept["plane"] = plane, background
            draw_background(plane, background)
        figure.update()
        blend = blend or f"mean {u:+.2f} · direction {across} {v:+.2f} · direction {up}"
        hole = ""
        if log_variances is not None:
            log_q = float(vae.aggregate_log_density(z, latents[thinned], np.asarray(log_variances)[thinned])[0])
            log_p = float(vae.log_gaussian(z[0], np.zeros(dimension), np.eye(dimension)))
            verdict = "a hole: the prior comes here, the data does not" if log_q < log_p else "the data is at home here"
            hole = (
                f"<br>log q(z) of all examples together − log p(z) = {log_q:.1f} − ({log_p:.1f}) = "
                f"<b>{log_q - log_p:.1f}</b> nats: {verdict}."
            )
        return (
            f"z = {blend}; |z| = <b>{radius:.3f}</b>, a draw from the prior has "
            f"{vae.expected_radius(dimension):.3f} on average.{hole}"
        )

    def further():
        return passed_in(decode=decode, latents=latents, log_variances=log_variances, directions=given_directions)

    lab = Lab(
        "Latent pad",
        "vae_lab.latent_pad",
        controls,
        update,
        figure=figure,
        formula=r"$$x=\mathrm{decode}(z),\qquad z=\bar z+u\,d_1+v\,d_2\quad\mathrm{or}\quad z=\sum_i w_i z_i$$"
        "<p>Every place on the pad is a character. Near the latents of real ones the decoder draws well; in the holes "
        "between them, where the prior has mass but no data ever was, it has to make something up.</p>",
        presets={
            "middle": {"pad": "directions", "across": 1, "up": min(2, len(directions)), "u": 0.0, "v": 0.0},
            "far out": {"pad": "directions", "u": 3.0, "v": 3.0},
            "midway between four": {"pad": "four", "u": 0.0, "v": 0.0},
            "midway between three": {"pad": "three", "u": 0.0, "v": -1.0},
        },
        more_state=further,
    )
    lab.figure = figure
    lab.drag = figure.on_pointer(
        lambda x, y, phase: lab.set(u=within(controls["u"], round(x, 2)), v=within(controls["v"], round(y, 2))),
        axes=left,
    )
    return lab


def latent_walk(decode, latents, *, between="characters", start=0, end=1, seed=0, share=0.5):
    """Make the lab of two ways from one latent to another: straight (lerp) and along the sphere (slerp).

    Args:
        decode: function z (count, latent_dim) -> frames (count, height, width, 4) uint8.
        latents: (examples, latent_dim), such as the posterior means of many characters.
        between: "characters", two of the latents, or "prior", two draws of N(0, I).
        start, end: numbers of the two examples.
        seed: of the two draws.
        share: of the way, 0 to 1.

    Returns:
        Lab.

    Raises:
        ValueError: when shapes do not fit.

    Source: Shoemake 1985; White 2016.
    """
    latents = _latents(latents)
    count, dimension = latents.shape
    size = _frames(decode, latents[:1]).shape[1:3]
    figure = LiveFigure(
        "Top: two rows of frames from one character to another, by slerp and by lerp, and the frame of each at the"
        " chosen share of the way. Bottom: the distance from the origin along both ways, and how it compares with"
        " that of draws from the prior.",
        mosaic=[["slerp", "slerp", "slerp_at"], ["lerp", "lerp", "lerp_at"], ["norm", "radius", "radius"]],
        height=540,
        ratios=[1.8, 1.2, 1.0],
    )
    looks = {"slerp": (COLOURS["blue"], "-", "o", vae.slerp), "lerp": (COLOURS["red"], "--", "s", vae.lerp)}
    norm, radius = figure.axes["norm"], figure.axes["radius"]
    fine = np.linspace(0.0, 1.0, 61)
    figure.seldom(norm.yaxis)
    _radius_panel(figure, radius, latents)
    strips, frames, marks, lines, dots, rules = {}, {}, {}, {}, {}, {}
    for name, (colour, line, marker, _) in looks.items():
        strip, at = figure.axes[name], figure.axes[f"{name}_at"]
        blank = np.zeros((size[0], STRIP * size[1], 3), np.uint8)
        strips[name] = figure.moving(strip.imshow(blank, interpolation="nearest"))
        strip.set(xticks=[], yticks=[])
        strip.set_ylabel(name, fontsize=13)
        for spine in strip.spines.values():
            spine.set_visible(False)
        # under the strip, where it hides nothing
        marks[name] = figure.moving(
            strip.plot([0], [1.12 * size[0]], "^", color=colour, ms=11, clip_on=False, scalex=False, scaley=False)[0]
        )
        frames[name] = figure.moving(at.imshow(np.zeros((*size, 3), np.uint8), interpolation="nearest"))
        at.set_axis_off()
        lines[name], dots[name] = figure.moving(
            norm.plot(fine, 0 * fine, line, color=colour, lw=2.5, label=name)[0],
            norm.plot([0], [0], marker, color=colour, ms=10)[0],
        )
        rules[name] = figure.moving(radius.axvline(0, ymax=0.72, color=colour, lw=2.5, ls=line, label=name))
    norm.plot(fine, vae.expected_radius(dimension, fine), ":", color="0.35", lw=2)
    expected = figure.moving(norm.lines[-1])
    expected.set_label("lerp of two draws, mean")
    norm.set(xlim=(-0.02, 1.02), xlabel="share of the way", ylabel="|z|")
    norm.legend(loc="lower left", frameon=False, fontsize=10)
    legend(radius, loc="upper left", fontsize=10, ncols=2)
    number = {"integer": True, "step": 1}
    norm.set_ylim(0.0, 1.5)
    figure.redraw()
    controls = {
        "between": choice(
            "walk between",
            "Two of the latents given, or two draws of N(0, I)",
            [("two characters", "characters"), ("two draws of the prior", "prior")],
            between,
        ),
        "start": slider("from character", "Number of an example", min(start, count - 1), 0, count - 1, **number),
        "end": slider("to character", "Number of an example", min(end, count - 1), 0, count - 1, **number),
        "seed": slider("seed", "Decides the two draws", seed, 0, 99, **number),
        "share": slider("share of the way", "0 is the start, 1 the end", share, 0.0, 1.0),
    }
    kept = {}

    def update(between, start, end, seed, share):
        prior = between == "prior"
        for name in ("start", "end"):
            controls[name].layout.display = "none" if prior else None
        controls["seed"].layout.display = None if prior else "none"
        ends = np.random.default_rng(seed).standard_normal((2, dimension)) if prior else latents[[start, end]]
        if kept.get("ends") is None or not np.array_equal(kept["ends"], ends):
            paths = {name: walk(*ends, np.linspace(0.0, 1.0, STRIP)) for name, (*_, walk) in looks.items()}
            drawn = _on_paper(_frames(decode, np.concatenate(list(paths.values()))))
            for place, (name, (*_, walk)) in enumerate(looks.items()):
                row = drawn[place * STRIP : (place + 1) * STRIP]
                strips[name].set_data(row.swapaxes(0, 1).reshape(size[0], -1, 3))
                lines[name].set_ydata(np.linalg.norm(walk(*ends, fine), axis=1))
            lengths = np.concatenate([line.get_ydata() for line in lines.values()])
            high = max(lengths.max(), vae.expected_radius(dimension))
            set_limits(norm, ylim=(0.0, nice_number(1.1 * high)))
            kept["ends"] = ends
        z = {name: walk(*ends, [share])[0] for name, (*_, walk) in looks.items()}
        pictures = _on_paper(_frames(decode, np.stack(list(z.values()))))
        norms = {name: float(np.linalg.norm(value)) for name, value in z.items()}
        for (name, length), picture in zip(norms.items(), pictures, strict=True):
            frames[name].set_data(picture)
            marks[name].set_xdata([(0.5 + share * (STRIP - 1)) * size[1] - 0.5])
            dots[name].set_data([share], [length])
            rules[name].set_xdata([length, length])
        expected.set_visible(prior)
        figure.update()
        lengths = np.linalg.norm(ends, axis=1)
        return (
            f"|z| at the ends {lengths[0]:.3f} and {lengths[1]:.3f}; at {share:.2f} of the way slerp has "
            f"<b>{norms['slerp']:.3f}</b>, lerp <b>{norms['lerp']:.3f}</b>.<br>A draw from the prior has "
            f"{vae.expected_radius(dimension):.3f} on average, and at {norms['lerp']:.3f} the density of |z| is "
            f"{vae.radius_density(norms['lerp'], dimension):.3g}, against "
            f"{vae.radius_density(norms['slerp'], dimension):.3g} where slerp is."
        )

    lab = Lab(
        "Two ways through latent space",
        "vae_lab.latent_walk",
        controls,
        update,
        figure=figure,
        formula=r"$$\mathrm{lerp}=(1-t)\,a+t\,b\qquad\mathrm{slerp}=\frac{\sin((1-t)\theta)\,a+\sin(t\theta)\,b}{\sin\theta}$$"
        "<p>In many dimensions the prior is a shell: almost no draw is near the origin. The straight line cuts through "
        "the inside, where the decoder was seldom trained; the arc stays on the shell.</p>",
        presets={
            "midway, two characters": {"between": "characters", "share": 0.5},
            "midway, two draws of the prior": {"between": "prior", "share": 0.5},
        },
        more_state=lambda: passed_in(decode=decode, latents=latents),
    )
    lab.figure = figure
    return lab
