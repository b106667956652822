import numpy as np
import pytest

from animkit.recipes.plays import STREAMS, WINDOW, Streams


def test_each_window_goes_on_where_the_one_before_it_ended():
    text = np.arange(STREAMS * (3 * WINDOW + 1) + 5)
    data = Streams(text, seed=1)
    assert len(data) == 3
    windows = [data[index] for index in range(3)]
    for x, y in windows:
        assert x.shape == (STREAMS, WINDOW)
        np.testing.assert_array_equal(y, (x + 1) % len(text))  # the end is followed by the start
    for (_, y), (x, _) in zip(windows, windows[1:], strict=False):
        np.testing.assert_array_equal(x[:, 0], y[:, -1])
    read = np.concatenate([x.ravel() for x, _ in windows])
    assert len(np.unique(read)) == len(read)


def test_every_epoch_starts_elsewhere_and_the_same_one_again_at_the_same_place():
    text = np.arange(STREAMS * (WINDOW + 1))
    data, again = Streams(text, seed=1), Streams(text, seed=1)
    first = data[0][0]
    np.testing.assert_array_equal(again[0][0], first)
    data.on_epoch_begin()
    data.on_epoch_begin()
    assert not np.array_equal(data[0][0], first)


def test_a_text_too_short_for_its_streams_is_refused():
    with pytest.raises(ValueError, match="100 characters does not fill a window of 51 in each of 64 streams: 3264 is"):
        Streams(np.zeros(100))
