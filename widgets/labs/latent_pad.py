"""The latent pad: drag in a plane of latent space, and the decoder draws what is there."""

from functools import partial
from typing import NamedTuple

import numpy as np
from matplotlib.patches import Polygon
from matplotlib.patheffects import withStroke

from animkit.theory import latents as theory
from animkit.theory.vae import log_gaussian
from widgets.labs.latent_space import checked_latents, decoded, draw_radii, on_paper
from widgets.parts.figure import COLOURS, INK, LiveFigure, legend
from widgets.parts.lab import Lab, choice, passed_in, slider, within
from widgets.parts.theme import as_drawn

REACH = 3.0  # the pad goes from -3 to 3
FORMULA = (
    r"$$x=\mathrm{decode}(z),\qquad z=\bar z+u\,d_1+v\,d_2\quad\mathrm{or}\quad z=\sum_i w_i z_i$$"
    "<p>Every place on the pad is a character. Near the latents of real ones the decoder draws well; in the holes "
    "between them, where the prior has mass but no data ever was, it has to make something up.</p>"
)
PRESETS = {
    "middle": {"pad": "directions", "across": 1, "up": 2, "u": 0.0, "v": 0.0},
    "far out": {"pad": "directions", "u": 3.0, "v": 3.0},
    "midway between four": {"pad": "four", "u": 0.0, "v": 0.0},
    "midway between three": {"pad": "three", "u": 0.0, "v": -1.0},
}
CELLS = 7  # pictures along each side of the pad
PLACES = 25  # densities along each side
EDGE = REACH * (1.0 + 1.0 / (CELLS - 1))  # half a picture beyond the outermost places
MOST_EXAMPLES = 256  # in the density
KINDS = [("two directions", "directions"), ("three characters", "three"), ("four characters", "four")]
CORNERS = ("bottom left", "bottom right", "top left, or top of three", "top right")
TRIANGLE = REACH * np.array([(-1, -1), (1, -1), (0, 1)])
SQUARE = REACH * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])


class _Plane(NamedTuple):
    """What spans the pad: "directions", "three" or "four" corners, and the numbers of those."""

    kind: str
    chosen: tuple


class _Space:
    """Latents of the data, the directions that a pad may have, and how dense the data lies.

    Args:
        latents: (examples, latent_dim).
        log_variances: (examples, latent_dim), or None.
        directions: (count, latent_dim), or None for the principal components.
    """

    def __init__(self, latents, log_variances, directions):
        self.latents = checked_latents(latents)
        shape, self.centre = self.latents.shape, self.latents.mean(axis=0)
        if log_variances is not None and np.shape(log_variances) != shape:
            raise ValueError(f"log_variances must have the shape of latents {shape}; got {np.shape(log_variances)}")
        self.unit = "standard deviations" if directions is None else "its own lengths"
        if directions is None:
            _, lengths, rows = np.linalg.svd(self.latents - self.centre, full_matrices=False)
            directions = (rows * lengths[:, None] / np.sqrt(shape[0]))[: min(shape[0] - 1, 16)]
        self.directions = np.asarray(directions, dtype=float)
        fits = self.directions.ndim == 2 and self.directions.shape[1] == shape[1]
        if not fits or not np.all(np.isfinite(self.directions)):
            raise ValueError(f"directions must be finite, (count, {shape[1]}); got {self.directions.shape}")
        self.log_variances = None if log_variances is None else np.asarray(log_variances)

    def at(self, places, plane):
        """Latents at places (count, 2) of the pad, and which of these lie on it."""
        if plane.kind == "directions":
            rows = self.directions[[number - 1 for number in plane.chosen]]
            return self.centre + places @ rows, np.ones(len(places), bool)
        weights, on = _corner_weights(places, plane.kind)
        return weights @ self.latents[list(plane.chosen)], on

    def log_density(self, z):
        """Of the posteriors of all examples together, (count,) nats."""
        thinned = slice(None, None, -(-len(self.latents) // MOST_EXAMPLES))
        return theory.aggregate_log_density(z, self.latents[thinned], self.log_variances[thinned])


def _corner_weights(places, kind):
    """How much of each corner is at places (count, 2), and which places lie on the pad."""
    s, t = ((places + REACH) / (2.0 * REACH)).T
    if kind == "four":
        return np.stack([(1 - s) * (1 - t), s * (1 - t), (1 - s) * t, s * t], axis=1), np.ones(len(s), bool)
    weights = np.stack([1.0 - s - 0.5 * t, s - 0.5 * t, t], axis=1)
    on = weights.min(axis=1) > -1e-9
    weights = np.maximum(weights, 0.0)
    return weights / weights.sum(axis=1, keepdims=True), on


def _grid(across, up):
    return np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)


class _Picture:
    """The pad with what lies there, the character at the pointer, and how far its latent is from the origin.

    Args:
        space: _Space.
        decode: function z (count, latent_dim) -> frames (count, height, width, 4) uint8.
    """

    def __init__(self, space, decode):
        self.space, self.decode, self._drawn = space, decode, None
        self.size = decoded(decode, space.centre[None]).shape[1:3]
        self.figure = LiveFigure(
            "Left: a pad that covers a plane of latent space, with what lies there. Top right: the character at the"
            " pointer. Bottom right: the distance of its latent from the origin, beside that of draws from the prior.",
            mosaic=[["pad", "frame"], ["pad", "frame"], ["pad", "radius"]],
            height=540,
            ratios=[1.3, 1.0],
        )
        self.pad, frame, radius = (self.figure.axes[name] for name in ("pad", "frame", "radius"))
        self._draw_pad(self.pad)
        self.frame = self.figure.moving(frame.imshow(np.zeros((*self.size, 4), np.uint8), interpolation="nearest"))
        frame.set_axis_off()
        draw_radii(radius, space.latents)
        self.radius = self.figure.moving(
            radius.axvline(0, ymax=0.72, color=COLOURS["red"], lw=3, ls="--", label="here")
        )
        legend(radius, loc="upper left", ncols=3, columnspacing=1.0)
        self.figure.redraw()

    def _draw_pad(self, axes):
        extent = (-EDGE, EDGE) * 2
        self.density = axes.imshow(
            np.zeros((PLACES, PLACES)), origin="lower", extent=extent, cmap=INK, vmin=0, vmax=1.3,
            interpolation="bilinear",
        )  # fmt: skip
        blank = np.zeros((CELLS * self.size[0], CELLS * self.size[1], 4), np.uint8)
        self.sheet = axes.imshow(blank, extent=extent, interpolation="nearest")
        (self.outline,) = axes.plot([0], [0], color=COLOURS["black"], lw=1.5)
        # texts of their own, as an axis is drawn again with all its ticks; they hold their place in the layout
        middle = {"transform": axes.transAxes, "ha": "center"}
        self.across = axes.text(0.5, -0.07, "blend", va="top", **middle)
        self.up = axes.text(-0.09, 0.5, "direction", va="center", rotation=90, **middle)
        self.figure.seldom(self.density, self.sheet, self.outline, self.across, self.up)
        self.marks = self.figure.moving(
            axes.plot([0], [0], "o", color=COLOURS["red"], ms=16, mfc="none", mew=3)[0],
            axes.plot([0], [0], "+", color=COLOURS["red"], ms=16, mew=2)[0],
        )
        as_drawn(*self.marks)
        for mark in self.marks:  # seen on any character
            mark.set_path_effects([withStroke(linewidth=6, foreground="white")])
        axes.set(xlim=(-EDGE, EDGE), ylim=(-EDGE, EDGE), aspect="equal")

    def show(self, place, z, plane, background):
        """Draw the character at a place, and the pad behind it where it is another."""
        self.frame.set_data(on_paper(decoded(self.decode, z[None]))[0])
        for mark in self.marks:
            mark.set_data(*place[:, None])
        radius = np.linalg.norm(z)
        self.radius.set_xdata([radius, radius])
        if self._drawn != (plane, background):
            self._drawn = plane, background
            self.sheet.set_visible(background in ("characters", "both"))
            self.density.set_visible(background in ("density", "both"))
            if self.sheet.get_visible():
                self._show_characters(plane)
            if self.density.get_visible():
                self._show_density(plane)
            self._show_frame(plane)

    def _show_characters(self, plane):
        axis = np.linspace(-REACH, REACH, CELLS)
        z, on = self.space.at(_grid(axis, axis[::-1]), plane)
        cells = decoded(self.decode, z) * on[:, None, None, None]
        height, width = self.size
        cells = cells.reshape(CELLS, CELLS, height, width, 4).swapaxes(1, 2)
        self.sheet.set_data(cells.reshape(CELLS * height, CELLS * width, 4))

    def _show_density(self, plane):
        axis = np.linspace(-EDGE, EDGE, PLACES)
        z, _ = self.space.at(_grid(axis, axis), plane)
        log_q = self.space.log_density(z)
        # a distance in standard deviations rather than nats, in which one narrow posterior would hide the rest
        far = np.sqrt(np.maximum(log_q.max() - log_q, 0.0))
        near = 1.0 - far / max(far.max(), 1e-9)
        self.density.set_data(near.reshape(PLACES, PLACES))

    def _show_frame(self, plane):
        corners = TRIANGLE if plane.kind == "three" else SQUARE
        self.outline.set_data(*corners[[*range(len(corners)), 0]].T)
        self.outline.set_visible(plane.kind != "directions")
        if plane.kind == "directions":
            self.density.set_clip_path(self.pad.patch)
            self.across.set_text(f"direction {plane.chosen[0]}, {self.space.unit}")
            self.up.set_text(f"direction {plane.chosen[1]}")
        else:
            self.density.set_clip_path(Polygon(corners, transform=self.pad.transData))
            self.across.set_text("blend of the characters at the corners")
            self.up.set_text("")


def _controls(space, pad, background, across, up, corners, u, v):
    whole, count, directions = {"integer": True, "step": 1}, len(space.latents), len(space.directions)
    backgrounds = ["characters", "plain"] if space.log_variances is None else ["characters", "density", "both", "plain"]
    explained = "1 is the one along which latents differ most"
    return {
        "pad": choice("pad spanned by", "Two directions from the middle, or characters at the corners", KINDS, pad),
        "background": choice(
            "background", "Decoded characters, or how dense the data's latents lie", backgrounds, background
        ),
        "across": slider("direction across", explained, across, 1, directions, **whole),
        "up": slider("direction up", explained, up, 1, directions, **whole),
        **{
            f"corner_{number}": slider(
                f"character {number}", f"Number of the character {corner}", min(start, count - 1), 0, count - 1, **whole
            )
            for number, (corner, start) in enumerate(zip(CORNERS, corners, strict=True), start=1)
        },
        "u": slider("u, across", "Where on the pad, −3 to 3; or drag on it", u, -REACH, REACH),
        "v": slider("v, up", "Where on the pad, −3 to 3; or drag on it", v, -REACH, REACH),
    }


def _show_used(controls, kind):
    """Hide the controls that this kind of pad does not have."""
    corners = {"directions": "", "three": "123", "four": "1234"}[kind]
    for name, control in controls.items():
        used = name in ("pad", "background", "u", "v") or (
            name in ("across", "up") if kind == "directions" else name[-1] in corners
        )
        control.layout.display = None if used else "none"


def _update(picture, controls, pad, background, across, up, corner_1, corner_2, corner_3, corner_4, u, v):
    corners = corner_1, corner_2, corner_3, corner_4
    plane = _Plane(pad, {"directions": (across, up), "three": corners[:3], "four": corners}[pad])
    _show_used(controls, pad)
    place, space = np.array([u, v]), picture.space
    z = space.at(place[None], plane)[0][0]
    if pad == "directions":
        blend = f"mean {u:+.2f} · direction {across} {v:+.2f} · direction {up}"
    else:
        weights = _corner_weights(place[None], pad)[0][0]
        blend = " + ".join(f"{w:.2f} · z({c})" for w, c in zip(weights, plane.chosen, strict=True))
        if pad == "three":  # a pointer beside the triangle is brought back onto it
            place = weights @ TRIANGLE
    picture.show(place, z, plane, background)
    picture.figure.update()
    return (
        f"z = {blend}; |z| = <b>{np.linalg.norm(z):.3f}</b>, a draw from the prior has "
        f"{theory.expected_radius(len(z)):.3f} on average.{_hole(space, z)}"
    )


def _hole(space, z):
    """Say whether the data is where the prior comes to; nothing without posteriors."""
    if space.log_variances is None:
        return ""
    log_q = float(space.log_density(z[None])[0])
    log_p = float(log_gaussian(z, np.zeros(len(z)), np.eye(len(z))))
    verdict = "a hole: the prior comes here, the data does not" if log_q < log_p else "the data is at home here"
    return (
        f"<br>log q(z) of all examples together − log p(z) = {log_q:.1f} − ({log_p:.1f}) = "
        f"<b>{log_q - log_p:.1f}</b> nats: {verdict}."
    )


def _drag(lab, x, y, phase):
    u, v = lab.controls["u"], lab.controls["v"]
    lab.set(u=within(u, round(x, 2)), v=within(v, round(y, 2)))


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
    space = _Space(latents, log_variances, directions)
    picture = _Picture(space, decode)
    controls = _controls(space, pad, background, across, up, (corner_1, corner_2, corner_3, corner_4), u, v)
    middle = {"up": min(PRESETS["middle"]["up"], len(space.directions))}
    lab = Lab(
        "Latent pad",
        "vae_lab.latent_pad",
        controls,
        partial(_update, picture, controls),
        figure=picture.figure,
        formula=FORMULA,
        presets=PRESETS | {"middle": PRESETS["middle"] | middle},
        more_state=lambda: passed_in(
            decode=decode, latents=latents, log_variances=log_variances, directions=directions
        ),
    )
    lab.drag = picture.figure.on_pointer(partial(_drag, lab), axes=picture.pad)
    return lab
