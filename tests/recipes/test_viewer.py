"""The viewer's recipe: what it changes in a shot it changes in the labels too, and a small training goes through."""

import numpy as np
import pytest

from animkit.data.fairytales import CREATURES
from animkit.models.viewer import CANVAS, FACINGS, PATCH, STEP, corner_of, cut_around, patch_around
from animkit.recipes import viewer, viewer_shots
from animkit.recipes.viewer import TIME, ViewerBatches, measure_viewer, train_viewer
from animkit.recipes.viewer_shots import ROOM, SLOTS, Shots, Troupe, drawn_by, gather_shots, join
from animkit.studio.storyboard import Shot, cast_of

WHITE = (255, 255, 255)


def shots(people=3, length=10):
    """A white box in each frame that somebody, a grey of their own, walks in to the right."""
    frames, boxes, patches, where = [], [], [], []
    for who in range(people):
        for tick in range(length):
            left, top = 20 + 6 * tick, 30
            frame = np.zeros((*CANVAS, 3), np.uint8)
            frame[top : top + 24, left : left + 12] = WHITE
            patch = np.full((PATCH + 2 * ROOM, PATCH + 2 * ROOM, 3), 40 + 60 * who, np.uint8)
            patch[:, PATCH // 2 + ROOM :] = 0  # dark at the right
            frames.append(frame)
            boxes.append([[left, top, left + 12, top + 24], *np.zeros((SLOTS - 1, 4))])
            patches.append(patch)
            where.append([left, top, left + 12, top + 24])
    count = people * length
    kinds = np.tile([0] + [-1] * (SLOTS - 1), (count, 1))
    acts = np.tile([1, FACINGS.index("right")], (count, 1))
    starts = np.arange(people + 1) * length
    columns = np.array(frames), np.array(boxes, "float32"), kinds, np.tile([1, 2], (count, 1))
    return Shots(*columns, np.array(patches), np.array(where, float), acts, starts, np.arange(people))


def sheets(people=3):
    pictures = np.zeros((people, 3, 32, 32, 4), np.uint8)
    pictures[:, :, 4:28, 10:22] = 255
    return pictures


def test_boxes_stay_on_what_they_are_about():
    x, y = ViewerBatches(shots(), sheets(), batch_size=16, steps=1)[0]
    for frame, cell, box in zip(x["frames"], y["cells"][:, 0], y["boxes"][:, 0], strict=True):
        middle = 4 * (np.array([cell % (CANVAS[1] // 4), cell // (CANVAS[1] // 4)]) + box[:2])
        np.testing.assert_allclose(4 * box[2:], [12, 24])
        left, top = np.rint(middle - [6, 12]).astype(int)
        bright = frame.max(axis=-1) > 128
        # at most two fifths of a picture are of the one that it dissolves into
        assert bright[top : top + 24, left : left + 12].mean() > 0.5
        assert bright[top : top + 24, left : left + 12].sum() > 0.5 * bright.sum()
    assert (y["heat"].reshape(8, -1).max(axis=1) == 1).all()


def test_who_is_mirrored_faces_and_moves_the_other_way():
    x, y = ViewerBatches(shots(), sheets(), batch_size=16, steps=1)[0]
    ways = set()
    for patches, moves, facing in zip(x["patches"], x["moves"], y["facing"], strict=True):
        way = facing[0] - 1
        dark = patches[0, :, -6:].mean() < patches[0, :, :6].mean()
        assert dark == (way == 1)
        assert way * moves[1:8, 0].sum() > 0
        ways.add(int(way))
    assert ways == {-1, 1}
    assert set(x["there"].sum(axis=1).tolist()) == {10 // STEP, (10 - 2) // STEP}  # up to one frame less at both ends
    assert x["patches"].shape == (16, TIME, PATCH, PATCH, 3)
    assert x["stands"].shape == (16, 3, PATCH, PATCH, 3)


def test_the_same_batch_comes_again():
    one, other = (ViewerBatches(shots(), sheets(), batch_size=4, steps=2, seed=3)[1] for _ in range(2))
    np.testing.assert_array_equal(one[0]["frames"], other[0]["frames"])
    np.testing.assert_array_equal(one[1]["who"], other[1]["who"])


@pytest.mark.both_backends
def test_a_small_training_and_what_is_measured_of_it():
    options = {"epochs": 1, "steps": 2, "batch_size": 2, "progress": False}
    viewer = train_viewer(shots(), sheets(), 3, **options, channels=(2, 3, 4, 5), code_dim=3, units=4)
    clips = [np.repeat(picture[:1], 9, axis=0)[:, None] for picture in sheets()]
    found = measure_viewer(viewer, shots(), clips, cast=3)
    assert set(found) >= {"mAP50", "mAP50-95", "who_percent", "doing_percent", "place_percent"}
    assert found["doing_percent"]["the commonest"] == 100
    assert all(0 <= row["value"] <= 100 for row in found.values())


def test_creatures_go_by_their_kind_and_play_a_share_of_peoples_parts():
    troupe = Troupe([None] * 6, ["person", "person", "bear", "wolf", "troll", "bear"])
    others = {"company": ("Mira", "troll"), "target": "Otto", "thing": "Otto", "holds": (("Mira", "red apple"),)}
    shot = Shot("So.", "meadow", "day", action="slash", direction="right", mood="calm", **others)
    beastly = []
    for seed in range(200):
        told, numbers = viewer_shots._cast(shot, troupe, np.random.default_rng(seed))
        assert cast_of([told]) == list(numbers)
        assert len(numbers) == 3
        for name, was in zip(numbers, ("Mira", "troll", "Otto"), strict=True):
            kind = troupe.kinds[numbers[name]]
            assert name == (was if kind == "person" else kind)
        assert told.company[1] in CREATURES
        assert told.thing == told.target
        assert told.holds == ((told.company[0], "red apple"),)
        beastly.append(told.target in CREATURES)
    assert abs(np.mean(beastly) - viewer_shots.BEASTLY) < 0.12


def test_what_was_rendered_is_read_from_its_folder(tmp_path):
    troupe = Troupe([], [])
    name = f"shots_7_{drawn_by(0, 3, 8, 20, 7)}.npz"
    np.savez(tmp_path / name, **shots()._asdict())
    kept = gather_shots(None, troupe, 3, seed=7, folder=tmp_path)
    assert drawn_by(0, 3, 8, 21, 7) not in name  # of other stories it would be drawn anew
    both = join([kept, shots(2)])
    assert both.starts.tolist() == [0, 10, 20, 30, 40, 50]
    assert both.who.tolist() == [0, 1, 2, 0, 1]


def test_every_other_track_is_seen_without_what_is_swung_for_a_moment():
    boxes = np.tile([40.0, 30, 56, 60], (24, 1))
    boxes[:, [0, 2]] += np.arange(24)[:, None]  # who walks is followed
    swung = boxes.copy()
    swung[10:13, 2] += 12
    left_out = []
    for seed in range(40):
        found = viewer._found(swung, np.random.default_rng(seed))
        away = found - boxes
        assert np.abs(np.delete(away, [10, 11, 12], axis=0)).max() < 6  # edges are a little wrong
        assert away.std() > 0.1
        left_out.append(away[10:13, 2].mean() < 6)
    assert 10 <= sum(left_out) <= 30


def test_a_patch_is_cut_and_lit_as_in_a_film_where_a_box_is_not_found_exactly():
    rng = np.random.default_rng(0)
    frame = rng.integers(0, 256, (90, 160, 3)).astype(np.uint8)
    true, found = np.array([60.0, 30, 76, 60]), np.array([62.0, 31, 79, 58])
    wide = cut_around(frame, true, PATCH + 2 * ROOM)
    away = np.subtract(corner_of(found, PATCH), corner_of(true, PATCH))[::-1]
    patch = viewer._cut(wide, true, found, ROOM + away)
    np.testing.assert_array_equal(patch, patch_around(frame, found))
