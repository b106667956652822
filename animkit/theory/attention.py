"""Attention over time: a softmax decides how much of each word enters a weighted mean, from which feelings are read.

a = softmax(e / T), c = sum a_t v_t, p = sigmoid(b + c). Scores e and evidence v are what a recurrent network says at
each word; here they are numbers written by hand for a few words, so that each step can be checked.
"""

import numpy as np
from scipy.special import expit, softmax

from animkit.theory.checks import positive, vector

EMOTIONS = ("joy", "anger", "sadness", "fear")
BIAS = -3.0  # what is said of a sentence that has no evidence: 5 %
LEXICON = {
    "love": (2.0, (7, -2, -2, -1)),
    "happy": (2.0, (7, -2, -2, -1)),
    "great": (1.5, (5, -1, -1, -1)),
    "thanks": (1.5, (5, -2, -1, -1)),
    "funny": (1.5, (5, -1, -1, 0)),
    "hate": (2.0, (-3, 7, 1, 0)),
    "angry": (2.0, (-2, 7, 1, 0)),
    "stupid": (1.5, (-2, 6, 1, 0)),
    "sad": (2.0, (-2, 0, 7, 1)),
    "lost": (1.0, (-1, 1, 5, 2)),
    "alone": (1.0, (-1, 0, 5, 3)),
    "cry": (1.5, (-1, 0, 6, 1)),
    "afraid": (2.0, (-2, 0, 1, 7)),
    "scared": (2.0, (-2, 0, 1, 7)),
    "dark": (1.0, (0, 0, 2, 4)),
    "monster": (1.5, (0, 1, 0, 5)),
    "really": (1.0, (0, 0, 0, 0)),
    "very": (1.0, (0, 0, 0, 0)),
}  # word -> (score, evidence for each emotion); others have (0, nothing)


def by_hand(words):
    """Look up what is written by hand for each word.

    Args:
        words: list of str.

    Returns:
        scores (words,) and evidence (words, 4) for EMOTIONS.
    """
    found = [LEXICON.get(word.lower(), (0.0, (0, 0, 0, 0))) for word in words]
    return np.array([score for score, _ in found], float), np.array([row for _, row in found], float).reshape(-1, 4)


def weights(scores, temperature=1.0, keep=None):
    """Share attention out among words.

    Args:
        scores: (words,).
        temperature: above 0; a small one gives all to the best, a large one the same to each.
        keep: (words,) bool, False where a word is masked; None keeps all.

    Returns:
        (words,), 0 where masked, sum 1.

    Raises:
        ValueError: when a score is not finite, the temperature not above 0, or no word is kept.

    Source: Bahdanau et al. 2015; Yang et al. 2016, section 2.2.
    """
    scores, temperature = vector(scores, "scores"), positive(temperature, "the temperature", 1)[0]
    keep = np.ones(len(scores), bool) if keep is None else np.asarray(keep, bool)
    if keep.shape != scores.shape or not keep.any():
        raise ValueError(f"keep one at least of the {len(scores)} words; got {keep}")
    return softmax(np.where(keep, scores / temperature, -np.inf))


def slopes(shares, evidence, temperature=1.0):
    """Derive what the weighted mean does when a score rises, dc/de_t = a_t (v_t - c) / T.

    Args:
        shares: (words,) as `weights` gives them.
        evidence: (words, d).
        temperature: above 0.

    Returns:
        (words, d): nothing for a word that says what all say, however much attention it has.
    """
    shares, evidence = np.asarray(shares, float), np.asarray(evidence, float)
    return shares[:, None] * (evidence - shares @ evidence) / temperature


def left_out(shares, evidence):
    """Tell the weighted mean that is left when one word is masked, (c - a_t v_t) / (1 - a_t), for each word.

    Args:
        shares: (words,) as `weights` gives them.
        evidence: (words, d).

    Returns:
        (words, d), NaN where a word has all of the attention.
    """
    shares, evidence = np.asarray(shares, float)[:, None], np.asarray(evidence, float)
    rest = np.where(shares < 1.0, 1.0 - shares, np.nan)
    return ((shares * evidence).sum(axis=0) - shares * evidence) / rest


def probabilities(shares, evidence, bias=BIAS):
    """Read feelings from the weighted mean; each for itself, as a sentence may have several.

    Args:
        shares: (words,) as `weights` gives them.
        evidence: (words, d) in logits.
        bias: a number or (d,).

    Returns:
        (d,) from 0 to 1.
    """
    return expit(bias + np.asarray(shares, float) @ np.asarray(evidence, float))
