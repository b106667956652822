"""Run notebooks by papermill, keep executed copies and their HTML, and fail on errors that papermill does not see.

python notebooks/run.py [NOTEBOOK ...] [--profile ci|demo|full] [-p NAME=VALUE ...] [--output FOLDER]
"""

import argparse
import contextlib
import math
import os
import queue
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import checks
import gallery
import nbformat
import offline
import papermill
from jupyter_core.utils import run_sync
from nbformat.v4 import output_from_msg
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines
from traitlets.config import Config

from animkit.parameters import EVERYWHERE, PROFILES, read_value, refuse_unknown

try:
    import resource
except ImportError:  # Windows
    resource = None

SAVED_EVERY = 10  # seconds; papermill saves twice a cell, which takes as long as a short notebook's own work
NOTEBOOKS = Path(__file__).resolve().parent
OUTPUT = NOTEBOOKS.parent / "runs" / "notebooks"


class Run(NamedTuple):
    """What became of one notebook."""

    notebook: str
    seconds: float
    problems: list
    metrics: dict


class Client(PapermillNotebookClient):
    """papermill's client, which also shows progress and notes the errors that belong to no cell."""

    def __init__(self, nb_man, *, progress, **options):
        super().__init__(nb_man, **options)
        self.nb.metadata["lost_errors"] = []
        self.on_notebook_start = self.watch
        self.on_cell_start = lambda cell, cell_index: progress(cell, cell_index, len(self.nb.cells))

    def watch(self, notebook):
        """Read along with nbclient, which drops what threads, tasks and comm messages say between cells."""
        receive, reply = self.kc.iopub_channel.get_msg, self.kc.shell_channel.get_msg

        async def get_msg(*args, **options):
            message = await receive(*args, **options)
            if message["msg_type"] in ("error", "stream") and (error := checks.error_in(output_from_msg(message))):
                notebook.metadata["lost_errors"].append(error)
            return message

        async def get_reply(timeout=None):
            """Look each second: what nbclient sends for an Output widget may swallow the notice of a reply for good."""
            end = math.inf if timeout is None else time.monotonic() + timeout
            while True:
                try:
                    return await reply(timeout=max(0, min(1, end - time.monotonic())))
                except queue.Empty:
                    if time.monotonic() >= end:
                        raise

        self.kc.iopub_channel.get_msg, self.kc.shell_channel.get_msg = get_msg, get_reply

    def papermill_execute_cells(self):
        super().papermill_execute_cells()
        with contextlib.suppress(queue.Empty):  # what is still said after the last cell
            while True:
                run_sync(self.kc.iopub_channel.get_msg)(timeout=0.3)


class Engine(NBClientEngine):
    """papermill's engine with our client."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, *, progress, log, execution_timeout=None, **_):
        client = Client(
            nb_man,
            progress=progress,
            kernel_name=kernel_name,
            timeout=execution_timeout,
            startup_timeout=120,
            iopub_timeout=60,  # papermill fails where the last output comes later than 4 s, as on a loaded machine
            # what C++ writes to the error stream (TensorFlow: greetings) goes to the log, not into cells
            extra_arguments=["--IPKernelApp.capture_fd_output=False"],
            # not TCP: two kernels that start at a time may be given the same free port, and one of them dies of it
            config=Config({"KernelManager": {"transport": "ipc", "ip": f"{os.environ['JUPYTER_RUNTIME_DIR']}/kernel"}}),
        )
        save = nb_man.save

        def seldom(**options):
            if (nb_man.now() - nb_man.last_save_time).total_seconds() > SAVED_EVERY:
                save(**options)

        with patch.object(nb_man, "save", seldom):  # at the end papermill saves in any case
            return client.execute(stderr=log)


papermill_engines.register("animkit", Engine)


@contextlib.contextmanager
def own_kernel():
    """Kernels of this very interpreter, whatever the home folder holds; it may be empty."""
    with tempfile.TemporaryDirectory() as scratch:
        places = {
            "JUPYTER_PATH": str(Path(sys.prefix) / "share" / "jupyter"),
            "JUPYTER_CONFIG_DIR": f"{scratch}/config",
            "JUPYTER_RUNTIME_DIR": f"{scratch}/runtime",
            "IPYTHONDIR": f"{scratch}/ipython",
            "ANIMKIT_PROGRESS": "log",  # nobody watches: lines, no bar
            "TF_CPP_MIN_LOG_LEVEL": os.environ.get("TF_CPP_MIN_LOG_LEVEL", "2"),
        }
        Path(places["JUPYTER_RUNTIME_DIR"]).mkdir()
        with patch.dict(os.environ, places):
            yield


def by_type(notebook, parameters):
    """Read parameters as the notebook itself will, so that a mistake is told before anything runs.

    Raises:
        ValueError: the notebook's parameters cell has no such name, or the value is not of its type.
    """
    known = checks.parameters(checks.read(notebook))
    refuse_unknown(parameters, known, where=Path(notebook).name)
    kinds = {name: type(default) for name, default in known.items()} | EVERYWHERE
    return {name: read_value(name, value, kinds[name]) for name, value in parameters.items()}


def run(notebook, output=OUTPUT, *, parameters=None, cwd=NOTEBOOKS, timeout=None, progress=lambda *_: None):
    """Execute one notebook and write NAME.ipynb, NAME.html and the kernel's NAME.log.

    Args:
        notebook: path of the .ipynb.
        output: folder for the executed copy and its HTML; made if missing.
        parameters: name -> value, each of them a name in the notebook's parameters cell.
        cwd: folder the kernel starts in; as in JupyterLab, the notebook's own.
        timeout: seconds that one cell may take, or None.
        progress: called as progress(cell, index, count) before each cell.

    Returns:
        a Run; its `problems` are empty when all is well.

    Raises:
        ValueError: the notebook has no such parameter, or a value is not of its type.
    """
    notebook, output = Path(notebook).resolve(), Path(output).resolve()
    parameters = by_type(notebook, parameters or {})
    output.mkdir(parents=True, exist_ok=True)
    executed, problems, start = output / notebook.name, [], time.monotonic()
    executed.unlink(missing_ok=True)  # never mistake an earlier run's copy for this one
    try:
        with own_kernel(), open(executed.with_suffix(".log"), "wb") as log:
            papermill.execute_notebook(
                notebook,
                executed,
                parameters,
                engine_name="animkit",
                kernel_name="python3",
                language="python",
                progress_bar=False,
                cwd=cwd,
                execution_timeout=timeout,
                progress=progress,
                log=log,
            )
    except papermill.PapermillExecutionError:
        pass  # the executed copy holds the error
    except Exception as error:  # one notebook's end, be it a dead kernel or a timeout, must not stop the others
        problems.append(f"{type(error).__name__}: {str(error).strip() or 'no message'}")
    seconds = time.monotonic() - start
    if not executed.exists():
        return Run(notebook.stem, seconds, problems, {})
    nb = checks.read(executed)
    if problems:  # no output of a cell tells of it; the gallery reads it here
        nb.metadata["animkit"] = {"ended by": problems[0]}
        write(executed, nbformat.writes(nb))
    problems = checks.run_problems(nb)
    write_html(nb, executed.with_suffix(".html"))
    try:
        return Run(notebook.stem, seconds, problems, checks.metrics(nb))
    except ValueError:
        return Run(notebook.stem, seconds, problems, {})


def write_html(nb, path):
    """Write an executed notebook as a page that needs no network."""
    write(path, offline.page(nb, checks.title(nb)))


def write(path, text):
    """Write a file whole or not at all."""
    partial = path.with_name(path.name + ".part")
    partial.write_text(text, encoding="utf-8")
    os.replace(partial, path)


def write_gallery(folder):
    """Write `folder/index.html`: a card for each executed notebook that lies there."""
    notebooks = {path.stem: checks.read(path) for path in sorted(Path(folder).glob("*.ipynb"))}
    write(Path(folder) / "index.html", gallery.page(notebooks))
    return Path(folder) / "index.html"


# The command -----------------------------------------------------------------------------------------------------


def show_progress(notebook):
    """A progress function for `run`: one line that rewrites itself on a terminal, one line a section elsewhere."""
    start, heading = time.monotonic(), ""

    def progress(cell, index, count):
        nonlocal heading
        new = [line.lstrip("# ") for line in cell.source.splitlines() if line.startswith("#")]
        changed = cell.cell_type == "markdown" and bool(new)
        heading = new[0] if changed else heading
        line = f"{notebook}  cell {index + 1:2d}/{count}  {time.monotonic() - start:4.0f} s  {heading}"
        if sys.stdout.isatty():
            print(f"\r\x1b[K{line[:110]}", end="\n" if index + 1 == count else "", flush=True)
        elif changed or index + 1 == count:
            print(line, flush=True)

    return progress


def summary(runs):
    """The closing table: each notebook's seconds, metrics and problems, and the largest kernel's memory."""
    lines = ["", f"{'notebook':28} {'':6} {'seconds':>7}  metrics"]
    for done in runs:
        lines.append(f"{done.notebook:28} {'FAILED' if done.problems else 'ok':6} {done.seconds:7.1f}  ".rstrip())
        lines += [f"    {name:50} {value}" for name, value in gallery.flat(done.metrics)]
        lines += [f"    {problem}" for problem in done.problems]
    failed = sum(bool(done.problems) for done in runs)
    total = sum(done.seconds for done in runs)
    return "\n".join(
        [*lines, f"{len(runs) - failed} ok, {failed} failed, {total:.0f} s, largest kernel {largest_kernel()}"]
    )


def largest_kernel():
    """The most memory that a kernel took, as text."""
    if resource is None:
        return "unknown"
    unit = 1 if sys.platform == "darwin" else 1024  # ru_maxrss is in bytes there and in KiB elsewhere
    return f"{resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit / 2**30:.1f} GiB"


def find(name):
    """The notebook that a user named: a path, or a file of this folder with or without its ending."""
    for path in (Path(name), NOTEBOOKS / name, NOTEBOOKS / f"{name}.ipynb"):
        if path.is_file():
            return path
    raise ValueError(f"no notebook {name!r}; there are {', '.join(p.stem for p in sorted(NOTEBOOKS.glob('*.ipynb')))}")


def parameter(text):
    """`NAME=VALUE` as a pair of texts; `by_type` reads the value."""
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"expected NAME=VALUE, got {text!r}")
    return name, value


def main(arguments=None):
    """Run what the command line names; 1 if a notebook has problems."""
    parser = argparse.ArgumentParser(description="Run notebooks; keep executed copies, their HTML and a gallery.")
    parser.add_argument("notebooks", nargs="*", help="names or paths; all when none is given")
    parser.add_argument("--profile", default="demo", choices=PROFILES)
    parser.add_argument("-p", "--parameter", action="append", default=[], type=parameter, metavar="NAME=VALUE")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    options = parser.parse_args(arguments)
    values = {"PROFILE": options.profile, **dict(options.parameter)}
    try:
        notebooks = [find(name) for name in options.notebooks] or sorted(NOTEBOOKS.glob("*.ipynb"))
        for path in notebooks:
            by_type(path, values)
    except ValueError as error:
        parser.error(str(error))
    runs = [run(path, options.output, parameters=values, progress=show_progress(path.stem)) for path in notebooks]
    print(summary(runs))
    print(f"Gallery: {write_gallery(options.output)}")
    return 1 if any(done.problems for done in runs) else 0


if __name__ == "__main__":
    sys.exit(main())
