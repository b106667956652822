"""A slider for each direction of latent space, and the picture that all of them make together."""

from functools import partial

import numpy as np

from widgets.labs.latent_space import decoded, on_paper
from widgets.parts.figure import LiveFigure
from widgets.parts.lab import Lab, passed_in, slider

FORMULA = r"$$x=\mathrm{decode}\Big(\bar z+\sum_i u_i d_i\Big)$$"
REACH = 3.0  # units of an axis, either way


class _Picture:
    """What the decoder makes where the sliders stand.

    Args:
        decode: function z (count, latent_dim) -> frames (count, height, width, 4) uint8.
        centre: (latent_dim,).
    """

    def __init__(self, decode, centre):
        self.decode = decode
        size = decoded(decode, centre[None]).shape[1:3]
        self.figure = LiveFigure("The picture that the decoder makes where the sliders stand.", width=320, height=320)
        (axes,) = self.figure.axes
        self.frame = self.figure.moving(axes.imshow(np.zeros((*size, 4), np.uint8), interpolation="nearest"))
        axes.set_axis_off()
        self.figure.redraw()

    def show(self, z):
        """Draw the latent z (latent_dim,)."""
        self.frame.set_data(on_paper(decoded(self.decode, z[None]))[0])
        self.figure.update()


def latent_sliders(decode, centre, axes, **places):
    """Make the sliders: each moves along one direction, and the decoder draws where all of them lead.

    Args:
        decode: function z (count, latent_dim) -> frames (count, height, width, 4) uint8.
        centre: (latent_dim,), where all sliders are at 0.
        axes: (count, latent_dim), the directions, each as long as one unit of its slider, such as a standard deviation.
        places: direction_1, direction_2, ...: where the sliders stand at first, -3 to 3.

    Returns:
        Lab.

    Raises:
        ValueError: when shapes do not fit, or a place is that of no direction.
    """
    centre, axes = np.asarray(centre, float), np.asarray(axes, float)
    if axes.ndim != 2 or centre.shape != axes.shape[1:]:
        raise ValueError(f"axes are (count, {centre.size}), as the centre is; got {axes.shape}")
    names = [f"direction_{number}" for number in range(1, len(axes) + 1)]
    if unknown := sorted(set(places) - set(names)):
        raise ValueError(f"there is no {', '.join(unknown)}; there are {', '.join(names)}")
    picture = _Picture(decode, centre)
    return Lab(
        "Design with sliders",
        "vae_lab.latent_sliders",
        {name: _slider(name, places.get(name, 0.0)) for name in names},
        partial(_update, picture, centre, axes),
        figure=picture.figure,
        formula=FORMULA,
        more_state=lambda: passed_in(decode=decode, centre=centre, axes=axes),
    )


def _slider(name, place):
    return slider(name.replace("_", " "), "Move along this direction, in its own units", place, -REACH, REACH, 0.1)


def _update(picture, centre, axes, **places):
    z = centre + np.array(list(places.values())) @ axes
    picture.show(z)
    return f"|z| is {np.linalg.norm(z):.2f}, and z is {np.linalg.norm(z - centre):.2f} from the middle"
