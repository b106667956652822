"""The procedural walkers: feet that stand still, legs that bend one way, and gaits that do what was asked."""

import functools
import time

import numpy as np
import pybvh
import pytest

from animkit.data.twins.bodies import JOINTS
from animkit.data.twins.footsteps import GAITS, STYLES
from animkit.data.twins.walkers import draw_walkers, walker
from animkit.motion.clips import moved

FEET = ("LeftFoot", "LeftToe", "RightFoot", "RightToe")
EVERYBODY = [(gait, style) for gait in GAITS for style in STYLES]


@functools.cache
def made(gait="walk", style="normal"):
    """Ten seconds of a gait; not to be changed."""
    return walker(gait=gait, style=style, seconds=10, seed=7)


def positions(clip, *names):
    """Of joints or end sites, (time, names, 3)."""
    return clip.node_positions()[:, [clip.node_index[name] for name in names]]


def knees(clip):
    """Bend of both knees, rad (time, 2), and how far the knee lies in front of the line from hip to foot, cm."""
    bends, fronts = [], []
    for side in ("Left", "Right"):
        hip, knee, ankle, toe = (positions(clip, side + part)[:, 0] for part in ("UpLeg", "Leg", "Foot", "Toe"))
        thigh, shin = knee - hip, ankle - knee
        cosine = (thigh * shin).sum(1) / np.linalg.norm(thigh, axis=1) / np.linalg.norm(shin, axis=1)
        bends.append(np.arccos(np.clip(cosine, -1, 1)))
        left = positions(clip, "LeftUpLeg")[:, 0] - positions(clip, "RightUpLeg")[:, 0]
        forward = np.cross(left, [0, 1, 0])
        line = (ankle - hip) / np.linalg.norm(ankle - hip, axis=1, keepdims=True)
        out = thigh - (thigh * line).sum(1, keepdims=True) * line
        fronts.append((out * forward).sum(1) / np.linalg.norm(forward, axis=1))
    return np.stack(bends, 1), np.stack(fronts, 1)


def strikes(contacts, side):
    """Frames at which a foot comes down."""
    down = contacts[:, 2 * side : 2 * side + 2].any(1)
    return np.flatnonzero(down[1:] & ~down[:-1]) + 1


# the skeleton


def test_the_rest_pose_is_a_t_pose_that_faces_forward():
    clip = walker(seconds=0.1).clip
    assert tuple(clip.joint_names) == JOINTS
    assert len(JOINTS) == 22
    assert [node.name for node in clip.nodes if node.is_end_site()] == [
        f"EndSite{name}" for name in ("LeftToe", "RightToe", "Head", "LeftHand", "RightHand")
    ]
    assert {"".join(order) for order in clip.euler_orders} == {"ZXY"}
    clip.joint_angles = np.zeros_like(clip.joint_angles)
    clip.root_pos = np.tile([0.0, 92.0, 0.0], (3, 1))
    rest = dict(zip(clip.node_index, clip.node_positions()[0], strict=True))
    assert rest["LeftHand"][0] > 60
    assert rest["RightHand"][0] == -rest["LeftHand"][0]
    assert rest["LeftHand"][1] == rest["LeftArm"][1]
    assert rest["LeftToe"][2] > rest["LeftFoot"][2]
    assert rest["LeftFoot"][1] == 8  # so the soles are on the ground
    assert rest["EndSiteHead"][1] == pytest.approx(171)


def test_all_clips_have_one_skeleton():
    first = walker(seconds=0.2).clip
    for gait, style in EVERYBODY:
        assert made(gait, style).clip.matches_hierarchy(first)


# feet


def check_feet(clip, contacts):
    where = positions(clip, *FEET, "EndSiteLeftToe", "EndSiteRightToe")
    down = np.concatenate([contacts, contacts[:, [1, 3]]], 1)  # the tip of the toes is down with the toes
    held = down[1:] & down[:-1]
    moved = np.linalg.norm(np.diff(where, axis=0), axis=2)
    assert moved[held].max(initial=0) < 1e-6
    assert np.isin(np.round(where[:, :4, 1][contacts], 9), [2, 8]).all()  # ball and ankle of a foot on the ground
    assert clip.node_positions()[..., 1].min() > 0
    assert (contacts[:, [1, 3]] | ~contacts[:, [0, 2]]).all()  # no flat foot with its toes in the air


@pytest.mark.parametrize(("gait", "style"), EVERYBODY)
def test_feet_on_the_ground_are_still_and_nothing_is_under_it(gait, style):
    walk = made(gait, style)
    check_feet(walk.clip, walk.contacts)
    assert walk.contacts.any(0).all()


@pytest.mark.parametrize(
    ("gait", "speed", "turn"),
    [("walk", 20, 0), ("walk", 250, 1), ("walk", 0, 1), ("run", 100, 0), ("run", 700, 0.5), ("run", 400, 2)]
    + [("jump", 0, 1), ("jump", 150, 0), ("idle", 0, 0.8), ("walk", 130, 3), ("walk", 130, -3)],
)
def test_feet_are_still_at_the_ends_of_the_ranges(gait, speed, turn):
    walk = walker(gait=gait, speed=speed, turn=turn, seconds=5)
    check_feet(walk.clip, walk.contacts)
    bends, fronts = knees(walk.clip)
    assert bends.min() > np.radians(4)
    assert bends.max() < np.radians(160)
    assert fronts.min() > 0


def test_a_walker_always_stands_and_sometimes_on_both_feet():
    down = made().contacts.reshape(-1, 2, 2).any(2)
    # the heel's first moments on the ground count as no contact, so two frames of nobody may pass
    assert (~down.any(1)).mean() < 0.05
    assert 0.02 < down.all(1).mean() < 0.35


def test_a_runner_flies_and_never_stands_on_both_feet():
    down = made("run").contacts.reshape(-1, 2, 2).any(2)
    assert (~down.any(1)).mean() > 0.15
    assert not down.all(1).any()


def test_a_jumper_leaves_the_ground_with_both_feet():
    walk = made("jump")
    down = walk.contacts.reshape(-1, 2, 2).any(2)
    np.testing.assert_array_equal(down[:, 0], down[:, 1])
    height = walk.clip.root_pos[:, 1]
    assert height.max() > 110
    assert height.min() < 75  # the crouch
    launches = np.flatnonzero(down[:-1, 0] & ~down[1:, 0])
    assert 4 <= len(launches) <= 8
    for launch in launches[:-1]:
        flight = height[launch + 2 : launch + 12]
        np.testing.assert_allclose(np.diff(flight, n=2) * 900, -981, atol=1)


def test_an_idler_stands_still_and_yet_moves():
    walk = made("idle")
    assert walk.contacts.all()
    assert 0.5 < np.ptp(positions(walk.clip, "Hips")[:, 0], axis=0)[[0, 2]].max() < 12
    assert np.ptp(walk.clip.joint_angles[:, JOINTS.index("Head")], axis=0).max() > np.radians(3)


@pytest.mark.parametrize("gait", ["walk", "run"])
def test_feet_alternate_and_arms_swing_against_them(gait):
    walk = made(gait)
    order = sorted(
        [(frame, 0) for frame in strikes(walk.contacts, 0)] + [(frame, 1) for frame in strikes(walk.contacts, 1)]
    )
    sides = [side for _, side in order]
    assert len(sides) > 10
    assert all(now != after for now, after in zip(sides[:-1], sides[1:], strict=True))
    z = positions(walk.clip, "Hips", "LeftFoot", "RightFoot", "LeftHand", "RightHand")[..., 2]
    legs, arms = z[:, 1] - z[:, 2], z[:, 3] - z[:, 4]
    assert np.corrcoef(legs, arms)[0, 1] < -0.8
    assert np.ptp(arms) > 25


# the body


@pytest.mark.parametrize(("gait", "style"), EVERYBODY)
def test_knees_bend_one_way_and_within_bounds(gait, style):
    bends, fronts = knees(made(gait, style).clip)
    assert bends.min() > np.radians(4)
    assert bends.max() < np.radians(150)
    assert fronts.min() > 0


@pytest.mark.parametrize(("gait", "bound"), [("walk", 10_000), ("run", 15_000), ("jump", 20_000), ("idle", 100)])
def test_no_joint_jerks(gait, bound):
    # cm/s^2; Bandai Namco's walks reach 4,300 and a dash 12,000
    for style in STYLES:
        clip = made(gait, style).clip
        acceleration = np.diff(positions(clip, *JOINTS), n=2, axis=0) * 900
        assert np.linalg.norm(acceleration, axis=2).max() < bound, style


def test_joint_angles_never_wrap():
    for gait in GAITS:
        clip = walker(gait=gait, turn=1.0, seconds=9).clip
        assert clip.joint_angles[-1, 0, 2] > 7  # more than a whole turn, counted through
        assert np.abs(np.diff(clip.joint_angles, axis=0)).max() < np.pi / 3, gait


def test_a_walkers_hips_are_highest_over_the_standing_foot_and_a_runners_lowest():
    for gait, sign in (("walk", 1), ("run", -1)):
        walk = made(gait)
        height = walk.clip.root_pos[:, 1]
        z = positions(walk.clip, "LeftFoot", "RightFoot")[..., 2] - walk.clip.root_pos[:, None, 2]
        passing = np.abs(z).sum(1)  # small when the feet pass each other
        assert sign * np.corrcoef(height, passing)[0, 1] < -0.5
        assert 2 < np.ptp(height) < 12


# what was asked


@pytest.mark.parametrize(("gait", "speed"), [("walk", 60), ("walk", 130), ("walk", 220), ("run", 150), ("run", 500)])
def test_speed_is_as_asked(gait, speed):
    walk = walker(gait=gait, speed=speed, seconds=10)
    np.testing.assert_allclose(walk.speed, speed)
    first, *_, last = strikes(walk.contacts, 0)
    travelled = walk.clip.root_pos[last] - walk.clip.root_pos[first]
    assert travelled[2] / (last - first) * 30 == pytest.approx(speed, rel=0.02)
    assert abs(travelled[0]) < 5


def test_a_jumpers_speed_is_that_of_whole_jumps():
    walk = walker(gait="jump", speed=100, seconds=20)
    launch = np.flatnonzero(walk.contacts[:-1, 1] & ~walk.contacts[1:, 1])
    travelled = walk.clip.root_pos[launch[-1], 2] - walk.clip.root_pos[launch[0], 2]
    assert travelled / (launch[-1] - launch[0]) * 30 == pytest.approx(100, rel=0.1)


@pytest.mark.parametrize(("gait", "turn"), [("walk", 0.5), ("walk", -1), ("run", 0.7), ("jump", 0.4), ("idle", -0.6)])
def test_heading_is_as_asked(gait, turn):
    walk = walker(gait=gait, turn=turn, seconds=8)
    np.testing.assert_allclose(walk.heading, turn * np.arange(240) / 30, atol=0.02)
    across = positions(walk.clip, "LeftUpLeg", "RightUpLeg")
    left = across[:, 0] - across[:, 1]
    facing = np.unwrap(np.arctan2(-left[:, 2], left[:, 0]))
    error = (facing - walk.heading + np.pi) % (2 * np.pi) - np.pi
    assert np.abs(error).max() < 0.35  # the pelvis swings about the path
    assert abs(error.mean()) < 0.1


def test_a_positive_turn_goes_to_the_left():
    assert walker(turn=0.5, seconds=2).clip.root_pos[-1, 0] > 30


def test_speed_and_turn_may_change_from_frame_to_frame():
    speed = np.linspace(0, 200, 240)
    turn = np.where(np.arange(240) < 120, 0.5, -0.5)
    walk = walker(speed=speed, turn=turn, seconds=8)
    np.testing.assert_allclose(walk.speed[20:-20], speed[20:-20], atol=2)
    check_feet(walk.clip, walk.contacts)
    moved = np.linalg.norm(np.diff(walk.clip.root_pos[:, [0, 2]], axis=0), axis=1).sum()
    assert moved == pytest.approx(speed.sum() / 30, rel=0.05)


def test_the_first_frame_is_over_the_origin():
    root = walker(gait="run", seconds=1).clip.root_pos[0]
    assert np.abs(root[[0, 2]]).max() < 6


@pytest.mark.parametrize("fps", [24, 60, 120])
def test_motion_does_not_depend_on_the_frame_rate(fps):
    walk = walker(seconds=3, fps=fps)
    assert walk.clip.frame_count == 3 * fps
    check_feet(walk.clip, walk.contacts)
    slow = walker(seconds=3)
    np.testing.assert_allclose(walk.clip.root_pos[:: fps // 6], slow.clip.root_pos[::5], atol=1)


def test_styles_differ():
    def looks(style):
        clip = made(style=style).clip
        head, hips = positions(clip, "Head", "Hips").swapaxes(0, 1)
        hands = positions(clip, "LeftHand", "RightHand") - hips[:, None]
        toes = positions(clip, "LeftToe")
        return {
            "forward": (head - hips)[:, 2].mean(),
            "height": hips[:, 1].mean(),
            "arms": np.ptp(hands[:, 0, 2]),
            "lift": np.percentile(toes[..., 1], 90),
            "speed": clip.root_pos[-1, 2] / 10,
            "bob": hips[:, 1].std(),
        }

    is_ = {style: looks(style) for style in STYLES}
    assert is_["proud"]["forward"] < is_["normal"]["forward"] < is_["tired"]["forward"]
    assert is_["tired"]["speed"] < 0.8 * is_["normal"]["speed"]
    assert is_["tired"]["arms"] < is_["normal"]["arms"] < is_["happy"]["arms"]
    assert is_["happy"]["bob"] > 1.3 * is_["normal"]["bob"]
    assert is_["sneaky"]["height"] < is_["normal"]["height"] - 8
    assert is_["sneaky"]["lift"] > is_["normal"]["lift"] > is_["tired"]["lift"]


def test_seeds_reproduce_and_differ():
    for gait in GAITS:
        one, same, other = (walker(gait=gait, seconds=2, seed=seed).clip for seed in (1, 1, 2))
        np.testing.assert_array_equal(one.joint_angles, same.joint_angles)
        np.testing.assert_array_equal(one.root_pos, same.root_pos)
        assert np.abs(one.joint_angles - other.joint_angles).max() > 0.01


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"gait": "swim"}, "gait must be one of walk, run, jump, idle, got 'swim'"),
        ({"style": "drunk"}, "style must be one of normal"),
        ({"seconds": 0}, "seconds must give 1 to 100,000 frames"),
        ({"seconds": np.nan}, "seconds must give"),
        ({"fps": 1000}, "fps must be 10 to 240"),
        ({"speed": -10}, "speed of gait 'walk' must be 0 to 250 cm/s, got -10"),
        ({"speed": np.inf}, "speed must be finite"),
        ({"speed": [1, 2, 3]}, r"speed must be one number or one per frame \(120\), got shape \(3,\)"),
        ({"gait": "idle", "speed": 50}, "speed of gait 'idle' must be 0 to 0"),
        ({"gait": "run", "speed": 10}, "speed of gait 'run' must be 100 to 700"),
        ({"turn": 9}, "turn of gait 'walk' must be -3 to 3 rad/s"),
        ({"turn": np.zeros((2, 2))}, "turn must be one number or one per frame"),
    ],
)
def test_walker_says_what_is_wrong(arguments, message):
    with pytest.raises(ValueError, match=message):
        walker(**arguments)


# a library of clips


@pytest.fixture(scope="module")
def library():
    began = time.process_time()
    takes = draw_walkers()
    assert time.process_time() - began < 5  # a newcomer waits for it
    return takes


def test_a_library_has_all_gaits_and_styles(library):
    assert len(library) == 60
    assert {take.content for take in library} == {*GAITS, "mixed"}
    assert {take.style for take in library} == set(STYLES)
    assert len({take.name for take in library}) == 60
    assert all(take.clip.frame_count == 180 for take in library)
    assert len({take.clip.joint_angles.tobytes() for take in library}) == 60


def test_a_library_keeps_the_promises_of_a_walker(library):
    for take in library:
        bends, fronts = knees(take.clip)
        assert bends.min() > np.radians(4), take.name
        assert fronts.min() > 0, take.name
        assert take.clip.node_positions()[..., 1].min() > 0, take.name
        where = positions(take.clip, *JOINTS)
        assert np.linalg.norm(np.diff(where, n=2, axis=0) * 900, axis=2).max() < 20_000, take.name
        assert np.abs(np.diff(take.clip.root_pos[:, 1], n=2) * 900).max() < 4_000, take.name


def test_gaits_change_within_mixed_takes(library):
    ranges = [np.ptp(np.linalg.norm(np.diff(take.clip.root_pos[:, [0, 2]], axis=0), axis=1)) * 30 for take in library]
    mixed = [spread for spread, take in zip(ranges, library, strict=True) if take.content == "mixed"]
    assert np.median(mixed) > 100


def test_a_longer_library_begins_with_the_shorter():
    short, long = draw_walkers(clips=2, seconds=1), draw_walkers(clips=3, seconds=1)
    assert [take.name for take in long[:2]] == [take.name for take in short]
    np.testing.assert_array_equal(short[1].clip.joint_angles, long[1].clip.joint_angles)
    assert not np.array_equal(draw_walkers(clips=1, seed=1)[0].clip.root_pos, draw_walkers(clips=1)[0].clip.root_pos)


@pytest.mark.parametrize(("arguments", "message"), [({"clips": 0}, "clips"), ({"seconds": -1}, "seconds")])
def test_draw_walkers_says_what_is_wrong(arguments, message):
    with pytest.raises(ValueError, match=f"{message} must be"):
        draw_walkers(**arguments)


def test_a_clip_survives_a_round_trip_through_a_file(tmp_path):
    for gait in GAITS:
        clip = walker(gait=gait, turn=0.8, seconds=3).clip
        clip.write(tmp_path / "walk.bvh")
        again = pybvh.read_bvh_file(tmp_path / "walk.bvh")
        assert again.matches_hierarchy(clip)
        assert again.frame_time == pytest.approx(1 / 30, abs=1e-6)
        np.testing.assert_allclose(np.degrees(again.joint_angles), np.degrees(clip.joint_angles), atol=1e-3)
        np.testing.assert_allclose(again.root_pos, clip.root_pos, atol=1e-3)


def test_gaits_may_follow_one_another():
    walk = walker(gait=[("walk", 0.0), ("run", 2.0)], seconds=4.0, speed=np.repeat([100.0, 300.0], 60), seed=1)
    pace, _ = moved(walk.clip)
    assert pace[15:45].mean() == pytest.approx(100, rel=0.05)
    assert pace[75:110].mean() == pytest.approx(300, rel=0.05)
    assert (~walk.contacts[75:110].any(axis=1)).any()  # a runner flies
    usual = walker(gait=[("walk", 0.0), ("run", 2.0)], seconds=4.0, seed=1)
    assert usual.speed[90] > usual.speed[30] + 100
    for gait in ([], [("walk", 1.0)], [("walk", 0.0), ("run", 0.0)]):
        with pytest.raises(ValueError, match="from second 0 on"):
            walker(gait=gait)
    with pytest.raises(ValueError, match="got 'swim'"):
        walker(gait=[("walk", 0.0), ("swim", 1.0)])
