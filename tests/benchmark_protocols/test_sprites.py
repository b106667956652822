"""The Sprites protocol in small, on the twin; and that what is kept is what it says."""

import json

import numpy as np
import pytest

from animkit.benchmarks import sprites as protocol
from animkit.benchmarks.results import read
from animkit.data.sprites import load_sprites


@pytest.fixture(scope="module")
def few():
    return load_sprites(size=32, source="twin", characters=20)


def test_unseen_clips_are_those_of_the_test_characters(few):
    clips, told = protocol.unseen_clips(few, characters=2)
    assert clips.shape == (18, 8, 32, 32)
    np.testing.assert_array_equal(clips[10], few.frames[few.test[1], 1])
    np.testing.assert_array_equal(told[10], [1, *few.attributes[few.test[1]]])


def test_a_training_clip_is_its_own_closest(few):
    clips = few.frames[few.train[3]]
    np.testing.assert_array_equal(protocol.closest_training_clips(few, clips), clips)


def test_a_run_measures_and_keeps(tmp_path):
    path = tmp_path / "sprites.json"
    protocol.main(
        ["--profile=ci", "--source=twin", f"--output={tmp_path}", f"--checkpoints={tmp_path / 'kept'}"],
    )
    kept = json.loads(path.read_text())
    found = kept["ci"]
    assert kept["published"]["SKD"]["accuracy"] == 100
    for name in ("accuracy", "inception_score", "h_y_given_x", "h_y", "content_preserved", "judge_accuracy_real"):
        assert np.isfinite(found[name])
    assert 1 <= found["inception_score"] <= 9
    assert found["h_y"] <= np.log(9) + 1e-3
    assert set(found["baselines"]) == {
        "copy of the nearest training sequence",
        "first frame repeated",
        "poses drawn without the LSTM",
        "frame-wise VAE",
    }
    assert found["designs"]["distance_to_nearest_training_character"]["a copy"] == 0


def test_what_is_kept_is_consistent():
    kept = read("sprites")
    for profile in ("demo", "full", "full_64"):
        found = kept[profile]
        # the inception score is made of the two entropies
        spread = [found["content_resampled"][name]["mean"] for name in ("h_y", "h_y_given_x")]
        assert found["inception_score"] == pytest.approx(np.exp(spread[0] - spread[1]), rel=0.01)
        assert found["accuracy"] == found["content_resampled"]["accuracy"]["mean"]
        assert found["test_sequences"] == 2664
        assert found["source"] == "real"
    for found in (kept["full"], kept["full_64"]):
        target = kept["target"]["full"]
        assert found["h_y_given_x"] <= target["h_y_given_x"]
        for name in ("accuracy", "inception_score", "content_preserved"):
            assert found[name] >= target[name], name
