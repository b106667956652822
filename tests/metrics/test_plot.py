"""The validator of plots: a good plot passes, and each rule names the plot that breaks it."""

import pytest

from animkit.data.beats import Beat
from animkit.metrics.plot import RULES, distinct, faults, share_that_holds

GOOD = [
    Beat("hero", "live", where="village"),
    Beat("hero", "want", thing="treasure"),
    Beat("hero", "arrive", where="forest"),
    Beat("hero", "meet", "friend"),
    Beat("friend", "take", thing="tool"),
    Beat("friend", "give", "hero", "tool"),
    Beat("friend", "arrive", where="mountain"),
    Beat("villain", "capture", "friend", where="mountain"),
    Beat("hero", "arrive", where="mountain"),
    Beat("hero", "slay", "villain", "tool", feeling="anger"),
    Beat("hero", "find", thing="treasure"),
    Beat("hero", "free", "friend", feeling="joy"),
]


def broken(beats):
    return {rule for _, rule, _ in faults(beats)}


def test_a_plot_that_holds_together_has_no_fault():
    assert faults(GOOD) == []


@pytest.mark.parametrize(
    ("rule", "number", "beat"),
    [
        ("grammar", 3, Beat("hero", "meet")),
        ("grammar", 3, Beat("hero", "tell")),
        ("grammar", 3, Beat("hero", "meet", "hero")),
        ("grammar", 0, Beat("hero", "live")),
        ("grammar", 1, Beat("hero", "want")),
        ("grammar", 2, Beat("hero", "arrive")),
        ("grammar", 4, Beat("crowd", "take", thing="tool")),
        ("grammar", 4, Beat("friend", "sleep", thing="tool")),
        ("grammar", 11, Beat("hero", "marry", "crowd")),
        ("dead", 11, Beat("villain", "rejoice")),
        ("dead", 11, Beat("hero", "tell", "villain")),
        ("captive", 8, Beat("friend", "go")),
        ("captive", 7, Beat("villain", "see", "friend")),  # then nobody is there to be freed
        ("held", 4, Beat("friend", "sleep")),  # then the friend gives what nobody has
        ("held", 6, Beat("hero", "find", thing="tool")),
        ("place", 8, Beat("hero", "sleep")),  # then the villain is elsewhere
        ("place", 3, Beat("hero", "meet", "friend", where="castle")),
        ("place", 1, Beat("hero", "return")),
        ("sides", 9, Beat("hero", "slay", "friend", "tool")),
        ("sides", 10, Beat("villain", "help", "friend")),
        ("married", 3, Beat("hero", "marry", "helper")),
        ("cause", 2, Beat("hero", "flee")),
        ("cause", 2, Beat("hero", "weep")),
        ("cause", 4, Beat("friend", "die")),
        ("cause", 3, Beat("hero", "strike", "villain")),
        ("trouble", 7, Beat("villain", "see", "friend")),
        ("linked", 3, Beat("crowd", "sleep")),
        ("feeling", 11, Beat("hero", "free", "friend", feeling="sorrow")),
        ("repeated", 8, Beat("hero", "arrive", where="forest")),
        ("opening", 0, Beat("hero", "meet", "friend")),
        ("opening", 0, Beat("crowd", "live", where="village")),
        ("wish", 1, Beat("hero", "see", thing="treasure")),
        ("wish", 2, Beat("hero", "find", thing="treasure")),  # too soon
        ("wish", 10, Beat("hero", "sleep")),  # never
        ("hero", 10, Beat("hero", "die")),
        ("ending", 11, Beat("hero", "go")),  # and the friend is still captive
    ],
)
def test_each_rule_finds_what_breaks_it(rule, number, beat):
    assert rule in broken([*GOOD[:number], beat, *GOOD[number + 1 :]])


def test_each_rule_has_its_case_above():
    cases = test_each_rule_finds_what_breaks_it.pytestmark[0].args[1]
    assert {rule for rule, _, _ in cases} == set(RULES)


def test_a_reason_says_where_and_what():
    found = faults([*GOOD[:4], Beat("friend", "sleep"), *GOOD[5:]])
    assert (5, "held", "friend has no tool") in found


def test_a_hero_who_does_too_little_or_nothing_at_all():
    crowd = [Beat("crowd", deed) for deed in ("go", "sleep", "weep", "rejoice", "tell", "sleep", "rejoice")]
    assert {"hero", "wish", "opening"} <= broken(crowd)
    assert broken([]) == {"opening"}


def test_shares_are_counted_over_plots():
    found = share_that_holds([GOOD, [*GOOD[:-1], Beat("hero", "go")]])
    assert found["share"] == 0.5
    assert found["rules"]["ending"] == 0.5
    assert found["rules"]["dead"] == 0
    assert found["faults_per_beat"] == pytest.approx(2 / 24)
    assert distinct([GOOD, GOOD, GOOD[1:]]) == pytest.approx(2 / 3)
    with pytest.raises(ValueError, match="no plots"):
        share_that_holds([])
