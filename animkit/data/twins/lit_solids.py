"""Solids that are seen exactly: where each pixel's ray meets ellipsoids, limbs, bevelled blocks and turned bodies.

All solids of all pictures are met at once: a ray for each pixel within a solid's bounds, in the solid's own frame.
"""

from itertools import product
from typing import NamedTuple

import numpy as np

BALL, LIMB, BLOCK, LATHE = range(4)
PROFILE = 16  # radii of a turned body, from its foot to its top
GROUND = 60 / 64  # of a picture's height: where the world's origin is, in the middle of the width
STEPS, HALVINGS = 20, 9  # by which a ray finds the surface of a turned body


class Part(NamedTuple):
    """One solid in its own frame, whose rows of `axes` are its x, y and z; lengths are pixels of a 64-pixel picture."""

    kind: int
    centre: tuple  # of a limb its first end
    axes: np.ndarray  # (3, 3)
    size: tuple  # half lengths; of a limb radius, length, other radius; of a turned body radius, half height, radius
    extra: tuple  # of a block the bevels of xy, yz, xz, 0 to 1; of a turned body its radii, 0 to 1
    material: int
    other: int  # material of the pattern
    pattern: tuple  # (kind, four numbers), see `animkit.data.twins.lit_parts`
    texture: tuple  # (kind, frequency, amplitude)


class Hits(NamedTuple):
    """What is seen of each pixel: which part, where on it, how high, and which way it looks."""

    part: np.ndarray  # (pixels,) int, -1 for nothing
    height: np.ndarray  # (pixels,)
    normal: np.ndarray  # (pixels, 3)
    local: np.ndarray  # (pixels, 3) in the part's own frame


def look(parts, picture, views, zoom, *, size):
    """Look at solids from the front, after each picture's turn of the whole.

    Args:
        parts: list of Part.
        picture: (parts,) int, the picture that each belongs to.
        views: (pictures, 3, 3), how the world is turned before it is seen.
        zoom: (pictures,), by how much each is larger than drawn.
        size: pixels a side.

    Returns:
        Hits, of pictures x size x size pixels; heights are pixels of the picture.
    """
    scale = size / 64 * zoom[picture]
    ground = size * GROUND
    kind = np.array([part.kind for part in parts])
    view = views[picture]
    centre = np.einsum("nij,nj->ni", view, np.array([part.centre for part in parts], float))
    axes = np.einsum("nij,nkj->nki", view, np.stack([part.axes for part in parts]))
    lengths = np.array([part.size for part in parts], float)
    extra = np.zeros((len(parts), PROFILE))
    for place, part in enumerate(parts):
        extra[place, : len(part.extra)] = part.extra

    low, high = _bounds(kind, centre, axes, lengths)
    left = np.floor(low[:, 0] * scale + size / 2).clip(0, size).astype(int)
    right = np.ceil(high[:, 0] * scale + size / 2).clip(0, size).astype(int)
    top = np.floor(ground - high[:, 1] * scale).clip(0, size).astype(int)
    bottom = np.ceil(ground - low[:, 1] * scale).clip(0, size).astype(int)
    wide, tall = np.maximum(right - left, 0), np.maximum(bottom - top, 0)
    rays = wide * tall
    part = np.repeat(np.arange(len(parts)), rays)
    place = np.arange(rays.sum()) - np.repeat(np.cumsum(rays) - rays, rays)
    row, column = top[part] + place // wide[part], left[part] + place % wide[part]
    pixel = (picture[part] * size + row) * size + column
    across, up = (column + 0.5 - size / 2) / scale[part], (ground - row - 0.5) / scale[part]
    start = np.stack([across, up, high[part, 2] + 1], axis=1)
    depth = high[:, 2] - low[:, 2] + 2

    far = np.full(len(part), np.inf)
    local, normal = np.zeros((len(part), 3)), np.zeros((len(part), 3))
    for one, meet in ((BALL, _ball), (LIMB, _limb), (BLOCK, _block), (LATHE, _lathe)):
        chosen = np.flatnonzero(kind[part] == one)
        if not len(chosen):
            continue
        which = part[chosen]
        frame = axes[which]
        origin = np.einsum("nij,nj->ni", frame, start[chosen] - centre[which])
        ray = -frame[:, :, 2]
        with np.errstate(invalid="ignore", divide="ignore"):
            distance, out = meet(origin, ray, lengths[which], extra[which], depth[which])
        met = np.isfinite(distance)
        chosen, which, distance = chosen[met], which[met], distance[met]
        far[chosen] = distance
        local[chosen] = origin[met] + distance[:, None] * ray[met]
        out = out[met] / np.maximum(np.linalg.norm(out[met], axis=1, keepdims=True), 1e-9)
        normal[chosen] = np.einsum("nij,ni->nj", frame[met], out)
    facing = normal[:, 2] >= 0  # but for the grain of a profile, where a ray only grazes it
    normal[~facing] = normal[~facing] * (1, 1, 0) / np.maximum(np.hypot(*normal[~facing].T[:2]), 1e-9)[:, None]
    height = (start[:, 2] - far) * scale[part]
    return _nearest(part, pixel, height, normal, local, len(views) * size * size)


def _nearest(part, pixel, height, normal, local, pixels):
    met = np.flatnonzero(np.isfinite(height))
    order = met[np.lexsort((height[met], pixel[met]))]
    last = np.append(pixel[order][1:] != pixel[order][:-1], True) if len(order) else np.zeros(0, bool)
    seen = order[last]
    hits = Hits(np.full(pixels, -1), np.zeros(pixels), np.zeros((pixels, 3)), np.zeros((pixels, 3)))
    hits.part[pixel[seen]] = part[seen]
    hits.height[pixel[seen]] = height[seen]
    hits.normal[pixel[seen]] = normal[seen]
    hits.local[pixel[seen]] = local[seen]
    return hits


def _bounds(kind, centre, axes, lengths):
    ball = np.sqrt(((axes * lengths[:, :, None]) ** 2).sum(axis=1))
    box = (np.abs(axes) * lengths[:, :, None]).sum(axis=1)
    half = np.where((kind == BALL)[:, None], ball, box)
    end = np.where((kind == LIMB)[:, None], centre + axes[:, 1] * lengths[:, 1:2], centre)
    thick = np.maximum(lengths[:, 0], lengths[:, 2])[:, None]
    half = np.where((kind == LIMB)[:, None], thick, half)
    return np.minimum(centre, end) - half, np.maximum(centre, end) + half


def _ball(origin, ray, size, extra, depth):
    """An ellipsoid: a quadratic equation."""
    o, d = origin / size, ray / size
    a, b, c = (d * d).sum(axis=1), (o * d).sum(axis=1), (o * o).sum(axis=1) - 1
    far = (-b - np.sqrt(b * b - a * c)) / a
    return far, (o + far[:, None] * d) / size


def _limb(origin, ray, size, extra, depth):
    """A round cone: two spheres and the cone that touches both (after Quilez, "Intersectors")."""
    first, length, second = size.T
    end = origin - np.stack([0 * length, length, 0 * length], axis=1)
    less = first - second
    m0, m1, m2 = length**2, length * origin[:, 1], length * ray[:, 1]
    m3, m5 = (ray * origin).sum(axis=1), (origin**2).sum(axis=1)
    m6, m7 = (ray * end).sum(axis=1), (end**2).sum(axis=1)
    d2 = m0 - less**2
    k2 = d2 - m2**2
    k1 = d2 * m3 - m1 * m2 + m2 * less * first
    k0 = d2 * m5 - m1**2 + 2 * m1 * less * first - m0 * first**2
    body = (-np.sqrt(k1**2 - k0 * k2) - k1) / k2
    along = m1 - first * less + body * m2
    out = d2[:, None] * (origin + body[:, None] * ray)
    out[:, 1] -= length * along
    body = np.where((along > 0) & (along < d2) & (d2 > 0), body, np.nan)
    caps = np.stack([-m3 - np.sqrt(m3**2 - m5 + first**2), -m6 - np.sqrt(m6**2 - m7 + second**2)], axis=1)
    caps = np.where(np.isfinite(caps), caps, np.inf)
    cap = caps.min(axis=1)
    ball = (
        np.where((caps[:, 0] <= caps[:, 1])[:, None], origin, end) + np.where(np.isfinite(cap), cap, 0)[:, None] * ray
    )
    whole = np.isfinite(body)
    return np.where(whole, body, cap), np.where(whole[:, None], out, ball)


_FACES = np.concatenate([np.eye(3), -np.eye(3)])
_EDGES = np.array([(a, b, 0) for a, b in product((-1, 1), repeat=2)], float)
_EDGES = np.concatenate([np.roll(_EDGES, turn, axis=1) for turn in range(3)])  # of xy, yz, xz in turn
_EDGE_BEVEL = np.repeat([0, 1, 2], 4)


def _block(origin, ray, size, extra, depth):
    """A box whose edges are cut off: the ray is within where it is behind all 18 planes."""
    o, d = origin / size, ray / size
    planes = np.concatenate([_FACES, _EDGES])
    offset = np.concatenate([np.ones((len(o), 6)), 2 - extra[:, _EDGE_BEVEL]], axis=1)
    toward, room = d @ planes.T, offset - o @ planes.T
    along = np.abs(toward) < 1e-9  # a plane that the ray never crosses: outside it for good, or within it
    cross = room / np.where(along, 1, toward)
    enter = np.where(along, np.where(room < 0, np.inf, -np.inf), np.where(toward < 0, cross, -np.inf))
    which = enter.argmax(axis=1)
    first = enter.max(axis=1)
    leave = np.where((toward > 0) & ~along, cross, np.inf).min(axis=1)
    return np.where(first <= leave, first, np.inf), planes[which] / size


def _lathe(origin, ray, size, extra, depth):
    """A body turned about its y axis, perhaps flattened: steps along the ray until it is within, then halvings."""
    flat = size[:, 0] / size[:, 2]

    def outside(far, o, d, wide, high, flat, radii):
        x, y, z = o[:, 0] + far * d[:, 0], o[:, 1] + far * d[:, 1], (o[:, 2] + far * d[:, 2]) * flat
        place = ((y / high + 1) / 2).clip(0, 1) * (PROFILE - 1)
        below = np.minimum(place.astype(int), PROFILE - 2)
        rows = np.arange(len(below))
        a, b = radii[rows, below], radii[rows, below + 1]
        radius = wide * (a + (place - below) * (b - a))
        slope = wide * (b - a) * (PROFILE - 1) / (2 * high)
        return np.hypot(x, z) - np.where(np.abs(y) <= high, radius, -1e3), (x, y, z, radius, slope)

    distance, out = np.full(len(origin), np.inf), np.zeros((len(origin), 3))
    given = (origin, ray, size[:, 0], size[:, 1], flat, extra)
    searching, near = np.arange(len(origin)), np.zeros(len(origin))
    for step in range(1, STEPS + 1):
        far = depth[searching] * step / STEPS
        within = outside(far, *(one[searching] for one in given))[0] < 0
        found = searching[within]
        distance[found], near[found] = far[within], far[within] - depth[found] / STEPS
        searching = searching[~within]
        if not len(searching):
            break
    met = np.flatnonzero(np.isfinite(distance))
    chosen = [one[met] for one in given]
    low, high = near[met], distance[met]
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        within = outside(middle, *chosen)[0] < 0
        low, high = np.where(within, low, middle), np.where(within, middle, high)
    distance[met] = high
    _, (x, y, z, radius, slope) = outside(high, *chosen)
    across = np.maximum(np.hypot(x, z), 1e-6)
    side = np.stack([x / across, -slope, z / across * flat[met]], axis=1)
    # well within the radius and yet at the surface: one of the two flat ends
    end = np.stack([0 * y, np.sign(y), 0 * y], axis=1)
    out[met] = np.where((across < radius - 0.1)[:, None], end, side)
    return distance, out
