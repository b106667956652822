"""Figures that nobody learns from: robots, snails, stuffed bears, cauldrons and houses.

A draw of the same generator gives the same figure, so that a walk is drawn by calling it again with another phase.
"""

import numpy as np

from animkit.data.twins.lit_parts import (
    BAND,
    BOTTOM,
    EYES,
    FOLDS,
    GLOW,
    GRAIN,
    HAIR,
    HALF,
    INK,
    LEAF,
    LEATHER,
    METAL,
    SKIN,
    SPOTS,
    STONE,
    STRIPES,
    TOP,
    WHITE,
    Figure,
    pick,
    turned,
)


def robot(rng, phase):
    """A walking machine of blocks."""
    figure = Figure()
    swing, bob, bevel = np.sin(phase), 0.7 * np.cos(2 * phase), (rng.uniform(0.15, 0.5),) * 3
    coat, trim = pick(rng, (METAL, TOP), (TOP, METAL), (STONE, GLOW))
    wide, tall = rng.uniform(7, 9), rng.uniform(26, 30)
    for side in (-1, 1):
        foot = (side * 4, 2.5 + 2 * max(0, side * np.cos(phase)), side * 4.5 * swing)
        figure.limb((side * 4, 13 + bob, 0), foot, 2, 2, INK)
        figure.block(np.add(foot, (0, 0, 1)), (3.2, 2.5, 5), trim, bevels=bevel)
        hand = (side * (wide + 4), 13 + bob, -side * 4.5 * swing)
        figure.limb((side * (wide + 2), tall - 3 + bob, 0), hand, 1.8, 1.8, INK)
        figure.block(hand, (3, 3, 3), coat, bevels=bevel)
        figure.ball((side * (wide + 2), tall - 2.5 + bob, 0), (3.4, 3.4, 3.4), trim)
    figure.block(
        (0, (tall + 13) / 2 + bob, 0),
        (wide, (tall - 12) / 2, wide * 0.7),
        coat,
        bevels=bevel,
        other=trim,
        pattern=(BAND, -1, -0.6, 0, 0),
    )
    head = (0, tall + rng.uniform(7, 9) + bob, 0)
    figure.block(head, (rng.uniform(7, 10), 7, 7), coat, bevels=bevel, other=GLOW, pattern=(EYES, 3.2, 0.5, 1.6, 0))
    figure.limb((0, head[1] + 6, 0), (0, head[1] + 11, 0), 0.9, 0.9, INK)
    figure.ball((0, head[1] + 12, 0), (2, 2, 2), GLOW)
    return figure.parts


def snail(rng, phase):
    """A snail, or a tortoise: a shell on a soft body."""
    figure = Figure()
    creep, size = 1.5 * np.sin(phase), rng.uniform(11, 15)
    coat = pick(rng, SKIN, LEAF, GLOW)
    figure.limb((0, 3, -15 - creep), (0, 4.5, 12 + creep), 2.5, 5, coat)
    head = np.array((0, 11, 16 + creep))
    figure.limb((0, 4, 11), head, 4.5, 4.5, coat, other=INK)
    for side in (-1, 1):
        figure.limb(head, head + (side * 3.5, 9, 2), 1.2, 0.9, coat)
        figure.ball(head + (side * 3.5, 10, 2), (1.9, 1.9, 1.9), INK)
    if rng.random() < 0.6:
        for k in range(3):
            turn = 1.1 * k
            part = size * (1 - 0.28 * k)
            figure.ball(
                (0, size + 4 + 0.8 * k, -3 + 0.5 * k),
                (size * (0.62 + 0.12 * k), part, part),
                (TOP, BOTTOM)[k % 2],
                turn=turned(x=turn),
            )
    else:
        figure.lathe(
            (0, 5, -2),
            size * 1.2,
            size * 1.2,
            (0.95, 1, 0.9, 0.7, 0.4, 0.0),
            TOP,
            other=BOTTOM,
            pattern=(SPOTS, 0.45, 0, 1, 2),
        )
    return figure.parts


def teddy(rng, phase):
    """A stuffed bear or a snowman that walks."""
    figure = Figure()
    swing, bob = np.sin(phase), 0.6 * np.cos(2 * phase)
    coat = pick(rng, LEATHER, WHITE, HAIR, STONE)
    wide = rng.uniform(9, 12)
    fur = {"texture": (GRAIN, 1.6, rng.uniform(0, 0.15))}
    for side in (-1, 1):
        figure.ball(
            (side * 5.5, 5 + 1.5 * max(0, side * np.cos(phase)), 2 + 3.5 * side * swing), (4.6, 5, 6), coat, **fur
        )
        figure.ball(
            (side * (wide + 1), 20 + bob, -side * 3.5 * swing), (3.4, 6.5, 3.8), coat, turn=turned(z=side * 0.35), **fur
        )
    figure.ball(
        (0, 15 + bob, 0), (wide, 11, wide * 0.9), coat, other=WHITE, pattern=(HALF, 1, 0, 0, wide * 0.62), **fur
    )
    head = np.array((0, 34 + bob, 1))
    figure.ball(head, (rng.uniform(9, 11), 9, 9), coat, other=INK, pattern=(EYES, 3.4, 1, 1.2, 0), **fur)
    for side in (-1, 1):
        figure.ball(head + (side * 7.5, 7, -1), (3.6, 3.6, 2.2), coat)
    figure.ball(head + (0, -3, 7.5), (4, 3.2, 3.2), WHITE, other=INK, pattern=(HALF, 0, 0, 1, 0.8))
    figure.lathe((0, 24.5 + bob, 0), 7.5, 3.5, (0.9, 1, 0.9), TOP)
    return figure.parts


def cauldron(rng, phase):
    """A cauldron on three feet, with what boils in it."""
    figure = Figure()
    wide = rng.uniform(14, 18)
    for turn in (0.5, 2.6, 4.7):
        figure.limb(
            (wide * 0.6 * np.sin(turn), 6, wide * 0.6 * np.cos(turn)),
            (wide * 0.75 * np.sin(turn), 1.5, wide * 0.75 * np.cos(turn)),
            2,
            1.5,
            METAL,
        )
    figure.lathe((0, 3, 0), wide, wide * 1.5, (0.45, 0.8, 0.97, 1, 0.93, 0.8), pick(rng, METAL, STONE))
    figure.lathe((0, 1 + wide * 1.5, 0), wide * 0.92, 3.5, (0.9, 1, 0.9), METAL)
    for k in range(4):
        figure.ball(
            (wide * 0.5 * np.sin(2.3 * k + 1), 4 + wide * 1.5 + np.sin(phase + k), wide * 0.4 * np.cos(2.3 * k)),
            (rng.uniform(2.5, 5),) * 3,
            GLOW,
        )
    for side in (-1, 1):
        figure.ball((side * wide * 1.02, wide * 1.1, 0), (2, 3.4, 3), METAL)
    return figure.parts


def house(rng, phase):
    """A small house, or a well, with a roof."""
    figure = Figure()
    wide, high, deep = rng.uniform(12, 16), rng.uniform(8, 11), rng.uniform(9, 12)
    figure.block(
        (0, high, 0),
        (wide, high, deep),
        pick(rng, STONE, WHITE, LEATHER),
        bevels=(0.05, 0.05, 0.05),
        other=LEATHER,
        pattern=(STRIPES, 0.5, 0, 0.6, 0),
    )
    figure.block(
        (0, 2 * high + 1, 0),
        (wide * 1.2, rng.uniform(9, 13), deep * 1.25),
        TOP,
        bevels=pick(rng, (1, 0, 0), (0, 1, 0), (0.9, 0.9, 0)),
        texture=(FOLDS, 1.2, 0.12),
    )
    figure.block((rng.uniform(-6, 6), 5, deep), (3, 5, 1.5), LEATHER, bevels=(0.3, 0.1, 0.1))
    figure.block((wide * 0.5, 2 * high + 10, -3), (2.4, 6, 2.4), STONE, bevels=(0.15, 0.15, 0.15))
    return figure.parts


STRANGERS = {"robot": robot, "snail": snail, "teddy": teddy, "cauldron": cauldron, "house": house}
