"""A recorded lab as one HTML file that loads nothing and answers without a kernel, and the page that lists them."""

import base64
import gzip
import html
import json
import re
from pathlib import Path

import ipywidgets
import numpy as np

from widgets.pages.dragging import dragging
from widgets.pages.record import LINE, options_of, packed
from widgets.parts.mathml import to_mathml
from widgets.parts.numbers import read_out
from widgets.parts.theme import in_the_dark

HERE = Path(__file__).parent
STYLE, SCRIPT = HERE / "lab_page.css", HERE / "lab_page.js"
MOST = 2_000_000  # bytes of a page

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} - animkit</title>
<style>
{style}
{colours}
</style></head>
<body><header><h1>{title}</h1><a href="index.html">All labs</a></header>
<main><section class="controls" aria-label="Controls"></section>
<details class="formula" open><summary>Formula</summary>{formula}</details>
<section class="figure" tabindex="0" aria-label="Picture">
<div class="sheet" role="img" aria-label="{alt}"></div></section>
<section class="words"><div class="kept" hidden></div><div class="numbers" role="status"></div></section></main>
<footer><p>{told}</p></footer>
<noscript><p>This page computes nothing, but it needs JavaScript to show what was computed.</p></noscript>
<script id="recorded" type="text/plain">{recorded}</script>
<script type="module">
{script}
</script></body></html>
"""


def lab_page(recording, notebook):
    """Write a recorded lab as a page.

    Args:
        recording: as `record` returns it.
        notebook: file name of the notebook in which the lab stands.

    Returns:
        str, HTML of at most 2 MB.

    Raises:
        ValueError: when the page would be larger.
    """
    lab, recorder = recording.lab, recording.recorder
    drag, formula = dragging(recording), formula_of(lab)
    if drag is None:
        formula = re.sub(r"\s*\bDrag\b[^.]*\.", "", formula)  # what only the notebook can do
    colours = sorted({look[key] for _, look in recorder.styles.values() for key in ("c", "f") if key in look})
    styles = [
        {key: colours.index(value) if key in ("c", "f") else value for key, value in look.items()}
        for _, look in recorder.styles.values()
    ]
    told = {
        "controls": [
            _control(name, control, recording.positions[name]) for name, control in recording.controls.items()
        ],
        "states": list(zip(*recording.states, strict=True)),
        "presets": list(recording.presets.items()),
        "rows": list(zip(*recording.rows, strict=True)),
        "styles": styles,
        "images": list(recorder.images),
        "size": [recorder.width, recorder.height],
        "panels": recording.panels(),
        "panel_of": recording.panel_of(),
        "runs": _runs(lab),
        "drag": drag,
    }
    tables = ",".join(f"[{','.join(table)}]" for table in recording.tables)
    recorded = f'{packed(told)[:-1]},"tables":[{tables}]}}'
    page = PAGE.format(
        title=html.escape(title_of(lab)),
        style=STYLE.read_text(encoding="utf-8"),
        colours=theme(colours),
        formula=with_formulas(formula),
        alt=html.escape(lab.figure.alt, quote=True),
        told=(
            f"This page has no kernel. The notebook's own code has computed {len(recording.states):,} settings of the"
            " controls beforehand; a control goes to the nearest of them, and what stands here are the notebook's"
            " numbers for exactly the settings shown. Near the start and near each preset the sliders stop often,"
            f" elsewhere more seldom. Notebook {html.escape(notebook)} answers in between too."
        ),
        recorded=base64.b64encode(gzip.compress(recorded.encode(), 9, mtime=0)).decode(),
        script=SCRIPT.read_text(encoding="utf-8"),
    )
    if len(page.encode()) > MOST:
        raise ValueError(
            f"the page of {lab.call} has {len(page.encode()):,} bytes, more than {MOST:,}: give it fewer stops"
        )
    return page


def lines_in(page):
    """Read which states a page can show.

    Args:
        page: as `lab_page` returns it.

    Returns:
        set of lines such as "gan_lab.saturation(logit=3.0)".
    """
    recorded = re.search('<script id="recorded" type="text/plain">([^<]*)<', page)[1]
    return set(json.loads(gzip.decompress(base64.b64decode(recorded)))["tables"][LINE])


def in_frame(page, line):
    """Make a page that stands in another, light one: without header and footer, and begun at a state.

    Args:
        page: as `lab_page` returns it.
        line: the state, one of `lines_in(page)`.

    Returns:
        str, HTML.
    """
    begun = f'<html lang="en" data-in-frame data-start="{html.escape(line, quote=True)}">'
    page = page.replace('<html lang="en">', begun, 1).replace('content="light dark"', 'content="light"', 1)
    return page.replace("(prefers-color-scheme: dark)", "not all")


def widgets_of(widget):
    """List a widget and all that stand in it."""
    return [widget, *(each for child in getattr(widget, "children", ()) for each in widgets_of(child))]


def title_of(lab):
    """Read a lab's heading."""
    headings = (re.search("<h4[^>]*>(.*?)</h4>", str(getattr(each, "value", ""))) for each in widgets_of(lab))
    return html.unescape(next(found[1] for found in headings if found))


def formula_of(lab):
    """Read a lab's formula, and after it the words about it: TeX in HTML."""
    parts = [each.value for each in widgets_of(lab) if isinstance(each, ipywidgets.HTMLMath)]
    return "".join(f"<div>{part}</div>" for part in sorted(parts, key=lambda part: part.startswith("<p")))


def with_formulas(text):
    """Turn TeX between dollars into MathML.

    Args:
        text: HTML with $...$ and $$...$$.

    Returns:
        str, HTML.
    """

    def replace(match):
        return to_mathml(html.unescape(match["block"] or match["inline"]), block=bool(match["block"]))

    return re.sub(r"\$\$(?P<block>.+?)\$\$|\$(?P<inline>[^$]+)\$", replace, text, flags=re.DOTALL)


def theme(colours):
    """Write the colours of a drawing as CSS, for light paper and for dark.

    Args:
        colours: hexadecimal, six or eight digits, with "=" behind those that stay.

    Returns:
        str, CSS that defines --c0, --c1, ...
    """
    light = "; ".join(f"--c{number}: #{colour.rstrip('=')}" for number, colour in enumerate(colours))
    dark = "; ".join(f"--c{number}: #{_in_the_dark(colour)}" for number, colour in enumerate(colours))
    return f":root {{ {light} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}"


def _in_the_dark(colour):
    if colour.endswith("="):
        return colour[:-1]
    turned = in_the_dark(np.array([int(colour[at : at + 2], 16) for at in (0, 2, 4)]) / 255.0)
    return "".join(f"{round(255 * part):02x}" for part in turned.clip(0.0, 1.0)) + colour[6:]


def _control(name, control, values):
    """What the page needs to know of a control: its words, and its positions as they are read."""
    if hasattr(control, "options"):
        words = [next(label for label, each in options_of(control) if each == value) for value in values]
    elif isinstance(control.value, bool):
        words = ["yes" if value else "no" for value in values]
    elif hasattr(control, "readout_format"):
        words = [read_out(value, control.readout_format) for value in values]
    else:
        words = [str(value) if value else "none" for value in values]
    slides = hasattr(control, "min") or isinstance(control, ipywidgets.SelectionSlider)
    return {
        "name": name,
        "label": control.description,
        "help": control.tooltip,
        "slides": slides,
        "words": words,
    }


def _runs(lab):
    """The label of the control that plays by itself, if one does; a game has only its updates."""
    plays = [each.tooltip for each in widgets_of(lab) if isinstance(each, ipywidgets.Play)]
    return plays[0].removeprefix("Let ").removesuffix(" run") if plays else "updates"
