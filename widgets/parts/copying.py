"""A button of the browser's own that copies a lab's state line."""

from pathlib import Path

import anywidget
import traitlets

from widgets.parts.saved_page import joined


class CopyButton(anywidget.AnyWidget):
    """Puts the text of another widget into the browser's clipboard.

    Args:
        source: ipywidgets Text.
    """

    _esm = joined(Path(__file__).with_suffix(".js"))
    text = traitlets.Unicode().tag(sync=True)
    description = traitlets.Unicode("copy state").tag(sync=True)  # a view with a tooltip asks for one

    def __init__(self, source):
        super().__init__(tooltip="Copy the line that makes this, in this state, in a notebook's cell")
        traitlets.dlink((source, "value"), (self, "text"))
