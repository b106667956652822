"""Two players, the Dirac-GAN: the smallest game there is, and whether it settles, circles or runs away."""

from functools import partial

import numpy as np

from animkit.theory import gan
from widgets.parts.figure import COLOURS, LiveFigure, legend_above
from widgets.parts.lab import Lab, choice, slider, transport

REACH = 2.5  # of the phase plane
MESH = np.meshgrid(*[np.linspace(-REACH, REACH, 17)] * 2)
RADIUS_SLACK = 1e-9

FORMULA = (
    r"$$D(x)=\psi x,\quad x_{\mathrm{real}}=0,\quad x_{\mathrm{fake}}=\theta:\qquad"
    r"\begin{pmatrix}\psi\\\theta\end{pmatrix}_{t+1}\approx J\begin{pmatrix}\psi\\\theta\end{pmatrix}_t,\qquad"
    r"\rho(J)=\max_i|\lambda_i(J)|$$"
    "<p>The smallest GAN there is: the data is one point at 0, the fake one point at θ, and D a line of slope ψ. "
    "Whether the players come to rest at (0, 0) is decided by the eigenvalues of one round.</p>"
)
PLAIN = {"loss": "minimax", "psi": 0.5, "theta": 1.0, "n_critic": 1, "learning_rate": 0.3, "r1": 0.0, "steps": 100}
PRESETS = {
    "simultaneous: runs away": {**PLAIN, "order": "simultaneous"},
    "alternating: circles": {**PLAIN, "order": "alternating"},
    "simultaneous with R1: settles": {**PLAIN, "order": "simultaneous", "r1": 1.0},
    "alternating with R1: settles": {**PLAIN, "order": "alternating", "r1": 1.0},
    "five steps of D, with R1": {**PLAIN, "order": "alternating", "n_critic": 5, "r1": 0.3},
    "non-saturating: a limit cycle": {**PLAIN, "order": "simultaneous", "loss": "non_saturating", "steps": 300},
    "Wasserstein, no penalty": {**PLAIN, "order": "simultaneous", "loss": "wasserstein"},
}


class _Picture:
    """The phase plane with the game's path, the eigenvalues of a round, and the distance from the equilibrium."""

    def __init__(self):
        self.figure = LiveFigure(
            "Left: the phase plane of the two players, with the field of their downhill directions and the path of the"
            " game. Top right: the two eigenvalues of one round at the equilibrium beside the unit circle. Bottom"
            " right: distance from the equilibrium after each round.",
            mosaic=[["plane", "eigenvalues"], ["plane", "distance"]],
            height=500,
            ratios=[1.35, 1.0],
        )
        plane, circle, distance = (self.figure.axes[name] for name in ("plane", "eigenvalues", "distance"))
        moving, blue, red, black = self.figure.moving, COLOURS["blue"], COLOURS["red"], COLOURS["black"]
        self.arrows = moving(
            plane.quiver(*MESH, *np.ones((2, 17, 17)), color="0.7", angles="xy", scale=26, width=0.004, pivot="mid")
        )
        self.path, self.start, self.now = moving(
            plane.plot([0], [0], ".-", color=blue, lw=1.5, ms=5, label="path")[0],
            plane.plot([0], [0], "s", color=black, ms=10, label="start")[0],
            plane.plot([0], [0], "o", color=red, ms=11, label="now")[0],
        )
        plane.plot([0], [0], "+", color=black, ms=16, mew=2.5, label="equilibrium")
        plane.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH), xlabel="ψ, slope of D", ylabel="θ, position of the fake")
        legend_above(plane, ncols=4)
        turn = np.linspace(0.0, 2.0 * np.pi, 200)
        circle.plot(np.cos(turn), np.sin(turn), "--", color="grey", lw=1.5, label="unit circle")
        self.eigenvalues = moving(circle.plot([0], [0], "X", color=red, ms=12, label="eigenvalues")[0])
        circle.set(xlim=(-2.2, 2.2), ylim=(-1.35, 1.35), aspect="equal", xlabel="real", ylabel="imaginary")
        legend_above(circle)
        self.away, self.away_now = moving(
            distance.plot([0], [1], color=blue, lw=2)[0],
            distance.plot([0], [1], "o", color=red, ms=10)[0],
        )
        distance.set(xlim=(0, 300), ylim=(1e-4, 1e2), yscale="log", xlabel="round", ylabel="distance from (0, 0)")

    def show(self, walked, field, eigenvalues):
        """The path (rounds + 1, 2), the field (2, 17, 17) and the eigenvalues (2,)."""
        # the longest are shortened, so that the short ones can be seen as well
        self.arrows.set_UVC(*(field / np.maximum(1.0, np.linalg.norm(field, axis=0))))
        self.path.set_data(*walked.T)
        self.start.set_data(*walked[:1].T)
        self.now.set_data(*walked[-1:].T)
        self.eigenvalues.set_data(eigenvalues.real, eigenvalues.imag)
        lengths = np.linalg.norm(walked, axis=1)
        self.away.set_data(np.arange(len(walked)), lengths)
        self.away_now.set_data([len(walked) - 1], lengths[-1:])
        self.figure.update()


def _verdict(radius):
    if radius < 1.0 - RADIUS_SLACK:
        return "<b>below 1</b>: near the equilibrium the game settles"
    if radius > 1.0 + RADIUS_SLACK:
        return "<b>above 1</b>: near the equilibrium the game runs away"
    return "<b>exactly 1</b>: to first order the game neither settles nor runs away"


def _complex(value):
    """A complex number as text, without its imaginary part where there is none."""
    imaginary = f" {'+' if value.imag > 0 else '−'} {abs(value.imag):.3f}i" if abs(value.imag) > 1e-12 else ""
    return f"{value.real:.3f}{imaginary}"


def _update(picture, loss, order, n_critic, learning_rate, r1, psi, theta, steps):
    n_critic = n_critic if order == "alternating" else 1
    rules = {"loss": loss, "learning_rate": learning_rate, "order": order, "n_critic": n_critic, "r1": r1}
    walked = gan.dirac_trajectory(psi, theta, steps, **rules)
    jacobian = gan.dirac_jacobian(**rules)
    radius, eigenvalues = gan.spectral_radius(jacobian), np.linalg.eigvals(jacobian).astype(complex)
    picture.show(walked, np.stack(gan.dirac_field(*MESH, loss=loss, r1=r1)), eigenvalues)
    rows = ", ".join(f"[{row[0]:.3f}, {row[1]:.3f}]" for row in jacobian)
    first, last = np.linalg.norm(walked[[0, -1]], axis=1)
    return (
        f"One round at (0, 0) has Jacobian [{rows}], eigenvalues {' and '.join(map(_complex, eigenvalues))}, spectral "
        f"radius ρ = <b>{radius:.6f}</b>, {_verdict(radius)}.<br>After {steps} rounds ψ = {walked[-1, 0]:.4g}, "
        f"θ = {walked[-1, 1]:.4g}; the distance went from {first:.3f} to {last:.4g}."
    )


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
    turns = "Simultaneous: both move at once. Alternating: G answers the D that has just moved"
    controls = {
        "loss": choice("loss", "What both players minimise", list(gan.DIRAC_LOSSES), loss),
        "order": choice("order", turns, ["simultaneous", "alternating"], order),
        "n_critic": slider("D steps per G step", "n_critic; alternating only", n_critic, 1, 5, 1, integer=True),
        "learning_rate": slider("learning rate", "Of both players, per round", learning_rate, 0.01, 1.0),
        "r1": slider("R1 penalty", "Weight of the squared slope of D on real data", r1, 0.0, 3.0),
        "psi": slider("start: ψ", "D's slope at the start; or drag the square", psi, -REACH, REACH),
        "theta": slider("start: θ", "G's position at the start; or drag the square", theta, -REACH, REACH),
        "steps": slider("rounds", "How many rounds have been played", steps, 0, 300, 1, integer=True),
    }
    picture = _Picture()
    lab = Lab(
        "Two players",
        "gan_lab.two_players",
        controls,
        partial(_update, picture),
        figure=picture.figure,
        formula=FORMULA,
        presets=PRESETS,
        below=[transport(controls["steps"])],
        idle=lambda order, **_: {"n_critic": "both step once"} if order == "simultaneous" else {},
    )
    lab.drag = picture.figure.on_pointer(
        lambda x, y, phase: lab.set(psi=round(x, 2), theta=round(y, 2)), axes=picture.figure.axes["plane"]
    )
    return lab
