"""The protocol of films that are read back: its truth, its sums and its baselines by hand."""

import re

import numpy as np
import pytest

from animkit.benchmarks import film_reads_back, film_tables
from animkit.benchmarks.results import rounded

EVENT = {"first frame": 4, "last frame": 20, "place": "shore", "hour": "day"}
EVENT["who"] = {"Mira": {"action": "walk", "boxes": [[6, 0, 0, 8, 8], [12, 8, 0, 16, 8], [18, 16, 0, 24, 8]]}}


def film(right):
    """What is measured on a film of two shots, of which the second is read as `right` says."""
    compared = [dict.fromkeys(film_reads_back.SHARES, True), dict.fromkeys(film_reads_back.SHARES, right)]
    exact = [([[0, 0, 8, 8]], [0.9], [[0, 0, 8, 8]])]
    return {
        "compared": compared,
        "known": {"codes": [True, right], "nearest by pixels": [False, right]},
        "found": [exact, exact, [([], [], [])]],
        "components": exact,
        "templates": [([], [], [[0, 0, 8, 8]])],
        "events": [("shore", "day", "walk"), ("forest", "day", "stand", "walk")],
    }


def test_the_truth_is_that_of_every_sixth_frame_in_which_no_shots_mix():
    assert film_reads_back.truth_of([EVENT]) == {12: {"Mira": [8, 0, 16, 8]}}


def test_sums_by_hand():
    found = film_reads_back.summed([film(True), film(False)])
    assert found["beat"]["value"] == 75
    assert found["who, frame by frame, by nearest by pixels"]["value"] == 25
    assert found["films_with_every_identity"] == 1
    assert found["mAP50-95"]["value"] == found["people and creatures apart"]["mAP50"] == 1


def test_baselines_by_hand():
    found = film_reads_back.baselines([film(True)])
    assert found["components"] == {"mAP50": 1, "mAP50-95": 1}
    assert found["templates"]["mAP50"] == 0
    assert found["where, the commonest"] == 50
    assert found["hour, the commonest"] == 100
    assert found["one's doing, the commonest"] == pytest.approx(200 / 3)


def test_what_moves_before_a_still_ground_is_found_without_a_network():
    frames = np.zeros((30, 360, 640, 3), np.uint8)
    truth, event = {}, {**EVENT, "first frame": 0, "last frame": 29}
    for number in range(0, 30, 6):
        left = 40 + 80 * number // 6
        box = [left, 40, left + 48, 120]
        frames[number, box[1] : box[3], box[0] : box[2]] = 200
        truth[number] = {"Mira": box}
    pictures = film_reads_back.by_components(frames, [event], truth)
    assert film_reads_back.mean_average_precision([pictures], (0.5,)) == 1


def test_tables_say_what_was_missed():
    run = film_reads_back.summed([film(True), film(False)])
    run |= {"baselines": film_reads_back.baselines([film(True)]), "ms_per_frame": 3.0, "films": {"1": "", "2": ""}}
    results = rounded({**film_reads_back.header(), "full": run})
    assert "missed: 95 or more" in film_tables.reading(results)
    finding = film_tables.finding(results)
    assert re.findall(r"which saw fewer frames</t[hd]><td>(.*?)</td><td>(.*?)</td>", finding) == [("met", "met")]
    last = re.findall(r"<td>(.*?)</td>", finding)[-3:]
    assert last == ["met: 0.95 or more", "met: 0.75 or more", "met: 3, asked less than 10"]
