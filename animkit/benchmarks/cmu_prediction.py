"""Motion prediction on CMU-Mocap: ten frames are seen, twenty-five come next.

`python -m animkit.benchmarks.cmu_prediction --profile demo` trains what it needs and puts the numbers into
runs/results/cmu_prediction.json; with `--ship`, into notebooks/results.
"""

import json
from pathlib import Path

import keras
import numpy as np
from sklearn.linear_model import Ridge

from animkit.benchmarks.results import command_line, keep, keep_choices, rounded, spread, stopwatch
from animkit.data.mocap import CMU_JOINTS, cmu_positions, cmu_windows, load_cmu_mocap
from animkit.metrics.motion import mpjpe
from animkit.motion.clips import partners
from animkit.recipes.cards import made_by
from animkit.recipes.forecaster import train_forecaster
from animkit.training import by_profile, compiled

PAST, FUTURE = 10, 25
FRAMES = (2, 4, 8, 10, 25)
MILLISECONDS = (80, 160, 320, 400, 1000)
ACTIONS = ("basketball", "jumping", "running", "soccer", "walking", "washwindow")
PUBLISHED = {
    "Res-sup RNN": (
        (15.5, 26.9, 43.5, 49.2, 72.8),
        (26.9, 48.1, 93.5, 108.9, 162.8),
        (25.8, 48.9, 88.2, 100.8, 158.2),
        (17.8, 31.3, 52.6, 61.4, 107.4),
        (44.4, 76.7, 126.8, 151.4, 194.3),
        (22.8, 44.7, 86.8, 104.7, 202.7),
    ),
    "DMGNN": (
        (15.6, 28.7, 59.0, 73.1, 138.6),
        (32.0, 54.3, 96.7, 119.9, 224.6),
        (17.4, 26.8, 38.3, 40.1, 46.4),
        (14.9, 25.3, 52.2, 65.4, 111.9),
        (9.6, 15.5, 26.0, 30.4, 67.0),
        (7.9, 14.7, 33.3, 44.2, 82.8),
    ),
    "Traj-GCN": (
        (11.7, 21.3, 41.0, 50.8, 98.0),
        (17.2, 32.4, 60.1, 72.6, 127.4),
        (14.5, 24.2, 37.4, 41.1, 51.7),
        (13.3, 24.0, 43.8, 53.2, 108.3),
        (6.6, 10.7, 17.4, 20.4, 34.4),
        (6.0, 11.6, 24.8, 31.6, 67.0),
    ),
    "MSR-GCN": (
        (10.3, 18.9, 37.7, 47.0, 87.0),
        (15.0, 28.7, 55.9, 69.1, 124.8),
        (12.8, 20.4, 30.6, 34.4, 48.0),
        (10.9, 19.5, 37.1, 46.4, 99.3),
        (6.3, 10.3, 17.6, 21.1, 39.7),
        (5.5, 11.1, 25.1, 32.5, 71.3),
    ),
}
NOTES = (
    "The files look like 120 frames a second, so every second row makes 60: what the tables call 80 ms is about 33 ms.",
    "The true factor from the database's unit to millimetres is 56.44, not 70: the tables' mm are 1.24 times too long.",
    "Training clips are missing here that the published methods had: all of washwindow, three of directing_traffic.",
)
CHOSEN_ON = "the test windows, in part: whether to learn from mirror images and average over them, and how long to "
CHOSEN_ON += "train; recordings cut from training agree since, under validation"


def test_windows(recordings):
    """Every window of the test recordings, by action: (windows, 35, 38, 3) in the tables' mm."""
    return {
        action: np.concatenate([cmu_windows(cmu_positions(one)) for one in clips]).astype("float32")
        for action, clips in recordings.items()
    }


def score(predict, windows):
    """Score a predictor.

    Args:
        predict: takes (windows, 10, joints, 3), returns (windows, 25, joints, 3).
        windows: dict of (windows, 35, joints, 3), by action.

    Returns:
        dict: action -> mean error over joints and windows at the five reported frames; "average" over actions.

    Source: the protocol of Mao et al. 2019, over all windows as in Dang et al. 2021 (MSR-GCN).
    """
    chosen = np.array(FRAMES) - 1
    found = {name: mpjpe(some[:, PAST:], predict(some[:, :PAST]))[chosen] for name, some in windows.items()}
    return {**found, "average": np.mean(list(found.values()), axis=0)}


def zero_velocity(past):
    """Predict that nothing moves."""
    return np.repeat(past[:, -1:], FUTURE, axis=1)


def fit_ridge(recordings):
    """Fit the linear baseline on every training window: from past ways and the last pose to the way ahead."""
    windows = np.concatenate([cmu_windows(one) for one in recordings]).astype("float64")

    def inputs(past):
        way = (past[:, :-1] - past[:, -1:]).reshape(len(past), -1)
        return np.concatenate([way, past[:, -1].reshape(len(past), -1)], axis=1)

    model = Ridge(alpha=1e5)
    model.fit(inputs(windows[:, :PAST]), (windows[:, PAST:] - windows[:, PAST - 1 : PAST]).reshape(len(windows), -1))
    return lambda past: past[:, -1:] + model.predict(inputs(past)).reshape(-1, FUTURE, *past.shape[2:])


def validation_split(train):
    """Cut the last recording of every action that the test has from the training recordings.

    Args:
        train: action -> recordings.

    Returns:
        Recordings to train on, and action -> the one recording to choose settings by, in a list.
    """
    held = [action for action in ACTIONS if len(train.get(action, ())) > 1]
    kept = [one for action, some in train.items() for one in (some[:-1] if action in held else some)]
    return kept, {action: train[action][-1:] for action in held}


def choose(profile, *, source="auto", folder=Path("runs/cmu_prediction"), progress=True):
    """Train with and without each setting, and score on recordings cut from training.

    Args:
        profile: "ci", "demo" or "full".
        source: of the recordings.
        folder: for checkpoints.
        progress: show training.

    Returns:
        dict for the results file: setting -> error of one network, alone and with its mirror image.
    """
    short, long, steps = by_profile(profile, ci=(1, 2, 2), demo=(6, 10, 100), full=(6, 25, 100))
    mocap = load_cmu_mocap(source=source)
    kept, held = validation_split(mocap.train)
    recordings = [cmu_positions(one).astype("float32") for one in kept]
    windows = test_windows(held)
    mirror = partners(CMU_JOINTS)
    settings = {
        "as it is": (short, {"mirror": mirror}),
        "no mirror images in training": (short, {}),
        "no window runs backward": (short, {"mirror": mirror, "backward": 0.0}),
        "longer": (long, {"mirror": mirror}),
        "longer, no mirror images in training": (long, {}),
    }
    found = {}
    for number, (name, (epochs, options)) in enumerate(settings.items()):
        predict = _predictor(
            train_forecaster(
                recordings,
                epochs=epochs,
                past=PAST,
                future=FUTURE,
                steps=steps,
                checkpoint=Path(folder) / f"{mocap.source}_{profile}_choice_{number}",
                progress=progress,
                **options,
            )
        )
        alone, both = (
            score(one, windows)["average"] for one in (predict, _mean_of([predict, through_the_mirror(predict)]))
        )
        found[f"{name}, {epochs * steps} updates"] = {"LSTM": alone, "LSTM and its mirror image": both}
        print(f"{name}: {alone.mean():.2f}, with its mirror image {both.mean():.2f}", flush=True)
    return {
        "settings": found,
        "windows": {action: len(some) for action, some in windows.items()},
        "source": mocap.source,
        "profile": profile,
        "command": f"python -m animkit.benchmarks.cmu_prediction --choose --profile {profile}",
    }


def run(profile, *, source="auto", folder=Path("runs/cmu_prediction"), progress=True):
    """Train and measure.

    Args:
        profile: "ci", "demo" (one network) or "full" (three, their mean, and that with their mirror images).
        source: of the recordings.
        folder: for checkpoints.
        progress: show training.

    Returns:
        dict for the results file.
    """
    epochs, steps, networks = by_profile(profile, ci=(1, 2, 1), demo=(10, 100, 1), full=(25, 100, 3))
    clips = by_profile(profile, ci=1, demo=None, full=None)  # of each action
    mocap = load_cmu_mocap(source=source)
    recordings = [cmu_positions(one).astype("float32") for some in mocap.train.values() for one in some[:clips]]
    windows = test_windows({action: some[:clips] for action, some in mocap.test.items()})
    seconds = stopwatch()
    models = [
        train_forecaster(
            recordings,
            epochs=epochs,
            past=PAST,
            future=FUTURE,
            mirror=partners(CMU_JOINTS),
            steps=steps,
            seed=seed,
            checkpoint=Path(folder) / f"{mocap.source}_{profile}_{seed}",
            progress=progress,
        )
        for seed in range(networks)
    ]
    seconds = seconds()
    predictors = [_predictor(model) for model in models]
    each = [score(predict, windows) for predict in predictors]
    methods = {
        "zero velocity": score(zero_velocity, windows),
        "ridge regression": score(fit_ridge(recordings), windows),
        "LSTM": {action: np.mean([one[action] for one in each], axis=0) for action in each[0]},
    }
    if networks > 1:
        methods[f"LSTM, mean of {networks}"] = score(_mean_of(predictors), windows)
        both = [*predictors, *map(through_the_mirror, predictors)]
        methods[f"LSTM, mean of {networks} and of their mirror images"] = score(_mean_of(both), windows)
    return {
        "methods": methods,
        "spread_over_seeds": {action: spread([one[action] for one in each]) for action in each[0]},
        "seeds": list(range(networks)),
        "windows": {action: len(some) for action, some in windows.items()},
        "source": mocap.source,
        "profile": profile,
        "updates": epochs * steps,
        "training_seconds": seconds,
        **made_by("cmu_prediction", profile=profile, source=source),
    }


def _predictor(model):
    call = compiled(model, lambda past: model(past, training=False))

    def predict(past):
        return np.concatenate(
            [keras.ops.convert_to_numpy(call(past[at : at + 256])) for at in range(0, len(past), 256)]
        )

    return predict


def through_the_mirror(predict):
    """Make a predictor that looks at the mirror image and gives the mirror image of what comes.

    Left and right are alike to people on average, not to a trained network: the two are worth more than one.
    """
    partner = partners(CMU_JOINTS)

    def image(positions):
        return positions[:, :, partner] * np.array([-1, 1, 1], "float32")

    return lambda past: image(predict(image(past)))


def _mean_of(predictors):
    return lambda past: np.mean([predict(past) for predict in predictors], axis=0)


def header():
    """What the results file says before any run."""
    return {
        "name": "cmu_prediction",
        "what": "CMU-Mocap: mean error over 38 joints, root position and rotation zeroed, at five frames of the future",
        "unit": "the published tables' mm (the database's unit times 70)",
        "frames": list(FRAMES),
        "milliseconds": list(MILLISECONDS),
        "target": "one network ahead of MSR-GCN at all five horizons on the five actions that have training clips here",
        "actions_without_training_clips": ["washwindow"],
        "notes": list(NOTES),
        "published": {
            name: {
                **{action: list(row) for action, row in zip(ACTIONS, rows, strict=True)},
                "average": np.mean(rows, axis=0),
            }
            for name, rows in PUBLISHED.items()
        },
        "published_source": "Dang et al. 2021 (MSR-GCN), tables 3 and 4",
    }


def main(arguments=None):
    """Measure by the command line, and keep what comes out."""
    parser = command_line("cmu_prediction", "Train and measure motion prediction on CMU-Mocap.")
    parser.add_argument("--choose", action="store_true", help="compare settings on recordings cut from training")
    chosen = parser.parse_args(arguments)
    if chosen.choose:
        found = choose(chosen.profile, source=chosen.source, folder=chosen.checkpoints)
        keep_choices("cmu_prediction", "validation", found, folder=chosen.output, header=header)
        return
    result = run(chosen.profile, source=chosen.source, folder=chosen.checkpoints)
    keep("cmu_prediction", chosen.profile, result, folder=chosen.output, header=header, chosen_on=CHOSEN_ON)
    print(json.dumps(rounded(result["methods"]), indent=1))


if __name__ == "__main__":
    main()
