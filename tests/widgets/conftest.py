"""A company for the boards: 24 characters of blocks, 16 pixels a side, and networks that have learned nothing."""

import numpy as np
import pytest

SIZE, COLOURS = 16, 9


@pytest.fixture(scope="session")
def company():
    import keras

    from animkit.data.sprites import Sprites
    from animkit.gan import Generator
    from animkit.models.judge import Judge
    from animkit.models.sequence_vae import SequenceVAE
    from animkit.studio.characters import assemble
    from animkit.vae import VAE, Decoder, Encoder

    keras.utils.set_random_seed(0)
    random = np.random.default_rng(0)
    attributes = np.array([[n % 6, n // 4, (n * 5) % 6, (n * 7 + n // 6) % 6] for n in range(24)])
    frames = np.zeros((24, 9, 8, SIZE, SIZE), np.uint8)
    for part, rows in enumerate((slice(4, 7), slice(11, 15), slice(7, 11), slice(1, 4))):
        frames[:, :, :, rows, 5:11] = 1 + (attributes[:, part, None, None, None, None] + part) % (COLOURS - 1)
    for action in range(9):
        for time in range(8):
            frames[:, action, time] = np.roll(frames[:, action, time], (action + time) % 3 - 1, axis=-1)
    palette = np.concatenate([random.integers(0, 256, (COLOURS, 3)), np.full((COLOURS, 1), 255)], axis=1)
    palette[0] = 0
    sprites = Sprites(frames, palette.astype("uint8"), attributes, np.arange(20), np.arange(20, 24), "twin")
    animator = SequenceVAE(
        sprites.palette,
        image_size=(SIZE, SIZE),
        static_dim=6,
        dynamic_dim=4,
        encoder_convolutions=(4, 4),
        decoder_convolutions=(8, 8),
        channels=8,
        units=8,
        hidden=16,
    )
    # untrained, all looks and poses are drawn alike; larger weights tell them apart
    for weight in animator.decoder.trainable_variables:
        weight.assign(3 * weight)
    looks = {"hidden": (8,), "classes": 24}
    vae = VAE(Encoder(4, **looks), Decoder((6,), **looks), reconstruction="gaussian")
    gan = Generator((1, 1), 6, latent_dim=4, activation="linear", classes=24, width=8, hidden=8)
    return assemble(animator, vae, gan, Judge((SIZE, SIZE), COLOURS, units=8), sprites)


@pytest.fixture
def undrawn(monkeypatch):
    """Figures that stay blank: their pictures take most of a board's time, and few tests look at them."""
    from widgets.parts.figure import LiveFigure

    monkeypatch.setattr(LiveFigure, "update", lambda self: None)
