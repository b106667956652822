"""Letters of the film: drawn small, without smoothing, and enlarged like everything else."""

import textwrap
import unicodedata
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from animkit.data.fairytales import plain_marks
from animkit.render import upscale

GOLD, CREAM, INK = (246, 196, 92), (255, 246, 222), (22, 16, 40)
LINE = 13  # rows from one line of letters to the next
MOST_TOLD = 12  # letters that are named as missing
_SPELLED = {"ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"}


def spelled(text):
    """Writes text in the letters that the font has, those of English: without accents, and ? for what else it lacks."""
    bare = unicodedata.normalize("NFKD", plain_marks(text).translate(str.maketrans(_SPELLED)))
    bare = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return bare.encode("ascii", "replace").decode("ascii")


def respelled(text):
    """Says which letters of a text are drawn as others, as the font lacks them; "" if it has all."""
    letters = dict.fromkeys(letter for letter in plain_marks(text) if letter.isalpha() and not letter.isascii())
    told = [f"{letter} as {spelled(letter)}" for letter in letters]
    return ", ".join(told[:MOST_TOLD]) + " ..." * (len(told) > MOST_TOLD)


def readable(text):
    """Whether any letter or digit of a text can be drawn."""
    return any(letter.isalnum() for letter in spelled(text))


@lru_cache(maxsize=256)
def ink_of(text):
    """(17, width) bool: where the letters are."""
    font = ImageFont.load_default(12)
    text = spelled(text)
    mask = Image.new("1", (int(font.getlength(text) * 1.5) + 16, 17))
    draw = ImageDraw.Draw(mask)
    draw.fontmode = "1"
    draw.text((2, 1), text, fill=1, font=font)
    ink = np.asarray(mask)
    columns = np.flatnonzero(ink.any(axis=0))
    return ink[:, max(columns[0] - 2, 0) : columns[-1] + 4] if len(columns) else ink[:, :1]


def lettering(text, scale, colour, *, outline=None):
    """(height, width, 4) uint8 letters; an outline also makes them bold."""
    ink = ink_of(text)
    letters = np.zeros((*ink.shape, 4), "uint8")
    if outline:
        ink = ink | np.roll(ink, 1, axis=1)
        shifts = [(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
        letters[np.any([np.roll(ink, shift, (0, 1)) for shift in shifts], axis=0)] = (*outline, 255)
    letters[ink] = (*colour, 255)
    return upscale(letters, scale)


@lru_cache(maxsize=256)
def lines_of(text, scale, room):
    """Breaks text into lines at most `room` pixels wide: as few as will do, and of like length."""
    for count in range(1, len(text) + 1):
        for letters in range(-(-len(text) // count), len(text) + 1):
            lines = textwrap.wrap(text, letters)
            if len(lines) <= count:
                break
        if all(ink_of(line).shape[1] * scale <= room for line in lines):
            return lines
    return []


def write(picture, text, middle, *, scale, colour, outline=None):
    """Writes centred lines around row `middle` on a (height, width, 3) picture, in place."""
    lines = lines_of(text, scale, picture.shape[1] - 24)
    pitch = LINE * scale
    for i, line in enumerate(lines):
        letters = lettering(line, scale, colour, outline=outline)
        height, width, _ = letters.shape
        top = int(middle + (i - (len(lines) - 1) / 2) * pitch - 8.5 * scale)
        left = (picture.shape[1] - width) // 2
        under = picture[max(top, 0) : top + height, left : left + width]
        letters = letters[max(-top, 0) :][: len(under)]
        under[letters[..., 3] > 0] = letters[letters[..., 3] > 0, :3]
