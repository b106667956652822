"""Who is lit: people, beasts, birds, slimes, worms and bugs, in every phase of a walk.

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
    NO_PATTERN,
    SKIN,
    SMOOTH,
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


def _leg(figure, hip, foot, thick, upper, lower, shoe):
    knee = np.add(hip, foot) / 2 + (0, 0, 1.5)
    figure.limb(hip, knee, thick, 0.9 * thick, upper)
    figure.limb(knee, foot, 0.9 * thick, 0.75 * thick, lower)
    figure.ball(np.add(foot, (0, -0.8, 1.8)), (thick, 2.2, thick + 1.6), shoe)


def _arm(figure, shoulder, hand, thick, upper, lower):
    elbow = np.add(shoulder, hand) / 2 + (1.2 * np.sign(shoulder[0]), 0, -1)
    figure.limb(shoulder, elbow, 1.1 * thick, thick, upper)
    figure.limb(elbow, hand, thick, 0.85 * thick, lower)
    figure.ball(hand, (thick, 1.1 * thick, thick), SKIN)


def _hair(figure, rng, head, radius):
    style = pick(rng, "cap", "spikes", "curls", "long", "bun", "hat", "helmet", "bald", "spikes", "cap")
    strands = (STRANDS, rng.uniform(5, 11), rng.uniform(0.08, 0.3))
    paint = {"texture": strands}
    x, y, z = head
    if style in ("cap", "long", "bun", "spikes"):
        figure.ball((x, y + 2.2, z - 1.6), (radius * 1.07, radius * 0.95, radius * 1.05), HAIR, **paint)
        figure.ball((x, y + radius * 0.62, z + 2.5), (radius * 0.86, radius * 0.42, radius * 0.75), HAIR, **paint)
        for side in (-1, 1):
            figure.ball((x + side * radius * 0.86, y - 1, z), (2.2, radius * 0.62, 3.5), HAIR, **paint)
    if style == "spikes":
        for _ in range(rng.integers(7, 14)):
            turn, rise = rng.uniform(0, 2 * np.pi), rng.uniform(-0.1, 1.2)
            out = np.array((np.sin(turn) * np.cos(rise), np.sin(rise), np.cos(turn) * np.cos(rise)))
            out[2] -= 0.25
            root = np.array(head) + (0, 2.5, -1) + out * radius * 0.7
            figure.limb(root, root + out * rng.uniform(4, 9) + (0, -1.5, 0), rng.uniform(2.2, 3.5), 0.5, HAIR, **paint)
    elif style == "curls":
        for _ in range(rng.integers(18, 30)):
            turn, rise = rng.uniform(0, 2 * np.pi), rng.uniform(0.05, 1.5)
            out = np.array((np.sin(turn) * np.cos(rise), np.sin(rise), np.cos(turn) * np.cos(rise) - 0.2))
            figure.ball(np.array(head) + (0, 2, -0.5) + out * radius, (3, 3, 3), HAIR, texture=(GRAIN, 3, 0.2))
    elif style == "long":
        figure.ball((x, y - 7, z - 5), (radius, rng.uniform(10, 15), 4.5), HAIR, **paint)
    elif style == "bun":
        figure.ball((x, y + radius + 1.5, z - 3), (3.8, 3.6, 3.8), HAIR, **paint)
    elif style == "hat":
        figure.lathe((x, y + 2.5, z - 0.5), radius * 1.5, 3, (0.9, 1, 0.8), TOP, turn=turned(x=-0.1))
        top = pick(rng, (1, 0.95, 0.9, 0.6), (1, 0.7, 0.4, 0.1), (1, 1, 1, 1))
        high = rng.uniform(8, 15)
        figure.lathe((x, y + 4, z - 1), radius, high, top, TOP, other=BOTTOM, pattern=(BAND, -1, -0.55, 0, 0))
    elif style == "helmet":
        dome = (1, 1.03, 1, 0.85, 0.3)
        figure.lathe(
            (x, y - 1, z - 0.7), radius * 1.1, radius * 1.3, dome, METAL, pattern=(BAND, -1, -0.7, 0, 0), other=LEATHER
        )
        if rng.random() < 0.5:
            figure.limb((x, y + radius, z - 5), (x, y + radius + 3, z + 3), 1.6, 2.2, TOP)
    if rng.random() < 0.15:
        figure.ball((x, y - radius * 0.6, z + radius * 0.55), (radius * 0.6, 5, 3.6), HAIR, **paint)


def hero(rng, phase):
    """A person as pixel artists draw them: a big head, short legs, clothes, hair or a hat, things in the hands."""
    figure = Figure()
    swing, bob = np.sin(phase), 0.7 * np.cos(2 * phase)
    broad, hips, thick = rng.uniform(6.2, 8.2), rng.uniform(13, 17), rng.uniform(2.1, 3.0)
    tall = hips + rng.uniform(11, 14)
    shoe, upper, lower = (
        pick(rng, LEATHER, METAL, INK),
        *pick(rng, (BOTTOM, BOTTOM), (BOTTOM, SKIN), (BOTTOM, LEATHER)),
    )
    stride, lift = 5.0 * swing, 2.5
    for side in (-1, 1):
        foot = (side * 3.4, 3 + lift * max(0, side * np.cos(phase)), side * stride)
        _leg(figure, (side * 3.3, hips + bob, 0), foot, thick, upper, lower, shoe)
    folds = {"texture": (FOLDS, rng.uniform(0.5, 1.2), rng.uniform(0, 0.18))}
    pattern = pick(rng, NO_PATTERN, NO_PATTERN, (STRIPES, rng.uniform(1, 1.6), 0, 0.2, 0), (HALF, 0, 1, 0, 0))
    torso = (0, (hips + tall) / 2 + bob, 0)
    figure.ball(torso, (broad, (tall - hips) * 0.72, broad * 0.72), TOP, other=BOTTOM, pattern=pattern, **folds)
    chest = pick(rng, TOP, TOP, METAL)
    figure.ball((0, tall - 3 + bob, 0.3), (broad * 1.05, 4.2, broad * 0.7), chest, **folds)
    figure.lathe((0, hips - 2.2 + bob, 0), broad * 0.95, 4, (1, 1, 1), pick(rng, BOTTOM, LEATHER), depth=broad * 0.74)
    if rng.random() < 0.3:  # a robe or a skirt
        low = rng.uniform(2.5, 9)
        flare = (1, 0.85, 0.72, 0.62)
        figure.lathe(
            (0, low, 0),
            broad * 1.35,
            hips + 1 - low + bob,
            flare,
            TOP if low < 5 else BOTTOM,
            depth=broad * 1.1,
            **folds,
        )
    sleeve, forearm = pick(rng, (TOP, TOP), (TOP, SKIN), (SKIN, SKIN), (METAL, LEATHER))
    hands = []
    for side in (-1, 1):
        hand = (side * (broad + 2.6), hips + 1 + bob + rng.uniform(-1, 2), -side * 4.5 * swing + rng.uniform(0, 2))
        _arm(figure, (side * (broad + 0.6), tall - 1.5 + bob, 0), hand, thick * 0.95, sleeve, forearm)
        hands.append(hand)
    radius = rng.uniform(8.2, 10.2)
    head = (0, tall + radius * 0.85 + bob, 0.8)
    eyes = (EYES, rng.uniform(2.8, 4), rng.uniform(-2.5, -0.5), rng.uniform(0.9, 1.4), 0)
    figure.ball(head, (radius, radius * rng.uniform(0.92, 1.04), radius * 0.95), SKIN, other=INK, pattern=eyes)
    if rng.random() < 0.5:
        figure.ball((0, head[1] - 3, head[2] + radius * 0.93), (1.1, 1.3, 1.4), SKIN)
    for side in (-1, 1):
        figure.ball((side * radius, head[1] - 1.5, head[2] - 0.5), (1.7, 2.3, 1.6), SKIN)
    _hair(figure, rng, head, radius)
    _gear(figure, rng, hands, tall, bob)
    return figure.parts


def _gear(figure, rng, hands, tall, bob):
    """What a person carries, if anything."""
    carried = pick(rng, "", "", "", "sword", "staff", "shield", "cape", "pack")
    x, y, z = hands[0]
    if carried == "sword":
        turn = turned(z=0.5)
        figure.block(np.add((x, y, z), turn[1] * 12), (1.7, 10, 1.0), METAL, bevels=(0.5, 0.3, 1), turn=turn)
        figure.block(np.add((x, y, z), turn[1] * 2), (3.6, 0.9, 1.1), LEATHER, turn=turn)
    elif carried == "staff":
        figure.limb((x, 2, z + 1), (x, 42, z + 1), 1, 1.3, LEATHER)
        figure.ball((x, 43, z + 1), (3, 3, 3), GLOW)
    elif carried == "shield":
        x, y, z = hands[1]
        figure.ball((x, y + 3, z + 3), (6, 7, 2), METAL, other=TOP, pattern=(HALF, 0, 1, 0, 0))
        figure.ball((x, y + 3, z + 4.8), (1.6, 1.6, 1.6), LEATHER)
    elif carried == "cape":
        figure.lathe(
            (0, 4, -3.5), 10.5, tall - 4 + bob, (1, 0.93, 0.86, 0.8, 0.7), BOTTOM, depth=3.5, texture=(FOLDS, 0.8, 0.2)
        )
    elif carried == "pack":
        figure.block((0, tall - 6 + bob, -7), (6, 6.5, 3.5), LEATHER, bevels=(0.4, 0.4, 0.4))


def beast(rng, phase):
    """A creature on four legs."""
    figure = Figure()
    long, stout, high = rng.uniform(9, 14), rng.uniform(5, 8), rng.uniform(7, 15)
    body = pick(rng, HAIR, SKIN, LEATHER, STONE, TOP)
    spots = pick(rng, NO_PATTERN, (SPOTS, rng.uniform(0.5, 0.9), 0, 1, 2), (HALF, 0, 0, -1, 1.5))
    stripes = (STRIPES, rng.uniform(0.7, 1.3), 0, 0.4, 0)
    fur = (pick(rng, SMOOTH, GRAIN, FOLDS), rng.uniform(0.8, 2), rng.uniform(0.05, 0.2))
    bob, y = 0.6 * np.cos(2 * phase), high + stout * 0.7
    figure.ball((0, y + bob, 0), (stout, stout, long), body, other=WHITE, pattern=spots, texture=fur)
    figure.ball((0, y + 0.8 + bob, long * 0.55), (stout * 0.95, stout * 1.02, long * 0.5), body, texture=fur)
    for number, (side, end) in enumerate(((-1, -1), (1, 1), (1, -1), (-1, 1))):
        angle = phase + np.pi * (number // 2)
        foot = (side * stout * 0.62, 1.8 + 1.8 * max(0, np.cos(angle)), end * long * 0.62 + 3.2 * np.sin(angle))
        figure.limb(
            (side * stout * 0.6, y - 1 + bob, end * long * 0.6),
            foot,
            3.0,
            1.8,
            body,
            other=INK,
            pattern=(BAND, 0.8, 9, 0, 0),
        )
    size = rng.uniform(4.8, 7.2)
    head = np.array((0, y + rng.uniform(2, 9) + bob, long + size * 0.5))
    figure.limb((0, y + bob, long * 0.7), head, stout * 0.65, size * 0.7, body, texture=fur)
    eyes = (EYES, size * 0.45, size * 0.2, 1.1, 0)
    figure.ball(head, (size, size * 0.92, size), body, other=INK, pattern=eyes)
    snout = rng.uniform(1.5, 5)
    figure.limb(
        head + (0, -1.5, size * 0.5),
        head + (0, -2.2, size * 0.7 + snout),
        size * 0.5,
        size * 0.38,
        pick(rng, body, WHITE),
    )
    figure.ball(head + (0, -1.6, size * 1.0 + snout), (1.3, 1.1, 1.1), INK)
    ears = pick(rng, "cone", "round", "horn", "flop")
    for side in (-1, 1):
        root = head + (side * size * 0.6, size * 0.6, -1)
        if ears == "cone":
            figure.limb(root, root + (side * 1.5, 5.5, 0), 2.4, 0.5, body)
        elif ears == "round":
            figure.ball(root + (side, 1, 0), (2.6, 2.6, 1.4), body)
        elif ears == "horn":
            figure.limb(root, root + (side * 4, 4.5, 1), 1.6, 0.5, WHITE)
        else:
            figure.ball(root + (side * 1.5, -2.5, 0), (1.5, 4, 2.4), LEATHER)
    tail = pick(rng, 4, 8, 12)
    tip = (2 * np.sin(phase), y + 3 + tail * 0.4 + bob, -long - tail * 0.8)
    figure.limb(
        (0, y + 2 + bob, -long * 0.9),
        tip,
        rng.uniform(1.2, 3),
        pick(rng, 0.8, 2.8),
        body,
        other=WHITE,
        pattern=stripes,
    )
    return figure.parts


def bird(rng, phase):
    """A bird that walks or flaps."""
    figure = Figure()
    size, y = rng.uniform(7, 11), rng.uniform(12, 20)
    flap, bob = np.sin(phase), 0.6 * np.cos(2 * phase)
    coat = pick(rng, TOP, HAIR, WHITE, LEAF)
    belly = (HALF, 0.7, 0, -0.7, size * 0.3)
    figure.ball(
        (0, y + bob, 0),
        (size * 0.85, size * 0.9, size * 1.2),
        coat,
        other=WHITE,
        pattern=belly,
        texture=(GRAIN, 1.4, 0.1),
    )
    head = np.array((0, y + size * 1.05 + bob, size * 0.7))
    figure.ball(head, (size * 0.62,) * 3, coat, other=INK, pattern=(EYES, size * 0.36, 1, 1.1, 0))
    figure.limb(head + (0, -0.5, size * 0.4), head + (0, -1.2, size * 0.5 + rng.uniform(3, 7)), size * 0.26, 0.5, GLOW)
    for side in (-1, 1):
        turn = turned(z=side * (0.2 + 0.7 * max(flap, 0)))
        figure.ball(
            (side * size * 0.85, y + 1 + bob + 3 * max(flap, 0), -1),
            (2.2, size * 0.6, size),
            pick(rng, coat, BOTTOM),
            turn=turn,
        )
        foot = (side * size * 0.4, 1.2 + 2 * max(0, side * np.cos(phase)), side * 3 * flap)
        figure.limb((side * size * 0.4, y - size * 0.5, 0), foot, 1.2, 0.9, GLOW)
        figure.ball(np.add(foot, (0, -0.3, 1.5)), (1.8, 0.9, 2.8), GLOW)
    figure.ball((0, y + 2 + bob, -size * 1.4), (size * 0.4, 1.8, size * 0.7), coat, turn=turned(x=0.5))
    if rng.random() < 0.4:
        for k in range(3):
            figure.ball(head + (0, size * 0.6, 1.5 - 1.8 * k), (1, 2, 1.5), TOP)
    return figure.parts


def slime(rng, phase):
    """A blob with eyes that swells and sinks."""
    figure = Figure()
    squash = 1 + 0.12 * np.sin(phase)
    wide, high = rng.uniform(11, 20) / squash, rng.uniform(14, 28) * squash
    dome = pick(rng, (0.95, 1, 0.95, 0.8, 0.55, 0.0), (0.8, 1, 0.9, 0.5, 0.2, 0.05), (0.7, 0.95, 1, 0.95, 0.7, 0.0))
    coat = pick(rng, GLOW, LEAF, TOP)
    figure.lathe((0, 0, 0), wide, high, dome, coat, other=WHITE, pattern=pick(rng, NO_PATTERN, (SPOTS, 0.4, 0, 1, 2)))
    apart, y = wide * rng.uniform(0.3, 0.5), high * rng.uniform(0.35, 0.55)
    for side in (-1, 1):
        figure.ball((side * apart, y, wide * 0.8), (3, 3.6, 2.5), WHITE)
        figure.ball((side * apart, y - 0.3, wide * 0.8 + 1.6), (1.6, 2, 1.4), INK)
    if rng.random() < 0.4:
        figure.limb((0, high * 0.9, 0), (1.5, high + 6, 0), 1, 0.6, coat)
        figure.ball((1.5, high + 7, 0), (2.4,) * 3, TOP)
    return figure.parts


def worm(rng, phase):
    """A serpent or caterpillar: a row of balls in a wave."""
    figure = Figure()
    count, size = rng.integers(5, 10), rng.uniform(3.5, 6.5)
    coat, other = pick(rng, (LEAF, GLOW), (TOP, WHITE), (HAIR, LEATHER))
    for k in range(count):
        radius = size * (0.65 + 0.35 * k / count)
        y = radius + 3.5 * max(0, np.sin(phase + k)) + (0 if k < count - 2 else (k - count + 3) * 4)
        centre = (2 * np.cos(phase + 0.8 * k), y, (k - count / 2) * size * 1.05)
        figure.ball(centre, (radius, radius, radius), coat if k % 2 else other)
        for side in (-1, 1):
            figure.limb(
                np.add(centre, (side * radius * 0.7, -radius * 0.6, 0)),
                np.add(centre, (side * radius * 0.9, -radius, 0)),
                1,
                0.7,
                LEATHER,
            )
    head = np.add(centre, (0, size * 0.9, size * 0.8))
    figure.ball(head, (size * 1.15, size * 1.1, size * 1.1), coat, other=INK, pattern=(EYES, size * 0.45, 1, 1.2, 0))
    for side in (-1, 1):
        figure.limb(head + (side * 2, size, 0), head + (side * 4, size + 4.5, 1), 0.8, 1.2, LEATHER)
    return figure.parts


def bug(rng, phase):
    """An insect or a spider."""
    figure = Figure()
    size, legs = rng.uniform(8, 12), rng.integers(3, 5)
    coat = pick(rng, TOP, LEAF, INK, LEATHER, METAL)
    pattern = pick(rng, NO_PATTERN, (SPOTS, rng.uniform(0.4, 0.8), 0, 1, 2), (STRIPES, 0.7, 0, 0.1, 0))
    y = rng.uniform(8, 13)
    figure.ball(
        (0, y + 2, -size * 0.5),
        (size * 0.9, size * 0.75, size),
        coat,
        other=pick(rng, WHITE, GLOW, INK),
        pattern=pattern,
    )
    figure.ball(
        (0, y, size * 0.7),
        (size * 0.55, size * 0.5, size * 0.5),
        pick(rng, coat, INK),
        other=GLOW,
        pattern=(EYES, size * 0.25, 1.5, 1.2, 0),
    )
    for side in (-1, 1):
        for k in range(legs):
            z = size * (0.6 - 1.0 * k / (legs - 1))
            step = np.sin(phase + np.pi * (k + (side > 0)))
            knee = (side * size * 1.2, y + 5, z * 1.4 + 2 * step)
            foot = (side * size * 1.75, 0.8 + max(0, 2 * np.cos(phase + np.pi * (k + (side > 0)))), z * 1.8 + 3 * step)
            figure.limb((side * size * 0.4, y, z * 0.6), knee, 1.5, 1.1, INK)
            figure.limb(knee, foot, 1.1, 0.7, INK)
        figure.limb((side * 2, y + 3, size), (side * 5, y + 8, size + 4), 0.8, 0.8, INK)
    return figure.parts


CHARACTERS = {"hero": hero, "beast": beast, "bird": bird, "slime": slime, "worm": worm, "bug": bug}
