"""The narrator: an LSTM over words, trained on clauses of the fairy tales and the beats they tell."""

import time

import keras
import numpy as np

from animkit.data.lexicon import FEELINGS, LIGHTS, PLACES, THINGS, moods
from animkit.data.tellings import FEATURES, LONGEST, SLOT_WORDS, encode, known, load_tellings, vocabulary
from animkit.metrics.kneser_ney import KneserNey
from animkit.models.narrator import Narrator
from animkit.recipes.cards import card
from animkit.recipes.schedules import cosine_decay
from animkit.studio.telling import PLAIN, complete
from animkit.training import Batches, by_profile, train

BOUNDARY = "<>"  # between sentences, first of the vocabulary
ORDERS = (1, 2, 3, 4, 5)  # of n-grams that are tried
BATCH_SIZE = 32


def composed(tellings, rng):
    """Tellings with more in them, so that what seldom meets in tales is learned together, too.

    Each clause with a deed and at most ten words gets one more thing, place, light or feeling that it does not have: a
    place or thing at its end behind the preposition of `animkit.studio.telling.PLAIN`; a light before it, or a feeling
    behind it, in words of the tales, or where they have none as `animkit.studio.telling.complete` adds it.

    Args:
        tellings: list of `animkit.data.tellings.Telling`.
        rng: `numpy.random.Generator`.

    Returns:
        list of Telling.
    """
    said = {field: {value: [] for value in group} for field, group in (("light", LIGHTS), ("feeling", FEELINGS))}
    _, lights, _ = moods()
    for one in tellings:
        at = one.words.index("[who]")
        if 0 < at <= 5 and one.light and one.light in {lights.get(word) for word in one.words[max(0, at - 2) : at]}:
            said["light"][one.light].append(one.words[:at])
        if one.feeling and not one.does and at == 0 and len(one.words) < 5 and not set(SLOT_WORDS[1:]) & set(one.words):
            said["feeling"][one.feeling].append((",", "and", "[who.he]", *one.words[1:]))
    short = [one for one in tellings if one.does and len(one.words) <= 10]
    return [more for one in short if (more := _one_more(one, said, rng))]


def _one_more(one, said, rng):
    """A telling with one thing more in it, or None where there is no room for what was drawn."""
    _, to_whom, with_thing, at = PLAIN[one.does]
    field = rng.choice(["where", "where", "thing", "feeling", "light"])
    if getattr(one, field) or "home" in one.words:
        return None
    values = {"where": PLACES, "thing": THINGS, "feeling": FEELINGS, "light": LIGHTS}[field]
    value = str(rng.choice(list(values)))
    more, words = one._replace(**{field: value}), one.words
    phrases = said.get(field, {}).get(value)
    if field == "where":
        words = (*words, "in" if at == to_whom == "to" and one.whom else at, "[where]")
    elif field == "thing":
        words = (*words, with_thing, "[thing]") if with_thing else None
    elif not phrases:
        words = complete(words, more)
    elif field == "feeling":
        words = (*words, *phrases[rng.integers(len(phrases))])
    else:
        words = (*phrases[rng.integers(len(phrases))], *words) if words[0] == "[who]" else None
    return more._replace(words=words) if words and len(words) <= LONGEST else None


def train_narrator(
    tales,
    *,
    units=192,
    embedding_dim=96,
    dropout=0.5,
    epochs=18,
    compose=True,
    seed=0,
    checkpoint=None,
    progress=True,
):
    """Train a narrator on tellings.

    Args:
        tales: list of lists of `animkit.data.tellings.Telling`.
        units: of the LSTM.
        embedding_dim: of words.
        dropout: of word vectors and hidden states.
        epochs: rounds, over which the rate falls.
        compose: whether it learns from `composed` clauses, too.
        seed: of weights, order and dropout.
        checkpoint: folder for the state, or None.
        progress: show it.

    Returns:
        Narrator.

    Raises:
        ValueError: too few tellings to fill one batch.
    """
    words = vocabulary(tales)
    learned = known(tales, words)
    if len(learned) < BATCH_SIZE:
        raise ValueError(
            f"{len(learned)} clauses that tell a beat, in words of three tales at least, do not fill a batch of "
            f"{BATCH_SIZE}: give more tales (a text of your own is cut into some by animkit.data.text.parts)"
        )
    added = composed(learned, np.random.default_rng(seed)) if compose else []
    words = (BOUNDARY, *sorted({*words, *(word for one in added for word in one.words)}))
    rows, beats = encode(learned + added, words)
    data = Batches(
        {"words": rows[:, :-1], "beat": beats}, rows[:, 1:], batch_size=BATCH_SIZE, seed=seed, drop_remainder=True
    )
    keras.utils.set_random_seed(seed)
    model = Narrator(words, FEATURES, units=units, embedding_dim=embedding_dim, dropout=dropout)
    rate = cosine_decay(3e-3, epochs * len(data), last=0.05)
    model.compile(keras.optimizers.Adam(rate, global_clipnorm=10.0))
    train(model, data, epochs=epochs, checkpoint=checkpoint, progress=progress)
    return model


def nats_per_word(model, tellings):
    """Nats per word of sentences a narrator has not seen, their ends included.

    Args:
        model: Narrator.
        tellings: list of Telling, in its words.

    Returns:
        (tellings,) nats of each, and (tellings,) its words, the end included.
    """
    rows, beats = encode(tellings, model.words)
    return model.nats(rows, beats), (rows[:, 1:] > 0).sum(axis=1) + 1


def counted(learned, tellings, size, order):
    """Nats of sentences by a Kneser-Ney n-gram of their words, which knows no beat.

    Args:
        learned: list of Telling to count.
        tellings: list of Telling to predict.
        size: of the vocabulary.
        order: words in the longest gram.

    Returns:
        (tellings,) nats of each, its end included.
    """
    model = KneserNey([gram for one in learned for gram in _grams(one, order)], order)
    probabilities = [[model.probability(word, past, 1 / size) for past, word in _grams(one, order)] for one in tellings]
    return np.array([-np.log(each).sum() for each in probabilities])


def _grams(telling, order):
    """(history, word) of a sentence, the nearest word of a history first."""
    words = [BOUNDARY] * (order - 1) + [*telling.words, BOUNDARY]
    return [(tuple(words[at - order + 1 : at][::-1]), words[at]) for at in range(order - 1, len(words))]


def make_narrator(profile="full", *, checkpoint=None):
    """Train the narrator that ships; the model and its card."""
    started = time.perf_counter()
    units, epochs, tales = by_profile(profile, ci=(16, 1, 20), demo=(96, 6, None), full=(192, 18, None))
    data = load_tellings(most=tales)
    model = train_narrator(data.train, units=units, epochs=epochs, checkpoint=checkpoint)
    learned = known(data.train, model.words)
    told = card(
        "narrator",
        what="a word LSTM with semantically conditioned gates that tells a beat in a sentence",
        data=f"{len(learned):,} clauses, by the rule of animkit.data.tellings, of {len(data.train)} {data.source} "
        "tales (real: FairytaleQA's training tales, Apache-2.0, of Project Gutenberg's texts; else the twin's) in "
        f"{len(model.words):,} words, each of three tales at least",
        recipe=f"vectors of 96 shared by input and output, LSTM {units} with a reading gate, dropout 0.5; Adam, 3e-3 "
        f"down by cosine, batch 32, {epochs} epochs of the clauses and of others composed of them; sizes and epochs "
        "chosen on the validation tales",
        metrics=measure_narrator(model, learned, known(data.validation, model.words)),
        profile=profile,
        started=started,
    )
    return model, told


def measure_narrator(model, learned, unseen):
    """Perplexity of unseen tellings, beside that of Kneser-Ney n-grams of the best order."""
    nats, words = nats_per_word(model, unseen)
    grams = {order: counted(learned, unseen, len(model.words), order).sum() for order in ORDERS}
    best = min(grams, key=grams.get)
    return {
        "perplexity": {
            "value": round(float(np.exp(nats.sum() / words.sum())), 2),
            f"Kneser-Ney {best}-gram, which knows no beat": round(float(np.exp(grams[best] / words.sum())), 2),
            "unit": f"per word, {len(unseen)} clauses of the validation tales",
        }
    }
