import json

import numpy as np
import pytest

from animkit.data.mario_levels import load_mario_levels, to_tiles
from animkit.metrics.levels import (
    ACROSS,
    PHYSICS,
    RISE,
    SOLID,
    TILE,
    copied_share,
    diversity,
    is_met,
    measure_wishes,
    novelty,
    pattern_kl,
    patterns,
    physics_paths,
    take_offs,
    tile_path,
    whole,
)


def level(*rows, width=24):
    """A level of eight rows: sky, then these, the last of them the floor, each filled up with its last tile."""
    filled = [row + row[-1] * (width - len(row)) for row in rows]
    return to_tiles("\n".join(["-" * width] * (8 - len(rows)) + filled))


FLAT = level("X")
STEP = level("-----XX-", "X")  # one tile high
GAP = level("XXXXXXXX" + 6 * "-" + "X")
CHASM = level("XXXXXXXX" + 12 * "-" + "X")
WALL = level(*["-" * 10 + "X-"] * 4, "X")
HIGH_WALL = level(*["-" * 10 + "X-"] * 7, "X")
NO_FLOOR = level("-")
UNDER_A_ROOF = level("S", *["-" * 10 + "S-"] * 2, "X")  # and a wall that reaches up to it


@pytest.mark.parametrize("tiles", [FLAT, STEP, GAP, WALL])
def test_both_referees_find_the_way(tiles):
    (path,), way = physics_paths([tiles]), tile_path(tiles)
    for found in (path, way):
        np.testing.assert_allclose(found[0], (0.5, 7), atol=0.02)
        assert found[-1, 0] >= 22.5
    assert (np.diff(way[:, 0]) >= 0).all()


@pytest.mark.parametrize("tiles", [CHASM, HIGH_WALL, NO_FLOOR, UNDER_A_ROOF])
def test_no_referee_finds_a_way_where_there_is_none(tiles):
    assert tile_path(tiles) is None
    assert physics_paths([tiles]) == [None]


def test_the_way_has_as_few_jumps_as_it_can():
    assert [len(take_offs(tile_path(tiles))) for tiles in (FLAT, STEP, GAP, WALL)] == [0, 1, 1, 1]
    two = np.concatenate([GAP, GAP], axis=1)
    assert len(take_offs(tile_path(two))) == 2


def test_the_body_never_enters_what_is_solid_nor_moves_faster_than_it_may():
    for tiles in (STEP, GAP, WALL):
        (path,) = physics_paths([tiles])
        corner = np.round(path * TILE - [PHYSICS["width"] / 2, PHYSICS["height"]]).astype(int)
        for dx in (0, PHYSICS["width"] - 1):
            for dy in (0, PHYSICS["height"] - 1):
                column, row = (corner + (dx, dy)).T // TILE
                inside = (row >= 0) & (column < tiles.shape[1])
                assert not SOLID[tiles[row[inside], column[inside]]].any()
        speed = np.abs(np.diff(corner, axis=0))
        # a wall that stops it puts it where it touches, which is nearer
        assert (speed <= (PHYSICS["run"], PHYSICS["jump"] + PHYSICS["run"] // PHYSICS["jump_of_run"])).all()


def test_levels_are_judged_alike_alone_and_together():
    many = [FLAT, CHASM, GAP, FLAT[:, :10], to_tiles("--\nXX"), WALL]
    for alone, path in zip(many, physics_paths(many), strict=True):
        np.testing.assert_array_equal(physics_paths([alone])[0], path)


def test_referees_on_human_levels(real_data):
    """In 3-1 a brick hangs in the way of the only jump of the graph that is long enough; the body jumps lower."""
    levels = load_mario_levels(source="present").all
    assert [name for name, tiles in levels.items() if tile_path(tiles) is None] == ["3-1"]
    without = levels["3-1"].copy()
    without[5, 75] = 0
    assert tile_path(without) is not None
    assert [name for name, tiles in levels.items() if not whole(tiles)] == ["7-1"]  # the foot of a cannon hangs there
    short = {name: tiles[:, :40] for name, tiles in levels.items()}
    assert all(path is not None for path in physics_paths(list(short.values())))


def test_jumps_of_the_graph_are_as_high_and_far_as_those_of_the_corpus(real_data):
    arcs = json.loads((real_data / "mario_levels" / "SMB_estimated_jumps.json").read_text())["jumps"]
    assert max(-y for arc in arcs for _, y in arc) == RISE
    assert max(x for arc in arcs for x, _ in arc) == 2 * RISE + ACROSS


def test_twin_can_be_walked():
    levels = list(load_mario_levels(source="twin").all.values())
    assert all(tile_path(tiles) is not None for tiles in levels)


@pytest.mark.parametrize("tiles", [np.zeros(3, int), np.zeros((1, 5), int), np.zeros((3, 3)), np.full((3, 3), 13)])
def test_what_is_no_level(tiles):
    with pytest.raises(ValueError, match="a level is|codes of tiles are 0 to 12"):
        tile_path(tiles)
    with pytest.raises(ValueError, match="a level is|codes of tiles are 0 to 12"):
        physics_paths([tiles])


def test_wishes_are_counted():
    tiles = level("---oo", "-" * 9 + "EE-", "XXXXXXXX" + "-" * 4 + "X", width=20).copy()
    tiles[:, 5:] = np.where(tiles[:, 5:] == 9, 0, tiles[:, 5:])
    measured = measure_wishes(tiles, tile_path(tiles))
    assert {name: measured[name] for name in ("enemies", "jumps", "coins")} == {"enemies": 2, "jumps": 1, "coins": 2}
    assert 0 < measured["height"] < 2
    assert measure_wishes(FLAT, tile_path(FLAT))["height"] == 0
    assert is_met({"enemies": 2, "coins": 4, "height": None}, measured) == {"enemies": True, "coins": False}
    assert is_met({"enemies": 20}, {"enemies": 18}) == {"enemies": True}


def test_pipes_and_cannons_are_whole():
    tiles = to_tiles("<>B\n[]b\nXXX")
    assert whole(tiles)
    for broken in (tiles[:, 1:], tiles[:, :1], tiles[1:], tiles[1:, 2:]):
        assert not whole(broken)
    assert all(whole(level) for level in load_mario_levels(source="twin").all.values())


def test_divergence_of_patterns_worked_out_by_hand():
    one, other = np.array([[0, 0, 1]], np.uint8), np.array([[0, 1, 1]], np.uint8)
    assert patterns([one], (1, 2)) == {b"\0\0": 1, b"\0\1": 1}
    # half of either side's patterns is shared, at the same share; the other half is missing there
    missing = 0.5 * np.log(0.5 / (1e-6 / (2 + 1e-6)))
    shared = 0.5 * np.log(0.5 / ((1 + 1e-6) / (2 + 1e-6)))
    assert pattern_kl([one], [other], size=(1, 2)) == pytest.approx(missing + shared)
    assert pattern_kl([one], [one], size=(1, 2)) == pytest.approx(0, abs=1e-6)
    with pytest.raises(ValueError, match="has no pattern of"):
        pattern_kl([one], [other])


def test_copies_and_novelty():
    assert copied_share([FLAT], [FLAT], width=8) == 1
    assert copied_share([STEP], [FLAT], width=8) == pytest.approx(10 / 17)  # of the places 0 to 16, those from 7 on
    assert novelty([FLAT], [FLAT], width=8) == 0
    # of the windows 0, 8 and 16, the first has two tiles of 64 that the floor alone has not
    assert novelty([STEP], [FLAT], width=8) == pytest.approx(2 / 64 / 3, rel=1e-4)


def test_diversity_counts_pairs():
    raised = np.concatenate([FLAT[1:], FLAT[-1:]])
    paths = [tile_path(tiles) for tiles in (FLAT, FLAT, raised)]
    assert diversity([FLAT, FLAT, raised], paths) == pytest.approx(2 / 3)
