"""Light or dark: what the page says of itself, and a canvas on which a plot's greys turn about in the dark."""

import weakref

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg

AS_DRAWN = "as drawn"  # gid of an artist whose colour stays
NIGHT, CHALK = 0x11 / 255, 0.93  # what white and black become; the first is JupyterLab's own
_page, _drawn = {"dark": False}, weakref.WeakSet()


def is_dark():
    """Tell whether the page was dark when it last spoke of itself.

    Returns:
        bool.
    """
    return _page["dark"]


def set_dark(dark):
    """Draw all that lives anew in another theme.

    Args:
        dark: whether the page is.
    """
    if dark != _page["dark"]:
        _page["dark"] = dark
        for one in list(_drawn):
            one.redraw()


def follow_theme(one):
    """Let something be drawn anew when the theme changes, as long as it lives.

    Args:
        one: with a method `redraw`.
    """
    _drawn.add(one)


def as_drawn(*artists):
    """Let artists keep their colours in the dark: those that lie on a picture, or whose colour is what is shown.

    Args:
        artists: of matplotlib.
    """
    for artist in artists:
        artist.set_gid(AS_DRAWN)


def in_the_dark(colours):
    """Find the colours that do on a dark page what these do on a white one.

    Greys turn about; colours keep their hue, and dark ones become lighter.

    Args:
        colours: (..., 3 or 4), 0 to 1; the fourth, the opacity, stays.

    Returns:
        array of the same shape.
    """
    colours = np.array(colours, dtype=float)
    rgb = colours[..., :3]
    vivid = np.clip((np.ptp(rgb, axis=-1, keepdims=True) - 0.08) / 0.22, 0.0, 1.0)
    light = (rgb @ np.array([0.2126, 0.7152, 0.0722]))[..., None]
    # a pale green becomes a dark green, not its contrary
    turned = np.clip(NIGHT + (1.0 - light) * (CHALK - NIGHT) + rgb - light, 0.0, 1.0)
    lighter = rgb + (1.0 - rgb) * np.where(light < 0.45, 0.25, 0.0)
    colours[..., :3] = vivid * lighter + (1.0 - vivid) * turned
    return colours


class _DarkRenderer(RendererAgg):
    """Pictures and meshes stay as they are; lines, areas and texts are turned about."""

    def __init__(self, width, height, dpi):
        super().__init__(width, height, dpi)
        self._groups = []
        # RendererAgg binds these to its instances, past its class
        markers, collection = self.draw_markers, self.draw_path_collection

        def draw_markers(gc, marker, marker_transform, path, transform, face=None):
            markers(self._pen(gc), marker, marker_transform, path, transform, self._turned(face))

        def draw_path_collection(
            gc, transform, paths, transforms, offsets, offset_transform, faces, edges, *rest, **more
        ):
            faces, edges = self._turned(faces), self._turned(edges)
            collection(
                self._pen(gc), transform, paths, transforms, offsets, offset_transform, faces, edges, *rest, **more
            )

        self.draw_markers, self.draw_path_collection = draw_markers, draw_path_collection

    def open_group(self, s, gid=None):
        self._groups.append(gid)

    def close_group(self, s):
        self._groups.pop()

    def draw_path(self, gc, path, transform, rgbFace=None):
        super().draw_path(self._pen(gc), path, transform, self._turned(rgbFace))

    def draw_text(self, gc, *rest, **more):
        super().draw_text(self._pen(gc), *rest, **more)

    def _turned(self, colours):
        if colours is None or AS_DRAWN in self._groups or not np.size(colours):
            return colours
        turned = in_the_dark(colours)
        return turned if turned.ndim > 1 else tuple(turned)

    def _pen(self, gc):
        pen = self.new_gc()
        pen.copy_properties(gc)
        pen.set_foreground(self._turned(gc.get_rgb()), isRGBA=True)
        if gc.get_hatch():
            pen.set_hatch_color(self._turned(gc.get_hatch_color()))
        return pen


class ThemedCanvas(FigureCanvasAgg):
    """A canvas that draws a figure for the page's theme."""

    _made_for = None

    def get_renderer(self):
        wanted = (*self.figure.bbox.size, self.figure.dpi, is_dark())
        if wanted != self._made_for:
            self.renderer = (_DarkRenderer if is_dark() else RendererAgg)(*wanted[:3])
            self._made_for = wanted
        return self.renderer
