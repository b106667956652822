"""The networks of creatures: one that animates beasts of ten kinds, one that designs new ones of a kind asked for."""

import time
from pathlib import Path

import keras
import numpy as np

from animkit import weights
from animkit.data.beasts import load_beasts
from animkit.data.fairytales import CREATURES
from animkit.metrics.sequence import diversity
from animkit.models.sequence_vae import Clips, SequenceVAE
from animkit.recipes.cards import card
from animkit.recipes.designers import train_design_vae
from animkit.recipes.schedules import cosine_decay
from animkit.studio.characters import animate, nearest
from animkit.studio.creatures import design_creatures, one_hot
from animkit.training import by_profile, train
from animkit.vae import BetaAnnealing

STAGES = ((46, 3e-3), (15, 2e-3))  # rounds through all clips, and the rate from which each stage falls to nothing
SIDE = 0  # walk left, which shows best of what kind a creature is


def train_creatures(beasts, *, stages=STAGES, batch_size=32, seed=0, checkpoint=None, progress=True, **sizes):
    """Train the animator of creatures.

    It is the sequence VAE of the people, half as large. Neighbours in a batch show one action and are of any kinds:
    what they share is the moment of the action alone, and what a wolf and a giant make of it lies in the look.

    Args:
        beasts: `animkit.data.sprites.Sprites`, as `load_beasts` gives them; the training ones are used.
        stages: (epochs, rate) of each; the rate falls by half a cosine, and starts again in the next.
        batch_size: clips in a step.
        seed: of weights, order and noise.
        checkpoint: folder for the state, or None.
        progress: show it.
        **sizes: of `SequenceVAE`, other than those that ship.

    Returns:
        SequenceVAE.

    Source: Loshchilov and Hutter 2017 (warm restarts).
    """
    keras.utils.set_random_seed(seed)
    frames = beasts.frames[beasts.train]
    widths = {"encoder_convolutions": (12, 16, 24), "decoder_convolutions": (48, 40, 32), "units": 64, "hidden": 224}
    shown = {"image_size": frames.shape[-2:], "actions": frames.shape[1], "rounds": beasts.rounds}
    model = SequenceVAE(beasts.palette, **shown, **widths | sizes, seed=seed)
    for stage, (epochs, highest) in enumerate(stages):
        clips = Clips(frames, batch_size=batch_size, seed=seed + stage)
        steps = epochs * len(clips)
        rate = cosine_decay(highest, steps, last=0.01, warm_up=min(200, steps // 10))
        model.compile(keras.optimizers.Adam(rate, global_clipnorm=3000.0))
        callbacks = [] if stage else [BetaAnnealing(max(1, epochs // 5))]
        kept = checkpoint and Path(checkpoint) / f"stage_{stage}"
        train(model, clips, epochs=epochs, callbacks=callbacks, checkpoint=kept, progress=progress)
    return model


def design_data(animator, beasts, *, views=8, seed=0):
    """Looks of the training beasts, read from random pictures of them, and of what kind each is.

    Args:
        animator: SequenceVAE.
        beasts: its Sprites.
        views: pictures of each.
        seed: which ones.

    Returns:
        looks (n, static_dim) and kinds (n, 10), float32.
    """
    rng = np.random.default_rng(seed)
    frames, kinds = beasts.frames[beasts.train], beasts.attributes[beasts.train, 0]
    count, actions, steps, *_ = frames.shape
    who = np.repeat(np.arange(count), views)
    seen = frames[who, rng.integers(actions, size=len(who)), rng.integers(steps, size=len(who))]
    return animator.looks(seen), one_hot(kinds[who])


def figure_exact(drawn, truth):
    """Share of pixels exactly right among those where either shows a figure, in percent."""
    shown = (drawn > 0) | (truth > 0)
    return round(100 * float((drawn == truth)[shown].mean()), 2)


def measure_creatures(model, beasts):
    """Held-out combinations, animated from one picture and redrawn, beside copying; pixels of the figure alone."""
    known, truth = beasts.frames[beasts.train], beasts.frames[beasts.test]
    still = truth[:, SIDE, 0]
    clips = truth.reshape(-1, *truth.shape[2:])
    standing = np.ascontiguousarray(known[:, SIDE, 0])
    alike = known[[nearest(one, standing)[0] for one in still]]
    whole = known[[int((known != one).sum(axis=(1, 2, 3, 4)).argmin()) for one in truth]]
    baselines = {
        "standing picture repeated": figure_exact(np.broadcast_to(still[:, None, None], truth.shape), truth),
        "nearest training creature by that picture": figure_exact(alike, truth),
        "nearest training creature by all clips": figure_exact(whole, truth),
    }
    unit = "% of the pixels of held-out creatures' figures, all six clips"
    drawn = {
        "animated_from_one_picture_exact_percent": animate(model, model.looks(still), steps=truth.shape[2]),
        "redrawn_exact_percent": model.draw(model.looks(clips[:, 0]), model.motions(clips)).reshape(truth.shape),
    }
    return {name: {"value": figure_exact(frames, truth), **baselines, "unit": unit} for name, frames in drawn.items()}


def read_kinds(frames, beasts):
    """The kind of the training beast that each picture resembles most: a simple judge.

    Args:
        frames: (n, 32, 32) palette indices, seen from the side.
        beasts: Sprites.

    Returns:
        (n,) kinds, and the share of the figure's pixels in which each differs from that beast.
    """
    known = np.ascontiguousarray(beasts.frames[beasts.train, SIDE, 0])
    found = [nearest(frame, known) for frame in frames]
    return beasts.attributes[beasts.train[[index for index, _ in found]], 0], np.array([away for _, away in found])


def measure_designs(designer, animator, beasts, each=20):
    """Whether a kind asked for is the kind drawn; how varied and how new designs are, beside held-out beasts."""
    asked = np.repeat(np.arange(len(CREATURES)), each)
    looks = [
        design_creatures(designer, animator, kind, each, seed=100 + number) for number, kind in enumerate(CREATURES)
    ]
    drawn = animate(animator, np.concatenate(looks), ("walk left",), steps=1)[:, 0, 0]
    held_out = beasts.frames[beasts.test, SIDE, 0]
    again = animate(animator, animator.looks(held_out), ("walk left",), steps=1)[:, 0, 0]
    (read, away), (real, apart), (_, redrawn) = (read_kinds(frames, beasts) for frames in (drawn, held_out, again))

    def varied(frames, kinds):
        return round(100 * float(np.mean([diversity(frames[kinds == kind]) for kind in range(len(CREATURES))])), 2)

    kinds = beasts.attributes[beasts.test, 0]
    return {
        "kind_as_asked_percent": {
            "value": round(100 * float((read == asked).mean()), 2),
            "chance": 10.0,
            "held-out creatures, by the same judge": round(100 * float((real == kinds).mean()), 2),
            "unit": f"% of {len(asked)} designs whose nearest training creature is of the kind asked for",
        },
        "diversity_percent": {
            "value": varied(drawn, asked),
            "one design repeated": 0.0,
            "held-out creatures": varied(held_out, kinds),
            "unit": "% of pixels in which two designs of a kind differ",
        },
        "distance_to_nearest_training_creature_percent": {
            "value": round(100 * float(away.mean()), 2),
            "a copy": 0.0,
            "held-out creatures": round(100 * float(apart.mean()), 2),
            "held-out creatures, drawn by the animator": round(100 * float(redrawn.mean()), 2),
            "unit": "% of the figure's pixels",
        },
    }


def make_creatures(profile="full", *, checkpoint=None):
    """Train the animator of creatures that ships; the model and its card."""
    started = time.perf_counter()
    each, stages = by_profile(profile, ci=(4, ((1, 3e-3),)), demo=(24, ((20, 3e-3),)), full=(None, STAGES))
    beasts = load_beasts(each)
    model = train_creatures(beasts, stages=stages, checkpoint=checkpoint)
    return model, card(
        "creatures",
        what="a sequence VAE of pixel creatures of ten kinds: a look of 32 numbers from one picture, a pose of 16 "
        "numbers for each frame, an LSTM that makes the poses of six actions up; three more mirror what faces left",
        data=f"a procedural twin, animkit.data.beasts, six clips of {len(beasts.train)} training creatures; "
        f"{len(beasts.test)} held-out combinations of colours, crest, pattern and build for the metrics, "
        "scored after each stage: a validation set, not a test",
        recipe=f"{' and '.join(f'{epochs} epochs from {rate:g}' for epochs, rate in stages)}, of all clips, batch 32 "
        "in groups that share an action, two frames and a quarter of the pixels of each; Adam with cosine decay, beta "
        "from 0 to 1 in the first fifth",
        metrics=measure_creatures(model, beasts),
        profile=profile,
        started=started,
    )


def make_creatures_vae(profile="full", *, checkpoint=None):
    """Train the VAE that designs creatures of a kind; the model and its card."""
    started = time.perf_counter()
    each, epochs = by_profile(profile, ci=(4, 1), demo=(24, 10), full=(None, 40))
    animator, beasts = weights.load("creatures"), load_beasts(each)
    model = train_design_vae(*design_data(animator, beasts), epochs=epochs)
    return model, card(
        "creatures_vae",
        what="a conditional VAE of looks of creatures: 8 normal numbers and one of ten kinds to a look of `creatures`",
        data=f"looks of {len(beasts.train)} training creatures of a procedural twin, animkit.data.beasts, each read "
        "from eight random pictures",
        recipe=f"{epochs} epochs, batch 128, Adam 2e-3 with cosine decay, noise of 0.25 on the looks",
        metrics=measure_designs(model, animator, beasts),
        profile=profile,
        started=started,
    )
