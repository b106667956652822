import numpy as np
import pytest

from animkit.data.mario_levels import load_mario_levels, to_tiles
from animkit.metrics.levels import measure_wishes, tile_path
from animkit.recipes.levels import (
    ColumnBatches,
    edge_to_edge,
    looking_ahead,
    to_columns,
    to_wishes,
    windows_and_wishes,
    windows_of,
)

TWIN = list(load_mario_levels(source="twin").train.values())[:2]


def test_columns_hold_the_level_its_way_and_its_jumps():
    tiles = TWIN[0]
    columns = to_columns(tiles)
    np.testing.assert_array_equal(columns[:, 2:], tiles[::-1].T)
    assert (tiles[columns[:, 0], np.arange(tiles.shape[1])] != 1).all()  # the way runs through no ground
    has, path = to_wishes(columns).sum(axis=0), tile_path(tiles)
    measured = measure_wishes(tiles, path)
    assert has.tolist()[:3] == [measured["enemies"], measured["jumps"], measured["coins"]]
    assert has[3] / len(columns) == pytest.approx(measured["height"], abs=0.1)


def test_a_level_without_a_way_is_refused():
    with pytest.raises(ValueError, match="no way through this level"):
        to_columns(to_tiles("\n".join(["-" * 30] * 13 + ["X" * 8 + "-" * 14 + "X" * 8])))


def test_a_window_is_told_what_the_next_columns_have():
    columns = to_columns(TWIN[0])
    wishes, windows = to_wishes(columns), windows_of(TWIN[0], 20)
    assert windows["columns"].shape == (len(columns) - 19, 20, 16)
    np.testing.assert_array_equal(windows["columns"][10], columns[10:30])
    np.testing.assert_array_equal(windows["before"][10], columns[9:29])
    np.testing.assert_array_equal(windows["before"][0, 0], [12, 0, 1] + 13 * [0])
    np.testing.assert_allclose(windows["ahead"][10, 5, :3], wishes[15:39, :3].sum(axis=0), rtol=1e-5)
    assert windows["ahead"][10, 5, 3] == pytest.approx(wishes[15:39, 3].mean())
    np.testing.assert_allclose(looking_ahead(wishes)[-1], wishes[-1] * [24, 24, 24, 1])


def test_batches_follow_from_seed_and_epoch():
    one, other = (ColumnBatches(TWIN, batch_size=3, batches=2, seed=5) for _ in range(2))
    (first,), (again,) = one[1], other[1]
    assert first["columns"].shape == (3, 48, 16)
    assert first["ahead"].shape == (3, 48, 4)
    np.testing.assert_array_equal(first["ahead"], again["ahead"])
    one.on_epoch_begin()
    assert (one[1][0]["columns"] != first["columns"]).any()
    assert edge_to_edge(TWIN)["columns"].shape == (6, 48, 16)


def test_windows_of_the_gan_say_what_they_have():
    windows, wishes = windows_and_wishes(TWIN)
    assert len(windows) == sum(tiles.shape[1] - 27 for tiles in TWIN)
    np.testing.assert_array_equal(wishes[:, 0], (windows == 10).sum(axis=(1, 2)))
