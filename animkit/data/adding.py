"""The adding problem: the sum of two marked numbers in a long row, a test of memory made up on the spot."""

import numpy as np


def adding_problem(examples, steps, *, seed=0):
    """Draw rows of numbers, two of which are marked.

    Args:
        examples: how many.
        steps: length of each row, at least two.
        seed: decides all draws.

    Returns:
        x (examples, steps, 2) float32: a number from U[0, 1] and a mark, which is 1 at one step of each half and 0
        elsewhere; y (examples, 1) float32: the sum of both marked numbers.

    Raises:
        ValueError: fewer than two steps.

    Source: Hochreiter and Schmidhuber 1997, in the form of Bai et al. 2018.
    """
    if steps < 2:
        raise ValueError(f"steps is {steps}: two numbers are to be added, so a row has at least 2")
    random = np.random.default_rng(seed)
    numbers = random.random((examples, steps), "float32")
    rows, half = np.arange(examples), steps // 2
    marked = random.integers(half, size=examples), random.integers(half, steps, size=examples)
    marks = np.zeros_like(numbers)
    for place in marked:
        marks[rows, place] = 1
    return np.stack([numbers, marks], axis=-1), (numbers * marks).sum(axis=1, keepdims=True)
