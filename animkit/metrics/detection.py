"""How well things are found in pictures: overlap of boxes, precision by recall, average precision."""

import numpy as np

STRICTER = tuple(np.arange(50, 100, 5) / 100)  # overlaps over which mAP50-95 is a mean
RECALLS = np.linspace(0, 1, 101)  # at which the precision is read


def overlap(one, other):
    """Intersection over union of boxes.

    Args:
        one: (n, 4) left, top, right, bottom, half open.
        other: (m, 4).

    Returns:
        (n, m), 0 where two do not touch, 1 where they are the same.

    Raises:
        ValueError: boxes of another shape, or one whose sides are in the wrong order.
    """
    one, other = _boxes(one), _boxes(other)
    shared = np.minimum(one[:, None, 2:], other[None, :, 2:]) - np.maximum(one[:, None, :2], other[None, :, :2])
    shared = shared.clip(0).prod(axis=-1)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(axis=-1) for boxes in (one, other)]
    union = areas[0][:, None] + areas[1] - shared
    return np.divide(shared, union, out=np.zeros(shared.shape), where=union > 0)


def hits(boxes, scores, truth, at_least=0.5):
    """Tell which boxes found something: the surest first, each the true box that it covers best and nobody has yet.

    Args:
        boxes: (n, 4) found in one picture.
        scores: (n,) how sure one is of each.
        truth: (m, 4) what is there.
        at_least: overlap from which on it is found.

    Returns:
        (n,) bool.

    Raises:
        ValueError: as `overlap`, or not a score for each box.
    """
    shared, scores = overlap(boxes, truth), np.asarray(scores, float)
    if scores.shape != shared.shape[:1]:
        raise ValueError(f"a score for each of {len(shared)} boxes; got {scores.shape}")
    found = np.zeros(len(scores), bool)
    for box in np.argsort(-scores, kind="stable") if shared.shape[1] else ():
        best = shared[box].argmax()
        if shared[box, best] >= at_least:
            found[box], shared[:, best] = True, -1.0
    return found


def precision_by_recall(found, scores, there):
    """Precision and recall when all are said that one is at least so sure of, down to each score in turn.

    Args:
        found: (n,) bool, see `hits`; of all pictures together.
        scores: (n,).
        there: how many there are to find, at least 1.

    Returns:
        precision and recall, each (n,), the surest first.

    Raises:
        ValueError: nothing is there to be found.
    """
    if there < 1:
        raise ValueError("there is nothing to be found: precision by recall needs a true box")
    right = np.asarray(found, bool)[np.argsort(-np.asarray(scores, float), kind="stable")].cumsum()
    return right / np.arange(1, len(right) + 1), right / there


def interpolated(precision, recall, at=RECALLS):
    """The best precision that is to be had at a recall or any higher one, (len(at),); 0 where none is reached."""
    best = np.maximum.accumulate(np.append(precision, 0.0)[::-1])[::-1]
    return best[np.searchsorted(recall, np.asarray(at) - 1e-9)]


def average_precision(pictures, at_least=0.5):
    """Area under the interpolated curve of precision by recall, for one kind of thing.

    Args:
        pictures: of each what was found and what is there: boxes (n, 4), scores (n,), truth (m, 4).
        at_least: overlap from which on a box is found.

    Returns:
        float from 0 to 1.

    Raises:
        ValueError: as `hits` and `precision_by_recall`.

    Source: Everingham et al. 2010 (PASCAL VOC); Lin et al. 2014 (COCO), whose 101 recalls these are.
    """
    found = [hits(boxes, scores, truth, at_least) for boxes, scores, truth in pictures]
    scores = [np.asarray(scores, float) for _, scores, _ in pictures]
    there = sum(len(truth) for _, _, truth in pictures)
    curve = precision_by_recall(np.concatenate([[], *found]), np.concatenate([[], *scores]), there)
    return float(interpolated(*curve).mean())


def mean_average_precision(kinds, overlaps=STRICTER):
    """Mean of `average_precision` over kinds of things and overlaps: mAP50-95; with (.5,) it is mAP50.

    Args:
        kinds: of each kind its pictures.
        overlaps: from which on a box is found.

    Returns:
        float from 0 to 1.

    Raises:
        ValueError: as `average_precision`.
    """
    return float(np.mean([average_precision(pictures, at_least) for pictures in kinds for at_least in overlaps]))


def _boxes(boxes):
    boxes = np.asarray(boxes, float)
    boxes = boxes.reshape(0, 4) if not boxes.size else boxes
    if boxes.ndim != 2 or boxes.shape[1] != 4 or (boxes[:, 2:] < boxes[:, :2]).any():
        raise ValueError(f"boxes are (n, 4) left, top, right, bottom, the first two the smaller; got {boxes.shape}")
    return boxes
