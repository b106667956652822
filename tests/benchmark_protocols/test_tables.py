"""The tables of notebook 08 hold what the committed results hold."""

import re

import pytest

from animkit.benchmarks import results, story_tables, tables
from animkit.studio.steering import Obedience


def rows(table):
    """The cells of an HTML table's body, row by row, without their tags."""
    body = table.split("<tbody>")[1]
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"<tr>(.*?)</tr>", body)]


def test_runs_are_told_from_what_else_a_file_says():
    kept = {"name": "a", "target": {"full": 1}, "demo": {"methods": {}}, "full": {"methods": {}}}
    assert list(tables.runs(kept, "methods")) == ["demo", "full"]
    assert tables.strongest({"demo": {"a": 1}}) == {"a": 1}
    assert tables.strongest({"demo": {"a": 1}, "full": {"a": 2}}) == {"a": 2}


def test_every_run_says_what_it_was_chosen_on_and_how_often_it_was_scored():
    kept = {"name": "a", "demo": {"chosen_on": "held-out clips", "test_scorings": 1}, "target": {"demo": 3}}
    assert tables.provenance(kept) == (
        "demo: settings chosen on held-out clips; scored on the test split 1 x (counted)"
    )


def test_a_spread_stands_beside_the_mean_where_there_are_several_seeds():
    def prediction(seeds):
        run = {"methods": {"LSTM": {"average": [10.0]}}, "seeds": seeds, "spread_over_seeds": {"average": [0.5]}}
        return {
            "milliseconds": [80],
            "unit": "mm",
            "published": {"A": {"average": [11.0]}},
            "demo": {**run, "machine": "m"},
        }

    assert rows(tables.cmu_prediction(prediction([0, 1]))) == [
        ["A", "11", "11", "published, one network"],
        ["demo: LSTM", "10 ± 0.5", "10", "one network, mean of 2 trainings"],
    ]
    assert rows(tables.cmu_prediction(prediction([0])))[1] == ["demo: LSTM", "10", "10", "one network"]


def test_a_missed_target_is_printed_as_missed():
    def actions(walk, window):
        return {"walk": walk, "washwindow": window, "average": [0.0, 0.0]}

    kept = {
        "milliseconds": [80, 160],
        "actions_without_training_clips": ["washwindow"],
        "published": {"Traj-GCN": actions([9.0, 9.0], [0.0, 0.0]), "MSR-GCN": actions([4.0, 4.0], [0.0, 0.0])},
        "demo": {"methods": {"LSTM": actions([3.0, 5.0], [99.0, 99.0])}},
    }
    shown = rows(tables.cmu_prediction_like_for_like(kept))
    assert shown[2:] == [["LSTM", "3", "5", "4"], ["target: LSTM ahead of MSR-GCN", "met", "missed", "missed"]]
    one = {"value": 1.6, "seconds": {"wall": 1200.0, "CPU": 600.0}}
    plays = {
        "what": "plays",
        "published": [{"name": "A", "value": 1.5, "source": "B"}],
        "target": {"value": 1.55, "seconds": 900, "seeds": 3},
        "demo": {"baselines": {"5-gram": 1.7}, "value": {"mean": 1.6, "sd": None}, "seeds": [0], "by_seed": {"0": one}},
    }
    shown = {row[0]: row[1] for row in rows(tables.nats_per_character(plays))}
    assert shown["demo: LSTM"] == "1.6"
    assert shown["target of demo: 1.55 nats or less"] == "missed"
    assert shown["target of demo: in 15 minutes of one core"] == "met"
    assert shown["target of demo: 3 seeds"] == "missed"


def test_what_was_not_run_is_said_beside_what_was():
    kept = {
        "what": "memory",
        "published": [{"task": "600 steps", "unit": "MSE", "RNN": 0.177, "LSTM": 0.164, "GRU": 5.3e-5, "source": "B"}],
        "demo": {
            "seeds": [0, 1],
            "value": {
                "100 steps": {
                    "unit": "MSE",
                    "value": {
                        who: results.summaries(
                            [{"score": score, "CPU seconds": 60.0}, {"score": score, "CPU seconds": 120.0}]
                        )
                        for who, score in (("RNN", 0.17), ("LSTM", 0.001), ("GRU", 0.002))
                    },
                    "baselines": {"chance": 1 / 6},
                    "trained on": "9 rows",
                }
            },
        },
    }
    shown = rows(tables.tasks_of_memory(kept))
    assert shown[0] == ["600 steps, MSE", "0.177", "0.164", "5.3e-05", "published, B"]
    assert shown[1][:4] == ["demo: 100 steps, MSE", "0.17 ± 0", "0.001 ± 0", "0.002 ± 0"]
    assert "one core 1.5 / 1.5 / 1.5; no memory needed: chance 0.167" in shown[1][4]
    assert shown[2] == ["full: 600 steps, MSE", "–", "–", "–", "not run: for a GPU"]


def test_a_card_shows_its_number_beside_what_needs_no_network():
    metrics = {"pixels_exact": {"value": 99.0, "a copy": 96.0, "repeated": 70.0, "unit": "%"}}
    assert rows(tables.shipped([{"name": "x", "metrics": metrics}])) == [
        ["x: pixels exact", "99", "a copy 96, repeated 70", "%"]
    ]
    asked = {"mAP50": {"value": 0.9, "target": 0.95, "unit": "of 1"}}
    assert rows(tables.shipped([{"name": "x", "metrics": asked}]))[0][2] == "missed: target 0.95 or more"


def test_errors_are_shared_out_over_interpolations():
    parts = {name: [2.0, 4.0] for name in ("l2q", "l2p", "npss", "sliding", "joins")}
    run = {
        "methods": {"interpolation": parts, "LSTM": {**parts, "l2q": [1.0, 1.0]}},
        "seeds": [0],
        "test_windows": 7,
        "test": "one style",
    }
    kept = {"gaps": [5, 15], "unit": "none: L2Q", "published_ratio_to_interpolation": {}, "demo": run}
    told = ["demo: LSTM", "0.5", "0.25", "1", "1", "7 windows of one style"]
    assert rows(tables.in_betweening_ratios(kept))[1] == told
    assert rows(tables.in_betweening_errors(kept))[5] == ["demo: LSTM, l2q", "1", "1"]
    assert "L2Q" in tables.in_betweening_errors(kept)


def test_intervals_stand_beside_shares_and_missed_targets_are_told():
    def shares(*numbers):
        return [{"share": number, "low": number - 0.1, "high": number + 0.1} for number in numbers]

    run = {
        "methods": {
            "interpolation": {"share": {"l2q": shares(1.0, 1.0), "l2p": shares(1.0, 1.0)}},
            "LSTM": {"share": {"l2q": shares(0.5, 0.6), "l2p": shares(0.4, 0.52)}},
        },
        "test_windows": 7,
        "test": "one style",
    }
    rival = {"TG_complete (LSTM + GAN)": {"l2q": [0.77, 0.68], "l2p": [0.62, 0.52]}}
    kept = {"gaps": [5, 15], "published_ratio_to_interpolation": rival, "demo": run}
    assert rows(tables.in_betweening_ratios(kept))[-1][3:5] == ["0.4 [0.30, 0.50]", "0.52 [0.42, 0.62]"]
    assert tables.in_betweening_target(kept).splitlines() == [
        "demo: LSTM, L2Q share below TG_complete (LSTM + GAN)'s: met at every gap",
        "demo: LSTM, L2P share below TG_complete (LSTM + GAN)'s: missed at 15 frames (0.520 against 0.52)",
    ]


def test_by_action_every_method_stands_under_its_action():
    kept = {"milliseconds": [80], "unit": "mm"}
    methods = {"A": {"walk": [1.0], "run": [2.0]}, "B": {"run": [3.0]}}
    assert rows(tables.cmu_prediction_by_action(kept, methods)) == [["run: A", "2"], ["run: B", "3"]]


def test_what_was_resampled_is_shown_by_its_mean_and_gaps_stay_gaps():
    found = {
        "judge_on_real": {"accuracy": 99.0, "content_preserved": 98.0, "hair": 97.0},
        "content_resampled": {"looks from N(0, I)": {"accuracy": {"mean": 90.0, "sd": 1.0}}},
        "motion_resampled": {"content_preserved": {"mean": 95.0, "sd": 0.1}, "motion_as_asked": {"mean": 7.0, "sd": 0}},
        "baselines": {"a copy": {"accuracy": 11.0}},
    }
    picked = tables.resampled(found)
    assert picked["real test sequences"] == {"accuracy": 99.0, "content_preserved": 98.0}
    assert picked["motion resampled"] == {"content_preserved": 95.0, "motion_as_asked": 7.0}
    shown = rows(tables.resampling(picked, "8 clips"))
    assert shown[1] == ["content resampled, looks from N(0, I)", "90", "–", "–", "–", "–", "–"]
    assert shown[-1][:2] == ["baseline: a copy", "11"]


@pytest.mark.parametrize(
    ("name", "table", "some_row"),
    [
        ("mnist_nll", tables.nats_per_digit, "baseline: independent pixels"),
        ("shakespeare_nats", tables.nats_per_character, "demo: LSTM"),
        ("rnn_vs_lstm", tables.tasks_of_memory, "demo: adding problem, 100 steps, MSE"),
        ("narrator", story_tables.telling, "full: best of 24"),
        ("cmu_prediction", tables.cmu_prediction_like_for_like, "target: LSTM ahead of MSR-GCN"),
        ("cmu_prediction", tables.cmu_prediction_settings, "no mirror images in training, 600 updates: LSTM"),
        ("mode_coverage", tables.mode_coverage, "full: ours"),
        ("sprites", tables.sprites, "full: real test clips"),
        ("sprites", tables.sprites_designs, "full: diversity"),
        ("mnist_images", tables.mnist_images, "demo: VAE"),
        ("cmu_prediction", tables.cmu_prediction, "full: ridge regression"),
        ("in_betweening", tables.in_betweening_ratios, "full: LSTM"),
        ("in_betweening", tables.in_betweening_errors, "full: LSTM, joins"),
        ("scenes", tables.scenes, "full: evolutionary search"),
        ("scenes", tables.scene_wishes, "full: LSTM"),
    ],
)
def test_what_is_committed_fits_its_table(name, table, some_row):
    assert some_row in [row[0] for row in rows(table(results.read(name)))]


def test_published_alternatives_stand_in_rows_of_their_own():
    shown = {row[0]: row[1] for row in rows(tables.nats_per_digit(results.read("mnist_nll")))}
    assert shown["IWAE, 1 layer, k=5, importance-sampled 5,000"] == "85.5"
    assert shown["IWAE, 1 layer, k=50, importance-sampled 5,000"] == "84.8"
    assert shown["an independent fully connected VAE, bound"] == "90.8"
    assert shown["the same, importance-sampled 5,000"] == "86.8"
    assert shown["full, k=50"] == "–"  # what nobody has run is shown as missing
    assert [name for name, value in shown.items() if "±" in value and name.startswith("demo")] == [
        "demo: bound",
        "demo: 5,000 importance samples",
    ]


def test_commands_that_are_not_obeyed_are_marked():
    grid = [Obedience(100.0, turn, 0.3, 0.0, 0.0, 4.0, off) for turn, off in ((-60.0, 20.0), (60.0, -2.0))]
    assert rows(tables.steering(grid)) == [["100 cm/s", "✗ 0.3 s, +4, +20°", "0.3 s, +4, -2°"]]
