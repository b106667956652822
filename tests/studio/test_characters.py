import keras
import numpy as np
import pytest

from animkit.data.sprites import ACTION_DIRECTIONS
from animkit.rnn import SequenceRegressor
from animkit.studio.characters import animate, design, nearest
from animkit.vae import VAE, Decoder, Encoder

LATENT, SIZE, COLOURS = 3, 8, 5


@pytest.fixture(scope="module")
def vae():
    keras.utils.set_random_seed(0)
    encoder = Encoder(LATENT, hidden=(16,), palette_size=COLOURS)
    return VAE(encoder, Decoder((SIZE, SIZE), hidden=(16,), palette_size=COLOURS), reconstruction="palette")


@pytest.fixture(scope="module")
def motion():
    keras.utils.set_random_seed(1)
    model = SequenceRegressor(LATENT, units=(8,))
    model.build([(None, None, LATENT), (None, None, LATENT + len(ACTION_DIRECTIONS))])
    return model


@pytest.fixture(scope="module")
def references():
    return np.random.default_rng(0).integers(0, COLOURS, (40, SIZE, SIZE), "uint8")


def test_designs_are_their_frames_latents_and_unlike_each_other(vae, references):
    looks = design(vae, references, 3, seed=3)
    assert looks.shape == (3, LATENT)
    frames = vae.decode(looks)
    assert all((one != other).any() for i, one in enumerate(frames) for other in frames[:i])


def test_designs_stay_near_the_references(vae, references):
    latents, _ = vae.encode(references)
    looks = design(vae, references[:20], 4)
    strangers = np.random.default_rng(0).normal(latents.mean(axis=0), 10 * latents.std(axis=0), (4, LATENT))

    def away(points):
        return np.linalg.norm(points[:, None] - latents[:20], axis=-1).min(axis=1).mean()

    assert away(looks) < away(strangers)


def test_designs_depend_on_the_seed_alone(vae, references):
    one, same, other = (design(vae, references, 2, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).min() > 0


def test_designs_are_unlike_those_they_stand_beside(vae, references):
    alone = vae.decode(design(vae, references, 1, seed=5))
    beside = vae.decode(design(vae, references, 1, beside=alone, seed=5))
    assert (beside != alone).any()


def test_one_reference_is_too_few(vae, references):
    with pytest.raises(ValueError, match="at least two references"):
        design(vae, references[:1], 1)


def test_animate_rolls_out_and_decodes_in_the_order_asked_for(vae, motion):
    looks = np.random.default_rng(1).normal(size=(2, LATENT)).astype("float32")
    actions = ("slash right", "walk left")
    frames = animate(vae, motion, looks, actions, steps=4)
    assert frames.shape == (2, 2, 4, SIZE, SIZE)
    assert frames.dtype == np.uint8
    assert frames.max() < COLOURS
    # the same by hand, for the second character's first action: feed each prediction back
    z = [looks[1]]
    condition = np.concatenate([looks[1], np.eye(9)[ACTION_DIRECTIONS.index("slash right")]]).astype("float32")
    for _ in range(4):
        past = np.array(z)[None]
        z.append(keras.ops.convert_to_numpy(motion((past, np.tile(condition, (1, len(z), 1)))))[0, -1])
    np.testing.assert_array_equal(frames[1, 0], vae.decode(np.array(z[1:])))


def test_animate_refuses(vae, motion):
    with pytest.raises(ValueError, match="no action 'fly'"):
        animate(vae, motion, np.zeros((1, LATENT)), ("fly",))
    with pytest.raises(ValueError, match=r"\(characters, 3\)"):
        animate(vae, motion, np.zeros((1, LATENT + 1)))


def test_nearest_finds_the_copy_and_counts_differing_pixels(references):
    assert nearest(references[7], references) == (7, 0.0)
    known = np.zeros((2, 4, 4), "uint8")
    known[0, 0] = 1
    known[1, :, 0] = 2
    new = known[0].copy()
    new[1, 1] = 3  # five pixels shown, one differs
    assert nearest(new, known) == (0, 0.2)


def test_nearest_refuses_other_sizes(references):
    with pytest.raises(ValueError, match=r"\(4, 4\)"):
        nearest(np.zeros((4, 4)), references)
    with pytest.raises(ValueError, match="cannot compare"):
        nearest(references[0], references[:0])
