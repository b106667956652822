"""The viewer: what it is given and gives back, and that it learns to find, to know and to follow what is easy."""

import numpy as np
import pytest

from animkit.models.viewer import ACTIONS, PATCH, FilmViewer, cells_of, cut_around, moves_of, patch_around, peaks


def test_a_box_by_the_cell_of_its_middle_by_hand():
    # its middle is (11, 14): column 2, row 3 of cells of 4 pixels, three quarters and one half into it
    cell, seen = cells_of([6, 4, 16, 24])
    assert cell.tolist() == [3, 2]
    np.testing.assert_allclose(seen, [0.75, 0.5, 2.5, 5.0])


def test_what_is_cut_out_is_black_beyond_the_frame():
    frame = np.arange(1, 5 * 6 * 3 + 1, dtype=np.uint8).reshape(5, 6, 3)
    patch = cut_around(frame, (0, 0, 2, 2), 4)  # about (1, 1)
    assert not patch[0].any()
    assert not patch[:, 0].any()
    np.testing.assert_array_equal(patch[1:, 1:], frame[:3, :3])
    assert not cut_around(frame, (90, 90, 92, 92), 4).any()


def test_of_a_patch_the_box_and_what_is_held_out_beside_it_keep_their_light():
    frame = np.full((90, 160, 3), 200, np.uint8)
    patch = patch_around(frame, (50, 40, 61, 70))  # its middle, column 55 and row 55, lies in that of the patch
    assert patch.shape == (PATCH, PATCH, 3)
    rows, columns = np.nonzero(patch[..., 0] == 200)
    middle = PATCH // 2
    assert (columns.min(), columns.max() + 1) == (50 - 6 - 55 + middle, 61 + 6 - 55 + middle)
    assert (rows.min(), rows.max() + 1) == (40 - 55 + middle, 70 - 55 + middle)
    assert set(np.unique(patch)) == {100, 200}


def test_moves_are_steps_of_the_middle_and_the_size():
    moves = moves_of([[0, 0, 24, 48], [4, 0, 28, 48], [50, 0, 74, 48]])
    np.testing.assert_allclose(moves, [[0, 0, 0.5, 1], [1, 0, 0.5, 1], [2, 0, 0.5, 1]])


def test_peaks_become_boxes_of_whole_pixels():
    heat, box = np.zeros((4, 5, 2)), np.zeros((4, 5, 4))
    heat[1, 2], heat[1, 3], heat[3, 0] = (0.9, 0.2), (0.8, 0.1), (0.1, 0.4)
    box[1, 2], box[3, 0] = (0.5, 0.5, 2.02, 3.0), (0.0, 0.0, 2.0, 2.0)
    found = peaks(heat, box, 0.3, (14, 20))
    # (2.5, 1.5) cells are (10, 6) pixels; beside it is no peak; what reaches beyond the frame is cut
    np.testing.assert_array_equal(found.boxes, [[6, 0, 14, 12], [0, 8, 4, 14]])
    np.testing.assert_allclose(found.scores, [0.9, 0.4])
    assert found.kinds.tolist() == [0, 1]


@pytest.mark.both_backends
def test_frames_of_any_size_are_found_in_and_codes_have_length_one():
    viewer = FilmViewer(["meadow", "shore"], 2, channels=(2, 3, 4, 5), code_dim=3, units=4)
    frames = np.random.default_rng(0).integers(0, 256, (3, 38, 80, 3)).astype("uint8")
    found, hours, places = viewer.find(frames, at_least=0.0)
    assert len(found) == 3
    assert hours.shape == (3, 4)
    assert places.shape == (3, 2)
    assert found[0].boxes.max(axis=0).tolist()[2] <= 80
    assert (np.diff(found[0].scores) <= 0).all()
    codes, posed = viewer.know(np.pad(frames, [(0, 0), (0, 10), (0, 0), (0, 0)])[:, :PATCH, :PATCH])
    np.testing.assert_allclose(np.linalg.norm(codes, axis=1), 1, rtol=1e-5)
    actions, facings = viewer.tell(posed, posed[:2], np.zeros((3, 4)))
    assert actions.shape == (3, len(ACTIONS))
    assert facings.shape == (3, 3)
    np.testing.assert_allclose(actions.sum(axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda viewer: viewer.find(np.zeros((1, 8, 8, 3))), "frames are"),
        (lambda viewer: viewer.know(np.zeros((1, 8, 8, 3), "uint8")), f"patches are {PATCH} x {PATCH}"),
    ],
)
def test_bad_input(call, said):
    with pytest.raises(ValueError, match=said):
        call(FilmViewer("ab", 2, channels=(2, 3, 4, 5), code_dim=3, units=4))
