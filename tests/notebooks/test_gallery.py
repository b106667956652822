"""The gallery: cards of executed notebooks that were never run, their pictures, numbers and failures."""

import base64
import io
import re

import gallery
import numpy as np
import pytest
import run as runner
from checks import WIDGET_STATE
from nbformat import v4, write
from PIL import Image


def picture(width, height, frames=1, kind="PNG"):
    file = io.BytesIO()
    pictures = [Image.fromarray(np.full((height, width, 3), (97 * n) % 256, np.uint8)) for n in range(1, frames + 1)]
    more = {"save_all": True, "append_images": pictures[1:], "duration": 50} if frames > 1 else {}
    pictures[0].save(file, kind, **more)
    return base64.b64encode(file.getvalue()).decode()


def shown(data, mime="image/png", alt="a square"):
    return v4.new_output("display_data", {mime: data}, metadata={mime: {"alt": alt}})


def executed(title, *outputs, metrics, seconds=75.4, widgets=()):
    """A notebook as papermill leaves it."""
    state = {str(number): one for number, one in enumerate(widgets)}
    metadata = {
        "papermill": {"duration": seconds, "parameters": {"PROFILE": "ci"}},
        "widgets": {WIDGET_STATE: {"state": state}},
    }
    cells = [
        v4.new_markdown_cell(f"# {title}\n\n**Questions.** Who is *that*? Why?"),
        v4.new_code_cell("PROFILE = 'demo'\nSEED = 3\nSOURCE = 'twin'", metadata={"tags": ["parameters"]}),
        v4.new_code_cell("1", outputs=list(outputs)),
        v4.new_code_cell(
            "2",
            metadata={"tags": ["metrics"]},
            outputs=[v4.new_output("display_data", {"application/json": metrics})] if metrics else [],
        ),
    ]
    return v4.new_notebook(cells=cells, metadata=metadata)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The gallery of two: a good one with a film, and one that failed."""
    folder = tmp_path_factory.mktemp("runs")
    players = [
        {"model_name": "AnyModel", "state": {}},
        {"model_name": "HTMLModel", "state": {"value": "<video controls></video>"}},
        {"model_name": "HTMLModel", "state": {"value": "words"}},
    ]
    metrics = {"loss <b>": {"ours": 1.23456, "baseline": {"ridge": 2, "each length": [0.5, 1.0]}}, "many": 1}
    metrics |= {f"metric {number}": {f"{n}": n for n in range(9)} for number in range(6)}
    film = shown(picture(64, 36, gallery.FRAMES + 8, "GIF"), "image/gif", 'a "film"')
    good = executed("The <i>first</i>", shown(picture(300, 900)), film, metrics=metrics, widgets=players)
    error = v4.new_output("error", ename="ValueError", evalue="<script>no</script>", traceback=[])
    bad = executed("The second", shown(picture(300, 900)), error, metrics=None, seconds=4)
    write(good, folder / "01_first.ipynb")
    write(bad, folder / '02_"second".ipynb')
    assert runner.write_gallery(folder) == folder / "index.html"
    return (folder / "index.html").read_text(encoding="utf-8")


def test_a_card_for_each_with_its_time_and_question(page):
    good, bad = page.split("<article>")[1:]
    assert '<h2><a href="01_first.html">The &lt;i&gt;first&lt;/i&gt;</a></h2>' in good
    assert "Who is that?<" in good
    facts = good.split('class="facts">')[1].split("</p>")[0]
    told = ["✓ ran", "1 min 15 s", "profile ci", "seed 3", "2 pictures", "2 players"]
    assert re.findall(">([^<>]+)</span>", facts) == told
    assert 'href="02_&quot;second&quot;.html"' in bad
    assert "2 notebooks, 1 min 19 s in all, 1 failed" in page


def test_numbers_stand_beside_their_baselines_and_long_lists_are_folded(page):
    assert "loss &lt;b&gt;" in page
    row = page.split("loss &lt;b&gt;")[1].split("</tr>")[1]
    told = ["<i>baseline, each length</i> 0.5, 1", "<i>baseline, ridge</i> 2", "<i>ours</i> 1.235"]
    assert re.findall("<span>(.*?)</span>", row) == told
    assert page.count("<summary>2 more</summary>") == 1  # metrics beyond the sixth
    assert page.count("<summary>3 more</summary>") == 6  # numbers beyond the sixth of a metric


def test_what_failed_is_said_and_escaped(page):
    assert "Failed: error in cell 2: ValueError: &lt;script&gt;no" in page
    assert "<script" not in page
    assert 'alt="a &quot;film&quot;"' in page


def test_it_needs_no_network_and_fits_eye_and_screen(page):
    assert "http" not in page
    assert set(re.findall('(?:src|srcset)="(.{10})', page)) == {"data:image"}
    for rule in ("prefers-color-scheme: dark", "prefers-reduced-motion: reduce", "width=device-width"):
        assert rule in page


def decoded(html):
    return [Image.open(io.BytesIO(base64.b64decode(data))) for data in re.findall('base64,([^"]*)', html)]


def test_a_film_becomes_slides_and_a_tall_sheet_is_cut(page):
    good, bad = page.split("<article>")[1:]
    still, slides = decoded(good)
    assert (still.size, slides.size, slides.n_frames) == ((64, 36), (64, 36), gallery.FRAMES)
    (sheet,) = decoded(bad)
    assert sheet.size == (270, 270)


def test_a_notebook_of_figures_shows_the_largest_of_its_widgets():
    def figure(*size):
        buffers = [{"path": ["value"], "data": picture(*size)}]
        state = {"tooltip": f"{size}", "_dom_classes": ["animkit-figure"]}
        return {"model_name": "ImageModel", "state": state, "buffers": buffers}

    nb = executed("Labs", metrics={"loss": 1}, widgets=[figure(40, 40), figure(96, 54), figure(20, 90)])
    assert '<img class="small plot" alt="(96, 54)"' in gallery.thumbnail(nb)  # dark on a dark page
    assert gallery.thumbnail(executed("Words", metrics={"loss": 1})) == ""
