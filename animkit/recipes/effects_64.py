"""The network that draws effects of 32 pixels at 64."""

import time

import keras
import numpy as np

from animkit.data.effects import KINDS, STEPS
from animkit.models.effects_64 import EffectFiner, threes
from animkit.recipes.cards import card
from animkit.recipes.effects import VALIDATION, draw_groups
from animkit.recipes.schedules import cosine_decay
from animkit.training import Batches, by_profile, train

RATE = 3e-3


def draw_pairs(count, *, first_seed=0, seed=0):
    """Draw the same effects at 32 and at 64 pixels.

    Args:
        count: groups of all kinds.
        first_seed, seed: as for `animkit.recipes.effects.draw_groups`.

    Returns:
        Frames with their neighbours (n, 3, 32, 32), and the same frames (n, 64, 64), uint8.
    """
    small, fine = (draw_groups(count, size=size, first_seed=first_seed, seed=seed)[0] for size in (32, 64))
    return np.concatenate([threes(one) for one in small]), np.concatenate([one.reshape(-1, 64, 64) for one in fine])


def scaled_twice(frames):
    """Scale pixel art by rule: a corner takes its two neighbours' step where they agree and the others do not.

    Args:
        frames: (n, height, width) steps.

    Returns:
        (n, 2 * height, 2 * width) steps.

    Source: Mazzoleni 2001 (Scale2x).
    """
    padded = np.pad(frames, ((0, 0), (1, 1), (1, 1)), mode="edge")
    up, down = padded[:, :-2, 1:-1], padded[:, 2:, 1:-1]
    left, right = padded[:, 1:-1, :-2], padded[:, 1:-1, 2:]
    edge = (up != down) & (left != right)
    scaled = frames.repeat(2, axis=1).repeat(2, axis=2)
    for row, above in enumerate((up, down)):
        for column, beside in enumerate((left, right)):
            corner = edge & (above == beside)
            scaled[:, row::2, column::2] = np.where(corner, above, frames)
    return scaled


def off_percent(made, true):
    """Percent of the pixels that are there in either picture that differ in step."""
    either = (made > 0) | (true > 0)
    return round(100 * float((made != true)[either].mean()), 1)


def train_effects_64(small, fine, *, epochs, seed=0, batch_size=32, checkpoint=None, progress=True, **sizes):
    """Train the finer.

    Args:
        small, fine: what `draw_pairs` returns.
        epochs: rounds through the frames.
        seed: of weights and order.
        batch_size: frames.
        checkpoint: folder for the state, or None.
        progress: show it.
        sizes: of `animkit.models.effects_64.EffectFiner`.

    Returns:
        EffectFiner.
    """
    keras.utils.set_random_seed(seed)
    model = EffectFiner(**sizes)
    data = Batches(small, fine, batch_size=batch_size, seed=seed, drop_remainder=True)
    model.compile(keras.optimizers.Adam(cosine_decay(RATE, epochs * len(data), last=0.02), global_clipnorm=1000.0))
    train(model, data, epochs=epochs, checkpoint=checkpoint, progress=progress)
    return model


def measure_effects_64(model, small, fine):
    """Compare what the finer draws with what the code draws at 64 pixels, and with pixels doubled and scaled by rule.

    Args:
        model: EffectFiner.
        small, fine: what `draw_pairs` returns, of seeds that it has not seen.

    Returns:
        dict of metrics for a card.
    """
    model.compile()
    nats = model.evaluate(Batches(small, fine, batch_size=32), verbose=0, return_dict=True)["loss"]
    now = small[:, 1]
    counts = np.zeros((STEPS, STEPS)) + 0.02
    np.add.at(counts, (now.repeat(2, axis=1).repeat(2, axis=2), fine), 1)
    after = -np.log(counts / counts.sum(axis=1, keepdims=True))
    by_step = (counts * after).sum() / len(now)
    return {
        "nats_per_frame": {
            "value": round(float(nats), 1),
            "each pixel by the step it had at 32 pixels": round(float(by_step), 1),
            "unit": "nats; validation effects of the same ranges",
        },
        "off_percent": {
            "value": off_percent(model.likeliest(small), fine),
            "pixels doubled": off_percent(now.repeat(2, axis=1).repeat(2, axis=2), fine),
            "Scale2x": off_percent(scaled_twice(now), fine),
            "unit": "% of pixels with ink in either that differ in step, the likeliest step of each pixel",
        },
    }


def make_effects_64(profile="full", *, checkpoint=None):
    """Train the finer that ships; the model and its card."""
    started = time.perf_counter()
    count, epochs = by_profile(profile, ci=(1, 1), demo=(20, 2), full=(60, 3))
    known, others = draw_pairs(count), draw_pairs(min(count, 16), first_seed=VALIDATION, seed=1)
    model = train_effects_64(*known, epochs=epochs, checkpoint=checkpoint)
    return model, card(
        "effects_64",
        what="convolutions that draw effects of 32 pixels at 64: four pixels for each, from a frame and its neighbours",
        data=f"the procedural twin of animkit.data.effects at 32 and 64 pixels, {count} effects "
        f"of each of {len(KINDS)} kinds, seeds below {count}; measured on seeds from {VALIDATION:,} on",
        recipe=f"three convolutions of {model.channels} channels, softmax over {STEPS} steps a pixel; {epochs} epochs "
        f"of {len(known[1]):,} frames, batch 32, Adam {RATE:g} with cosine decay",
        metrics=measure_effects_64(model, *others),
        profile=profile,
        started=started,
    )
