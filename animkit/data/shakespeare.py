"""Plays: tinyshakespeare (Karpathy, char-rnn, 2015), and as its twin a small grammar of speeches."""

from typing import NamedTuple

import numpy as np

from animkit.data.lookup import find, wants_twin

FILE = "shakespeare/input.txt"
COMMIT = "6f9487a6fe5b420b7ca9afb0d7c078e37c1d1b4e"
URL = f"https://raw.githubusercontent.com/karpathy/char-rnn/{COMMIT}/data/tinyshakespeare/input.txt"
SHA256 = "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"

_SPEAKERS = ("KING", "QUEEN", "FOOL", "CAPTAIN", "NURSE", "First Player", "Second Player", "GHOST", "MERCHANT")
_OPENINGS = ("Good my lord", "Sweet lady", "Alas", "Peace, fool", "Hark", "Nay", "By my crown", "O heavy night", "Come")
_WORDS = {
    "who": ("thy brother", "the old king", "my gentle queen", "this proud captain", "the moon", "our poor village"),
    "thing": ("a borrowed crown", "a paper sword", "the silent drum", "a cup of wine", "thy mask", "a painted heaven"),
    "does": ("doth keep", "hath stolen", "shall mend", "will forget", "dare not touch", "must ever love"),
    "comes": ("comes home", "lies awake", "weeps in the tower", "dances alone", "sails with the tide", "sleeps below"),
    "when": ("ere the morning", "by candle light", "this very hour", "before the play is done", "in the winter rain"),
    "how": ("cold", "merry", "false", "gentle", "weary", "brave"),
}
_LINES = (
    "{who} {does} {thing}",
    "{when} {who} {comes}",
    "and {who} is {how} {when}",
    "for {thing} was never so {how}",
    "{who} {comes} {when}",
    "who {does} {thing} {when}",
)
_ENDS = (".", "?", "!")


class Text(NamedTuple):
    """A text split 90/10 in reading order; `source` is "real" or "twin"."""

    train: str
    validation: str
    source: str


def load_shakespeare(source="auto"):
    """Load plays as one text.

    Real: the 1,115,394 characters of tinyshakespeare. Twin: 300,000 characters of `write_speech`.

    Args:
        source: "auto", "present" or "twin", see `animkit.data.lookup.wants_twin`.

    Returns:
        `Text`: the first 90 % to train on, the rest to validate.

    Raises:
        FileNotFoundError: the file is nowhere and cannot be downloaded.
        ValueError: the file is damaged, or `source` is unknown.
    """
    twin = wants_twin(source, FILE)
    if twin:
        rng = np.random.default_rng(0)
        text = ""
        while len(text) < 300_000:
            text += write_speech(rng)
    else:
        text = find(FILE, url=URL, sha256=SHA256, twin='load_shakespeare("twin")').read_text(encoding="ascii")
    split = int(0.9 * len(text))
    return Text(text[:split], text[split:], "twin" if twin else "real")


def write_speech(rng):
    """Write one speech: the speaker and a colon, one to four lines of verse, an empty line.

    Args:
        rng: `numpy.random.Generator`.

    Returns:
        The speech, in ASCII, laid out as tinyshakespeare is.
    """
    verses = [
        _pick(rng, _LINES).format(**{name: _pick(rng, words) for name, words in _WORDS.items()})
        for _ in range(rng.integers(1, 5))
    ]
    verses[0] = f"{_pick(rng, _OPENINGS)}, {verses[0]}"
    verses = [verse[0].upper() + verse[1:] for verse in verses]
    return f"{_pick(rng, _SPEAKERS)}:\n" + ",\n".join(verses) + _pick(rng, _ENDS) + "\n\n"


def _pick(rng, options):
    return options[rng.integers(len(options))]
