"""Which cells of a notebook the tests in the browser run: widgets without a training, and what these need."""

import symtable

import nbformat

from tests.browser.conftest import for_the_browser, free, names

CELLS = {
    "settings": "SEED = 1",
    "imports": "import numpy as np",
    "unused": "other = np.ones(SEED)",
    "data": "data = np.arange(SEED)",
    "grown": "data.resize(4)",
    "trained": "model = vae.train(data)",
    "of the trained": "gan_lab.walk(model)",
    "loaded": "model = weights.load('vae')",
    "of the loaded": "latent_lab.walk(model, data)",
    "asked": "guess.reveal(data.sum())",
}


def test_widgets_and_what_they_need_are_kept_and_trainings_are_not():
    cells = [nbformat.v4.new_code_cell(source, id=name.replace(" ", "-")) for name, source in CELLS.items()]
    cells[0].metadata["tags"] = ["parameters"]
    kept = [cell.id for cell in for_the_browser(cells)]
    assert kept == ["settings", "imports", "data", "grown", "loaded", "of-the-loaded"]
    text = nbformat.v4.new_markdown_cell("words", id="text")
    assert [cell.id for cell in for_the_browser([*cells, text], revealed=1)] == [*kept, "asked", "text"]


def test_a_cell_binds_changes_and_reads():
    bound, anew, read = names("x = a + 1\nb.c = x\nd.append([k for k in e])\nfor i in f:\n    g[i] = x")
    assert bound >= {"x", "b", "d", "g"}
    assert anew == {"x", "i"}
    assert read == {"a", "b", "d", "e", "f", "g"}


def test_what_a_function_reads_from_elsewhere_is_free():
    source = "def grow(y, by=c):\n    local = y + by\n    return [local * z for _ in w]"
    assert free(symtable.symtable(source, "a cell", "exec")) == {"c", "z", "w"}
