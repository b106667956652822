"""Levels as tiles: the 15 levels of Super Mario Bros in The VGLC (MIT), own ones, and procedural ones as a twin.

Summerville et al., "The VGLC: The Video Game Level Corpus" (2016): annotations of what kind of tile is where, no
pictures. The corpus leaves out moving platforms, springs and what is inside pipes.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from animkit.data.lookup import find, wants_twin
from animkit.data.twins.levels import draw_level

COMMIT = "0e86a8f31f20ecad4eaa5741ff061af88767f7fb"
UPSTREAM = f"https://raw.githubusercontent.com/TheVGLC/TheVGLC/{COMMIT}/Super%20Mario%20Bros/Processed"
SHA256 = {
    "1-1": "a04d56ae583819ebb39d2205b7322683eabaa2dd4b8b99960ee4243d43de4ac8",
    "1-2": "452cc0dacb4f7d694056f7eaaaa92c5c5ad9b01b257dd1d73bb8465f34d80b31",
    "1-3": "196f261f587af31bf2d368770821a1c8c6d398c54054323dec75dba8445d79d4",
    "2-1": "46b6c852051882baed2e0168e333211d7846c002373d03c3673d3301c00ec3a2",
    "3-1": "83375e929561ff0d82b70c50b7dba81de0ab4a550c04244c883d1226b82d68a2",
    "3-3": "6f66abf4ba83b4c20aba85702c0404b7aea83d54b650cc067e0f88e5d313a1f8",
    "4-1": "f944d7c2e48d2fe07ed0928929fa0440f4d51b9c2f46140a3fbd8416b376bdfe",
    "4-2": "d64e001ff96560c99790e39bf4dc6f89c32f2ba70997c73546af12e829338839",
    "5-1": "c3e1a89123f87f5e85307e5a90281dd6029a2c110f2beb96d471393e3caf37a2",
    "5-3": "ef95a313c041ec54a120d75fc99f0f1372bc8e7666fa3fd1742ac3cc4d600538",
    "6-1": "a182dc73ec03c9bd4d608824d89fc65c34f05783572f075b9b13c573496ba008",
    "6-2": "2ddf7c1cf3b79048e40e98c0131b39ebacccaf6b4a50b0128b2d22f91f61693c",
    "6-3": "316814e64fa2f95b3e6b2dce2eb698672ff9ede3b756c284edbb96e10b60b46a",
    "7-1": "4a10eb8eb5651a5064cc36f61b9daec0240d3e646897acddbb28b99856bb9dd9",
    "8-1": "5cedb7f364e980d04552a1ebfad122709e528273b7506d8bae84a380d09e7b85",
}
HEIGHT = 14  # rows of every level of the corpus
# what the letters of The VGLC stand for; a tile's code is its place here
TILES = {
    "-": "air",
    "X": "ground",
    "S": "brick",
    "?": "full question block",
    "Q": "empty question block",
    "<": "pipe, top left",
    ">": "pipe, top right",
    "[": "pipe, left",
    "]": "pipe, right",
    "o": "coin",
    "E": "enemy",
    "B": "cannon, top",
    "b": "cannon, foot",
}
LETTERS = "".join(TILES)
# whole levels are held out; 5-3 is 1-3 with narrower platforms and 4-2 is built as 1-2, so each pair stays together
VALIDATION = ("2-1", "3-3", "5-1")
TEST = ("3-1", "6-1", "6-3")


class Levels(NamedTuple):
    """Levels by name, each (14, width) uint8 of codes, split by whole levels; `source` is "real" or "twin"."""

    train: dict[str, np.ndarray]
    validation: dict[str, np.ndarray]
    test: dict[str, np.ndarray]
    source: str

    @property
    def all(self):
        """The 15 levels of the three parts, by name."""
        return self.train | self.validation | self.test


def load_mario_levels(*, source="auto"):
    """Load 15 levels: nine to train on, three to choose settings on and three to test on.

    Args:
        source: "auto", "present" or "twin", see `animkit.data.lookup.wants_twin`.

    Returns:
        `Levels`. The twin's are `animkit.data.twins.levels.draw_level`, named and split as the real ones.

    Raises:
        FileNotFoundError: a file is nowhere and cannot be downloaded.
        ValueError: a file is damaged, or `source` is unknown.
    """
    twin = wants_twin(source, *map(_file, SHA256))
    levels = {}
    for seed, (name, sha256) in enumerate(SHA256.items()):
        if twin:
            levels[name] = to_tiles(draw_level(np.random.default_rng(seed)))
        else:
            url = f"{UPSTREAM}/mario-{name}.txt"
            levels[name] = read_level(
                find(_file(name), url=url, sha256=sha256, twin='load_mario_levels(source="twin")')
            )
    train = {name: tiles for name, tiles in levels.items() if name not in VALIDATION + TEST}
    held_out = [{name: levels[name] for name in names} for names in (VALIDATION, TEST)]
    return Levels(train, *held_out, "twin" if twin else "real")


def read_level(path):
    """Read a level of one's own: a text file, a row a line, a letter a tile as in `TILES`.

    Args:
        path: the file.

    Returns:
        (height, width) uint8 of codes.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no text, or no level, as in `to_tiles`.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is no text in UTF-8: save the level as plain text, a row a line") from error
    try:
        return to_tiles(text)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def to_tiles(text):
    """Turn a level's text into codes.

    Args:
        text: a row a line, the sky first, all of one length; the letters are those of `TILES`.

    Returns:
        (height, width) uint8, a letter's place in `TILES`.

    Raises:
        ValueError: there is nothing, a row is shorter or longer than the first, or a letter is unknown.
    """
    rows = text.rstrip().splitlines()
    if not rows:
        raise ValueError("an empty level: give a row a line, the sky first")
    for line, row in enumerate(rows, 1):
        for column, letter in enumerate(row, 1):
            if letter not in TILES:
                known = ", ".join(f"{letter} {what}" for letter, what in TILES.items())
                raise ValueError(f"line {line}, column {column}: unknown tile {letter!r}; the tiles are {known}")
        if len(row) != len(rows[0]):
            raise ValueError(
                f"line {line} has {len(row)} tiles, line 1 has {len(rows[0])}: fill the shorter with - (air)"
            )
    return np.array([[LETTERS.index(letter) for letter in row] for row in rows], np.uint8)


def to_text(tiles):
    """Turn codes into a level's text, which `to_tiles` reads.

    Args:
        tiles: (height, width) of codes.

    Returns:
        A row a line.

    Raises:
        ValueError: a code is no tile's, or there are not two axes.
    """
    tiles = np.asarray(tiles)
    if tiles.ndim != 2 or not np.issubdtype(tiles.dtype, np.integer):
        raise ValueError(f"a level is (height, width) whole numbers, got {tiles.dtype} of shape {tiles.shape}")
    if tiles.size and not (tiles.min() >= 0 and tiles.max() < len(LETTERS)):
        raise ValueError(f"codes of tiles are 0 to {len(LETTERS) - 1}, got {tiles.min()} to {tiles.max()}")
    return "\n".join("".join(LETTERS[code] for code in row) for row in tiles)


def _file(name):
    return f"mario_levels/mario-{name}.txt"
