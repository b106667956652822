"""Lambert's law: a matte surface gives back n . l, so a ball tells where the light is, and a sprite can be lit."""

from functools import partial

import numpy as np
from matplotlib.patches import Polygon

from animkit.theory import normals as surfaces
from animkit.theory.shading import Lamp, shade
from widgets.parts.figure import COLOURS, LiveFigure, legend
from widgets.parts.lab import Lab, slider

SIZE = 48
ANGLES = np.linspace(0.0, 180.0, 181)
CLOTH = {"head": (0.93, 0.74, 0.56), "body": (0.35, 0.55, 0.85), "legs": (0.55, 0.42, 0.35)}
NIGHT = (0.17, 0.18, 0.25)  # behind them, so that a rim of light is seen
BEAM = 0.5  # of its width, where the ground is 2 wide

FORMULA = (
    r"$$I=\text{albedo}\cdot\big(\underbrace{a}_{\text{ambient}}+\underbrace{\max(n\cdot l,0)}_{\text{diffuse}}\big)"
    r"+\underbrace{k\,\max(n\cdot h,0)^{s}}_{\text{highlight}},\qquad n\cdot l=\cos\angle(n,l),\quad "
    r"h=\frac{l+v}{\lVert l+v\rVert}$$"
    "<p>A beam as wide as 1 that arrives at an angle is spread over 1/cos of the ground: at 60° over twice as much, so "
    "each place gets half. A matte surface sends what it gets evenly to all sides, so the viewer v plays no part; a "
    "polished one mirrors it, best where n halves the angle between l and v.</p>"
)
PRESETS = {
    "from the viewer": {"azimuth": 90, "elevation": 90},
    "60° away from the viewer: half": {"azimuth": 90, "elevation": 30},
    "from the left": {"azimuth": 180, "elevation": 20},
    "from behind: a rim": {"azimuth": 60, "elevation": -25, "ambient": 0.15},
    "polished": {"azimuth": 120, "elevation": 50, "specular": 0.7, "shininess": 30},
    "ambient light alone is flat": {"elevation": -90, "ambient": 0.8},
}


def _albedo(mask):
    """The person's flat colours, (h, w, 3): skin, cloth and legs, as a sprite without shading has them."""
    row = np.indices(mask.shape)[0] / SIZE
    colours = np.where(row[..., None] < 0.41, CLOTH["head"], CLOTH["body"])
    return np.where(row[..., None] > 0.76, CLOTH["legs"], colours)


class _Picture:
    """A beam on the ground, the cosine, and under the same light a ball and a person."""

    def __init__(self):
        self.ball, self.person = surfaces.ball(SIZE), surfaces.person(SIZE)
        self.albedos = (np.full((SIZE, SIZE, 3), 0.85), _albedo(self.person[2]))
        self.figure = LiveFigure(
            "Left: a beam of light falls onto the ground and covers more of it the flatter it comes; below, the cosine"
            " of the angle with the present one marked. Middle: a ball under the same light, on which the light can be"
            " dragged. Right: a small person under it.",
            mosaic=[["beam", "ball", "person"], ["cosine", "ball", "person"]],
            height=360,
            ratios=[1.0, 1.05, 1.05],
        )
        axes, moving = self.figure.axes, self.figure.moving
        beam, cosine = axes["beam"], axes["cosine"]
        self.beam = moving(beam.add_patch(Polygon(np.zeros((4, 2)), fc=COLOURS["yellow"], ec=COLOURS["orange"])))
        beam.plot([-1.6, 1.6], [0, 0], color=COLOURS["black"], lw=2)
        self.covered = moving(beam.plot([0, 0], [-0.05, -0.05], color=COLOURS["orange"], lw=6)[0])
        self.said = moving(beam.text(0, -0.32, "", ha="center"))
        beam.set(xlim=(-1.6, 1.6), ylim=(-0.45, 1.2), aspect="equal")
        beam.axis("off")
        cosine.plot(
            ANGLES, np.maximum(np.cos(np.radians(ANGLES)), 0), color=COLOURS["black"], lw=2.5, label="max(cos, 0)"
        )
        cosine.plot([60, 60], [0, 0.5], ":", color="0.5")
        cosine.plot([0, 60], [0.5, 0.5], ":", color="0.5")
        self.now = moving(cosine.plot([0], [0], "o", ms=11, color=COLOURS["red"], label="facing you")[0])
        cosine.set(xlim=(0, 180), ylim=(0, 1.08), xlabel="angle between n and l, degrees", ylabel="n · l")
        cosine.set_xticks([0, 60, 90, 120, 180])
        legend(cosine, loc="upper right")
        self.images = []
        for name, title in (("ball", "drag the light over the ball"), ("person", "a sprite with normals")):
            axes[name].set_title(title)
            axes[name].axis("off")
            self.images.append(moving(axes[name].imshow(np.zeros((SIZE, SIZE, 3)))))
        self.towards = moving(axes["ball"].plot([0], [0], "*", ms=16, color=COLOURS["yellow"], mec="k")[0])

    def show(self, light, ambient, specular, shininess):
        """Light everything from one direction (3,), with white ambient light and a highlight."""
        angle = np.degrees(np.arccos(np.clip(light[2], -1.0, 1.0)))
        share = max(light[2], 0.0)
        wide = BEAM / max(share, 0.05)
        lean = np.array([np.sin(np.radians(angle)), np.cos(np.radians(angle))]) * 2.0
        self.beam.set_visible(share > 0)
        self.covered.set_visible(share > 0)
        self.beam.set_xy([(-wide / 2, 0), (wide / 2, 0), (wide / 2 + lean[0], lean[1]), (-wide / 2 + lean[0], lean[1])])
        self.covered.set_xdata([-wide / 2, wide / 2])
        self.said.set_text(f"covers {1 / share:.2f} of its width" if share > 0.05 else "hardly, or not, lit")
        self.now.set_data([angle], [share])
        for image, (_, normals, mask), albedo in zip(self.images, (self.ball, self.person), self.albedos, strict=True):
            lit = shade(
                albedo,
                normals,
                [Lamp(direction=tuple(light))],
                ambient=(ambient,) * 3,
                specular=specular,
                shininess=shininess,
            )
            image.set_data(np.where(mask[..., None], lit, NIGHT))
        middle, radius = (SIZE - 1) / 2, 0.44 * SIZE
        self.towards.set_data([middle + radius * light[0]], [middle - radius * light[1]])
        self.figure.update()


def _update(picture, azimuth, elevation, ambient, specular, shininess):
    light = np.round(surfaces.towards(azimuth, elevation), 12) + 0.0  # no −0
    picture.show(light, ambient, specular, shininess)
    _, normals, mask = picture.person
    dark = float((normals[mask] @ light <= 0).mean())
    return (
        f"l = ({light[0]:+.2f}, {light[1]:+.2f}, {light[2]:+.2f}). What faces you, n = (0, 0, 1), is "
        f"{abs(90 - elevation):.0f}° away from the light: n · l = <b>{max(light[2], 0.0):.4f}</b>, and with the "
        f"ambient light {min(max(light[2], 0.0) + ambient, 1.0):.2f}.<br>"
        f"<b>{100 * dark:.0f}</b> % of the person look away from the light, n · l ≤ 0: ambient light alone."
    )


def _idle(elevation, specular, **_):
    behind = elevation == -90
    idle = {"azimuth": f"the light stands {'behind' if behind else 'where you are'}"} if abs(elevation) == 90 else {}
    if behind:
        return idle | dict.fromkeys(("specular", "shininess"), "nothing that you see has the light on it")
    return idle if specular else idle | {"shininess": "there is no highlight"}


def _drag(lab, column, row, phase):
    x, y = (column - (SIZE - 1) / 2) / (0.44 * SIZE), ((SIZE - 1) / 2 - row) / (0.44 * SIZE)
    far = min(np.hypot(x, y), 1.0)
    elevation = float(np.round(np.degrees(np.arccos(far))))
    lab.set(azimuth=float(np.round(np.degrees(np.arctan2(y, x)))) % 360, elevation=elevation)


def lambert(*, azimuth=135, elevation=40, ambient=0.2, specular=0.0, shininess=16):
    """Make the lab of Lambert's law: drag the light over a ball, and a sprite is lit by it.

    Args:
        azimuth: of the light, degrees, 0 from the right and 90 from above.
        elevation: degrees, 90 where the viewer is, below 0 behind.
        ambient: light from everywhere.
        specular: strength of the highlight.
        shininess: its exponent.

    Returns:
        Lab.

    Source: Lambert 1760; Blinn 1977.
    """
    picture = _Picture()
    whole = {"step": 1, "integer": True}
    controls = {
        "azimuth": slider("light from, degrees", "0 right, 90 above, 180 left", azimuth, 0, 360, **whole),
        "elevation": slider("elevation, degrees", "90 where you are, below 0 behind", elevation, -90, 90, **whole),
        "ambient": slider("ambient light", "From everywhere, so it shows no shape", ambient, 0.0, 1.0),
        "specular": slider("highlight", "How much is mirrored", specular, 0.0, 1.0),
        "shininess": slider("shininess s", "The greater, the smaller the highlight", shininess, 1, 60, **whole),
    }
    lab = Lab(
        "What a matte surface gives back",
        "light_lab.lambert",
        controls,
        partial(_update, picture),
        figure=picture.figure,
        formula=FORMULA,
        presets=PRESETS,
        idle=_idle,
    )
    lab.drag = picture.figure.on_pointer(partial(_drag, lab), axes=picture.figure.axes["ball"])
    return lab
