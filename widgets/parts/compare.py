"""Two states of a lab at once: one is kept and stands faint behind those that follow, with its numbers above theirs."""

import copy

import ipywidgets
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

FAINT = 0.35


class Compare:
    """A button that keeps what a lab shows, and the words of what was kept.

    Args:
        figure: LiveFigure of the lab.
        numbers: ipywidgets HTML that holds what the lab says.
        state: ipywidgets Text that holds its state line.
    """

    def __init__(self, figure, numbers, state):
        self._figure, self._numbers, self._state = figure, numbers, state
        self.button = ipywidgets.ToggleButton(
            description="keep",
            icon="thumb-tack",
            tooltip="Keep this state faint behind the next ones, with its numbers; press again to forget it",
            layout=ipywidgets.Layout(width="auto"),
        )
        self.words = ipywidgets.HTML()
        self.words.add_class("animkit-kept")
        self.button.observe(self._pressed, "value")

    def _pressed(self, change):
        self._figure.behind = [faint(artist) for artist in self._figure.artists() if can_stand_behind(artist)]
        if not change.new:
            self._figure.behind = []
        kept = f"<div style='opacity:.75'><b>Kept:</b> {self._numbers.value}<code>{self._state.value}</code></div>"
        self.words.value = kept if change.new else ""
        self._figure.update()


def can_stand_behind(artist):
    """Tell whether an artist leaves room for another one: pictures and letters would only cover each other.

    Args:
        artist: matplotlib artist.

    Returns:
        bool, False for what is not visible.
    """
    return artist.get_visible() and isinstance(artist, Line2D | Patch | LineCollection)


def faint(artist):
    """Copy an artist as it is now; moved limits of its axes still move it along.

    Args:
        artist: matplotlib artist whose data are replaced, never changed in place.

    Returns:
        The copy, hardly opaque.
    """
    left = copy.copy(artist)
    alpha = artist.get_alpha()
    left.set_alpha(FAINT * (1.0 if alpha is None else alpha))
    return left
