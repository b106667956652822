"""The Sprites protocol in small, on the twin; and that what is kept is what it says."""

import functools
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


def test_validation_characters_are_cut_from_training(few):
    test, validation = protocol.with_validation(few)
    np.testing.assert_array_equal(test.test, few.test)
    np.testing.assert_array_equal(np.concatenate([test.train, validation.test]), few.train)
    np.testing.assert_array_equal(validation.train, test.train)
    assert len(validation.test) == 2


def test_a_training_clip_is_its_own_closest_and_lends_its_action_to_others(few):
    clips = few.frames[few.train[3]]
    who, what = protocol.closest_training_clips(few, clips)
    np.testing.assert_array_equal(who, np.full(9, 3))
    np.testing.assert_array_equal(what, np.arange(9))
    same, others = protocol.retrieved(few, clips).values()
    np.testing.assert_array_equal(same, clips)
    for action, clip in enumerate(others):
        assert (few.frames[few.train, action] == clip).all(axis=(1, 2, 3)).any()
    assert (others != clips).any()


def test_accuracy_has_an_interval_over_characters():
    class SaysZero:
        def probabilities(self, clips):
            return [np.tile([0.9, 0.1], (len(clips), 1))]

    # of five characters with two clips each, two have both right, three none: 40 %
    actions = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
    found = protocol.score_draws(SaysZero(), [np.zeros((10, 1, 1, 1))] * 2, actions, kinds=2)
    low, high = found["accuracy"]["interval_95"]
    assert found["accuracy"]["mean"] == pytest.approx(40)
    # k of 5 drawn are right with binomial chances: the outer 2.5 % lie at none and at four
    assert (low, high) == (pytest.approx(0), pytest.approx(80))
    one = protocol.score_draws(SaysZero(), [np.zeros((2, 1, 1, 1))], actions[:2], kinds=2)
    assert "interval_95" not in one["accuracy"]


def test_a_run_measures_and_keeps(tmp_path, monkeypatch):
    path = tmp_path / "sprites.json"
    command = ["--profile=ci", "--source=twin", f"--output={tmp_path}", f"--checkpoints={tmp_path / 'kept'}"]
    # settings are compared on other characters, not with other networks; a cache tells orders of arguments apart
    learn = functools.cache(protocol.learn)
    monkeypatch.setattr(protocol, "learn", lambda *given, **options: learn(*given, **dict(sorted(options.items()))))
    protocol.main(command)
    protocol.main([*command, "--choose"])
    kept = json.loads(path.read_text())
    found, chosen = kept["ci"], kept["ci_validation"]
    assert kept["published"]["SKD"]["accuracy"] == 100
    assert list(found["content_resampled"]) == [protocol.OWN, protocol.NORMAL, protocol.DESIGNER]
    for row in found["content_resampled"].values():
        assert 1 <= row["inception_score"]["mean"] <= 9
        assert row["h_y"]["mean"] <= np.log(9) + 1e-3
        assert 0 <= row["accuracy"]["mean"] <= 100
    assert list(found["baselines"]) == [
        "nearest training clip by all frames",
        "its action by a random training character",
        "first frame repeated",
        "poses drawn without the LSTM",
    ]
    assert found["designs"]["distance_to_nearest_training_character"][protocol.RETRIEVED] == 0
    assert found["test_sequences"] == 54
    assert found["test_scorings"] == 1
    # what is chosen by is neither tested nor counted
    assert chosen["test_sequences"] == 18
    assert "test_scorings" not in chosen
    assert list(chosen["judge_by_epochs"]) == ["1 epochs"]


def test_what_is_kept_is_consistent():
    kept = read("sprites")
    for profile in ("demo", "full", "full_64"):
        found = kept[profile]
        assert found["test_sequences"] == 2664
        assert found["source"] == "real"
        for row in found["content_resampled"].values():
            # the inception score is made of the two entropies
            entropies = [row[name]["mean"] for name in ("h_y", "h_y_given_x")]
            assert row["inception_score"]["mean"] == pytest.approx(np.exp(entropies[0] - entropies[1]), rel=0.01)
