"""Two ways from one latent to another: straight (lerp) and along the sphere (slerp)."""

from functools import partial

import numpy as np

from animkit.theory import latents as theory
from widgets.labs.latent_space import checked_latents, decoded, draw_radii, on_paper
from widgets.parts.figure import COLOURS, LiveFigure, legend, nice_number, set_limits
from widgets.parts.lab import Lab, choice, passed_in, slider

FORMULA = (
    r"$$\mathrm{lerp}=(1-t)\,a+t\,b\qquad\mathrm{slerp}=\frac{\sin((1-t)\theta)\,a+\sin(t\theta)\,b}{\sin\theta}$$"
    "<p>In many dimensions the prior is a shell: almost no draw is near the origin. The straight line cuts through "
    "the inside, where the decoder was seldom trained; the arc stays on the shell.</p>"
)
PRESETS = {
    "midway, two characters": {"between": "characters", "share": 0.5},
    "midway, two draws of the prior": {"between": "prior", "share": 0.5},
}
STRIP = 7  # frames along the way
FINE = np.linspace(0.0, 1.0, 61)
WALKS = {"slerp": theory.slerp, "lerp": theory.lerp}
LOOKS = {"slerp": (COLOURS["blue"], "-", "o"), "lerp": (COLOURS["red"], "--", "s")}  # colour, line, marker


class _Picture:
    """A strip of frames for each way, the frame at the chosen share, and the distance from the origin along both.

    Args:
        decode: function z (count, latent_dim) -> frames (count, height, width, 4) uint8.
        latents: (examples, latent_dim).
    """

    def __init__(self, decode, latents):
        self.decode, self._ends = decode, None
        self.size = decoded(decode, latents[:1]).shape[1:3]
        self.expected_radius = theory.expected_radius(latents.shape[1])
        self.figure = LiveFigure(
            "Top: two rows of frames from one character to another, by slerp and by lerp, and the frame of each at the"
            " chosen share of the way. Bottom: the distance from the origin along both ways, and how it compares with"
            " that of draws from the prior.",
            mosaic=[["slerp", "slerp", "slerp_at"], ["lerp", "lerp", "lerp_at"], ["norm", "radius", "radius"]],
            height=540,
            ratios=[1.8, 1.2, 1.0],
        )
        norm, radius = self.figure.axes["norm"], self.figure.axes["radius"]
        self.norm = norm
        self.figure.seldom(norm.yaxis)
        draw_radii(radius, latents)
        self.strips, self.marks, self.frames, self.lines, self.dots, self.rules = {}, {}, {}, {}, {}, {}
        for name in LOOKS:
            self._draw_frames(name)
            self._draw_norm(name, norm, radius)
        self.expected = self.figure.moving(
            norm.plot(FINE, theory.expected_radius(latents.shape[1], FINE), ":", color="0.35", lw=2)[0]
        )
        self.expected.set_label("lerp, mean")
        norm.set(xlim=(-0.02, 1.02), xlabel="share of the way", ylabel="|z|")
        legend(norm, loc="lower right", ncols=3)
        legend(radius, loc="upper left", ncols=2)
        norm.set_ylim(0.0, 1.5)
        self.figure.redraw()

    def _draw_frames(self, name):
        strip, at, moving = self.figure.axes[name], self.figure.axes[f"{name}_at"], self.figure.moving
        height, width = self.size
        blank = np.zeros((height, STRIP * width, 4), np.uint8)
        self.strips[name] = moving(strip.imshow(blank, interpolation="nearest"))
        strip.set(xticks=[], yticks=[])
        strip.set_ylabel(name, fontsize=13)
        for spine in strip.spines.values():
            spine.set_visible(False)
        # under the strip, where it hides nothing
        look = {"color": LOOKS[name][0], "ms": 11, "clip_on": False, "scalex": False, "scaley": False}
        self.marks[name] = moving(strip.plot([0], [1.12 * height], "^", **look)[0])
        self.frames[name] = moving(at.imshow(np.zeros((height, width, 4), np.uint8), interpolation="nearest"))
        at.set_axis_off()

    def _draw_norm(self, name, norm, radius):
        colour, line, marker = LOOKS[name]
        self.lines[name], self.dots[name] = self.figure.moving(
            norm.plot(FINE, 0 * FINE, line, color=colour, lw=2.5, label=name)[0],
            norm.plot([0], [0], marker, color=colour, ms=10)[0],
        )
        self.rules[name] = self.figure.moving(radius.axvline(0, ymax=0.72, color=colour, lw=2.5, ls=line, label=name))

    def show_ways(self, ends):
        """Draw both ways between two latents (2, latent_dim), where they are others than before."""
        if self._ends is not None and np.array_equal(self._ends, ends):
            return
        shares = np.linspace(0.0, 1.0, STRIP)
        drawn = on_paper(decoded(self.decode, np.concatenate([walk(*ends, shares) for walk in WALKS.values()])))
        for (name, walk), row in zip(WALKS.items(), np.split(drawn, 2), strict=True):
            self.strips[name].set_data(row.swapaxes(0, 1).reshape(self.size[0], -1, 4))
            self.lines[name].set_ydata(np.linalg.norm(walk(*ends, FINE), axis=1))
        longest = max(*(line.get_ydata().max() for line in self.lines.values()), self.expected_radius)
        set_limits(self.norm, ylim=(0.0, nice_number(1.1 * longest)))
        self._ends = ends

    def show_share(self, share, z):
        """Draw the latents z (2, latent_dim) that both ways reach at a share of them."""
        for name, place, picture in zip(WALKS, z, on_paper(decoded(self.decode, z)), strict=True):
            length = np.linalg.norm(place)
            self.frames[name].set_data(picture)
            self.marks[name].set_xdata([(0.5 + share * (STRIP - 1)) * self.size[1] - 0.5])
            self.dots[name].set_data([share], [length])
            self.rules[name].set_xdata([length, length])


def _controls(count, between, start, end, seed, share):
    whole = {"integer": True, "step": 1}
    return {
        "between": choice(
            "walk between",
            "Two of the latents given, or two draws of N(0, I)",
            [("two characters", "characters"), ("two draws of the prior", "prior")],
            between,
        ),
        "start": slider("from character", "Number of an example", min(start, count - 1), 0, count - 1, **whole),
        "end": slider("to character", "Number of an example", min(end, count - 1), 0, count - 1, **whole),
        "seed": slider("seed", "Decides the two draws", seed, 0, 99, **whole),
        "share": slider("share of the way", "0 is the start, 1 the end", share, 0.0, 1.0),
    }


def _update(picture, controls, latents, between, start, end, seed, share):
    dimension, prior = latents.shape[1], between == "prior"
    for name, used in (("start", not prior), ("end", not prior), ("seed", prior)):
        controls[name].layout.display = None if used else "none"
    ends = np.random.default_rng(seed).standard_normal((2, dimension)) if prior else latents[[start, end]]
    picture.show_ways(ends)
    z = np.stack([walk(*ends, [share])[0] for walk in WALKS.values()])
    picture.show_share(share, z)
    picture.expected.set_visible(prior)
    picture.figure.update()
    slerp, lerp = np.linalg.norm(z, axis=1)
    first, last = np.linalg.norm(ends, axis=1)
    return (
        f"|z| at the ends {first:.3f} and {last:.3f}; at {share:.2f} of the way slerp has "
        f"<b>{slerp:.3f}</b>, lerp <b>{lerp:.3f}</b>.<br>A draw from the prior has "
        f"{picture.expected_radius:.3f} on average, and at {lerp:.3f} the density of |z| is "
        f"{theory.radius_density(lerp, dimension):.3g}, against "
        f"{theory.radius_density(slerp, dimension):.3g} where slerp is."
    )


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
    latents = checked_latents(latents)
    picture, controls = _Picture(decode, latents), _controls(len(latents), between, start, end, seed, share)
    return Lab(
        "Two ways through latent space",
        "vae_lab.latent_walk",
        controls,
        partial(_update, picture, controls, latents),
        figure=picture.figure,
        formula=FORMULA,
        presets=PRESETS,
        more_state=lambda: passed_in(decode=decode, latents=latents),
    )
