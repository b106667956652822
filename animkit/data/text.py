"""Text: files of one's own, and text as a sequence of character indices."""

import codecs
import re
from pathlib import Path

import numpy as np

LARGEST = 20_000_000  # bytes of a file of one's own: seven times all the fairy tales
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def read_text(path):
    """Read a text file of one's own, whatever its encoding.

    UTF-8 or UTF-16 where a mark at the beginning says so, UTF-8 where it can be that, else Windows-1252.

    Args:
        path: of the file.

    Returns:
        str, lines ended by a line feed.

    Raises:
        ValueError: it is empty, larger than `LARGEST`, or no text.
        OSError: it cannot be read.
    """
    with open(path, "rb") as file:
        data = file.read(LARGEST + 1)
    name = Path(path).name
    if len(data) > LARGEST:
        raise ValueError(
            f"{name} has {Path(path).stat().st_size / 1e6:.0f} MB, and {LARGEST / 1e6:.0f} MB are read at most: cut it "
            "into smaller files"
        )
    mark, encoding = next(((mark, encoding) for mark, encoding in _MARKS if data.startswith(mark)), (b"", None))
    data = data[len(mark) :]
    try:
        text = data.decode(encoding or "utf-8")
    except UnicodeDecodeError:
        if encoding:
            raise ValueError(f"{name} says that it is {encoding.upper()}, and is not: save it as UTF-8") from None
        text = data.decode("cp1252", errors="replace")
    if not text.strip():
        raise ValueError(f"{name} is empty: it holds no letter")
    if text.count("\x00") or text.count("\ufffd") > len(text) / 100:
        raise ValueError(f"{name} is no text file (it has bytes that are no letters): save it as plain text, UTF-8")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parts(text, characters=6000):
    """Cut a long text into parts, at the ends of paragraphs where there are some, else of sentences.

    Args:
        text: str.
        characters: of a part, about; a sentence is never cut.

    Returns:
        list of str.
    """
    found, part = [], ""
    for piece in re.findall(r"(?:(?!\n\s*\n)[^.!?])*(?:[.!?]+[\"'”’]*|\n\s*\n|$)", text):
        part += piece
        if len(part) >= characters:
            found.append(part)
            part = ""
    return [one for one in (*found, part) if one.strip()]


def alphabet(text):
    """List the characters of a text, sorted, each once."""
    return "".join(sorted(set(text)))


def to_indices(text, alphabet):
    """Replace each character by its place in the alphabet.

    Args:
        text: string.
        alphabet: string of distinct characters.

    Returns:
        int32 array `(characters,)`.

    Raises:
        ValueError: the text has a character that the alphabet lacks.
    """
    place = {character: index for index, character in enumerate(alphabet)}
    indices = np.fromiter((place.get(character, -1) for character in text), np.int32, len(text))
    if (indices < 0).any():
        first = int(np.argmax(indices < 0))
        raise ValueError(
            f"character {text[first]!r} at position {first} is not in the alphabet {alphabet!r}: "
            "make the alphabet from all the text, or drop the character"
        )
    return indices


def to_text(indices, alphabet):
    """Put characters in the place of their indices, the inverse of `to_indices`.

    Args:
        indices: integers `(characters,)`.
        alphabet: string of distinct characters.

    Returns:
        The string.

    Raises:
        ValueError: an index is outside the alphabet.
    """
    indices = np.asarray(indices, dtype=np.int64)
    if indices.size and (indices.min() < 0 or indices.max() >= len(alphabet)):
        raise ValueError(
            f"indices run from {indices.min()} to {indices.max()}, but an alphabet of {len(alphabet)} characters "
            f"has 0 to {len(alphabet) - 1}"
        )
    return "".join(alphabet[index] for index in indices)


def windows(indices, length):
    """Cut a sequence into windows of `length` steps, each with the step that follows.

    Inputs are `window[:, :-1]`, targets `window[:, 1:]`; neighbours share one index, so that every target
    is predicted exactly once. What is left over at the end is dropped.

    Args:
        indices: array `(steps,)`.
        length: steps to predict in each window.

    Returns:
        Array `(windows, length + 1)`, a read-only view.

    Raises:
        ValueError: the sequence is shorter than one window.
    """
    if length < 1 or len(indices) < length + 1:
        raise ValueError(f"a window of {length} steps needs length >= 1 and {length + 1} indices, got {len(indices)}")
    return np.lib.stride_tricks.sliding_window_view(indices, length + 1)[::length]
