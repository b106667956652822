"""Levels: an LSTM and a GAN beside uniform tiles, a column n-gram and an evolutionary search, by two referees.

The command is python -m animkit.benchmarks.scenes. Networks and counts learn from nine human levels; what is said of
patterns compares with three others, the test split. Settings were chosen on the other three.
"""

import json
import time
from pathlib import Path
from unittest.mock import patch

import numpy as np

from animkit.benchmarks.results import command_line, keep, summaries, write
from animkit.data.mario_levels import LETTERS, load_mario_levels
from animkit.metrics.levels import (
    ACROSS,
    PHYSICS,
    RISE,
    WISHES,
    copied_share,
    diversity,
    is_met,
    measure_wishes,
    novelty,
    pattern_kl,
    physics_paths,
    tile_path,
    whole,
)
from animkit.recipes.cards import made_by
from animkit.recipes.levels import (
    EPOCHS,
    ColumnGrams,
    best_order,
    train_level_gan,
    train_level_writer,
)
from animkit.studio.scenes import GUIDANCE, LENGTH, TEMPERATURE, draw_levels, make_level
from animkit.training import by_profile

CHOSEN_ON = "levels 2-1, 3-3 and 5-1: epochs, dropout, temperature, guidance, and the order of the n-gram"
TRIES = 64  # levels made for a wish, at most, when they are tried; see `control`


def evolve(train, length, seconds, rng, wish=None):
    """Search for a level by mutation and selection: begin with uniform columns, put stretches of human levels in.

    Args:
        train: list of (14, width) of codes.
        length: columns.
        seconds: of the CPU; when they are over, the best level is taken.
        rng: `numpy.random.Generator`.
        wish: (name, value), or None.

    Returns:
        (14, length) of codes.
    """
    end = time.process_time() + seconds
    columns = np.concatenate(train, axis=1)

    def fitness(tiles):
        reached = [part for part in (1, 2, 3, 4) if tile_path(tiles[:, : length * part // 4]) is not None]
        if wish is None or 4 not in reached:
            return max(reached, default=0)
        return 4 - abs(measure_wishes(tiles, tile_path(tiles))[wish[0]] - wish[1]) / max(wish[1], 1)

    def mutated(tiles):
        width = int(rng.integers(1, 17))
        at, source = rng.integers(length - width + 1), rng.integers(columns.shape[1] - width + 1)
        child = tiles.copy()
        child[:, at : at + width] = columns[:, source : source + width]
        return child

    best = columns[:, rng.integers(columns.shape[1], size=length)]
    value = fitness(best)
    while time.process_time() < end:
        child = mutated(best)
        if (other := fitness(child)) >= value:
            best, value = child, other
    return best


def judged(levels):
    """Ask the referees: the ways, None for none, and (levels,) bools: by the graph, by the body, and whole pipes."""
    ways = [tile_path(tiles) for tiles in levels]
    runs = physics_paths(list(levels))
    graph, body = (np.array([path is not None for path in paths]) for paths in (ways, runs))
    return ways, graph, body, np.array([whole(tiles) for tiles in levels])


def appraise(levels, train, test):
    """Measure levels of one size, as they are.

    Args:
        levels: (levels, 14, columns) of codes.
        train: list of levels that copies are looked for in.
        test: list of levels whose patterns are compared with.

    Returns:
        dict of numbers: shares from 0 to 1, divergences in nats.
    """
    ways, graph, body, sound = judged(levels)
    through = np.flatnonzero(graph)
    return {
        "playable_graph": float(graph.mean()),
        "playable_body": float(body.mean()),
        "playable_both": float((graph & body).mean()),
        "whole_pipes": float(sound.mean()),
        **{f"kl_{n}x{n}": pattern_kl(list(levels), test, size=(n, n)) for n in (2, 3)},
        "copied": copied_share(levels, train),
        "novelty": novelty(levels, train),
        "diversity": diversity(levels[through], [ways[which] for which in through]) if len(through) > 1 else 0.0,
        "drawn_for_one": 1.0,
    }


def tried(draw, count):
    """Draw levels until there are enough that both referees finish, with whole pipes.

    Args:
        draw: (count, seed) -> (count, 14, length) of codes.
        count: of levels wanted; four times as many are drawn at most.

    Returns:
        (levels, 14, length), those that passed, at most `count`; and how many were drawn for each.
    """
    passed, drawn = [], 0
    while drawn < 4 * count and sum(map(len, passed)) < count:
        levels = draw(count, drawn)
        _, *good = judged(levels)
        passed.append(levels[np.all(good, axis=0)])
        drawn += count
    passed = np.concatenate(passed)
    return passed[:count], drawn / max(1, len(passed))


def stretches(levels, each):
    """Stretches of LENGTH columns of human levels, at even places, `each` of every level."""
    cut = []
    for tiles in levels:
        starts = np.linspace(0, tiles.shape[1] - LENGTH, each).astype(int)
        cut += [tiles[:, start : start + LENGTH] for start in starts]
    return np.stack(cut)


def seconds_per_thousand(draw, count):
    """Seconds of the CPU to draw a thousand levels and to ask both referees of each."""
    draw(count, 0)  # the first call compiles
    started = time.process_time()
    levels = draw(count, 1)
    drawn = time.process_time()
    [tile_path(tiles) for tiles in levels], physics_paths(list(levels))
    thousand = 1000 / count
    return {"drawing": (drawn - started) * thousand, "judging": (time.process_time() - drawn) * thousand}


def human_wishes(levels):
    """What levels have of each wish: a list of (name, value)."""
    asked = []
    for tiles in levels:
        path = tile_path(tiles)
        has = {} if path is None else measure_wishes(tiles, path)
        asked += [(name, round(value, 1)) for name, value in has.items()]
    return asked


def control(make, asked):
    """How often a wish is met: by the first level that comes, whatever it is, and by the best of those that are tried.

    Args:
        make: (name, value, number of the wish) -> levels, the first as it came and, of those tried, the one that is
            taken, or None.
        asked: list of (name, value).

    Returns:
        dict: for each wish, and over all, the shares of `first` and `tried`.
    """
    met = {name: {"first": [], "tried": []} for name in WISHES}
    for number, (name, value) in enumerate(asked):
        for which, tiles in zip(("first", "tried"), make(name, value, number), strict=True):
            path = None if tiles is None else tile_path(tiles)
            met[name][which].append(path is not None and is_met({name: value}, measure_wishes(tiles, path))[name])
    shares = {f"{name}, {which}": float(np.mean(hits)) for name, both in met.items() for which, hits in both.items()}
    for which in ("first", "tried"):
        shares[f"all, {which}"] = float(np.mean([hit for both in met.values() for hit in both[which]]))
    return shares


def asked_of_model(model, *, seed):
    """`make` of `control` for a network: what it draws first, and what `make_level` takes of up to TRIES."""

    def make(name, value, number):
        row = np.array([[value if name == wish else np.nan for wish in WISHES]])
        seeded = 1000 * seed + number
        (first,) = draw_levels(model, row, LENGTH, seed=seeded)
        try:
            level = make_level(model, wishes={name: value}, seed=seeded, tries=TRIES)
        except RuntimeError:
            return first, None
        return first, level.tiles

    return make


def asked_of_grams(grams, *, seed):
    """`make` of `control` for counts, which can be told nothing: the best of TRIES levels."""

    def make(name, value, number):
        levels = grams.draw(TRIES, LENGTH, np.random.default_rng([seed, number]))
        hits = []
        for tiles in levels:
            path = tile_path(tiles) if whole(tiles) else None
            if path is not None and is_met({name: value}, measure_wishes(tiles, path))[name]:
                hits.append(tiles)
        runs = physics_paths(hits)
        return levels[0], next((tiles for tiles, run in zip(hits, runs, strict=True) if run is not None), None)

    return make


def asked_of_search(train, *, seconds, seed):
    """`make` of `control` for the evolutionary search, which has as many seconds of the CPU as the LSTM took."""

    def make(name, value, number):
        tiles = evolve(train, LENGTH, seconds, np.random.default_rng([seed, number]), wish=(name, value))
        good = whole(tiles) and physics_paths([tiles])[0] is not None
        return tiles, tiles if good else None

    return make


def run(profile, *, seeds=None, source="auto", folder=Path("runs/scenes"), progress=True):
    """Train, draw and measure.

    Args:
        profile: "ci", "demo" or "full".
        seeds: how many trainings, from seed 0 on; None for as many as the profile has.
        source: of the levels.
        folder: for checkpoints, and for each seed as it was measured: an interrupted run goes on from there.
        progress: show training.

    Returns:
        dict for the results file.
    """
    seeds = range(seeds or by_profile(profile, ci=1, demo=1, full=3))
    count, each = by_profile(profile, ci=(4, 1), demo=(40, 1), full=(64, 2))
    levels = load_mario_levels(source=source)
    train, validation, test = (list(part.values()) for part in levels[:3])
    order, nats = best_order(train, validation)
    grams, asked = ColumnGrams(train, order), human_wishes(stretches(test, each))
    rows = {"human levels (validation)": [appraise(stretches(validation, 3), train, test)]}
    controls, speeds = {}, {}
    for seed in seeds:
        place = Path(folder) / f"{levels.source}_{profile}_{seed}"
        made = measured_once(train, test, grams, asked, count, profile, seed, place, progress)
        for kept, new in zip((rows, controls, speeds), made, strict=True):
            for name, found in new.items():
                kept.setdefault(name, []).append(found)
    return {
        "profile": profile,
        "source": levels.source,
        "seeds": list(seeds),
        "referees": refereed(levels.all),
        "levels": {name: summaries(found) for name, found in rows.items()},
        "control": {name: summaries(found) for name, found in controls.items()},
        "seconds_per_thousand": {name: summaries(found) for name, found in speeds.items()},
        "protocol": {
            "levels": f"{count} of {LENGTH} columns a seed and a row; a row that is tried keeps those that both "
            "referees finish and whose pipes are whole",
            "train": list(levels.train), "validation": list(levels.validation), "test": list(levels.test),
            "human levels (validation)": f"three stretches of {LENGTH} columns of each: what humans' levels have "
            "against the test levels; nine stretches lack more patterns than a hundred do",
            "the rule": "what would break a pipe or a cannon gets no probability",
            "kl": "of patterns of tiles, both ways, to the test levels; a part of a millionth where one is missing",
            "copied": "share of windows of 14 x 14 that stand so in a training level; a stretch of bare ground counts",
            "diversity": "share of pairs whose ways are at other heights in two fifths of the columns or more",
            "wishes": f"{len(asked)}, one at a time, each what a stretch of {LENGTH} columns of a test level has; met "
            f"within 10 %, or a half, of what was asked; tried: up to {TRIES} levels",
            "n-gram": {"order": order, "nats per column by order": nats},
            "search": "uniform columns of the training levels, into which stretches of those levels are put; it has "
            "the seconds of the CPU that the LSTM takes for one level, tried",
            "temperature": TEMPERATURE,
            "guidance": GUIDANCE,
            "graph": f"{RISE} tiles up and {2 * RISE + ACROSS} across, as in the corpus' own arcs; in 3-1 a brick is "
            "in the way of its only jump that is wide enough, and without that brick it finds a way",
            "GAN": "scored on the test levels twice: at first it was told the mean of every wish where none was asked, "
            "which gave bare ground; now those are drawn",
            "body": dict(PHYSICS),
        },
        "target": {"playable": "not below the human levels", "kl": "below the n-gram's", "copied": 0.2,
                   "diversity": "paths differ in 40 %", "met": 0.8, "seconds_on_two_cores": 60},
        **made_by("scenes", profile=profile, seeds=len(seeds), source=source),
    }  # fmt: skip


def measured_once(train, test, grams, asked, count, profile, seed, folder, progress):
    """One seed: rows of levels, control, and seconds per thousand, by method; what the folder has is not done again."""
    path = folder / "measured.json"
    rows, controls, speeds = json.loads(path.read_text(encoding="utf-8")) if path.exists() else ({}, {}, {})
    shared = {"seed": seed, "progress": progress}
    writer = train_level_writer(train, epochs=EPOCHS[profile][0], checkpoint=folder / "writer", **shared)[0]
    gan = train_level_gan(train, epochs=EPOCHS[profile][1], checkpoint=folder / "gan", **shared)[0]
    free = np.full((count, len(WISHES)), np.nan)
    kinds = len(LETTERS)
    draws = {
        "LSTM": lambda n, k: draw_levels(writer, free[:n], LENGTH, seed=10_000 * seed + k),
        "LSTM without the rule": lambda n, k: draw_levels(
            writer, free[:n], LENGTH, ruled=False, seed=10_000 * seed + k
        ),
        "GAN": lambda n, k: draw_levels(gan.generator, free[:n], LENGTH, seed=10_000 * seed + k),
        "column n-gram": lambda n, k: grams.draw(n, LENGTH, np.random.default_rng([seed, k])),
        "uniform": lambda n, k: np.random.default_rng([seed, k]).integers(kinds, size=(n, 14, LENGTH), dtype=np.uint8),
    }
    for name, draw in draws.items():
        if name in speeds:
            continue
        rows[name] = appraise(draw(count, 1), train, test)
        passed, drawn = tried(draw, count)
        if len(passed) > 1:
            rows[f"{name}, tried"] = {**appraise(passed, train, test), "drawn_for_one": drawn}
        speeds[name] = seconds_per_thousand(draw, count)
        write((rows, controls, speeds), path)
    if "evolutionary search" not in rows:
        seconds = sum(speeds["LSTM"].values()) / 1000 * rows.get("LSTM, tried", rows["LSTM"])["drawn_for_one"]
        rng = np.random.default_rng(seed)
        found = np.stack([evolve(train, LENGTH, seconds, rng) for _ in range(count)])
        rows["evolutionary search"] = appraise(found, train, test)
    makes = {
        "LSTM": asked_of_model(writer, seed=seed),
        "GAN": asked_of_model(gan.generator, seed=seed),
        "column n-gram": asked_of_grams(grams, seed=seed),
    }
    for name in [name for name in makes if name not in controls]:
        started = time.process_time()
        controls[name] = control(makes[name], asked)
        speeds[f"{name}, for a wish"] = {"all": (time.process_time() - started) / len(asked) * 1000}
        write((rows, controls, speeds), path)
    if "evolutionary search" not in controls:
        make = asked_of_search(train, seconds=speeds["LSTM, for a wish"]["all"] / 1000, seed=seed)
        controls["evolutionary search"] = control(make, asked)
    write((rows, controls, speeds), path)
    return rows, controls, speeds


def refereed(levels):
    """What the referees say of whole human levels, and what a body would that jumps no higher at a run."""
    runs = physics_paths(list(levels.values()))
    with patch.dict(PHYSICS, jump_of_run=10**6):  # just under four tiles
        weaker = physics_paths(list(levels.values()))
    return {
        "levels": len(levels),
        "graph": [name for name, tiles in levels.items() if tile_path(tiles) is not None],
        "body": [name for name, run in zip(levels, runs, strict=True) if run is not None],
        "whole pipes": [name for name, tiles in levels.items() if whole(tiles)],
        "body that jumps just under four tiles": [
            name for name, run in zip(levels, weaker, strict=True) if run is not None
        ],
    }


def header():
    """What the results file says before any run."""
    return {
        "name": "scenes",
        "what": "levels of Super Mario Bros (The VGLC): whether they can be finished, how like human ones they are "
        "without being copies, and whether they have what was asked for",
        "unit": "shares from 0 to 1; KL in nats",
        "published": [
            {"model": "LSTM with the way", "playable": 0.97, "source": "Summerville and Mateas 2016", "mark": "R"},
            {"model": "MarioGPT", "playable": 0.9, "source": "Sudhakaran et al. 2023", "mark": "V"},
        ],
        "marks": {"V": "read in the source named", "R": "as reported elsewhere"},
    }  # fmt: skip


def main(arguments=None):
    """Measure by the command line, and keep what comes out."""
    parser = command_line("scenes", "Measure levels that networks make, beside counts, noise and a search.")
    parser.add_argument("--seeds", type=int, help="how many trainings of each network, from seed 0 on")
    chosen = parser.parse_args(arguments)
    result = run(chosen.profile, seeds=chosen.seeds, source=chosen.source, folder=chosen.checkpoints)
    keep("scenes", chosen.profile, result, folder=chosen.output, header=header, chosen_on=CHOSEN_ON)


if __name__ == "__main__":
    main()
