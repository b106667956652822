import numpy as np
import pytest

from animkit.data.tellings import Telling
from animkit.metrics.telling import copied_runs, distinct, error_rate, slot_errors


def asked(does, **slots):
    fields = dict.fromkeys(("whom", "thing", "where", "feeling", "light", "effect"))
    return Telling((), does, "person", **{**fields, **slots})


GIVEN = asked("give", whom="animal", thing="food", light="night")


@pytest.mark.parametrize(
    ("sentence", "missing", "redundant"),
    [
        ("at night [who] gave [whom] [thing]", 0, 0),
        ("[who] brought [whom] [thing]", 1, 0),  # no night
        ("at night [who] had [thing] in [where]", 2, 1),  # gave to nobody; the place was not asked for
        ("one morning [who] gave [whom] [thing] and wept", 1, 2),  # morning for night; who said anything of weeping?
        ("at night [who] came and gave [whom] [thing]", 0, 1),
        ("at night [who] went and gave [whom] [thing]", 0, 0),  # to go is plain
    ],
)
def test_slot_errors_by_hand(sentence, missing, redundant):
    expected = {"missing": missing, "redundant": redundant, "slots": 5}
    assert slot_errors(GIVEN, sentence.split()) == expected


def test_home_is_a_place_without_a_slot():
    assert error_rate([(asked("go", where="home"), ["[who]", "went", "home"])]) == 0
    assert error_rate([(asked("go", where="forest"), ["[who]", "went", "home"])]) == pytest.approx(1 / 3)


def test_copied_runs_and_distinct_by_hand():
    told = [["the", "cat", "sat", "on", "the", "mat"], ["dogs", "bark"], ["a", "mat"]]
    tales = [["once", "the", "cat", "sat", "on", "a", "mat"], ["the", "mat"]]
    np.testing.assert_array_equal(copied_runs(told, tales), [4, 0, 2])
    assert distinct(told, 1) == pytest.approx(8 / 10)
    assert distinct(told, 2) == 1
    assert distinct([["one"]], 2) == 0
