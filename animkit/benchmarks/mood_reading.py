"""Can one read a mood off a motion? A judge that sees silhouettes names one of five; it has seen other characters.

The command is python -m animkit.benchmarks.mood_reading --profile full. It measures the judge that ships;
--again adds those trained with other seeds and without some actions; ci and demo train their own. --skeletons measures
judges of joints, trained on what the motion generator acts, see `animkit.benchmarks.skeleton_moods`.
"""

from functools import cache

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from animkit import weights
from animkit.benchmarks import skeleton_moods
from animkit.benchmarks.results import command_line, interval, keep, read, stopwatch, summaries
from animkit.recipes.cards import made_by
from animkit.recipes.mood_judge import (
    BLOCK,
    HAIR,
    MODERATE,
    NONE,
    OWN,
    SEEDS,
    SIZES,
    STRONG,
    characters,
    named,
    performances,
    train_mood_judge,
)
from animkit.studio.characters import load_company
from animkit.studio.performance import ACTIONS, STYLE
from animkit.training import by_profile

CHOSEN_ON = "characters with hair that neither training nor test has: styles, sizes, epochs"
FOLDS = (ACTIONS[::3], ACTIONS[1::3], ACTIONS[2::3])
TARGET = {"moods of characters it has not seen, named rightly in at least %": 80.0}
CHANCE = 100 / len(STYLE)


@cache
def shown(profile):
    """What judges learn from, what they are tested on by strength of the mood, and how many strangers act in it."""
    company = load_company()
    count, people, _ = SIZES[profile]
    seen = performances(characters(company, "train", people), count, seed=SEEDS["train"])
    strangers = characters(company, "test", by_profile(profile, ci=2, demo=20, full=40))
    asked = by_profile(profile, ci=45, demo=450, full=1350)
    parts = {"strong": (STRONG, asked), "moderate": (MODERATE, asked // 2), "none": (NONE, asked // 3)}
    test = {
        name: performances(strangers, many, strength=strength, seed=[SEEDS["test"], number])
        for number, (name, (strength, many)) in enumerate(parts.items())
    }
    return seen, test, len(strangers)


@cache
def the_judge(profile):
    """What ships, or at a smaller profile another that is trained here."""
    if profile == "full":
        return weights.load("mood_judge")
    seen, _, _ = shown(profile)
    return train_mood_judge(seen.clips, seen.moods, epochs=SIZES[profile][2], progress=False)


def run(profile):
    """Train what does not ship, and measure.

    Args:
        profile: "ci", "demo" or "full".

    Returns:
        dict for the results file.
    """
    seconds = stopwatch()
    seen, test, strangers = shown(profile)
    judge = the_judge(profile)
    found = summaries([{name: right(judge, part) for name, part in test.items()}])
    strong, told = test["strong"], named(judge, test["strong"].clips)
    return {
        "profile": profile,
        "seeds": [0],
        "value": found["strong"],
        "interval_95": interval(told == strong.moods, np.ones(len(told)), strong.people),
        "moderate": found["moderate"],
        "no mood": found["none"],
        "trained on other actions": {},
        "baselines": {
            "chance": CHANCE,
            "one still frame": still(seen, strong),
            "frames in another order": right(judge, shuffled(strong)),
            "linear on mean speed and mean height": linear(seen, strong, (0, 1)),
            "linear on means and spreads of six measures": linear(seen, strong, range(12)),
        },
        "confusion": {
            "moods": list(STYLE),
            "percent": 100 * confusion_matrix(strong.moods, told, labels=range(len(STYLE)), normalize="true"),
        },
        "by_action": {
            action: 100 * float((told == strong.moods)[strong.actions == number].mean())
            for number, action in enumerate(ACTIONS)
        },
        "target": {**TARGET, "met": bool(found["strong"]["mean"] >= 80)},
        "performances": {name: len(part.moods) for name, part in test.items()},
        "characters": {"seen": SIZES[profile][1], "strangers": strangers},
        "seconds": seconds(),
        **made_by("mood_reading", profile=profile),
    }


def right(judge, seen):
    """Percent of moods that a judge names rightly."""
    return 100 * float((named(judge, seen.clips) == seen.moods).mean())


def trained_again(profile):
    """Train as what ships was, which has seed 0, with other seeds; and without each third of the actions in turn.

    Args:
        profile: see `run`.

    Returns:
        dict: what of `run`'s it replaces.
    """
    seconds = stopwatch()
    seen, test, _ = shown(profile)
    epochs, seeds = SIZES[profile][2], range(by_profile(profile, ci=1, demo=2, full=3))
    again = [
        train_mood_judge(seen.clips, seen.moods, epochs=epochs, seed=seed, progress=False) for seed in seeds if seed
    ]
    judges = [the_judge(profile), *again]
    found = summaries([{name: right(judge, part) for name, part in test.items()} for judge in judges])
    return {
        "seeds": list(seeds),
        "value": found["strong"],
        "moderate": found["moderate"],
        "no mood": found["none"],
        "trained on other actions": other_actions(seen, test["strong"], epochs),
        "seconds of training again": seconds(),
    }


def other_actions(seen, strong, epochs):
    """Percent named rightly where neither character nor action has been seen: by those left out, and of all."""
    found, told = {}, np.zeros(len(strong.moods), int)
    for left_out in FOLDS:
        lacks, kept = (~np.isin(part.actions, [ACTIONS.index(one) for one in left_out]) for part in (strong, seen))
        judge = train_mood_judge(seen.clips[kept], seen.moods[kept], epochs=epochs, progress=False)
        told[~lacks] = named(judge, strong.clips[~lacks])
        found[", ".join(left_out)] = 100 * float((told == strong.moods)[~lacks].mean())
    return {"all": 100 * float((told == strong.moods).mean()), **found}


def still(seen, test):
    """Percent named rightly by a network of one hidden layer that is trained on, and shown, one frame by chance."""
    rng = np.random.default_rng(0)
    one, other = (
        part.clips[np.arange(len(part.clips)), rng.integers(part.clips.shape[1], size=len(part.clips))]
        for part in (seen, test)
    )
    model = MLPClassifier((32,), max_iter=30, random_state=0)
    model.fit(one.reshape(len(one), -1) / BLOCK**2, seen.moods)
    return 100 * float((model.predict(other.reshape(len(other), -1) / BLOCK**2) == test.moods).mean())


def shuffled(seen):
    """The same frames, in an order by chance that differs from clip to clip."""
    order = np.random.default_rng(0).permuted(np.indices(seen.clips.shape[:2])[1], axis=1)
    return seen._replace(clips=np.take_along_axis(seen.clips, order[..., None, None], axis=1))


def measures(clips):
    """What is measured without a network.

    Args:
        clips: (n, time, side, side), see `animkit.recipes.mood_judge.Performances`.

    Returns:
        (n, 12): of speed (share of the picture that changes), height, width, middle row, area, and how far the upper
        half is beside the lower, first the means and then the spreads over time; speed and height first.
    """
    shown = clips / np.float32(BLOCK**2)
    place = np.arange(clips.shape[-1])
    rows, columns = shown.max(axis=3), shown.max(axis=2)  # (n, time, side)
    height, width, area = rows.sum(axis=2), columns.sum(axis=2), shown.sum(axis=(2, 3))
    middle = (shown.sum(axis=3) * place).sum(axis=2) / area
    upper = place < middle[..., None]
    across = [
        (part.sum(axis=2) * place).sum(axis=2) / part.sum(axis=(2, 3))
        for part in (shown * upper[..., None], shown * ~upper[..., None])
    ]
    speed = np.abs(np.diff(shown, axis=1, prepend=shown[:, :1])).mean(axis=(2, 3))
    told = np.stack([speed, height, width, middle, area, np.abs(across[0] - across[1])], axis=-1)
    means, spreads = told.mean(axis=1), told.std(axis=1)
    return np.concatenate([means, spreads], axis=1)


def linear(seen, test, chosen):
    """Percent named rightly by a logistic regression on some `measures`, by their columns."""
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    model.fit(measures(seen.clips)[:, chosen], seen.moods)
    return 100 * float((model.predict(measures(test.clips)[:, chosen]) == test.moods).mean())


def header():
    """What the results file says before any run."""
    hair = {part: ", ".join(map(str, numbers)) for part, numbers in HAIR.items()}
    return {
        "name": "mood_reading",
        "what": "a judge sees two seconds of a silhouette that does one of nine actions, and names one of five moods",
        "unit": "% of moods named rightly",
        "target": TARGET,
        "protocol": {
            "data": "rules lay mood on the trained animator's frames: a judge that learns reads those rules, people "
            "may read more or less. Seen: 24 frames at 12 a second from anywhere in a performance, as silhouettes of "
            "12 x 12 pixels; no colours, no words",
            "chance": "who, action, facing, pace (.8 to 1.25), phase, strength of the mood (strong .6 to 1, moderate "
            f".3 to .6, none 0) and a style of one's own (each number of STYLE differs by up to {OWN:.0%})",
            "strangers": f"hair {hair['train']} is seen in training, {hair['validation']} in validation, "
            f"{hair['test']} in the test, which has the benchmark's test characters",
            "no mood": "all moods at strength 0 are one: better than chance would be a leak; a skeleton's are few, see "
            "the distance from chance in standard deviations: 1.5 rule no leak out",
            "trained on other actions": "each third of the actions is left out of a training in turn; of skeletons "
            "each action; by one seed",
            "one still frame": "32 hidden units, trained on and shown one frame by chance",
            "linear": "logistic regression; six measures are speed, height, width, middle row, area and tilt",
            "scored": "full three times by the judge that ships: an error after the first time lost its numbers before "
            "they were seen; the third time judges of other seeds and of other actions were scored beside it, once "
            "each",
            "skeletons": "judges of joints seen from the hips, 24 frames at 15 a second of what the motion generator "
            "acts (idle, approach, flee); training, validation and test differ in noise, pace, strength and own style, "
            "as above; one skeleton. Rules bend trunk and head by the mood, so that a line may read much of it. The "
            "six measures are speed, height, middle, width, lean and depth",
            "of the judge that ships": "interval_95 (bootstrap over characters), confusion, by_action, frames in "
            "another order",
        },
    }


def main(arguments=None):
    """Measure by the command line, and keep what comes out."""
    parser = command_line("mood_reading", "Measure how well moods are read off motions.", sources=())
    parser.add_argument(
        "--again", action="store_true", help="add judges of other seeds, and without each third of the actions"
    )
    parser.add_argument("--skeletons", action="store_true", help="judges of skeletons that act, and nothing else")
    chosen = parser.parse_args(arguments)
    if chosen.skeletons:
        told, by = skeleton_moods.measure(chosen.profile), "performances of their own: epochs"
        name = f"{chosen.profile}, skeletons"
        keep("mood_reading", name, told, folder=chosen.output, header=header, chosen_on=by)
        return
    if chosen.again:
        told = {**read("mood_reading", chosen.output)[chosen.profile], **trained_again(chosen.profile)}
    else:
        told = run(chosen.profile)
    keep("mood_reading", chosen.profile, told, folder=chosen.output, header=header, chosen_on=CHOSEN_ON)


if __name__ == "__main__":
    main()
