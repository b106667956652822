"""Light on pictures: Lambert, Blinn-Phong, shadows, heights from normals, and what one picture cannot tell.

Maps may have further dimensions before (h, w): frames, pictures. x points right, y up, z to the viewer, and heights are
pixels towards the viewer; rows go down. Light multiplies the colours as they are stored, without gamma, as 2D engines
do. A pixel's centre lies on its whole column and row.
"""

from typing import NamedTuple

import numpy as np
from scipy import ndimage, sparse
from scipy.sparse.linalg import spsolve

AMBIENT = (0.25, 0.25, 0.3)
GROUND_SEEN = 0.5  # rows on screen for a pixel of depth: the ground of a sprite's world is seen from above at a slant
STEEPEST = 0.1  # the smallest z of a normal that is integrated: a slope of ten
RAYS_AT_ONCE = 1 << 20  # from which a shadow on the ground is worked out
GREY = (0.299, 0.587, 0.114)


class Lamp(NamedTuple):
    """A light: far away, in a direction, or near, at a place; exactly one of the two is given."""

    colour: tuple = (1.0, 1.0, 1.0)  # 0 to 1
    strength: float = 1.0
    direction: tuple | None = None  # (3,) towards the light, of any length
    place: tuple | None = None  # (column, row, height) pixels
    reach: float | None = None  # pixels from its place to where nothing arrives; None: it does not fall off


def diffuse(normals, lamp):
    """How much of a lamp a matte surface gives back, by Lambert's law: n . l where that is above 0.

    To a near lamp the surface is flat, at height 0, as to the lamps of 2D engines.

    Args:
        normals: (..., h, w, 3) of length 1.
        lamp: Lamp.

    Returns:
        (..., h, w, 3), at least 0: the lamp's colour x strength x fall-off x cosine.

    Raises:
        ValueError: a lamp with no direction and no place, or both, or one that is no lamp.

    Source: Lambert 1760; the fall-off (1 - (d / reach)^2)^2 is the window of Karis 2013.
    """
    return _lit(normals, lamp)[..., None] * _colour(lamp).astype(np.float32)


def highlight(normals, lamp, *, shininess=16.0):
    """How much of a lamp a polished surface mirrors to the viewer, who is far away in front: (n . h)^shininess.

    Args:
        normals: (..., h, w, 3) of length 1.
        lamp: Lamp.
        shininess: the greater, the smaller the spot.

    Returns:
        (..., h, w, 3), at least 0; nothing where the surface looks away from the lamp.

    Raises:
        ValueError: as `diffuse`.

    Source: Blinn 1977; h halves the angle between light and viewer.
    """
    normals = np.asarray(normals)
    towards, arrives = _towards(normals.shape[-3:-1], lamp)
    half = towards + (0.0, 0.0, 1.0)
    half = half / np.maximum(np.linalg.norm(half, axis=-1, keepdims=True), 1e-9)
    shine = np.maximum((normals * half).sum(axis=-1), 0) ** shininess
    shine = np.where((normals * towards).sum(axis=-1) > 0, shine, 0) * arrives
    return (shine[..., None] * _colour(lamp)).astype(np.float32)


def shade(albedo, normals, lamps, *, ambient=AMBIENT, specular=0.0, shininess=16.0, shadows=None):
    """Light a surface: albedo x (ambient + what arrives of each lamp), and highlights on top.

    Args:
        albedo: (..., h, w, 3), 0 to 1.
        normals: (..., h, w, 3) of length 1.
        lamps: of Lamp; none leaves the ambient light.
        ambient: (3,) light from everywhere.
        specular: strength of the highlights.
        shininess: see `highlight`.
        shadows: for each lamp None or (..., h, w), 1 in its shadow, as `cast_shadow` gives; no shadows if None.

    Returns:
        (..., h, w, 3) float32, cut off at 1.

    Raises:
        ValueError: as `diffuse`; or not one shadow for each lamp.
    """
    lamps = list(lamps)
    shadows = [None] * len(lamps) if shadows is None else list(shadows)
    if len(shadows) != len(lamps):
        raise ValueError(f"one shadow, or None, for each lamp: got {len(shadows)} for {len(lamps)} lamps")
    light = np.broadcast_to(np.asarray(ambient, np.float32), np.shape(normals)).copy()
    mirrored = np.float32(0)
    for lamp, shadow in zip(lamps, shadows, strict=True):
        arrives = np.float32(1) if shadow is None else 1 - np.asarray(shadow, np.float32)
        # shadow before colour: a scene has a quarter of a million pixels, and three times as many numbers
        light += (arrives * _lit(normals, lamp))[..., None] * _colour(lamp).astype(np.float32)
        if specular:
            mirrored = mirrored + specular * arrives[..., None] * highlight(normals, lamp, shininess=shininess)
    light *= np.asarray(albedo, np.float32)
    light += mirrored
    return np.clip(light, 0, 1, out=light)


def slopes(height, mask=None):
    """How steeply a height rises to the right and upwards, by central differences; one-sided at the silhouette.

    Args:
        height: (..., h, w) pixels.
        mask: (..., h, w), where there is a surface; everywhere if None.

    Returns:
        (..., h, w, 2), 0 outside.
    """
    height = np.asarray(height, np.float64)
    mask = np.ones(height.shape, bool) if mask is None else np.asarray(mask, bool)
    found = []
    for axis, sign in ((-1, 1), (-2, -1)):  # rows go down, y goes up
        step = np.diff(height, axis=axis)
        both = _along(mask, axis, slice(1, None)) & _along(mask, axis, slice(None, -1))
        edges = [(0, 0)] * height.ndim
        total, count = 0.0, 0.0
        for side in ((1, 0), (0, 1)):
            edges[axis] = side
            total = total + np.pad(np.where(both, step, 0), edges)
            count = count + np.pad(both.astype(float), edges)
        found.append(sign * total / np.maximum(count, 1))
    return np.stack(found, axis=-1)


def normals_of_height(height, mask=None):
    """The unit normals of a height field, (-dh/dx, -dh/dy, 1) / length, by `slopes`.

    Args:
        height: (..., h, w) pixels.
        mask: (..., h, w), where there is a surface; everywhere if None.

    Returns:
        (..., h, w, 3) float32; (0, 0, 1) outside.
    """
    rise = slopes(height, mask)
    normals = np.concatenate([-rise, np.ones_like(rise[..., :1])], axis=-1)
    return (normals / np.linalg.norm(normals, axis=-1, keepdims=True)).astype(np.float32)


def height_of_normals(normals, mask):
    """The height whose steps between neighbouring pixels are nearest to what normals say: least squares, or Poisson.

    Normals tell no absolute height: every connected part of the figure has its lowest pixel at 0. Slopes above ten are
    taken as ten.

    Args:
        normals: (..., h, w, 3) of length 1.
        mask: (..., h, w), where there is a surface.

    Returns:
        (..., h, w) float32 pixels, 0 outside.

    Source: Horn and Brooks 1986; the normal equations are a discrete Poisson equation, solved directly.
    """
    normals, mask = np.asarray(normals, np.float64), np.asarray(mask, bool)
    if mask.ndim > 2:
        rows = zip(normals.reshape(-1, *normals.shape[-3:]), mask.reshape(-1, *mask.shape[-2:]), strict=True)
        return np.stack([height_of_normals(*row) for row in rows]).reshape(mask.shape)
    count = int(mask.sum())
    found = np.zeros(mask.shape, np.float32)
    if not count:
        return found
    place = np.cumsum(mask).reshape(mask.shape) - 1
    rise = -normals[..., :2] / np.maximum(normals[..., 2:], STEEPEST)
    across, down = mask[:, 1:] & mask[:, :-1], mask[1:] & mask[:-1]
    begin = np.concatenate([place[:, :-1][across], place[:-1][down]])
    end = np.concatenate([place[:, 1:][across], place[1:][down]])
    steps = [(rise[:, 1:, 0] + rise[:, :-1, 0])[across] / 2, -(rise[1:, :, 1] + rise[:-1, :, 1])[down] / 2]
    edge = np.arange(len(begin))
    gradient = sparse.csr_matrix((np.ones(len(edge)), (edge, end)), (len(edge), count))
    gradient = gradient - sparse.csr_matrix((np.ones(len(edge)), (edge, begin)), (len(edge), count))
    # a part that hangs on nothing has any height: 1e-9 of its own weight settles it, and its lowest pixel goes to 0
    equations = gradient.T @ gradient + 1e-9 * sparse.identity(count)
    found[mask] = spsolve(equations.tocsc(), gradient.T @ np.concatenate(steps))
    parts, number = ndimage.label(mask)
    lowest = np.concatenate([[0], ndimage.minimum(found, parts, np.arange(1, number + 1))])
    return np.where(mask, found - lowest[parts], 0).astype(np.float32)


def cast_shadow(height, mask, lamp):
    """Where a figure stands in its own light: each pixel's ray to the lamp is followed over the heights.

    Args:
        height: (..., h, w) pixels.
        mask: (..., h, w), where there is a surface; what lies outside casts no shadow and takes none.
        lamp: Lamp.

    Returns:
        (..., h, w) float32: 1 where something rises a pixel or more above the ray, 0 where nothing does.

    Raises:
        ValueError: as `diffuse`.
    """
    mask = np.asarray(mask, bool)
    shape = mask.shape
    mask = mask.reshape(-1, *shape[-2:])
    field = np.where(mask, np.asarray(height, np.float64).reshape(mask.shape), -np.inf)
    shadow = np.zeros(mask.shape, np.float32)
    _check(lamp)
    picture, row, column = np.nonzero(mask)
    start = field[picture, row, column]
    if lamp.direction is not None:
        right, up, out = np.asarray(lamp.direction, float) / np.linalg.norm(lamp.direction)
        flat = np.full(len(start), np.hypot(right, up))
        across, down, rise, far = right, -up, out, np.full(len(start), np.inf)
    else:
        across, down = lamp.place[0] - column, lamp.place[1] - row
        rise, flat = lamp.place[2] - start, np.hypot(across, down)
        far = flat
    moving = flat > 1e-6
    flat = np.maximum(flat, 1e-6)
    across, down, rise = across / flat, down / flat, rise / flat
    highest = field.max(axis=(1, 2), initial=0)[picture]
    blocked = np.zeros(len(start))
    for step in range(1, int(np.hypot(*shape[-2:])) + 1):
        moving &= (step < far) & (start + step * rise < highest) & (blocked < 1)
        now = np.flatnonzero(moving)
        if not len(now):
            break
        there = _sampled(field, picture[now], (row + step * down)[now], (column + step * across)[now])
        np.maximum.at(blocked, now, there - (start + step * rise)[now])
    shadow[picture, row, column] = blocked.clip(0, 1)
    return shadow.reshape(shape)


def ground_shadow(mask, lamp, *, height=None, shape=None, feet=None):
    """The shadow that a figure throws on the ground it stands on.

    The figure stands upright in the picture, the ground runs from its lowest row towards the viewer and away, and a
    pixel of depth is half a row on screen (`GROUND_SEEN`). A light in front throws the shadow behind the figure, which
    is up the picture.

    Args:
        mask: (h, w), the figure.
        lamp: Lamp; a near one has its place in the shadow's picture.
        height: (h, w) pixels: the body reaches as far to the front and to the back. None: as flat as paper.
        shape: (h', w') of the shadow's picture; the figure's if None.
        feet: (column, row) where the middle column of the figure's picture and the figure's lowest row come to lie in
            the shadow's picture; where they are if None.

    Returns:
        (h', w') bool; empty for a light that comes from below, or an empty figure.

    Raises:
        ValueError: as `diffuse`; or a mask that is not (h, w).
    """
    mask = np.asarray(mask, bool)
    _check(lamp)
    if mask.ndim != 2:
        raise ValueError(f"a figure on the ground is one mask, (h, w); got {mask.shape}")
    shadow = np.zeros(shape or mask.shape, bool)
    rows, columns = np.nonzero(mask)
    if not len(rows):
        return shadow
    bottom, middle = rows.max(), mask.shape[1] // 2
    column, row = feet or (middle, bottom)
    ground = row + 0.5  # the lower edge of the lowest pixels
    fine = 2
    if lamp.direction is not None:
        right, up, out = lamp.direction
        if up <= 1e-6:
            return shadow
        fine = int(min(max(fine, np.ceil(max(abs(right), abs(out)) / up) + 1), 16))
    # of a pixel, across and down: as the light stretches rows, a long shadow needs more of them to have no holes
    part, lower = ((np.arange(count) + 0.5) / count - 0.5 for count in (2, fine))
    thick = np.zeros(len(rows)) if height is None else np.asarray(height, float)[mask].clip(0)
    layers = np.linspace(-1, 1, 2 * int(np.ceil(GROUND_SEEN * thick.max())) + 1) if thick.max() > 0 else np.zeros(1)
    step = max(1, RAYS_AT_ONCE // (2 * fine * len(layers)))
    for some in (slice(start, start + step) for start in range(0, len(rows), step)):
        x = (columns[some] + column - middle)[:, None, None, None] + part[:, None, None]
        above = ground - ((rows[some] + row - bottom)[:, None, None, None] + lower[:, None])
        depth = thick[some, None, None, None] * layers
        x, above, depth = (one.ravel() for one in np.broadcast_arrays(x, above, depth))
        if lamp.direction is not None:
            x, depth = x - above * right / up, depth - above * out / up
        else:
            lamp_above = ground - lamp.place[1]
            below = above < lamp_above - 1e-3
            x, above, depth = x[below], above[below], depth[below]
            grown = lamp_above / (lamp_above - above)
            x, depth = lamp.place[0] + grown * (x - lamp.place[0]), lamp.place[2] + grown * (depth - lamp.place[2])
        reach = np.floor(ground - 0.5 + GROUND_SEEN * depth + 0.5), np.floor(x + 0.5)
        inside = (reach[0] >= 0) & (reach[0] < shadow.shape[0]) & (reach[1] >= 0) & (reach[1] < shadow.shape[1])
        shadow[reach[0][inside].astype(int), reach[1][inside].astype(int)] = True
    return shadow


def one_by_colour(picture, values):
    """The mean of values over all pixels that have the same colour.

    Args:
        picture: (h, w, 4) uint8.
        values: (h, w, n).

    Returns:
        (h, w, n) float32.
    """
    codes = picture.reshape(-1, 4).view("<u4")[:, 0]
    _, which = np.unique(codes, return_inverse=True)
    count = np.bincount(which)
    means = [np.bincount(which, part) / count for part in values.reshape(-1, values.shape[-1]).T]
    return np.stack(means, axis=-1)[which].reshape(values.shape).astype(np.float32)


def inflated_height(mask):
    """The height of a balloon with the figure's outline: the root of what bulges evenly, a ball where that is a disc.

    Args:
        mask: (..., h, w).

    Returns:
        (..., h, w) float32 pixels, 0 outside.

    Source: after Williams 1991 and Oh et al. 2001: the root of the solution of Poisson's equation, -4 everywhere.
    """
    mask = np.asarray(mask, bool)
    if mask.ndim > 2:
        flat = mask.reshape(-1, *mask.shape[-2:])
        return np.stack([inflated_height(one) for one in flat]).reshape(mask.shape)
    found = np.zeros(mask.shape, np.float32)
    count = int(mask.sum())
    if count:
        place = np.where(mask, np.cumsum(mask).reshape(mask.shape) - 1, -1)
        across, down = mask[:, 1:] & mask[:, :-1], mask[1:] & mask[:-1]
        one = np.concatenate([place[:, :-1][across], place[:-1][down]])
        other = np.concatenate([place[:, 1:][across], place[1:][down]])
        joined = sparse.csr_matrix((np.ones(len(one)), (one, other)), (count, count))
        found[mask] = np.sqrt(spsolve((4 * sparse.identity(count) - joined - joined.T).tocsc(), np.full(count, 4.0)))
    return found


def emboss(picture, *, bevel=12.0, strength=1.0, detail=2.0, soft=1.0):
    """Normals as the tools make them, of `embossed_height`, which has the same arguments: (..., h, w, 3) float32."""
    height = embossed_height(picture, bevel=bevel, strength=strength, detail=detail, soft=soft)
    return normals_of_height(height, np.asarray(picture)[..., 3] > 0)


def embossed_height(picture, *, bevel=12.0, strength=1.0, detail=2.0, soft=1.0):
    """Height as the tools guess it: a bevel by the distance from the outline, and brightness taken for height.

    The settings are those of the smallest mean angle on drawn figures of 64 pixels, `animkit.benchmarks.relighting`.

    Args:
        picture: (..., h, w, 4) uint8 RGBA.
        bevel: pixels from the outline to where the figure is flat, along a quarter of an ellipse.
        strength: height of the bevel over its width.
        detail: pixels of height from black to white; below 0, what is dark stands out.
        soft: pixels, the standard deviation by which brightness and bevel are blurred.

    Returns:
        (..., h, w) float32 pixels, 0 outside.

    Source: what Laigter and the normal-map tools of game engines do from one picture.
    """
    picture = np.asarray(picture)
    solid = picture[..., 3] > 0
    flat = solid.reshape(-1, *solid.shape[-2:])
    edge = [ndimage.distance_transform_edt(np.pad(one, 1))[1:-1, 1:-1] for one in flat]
    inwards = np.clip(np.reshape(edge, solid.shape) / max(bevel, 1e-6), 0, 1)
    height = strength * bevel * np.sqrt(1 - (1 - inwards) ** 2)
    height = height + detail * (picture[..., :3] / 255.0 @ np.array(GREY))
    # outside counts for nothing, so that the blur draws no dark rim inwards
    sigma = (*[0] * (solid.ndim - 2), soft, soft)
    weight = ndimage.gaussian_filter(solid.astype(float), sigma)
    height = ndimage.gaussian_filter(np.where(solid, height, 0), sigma) / np.maximum(weight, 1e-6)
    return np.where(solid, height, 0).astype(np.float32)


def bas_relief(height, albedo, *, slant=(0.0, 0.0), flatten=1.0, mask=None):
    """Another surface that gives the same picture under another light: one picture cannot tell which it was.

    Args:
        height: (h, w) pixels.
        albedo: (h, w, 3) or (h, w).
        slant: (right, up), slope of the plane that is added.
        flatten: above 0, by what heights are multiplied.
        mask: (h, w), where there is a surface; everywhere if None.

    Returns:
        height: (h, w), flatten x height + slant . (x, y), 0 outside.
        albedo: of the shape given; times the true light it is no longer within 0 to 1.
        turn: (3, 3): a light (direction x strength) of the first surface is `turn @ light` to the second.

    Raises:
        ValueError: flatten is not above 0.

    Source: Belhumeur, Kriegman and Yuille 1999, the generalised bas-relief ambiguity.
    """
    if not flatten > 0:
        raise ValueError(f"heights are multiplied by a number above 0; got {flatten}")
    height, albedo = np.asarray(height, np.float64), np.asarray(albedo, np.float64)
    rows, columns = np.indices(height.shape)
    plane = slant[0] * (columns - columns.mean()) - slant[1] * (rows - rows.mean())
    other = flatten * height + plane
    before, after = (np.sqrt(1 + (slopes(one, mask) ** 2).sum(axis=-1)) for one in (height, other))
    ratio = after / (flatten * before)
    other = other if mask is None else np.where(mask, other, 0)
    turn = np.array([[1, 0, 0], [0, 1, 0], [*slant, flatten]], float)
    return other, albedo * (ratio if albedo.ndim == 2 else ratio[..., None]), turn


def _check(lamp):
    if (lamp.direction is None) == (lamp.place is None):
        raise ValueError(f"a lamp has a direction or a place, one of the two; got {lamp}")
    given = np.asarray(lamp.place if lamp.direction is None else lamp.direction, float)
    if given.shape != (3,) or not np.isfinite(given).all() or (lamp.direction is not None and not given.any()):
        raise ValueError(f"a lamp's direction or place is three numbers, a direction not all 0; got {given.tolist()}")
    if lamp.reach is not None and not lamp.reach > 0:
        raise ValueError(f"a lamp reaches further than 0 pixels; got {lamp.reach}")


def _colour(lamp):
    return lamp.strength * np.asarray(lamp.colour, float)


def _lit(normals, lamp):
    """n . l where that is above 0, times what share of the light arrives: (..., h, w)."""
    normals = np.asarray(normals, np.float32)
    towards, arrives = _towards(normals.shape[-3:-1], lamp)
    return np.maximum(np.einsum("...i,...i", normals, towards), 0) * arrives


def _towards(shape, lamp):
    """Unit vectors to a lamp, (3,) or (h, w, 3), and what share of its light arrives."""
    _check(lamp)
    if lamp.direction is not None:
        return (np.asarray(lamp.direction) / np.linalg.norm(lamp.direction)).astype(np.float32), np.float32(1)
    column, row, height = lamp.place
    right, up = column - np.arange(shape[1]), np.arange(shape[0])[:, None] - row
    # single precision: a scene has a quarter of a million pixels
    far = np.sqrt(right.astype(np.float32) ** 2 + up.astype(np.float32) ** 2 + np.float32(height) ** 2)
    ray = np.empty((*shape, 3), np.float32)
    near = 1 / np.maximum(far, np.float32(1e-6))
    for axis, part in enumerate((right, up, height)):
        ray[..., axis] = np.float32(part) * near
    ray[far < 1e-6] = (0, 0, 1)
    arrives = 1.0 if lamp.reach is None else (1 - (far / lamp.reach).clip(0, 1) ** 2) ** 2
    return ray, np.float32(arrives)


def _along(values, axis, part):
    return values[(..., part) if axis == -1 else (..., part, slice(None))]


def _sampled(field, picture, row, column):
    """Heights between pixels, bilinear; where there is none, nothing stands in the way."""
    top, left = np.floor(row).astype(int), np.floor(column).astype(int)
    below, right = row - top, column - left
    total, weights = 0.0, 0.0
    for down, across, weight in (
        (0, 0, (1 - below) * (1 - right)),
        (0, 1, (1 - below) * right),
        (1, 0, below * (1 - right)),
        (1, 1, below * right),
    ):
        r, c = top + down, left + across
        inside = (r >= 0) & (r < field.shape[1]) & (c >= 0) & (c < field.shape[2])
        value = field[picture, r.clip(0, field.shape[1] - 1), c.clip(0, field.shape[2] - 1)]
        weight = np.where(inside & np.isfinite(value), weight, 0)
        total, weights = total + np.where(weight > 0, value, 0) * weight, weights + weight
    return np.where(weights > 1e-6, total / np.maximum(weights, 1e-6), -np.inf)
