"""The derivation of the GAN, live: D*, the value there, saturation, two players, a game of points, Wasserstein."""

from widgets.labs.live_gan import live_gan
from widgets.labs.optimal_discriminator import optimal_discriminator
from widgets.labs.saturation import saturation
from widgets.labs.two_players import two_players
from widgets.labs.value_at_optimum import value_at_optimum
from widgets.labs.wasserstein import wasserstein

__all__ = ["live_gan", "optimal_discriminator", "saturation", "two_players", "value_at_optimum", "wasserstein"]
