"""Why a sprite is ambiguous: a flattened, slanted surface under another light gives the very same picture."""

from functools import partial

import numpy as np

from animkit.theory import normals as surfaces
from animkit.theory.shading import bas_relief as other_surface
from widgets.parts.figure import COLOURS, LiveFigure, legend_above
from widgets.parts.lab import Lab, choice, slider

SIZE = 48
SHAPES = {"a ball": surfaces.ball, "a person": surfaces.person}
STRENGTH = 0.75  # of the light on the first surface

FORMULA = (
    r"$$\bar h=\lambda h+\mu x+\nu y,\qquad \bar l=G\,l,\qquad \bar\rho\,\bar n=\rho\,G^{-\top}n,\qquad "
    r"G=\begin{pmatrix}1&0&0\\0&1&0\\\mu&\nu&\lambda\end{pmatrix}\;\Rightarrow\;"
    r"\bar\rho\,\bar n\cdot\bar l=\rho\,n^{\top}G^{-1}G\,l=\rho\,n\cdot l$$"
    "<p>Flatten a surface by λ and slant it by μ and ν, paint it anew and turn the light: the picture stays the same "
    "in every pixel. A relief on a coin looks round for this reason, and no look at one picture tells which it was. "
    "Only when the lamp moves do the two part.</p>"
)
PRESETS = {
    "a coin: a quarter of the height": {"flatten": 0.25, "slant_right": 0.0, "slant_up": 0.0},
    "twice as high": {"flatten": 2.0, "slant_right": 0.0, "slant_up": 0.0},
    "slanted": {"flatten": 1.0, "slant_right": 0.5, "slant_up": -0.3},
    "the same surface": {"flatten": 1.0, "slant_right": 0.0, "slant_up": 0.0},
    "now the lamp moves": {"flatten": 0.25, "turn": 45},
}


def _lit(seen, light):
    """The picture of a surface (height, albedo, mask) under a light (3,); NaN outside, where nothing is drawn."""
    height, albedo, mask = seen
    return np.where(mask, surfaces.pictured(height, albedo, light, mask), np.nan)


class _Picture:
    """Both surfaces cut through the middle, their two pictures under their own lights, and under one moved lamp."""

    def __init__(self):
        self.figure = LiveFigure(
            "Left: both surfaces cut through the middle. Middle: the picture of each under a light of its own, which"
            " are the same. Right: the picture of each after both lamps were carried around the figure by the same"
            " angle; they differ unless the angle is 0.",
            mosaic=[["cut", "one", "one_turned"], ["cut", "other", "other_turned"]],
            height=420,
            ratios=[1.5, 0.8, 0.8],
        )
        axes, moving = self.figure.axes, self.figure.moving
        cut = axes["cut"]
        self.cuts = [
            moving(cut.plot([0], [0], style, color=COLOURS[colour], lw=3, label=said)[0])
            for style, colour, said in (("-", "black", "the surface"), ("--", "red", "another one"))
        ]
        cut.set(xlim=(0, SIZE - 1), ylim=(-28, 48), xlabel="column, pixels", ylabel="height, pixels")
        legend_above(cut)
        titles = {
            "one": "its picture",
            "other": "the other's",
            "one_turned": "lamp moved",
            "other_turned": "lamp moved",
        }
        self.images = {}
        for name, title in titles.items():
            axes[name].set_title(title)
            axes[name].axis("off")
            image = axes[name].imshow(np.zeros((SIZE, SIZE)), cmap="gray", vmin=0, vmax=1)
            self.images[name] = moving(image)

    def show(self, heights, mask, pictures):
        """Heights of both (2, h, w), the mask, and the four pictures by name."""
        row = SIZE // 2
        for line, height in zip(self.cuts, heights, strict=True):
            line.set_data(np.arange(SIZE), np.where(mask[row], height[row], np.nan))
        for name, picture in pictures.items():
            self.images[name].set_data(picture)
        self.figure.update()


def _update(picture, shape, flatten, slant_right, slant_up, azimuth, elevation, turn):
    height, _, mask = SHAPES[shape](SIZE)
    albedo = np.ones(mask.shape)
    slant = (slant_right, slant_up)
    second, painted, turned = other_surface(height, albedo, slant=slant, flatten=flatten, mask=mask)
    light = STRENGTH * surfaces.towards(azimuth, elevation)
    both = (height, albedo, mask), (second, painted, mask)
    moved = _around(turn)
    pictures = {
        "one": _lit(both[0], light),
        "other": _lit(both[1], turned @ light),
        "one_turned": _lit(both[0], moved @ light),
        "other_turned": _lit(both[1], moved @ turned @ light),
    }
    picture.show((height, second), mask, pictures)
    same, parted = (
        np.nanmax(np.abs(pictures[one] - pictures[other]))
        for one, other in (("one", "other"), ("one_turned", "other_turned"))
    )
    cosine = light @ turned @ light / np.linalg.norm(light) / np.linalg.norm(turned @ light)
    angle = np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))
    return (
        f"The light of the other surface is {angle:.1f}° away from the first's, and its albedo runs from "
        f"{painted[mask].min():.2f} to {painted[mask].max():.2f}.<br>"
        f"The two pictures differ by <b>{same:.1e}</b> at most. With both lamps carried around by {turn:.0f}°: "
        f"by <b>{parted:.3f}</b>."
    )


def _around(degrees):
    """Turn directions about the upright axis, to the right, (3, 3)."""
    turn = np.radians(degrees)
    return np.array([[np.cos(turn), 0, np.sin(turn)], [0, 1.0, 0], [-np.sin(turn), 0, np.cos(turn)]])


def bas_relief(*, shape="a ball", flatten=0.5, slant_right=0.3, slant_up=0.0, azimuth=135, elevation=50, turn=0):
    """Make the lab of the bas-relief ambiguity: two surfaces, two lights, one picture.

    Args:
        shape: of the first surface, of SHAPES.
        flatten: by what the other's heights are multiplied, lambda.
        slant_right: slope of the plane that is added, mu.
        slant_up: the same upwards, nu.
        azimuth, elevation: of the first surface's light, degrees, as in the lab of Lambert's law.
        turn: by which both lamps are then carried to the right around the figure, degrees.

    Returns:
        Lab.

    Source: Belhumeur, Kriegman and Yuille 1999.
    """
    picture = _Picture()
    whole = {"step": 1, "integer": True}
    controls = {
        "shape": choice("surface", "What the first picture shows", [*SHAPES], shape),
        "flatten": slider("heights times λ", "Below 1 flatter, above 1 higher", flatten, 0.1, 2.0, 0.05),
        "slant_right": slider("slant to the right μ", "Slope that is added", slant_right, -1.0, 1.0, 0.05),
        "slant_up": slider("slant upwards ν", "Slope that is added", slant_up, -1.0, 1.0, 0.05),
        "azimuth": slider("light from, degrees", "0 right, 90 above, 180 left", azimuth, 0, 360, **whole),
        "elevation": slider("elevation, degrees", "90 where you are", elevation, 10, 90, **whole),
        "turn": slider("lamps carried by, degrees", "Both, to the right around the figure", turn, -60, 60, **whole),
    }
    return Lab(
        "One picture, two surfaces",
        "light_lab.bas_relief",
        controls,
        partial(_update, picture),
        figure=picture.figure,
        formula=FORMULA,
        presets=PRESETS,
        idle=lambda elevation, **_: {"azimuth": "the light stands where you are"} if elevation == 90 else {},
    )
