"""Text as a sequence of character indices."""

import numpy as np


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
