"""The command behind notebooks/results/scenes.json, on the twin, with networks that nobody has trained."""

import json

import numpy as np
import pytest

from animkit.benchmarks import results, scenes, tables
from animkit.data.mario_levels import load_mario_levels, to_tiles
from animkit.gan import GAN, Discriminator
from animkit.metrics.levels import tile_path
from animkit.models.level_gan import TileGenerator
from animkit.models.level_writer import LevelWriter
from animkit.recipes.levels import ColumnGrams, best_order

TWIN = list(load_mario_levels(source="twin").train.values())


def untrained_gan():
    generator = TileGenerator(latent_dim=2, width=4, hidden=4)
    return GAN(generator, Discriminator((14, 28), 13, classes=4, width=4))


def test_a_small_run_fills_the_file_and_its_tables(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(scenes, "train_level_writer", lambda *_, **__: (LevelWriter(units=4, hidden=4), {}))
    monkeypatch.setattr(scenes, "train_level_gan", lambda *_, **__: (untrained_gan(), {}))
    monkeypatch.setattr(scenes, "load_mario_levels", lambda **_: load_mario_levels(source="twin"))
    monkeypatch.setattr(
        scenes, "refereed", lambda levels: {"levels": 15, "graph": ["1-1"], "body": [], "whole pipes": []}
    )
    monkeypatch.setattr(scenes, "LENGTH", 24)
    monkeypatch.setattr(scenes, "TRIES", 2)
    monkeypatch.setattr(scenes, "make_level", lambda *_, **__: pytest.fail("not asked for"))
    monkeypatch.setattr(scenes, "asked_of_model", lambda *_, **__: lambda *_: (TWIN[0][:, :24], None))
    scenes.main(["--profile", "ci"])
    kept = json.loads((results.TRIALS / "scenes.json").read_text())
    run = kept["ci"]
    assert (run["source"], run["seeds"], run["test_scorings"]) == ("twin", [0], 1)
    assert set(run["levels"]) >= {"human levels (validation)", "LSTM", "GAN", "column n-gram", "uniform"}
    assert run["levels"]["human levels (validation)"]["playable_graph"]["mean"] > 0.5
    assert run["levels"]["uniform"]["whole_pipes"]["mean"] == 0
    assert run["levels"]["column n-gram"]["kl_2x2"]["mean"] < run["levels"]["uniform"]["kl_2x2"]["mean"]
    assert run["control"]["LSTM"]["all, tried"]["mean"] == 0
    assert "ci: column n-gram" in tables.scenes(kept)
    assert "ci: evolutionary search" in tables.scene_wishes(kept)


def test_columns_follow_each_other_as_they_were_seen():
    level = to_tiles("ababab".replace("a", "X").replace("b", "S"))
    grams = ColumnGrams([level], 3)
    drawn = grams.draw(400, 6, np.random.default_rng(0))
    alternating = (drawn[:, 0, 1:] != drawn[:, 0, :-1]).mean()
    assert 0.7 < alternating < 1  # a share of types / (types + counts) is left to shorter pasts
    assert ColumnGrams([level], 1).draw(400, 6, np.random.default_rng(0)).mean() == pytest.approx(1.5, abs=0.05)


def test_the_order_is_that_which_foretells_best():
    order, nats = best_order(TWIN, TWIN[:1], highest=3)
    assert len(nats) == 3
    assert order == np.argmin(nats) + 1
    assert nats[1] < nats[0]


def test_the_search_finds_a_way():
    assert tile_path(scenes.evolve(TWIN, 40, 0.5, np.random.default_rng(1))) is not None


def test_wishes_are_what_human_stretches_have():
    asked = scenes.human_wishes(scenes.stretches(TWIN[:1], 2))
    assert [name for name, _ in asked] == 2 * ["enemies", "jumps", "coins", "height"]
