"""The judge of pixel characters: trained on real sequences only, so that it can tell how good made-up ones are."""

import time

import keras
import numpy as np

from animkit.data.sprites import load_sprites
from animkit.metrics.sequence import accuracy
from animkit.models.judge import Judge
from animkit.recipes.cards import card
from animkit.recipes.schedules import cosine_decay
from animkit.studio.characters import nearest
from animkit.training import Batches, by_profile, train

LABELS = ("action", "skin", "trousers", "top", "hair")


def labels(attributes, actions=9):
    """Label the clips of characters, in the order of `frames.reshape(-1, time, height, width)`.

    Args:
        attributes: (characters, attributes).
        actions: clips of each character.

    Returns:
        (characters * actions, 1 + attributes) int32, action first.
    """
    who = np.repeat(attributes, actions, axis=0)
    return np.column_stack([np.tile(np.arange(actions), len(attributes)), who]).astype("int32")


def train_judge(sprites, *, epochs=4, seed=0, checkpoint=None, progress=True):
    """Train a judge on the real training sequences of a set of characters.

    Args:
        sprites: `animkit.data.sprites.Sprites`.
        epochs: rounds through the training clips.
        seed: of weights and order.
        checkpoint: folder for the state, or None.
        progress: show it.

    Returns:
        Judge.
    """
    keras.utils.set_random_seed(seed)
    frames = sprites.frames[sprites.train]
    _, actions, time, *size = frames.shape
    classes = (actions, *(sprites.attributes.max(axis=0) + 1))
    judge = Judge(size, len(sprites.palette), classes=[int(count) for count in classes])
    told = labels(sprites.attributes[sprites.train], actions)
    batches = Batches(frames.reshape(-1, time, *size), told, batch_size=min(32, len(told)), seed=seed)
    rate = cosine_decay(3e-3, epochs * len(batches), last=0.01)
    judge.compile(keras.optimizers.Adam(rate, clipnorm=1.0))
    train(judge, batches, epochs=epochs, checkpoint=checkpoint, progress=progress)
    return judge


def make_characters_judge(profile="full", *, checkpoint=None):
    """Train the judge that ships, on real sequences of the twin's characters only; the model and its card."""
    started = time.perf_counter()
    characters, epochs = by_profile(profile, ci=(20, 1), demo=(400, 3), full=(None, 8))
    sprites = load_sprites(size=32, source="twin", characters=characters)
    judge = train_judge(sprites, epochs=epochs, checkpoint=checkpoint)
    return judge, card(
        "characters_judge",
        what="a classifier of clips: nine actions, and six options each of skin, trousers, top and hair",
        data=f"the procedural twin of animkit.data.sprites, size 32, nine clips of {len(sprites.train)} training "
        "characters; its test characters for the metrics",
        recipe=f"convolutions on each frame, LSTM 64; {epochs} epochs, batch 32, Adam 3e-3 with cosine decay",
        metrics=measure_judge(judge, sprites),
        profile=profile,
        started=started,
    )


def measure_judge(judge, sprites, characters=None):
    """Percent of unseen real sequences that are read rightly, beside chance."""
    chosen = sprites.test[:characters]
    clips, told = sprites.frames[chosen], labels(sprites.attributes[chosen])
    views = judge.probabilities(clips.reshape(-1, *clips.shape[2:]))
    return {
        f"{name}_accuracy_percent": {
            "value": round(100 * accuracy(view, column), 3),
            "chance": round(100 / view.shape[1], 2),
            "unit": "%",
        }
        for name, view, column in zip(LABELS, views, told.T, strict=True)
    }


def baselines_judge(characters=20):
    """What looking up has: the labels of the training clip that is nearest by all its pixels."""
    sprites = load_sprites(size=32, source="twin")
    (known, known_labels), (clips, told) = (
        # a clip as one tall picture: (clips, 8 * 32, 32)
        (sprites.frames[chosen].reshape(9 * len(chosen), -1, 32), labels(sprites.attributes[chosen]))
        for chosen in (sprites.train, sprites.test[:characters])
    )
    right = known_labels[[nearest(clip, known)[0] for clip in clips]] == told
    name = f"nearest training clip, for {characters} characters"
    return {
        f"{label}_accuracy_percent": {name: round(100 * float(share), 2)}
        for label, share in zip(LABELS, right.mean(axis=0), strict=True)
    }
