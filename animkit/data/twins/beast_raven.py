"""The raven."""

import numpy as np

from animkit.data.twins.beast_moments import lay_head, step, towards
from animkit.data.twins.beast_shapes import COAT, HORN, MARK, Canvas, blob, form, polygon, strokes
from animkit.data.twins.beast_wings import wing
from animkit.data.twins.pixel_poses import CENTRE, GROUND
from animkit.data.twins.pixel_wardrobe import BASE, DARK, X, Y


def raven_side(look, moment):
    """A raven, facing left."""
    canvas = Canvas()
    width = (0.92, 1.1)[look.stout]
    bob = 0.0 if moment.stride is None else 0.8 * np.cos(2 * moment.stride)
    lift = 1.5 * max(moment.rise, 0)
    nod = towards((0, 0), (1.5, -1.5), (-2.0, 7.0), moment.lunge) + towards((0, 0), (0.5, 2.0), (0, -1.0), moment.rise)
    chest, hips = np.array([13.5, 18.5 + bob - lift]), np.array([20.0, 21.5 + bob * 0.5 - lift])
    chest = chest + (-0.6 * max(moment.lunge, 0), 1.5 * max(moment.lunge, 0)) + (0, 1.2 * max(-moment.rise, 0))
    head = np.array([3.0, 6.5 + bob - lift]) + nod
    if moment.rise:
        wing(canvas, look, chest + (3.5, -1.5), moment, dim=True)
    tail_end = hips + (8.5, 3.0 - 2.0 * max(moment.rise, 0) - 2.5 * max(moment.lunge, 0))
    canvas.lay(polygon([hips + (0, -2), tail_end + (0.5, -1.5), tail_end + (1, 1.5), hips + (1, 2.5)], DARK))
    canvas.lay(strokes([hips + (2, 0), tail_end + (-1, 0)], BASE), line=False)
    for offset in (np.pi, 0.0):
        ahead, up = step(moment.stride, offset, 2.6, 2.0)
        foot = np.array([16.5 + ahead + (0.8 if offset else -0.8), GROUND + up])
        raven_leg(canvas, (foot[0] * 0.3 + 17.5 * 0.7, hips[1] + 2), foot, dim=bool(offset))
    canvas.lay(form([chest + (0, -1), head + (7.5, 6)], (4.0 * width, 3.0)))
    trunk = form([hips, (hips + chest) / 2, chest], np.array((3.0, 4.2, 4.7)) * width)
    canvas.lay(trunk, line=False)
    if look.pattern == 1:
        canvas.tint((trunk > 0) & (chest[0] - 0.5 > X) & (chest[1] - 1 < Y), MARK, COAT)
    if moment.rise:
        wing(canvas, look, chest + (2.5, -1.0), moment, dim=False)
    else:
        up = 2.0 * max(moment.lunge, 0)
        folded = form([chest + (1.5, 0), hips + (0.5, 0.2), hips + (6.0, 1.5 - up)], (2.8 * width, 2.4 * width, 0.8))
        canvas.lay(folded)
        for dy in (-0.5, 1.2):
            canvas.lay(strokes([chest + (4, 1 + dy), hips + (4, 0.5 + dy - up * 0.5)], DARK), line=False)
        if look.pattern == 2:
            canvas.lay(strokes([chest + (2, 0.5), hips + (0, 1)], BASE), MARK, line=False)
    lay_head(canvas, look, moment, *np.maximum(head, (1, 1)))
    return canvas.inked()


def raven_leg(canvas, hip, foot, *, dim=False, front=False):
    """A thin leg with toes."""
    tone = DARK if dim else BASE
    hip, foot = np.asarray(hip, float), np.asarray(foot, float)
    canvas.lay(form([hip, hip * 0.6 + foot * 0.4], (1.6, 0.8), dim=True))
    canvas.lay(strokes([hip * 0.6 + foot * 0.4, foot], tone), HORN, line=False)
    canvas.lay(strokes([foot - (1 if front else 2, 0), foot + (1, 0)], tone), HORN, line=False)


def raven_front(look, moment):
    """A raven, facing us."""
    canvas = Canvas()
    width = (0.92, 1.1)[look.stout]
    bob = 0.0 if moment.stride is None else 0.8 * np.cos(2 * moment.stride)
    sway = 0.0 if moment.stride is None else 0.8 * np.cos(moment.stride)
    lift = 1.5 * max(moment.rise, 0)
    y = 19 + bob - lift + 1.0 * max(-moment.rise, 0)
    canvas.lay(polygon([(14, y + 4), (18, y + 4), (19, y + 9), (13, y + 9)], DARK))
    for side in (-1, 1):
        _, up = step(moment.stride, np.pi * (side > 0), 0, 2.0)
        foot = (CENTRE + side * 2.5, GROUND + up)
        raven_leg(canvas, (CENTRE + side * 2.3, y + 4.5), foot, front=True)
    if moment.rise:
        for mirror in (False, True):
            wing(canvas, look, (12.5, y - 1), moment, dim=False, front=True, mirror=mirror)
    trunk = blob(CENTRE + sway * 0.5, y, 5.4 * width, 6.6)
    canvas.lay(trunk)
    if look.pattern == 1:
        canvas.tint((trunk > 0) & (np.abs(X - CENTRE) < 2.8) & (y - 3 < Y), MARK, COAT)
    if not moment.rise:
        for side in (-1, 1):
            x = CENTRE + sway * 0.5 + side * 5.0 * width
            canvas.lay(
                form(
                    [(x - side, y - 3), (x + side * 0.5, y + 2), (x - side * 0.5, y + 7)], (1.6, 1.8, 0.6), dim=side > 0
                )
            )
            if look.pattern == 2:
                canvas.lay(strokes([(x, y - 1), (x, y + 2)], BASE), MARK, line=False)
    nod = towards((0, 0), (0, -1.5), (0, 6.0), moment.lunge)
    head = np.array([CENTRE + sway, 6 + bob - lift + 1.2 * max(-moment.rise, 0)]) + nod
    lay_head(canvas, look, moment, *np.maximum(head, (1, 1)), front=True)
    return canvas.inked()
