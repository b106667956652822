"""What the network of light learns from: cut-out figures, mirrors that keep the held-out light out; and a small run."""

import keras
import numpy as np
import pytest

from animkit.data.twins.lit_shapes import HELD_OUT_LIGHT
from animkit.models.relight import Relighter
from animkit.recipes.relight import (
    FRAME,
    LitBatches,
    draw_figures,
    falling,
    may_mirror,
    measure_relighter,
)


@pytest.fixture(scope="module")
def shapes():
    return [draw_figures(6, size=32, seed=3), draw_figures(6, size=16, seed=4)]


def test_a_mirror_may_not_show_the_light_that_is_held_out():
    degrees = np.radians([90 + 1, 180 - HELD_OUT_LIGHT[0] - 1, 180 - HELD_OUT_LIGHT[1] + 1, 200, 270, 90])
    light = np.stack([np.cos(degrees), np.sin(degrees), 0.5 + 0 * degrees], axis=-1)
    np.testing.assert_array_equal(may_mirror(light), [True, False, False, True, True, True])


def test_batches_show_every_figure_whole_with_its_truth(shapes):
    data = LitBatches(shapes, pixels=1024, seed=1)
    seen = 0
    for index in range(len(data)):
        x, y = data[index]
        count, rows, columns, _ = x.shape
        seen += count
        assert rows % FRAME == columns % FRAME == 0
        assert count * rows * columns <= max(1024, rows * columns)
        assert {name: part.shape for name, part in y.items()} == {
            "normals": (count, rows, columns, 3),
            "albedo": (count, rows, columns, 3),
            "height": (count, rows, columns),
        }
        np.testing.assert_allclose(np.linalg.norm(y["normals"], axis=-1), 1, atol=2e-3)
        outside = x[..., 3] == 0
        assert not y["height"][outside].any()
        assert not y["albedo"][outside].any()
    assert seen == 12
    whole = sum(int(one.mask.sum()) for one in shapes)
    assert sum(int((data[index][0][..., 3] > 0).sum()) for index in range(len(data))) == whole


def test_batches_follow_from_seed_and_epoch(shapes):
    data, same = LitBatches(shapes, seed=1), LitBatches(shapes, seed=1)
    keras.tree.map_structure(np.testing.assert_array_equal, data[0], same[0])
    data.on_epoch_begin()
    data.on_epoch_begin()
    assert any(
        (data[index][0].shape != same[index][0].shape) or (data[index][0] != same[index][0]).any()
        for index in range(len(data))
    )


def test_a_mirrored_figure_has_mirrored_normals(shapes):
    one = shapes[0]
    lit = one._replace(light=np.tile([0.0, -1.0, 0.0], (6, 1)))  # from below: every figure may be mirrored
    data = LitBatches([lit], pixels=1, seed=2)
    right = 0
    for index in range(len(data)):
        x, y = data[index]
        solid = x[0, ..., 3] > 0
        columns = np.indices(solid.shape)[1]
        # round things face right on their right side, mirrored or not
        right += np.corrcoef(columns[solid], y["normals"][0, ..., 0][solid])[0, 1] > 0.2
    assert right >= 5


def test_the_rate_is_half_at_first_and_falls_at_last():
    schedule = falling(1.0, 10)
    rates = [schedule.schedule(epoch) for epoch in range(10)]
    np.testing.assert_allclose(rates, [0.5, 1, 1, 1, 1, 1, 0.8, 0.6, 0.4, 0.2])


def test_a_network_is_measured_beside_the_tools_and_what_needs_no_network(shapes):
    metrics = measure_relighter(Relighter(widths=(4, 6, 8)), shapes[0])
    assert set(metrics) == {"degrees", "percent_within_22.5", "albedo", "height"}
    assert all(np.isfinite(metric["value"]) and len(metric) > 2 for metric in metrics.values())
