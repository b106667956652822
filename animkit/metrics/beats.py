"""Nats per beat of counting models: what a network over beats must be below to have learnt more than frequencies."""

import math

from animkit.metrics.kneser_ney import KneserNey

# for each field, what of the same and of earlier beats says most about it: (field, beats back), nearest first
RELEVANT = (
    ((0, 1), (1, 1), (0, 2), (2, 1), (1, 2), (0, 3), (2, 2)),
    ((0, 0), (1, 1), (0, 1), (1, 2), (2, 1), (0, 2)),
    ((1, 0), (0, 0), (2, 1), (0, 1), (2, 2)),
    ((1, 0), (3, 1), (2, 0), (3, 2)),
    ((1, 0), (4, 1), (3, 0), (4, 2)),
    ((1, 0), (5, 1), (0, 0)),
    ((6, 1), (4, 0), (1, 0)),
    ((7, 1), (6, 0), (1, 0)),
)


class CountedBeats:
    """Predict beats field by field, as the network does, from counts with Kneser-Ney smoothing.

    Args:
        tales: list of (beats, fields) index arrays to count.
        sizes: values of each field.
        orders: one order for each field, or one for all.
        relevant: histories in the order of `RELEVANT`; else the fields right before, as they are written one after
            another.
    """

    def __init__(self, tales, sizes, orders, *, relevant=False):
        self.sizes, self.relevant = tuple(sizes), relevant
        self.orders = (orders,) * len(sizes) if isinstance(orders, int) else tuple(orders)
        self.models = [
            KneserNey(
                (
                    (self._history(tale, step, field), int(tale[step][field]))
                    for tale in tales
                    for step in range(len(tale))
                ),
                order,
            )
            for field, order in enumerate(self.orders)
        ]

    def _history(self, tale, step, field):
        if self.relevant:
            return tuple(int(tale[step - back][one]) if step >= back else -1 for one, back in RELEVANT[field])
        width = len(self.sizes)
        places = (divmod(step * width + field - back, width) for back in range(1, self.orders[field]))
        return tuple(int(tale[row][one]) if row >= 0 else -1 for row, one in places)

    def nats(self, tales):
        """-log p of each field, summed over all beats, and divided by their number.

        Args:
            tales: list of (beats, fields) index arrays.

        Returns:
            list of floats, one a field; their sum is nats per beat.
        """
        beats = sum(map(len, tales))
        totals = [0.0] * len(self.sizes)
        for tale in tales:
            for step in range(len(tale)):
                for field, (model, size) in enumerate(zip(self.models, self.sizes, strict=True)):
                    p = model.probability(int(tale[step][field]), self._history(tale, step, field), 1 / size)
                    totals[field] -= math.log(p)
        return [total / beats for total in totals]

    def draw(self, length, rng):
        """Draw a tale of some length: list of lists of value numbers."""
        tale = []
        for step in range(length):
            tale.append([0] * len(self.sizes))
            for field, (model, size) in enumerate(zip(self.models, self.sizes, strict=True)):
                history = self._history(tale, step, field)
                tale[step][field] = int(model.draw(history, rng, lambda size=size: rng.integers(size)))
        return tale


def best_orders(train, validation, sizes, highest, *, relevant=False):
    """Choose orders on held-out tales: one for all fields, or with `relevant` one for each.

    Args:
        train, validation: lists of (beats, fields) index arrays.
        sizes: values of each field.
        highest: order that is tried.
        relevant: see `CountedBeats`.

    Returns:
        order, or tuple of orders.
    """
    found = [CountedBeats(train, sizes, order, relevant=relevant).nats(validation) for order in range(1, highest + 1)]
    if not relevant:
        return 1 + min(range(highest), key=lambda order: sum(found[order]))
    return tuple(1 + min(range(highest), key=lambda order: found[order][field]) for field in range(len(sizes)))
