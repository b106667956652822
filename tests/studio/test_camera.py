import numpy as np

from animkit.studio.blocking import Seen, Staged
from animkit.studio.camera import BAND, Camera, choose_cameras, look_through
from animkit.studio.storyboard import Shot

STANDS = Shot("Mira stood.", "meadow", "day", ("Mira",), None, "front", None, "calm")


def take(*boxes, frames=48):
    people = tuple(Seen(f"P{number}", box, "stand", "front") for number, box in enumerate(boxes))
    pictures = np.random.default_rng(0).integers(0, 255, (frames, 90, 160, 3), "uint8")
    return Staged(pictures, [people] * frames)


def test_each_camera_has_a_reason_and_no_two_shots_running_come_closer():
    deeds = [STANDS, STANDS, STANDS._replace(action="walk", direction="left"), STANDS._replace(action="slash"), STANDS]
    cameras = choose_cameras(deeds, [take((272, 176, 368, 284))] * 5, crossed=())
    assert [camera.move for camera in cameras] == ["still", "still", "follow", "pan", "still"]
    assert [camera.closer for camera in cameras] == [24, None, None, None, 24]
    assert all(camera.why for camera in cameras)
    assert choose_cameras([STANDS], [take((40, 176, 100, 284), (500, 176, 600, 284))])[0].closer is None
    assert choose_cameras([STANDS], [take((272, 176, 368, 284))], crossed=[0])[0].move == "follow"
    boat = STANDS._replace(thing="little boat", how="seen")  # it lies beside: a closer view would cut it off
    assert choose_cameras([boat], [take((272, 176, 368, 284))])[0].closer is None


def test_a_closer_view_shows_whole_art_pixels_and_says_where_people_are():
    one = take((272, 176, 368, 284))
    shown = look_through(Camera("still", "", closer=24), one)
    assert shown.frames.shape == (48, 360, 640, 3)
    assert (shown.frames[:24] == one.frames[:24].repeat(4, 1).repeat(4, 2)).all()
    near = shown.frames[30, ::8, ::8]
    assert (shown.frames[30] == near.repeat(8, 0).repeat(8, 1)).all()
    (before,), (after,) = shown.seen[0], shown.seen[30]
    assert before.box == (272, 176, 368, 284)
    left, top, right, bottom = after.box
    assert right - left == 192
    assert 0 < top < bottom <= 360 - BAND
    # a piece of the picture is where the box says that it is
    assert (one.frames[30, 176 // 4, 272 // 4] == shown.frames[30, top, left]).all()
    np.testing.assert_array_equal(near[0, 0], one.frames[30, 71 - 27 - top // 8, 68 - left // 8])


def test_whom_the_caption_covers_is_not_seen():
    shown = look_through(Camera("still", ""), take((10, 310, 40, 350), (10, 290, 40, 350)))
    assert [one.box for one in shown.seen[0]] == [(10, 290, 40, 304)]
