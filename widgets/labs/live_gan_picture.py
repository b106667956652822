"""The picture of the live GAN: the plane with its layers, and beside it losses, divergences and modes over time."""

import numpy as np
from contourpy import contour_generator
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap
from scipy.special import expit

from animkit.theory import point_gan
from animkit.theory.gan import LOG_2
from widgets.parts.figure import COLOURS, LiveFigure, legend_above
from widgets.parts.theme import as_drawn

LIMIT = 1.2
SHOWN = 300  # points of each kind
ARROWS = 60
CELLS = 48
MAP_COLOURS = LinearSegmentedColormap.from_list("fake to real", ["#F7CBA8", "#FFFFFF", "#A5D0EC"], N=15)


def _belief(output, loss):
    """What D thinks of each place, from 0 (fake) to 1 (real); other outputs are scaled to that range."""
    if loss in ("minimax", "non_saturating"):
        return expit(output)
    if loss == "least_squares":
        return np.clip(output, 0.0, 1.0)
    low, high = output.min(), output.max()
    return (output - low) / max(high - low, 1e-12)


class LiveGANPicture:
    """The plane with its layers, and beside it the losses, the divergences and the modes over time."""

    def __init__(self):
        self.figure = LiveFigure(
            "Left: the plane with data points (blue circles), fakes (red triangles), the discriminator's belief as"
            " colour with a dashed line where it is one half, the generator's net and arrows along which fakes move."
            " Right, from above: losses, KL and JS estimates, and how many fakes each mode of the data gets.",
            mosaic=[["plane", "loss"], ["plane", "distance"], ["plane", "modes"]],
            height=560,
            ratios=[1.45, 1.0],
        )
        self._make_plane(self.figure.axes["plane"])
        self._make_courses(*(self.figure.axes[name] for name in ("loss", "distance", "modes")))
        self._limits, self._count = {}, 8
        self.clear()
        self.draw()  # the layout is found here, and so does not depend on the first game

    def _make_plane(self, axes):
        moving, extent = self.figure.moving, (-LIMIT, LIMIT, -LIMIT, LIMIT)
        self.heat = moving(
            axes.imshow(np.zeros((CELLS, CELLS, 4), "uint8"), extent=extent, origin="lower", interpolation="nearest")
        )
        self.border = moving(axes.add_collection(LineCollection([], colors="0.25", linestyles="--", linewidths=1.5)))
        self.net = moving(axes.add_collection(LineCollection([], colors="0.35", linewidths=0.8)))
        self.real = moving(axes.plot([], [], "o", color=COLOURS["blue"], ms=5, mfc="none", label="data")[0])
        self.fake = moving(axes.plot([], [], "^", color=COLOURS["red"], ms=6, mec="black", mew=0.5, label="fakes")[0])
        zeros = np.zeros(ARROWS)
        self.arrows = moving(
            axes.quiver(zeros, zeros, zeros, zeros, color="black", angles="xy", scale_units="xy", scale=1, width=0.004)
        )
        as_drawn(self.border, self.net, self.fake, self.arrows)
        axes.plot([], [], "--", color="0.25", label="D undecided")
        axes.set(xlim=(-LIMIT, LIMIT), ylim=(-LIMIT, LIMIT), aspect="equal")
        legend_above(axes, borderaxespad=0.5)

    def _make_courses(self, loss, distance, modes):
        moving = self.figure.moving
        self.d_loss = moving(loss.plot([], [], color=COLOURS["blue"], lw=2, label="D's loss")[0])
        self.g_loss = moving(loss.plot([], [], "--", color=COLOURS["red"], lw=2, label="G's loss")[0])
        self.kl = moving(distance.plot([], [], "-.", color=COLOURS["green"], lw=2, label="KL")[0])
        self.js = moving(distance.plot([], [], color=COLOURS["black"], lw=2, label="JS")[0])
        self.floor = moving(distance.plot([0, 1e9], [0, 0], ":", color="0.45", lw=2, label="JS of data alone")[0])
        distance.axhline(LOG_2, color="0.75", lw=1)
        self.bars = moving(*modes.bar(np.arange(25) + 1, np.zeros(25), color=COLOURS["sky"], edgecolor="0.2"))
        self.share = moving(modes.axhline(0, color="0.3", ls="--", lw=1.5))
        loss.set(ylabel="nats", xlabel="update")
        distance.set(ylabel="nats", xlabel="update")
        modes.set(ylabel="% of fakes", xlabel="mode (dashed: fair share)")
        for axis in (loss, distance):
            legend_above(axis, bbox_to_anchor=(0.5, 0.93), borderaxespad=0.1)

    def clear(self):
        """Take the axes back to where a new game starts."""
        limits = {"update": (0.0, 200.0), "loss": (0.0, 2.0), "distance": (0.0, 2.0), "modes": self._mode_limits()}
        if limits != self._limits:
            self._limits, self._stale = limits, True

    def _mode_limits(self):
        return 0.0, 240.0 / self._count

    def _fit(self, name, values):
        """Widen an axis that its values have left; seldom, since it costs a whole drawing."""
        low, high = self._limits[name]
        values = np.asarray(values)[np.isfinite(values)]
        if len(values) and (values.min() < low or values.max() > high):
            low = min(low, 2.0 * values.min())
            while high < values.max():
                high *= 2.0
            self._limits[name] = low, high
            self._stale = True

    def show_points(self, data, fakes):
        """Some points of both kinds."""
        self.real.set_data(*data[:SHOWN].T)
        self.fake.set_data(*fakes[:SHOWN].T)

    def show_layers(self, game, data, noise, values):
        """The layers that the lab's values ask for: points, D's belief, G's net and the arrows."""
        for artist in (self.real, self.fake):
            artist.set_visible(values["show_samples"])
        for artist in (self.heat, self.border):
            artist.set_visible(values["show_belief"])
        self.net.set_visible(values["show_manifold"])
        self.arrows.set_visible(values["show_arrows"])
        if values["show_belief"]:
            axis = np.linspace(-LIMIT, LIMIT, CELLS + 1)[:-1] + LIMIT / CELLS
            belief = _belief(point_gan.discriminator_map(game, axis, axis), values["loss"])
            # coloured here, cell by cell: matplotlib would do it pixel by pixel
            self.heat.set_data(MAP_COLOURS((belief - 0.15) / 0.7, bytes=True))
            self.border.set_segments(contour_generator(axis, axis, belief).lines(0.5))
        if values["show_manifold"]:
            net = point_gan.generator_manifold(game)
            self.net.set_segments([net] if net.ndim == 2 else [*net, *net.transpose(1, 0, 2)])
        if values["show_arrows"]:
            places, pulls = point_gan.gradients_at_fakes(game, noise[:ARROWS], data, loss=values["loss"])
            pulls = 0.25 * pulls / max(np.linalg.norm(pulls, axis=1).max(), 1e-12)
            self.arrows.set_offsets(places)
            self.arrows.set_UVC(*pulls.T)

    def show_modes(self, percent):
        """Bars of how many fakes each mode got."""
        if len(percent) != self._count:
            self._count, self._stale = len(percent), True
            self._limits["modes"] = self._mode_limits()
        self._fit("modes", percent)
        for bar, height in zip(self.bars, np.append(percent, np.zeros(25 - len(percent))), strict=True):
            bar.set_height(height)
        self.share.set_ydata([100.0 / len(percent)] * 2)

    def show_history(self, history, floor):
        """Lines over time, and the JS of the data with itself."""
        self.floor.set_ydata([floor, floor])
        update, d_loss, g_loss, kl, js = np.array(history).T if history else np.zeros((5, 0))
        for line, values in ((self.d_loss, d_loss), (self.g_loss, g_loss), (self.kl, kl), (self.js, js)):
            line.set_data(update, values)
        self._fit("update", update)
        self._fit("loss", np.concatenate([d_loss, g_loss]))
        self._fit("distance", np.concatenate([kl, js]))

    def draw(self):
        """Send the picture."""
        if not self._stale:
            self.figure.update()
            return
        axes = self.figure.axes
        for name in ("loss", "distance"):
            axes[name].set(xlim=self._limits["update"], ylim=self._limits[name])
        axes["modes"].set(xlim=(0.3, self._count + 0.7), ylim=self._limits["modes"])
        self._stale = False
        self.figure.redraw()
