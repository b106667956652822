import numpy as np
import pytest

from animkit.data.mario_levels import load_mario_levels, to_tiles
from animkit.metrics.levels import physics_paths, tile_path
from animkit.studio.scenes import AT_ONCE, checked_wishes, draw_levels, make_level

FLAT = to_tiles("\n".join(["-" * 30] * 13 + ["X" * 30]))
CHASM = to_tiles("\n".join(["-" * 30] * 13 + ["X" * 8 + "-" * 14 + "X" * 8]))
BROKEN = FLAT.copy()
BROKEN[12, 20] = 5  # half a pipe


def with_enemies(count):
    tiles = FLAT.copy()
    tiles[12, 4 : 4 + count] = 10
    return tiles


class Writer:
    """Stands in for a network: deals out levels that it was given, over and over."""

    def __init__(self, *levels):
        self.levels, self.dealt, self.asked = levels, 0, []

    def write(self, wishes, length, *, guidance, temperature, seed, beside=None, above=None):
        self.asked.append(wishes[0])
        dealt = [self.levels[(self.dealt + number) % len(self.levels)] for number in range(len(wishes))]
        self.dealt += len(wishes)
        return np.stack(dealt), None


def test_only_what_is_whole_and_can_be_finished_is_taken():
    level = make_level(Writer(CHASM, BROKEN, FLAT, CHASM), length=30)
    np.testing.assert_array_equal(level.tiles, FLAT)
    assert level.tries == AT_ONCE
    assert (level.asked, level.met) == ({}, {})
    assert level.start == (0.5, 13)
    assert level.goal == (29.5, 13)
    np.testing.assert_array_equal(level.tile_path, tile_path(FLAT))
    np.testing.assert_array_equal(level.physics_path, physics_paths([FLAT])[0])


def test_what_was_wished_for_is_told_to_the_model_and_looked_for():
    writer = Writer(with_enemies(1), with_enemies(3), with_enemies(5))
    level = make_level(writer, wishes={"enemies": 3, "coins": None}, length=30, seed=4)
    assert level.measured == {"enemies": 3, "jumps": 0, "coins": 0, "height": 0}
    assert (level.met, level.seed) == ({"enemies": True}, 4)
    np.testing.assert_array_equal(writer.asked[0], [3, np.nan, np.nan, np.nan])


def test_the_nearest_is_given_where_nothing_is_right():
    level = make_level(Writer(with_enemies(1), with_enemies(6)), wishes={"enemies": 9}, length=30, tries=2 * AT_ONCE)
    assert level.measured["enemies"] == 6
    assert level.met == {"enemies": False}


def test_nothing_can_be_finished():
    with pytest.raises(
        RuntimeError, match="none of 40 levels can be finished, with the wishes {'jumps': 3}: try another"
    ):
        make_level(Writer(CHASM, BROKEN), wishes={"jumps": 3}, length=30, tries=40)


@pytest.mark.parametrize(
    ("wishes", "match"),
    [
        ({"monsters": 3}, "unknown wish 'monsters': wish for some of enemies, jumps, coins, height"),
        ({"coins": -1}, "coins can be 0 to 60 in 100 columns, got -1"),
        ({"enemies": 41}, "enemies can be 0 to 40 in 100 columns"),
        ({"jumps": 2.5}, "jumps are counted: ask for a whole number"),
        ({"height": float("nan")}, "height must be a number"),
        ({"coins": "many"}, "coins must be a number"),
        ({"jumps": 0, "height": 3}, "jumps = 0 and height = 3 contradict each other: .* takes 1 jumps; allow those"),
    ],
)
def test_wishes_that_cannot_be_met(wishes, match):
    with pytest.raises(ValueError, match=match):
        checked_wishes(wishes)


@pytest.mark.parametrize("length", [19, 1001, 30.0])
def test_lengths_that_cannot_be_had(length):
    with pytest.raises(ValueError, match="20 to 1,000 columns"):
        make_level(Writer(FLAT), length=length)


def test_windows_of_a_generator_stand_edge_to_edge_and_share_counts():
    class Generator:
        image_size, latent_dim, wish_mean, wish_spread = (14, 28), 2, (0, 5, 0, 0), (1, 1, 1, 1)

        def windows(self, z, wishes):
            self.asked = wishes
            return np.stack([np.full((14, 28), number % 3, np.uint8) for number in range(len(z))])

    generator = Generator()
    levels = draw_levels(generator, np.array([[8.0, np.nan, 4.0, 2.0]] * 2), 56)
    assert levels.shape == (2, 14, 56)
    assert levels[:, 0, [0, 28]].tolist() == [[0, 1], [2, 0]]
    np.testing.assert_array_equal(generator.asked[:, [0, 2, 3]], [[4, 2, 2]] * 4)
    assert len(set(generator.asked[:, 1])) == 4  # what nobody wishes for differs from window to window


def test_the_twin_is_drawn_so_that_it_can_be_finished():
    levels = list(load_mario_levels(source="twin").all.values())[:4]
    assert all(path is not None for path in physics_paths([tiles[:, :60] for tiles in levels]))
