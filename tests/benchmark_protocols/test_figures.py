"""The figures of notebook 08: marks stand where the numbers are, targets are judged, committed results fit."""

import itertools
import re

import pytest

from animkit.benchmarks import questions, questions_of_studio, results
from animkit.benchmarks.figures import KINDS, Panel, Row, figure, folded, span

LESS = [Panel("error", "less", 2.0)]


def rows(drawn):
    """Each row's name, and what its cells say, by eye and by hovering."""
    found = re.findall(r'role="rowheader"[^>]*>(.*?)</span>(.*?)(?=<div role="row"|<div class="row")', drawn)
    return {name: re.findall(r'title="([^"]*)"', cells) for name, cells in found}


def places(drawn):
    return [float(at) for at in re.findall(r'<svg x="([\d.]+)%"', drawn)]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (None, None),
        (3, (3, 3, 3)),
        ({"mean": 2.0, "sd": 0.5}, (2, 1.5, 2.5)),
        ({"mean": 2.0, "sd": None}, (2, 2, 2)),
        ({"value": 2.0, "interval_95": [1.0, 4.0]}, (2, 1, 4)),
        ({"share": 2.0, "low": 1.0, "high": 4.0}, (2, 1, 4)),
    ],
)
def test_intervals_and_spreads_are_read_as_results_files_have_them(found, expected):
    assert span(found) == expected


def test_ours_stand_first_and_marks_stand_by_their_numbers():
    drawn = figure(
        "How far?",
        LESS,
        [
            Row("a rule", "baseline", (4.0,)),
            Row("others", "published", (1.0,)),
            Row("a net", "ours", ({"mean": 3.0, "sd": 1.0},)),
        ],
    )
    assert rows(drawn) == {"a net": ["3, 2 to 4"], "others (published)": ["1"], "a rule": ["4"]}
    ours, others, rule = places(drawn)
    assert others < ours < rule
    assert ours == pytest.approx((others + 2 * rule) / 3, abs=0.02)
    assert drawn.count('fill="#2b8cbe"') == 2  # the best of ours is filled, here and in the legend
    assert "target 2 or less: <b>missed</b> by our best, 3" in drawn


def test_what_is_far_away_is_an_arrow_and_says_its_number():
    drawn = figure("?", LESS, [Row("a net", "ours", (1.0,)), Row("noise", "baseline", (1e4,))])
    assert rows(drawn)["noise"] == ["10000"]
    assert places(drawn) == [pytest.approx(3.7, abs=0.1), 100.0]
    assert "<b>met</b>" in drawn


def test_labels_of_ticks_keep_apart_and_none_lies_beyond_what_was_measured():
    narrow = [Panel(f"{name}, %", "more") for name in "abcde"]
    drawn = figure("?", narrow, [Row("a net", "ours", (96.0, 97.5, 100.0, 100.0, 0.012))] * 2)
    labels = re.findall(r'<text x="([\d.]+)%"[^>]*>([^<]+)', drawn)
    assert max(float(label) for _, label in labels) == 100
    tiny = [Panel("error", "less", log=True)] * 5
    drawn = figure("?", tiny, [Row("a net", "ours", (0.05,) * 5), Row("a rule", "baseline", (3.36e-6,) * 5)])
    for scale in drawn.split('aria-hidden="true"><span></span>')[1].split('class="cell"')[1:]:
        places = [(float(at), len(label)) for at, label in re.findall(r'<text x="([\d.]+)%"[^>]*>([^<]+)', scale)]
        assert places
        for (at, wide), (later, wider) in itertools.pairwise(places):
            assert 0.55 * (later - at) > 9 * (wide + wider) / 2  # 55 pixels a panel, 9 a letter
    two = [Panel("error", "less", log=True)] * 2
    drawn = figure("?", two, [Row("a net", "ours", (0.0005,) * 2), Row("another", "ours", (2000.0,) * 2)])
    for scale in drawn.split('aria-hidden="true"><span></span>')[1].split('class="cell"')[1:]:
        places = [(float(at), len(label)) for at, label in re.findall(r'<g><text x="([\d.]+)%"[^>]*>([^<]+)', scale)]
        assert 1 < len(places) < scale.count("<text")  # a phone has fewer
        for (at, wide), (later, wider) in itertools.pairwise(places):
            assert (later - at) > 9 * (wide + wider) / 2  # 100 pixels a panel


def test_numbers_of_all_rows_have_the_same_room():
    drawn = figure("?", LESS, [Row("a net", "ours", (1.0,)), Row("the law", "baseline", (3.36e-6,))])
    assert "--digits:8" in drawn
    assert "var(--digits)" in drawn


def test_a_target_of_every_seed_is_judged_at_the_worst():
    panel = Panel("modes", "more", 25.0, worst=True)
    drawn = figure("?", [panel], [Row("a net", "ours", ({"mean": 25.2, "low": 24.9, "high": 26.0},))])
    assert "<b>missed</b> by our best, 24.9 at worst" in drawn


def test_an_ensemble_meets_no_target_of_single_networks():
    drawn = figure("?", LESS, [Row("a net", "ours", (3.0,)), Row("mean of five", "apart", (1.0,))], unlike="other data")
    assert "<b>missed</b> by our best, 3" in drawn
    assert "not measured" in figure("?", LESS, [Row("mean of five", "apart", (1.0,))])


def test_published_numbers_say_that_they_do_not_compare():
    drawn = figure("?", LESS, [Row("others", "published", (1.0,))], unlike="another judge")
    assert "published, not like for like: another judge" in drawn


def test_rows_that_do_not_fit_are_refused_and_texts_are_escaped():
    with pytest.raises(ValueError, match="has 1 values"):
        figure("?", LESS, [Row("a", "ours", (1.0, 2.0))])
    with pytest.raises(ValueError, match="a row is of"):
        figure("?", LESS, [Row("a", "rival", (1.0,))])
    drawn = figure("a < b", LESS, [Row("<i>", "ours", (1.0,))]) + folded("x < y\nz", "<table></table>")
    assert "&lt;i&gt;" in drawn
    assert "a &lt; b" in drawn
    assert "x &lt; y\nz</pre><table></table>" in drawn


COMMITTED = [
    (questions.nats_per_digit, "mnist_nll"),
    (questions.mode_coverage, "mode_coverage"),
    (questions.sprites, "sprites"),
    (questions.mnist_images, "mnist_images"),
    (questions.cmu_prediction, "cmu_prediction"),
    (questions.things, "props"),
    (questions.springs, "props"),
    (questions.scenes_of_things, "props"),
    (questions.forks, "props"),
    (questions.in_betweening, "in_betweening"),
    (questions.nats_per_character, "shakespeare_nats"),
    (questions.tasks_of_memory, "rnn_vs_lstm"),
    (questions_of_studio.plots, "beats"),
    (questions_of_studio.telling, "narrator"),
    (questions_of_studio.scenes, "scenes"),
    (questions_of_studio.effects, "effects"),
    (questions_of_studio.seams, "effects"),
    (questions_of_studio.blends, "effects"),
    (questions_of_studio.normals, "relighting"),
    (questions_of_studio.relit, "relighting"),
    (questions_of_studio.doubling, "upscaling"),
    (questions_of_studio.emotions, "goemotions"),
    (questions_of_studio.stage, "stage"),
    (questions_of_studio.moods, "mood_reading"),
    (questions_of_studio.reading, "film_reads_back"),
    (questions_of_studio.finding, "film_reads_back"),
    (questions_of_studio.rendering, "rendering"),
    (questions_of_studio.variety, "film_variety"),
]


@pytest.mark.parametrize(("question", "name"), COMMITTED, ids=lambda one: getattr(one, "__name__", one))
def test_what_is_committed_has_ours_and_what_stands_beside(question, name):
    drawn = question(results.read(name))
    assert drawn.count(f"</svg> {KINDS['ours']}") == 1
    alone = (questions_of_studio.stage, questions_of_studio.rendering)  # times have no baseline
    assert question in alone or any(f"</svg> {KINDS[kind]}" in drawn for kind in ("published", "baseline"))
    assert all(0 <= place <= 100 for place in places(drawn))


def test_the_figure_says_what_the_results_file_says():
    kept = results.read("goemotions")
    drawn = questions_of_studio.emotions(kept)
    reached = kept["full"]["macro_f1_28"]["chosen_on_dev"]
    verdict = "met" if reached >= kept["target"]["macro_f1_28"] else "missed"
    assert f"28 labels: macro-F1, target 0.48 or more: <b>{verdict}</b> by our best, {reached:.3g}" in drawn
    assert rows(drawn)["DistilBERT (published)"] == ["0.46", "0.616"]


def test_a_run_shorter_than_what_was_asked_for_meets_no_target():
    part = {"input to changed frame, ms, median": 20.0, "pictures a second": 40.0, questions_of_studio.WAITING: 0.0}
    run = {"flood": {}, "at the start": part}
    targets = {"input to changed frame, ms, median": 80.0, "pictures a second": 30.0, "minutes": 10.0}
    short = questions_of_studio.stage({"targets": targets, "3 minutes": run | {"minutes": 3.0}})
    assert short.count("<b>not measured</b>") == 2
    long = questions_of_studio.stage({"targets": targets, "10 minutes": run | {"minutes": 10.0}})
    assert long.count("<b>met</b>") == 2
