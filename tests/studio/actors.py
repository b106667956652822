"""Actors for tests: blocks with a head and legs, in the cells that the animator draws."""

import numpy as np

from animkit.data.sprites import ACTION_DIRECTIONS
from animkit.studio.performance import ROUND


def actors(*names):
    """Make actors, name -> (72, 32, 32, 4) uint8, each of a colour of its own."""
    made = {}
    for number, name in enumerate(names):
        cells = np.zeros((len(ACTION_DIRECTIONS) * ROUND, 32, 32, 4), np.uint8)
        for cell, picture in enumerate(cells):
            picture[6:16, 10:22] = (220, 180, 150, 255)
            picture[16:27, 11:21] = (60 + 60 * number, 200 - 50 * number, 80, 255)
            picture[27:32, 12 + cell % 2 : 20 - cell % 2] = (40, 30, 60, 255)
        made[name] = cells
    return made
