"""Labels of conditional models: class numbers, or a weight for each class."""

import numpy as np
from keras import ops


def check_labels(labels, classes, examples=None):
    """Refuse labels that a conditional model cannot take.

    Args:
        labels: (batch,) whole numbers from 0 to classes - 1; or (batch, classes) weights, as one-hot rows are. Weights
            may name several labels at once (a skin and a hair), mix two, or, all zero, leave the choice to the model.
        classes: how many there are.
        examples: how many labels there should be, or None.

    Raises:
        ValueError: on another shape or dtype, another count, a number out of range, or a weight that is not finite.
    """
    labels = np.asarray(labels)
    if labels.dtype.kind == "f" and labels.ndim == 2:
        if labels.shape[1] != classes:
            raise ValueError(f"weights of labels must be (batch, {classes}); got {labels.shape}")
        if not np.isfinite(labels).all():
            raise ValueError("weights of labels must be finite")
    elif labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise ValueError(
            f"labels must be (batch,) integers or (batch, {classes}) weights; got {labels.shape} {labels.dtype}"
        )
    elif labels.size and not 0 <= labels.min() <= labels.max() < classes:
        raise ValueError(f"labels must lie in 0..{classes - 1}; got {labels.min()}..{labels.max()}")
    if examples is not None and len(labels) != examples:
        raise ValueError(f"{examples} examples need {examples} labels; got {len(labels)}")


def label_weights(labels, classes, dtype="float32"):
    """Labels as weights: one-hot rows for class numbers, weights as they are.

    Args:
        labels: (batch,) integers or (batch, classes) floats.
        classes: how many there are.
        dtype: of the result.

    Returns:
        (batch, classes).
    """
    if len(labels.shape) == 2:
        return ops.cast(labels, dtype)
    return ops.one_hot(ops.cast(labels, "int32"), classes, dtype=dtype)
