"""Made-up creatures on four legs that walk, eat and jump: own sprite sheets for those who have none at hand."""

from typing import NamedTuple

import numpy as np
from scipy import ndimage

SIZE, GROUND = 32, 29  # pixels a side; the row of the soles, the outline runs below it
ROUNDS = {"walk": 8, "eat": 6, "jump": 7}  # frames of each action

# light, base, dark and outline of each coat
COATS = """
ffd89a f0a75a c4723a 5a2b22
d9c7b0 ab8f76 7b624f 3a2a26
f4f1e4 cfcbc0 9a98a0 3f3d4c
b9e07f 7fb455 4a7f47 1f3b33
bfe3f5 7db4dc 4b7db4 22345f
e7b7ea b97fcb 80519b 3d2355
ff9f8a e0605a a43a4a 4a1a30
8f93a8 5f637c 40435c 1b1c2c
"""
# light and dark of each marking
MARKS = "fff6dd dccbaa  5b3a2e 3f2622  ffe066 d9a432  f6f6ff c3c6dc"
OTHERS = "15131c fbfaf2 efe3c2 b59f7a 2b2430 e58fa0"  # ink, white, horn light and dark, hoof, tongue
INK, WHITE, HORN, HORN_DARK, HOOF, TONGUE = range(1, 7)
_CODES = [*OTHERS.split(), *COATS.split(), *MARKS.split()]
PALETTE = np.array([(0, 0, 0, 0), *((*bytes.fromhex(code), 255) for code in _CODES)], np.uint8)
_COATS, _MARKS = 7, 7 + 4 * 8  # where their colours begin

EARS = ("pointed", "floppy", "horns", "antlers")
TAILS = ("long", "bushy", "stub", "tuft")
PATTERNS = ("plain", "spots", "stripes", "belly", "saddle")
Y, X = np.mgrid[:SIZE, :SIZE]


class Creature(NamedTuple):
    """What tells creatures apart."""

    coat: int  # of 8
    mark: int  # of 4
    pattern: str  # of PATTERNS
    ears: str  # of EARS
    tail: str  # of TAILS
    stout: int  # 0 slender, 1 stout


class Stance(NamedTuple):
    """One frame: shifts from standing, in pixels; x grows to where the creature looks, y downwards."""

    body: tuple = (0, 0)
    head: tuple = (0, 0)
    feet: tuple = ((0, 0),) * 4  # near hind, near fore, far hind, far fore
    pitch: float = 0.0  # how much higher the hind part is
    tail: float = 0.0
    bite: bool = False


def stances(action):
    """How a creature stands in each frame of an action.

    Args:
        action: of ROUNDS.

    Returns:
        list of Stance.
    """
    if action == "walk":
        return [_stride(2 * np.pi * frame / 8) for frame in range(8)]
    if action == "eat":
        down = (0.0, 0.6, 1.0, 1.0, 1.0, 0.55)
        return [
            Stance(head=(1.5 * share, 11 * share), pitch=1.5 * share, tail=np.sin(2 * i), bite=i in (2, 4))
            for i, share in enumerate(down)
        ]
    crouch = Stance((0, 3), (0, 3), tail=-1)
    rise = Stance((1, -2), (1, -2), ((-3, -1), (3, -4), (-4, 0), (2, -5)), pitch=-2.5, tail=-2)
    high = Stance((1, -4), (1, -2), ((-2, -5), (3, -6), (-4, -5), (1, -6)), tail=0)
    fall = Stance((1, -2), (1, -1), ((-3, -5), (2, -1), (-4, -5), (1, 0)), pitch=2.5, tail=2)
    return [Stance(), crouch, rise, high, fall, crouch._replace(tail=1), Stance((0, 1), (0, 1))]


def _stride(phase):
    """A walk: the feet one after another, a quarter of the round apart."""
    feet = []
    for offset in (0.0, 0.5, 1.0, 1.5):
        angle = phase + np.pi * offset
        feet.append((2.6 * np.cos(angle), -2.4 * max(0.0, -np.sin(angle))))
    near_hind, near_fore, far_hind, far_fore = feet
    bob = 0.6 * np.cos(2 * phase)
    return Stance((0, bob), (0.5 * np.cos(2 * phase), 1.3 * bob), (near_hind, near_fore, far_hind, far_fore), 0, bob)


def draw_creatures(count, *, seed=0):
    """Draw creatures that differ in coat, markings, ears, tail and build.

    Args:
        count: how many, at most 1,000.
        seed: which ones.

    Returns:
        dict: name -> dict: action -> (frames, 32, 32, 4) uint8 RGBA, as `read_sprite_sheet` gives of a file.
    """
    choices = (range(8), range(4), PATTERNS, EARS, TAILS, range(2))
    drawn = np.random.default_rng(seed).permutation(np.prod([len(part) for part in choices]))[:count]
    places = zip(*np.unravel_index(drawn, [len(part) for part in choices]), strict=True)
    creatures = [Creature(*(part[i] for part, i in zip(choices, place, strict=True))) for place in places]
    return {
        f"creature_{number:02d}": {
            action: PALETTE[np.stack([_draw(creature, stance) for stance in stances(action)])] for action in ROUNDS
        }
        for number, creature in enumerate(creatures)
    }


def _ellipse(x, y, width, height):
    return ((X - x) / width) ** 2 + ((Y - y) / height) ** 2 <= 1


def _limb(points, thick):
    """Straight pieces from point to point, as thick as told at each end: a mask."""
    mask = np.zeros((SIZE, SIZE), bool)
    for (x, y), (to_x, to_y), wide, to_wide in zip(points, points[1:], thick, thick[1:], strict=False):
        across, down = to_x - x, to_y - y
        share = (((X - x) * across + (Y - y) * down) / max(across**2 + down**2, 1e-9)).clip(0, 1)
        mask |= np.hypot(X - x - share * across, Y - y - share * down) <= wide + share * (to_wide - wide)
    return mask


def _shaded(canvas, mask, ramp):
    """Lay a form over the canvas: light along its upper edge, dark along its lower one."""
    light, base, dark = ramp
    depth = mask.cumsum(axis=0) * mask
    height = mask.sum(axis=0)
    canvas[mask] = base
    canvas[mask & (depth <= 1 + height // 6)] = light
    canvas[mask & (depth > height - np.maximum(1, height // 4)) & (height > 2)] = dark


def _draw(creature, stance):
    """One frame, (32, 32) palette indices."""
    light, base, dark, line = (_COATS + 4 * creature.coat + shade for shade in range(4))
    mark, mark_dark = (_MARKS + 2 * creature.mark + shade for shade in range(2))
    coat, canvas = (light, base, dark), np.zeros((SIZE, SIZE), np.uint8)
    (dx, dy), (hx, hy) = stance.body, stance.head
    thick = 4.4 + 0.9 * creature.stout
    hind, fore = (9.0 + dx, 19.0 + dy - stance.pitch), (18.0 + dx, 18.5 + dy + stance.pitch)
    head = (24.0 + dx * 0.5 + hx, 11.5 + hy)

    for hip, foot in zip((hind, fore), stance.feet[2:], strict=True):
        _leg(canvas, hip, (hip[0] - dx - 1.2 + foot[0], GROUND + foot[1]), (dark, dark, line), hip is hind)
    _tail(canvas, creature, (hind[0] - 4.5, hind[1] - 1.5), stance.tail, coat, (mark, mark, mark_dark))
    neck = _limb([(fore[0] + 0.5, fore[1] - 1.5), (head[0] - 1.5, head[1] + 0.5)], (3.6, 2.8))
    trunk = _limb([hind, fore], (thick, thick - 0.3))
    _shaded(canvas, neck, coat)
    _shaded(canvas, trunk, coat)
    canvas[neck & ~trunk & (canvas == dark)] = base
    _pattern(canvas, creature, trunk, hind, fore, mark, mark_dark)
    for hip, foot, aside in zip((hind, fore), stance.feet[:2], (1.0, 1.4), strict=True):
        place = hip[0] + aside, hip[1] + 0.5
        _leg(canvas, place, (hip[0] - dx + aside + foot[0], GROUND + foot[1]), coat, hip is hind)
    _head(canvas, creature, head, stance, coat, line, (mark, mark_dark))

    inside = canvas > 0
    edge = ndimage.binary_dilation(inside) & ~inside
    canvas[edge] = line
    return canvas


def _leg(canvas, hip, foot, ramp, hind):
    """A leg with a knee, bent the more the nearer the foot is to the hip, on a hoof."""
    light, base, dark = ramp
    reach = np.hypot(foot[0] - hip[0], foot[1] - hip[1])
    bend = np.sqrt(max(0.0, 11.5**2 - reach**2)) / 3 * (-1 if hind else 1)
    knee = (0.45 * hip[0] + 0.55 * foot[0] + bend, 0.45 * hip[1] + 0.55 * foot[1])
    mask = _limb([hip, knee, foot], (2.6 if hind else 2.2, 1.35, 1.2)) & (Y <= GROUND)
    canvas[mask] = base
    canvas[mask & ~np.roll(mask, 1, axis=1)] = dark
    sole = mask & (np.hypot(X - foot[0], Y - foot[1]) <= 1.6) & (foot[1] - 0.6 <= Y)
    canvas[sole] = HOOF


def _tail(canvas, creature, root, swing, coat, tip):
    x, y = root
    if creature.tail == "stub":
        _shaded(canvas, _ellipse(x, y, 1.8, 1.8), coat)
    elif creature.tail == "bushy":
        _shaded(canvas, _limb([(x + 1, y), (x - 2.5, y - 3 - swing), (x - 2, y - 6 - swing)], (1.5, 2.5, 1.3)), coat)
        _shaded(canvas, _ellipse(x - 2, y - 6.2 - swing, 1.5, 1.4), tip)
    elif creature.tail == "long":
        way = [(x + 1, y), (x - 2.5, y + 1), (x - 3.5, y - 3 + swing), (x - 2.5, y - 7 + swing)]
        canvas[_limb(way, (1.1, 1.0, 0.9, 0.9))] = coat[1]
    else:
        canvas[_limb([(x + 1, y), (x - 2, y + 2), (x - 2.5 - 0.5 * swing, y + 5)], (1.0, 0.9, 0.8))] = coat[1]
        _shaded(canvas, _ellipse(x - 2.6 - 0.5 * swing, y + 6.5, 1.5, 2.0), tip)


def _pattern(canvas, creature, trunk, hind, fore, mark, mark_dark):
    middle = (hind[0] + fore[0]) / 2, (hind[1] + fore[1]) / 2
    if creature.pattern == "spots":
        spots = [(-5, -2, 1.6), (-1, -3, 1.2), (2.5, -0.5, 1.7), (-2.5, 1.2, 1.2), (6, -2.5, 1.2)]
        where = np.any([_ellipse(middle[0] + x, middle[1] + y, r, r) for x, y, r in spots], axis=0)
    elif creature.pattern == "stripes":
        where = ((X - np.rint(middle[0])).astype(int) % 4 == 0) & (middle[1] + 1.5 > Y)
    elif creature.pattern == "belly":
        where = middle[1] + 1.5 < Y
    elif creature.pattern == "saddle":
        where = _ellipse(*np.subtract(middle, (0, 4)), 5.5, 4.5)
    else:
        return
    where = where & trunk
    canvas[where] = mark
    canvas[where & (middle[1] + 2 < Y)] = mark_dark


def _head(canvas, creature, head, stance, coat, line, marks):
    x, y = np.rint(head)
    light, base, dark = coat
    if creature.ears == "antlers":
        canvas[_limb([(x - 2, y - 3), (x - 3, y - 6), (x - 5, y - 7)], (0.7, 0.6, 0.5))] = HORN_DARK
        canvas[_limb([(x - 1, y - 3), (x, y - 6.5), (x + 2, y - 8)], (0.7, 0.6, 0.5))] = HORN
        canvas[_limb([(x, y - 6), (x - 1.5, y - 8)], (0.5, 0.5))] = HORN
    elif creature.ears == "horns":
        canvas[_limb([(x - 1.5, y - 2.5), (x - 3.5, y - 5), (x - 3, y - 7)], (1.1, 0.9, 0.5))] = HORN
        canvas[_limb([(x - 2.5, y - 2.5), (x - 4.5, y - 4.5)], (0.7, 0.5))] = HORN_DARK
    elif creature.ears == "pointed":
        canvas[_limb([(x - 3, y - 2), (x - 3.5, y - 5.5)], (1.5, 0.4))] = dark
        canvas[_limb([(x - 0.5, y - 2.5), (x - 1, y - 6.5)], (1.6, 0.4))] = base
        canvas[int(y) - 4, int(x) - 1] = marks[0]
    _shaded(canvas, _ellipse(x - 0.5, y, 3.8, 3.5), coat)
    muzzle = _ellipse(x + 2.6, y + 1.4, 2.5, 1.9)
    _shaded(canvas, muzzle, (light, marks[0], marks[1]) if creature.pattern in ("belly", "saddle") else coat)
    canvas[int(y) + 1, int(x) + 4] = INK  # the nose
    canvas[int(y) - 1 : int(y) + 1, int(x) + 1] = INK
    canvas[int(y) - 1, int(x)] = WHITE
    if stance.bite:
        canvas[int(y) + 3, int(x) + 2 : int(x) + 5] = TONGUE
    if creature.ears == "floppy":
        canvas[_limb([(x - 2.5, y - 2), (x - 4, y + 1), (x - 3.6, y + 3)], (1.3, 1.6, 1.2))] = dark
        canvas[_limb([(x - 2.5, y - 2.4), (x - 3, y - 1)], (0.8, 0.6))] = base
