"""How a pixel person stands in each frame of walk, spellcast and slash: hands, feet, blade and glow."""

from typing import NamedTuple

import numpy as np

SIZE = 32
GROUND = 30  # the row of the soles; the outline runs below it
CENTRE = 16  # the column a figure is symmetric about


class Pose(NamedTuple):
    """One frame's stance. Near is the sword side: towards us in the side view, screen left in the front view."""

    front: bool
    lean: tuple  # (x, y) shift of everything above the hips
    near_hand: tuple  # hands and glows are drawn shifted by the lean
    far_hand: tuple
    near_foot: tuple
    far_foot: tuple
    blade: tuple = ()  # direction (x, y)
    swung: tuple = ()  # the blade's hand and direction a frame ago, where it leaves a trail
    glows: tuple = ()  # (x, y, radius)


def walk(front):
    """Eight frames of one stride; frame 8 would be frame 0 again."""
    for frame in range(8):
        phase = frame * np.pi / 4
        bob = (1, 1, 0, 0)[frame % 4]
        swing, lift = np.cos(phase), np.sin(phase)
        if front:
            # towards us is down the screen: the leading foot stands lower, the lifted one rises
            near, far = (max(0.0, -side * lift) * 2.4 + (side * swing < -0.9) for side in (1, -1))
            yield Pose(
                True,
                (0, bob),
                (10 + 0.8 * swing, 19.5 + 1.5 * swing),
                (22 + 0.8 * swing, 19.5 - 1.5 * swing),
                (14, GROUND - round(near)),
                (18, GROUND - round(far)),
            )
        else:
            near, far = (
                (round(15.5 - side * 4.5 * swing), GROUND - round(max(0.0, -side * lift) * 2.6)) for side in (1, -1)
            )
            yield Pose(
                False,
                (0, bob),
                (15.5 + 4.2 * swing, 20 - 0.8 * abs(swing)),
                (15.5 - 4.2 * swing, 20 - 0.8 * abs(swing)),
                near,
                far,
            )


def spellcast(front):
    """The hands rise, gather a glow, release it and fall."""
    if front:
        stance = ((14, GROUND), (18, GROUND))
        hands = ((10, 20), (12, 18), (13, 17), (8, 14), (6, 10), (6, 8), (6, 10), (9, 16))
        glow = (0, 0, 1.2, 1.0, 1.6, 2.3, 1.2, 0)
        for (x, y), radius, bob in zip(hands, glow, (0, 1, 1, 0, 0, 0, 0, 0), strict=True):
            far = (2 * CENTRE - x, y)
            glows = ((CENTRE, y, radius),) if x == 13 else ((x - 1, y - 3, radius), (far[0] + 1, y - 3, radius))
            yield Pose(True, (0, bob), (x, y), far, *stance, glows=glows if radius else ())
    else:
        stance = ((18, GROUND), (13, GROUND))
        near = ((15, 20), (12, 19), (10, 17), (9, 16), (8, 15), (8, 14), (7, 15), (12, 18))
        far = ((14, 20), (11, 18), (9, 14), (8, 11), (8, 9), (7, 8), (6, 11), (11, 17))
        glow = (0, 0, 1.0, 1.6, 2.2, 2.9, 2.0, 0)
        lean = ((0, 0), (1, 1), (1, 1), (0, 0), (0, 0), (0, 0), (-1, 0), (0, 0))
        for a, b, radius, shift in zip(near, far, glow, lean, strict=True):
            glows = (((a[0] + b[0]) / 2 - 3, (a[1] + b[1]) / 2, radius),) if radius else ()
            yield Pose(False, shift, a, b, *stance, glows=glows)


def slash(front):
    """Wind-up, swing, follow-through, recovery."""
    if front:
        stance = ((13, GROUND), (19, GROUND))
        hands = ((9, 18), (8, 13), (8, 10), (8, 14), (10, 19), (16, 20), (17, 20), (12, 19))
        blades = ((-0.4, -1), (-0.2, -1), (0.1, -1), (-0.7, -0.7), (-0.7, 0.7), (0.8, 0.5), (0.9, 0.2), (-0.7, 0.3))
        lean = ((0, 0), (0, 0), (-1, 0), (0, 0), (1, 1), (1, 1), (1, 1), (0, 0))
        others = ((22, 19), (22, 19), (23, 18), (23, 17), (23, 17), (23, 18), (23, 18), (22, 19))
    else:
        stance = ((19, GROUND), (12, GROUND))
        hands = ((12, 18), (15, 12), (20, 12), (11, 11), (11, 16), (11, 19), (11, 20), (12, 19))
        blades = ((-0.4, -1), (0.5, -1), (0.9, -0.6), (-0.8, -0.7), (-1, 0), (-0.7, 0.7), (-0.6, 0.8), (-0.9, 0.1))
        lean = ((0, 0), (1, 0), (1, 0), (0, 0), (-1, 1), (-1, 1), (-1, 1), (0, 0))
        others = ((14, 20), (13, 19), (12, 19), (17, 19), (19, 18), (19, 18), (18, 19), (16, 20))
    for frame, (hand, blade, shift, other) in enumerate(zip(hands, blades, lean, others, strict=True)):
        swung = (hands[frame - 1], blades[frame - 1]) if frame in ((3, 4, 5) if front else (4, 5)) else ()
        yield Pose(front, shift, hand, other, *stance, blade=blade, swung=swung)
