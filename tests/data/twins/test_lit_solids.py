"""Solids seen from the front: by hand, and against a second way to see them."""

import numpy as np
import pytest

from animkit.data.twins.lit_parts import LEATHER, METAL, TOP, Figure, turned
from animkit.data.twins.lit_solids import look

SIZE = 64
ROWS, COLUMNS = np.indices((SIZE, SIZE))
X, Y = COLUMNS + 0.5 - 32, 60 - ROWS - 0.5


def seen(figure, view=None, zoom=1.0):
    parts, views = figure.parts, np.array([np.eye(3) if view is None else view])
    hits = look(parts, np.zeros(len(parts), int), views, np.array([zoom]), size=SIZE)
    return hits.part.reshape(SIZE, SIZE), hits.height.reshape(SIZE, SIZE), hits.normal.reshape(SIZE, SIZE, 3)


def test_a_ball_by_hand():
    figure = Figure()
    figure.ball((3, 30, 2), (10, 10, 10), TOP)
    part, height, normal = seen(figure, turned(y=0.0))
    inside = (X - 3) ** 2 + (Y - 30) ** 2 < 100
    np.testing.assert_array_equal(part == 0, inside)
    up = np.sqrt(100 - (X - 3) ** 2 - (Y - 30) ** 2, where=inside, out=np.zeros(X.shape))
    np.testing.assert_allclose(height[inside], 2 + up[inside], atol=1e-9)
    np.testing.assert_allclose(normal[inside], np.stack([X - 3, Y - 30, up], axis=-1)[inside] / 10, atol=1e-9)
    twice = seen(figure, zoom=1.5)  # lengths of the picture, so heights grow as well
    assert twice[1].max() == pytest.approx(1.5 * 12, abs=0.1)


def test_the_nearest_hides_the_others():
    figure = Figure()
    figure.ball((0, 30, 0), (10, 10, 4), TOP)
    figure.block((0, 30, 5), (3, 3, 3), LEATHER, bevels=(0, 0, 0))
    part, height, normal = seen(figure)
    square = (np.abs(X) < 3) & (np.abs(Y - 30) < 3)
    assert (part[square] == 1).all()
    assert (part[~square] != 1).all()
    np.testing.assert_allclose(height[square], 8)
    np.testing.assert_allclose(normal[square], np.broadcast_to((0, 0, 1.0), normal[square].shape))


def test_a_bevelled_edge_looks_half_way():
    figure = Figure()
    figure.block((0, 30, 0), (10, 12, 10), METAL, bevels=(0, 0, 0.5))
    part, height, normal = seen(figure)
    assert height[30, 32] == pytest.approx(10)
    row = normal[30, (part[30] == 0)]
    assert row[0] == pytest.approx((-np.sqrt(0.5), 0, np.sqrt(0.5)))
    assert (np.abs(row[:, 0]) > 0.1).sum() == 10  # half of a half length, on either side
    from_the_side = seen(figure, turned(y=np.pi / 2))[1]
    np.testing.assert_allclose(from_the_side, height, atol=1e-6)


def test_a_round_cone_is_a_row_of_balls():
    start, end, first, second = np.array((-9, 20, -4.0)), np.array((8, 36, 6.0)), 6.0, 2.5
    figure, row = Figure(), Figure()
    figure.limb(start, end, first, second, TOP)
    for share in np.linspace(0, 1, 400):
        row.ball(start + share * (end - start), (first + share * (second - first),) * 3, TOP)
    view = turned(x=-0.4, y=0.7)
    (one, height, normal), (many, expected, close) = seen(figure, view), seen(row, view)
    assert ((one >= 0) != (many >= 0)).sum() <= 2
    both = (one >= 0) & (many >= 0)
    np.testing.assert_allclose(height[both], expected[both], atol=0.05)
    assert (normal * close).sum(axis=-1)[both].mean() > 0.999


def test_a_turned_body_is_a_cylinder_or_a_ball():
    figure, ball = Figure(), Figure()
    figure.lathe((0, 20, 1), 9, 24, (1, 1), LEATHER)
    assert seen(figure, turned(x=-0.5))[2][20, 32] == pytest.approx((0, np.cos(0.5), np.sin(0.5)))  # its upper end
    part, height, normal = seen(figure)
    inside = (np.abs(X) < 9) & (Y > 21) & (Y < 43)
    np.testing.assert_allclose(height[inside], 1 + np.sqrt(81 - X[inside] ** 2), atol=0.03)
    np.testing.assert_allclose(normal[inside][:, 0], X[inside] / 9, atol=0.01)
    assert (part[(Y < 19) | (Y > 45)] == -1).all()
    profile = np.sqrt(1 - np.linspace(-1, 1, 16) ** 2)
    lying = turned(z=-np.pi / 2)
    round_one = Figure()
    round_one.lathe(np.array((0, 30, 0)) - lying[1] * 12, 8, 24, profile, TOP, turn=lying, depth=4)
    ball.ball((0, 30, 0), (12, 8, 4), TOP)
    view = turned(x=-0.3, y=0.5)
    (one, height, _), (other, expected, _) = seen(round_one, view), seen(ball, view)
    both = (one >= 0) & (other >= 0)
    assert both.sum() > 0.93 * (other >= 0).sum()
    assert np.abs(height - expected)[both].mean() < 0.3


def test_looking_from_above_shows_tops_and_a_turn_shows_the_right_side():
    figure = Figure()
    figure.block((0, 10, 0), (8, 8, 8), LEATHER, bevels=(0, 0, 0))
    above = seen(figure, turned(x=-0.4))[2]
    assert above[..., 1].max() == pytest.approx(np.cos(0.4))
    assert above[..., 1].min() > -0.5
    nose = Figure()
    nose.ball((0, 30, 10), (2, 2, 2), TOP)
    columns = np.flatnonzero((seen(nose, turned(y=-np.pi / 2))[0] >= 0).any(axis=0))  # a quarter to the right
    assert columns.mean() == pytest.approx(41.5)
