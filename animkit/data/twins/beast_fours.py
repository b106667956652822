"""Beasts on four legs: wolf, fox, bear, dragon and griffin."""

from typing import NamedTuple

import numpy as np

from animkit.data.twins.beast_moments import lay_head, step, towards
from animkit.data.twins.beast_shapes import COAT, FIRE, HORN, MARK, Canvas, blob, form, polygon, strokes
from animkit.data.twins.beast_wings import WINGED, wing
from animkit.data.twins.pixel_poses import CENTRE, GROUND
from animkit.data.twins.pixel_wardrobe import BASE, DARK, LIGHT, X, Y


class Four(NamedTuple):
    """Measures of a beast on four legs, seen from the side."""

    hips: tuple
    chest: tuple
    thick: tuple  # radii of hips, loins and chest
    head: tuple  # top left corner of its stamp
    neck: tuple  # radii at chest and head
    leg: tuple  # radii at hip, knee and foot
    rears: float  # how far it rears up, rad
    reach: float  # of a stride
    front_head: tuple  # top of the head and of the back, in the front view
    width: float  # half of it, in the front view


FOURS = {
    "wolf": Four((22, 19.5), (13, 19), (3.4, 3.0, 4.3), (2, 8), (3.6, 3.0), (2.3, 1.3, 1.0), 0.12, 3.2, (8, 16), 4.6),
    "fox": Four((20.5, 21.5), (13, 21), (2.8, 2.5, 3.2), (2, 12), (2.6, 2.2), (1.7, 1.0, 0.9), 0.1, 2.8, (12, 20), 3.6),
    "bear": Four(
        (22.5, 18.5), (13.5, 18), (5.6, 5.2, 5.8), (2, 10), (4.4, 4.0), (3.2, 2.2, 2.0), 0.85, 2.6, (7, 15), 7.2
    ),
    "dragon": Four(
        (20.5, 21), (13.5, 20.5), (3.8, 3.4, 3.9), (1, 5), (2.8, 2.0), (2.4, 1.5, 1.2), 0.3, 2.6, (6, 17), 5.0
    ),
    "griffin": Four(
        (21.5, 20), (13.5, 19.5), (3.5, 2.9, 4.0), (2, 6), (3.6, 3.0), (2.2, 1.3, 1.1), 0.5, 2.8, (6, 16), 4.8
    ),
}
OFFSETS = (0.0, 1.5 * np.pi, np.pi, 0.5 * np.pi)  # a walk: near hind, near fore, far hind, far fore, one after another


def four_side(look, moment):
    """A beast on four legs, facing left."""
    canvas, body = Canvas(), FOURS[look.kind]
    width = (0.92, 1.12)[look.stout]
    bob = 0.0 if moment.stride is None else 0.7 * np.cos(2 * moment.stride)
    crouch = 1.6 * max(0, -moment.rise) + 1.4 * max(0, -moment.lunge)
    shift = np.array([-2.0 * max(moment.lunge, 0) + 1.5 * max(0, -moment.lunge), bob * 0.5])
    leap = (
        0.0 if look.kind not in ("wolf", "fox") else (0, 0, 0, 3.0, 2.0, 0.0, 0, 0)[moment.frame] * (moment.lunge != 0)
    )
    hips = np.add(body.hips, shift) + (0, 0.4 * crouch - leap)
    angle = body.rears * (max(moment.rise, 0) + 0.5 * max(-moment.lunge, 0)) + 0.2 * (leap > 0) * (moment.lunge < 0.6)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])

    def turned(point):
        """A point ahead of the hips when the chest is raised."""
        return hips + turn @ (np.asarray(point, float) - body.hips)

    chest = turned(body.chest) + (0, crouch)
    head = turned(np.add(body.head, (6, 6))) - (6, 6)
    head = head + towards((0, 0), (1.5, 2.5 * (look.kind != "dragon")), (0, -1), moment.rise)
    head = head + towards((0, bob), (2, 1), (-1.5, 3), moment.lunge)
    head = np.maximum(head, (1, 3 if look.kind == "dragon" else 1))
    reared = body.rears > 0.4 and max(moment.rise, -moment.lunge) > 0.5

    def feet():
        homes = ((body.hips[0] + 1.5, 0), (body.chest[0] - 0.5, 0), (body.hips[0] - 1.5, 0), (body.chest[0] + 2.0, 0))
        for number, ((home, _), offset) in enumerate(zip(homes, OFFSETS, strict=True)):
            ahead, up = step(moment.stride, offset, body.reach, 2.4)
            foot = np.array([home + ahead + (0.6 if number % 2 else 0.3) * shift[0], GROUND - 0.6 + up - leap])
            if leap:
                foot = foot + ((-2.5, 0.0) if number % 2 else (2.0, 0.5 * leap))
            if number % 2 and reared:
                foot = chest + np.array([-4.5 + 2.5 * (number == 3), 5.0 + (number == 3)])
            elif number == 1 and moment.lunge > 0.2 and not leap:
                foot = foot + (-3.5 * moment.lunge, (-4.0, -2.0)[moment.lunge > 0.6])
            yield foot

    near_hind, near_fore, far_hind, far_fore = feet()
    four_leg(canvas, look, body, hips + (-1, 0.5), far_hind, hind=True, dim=True)
    four_leg(canvas, look, body, chest + (1.5, 1), far_fore, hind=False, dim=True)
    winged = look.kind in WINGED
    if winged:
        wing(canvas, look, chest + (2.5, -2.0), moment, dim=True)
    tail(canvas, look, hips, moment)
    middle = (hips + chest) / 2
    radii = np.array(body.thick) * width
    # the throat, the neck and the trunk in one piece
    neck = form([chest + (-0.5, -1), head + (9, 7)], np.array(body.neck) * width)
    if look.kind == "dragon":
        neck = form([chest + (-1, -1), chest + (-1.5, -5), head + (10.5, 7), head + (9, 5)], (3.2, 2.4, 2.2, 2.2))
    trunk = form([hips, middle, chest], radii)
    canvas.lay(neck)
    canvas.lay(trunk, line=False)
    coat_of(canvas, look, trunk, neck, hips, chest, radii, head)
    four_leg(canvas, look, body, hips + (0.5, 0.5), near_hind, hind=True, dim=False)
    four_leg(canvas, look, body, chest + (0, 1), near_fore, hind=False, dim=False)
    if winged:
        wing(canvas, look, chest + (2.0, -1.5), moment, dim=False)
    lay_head(canvas, look, moment, *head)
    if look.kind == "dragon" and moment.rise > 0.5:
        flame(canvas, head + (0, 8.5), moment)
    return canvas.inked()


def four_leg(canvas, look, body, hip, foot, *, hind, dim):
    """A leg: hind ones have a hock, fore ones are straight; a paw, a claw or a talon at its end."""
    big, knee_radius, small = np.array(body.leg) * (0.95, 1.12)[look.stout]
    hip, foot = np.asarray(hip, float), np.asarray(foot, float)
    if hind:
        points = [hip, (hip[0] * 0.4 + foot[0] * 0.6 - 1.2, hip[1] * 0.45 + foot[1] * 0.55), foot + (0.9, -2.6), foot]
        radii = (big, knee_radius + 0.2, small, small)
    else:
        points, radii = [hip, (hip + foot) / 2 + (0.6, 0), foot + (0.2, 0)], (big * 0.9, knee_radius, small)
    tones = form(points, radii, dim=dim) * (Y <= GROUND)
    socks = look.kind == "fox" or (look.kind == "griffin" and not hind)
    canvas.lay(tones, COAT, line_from=hip[1] + 1.5)
    if socks:
        lower = (tones > 0) & (foot[1] - (3.5 if look.kind == "griffin" else 4) < Y)
        canvas.tint(lower, HORN, COAT)
    paw = form([foot + (0.3, 0), foot - (1.4, 0)], 0.8, dim=dim) * (Y <= GROUND)
    canvas.lay(paw, HORN if socks else COAT, line=False)
    if look.kind in ("dragon", "bear") and not dim:
        canvas.lay(strokes([foot - (2, -0.6), foot - (1, -0.6)], LIGHT), HORN, line=False)


def tail(canvas, look, hips, moment):
    """The tail, behind the trunk."""
    swing = np.sin(moment.frame * np.pi / 4) if moment.stride is not None else 0.8 * moment.rise + 0.5 * moment.lunge
    x, y = hips
    if look.kind == "wolf":
        up = 3.0 if look.crest == 2 else 0.0
        points = [(x + 2, y - 1), (x + 5, y + 1.5 - up - swing), (x + 7, y + 5 - 2 * up - 1.5 * swing)]
        canvas.lay(form(points, (1.5, 2.2, 0.9)))
    elif look.kind == "fox":
        rise = (0.0, 4.0, -2.0)[look.crest]
        points = [
            (x + 2, y),
            (x + 5, y - 0.5 - 0.4 * rise),
            (x + 7.5, y - 2 - rise - swing),
            (x + 8, y - 5 - rise - swing),
        ]
        brush = form(points, (1.2, 2.4, 2.8, 1.0))
        canvas.lay(brush)
        canvas.tint((brush > 0) & (y - 3.5 - rise - swing > Y), MARK, COAT)
    elif look.kind == "bear":
        canvas.lay(blob(x + 5.2, y - 1.5, 1.5, 1.5))
    elif look.kind == "dragon":
        points = [(x + 1, y + 1), (x + 5, y + 4.5), (x + 8, y + 3.5 - swing), (x + 8.5, y - 0.5 - 1.5 * swing)]
        canvas.lay(form(points, (3.0, 1.9, 1.2, 0.7)))
        tip = np.array(points[-1])
        canvas.lay(polygon([tip + (-2, 0), tip + (0, -3), tip + (2, 0), tip + (0, 1)]), MARK)
    else:
        points = [(x + 2, y - 0.5), (x + 5.5, y + 2), (x + 7.5, y + 0.5 - swing), (x + 7.5, y - 3 - 1.5 * swing)]
        canvas.lay(form(points, (1.0, 0.9, 0.8, 0.8)))
        canvas.lay(blob(points[-1][0], points[-1][1] - 0.5, 1.7, 2.0), MARK)


def coat_of(canvas, look, trunk, neck, hips, chest, radii, head):
    """Markings of the trunk, mane and spines."""
    on_body, middle = (trunk > 0) | (neck > 0), (hips + chest) / 2
    share = ((X - chest[0]) / max(hips[0] - chest[0], 1)).clip(0, 1)
    spine = chest[1] + share * (hips[1] - chest[1])  # the row of the middle of the trunk above each column
    if look.kind in ("wolf", "fox"):
        canvas.tint((neck > 0) & (chest[0] - 1.0 > X) & (head[1] + 7 < Y), MARK, COAT)  # a pale chest
    if look.kind == "griffin":
        canvas.tint((neck > 0) & (chest[0] + 2.0 > X), MARK, COAT)  # feathers to the shoulder
    if look.kind == "dragon" or look.pattern == 1:
        canvas.tint((trunk > 0) & (spine + 0.35 * radii[1] < Y), MARK, COAT)
    if look.kind == "dragon":
        canvas.tint((neck > 0) & (chest[0] - 2.0 > X), MARK, COAT)
    if look.pattern == 2:
        if look.kind in ("wolf", "griffin", "dragon"):
            where = (np.round(X - middle[0]) % 4 == 1) & (spine + 0.5 > Y)
        elif look.kind == "bear":
            where = (np.abs(X - chest[0] - 0.5) < 2.6) & (spine + 4 > Y)
        else:
            where = spine - 0.8 > Y
        canvas.lay(np.where(where & on_body & (trunk > 0), DARK, 0), COAT if look.kind != "bear" else MARK, line=False)
    spiked = (look.kind == "wolf" and look.crest == 1) or look.kind == "dragon"
    spiked |= look.kind == "bear" and look.crest == 1
    if spiked:
        back = [head + (10, 2), chest + (1, -radii[2] - 0.5), middle + (0, -radii[1] - 0.5), hips + (1, -radii[0])]
        for start, end in zip(back[:-1], back[1:], strict=True):
            for part in (0.15, 0.65):
                x, y = start + part * (end - start)
                material = MARK if look.kind == "dragon" else COAT
                canvas.lay(polygon([(x - 1, y + 1.5), (x + 1.5, y - 1.5), (x + 2, y + 1.5)], DARK), material)
    if look.kind == "bear" and look.crest == 2:
        canvas.lay(blob(chest[0] + 1.5, chest[1] - 4.5, 4.0, 3.0), line=False)


def flame(canvas, mouth, moment):
    """Fire out of the mouth, to the left and down, growing while it roars."""
    size = (0, 0, 0, 0, 1.1, 1.7, 1.4, 0.6)[moment.frame]
    x, y = mouth
    size = min(size, (x + 1) / 2.2)
    fire = form([(x + 1, y), (x - 2 * size, y + 3.5 * size), (x - 2.2 * size, y + 5.5 * size)], (0.7, 1.4 * size, 0.5))
    fire = np.where(fire > 0, DARK, 0)
    heart = form([(x + 1, y), (x - 1.8 * size, y + 3.2 * size)], (0.5, 0.8 * size))
    canvas.lay(fire, FIRE, line=False)
    canvas.lay(np.where(heart > 0, LIGHT, 0), FIRE, line=False)


def four_front(look, moment):
    """A beast on four legs, facing us."""
    canvas, body = Canvas(), FOURS[look.kind]
    width = body.width * (0.92, 1.1)[look.stout]
    bob = 0.0 if moment.stride is None else 0.7 * np.cos(2 * moment.stride)
    crouch = 1.5 * max(0, -moment.rise) + 1.2 * max(0, -moment.lunge)
    up = max(moment.rise, 0) * (5.0 if body.rears > 0.7 else 3.0 if body.rears > 0.25 else 1.0)
    top, back = body.front_head
    chest_y = back + width * 0.75 + crouch - 0.6 * up + bob * 0.4
    if look.kind in WINGED:
        for mirror in (False, True):
            wing(canvas, look, (13, chest_y - 2), moment, dim=False, front=True, mirror=mirror)
    front_tail(canvas, look, moment, chest_y)
    canvas.lay(blob(CENTRE, back + width * 0.6, width * 1.05, width * 1.0, dim=True))
    leg_radius = body.leg[1] * (0.95, 1.15)[look.stout]
    for side in (-1, 1):
        _, lift = step(moment.stride, np.pi * (side > 0), 0, 2.2)
        hip, foot = (
            (CENTRE + side * width * 0.85, back + width),
            (CENTRE + side * (width * 0.85 + 0.4), GROUND - 1.6 + lift),
        )
        canvas.lay(form([hip, foot], (leg_radius + 0.6, leg_radius), dim=True))
    chest = blob(CENTRE, chest_y, width * 0.95, width * 1.1 + 0.3 * up)
    canvas.lay(chest)
    front_coat(canvas, look, chest, chest_y, width)
    for side in (-1, 1):
        _, lift = step(moment.stride, np.pi * (side < 0), 0, 2.6)
        shoulder = (CENTRE + side * width * 0.55, chest_y)
        foot = np.array([CENTRE + side * (width * 0.5 + 0.3), GROUND - 0.6 + lift])
        if up > 2:
            foot = np.array([CENTRE + side * (width * 0.75 + 1.5), chest_y + 3.5 - 1.5 * max(moment.rise, 0)])
        elif side < 0 and moment.lunge > 0.2:
            foot = foot - (0, 2 * (moment.lunge < 0.6))
        tones = form([shoulder, foot], (leg_radius + 0.4, leg_radius)) * (Y <= GROUND)
        canvas.lay(tones, line_from=shoulder[1] + 1)
        if look.kind in ("fox", "griffin"):
            canvas.tint((tones > 0) & (foot[1] - 3 < Y), HORN, COAT)
        if look.kind in ("dragon", "bear"):
            canvas.lay(strokes([foot + (-1, 0.6), foot + (-1, 0.6)], LIGHT), HORN, line=False)
            canvas.lay(strokes([foot + (1, 0.6), foot + (1, 0.6)], LIGHT), HORN, line=False)
    head_y = top - up + crouch + bob + (4.0 * max(moment.lunge, 0) - 0.5 * max(0, -moment.lunge))
    lay_head(canvas, look, moment, CENTRE, max(head_y, 3 if look.kind == "dragon" else 1), front=True)
    if look.kind == "dragon" and moment.rise > 0.5:
        size = (0, 0, 0, 0, 1.0, 1.5, 1.2, 0.5)[moment.frame]
        y = max(head_y, 1) + 13
        canvas.lay(np.where(form([(16, y), (16, y + 4 * size)], (1.0, 2.2 * size)) > 0, DARK, 0), FIRE, line=False)
        canvas.lay(np.where(form([(16, y), (16, y + 3 * size)], (0.6, 1.2 * size)) > 0, LIGHT, 0), FIRE, line=False)
    return canvas.inked()


def front_tail(canvas, look, moment, chest_y):
    """What is seen of the tail beside the body, to the right."""
    swing = 1.2 * np.sin(moment.frame * np.pi / 4) if moment.stride is not None else 0.8 * moment.rise
    if look.kind == "fox":
        rise = (0.0, 3.0, -2.0)[look.crest]
        points = [(18, 22), (23 + swing, 22 - 0.3 * rise), (26 + swing, 17.5 - rise), (26 + swing, 14.5 - rise)]
        brush = form(points, (1.4, 2.4, 2.7, 0.9))
        canvas.lay(brush)
        canvas.tint((brush > 0) & (16.5 - rise > Y), MARK, COAT)
    elif look.kind == "wolf":
        canvas.lay(
            form(
                [(19, 20), (23 + swing, 21 - 2 * (look.crest == 2)), (25 + swing, 25 - 7 * (look.crest == 2))],
                (1.5, 2.0, 0.9),
            )
        )
    elif look.kind == "dragon":
        points = [(19, 25), (24, 27), (27 + swing, 25), (28 + swing, 22)]
        canvas.lay(form(points, (2.2, 1.7, 1.2, 0.7)))
        tip = np.array(points[-1])
        canvas.lay(polygon([tip + (-2, 0), tip + (0, -3), tip + (2, 0), tip + (0, 1)]), MARK)
    elif look.kind == "griffin":
        canvas.lay(form([(19, 24), (23, 26), (26 + swing, 24), (26 + swing, 21)], 0.8))
        canvas.lay(blob(26 + swing, 20, 1.7, 2.0), MARK)


def front_coat(canvas, look, chest, chest_y, width):
    """Markings of the chest."""
    on = chest > 0
    if look.kind in ("wolf", "fox"):
        canvas.tint(on & (np.abs(X - CENTRE) < width * 0.55) & (chest_y + width * 0.5 > Y), MARK, COAT)
    if look.kind == "griffin":
        canvas.tint(on & (chest_y + 1.5 > Y), MARK, COAT)
    if look.kind == "dragon":
        plates = on & (np.abs(X - CENTRE) < width * 0.5)
        canvas.tint(plates, MARK, COAT)
        canvas.lay(np.where(plates & (Y % 3 == 1), DARK, 0), MARK, line=False)
    elif look.pattern == 1:
        canvas.tint(on & (chest_y + 1 < Y), MARK, COAT)
    elif look.pattern == 2:
        stripes = on & (np.abs(X - CENTRE) > width * 0.5) & (Y % 3 == 0)
        if look.kind == "bear":
            stripes = on & (np.abs(Y - chest_y + 1 - 0.25 * np.abs(X - CENTRE)) < 1.2)
        canvas.lay(
            np.where(stripes, DARK if look.kind != "bear" else BASE, 0),
            MARK if look.kind == "bear" else COAT,
            line=False,
        )
