"""What long runs measured: read, put into tables, measured again."""

import html
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "notebooks" / "results"
PROTOCOLS = ("mode_coverage", "sprites", "mnist_images", "cmu_prediction", "in_betweening")


def read(name, folder=FOLDER):
    """Read a results file.

    Args:
        name: without its ending.
        folder: where it lies.

    Returns:
        dict.

    Raises:
        FileNotFoundError: it is not there; the error names those that are.
    """
    path = Path(folder) / f"{name}.json"
    if not path.is_file():
        there = ", ".join(sorted(other.stem for other in Path(folder).glob("*.json")))
        raise FileNotFoundError(f"no results called {name!r}; there are {there or 'none'}")
    return json.loads(path.read_text(encoding="utf-8"))


def keep(result, name, path, *, header):
    """Put one run's numbers under its name into a results file, which is replaced whole.

    Args:
        result: dict.
        name: of the run.
        path: of the file.
        header: called where there is no file yet, for what it says before any run.
    """
    path = Path(path)
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else header()
    kept[name] = rounded(result)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, suffix=".partial", delete=False, encoding="utf-8") as file:
        json.dump(kept, file, indent=1, ensure_ascii=False)
        file.write("\n")
    os.replace(file.name, path)


def rounded(value):
    """Round the numbers in nested dicts to five digits."""
    if isinstance(value, dict):
        return {name: rounded(part) for name, part in value.items()}
    return float(f"{value:.5g}") if isinstance(value, float) else value


def measure_again(name, *, profile="demo", folder):
    """Run a protocol as its command line does.

    Args:
        name: one of PROTOCOLS.
        profile: "ci", "demo" or "full".
        folder: where its results file is put; what is committed stays as it is unless this is its folder.

    Raises:
        ValueError: an unknown protocol. RuntimeError: it failed; the error holds its last lines.
    """
    if name not in PROTOCOLS:
        raise ValueError(f"no protocol called {name!r}; there are {', '.join(PROTOCOLS)}")
    command = [sys.executable, "-m", f"animkit.benchmarks.{name}", "--profile", profile, "--output", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[1:])} failed: {done.stderr[-2000:]}")


def table(caption, head, rows):
    """Lay numbers out as an HTML table.

    Args:
        caption: what it shows, with units.
        head: titles of the columns.
        rows: lists of cells: text, numbers, None for what nobody measured, (mean, sd) pairs, or dicts with `mean` and
            `sd`.

    Returns:
        HTML, every text escaped.

    Raises:
        ValueError: a row of another length than the head.
    """
    for row in rows:
        if len(row) != len(head):
            raise ValueError(f"{len(head)} columns, but a row has {len(row)} cells: {row}")
    titles = "".join(f'<th scope="col">{html.escape(title)}</th>' for title in head)
    lines = "".join(
        f'<tr><th scope="row" style="text-align:left">{html.escape(str(first))}</th>'
        + "".join(f"<td>{html.escape(cell(value))}</td>" for value in rest)
        + "</tr>"
        for first, *rest in rows
    )
    return (
        f'<table><caption style="text-align:left">{html.escape(caption)}</caption>'
        f"<thead><tr>{titles}</tr></thead><tbody>{lines}</tbody></table>"
    )


def cell(value):
    """A number as a table shows it: four digits, and two of its spread where it has one."""
    if value is None:
        return "–"
    if isinstance(value, dict):
        value = value["mean"] if value["sd"] is None else (value["mean"], value["sd"])
    if isinstance(value, (tuple, list)):
        return f"{cell(value[0])} ± {value[1]:.2g}"
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 1000 else f"{value:.0f}"
    return str(value)
