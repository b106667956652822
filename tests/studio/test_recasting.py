import numpy as np
import pytest

from animkit.data.sprites import ACTION_DIRECTIONS
from animkit.studio.puppet import puppet_clips
from animkit.studio.recasting import content_of, play_own, sheet_clips

JOINTS = (
    ("LeftUpLeg", (9, -5, 0), ("LeftLeg", (0, -40, 0), ("LeftFoot", (0, -40, 0)))),
    ("RightUpLeg", (-9, -5, 0), ("RightLeg", (0, -40, 0), ("RightFoot", (0, -40, 0)))),
    ("Spine", (0, 20, 0), ("Neck", (0, 30, 0), ("Head", (0, 8, 0))),
     ("LeftArm", (16, 25, 0), ("LeftForeArm", (0, -26, 0), ("LeftHand", (0, -24, 0)))),
     ("RightArm", (-16, 25, 0), ("RightForeArm", (0, -26, 0), ("RightHand", (0, -24, 0))))),
)  # fmt: skip


def bvh(joints=JOINTS, frames=40, swing=30):
    """A figure that swings its legs, as BVH text."""
    names = []

    def told(joint):
        name, offset, *children = joint
        names.append(name)
        below = "".join(map(told, children)) or "End Site\n{\nOFFSET 0 -5 0\n}\n"
        channels = "CHANNELS 3 Zrotation Xrotation Yrotation"
        return f"JOINT {name}\n{{\nOFFSET {' '.join(map(str, offset))}\n{channels}\n{below}}}\n"

    root = "HIERARCHY\nROOT Hips\n{\nOFFSET 0 0 0\nCHANNELS 6 Xposition Yposition Zposition "
    text = f"{root}Zrotation Xrotation Yrotation\n{''.join(map(told, joints))}}}\n"
    text += f"MOTION\nFrames: {frames}\nFrame Time: 0.033333\n"
    for frame in range(frames):
        angles = np.zeros((len(names), 3))
        for name, way in (("LeftUpLeg", 1), ("RightUpLeg", -1)):
            angles[names.index(name), 1] = way * swing * np.sin(2 * np.pi * frame / 30)
        text += " ".join(f"{value:.3f}" for value in (0, 85, 3 * frame, 0, 0, 0, *angles.ravel())) + "\n"
    return text


def test_a_motion_moves_a_puppet(tmp_path):
    path = tmp_path / "walk.bvh"
    path.write_text(bvh())
    clips = play_own(None, path)
    assert (clips.shape, clips.dtype) == ((9, 8, 32, 32, 4), np.uint8)
    widths = {name: np.ptp(np.nonzero(clip[..., 3])[2]) for name, clip in zip(ACTION_DIRECTIONS, clips, strict=True)}
    assert widths["walk right"] > widths["walk front"]  # legs swing forwards and back
    assert np.nonzero(clips[..., 3])[2].max() == 31  # it stands on the ground
    left, right = (clips[ACTION_DIRECTIONS.index(f"slash {way}")][5, ..., 3] for way in ("left", "right"))
    reach = [np.nonzero(cell)[1] for cell in (left, right)]
    assert 16 - reach[0].min() > reach[0].max() - 16  # the arm is where it faces
    assert 16 - reach[1].min() < reach[1].max() - 16


def test_a_skeleton_without_arms_moves_no_puppet(tmp_path):
    path = tmp_path / "legs.bvh"
    path.write_text(bvh(JOINTS[:2]))
    with pytest.raises(ValueError, match="to move a puppet a skeleton needs Head, LeftArm, RightArm"):
        puppet_clips(path)


def test_a_sheet_plays_its_own_actions_and_walks_the_others():
    walk = np.zeros((4, 20, 10, 4), "uint8")
    walk[:, 4:, :3] = (200, 0, 0, 255)
    slash = walk[..., [2, 1, 0, 3]]
    clips = sheet_clips({"walk_right": walk, "slash": slash})
    assert clips.shape == (9, 8, 32, 32, 4)
    blue = [bool(clip[..., 2].any()) for clip in clips]
    assert blue == [name.startswith("slash") for name in ACTION_DIRECTIONS]
    right, left = (clips[ACTION_DIRECTIONS.index(f"walk {way}")] for way in ("right", "left"))
    assert right[0, -1].any()  # on the ground
    assert (right[..., 3] > 0).sum() == (left[..., 3] > 0).sum() > 0


@pytest.mark.parametrize(
    ("frames", "message"),
    [
        ({"jump": np.full((1, 8, 8, 4), 255, "uint8")}, 'the sheet has no tag "walk left" and no "walk": it has jump'),
        ({"walk": np.zeros((1, 8, 8, 4), "uint8")}, "nothing is to be seen"),
        ({"walk": np.full((1, 300, 8, 4), 255, "uint8")}, "8 x 300 pixels is too large: 128 is the most"),
    ],
)
def test_what_cannot_act_is_refused(frames, message):
    with pytest.raises(ValueError, match=message):
        sheet_clips(frames)


def test_who_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none\.png shall play a role, but is not there"):
        play_own(None, tmp_path / "none.png")


def test_a_file_of_the_same_name_with_other_content_is_another(tmp_path):
    sheet, picture = tmp_path / "hero.json", tmp_path / "hero sheet.png"
    sheet.write_text('{"meta": {"image": "hero sheet.png"}, "frames": {"gone.png": {}}}')
    contents = [content_of(str(sheet))]
    for pixels in (b"red", b"blue"):
        picture.write_bytes(pixels)
        contents += [content_of(str(sheet)), content_of(str(picture))]
    assert len(set(contents)) == 5
    (tmp_path / "another.png").write_bytes(b"green")
    assert content_of(str(sheet)) == contents[-2]
    assert [content_of(player) for player in (None, 7, str(tmp_path / "none.png"))] == [None] * 3
