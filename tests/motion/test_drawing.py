"""Skeletons as pictures: sides from names, left and right told apart without colour, near limbs before far ones."""

import numpy as np
import pytest

from animkit.data.twins.bodies import JOINTS
from animkit.data.twins.walkers import walker
from animkit.motion.drawing import COLOURS, PAPER, bones, draw_motion_strip, draw_skeleton, film, sides, strip

FIGURE = [-1, 0, 0]  # a root, and an arm to each side


def arms(frames=1, **moved):
    """(frames, 3, 3): a root half a metre up, its left hand at +x, its right hand at -x."""
    positions = np.tile(np.array([[0, 50, 0], [40, 50, 0], [-40, 50, 0]], float), (frames, 1, 1))
    for joint, place in moved.items():
        positions[:, int(joint[1:])] = place
    return positions


def share(picture, colour):
    """Which part of the picture is (about) of a colour."""
    return float((np.abs(picture[..., :3].astype(int) - colour).max(axis=-1) < 40).mean())


@pytest.fixture(scope="module")
def clip():
    return walker(seconds=1.0, seed=1).clip


@pytest.fixture(scope="module")
def walk(clip):
    return bones(clip)


@pytest.mark.parametrize(
    ("name", "side"),
    [
        ("LeftFoot", "left"),
        ("RightHand", "right"),
        ("Toes_L", "left"),
        ("upperarm.R", "right"),
        ("LHipJoint", "left"),
        ("RThumb", "right"),
        ("mixamorig:LeftArm", "left"),
        ("lShldr", "left"),
        ("mixamorig:Head", "head"),
        ("Head", "head"),
        ("Leg", "middle"),
        ("LowerBack", "middle"),
        ("Root", "middle"),
        ("Hips", "middle"),
    ],
)
def test_sides_are_read_from_names(name, side):
    assert sides([name]) == [side]


def test_bones_have_the_ends_of_limbs(walk):
    assert walk.positions.shape == (30, len(JOINTS) + 5, 3)
    assert len(walk.parents) == len(walk.sides) == len(JOINTS) + 5
    assert walk.parents.count(-1) == 1
    assert walk.sides.count("left") == walk.sides.count("right")
    assert walk.sides.count("head") == 2  # the joint and its end


def test_left_limbs_are_full_and_right_limbs_hollow():
    drawing = draw_skeleton(arms(), FIGURE, sides=["middle", "left", "right"], view=(0, 0))[0]
    blue, red = share(drawing, COLOURS["left"]), share(drawing, COLOURS["right"])
    assert 0 < red < 0.75 * blue
    row = np.argwhere(np.abs(drawing[..., :3].astype(int) - COLOURS["left"]).max(axis=-1) < 40)[:, 0].mean().astype(int)
    half = drawing.shape[1] // 2
    # seen from the front, the figure's right is on the left of the picture
    assert share(drawing[row - 8 : row + 8, half:], COLOURS["left"]) > 0.1
    assert share(drawing[row - 8 : row + 8, :half], COLOURS["right"]) > 0.03


def test_what_is_near_covers_what_is_far():
    def across(z):
        return draw_skeleton(
            np.array([[[-40, 50, z], [40, 50, z], [0, 20, 0], [0, 80, 0]]], float),
            [-1, 0, -1, 2],
            sides=["middle", "left", "middle", "middle"],
            view=(0, 0),
            floor=0,
        )[0]

    near, far = (share(across(z), COLOURS["left"]) for z in (10, -10))
    assert near > far


def test_motions_stand_side_by_side_with_title_note_and_time(walk):
    still = draw_skeleton(walk.positions[:2], walk.parents, sides=walk.sides)
    two = draw_skeleton(
        np.stack([walk.positions[:2]] * 2),
        walk.parents,
        sides=walk.sides,
        titles=["one", "two"],
        notes=[["key", ""]] * 2,
        numbers=[7, 9],
        fps=30,
    )
    assert two.shape == (2, 300, 520, 4)
    assert two.dtype == np.uint8
    assert (two[..., 3] == 255).all()
    body = slice(45, 270)
    np.testing.assert_array_equal(two[:, body, :258], still[:, body, :258])
    np.testing.assert_array_equal(two[:, body, 262:518], still[:, body, 2:258])
    assert (two[0, 22:36] != two[1, 22:36]).any()  # the note is there, then not
    assert (two[0, 280:] != still[0, 280:, :1].mean()).any()


def test_the_camera_goes_along_or_keeps_all_in_sight(walk):
    def middle(frames):
        dark = np.abs(frames[..., :3].astype(int) - COLOURS["left"]).max(axis=-1) < 40
        return [float(np.argwhere(frame)[:, 1].mean()) for frame in dark]

    some = walk.positions[::5]
    far = some + np.linspace(0, 400, len(some))[:, None, None] * [1, 0, 0]
    along = middle(draw_skeleton(far, walk.parents, sides=walk.sides, view=(0, 0.2)))
    still = middle(draw_skeleton(far, walk.parents, sides=walk.sides, view=(0, 0.2), follow=False))
    assert np.ptp(along) < 40
    assert np.ptp(still) > 120


def test_units_make_no_difference_but_to_the_words(walk):
    in_cm = draw_skeleton(walk.positions[:1], walk.parents, sides=walk.sides)
    in_m = draw_skeleton(walk.positions[:1] / 100, walk.parents, sides=walk.sides, centimetres=100)
    assert (np.abs(in_cm.astype(int) - in_m).max(axis=-1) > 60).mean() < 0.002


def test_a_strip_has_a_pose_for_each_time(walk):
    picture = draw_motion_strip(walk.positions, walk.parents, sides=walk.sides, poses=5, keys=[0, 29], fps=30)
    assert picture.shape == (190, 960, 4)
    line = picture[:150, :, :3].astype(int)
    inked = (np.abs(line - PAPER).max(axis=-1) > 60).any(axis=0)
    figures = np.flatnonzero(np.diff(inked.astype(int)) == 1)
    assert 5 <= len(figures) <= 12  # gaps between limbs may split a figure
    rows = draw_motion_strip(np.stack([walk.positions] * 3), walk.parents, titles=["a", "b", "c"], spread=False)
    assert rows.shape == (570, 960, 4)


def test_clips_are_drawn_with_their_titles_notes_and_keys(clip, walk):
    frames = film([("one", clip), ("two", clip)], range(0, 30, 10), notes=[(0, 10, "kept")])
    assert frames.shape == (3, 280, 480, 4)
    by_hand = draw_skeleton(
        np.stack([walk.positions[::10]] * 2),
        walk.parents,
        sides=walk.sides,
        titles=["one", "two"],
        notes=[["kept", "kept", ""]] * 2,
        numbers=[0, 10, 20],
        fps=30,
        size=(240, 280),
    )
    np.testing.assert_array_equal(frames, by_hand)
    picture = strip([("one", clip)], keys=[12], frames=(10, 20), poses=3)
    part = draw_motion_strip(
        walk.positions[10:21], walk.parents, sides=walk.sides, titles=["one"], keys=[2], poses=3, fps=30
    )
    np.testing.assert_array_equal(picture, part)


def test_one_frame_and_one_pose_are_enough(walk):
    assert len(draw_skeleton(walk.positions[:1], walk.parents)) == 1
    assert draw_motion_strip(walk.positions[:1], walk.parents).shape == (190, 960, 4)
    assert draw_motion_strip(walk.positions, walk.parents, poses=1).shape == (190, 960, 4)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: draw_skeleton(np.zeros((3, 3)), FIGURE), r"\(time, joints, 3\).*got \(3, 3\)"),
        (lambda: draw_skeleton(arms(), [-1, 0]), "3 joints need 3 parents"),
        (lambda: draw_skeleton(arms(), [-1, 0, 3]), "from -1 to 2"),
        (lambda: draw_skeleton(arms(), FIGURE, sides=["left"]), "sides are 3 of"),
        (lambda: draw_skeleton(arms(), FIGURE, sides=["up"] * 3), "sides are 3 of"),
        (lambda: draw_skeleton(arms(), FIGURE, titles=["a", "b"]), "2 titles for 1 motions"),
        (lambda: draw_skeleton(arms(2), FIGURE, numbers=[1]), "1 numbers for 2 frames"),
        (lambda: draw_skeleton(arms(), FIGURE, size=(20, 20)), "at least 60 x 100"),
        (lambda: draw_skeleton(arms(2, j1=np.nan), FIGURE), "not finite in frame 0 of motion 0"),
        (lambda: draw_motion_strip(arms(), FIGURE, poses=0), "at least one pose"),
    ],
)
def test_what_cannot_be_drawn_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
