"""Lines that the narrator writes for characters: said of oneself, now, and only what it wrote whole."""

import numpy as np
import pytest

from animkit.data.tellings import PRONOUN_WORDS, SLOT_WORDS
from animkit.studio.reactions import make_rules, read_reactions, rules_as_json
from animkit.studio.sayings import EACH, sayings, spoken


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("[who] wept bitterly", "I weep bitterly."),
        ("[who] only laughed , and [who.he] was very happy", "I only laugh, and I am very happy."),
        ("[who] had vanished , and [who.he] grew angry", "I have vanished, and I grow angry."),
        ("[who] hid [who.himself] behind [who.his] coat and wept", "I hide myself behind my coat and weep."),
        ("[who] could not sleep", "I can not sleep."),
    ],
)
def test_what_is_told_of_somebody_is_said_of_oneself_now(told, said):
    assert spoken(told.split()) == said


class Narrator:
    """Writes the same sentence for every beat."""

    def __init__(self, sentence):
        self.words = ("<>", *sorted({*sentence.split(), *SLOT_WORDS, *PRONOUN_WORDS, "[it]"}))
        self.sentence = [self.words.index(word) for word in sentence.split()]

    def tell(self, beats, steps, *, allowed=None, temperature=1.0, seed=0):
        drawn = np.zeros((len(beats), steps), int)
        drawn[:, : len(self.sentence)] = self.sentence
        return drawn, np.zeros((len(beats), steps))


def test_only_what_the_narrator_wrote_whole_is_its_line():
    assert EACH > 1
    lines = sayings(Narrator("[who] wept bitterly"))
    assert lines == {"weep sorrow": ["I weep bitterly."]}  # of joy and fear it would have told by rule, so not at all
    dumb = rules_as_json(read_reactions())
    for rule in dumb:
        rule["do"]["says"] = None
    assert sayings(Narrator("[who] wept"), make_rules(dumb)) == {}
