"""Nats per character of counting models: what a network must beat to have learnt more than spelling."""

import numpy as np

from animkit.data.text import alphabet, to_indices


def n_gram_curve(train, validation, highest):
    """Nats per character of the n-gram models of every order up to `highest`, with Witten-Bell interpolation.

    P(c | h) = (count(h c) + types(h) P(c | h')) / (count(h) + types(h)), where h is the last `order - 1` characters,
    h' is h without its first, types(h) counts the distinct characters seen after h, and the empty model is uniform
    over the characters of both texts.

    Args:
        train: text to count.
        validation: text to predict, each character from those before it in the same text.
        highest: characters in the longest gram, 1 or more.

    Returns:
        (highest,) mean negative log-likelihood of the validation text, nats per character; order 1 comes first.

    Raises:
        ValueError: a text is empty, or `highest` is less than 1.

    Source: Bell, Cleary, Witten 1990.
    """
    if not train or not validation:
        raise ValueError(f"both texts need characters; got {len(train)} to train and {len(validation)} to validate")
    if highest < 1:
        raise ValueError(f"order must be 1 or more; got {highest}")
    letters = alphabet(train + validation)
    characters = to_indices(train + validation, letters).astype(np.int64)
    split = len(train)
    probability = np.full(len(validation), 1 / len(letters))
    context = np.zeros_like(characters)  # the number of the context each character is in: one empty context at first
    nats = []
    for length in range(min(highest, len(validation))):
        # `gram` numbers each distinct (context, character) pair; contexts that cross the split are never used
        pairs, gram = np.unique(context * len(letters) + characters, return_inverse=True)
        counts = np.bincount(gram[length:split], minlength=len(pairs))
        contexts = pairs // len(letters)
        seen = np.bincount(contexts, weights=counts)
        types = np.bincount(contexts, weights=counts > 0)
        here, count = context[split + length :], counts[gram[split + length :]]
        shorter = probability[length:]
        longer = (count + types[here] * shorter) / np.maximum(seen[here] + types[here], 1)
        probability[length:] = np.where(seen[here] > 0, longer, shorter)
        nats.append(-np.log(probability).mean())
        # one character more: the next context is the gram that ends where this one's character was
        context = np.concatenate([[0], gram[:-1]])
    # a text has no context longer than itself
    return np.array(nats + nats[-1:] * (highest - len(nats)))


def n_gram_nats(train, validation, order):
    """Nats per character of the n-gram model of one order; see `n_gram_curve`."""
    return float(n_gram_curve(train, validation, order)[-1])


def counted(train, test, highest=16):
    """What counting letters has: n-grams of one letter, of two, and of the best order.

    The order is chosen on the last tenth of the training text, by what the rest of it counts.

    Args:
        train: text to count.
        test: text to predict.
        highest: order that is tried, 2 or more.

    Returns:
        dict: "unigram", "bigram" and "best n-gram", nats per character of the test text; and the order of the best.
    """
    split = len(train) - max(1, len(train) // 10)
    order = 1 + int(np.argmin(n_gram_curve(train[:split], train[split:], highest)))
    curve = n_gram_curve(train, test, highest)
    named = {"unigram": curve[0], "bigram": curve[1], "best n-gram": curve[order - 1]}
    return {name: float(nats) for name, nats in named.items()}, order


def unigram(train, validation):
    """Nats per character when every character is drawn for itself; see `n_gram_nats`."""
    return n_gram_nats(train, validation, 1)


def bigram(train, validation):
    """Nats per character when each character depends on the one before; see `n_gram_nats`."""
    return n_gram_nats(train, validation, 2)


def perplexity(nats):
    """The number of equally likely characters that would be as hard to guess.

    Args:
        nats: nats per character.

    Returns:
        exp(nats).
    """
    return float(np.exp(nats))
