"""From probabilities to labels: precision, recall, F1, and where to draw the line.

F1 = 2 tp / (2 tp + fp + fn) = 2 tp / (said + true). Say one thing more, that is right with probability p: the
numerator grows by 2 p and the denominator by 1, so F1 rises as long as p > F1 / 2. For probabilities that mean what
they say, the best threshold is half of the best F1, which is at most one half and far less for a rare label.
"""

import numpy as np

from animkit.theory.checks import vector


def counts(probabilities, labels, thresholds):
    """Count hits and errors at several thresholds.

    Args:
        probabilities: (n,).
        labels: (n,) bool.
        thresholds: (m,), said when the probability is at least that.

    Returns:
        dict: "tp", "fp", "fn", each (m,) int.

    Raises:
        ValueError: when the shapes do not fit or a number is not finite.
    """
    probabilities = vector(probabilities, "probabilities")
    labels, thresholds = np.asarray(labels, bool), vector(thresholds, "thresholds")
    if labels.shape != probabilities.shape:
        raise ValueError(f"a label for each probability; got {labels.shape} and {probabilities.shape}")
    order = np.argsort(probabilities)
    first = np.searchsorted(probabilities[order], thresholds)  # what is said begins here
    hits_from = np.append(np.cumsum(labels[order][::-1])[::-1], 0)
    tp = hits_from[first]
    return {"tp": tp, "fp": len(labels) - first - tp, "fn": labels.sum() - tp}


def scores(probabilities, labels, thresholds):
    """Precision, recall and F1 at several thresholds.

    Args:
        probabilities: (n,).
        labels: (n,) bool.
        thresholds: (m,).

    Returns:
        dict: "precision", "recall", "f1", each (m,); precision is 1 where nothing is said, F1 is 0 where nothing is
        hit.

    Raises:
        ValueError: as `counts`.
    """
    found = counts(probabilities, labels, thresholds)
    said, true = found["tp"] + found["fp"], found["tp"] + found["fn"]
    return {
        "precision": np.where(said > 0, found["tp"] / np.maximum(said, 1), 1.0),
        "recall": found["tp"] / np.maximum(true, 1),
        "f1": 2 * found["tp"] / np.maximum(said + true, 1),
    }


def best_threshold(probabilities, labels):
    """Try every threshold that makes a difference, and take the one of the highest F1.

    Args:
        probabilities: (n,).
        labels: (n,) bool.

    Returns:
        threshold and its F1, float; the highest of equals.

    Raises:
        ValueError: as `counts`.
    """
    tried = np.unique(vector(probabilities, "probabilities"))[::-1]
    f1 = scores(probabilities, labels, tried)["f1"]
    return float(tried[np.argmax(f1)]), float(f1.max())


def macro_f1(probabilities, labels, cuts):
    """Mean F1 over labels, each with a threshold of its own: a rare one counts as much as a frequent one.

    Args:
        probabilities: (n, labels).
        labels: (n, labels) bool.
        cuts: (labels,) thresholds.

    Returns:
        float.

    Raises:
        ValueError: as `counts`, or there is not a threshold for each label.
    """
    columns = zip(np.transpose(probabilities), np.transpose(labels), cuts, strict=True)
    return float(np.mean([scores(p, true, [cut])["f1"][0] for p, true, cut in columns]))


def expected_f1(probabilities, thresholds):
    """F1 to be expected of many, when probabilities mean what they say.

    Args:
        probabilities: (n,), not all 0.
        thresholds: (m,).

    Returns:
        (m,): twice the mass that is said, over what is said and what is true.

    Raises:
        ValueError: when a number is not finite, or all probabilities are 0.
    """
    probabilities, thresholds = vector(probabilities, "probabilities"), vector(thresholds, "thresholds")
    if not probabilities.sum() > 0.0:
        raise ValueError("all probabilities are 0: nothing is ever true")
    said = probabilities >= thresholds[:, None]
    return 2 * (said @ probabilities) / (said.sum(axis=1) + probabilities.sum())


def half_of_best(probabilities):
    """Find the threshold that is half of the F1 which it reaches, without trying them all.

    Args:
        probabilities: (n,) that mean what they say.

    Returns:
        threshold and the F1 to be expected, float.

    Raises:
        ValueError: as `expected_f1`.

    Source: Lipton et al. 2014, theorem 1; by Dinkelbach's steps for a quotient.
    """
    reached = float(expected_f1(probabilities, [0.0])[0])  # of saying it always
    while (better := float(expected_f1(probabilities, [reached / 2])[0])) > reached:
        reached = better
    return reached / 2, reached


def always(share):
    """F1 of saying a label always, which is true for a share: precision is the share and recall 1.

    Args:
        share: from 0 to 1.

    Returns:
        float.
    """
    return 2 * share / (1 + share)


def calibrated(share, sharpness, count=4000, *, seed=0):
    """Draw probabilities that mean what they say, with labels that follow them.

    Args:
        share: how often the label is true, between 0 and 1.
        sharpness: above 0; the larger, the nearer are probabilities to 0 and 1.
        count: how many.
        seed: int.

    Returns:
        probabilities (count,) of a beta distribution with mean `share`, and labels (count,) bool.

    Raises:
        ValueError: when share or sharpness lies elsewhere.
    """
    if not (0.0 < share < 1.0 and sharpness > 0.0):
        raise ValueError(f"a share lies between 0 and 1 and sharpness above 0; got {share} and {sharpness}")
    random = np.random.default_rng(seed)
    probabilities = random.beta(share / sharpness, (1 - share) / sharpness, count)
    return probabilities, random.random(count) < probabilities
