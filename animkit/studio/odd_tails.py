"""Which sentences of a narrator are odd: rules by hand, for the captions of films, where each is read alone."""

from animkit.data.lexicon import moods, verb_forms, word_set

_LITTLE = word_set(  # words that may stand beside slots, verbs and moods in any sentence
    "the a an of to in on at by for with from into upon and then as if was were went came out up down off away back "
    "again over through across along under behind beside near once upon time one day soon next very so soundly badly "
    "quickly quietly home together bitterly aloud at full afraid glad sad angry astonished while pouring falling "
    "rolled howled light"
)
_ENDS = word_set("in on to for at of a an the from into by and that as with or but then if was were his her still long")
_TOLD = (  # what somebody is told, if it is no thing
    "all that had happened",
    "the whole story",
    "what had happened",
    "everything",
    "all [who.he] had seen and heard",
    "all that [who.he] had seen",
)
_ASKED = ("for help", "to help [who.him]", "to come with [who.him]", "what was the matter", "for shelter", "for advice")
_WANTED = (  # between who wants and the thing
    *("wanted", "wished for", "longed for", "wanted to find", "wanted to have", "wanted to get", "wanted to see"),
    *("wished to have", "wished to find", "hoped to find", "resolved to find", "decided to find", "wanted to buy"),
    *("determined to find", "determined to get", "decided to get", "wished to get", "longed to have", "longed to see"),
    *("wanted to take", "decided to take", "determined to take", "wanted to own"),
)
_MISSED = (  # and whom
    *("wanted to find", "wanted to see", "wanted to meet", "wanted to marry", "wanted to help", "longed for"),
    *("wished to find", "wished to see", "wished to meet", "wished to marry", "longed to see", "hoped to find"),
)
_WAYS = word_set(
    "across up down over through along of from with for off out"
)  # before a place: not where somebody stays
_OF_VERBS = {  # words by which another deed is told than the stage plays
    "strike": word_set("shot shoots pushed pushes on into up"),
    "cast": word_set("out up"),
    "flee": word_set("had was vanished disappeared"),
    "sleep": word_set("on away out again into along up"),
    "hide": word_set("face light eyes"),
    "rejoice": word_set("at"),
    **dict.fromkeys(("go", "arrive"), word_set("flew flies swam swims rode rides sailed sails climbed rowed")),
    "return": word_set("for flew swam rode sailed"),
}


def odd(asked, words):
    """What is odd about a sentence, for one who reads it below a picture.

    Args:
        asked: `animkit.data.tellings.Telling`, what was to be said.
        words: tuple of str, with slots.

    Returns:
        str, the kind of oddity; None for a sentence that may stand.
    """
    text, said = " ".join(words), [word for word in words if word != ","]
    if not said:
        return "nothing is said"
    forms = verb_forms()
    pairs = list(zip(said, said[1:], strict=False))
    if said[-1] in _ENDS:
        return "it ends in the middle"
    if any(one in forms and other in forms and forms[one][1] and forms[other][1] for one, other in pairs):
        return "two verbs in a row"
    moving = asked.does in ("go", "flee", "arrive", "return")
    before = [one for one, other in pairs if other == "[where]"]
    if any(one.startswith("[") or one in _WAYS and not moving for one in before):
        return "a place without its preposition"
    if asked.does == "take" and asked.whom and "from [whom]" not in text:
        return "taken, but not from"
    if "to [whom]" in text and asked.does in (
        "cast",
        "strike",
        "slay",
        "capture",
        "see",
        "meet",
        "help",
        "free",
        "find",
    ):
        return "done to, not with, somebody"
    if text.startswith("the evening"):
        return "it begins in the middle"
    if set(said) & _OF_VERBS.get(asked.does, frozenset()):
        return "another deed than is shown"
    if moving and not asked.where and "to" in said:
        return "a place that is not in the story"
    frames = {"tell": _TOLD, "ask": _ASKED}.get(asked.does)
    if frames and not asked.thing and not any(text.partition("[whom] ")[2].startswith(frame) for frame in frames):
        return "asked or told what makes no sense"
    if asked.does == "ask" and asked.thing and "for [thing]" not in text:
        return "asked or told what makes no sense"
    between = ""
    if asked.does == "want":
        goal, may = ("[thing]", _WANTED) if asked.thing else ("[whom]", _MISSED)
        between, _, after = text.partition("[who] ")[2].partition(f" {goal}")
        if between.removesuffix(" some").removesuffix(" a").removesuffix(" the") not in may:
            return "a wish that makes no sense"
        if "again" in said or after.split()[:1] in (["for"], ["with"], ["into"], ["to"], ["from"]):
            return "a wish that makes no sense"
    known = set().union(*moods()) | {form for form, (deed, *_) in forms.items() if deed == asked.does}
    frame = next((frame for frame in frames or () if frame in text), "")
    if any("." in other and other not in frame and (one, other) != ("and", "[who.he]") for one, other in pairs):
        return "a pronoun for nobody"
    extra = [
        word
        for word in said
        if word.isalpha() and word not in known | _LITTLE and word not in [*frame.split(), *between.split()]
    ]
    return "words that nobody asked for" if extra else None
