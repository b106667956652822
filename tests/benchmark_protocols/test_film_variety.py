import pytest

from animkit.benchmarks import film_tables, film_variety
from animkit.benchmarks.results import read
from animkit.studio.premises import invent_film

HOME, WAY, FIGHT = ("talk", "village", "day"), ("walk", "forest", "dusk"), ("slash", "forest", "night")


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ([HOME, WAY], [HOME, WAY], 0),
        ([HOME, WAY], [WAY, HOME, WAY], 1 / 3),  # put in
        ([HOME, WAY, FIGHT, HOME], [HOME, FIGHT, HOME, HOME], 1 / 2),  # left out, put in
        ([HOME, HOME], [WAY, FIGHT], 1),
        ([], [WAY], 1),
    ],
)
def test_the_distance_is_the_share_of_beats_that_are_put_in_left_out_or_changed(one, other, distance):
    assert film_variety.edit_distance(one, other) == film_variety.edit_distance(other, one) == distance


def test_films_that_are_alike_are_told():
    found = film_variety.varied([(HOME, WAY), (HOME, WAY), (HOME, FIGHT)])
    assert found == {"films": 3, "distinct": 2, "mean": pytest.approx(1 / 3), "closest": 0}


def test_a_row_holds_what_is_seen_of_each_beat():
    rows = [film_variety.row_of(invent_film(None, seed=seed)) for seed in (1, 2)]
    assert [len(row) for row in rows] == [9, 9]
    assert rows[0] != rows[1]
    assert {len(beat) for row in rows for beat in row} == {3}


def test_the_table_says_what_was_met():
    results = read("film_variety")
    table = film_tables.variety(results)
    for found in results["demo"]["methods"].values():
        assert f"{found['distinct']} of {found['films']}" in table
    results["demo"]["methods"]["premises"] |= {"distinct": 19, "closest": 0.2}
    assert "missed: all" in film_tables.variety(results)
    assert "missed: 0.5 or more" in film_tables.variety(results)
