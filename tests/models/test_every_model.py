"""What every model of the kit must do: come back from its configuration and file, train, and do so in half precision.

A new model adds a line to MODELS.
"""

import json

import keras
import numpy as np
import pytest
from keras import ops

from animkit.gan import GAN, Discriminator, Generator
from animkit.models.beats import BeatModel
from animkit.models.effects import EffectVAE, told
from animkit.models.effects_64 import EffectFiner
from animkit.models.emotion import EmotionReader
from animkit.models.forecaster import MotionForecaster
from animkit.models.in_betweener import InBetweener
from animkit.models.interactions import InteractionNetwork
from animkit.models.judge import Judge
from animkit.models.level_gan import TileGenerator
from animkit.models.level_writer import LevelWriter
from animkit.models.motion_vae import MotionVAE
from animkit.models.narrator import Narrator
from animkit.models.objects import ObjectForecaster
from animkit.models.relations import RelationalForecaster
from animkit.models.relief_vae import ReliefVAE
from animkit.models.relight import Relighter
from animkit.models.sequence_vae import SequenceVAE
from animkit.models.upscale import Upscaler
from animkit.models.viewer import PATCH, FilmViewer
from animkit.motion.guide import PATH
from animkit.rnn import LanguageModel, SequenceRegressor
from animkit.vae import VAE, Decoder, Encoder

RANDOM = np.random.default_rng(0)
PALETTE = RANDOM.integers(0, 256, (5, 4)).astype("uint8")
PICTURES = RANDOM.integers(0, 5, (4, 3, 8, 8)).astype("uint8")
LABELS = np.arange(4) % 2
ONE_HOT = np.eye(2, dtype="float32")[LABELS]
SEQUENCES = RANDOM.normal(size=(4, 5, 3)).astype("float32")
CHARACTERS = RANDOM.integers(0, 5, (4, 6)).astype("int32")
POSITIONS = RANDOM.normal(size=(4, 5, 2, 3)).astype("float32")
PAIRS = np.stack([POSITIONS.reshape(4, 5, 6)[..., :4], POSITIONS.reshape(4, 5, 6)[..., 2:]], axis=2)
COLUMNS = RANDOM.integers(0, 3, (4, 5, 6)).astype("int32")
SKELETON = {
    "hips": {"offset": [0, 0, 0], "parent": None, "rot_channels": ["Z", "X", "Y"]},
    "foot": {"offset": [0, -80, 0], "parent": "hips", "rot_channels": ["Z", "X", "Y"]},
}
FRAMES = RANDOM.normal(size=(4, 5, 4 + 6 * 2 + 1)).astype("float32")
CONTROLS = FRAMES[..., : PATH + 1]  # the way ahead and a gait
POSES = RANDOM.normal(size=(4, 12, 3 + 6 * 2)).astype("float32")
CLOCK = np.pad(np.tile((np.arange(12) // 6 == 1)[:, None], (4, 1, 1)), [(0, 0), (0, 0), (0, 5)]).astype("float32")


def gan():
    networks = (
        Generator((8, 8), latent_dim=4, width=8, hidden=8, palette=PALETTE, classes=2),
        Discriminator((8, 8), 4, width=4, classes=2, packing=2),
    )
    return GAN(*networks, loss="relativistic", packing=2, r1=0.5, seed=3), PICTURES[:, 0], LABELS


def vae():
    shared = {"convolutions": (4,), "hidden": (8,), "palette_size": 5, "classes": 2}
    model = VAE(Encoder(3, **shared), Decoder((8, 8), **shared), reconstruction="palette", beta=0.5, samples=2, seed=3)
    return model, (PICTURES[:, 0], LABELS), None


def sequence_regressor():
    model = SequenceRegressor(3, units=(4,), cell="vanilla", scheduled_sampling=0.5, mixture=2)
    return model, (SEQUENCES[:, :-1], ONE_HOT), SEQUENCES[:, 1:]


def language_model():
    return LanguageModel(5, units=(4,), dropout=0.5, embedding_dim=3), CHARACTERS[:, :-1], CHARACTERS[:, 1:]


def sequence_vae():
    sizes = {"image_size": (8, 8), "static_dim": 3, "dynamic_dim": 2, "actions": 2, "channels": 3, "hidden": 8}
    networks = {"encoder_convolutions": (4,), "decoder_convolutions": (4,), "units": 4, "shared": 2}
    x = {"reference": PICTURES[:, 0], "clip": PICTURES, "action": ONE_HOT}
    return SequenceVAE(PALETTE, **sizes, **networks, frames=2, beta=0.5, seed=3), x, None


def motion_vae():
    sizes = {"across": [20, 0, 0], "feet": ["foot"], "gaits": ["walk"], "latent_dim": 2, "units": 4, "hidden": 4}
    model = MotionVAE(SKELETON, **sizes, beta=0.5, rollout_rate=0.5, seed=3)
    return model, {"frames": FRAMES, "controls": CONTROLS}, None


def in_betweener():
    sizes = {"size": 20.0, "across": [10.0, 0.0, 0.0], "units": 4, "latent_dim": 2, "adversarial": 0.5}
    model = InBetweener(["hips", "foot"], [-1, 0], np.ones((2, 3)), **sizes)
    return model, {"pose": POSES, "clock": CLOCK}, POSES[::-1]


def forecaster():
    model = MotionForecaster(np.zeros((2, 3)), spread=1.0, speed=0.1, past=3, future=2, units=4, pose_dropout=0.5)
    return model, POSITIONS[:, :3], POSITIONS[:, 3:]


def judge():
    return Judge((8, 8), 5, classes=(2, 3), units=4), PICTURES, np.stack([LABELS, CHARACTERS[:, 0] % 3], axis=1)


def narrator():
    words, beat = np.pad(CHARACTERS[:, 1:-1], [(0, 0), (1, 0)]), np.eye(4, 3, dtype="float32")
    return (
        Narrator("-abcd", "xyz", units=4, embedding_dim=3, dropout=0.5),
        {"words": words, "beat": beat},
        CHARACTERS[:, 1:],
    )


def level_writer():
    x = {"before": COLUMNS[::-1], "columns": COLUMNS, "ahead": SEQUENCES[..., [0, 1, 2, 0]], "known": np.ones((4, 4))}
    return LevelWriter(rows=4, tiles=3, units=4, hidden=4), x, None


def level_gan():
    networks = (
        TileGenerator((8, 8), 5, latent_dim=4, width=8, hidden=8, wish_mean=(0, 0), wish_spread=(1, 1)),
        Discriminator((8, 8), 5, width=4, classes=2),
    )
    return GAN(*networks, seed=3), np.eye(5, dtype="float32")[PICTURES[:, 0]], ONE_HOT


def beats():
    x = {"beats": CHARACTERS[:, :, None] % np.array([3, 2]), "told": SEQUENCES[:, [0, 1, 2, 3, 4, 4]]}
    x["mask"] = np.arange(6) < np.array([[6], [4], [5], [2]])
    return BeatModel((3, 2), 3, units=4, embedding_dim=2, hidden=4), x, None


def objects():
    return ObjectForecaster(units=4, hidden=4, seen=3, code_dim=2), SEQUENCES[:, :3], SEQUENCES[:, 3:]


def interactions():
    return InteractionNetwork(units=4, hidden=4), PAIRS[:, :3], PAIRS[:, 3:]


def relations():
    return RelationalForecaster(bodies=2, units=3, hidden=4), PAIRS[:, :3], PAIRS[:, 3:]


def effects():
    sizes = {"image_size": 8, "noise_dim": 1, "style_dim": 2, "units": 3, "channels": 4, "warm_up": 1}
    conditions = told(np.eye(8)[:4], 8, [-1, 0, 0.5, 1], 1.0, LABELS)[:4].swapaxes(0, 1)
    return EffectVAE(**sizes, beta=0.5, seed=3), {"steps": PICTURES.repeat(2, axis=1), "told": conditions}, None


def lit():
    """Pictures and their maps: normals of length 1."""
    normals = RANDOM.normal(size=(4, 8, 8, 3))
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    maps = {"normals": normals, "albedo": RANDOM.uniform(size=(4, 8, 8, 3)), "height": RANDOM.uniform(size=(4, 8, 8))}
    pictures = RANDOM.integers(0, 2, (4, 8, 8, 4))
    return pictures.astype("float32"), {name: one.astype("float32") for name, one in maps.items()}


def relight():
    return Relighter(widths=(4, 6, 8), adversarial=0.1), *lit()


def relief_vae():
    return ReliefVAE(widths=(4, 6, 8), latent_dim=2, seed=3), *lit()


def upscaler():
    x = {"indices": CHARACTERS[:, :4, None] + np.zeros(4, "int32"), "colours": np.tile(PALETTE / 255, (4, 1, 1))}
    return Upscaler(reach=1, channels=4, key_dim=3), x, PICTURES[:, 0].astype("int32")


def effects_64():
    return EffectFiner(channels=4), PICTURES, PICTURES[:, 1].repeat(2, axis=1).repeat(2, axis=2)


def emotion():
    x = {"words": CHARACTERS, "letters": CHARACTERS[..., None] + np.zeros(12, "int32")}
    model = EmotionReader("abc", "abc", embedding_dim=3, units=4, shapes=(2, 3), pairs=7, grams=5)
    return model, x, np.eye(4, 35, dtype="float32")


def viewer():
    patches = RANDOM.integers(0, 256, (4, 2, PATCH, PATCH, 3)).astype("uint8")
    x = {"stands": patches[:, :1], "frames": RANDOM.integers(0, 256, (4, 8, 8, 3)).astype("uint8"), "patches": patches}
    x |= {"moves": SEQUENCES[:, :2, [0, 1, 2, 2]], "there": np.ones((4, 2), bool)}
    y = {"heat": np.tile(np.eye(2, dtype="float32")[:, :, None], (4, 1, 1, 2)), "cells": CHARACTERS[:, :2] % 4}
    y |= {"boxes": RANDOM.uniform(size=(4, 2, 4)).astype("float32"), "figures": np.ones((4, 2), bool)}
    y |= {"hour": LABELS, "place": LABELS, "who": LABELS, "action": CHARACTERS[:, :2], "facing": CHARACTERS[:, :2] % 3}
    return FilmViewer("ab", 2, channels=(2, 3, 4, 5), code_dim=3, units=4), x, y


MODELS = [
    gan, vae, sequence_regressor, language_model, sequence_vae, motion_vae, in_betweener, forecaster, judge, narrator,
    level_writer, level_gan, beats, objects, interactions, relations, effects, relight,
    relief_vae, upscaler, effects_64, emotion, viewer,
]  # fmt: skip
EVERY_MODEL = pytest.mark.parametrize("make", MODELS)


def step(model, x, y):
    return model.train_on_batch(x, y, return_dict=True)


def check_weights(model):
    for weight in model.trainable_weights:
        assert keras.backend.standardize_dtype(weight.dtype) == "float32"
        assert np.isfinite(ops.convert_to_numpy(weight)).all(), weight.path


@pytest.fixture
def policy():
    """Half precision on JAX, where a step costs seconds to compile: one step tells of both."""
    policy = "mixed_bfloat16" if keras.backend.backend() == "jax" else "float32"
    keras.config.set_dtype_policy(policy)
    yield policy
    keras.config.set_dtype_policy("float32")


@pytest.mark.both_backends
@EVERY_MODEL
def test_it_trains_and_goes_on_from_its_file_as_if_it_had_never_been_saved(make, policy, few_steps, tmp_path):
    keras.utils.set_random_seed(0)
    model, x, y = make()
    assert model.compute_dtype == policy.removeprefix("mixed_")
    model.compile(keras.optimizers.SGD(1e-3), **few_steps)
    logs = model.fit(x, y, batch_size=4, epochs=1, verbose=0).history
    assert all(np.isfinite(values).all() for values in logs.values())
    assert sorted(metric.name for metric in model.metrics) == sorted(logs)
    check_weights(model)

    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    # as JSON: Keras reads the tuples of its own build shapes as lists
    assert json.dumps(loaded.get_config()) == json.dumps(model.get_config())
    for one, other in zip(model.variables, loaded.variables, strict=True):
        np.testing.assert_array_equal(ops.convert_to_numpy(one), ops.convert_to_numpy(other), err_msg=one.path)

    weights = model.get_weights()
    ahead, after = step(model, x, y), step(loaded, x, y)
    assert after == pytest.approx(ahead, rel=1e-5)
    # from the same weights, but not from what the file says of noise: the next draws are others, if there are any
    loaded.set_weights(weights)
    other = step(loaded, x, y)
    assert (other["loss"] != ahead["loss"]) == (
        make not in (judge, interactions, relations, relight, upscaler, effects_64)
    )


@EVERY_MODEL
@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_it_takes_a_step_in_half_precision(make, policy, few_steps):
    keras.utils.set_random_seed(0)
    keras.config.set_dtype_policy(policy)
    try:
        model, x, y = make()
        model.compile(keras.optimizers.SGD(1e-3), **few_steps)
        logs = step(model, x, y)
    finally:
        keras.config.set_dtype_policy("float32")
    assert np.isfinite(list(logs.values())).all(), logs
    assert model.compute_dtype == policy.removeprefix("mixed_")
    check_weights(model)
