"""The protocol of reading moods: its measures and intervals by hand, and which actions are left out."""

import json

import numpy as np
import pytest

from animkit.benchmarks import mood_reading
from animkit.benchmarks.results import rounded
from animkit.recipes.mood_judge import SIDE, Performances
from animkit.studio.performance import ACTIONS, STYLE


def seen(count=60):
    """Boxes whose height tells the mood."""
    moods = np.arange(count) % len(STYLE)
    clips = np.zeros((count, 4, SIDE, SIDE), np.uint8)
    for clip, mood in zip(clips, moods, strict=True):
        clip[:, SIDE - 2 - mood :, 4:8] = 16
    return Performances(clips, moods, np.arange(count) // 5 % len(ACTIONS), np.arange(count) % 7)


def test_measures_by_hand():
    clip = np.zeros((1, 2, SIDE, SIDE), np.uint8)
    clip[0, 0, 6:10, 2:4] = 16
    clip[0, 1, 8:10, 2:4] = 16
    means, spreads = mood_reading.measures(clip)[0].reshape(2, 6)
    speed, height, width, middle, area, tilt = means
    assert speed == pytest.approx(4 / SIDE**2 / 2)  # four of the picture's fields change, from the first to the second
    assert (height, width, area, tilt) == (3, 2, 6, 0)
    assert middle == pytest.approx((7.5 + 8.5) / 2)
    assert spreads[1] == pytest.approx(1)


def test_a_line_reads_what_is_told_by_height_alone():
    boxes = seen()
    assert mood_reading.linear(boxes, boxes, (0, 1)) == 100
    assert mood_reading.linear(boxes, boxes, (0,)) <= 40


def test_each_third_of_actions_is_judged_by_who_has_not_seen_it(monkeypatch):
    boxes, shown = seen(90), []

    def trained(clips, moods, **options):
        shown.append(len(clips))
        return mood_reading.FOLDS[len(shown) - 1]

    monkeypatch.setattr(mood_reading, "train_mood_judge", trained)
    monkeypatch.setattr(mood_reading, "named", lambda judge, clips: np.full(len(clips), ACTIONS.index(judge[0])))
    found = mood_reading.other_actions(boxes, boxes, 1)
    assert shown == [60, 60, 60]
    assert sorted(action for fold in mood_reading.FOLDS for action in fold) == sorted(ACTIONS)
    assert found["all"] == pytest.approx(20)  # one name for all of a third
    assert len(found) == 4


def test_frames_are_put_in_another_order_and_none_is_lost():
    clips = np.arange(5 * 6, dtype=np.uint8).reshape(5, 6, 1, 1)
    boxes = Performances(clips, *[np.zeros(5, int)] * 3)
    other = mood_reading.shuffled(boxes).clips
    assert (other != clips).any()
    np.testing.assert_array_equal(np.sort(other, axis=1), clips)


def test_what_is_measured_can_be_written(monkeypatch):
    boxes = seen()
    test = dict.fromkeys(("strong", "moderate", "none"), boxes)
    monkeypatch.setattr(mood_reading, "shown", lambda profile: (boxes, test, 7))
    monkeypatch.setattr(mood_reading, "the_judge", lambda profile: None)
    monkeypatch.setattr(mood_reading, "named", lambda judge, clips: boxes.moods)
    found = json.loads(json.dumps(rounded(mood_reading.run("ci"))))
    assert found["value"]["mean"] == 100
    assert found["target"]["met"] is True
    assert found["confusion"]["percent"][0] == [100, 0, 0, 0, 0]
    assert found["baselines"]["linear on mean speed and mean height"] == 100
