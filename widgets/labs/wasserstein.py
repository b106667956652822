"""Wasserstein: a distance that does not go flat, and two ways to train its critic."""

from functools import lru_cache, partial

import numpy as np

from animkit.theory import critic, gan, mlp
from widgets.parts.figure import COLOURS, LiveFigure, legend_above
from widgets.parts.lab import Lab, Training, restart, slider, transport

REACH = 6.0
PLACES = np.linspace(-REACH - 4.0, REACH + 4.0, 601)
VIEW = np.linspace(-REACH - 2.0, REACH + 2.0, 161)
# the drop of the JSD of two points is as narrow as 0 itself
MOVES = np.concatenate([np.linspace(-REACH, -1e-9, 25), [0.0], np.linspace(1e-9, REACH, 25)])
POINTS = 32
WIDTHS = (1, 16, 16, 1)  # of both critics

FORMULA = (
    r"$$W_1(p,q)=\max_{|f'|\le 1}\;\mathbb E_p[f]-\mathbb E_q[f]"
    r"\qquad\text{two points:}\quad \mathrm{JSD}=\log 2\;(\mu\ne 0),\quad W_1=|\mu|$$"
    "<p>Points that don't overlap have the same JSD however far apart they are, so it gives G no slope; W₁ still "
    "says how far. The critic must not be steeper than 1: clipping its weights bounds the slope only roughly, a "
    "penalty on the slope holds it near 1.</p>"
)
PRESETS = {
    "two points, trained critics": {"mu": 2.0, "width": 0.0, "steps": 200},
    "far apart": {"mu": 5.0, "width": 0.0, "steps": 200},
    "wide densities that overlap": {"mu": 1.0, "width": 1.0, "steps": 200},
    "a weak penalty": {"mu": 4.0, "width": 0.0, "gradient_penalty": 1.0, "steps": 200},
}


class _Picture:
    """Both distances over the shift, and both critics over the points they were trained on."""

    def __init__(self):
        self.figure = LiveFigure(
            "Left: Jensen-Shannon divergence and Wasserstein distance between data at 0 and fakes at mu; the first goes"
            " flat at log 2, the second is |mu|. Right: two critics, one clipped and one penalised, over the points.",
            columns=2,
            height=400,
        )
        left, right = self.figure.axes
        moving, blue, red = self.figure.moving, COLOURS["blue"], COLOURS["red"]
        self.js, self.js_here, self.distance_here = moving(
            left.plot(MOVES, 0 * MOVES, "--", color=red, lw=2.5, label="JSD")[0],
            left.plot([0], [0], "s", color=red, ms=11)[0],
            left.plot([0], [0], "o", color=blue, ms=11)[0],
        )
        left.plot(MOVES, np.abs(MOVES), color=blue, lw=2.5, label="W₁ = |μ|")
        left.axhline(gan.LOG_2, color="grey", lw=1, ls=":")
        edge = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points"}  # where no marker comes
        left.annotate("log 2", (1.0, gan.LOG_2), (4, 0), va="center", color="dimgrey", **edge)
        left.set(xlim=(-REACH, REACH), ylim=(-0.1, REACH), xlabel="shift μ of the fakes", ylabel="distance")
        legend_above(left)
        self.ideal, *self.critics = moving(
            right.plot(VIEW, 0 * VIEW, ":", color="0.45", lw=2, label="slope 1 (ideal)")[0],
            right.plot(VIEW, 0 * VIEW, "--", color=COLOURS["pink"], lw=2.5, label="clipped")[0],
            right.plot(VIEW, 0 * VIEW, "-", color=COLOURS["green"], lw=2.5, label="gradient penalty")[0],
        )
        self.real, self.fake = moving(
            right.plot([0], [0], "o", color=blue, ms=8, mfc="none", mew=1.8, label="data")[0],
            right.plot([0], [0], "^", color=red, ms=8, mfc="none", mew=1.8, label="fakes")[0],
        )
        right.set(xlim=(VIEW[0], VIEW[-1]), ylim=(-9, 9), xlabel="x", ylabel="critic f(x) − f(0)")
        legend_above(right)

    def show_distances(self, mu, divergence, divergences):
        """JSD and W1 at the shift, and the JSD over all shifts."""
        self.js.set_ydata(divergences)
        self.js_here.set_data([mu], [divergence])
        self.distance_here.set_data([mu], [abs(mu)])

    def show_critics(self, mu, players, real, fake):
        """The critics, their ideal, and the points (count, 1) of both kinds."""
        self.ideal.set_ydata(-np.sign(mu) * VIEW)
        for player, line in zip(players, self.critics, strict=True):
            output = critic.player_output(player, np.append(VIEW, 0.0)[:, None])[:, 0]
            line.set_ydata(output[:-1] - output[-1])
        self.real.set_data(real[:, 0], np.full(POINTS, -7.4))
        self.fake.set_data(fake[:, 0], np.full(POINTS, -8.2))


def _divergence(mu, width):
    if not width:
        return float(gan.point_divergences(mu)[0])
    return gan.js_divergence(PLACES, gan.log_gaussian(PLACES, 0.0, width), gan.log_gaussian(PLACES, mu, width))


@lru_cache(maxsize=16)
def _divergences(width):
    return [_divergence(move, width) for move in MOVES]


def _flat_critic(seed):
    """A critic that is flat at first: one that starts with the wrong slope can be held there by its penalty."""
    player = critic.new_player(WIDTHS, activation="softplus", seed=seed)
    mlp.layers(player["parameters"], WIDTHS)[-1][0][:] = 0.0
    return player


def _trained(training, steps, seed, real, fake, **rule):
    return training.at(
        steps,
        (seed, real.tobytes(), fake.tobytes(), *rule.values()),
        start=lambda: _flat_critic(seed),
        advance=lambda player, done: critic.train_critic(player, real, fake, learning_rate=0.01, seed=done, **rule)[0],
    )


def _update(picture, trainings, mu, width, clip, gradient_penalty, seed, steps):
    # the same draws for both, so that the fakes are the data, moved: then W1 of the samples is |mu| as well
    real = width * np.random.default_rng(seed).standard_normal((POINTS, 1))
    fake = real + mu
    players = [
        _trained(training, steps, seed, real, fake, **rule)
        for training, rule in zip(trainings, ({"clip": clip}, {"gradient_penalty": gradient_penalty}), strict=True)
    ]
    estimates = [
        float(critic.player_output(player, real).mean() - critic.player_output(player, fake).mean())
        for player in players
    ]
    divergence = _divergence(mu, width)
    picture.show_distances(mu, divergence, _divergences(width))
    picture.show_critics(mu, players, real, fake)
    picture.figure.update()
    excess = abs(mu) * (1.0 + abs(mu) / (2.0 * gradient_penalty))
    return (
        f"JSD = <b>{divergence:.6f}</b> (log 2 = {gan.LOG_2:.6f}), W₁ = |μ| = <b>{abs(mu):.2f}</b>.<br>"
        f"After {steps} steps the critics estimate W₁ as: clipped <b>{estimates[0]:.3f}</b> (off by an unknown "
        f"factor), penalised <b>{estimates[1]:.3f}</b>. The penalty is soft: its best slope is "
        f"1 + |μ|/(2λ), so it tends to {excess:.3f}."
    )


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
    held = "How strongly the second critic's slope is held at 1"
    learnt = "How long both critics have learnt; they start flat"
    controls = {
        "mu": slider("shift μ", "Where the fakes lie; the data lies at 0", mu, -REACH, REACH, 0.05),
        "width": slider("width", "Standard deviation of both; 0 makes them two points", width, 0.0, 1.5, 0.05),
        "clip": slider("clipping bound", "The first critic's weights stay within ± this", clip, 0.01, 0.5),
        "gradient_penalty": slider("gradient penalty λ", held, gradient_penalty, 0, 2, 0.05, log=True),
        "seed": slider("seed", "Decides the samples and the critics' first weights", seed, 0, 99, 1, integer=True),
        "steps": slider("critic steps", learnt, steps, 0, 200, 1, integer=True),
    }
    restart(controls["steps"], [control for name, control in controls.items() if name != "steps"])
    picture = _Picture()
    return Lab(
        "Wasserstein: a distance that does not go flat",
        "gan_lab.wasserstein",
        controls,
        partial(_update, picture, (Training(), Training())),
        figure=picture.figure,
        formula=FORMULA,
        presets=PRESETS,
        below=[transport(controls["steps"], stride=2)],
    )
