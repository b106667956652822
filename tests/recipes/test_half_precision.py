"""Every recipe trains a step in half precision, from its own data to the optimizer's step.

`mixed_float16` differs in what the optimizer does, which tests/models/test_every_model.py covers for each model.
"""

import types

import keras
import numpy as np
import pytest
from keras import ops

from animkit.data.sprites import Sprites
from animkit.data.twins.walkers import walker
from animkit.motion.clips import Take
from animkit.recipes import digits
from animkit.recipes.company import train_company
from animkit.recipes.forecaster import train_forecaster
from animkit.recipes.generator import train_generator
from animkit.recipes.in_betweener import train_in_betweener
from animkit.recipes.pictures import train_on_pictures
from animkit.recipes.points import train_points
from animkit.recipes.relief_vae import train_relief_vae
from animkit.recipes.relight import draw_figures, train_relighter
from animkit.recipes.sprites_gan import train_sprites_gan
from animkit.recipes.sprites_motion import train_latent_motion
from animkit.recipes.sprites_vae import train_frame_vae
from animkit.recipes.tales import train_storyteller
from animkit.rnn import LanguageModel

RANDOM = np.random.default_rng(0)
DIGITS = RANDOM.uniform(size=(64, 28, 28, 1)).astype("float32")
PICTURES = RANDOM.integers(0, 256, (4, 16, 16, 4), "uint8")
PALETTE = np.pad(RANDOM.integers(0, 256, (5, 3)), [(0, 0), (0, 1)], constant_values=255).astype("uint8")
FRAMES = RANDOM.integers(0, 5, (64, 32, 32)).astype("uint8")


def company():
    clips = {"walk": PALETTE[FRAMES[:2, :16, :16]], "sit": PALETTE[FRAMES[2:4, :16, :16]]}
    team = train_company(Sprites.from_sheets({str(who): clips for who in range(5)}), profile="ci", progress=False)
    return team.animator, team.vae, team.gan, team.judge


def storyteller():
    # enough letters for a batch of windows and one of whole tales
    return train_storyteller(["a fox. " * 70] * 40, short=1, whole=1, progress=False)[0]


def points():
    game = {"loss": "relativistic", "r1": 0.2}
    judge = {"waves": 2, "hidden": (8,)}
    return train_points(RANDOM.normal(size=(512, 2)).astype("float32"), discriminator=judge, game=game, epochs=1)


def relighter():
    sizes = {"widths": (4, 6, 8), "progress": False}
    return train_relighter([draw_figures(4, size=16, seed=0)], epochs=1, adversarial=0.1, **sizes)


def relief_vae():
    return train_relief_vae([draw_figures(4, size=16, seed=0)], epochs=1, widths=(4, 6, 8), progress=False)


RECIPES = {
    "company": company,
    "classifier": lambda: digits.train_classifier(DIGITS, np.arange(64) % 10, epochs=1, progress=False)[0],
    "dcgan": lambda: digits.train_dcgan(DIGITS, epochs=1, width=8, hidden=8, progress=False)[0],
    "digit_vae": lambda: digits.train_digit_vae(DIGITS, epochs=1, rate=1e-3, progress=False)[0],
    "forecaster": lambda: train_forecaster([RANDOM.normal(size=(160, 3, 3))], epochs=1, steps=1, progress=False),
    "generator": lambda: train_generator(
        [Take("0", "walk", "", walker(seconds=3.0).clip)], profile="ci", progress=False
    ),
    "in_betweener": lambda: train_in_betweener([walker(seconds=3.0).clip], profile="ci", progress=False),
    "pictures": lambda: train_on_pictures(PICTURES, epochs=1, progress=False)[0],
    "points": points,
    "relief_vae": relief_vae,
    "relighter": relighter,
    "sprites_gan": lambda: train_sprites_gan(FRAMES, np.arange(64) % 9, PALETTE, epochs=1, progress=False),
    "sprites_motion": lambda: train_latent_motion(RANDOM.normal(size=(4, 9, 8, 3)), epochs=2, progress=False),
    "sprites_vae": lambda: train_frame_vae(FRAMES, 5, epochs=1, progress=False),
    "storyteller": storyteller,
}


@pytest.fixture
def one_step(monkeypatch):
    """Training is one step, which TensorFlow does not trace: that would cost as much as a hundred."""

    def fit(model, data, *others, **options):
        model.run_eagerly = keras.backend.backend() == "tensorflow"
        batch = keras.tree.map_structure(lambda part: part[:4], data[0])
        if isinstance(model, LanguageModel):
            batch = [letters[:, :8] for letters in batch]  # of hundreds
        logs = model.train_on_batch(*batch, return_dict=True)
        assert np.isfinite(list(logs.values())).all(), logs
        logs |= {"wall": 0.0, "CPU": 0.0}  # which callbacks log
        return types.SimpleNamespace(history={name: [value] for name, value in logs.items()})

    monkeypatch.setattr(keras.Model, "fit", fit)


@pytest.mark.parametrize("recipe", RECIPES)
def test_it_trains_a_step_in_half_precision(recipe, one_step):
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        models = RECIPES[recipe]()
    finally:
        keras.config.set_dtype_policy("float32")
    for model in models if isinstance(models, tuple) else (models,):
        assert model.compute_dtype == "bfloat16"
        for weight in model.trainable_weights:
            assert np.isfinite(ops.convert_to_numpy(weight)).all(), weight.path
