"""What the labs of latent space share: checked latents, frames and the paper under them, the prior's radii."""

import numpy as np

from animkit.theory import latents as theory


def checked_latents(latents):
    """Check latents of many examples.

    Args:
        latents: (examples, latent_dim), at least 2 examples.

    Returns:
        float array.

    Raises:
        ValueError: when the shape does not fit, or a number is not finite.
    """
    latents = np.asarray(latents, dtype=float)
    if latents.ndim != 2 or len(latents) < 2 or not latents.shape[1] or not np.all(np.isfinite(latents)):
        raise ValueError(f"latents must be finite, (examples, latent_dim), at least 2 examples; got {latents.shape}")
    return latents


def decoded(decode, z):
    """Decode latents and check what comes back.

    Args:
        decode: function z (count, latent_dim) -> frames.
        z: (count, latent_dim).

    Returns:
        (count, height, width, 4) uint8.

    Raises:
        ValueError: when the frames have another shape or type.
    """
    frames = np.asarray(decode(z))
    if frames.ndim != 4 or len(frames) != len(z) or frames.shape[-1] != 4 or frames.dtype != np.uint8:
        raise ValueError(
            f"decode must turn z {z.shape} into frames ({len(z)}, height, width, 4) in uint8; "
            f"got {frames.shape} in {frames.dtype}"
        )
    return frames


def on_paper(frames):
    """Lay RGBA frames over faint squares, so that see-through parts can be told from white ones on any page.

    Args:
        frames: (count, height, width, 4) uint8.

    Returns:
        (count, height, width, 4) uint8.
    """
    height, width = frames.shape[1:3]
    rows, columns = np.indices((height, width)) // max(min(height, width) // 8, 1)
    alpha, paper = frames[..., 3:] / 255.0, np.where((rows + columns) % 2, 0.22, 0.1)[..., None]
    under = paper * (1.0 - alpha)  # grey squares, of which little is seen
    colours = (frames[..., :3] * alpha + 128 * under) / (alpha + under)
    return np.concatenate([colours, 255 * (alpha + under)], axis=-1).round().astype(np.uint8)


def draw_radii(axes, latents):
    """Draw the prior's density of |z| and where the data's latents lie.

    Args:
        axes: matplotlib axes.
        latents: (examples, latent_dim).
    """
    dimension, norms = latents.shape[1], np.linalg.norm(latents, axis=1)
    radii = np.linspace(0.0, max(1.1 * norms.max(), np.sqrt(dimension) + 3.5), 200)
    axes.hist(norms, 20, density=True, color="0.8", label="latents given")
    axes.plot(radii, theory.radius_density(radii, dimension), ":", color="0.25", lw=2.5, label="prior")
    axes.set(xlim=(0, radii[-1]), yticks=[], xlabel=f"|z|, in {dimension} dimensions")
    axes.set_ylim(0, axes.get_ylim()[1] * 1.45)
    axes.spines["left"].set_visible(False)
