"""Counting models with Kneser-Ney smoothing: the strongest of what only counts, over symbols of any kind."""

import collections


class KneserNey:
    """Interpolated Kneser-Ney: p(w | h) = (c(h w) - D)+ / c(h) + D types(h) / c(h) * p(w | h without its farthest).

    The longest histories are counted as they occur; a shorter one counts in how many ways it is continued to the left.
    D of each order is n1 / (n1 + 2 n2), of how many are counted once and twice. Below the shortest history, the empty
    one, stands a distribution that the caller gives.

    Args:
        pairs: (history, symbol) of the training data; a history is a tuple, nearest first.
        order: symbols in the longest gram, 1 or more.

    Raises:
        ValueError: order is less than 1, or there is nothing to count.

    Source: Kneser and Ney 1995; Chen and Goodman 1999 for the interpolation.
    """

    def __init__(self, pairs, order):
        if order < 1:
            raise ValueError(f"order must be 1 or more; got {order}")
        grams = [collections.Counter() for _ in range(order)]
        for history, symbol in pairs:
            grams[-1][tuple(history)[: order - 1], symbol] += 1
        if not grams[-1]:
            raise ValueError("there are no symbols to count")
        for length in range(order - 2, -1, -1):
            # each longer gram counts once: in how many ways is the shorter one continued?
            grams[length].update((history[:length], symbol) for history, symbol in grams[length + 1])
        self._tables, self._discounts = [], []
        for counts in grams:
            table = collections.defaultdict(dict)
            for (history, symbol), count in counts.items():
                table[history][symbol] = count
            once, twice = (sum(count == n for count in counts.values()) for n in (1, 2))
            self._tables.append(dict(table))
            self._discounts.append(once / (once + 2 * twice) if once else 0.5)

    def probability(self, symbol, history, base):
        """p(symbol | history).

        Args:
            symbol: what comes.
            history: tuple, nearest first; as long as it is.
            base: p(symbol) without any count.

        Returns:
            float.
        """
        p = base
        for length, (table, discount) in enumerate(zip(self._tables, self._discounts, strict=True)):
            seen = table.get(tuple(history[:length])) if length <= len(history) else None
            if seen:
                total = sum(seen.values())
                p = (max(seen.get(symbol, 0) - discount, 0) + discount * len(seen) * p) / total
        return p

    def draw(self, history, rng, base):
        """Draw a symbol from p(. | history).

        Args:
            history: tuple, nearest first.
            rng: `numpy.random.Generator`.
            base: called without arguments for a draw from the base distribution.

        Returns:
            A symbol.
        """
        for length in range(len(self._tables) - 1, -1, -1):
            seen = self._tables[length].get(tuple(history[:length])) if length <= len(history) else None
            if seen:
                at = rng.random() * sum(seen.values())
                for symbol, count in seen.items():
                    at -= count - self._discounts[length]
                    if at < 0:
                        return symbol
        return base()
