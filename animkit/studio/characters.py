"""Characters as latents: a VAE designs them, an LSTM in its latent space sets them in motion."""

import numpy as np

from animkit.data.sprites import ACTION_DIRECTIONS

AUDITIONS = 32  # drawn for each look that is kept


def design(vae, references, count, *, beside=(), seed=0):
    """Draws new looks from the Gaussian that fits the latents of known characters, and casts the best of many.

    The prior N(0, I) covers every pose; the latents of standing characters fill a small part of it, which this finds.
    A look that the VAE redraws as it is lies where it has learned something: the steadier quarter stays, and of it
    those most unlike each other are cast.

    Args:
        vae: a trained palette VAE.
        references: (characters, height, width) palette indices, one standing frame of each.
        count: how many looks.
        beside: (n, height, width) frames of characters already cast, whom the new ones shall not resemble.
        seed: same seed, same looks.

    Returns:
        (count, latent_dim) float32, each the posterior mean of the frame it stands for.

    Raises:
        ValueError: fewer than two references: one has no spread to draw from.
    """
    if len(references) < 2:
        raise ValueError(f"a design needs at least two references to vary between; got {len(references)}")
    known, _ = vae.encode(references)
    rng = np.random.default_rng(seed)
    drawn = rng.multivariate_normal(known.mean(axis=0), np.cov(known.T), AUDITIONS * count, method="eigh")
    frames = vae.decode(drawn)
    looks, _ = vae.encode(frames)
    unsteady = (vae.decode(looks) != frames).sum(axis=(1, 2))
    steady = np.argsort(unsteady, kind="stable")[: AUDITIONS * count // 4]
    cast, others = [], list(beside)
    while len(cast) < count:
        apart = [min(((frames[one] != other).sum() for other in others), default=0) for one in steady]
        cast.append(steady[int(np.argmax(apart))])  # the steadiest, while there are no others
        others.append(frames[cast[-1]])
    return looks[cast]


def animate(vae, motion, looks, actions=ACTION_DIRECTIONS, *, steps=8):
    """Plays actions: the LSTM rolls latents out from a look, the VAE draws them.

    Args:
        vae: a trained palette VAE.
        motion: a SequenceRegressor from [z_t, z_reference, one-hot action-direction] to z_{t+1}.
        looks: (characters, latent_dim), the latents of standing characters.
        actions: names out of ACTION_DIRECTIONS.
        steps: frames of each action.

    Returns:
        (characters, actions, steps, height, width) palette indices.

    Raises:
        ValueError: an unknown action, or looks of another size than the VAE's latents.
    """
    looks = np.asarray(looks, "float32")
    if unknown := [action for action in actions if action not in ACTION_DIRECTIONS]:
        raise ValueError(f"no action {unknown[0]!r}; there are {', '.join(ACTION_DIRECTIONS)}")
    if looks.ndim != 2 or looks.shape[1] != vae.latent_dim:
        raise ValueError(f"looks must be (characters, {vae.latent_dim}); got {looks.shape}")
    one_hot = np.eye(len(ACTION_DIRECTIONS), dtype="float32")[[ACTION_DIRECTIONS.index(action) for action in actions]]
    reference = np.repeat(looks, len(actions), axis=0)  # (characters * actions, latent_dim)
    condition = np.concatenate([reference, np.tile(one_hot, (len(looks), 1))], axis=-1)
    latents = motion.rollout(reference[:, None], steps, condition=condition)
    frames = vae.decode(latents.reshape(-1, vae.latent_dim))
    return frames.reshape(len(looks), len(actions), steps, *frames.shape[1:]).astype("uint8")


def nearest(frame, frames):
    """Finds the known frame that a new one resembles most: is a design new, or a copy?

    Args:
        frame: (height, width) palette indices.
        frames: (n, height, width) palette indices.

    Returns:
        Its index, and the share of pixels that differ among those where either shows the character.

    Raises:
        ValueError: the sizes differ, or there is nothing to compare with.
    """
    frame, frames = np.asarray(frame), np.asarray(frames)
    if frames.ndim != 3 or frames.shape[1:] != frame.shape or not len(frames):
        raise ValueError(f"cannot compare a frame of shape {frame.shape} with frames of shape {frames.shape}")
    differ = (frames != frame).sum(axis=(1, 2))
    index = int(differ.argmin())
    shown = ((frames[index] > 0) | (frame > 0)).sum()
    return index, float(differ[index] / max(shown, 1))
