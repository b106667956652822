"""The lab of average precision: what it says of made-up boxes is what the metric says."""

from widgets import viewer_lab


def test_boxes_that_are_off_by_nothing_are_hits_at_every_overlap(shared, bold):
    area, mean = bold(shared(viewer_lab.average_precision, wobble=0.0, overlap=0.95))
    assert area == mean > 0.9


def test_more_is_asked_of_the_overlap_and_less_is_found(shared, bold):
    areas = [bold(shared(viewer_lab.average_precision, overlap=overlap))[0] for overlap in (0.5, 0.7, 0.9)]
    assert areas == sorted(areas, reverse=True)
    assert areas[0] > 2 * areas[2]


def test_the_area_asks_for_no_score(shared, bold):
    numbers = {}
    for score in (0.0, 0.99):  # there is one lab, which is set anew
        lab = shared(viewer_lab.average_precision, score=score)
        numbers[score] = (bold(lab), "said: 0 hits" in lab.numbers.value)
    assert numbers[0.0][0] == numbers[0.99][0]
    assert [nothing for _, nothing in numbers.values()] == [False, True]
