"""What a lab leaves in a notebook for readers who have no kernel and no widgets: its pictures and its words."""

import base64
import html
import io
import re

import ipywidgets
from PIL import Image

from widgets.parts.numbers import UNCHOSEN, read_out

MARK = "animkit-still"
MOST = 150_000  # bytes of a picture; larger ones are left out
WIDEST = 900  # pixels
NOT_SAID = ipywidgets.FileUpload | ipywidgets.ToggleButton | ipywidgets.Play
SHADES = 128  # colours of a picture: a plot has few


class Remembered:
    """A widget whose notebook output also holds a still of it; stands before the widget's class."""

    def _repr_mimebundle_(self, **kwargs):
        return with_still(self, super()._repr_mimebundle_(**kwargs))


def with_still(widget, bundle):
    """Add a still picture with the numbers to what a notebook's output holds of a widget.

    Args:
        widget: ipywidgets widget.
        bundle: mime type -> data, as the widget gives it to the notebook; or that with metadata.

    Returns:
        The same kind of bundle.
    """
    shown, *metadata = bundle if isinstance(bundle, tuple) else (bundle,)
    if shown and "text/html" not in shown:
        shown = {**shown, "text/html": still(widget)}
    return (shown, *metadata) if metadata else shown


def still(widget):
    """Write what a widget shows now as HTML.

    Args:
        widget: ipywidgets widget, with others in it.

    Returns:
        str: pictures, texts, and the labels and values of controls.
    """
    return f'<div class="{MARK}">{"".join(_parts(widget))}</div>'


def _parts(widget):
    if widget.layout.display == "none" or widget.layout.visibility == "hidden":
        return
    if isinstance(widget, ipywidgets.HTML | ipywidgets.HTMLMath):
        if widget.value:
            # parts of a formula stand apart by a style that no page without widgets has
            yield f"<div>{widget.value.replace('</span> <span', '</span> &emsp; <span')}</div>"
    elif isinstance(widget, ipywidgets.Image):
        yield _picture(widget)
    elif hasattr(widget, "children"):
        for child in widget.children:
            yield from _parts(child)
    elif isinstance(widget, ipywidgets.RadioButtons):
        options = "".join(f"<li>{html.escape(str(option))}</li>" for option in widget.options)
        yield f"<ul>{options}</ul>"
    elif isinstance(widget, ipywidgets.ValueWidget) and getattr(widget, "description", ""):
        said = widget.label if hasattr(widget, "label") else getattr(widget, "value", "")
        said = read_out(said, widget.readout_format) if hasattr(widget, "readout_format") else said
        if not isinstance(widget, NOT_SAID) and said != UNCHOSEN:
            yield f"<span>{html.escape(widget.description)} <b>{html.escape(str(said))}</b>; </span>"


def _picture(widget):
    value, kind = bytes(widget.value), widget.format
    if kind == "png" and value:
        image = Image.open(io.BytesIO(value)).convert("RGB")
        image.thumbnail((WIDEST, WIDEST))
        file = io.BytesIO()
        image.quantize(SHADES, dither=Image.Dither.NONE).save(file, "png", optimize=True)
        value = file.getvalue()
    if not 0 < len(value) <= MOST or not re.fullmatch("png|gif|jpe?g", kind):
        return ""
    alt = html.escape(widget.tooltip or "a picture", quote=True)
    return f"<div><img alt=\"{alt}\" src='data:image/{kind};base64,{base64.b64encode(value).decode()}'></div>"
