"""What long runs measure: a command line, numbers summed up and kept; what they measured: read, shown, run again."""

import argparse
import html
import json
import math
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from scipy.stats import bootstrap

from animkit.parameters import PROFILES, SOURCES
from animkit.writing import replacing

FOLDER = Path(__file__).parents[2] / "notebooks" / "results"
TRIALS = Path("runs/results")
PROTOCOLS = (
    "mnist_nll",
    "mode_coverage",
    "sprites",
    "mnist_images",
    "cmu_prediction",
    "in_betweening",
    "shakespeare_nats",
    "scenes",
    "narrator",
    "rnn_vs_lstm",
    "beats",
    "effects",
    "props",
    "upscaling",
    "relighting",
    "goemotions",
    "mood_reading",
    "film_reads_back",
)


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


def command_line(name, description, *, profile="demo", sources=SOURCES):
    """Begin the command line of a protocol.

    Args:
        name: of the protocol.
        description: one sentence for --help.
        profile: what is run without --profile.
        sources: of the data; none where it is made up on the spot.

    Returns:
        `argparse.ArgumentParser` with --profile, --source, --checkpoints and, for the folder of the results file,
        --output or --ship: a trial does not replace what is committed.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--profile", default=profile, choices=PROFILES)
    if sources:
        parser.add_argument("--source", default="auto", choices=sources, help="of the data")
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--output", default=TRIALS, type=Path, help=f"folder of the results file, {TRIALS} if none is named"
    )
    where.add_argument(
        "--ship",
        dest="output",
        action="store_const",
        const=FOLDER,
        default=TRIALS,
        help="replace this profile's numbers in notebooks/results, which is committed",
    )
    parser.add_argument(
        "--checkpoints", default=Path("runs") / name, type=Path, help="an interrupted run goes on from here"
    )
    return parser


def refuse_early(arguments):
    """End a command whose profile or source is unknown, before its protocol is imported.

    Args:
        arguments: of the command line; what else they hold is for the protocol to read.
    """
    parser = command_line("", "")
    parser.prog = __package__
    if not {"-h", "--help"} & set(arguments):  # the protocol knows more
        parser.parse_known_args(arguments)


def keep(protocol, name, result, *, folder, header, chosen_on):
    """Put one run's numbers into a protocol's results file, beside those of other profiles.

    The file counts how often this run was scored on the test split, trials under runs/ included: whoever looks at the
    test split often enough fits it.

    Args:
        protocol: name of the file.
        name: of the run: its profile, and what else sets it apart.
        result: dict.
        folder: where the file lies.
        header: called where there is no file yet, for what it says before any run.
        chosen_on: the data on which the settings of this run were chosen, in words.
    """
    scorings = 1 + max(_scorings(protocol, name, where) for where in (folder, TRIALS, FOLDER))
    told = {"chosen_on": chosen_on, "test_scorings": scorings}
    keep_choices(protocol, name, {**result, **told}, folder=folder, header=header)


def keep_choices(protocol, name, result, *, folder, header):
    """Put into a protocol's results file what was measured without the test split, to choose settings; see `keep`."""
    path = Path(folder) / f"{protocol}.json"
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else rounded(header())
    write({**kept, name: rounded(result)}, path)
    print(f"{path}: {name}", flush=True)


def _scorings(protocol, name, folder):
    path = Path(folder) / f"{protocol}.json"
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return kept.get(name, {}).get("test_scorings", 0)


def write(content, path):
    """Write JSON under a temporary name, then rename: a run cut short leaves no half file."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def rounded(value):
    """Round the numbers in nested dicts, lists and arrays to five digits."""
    if isinstance(value, dict):
        return {name: rounded(part) for name, part in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [rounded(part) for part in value]
    if isinstance(value, np.integer):
        return int(value)
    return float(f"{value:.5g}") if isinstance(value, (float, np.floating)) else value


def spread(values):
    """Standard deviation over seeds, as a sample of all seeds there could be.

    Args:
        values: one number, or one array, for each seed.

    Returns:
        Number or array; None for a single seed, which has no spread.
    """
    return np.std(values, axis=0, ddof=1) if len(values) > 1 else None


def summaries(runs):
    """Sum up every number of several seeds' runs.

    Args:
        runs: one dict of numbers for each seed.

    Returns:
        dict: name -> `mean`, `sd` (see `spread`) and `by_seed`.
    """
    each = {name: [run[name] for run in runs] for name in runs[0]}
    return {name: {"mean": np.mean(values), "sd": spread(values), "by_seed": values} for name, values in each.items()}


def interval(right, of, who):
    """Percent between which 95 % of shares lie, where those whose they are, such as characters, are drawn again.

    Args:
        right: (n,) how much is right of each.
        of: (n,) of how much.
        who: (n,) whole numbers: whose each is, as what belongs to one is alike.

    Returns:
        [lower, upper]; None for one alone.
    """
    sums = [np.bincount(who, part)[np.unique(who)] for part in (right, of)]
    if len(sums[0]) < 2:
        return None
    found = bootstrap(
        sums,
        lambda a, b, axis=-1: 100 * a.sum(axis=axis) / b.sum(axis=axis),
        paired=True,
        n_resamples=1000,
        method="percentile",
        rng=np.random.default_rng(0),
    )
    return list(found.confidence_interval)


def stopwatch():
    """Start to count; what is returned says how many seconds have gone, by the clock and of the CPU."""
    wall, cpu = time.perf_counter(), time.process_time()
    return lambda: {"wall": round(time.perf_counter() - wall, 1), "CPU": round(time.process_time() - cpu, 1)}


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
        rows: lists of cells: text, numbers, None for what nobody measured, or dicts with `mean` and `sd`.

    Returns:
        HTML, every text escaped.

    Raises:
        ValueError: a row of another length than the head. TypeError: a cell that holds several numbers without names.
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
    """A number as a table shows it: three digits, more where a spread is finer; 99.98 is not 100."""
    if value is None:
        return "–"
    if isinstance(value, dict):
        mean, sd = value["mean"], value["sd"]
        if not sd:
            return cell(mean) if sd is None else f"{cell(mean)} ± 0"
        # the mean goes as far as the first digit of its spread
        digits = math.floor(math.log10(abs(mean) or sd)) - math.floor(math.log10(sd)) + 1
        return f"{_digits(mean, max(digits, 3))} ± {sd:.2g}"
    if isinstance(value, (tuple, list, np.ndarray)):
        raise TypeError(f"a cell holds one number, or `mean` and `sd` by name; got {value!r}")
    return _digits(value, 3) if isinstance(value, float) else str(value)


def _digits(value, least):
    """A number with so many digits, and as many more as tell it from a hundred."""
    if abs(value) >= 10**least - 0.5:
        return f"{value:.0f}"
    digits = next(n for n in range(least, 18) if value >= 100 or float(f"{value:.{n}g}") < 100)
    return f"{value:.{digits}g}"
