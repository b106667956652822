"""Labs that ask a decoder, made as notebook 02 makes them: the VAE of characters that ships, and its training data."""

from functools import cache
from typing import NamedTuple

import numpy as np
from scipy.special import log_softmax

from animkit import weights
from animkit.data.sprites import ACTION_DIRECTIONS, load_sprites
from animkit.render import to_rgba
from widgets import vae_lab

ROWS, COLUMNS = [12, 6, 18], [16, 16, 16]  # the pixels of a stranger that are seen: face, hair, trousers
SEEN = {"a pixel of the face": [0], "one of the hair": [1], "face and trousers": [0, 2]}


class _Space(NamedTuple):
    """What the notebook has at hand when it makes these labs."""

    decode: object  # z (count, 32) -> (count, 32, 32, 4) uint8
    latents: np.ndarray  # (256, 32), means of training characters
    log_variances: np.ndarray  # (256, 32)
    centre: np.ndarray  # (32,)
    axes: np.ndarray  # (6, 32), a standard deviation each
    log_likelihood: dict  # words -> function z (count, 2) -> (count,) nats


@cache
def _people():
    people = load_sprites(source="twin")
    return people, people.frames[:, ACTION_DIRECTIONS.index("walk front"), 0]


@cache
def _space():
    vae, (people, standing) = weights.load("sprites_vae"), _people()
    looks, spreads = vae.encode(standing)
    centre = looks[people.train].mean(axis=0)
    _, lengths, directions = np.linalg.svd(looks[people.train] - centre, full_matrices=False)
    axes = (directions * lengths[:, None])[:6] / np.sqrt(len(people.train))
    stranger = standing[people.test[3]][ROWS, COLUMNS]

    @cache
    def pixel_logs(plane):
        z = (centre + np.frombuffer(plane).reshape(-1, 2) @ axes[:2]).astype("float32")
        logits = [np.asarray(vae.decoder(part, training=False)) for part in np.array_split(z, 8)]
        logits = np.concatenate([part[:, ROWS, COLUMNS] for part in logits]).astype(float)
        return log_softmax(logits, axis=-1)[:, range(len(ROWS)), stranger]

    def of_pixels(pixels):
        return lambda z: pixel_logs(z.tobytes())[:, pixels].sum(axis=1)

    return _Space(
        lambda z: to_rgba(vae.decode(np.asarray(z, "float32")), people.palette),
        looks[people.train[:256]],
        spreads[people.train[:256]],
        centre,
        axes,
        {words: of_pixels(pixels) for words, pixels in SEEN.items()},
    )


def _beta_and_collapse():
    people, standing = _people()
    pixels = to_rgba(standing[people.train[:256]], people.palette).reshape(256, -1) / 255.0
    pixels -= pixels.mean(axis=0)
    return vae_lab.beta_and_collapse(variances=np.linalg.eigvalsh(pixels @ pixels.T / 256)[::-1][:32])


def _latent_sliders():
    space = _space()
    return vae_lab.latent_sliders(space.decode, space.centre, space.axes)


def _latent_pad():
    space = _space()
    return vae_lab.latent_pad(space.decode, space.latents, log_variances=space.log_variances)


def _latent_walk():
    space = _space()
    return vae_lab.latent_walk(space.decode, space.latents, start=3, end=40)


def _decoder_posterior():
    return vae_lab.decoder_posterior(_space().log_likelihood, limit=3.0, points=41)


MAKERS = {
    "vae_lab.beta_and_collapse": _beta_and_collapse,
    "vae_lab.latent_sliders": _latent_sliders,
    "vae_lab.latent_pad": _latent_pad,
    "vae_lab.latent_walk": _latent_walk,
    "vae_lab.decoder_posterior": _decoder_posterior,
}
