"""A slider for each direction of latent space, and the picture that all of them make together."""

from functools import partial

import numpy as np

from widgets.labs.latent_space import decoded
from widgets.parts.board import PixelSheet
from widgets.parts.lab import Lab, passed_in, slider

FORMULA = r"$$x=\mathrm{decode}\Big(\bar z+\sum_i u_i d_i\Big)$$"
REACH = 3.0  # units of an axis, either way


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
    picture = PixelSheet(columns=1, side=256)
    return Lab(
        "Design with sliders",
        "vae_lab.latent_sliders",
        {name: _slider(name, places.get(name, 0.0)) for name in names},
        partial(_update, picture, decode, centre, axes),
        formula=FORMULA,
        beside=[picture.widget],
        more_state=lambda: passed_in(decode=decode, centre=centre, axes=axes),
    )


def _slider(name, place):
    return slider(name.replace("_", " "), "Move along this direction, in its own units", place, -REACH, REACH, 0.1)


def _update(picture, decode, centre, axes, **places):
    z = centre + np.array(list(places.values())) @ axes
    picture.show(decoded(decode, z[None]), "The picture that the decoder makes where the sliders stand.")
    return f"|z| is {np.linalg.norm(z):.2f}, and z is {np.linalg.norm(z - centre):.2f} from the middle"
