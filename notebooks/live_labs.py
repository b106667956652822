"""Labs that answer in slides without a kernel: each lab's page stands over its picture while its slide is shown."""

import html
import json
import re
import subprocess
import sys
from pathlib import Path

from widgets.pages.page import in_frame, lines_in

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "runs" / "labs"
CODE = ("widgets/labs", "widgets/pages", "widgets/parts", "animkit/theory")  # what pages are made by

STYLE = """
.answering iframe{display:none;width:100%;height:700px;border:0}
.answering.awake iframe{display:block}
.answering.awake .lab{display:none}
@media print{.answering.awake iframe{display:none}.answering.awake .lab{display:flex}}
"""

# A page is put into its frame when its slide is shown: a lecture opens as fast as without. Keys that a presenter's
# remote sends go on to the slides, and Escape gives them back the others.
WAKE = """
function wake(slide) {
  for (const place of slide?.querySelectorAll(".answering:not(.awake)") ?? []) {
    const frame = document.createElement("iframe");
    frame.title = place.dataset.title;
    frame.srcdoc = JSON.parse(place.querySelector("script").textContent);
    frame.onload = () => {
      place.classList.add("awake");
      frame.contentWindow.addEventListener("keydown", ({ key }) => {
        if (!["PageDown", "PageUp", "Escape"].includes(key)) return;
        window.focus();
        if (key === "PageDown") Reveal.next();
        if (key === "PageUp") Reveal.prev();
      });
    };
    place.append(frame);
  }
}
if (window.Reveal && !/print-pdf/.test(location.search)) {
  for (const moment of ["ready", "slidechanged"]) Reveal.on(moment, ({ currentSlide }) => wake(currentSlide));
}
"""


def call_in(line):
    """Read which lab a state line makes.

    Args:
        line: such as "gan_lab.saturation(logit=3.0)".

    Returns:
        str such as "saturation"; "" where it is no such line.
    """
    found = re.match(r"[a-z]+_lab\.([a-z_]+)\(", line)
    return found[1] if found else ""


def pages_for(names, folder=PAGES):
    """Bring the pages of labs, made anew where there are none or the code is younger.

    Args:
        names: of labs, such as "saturation".
        folder: where they lie, or will.

    Returns:
        dict: name -> page.
    """
    youngest = max(path.stat().st_mtime for place in CODE for path in (ROOT / place).glob("*.*"))
    paths = {name: Path(folder) / f"{name}.html" for name in names}
    missing = [name for name, path in paths.items() if not path.is_file() or path.stat().st_mtime < youngest]
    if missing:
        subprocess.run([sys.executable, "-m", "widgets.pages", "-o", folder, *missing], check=True, cwd=ROOT)
    return {name: path.read_text(encoding="utf-8") for name, path in paths.items()}


def answering(still, line, pages):
    """Let a lab answer, where its page knows the state that the notebook shows.

    Args:
        still: HTML of the lab as a picture, which stays for print.
        line: the lab's state line.
        pages: as `pages_for` returns them.

    Returns:
        HTML; the still itself where a notebook's own data are shown, which no page has.
    """
    name = call_in(line)
    if name not in pages or line not in lines_in(pages[name]):
        return still
    page = json.dumps(in_frame(pages[name], line)).replace("<", "\\u003c")
    title = html.escape(name.replace("_", " "), quote=True)
    return f'<div class="answering" data-title="{title}">{still}<script type="application/json">{page}</script></div>'
