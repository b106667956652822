"""A real JupyterLab on loopback with private folders, and a headless Chromium that may talk to nobody else."""

import ast
import json
import os
import re
import shutil
import socket
import subprocess
import symtable
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe

from animkit.data.twins.walkers import walker
from animkit.motion.bvh import save_bvh

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PICTURES = ROOT / "runs" / "browser"
TOKEN = "for-these-tests-only"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


WIDGET = re.compile(r"_lab\.|_board\(|Exercise\(|AnimationPlayer\(|read_parameters")
TRAINS = re.compile(r"\btrain\(|\.fit\(")


def free(table):
    """What the code of a symbol table reads from elsewhere."""
    top = table.get_type() == "module"
    own = {name.get_name() for name in table.get_symbols() if name.is_referenced() and (top or name.is_global())}
    return own.union(*map(free, table.get_children()))


def names(source):
    """What a cell binds or changes, what it binds anew whatever was there before, and what it reads from before."""
    bound, anew, read = set(), set(), set()
    for line in ast.parse(source).body:
        table = symtable.symtable(ast.unparse(line), "a cell", "exec")
        stored = {name.get_name() for name in table.get_symbols() if name.is_assigned() or name.is_imported()}
        seen = free(table)
        if isinstance(line, ast.For):
            seen -= {node.id for node in ast.walk(line.target) if isinstance(node, ast.Name)}
        if isinstance(line, ast.AugAssign):
            seen |= stored
        # x.method(), x.name = ... and x[...] = ... change x; x.compile() nothing that a widget shows
        parts = [node for node in ast.walk(line) if isinstance(getattr(node, "ctx", None), ast.Store)]
        if isinstance(line, ast.Expr) and isinstance(line.value, ast.Call):
            parts.append(line.value.func)
        parts = [
            part.value
            for part in parts
            if isinstance(part, ast.Attribute | ast.Subscript) and getattr(part, "attr", "") != "compile"
        ]
        bound |= stored | {part.id for part in parts if isinstance(part, ast.Name)}
        read |= seen - anew
        if not isinstance(line, ast.If | ast.While | ast.Try):
            anew |= stored
    return bound, anew - read, read


def for_the_browser(cells, *, revealed=0):
    """What shows a widget without a training, so many of the predictions, and what these need.

    papermill runs whole notebooks; here their derivations and trainings would be run a second time.
    """
    code = [(cell, *names(cell.source)) for cell in cells if cell.cell_type == "code"]
    trained, shown, needed, kept = set(), [], set(), []
    for cell, bound, anew, read in code:
        if TRAINS.search(cell.source) or read & trained:
            trained |= bound
        else:
            trained -= anew
            shown += [cell.id] * bool(WIDGET.search(cell.source))
    shown += [cell.id for cell, *_ in code if ".reveal(" in cell.source][:revealed]
    for cell, bound, anew, read in reversed(code):
        if cell.id in shown or bound & needed or "parameters" in cell.metadata.get("tags", ()):
            needed = needed - anew | read
            kept.append(cell.id)
    return [cell for cell in cells if cell.cell_type != "code" or cell.id in kept]


@pytest.fixture(scope="session")
def chromium():
    """Path of the browser; without one the tests skip, or fail where CI promises it."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(
            "Chromium is missing: install it (Debian: apt install chromium) for the tests that drive JupyterLab"
        )
    return path


@pytest.fixture(scope="package")  # while it runs, asyncio.run does not: it must end before other tests
def browser(chromium):
    from playwright.sync_api import sync_playwright  # only where there is a browser to drive

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture(scope="package")
def jupyter(chromium, tmp_path_factory, warm_kernels):
    """Address of a JupyterLab with the notebooks at profile ci, on the twin, as widgets need them; 05 has a BVH."""
    folder = tmp_path_factory.mktemp("jupyter")
    notebooks = folder / "notebooks"
    notebooks.mkdir()
    for source in sorted((ROOT / "notebooks").glob("0[1-7]_*.ipynb")):
        notebook = nbformat.read(source, as_version=4)
        cell = next(cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", ()))
        cell.source = re.sub('PROFILE = "demo"', 'PROFILE = "ci"', cell.source)
        cell.source = re.sub('SOURCE = "present"', 'SOURCE = "twin"', cell.source)
        cell.source = re.sub('BVH = ""', 'BVH = "walk.bvh"', cell.source)
        cell.source = re.sub('OUT = "[^"]*"', f'OUT = "{source.stem}"', cell.source)
        # the test of predictions opens the first
        notebook.cells = for_the_browser(notebook.cells, revealed=4 if source.stem == "01_gan" else 0)
        nbformat.write(notebook, notebooks / source.name)
    save_bvh(notebooks / "walk.bvh", walker(seconds=3.0, turn=0.4, seed=1).clip)
    (notebooks / "results").symlink_to(ROOT / "notebooks" / "results")

    # JupyterLab draws the cells in sight only; the tests look at all of them
    settings = folder / "settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    (settings / "tracker.jupyterlab-settings").write_text('{"windowingMode": "none"}')

    news = folder / "config" / "labconfig"
    news.mkdir(parents=True)
    (news / "default_setting_overrides.json").write_text(
        '{"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}}'
    )

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    private = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    environment = os.environ | {name: str(folder / place) for name, place in private.items()}
    environment["JUPYTER_PATH"] = warm_kernels
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}", "--allow-root"),
        *(f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={notebooks}"),
        "--LabApp.expose_app_in_browser=True",
        f"--LabApp.extra_labextensions_path={ROOT / 'notebooks/settings/labextensions'}",
        *("--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"),
    ]
    address = f"http://127.0.0.1:{port}"
    with open(folder / "log", "w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{address}/api/status?token={TOKEN}", timeout=2)
                break
            except OSError:
                time.sleep(0.5)
        else:
            pytest.fail(f"JupyterLab did not start: {(folder / 'log').read_text()[-2000:]}")
        yield address, notebooks
    finally:
        server.terminate()
        server.wait(20)


AUDITED = ".jp-OutputArea .jupyter-widgets"
AUDIT = {"runOnly": ["wcag2a", "wcag2aa"], "resultTypes": ["violations"], "preload": False, "selectors": False}
SMALL = {"width": 1366, "height": 768}
# heading, width, height, and the width that would be needed without cutting anything off
SIZES = """labs => labs.filter((lab) => lab.offsetParent).map((lab) => {
  const { width, height } = lab.getBoundingClientRect();
  return [lab.querySelector('h4').innerText, width, height, lab.scrollWidth];
})"""


def serious(page, parts=None):
    """What axe-core finds that keeps readers out: names for a screen reader, roles, the order of keys, contrast.

    Args:
        page: of playwright.
        parts: selectors of what is looked at; None for all.

    Returns:
        list of str.
    """
    found = Axe().run(page, parts, AUDIT).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {one['help']}: {node['html'][:200]} {node['failureSummary'][:200]}"
        for one in found
        for node in one["nodes"][:3]
        if one["impact"] in ("serious", "critical")
    ]


class Notebook:
    """One notebook open in JupyterLab."""

    def __init__(self, page):
        self.page = page

    def run_all(self, timeout=400):
        """Run every cell and wait until the kernel rests."""
        self.menu("Run", "Run All Cells")
        # a cell that ran has its number, one that waits a star
        self.page.wait_for_function(
            """() => {
              const cells = [...document.querySelectorAll('.jp-Notebook .jp-CodeCell')];
              const numbered = cells.filter((cell) => /\\d/.test(cell.querySelector('.jp-InputPrompt')?.textContent));
              const waiting = cells.some((cell) => /\\*/.test(cell.querySelector('.jp-InputPrompt')?.textContent));
              const idle = document.querySelector(".jp-Notebook-ExecutionIndicator[data-status='idle']");
              return idle && !waiting && numbered.length > 0;
            }""",
            timeout=1000 * timeout,
            polling=500,  # not at every picture that the browser draws
        )
        self.page.wait_for_timeout(1000)

    def menu(self, menu, item):
        self.page.get_by_role("menuitem", name=menu, exact=True).click()
        # some items end in dots, of one kind or another
        self.page.get_by_role("menuitem", name=re.compile(f"^{item}")).first.click()

    def lab(self, title):
        """The lab with this heading."""
        found = self.page.locator(".animkit-lab").filter(has=self.page.locator("h4", has_text=title)).first
        found.scroll_into_view_if_needed()
        return found

    def check_that_all_fits(self):
        """Each lab and board stands whole in the notebook's area on a small screen, JupyterLab as it opens."""
        before = self.page.viewport_size
        self.page.set_viewport_size(SMALL)
        self.page.wait_for_timeout(700)  # plots are drawn anew
        room = self.page.locator(".jp-WindowedPanel-outer:visible").first.bounding_box()
        labs = self.page.locator(".animkit-lab").evaluate_all(SIZES)
        self.page.set_viewport_size(before)
        assert labs
        there = f"at 1366 x 768 there is room for {room['width']:.0f} x {room['height']:.0f}"
        assert [
            f"{title} has {width:.0f} x {height:.0f}, its parts need a width of {needed:.0f}; {there}"
            for title, width, height, needed in labs
            if width > room["width"] or height > room["height"] or needed > width + 3  # a border is nothing cut off
        ] == []

    def use_theme(self, name):
        """Turn JupyterLab to one of its themes, and wait for what is drawn anew."""
        self.page.evaluate("(theme) => jupyterapp.commands.execute('apputils:change-theme', { theme })", name)
        self.page.wait_for_function("(name) => document.body.dataset.jpThemeName === name", arg=name)
        self.page.wait_for_timeout(700)

    def check_for_all_readers(self, dark=False):
        """What axe-core finds in labs, boards and exercises, JupyterLab's own parts aside, is never serious.

        Names for a screen reader, roles, the order of keys, contrast.
        """
        if dark:
            self.use_theme("JupyterLab Dark")
            self.check_for_all_readers()
            self.use_theme("JupyterLab Light")
        assert serious(self.page, [AUDITED]) == []

    def errors(self):
        """What cells or widgets report as an error."""
        return self.page.locator(
            ".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error']"
        ).all_inner_texts()

    def picture(self, name):
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png")


@pytest.fixture(scope="package")
def write_notebook(jupyter):
    """`write_notebook("speed", *cells)`: a notebook of these cells in JupyterLab's folder; its file name."""
    _, folder = jupyter

    def write(name, *cells):
        cells = [nbformat.v4.new_code_cell(source.strip()) for source in cells]
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / f"{name}.ipynb")
        return f"{name}.ipynb"

    return write


@pytest.fixture(scope="package")
def lab_page(browser, jupyter):
    """The one page of JupyterLab, which takes five seconds of CPU time to load, and what was wrong on it."""
    address, _ = jupyter
    problems = []

    def requested(request):
        if not request.url.startswith((address, address.replace("http", "ws"), "data:", "blob:")):
            problems.append(f"a request left the machine: {request.url}")

    def raised(error):
        # anywidget says so of itself when a busy page takes more than two seconds; the widget comes all the same
        if "Failed to initialize model" not in str(error):
            problems.append(f"the page raised: {error}")

    def said(message):
        # a widget of a notebook that is being closed may still have something to say
        if message.type == "error" and "Could not send widget sync message" not in message.text:
            problems.append(f"the console says: {message.text}")

    page = browser.new_page(viewport={"width": 1400, "height": 1200})
    page.on("request", requested)
    page.on("console", said)
    page.on("pageerror", raised)
    page.goto(f"{address}/lab?token={TOKEN}")
    page.wait_for_selector(".jp-Launcher", timeout=120_000)
    yield page, problems
    page.close()


# closes all but a document, whose kernel goes on; nothing is asked about what was not saved
OPEN = """async (path) => {
  const { commands, shell } = jupyterapp;
  const document = path && await commands.execute('docmanager:open', { path });
  for (const other of [...shell.widgets('main')].filter((one) => one !== document)) {
    if (other.context) other.context.model.dirty = false;
    other.close();
  }
}"""


@pytest.fixture(scope="module")
def pages(lab_page, jupyter):
    """A function that opens a notebook and runs its cells, and the list of what was wrong on the page."""
    (address, _), (page, problems) = jupyter, lab_page
    opened = {}

    def close_all_but(name):
        """Players of another would go on playing, at the cost of half a core, and its kernel keeps what it loaded."""
        page.evaluate(OPEN, name)
        for session in json.loads(urllib.request.urlopen(f"{address}/api/sessions?token={TOKEN}").read()):
            if session["path"] != name:
                stop = urllib.request.Request(f"{address}/api/sessions/{session['id']}?token={TOKEN}", method="DELETE")
                urllib.request.urlopen(stop)

    def open_it(name):
        if name in opened:
            return opened[name]
        opened.clear()
        close_all_but(name)
        page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=120_000)
        # the circle in the toolbar says idle before there is a kernel; the status bar does not
        page.locator("#jp-main-statusbar", has_text="Python 3 (ipykernel) | Idle").wait_for(timeout=120_000)
        opened[name] = Notebook(page)
        opened[name].run_all()
        return opened[name]

    yield open_it, problems
    close_all_but(None)


@pytest.fixture
def open_notebook(pages):
    """`open_notebook("01_gan.ipynb")`: its page, all cells run, open until another is asked for; no problems."""
    open_it, problems = pages

    def in_front(name):
        notebook = open_it(name)
        notebook.page.bring_to_front()  # a hidden page draws no animation
        return notebook

    yield in_front
    found = problems.copy()
    problems.clear()
    assert found == []
