"""Creatures of the film: designed by one network, moved by another, both trained on beasts drawn in code."""

from functools import cache
from typing import NamedTuple

import numpy as np
from scipy import ndimage

from animkit import weights
from animkit.data.beasts import ROUNDS, split
from animkit.data.fairytales import CREATURES
from animkit.data.twins.pixel_beasts import draw_standing, with_right
from animkit.render import to_rgba
from animkit.studio.characters import animate, nearest, settle

ANIMATOR, DESIGNER = NETWORKS = ("creatures", "creatures_vae")  # names of weights: who moves creatures, who draws them
AUDITION = 6  # designs of a kind that one is chosen from: of more, the steadiest have one and the same colour
SPECK = 5  # pixels; what is smaller and touches nothing is wiped off
SIDE = "walk left"


class Creature(NamedTuple):
    """A creature that never was, and what it resembles."""

    look: np.ndarray  # (static_dim,)
    frame: np.ndarray  # (32, 32) palette indices, as it stands, facing left
    nearest: int  # number of the training creature that it resembles most
    differs: float  # share of pixels in which it differs from that one
    twin: np.ndarray  # (32, 32) that training creature


@cache
def load_creatures():
    """Loads the two networks that ship.

    Returns:
        SequenceVAE, and the VAE of its looks.
    """
    return tuple(map(weights.load, NETWORKS))


def one_hot(kinds):
    """Conditions of the designer: (n,) kinds, numbers in CREATURES -> (n, 10) float32."""
    return np.eye(len(CREATURES), dtype="float32")[np.asarray(kinds)]


def design_creatures(designer, animator, kind, count, *, seed=0):
    """Draws new looks of a kind from the latent of the designer.

    Args:
        designer: VAE of looks, conditional on kinds.
        animator: SequenceVAE of creatures, which settles what lies between two known forms.
        kind: of CREATURES.
        count: how many.
        seed: same seed, same looks.

    Returns:
        (count, static_dim) float32.

    Raises:
        ValueError: an unknown kind, or a count below one.
    """
    if kind not in CREATURES:
        raise ValueError(f"no creature {kind!r}; there are {', '.join(CREATURES)}")
    if int(count) != count or count < 1:
        raise ValueError(f"count is {count}: design at least one creature")
    z = np.random.default_rng(seed).standard_normal((count, designer.latent_dim)).astype("float32")
    looks = settle(animator, designer.decode(z, one_hot([CREATURES.index(kind)] * count)))
    # the last bits of a sum are not the same in every run, a film of one seed is: they are left out
    return np.round(looks, 3)


def cast_creature(kind, seed=0, *, networks=None):
    """Chooses, of AUDITION new designs of a kind, the one that the animator draws most steadily.

    Its standing frame, read and drawn again, changes least: it lies where the animator has learned something.

    Args:
        kind: of CREATURES.
        seed: same seed, same creature.
        networks: as `load_creatures` gives them; those that ship if None.

    Returns:
        Creature.

    Raises:
        ValueError: an unknown kind.
    """
    animator, designer = networks or load_creatures()
    looks = design_creatures(designer, animator, kind, AUDITION, seed=seed)
    frames = _standing(animator, looks)
    unsteady = (_standing(animator, animator.looks(frames)) != frames).sum(axis=(1, 2))
    best = int(unsteady.argmin())
    numbers, known = known_creatures(kind)
    index, differs = nearest(frames[best], known)
    return Creature(looks[best], frames[best], int(numbers[index]), differs, known[index])


@cache
def known_creatures(kind):
    """The training creatures of a kind: their numbers, and (n, 32, 32) palette indices, as they stand facing left."""
    attributes, train, _ = split()
    numbers = train[attributes[train, 0] == CREATURES.index(kind)]
    return numbers, draw_standing(attributes[numbers])


def creature_clips(kind, seed=0, *, networks=None):
    """Lets a new creature of a kind play all nine actions.

    Args:
        kind: of CREATURES.
        seed: same seed, same creature.
        networks: as `load_creatures` gives them; those that ship if None.

    Returns:
        (9, 8, 32, 32, 4) uint8, in the order of `animkit.data.sprites.ACTION_DIRECTIONS`.

    Raises:
        ValueError: an unknown kind.
    """
    networks = networks or load_creatures()
    return play_creature(cast_creature(kind, seed, networks=networks).look, networks=networks)


def play_creature(look, *, networks=None):
    """Lets a creature play all nine actions.

    Args:
        look: (static_dim,).
        networks: as `load_creatures` gives them; those that ship if None.

    Returns:
        As `creature_clips`.
    """
    animator, _ = networks or load_creatures()
    played = wipe(animate(animator, np.asarray(look)[None], tuple(ROUNDS)))
    # a mirror has no column for what the left view may have in its first
    played[..., 0] = 0
    return to_rgba(with_right(played)[0], animator.palette)


def wipe(frames):
    """Wipes off specks of fewer than SPECK pixels that touch nothing, not even at a corner.

    Args:
        frames: (..., height, width) palette indices.

    Returns:
        Shaped alike.
    """
    wiped = frames.reshape(-1, *frames.shape[-2:]).copy()
    for frame in wiped:
        parts, _ = ndimage.label(frame > 0, np.ones((3, 3)))
        frame[np.bincount(parts.ravel())[parts] < SPECK] = 0
    return wiped.reshape(frames.shape)


def _standing(animator, looks):
    return wipe(animate(animator, looks, (SIDE,), steps=1)[:, 0, 0])
