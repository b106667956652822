"""The command behind notebooks/results/beats.json: its parts, small."""

import keras
import numpy as np
import pytest

from animkit.benchmarks import beats, story_tables
from animkit.data.beats import read_beats
from animkit.data.plots import SIZES, TOLD, encode
from animkit.metrics.beats import CountedBeats
from animkit.models.beats import BeatModel
from animkit.recipes.beats import PlotBatches, nats_per_beat

TALE = "A king lived in a castle. The king wanted a ring. A giant took the ring. The king struck the giant. " * 2


@pytest.fixture(scope="module")
def plots():
    return {split: [read_beats(TALE)] * 3 for split in ("train", "validation", "test")} | {"source": "real"}


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    return BeatModel(SIZES, TOLD, units=4, embedding_dim=2, hidden=4)


def test_judgements_are_counted_by_field_and_by_beat():
    judged = [{"beat": {"who": "hero", "does": "go"}, "wrong": ["who"]}, {"beat": {"who": "hero"}, "wrong": []}]
    found = beats.counted(judged)
    assert found["fields"]["right"] == 2
    assert found["fields"]["of"] == 3
    assert found["whole_beats"]["share"] == 0.5
    assert found["by_field"] == {"who": "1 of 2", "does": "1 of 1"}
    low, high = found["fields"]["interval_95"]
    assert low < 2 / 3 < high


def test_the_tales_are_read_as_they_were_when_they_were_judged(real_data):
    found = beats.reading()
    assert found["fields"]["of"] == 254
    assert found["fields"]["right"] == 215


def test_counting_models_are_scored_on_the_test_tales(plots):
    nats, trigram = beats.counting(plots, 3)
    # three tales that are alike: what is counted is what comes, up to the smoothing
    assert set(nats) >= {"Kneser-Ney unigram", "Kneser-Ney trigram"}
    assert min(nats.values()) < nats["Kneser-Ney unigram"]
    assert isinstance(trigram, CountedBeats)


def test_stories_of_each_kind_are_judged(plots, model):
    trigram = CountedBeats([encode(plots["train"][0].beats)], SIZES, 3)
    found = beats.stories(model, trigram, plots, 3, seed=0)
    assert found["LSTM, constrained"]["share"] == 1
    assert found["LSTM, constrained"]["of"] == found["Kneser-Ney trigram"]["of"] == 3
    assert found["tales' own beats, whole"]["of"] == 6
    assert found["dead_ends"] == 0


def test_an_epoch_holds_every_tale_and_its_digests_and_follows_from_the_seed(plots, model):
    data, again = (PlotBatches(plots["train"], digests=2, batch_size=3, seed=1) for _ in range(2))
    np.testing.assert_array_equal(data[0][0]["beats"], again[0][0]["beats"])
    assert len(data) == 3
    rows = sum(int(data[number][0]["mask"].sum()) for number in range(3))
    assert rows >= 3 * (8 + 2 * 6)
    first = data[0][0]["told"].copy()
    data.on_epoch_begin()
    data.on_epoch_begin()
    assert not np.array_equal(first, data[0][0]["told"])
    # an untrained network is about as good as guessing evenly
    assert nats_per_beat(model, plots["test"], tell=False) == pytest.approx(np.log(SIZES).sum(), rel=0.1)


def test_the_tables_say_where_a_target_is_missed():
    found = {"share": 0.5, "interval_95": [0.4, 0.6], "rules": {"dead": 0.5, "held": 0.0}, "faults_per_beat": 0.1}
    run = {
        "seeds": [0],
        "value": {name: {"mean": 5.0, "sd": None} for name in ("nats", "perplexity", "nats, genre and length told")},
        "baselines": {"Kneser-Ney trigram": {"nats": 5.05, "perplexity": 156.0}},
        "below_trigram_percent": {"mean": 4.9, "sd": None},
        "below_strongest_counting_percent": -2.0,
        "stories": {"LSTM, constrained": {**found, "distinct": 1.0, "of": 10}, "dead_ends": 0},
        "seconds_per_story": {"median": 0.5, "most": 2.0},
        "reading": {"fields": {"share": 0.8, "interval_95": [0.7, 0.9], "of": 254}},
    }
    kept = {**beats.header(), "full": run}
    assert "missed: 4.9 %, and -2 % below the strongest" in story_tables.plots(kept)
    shown = story_tables.stories(kept)
    assert ">missed<" in shown
    assert "met: 0.50 s, at most 2.00 s" in shown
    assert "dead 50 %" in shown
    assert "80.0 [70.0, 90.0]" in shown
