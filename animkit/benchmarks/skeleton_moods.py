"""Can one read a mood off a skeleton that the motion generator moves? A judge of joints, beside a line on measures."""

from functools import cache
from typing import NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from animkit import weights
from animkit.benchmarks.results import interval, stopwatch, summaries
from animkit.motion.clips import known_joints, skeleton
from animkit.motion.warp import paced
from animkit.recipes.cards import made_by
from animkit.recipes.mood_judge import NONE, OWN, STRONG, named, train_mood_judge
from animkit.studio.performance import STYLE, Style, styled
from animkit.studio.skeleton_acting import SPEEDS, act_skeleton
from animkit.training import by_profile

FRAMES, STEP = 24, 2  # every second frame of thirty a second
SECONDS = 4.0  # that the generator makes, always as many, as it is compiled for each length; a mood plays them faster
SEEDS = {"train": 11, "validation": 12, "test": 13, "none": 14}
EPOCHS = (15, 30, 60)  # one of which is chosen on validation


class Acted(NamedTuple):
    """What the judge sees of skeletons, and what it is asked."""

    joints: np.ndarray  # (n, 24, joints, 3) metres beside the hips, up from the ground and forwards
    moods: np.ndarray  # (n,) places in STYLE
    actions: np.ndarray  # (n,) places in SPEEDS


def seen_from_hips(clip):
    """Where joints are as the skeleton itself sees them.

    Args:
        clip: pybvh.Bvh, centimetres.

    Returns:
        (frames, joints, 3) metres: to its left, up from the ground, forwards.
    """
    places, names, known = clip.node_positions(), skeleton(clip).names, known_joints(clip)
    hips, left, right = (places[:, names.index(known[joint])] for joint in ("Hips", "LeftUpLeg", "RightUpLeg"))
    across = (left - right)[:, [0, 2]]
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    ahead = across[:, ::-1] * (-1, 1)  # a quarter of a turn from the left, seen from above
    beside = (places - hips[:, None])[..., [0, 2]]
    flat = [np.einsum("tjk,tk->tj", beside, way) for way in (across, ahead)]
    return np.stack([flat[0], places[..., 1], flat[1]], axis=-1) / 100


def act(count, *, strength=STRONG, seed=0):
    """Let skeletons act, all but the mood by chance: action, noise, pace, strength, moment and a style of one's own.

    Args:
        count: performances.
        strength: from where to where, of the mood.
        seed: same seed, same performances.

    Returns:
        Acted; each mood as often as any other.
    """
    model, rng = weights.load("motion_generator"), np.random.default_rng(seed)
    moods = rng.permutation(np.arange(count) % len(STYLE))
    actions = rng.permutation(np.arange(count) // len(STYLE) % len(SPEEDS))
    joints = []
    for mood, action in zip(moods, actions, strict=True):
        told = zip(Style(), tuple(STYLE.values())[mood], rng.uniform(1 - OWN, 1 + OWN, len(Style())), strict=True)
        style = Style(*(none + (felt - none) * own for none, felt, own in told))
        options = {"strength": rng.uniform(*strength), "seed": int(rng.integers(2**31))}
        seconds = SECONDS / styled(style, options["strength"]).tempo
        clip = paced(act_skeleton(model, tuple(SPEEDS)[action], style, seconds, **options), rng.uniform(0.8, 1.25))
        places = seen_from_hips(clip)[::STEP]
        start = rng.integers(len(places) - FRAMES + 1)
        joints.append(places[start : start + FRAMES])
    return Acted(np.stack(joints).astype("float32"), moods, actions)


@cache
def shown(profile):
    """Performances to learn from, to choose on, to be tested on, and in no mood."""
    counts = by_profile(profile, ci=(15, 15, 15, 15), demo=(90, 45, 90, 30), full=(390, 120, 240, 60))
    strengths = (STRONG, STRONG, STRONG, NONE)
    return {
        part: act(count, strength=strength, seed=seed)
        for (part, seed), count, strength in zip(SEEDS.items(), counts, strengths, strict=True)
    }


def right(judge, part):
    """Percent of moods that a judge names rightly."""
    return 100 * float((named(judge, part.joints) == part.moods).mean())


def trained(part, epochs, seed=0):
    """A judge that has seen some performances."""
    return train_mood_judge(part.joints, part.moods, epochs=epochs, seed=seed, scale=1.0, progress=False)


def measures(joints):
    """What is measured without a network: (n, time, joints, 3) -> (n, 12).

    The means and then the spreads over time of speed, height, middle, how far the body reaches to the side, how far it
    leans forwards (its upper half beside its lower) and how far it reaches forwards.
    """
    speed = np.abs(np.diff(joints, axis=1, prepend=joints[:, :1])).mean(axis=(2, 3))
    up = joints[..., 1]
    upper = up > np.median(up, axis=2, keepdims=True)
    lean = [(joints[..., 2] * part).sum(axis=2) / part.sum(axis=2) for part in (upper, ~upper)]
    wide, deep = np.ptp(joints[..., 0], axis=2), np.ptp(joints[..., 2], axis=2)
    told = np.stack([speed, up.max(axis=2), up.mean(axis=2), wide, lean[0] - lean[1], deep], axis=-1)
    return np.concatenate([told.mean(axis=1), told.std(axis=1)], axis=1)


def line(seen, moods, test, truth):
    """Percent named rightly by a logistic regression on numbers."""
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(seen, moods)
    return 100 * float((model.predict(test) == truth).mean())


def measure(profile):
    """Train judges on some performances, choose their epochs on others, and test them once on a third part.

    Args:
        profile: "ci", "demo" or "full".

    Returns:
        dict for the results file of moods read from motion.
    """
    seconds, parts = stopwatch(), shown(profile)
    seen, test, none = parts["train"], parts["test"], parts["none"]
    tried = {epochs: right(trained(seen, epochs), parts["validation"]) for epochs in EPOCHS}
    epochs = max(EPOCHS, key=tried.get)
    judges = [trained(seen, epochs, seed) for seed in range(by_profile(profile, ci=1, demo=2, full=3))]
    found = summaries([{"strong": right(judge, test), "none": right(judge, none)} for judge in judges])
    told = named(judges[0], test.joints) == test.moods
    others = np.zeros(len(test.moods), bool)
    for action in range(len(SPEEDS)):
        left_out, asked = (part.actions == action for part in (seen, test))
        judge = trained(Acted(*(each[~left_out] for each in seen)), epochs)
        others[asked] = named(judge, test.joints[asked]) == test.moods[asked]
    middle = FRAMES // 2
    made = made_by("mood_reading", profile=profile)
    return {
        "profile": profile,
        "of skeletons": found["strong"],
        "interval_95": interval(told, np.ones(len(told)), np.arange(len(told))),
        "no mood": found["none"],
        "trained on other actions": 100 * float(others.mean()),
        "by_action": {action: 100 * float(told[test.actions == k].mean()) for k, action in enumerate(SPEEDS)},
        "baselines": {
            "chance": 100 / len(STYLE),
            "linear on joints of one still frame": line(
                *(
                    part
                    for one in (seen, test)
                    for part in (one.joints[:, middle].reshape(len(one.moods), -1), one.moods)
                )
            ),
            "linear on means and spreads of six measures": line(
                measures(seen.joints), seen.moods, measures(test.joints), test.moods
            ),
        },
        "seeds": list(range(len(judges))),
        "epochs": epochs,
        "on validation, by epochs": {str(number): value for number, value in tried.items()},
        "performances": {part: len(one.moods) for part, one in parts.items()},
        "seconds": seconds(),
        **made,
        "command": f"{made['command']} --skeletons",
    }
