"""Kept frames as text and back, and with more or fewer of them."""

import pytest

from animkit.motion.stretches import clear, frames_of, gaps, keep, read_stretches, tell_stretches

FRAMES = 60


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", ((0, 0), (59, 59))),
        ("0-59", ((0, 59),)),
        ("40, 5-9; 10 - 12, 7", ((0, 0), (5, 12), (40, 40), (59, 59))),
        ("1", ((0, 1), (59, 59))),
    ],
)
def test_stretches_are_read_and_told(text, kept):
    assert read_stretches(text, FRAMES) == kept
    assert read_stretches(tell_stretches(kept), FRAMES) == kept


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ten", "'ten' is neither a frame nor a range"),
        ("-3", "neither"),
        ("1.5", "neither"),
        ("9-5", "runs backwards: write 5-9"),
        ("50-60", "no frame 60: the clip's last is 59"),
    ],
)
def test_what_is_no_stretch_is_refused(text, message):
    with pytest.raises(ValueError, match=message):
        read_stretches(text, FRAMES)


def test_keys_are_added_and_removed():
    kept = ((0, 0), (59, 59))
    kept = keep(kept, 20, 29, FRAMES)
    assert kept == ((0, 0), (20, 29), (59, 59))
    assert keep(kept, 30, 30, FRAMES) == ((0, 0), (20, 30), (59, 59))
    assert clear(kept, 25, 25, FRAMES) == ((0, 0), (20, 24), (26, 29), (59, 59))
    assert clear(((0, 59),), 0, 59, FRAMES) == ((0, 0), (59, 59))  # the ends stay
    assert gaps(kept) == [(1, 19), (30, 58)]
    assert frames_of(kept).tolist() == [0, *range(20, 30), 59]
    with pytest.raises(ValueError, match="stay keys"):
        clear(kept, 0, 0, FRAMES)
    with pytest.raises(ValueError, match="59 to 60 are not in a clip"):
        keep(kept, 59, 60, FRAMES)
