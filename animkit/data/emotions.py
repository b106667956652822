"""Short texts and the emotions in them: GoEmotions, and as its twin a small grammar of what an audience may say.

GoEmotions: Demszky et al., "GoEmotions: A Dataset of Fine-Grained Emotions", ACL 2020; comments of Reddit, unedited and
at times coarse: lessons show the twin's.
"""

import re
import unicodedata
from typing import NamedTuple

import numpy as np

from animkit.data.lookup import find, wants_twin

COMMIT = "b75f9d3a8b76bc1060687925b04ca98a1b8ea66b"
UPSTREAM = f"https://raw.githubusercontent.com/monologg/GoEmotions-pytorch/{COMMIT}/data/original"
SHA256 = {
    "goemotions/train.tsv": "1c254a142be5c00e80d819b9ae1bbd36d94b2eeb8f4b1271846508d57e57d9c5",
    "goemotions/dev.tsv": "575489c079c9de1097062a01738f998590d6b7ead66dd1c9fd1d2ba01fd8bc62",
    "goemotions/test.tsv": "0587b2dd8b27b97352adbfc3fb083d46005c8946657fdc2b1ca8b1cc7f1f8be4",
}
# in the order of the files' numbers
LABELS = tuple(
    [
        "admiration",
        "amusement",
        "anger",
        "annoyance",
        "approval",
        "caring",
        "confusion",
        "curiosity",
        "desire",
        "disappointment",
        "disapproval",
        "disgust",
        "embarrassment",
        "excitement",
        "fear",
        "gratitude",
        "grief",
        "joy",
        "love",
        "nervousness",
        "optimism",
        "pride",
        "realization",
        "relief",
        "remorse",
        "sadness",
        "surprise",
        "neutral",
    ]
)
# as the authors group them: Ekman's six, and neutral
EKMAN = {
    "anger": ("anger", "annoyance", "disapproval"),
    "disgust": ("disgust",),
    "fear": ("fear", "nervousness"),
    "joy": tuple(
        [
            "joy",
            "amusement",
            "approval",
            "excitement",
            "gratitude",
            "love",
            "optimism",
            "relief",
            "pride",
            "admiration",
            "desire",
            "caring",
        ]
    ),
    "sadness": ("sadness", "disappointment", "embarrassment", "grief", "remorse"),
    "surprise": ("surprise", "realization", "confusion", "curiosity"),
    "neutral": ("neutral",),
}
LONGEST = 500  # characters of a text that are read

_EMOTICONS = r"<+3+|:'\(|(?<!\d)[:;=][-^o]?[()\[\]dp/\\|*3]+(?![a-z/])|\bx[d]+\b|\^_*\^"
_WORDS = re.compile(
    r"\[name\]|\[religion\]|"
    rf"{_EMOTICONS}|"
    "[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|"  # Chinese and Japanese have no spaces: a character is a word
    r"[^\W\d_]+n't|n't|'[^\W\d_]{1,2}\b|[^\W\d_]+|\d+|[!?]+|\.+|[^\w\s]"
)
_THRICE = re.compile(r"([^\d\s])\1{2,}")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\U0001f3fb-\U0001f3ff]")  # and skin tones
_MARKS = ("Cf", "Cs", "Co", "Cn")


class Split(NamedTuple):
    """Texts, and which of `LABELS` each has: (texts, 28) bool."""

    texts: list
    labels: np.ndarray


class Emotions(NamedTuple):
    """The official split; `source` is "real" or "twin"."""

    train: Split
    dev: Split
    test: Split
    source: str


def load_emotions(source="auto"):
    """Load short texts and their emotions.

    Real: 43,410 + 5,426 + 5,427 comments of GoEmotions, the authors' split. Twin: 3,000 + 500 + 500 sentences of
    `say`, no two alike.

    Args:
        source: "auto", "present" or "twin", see `animkit.data.lookup.wants_twin`.

    Returns:
        `Emotions`.

    Raises:
        FileNotFoundError: the files are nowhere and cannot be downloaded.
        ValueError: a file is damaged, or `source` is unknown.
    """
    if wants_twin(source, *SHA256):
        said, rng = {}, np.random.default_rng(0)
        while len(said) < 4000:
            text, names = say(rng)
            said[text] = names
        rows = [(text, [LABELS.index(name) for name in names]) for text, names in said.items()]
        return Emotions(*(_split(rows[a:b]) for a, b in ((0, 3000), (3000, 3500), (3500, 4000))), "twin")
    return Emotions(*(_split(_rows(file)) for file in SHA256), "real")


def words_of(text):
    """Cut a text into words: an emoji is a word, as are an emoticon, a sign, and a Chinese character.

    Everything is written small; "don't" becomes "do", "n't"; of a letter or sign that comes three times in a row or
    more two are left; control characters are dropped. Only the first `LONGEST` characters are read.

    Args:
        text: str.

    Returns:
        list of str, at most `LONGEST`.

    Raises:
        TypeError: for what is no str.
    """
    if not isinstance(text, str):
        raise TypeError(f"a text is a str; got {type(text).__name__}: {text!r:.60}")
    text = unicodedata.normalize("NFKC", text[:LONGEST])[:LONGEST].lower().replace("\u2019", "'")
    if not text.isascii():  # what is no letter by itself: joiners, directions, looks of emoji
        text = "".join(
            one for one in text if unicodedata.category(one) not in _MARKS and not "\ufe00" <= one <= "\ufe0f"
        )
    found = []
    for word in _WORDS.findall(_THRICE.sub(r"\1\1", _CONTROL.sub("", text))):
        found += [word[:-3], "n't"] if word.endswith("n't") and len(word) > 3 else [word]
    return found


def groups(labels):
    """Put labels together by Ekman's groups: a text has a group where it has one of its labels.

    Args:
        labels: (texts, 28) bool, or numbers, of which the greatest counts.

    Returns:
        (texts, 7), in the order of `EKMAN`.
    """
    labels = np.asarray(labels)
    return np.stack([labels[:, [LABELS.index(one) for one in each]].max(axis=1) for each in EKMAN.values()], axis=1)


def say(rng):
    """Say something to a character on a stage, with a feeling or two.

    Args:
        rng: `numpy.random.Generator`.

    Returns:
        The text, and the tuple of its labels.
    """
    chosen = [_pick(rng, LABELS)]
    if chosen != ["neutral"] and rng.random() < 0.25:
        chosen.append(_pick(rng, [name for name in LABELS[:-1] if name not in chosen]))
    parts = []
    for name in chosen:
        words, emoji = _SAID[name]
        said = _pick(rng, words).format(who=_pick(rng, _WHO), what=_pick(rng, _WHAT))
        parts.append(f"{said} {_pick(rng, emoji)}" if emoji and rng.random() < 0.3 else said)
    joined = _pick(rng, (" and ", " but ")).join(parts)
    text = f"{_pick(rng, _BEFORE)}{joined}{_pick(rng, _AFTER)}{_pick(rng, ('', '', '!', '!!', '.', '...'))}"
    return (text[0].upper() + text[1:] if rng.random() < 0.6 else text), tuple(chosen)


_WHO = (
    "the knight",
    "the dragon",
    "the baker",
    "the piper",
    "the wolf",
    "the queen",
    "my brother",
    "the old troll",
    "[NAME]",
)
_WHAT = ("the dance", "the song", "the silver bell", "the castle", "the fight", "the story", "the jump", "the lantern")
_BEFORE = ("", "", "", "", "hey, ", "oh, ", "well, ", "so ", "look, ")
_AFTER = ("", "", "", "", " today", ", my friend", ", you know", " now", " again")
# label -> what is said, and its emoji
_SAID = {
    "admiration": (
        ("{who} is amazing", "what a brilliant idea", "{what} was beautiful", "well done, great job"),
        "👏🤩",
    ),
    "amusement": (("haha {who} is so funny", "lol, {what} made me laugh", "that is hilarious"), "😂🤣😆"),
    "anger": (("I hate {who}", "stop it, damn you", "{who} makes me furious", "how dare you"), "😡🤬"),
    "annoyance": (("{who} is so annoying", "ugh, not {what}", "this is getting on my nerves"), "🙄😒"),
    "approval": (("yes, I agree with {who}", "{what} is fine with me", "exactly, that is right"), "👍✅"),
    "caring": (("take care of yourself", "I hope {who} is okay", "please be careful with {what}"), "🤗"),
    "confusion": (("I don't understand {what}", "I am confused about {who}", "what do you mean"), "😕🤔"),
    "curiosity": (("why did {who} do that", "I wonder about {what}", "tell me more about {who}"), "🧐"),
    "desire": (("I want {what}", "I wish I had {what}", "I would love to see {who}"), "🤤"),
    "disappointment": (("{what} was a let down", "I expected more of {who}", "that is disappointing"), "😞"),
    "disapproval": (("no, I don't like {what}", "{who} should not do that", "that is wrong"), "👎"),
    "disgust": (("eww, {what} is gross", "{who} is disgusting", "that makes me sick"), "🤢🤮"),
    "embarrassment": (("{what} was so embarrassing", "I am ashamed of {who}", "how awkward"), "😳"),
    "excitement": (("I am so excited about {what}", "wow, I can't wait", "{who} is here, woohoo"), "🎉"),
    "fear": (("I am scared of {who}", "{what} is terrifying", "help, run away"), "😱😨"),
    "gratitude": (("thank you for {what}", "thanks {who}", "I appreciate {what}"), "🙏"),
    "grief": (("{who} died, rest in peace", "I am mourning {who}", "so sorry for your loss"), "⚰🕯"),
    "joy": (("I am happy about {what}", "{who} makes me smile", "what a wonderful day"), "😊😄"),
    "love": (("I love {who}", "I adore {what}", "{who} is my sweetheart"), "❤😍"),
    "nervousness": (("I am nervous about {what}", "{who} makes me anxious", "I am worried"), "😬😰"),
    "optimism": (("I hope {who} will win", "{what} will be better tomorrow", "it will work out"), "🤞"),
    "pride": (("I am proud of {who}", "so proud of {what}", "we did it ourselves"), "🏆"),
    "realization": (("I just realized it was {who}", "oh, now I see {what}", "it turns out I was wrong"), "💡"),
    "relief": (("phew, {who} is gone", "glad {what} is over", "what a relief"), "😌😮"),
    "remorse": (("I am sorry about {what}", "forgive me, I regret {what}", "my apologies to {who}"), "😔"),
    "sadness": (("I am sad about {who}", "{what} makes me cry", "I feel lonely and unhappy"), "😢😭"),
    "surprise": (("wow, I did not expect {who}", "{what} surprised me", "really, unbelievable"), "😲🤯"),
    "neutral": (("{who} is by the door", "{what} begins at seven", "it stands on the left of {who}"), ""),
}


def _pick(rng, options):
    return options[rng.integers(len(options))]


def _split(rows):
    labels = np.zeros((len(rows), len(LABELS)), bool)
    for number, (_, numbers) in enumerate(rows):
        labels[number, numbers] = True
    return Split([text for text, _ in rows], labels)


def _rows(file):
    path = find(file, url=f"{UPSTREAM}/{file.split('/')[-1]}", sha256=SHA256[file], twin='load_emotions("twin")')
    # split at tabs by hand: quotation marks are part of the texts
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").strip("\n").split("\n")]
    return [(text, [int(one) for one in numbers.split(",")]) for text, numbers, _ in rows]
