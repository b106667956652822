"""What a judge's probabilities say of generated clips: accuracy, inception score and its two entropies."""

import numpy as np


def judged(probabilities):
    """Score clips by a judge's probabilities: is each clip of one kind, and are all kinds there?

    Args:
        probabilities: (n, classes), rows sum to 1.

    Returns:
        dict: `h_y_given_x`, mean entropy of a row (nats, 0 is best); `h_y`, entropy of the mean row (nats, log classes
        is best); `inception_score`, exp(h_y - h_y_given_x), at most the number of classes.

    Raises:
        ValueError: when rows are no distributions.

    Source: Salimans et al. 2016; as used for Sprites by Bai et al. 2021 (C-DSVAE).
    """
    probabilities = np.asarray(probabilities, "float64")
    if probabilities.ndim != 2 or not len(probabilities) or probabilities.min() < 0:
        raise ValueError(f"probabilities are (n, classes), none below 0; got shape {probabilities.shape}")
    if not np.allclose(probabilities.sum(axis=1), 1, atol=1e-3):
        raise ValueError("each row of probabilities must sum to 1")
    given, marginal = entropy(probabilities).mean(), entropy(probabilities.mean(axis=0))
    return {
        "inception_score": float(np.exp(marginal - given)),
        "h_y_given_x": float(given),
        "h_y": float(marginal),
    }


def entropy(probabilities):
    """Entropy along the last axis.

    Args:
        probabilities: (..., classes).

    Returns:
        (...) nats; an impossible class counts nothing.
    """
    probabilities = np.asarray(probabilities, "float64")
    return -np.sum(probabilities * np.log(np.where(probabilities > 0, probabilities, 1.0)), axis=-1)


def accuracy(probabilities, labels):
    """Share of rows whose likeliest class is the label.

    Args:
        probabilities: (n, classes).
        labels: (n,).

    Returns:
        float in [0, 1].

    Raises:
        ValueError: when the lengths differ.
    """
    probabilities, labels = np.asarray(probabilities), np.asarray(labels)
    if len(probabilities) != len(labels) or not len(labels):
        raise ValueError(f"{len(probabilities)} rows of probabilities and {len(labels)} labels do not go together")
    return float((probabilities.argmax(axis=-1) == labels).mean())


def diversity(frames):
    """How unlike each other pictures are: mean share of pixels in which two of them differ.

    Args:
        frames: (n, height, width) palette indices, n at least 2.

    Returns:
        float in [0, 1]; 0 when all are alike.

    Raises:
        ValueError: with fewer than two pictures.
    """
    frames = np.asarray(frames)
    if frames.ndim != 3 or len(frames) < 2:
        raise ValueError(f"diversity compares at least two pictures (n, height, width); got {frames.shape}")
    rows = frames.reshape(len(frames), -1)
    counts = sum(((rows == colour).sum(axis=0).astype("float64") ** 2).sum() for colour in np.unique(rows))
    pairs = len(rows) * (len(rows) - 1)
    return float(1 - (counts - rows.size) / (pairs * rows.shape[1]))
