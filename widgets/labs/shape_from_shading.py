"""Normals from brightness: one light leaves a cone, three settle it, and a prior stands in where there is one."""

from functools import partial

import numpy as np

from animkit.theory import normals as theory
from widgets.parts.figure import COLOURS, LiveFigure, legend_above
from widgets.parts.lab import Lab, choice, slider

SIZE = 32
SHAPES = {"a ball": theory.ball, "a person": theory.person}
SHADES = {"as many as there are": 0, "8 shades": 8, "4 shades": 4, "3 shades": 3}
METHODS = ("smooth, and as bright as seen", "smooth alone: a balloon", "solved from three lights")
LOOKS = (("red", "-"), ("blue", "--"), ("green", "-."))
ROUND = np.linspace(0, 2 * np.pi, 181)

FORMULA = (
    r"$$I=n\cdot l\;\Rightarrow\; n\text{ on a cone around }l\qquad\qquad "
    r"\begin{pmatrix}I_1\\I_2\\I_3\end{pmatrix}=\rho\begin{pmatrix}l_1\\l_2\\l_3\end{pmatrix}n\;\Rightarrow\;"
    r"\rho n=L^{-1}I\qquad\qquad \min_n\;\textstyle\sum(I-n\cdot l)^2+\lVert\nabla n\rVert^2$$"
    "<p>One brightness, two unknowns: all normals of a cone are as bright. Three lights, one at a time, cross their "
    "cones in one point, and give the albedo as well. A sprite has one light, so something else must choose: a "
    "<i>prior</i>. The oldest says that surfaces are smooth and turn away at the silhouette: good for a ball, poor for "
    "a person, whose arm begins where the body ends. A network learns its prior from shapes.</p>"
)
PRESETS = {
    "one light, a ball, the smooth prior": {"shape": "a ball", "lights": 1, "method": METHODS[0]},
    "the same of a person": {"shape": "a person", "lights": 1, "method": METHODS[0]},
    "a balloon: no light looked at": {"shape": "a person", "lights": 1, "method": METHODS[1]},
    "two lights: two points are left": {"shape": "a ball", "lights": 2, "method": METHODS[0]},
    "three lights": {"shape": "a person", "lights": 3, "method": METHODS[2]},
    "three lights, painted in four shades": {"shape": "a person", "lights": 3, "method": METHODS[2], "shades": 4},
}


def _colours(normals, mask):
    """Normals as a normal map shows them, (h, w, 3), white outside."""
    return np.where(mask[..., None], (normals + 1) / 2, 1.0)


def _angles(one, other):
    """Degrees between unit normals (..., 3)."""
    return np.degrees(np.arccos(np.clip((one * other).sum(axis=-1), -1.0, 1.0)))


class _Picture:
    """Up to three lit pictures; one pixel's cones on the disc of normals; normals found, true, and their angle."""

    def __init__(self):
        self.figure = LiveFigure(
            "Top left: the surface under up to three lights, with one pixel marked. Right: the disc of all normals that"
            " face the viewer, and on it for each light a curve of those that are as bright as the pixel; the true one"
            " lies where the curves cross. Bottom left: normals found and true, as colours, and the angle between.",
            mosaic=[["light 1", "light 2", "light 3", "disc"], ["found", "true", "error", "disc"]],
            height=430,
            ratios=[1, 1, 1, 2.1],
        )
        axes, moving = self.figure.axes, self.figure.moving
        self.images = {}
        for name in ("light 1", "light 2", "light 3", "found", "true", "error"):
            axes[name].set_title("error to 60°" if name == "error" else name)
            axes[name].axis("off")
            look = (
                {"cmap": "magma", "vmin": 0, "vmax": 60} if name == "error" else {"cmap": "gray", "vmin": 0, "vmax": 1}
            )
            self.images[name] = moving(axes[name].imshow(np.full((SIZE, SIZE), np.nan), **look))
        self.marker = moving(axes["light 1"].plot([0], [0], "s", ms=8, mfc="none", mec=COLOURS["red"], mew=2)[0])
        disc = axes["disc"]
        disc.plot(np.cos(ROUND), np.sin(ROUND), color="0.6", lw=1)
        self.cones = [
            moving(disc.plot([0], [0], style, color=COLOURS[colour], lw=2.5, label=f"light {number + 1}")[0])
            for number, (colour, style) in enumerate(LOOKS)
        ]
        self.lamps = [moving(disc.plot([0], [0], "*", ms=13, color=COLOURS[c], mec="k")[0]) for c, _ in LOOKS]
        self.true = moving(disc.plot([0], [0], "o", ms=11, color=COLOURS["black"], label="true")[0])
        self.found = moving(disc.plot([0], [0], "X", ms=11, color=COLOURS["orange"], mec="k", label="found")[0])
        disc.set(xlim=(-1.05, 1.05), ylim=(-1.05, 1.05), aspect="equal", xlabel="n, to the right", ylabel="n, upwards")
        legend_above(disc, ncols=3)

    def show(self, maps, shades, place, lights):
        """Maps found and true with their angles and mask, brightness (lights, h, w), a pixel and the lights."""
        found, true, angles, mask = maps
        row, column = place
        for number in range(3):
            there = number < len(lights)
            picture = np.where(mask, shades[number], np.nan) if there else np.full(mask.shape, np.nan)
            self.images[f"light {number + 1}"].set_data(picture)
            for artist in (self.cones[number], self.lamps[number]):
                artist.set_visible(there)
            if there:
                ring = theory.cone(lights[number], min(float(shades[number][row, column]), 1.0))
                # what faces away cannot be seen, so the curve breaks off there
                self.cones[number].set_data(*np.where(ring[:, 2] >= 0, ring[:, :2].T, np.nan))
                self.lamps[number].set_data(*lights[number][:2, None])
        for name, normals in (("found", found), ("true", true)):
            self.images[name].set_data(_colours(normals, mask))
        self.images["error"].set_data(np.where(mask, angles, np.nan))
        self.marker.set_data([column], [row])
        self.true.set_data(*true[row, column, :2, None])
        self.found.set_data(*found[row, column, :2, None])
        self.figure.update()


def _painted(shades, count):
    """Brightness in so many even steps, as pixel art has it; 0 leaves it."""
    return np.where(shades > 0, (np.ceil(shades * count) - 0.5) / count, 0.0) if count else shades


def _found(shape, lights, method, spread, azimuth, shades):
    """Maps found and true, the angle between, NaN where nothing was found, and the mask; brightness; the lights."""
    _, true, mask = SHAPES[shape](SIZE)
    towards = np.stack([theory.towards(azimuth + 120 * number, 90 - spread) for number in range(lights)])
    seen = _painted(np.maximum(np.moveaxis(true @ towards.T, -1, 0), 0.0), shades)
    if method == METHODS[2]:
        found, _, solved = theory.photometric_stereo(seen, towards)
    else:
        found, solved = theory.with_prior(seen, towards, mask, weight=0.0 if method == METHODS[1] else 1.0), mask
    return (found, true, np.where(solved & mask, _angles(found, true), np.nan), mask), seen, towards


def _update(picture, kept, row, column, **task):
    if task["method"] == METHODS[2] and task["lights"] < 3:
        raise ValueError(
            f"it takes three lights to solve for a normal, there is no more than {task['lights']}: add one"
        )
    if kept.get("task") != task:  # no pixel that is pointed at changes what was found
        kept["task"], kept["made"] = task, _found(**task)
    maps, seen, towards = kept["made"]
    _, true, angles, mask = maps
    rows, columns = np.nonzero(mask)
    nearest = np.argmin((rows - row) ** 2 + (columns - column) ** 2)  # of the figure's pixels
    place = rows[nearest], columns[nearest]
    picture.show(maps, seen, place, towards)
    judged = angles[np.isfinite(angles)]
    flat = _angles(true, np.array([0.0, 0.0, 1.0]))[mask].mean()
    shining = sum(one[place] > 0 for one in seen)
    left = ("all that look away", "a whole cone", "the two where the cones cross", "one")[shining]
    return (
        f"At row {place[0]}, column {place[1]} the brightness is "
        f"{', '.join(f'{one[place]:.3f}' for one in seen)}: of all normals that leaves {left}.<br>"
        f"Found normals are off by <b>{judged.mean():.2f}</b>° on average over "
        f"<b>{100 * len(judged) / mask.sum():.0f}</b> % of the figure; saying that all face you, by {flat:.2f}°."
    )


def _idle(method, lights, **_):
    return {"lights": "to solve for a normal takes all three"} if method == METHODS[2] and lights == 3 else {}


def _drag(lab, x, y, phase):
    lab.set(row=int(np.clip(round(y), 0, SIZE - 1)), column=int(np.clip(round(x), 0, SIZE - 1)))


def shape_from_shading(
    *, shape="a ball", lights=3, method=METHODS[0], spread=35, azimuth=135, shades=0, row=9, column=18
):
    """Make the lab of normals from brightness: cones, three lights, and a prior.

    Args:
        shape: of SHAPES.
        lights: from 1 to 3, which shine one at a time.
        method: by which normals are found, of METHODS.
        spread: of the lights, degrees away from the viewer.
        azimuth: of the first light, degrees; the others stand a third of a circle apart.
        shades: in how many steps brightness is painted, 0 for as many as there are.
        row, column: the pixel whose cones are drawn; the figure's nearest is taken.

    Returns:
        Lab.

    Source: Horn 1970; Woodham 1980; Ikeuchi and Horn 1981.
    """
    picture = _Picture()
    whole = {"step": 1, "integer": True}
    controls = {
        "shape": choice("surface", "What is lit", [*SHAPES], shape),
        "lights": slider("lights", "How many pictures, each with a light of its own", lights, 1, 3, **whole),
        "method": choice("normals are", "How they are found", METHODS, method),
        "spread": slider("away from you, degrees", "Of all lights", spread, 5, 60, **whole),
        "azimuth": slider("first from, degrees", "0 right, 90 above, 180 left", azimuth, 0, 360, **whole),
        "shades": choice("brightness in", "Steps in which it is painted", [*SHADES.items()], shades),
        "row": slider("pixel's row", "Or drag over the picture of light 1", row, 0, SIZE - 1, **whole),
        "column": slider("pixel's column", "Or drag over the picture of light 1", column, 0, SIZE - 1, **whole),
    }
    lab = Lab(
        "Normals from brightness",
        "light_lab.shape_from_shading",
        controls,
        partial(_update, picture, {}),
        figure=picture.figure,
        formula=FORMULA,
        presets=PRESETS,
        idle=_idle,
    )
    lab.drag = picture.figure.on_pointer(partial(_drag, lab), axes=picture.figure.axes["light 1"])
    return lab
