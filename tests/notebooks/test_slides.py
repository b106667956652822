"""Slides: what is marked is shown, long texts are cut, answers wait for a click, and nothing is loaded."""

import itertools
import re
import subprocess
from pathlib import Path

import checks
import nbformat
import pytest
import slides

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
WIDGET = "application/vnd.jupyter.widget-view+json"


def model(kind, **state):
    return {"model_name": f"{kind}Model", "state": state}


GUESS = {
    "guess": model("VBox", children=["IPY_MODEL_question", "IPY_MODEL_choice", "IPY_MODEL_answer"]),
    "question": model("HTML", value="<b>Predict:</b> how many?"),
    "choice": model("RadioButtons", _options_labels=["one", "a < b"], index=0),
    "answer": model("HTML", value="<p>&#10003; As predicted. You said <i>one</i>; it is <b>one</b> (1). So.</p>"),
}


@pytest.mark.parametrize("name", slides.LECTURES)
def test_a_lecture_has_sections_and_notes_on_every_lab_and_prediction(name):
    nb = checks.read(NOTEBOOKS / f"{name}.ipynb")
    deck = [cell for cell in nb.cells if "slideshow" in cell.metadata]
    assert 30 < len(deck) < 60
    assert sum(cell.metadata.slideshow.slide_type == "slide" for cell in deck) >= 6
    for cell in deck:
        notes = cell.metadata.slideshow.get("notes", "")
        if re.search(r"Prediction\(|_lab\.", cell.source):
            assert "min" in notes, cell.id
        if "_lab." in cell.source:
            assert "If the lab fails" in notes, cell.id
        assert cell.metadata.slideshow.keys() <= {"slide_type", "notes"}
    shown = [cell for cell in slides.marked(nb).cells if cell.metadata.slideshow.slide_type != "notes"]
    for cell, later in itertools.pairwise(shown):
        announces = cell.cell_type == "markdown" and cell.source.rstrip().endswith(":")
        assert not announces or later.metadata.slideshow.slide_type == "-", cell.source


def test_long_texts_are_cut_between_paragraphs_and_headings_stay_with_theirs():
    paragraph = "word " * 60
    assert slides.parts("## A\n\nshort") == ["## A\n\nshort"]
    cut = slides.parts(f"## A\n\n{paragraph}\n\n{paragraph}\n\n{paragraph}")
    assert len(cut) == 2
    assert cut[0].startswith("## A\n\nword")
    assert "\n\n".join(cut).count("word") == 180
    assert slides.parts(f"{paragraph}\n\n{paragraph}\n\n{paragraph}\n\nso\n\n$$x$$\n\nend")[1] == "so\n\n$$x$$\n\nend"


def test_a_short_text_stands_below_the_one_before_where_there_is_room():
    def begins(*cells):
        made = [
            (nbformat.v4.new_markdown_cell if kind != "code" else nbformat.v4.new_code_cell)(
                text, metadata={"slideshow": {"slide_type": "slide" if text == "first" else "subslide"}}
            )
            for kind, text in cells
        ]
        return [one.metadata.slideshow.slide_type for one in slides.marked(nbformat.v4.new_notebook(cells=made)).cells]

    first, more, code = ("text", "first"), ("text", "more"), ("code", "1 + 1")
    assert begins(first, more, more, code, more) == ["slide", "-", "-", "subslide", "subslide"]
    assert begins(first, ("text", "word " * 240), ("text", "### B"), more) == ["slide", "subslide", "subslide", "-"]


def test_notes_follow_their_slide_and_other_cells_stay_out():
    cells = [
        nbformat.v4.new_markdown_cell("## A", metadata={"slideshow": {"slide_type": "slide", "notes": "say so"}}),
        nbformat.v4.new_code_cell("1 + 1"),
        nbformat.v4.new_code_cell("2 + 2", metadata={"slideshow": {"slide_type": "subslide"}}),
    ]
    nb = nbformat.v4.new_notebook(cells=cells)
    deck = slides.marked(nb)
    assert [cell.source for cell in deck.cells] == ["## A", "say so", "2 + 2"]
    assert [cell.metadata.slideshow.slide_type for cell in deck.cells] == ["slide", "notes", "subslide"]
    assert "notes" in nb.cells[0].metadata.slideshow  # what was given is as it was


def test_an_answer_waits_for_a_click_and_a_lab_says_where_it_is_live():
    shown = slides.still({"model_id": "guess"}, GUESS, "", {})
    assert "<li>a &lt; b</li>" in shown
    assert '<div class="answer fragment">It is <b>one</b> (1). So.</div>' in shown
    assert "You said" not in shown
    lab = {
        "lab": model("VBox", children=["IPY_MODEL_title", "IPY_MODEL_picture"]),
        "title": model("HTML", value="<h4>A lab</h4>"),
        "picture": model("Image", format="png", tooltip="a curve")
        | {"buffers": [{"path": ["value"], "data": "AAAA", "encoding": "base64"}]},
    }
    shown = slides.still({"model_id": "lab"}, lab, "http://localhost:8888/lab/tree/x.ipynb#cell-id=y", {})
    assert "<h4>A lab</h4>" in shown
    assert "alt='a curve'" in shown
    assert 'href="http://localhost:8888/lab/tree/x.ipynb#cell-id=y"' in shown
    assert slides.still({"model_id": "title"}, lab, "", {}) is None


def test_a_page_loads_nothing():
    output = nbformat.v4.new_output("display_data", data={WIDGET: {"model_id": "guess"}})
    cell = nbformat.v4.new_code_cell("x", metadata={"slideshow": {"slide_type": "slide"}}, outputs=[output])
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# T"), cell])
    nb.metadata["widgets"] = {checks.WIDGET_STATE: {"state": GUESS}}
    page = slides.page(nb, "x", ("/* {{ style */", "var a = '</script>';"))
    assert "how many?" in page
    assert "/* {{ style */" in page
    assert "var a = '<\\/script>';" in page
    assert not re.findall(r"<(?:script|img)[^>]*src=[\"'](?!data:)[^>]*>|<link[^>]*href=[^>]*>", page)


def test_without_reveal_and_network_the_error_says_what_to_do(monkeypatch, tmp_path):
    done = subprocess.CompletedProcess([], 1, "", "no such index")
    monkeypatch.setattr(slides.subprocess, "run", lambda *_, **__: done)
    with pytest.raises(RuntimeError, match=r"need reveal.js once: .* put dist/reveal.css, .* no such index"):
        slides.reveal(tmp_path / "reveal")
    for name in slides.REVEAL:
        (tmp_path / "reveal" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "reveal" / name).write_text(name)
    assert slides.reveal(tmp_path / "reveal") == ("dist/reveal.css", "dist/reveal.js\nplugin/notes/notes.js")
