import keras
import numpy as np
import pytest

from animkit.models.likeness import Likeness
from animkit.models.sequence_vae import FrameDecoder


@pytest.mark.both_backends
def test_a_decoder_learns_the_picture_and_keeps_what_it_is_told_to_keep(few_steps):
    keras.utils.set_random_seed(0)
    decoder = FrameDecoder((8, 8), 5, convolutions=(8, 8), channels=6, cell=2, hidden=16)
    decoder.build((None, 3), (None, 2))
    random = np.random.default_rng(0)
    looks, poses = (random.normal(size=(2, size)).astype("float32") for size in (3, 2))
    stays = np.asarray(decoder.likeliest(looks[1:], poses[1:]))
    picture = np.kron([[1, 2], [3, 4]], np.ones((4, 4), int))[None]
    model = Likeness(decoder, looks[0])
    model.compile(keras.optimizers.Adam(0.02), **few_steps)
    batch = {"looks": looks, "poses": poses, "pictures": np.concatenate([picture, stays]).astype("int32")}
    for _ in range(40):
        model.train_on_batch({**batch, "own": np.array([1.0, 0.0], "float32")})
    look = np.asarray(model.look)
    assert (np.asarray(decoder.likeliest(look, poses[:1])) == picture).mean() > 0.9
    assert (np.asarray(decoder.likeliest(looks[1:], poses[1:])) == stays).mean() > 0.9
    assert 0 < np.abs(look - looks[:1]).max() < 0.2  # it stays near
