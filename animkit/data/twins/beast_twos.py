"""Beasts on two legs: troll, giant, ogre and goblin."""

from typing import NamedTuple

import numpy as np

from animkit.data.twins.beast_moments import lay_head, step, towards
from animkit.data.twins.beast_shapes import COAT, HORN, MARK, Canvas, blob, form, polygon, strokes
from animkit.data.twins.pixel_poses import CENTRE, GROUND
from animkit.data.twins.pixel_wardrobe import BASE, DARK, LIGHT, X, Y


class Two(NamedTuple):
    """Measures of a beast on two legs."""

    hips: float  # row
    shoulders: float  # row
    trunk: tuple  # radii at hips, belly and chest, from the side
    hunch: float  # how far forward the chest is of the hips
    head: tuple  # top left corner of its stamp, from the side
    front_head: float  # its top row, from the front
    width: float  # half of the trunk from the front
    arm: tuple  # radii of upper arm, forearm and fist
    arm_length: float
    leg: tuple  # radii of thigh and shank
    reach: float  # of a stride


TWOS = {
    "troll": Two(22, 13.5, (3.6, 4.8, 5.0), 2.5, (1, 5), 6, 7.4, (2.4, 2.0, 2.4), 12.0, (2.2, 1.7), 3.6),
    "giant": Two(20.5, 13, (4.4, 5.0, 5.2), 0.3, (11, 1), 1, 7.4, (2.6, 2.2, 2.3), 10.5, (2.8, 2.4), 4.4),
    "ogre": Two(22, 15.5, (4.8, 6.4, 4.8), 0.5, (4, 3), 3, 7.2, (2.3, 1.8, 2.1), 9.0, (2.2, 1.8), 3.2),
    "goblin": Two(24.5, 19, (2.4, 2.8, 2.6), 1.0, (5, 9), 9, 3.6, (1.3, 1.1, 1.3), 6.5, (1.3, 1.0), 3.0),
}
ARMED = {"ogre": "club", "goblin": "knife"}


def two_side(look, moment):
    """A beast on two legs, facing left."""
    canvas, body = Canvas(), TWOS[look.kind]
    width = (0.92, 1.08)[look.stout]
    bob = 0.0 if moment.stride is None else 0.8 * abs(np.cos(moment.stride))
    crouch = 1.4 * max(0, -moment.rise) + 1.0 * max(0, -moment.lunge) + 0.8 * max(0, moment.lunge)
    lean = towards((0, 0), (1.5, 0), (-2.2, 0.5), moment.lunge) + towards((0, 0), (-0.8, 0.5), (0.6, -0.4), moment.rise)
    lean = lean + (1.5 * max(moment.lunge, 0), 0) if look.kind == "ogre" else lean
    hips = np.array([17.5 + 0.3 * lean[0], body.hips + bob + 0.6 * crouch])
    chest = np.array([17.5 - body.hunch + lean[0], body.shoulders + bob + crouch + lean[1]])
    feet = []
    for offset in (0.0, np.pi):
        ahead, up = step(moment.stride, offset, body.reach, 2.2)
        home = 16.5 + (0 if moment.stride is not None else 2.0 * (-1 if offset == 0 else 1))
        feet.append(np.array([home + ahead, GROUND - 0.8 + up]))
    hands = [side_hand(body, moment, chest, near) for near in (False, True)]

    two_arm(canvas, body, chest + (1.0, 0.5), hands[0], dim=True)
    two_leg(canvas, look, body, hips + (0.8, 0.5), feet[1], dim=True)
    two_leg(canvas, look, body, hips + (-0.5, 0.5), feet[0], dim=False)
    belly = (hips + chest) / 2 + (-0.8 - 0.8 * (look.kind == "ogre"), 0.5)
    trunk = form([hips + (0, -0.5), belly, chest + (0.5, 0)], np.array(body.trunk) * width)
    canvas.lay(trunk)
    clothes(canvas, look, trunk, hips, chest, front=False)
    head = np.array(body.head) + lean * 1.2 + (0, bob + crouch * 0.9)
    head = head + (0, 1.5 * max(moment.lunge, 0)) + (0.8 * max(moment.rise, 0), -0.6 * max(moment.rise, 0))
    weapon(canvas, look, moment, hands[1], front=False)
    lay_head(canvas, look, moment, *np.maximum(head, (1, 1)))
    two_arm(canvas, body, chest + (1.0, 1.0), hands[1], dim=False)
    return canvas.inked()


def side_hand(body, moment, chest, near):
    """Where a hand is, from the side."""
    swing = 0.0 if moment.stride is None else np.cos(moment.stride) * (1 if near else -1)
    rest = chest + (-1.0 + 0.34 * body.arm_length * swing, body.arm_length - 0.6 * abs(swing))
    if moment.rise:
        back = chest + (-3.0, body.arm_length * 0.8)
        ahead = chest + ((4.5, -body.arm_length) if near else (-0.85 * body.arm_length - 1, 0.3 * body.arm_length))
        return towards(rest, back, ahead, moment.rise)
    if near:
        back, ahead = chest + (4.5, -0.65 * body.arm_length), chest + (-0.72 * body.arm_length, 0.75 * body.arm_length)
        return towards(rest, back, ahead, moment.lunge)
    return rest + (2.5 * max(moment.lunge, 0), -1.0)


def two_arm(canvas, body, shoulder, hand, *, dim, side=0):
    """An arm and its fist; elbows point backwards from the side, outwards from the front."""
    shoulder, hand = np.asarray(shoulder, float), np.clip(np.asarray(hand, float), 2.5, 28.0)
    span = np.linalg.norm(hand - shoulder)
    bend = np.sqrt(max((body.arm_length * 0.55) ** 2 - (span / 2) ** 2, 0))
    across = np.array([-(hand - shoulder)[1], (hand - shoulder)[0]]) / max(span, 1e-6)
    elbow = (shoulder + hand) / 2 + across * min(bend, 2.2) * (side if side else -1)
    upper, fore, fist = body.arm
    canvas.lay(form([shoulder, elbow, hand], (upper, fore, fore * 0.9), dim=dim), line_from=shoulder[1] - 1)
    canvas.lay(blob(*hand, fist, fist, dim=dim))


def two_leg(canvas, look, body, hip, foot, *, dim, front=False):
    """A leg and its foot, or boot."""
    thigh, shank = body.leg
    knee = (hip + foot) / 2 + (0 if front else -0.8, 0)
    tones = form([hip, knee, foot], (thigh, shank, shank), dim=dim) * (Y <= GROUND)
    canvas.lay(tones, line_from=hip[1] + 1)
    shoe = HORN if look.kind == "giant" else COAT
    if front:
        toes = blob(foot[0], foot[1] - 0.2, shank + 0.7, 1.5, dim=dim)
    else:
        toes = form([foot + (0.6, 0), foot - (shank + 0.4, 0)], (1.2, 1.0), dim=dim)
    if look.kind == "giant":
        canvas.tint((tones > 0) & (foot[1] - 3 < Y), shoe, COAT)
    canvas.lay(toes * (Y <= GROUND), shoe)


def clothes(canvas, look, trunk, hips, chest, *, front):
    """What it wears, or the markings of its skin."""
    on, waist = trunk > 0, hips[1] - 1.5
    if look.kind == "giant":  # a tunic with a belt
        canvas.tint(on, MARK, COAT)
        canvas.lay(np.where(on & (np.abs(Y - waist) < 0.8), DARK, 0), HORN, line=False)
        if look.pattern == 1:
            canvas.lay(
                np.where(on & (np.abs(X - chest[0] + (0 if front else 2)) < 1) & (waist > Y), LIGHT, 0),
                MARK,
                line=False,
            )
        elif look.pattern == 2:
            canvas.lay(np.where(on & (Y % 3 == 0) & (waist - 1 > Y), DARK, 0), MARK, line=False)
    else:
        cloth = on & (waist < Y)
        canvas.tint(cloth, MARK, COAT)
        left, right = (CENTRE - 3, CENTRE + 3) if front else (hips[0] - 3.5, hips[0] + 1.5)
        low = hips[1] + (2.0 if look.kind == "goblin" else 3.5)
        canvas.lay(
            polygon(
                [
                    (left, waist + 1),
                    (right, waist + 1),
                    (right - 0.5, low),
                    ((left + right) / 2, low - 1),
                    (left + 0.5, low),
                ]
            ),
            MARK,
        )
        canvas.lay(np.where(on & (np.abs(Y - waist) < 0.6), DARK, 0), MARK, line=False)
        if look.pattern == 1:  # a vest
            side = (np.abs(X - CENTRE) > 2.5) if front else (chest[0] - 1.5 < X)
            canvas.tint(on & side & (waist - 0.5 > Y), MARK, COAT)
        elif look.pattern == 2 and look.kind == "ogre":  # a pale belly
            canvas.lay(
                np.where(
                    on
                    & (waist - 1 > Y)
                    & (((X - hips[0] + (1.5 if front else 4)) / 4) ** 2 + ((Y - waist + 4) / 4) ** 2 < 1),
                    LIGHT,
                    0,
                ),
                line=False,
            )
        elif look.pattern == 2:  # warts, moss
            spots = [(-2, -5), (1, -7), (2, -3), (-1, -2), (3, -8)]
            for dx, dy in spots:
                canvas.lay(np.where(on & (np.hypot(X - hips[0] - dx, Y - hips[1] - dy) < 1.0), DARK, 0), line=False)


def weapon(canvas, look, moment, hand, *, front):
    """A club or a knife in the near hand."""
    if look.kind not in ARMED:
        return
    rest, back, hit = ((0.9, 0.2), (0.6, -0.8), (-1, 0.25)) if not front else ((-0.5, -1), (-0.3, -1), (0.35, 0.95))
    if ARMED[look.kind] == "knife" and not front:
        rest = (-0.9, -0.3)
    way = towards(rest, back, hit, moment.lunge) + towards((0, 0), (0, 0), (-0.4, -1.2), moment.rise)
    way = way / np.linalg.norm(way)
    hand, inside = np.clip(hand, 2.5, 28.0), (lambda *points: np.clip(points, 3.6, 27.8))
    if ARMED[look.kind] == "club":
        canvas.lay(form(inside(hand - 2 * way, hand + 4 * way, hand + 7.5 * way), (0.8, 1.3, 2.2)), HORN)
    else:
        canvas.lay(form(inside(hand + way, hand + 5 * way), (0.9, 0.4)), HORN)


def two_front(look, moment):
    """A beast on two legs, facing us."""
    canvas, body = Canvas(), TWOS[look.kind]
    width = body.width * (0.92, 1.08)[look.stout]
    swing = 0.0 if moment.stride is None else np.cos(moment.stride)
    bob = 0.8 * abs(swing) if moment.stride is not None else 0.0
    crouch = 1.4 * max(0, -moment.rise) + 1.0 * abs(min(moment.lunge, 0)) + 1.2 * max(0, moment.lunge)
    hips = np.array([CENTRE, body.hips + bob + 0.6 * crouch])
    chest = np.array([CENTRE, body.shoulders + bob + crouch])
    for side in (-1, 1):
        _, lift = step(moment.stride, np.pi * (side > 0), 0, 2.4)
        foot = np.array([CENTRE + side * (width * 0.55 + 0.3), GROUND - 0.8 + lift])
        two_leg(canvas, look, body, hips + (side * width * 0.45, 0.5), foot, dim=False, front=True)
    hands = [front_hand(body, moment, chest, width, side, swing) for side in (-1, 1)]
    before = moment.lunge > 0  # the arm that strikes passes before the trunk
    for side, hand in zip((-1, 1), hands, strict=True):
        if side > 0 or not before:
            two_arm(canvas, body, chest + (side * (width - 1.0), 0.8), hand, dim=False, side=side)
    if not before:
        weapon(canvas, look, moment, hands[0], front=True)
    hip_width, chest_width = {"ogre": (0.95, 0.75), "giant": (0.75, 0.95)}.get(look.kind, (0.7, 0.95))
    rows = form([hips + (0, -0.8), chest + (0, 0.5)], 3.0) > 0
    share = ((Y - chest[1]) / max(hips[1] - chest[1], 1)).clip(0, 1)
    half = width * (chest_width + share * (hip_width - chest_width))
    if look.kind == "ogre":
        half = half + 1.2 * np.sin(np.pi * share)
    top, bottom = chest[1] - body.trunk[2] * 0.55, hips[1] + body.trunk[0] * 0.45
    round_off = np.clip(1 - ((chest[1] + 0.5 - Y) / max(chest[1] + 0.5 - top, 1)).clip(0, 1) ** 2, 0, 1) ** 0.5
    half = half * np.where(chest[1] + 0.5 > Y, round_off, 1)
    inside = (np.abs(X - CENTRE) <= half) & (top <= Y) & (bottom >= Y) | (rows & False)
    u = (X - CENTRE) / np.maximum(half, 1)
    trunk = np.where(inside, np.where(u < -0.55, LIGHT, np.where(u > 0.5, DARK, BASE)), 0).astype(np.uint8)
    canvas.lay(trunk)
    clothes(canvas, look, trunk, hips, chest, front=True)
    if look.kind == "ogre":  # the belly hangs over the loincloth
        belly = blob(CENTRE, hips[1] - 3.2, width * 0.72, 4.6)
        canvas.lay(belly)
        if look.pattern == 2:
            canvas.lay(np.where(blob(CENTRE, hips[1] - 2.8, width * 0.45, 3.2) > 0, LIGHT, 0), line=False)
        canvas.lay(strokes([(CENTRE, hips[1] - 1.5)] * 2, DARK), line=False)
    head_y = body.front_head + bob + crouch * 0.9 + 1.5 * max(moment.lunge, 0) - 0.6 * max(moment.rise, 0)
    if look.kind == "goblin":
        ears(canvas, look, head_y)
    lay_head(canvas, look, moment, CENTRE, max(head_y, 1), front=True)
    if before:
        weapon(canvas, look, moment, hands[0], front=True)
        two_arm(canvas, body, chest + (0.8 - width, 0.8), hands[0], dim=False, side=-1)
    return canvas.inked()


def ears(canvas, look, head_y):
    """A goblin's ears, from the front: wide, hanging, or under a hood."""
    drop = (-1.5, 3.0, 0.5)[look.crest]
    for side in (-1, 1):
        x, tip = CENTRE + side * 5, (CENTRE + side * 13, head_y + 3 + drop)
        canvas.lay(polygon([(x, head_y + 2.5), tip, (x, head_y + 7.5)]))
        canvas.lay(
            polygon([(x, head_y + 5), (x + side * 4, head_y + 4.5 + 0.5 * drop), (x, head_y + 7)], DARK), line=False
        )


def front_hand(body, moment, chest, width, side, swing):
    """Where a hand is, from the front."""
    shoulder = chest + (side * (width - 0.5), 0.8)
    rest = shoulder + (side * 1.6, body.arm_length - 1.0 + 1.2 * swing * side)
    if moment.rise:
        back = shoulder + (-side * 1.0, body.arm_length * 0.75)
        ahead = shoulder + (side * 3.0, -0.75 * body.arm_length)
        return towards(rest, back, ahead, moment.rise)
    if side < 0:
        back = shoulder + (-1.5, -0.75 * body.arm_length)
        ahead = shoulder + (0.45 * body.arm_length, body.arm_length * 0.75)
        return towards(rest, back, ahead, moment.lunge)
    return rest
