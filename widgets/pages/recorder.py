"""What matplotlib draws, as vectors small enough to keep for thousands of pictures."""

import base64
import io

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.image import AxesImage
from matplotlib.path import Path
from matplotlib.transforms import Affine2D
from PIL import Image

from widgets.parts.theme import AS_DRAWN

UNITS = 4  # of a drawing in a pixel: finer than what an eye tells apart
SHADES = 48  # colours of an image


class Recorder(RendererBase):
    """A renderer for matplotlib that notes what it is asked to draw.

    Each note is a list, its first entry its kind: "p" path (style, SVG path), "m" markers (style, SVG path, places),
    "t" text (style, x, y, words), "i" image (number, x, y, width, height, smooth). Coordinates are whole numbers, four
    to a pixel of the figure, y downwards. Styles and images stand in lists of their own, each once.

    Args:
        figure: matplotlib figure with an Agg canvas.
    """

    def __init__(self, figure):
        super().__init__()
        self.figure, self.notes, self.styles, self.images = figure, [], {}, {}
        self._groups = []  # ids of what is being drawn
        self.width, self.height = (int(round(side)) for side in figure.bbox.size)
        self._measuring = figure.canvas.get_renderer()
        self._flip = Affine2D().scale(UNITS, -UNITS).translate(0, UNITS * self.height)

    # --- what is asked of a renderer ---------------------------------------------------------------------------------

    def get_canvas_width_height(self):
        return self.width, self.height

    def points_to_pixels(self, points):
        return points * self.figure.dpi / 72.0

    def get_text_width_height_descent(self, s, prop, ismath):
        return self._measuring.get_text_width_height_descent(s, prop, ismath)

    def draw_path(self, gc, path, transform, rgbFace=None):
        line = self._line(path, transform, filled=rgbFace is not None)
        if line:
            self.notes.append(["p", self._style(gc, rgbFace), line])

    def draw_markers(self, gc, marker_path, marker_trans, path, trans, rgbFace=None):
        places = trans.transform(path.vertices)
        places = self._flip.transform(places[np.isfinite(places).all(axis=1)])
        if len(places):
            shape = _words(marker_path, marker_trans + Affine2D().scale(UNITS, -UNITS))
            steps = np.diff(_whole(places), axis=0, prepend=0)
            self.notes.append(["m", self._style(gc, rgbFace), shape, " ".join(map(str, steps.ravel()))])

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
        if ismath:
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
            return
        # the reader's font is not matplotlib's: a line is held where its alignment holds it
        hold = "left" if mtext is None or angle else mtext.get_ha()
        width = self._measuring.get_text_width_height_descent(s, prop, False)[0]
        x = x + {"left": 0.0, "center": width / 2, "right": width}[hold]
        if angle:  # turned text begins at its foot and runs up: hold its middle
            along = np.radians(angle)
            x, y, hold = x + np.cos(along) * width / 2, y - np.sin(along) * width / 2, "center"
        size = self.points_to_pixels(prop.get_size_in_points())
        look = {"a": hold[0], "s": round(size * UNITS), "r": -round(angle), "b": _bold(prop)}
        style = self._style(gc, gc.get_rgb(), stroke=False, **look)
        self.notes.append(["t", style, round(x * UNITS), round(y * UNITS), s])

    def draw_image(self, gc, x, y, im, transform=None):
        raise NotImplementedError("images are noted by `note`, as they are before matplotlib scales them")

    def open_group(self, s, gid=None):
        self._groups.append(gid)

    def close_group(self, s):
        self._groups.pop()

    def draw_quad_mesh(self, *args, **more):
        self._groups.append(AS_DRAWN)  # a colour bar says what a picture's colours mean
        super().draw_quad_mesh(*args, **more)
        self._groups.pop()

    # --- what notes are made of --------------------------------------------------------------------------------------

    def note(self, artist):
        """Draw one artist and take the notes.

        Args:
            artist: matplotlib artist of the figure.

        Returns:
            list of notes, empty when the artist is not visible.
        """
        self.notes = []
        if artist.get_visible():
            self._draw(artist)
        return self.notes

    def note_still(self, axes):
        """Draw what does not move in one of the figure's axes.

        Args:
            axes: matplotlib axes.

        Returns:
            list of notes.
        """
        self.notes = []
        if axes.get_visible():
            background = [axes.patch] if axes.axison and axes.get_frame_on() else []
            frame = {axes.patch} if axes.axison else {axes.patch, *axes.spines.values(), axes.xaxis, axes.yaxis}
            still = [each for each in axes.get_children() if each not in frame and not each.get_animated()]
            for each in [*background, *sorted(still, key=lambda each: each.zorder)]:
                if each.get_visible():
                    self._draw(each)
        return self.notes

    def _draw(self, artist):
        if isinstance(artist, AxesImage):
            self._image(artist)
        else:
            artist.draw(self)

    def _image(self, artist):
        colours = artist.to_rgba(artist.get_array(), alpha=artist.get_alpha(), bytes=True)
        left, right, bottom, top = artist.get_extent()
        (x0, y0), (x1, y1) = self._flip.transform(artist.axes.transData.transform([(left, top), (right, bottom)]))
        if (artist.origin == "upper") != (y0 < y1):  # the first row belongs above
            colours = colours[::-1]
        if x1 < x0:
            colours = colours[:, ::-1]
        box = [*_whole([min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0)]).tolist()]
        smooth = artist.get_interpolation() not in ("nearest", "none", "auto", "antialiased")
        number = self.images.setdefault(_png(colours), len(self.images))
        self.notes.append(["i", number, *box, int(smooth)])

    def _line(self, path, transform, *, filled):
        """SVG of a path on the picture: what lies outside is cut, and points on a straight line left out."""
        margin = 2.0 * self.width
        clip = None if filled or path.codes is not None else (-50, -50, self.width + 50, self.height + 50)
        path = path.cleaned(transform, remove_nans=True, clip=clip, simplify=path.should_simplify)
        if path.codes[0] == Path.STOP:  # no place of it is a number
            return ""
        if len(path.vertices):
            path = Path(np.clip(path.vertices, -margin, margin), path.codes)
        return _words(path, self._flip)

    def _style(self, gc, face, *, stroke=True, **look):
        """The number of a style: line colour, width and dashes, filling, and the box it is cut to."""
        if face is not None:
            opacity = gc.get_alpha() if gc.get_forced_alpha() or len(face) == 3 else face[3]
            look["f"] = self._colour((*face[:3], 1.0 if opacity is None else opacity))
        width = self.points_to_pixels(gc.get_linewidth()) * UNITS
        if stroke and width:
            look |= {"c": self._colour(gc.get_rgb()), "w": round(width)}
            dashes = gc.get_dashes()[1]
            if dashes is not None:
                look["d"] = " ".join(str(max(round(self.points_to_pixels(dash) * UNITS), 1)) for dash in dashes)
            if gc.get_capstyle() != "butt":
                look["e"] = {"projecting": "square"}.get(gc.get_capstyle(), gc.get_capstyle())
        box = gc.get_clip_rectangle()
        if box is not None:
            x0, y1, x1, y0 = _whole(self._flip.transform(box.extents.reshape(2, 2)).ravel())
            look["k"] = [int(side) for side in (x0, y0, x1 - x0, y1 - y0)]
        return self.styles.setdefault(repr(sorted(look.items())), (len(self.styles), look))[0]

    def _colour(self, rgba):
        """Hexadecimal; with "=" behind it where the dark theme must not turn it about."""
        red, green, blue, alpha = (round(255 * float(part)) for part in rgba)
        kept = "=" if AS_DRAWN in self._groups else ""
        return f"{red:02x}{green:02x}{blue:02x}" + (f"{alpha:02x}" if alpha < 255 else "") + kept


def _bold(prop):
    return int(str(prop.get_weight()) in ("bold", "700", "heavy"))


def _png(colours):
    """An image of few colours as the text that a page shows."""
    image = Image.fromarray(np.ascontiguousarray(colours if colours[..., 3].min() < 255 else colours[..., :3]))
    file = io.BytesIO()
    image.quantize(SHADES, method=Image.Quantize.FASTOCTREE).save(file, "png", optimize=True)
    return base64.b64encode(file.getvalue()).decode()


def _whole(numbers):
    return np.rint(numbers).astype(int)


WORDS = {Path.MOVETO: ("m", 1), Path.LINETO: ("l", 1), Path.CURVE3: ("q", 2), Path.CURVE4: ("c", 3)}


def _words(path, transform):
    """A path as SVG, in steps from place to place."""
    words, here, points = [], np.zeros(2, int), _whole(transform.transform(path.vertices))
    codes = path.codes
    if codes is None:
        codes = np.full(len(points), Path.LINETO)
        codes[:1] = Path.MOVETO
    at, before, begin = 0, None, here
    while at < len(points):
        code = codes[at]
        if code == Path.STOP:
            break
        if code == Path.CLOSEPOLY:
            words.append("z")
            at, before, here = at + 1, "z", begin
            continue
        letter, count = WORDS[code]
        steps = (points[at : at + count] - here).ravel()
        here = points[at + count - 1]
        at += count
        if code == Path.MOVETO:
            begin = here
        elif code == Path.LINETO and not steps.any() and before == "l":
            continue
        words.append((letter if letter != before or letter == "m" else " ") + " ".join(map(str, steps)))
        before = letter
    return "".join(words).replace(" -", "-")
