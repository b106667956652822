"""Executed notebooks as HTML pages that need no network: formulas as MathML, widgets as they stood when saved."""

import base64
import copy
import html
import json
import re
import uuid

from checks import WIDGET_STATE
from jinja2 import DictLoader
from nbconvert import HTMLExporter

from widgets.parts.mathml import to_mathml
from widgets.parts.numbers import UNCHOSEN, read_out
from widgets.parts.saved_page import mounted
from widgets.parts.still import MARK

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"

ACTS = ("Button", "ToggleButton", "FileUpload", "Play", "Event")  # widgets that do something and tell nothing

# the lab template without the four scripts it would fetch
TEMPLATE = """{% extends 'lab/index.html.j2' %}
{% block html_head_js %}{% endblock %}
{% block jupyter_widgets %}{% endblock %}
{% block html_head_js_mathjax %}{% endblock %}
{% block html_head_js_mermaidjs %}{% endblock %}
{% block input %}<div class="jp-CodeMirrorEditor jp-Editor jp-InputArea-editor" data-type="inline">
<div class="cm-editor cm-s-jupyter">{{ cell.source | highlight_code(metadata=cell.metadata) }}</div>
</div>{% endblock %}
{% block html_head_css %}{% set NIGHT = '<style media="(prefers-color-scheme: dark)"' %}
<meta name="color-scheme" content="light dark">
{{ resources.include_css("static/theme-dark.css").replace("<style"|safe, NIGHT|safe) }}
{% endblock %}
{% block body_header %}{{ super() }}<script>THEME</script>{% endblock %}
"""  # nbconvert's own input block also sanitises what the highlighter has just escaped: a third of a page's time

# the canvases of boards ask the page what JupyterLab says of its theme
THEME = """{
  const night = matchMedia("(prefers-color-scheme: dark)");
  const turn = () => (document.body.dataset.jpThemeLight = !night.matches);
  night.addEventListener("change", turn);
  turn();
}"""

# parts of a lab's formula stand apart, and lines of text break between words
STYLE = """<style>.animkit-part {display: inline-block; margin-right: 2em}
.jp-RenderedText pre {word-break: normal; overflow-wrap: anywhere}
@media (max-width: 48em) {
.animkit-part {max-width: 100%; overflow: auto hidden}
.jp-RenderedMarkdown p:has(math[display=block]) {overflow: auto hidden; padding: .6em 0 1.4em}}</style>"""

CODE_OR_FORMULA = re.compile(
    r"(?P<code>```.*?```|`[^`\n]*`)|\$\$(?P<block>.+?)\$\$|(?<![\\$\w])\$(?P<inline>[^$\n]*[^$\s\\])\$(?!\w)", re.DOTALL
)


def page(nb, title, exporter=None):
    """Render an executed notebook.

    Args:
        nb: the notebook, with the widget state that nbclient saved.
        title: of the page.
        exporter: nbconvert's; None for a page like JupyterLab's.

    Returns:
        str, a page that loads nothing.
    """
    nb = copy.deepcopy(nb)
    widgets = nb.metadata.pop("widgets", {}).get(WIDGET_STATE, {}).get("state", {})
    formulas = []
    for cell in nb.cells:
        if cell.cell_type == "markdown":
            cell.source = _set_aside(cell.source, formulas)
        for output in cell.get("outputs", []):
            if "application/json" in output.get("data", {}):
                numbers = json.dumps(_brief(output.data.pop("application/json")), indent=2, ensure_ascii=False)
                output.data["text/html"] = f"<pre style='font-family: monospace'>{html.escape(numbers)}</pre>"
            if WIDGET_VIEW not in output.get("data", {}):
                continue
            view = output.data.pop(WIDGET_VIEW)
            # a custom view brings a copy of its own, which plays; a lab a still from when its cell ran
            if "text/html" not in output.data or MARK in "".join(output.data["text/html"])[:60]:
                output.data["text/html"] = _set_aside(_still(view["model_id"], widgets), formulas)
    loaders = [DictLoader({"offline.html.j2": TEMPLATE.replace("THEME", THEME)})]
    exporter = exporter or HTMLExporter(extra_loaders=loaders, template_file="offline.html.j2")
    body, _ = exporter.from_notebook_node(nb, {"metadata": {"name": title}})
    body = body.replace("</head>", f"{STYLE}</head>", 1)
    return re.sub("formula([0-9]+)elumrof", lambda match: formulas[int(match[1])], body)


def _brief(value):
    """Numbers with as many digits as anybody reads."""
    if isinstance(value, dict):
        return {name: _brief(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_brief(one) for one in value]
    return float(f"{value:.5g}") if isinstance(value, float) else value


def _set_aside(text, formulas):
    """Replace formulas by marks that Markdown leaves alone; their MathML goes into the list."""

    def replace(match):
        if match["code"]:
            return match["code"]
        tex = match["block"] or match["inline"]
        try:
            formulas.append(to_mathml(html.unescape(tex), block=bool(match["block"])))
        except Exception:  # a formula it cannot read stays as TeX, which says more than nothing
            formulas.append(html.escape(match[0]))
        return f"formula{len(formulas) - 1}elumrof"

    return CODE_OR_FORMULA.sub(replace, text)


def _still(model_id, widgets):
    """A widget as it stood: pictures, texts and each control's label and value; buttons are left out."""
    model = widgets.get(model_id.removeprefix("IPY_MODEL_"))
    if model is None:
        return ""
    kind, state = model["model_name"].removesuffix("Model"), model["state"]
    if state.get("layout") and _hidden(state["layout"], widgets):
        return ""
    if "children" in state:
        return f"<div>{''.join(_still(child, widgets) for child in state['children'])}</div>"
    if kind in ("HTML", "HTMLMath"):
        return f"<div>{state['value']}</div>"
    if kind == "Image":
        return picture(model)
    if kind == "Any":
        return _mounted(model)
    if kind == "Output":
        return "".join(_output(output) for output in state.get("outputs", ()))
    if kind in ACTS or "value" not in state and "index" not in state:
        return ""
    value = state.get("value")
    if "index" in state:
        chosen, labels = state["index"], state.get("_options_labels", ())
        value = labels[chosen] if isinstance(chosen, int) else [labels[one] for one in chosen or ()]
    if value in (UNCHOSEN, "", []):
        return ""
    value = read_out(value, state["readout_format"]) if "readout_format" in state else value
    value = ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
    label = html.escape(f"{state.get('description', '')} ".lstrip())
    return f"<div style='display:inline-block;margin-right:2em'>{label}<b>{html.escape(str(value))}</b></div>"


def _hidden(layout, widgets):
    state = widgets.get(layout.removeprefix("IPY_MODEL_"), {}).get("state", {})
    return state.get("display") == "none" or state.get("visibility") == "hidden"


def picture(model):
    """An image widget as it stood."""
    for buffer in model.get("buffers", ()):
        if buffer["path"] == ["value"]:
            data, kind = buffer["data"], model["state"].get("format", "png")
            alt = html.escape(model["state"].get("tooltip") or "", quote=True)
            return f"<div><img style='max-width:100%' alt='{alt}' src='data:image/{kind};base64,{data}'></div>"
    return ""


def _mounted(model):
    """A widget of the browser's own, such as a player, with what its module needs to go on without a kernel."""
    state, data = model["state"], {tuple(buffer["path"]): buffer["data"] for buffer in model.get("buffers", ())}
    if not re.search(r"\bmount\b", state.get("_esm", "")) or ("data",) not in data:
        return ""
    place = f"mounted-{uuid.uuid4().hex}"
    # "<" could end the script early from inside a text
    told = json.dumps({name: value for name, value in state.items() if name[0] != "_"}).replace("<", "\\u003c")
    return mounted(place, state["_esm"], told, base64.b64decode(data[("data",)]), state.get("label", ""))


def _output(output):
    data = output.get("data", {})
    if "text/html" in data:
        return "".join(data["text/html"])
    if "image/png" in data:
        alt = html.escape(output.get("metadata", {}).get("image/png", {}).get("alt", ""), quote=True)
        return f"<div><img alt='{alt}' src='data:image/png;base64,{''.join(data['image/png'])}'></div>"
    text = output.get("text") or data.get("text/plain") or ""
    return f"<pre>{html.escape(''.join(text))}</pre>"
