"""Emotions in text: how well the reader tells GoEmotions' 28 labels and Ekman's 7 groups, beside linear models.

The command is python -m animkit.benchmarks.goemotions --profile full, which scores the weights that ship.
"""

import time
from pathlib import Path

import numpy as np

from animkit import weights
from animkit.benchmarks.results import command_line, keep, keep_choices, read, stopwatch
from animkit.data.emotions import EKMAN, LABELS, load_emotions
from animkit.metrics.emotion import LinearModel, choose_thresholds, interval, macro_f1, rates
from animkit.recipes.cards import machine, made_by
from animkit.recipes.emotion import GROUPED, LABELLED, both, taught_reader, words_of
from animkit.training import by_profile

CHOSEN_ON = (
    "dev and a tenth of train on which the network is not trained, its linear teachers are, in trials the linear model "
    "of letters neither (architecture, epochs, share of the letters, how thresholds are smoothed); thresholds, one for "
    "each label and group where its smoothed F1 is highest, on dev, as those of the linear models"
)
TARGET = {"macro_f1_28": 0.48, "macro_f1_ekman": 0.60, "bytes": 2_000_000, "milliseconds_per_sentence": 2.0}
PARTS = {"macro_f1_28": LABELLED, "macro_f1_ekman": GROUPED}
FLOORS = {
    "TF-IDF of words, logistic regression": ("words",),
    "TF-IDF of words and letters, logistic regression": ("words", "letters"),
}
# macro-F1 of 28 labels and of groups, as published
PUBLISHED = {
    "BiLSTM, attention, GloVe (github.com/raulf21), six groups without neutral": (0.4295, 0.567),
    "DistilBERT": (0.460, 0.616),
    "BERT (Demszky et al. 2020)": (0.46, 0.64),
    "BERT (github.com/monologg/GoEmotions-pytorch)": (0.503, 0.624),
    "BERT (github.com/justin871030/GoEmotions)": (0.531, 0.638),
}


def scores(p, truth, thresholds):
    """Macro-F1 of both parts with thresholds chosen on dev and with a half, and 95 % intervals of the first.

    Args:
        p: (texts, 35) probabilities.
        truth: (texts, 35) bool.
        thresholds: (35,) chosen on dev.

    Returns:
        dict: name of the part -> chosen_on_dev, interval_95, at_half, micro.
    """
    found = {}
    for name, part in PARTS.items():
        told, labels = p[:, part] >= thresholds[part], truth[:, part]
        found[name] = {
            "chosen_on_dev": macro_f1(labels, told),
            "interval_95": interval(labels, told),
            "at_half": macro_f1(labels, p[:, part] >= 0.5),
            "micro": macro_f1(labels.reshape(-1, 1), told.reshape(-1, 1)),
        }
    return found


def error_rates(truth, told, thresholds):
    """Precision, recall, F1, support and threshold of every label and group, by name."""
    found = rates(truth, told) | {"threshold": thresholds}
    names = [*LABELS, *(f"group {name}" for name in EKMAN)]
    return {
        name: {what: None if np.isnan(values[at]) else values[at] for what, values in found.items()}
        for at, name in enumerate(names)
    }


def milliseconds(model, texts):
    """Milliseconds a text takes: alone, as a stage reads what is said, and in batches of 64; by the clock and the CPU.

    Args:
        model: EmotionReader.
        texts: list of str.

    Returns:
        dict: alone and batched, each `clock` (alone the median) and `CPU` (the mean).
    """
    for text in texts:
        model.read([text])
    model.read(texts)
    times, cpu = [], time.process_time()
    for text in texts:
        started = time.perf_counter()
        model.read([text])
        times.append(time.perf_counter() - started)
    alone = {"clock": 1e3 * float(np.median(times)), "CPU": 1e3 * (time.process_time() - cpu) / len(texts)}
    started, cpu = time.perf_counter(), time.process_time()
    model.read(texts)
    many = {"clock": time.perf_counter() - started, "CPU": time.process_time() - cpu}
    return {"alone": alone, "batched": {name: 1e3 * seconds / len(texts) for name, seconds in many.items()}}


def speed(model, texts):
    """What `milliseconds` says, and how busy the machine was."""
    return {"milliseconds_per_sentence": milliseconds(model, texts), "speed_measured_on": machine()}


def run(profile, *, source="auto", folder=Path("runs/goemotions"), progress=True):
    """Score reader and linear models on the test texts.

    Args:
        profile: "full" scores the weights that ship; "ci" and "demo" train small ones.
        source: of the texts.
        folder: for checkpoints.
        progress: show training.

    Returns:
        dict of this run.
    """
    epochs, most = by_profile(profile, ci=(1, 300), demo=(2, 10_000), full=(None, None))
    watch, data = stopwatch(), load_emotions(source)
    truth, dev = both(data.test.labels), both(data.dev.labels)
    said = {}
    for name, kinds in FLOORS.items():
        linear = LinearModel(data.train.texts[:most], both(data.train.labels[:most]), kinds)
        least = choose_thresholds(dev, linear.probabilities(data.dev.texts))
        said[name] = linear.probabilities(data.test.texts), least
    if epochs is None:
        model, size = weights.load("emotion"), (weights.FOLDER / "emotion.keras").stat().st_size
    else:
        where = Path(folder) / f"{data.source}_{profile}"
        model = taught_reader(data, epochs=epochs, most=most, checkpoint=where, progress=progress)
        size = None
    thresholds = np.array(model.thresholds)
    p, _ = model.probabilities([words_of(text) for text in data.test.texts])
    value, told = scores(p, truth, thresholds), p >= thresholds
    floors, ahead = {name: scores(q, truth, least) for name, (q, least) in said.items()}, {}
    for name, (q, least) in said.items():
        ahead[name] = {
            part: {
                "mean": value[part]["chosen_on_dev"] - floors[name][part]["chosen_on_dev"],
                "interval_95": interval(truth[:, of], told[:, of], q[:, of] >= least[of]),
            }
            for part, of in PARTS.items()
        }
    return {
        "profile": profile,
        "source": data.source,
        "macro_f1_28": value["macro_f1_28"],
        "macro_f1_ekman": value["macro_f1_ekman"],
        "floors": floors,
        "ahead_of_floors": ahead,
        "error_rates": error_rates(truth, told, thresholds),
        "unreadable_of_test": float(1 - model.read(data.test.texts).readable.mean()),
        **speed(model, data.test.texts[: 200 if epochs is None else 20]),
        "bytes": size,
        "protocol": {
            "texts": {name: len(split.texts) for name, split in zip(("train", "dev", "test"), data[:3], strict=True)},
            "train": "linear models, the reader's own of letters too, learn from all of train, its network from nine "
            "tenths of it",
            "scored_again": "the first scoring was of the same network without a linear model of letters beside it, "
            "and of thresholds that were not smoothed: .453 and .606, beside .459 and .575 of words, .466 and .591 of "
            "words and letters",
            "groups": "Ekman's six and neutral; outputs of their own, trained on mapped labels, with own thresholds, "
            "for the reader and the linear models alike",
            "interval": "bootstrap of 1,000 draws of the test texts",
        },
        "seconds": watch(),
        **made_by("goemotions", profile=profile, source=source),
    }


def header():
    """What the results file says before any run."""
    return {
        "name": "goemotions",
        "what": "emotions in short texts: 28 labels and Ekman's 7 groups, beside linear models",
        "unit": "macro-F1, higher is better",
        "target": TARGET,
        "published": {name: dict(zip(PARTS, values, strict=True)) for name, values in PUBLISHED.items()},
    }


def main(arguments=None):
    """Measure by the command line, and keep what comes out."""
    parser = command_line("goemotions", "Score the reader of emotions and linear models on GoEmotions' test texts.")
    parser.add_argument("--only", choices=("speed",), help="measure this alone, on an idle machine")
    chosen = parser.parse_args(arguments)
    if chosen.only:
        told = read("goemotions", chosen.output)[chosen.profile]
        told |= speed(weights.load("emotion"), load_emotions(chosen.source).test.texts[:200])
        keep_choices("goemotions", chosen.profile, told, folder=chosen.output, header=header)
        return
    result = run(chosen.profile, source=chosen.source, folder=chosen.checkpoints)
    keep("goemotions", chosen.profile, result, folder=chosen.output, header=header, chosen_on=CHOSEN_ON)


if __name__ == "__main__":
    main()
