"""The lab of the two generator losses: their slopes."""

from widgets import gan_lab


def test_slopes_of_the_two_generator_losses(shared, bold):
    lab = shared(gan_lab.saturation)
    lab.presets.value = "D(G(z)) = 0.0001: D is sure"
    assert bold(lab) == [-0.0001, -0.9999]
    lab.presets.value = "D(G(z)) = 0.9999: D is fooled"
    assert bold(lab) == [-0.9999, -0.0001]
