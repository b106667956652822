"""How figures are put together of solids: materials, patterns, textures, and a bag for the parts."""

import numpy as np

from animkit.data.twins.lit_solids import BALL, BLOCK, LATHE, LIMB, PROFILE, Part

SKIN, HAIR, TOP, BOTTOM, LEATHER, METAL, INK, WHITE, LEAF, STONE, GLOW = MATERIALS = range(11)
# A pattern is (kind, a, b, c, d): where a part has its other material, by the place (x, y, z) in its own frame.
# BAND: y / half length from a to b. STRIPES: sin(a y + b) above c. SPOTS: sin(a x + b) sin(a y + c) sin(a z + d) above
# a quarter. EYES: ellipses c wide about (a, b) and (-a, b), in front. HALF: a z + b x + c y above d.
PLAIN, BAND, STRIPES, SPOTS, EYES, HALF = range(6)
# A texture is (kind, frequency, amplitude): by how much colours grow brighter, around y, across x, or everywhere.
SMOOTH, STRANDS, FOLDS, GRAIN = range(4)
NO_PATTERN, NO_TEXTURE = (PLAIN, 0, 0, 0, 0), (SMOOTH, 0, 0)
UPRIGHT = np.eye(3)


class Figure:
    """Gathers parts; lengths are pixels of a 64-pixel picture, y = 0 is the ground, a figure looks along z."""

    def __init__(self):
        self.parts = []

    def ball(self, centre, size, material, **paint):
        """An ellipsoid of three half lengths."""
        self._add(BALL, centre, size, (), material, **paint)

    def limb(self, start, end, first, second, material, **paint):
        """A round cone from one point to another."""
        y = np.subtract(end, start)
        length = max(np.sqrt(y @ y), 0.1)
        y = y / length
        x = np.cross(y, (0, 0, 1) if abs(y[2]) < 0.9 else (1, 0, 0))
        x = x / np.sqrt(x @ x)
        axes = np.stack([x, y, np.cross(x, y)])
        self._add(LIMB, start, (first, length, second), (), material, turn=axes, **paint)

    def block(self, centre, size, material, *, bevels=(0.2, 0.2, 0.2), **paint):
        """A box of three half lengths with bevelled edges."""
        self._add(BLOCK, centre, size, bevels, material, **paint)

    def lathe(self, foot, radius, height, profile, material, *, depth=None, **paint):
        """A turned body that stands on `foot`; the profile is radii from 0 to 1, from foot to top, evenly spaced."""
        radii = np.interp(np.linspace(0, 1, PROFILE), np.linspace(0, 1, len(profile)), profile)
        turn = paint.get("turn", UPRIGHT)
        centre = np.add(foot, turn[1] * height / 2)
        self._add(LATHE, centre, (radius, height / 2, depth or radius), radii, material, **paint)

    def _add(
        self, kind, centre, size, extra, material, *, turn=UPRIGHT, other=WHITE, pattern=NO_PATTERN, texture=NO_TEXTURE
    ):
        self.parts.append(Part(kind, tuple(centre), turn, tuple(size), tuple(extra), material, other, pattern, texture))


def turned(x=0.0, y=0.0, z=0.0):
    """The axes of a part turned about x, then y, then z, radians."""
    (a, b, c), (d, e, f) = np.cos((x, y, z)), np.sin((x, y, z))
    about_x = np.array([(1, 0, 0), (0, a, d), (0, -d, a)])
    about_y = np.array([(b, 0, -e), (0, 1, 0), (e, 0, b)])
    about_z = np.array([(c, f, 0), (-f, c, 0), (0, 0, 1)])
    return about_x @ about_y @ about_z


def pick(rng, *things):
    """One of several things, each as likely."""
    return things[rng.integers(len(things))]
