"""Plots: how well an LSTM foresees the beats of unseen tales, and whether what it invents holds together.

The command is python -m animkit.benchmarks.beats --profile full.
"""

import json
import time
from pathlib import Path

import numpy as np
from scipy.stats import binomtest

from animkit.benchmarks.results import command_line, keep, spread, stopwatch, summaries
from animkit.data import beats as reader
from animkit.data.fairytales import load_fairytales
from animkit.data.plots import GENRES, LONGEST, SHORTEST, SIZES, VALUES, decode, encode, genre_of, load_plots
from animkit.metrics.beats import CountedBeats, best_orders
from animkit.metrics.plot import distinct, share_that_holds
from animkit.recipes.beats import EPOCHS, nats_per_beat, train_beats
from animkit.recipes.cards import made_by
from animkit.studio.plotting import draw_plots
from animkit.studio.story import invent_story
from animkit.training import by_profile

CHOSEN_ON = "the validation tales of FairytaleQA: size, dropout, epochs, and orders of the counting models"
JUDGED = Path(reader.__file__).parent / "beats_judged.json"
TARGET = {"below_trigram_percent": 10, "holds_percent": 95, "seconds_per_story": 1.0}


def reading():
    """How exact the reading of beats is, from the judgements that are kept.

    Returns:
        dict: fields right of how many, share with its 95 % interval, by field, and of whole beats.

    Raises:
        ValueError: the tales are read otherwise than when the judgements were made.
    """
    judged = json.loads(JUDGED.read_text(encoding="utf-8"))["judged"]
    tales = load_fairytales("auto")
    plots = {}
    for row in judged:
        number = row["tale"]
        plot = plots.setdefault(number, reader.read_beats((tales.validation + tales.test)[number]))
        at = plot.numbers.index(row["sentence"]) if row["sentence"] in plot.numbers else None
        now = {} if at is None else {name: value for name, value in plot.beats[at]._asdict().items() if value}
        if now != row["beat"]:
            raise ValueError(f"{JUDGED.name} judged {row['beat']} of tale {number}, which now reads {now}: judge again")
    return counted(judged)


def counted(judged):
    """Count judgements.

    Args:
        judged: list of {"beat": field -> value, "wrong": fields}.

    Returns:
        dict, see `reading`.
    """

    def share(right, of):
        return {"right": right, "of": of, "share": right / of, "interval_95": _interval(right, of)}

    of = {name: [name not in row["wrong"] for row in judged if name in row["beat"]] for name in VALUES}
    return {
        "fields": share(sum(map(sum, of.values())), sum(map(len, of.values()))),
        "whole_beats": share(sum(not row["wrong"] for row in judged), len(judged)),
        "by_field": {name: f"{sum(right)} of {len(right)}" for name, right in of.items() if right},
    }


def counting(plots, highest):
    """Nats per beat of counting models on the test tales; every order is chosen on the validation tales.

    Args:
        plots: as `load_plots` gives them.
        highest: order that is tried.

    Returns:
        dict: name -> nats per beat; and the trigram itself.
    """
    train, validation, test = ([encode(p.beats) for p in plots[split]] for split in ("train", "validation", "test"))
    flat = best_orders(train, validation, SIZES, highest)
    relevant = best_orders(train, validation, SIZES, min(highest, 8), relevant=True)
    models = {
        "Kneser-Ney unigram": CountedBeats(train, SIZES, 1),
        "Kneser-Ney trigram": CountedBeats(train, SIZES, 3),
        f"Kneser-Ney {flat}-gram, the best order": CountedBeats(train, SIZES, flat),
        "Kneser-Ney, histories picked by hand": CountedBeats(train, SIZES, relevant, relevant=True),
    }
    return {name: sum(model.nats(test)) for name, model in models.items()}, models["Kneser-Ney trigram"]


def stories(model, trigram, plots, count, *, seed):
    """Which share of invented plots the validator passes, and of the tales' own.

    Args:
        model: BeatModel.
        trigram: `CountedBeats`.
        plots: as `load_plots` gives them.
        count: stories of each kind.
        seed: of the draws.

    Returns:
        dict: kind -> what `share_that_holds` says, with `distinct` and its interval.
    """
    rng = np.random.default_rng(seed)
    drawn = {"LSTM, constrained": [], "LSTM alone": [], "even draws, constrained": []}
    dead_ends = 0
    kinds = [(length, genre) for length in range(SHORTEST, LONGEST + 1) for genre in GENRES]
    for number, (length, genre) in enumerate(kinds):
        many = count // len(kinds) + (number < count % len(kinds))
        if not many:
            continue
        options = {"rng": rng, "length": length, "genre": genre}
        for name, draws, constrained in (
            ("LSTM, constrained", model, True),
            ("LSTM alone", model, False),
            ("even draws, constrained", None, True),
        ):
            # even draws only show what the constraints do by themselves: a few are enough
            some = many if draws is not None else 1
            found = draw_plots(draws, some, constrained=constrained, **options)
            dead_ends += sum(plot is None for plot in found) if draws is not None else 0
            drawn[name] += found
    lengths = [len(plot) for plot in drawn["LSTM alone"]]
    drawn["Kneser-Ney trigram"] = [decode(trigram.draw(length, rng)) for length in lengths]
    drawn["tales' own beats, whole"] = [plot.beats for split in ("validation", "test") for plot in plots[split]]
    result = {}
    for name, each in drawn.items():
        # a dead end is no story: it counts as one that does not hold
        ended = [plot for plot in each if plot is not None]
        found = share_that_holds(ended)
        right = round(found["share"] * len(ended))
        result[name] = {**found, "share": right / len(each), "of": len(each), "distinct": distinct(ended)}
        result[name]["interval_95"] = _interval(right, len(each))
    return result | {"dead_ends": dead_ends}


def seconds_per_story(model, count=20):
    """Median seconds that one story of twelve beats takes, the first, which compiles, apart."""
    times = []
    for seed in range(count + 1):
        started = time.perf_counter()
        invent_story(model, seed=seed, length=LONGEST)
        times.append(time.perf_counter() - started)
    return {"first": times[0], "median": float(np.median(times[1:])), "most": max(times[1:])}


def run(profile, *, source="auto", invented=None, folder=Path("runs/beats"), progress=True):
    """Train, score and judge.

    Args:
        profile: "ci", "demo" or "full".
        source: of the tales.
        invented: stories of each kind; by the profile without it.
        folder: for checkpoints.
        progress: show training.

    Returns:
        dict of this run.
    """
    seeds, epochs, count, highest, most = by_profile(
        profile, ci=((0,), 1, 35, 3, 40), demo=((0,), 10, 350, 6, None), full=((0,), EPOCHS, 1000, 4, None)
    )
    count = invented or count
    watch = stopwatch()
    plots = load_plots(source)
    if most:
        plots |= {split: plots[split][:most] for split in ("train", "validation", "test")}
    baselines, trigram = counting(plots, highest)
    networks, models = [], []
    for seed in seeds:
        where = Path(folder) / f"{plots['source']}_{profile}_{seed}"
        models.append(train_beats(plots["train"], epochs=epochs, seed=seed, checkpoint=where, progress=progress))
        told, untold = (nats_per_beat(models[-1], plots["test"], tell=tell) for tell in (True, False))
        networks.append({"nats": untold, "nats, genre and length told": told, "perplexity": float(np.exp(untold))})
    value = summaries(networks)
    three = baselines["Kneser-Ney trigram"]
    below = [100 * (1 - np.exp(one["nats"] - three)) for one in networks]
    best = min(nats for name, nats in baselines.items())
    return {
        "profile": profile,
        "source": plots["source"],
        "seeds": list(seeds),
        "value": value,
        "below_trigram_percent": {"mean": np.mean(below), "sd": spread(below), "by_seed": below},
        "below_strongest_counting_percent": 100 * (1 - np.exp(value["nats"]["mean"] - best)),
        "baselines": {name: {"nats": nats, "perplexity": float(np.exp(nats))} for name, nats in baselines.items()},
        "stories": stories(models[0], trigram, plots, count, seed=0),
        "reading": reading() if plots["source"] == "real" else None,
        "seconds_per_story": seconds_per_story(models[0], 20 if profile != "ci" else 1),
        "protocol": {
            "tales": {split: len(plots[split]) for split in ("train", "validation", "test")},
            "beats": {split: sum(len(p.beats) for p in plots[split]) for split in ("train", "validation", "test")},
            "genres": {genre: sum(genre_of(p) == genre for p in plots["train"]) for genre in GENRES},
            "model": f"LSTM 96, one head for each of 8 fields, {epochs} epochs of whole tales and digests",
            "perplexity": "per beat, all fields together, whole tales; neither network nor counts are told the genre",
            "stories": f"{count} of 6 to 12 beats, every genre alike, from the first seed's network, temperature 1",
        },
        "seconds": watch(),
        **made_by("beats", profile=profile, stories=invented, source=source),
    }


def header():
    """What the results file says before any run."""
    return {
        "name": "beats",
        "what": "plots: nats per beat of unseen tales, and the share of invented plots that a validator passes",
        "unit": "nats per beat, lower is better; perplexity is exp of it",
        "target": TARGET,
        "referee": "animkit.metrics.plot: rules replayed beat by beat; it shares no code with the constraints",
    }


def _interval(right, of):
    """Wilson's 95 % interval of a share."""
    return tuple(binomtest(right, of).proportion_ci(method="wilson"))


def main(arguments=None):
    """Measure by the command line, and keep what comes out."""
    parser = command_line("beats", "Train the plot model, score it on unseen tales and judge what it invents.")
    parser.add_argument("--stories", type=int, help="how many of each kind are judged; 1,000 at profile full")
    chosen = parser.parse_args(arguments)
    result = run(chosen.profile, source=chosen.source, invented=chosen.stories, folder=chosen.checkpoints)
    keep("beats", chosen.profile, result, folder=chosen.output, header=header, chosen_on=CHOSEN_ON)


if __name__ == "__main__":
    main()
