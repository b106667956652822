"""Reading and keeping a feeling, live: attention over words, thresholds of labels, a mood that fades and is pushed."""

from widgets.labs.attention_words import attention_words
from widgets.labs.mood_inertia import mood_inertia
from widgets.labs.thresholds import thresholds

__all__ = ["attention_words", "mood_inertia", "thresholds"]
