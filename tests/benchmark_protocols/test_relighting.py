"""The command behind notebooks/results/relighting.json, before a network that knows no more than the outline."""

import json
from typing import NamedTuple

import numpy as np
import pytest

from animkit import weights
from animkit.benchmarks import light_tables, relighting, results
from animkit.data.sprites import Sprites
from animkit.data.twins.lit_shapes import draw_lit
from animkit.theory import shading


class Maps(NamedTuple):
    normals: np.ndarray
    albedo: np.ndarray
    height: np.ndarray


class Balloon:
    """What reads maps and samples as the networks do."""

    def maps(self, pictures):
        mask = pictures[..., 3] > 0
        height = shading.inflated_height(mask)
        return Maps(shading.normals_of_height(height, mask), (pictures[..., :3] / 255).astype(np.float32), height)

    def predict(self, pictures, **options):
        return self.maps(np.round(255 * pictures).astype(np.uint8))._asdict()

    def sample(self, pictures, count, *, seed, temperature=1.0):
        return np.stack([shading.emboss(pictures, strength=one) for one in np.linspace(0.5, 1, count)])


@pytest.fixture(scope="module")
def ways():
    return relighting.Ways(Balloon(), size=32, learned=12, chosen=4)


def test_ratios_and_their_intervals():
    found = relighting.ratio([1, 1, 4], [1, 2, 3])
    assert found["value"] == 1
    assert found["interval_95"][0] == pytest.approx(0.5)
    assert found["interval_95"][1] == pytest.approx(4 / 3)
    assert relighting.ratio([1.0], [100.0], relighting.decibels)["value"] == pytest.approx(20)


def test_settings_of_the_emboss_are_no_worse_than_where_they_began(ways):
    shapes = draw_lit(4, size=32, seed=relighting.VALIDATION_SEED)
    begun = shading.emboss(shapes.pictures)
    degrees = relighting.angular_error(begun, shapes.normals, shapes.mask).mean()
    assert ways.emboss["degrees"] <= degrees


def test_the_truth_is_measured_as_the_truth(ways, monkeypatch):
    shapes = draw_lit(3, size=32, seed=1)
    true = Maps(shapes.normals[:, 0], shapes.albedo[:, 0], shapes.height[:, 0])
    monkeypatch.setattr(ways.model, "maps", lambda pictures: true, raising=False)
    normals, relit = relighting.measure_normals(ways, shapes), relighting.measure_relit(ways, shapes)
    assert normals["network"]["mean"]["value"] == pytest.approx(0, abs=1e-3)
    assert normals["network"]["within"]["11.25"]["value"] == 100
    assert normals["flat"]["mean"]["value"] > 20
    assert relit["network, network's colours"]["decibels"]["value"] > 100
    assert relit["truth, network's colours"]["decibels"]["value"] > 100
    assert relighting.measure_shadows(ways, shapes)["network"]["ground"]["value"] == 1


def test_a_small_run_measures_and_its_tables_show_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(weights, "load", lambda name: Balloon())
    monkeypatch.setattr(relighting, "by_profile", lambda profile, **sizes: (3, 2, 8, 1, 1, 1)[: len(sizes["ci"])])
    monkeypatch.setattr(relighting, "SIZES", (32,))
    monkeypatch.setattr(relighting, "SETS", {name: relighting.SETS[name] for name in ("new figures", relighting.MAIN)})
    monkeypatch.setattr(relighting, "wants_twin", lambda source, file: True)
    monkeypatch.setattr(relighting, "SPRITE_LIKE", relighting.HELD_OUT_CLASSES)
    monkeypatch.setattr(relighting, "SETTINGS", {name: values[:2] for name, values in relighting.SETTINGS.items()})
    relighting.main(["--profile", "ci"])
    relighting.main(["--profile", "ci", "--answers"])
    kept = json.loads((results.TRIALS / "relighting.json").read_text())
    value = kept["ci"]["value"]
    assert kept["ci"]["test_scorings"] == 1
    network, balloon = (value["normals"]["32"][relighting.MAIN][name] for name in ("network", "balloon"))
    assert network["mean"] == balloon["mean"]
    assert network["over_balloon"]["value"] == 1
    assert kept["ci, answers"]["answers"]["answers"] == 8
    shown = "".join(
        getattr(light_tables, part)(kept) for part in ("normals", "classes", "relit", "shadows_and_flicker", "apart")
    )
    assert shown.count("target") == 4
    assert "missed" in shown
    assert "real" in value["real_missing"]
    assert "ci, answers, 8 by VAE" in shown


def test_real_sprites_are_held_against_balloons_of_their_layers(ways, monkeypatch):
    shapes = draw_lit(1, classes=("hero",), frames=8, seed=2)
    colours, indices = np.unique(shapes.pictures.reshape(-1, 4), axis=0, return_inverse=True)
    frames = np.repeat(indices.reshape(1, 1, 8, 64, 64), 9, axis=1)
    kept = Sprites(frames.astype(np.uint8), colours, np.zeros((1, 4), int), np.array([]), np.array([0]), "real")
    layers = np.zeros((1, 5, 9, 8, 64, 64), bool)
    layers[:, 2] = frames > 0  # all of it one layer, as the stand-in sees it
    monkeypatch.setattr(relighting, "load_sprites", lambda **options: kept)
    monkeypatch.setattr(relighting, "load_layers", lambda attributes: layers)
    found = relighting.measure_real(ways, 1)["network"]
    assert found["to_balloons"]["value"] == pytest.approx(0, abs=1e-3)
    assert "mirrored" not in found  # 0 by construction
    assert found["flicker"]["value"] > 1
