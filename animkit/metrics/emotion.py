"""How well the labels of texts are told: F1 of each, thresholds chosen for it, and the linear model to be beaten."""

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.special import expit
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion

SMOOTH = 6  # steps of 4 % of a threshold, standard deviation
SURE = 20.0  # logit of what all texts have


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

    What F1 would be is smoothed over neighbouring thresholds, a quarter more or less: of a rare label the highest of
    many is luck, and a threshold between others that are nearly as good holds better on other texts.

    Args:
        labels: (texts, labels) bool.
        probabilities: (texts, labels).

    Returns:
        (labels,) from .008 to .9, the least of several that are as good.
    """
    grid = np.geomspace(0.008, 0.9, 120)
    f1 = [rates(labels, np.asarray(probabilities) >= least)["f1"] for least in grid]
    return grid[np.argmax(gaussian_filter1d(f1, SMOOTH, axis=0, mode="nearest"), axis=0)]


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
    """

    def __init__(self, texts, labels, kinds=("words",)):
        self.features = _features(kinds)
        self.models = _regressions(self.features.fit_transform(texts), labels, kinds)

    def probabilities(self, texts):
        """(texts, labels) probabilities."""
        return _probabilities(self.models, self.features.transform(texts))


def unseen(texts, labels, kinds=("words",), *, folds=3):
    """What linear models say, each of the texts whose labels it has not seen.

    Args:
        texts: list of str.
        labels: (texts, labels) bool.
        kinds: see `LinearModel`.
        folds: parts; the labels of a part are told by a model of the others.

    Returns:
        (texts, labels) probabilities.
    """
    x, part, found = _features(kinds).fit_transform(texts), np.arange(len(texts)) % folds, np.zeros(np.shape(labels))
    for here in (part == number for number in range(folds)):
        found[here] = _probabilities(_regressions(x[~here], labels[~here], kinds), x[here])
    return found


def _features(kinds):
    made = {
        "words": {"ngram_range": (1, 2), "min_df": 2},
        "letters": {"analyzer": "char_wb", "ngram_range": (2, 5), "min_df": 5, "max_features": 60_000},
    }
    options = {"sublinear_tf": True, "dtype": np.float32}
    return FeatureUnion([(kind, TfidfVectorizer(**options, **made[kind])) for kind in kinds])


def logistic_regressions(x, labels, *, C):
    """Fit a logistic regression for each label.

    Args:
        x: (texts, features), sparse.
        labels: (texts, labels) bool.
        C: inverse strength of the penalty on what is learned.

    Returns:
        (features, labels) weights and (1, labels) biases float32, so that x @ weights + biases are logits; of a label
        that all texts have or none only the bias differs from 0.
    """
    # stopped early, labels that one text in a thousand has are hardly learned
    options = {"C": C, "tol": 1e-5, "max_iter": 150}
    many = labels.shape[1]
    weights, biases = np.zeros((x.shape[1], many), "float32"), np.zeros((1, many), "float32")
    for column, each in enumerate(np.transpose(labels)):
        if each.any() and not each.all():
            model = LogisticRegression(**options).fit(x, each)
            weights[:, column], biases[0, column] = model.coef_[0], model.intercept_[0]
        else:
            biases[0, column] = SURE if each[0] else -SURE
    return weights, biases


def _regressions(x, labels, kinds):
    return logistic_regressions(x, labels, C=3.0 if "letters" in kinds else 5.0)


def _probabilities(model, x):
    weights, biases = model
    return expit(x @ weights + biases)
