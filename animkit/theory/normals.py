"""Normals from brightness: the cone that one light leaves, three lights that settle it, and a prior in their place.

Maps are (h, w); normals (h, w, 3) unit, x right, y up, z to the viewer. Brightness is max(n.l, 0): a white surface that
scatters light evenly, Lambert's.
"""

import numpy as np
from scipy import ndimage

from animkit.theory.checks import vector
from animkit.theory.shading import slopes

# --- surfaces whose normals are known --------------------------------------------------------------------------------


def balls(size, centres, radii):
    """See a union of balls from the front.

    Args:
        size: of the square picture, pixels.
        centres: (balls, 3) column, row and height, pixels; a pixel's middle lies on its whole column and row.
        radii: (balls,) pixels.

    Returns:
        height (size, size) pixels, 0 where nothing is; normals (size, size, 3), (0, 0, 1) there; mask (size, size).
    """
    row, column = np.indices((size, size))
    height, normals = np.full((size, size), -np.inf), np.zeros((size, size, 3))
    normals[..., 2] = 1.0
    for (x, y, z), radius in zip(centres, radii, strict=True):
        inside = radius**2 - (column - x) ** 2 - (row - y) ** 2
        top = np.where(inside > 0, z + np.sqrt(np.maximum(inside, 0)), -np.inf)
        nearer = top > height
        height = np.where(nearer, top, height)
        seen = np.stack([column - x, y - row, top - z], axis=-1) / radius
        normals = np.where(nearer[..., None], seen, normals)
    mask = np.isfinite(height)
    return np.where(mask, height, 0.0), normals, mask


def ball(size=32):
    """See one ball, as `balls`."""
    return balls(size, [((size - 1) / 2, (size - 1) / 2, 0)], [0.44 * size])


def person(size=32):
    """See a small person of balls, one limb a row of them, as `balls`."""
    limbs = [  # from, to, in shares of the size, radius from and to
        ((0.5, 0.25, 0.06), (0.5, 0.25, 0.06), 0.19, 0.19),  # head
        ((0.5, 0.5, 0.0), (0.5, 0.66, 0.0), 0.14, 0.13),  # body
        ((0.37, 0.5, 0.0), (0.25, 0.7, 0.06), 0.075, 0.065),  # arms
        ((0.63, 0.5, 0.0), (0.75, 0.7, 0.06), 0.075, 0.065),
        ((0.42, 0.72, 0.0), (0.39, 0.9, 0.03), 0.085, 0.075),  # legs
        ((0.58, 0.72, 0.0), (0.61, 0.9, 0.03), 0.085, 0.075),
    ]
    centres = np.concatenate([np.linspace(start, end, 12) for start, end, _, _ in limbs])
    radii = np.concatenate([np.linspace(first, last, 12) for _, _, first, last in limbs])
    return balls(size, size * centres - [0.5, 0.5, 0.0], size * radii)


def pictured(height, albedo, light, mask=None):
    """Light a height field from far away, albedo x max(n.l, 0), in double precision.

    Args:
        height: (h, w) pixels.
        albedo: (h, w).
        light: (3,) towards the light, as long as it is strong.
        mask: (h, w), where there is a surface; everywhere if None.

    Returns:
        (h, w), 0 outside.
    """
    rise = slopes(height, mask)
    scaled = (light[2] - rise @ np.asarray(light[:2], dtype=float)) / np.sqrt(1 + (rise**2).sum(axis=-1))
    lit = np.asarray(albedo, dtype=float) * np.maximum(scaled, 0.0)
    return lit if mask is None else np.where(mask, lit, 0.0)


# --- what brightness tells -------------------------------------------------------------------------------------------


def towards(azimuth, elevation):
    """Point to a light.

    Args:
        azimuth: degrees, 0 to the right and 90 up.
        elevation: degrees, 90 where the viewer is.

    Returns:
        (3,) unit.
    """
    azimuth, elevation = np.radians(azimuth), np.radians(elevation)
    flat = np.cos(elevation)
    return np.array([flat * np.cos(azimuth), flat * np.sin(azimuth), np.sin(elevation)])


def cone(light, brightness, count=181):
    """List normals that are all equally bright under a light: they lie on a cone around it.

    Args:
        light: (3,) unit, towards the light.
        brightness: n.l, from 0 to 1.
        count: how many, evenly around.

    Returns:
        (count, 3) unit; those with a negative z face away from the viewer.

    Raises:
        ValueError: when the light is not unit, or brightness lies elsewhere.
    """
    light = vector(light, "the light", 3)
    if not np.isclose(light @ light, 1.0) or not 0.0 <= brightness <= 1.0:
        raise ValueError(f"the light is unit and brightness lies from 0 to 1; got {light} and {brightness}")
    across = np.linalg.svd(light[None])[2][1:]  # two directions across the light
    around = np.linspace(0, 2 * np.pi, count)
    return brightness * light + np.sqrt(1 - brightness**2) * np.stack([np.cos(around), np.sin(around)], 1) @ across


def photometric_stereo(shades, lights):
    """Solve for normals and albedo where each of several lights, one at a time, shines.

    Args:
        shades: (lights, h, w) brightness, albedo times max(n.l, 0).
        lights: (lights, 3) unit, at least three of them not in one plane.

    Returns:
        normals (h, w, 3), albedo (h, w), and solved (h, w), where at least three lights shine that span space;
        elsewhere the normal is (0, 0, 1) and the albedo 0.

    Raises:
        ValueError: when shapes do not fit, or the lights lie in a plane.

    Source: Woodham 1980.
    """
    shades, lights = np.asarray(shades, dtype=float), np.asarray(lights, dtype=float)
    if shades.ndim != 3 or lights.shape != (len(shades), 3):
        raise ValueError(f"brightness is (lights, h, w) and lights (lights, 3); got {shades.shape} and {lights.shape}")
    if np.linalg.matrix_rank(lights, tol=1e-6) < 3:
        raise ValueError("the lights lie in a plane: it takes three that do not to solve for a normal")
    lit = (shades > 0.0).astype(float)  # an unlit pixel says n.l <= 0, no equation
    square = np.einsum("khw,ki,kj->hwij", lit, lights, lights)
    right = np.einsum("khw,ki->hwi", lit * shades, lights)
    solved = np.linalg.matrix_rank(square, tol=1e-6, hermitian=True) == 3
    square[~solved] = np.eye(3)
    scaled = np.linalg.solve(square, right[..., None])[..., 0]
    albedo = np.where(solved, np.linalg.norm(scaled, axis=-1), 0.0)
    solved &= albedo > 0.0
    normals = np.where(solved[..., None], scaled / np.where(solved, albedo, 1.0)[..., None], [0.0, 0.0, 1.0])
    return normals, np.where(solved, albedo, 0.0), solved


def rim(mask):
    """Guess the normals along a silhouette, where a rounded surface turns away: outward, in the picture's plane.

    Args:
        mask: (h, w) bool.

    Returns:
        normals (h, w, 3) and edge (h, w), the figure's outermost pixels.
    """
    mask = np.asarray(mask, dtype=bool)
    padded = np.pad(mask, 1)
    edge = mask & ~ndimage.binary_erosion(padded)[1:-1, 1:-1]
    soft = ndimage.gaussian_filter(padded.astype(float), 1.5)[1:-1, 1:-1]
    down, right = np.gradient(soft)
    outward = np.stack([-right, down, 0.3 * np.hypot(down, right) + 1e-12], axis=-1)  # half a pixel within the rim
    return outward / np.linalg.norm(outward, axis=-1, keepdims=True), edge


def _beside(maps):
    """The sum of the four neighbours of each pixel, (h, w, channels)."""
    wide = np.pad(maps, ((1, 1), (1, 1), (0, 0)))
    return wide[:-2, 1:-1] + wide[2:, 1:-1] + wide[1:-1, :-2] + wide[1:-1, 2:]


def with_prior(shades, lights, mask, *, weight=1.0, rounds=200):
    """Look for smooth normals that turn away at the silhouette and are as bright as the pictures say.

    Args:
        shades: (lights, h, w) brightness under each light, albedo 1.
        lights: (lights, 3) unit; one is enough.
        mask: (h, w) bool, the figure.
        weight: of the brightness, from 0, which takes the prior alone and blows the silhouette up like a balloon, to 2,
            above which the rounds no longer settle.
        rounds: of relaxation.

    Returns:
        (h, w, 3) normals, (0, 0, 1) outside.

    Raises:
        ValueError: when shapes do not fit, or the weight lies elsewhere.

    Source: Ikeuchi and Horn 1981: each normal becomes the mean of its neighbours, pushed to the brightness it lacks.
    """
    shades, lights = np.asarray(shades, dtype=float), np.asarray(lights, dtype=float)
    mask = np.asarray(mask, dtype=bool)
    if shades.shape != (len(lights), *mask.shape) or lights.shape[1:] != (3,):
        raise ValueError(f"brightness is (lights, h, w), as lights and mask; got {shades.shape}, {lights.shape}")
    if not 0.0 <= weight <= 2.0:
        raise ValueError(f"the weight of the brightness lies from 0 to 2; got {weight}")
    fixed, edge = rim(mask)
    figure, turned = mask[..., None].astype(float), edge[..., None]
    normals = np.where(turned, fixed, [0.0, 0.0, 1.0])
    count = np.maximum(_beside(figure), 1.0)
    for _ in range(rounds):
        normals = _beside(normals * figure) / count
        lacking = shades.transpose(1, 2, 0) - np.maximum(normals @ lights.T, 0.0)
        normals = normals + weight / len(lights) * lacking @ lights
        normals /= np.maximum(np.linalg.norm(normals, axis=-1, keepdims=True), 1e-9)
        normals = np.where(turned, fixed, normals)
    return np.where(mask[..., None], normals, [0.0, 0.0, 1.0])
