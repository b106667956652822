import numpy as np
import pytest

from animkit.data.text import alphabet, to_indices, to_text, windows


def test_alphabet_is_sorted_and_distinct():
    assert alphabet("banana!") == "!abn"
    assert alphabet("") == ""


def test_indices_are_places_in_the_alphabet():
    indices = to_indices("banana", "abn")
    assert indices.dtype == np.int32
    assert indices.tolist() == [1, 0, 2, 0, 2, 0]


def test_text_round_trip():
    text = "The troll said:\n“Good night”, and slept. ☾"
    assert to_text(to_indices(text, alphabet(text)), alphabet(text)) == text
    assert to_text(to_indices("", "ab"), "ab") == ""


def test_unknown_character_is_named():
    with pytest.raises(ValueError, match="character 'x' at position 2 is not in the alphabet 'abc'"):
        to_indices("abx", "abc")


@pytest.mark.parametrize("indices", [[0, 3], [-1, 0]])
def test_index_outside_the_alphabet(indices):
    with pytest.raises(ValueError, match=r"an alphabet of 3 characters has 0 to 2"):
        to_text(indices, "abc")


def test_windows_predict_every_step_once():
    cut = windows(np.arange(8), 3)
    assert cut.tolist() == [[0, 1, 2, 3], [3, 4, 5, 6]]
    assert windows(np.arange(10), 3)[:, 1:].ravel().tolist() == list(range(1, 10))


@pytest.mark.parametrize(("steps", "length"), [(3, 3), (0, 1), (5, 0)])
def test_windows_of_too_short_a_text(steps, length):
    with pytest.raises(ValueError, match=f"a window of {length} steps .* got {steps}"):
        windows(np.arange(steps), length)
