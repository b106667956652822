"""What a lab and the screen tell each other: full screen, light or dark, and how large a picture is seen."""

from pathlib import Path

import anywidget
import traitlets

from widgets.parts.saved_page import joined
from widgets.parts.theme import set_dark

HERE = Path(__file__)


class Screen(anywidget.AnyWidget):
    """The full-screen button of a lab, which also lays the lab out and says how it is seen.

    Args:
        on_scale: called with how many pixels of the screen a pixel of the lab's first plot takes, when that changes.
    """

    _esm = joined(HERE.with_suffix(".js"))
    _css = HERE.with_suffix(".css").read_text(encoding="utf-8")
    description = traitlets.Unicode("full screen").tag(sync=True)  # a view with a tooltip asks for one
    dark = traitlets.Bool(False).tag(sync=True)
    scale = traitlets.Float(1.0).tag(sync=True)

    def __init__(self, on_scale):
        super().__init__(tooltip="Show this alone on the whole screen; Escape leaves")
        self.observe(lambda change: set_dark(change.new), "dark")
        self.observe(lambda change: on_scale(change.new), "scale")
