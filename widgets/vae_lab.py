"""The derivation of the VAE, live: the gap of the ELBO, gradient estimators, KL, beta and collapse, latent space."""

from widgets.labs.beta_and_collapse import beta_and_collapse
from widgets.labs.decoder_posterior import decoder_posterior
from widgets.labs.evidence_gap import evidence_gap
from widgets.labs.gradient_estimators import gradient_estimators
from widgets.labs.kl_closed_form import kl_closed_form
from widgets.labs.latent_pad import latent_pad
from widgets.labs.latent_sliders import latent_sliders
from widgets.labs.latent_walk import latent_walk

__all__ = [
    "beta_and_collapse",
    "decoder_posterior",
    "evidence_gap",
    "gradient_estimators",
    "kl_closed_form",
    "latent_pad",
    "latent_sliders",
    "latent_walk",
]
