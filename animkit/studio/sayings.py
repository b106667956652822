"""Lines that characters say of themselves, written by the narrator of stories: "I only laugh, and I am very happy.".

The narrator tells a deed and a feeling of somebody in the past; by rule, who tells it becomes "I", and its verbs are
put into the present. They are written once, before the curtain rises, as answers must not wait for a network. What the
narrator does not say whole in its own words is left to the templates of the rules.
"""

import lemminflect

from animkit.data.lexicon import verb_forms
from animkit.data.tellings import Telling
from animkit.studio.reactions import LONGEST_LINE, read_reactions
from animkit.studio.telling import told, write_lines

EACH = 3  # sentences asked for a deed and a feeling
_SELF = {"[who]": "I", "[who.he]": "I", "[who.him]": "me", "[who.his]": "my", "[who.himself]": "myself"}
_BE = {"was": "am", "were": "are"}


def sayings(narrator, rules=None, *, seed=0):
    """Let the narrator write lines for what rules say.

    Args:
        narrator: `animkit.models.narrator.Narrator`, as `animkit.weights.load("narrator")` gives it.
        rules: as `animkit.studio.reactions.read_reactions` gives them; None is those that ship.
        seed: of the draw.

    Returns:
        dict: "deed feeling" -> list of str, for `animkit.studio.audience.Audience`; empty lists are left out.
    """
    rules = read_reactions() if rules is None else rules
    wanted = sorted({rule.do["says"] for rule in rules if rule.do["says"]})
    asked = [
        Telling((), deed, "person", None, None, None, feeling, None, None)
        for deed, feeling in wanted
        for _ in range(EACH)
    ]
    lines = {}
    for one, words in zip(asked, write_lines(narrator, asked, seed=seed), strict=True):
        line = spoken(words)
        said = lines.setdefault(f"{one.does} {one.feeling}", [])
        # else a rule would have had a share in it
        if told(words, one) == words and len(line) <= LONGEST_LINE and line not in said:
            said.append(line)
    return {key: said for key, said in lines.items() if said}


def spoken(words):
    """Say of oneself, now, what is told of somebody in the past.

    Args:
        words: tuple of str with slots, as the narrator writes them.

    Returns:
        str: a capital first and a full stop last.
    """
    said, acts = [], 0
    for word in words:
        if word in _SELF:
            said.append(_SELF[word])
            acts = 3 if said[-1] == "I" else acts  # its verb is among the next three words
        elif acts and (now := _present(word)):
            said.append(now)
            acts = 0
        else:
            # "and" may carry another verb of the same subject
            acts = 1 if word == "and" else max(0, acts - 1)
            said.append(word)
    text = " ".join(said).replace(" ,", ",").replace(" '", "'")
    return f"{text[:1].upper()}{text[1:]}."


def _present(word):
    if word in _BE:
        return _BE[word]
    finite = word in ("had", "became", "grew", "felt", "looked", "could") or verb_forms().get(word, ("", False))[1]
    if not finite:
        return ""
    return {"could": "can"}.get(word) or lemminflect.getLemma(word, "VERB")[0]
