import keras
import numpy as np
import pytest
from keras import ops

from animkit.models.level_writer import LevelWriter, ground_column

ROWS, TILES = 4, 3


@pytest.fixture(scope="module")
def writer():
    keras.utils.set_random_seed(0)
    return LevelWriter(rows=ROWS, tiles=TILES, units=4, hidden=5, enemy=2, coin=1)


def batch(columns):
    ground = np.tile(ground_column(ROWS), (len(columns), 1, 1))
    before = np.concatenate([ground, columns[:, :-1]], axis=1)
    ahead = np.zeros((*columns.shape[:2], 4), np.float32)
    return {"before": before, "columns": columns, "ahead": ahead, "known": np.ones((len(columns), 4), np.float32)}


@pytest.mark.both_backends
def test_a_symbol_is_told_of_those_below_it_and_of_columns_before_and_of_nothing_else(writer):
    columns = np.random.default_rng(0).integers(0, 3, (1, 3, ROWS + 2)).astype("int32")
    plain = ops.convert_to_numpy(writer(batch(columns)))
    other = columns.copy()
    other[0, 1, 3] = (other[0, 1, 3] + 1) % 3
    changed = np.abs(ops.convert_to_numpy(writer(batch(other))) - plain).max(axis=-1)[0] > 1e-7
    assert not changed[0].any()
    assert not changed[1, :4].any()
    assert changed[1, 4:].any()
    assert changed[2].any()


def test_what_it_writes_is_the_likeliest_at_temperature_0(writer):
    free = np.full((1, 4), np.nan)
    tiles, feet = writer.write(free, 5, temperature=0)
    assert tiles.shape == (1, ROWS, 5)
    np.testing.assert_array_equal(tiles, writer.write(free, 5, temperature=0, seed=1)[0])
    first = np.concatenate([feet[0, :1], [0], tiles[0, ::-1, 0]])
    found = []
    for jump in range(4):  # what it said of a jump in the first column is not handed out
        first[1] = jump
        x = batch(first[None, None].astype("int32"))
        x["known"] = np.zeros((1, 4), np.float32)
        likeliest = ops.convert_to_numpy(writer(x))[0, 0]
        # a symbol that is no tile gets no probability
        likeliest[2:, TILES:] = -np.inf
        found.append((likeliest.argmax(axis=-1) == first).all())
    assert any(found)


@pytest.mark.both_backends
def test_what_is_forbidden_is_not_written(writer):
    beside, above = np.zeros((TILES, TILES), bool), np.zeros((TILES, TILES), bool)
    beside[:, 2] = True
    above[1, 1] = True
    tiles, _ = writer.write(np.full((6, 4), np.nan), 8, beside=beside, above=above, temperature=2.0)
    assert not (tiles == 2).any()
    assert not ((tiles[:, 1:] == 1) & (tiles[:, :-1] == 1)).any()
    assert (writer.write(np.full((6, 4), np.nan), 8, temperature=2.0)[0] == 2).any()


def test_what_cannot_be_written(writer):
    with pytest.raises(ValueError, match=r"wishes are \(levels, 4\)"):
        writer.write(np.zeros((2, 3)), 5)
    with pytest.raises(ValueError, match="length starts at 1"):
        writer.write(np.zeros((2, 4)), 0)
    with pytest.raises(ValueError, match="must be at least 1"):
        LevelWriter(rows=0)


def test_guidance_changes_nothing_where_nothing_is_wished_and_much_where_something_is(writer):
    free, asked = np.full((6, 4), np.nan), np.full((6, 4), [30.0, np.nan, np.nan, np.nan])
    plain, guided = (writer.write(free, 8, guidance=guidance)[0] for guidance in (1.0, 4.0))
    np.testing.assert_array_equal(plain, guided)
    plain, guided = (writer.write(asked, 8, guidance=guidance)[0] for guidance in (1.0, 40.0))
    assert (plain != guided).any()
