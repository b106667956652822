"""How well sentences tell their beats, and how much of them is copied: counts alone, of what was written."""

import numpy as np

from animkit.data.lexicon import PLAIN_DEEDS, moods, verb_forms

SLOTS = ("who", "whom", "thing", "where")
MOODS = ("feeling", "light", "effect")


def slot_errors(asked, words):
    """Count what a sentence leaves out, and what it says unasked.

    Somebody, a thing or a place is said where its slot stands ("[whom]"; "home" says the place home), a deed by a form
    of one of its verbs, a mood by one of its words. Said unasked: a slot, a mood, a deed that is not plain
    (`animkit.data.lexicon.PLAIN_DEEDS`).

    Args:
        asked: `animkit.data.tellings.Telling`, whose words are not looked at.
        words: tuple of str, the sentence with slots in it.

    Returns:
        dict: "missing", "redundant" and "slots", how many were asked for.

    Source: Wen et al. 2015, section 5.1: (missing + redundant) / slots.
    """
    words = tuple(words)
    wanted = {("does", asked.does)} | {(slot, None) for slot in SLOTS if getattr(asked, slot)}
    wanted |= {(field, getattr(asked, field)) for field in MOODS if getattr(asked, field)}
    wanted.discard(("does", None))
    forms = verb_forms()
    deeds = {forms[word][0] for word in words if word in forms}
    said = {("does", deed) for deed in deeds if deed not in PLAIN_DEEDS or deed == asked.does}
    said |= {(slot, None) for slot in SLOTS if f"[{slot}]" in words}
    if "home" in words and asked.where in ("home", None):
        said.add(("where", None))
    said |= {
        (field, group[word]) for field, group in zip(MOODS, moods(), strict=True) for word in words if word in group
    }
    return {"missing": len(wanted - said), "redundant": len(said - wanted), "slots": len(wanted)}


def error_rate(pairs):
    """Slot errors of many sentences.

    Args:
        pairs: (asked, words), see `slot_errors`.

    Returns:
        float: (missing + redundant) / slots.
    """
    counts = [slot_errors(asked, words) for asked, words in pairs]
    wrong = sum(count["missing"] + count["redundant"] for count in counts)
    return wrong / max(1, sum(count["slots"] for count in counts))


def copied_runs(sentences, sources):
    """How many words in a row each sentence shares with one of the sources.

    Args:
        sentences: list of lists of words.
        sources: list of lists of words.

    Returns:
        (sentences,) int array, the longest run of each.
    """
    longest = max((len(words) for words in sentences), default=0)
    found = np.zeros(len(sentences), int)
    wanted = {tuple(words) for words in sentences}
    for length in range(1, longest + 1):
        grams = {words[at : at + length] for words in wanted for at in range(len(words) - length + 1)}
        copied = {
            gram
            for words in sources
            for gram in zip(*(words[at:] for at in range(length)), strict=False)
            if gram in grams
        }
        if not copied:
            break
        for row, words in enumerate(sentences):
            if any(tuple(words[at : at + length]) in copied for at in range(len(words) - length + 1)):
                found[row] = length
    return found


def distinct(sentences, n):
    """Distinct n-grams as a share of all.

    Args:
        sentences: list of lists of words.
        n: words in a gram.

    Returns:
        float; 0 where there are none.

    Source: Li et al. 2016.
    """
    grams = [tuple(words[at : at + n]) for words in sentences for at in range(len(words) - n + 1)]
    return len(set(grams)) / max(1, len(grams))
