"""Reading and keeping a feeling, live: attention over words, thresholds of labels."""

from widgets.labs.attention_words import attention_words
from widgets.labs.thresholds import thresholds

__all__ = ["attention_words", "thresholds"]
