import numpy as np
import pytest

from animkit.data.sprites import Sprites
from animkit.models.judge import Judge
from animkit.recipes.judge import labels, train_judge


def bars(characters=16):
    """Characters of one of two colours whose bar goes down or across."""
    frames = np.zeros((characters, 2, 4, 8, 8), "uint8")
    attributes = np.arange(characters)[:, None] % 2
    for who, t in np.ndindex(characters, 4):
        frames[who, 0, t, 2 * t : 2 * t + 2] = 1 + who % 2
        frames[who, 1, t, :, 2 * t : 2 * t + 2] = 1 + who % 2
    palette = np.array([[0, 0, 0, 0], [255, 0, 0, 255], [0, 0, 255, 255]], "uint8")
    return Sprites(frames, palette, attributes, np.arange(12), np.arange(12, characters), "twin")


CAST = bars()


@pytest.fixture(scope="module")
def judge():
    return train_judge(CAST, epochs=60, progress=False)


@pytest.mark.both_backends
def test_the_judge_reads_action_and_attribute_of_unseen_characters(judge):
    clips = CAST.frames[CAST.test].reshape(-1, 4, 8, 8)
    told = labels(CAST.attributes[CAST.test], 2)
    views = judge.probabilities(clips)
    assert [view.shape for view in views] == [(8, 2), (8, 2)]
    for view, column in zip(views, told.T, strict=True):
        np.testing.assert_allclose(view.sum(axis=1), 1, atol=1e-5)
        np.testing.assert_array_equal(view.argmax(axis=1), column)
    assert judge.describe(clips).shape == (8, judge.units)


def test_many_clips_are_the_same_as_few(judge, monkeypatch):
    clips = CAST.frames.reshape(-1, 4, 8, 8)
    whole = judge.describe(clips)
    monkeypatch.setattr("animkit.models.judge.CLIPS_AT_ONCE", 5)
    np.testing.assert_allclose(judge.describe(clips), whole, atol=1e-5)


@pytest.mark.parametrize(
    ("clips", "match"),
    [
        (CAST.frames[0, 0], r"clips \(n, time, .*; got \(4, 8, 8\)"),
        (np.zeros((1, 4, 16, 8), "uint8"), r"got \(1, 4, 16, 8\)"),
        (np.zeros((0, 4, 8, 8), "uint8"), r"got \(0, 4, 8, 8\)"),
        (CAST.frames[0] + 2, "palette indices below 3"),
        (CAST.frames[0] / 2, "palette indices below 3"),
    ],
)
def test_refuses_clips(judge, clips, match):
    with pytest.raises(ValueError, match=match):
        judge.probabilities(clips)


def test_refuses_a_size_it_cannot_halve():
    with pytest.raises(ValueError, match="must divide by 8"):
        Judge((12, 8), 3)
