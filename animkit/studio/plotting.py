"""Plots drawn from the plot model, each field of each beat by a softmax over what the world lets happen."""

import numpy as np

from animkit.data.beats import FIELDS, Beat
from animkit.data.plots import VALUES, decode, encode, told
from animkit.studio.world import NOT_WITH, World

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
        rows = [_may_come(world, locks, number) if constrained and alive[n] else None for n, world in enumerate(worlds)]
        for n, row in enumerate(rows):
            alive[n] &= not constrained or bool(row is not None and len(row[0]))
        beat = plots[:, number]
        for field in range(len(FIELDS)):
            logits = np.zeros((count, len(VALUES[FIELDS[field]])))
            if model is not None:
                logits = model.field_logits(context, beat, field) / temperature
            for n in np.flatnonzero(alive):
                if constrained:
                    rows[n], allowed = _allowed(rows[n], beat[n], field)
                else:
                    allowed = _locked(locks.get(number, {}), field)
                beat[n, field] = _draw(logits[n], allowed, rng)
        for n in np.flatnonzero(alive) if constrained else ():
            worlds[n] = worlds[n].after(tuple(decode(beat[n : n + 1])[0][:5]))
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


def _may_come(world, locks, number):
    """What may come next, as numbers (rows, 8), and the lock; with more locks ahead, only what leads to them."""
    lock = locks.get(number, {})
    rows = world.next_beats({name: value for name, value in lock.items() if name in FIELDS[:5]})
    ahead = [later for later in sorted(locks) if later > number]
    # with time to spare only what cannot be undone is looked at
    tight = any(world.distance(locks[later]) + 2 >= later - number for later in ahead)
    for row in list(rows) if ahead else ():
        if tight or row[1] in ("die", "slay", "eat", "make", "marry"):
            after = world.after(row)
            if any(after.distance(locks[later]) >= later - number for later in ahead):
                rows.remove(row)
    codes = encode([Beat(*row) for row in rows])
    return np.concatenate([codes[:, :5], np.zeros((len(codes), 3), "int32")], axis=1), lock


def _allowed(rows, beat, field):
    """Narrow what may come down to what has been drawn of the beat, and say which values of the field are left."""
    codes, lock = rows
    if 0 < field <= 5:
        codes = codes[codes[:, field - 1] == beat[field - 1]]
    if field < 5:
        allowed = np.zeros(len(VALUES[FIELDS[field]]), bool)
        allowed[codes[:, field]] = True
        return (codes, lock), allowed
    allowed = _locked(lock, field)
    if FIELDS[field] == "feeling" and "feeling" not in lock:
        deed = VALUES["does"][beat[1]]
        allowed &= [feeling not in NOT_WITH.get(deed, ()) for feeling in VALUES["feeling"]]
    return (codes, lock), allowed


def _locked(lock, field):
    """Values of a field that a lock leaves."""
    name = FIELDS[field]
    return np.array([name not in lock or value == lock[name] for value in VALUES[name]])
