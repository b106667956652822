"""A small run of the VAE of surfaces, and what it is measured by."""

import numpy as np

from animkit.models.relight import Relighter
from animkit.recipes.relief_vae import figure_means, measure_relief_vae, train_relief_vae
from animkit.recipes.relight import draw_figures


def test_means_over_each_figure_by_hand():
    mask = np.array([[[True, True]], [[False, True]]])
    np.testing.assert_allclose(figure_means(np.array([1.0, 3, 7]), mask), [2, 7])


def test_a_small_run_begins_with_the_network_of_light_and_measures_itself():
    shapes = draw_figures(6, size=16, seed=4)
    sizes = {"widths": (4, 6, 8), "latent_dim": 2}
    single = Relighter(widths=sizes["widths"])
    model = train_relief_vae([shapes], epochs=1, start=single, progress=False, rate=1e-9, **sizes)
    np.testing.assert_allclose(model.net.first.kernel, single.net.first.kernel, atol=1e-6)
    metrics = measure_relief_vae(model, single, shapes, answers=3)
    assert metrics["nearest_of_3"]["value"] <= metrics["nearest_of_3"]["one draw"]
    assert metrics["two_draws_apart"]["value"] > 0
    assert metrics["energy_score"]["value"] > 0
