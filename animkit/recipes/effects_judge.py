"""The judge of effects: trained on drawn ones and on overlays of two, so that it can tell how much of each it sees."""

import time

import keras
import numpy as np

from animkit.data.effects import HELD_OUT_WIND, KINDS, STEPS, draw_effects, overlay
from animkit.metrics.sequence import accuracy
from animkit.models.judge import Judge
from animkit.recipes.cards import card
from animkit.recipes.schedules import cosine_decay
from animkit.training import Batches, by_profile, train

SEED, VALIDATION_SEED, TEST_SEED = 300, 301, 302  # of the drawing; no network that makes effects may learn from these
CHANCE = 100 / len(KINDS)


def blends(effects, rng):
    """Lay each effect over one of another kind, the brighter ink on top: an even blend.

    Args:
        effects: Effects of two kinds or more.
        rng: numpy Generator that pairs them.

    Returns:
        Steps (n, frames, size, size), and the place of each one's partner (n,).
    """
    partner = rng.permutation(len(effects.kind))
    while (same := effects.kind[partner] == effects.kind).any():
        partner[same] = rng.integers(len(partner), size=same.sum())
    return np.maximum(effects.steps, effects.steps[partner]), partner


class Lessons(Batches):
    """Batches for a judge of effects: some alone, some evenly blended, some laid over another in any share.

    What shows two kinds is labelled with one of them, as likely as that kind's share, and anew in every epoch: the
    probabilities that fit such labels best are the shares. Partners, shares and labels follow from seed and epoch.

    Args:
        effects: Effects.
        batch_size: effects in a batch.
        seed: decides everything.
    """

    def __init__(self, effects, *, batch_size=32, seed=0):
        self.effects = effects
        super().__init__(np.arange(len(effects.kind)), batch_size=batch_size, seed=seed)

    def __getitem__(self, index):
        (chosen,) = super().__getitem__(index)
        random = np.random.default_rng([self.seed, self.epoch + 1, index])
        partner = random.integers(len(self.effects.kind), size=len(chosen))
        way, weight = random.random(len(chosen)), random.random(len(chosen))
        alone, even = way < 0.35, way > 0.6
        weight = np.where(alone, 1.0, np.where(even, 0.5, weight))
        first, second = self.effects.steps[chosen], self.effects.steps[partner]
        clips = overlay(first, second, weight[:, None, None, None])
        clips[even] = np.maximum(first, second)[even]
        told = self.effects.kind[np.where(random.random(len(chosen)) < weight, chosen, partner)]
        return clips, told[:, None].astype("int32")


def train_effects_judge(count, *, epochs=18, seed=0, checkpoint=None, progress=True):
    """Train a judge on effects of seeds of its own.

    Args:
        count: effects to learn from.
        epochs: rounds through them.
        seed: of weights, order and what is blended.
        checkpoint: folder for the state, or None.
        progress: show it.

    Returns:
        Judge of one head, the kind.
    """
    keras.utils.set_random_seed(seed)
    effects = draw_effects(count, wind=(-1, 1), seed=SEED)
    judge = Judge(effects.steps.shape[2:], STEPS, classes=(len(KINDS),))
    lessons = Lessons(effects, batch_size=min(32, count), seed=seed)
    rate = cosine_decay(3e-3, epochs * len(lessons), last=0.01)
    judge.compile(keras.optimizers.Adam(rate, clipnorm=1.0))
    train(judge, lessons, epochs=epochs, checkpoint=checkpoint, progress=progress)
    return judge


def measure_effects_judge(judge, *, seed=TEST_SEED, count=400):
    """How well unseen effects are named, and how near to one half each kind of an even overlay is read."""
    rng = np.random.default_rng(seed)
    mild = draw_effects(count, seed=seed)
    windy = draw_effects(count, wind=(HELD_OUT_WIND, 1), seed=seed + 100)
    found = {}
    for name, effects in (("accuracy_percent", mild), ("accuracy_in_strong_wind_percent", windy)):
        view = judge.probabilities(effects.steps)[0]
        found[name] = {"value": round(100 * accuracy(view, effects.kind), 2), "chance": CHANCE, "unit": "%"}
    mixed, partner = blends(mild, rng)
    view, each = judge.probabilities(mixed)[0], np.arange(count)
    read = np.stack([view[each, mild.kind], view[each, mild.kind[partner]]])
    found["error_of_even_shares"] = {
        "value": round(100 * float(np.abs(read - 0.5).mean()), 2),
        "one kind alone": 50.0,
        "unit": "percentage points, for one overlay and one kind",
    }
    return found


def make_effects_judge(profile="full", *, checkpoint=None):
    """Train the judge that ships; the model and its card."""
    started = time.perf_counter()
    count, epochs = by_profile(profile, ci=(64, 1), demo=(1000, 6), full=(2400, 18))
    judge = train_effects_judge(count, epochs=epochs, checkpoint=checkpoint)
    return judge, card(
        "effects_judge",
        what="a classifier of effects: eight kinds, or the shares of two of them",
        data=f"the procedural twin of animkit.data.effects, 32 pixels, 16 frames: {count} loops of seed {SEED} and "
        f"overlays of two of them, made anew in every epoch; unseen ones of seed {TEST_SEED} for the metrics",
        recipe=f"convolutions on each frame, LSTM 64; {epochs} epochs, batch 32, Adam 3e-3 with cosine decay; "
        "about three minutes of one core",
        metrics=measure_effects_judge(judge),
        profile=profile,
        started=started,
    )
