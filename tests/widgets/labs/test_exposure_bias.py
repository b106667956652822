"""The lab of exposure bias: errors are those of theory, and clips may come from the notebook."""

import numpy as np
import pytest

from animkit.theory import futures
from widgets import rnn_lab
from widgets.parts.sticks import STICKS, walker


def test_errors_at_frames_1_10_50_are_those_of_the_theory(shared):
    lab = shared(rnn_lab.exposure_bias, seed=3)
    coefficients = futures.fit_autoregression(futures.swinging_joint(400, seed=3), 3)
    forced, free = futures.exposure_errors(futures.swinging_joint(600, seed=1003), coefficients, 50)
    for frame in (1, 10, 50):
        assert f"frame {frame}: {forced[frame - 1]:.3f} against <b>{free[frame - 1]:.3f}</b>" in lab.numbers.value


def test_only_what_changes_the_motion_sends_new_clips(shared):
    lab = shared(rnn_lab.exposure_bias)
    before = lab.player.data
    lab.controls["step"].value = 2000
    assert lab.player.data is before
    lab.controls["noise"].value = 0.2
    assert lab.player.data != before
    assert [clip["title"] for clip in lab.player.clips] == ["real", "teacher-forced", "free-running"]


@pytest.mark.parametrize("parents", [None, STICKS])
def test_clips_from_the_notebook_play_in_place_of_the_toy(parents):
    angles = np.sin(np.arange(20) / 3.0)
    if parents is None:
        clips = [np.full((20, 4, 4, 4), value, "uint8") for value in (0, 3, 5)]
        wanted = "frame 1: 3.000 against <b>5.000</b>"
    else:
        clips = [walker(angles * size) for size in (1.0, 1.0, 0.5)]
        wanted = "frame 1: 0.000 against <b>0.000</b>"
    fan = np.random.default_rng(0).standard_normal((50, 20))
    lab = rnn_lab.exposure_bias(clips=clips, parents=parents, futures=fan)
    assert wanted in lab.numbers.value
    assert set(lab.controls) == {"frame", "schedule", "k", "step"}
    given = {"clips": clips, "parents": parents, "futures": fan}
    assert eval(lab.state.value, {"rnn_lab": rnn_lab, **given}).values() == lab.values()


def test_clips_of_different_length_are_refused():
    with pytest.raises(ValueError, match="three of one shape"):
        rnn_lab.exposure_bias(clips=[np.zeros((n, 4, 4, 4), "uint8") for n in (5, 5, 6)])
