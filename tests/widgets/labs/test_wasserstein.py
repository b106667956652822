"""The lab of the Wasserstein distance: flat and not flat, clipped and penalised."""

import pytest

from widgets import gan_lab


def test_jsd_is_flat_where_wasserstein_is_not_and_the_penalised_critic_finds_it(shared, bold):
    lab = shared(gan_lab.wasserstein, mu=2.0, steps=200)
    jsd, distance, clipped, penalised = bold(lab)
    assert (jsd, distance) == (0.693147, 2.0)
    assert penalised == pytest.approx(2.2, abs=0.1)  # |mu| (1 + |mu| / 2 lambda), the soft penalty's excess included
    assert abs(clipped - 2.0) > 0.5
    lab.controls["mu"].value = 5.0
    assert bold(lab)[:3] == [0.693147, 5.0, 0.0]
    lab.controls["width"].value = 1.0
    assert bold(lab)[0] < 0.693147
