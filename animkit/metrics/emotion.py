"""How well the labels of texts are told: F1 of each, thresholds chosen for it, and the linear model to be beaten."""

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression


def rates(labels, told):
    """Count, label by label, how often it is told rightly.

    Args:
        labels: (texts, labels) bool, the truth.
        told: (texts, labels) bool.

    Returns:
        dict of (labels,) arrays: precision (of those told; nan where none is), recall, f1 (0 where nothing is right),
        support (texts that have it) and told (texts of which it is said).
    """
    labels, told = np.asarray(labels, bool), np.asarray(told, bool)
    right, support, said = (labels & told).sum(axis=0), labels.sum(axis=0), told.sum(axis=0)
    with np.errstate(invalid="ignore"):
        precision, recall = right / said, right / support
    f1 = 2 * right / np.maximum(said + support, 1)
    return {"precision": precision, "recall": recall, "f1": f1, "support": support, "told": said}


def macro_f1(labels, told):
    """Mean of the labels' F1, each counting alike; see `rates`."""
    return float(rates(labels, told)["f1"].mean())


def choose_thresholds(labels, probabilities):
    """Choose for each label the probability from which it is told, where its F1 is highest.

    Args:
        labels: (texts, labels) bool.
        probabilities: (texts, labels).

    Returns:
        (labels,) of hundredths from .02 to .9, the least of several that are as good.
    """
    grid = np.linspace(0.02, 0.9, 89)
    f1 = [rates(labels, np.asarray(probabilities) >= least)["f1"] for least in grid]
    return grid[np.argmax(f1, axis=0)]


def interval(labels, told, other=None, *, draws=1000, seed=0):
    """95 % interval of `macro_f1` over texts, by the bootstrap.

    Args:
        labels: (texts, labels) bool.
        told: (texts, labels) bool.
        other: (texts, labels) bool, what somebody else tells: the interval is that of the difference.
        draws: of as many texts as there are, with repetition.
        seed: of the draws.

    Returns:
        (low, high).
    """
    rng = np.random.default_rng(seed)
    # how often each text is drawn; sums over texts are then products of matrices
    often = rng.multinomial(len(labels), np.full(len(labels), 1 / len(labels)), size=draws).astype("float32")
    labels = np.asarray(labels, "float32")

    def drawn(told):
        told = np.asarray(told, "float32")
        return (2 * (often @ (labels * told)) / np.maximum(often @ (labels + told), 1)).mean(axis=1)

    found = drawn(told) - (0 if other is None else drawn(other))
    return tuple(map(float, np.percentile(found, [2.5, 97.5])))


class LinearModel:
    """TF-IDF of words and pairs of words, of letters, or of both side by side, and a logistic regression a label.

    Args:
        texts: list of str.
        labels: (texts, labels) bool.
        kinds: of "words" and "letters" (n-grams of two to five within words).
        strength: inverse of the penalty.
    """

    def __init__(self, texts, labels, kinds=("words",), *, strength=5.0):
        made = {
            "words": {"ngram_range": (1, 2), "min_df": 2},
            "letters": {"analyzer": "char_wb", "ngram_range": (2, 5), "min_df": 5, "max_features": 60_000},
        }
        self.features = [TfidfVectorizer(sublinear_tf=True, dtype=np.float32, **made[kind]) for kind in kinds]
        x = sparse.hstack([each.fit_transform(texts) for each in self.features]).tocsr()
        options = {"C": strength, "tol": 1e-5, "max_iter": 150}
        self.models = [LogisticRegression(**options).fit(x, each) for each in np.transpose(labels)]

    def probabilities(self, texts):
        """(texts, labels) probabilities."""
        x = sparse.hstack([each.transform(texts) for each in self.features]).tocsr()
        return np.stack([model.predict_proba(x)[:, 1] for model in self.models], axis=1)
