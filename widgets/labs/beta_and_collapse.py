"""Rate against distortion: which latents survive a beta, and what annealing and free bits do."""

from functools import lru_cache, partial
from typing import NamedTuple

import numpy as np
from matplotlib.patches import Rectangle

from animkit.theory import latents as theory
from widgets.parts.figure import COLOURS, LiveFigure, nice_number, set_limits
from widgets.parts.lab import Lab, choice, passed_in, slider, transport

STEPS = 100
FORMULA = (
    r"$$\min\;\frac{D}{2\sigma^2}+\beta\sum_i\max(\mathrm{KL}_i,\lambda)\quad\Rightarrow\quad"
    r"\mathrm{KL}_i=\max\Big(\tfrac{1}{2}\log\frac{v_i}{\beta\sigma^2},\;\lambda\Big)$$"
    "<p>A latent pays for itself only where the data varies by more than βσ², the water level; below it q falls "
    "back on the prior: the latent has collapsed. Annealing starts with all of them alive, free bits (λ) keep "
    "them so. Blue is the best a linear decoder can do at the β of the moment; training may lag behind.</p>"
)
PLAIN = {"noise_variance": 0.05, "free": 0.0, "shape": "linear", "cycles": 1, "step": STEPS}
PRESETS = {
    "β = 1: the ELBO": {**PLAIN, "beta": 1.0},
    "β = 0.1: more rate, less distortion": {**PLAIN, "beta": 0.1},
    "β = 10: most latents collapse": {**PLAIN, "beta": 10.0},
    "all collapsed": {**PLAIN, "beta": 30.0},
    "β = 10 with half a nat free": {**PLAIN, "beta": 10.0, "free": 0.5},
    "a quarter of the way through annealing": {**PLAIN, "beta": 4.0, "shape": "sigmoid", "step": 25},
    "four cycles": {**PLAIN, "beta": 4.0, "cycles": 4, "step": 60},
}
BETAS = np.geomspace(1e-3, 1e3, 91)
LEAST_BETA = 1e-3  # a KL that costs nothing has no best rate
ACTIVE = 0.01  # nats
PROGRESS = np.arange(STEPS + 1)
TRAINED = {"color": COLOURS["black"], "ls": "", "marker": "D", "ms": 8, "mfc": "none", "mew": 2}


class Trained(NamedTuple):
    """What was measured on trained VAEs, by rising beta."""

    beta: np.ndarray  # (n,)
    kl: np.ndarray  # (n, latent_dim) nats, the largest first
    distortion: np.ndarray  # (n,) share of the distortion without latents
    active: np.ndarray  # (n,) counts

    def nearest(self, beta):
        """Number of the VAE whose beta is the nearest by ratio."""
        return int(np.argmin(np.abs(np.log(self.beta / beta))))


def measured_on_trained(results):
    """Check what was measured on trained VAEs and sort it by beta.

    Args:
        results: dict, `measured` of `beta_and_collapse`.

    Returns:
        Trained.

    Raises:
        ValueError: when something lacks, has the wrong shape or is out of range.
    """
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
    finite = all(np.all(np.isfinite(value)) for value in (beta, kl, distortion))
    if not finite or beta.min() <= 0.0 or not baseline > 0.0:
        raise ValueError("measured must be finite, with every beta and the baseline above 0")
    active = np.asarray(results.get("active", (kl > ACTIVE).sum(axis=1)), dtype=float)
    if active.shape != beta.shape:
        raise ValueError(f"measured: active must be a count for each of the {len(beta)} betas; got {active.shape}")
    order = np.argsort(beta)
    return Trained(beta[order], -np.sort(-kl[order], axis=1), distortion[order] / baseline, active[order])


class Optimum(NamedTuple):
    """The best that a linear decoder can do at one beta."""

    beta: float
    noise_variance: float
    spectrum: np.ndarray  # (latents,) variances of the data's directions, the largest 1
    rate: np.ndarray  # (latents,) nats
    distortion: np.ndarray  # (latents,)
    charged: float  # KL that is not free, nats


@lru_cache(maxsize=4)
def _tradeoff(spectrum, noise_variance, free):
    """Over all BETAS: the rate in nats, the share of distortion left, and how many latents are active."""
    optima = [theory.linear_rate_distortion(spectrum, noise_variance, beta, free=free) for beta in BETAS]
    rates, distortions = np.swapaxes(optima, 0, 1)
    return rates.sum(axis=1), distortions.sum(axis=1) / np.sum(spectrum), (rates > ACTIVE).sum(axis=1)


class _Picture:
    """Rate against distortion, the KL of each latent, active latents by beta, and beta while training goes on.

    Args:
        latents: of the linear decoder.
        trained: Trained, or None.
    """

    def __init__(self, latents, trained):
        self.figure = LiveFigure(
            "Top left: rate against distortion, with the present beta marked. Top right: KL of each latent; those at 0"
            " have collapsed. Bottom left: active latents against beta. Bottom right: beta while training goes on.",
            mosaic=[["curve", "kl"], ["active", "schedule"]],
            height=580,
        )
        self.trained = trained
        most = latents if trained is None else max(latents, trained.kl.shape[1])
        curve, kl, active, schedule = (self.figure.axes[name] for name in ("curve", "kl", "active", "schedule"))
        self.figure.seldom(curve.xaxis, kl.yaxis, schedule.yaxis)
        self._draw_optimum(curve, kl, active, latents)
        self._draw_schedule(schedule)
        if trained is not None:
            self._draw_trained(curve, kl, active)
        curve.set(ylim=(-0.03, 1.08), xlabel="rate: sum of KLs, nats", ylabel="distortion, share left")
        kl.set(xlim=(0.3, most + 0.7), xlabel="latent, largest first", ylabel="KL, nats")
        active.set(xscale="log", xlim=(BETAS[0], BETAS[-1]), ylim=(-0.5, most + 2), xlabel="β", ylabel="active latents")
        for axes in (curve, kl):
            axes.legend(loc="upper right", frameon=False)
        kl.set_ylim(0.0, 1.5)
        self.figure.redraw()

    def _draw_optimum(self, curve, kl, active, latents):
        self.tradeoff, self.now = self.figure.moving(
            curve.plot([0], [0], color=COLOURS["blue"], lw=2.5, label="linear decoder, exact")[0],
            curve.plot([0], [0], "o", color=COLOURS["red"], ms=12, label="at this β", zorder=4)[0],
        )
        look = {"facecolor": COLOURS["sky"], "edgecolor": COLOURS["black"]}
        self.bars = [kl.add_patch(Rectangle((place + 0.6, 0), 0.8, 0, **look)) for place in range(latents)]
        self.figure.moving(*self.bars)
        self.bars[0].set_label("linear decoder, exact")
        self.floor = self.figure.moving(kl.axhline(0, color=COLOURS["green"], lw=2, ls="--", label="free nats"))
        self.counts, self.here = self.figure.moving(
            active.plot(BETAS, 0 * BETAS, color=COLOURS["blue"], lw=2.5, drawstyle="steps-mid")[0],
            active.axvline(1, color=COLOURS["red"], lw=2, ls="--"),
        )

    def _draw_schedule(self, axes):
        self.rise, self.moment = self.figure.moving(
            axes.plot(PROGRESS, 0.0 * PROGRESS, color=COLOURS["blue"], lw=2.5)[0],
            axes.plot([0], [0], "o", color=COLOURS["red"], ms=12)[0],
        )
        axes.set(xlim=(-3, 104), ylim=(0.0, 1.5), xlabel="training, % of its steps", ylabel="β at that step")

    def _draw_trained(self, curve, kl, active):
        beta, nats, distortion, counts = self.trained
        rate = nats.sum(axis=1)
        self.trained_kl = self.figure.moving(kl.plot([1], [0], label="trained VAE, nearest β", **TRAINED)[0])
        self.figure.seldom(
            curve.plot(rate, distortion, label="trained VAEs", **TRAINED)[0],
            active.plot(beta, counts, **TRAINED)[0],
            *(
                curve.annotate(f"β {at:.3g}", place, (8, 5), textcoords="offset points")
                for at, *place in zip(beta, rate, distortion, strict=True)
            ),
        )

    def show(self, optimum, tradeoff, free):
        """Move curve, bars and marks to an optimum."""
        rates, distortions, counts = tradeoff
        rate, distortion = optimum.rate, optimum.distortion
        self.tradeoff.set_data(rates, distortions)
        self.now.set_data([rate.sum()], [distortion.sum() / optimum.spectrum.sum()])
        self.counts.set_ydata(counts)
        self.here.set_xdata([optimum.beta, optimum.beta])
        for bar, value in zip(self.bars, rate, strict=True):
            bar.set_height(value)
        self.floor.set_ydata([free, free])
        self.floor.set_visible(free > 0.0)
        reach = np.interp(0.01, BETAS, rates)  # as far as beta reaches within the sliders
        highest = max(rate.max(), 1.25 * free, 0.5)
        if self.trained is not None:
            nearest = self.trained.kl[self.trained.nearest(optimum.beta)]
            self.trained_kl.set_data(np.arange(1, len(nearest) + 1), nearest)
            reach = max(reach, self.trained.kl.sum(axis=1).max() * 1.15)
            highest = max(highest, nearest.max())
        reach, highest = nice_number(max(reach, rate.sum(), 1.0)), nice_number(1.2 * highest)
        set_limits(self.figure.axes["curve"], xlim=(-0.02 * reach, reach))
        set_limits(self.figure.axes["kl"], ylim=(-0.02 * highest, highest))

    def show_schedule(self, planned, step, beta):
        """Draw beta over training, and where it is."""
        self.rise.set_ydata(planned)
        self.moment.set_data([step], [planned[step]])
        highest = nice_number(1.05 * beta)
        set_limits(self.figure.axes["schedule"], ylim=(-0.05 * highest, highest))


def _controls(beta, noise_variance, decay, free, shape, cycles, step):
    return {
        "beta": slider("β at the end", "Weight of the KL; 1 is the ELBO", beta, -2, 2, 0.05, log=True),
        "noise_variance": slider(
            "σ² of the decoder", "Share of the data's largest variance", noise_variance, -3, 1, 0.05, log=True
        ),
        "decay": slider(
            "decay of variances", "Each direction of the data varies this much less than the last", decay, 0.2, 1.0
        ),
        "free": slider("free nats per latent", "Free bits: so much KL of each latent is not charged", free, 0.0, 2.0),
        "shape": choice("annealing", "How β rises while training goes on", ["linear", "sigmoid"], shape),
        "cycles": slider("cycles", "How often β starts again from 0", cycles, 1, 5, 1, integer=True),
        "step": slider("training, %", "How much of the annealing is over", step, 0, STEPS, 1, integer=True),
    }


def _update(picture, spectrum_of, beta, noise_variance, free, shape, cycles, step, decay=None):
    spectrum = spectrum_of(decay)
    planned = theory.annealed_beta(PROGRESS, steps=STEPS, final=beta, shape=shape, cycles=cycles)
    now = max(float(planned[step]), LEAST_BETA)
    rate, distortion = theory.linear_rate_distortion(spectrum, noise_variance, now, free=free)
    charged, _ = theory.free_bits(rate, free)
    optimum = Optimum(now, noise_variance, spectrum, rate, distortion, charged)
    picture.show(optimum, _tradeoff(tuple(spectrum), noise_variance, free), free)
    picture.show_schedule(planned, step, beta)
    picture.figure.update()
    return _numbers(optimum, free, picture.trained)


def _numbers(optimum, free, trained):
    beta, noise_variance, spectrum, rate, distortion, charged = optimum
    level, error = beta * noise_variance, distortion.sum() / (2 * noise_variance)
    near = told = ""
    if trained is not None:
        near = f" The trained VAE nearest to it has β = {trained.beta[trained.nearest(beta)]:.3g}."
    if free > 0.0:
        told = f" The free nats are used by every latent, collapsed or not; {charged:.3f} of them and more are charged."
    return (
        f"Now β = {beta:.4g}, and the water level βσ² = {beta:.4g} · {noise_variance:.4g} = "
        f"<b>{level:.4g}</b>: "
        f"{int((spectrum > level).sum())} of {len(spectrum)} directions vary more than that. "
        f"<b>{int((rate > ACTIVE).sum())}</b> latents are active.{near}<br>"
        f"Rate R = <b>{rate.sum():.4f}</b> nats, distortion D = <b>{distortion.sum():.4f}</b> of {spectrum.sum():.4f}; "
        f"loss D / 2σ² + β · KL charged = {error:.4f} + {beta * charged:.4f} = {error + beta * charged:.4f}.{told}"
    )


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
    controls = _controls(beta, noise_variance, decay, free, shape, cycles, step)
    if variances is None:
        latents, spectrum_of = 12, lambda decay: decay ** np.arange(12)
    else:
        spectrum = np.sort(np.asarray(variances, dtype=float).ravel())[::-1]
        if not len(spectrum) or not np.all(np.isfinite(spectrum)) or spectrum[-1] < 0.0 or spectrum[0] == 0.0:
            raise ValueError("variances must be finite, not negative and not all 0")
        latents, spectrum_of = len(spectrum), lambda _: spectrum / spectrum[0]
        del controls["decay"]
    picture = _Picture(latents, None if measured is None else measured_on_trained(measured))
    return Lab(
        "β and collapse",
        "vae_lab.beta_and_collapse",
        controls,
        partial(_update, picture, spectrum_of),
        figure=picture.figure,
        formula=FORMULA,
        presets=PRESETS,
        below=[transport(controls["step"], stride=1)],
        more_state=lambda: passed_in(variances=variances, measured=measured),
    )
