"""The judge of moods: it sees silhouettes that act, no colours and no words, and names one of five moods."""

import time
from typing import NamedTuple

import keras
import numpy as np

from animkit.recipes.cards import card
from animkit.recipes.schedules import cosine_decay
from animkit.studio.characters import load_company
from animkit.studio.performance import ACTIONS, CELL, FACINGS, STYLE, Style, draw, score, sheet
from animkit.training import Batches, by_profile, train

FRAMES = 24  # two seconds
LATE = 12  # frames up to which a performance has gone on before it is watched
BLOCK = 4  # pixels a side of what the judge sees as one
SIDE = CELL // BLOCK
HAIR = {"train": (0, 1, 2, 3), "validation": (4,), "test": (5,)}  # no part has seen another's
STRONG, MODERATE, NONE = (0.6, 1.0), (0.3, 0.6), (0.0, 0.0)
SEEDS = {"train": 1, "validation": 2, "test": 4}
SIZES = {"ci": (40, 4, 1), "demo": (600, 30, 4), "full": (2400, 60, 16)}  # performances, characters, epochs
BATCH, RATE, UNITS = 32, 5e-3, 48
OWN = 0.25  # how much a performer's own style differs, of each number of STYLE


def characters(company, part, count):
    """Draw the characters of one part: others in the benchmark's split, and with hair that no other part wears.

    Args:
        company: `animkit.studio.characters.Company`.
        part: "train", "validation" or "test".
        count: how many at most.

    Returns:
        list of (72, 32, 32, 4), see `animkit.studio.performance.sheet`.
    """
    sprites = company.sprites
    split = sprites.test if part == "test" else sprites.train
    chosen = [who for who in split if sprites.attributes[who, 3] in HAIR[part]][:count]
    return [sheet(company, look) for look in company.animator.looks(sprites.frames[chosen, 1, 0])]


class Performances(NamedTuple):
    """What the judge sees, and what it is asked."""

    clips: np.ndarray  # (n, 24, 12, 12) uint8: of sixteen pixels, those that the figure covers
    moods: np.ndarray  # (n,) places in STYLE
    actions: np.ndarray  # (n,) places in ACTIONS
    people: np.ndarray  # (n,) who acts


def performances(people, count, *, strength=STRONG, actions=ACTIONS, seed=0):
    """Let characters act, everything else by chance: who, what, facing, pace, strength, phase and a style of one's own.

    Args:
        people: what `characters` returns.
        count: performances.
        strength: from where to where, of the mood.
        actions: what they do.
        seed: same seed, same performances.

    Returns:
        Performances; each mood as often as any other.
    """
    rng = np.random.default_rng(seed)
    moods = rng.permutation(np.arange(count) % len(STYLE))
    done = [ACTIONS.index(action) for action in actions]
    done = rng.permutation(np.resize(np.repeat(done, len(STYLE)), count))
    who, clips = rng.integers(len(people), size=count), []
    for mood, action, one in zip(moods, done, who, strict=True):
        told = zip(Style(), tuple(STYLE.values())[mood], rng.uniform(1 - OWN, 1 + OWN, len(Style())), strict=True)
        style = Style(*(none + (felt - none) * own for none, felt, own in told))
        options = {"facing": FACINGS[rng.integers(3)], "pace": rng.uniform(0.8, 1.25), "phase": rng.random()}
        options |= {"strength": rng.uniform(*strength), "seed": int(rng.integers(2**31))}
        late = rng.integers(LATE + 1)
        rows = score(ACTIONS[action], style, FRAMES + late, **options)[late:]
        clips.append(silhouettes(draw(people[one], rows)))
    return Performances(np.stack(clips), moods, done, who)


def silhouettes(frames):
    """What the judge sees of frames, (n, 48, 48, 4) -> (n, 12, 12) uint8: no colour, and a quarter of the size."""
    return (frames[..., 3] > 0).reshape(len(frames), SIDE, BLOCK, SIDE, BLOCK).sum(axis=(2, 4)).astype(np.uint8)


def train_mood_judge(clips, moods, *, epochs, seed=0, scale=1 / BLOCK**2, checkpoint=None, progress=True):
    """Train a judge of moods.

    Args:
        clips: (n, time, ...), such as those of `performances`.
        moods: (n,).
        epochs: rounds through them.
        seed: of weights and order.
        scale: by which clips are multiplied, to be about one.
        checkpoint: folder for the state, or None.
        progress: show it.

    Returns:
        Keras model: clips -> logits of the moods, in the order of STYLE.
    """
    keras.utils.set_random_seed(seed)
    judge = keras.Sequential(
        [
            keras.Input(clips.shape[1:]),
            keras.layers.Rescaling(scale),
            keras.layers.Reshape((clips.shape[1], -1)),
            keras.layers.Dense(32, activation="silu"),
            keras.layers.Dropout(0.1),
            keras.layers.LSTM(UNITS),
            keras.layers.Dense(len(STYLE)),
        ]
    )
    batches = Batches(clips, moods, batch_size=min(BATCH, len(clips)), seed=seed)
    judge.compile(
        keras.optimizers.Adam(cosine_decay(RATE, epochs * len(batches), last=0.01), clipnorm=1.0),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    train(judge, batches, epochs=epochs, checkpoint=checkpoint, progress=progress)
    return judge


def named(judge, clips):
    """The mood that a judge names of each clip, (n,)."""
    return judge.predict(clips, batch_size=256, verbose=0).argmax(axis=1)


def make_mood_judge(profile="full", *, checkpoint=None):
    """Train the judge that ships; the model and its card."""
    started = time.perf_counter()
    company = load_company()
    count, people, epochs = SIZES[profile]
    seen = performances(characters(company, "train", people), count, seed=SEEDS["train"])
    judge = train_mood_judge(seen.clips, seen.moods, epochs=epochs, checkpoint=checkpoint)
    return judge, card(
        "mood_judge",
        what="a classifier of silhouettes in motion: happy, angry, sad, afraid or calm",
        data=f"{count} performances of two seconds, made by rules (animkit.studio.performance) of the trained "
        f"animator's frames, of {people} characters of the procedural twin; for the metrics characters with hair that "
        "these do not have",
        recipe=f"32 units on each frame of {SIDE} x {SIDE} pixels, LSTM {UNITS}; {epochs} epochs, batch {BATCH}, Adam "
        f"{RATE:g} with cosine decay; with the drawing about a minute and a half of one core",
        metrics=measure_mood_judge(judge, company, count=by_profile(profile, ci=20, demo=200, full=900)),
        profile=profile,
        started=started,
    )


def measure_mood_judge(judge, company, *, count, people=20):
    """How many moods of so many validation characters are named rightly, in percent, beside chance."""
    people, found = characters(company, "validation", people), {}
    for name, strength in (("accuracy_percent", STRONG), ("accuracy_in_moderate_moods_percent", MODERATE)):
        seen = performances(people, count, strength=strength, seed=SEEDS["validation"])
        right = 100 * float((named(judge, seen.clips) == seen.moods).mean())
        found[name] = {"value": round(right, 1), "chance": 100 / len(STYLE), "unit": "%, validation characters"}
    return found
