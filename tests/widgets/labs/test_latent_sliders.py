"""Each slider moves along its own direction; the picture is what the decoder makes of their sum."""

import numpy as np
import pytest

from widgets.labs.latent_sliders import latent_sliders

CENTRE, AXES = np.array([1.0, 0.0, 0.0]), np.array([[0.0, 2.0, 0.0], [0.0, 0.0, 0.5]])


@pytest.fixture
def asked():
    return []


@pytest.fixture
def decode(asked):
    def draw(z):
        asked.append(np.round(z[0], 9).tolist())
        return np.full((len(z), 4, 4, 4), 255, np.uint8)

    return draw


def test_the_picture_is_drawn_where_the_sliders_lead(decode, asked):
    lab = latent_sliders(decode, CENTRE, AXES, direction_2=1.0)
    assert asked[-1] == [1.0, 0.0, 0.5]
    lab.controls["direction_1"].value = -1.5
    assert asked[-1] == [1.0, -3.0, 0.5]
    assert "|z| is 3.20, and z is 3.04 from the middle" in lab.numbers.value
    assert lab.state.value == (
        "vae_lab.latent_sliders(direction_1=-1.5, direction_2=1.0, decode=decode, centre=centre, axes=axes)"
    )
    lab.reset()
    assert asked[-1] == [1.0, 0.0, 0.5]


def test_what_does_not_fit_is_refused(decode):
    with pytest.raises(ValueError, match=r"axes are \(count, 3\), as the centre is; got \(2, 2\)"):
        latent_sliders(decode, CENTRE, AXES[:, :2])
    with pytest.raises(ValueError, match="there is no direction_3; there are direction_1, direction_2"):
        latent_sliders(decode, CENTRE, AXES, direction_3=1.0)
