"""Plain recurrence against gates: RNN, LSTM and GRU on the adding problem and on digits read pixel by pixel.

The command is KERAS_BACKEND=jax python -m animkit.benchmarks.rnn_vs_lstm. The published lengths, 600 and 784 steps, are
those of --profile full, for a GPU; `demo` reads shorter rows on a CPU, which are named so and are no rivals.
"""

import json
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
from sklearn.linear_model import Ridge
from sklearn.neighbors import KNeighborsClassifier

from animkit.benchmarks.results import command_line, keep, keep_choices, summaries, write
from animkit.data.adding import adding_problem
from animkit.data.mnist import load_mnist
from animkit.recipes.cards import made_by
from animkit.recipes.sequences import train_reader
from animkit.training import by_profile

CELLS = {"RNN": "vanilla", "LSTM": "lstm", "GRU": "gru"}
PUBLISHED = (  # task, unit, RNN, LSTM, GRU
    ("adding problem, 600 steps", "MSE", 0.177, 0.164, 5.3e-5),
    ("digits, 28 x 28 pixels one by one", "% right", 21.5, 87.2, 96.2),
)
RATES = {"RNN": 1e-3, "LSTM": 1e-2, "GRU": 1e-2}
SCORED = 5_000  # rows of the adding problem
CHOSEN_ON = (
    "rows of the adding problem that are neither trained on nor scored (the rates, --choose); how long training "
)
CHOSEN_ON += "takes is what there was time for"


class Task(NamedTuple):
    """One thing to learn: rows to train on and to score, and how."""

    train: tuple  # x (examples, steps, features), y
    scored: tuple
    answers: int
    loss: object
    epochs: int
    batch_size: int
    unit: str
    source: str  # of the data


def adding(steps, *, updates, seed=0, choosing=False):
    """The adding problem: fresh rows in every update.

    Args:
        steps: of each row.
        updates: of the weights, each on 32 rows.
        seed: of the rows to train on.
        choosing: score other rows than those whose score is published.

    Returns:
        Task.
    """
    rows, batch_size = 32 * updates, 32
    # seeds of three numbers: apart from those of the training rows
    scored = adding_problem(min(rows, SCORED), steps, seed=[0, 0, 2 if choosing else 1])
    return Task(adding_problem(rows, steps, seed=seed), scored, 1, "mse", 1, batch_size, "MSE", "drawn")


def digits(side, *, examples, epochs, source="auto"):
    """Digits read one pixel after the other, row by row.

    Args:
        side: pixels, 28 or a divisor of it: means of blocks.
        examples: digits to train on, and at most to score.
        epochs: rounds through them.
        source: see `animkit.data.mnist.load_mnist`.

    Returns:
        Task.
    """
    mnist, by = load_mnist(source), 28 // side

    def read(pictures):
        blocks = pictures.reshape(-1, side, by, side, by).mean(axis=(2, 4)) / 255
        return blocks.reshape(len(blocks), side**2, 1).astype("float32")

    train, scored = (
        (read(x[:examples]), y[:examples].astype("int32"))
        for x, y in ((mnist.x_train, mnist.y_train), (mnist.x_test, mnist.y_test))
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return Task(train, scored, 10, loss, epochs, 64, "% right", mnist.source)


def tasks(profile, *, source="auto", seed=0, choosing=False):
    """What a profile learns: name -> a function that makes the `Task`, so that one at a time is held."""
    steps, updates = by_profile(profile, ci=(6, 2), demo=(100, 1_500), full=(600, 50_000))
    side, examples, epochs = by_profile(profile, ci=(2, 40, 1), demo=(7, 60_000, 2), full=(28, 60_000, 30))
    return {
        f"adding problem, {steps} steps": lambda: adding(steps, updates=updates, seed=seed, choosing=choosing),
        f"digits, {side} x {side} pixels one by one": lambda: digits(
            side, examples=examples, epochs=epochs, source=source
        ),
    }


def score(unit, answers, y):
    """Mean squared error, or the share of right labels in %.

    Args:
        unit: "MSE" or "% right".
        answers: (examples, answers) numbers, or one logit for each label.
        y: (examples, answers) numbers, or (examples,) labels.

    Returns:
        float.
    """
    if unit == "MSE":
        return float(np.mean(np.square(answers - y)))
    return float(100 * np.mean(answers.argmax(axis=-1) == y))


def baselines(task):
    """What needs no memory: a constant, and an answer that sees all steps at once.

    Args:
        task: Task.

    Returns:
        dict: name -> score.
    """
    (x, y), (x_scored, y_scored) = task.train, task.scored
    flat, flat_scored = x.reshape(len(x), -1), x_scored.reshape(len(x_scored), -1)
    if task.unit == "MSE":
        ridge = Ridge().fit(flat[:20_000], y[:20_000]).predict(flat_scored).reshape(y_scored.shape)
        answers = {"the mean sum (chance)": y.mean(), "ridge regression on all steps": ridge}
        return {name: score(task.unit, answer, y_scored) for name, answer in answers.items()}
    nearest = KNeighborsClassifier(1, algorithm="brute").fit(flat, y).predict(flat_scored)
    answers = {"the commonest digit": np.bincount(y).argmax(), "the nearest training digit": nearest}
    return {name: float(100 * np.mean(answer == y_scored)) for name, answer in answers.items()}


def measured(path, task, cell, *, units, rate, seed, progress):
    """Train and score one network, or read what was written when that was done before with the same settings."""
    settings = {"units": units, "rate": rate, "seed": seed, "backend": keras.backend.backend()}
    settings |= {"shape": task.train[0].shape, "epochs": task.epochs, "batch_size": task.batch_size}
    settings = json.loads(json.dumps(settings))
    if path.exists():
        before = json.loads(path.read_text(encoding="utf-8"))
        if before["settings"] == settings:
            return before["result"]
    model, seconds = train_reader(
        *task.train,
        cell=CELLS[cell],
        units=units,
        answers=task.answers,
        loss=task.loss,
        rate=rate,
        epochs=task.epochs,
        batch_size=task.batch_size,
        seed=seed,
        progress=progress,
    )
    x, y = task.scored
    result = {"score": score(task.unit, model.predict(x, batch_size=500, verbose=0), y), "CPU seconds": seconds["CPU"]}
    write({"settings": settings, "result": result}, path)
    print(f"{path.stem}: {result}", flush=True)
    return result


def run(profile, *, source="auto", folder=Path("runs/rnn_vs_lstm"), progress=True):
    """Train and measure.

    Args:
        profile: "ci", "demo" (six minutes of one core) or "full" (a GPU).
        source: of the digits.
        folder: for each network as it was measured: an interrupted run goes on from there.
        progress: show training.

    Returns:
        dict for the results file.
    """
    seeds = range(by_profile(profile, ci=1, demo=2, full=3))
    units = sizes(profile)
    found = {}
    for name in tasks(profile):
        runs = {cell: [] for cell in CELLS}
        for seed in seeds:
            task = tasks(profile, source=source, seed=seed)[name]()
            for cell, each in runs.items():
                path = Path(folder) / profile / f"{name.replace(' ', '_')}_{cell}_{seed}.json"
                each.append(
                    measured(path, task, cell, units=units[cell], rate=RATES[cell], seed=seed, progress=progress)
                )
        found[name] = {
            "unit": task.unit,
            "source": task.source,
            "value": {cell: summaries(each) for cell, each in runs.items()},
            "baselines": baselines(task),
            "trained on": f"{len(task.train[0]):,} rows, {task.epochs} x, in batches of {task.batch_size}",
            "scored on": f"{len(task.scored[0]):,} rows",
        }
    return {
        "profile": profile,
        "seeds": list(seeds),
        "value": found,
        "protocol": {
            "model": "one recurrent layer, whose last state a dense layer reads; every cell about as many weights",
            "units": units,
            "optimizer": "Adam, the rate falling to a hundredth by cosine, slopes cut to a norm of 1",
            "rates": RATES,
            "differs": "as published: 600 and 784 steps"
            if profile == "full"
            else "shorter rows and a smaller layer (17,000 weights, published 70,000): not like for like",
        },
        **made_by("rnn_vs_lstm", profile=profile, source=source),
    }


def sizes(profile):
    """Units of each cell such that all have about as many weights: 17,000 in "demo", and as published 70,000."""
    return by_profile(
        profile,
        ci={"RNN": 4, "LSTM": 2, "GRU": 2},
        demo={"RNN": 130, "LSTM": 64, "GRU": 74},
        full={"RNN": 263, "LSTM": 130, "GRU": 150},
    )


def choose(profile, rates, *, folder=Path("runs/rnn_vs_lstm"), progress=True):
    """Compare rates of Adam on rows of the shortest adding problem that no published score knows.

    Args:
        profile: "ci", "demo" or "full".
        rates: to compare.
        folder: for each network as it was measured.
        progress: show training.

    Returns:
        dict for the results file.
    """
    name, make = next(iter(tasks(profile, choosing=True).items()))
    task = make()
    found = {
        cell: {
            f"{rate:g}": measured(
                Path(folder) / profile / "choices" / f"{cell}_{rate:g}.json",
                task,
                cell,
                units=sizes(profile)[cell],
                rate=rate,
                seed=0,
                progress=progress,
            )["score"]
            for rate in rates
        }
        for cell in CELLS
    }
    told = made_by("rnn_vs_lstm", profile=profile, choose=" ".join(f"{rate:g}" for rate in rates))
    return {"profile": profile, "task": f"{name}, MSE, seed 0", "rates": found, **told}


def header():
    """What the results file says before any run."""
    return {
        "name": "rnn_vs_lstm",
        "what": "RNN, LSTM and GRU of about as many weights: the sum of two marked numbers in a long row (MSE, lower "
        "is better), and digits read pixel by pixel (% right)",
        "published": [
            {"task": task, "unit": unit, "RNN": rnn, "LSTM": lstm, "GRU": gru, "source": "Bai et al. 2018"}
            for task, unit, rnn, lstm, gru in PUBLISHED
        ],
    }


def main(arguments=None):
    """Measure by the command line, and keep what comes out."""
    parser = command_line("rnn_vs_lstm", "Measure RNN, LSTM and GRU on tasks of memory.")
    parser.add_argument("--choose", type=float, nargs="+", metavar="RATE", help="compare rates of Adam; score nothing")
    chosen = parser.parse_args(arguments)
    kept = {"folder": chosen.output, "header": header}
    if chosen.choose:
        found = choose(chosen.profile, chosen.choose, folder=chosen.checkpoints)
        keep_choices("rnn_vs_lstm", f"{chosen.profile}_choices", found, **kept)
        return
    result = run(chosen.profile, source=chosen.source, folder=chosen.checkpoints)
    keep("rnn_vs_lstm", chosen.profile, result, chosen_on=CHOSEN_ON, **kept)


if __name__ == "__main__":
    main()
