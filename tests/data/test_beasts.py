import numpy as np
import pytest

from animkit.data.beasts import HELD_OUT, ROUNDS, load_beasts, split
from animkit.data.twins.pixel_people import PALETTE


def test_as_many_of_each_kind_are_held_out():
    attributes, train, test = split()
    assert (len(train), len(test)) == (640, 80)
    assert set(train) | set(test) == set(range(720))
    np.testing.assert_array_equal(np.bincount(attributes[test, 0]), np.full(10, HELD_OUT))


def test_four_of_a_kind_play_what_is_learned(monkeypatch):
    def drawn(attributes):
        return np.zeros((len(attributes), 9, 8, 32, 32), np.uint8), PALETTE

    monkeypatch.setattr("animkit.data.beasts.draw_beasts", drawn)
    beasts = load_beasts.__wrapped__(4)
    assert beasts.frames.shape == (80, 6, 8, 32, 32)
    assert tuple(beasts.rounds) == tuple(ROUNDS)
    assert not set(beasts.train) & set(beasts.test)
    assert len(np.unique(beasts.attributes, axis=0)) == 80
    with pytest.raises(ValueError, match="each is 3: a kind has from 4 to 64 training combinations"):
        load_beasts(3)
