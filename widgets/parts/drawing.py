"""Points drawn by hand on a figure, or typed: a control for labs, kept small enough for the state line."""

import ast

import ipywidgets
import numpy as np
import traitlets

from widgets.parts.lab import button


def read_points(points):
    """Turn what was given into points.

    Args:
        points: pairs (x, y).

    Returns:
        (count, 2), count may be 0.

    Raises:
        ValueError: when it is not pairs of finite numbers.
    """
    wrong = "a drawing is a list of pairs of finite numbers, such as [(0, 1), (0.5, 2)]"
    try:
        array = np.array([tuple(point) for point in points], dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(wrong) from error
    if not len(array):
        return np.zeros((0, 2))
    if array.ndim != 2 or array.shape[1] != 2 or not np.all(np.abs(array) < 1e6):
        raise ValueError(wrong)
    return array


def thin(points, limit, *, cell, columns=2):
    """Keep the last point in every cell of a grid, and widen the cells until few enough are left.

    Args:
        points: (count, 2).
        limit: how many may stay.
        cell: width of a cell at first.
        columns: 2 for cells of the plane, 1 for intervals of x.

    Returns:
        (at most limit, 2), in the order they came.
    """
    while len(points):
        # reversed, since unique reports the first of each cell
        _, last = np.unique(np.round(points[::-1, :columns] / cell), axis=0, return_index=True)
        kept = points[len(points) - 1 - np.sort(last)[::-1]]
        if len(kept) <= limit:
            return kept
        cell *= 1.5
    return points


class Drawing(ipywidgets.HBox):
    """Points in a box that can be typed into, with a button that clears them; `add` takes them from a pointer.

    Args:
        label: what is drawn.
        explanation: shown on hover.
        value: pairs (x, y) at the start.
        limit: most points kept; more are thinned, and the control says so.
        cell: points nearer than this count as one.
        curve: the points are heights over x, so that one x has one height.

    Raises:
        ValueError: when the value is not pairs of finite numbers.
    """

    value = traitlets.List()
    description = traitlets.Unicode().tag(sync=True)  # a view with a tooltip asks for one

    def __init__(self, label, explanation, value=(), *, limit=100, cell=0.03, curve=False):
        self._limit, self._cell, self._curve, self._last = limit, cell, curve, None
        self._text = ipywidgets.Text(
            description=label,
            tooltip=explanation,
            placeholder="drag, or [(0, 1), ...]",
            continuous_update=False,
            layout=ipywidgets.Layout(flex="1 1 10em", width="auto", min_width="0"),
        )
        self._clear = button("clear", f"Forget {label}", lambda: self.set_trait("value", []), "eraser")
        self.note = ipywidgets.HTML()
        super().__init__([self._text, self._clear, self.note], layout=ipywidgets.Layout(flex_flow="row wrap"))
        self.description, self.tooltip = label, explanation
        self.value = list(value)
        self.observe(self._show, "value")
        self._show()
        self._text.observe(self._read, "value")

    @traitlets.validate("value")
    def _few(self, proposal):
        given = read_points(proposal["value"])
        kept = thin(given, self._limit, cell=self._cell, columns=1 if self._curve else 2)
        if self._curve:
            kept = kept[np.argsort(kept[:, 0])]
        dropped = len(given) > self._limit and len(kept) < len(given)
        self.note.value = f"{len(given):,} points drawn, {len(kept)} kept" if dropped else ""
        return [(round(x, 2), round(y, 2)) for x, y in kept.tolist()]

    def _show(self, change=None):
        self._text.value = repr(self.value) if self.value else ""

    def _read(self, change):
        if change.new == repr(self.value):  # what `_show` wrote, not what somebody typed
            return
        try:
            self.value = ast.literal_eval(change.new) if change.new.strip() else []
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError, traitlets.TraitError):
            self.note.value = "<span role='alert'>not read: type pairs such as [(0, 1), (0.5, 2)]</span>"

    def add(self, x, y, phase):
        """Take one position of a pointer; a curve also gets the places that a fast stroke skipped.

        Args:
            x, y: where, in data coordinates.
            phase: "down", "move" or "up".
        """
        stroke = np.array([[x, y]])
        if self._curve and phase != "down" and self._last is not None:
            count = int(abs(x - self._last[0]) / self._cell) + 2
            stroke = np.linspace(self._last, (x, y), count)
        self._last = None if phase == "up" else (x, y)
        self.value = [*self.value, *map(tuple, stroke.tolist())]
