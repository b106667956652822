"""Acting: what a mood does to an action, by hand-worked numbers; the twin draws in the animator's place."""

from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest

from animkit.data.sprites import ACTION_DIRECTIONS
from animkit.data.twins.pixel_people import PALETTE, draw_people
from animkit.studio.performance import (
    ACTIONS,
    CELL,
    COLUMNS,
    FEET,
    FPS,
    NECK,
    STYLE,
    Style,
    draw,
    layers,
    perform,
    score,
    scores_for_stage,
    sheet,
    styled,
)
from animkit.theory.mood import MOODS

X, Y, LEAN, WIDE, TALL, HEAD_X, HEAD_Y = range(1, len(COLUMNS))
WHO = np.array([[0, 1, 2, 3]])
STILL = np.array([0, 0, 0, 0, 1, 1, 0, 0], "float32")


@cache
def drawn():
    return draw_people(WHO)[0][0]


class Twin:
    """An animator that draws what the twin draws."""

    rounds, static_dim = dict.fromkeys(ACTION_DIRECTIONS, 8), 4

    def move(self, numbers, steps, *, temperature, seed):
        return np.broadcast_to(np.array(numbers)[:, None, None], (len(numbers), steps, 1))

    def draw(self, looks, motions):
        return np.stack([drawn()[one[0, 0]] for one in motions])


@pytest.fixture(scope="module")
def company():
    return SimpleNamespace(animator=Twin(), sprites=SimpleNamespace(palette=PALETTE))


@pytest.fixture(scope="module")
def cells(company):
    return sheet(company, WHO[0])


def test_every_mood_that_is_felt_is_shown():
    assert tuple(STYLE) == tuple(MOODS)


def test_who_does_not_move_is_drawn_as_the_animator_drew_him(cells):
    (frame,) = draw(cells, STILL[None])
    left, top = CELL // 2 - 16, FEET - 30
    np.testing.assert_array_equal(frame[top:, left : left + 32], cells[0, : CELL - top])
    assert not frame[:top].any()


def test_a_row_moves_tilts_and_stretches_about_the_feet(cells):
    base = draw(cells, STILL[None])[0]
    moved = STILL.copy()
    moved[[X, Y]] = 3, 5
    np.testing.assert_array_equal(draw(cells, moved[None])[0], np.roll(base, (-5, 3), (0, 1)))
    tilted = STILL.copy()
    tilted[LEAN] = 0.5
    tilted = draw(cells, tilted[None])[0]
    for above in (0, 8, 20):  # pixels above the ground
        row = FEET - above
        np.testing.assert_array_equal(tilted[row], np.roll(base[row], round(0.5 * (above + 0.25)), axis=0))
    half = STILL.copy()
    half[TALL] = 0.5
    reach = [np.flatnonzero(picture[..., 3].any(axis=1))[[0, -1]] for picture in (base, draw(cells, half[None])[0])]
    assert abs((FEET + 1 - reach[1][0]) - (FEET + 1 - reach[0][0]) / 2) <= 1
    assert reach[1][1] - FEET <= 1


def test_a_head_hangs_and_the_rest_stays(cells):
    hanging = STILL.copy()
    hanging[[HEAD_X, HEAD_Y]] = 1, 2
    base, hung = draw(cells, STILL[None])[0], draw(cells, hanging[None])[0]
    below = FEET - 30 + NECK + 2
    np.testing.assert_array_equal(hung[below:], base[below:])
    head = FEET - 30 + NECK - 4
    np.testing.assert_array_equal(hung[2:head], np.roll(base, (2, 1), (0, 1))[2:head])
    np.testing.assert_array_equal(np.maximum(*layers(cells[:1])[0]), cells[0])


def test_who_waves_does_no_magic(company, cells):
    changed = (cells != PALETTE[drawn()].reshape(cells.shape)).any(axis=(1, 2, 3)).reshape(9, 8)
    assert changed[3:6, 4:6].all()
    assert not changed[[0, 1, 2, 6, 7, 8]].any()


def test_no_mood_is_the_same_in_every_mood():
    plain = [score("wave", mood, 12, strength=0.0, seed=3) for mood in STYLE]
    assert all((rows == plain[0]).all() for rows in plain)
    assert styled("sad", 0.0) == Style()
    assert styled("sad", 0.5).tempo == pytest.approx((1 + STYLE["sad"].tempo) / 2)


def test_moods_move_as_the_style_says():
    told = {mood: score("approach", mood, 48, facing="right") for mood in STYLE}
    assert told["angry"][:, LEAN].mean() > 0.15 > told["calm"][:, LEAN].mean() > -0.1 > told["afraid"][:, LEAN].mean()
    assert told["sad"][:, TALL].max() < 1 < told["happy"][:, TALL].max()
    assert told["sad"][:, HEAD_Y].min() > 2
    assert told["happy"][:, Y].max() > 2
    steps = {mood: (np.diff(rows[:, 0]) != 0).mean() for mood, rows in told.items()}
    assert steps["sad"] < steps["calm"] < steps["happy"]
    assert told["afraid"][0, X] < -3  # recoils from what is on the right
    assert np.abs(np.diff(told["afraid"][12:, X])).mean() > 0.2 > np.abs(np.diff(told["calm"][:, X])).max()
    np.testing.assert_allclose(told["happy"][:, WIDE] ** 2 * told["happy"][:, TALL], 1, rtol=1e-5)


def test_left_is_the_mirror_image_of_right():
    left, right = (score("flee", "afraid", 20, facing=facing, seed=2) for facing in ("left", "right"))
    np.testing.assert_allclose(left[:, LEAN], -right[:, LEAN])
    np.testing.assert_allclose(left[:, HEAD_X], -right[:, HEAD_X])
    np.testing.assert_array_equal(left[:, [Y, TALL, HEAD_Y]], right[:, [Y, TALL, HEAD_Y]])


def test_a_pace_of_two_takes_half_the_time():
    once, twice = (score("dance", "calm", frames, pace=pace) for frames, pace in ((40, 1.0), (20, 2.0)))
    np.testing.assert_array_equal(once[::2, 0], twice[:, 0])


def test_what_the_canvas_plays_joins_its_beginning():
    loops = scores_for_stage(24)
    assert loops.shape == (len(ACTIONS), len(STYLE), 3, 24, len(COLUMNS))
    assert np.isfinite(loops).all()
    assert set(np.unique(loops[..., 0])) <= set(range(72))
    calm = loops[:, list(STYLE).index("calm")]
    steps = np.abs(np.diff(calm[..., 1:], axis=2, append=calm[..., :1, 1:]))
    assert (steps[:, :, -1] <= 1.5 * steps[:, :, :-1].max(axis=2) + 1e-3).all()


def test_nobody_leaves_the_picture(cells):
    for action in ACTIONS:
        for mood in STYLE:
            frames = draw(cells, score(action, mood, 2 * FPS)[::2])
            for edge in (frames[:, 0], frames[:, :, 0], frames[:, :, -1]):
                assert not edge.any(), (action, mood)


def test_a_performance_is_a_score_drawn(company, cells):
    frames = perform(company, WHO[0], "bow", "sad", frames=9, facing="left", seed=4)
    np.testing.assert_array_equal(frames, draw(cells, score("bow", "sad", 9, facing="left", seed=4)))
    assert frames.shape == (9, CELL, CELL, 4)


def test_what_is_not_known_is_named():
    with pytest.raises(ValueError, match="no mood 'furious'; there are happy"):
        score("wave", "furious", 10)
    with pytest.raises(ValueError, match="'fly' facing 'right' is not known"):
        score("fly", "calm", 10)
    with pytest.raises(ValueError, match="strength is 2"):
        score("wave", "calm", 10, strength=2)
    with pytest.raises(ValueError, match="pace is 0"):
        score("wave", "calm", 10, pace=0)
    walker = SimpleNamespace(rounds={"walk left": 8})
    with pytest.raises(ValueError, match="does not know slash front"):
        sheet(SimpleNamespace(animator=walker, sprites=SimpleNamespace(palette=PALETTE)), WHO[0])
