"""Saved pages: formulas, widgets as they stood, and nothing fetched."""

import base64
import copy
import re
import zlib

import nbformat.v4 as v4
import offline
import pytest
from checks import WIDGET_STATE


def view(model_id):
    data = {offline.WIDGET_VIEW: {"model_id": model_id}, "text/plain": "VBox(...)"}
    return v4.new_output("display_data", data)


def widget(kind, buffers=(), **state):
    return {"model_name": f"{kind}Model", "state": state, "buffers": list(buffers)}


@pytest.fixture
def notebook():
    widgets = {
        "box": widget(
            "VBox",
            children=[
                f"IPY_MODEL_{name}" for name in ("text", "slider", "kind", "preset", "keep", "picture", "secret")
            ],
        ),
        "text": widget("HTMLMath", value="<p>costs $x_1$</p>"),
        "slider": widget("FloatSlider", description="beta <b>", value=-2.5, readout_format=".2f"),
        "kind": widget("Dropdown", description="kind", index=1, _options_labels=["low", "high"]),
        "preset": widget("Dropdown", description="preset", index=0, _options_labels=["choose ...", "low"]),
        "keep": widget("ToggleButton", description="keep", value=False),
        "picture": widget(
            "Image",
            [{"path": ["value"], "data": base64.b64encode(b"PNG").decode(), "encoding": "base64"}],
            format="png",
            tooltip="a curve",
        ),
        "secret": widget("HTML", value="not shown", layout="IPY_MODEL_away"),
        "away": widget("Layout", display="none"),
    }
    cells = [
        v4.new_markdown_cell(
            "# Title\n\nIt is $a_1 * b$, $\\log p$, $\\exp(x)$ and `$5 and $6`.\n\n$$\\frac{p}{p+q}$$"
        ),
        v4.new_code_cell("1", outputs=[view("box")]),
    ]
    return v4.new_notebook(cells=cells, metadata={"widgets": {WIDGET_STATE: {"state": widgets}}})


def test_nothing_is_fetched(notebook):
    page = offline.page(notebook, "Title")
    assert re.findall(r"""(?:src|href)=["']?https?:""", page) == []
    assert "cdn" not in re.sub(r"<style.*?</style>", "", page, flags=re.DOTALL).lower()


def test_it_is_light_by_day_and_dark_by_night(notebook):
    head, body = offline.page(notebook, "Title").split("<body", 1)
    day, night = re.split(r'<style media="\(prefers-color-scheme: dark\)"[^>]*>', head)
    papers = [re.findall(r"--jp-layout-color0: (.+);", styles) for styles in (day, night)]
    assert papers == [["white"], ["#111"]]
    assert "jpThemeLight = !night.matches" in body


def test_formulas_become_mathml_and_code_stays(notebook):
    page = offline.page(notebook, "Title")
    assert "<mfrac>" in page
    assert "<msub><mi>a</mi><mn>1</mn></msub>" in page
    assert "<code>$5 and $6</code>" in page
    assert "elumrof" not in page
    assert '<mi>log</mi><mspace width="0.17em"/><mi>p</mi>' in page
    assert "<mi>exp</mi><mo" in page  # a bracket needs no space before it


def test_widgets_are_shown_as_they_stood(notebook):
    page = offline.page(notebook, "Title")
    assert "beta &lt;b&gt; <b>−2.50</b>" in page
    assert "kind <b>high</b>" in page
    assert not {"preset", "keep"} & set(re.findall(r"\w+", re.sub("<style.*?</style>", "", page, flags=re.DOTALL)))
    picture = re.search("<img[^>]*UE5H[^>]*>", page)[0]
    assert 'alt="a curve"' in picture
    assert "<msub><mi>x</mi><mn>1</mn></msub>" in page
    assert "not shown" not in page


def test_a_custom_views_own_copy_is_kept(notebook):
    notebook.cells[1].outputs[0].data["text/html"] = "<div>it plays</div>"
    page = offline.page(notebook, "Title")
    assert "<div>it plays</div>" in page
    assert "beta" not in page


def test_a_player_within_a_board_goes_on_playing(notebook):
    widgets = notebook.metadata["widgets"][WIDGET_STATE]["state"]
    buffers = [{"path": ["data"], "data": "AAEC", "encoding": "base64"}]
    told = {"_esm": "export function mount(el, state) {}", "label": "it <walks>", "fps": 8, "clips": ["</script>"]}
    widgets["player"] = widget("Any", buffers, **told)
    widgets["other"] = widget("Any", buffers, _esm="export default {}", label="not shown")
    widgets["box"]["state"]["children"] += ["IPY_MODEL_player", "IPY_MODEL_other"]
    page = offline.page(notebook, "Title")
    assert f'import("data:text/javascript;base64,{base64.b64encode(told["_esm"].encode()).decode()}")' in page
    assert zlib.decompress(base64.b64decode(re.search(r'atob\("([^"]+)"\)', page)[1])) == b"\0\1\2"
    assert '"fps": 8' in page
    assert "\\u003c/script>" in page
    assert "it &lt;walks&gt;" in page
    assert "not shown" not in page


def test_numbers_can_be_read(notebook):
    notebook.cells[1].outputs = [
        v4.new_output("display_data", {"application/json": {"elbo <b>": -101.5, "share": [2 / 3]}})
    ]
    page = offline.page(notebook, "T")
    assert "elbo &lt;b&gt;" in page
    assert "-101.5" in page
    assert "0.66667" in page
    assert "0.666666" not in page


def test_unreadable_formula_stays_as_text(notebook):
    notebook.cells[0].source = "# T\n\n$\\frac{$"
    assert "\\frac{" in offline.page(notebook, "T")


def test_the_notebook_itself_is_not_changed(notebook):
    before = copy.deepcopy(notebook)
    offline.page(notebook, "Title")
    assert notebook == before
    assert WIDGET_STATE in notebook.metadata["widgets"]
