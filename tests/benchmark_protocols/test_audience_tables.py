"""The tables of the audience say what their files hold, and whether a target is met."""

import pytest

from animkit.benchmarks import audience_tables


def f1(number):
    return {"chosen_on_dev": number, "interval_95": [number - 0.01, number + 0.01], "at_half": 0.3, "micro": 0.5}


@pytest.fixture
def emotions():
    said = {"support": 5, "threshold": 0.1, "precision": None, "recall": 0.0, "f1": 0.0}
    heard = {"support": 50, "threshold": 0.3, "precision": 0.75, "recall": 0.5, "f1": 0.6}
    ahead = {"mean": 0.02, "interval_95": [-0.01, 0.05]}
    speed = {"alone": {"clock": 2.5, "CPU": 2.6}, "batched": {"clock": 0.5, "CPU": 0.5}}
    run = {
        "source": "real",
        "macro_f1_28": f1(0.47),
        "macro_f1_ekman": f1(0.61),
        "floors": {"linear": {"macro_f1_28": f1(0.45), "macro_f1_ekman": f1(0.59)}},
        "ahead_of_floors": {"linear": {"macro_f1_28": ahead, "macro_f1_ekman": ahead}},
        "error_rates": {"joy": heard, "grief": said},
        "milliseconds_per_sentence": speed,
        "bytes": 1_900_000,
    }
    target = {"macro_f1_28": 0.48, "macro_f1_ekman": 0.60, "bytes": 2_000_000, "milliseconds_per_sentence": 2.0}
    published = {"BERT": {"macro_f1_28": 0.503, "macro_f1_ekman": 0.624}}
    return {"target": target, "published": published, "full": run}


def test_targets_of_emotions_are_met_or_missed(emotions):
    shown = audience_tables.emotions(emotions)
    assert "missed: 0.470" in shown
    assert "met: 0.610" in shown
    assert "0.450 [0.440, 0.460]" in shown
    shown = audience_tables.light_and_fast(emotions)
    assert shown.count("missed") == shown.count(">met<") == 1


def test_the_rarest_label_comes_first_and_what_is_never_said_is_not_wrong(emotions):
    shown = audience_tables.errors(emotions)
    assert shown.index("grief") < shown.index("joy")
    assert "<td>50</td><td>25</td>" in shown  # of joy: half is missed, a quarter of what is said is wrong
    assert "<td>100</td><td>–</td>" in shown


def test_moods_and_their_target():
    run = {
        "value": {"mean": 83.0, "sd": 1.0, "by_seed": [82.5, 83.5]},
        "seeds": [0, 1],
        "interval_95": [79.6, 86.1],
        "moderate": {"mean": 60.0, "sd": 1.0},
        "no mood": {"mean": 20.0, "sd": 1.0},
        "trained on other actions": {"all": 70.0},
        "baselines": {"chance": 20.0},
        "confusion": {"moods": ["happy", "sad"], "percent": [[90.0, 10.0], [25.0, 75.0]]},
        "by_action": {"wave": 84.0},
    }
    results = {"target": {"named rightly in at least %": 80.0}, "full": run}
    shown = audience_tables.moods(results)
    assert "met: 83 ± 1" in shown
    assert "80 to 86" in shown
    assert "<td>25</td><td>75</td>" in audience_tables.confusion(results)
    assert "full: wave" in audience_tables.actions(results)


def test_a_stage_that_is_slow_under_a_flood_misses_there():
    waited, shown = "input to changed frame, ms, median", "pictures a second"
    quick, slow = (
        {waited: ms, shown: fps, "browser's heap, MB": heap, "kernel's memory, MB": 150.0}
        for ms, fps, heap in ((50.0, 30.5, 20.0), (120.0, 12.0, 18.5))
    )
    run = {"machine": "two cores", "messages": 9, "minutes": 1, "reader": "none"}
    run |= {"flood": {"messages": 3000, "seconds to send": 80.2}, "at the start": quick, "after the flood": slow}
    results = {"what": "turns", "targets": {waited: 80, shown: 30, "minutes": 10}, "1 minutes": run}
    told = audience_tables.stage(results)
    assert told.count("<td>met</td><td>missed</td>") == 2
    assert "measured for 1" in told
    assert "heap -1.5, kernel +0.0" in told
    assert "3000 more within 80 s" in told
