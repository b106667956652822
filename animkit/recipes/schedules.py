"""How a learning rate goes over a training: a warm-up, then half a cosine down."""

from keras.optimizers.schedules import CosineDecay


def cosine_decay(rate, steps, *, last, warm_up=0, first=1e-5):
    """Let a learning rate rise in a straight line, then fall by half a cosine.

    Args:
        rate: the highest, where the warm-up ends.
        steps: of both together; after them the rate stays where it is.
        last: share of `rate` that is left at the end.
        warm_up: steps from `first` up to `rate`.
        first: rate at step 0 of a warm-up.

    Returns:
        `keras.optimizers.schedules.LearningRateSchedule`.

    Source: Loshchilov and Hutter 2017 (SGDR), one period; Goyal et al. 2017 (warm-up).
    """
    if not warm_up:
        return CosineDecay(rate, steps, alpha=last)
    return CosineDecay(first, steps - warm_up, alpha=last, warmup_target=rate, warmup_steps=warm_up)
