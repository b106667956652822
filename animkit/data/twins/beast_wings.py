"""Wings of bat and bird."""

import numpy as np

from animkit.data.twins.beast_moments import flip
from animkit.data.twins.beast_shapes import COAT, MARK, form, polygon, strokes
from animkit.data.twins.pixel_poses import SIZE
from animkit.data.twins.pixel_wardrobe import BASE, DARK

WINGED = ("dragon", "griffin")
# wrist, three tips and where the wing meets the back, beside its root: folded, spread; side view, then front view
FOLDED = ((2, -5), (9, -6), (12, -2), (10, 2), (4, 3))
SPREAD = ((1, -11), (9, -15), (14, -10), (14, -4), (7, 1))
FRONT_FOLDED = ((-3, -6), (-7, -4), (-7, 2), (-5, 6), (-1, 4))
FRONT_SPREAD = ((-4, -8), (-9, -12), (-11, -6), (-9, 1), (-2, 4))


def spread_of(moment):
    """How far wings are open."""
    if moment.stride is not None:
        return 0.22 + 0.18 * np.sin(2 * moment.stride)
    if moment.rise:
        beat = (0, 0, 0, 0, 0.0, -0.18, 0.0, 0)[moment.frame]
        return min(1.0, max(0.1, 0.3 + 0.75 * moment.rise)) + beat
    return 0.3 - 0.15 * min(moment.lunge, 0) + 0.35 * max(moment.lunge, 0)


def wing(canvas, look, root, moment, *, dim, front=False, mirror=False):
    """A bat's wing for a dragon, a feathered one for others."""
    share = spread_of(moment)
    folded, spread = (FRONT_FOLDED, FRONT_SPREAD) if front else (FOLDED, SPREAD)
    points = [
        np.asarray(root) + (1 - share) * np.array(a) + share * np.array(b) for a, b in zip(folded, spread, strict=True)
    ]
    if dim and not front:
        points = [point + (-1.5, -0.5) for point in points]
    points = [np.clip(point, 1.2, SIZE - 2.2) for point in points]
    if mirror:
        root, points = flip([root])[0], flip(points)
    wrist, first, second, third, back = points
    root = np.asarray(root, float)

    def between(a, b, inwards):
        """Between two tips the edge hangs towards the wrist."""
        a, b = np.asarray(a), np.asarray(b)
        return (a + b) / 2 + inwards * (np.asarray(wrist) - (a + b) / 2)

    if look.kind == "dragon":
        outline = [root, wrist, first, between(first, second, 0.3), second, between(second, third, 0.3), third]
        canvas.lay(polygon([*outline, between(third, back, 0.25), back], DARK if dim else BASE), MARK)
        for tip in (second, third):
            canvas.lay(strokes([wrist, tip], DARK), MARK, line=False)
        canvas.lay(form([root, wrist, first], (1.0, 0.8, 0.6), dim=dim), COAT, line=False)
        return
    outline = [root, wrist, first, between(first, second, 0.12), second, between(second, third, 0.12), third]
    material = COAT if look.kind == "raven" else MARK
    canvas.lay(polygon([*outline, back], DARK if dim else BASE), material)
    if not dim:
        for tip in (between(first, second, 0), second, between(second, third, 0), third):
            start = np.asarray(wrist) + 0.45 * (np.asarray(tip) - wrist)
            canvas.lay(strokes([start, tip], DARK), material, line=False)
    canvas.lay(form([root, wrist, first], (1.7, 1.3, 0.6), dim=dim), COAT, line=False)
