"""A reader of feelings that reads short Chinese sentences too: by their words, where its network knows none of them."""

from types import SimpleNamespace

import numpy as np

from animkit.data.emotions import LABELS


class ChineseToo:
    """A reader whose network stays as it is; what that cannot read is looked up.

    Args:
        reader: with `read(texts)` as `animkit.models.emotion.EmotionReader`.
        lexicon: `animkit.data.feeling_words.FeelingWords`.
    """

    def __init__(self, reader, lexicon):
        self.reader, self.lexicon = reader, lexicon

    def probabilities(self, words):
        """What the network alone says of texts that are cut into words, see its own `probabilities`."""
        return self.reader.probabilities(words)

    def read(self, texts):
        """Read texts as they were written.

        Args:
            texts: list of str.

        Returns:
            What the reader's own `read` gives, and `by`, for each text "network" or "lexicon". By the lexicon, the
            characters of the words that were found have all the attention, what the words leave is neutral's, and the
            labels told are the likeliest of the others.
        """
        readings = self.reader.read(texts)
        told = {name: getattr(readings, name) for name in ("probabilities", "labels", "attention", "readable")}
        told = {name: [*each] for name, each in told.items()} | {"by": ["network"] * len(texts)}
        for number, text in enumerate(texts):
            found = None if readings.readable[number] else self.lexicon.read(text)
            if not found:
                continue
            chances = np.array([found["probabilities"].get(label, 0.0) for label in LABELS])
            likely = [label for label in LABELS[:-1] if chances[LABELS.index(label)] == chances.max()]
            chances[-1] = 1.0 - chances.sum()
            looked = np.array([any(word in one for one in found["found"]) for word in readings.words[number]], float)
            told["probabilities"][number], told["labels"][number] = chances, tuple(likely)
            told["attention"][number], told["readable"][number] = looked / max(1.0, looked.sum()), True
            told["by"][number] = "lexicon"
        told["probabilities"] = np.array(told["probabilities"])
        return SimpleNamespace(words=readings.words, known=readings.known, **told)
