import pytest

from animkit.data.tellings import Telling
from animkit.studio.odd_tails import odd


def asked(does, *, whom=None, thing=None, where=None):
    return Telling((), does, "person", whom, thing, where, None, None, None, None)


@pytest.mark.parametrize(
    ("wish", "line", "kind"),
    [
        (asked("ask", whom="person"), "[who] asked [whom] to sit in", "it ends in the middle"),
        (asked("strike", whom="villain"), "[who] beat attacked [whom]", "two verbs in a row"),
        (asked("strike", whom="villain"), "[who] shot [whom]", "another deed than is shown"),
        (asked("cast", whom="person", where="shore"), "[who] cursed [whom] [where]", "a place without its preposition"),
        (asked("cast", whom="person", where="shore"), "[who] cursed [whom] across [where]", "a place without its"),
        (asked("take", whom="person", thing="tool"), "[who] took [thing] to [whom]", "taken, but not from"),
        (asked("return"), "[who] returned to the table", "a place that is not in the story"),
        (asked("ask", whom="person"), "[who] asked [whom] if [who.he] might see", "makes no sense"),
        (
            asked("want", thing="treasure"),
            "[who] wished that [who.he] had to take [thing]",
            "a wish that makes no sense",
        ),
        (asked("want", whom="person"), "[who] wanted to buy [whom]", "a wish that makes no sense"),
        (asked("see", whom="person"), "[who] saw [whom] [who.him]", "a pronoun for nobody"),
        (asked("rejoice"), "[who] celebrated the music", "words that nobody asked for"),
        (asked("want", thing="food"), "[who] wanted [thing] when he had seen", "words that nobody asked for"),
        (asked("ask", whom="person", thing="tool"), "[who] asked [whom] to [thing]", "makes no sense"),
        (asked("flee"), "[who] was disappeared", "another deed than is shown"),
        (asked("return"), "then [who] returned for the time", "another deed than is shown"),
        (asked("rejoice"), "", "nothing is said"),
    ],
)
def test_an_odd_sentence_is_refused(wish, line, kind):
    assert kind in odd(wish, tuple(line.split()))


@pytest.mark.parametrize(
    ("wish", "line"),
    [
        (asked("tell", whom="person"), "[who] told [whom] all that had happened"),
        (asked("want", thing="plant"), "[who] wanted [thing] badly"),
        (asked("want", whom="person"), "[who] wanted to find [whom]"),
        (asked("ask", whom="person", thing="tool"), "[who] asked [whom] for [thing]"),
        (asked("take", whom="person", thing="tool"), "[who] took [thing] from [whom]"),
        (asked("flee", where="forest"), "[who] fled into [where]"),
        (asked("sleep"), "[who] slept soundly , and [who.he] was very glad"),
        (asked("go", where="shore"), "at dawn , [who] went to [where]"),
    ],
)
def test_a_plain_sentence_may_stand(wish, line):
    assert odd(wish, tuple(line.split())) is None
