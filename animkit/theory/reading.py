"""From words to a feeling: what counts of words and of neighbours cannot tell, and an LSTM by hand that can.

"not good, bad" and "not bad, good" have the same words as often; "very good. not very bad." and "very bad. not very
good." have the same pairs of neighbours as often as well. Whoever only counts gives both of a pair the same answer.
An LSTM keeps in one cell that it has read "not", and turns around what comes until the clause ends.
"""

import re
from collections import Counter

import numpy as np

from animkit.theory import rnn

KINDS = {
    "good": ("good", "great", "happy", "fine", "kind"),
    "bad": ("bad", "awful", "sad", "boring", "cruel"),
    "not": ("not", "never", "no", "hardly"),
    "end": (".", ",", ";", "!", "?", "but"),
}  # all other words are one kind
CELLS = ("negated", "of good words", "of bad words")
EDGE = "|"  # before the first word and after the last one


def split(text):
    """Cut a text into words and marks, in lower case.

    Args:
        text: str.

    Returns:
        list of str.
    """
    return re.findall(r"[\w']+|[.,;!?]", text.lower())


def counts(words, order):
    """Count what stands side by side.

    Args:
        words: list of str.
        order: longest run that is counted; 1 counts words alone, a bag of words.

    Returns:
        Counter of tuples; from order 2 on, with the edges of the text.

    Raises:
        ValueError: when order is below 1.
    """
    if order < 1:
        raise ValueError(f"an order is at least 1; got {order}")
    found = Counter((word,) for word in words)
    edged = [EDGE, *words, EDGE]
    for length in range(2, order + 1):
        found.update(zip(*(edged[begin:] for begin in range(length)), strict=False))
    return found


def order_needed(one, other):
    """Find the shortest runs of words by whose counts two texts can be told apart.

    Args:
        one: list of str.
        other: list of str, not the same.

    Returns:
        int.

    Raises:
        ValueError: when they are the same text.
    """
    if list(one) == list(other):
        raise ValueError("both are the same text, which no count tells apart")
    return next(order for order in range(1, len(one) + 3) if counts(one, order) != counts(other, order))


def one_hot(words):
    """Write words as rows of zeros with a single 1: good, bad, not, end of a clause, other.

    Args:
        words: list of str.

    Returns:
        (words, 5).
    """
    place = {word: number for number, kind in enumerate(KINDS.values()) for word in kind}
    return np.eye(5)[[place.get(word, 4) for word in words]].reshape(-1, 5)


def negation_lstm():
    """Make an LSTM by hand that reads a feeling and turns it around after "not", until the clause ends.

    Good words open the input gate of one cell and bad words that of another; what they let in is +1 or -1, and "not",
    kept in the first cell, turns its sign. Both cells together are the feeling of what was read.

    Returns:
        kernel (5, 12), recurrent_kernel (3, 12) and bias (12,) in Keras' layout, for `one_hot`.

    Source: Hochreiter and Schmidhuber 1997; the weights are ours.
    """
    kernel, recurrent, bias = np.zeros((5, 4, 3)), np.zeros((3, 4, 3)), np.zeros((4, 3))
    bias[:] = [[-9.0], [12.0], [0.0], [9.0]]  # closed to input, never forgets, shows its cells
    kernel[2, 0, 0], kernel[2, 2, 0] = 18.0, 9.0  # "not" is kept,
    kernel[3, 1, 0] = -24.0  # until the clause ends
    for cell, sign in ((1, 1.0), (2, -1.0)):
        kernel[cell - 1, 0, cell], bias[2, cell] = 18.0, 9.0 * sign
        recurrent[0, 2, cell] = -24.0 * sign  # 9 - 24 tanh(1) is about -9
    return kernel.reshape(5, 12), recurrent.reshape(3, 12), bias.reshape(12)


def feelings(words, weights=None):
    """Read word by word by an LSTM, and tell the feeling after each.

    Args:
        words: list of str, at least one.
        weights: as `negation_lstm`, which is there without.

    Returns:
        (words,): how many good things more than bad ones were said.

    Raises:
        ValueError: when there is no word.
    """
    if not words:
        raise ValueError("there is no word to read")
    return rnn.lstm_forward(one_hot(words), *(weights or negation_lstm())).cell[:, 1:].sum(axis=1)
