"""Plots drawn from the plot model, each field of each beat by a softmax over what the world lets happen."""

import functools

import numpy as np

from animkit.data.beats import FIELDS
from animkit.data.plots import VALUES, decode, told
from animkit.studio.world import NAMED, NOT_WITH, World

_GENRE_HAS = {"adventure": [("who", "villain")], "magic": [("who", "helper")], "romance": [("does", "marry")]}


def draw_plots(model, count, *, rng, genre=None, length=9, temperature=1.0, constrained=True, locks=None, must=()):
    """Draw plots from the model, each field of each beat by a softmax over what the world lets happen.

    Args:
        model: BeatModel; None draws evenly from all that may happen.
        count: how many.
        rng: `numpy.random.Generator`.
        genre, length, temperature, constrained, locks: as in `invent_story`.
        must: (field, slot) that some beat has to name.

    Returns:
        list of lists of Beat; None in place of a plot that came to a dead end.
    """
    locks = locks or {}
    worlds = [World(length, must={*must, *_GENRE_HAS.get(genre, ())}) for _ in range(count)]
    plots = np.zeros((count, length, len(FIELDS)), "int32")
    known = told(genre, length, length)
    alive = np.ones(count, bool)
    if model is not None:
        before, states = model.begin(count)
    for number in range(length):
        if model is not None:
            context, states = model.step(before, np.tile(known[number], (count, 1)), states)
        lock, ahead = locks.get(number, {}), [(at, locks[at]) for at in locks if at > number]
        rows, may = {}, {}
        for n in np.flatnonzero(alive) if constrained else ():
            rows[n], may[n] = _may_come(worlds[n], lock, ahead, number)
            alive[n] = any(map(may[n], rows[n]))
        beat = plots[:, number]
        for field, name in enumerate(FIELDS):
            logits = np.zeros((count, len(VALUES[name])))
            if model is not None:
                logits = model.field_logits(context, beat, field) / temperature
            for n in np.flatnonzero(alive):
                does = VALUES["does"][beat[n, 1]]
                allowed = _allowed(rows[n], may[n], lock, does, field) if constrained else _locked(lock, field)
                beat[n, field] = _draw(logits[n], allowed, rng)
                if constrained and name in NAMED:
                    rows[n] = [row for row in rows[n] if row[field] == VALUES[name][beat[n, field]]]
        for n in np.flatnonzero(alive) if constrained else ():
            worlds[n] = worlds[n].after(rows[n][0])
        before = beat
    return [decode(plots[n]) if alive[n] else None for n in range(count)]


def masked_softmax(logits, allowed):
    """Probabilities of what is allowed, and none of the rest: the softmax of logits with -inf in the other places.

    Args:
        logits: (n,).
        allowed: (n,) booleans, at least one true.

    Returns:
        (n,) probabilities that sum to 1; of two allowed values the odds are those of the unmasked softmax.
    """
    shifted = np.where(allowed, logits - logits[allowed].max(), -np.inf)
    weights = np.exp(shifted)
    return weights / weights.sum()


def _draw(logits, allowed, rng):
    return rng.choice(len(logits), p=masked_softmax(np.asarray(logits, "float64"), allowed))


def _may_come(world, lock, ahead, number):
    """What happens next, (who, does, whom, thing, where), and which of it may: with locks ahead, what leads to them."""
    rows, can_end = world.candidates({name: value for name, value in lock.items() if name in NAMED})
    # with time to spare only what cannot be undone is looked at
    tight = any(world.distance(later) + 2 >= at - number for at, later in ahead)

    @functools.cache
    def may(row):
        if not can_end(row):
            return False
        if not ahead or not tight and row[1] not in ("die", "slay", "eat", "make", "marry"):
            return True
        after = world.after(row)
        return all(after.distance(later) < at - number for at, later in ahead)

    return rows, may


def _allowed(rows, may, lock, does, field):
    """Which values a field may have: of what may come, and for how it looks, of what the deed does not exclude."""
    name, values = FIELDS[field], VALUES[FIELDS[field]]
    if name in NAMED:
        found = set()
        for row in rows:  # one that may come is enough
            if row[field] not in found and may(row):
                found.add(row[field])
        return np.array([value in found for value in values])
    barred = NOT_WITH.get(does, ()) if name == "feeling" and name not in lock else ()
    return _locked(lock, field) & np.array([value not in barred for value in values])


def _locked(lock, field):
    """Values of a field that a lock leaves."""
    name = FIELDS[field]
    return np.array([name not in lock or value == lock[name] for value in VALUES[name]])
