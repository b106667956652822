"""One persistent matplotlib figure whose moving parts are blitted into a picture, and what the plots of labs share."""

import io
import threading

import ipywidgets
import matplotlib
import numpy as np
import traitlets
from ipyevents import Event
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap, to_rgba
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from widgets.parts.theme import ThemedCanvas, follow_theme

# Okabe and Ito's colours can be told apart with any colour vision; each also has a line style or marker of its own.
COLOURS = {
    "black": "#000000",
    "orange": "#E69F00",
    "sky": "#56B4E9",
    "green": "#009E73",
    "yellow": "#F0E442",
    "blue": "#0072B2",
    "red": "#D55E00",
    "pink": "#CC79A7",
}
# the more, the bluer, from nothing: on a light page and on a dark one
INK = LinearSegmentedColormap.from_list("ink", [to_rgba(COLOURS["blue"], opacity) for opacity in (0.0, 1.0)])

DPI = 100
SMALLEST = 11  # points of any text in a figure: what a room can read on a projector
WIDTH = 800  # pixels of a plot beside its controls; it is drawn larger where there is room

BESIDES = 320  # pixels of the height that JupyterLab, formula, numbers and state line take

# held while any figure is drawn: matplotlib reads all formulas by one parser, and refuses them where two threads do so
# at a time. JupyterLab sends a widget that is first touched to the kernel's main thread, later on to a subshell's
DRAWING = threading.RLock()


class Picture(ipywidgets.Image):
    """An image that may have a tooltip: its view in the browser shows one only beside an empty description."""

    description = traitlets.Unicode().tag(sync=True)


class LiveFigure:
    """A figure drawn once; `update` redraws only what was named `moving`, then sends one PNG to the browser.

    Args:
        alt: what the picture shows, for those who cannot see it.
        columns: axes side by side.
        rows: axes above each other.
        width: pixels.
        height: pixels.
        ratios: relative widths of the columns, or None.
        mosaic: names of the axes, row by row, as in matplotlib's `subplot_mosaic`; then `axes` is a dict by name.
        besides: pixels of the screen's height that it leaves to others.

    Raises:
        ValueError: when `alt` is empty.
    """

    def __init__(self, alt, *, columns=1, rows=1, width=WIDTH, height=340, ratios=None, mosaic=None, besides=BESIDES):
        if not alt.strip():
            raise ValueError("alt is empty: say what the picture shows")
        with matplotlib.rc_context({"font.size": SMALLEST, "axes.spines.top": False, "axes.spines.right": False}):
            self.figure = Figure(figsize=(width / 100, height / 100), dpi=DPI, layout="constrained")
            self.canvas = ThemedCanvas(self.figure)
            grid = {"width_ratios": ratios} if ratios else None
            if mosaic:
                self.axes = self.figure.subplot_mosaic(mosaic, gridspec_kw=grid)
            else:
                self.axes = self.figure.subplots(rows, columns, squeeze=False, gridspec_kw=grid).ravel()
        self.alt = alt
        self.widget = Picture(format="png", width=width, height=height)
        self.widget.plot = self
        self.widget.add_class("animkit-figure")
        self.widget.layout.max_width = (
            f"calc(max(220px, 100vh - {besides}px + var(--animkit-spare, 0px)) * {width / height:.4f})"
        )
        # ipywidgets.Image has no alt attribute; the tooltip is what its view gives to screen readers
        self.widget.tooltip = alt
        self._moving, self._seldom = [], []
        self.behind = []  # kept artists, drawn under the moving ones
        self.pointed = None  # axes on which the pointer is followed
        self._background = self._kept = None
        follow_theme(self)

    def enlarge(self, scale):
        """Draw the same at another size: sharp, with larger type on a larger picture.

        Args:
            scale: factor on the width and height given.
        """
        with DRAWING:
            if self.figure.dpi != DPI * scale:
                self.figure.dpi = DPI * scale
                self.redraw()

    def moving(self, *artists):
        """Name artists that change at every update.

        Args:
            artists: matplotlib artists of this figure.

        Returns:
            The one artist, or the tuple of them, so that the call can wrap their making.
        """
        return self._take(artists, self._moving)

    def seldom(self, *artists):
        """Name artists that change at few updates, such as an axis whose limits move by steps, or a slow picture.

        They lie under the moving ones and are drawn again only when one of them has been changed; setting limits
        counts as a change even when they stay the same.

        Args:
            artists: matplotlib artists of this figure; an axis (`axes.yaxis`) is one.

        Returns:
            The one artist, or the tuple of them.
        """
        return self._take(artists, self._seldom)

    def artists(self):
        """List what was named seldom or moving, in the order in which it is drawn."""
        return [*self._seldom, *self._moving]

    def _take(self, artists, kind):
        for artist in artists:
            artist.set_animated(True)
            kind.append(artist)
        return artists[0] if len(artists) == 1 else artists

    def _draw(self, artists):
        for artist in artists:
            if artist.get_visible():
                artist.axes.draw_artist(artist) if artist.axes else self.figure.draw_artist(artist)
            artist.stale = False

    def _enlarge(self):
        """Let no text be smaller than can be read."""
        for axes in self.figure.axes:
            axes.tick_params(which="both", labelsize=SMALLEST)  # also of ticks that are yet to come
        for text in self.figure.findobj(Text):
            text.set_fontsize(max(text.get_fontsize(), SMALLEST))

    def redraw(self):
        """Draw everything, after limits, ticks or labels have changed."""
        with DRAWING:
            self._background = None
            self.update()

    def update(self):
        """Draw the moving artists over what has not changed and show the result."""
        with DRAWING:
            if self._background is None:
                self._enlarge()
                self.canvas.draw()
                # constrained layout has found the places; left on, it would move the axes under the background
                self.figure.set_layout_engine("none")
                self._background, self._kept = self.canvas.copy_from_bbox(self.figure.bbox), None
            if self._kept is None or any(artist.stale for artist in self._seldom):
                self.canvas.restore_region(self._background)
                self._draw(self._seldom)
                self._kept = self.canvas.copy_from_bbox(self.figure.bbox)
            else:
                self.canvas.restore_region(self._kept)
            self._draw([*self.behind, *self._moving])
            file = io.BytesIO()
            pixels = np.asarray(self.canvas.buffer_rgba())[..., :3]
            Image.fromarray(np.ascontiguousarray(pixels)).save(file, "png", compress_level=1)
            self.widget.value = file.getvalue()

    def on_pointer(self, callback, *, axes=None, every_ms=40):
        """Call back while the pointer is dragged over one of the axes.

        Args:
            callback: called with (x, y, phase) in the axes' data coordinates; phase is "down", "move" or "up".
            axes: whose coordinates; the first when None. Must be given in a mosaic.
            every_ms: shortest time between two moves.

        Returns:
            A function of (pixel_x, pixel_y, phase), by which a test or a keyboard can do the same.
        """
        axes = self.pointed = self.axes[0] if axes is None else axes
        watched = ["mousedown", "mousemove", "mouseup", "mouseleave"]
        event = Event(source=self.widget, watched_events=watched, wait=every_ms, prevent_default_action=True)
        event.throttle_or_debounce = "throttle"
        pressed = False

        def move(pixel_x, pixel_y, phase):
            x, y = axes.transData.inverted().transform((pixel_x, self.figure.bbox.height - pixel_y))
            low_x, high_x = sorted(axes.get_xlim())
            low_y, high_y = sorted(axes.get_ylim())
            callback(float(np.clip(x, low_x, high_x)), float(np.clip(y, low_y, high_y)), phase)

        def handle(message):
            nonlocal pressed
            kind = message["event"] if "event" in message else message["type"]
            if kind == "mousedown":
                pressed = True
                move(message["arrayX"], message["arrayY"], "down")
            elif kind == "mousemove" and pressed:
                if not message.get("buttons", 1):
                    pressed = False
                    return
                move(message["arrayX"], message["arrayY"], "move")
            elif pressed and kind in ("mouseup", "mouseleave"):
                pressed = False
                move(message["arrayX"], message["arrayY"], "up")

        event.on_dom_event(handle)
        self._event = event
        return move


def legend(axes, **settings):
    """Put a legend without a frame on the axes.

    Args:
        axes: matplotlib axes.
        settings: as for matplotlib's `legend`, in place of those here.
    """
    look = {"frameon": False, "borderaxespad": 0.2, "fontsize": SMALLEST}
    short = {"handlelength": 1.8, "handletextpad": 0.5, "columnspacing": 1.0}
    axes.legend(**look | short | settings)


def legend_above(axes, **settings):
    """Put a legend above the axes, where no curve can run through it.

    Args:
        axes: matplotlib axes.
        settings: as for matplotlib's `legend`, in place of those here.
    """
    place = {"loc": "lower center", "bbox_to_anchor": (0.5, 1.0), "ncols": 3}
    legend(axes, **place | settings)


def nice_number(value):
    """Find the first of 1, 1.5, 2, 3, 5, 7, 10, ... that is not below: limits that move seldom while a slider does.

    Args:
        value: above zero.

    Returns:
        float.
    """
    power = 10.0 ** np.floor(np.log10(value))
    return float(
        power * next(step for step in (1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0) if step * power >= value * 0.999999)
    )


def stepped(low, high, step):
    """Widen limits to the next multiples of a step.

    Args:
        low: lower limit.
        high: upper limit.
        step: above zero.

    Returns:
        (low, high).
    """
    return float(np.floor(low / step) * step), float(np.ceil(high / step) * step)


def set_limits(axes, **limits):
    """Set limits only where they differ, so that the axis is drawn again only when it must.

    Args:
        axes: matplotlib axes.
        limits: `xlim` or `ylim`, each a pair.
    """
    axes.set(**{name: pair for name, pair in limits.items() if getattr(axes, f"get_{name}")() != pair})


def brief(value):
    """Write a number with three or four digits, whatever its size.

    Args:
        value: a number.

    Returns:
        str.
    """
    return f"{value:.4g}" if value == 0.0 or 1e-3 <= abs(value) < 1e4 else f"{value:.3g}"


def fan(figure, axes, colour):
    """Add many thin curves that move together.

    Args:
        figure: LiveFigure.
        axes: matplotlib axes of the figure.
        colour: of all of them.

    Returns:
        LineCollection, which `spread` fills.
    """
    lines = figure.moving(LineCollection([], colors=colour, linewidths=1.0, alpha=0.5))
    axes.add_collection(lines)
    return lines


def spread(lines, curves, start=0):
    """Lay curves into a fan.

    Args:
        lines: as `fan` gives them.
        curves: (count, time).
        start: where the first value stands on the x axis.
    """
    at = np.arange(start, start + curves.shape[1])
    lines.set_segments(np.stack(np.broadcast_arrays(at, curves), axis=-1))
