"""The lab of the Dirac-GAN: how the game ends, and where it starts."""

import re

import pytest

from animkit.theory import gan
from widgets import gan_lab


@pytest.mark.parametrize(
    ("preset", "verdict"),
    [
        ("simultaneous: runs away", "above 1"),
        ("alternating: circles", "exactly 1"),
        ("simultaneous with R1: settles", "below 1"),
        ("alternating with R1: settles", "below 1"),
    ],
)
def test_the_spectral_radius_decides_how_two_players_end(shared, bold, preset, verdict):
    lab = shared(gan_lab.two_players)
    lab.presets.value = preset
    values = lab.values()
    rules = {name: values[name] for name in ("loss", "order", "n_critic", "learning_rate", "r1")}
    assert bold(lab) == [round(gan.spectral_radius(gan.dirac_jacobian(**rules)), 6)]
    assert f"<b>{verdict}</b>" in lab.numbers.value
    start, end = map(float, re.search(r"went from ([\d.]+) to ([\d.e+-]+)\.", lab.numbers.value).groups())
    assert {"above 1": end > 1.5 * start, "exactly 1": 0.5 < end / start < 2.0, "below 1": end < 0.1 * start}[verdict]


def test_dragging_the_start_of_the_game(shared, drag):
    lab = shared(gan_lab.two_players)
    drag(lab, "plane", -1.0, 2.0)
    assert (lab.controls["psi"].value, lab.controls["theta"].value) == (-1.0, 2.0)
