"""Write every lab as a page: `python -m widgets.pages [LAB ...]`."""

import importlib
import io
import os
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from pathlib import Path

import click
from PIL import Image

from widgets.pages.characters import MAKERS
from widgets.pages.index import index_page
from widgets.pages.page import lab_page, title_of
from widgets.pages.record import record, record_games
from widgets.pages.stops import GAMES, STOPS

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def make(call):
    """Make a lab as it begins, with the notebook's data where it asks for some.

    Args:
        call: such as "gan_lab.saturation".

    Returns:
        `widgets.parts.lab.Lab`.
    """
    if call in MAKERS:
        return MAKERS[call]()
    face, name = call.split(".")
    return getattr(importlib.import_module(f"widgets.{face}"), name)()


def notebook_of(call):
    """Find the first notebook that shows a lab.

    Args:
        call: such as "gan_lab.saturation".

    Returns:
        str, its name without ending; "" when none does.
    """
    paths = sorted(NOTEBOOKS.glob("0*.ipynb"))
    return next((path.stem for path in paths if f"{call}(" in path.read_text(encoding="utf-8")), "")


def write(call, folder):
    """Record one lab and write its page and its picture.

    Args:
        call: such as "gan_lab.saturation".
        folder: to write into.

    Returns:
        dict of call, title, notebook, states, bytes and seconds, for the index.
    """
    began = time.perf_counter()
    lab, name, notebook = make(call), call.split(".")[1], notebook_of(call)
    picture = Image.open(io.BytesIO(lab.figure.widget.value)).convert("RGB")
    recording = record_games(lab, 600, 20) if call == GAMES else record(lab, STOPS[call])
    page = lab_page(recording, notebook)
    _replace(folder / f"{name}.html", page.encode())
    file = io.BytesIO()
    picture.save(file, "png", optimize=True)
    _replace(folder / f"{name}.png", file.getvalue())
    return {
        "call": call,
        "title": title_of(lab),
        "alt": lab.figure.alt,
        "notebook": notebook,
        "states": len(recording.states),
        "bytes": len(page.encode()),
        "seconds": time.perf_counter() - began,
    }


def _replace(path, content):
    part = path.with_suffix(f"{path.suffix}.part")
    part.write_bytes(content)
    part.replace(path)


@click.command()
@click.argument("names", nargs=-1)
@click.option("-o", "folder", type=click.Path(path_type=Path), default=Path("runs/labs"), show_default=True)
@click.option("--workers", type=int, default=min(4, os.cpu_count() or 1), show_default="as many as there are cores")
def main(names, folder, workers):
    """Write the labs as pages that answer without kernel and network; NAMES such as saturation pick some."""
    calls = [*STOPS, GAMES]
    unknown = set(names) - {call.split(".")[1] for call in calls}
    if unknown:
        known = ", ".join(call.split(".")[1] for call in calls)
        raise click.BadParameter(f"no page for {', '.join(sorted(unknown))}; there are {known}")
    calls = [call for call in calls if not names or call.split(".")[1] in names]
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    with ProcessPoolExecutor(workers) as pool:
        jobs = [pool.submit(partial(write, folder=folder), call) for call in calls]
        for number, job in enumerate(as_completed(jobs), 1):
            card = job.result()
            made.append(card)
            told = f"{card['states']:,} states, {card['bytes'] / 1e6:.2f} MB, {card['seconds']:.0f} s"
            click.echo(f"{number:2}/{len(calls)} {card['call']}: {told}")
    if not names:
        made.sort(key=lambda card: (card["notebook"], calls.index(card["call"])))
        _replace(folder / "index.html", index_page(made).encode())
        click.echo(f"{(folder / 'index.html').resolve()}: opens from disk, on a phone too; no kernel, no network")


if __name__ == "__main__":
    main()
