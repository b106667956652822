"""What is lit: vessels, plants, chests, stones, arms, and heaps of solids; those that sway do so with the phase.

A draw of the same generator gives the same figure, so that a walk is drawn by calling it again with another phase.
"""

import numpy as np

from animkit.data.twins.lit_parts import (
    BAND,
    BOTTOM,
    FOLDS,
    GLOW,
    GRAIN,
    HALF,
    INK,
    LEAF,
    LEATHER,
    MATERIALS,
    METAL,
    NO_PATTERN,
    NO_TEXTURE,
    SPOTS,
    STONE,
    STRANDS,
    STRIPES,
    TOP,
    WHITE,
    Figure,
    pick,
    turned,
)
from animkit.data.twins.lit_solids import BALL, BLOCK, LIMB


def vessel(rng, phase):
    """A vase, a bottle, a barrel, a goblet or a bell."""
    figure = Figure()
    profile = pick(
        rng,
        (0.5, 0.8, 1, 0.95, 0.7, 0.42, 0.5),
        (0.8, 1, 1, 0.9, 0.4, 0.33, 0.33, 0.42),
        (0.82, 0.95, 1, 1, 0.95, 0.82),
        (0.7, 0.25, 0.18, 0.2, 0.8, 1, 0.95),
        (1, 0.85, 0.7, 0.62, 0.5, 0.2),
        (0.6, 0.9, 1, 0.9, 0.75),
    )
    profile = np.array(profile) * rng.uniform(0.88, 1.1, len(profile))
    wide, high = rng.uniform(9, 18), rng.uniform(20, 46)
    coat = pick(rng, LEATHER, STONE, GLOW, METAL, TOP, LEAF)
    low = rng.uniform(-0.8, 0.5)
    pattern = pick(rng, NO_PATTERN, (BAND, low, low + 0.3, 0, 0), (STRIPES, rng.uniform(0.4, 0.8), 0, 0.4, 0))
    grain = pick(rng, NO_TEXTURE, (STRANDS, rng.uniform(5, 9), 0.15), (GRAIN, 1.5, 0.12))
    figure.lathe(
        (0, 0, 0),
        wide,
        high,
        profile / profile.max(),
        coat,
        other=pick(rng, METAL, WHITE, BOTTOM),
        pattern=pattern,
        texture=grain,
    )
    top = wide * profile[-1] / profile.max()
    if rng.random() < 0.6:
        figure.lathe((0, high - 1, 0), top * 1.15, 3, (0.9, 1, 0.9), pick(rng, coat, METAL, LEATHER))
    if rng.random() < 0.35:
        for side in (-1, 1):
            points = [(side * wide * w, high * h, 0) for w, h in ((0.85, 0.8), (1.25, 0.72), (1.2, 0.5), (0.85, 0.42))]
            for start, end in zip(points, points[1:], strict=False):
                figure.limb(start, end, 1.5, 1.5, coat)
    return figure.parts


def tree(rng, phase):
    """A tree, a fir or a bush."""
    figure = Figure()
    bark = {"texture": (STRANDS, 5, 0.2)}
    leaves = {"texture": (GRAIN, rng.uniform(0.9, 2), rng.uniform(0.1, 0.35))}
    high = rng.uniform(10, 22)
    kind = pick(rng, "round", "fir", "bush")
    if kind != "bush":
        figure.lathe((0, 0, 0), 5, high + 4, (1, 0.7, 0.55, 0.5, 0.5), LEATHER, **bark)
    if kind == "fir":
        for k in range(3):
            figure.lathe(
                (np.sin(phase) * k * 0.4, high + 9 * k - 4, 0),
                16 - 3.5 * k,
                16 - k,
                (0.9, 1, 0.7, 0.45, 0.2, 0.0),
                LEAF,
                **leaves,
            )
    else:
        middle = high + 14 if kind == "round" else 12
        for _ in range(rng.integers(5, 11)):
            out = rng.normal(size=3)
            out /= np.linalg.norm(out)
            radius = rng.uniform(6, 10.5)
            place = out * (8, 6, 6) + (np.sin(phase) * 0.8, middle, 0)
            figure.ball(
                place,
                (radius, radius * 0.9, radius),
                LEAF,
                other=TOP,
                pattern=pick(rng, NO_PATTERN, (SPOTS, 0.9, 0, 1, 2)),
                **leaves,
            )
    return figure.parts


def mushroom(rng, phase):
    """One to three mushrooms."""
    figure = Figure()
    for k in range(rng.integers(1, 4)):
        size = rng.uniform(0.5, 1.0) if k else 1.0
        x, z = (rng.uniform(-16, 16), rng.uniform(-4, 8)) if k else (0, 0)
        high = size * rng.uniform(14, 26)
        figure.lathe((x, 0, z), 6 * size, high + 3, (1, 0.8, 0.7, 0.75, 0.8), WHITE)
        cap = pick(rng, (0.9, 1, 0.95, 0.8, 0.5, 0.0), (0.8, 1, 0.7, 0.45, 0.25, 0.05))
        figure.lathe(
            (x + np.sin(phase + k), high, z), 17 * size, 15 * size, cap, TOP, pattern=(SPOTS, 0.45 / size, k, 1, 2)
        )
    return figure.parts


def chest(rng, phase):
    """A chest with a rounded lid, or a crate."""
    figure = Figure()
    wide, high, deep = rng.uniform(11, 18), rng.uniform(6, 10), rng.uniform(7, 11)
    planks = {"texture": (FOLDS, rng.uniform(0.7, 1.1), 0.15)}
    bevel = (rng.uniform(0.1, 0.35),) * 3
    if rng.random() < 0.6:
        figure.block((0, high, 0), (wide, high, deep), LEATHER, bevels=bevel, **planks)
        lying = turned(z=-np.pi / 2)
        figure.lathe((-wide, 2 * high, 0), deep, 2 * wide, (0.97, 1, 1, 1, 0.97), LEATHER, turn=lying, **planks)
        for x in (-0.7, 0.7):
            figure.lathe((wide * x - 1.2, 2 * high, 0), deep + 0.8, 2.4, (1, 1), METAL, turn=lying)
            figure.block((wide * x, high, 0), (1.3, high, deep + 0.8), METAL, bevels=bevel)
        figure.block(
            (0, 2 * high - 1, deep),
            (2.4, 3, 1.4),
            METAL,
            bevels=(0.4, 0.4, 0.4),
            other=INK,
            pattern=(SPOTS, 1.2, 0, 1, 2),
        )
    else:
        high = wide
        figure.block((0, high, 0), (wide, high, wide), LEATHER, bevels=bevel, **planks)
        for side in (-1, 1):
            figure.block((side * wide * 0.85, high, 0), (wide * 0.17, high * 1.02, wide * 1.05), LEATHER, bevels=bevel)
            figure.block(
                (0, high + side * high * 0.85, 0), (wide * 1.02, high * 0.17, wide * 1.05), LEATHER, bevels=bevel
            )
    return figure.parts


def rocks(rng, phase):
    """Stones or crystals: blocks with wide bevels."""
    figure = Figure()
    crystal = rng.random() < 0.45
    for _ in range(rng.integers(1, 6)):
        x, z = rng.uniform(-13, 13), rng.uniform(-5, 8)
        turn = turned(rng.uniform(-0.4, 0.4), rng.uniform(-1.5, 1.5), rng.uniform(-0.5, 0.5))
        if crystal:
            size = (rng.uniform(3, 6), rng.uniform(9, 18), rng.uniform(3, 6))
            figure.block(np.array((x, 1, z)) + turn[1] * size[1] * 0.7, size, GLOW, bevels=(0.9, 0.9, 0.6), turn=turn)
        else:
            size = rng.uniform(6, 13, 3)
            bevels = rng.uniform(0.3, 0.9, 3)
            figure.block(
                (x, size[1] * 0.7, z), size, STONE, bevels=bevels, turn=turn, texture=(GRAIN, 1.2, rng.uniform(0, 0.25))
            )
    return figure.parts


def arms(rng, phase):
    """A weapon or a shield, large."""
    figure = Figure()
    turn = turned(z=rng.uniform(-0.8, 0.8) + 0.1 * np.sin(phase))
    foot = np.array((0, 28, 0)) - turn[1] * 22
    kind = pick(rng, "sword", "axe", "shield", "hammer", "key")
    if kind == "shield":
        wide, high = rng.uniform(13, 19), rng.uniform(15, 22)
        pattern = pick(rng, NO_PATTERN, (HALF, 0, 1, 0, 0), (STRIPES, 0.4, 0, 0.2, 0))
        figure.ball((0, 28, 0), (wide, high, 6), METAL)
        figure.ball((0, 28, 1.5), (wide * 0.84, high * 0.86, 6.5), TOP, other=BOTTOM, pattern=pattern)
        figure.ball((0, 28, 7), (4, 4, 3), METAL)
        return figure.parts
    figure.limb(foot, foot + turn[1] * (14 if kind == "sword" else 40), 2, 1.8, LEATHER, texture=(FOLDS, 1.5, 0.2))
    if kind == "sword":
        wide = rng.uniform(3, 5.5)
        figure.block(foot + turn[1] * 30, (wide, 18, 2.4), METAL, bevels=(0.4, 0.3, 1), turn=turn)
        figure.block(foot + turn[1] * 12, (rng.uniform(7, 11), 2, 2.6), LEATHER, bevels=(0.5, 0.5, 0.5), turn=turn)
        figure.ball(foot, (3, 3, 3), GLOW)
    elif kind == "axe":
        for side in (-1, 1)[: rng.integers(1, 3)]:
            centre = foot + turn[1] * 32 + turn[0] * side * 7
            figure.ball(centre, (8, 10, 2.6), METAL, turn=turn, other=WHITE, pattern=(HALF, 0, side, 0, 4))
    elif kind == "hammer":
        figure.block(foot + turn[1] * 36, (12, 7, 7), pick(rng, STONE, METAL), bevels=(0.35, 0.35, 0.35), turn=turn)
    else:
        figure.ball(foot + turn[1] * 36, (8, 8, 3), GLOW, turn=turn, other=INK, pattern=(SPOTS, 0.01, 1.6, 1.6, 1.6))
        for k in (3, 8):
            figure.block(foot + turn[1] * k + turn[0] * 5, (5, 1.6, 1.8), GLOW, turn=turn)
    return figure.parts


def heap(rng, phase):
    """Solids of any kind, anyhow: what no artist has drawn."""
    figure = Figure()
    for _ in range(rng.integers(3, 9)):
        place = rng.uniform((-14, 12, -6), (14, 40, 8))
        turn = turned(*rng.uniform(-1.5, 1.5, 3) + (0, 0.15 * np.sin(phase), 0))
        material = rng.integers(len(MATERIALS))
        pattern = pick(
            rng,
            NO_PATTERN,
            NO_PATTERN,
            (STRIPES, rng.uniform(0.4, 1.3), 0, 0.2, 0),
            (SPOTS, rng.uniform(0.4, 0.9), 0, 1, 2),
        )
        paint = {"turn": turn, "other": rng.integers(len(MATERIALS)), "pattern": pattern}
        kind = rng.integers(4)
        if kind == BALL:
            figure.ball(place, rng.uniform(4, 13, 3), material, **paint)
        elif kind == LIMB:
            figure.limb(place, place + rng.normal(0, 9, 3), rng.uniform(2, 6), rng.uniform(1, 6), material)
        elif kind == BLOCK:
            figure.block(place, rng.uniform(4, 11, 3), material, bevels=rng.uniform(0.05, 0.9, 3), **paint)
        else:
            figure.lathe(
                place - turn[1] * 8,
                rng.uniform(5, 11),
                rng.uniform(10, 24),
                rng.uniform(0.3, 1, rng.integers(3, 7)),
                material,
                **paint,
            )
    return figure.parts


THINGS = {
    "vessel": vessel,
    "tree": tree,
    "mushroom": mushroom,
    "chest": chest,
    "rocks": rocks,
    "arms": arms,
    "heap": heap,
}
