import numpy as np
import pytest

from animkit.data.text import alphabet, parts, read_text, to_indices, to_text, windows


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


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("Müller\r\nging.".encode(), "Müller\nging."),
        (b"\xef\xbb\xbf" + "né".encode(), "né"),
        ("né".encode("utf-16"), "né"),
        ("Müller – “so”".encode("cp1252"), "Müller – “so”"),
        (b"word", "word"),
    ],
)
def test_a_text_of_ones_own_is_read_whatever_its_encoding(tmp_path, data, text):
    (tmp_path / "own.txt").write_bytes(data)
    assert read_text(tmp_path / "own.txt") == text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "own.txt is empty"),
        (b" \n\n ", "own.txt is empty"),
        (bytes(range(256)) * 9, "own.txt is no text file"),
        (b"\xff\xfeabc", "says that it is UTF-16-LE, and is not"),
    ],
)
def test_what_is_no_text_is_named(tmp_path, data, message):
    (tmp_path / "own.txt").write_bytes(data)
    with pytest.raises(ValueError, match=message):
        read_text(tmp_path / "own.txt")


def test_a_huge_file_is_refused_without_being_read_whole(tmp_path):
    with open(tmp_path / "huge.txt", "wb") as file:
        file.truncate(50_000_000)  # a hole, which takes no room on the disk
    with pytest.raises(ValueError, match="huge.txt has 50 MB, and 20 MB are read at most: cut it"):
        read_text(tmp_path / "huge.txt")


def test_parts_of_a_text_end_with_a_sentence_and_lose_nothing():
    text = 'One went. "Two came!" Three sat.\n\nFour 3.5 ate, and went on without an end'
    cut = parts(text, 12)
    assert "".join(cut) == text
    assert cut[0] == 'One went. "Two came!"'
    assert parts("word") == ["word"]
    assert parts(" ") == []
