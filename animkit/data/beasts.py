"""Beasts of fairy tales in motion, all drawn in code: what the network of creatures learns from."""

from functools import cache

import numpy as np

from animkit.data.fairytales import CREATURES
from animkit.data.sprites import ACTION_DIRECTIONS, Sprites
from animkit.data.twins.pixel_beasts import OPTIONS, draw_beasts

ATTRIBUTES = ("kind", "colouring", "crest", "pattern", "build")
# what faces right mirrors what faces left, and needs no learning
ROUNDS = {action: 8 for action in ACTION_DIRECTIONS if not action.endswith("right")}
LEARNED = [ACTION_DIRECTIONS.index(action) for action in ROUNDS]
HELD_OUT = 8  # combinations of each kind that nothing is trained on


def split(held_out=HELD_OUT, *, seed=423):
    """Says which combinations are learned and which are held out, as many of each kind.

    Args:
        held_out: how many of the 72 combinations of each kind.
        seed: which ones.

    Returns:
        attributes: (720, 5) int64, in the order ATTRIBUTES.
        train: indices of those to learn from. test: indices of the others.
    """
    attributes = np.indices(OPTIONS).reshape(len(OPTIONS), -1).T
    order = np.random.default_rng(seed).permuted(np.arange(len(attributes)).reshape(len(CREATURES), -1), axis=1)
    return attributes, np.sort(order[:, held_out:].ravel()), np.sort(order[:, :held_out].ravel())


@cache
def load_beasts(each=None):
    """Draws ten kinds of beasts, in 72 combinations each, in six action-directions.

    Args:
        each: training combinations of each kind, 4 at least; None for all 64.

    Returns:
        `animkit.data.sprites.Sprites` of source "twin", whose attributes are (beasts, 5), in the order ATTRIBUTES, and
        whose actions are ROUNDS: those of people but for what faces right, which `with_right` adds.

    Raises:
        ValueError: another number of combinations.
    """
    attributes, train, test = split()
    most = len(train) // len(CREATURES)
    if each is not None and not 4 <= each <= most:
        raise ValueError(f"each is {each}: a kind has from 4 to {most} training combinations")
    train = train.reshape(len(CREATURES), -1)[:, :each].ravel()
    test = test.reshape(len(CREATURES), -1)[:, :each].ravel()
    shown = np.concatenate([train, test])
    frames, palette = draw_beasts(attributes[shown])
    learned, held_out = np.split(np.arange(len(shown)), [len(train)])
    return Sprites(frames[:, LEARNED], palette, attributes[shown], learned, held_out, "twin", ROUNDS)
