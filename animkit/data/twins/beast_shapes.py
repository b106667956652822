"""What a beast is drawn from: lit forms, wings and stamps, laid over one another as codes of material and tone."""

import numpy as np
from PIL import Image, ImageDraw

from animkit.data.twins.pixel_poses import SIZE
from animkit.data.twins.pixel_wardrobe import ACCENT, BASE, DARK, LIGHT, LINE, TRIM, X, Y

# A code is 8 times a material plus a tone; a colouring turns it into a palette index.
COAT, MARK, HORN, FIXED, FIRE = range(5)
MATERIALS = 5
INK_TONE, WHITE_TONE, EYE_TONE, MOUTH_TONE, DEEP_TONE = LIGHT, BASE, DARK, ACCENT, TRIM  # of FIXED

_LETTERS = {
    **{str(tone): 8 * COAT + tone for tone in range(1, 7)},
    **{letter: 8 * MARK + tone for tone, letter in enumerate("abcd", 1)},
    **{letter: 8 * HORN + tone for tone, letter in enumerate("hHgG", 1)},
    **dict(zip("kwyrq", (8 * FIXED + t for t in (INK_TONE, WHITE_TONE, EYE_TONE, MOUTH_TONE, DEEP_TONE)), strict=True)),
    ".": 0,
}


def form(points, radii, *, dim=False, flat=False):
    """A chain of capsules, thicker or thinner along the way, lit from the upper left, as tones (32, 32)."""
    points = np.asarray(points, float)
    radii = np.broadcast_to(np.asarray(radii, float), len(points))
    nearest, facing = np.full((SIZE, SIZE), np.inf), np.zeros((SIZE, SIZE))
    for start, end, wide, to_wide in zip(points[:-1], points[1:], radii[:-1], radii[1:], strict=True):
        way = end - start
        share = (((X - start[0]) * way[0] + (Y - start[1]) * way[1]) / max(way @ way, 1e-9)).clip(0, 1)
        radius = wide + share * (to_wide - wide)
        dx, dy = X - start[0] - share * way[0], Y - start[1] - share * way[1]
        depth = np.hypot(dx, dy) - radius
        closer = depth < nearest
        nearest[closer] = depth[closer]
        facing[closer] = ((0.6 * dx + 0.8 * dy) / np.maximum(radius, 1))[closer]
    tones = np.where(facing > 0.5, DARK, np.where(facing < -0.6, LIGHT, BASE))
    tones = np.where(dim, DARK, np.where(flat, BASE, tones))
    return np.where(nearest <= 0, tones, 0).astype(np.uint8)


def blob(x, y, width, height, *, dim=False):
    """A lit ellipse of half axes `width` and `height`."""
    dx, dy = (X - x) / width, (Y - y) / height
    facing = 0.6 * dx + 0.8 * dy
    tones = np.where(facing > 0.45, DARK, np.where(facing < -0.55, LIGHT, BASE))
    return np.where(dx**2 + dy**2 <= 1, DARK if dim else tones, 0).astype(np.uint8)


def polygon(points, tone=BASE):
    """A filled polygon."""
    picture = Image.new("L", (SIZE, SIZE))
    ImageDraw.Draw(picture).polygon([(round(x), round(y)) for x, y in points], fill=int(tone))
    return np.array(picture, np.uint8)


def strokes(points, tone):
    """A line of one pixel."""
    picture = Image.new("L", (SIZE, SIZE))
    ImageDraw.Draw(picture).line([(round(x), round(y)) for x, y in points], fill=int(tone))
    return np.array(picture, np.uint8)


def read(rows):
    """A stamp: lines of letters as codes (height, width)."""
    lines = rows.split()
    width = max(map(len, lines))
    return np.array([[_LETTERS[letter] for letter in line.ljust(width, ".")] for line in lines], np.uint8)


def mirrored(rows):
    """A stamp of a face from its left half, the last column being the middle; its right half lies in the shade."""
    half = read(rows)
    other = half[:, -2::-1].copy()
    material, tone = other // 8, other % 8
    shaded = np.where((material < FIXED) & (tone == LIGHT), BASE, tone)
    edge = (other > 0) & (np.pad(other, [(0, 0), (0, 1)])[:, 1:] == 0)
    shaded = np.where(edge & (material < FIXED) & (tone == BASE), DARK, shaded)
    return np.concatenate([half, np.where(other > 0, 8 * material + shaded, 0).astype(np.uint8)], axis=1)


def edge_of(solid):
    """The pixels around a drawing."""
    near = np.zeros_like(solid)
    near[1:] |= solid[:-1]
    near[:-1] |= solid[1:]
    near[:, 1:] |= solid[:, :-1]
    near[:, :-1] |= solid[:, 1:]
    return near & ~solid


class Canvas:
    """Where the parts of one frame are laid over one another."""

    def __init__(self):
        self.codes = np.zeros((SIZE, SIZE), np.uint8)

    def lay(self, tones, material=COAT, *, line=True, line_from=0):
        """Lay tones on top; their LINE, from row `line_from` down, shows only over what was painted before."""
        if line:
            tones = np.where(edge_of(tones > 0), LINE, tones)
        seen = (tones > 0) & ((tones != LINE) | ((self.codes > 0) & (line_from <= Y)))
        self.codes = np.where(seen, 8 * material + tones, self.codes).astype(np.uint8)

    def tint(self, where, material, inside):
        """Give the part of the picture at `where` that shows `inside` another material and leave its tones."""
        tones = self.codes % 8
        where = where & (self.codes // 8 == inside) & (tones > 0) & (tones != LINE)
        self.codes = np.where(where, 8 * material + tones, self.codes).astype(np.uint8)

    def stamp(self, codes, x, y, *, line=True):
        """Lay a stamp with its top left corner at (x, y), parted from what is behind it by a line."""
        x, y = round(x), round(y)
        laid = np.zeros((SIZE, SIZE), np.uint8)
        height, width = codes.shape
        top, left, bottom, right = max(y, 0), max(x, 0), min(y + height, SIZE), min(x + width, SIZE)
        if top < bottom and left < right:
            laid[top:bottom, left:right] = codes[top - y : bottom - y, left - x : right - x]
        if line:
            edge = edge_of(laid > 0) & (self.codes > 0)
            self.codes = np.where(edge, 8 * COAT + LINE, self.codes).astype(np.uint8)
        self.codes = np.where(laid > 0, laid, self.codes).astype(np.uint8)

    def inked(self):
        """The codes with ink around the figure, for which a margin is kept free; column 0 stays empty."""
        inside = (X > 1) & (X < SIZE - 1) & (Y > 0) & (Y < SIZE - 1)
        codes = np.where(inside, self.codes, 0)
        codes[edge_of(codes > 0)] = 8 * FIXED + INK_TONE
        return codes
