import numpy as np
import pytest

from animkit.data.sprites import ACTION_DIRECTIONS
from animkit.studio import backdrop, blocking, stage_art, things
from animkit.studio.blocking import SCALE, play
from animkit.studio.storyboard import Shot

SHOT = Shot("They stood.", "meadow", "day", ("Mira", "Otto"), None, "front", None, "calm")
ALONE = SHOT._replace(company=("Mira",))
FRAMES = 42


@pytest.fixture(scope="module")
def clips():
    """People whose frames differ: blocks of 12 x 24 pixels."""
    made = {}
    for number, name in enumerate(("Mira", "Otto")):
        clip = np.zeros((len(ACTION_DIRECTIONS), 8, 32, 32, 4), "uint8")
        clip[:, :, 7:31, 10:22] = (90 + 60 * number, 70, 120, 255)
        made[name] = clip
    return made


def staged(shot, clips, frames=FRAMES):
    return play(shot, clips, frames=frames).seen


def of(seen, name):
    return [one for people in seen for one in people if one.who == name]


def middles(seen, name):
    return np.array([(one.box[0] + one.box[2]) / 2 / SCALE for one in of(seen, name)])


@pytest.mark.parametrize("action", ["talk", "hand", "slash", "spellcast", "free"])
def test_who_has_to_do_with_somebody_faces_them(clips, action):
    how = {"hand": "given", "talk": "speaks"}.get(action)
    shot = SHOT._replace(action=action, direction="right", how=how, thing="golden key" if how else None)
    if action in ("slash", "spellcast", "free"):
        shot = shot._replace(company=("Mira",), target="Otto")
    for people in staged(shot, clips)[:18]:
        mira, otto = sorted(people)
        assert mira.box[0] < otto.box[0]
        assert (mira.facing, otto.facing) == ("right", "left")


@pytest.mark.parametrize(
    "shot",
    [
        SHOT._replace(action="talk", how="speaks"),
        SHOT._replace(action="hand", how="taken", thing="silver bell"),
        ALONE._replace(action="slash", direction="right", target="Otto", how="slain"),
        ALONE._replace(action="slash", direction="right", target="Otto", how="routed"),
        ALONE._replace(action="free", direction="right", target="Otto"),
        *(ALONE._replace(action="thing", how=how, thing="red apple") for how in ("found", "lost", "made", "eaten")),
        *(ALONE._replace(action=action) for action in ("walk", "hide", "cheer", "weep")),
        ALONE._replace(action="run", direction="left"),
    ],
    ids=lambda shot: f"{shot.action}-{shot.how}",
)
def test_nobody_jumps_inside_a_shot(clips, shot):
    seen = staged(shot, clips)
    for name in {one.who for people in seen for one in people}:
        where = [one for one in of(seen, name) if one.box[0] > 0 and one.box[2] < 640 and one.action != "lie"]
        feet = np.array([((one.box[0] + one.box[2]) / 2, one.box[3]) for one in where]) / SCALE
        most = 6 + blocking.LEAN // 2 * (shot.action == "hide")  # who stops running leans no longer
        assert np.abs(np.diff(feet, axis=0)).max() <= most, name  # art pixels a frame: a run, or a jump for joy


@pytest.mark.parametrize(("direction", "way"), [("right", 1), ("left", -1)])
@pytest.mark.parametrize("action", ["slash", "spellcast"])
def test_who_is_struck_is_thrown_back_and_sways(clips, action, direction, way):
    shot = ALONE._replace(action=action, direction=direction, target="Otto")
    leans = []
    for tick in range(FRAMES):
        _, marks, _, _ = blocking._deed(shot, clips, tick, FRAMES)
        if marks[-1].does == "reel":
            rows, columns = np.nonzero(marks[-1].shows[..., 3])
            leans.append(way * (columns[rows == rows.min()].mean() - columns[rows == rows.max()].mean()))
    assert len(leans) >= 12
    assert min(leans) >= 2
    assert max(leans) >= 8
    sways = np.sign(np.diff(leans[6:]))
    assert {-1, 1} <= set(sways)


@pytest.mark.parametrize("direction", ["left", "right"])
def test_who_runs_leans_to_where_they_go(clips, direction):
    way = 1 if direction == "right" else -1
    shot = ALONE._replace(action="run", direction=direction)
    for tick in range(FRAMES):
        (mark,) = blocking._walk(shot, clips, tick, FRAMES)[1]
        upright = clips["Mira"][ACTION_DIRECTIONS.index(f"walk {direction}"), mark.frame % 8]
        np.testing.assert_array_equal(mark.shows, stage_art.lean(upright, 4 * way))
        assert mark.does == "run"


def test_magic_gathers_at_the_hands_before_it_flies(clips):
    shot = ALONE._replace(action="spellcast", direction="right", target="Otto")
    first = blocking.deeds(FRAMES)[0]
    sizes = []
    for tick in range(first - 1, first + 8):
        _, marks, others, _ = blocking._deed(shot, clips, tick, FRAMES)
        sizes.append(0)
        for other in others:
            rows, columns = np.nonzero(other.sprite[..., 3])
            hand = things.hand_of("spellcast", "right", marks[0].frame)
            middle = columns.mean() - 16, rows.mean() - 32  # its own cell is larger than a figure's by so many
            assert np.hypot(*(np.array(middle) - hand)) < 6
            sizes[-1] = np.ptp(columns)
    assert sizes[0] == 0
    assert sizes[-2:] == [0, 0]
    assert sizes[1] < sizes[3] < sizes[5]


def test_a_rim_is_pale_one_pixel_wide_and_about_what_is_solid_alone():
    picture = np.zeros((3, 4, 4), np.uint8)
    picture[1, 1] = (10, 20, 30, 255)
    rimmed = stage_art.rim(picture)
    assert rimmed.shape == (5, 6, 4)
    np.testing.assert_array_equal(rimmed[2, 2], picture[1, 1])
    assert {(int(r), int(c)) for r, c in np.argwhere(rimmed[..., 3])} == {(2, 2), (1, 2), (3, 2), (2, 1), (2, 3)}
    assert rimmed[1, 2, :3].min() > 230


def test_a_figure_that_leans_keeps_its_feet_and_all_its_pixels(clips):
    still = clips["Mira"][0, 0]
    for pixels in (-9, 0, 6):
        leaning = stage_art.lean(still, pixels)
        assert leaning.shape == (32, 32 + 2 * abs(pixels), 4)
        assert (leaning[..., 3] > 0).sum() == (still[..., 3] > 0).sum()
        assert np.flatnonzero(leaning[-2, :, 3])[0] - abs(pixels) == 10
        assert np.flatnonzero(leaning[7, :, 3])[0] - abs(pixels) == 10 + pixels
    assert not stage_art.lean(np.zeros_like(still), 5).any()


def test_three_stars_go_round_in_ten_frames():
    for tick in range(10):
        ring = stage_art.stars(tick)
        np.testing.assert_array_equal(ring, stage_art.stars(tick + 10))
        assert (ring != stage_art.stars(tick + 1)).any()
        hearts = (ring == stage_art._PAPER).all(axis=-1).sum()
        assert hearts == 3


@pytest.mark.parametrize(
    "shot",
    [
        ALONE._replace(action="free", direction="right", target="Otto"),
        SHOT._replace(action="talk", how="heart"),
        SHOT._replace(action="cheer"),
    ],
    ids=lambda shot: shot.action,
)
def test_who_rejoices_leaves_the_ground(clips, shot):
    glad = [one for one in of(staged(shot, clips, 50), "Otto") if one.action == "cheer"]
    feet = np.array([one.box[3] for one in glad]) / SCALE
    assert np.ptp(feet) >= 6


def test_who_flees_is_faster_than_who_walks(clips):
    walk, run = (ALONE._replace(action=action, direction="left") for action in ("walk", "run"))
    assert blocking.pace(run) > 1.5 * blocking.pace(walk)
    assert {one.action for one in of(staged(run, clips), "Mira")} == {"run"}
    assert {one.action for one in of(staged(walk, clips), "Mira")} == {"walk"}


def test_who_hides_is_hardly_seen(clips):
    heights = [
        (one.action, one.box[3] - one.box[1]) for one in of(staged(ALONE._replace(action="hide"), clips), "Mira")
    ]
    whole = max(height for action, height in heights if action == "run")
    ducked = [height for action, height in heights if action == "hide"]
    assert len(ducked) > 20
    assert min(ducked) <= 0.4 * whole
    assert max(ducked) < 0.7 * whole


def test_who_sleeps_lies(clips):
    last = of(staged(ALONE._replace(action="sleep"), clips), "Mira")[-1]
    assert last.action == "lie"
    assert last.box[2] - last.box[0] > last.box[3] - last.box[1]


def test_who_sits_is_lower_than_who_stands(clips):
    seen = of(staged(ALONE._replace(action="sit"), clips), "Mira")
    assert (seen[0].action, seen[-1].action) == ("stand", "sit")
    assert seen[-1].box[1] - seen[0].box[1] == 6 * SCALE
    assert seen[-1].box[3] >= seen[0].box[3]


@pytest.mark.parametrize("direction", ["left", "right", "front"])
def test_a_thing_stays_in_the_hand_from_frame_to_frame(clips, direction):
    shot = ALONE._replace(action="walk", direction=direction, holds=(("Mira", "red apple"),))
    for tick in range(20):
        _, marks, _, _ = blocking._walk(shot, clips, tick, FRAMES)
        person, thing = blocking._figures(shot, clips, marks)
        assert person.action in ("carry", "stand")
        rows, columns = np.nonzero(thing.sprite[..., 3])
        side = len(thing.sprite)
        at = np.array([columns.mean() + thing.column - side // 2, rows.mean() + thing.row - side])
        hand = things.hand_of(marks[0].action, direction, marks[0].frame)
        hand = np.array([hand[0] + person.column - 16, hand[1] + person.row - 32])
        assert np.hypot(*(at - hand)) < blocking.HELD_OUT + 3


def test_a_thing_goes_over_from_hand_to_hand(clips):
    shot = SHOT._replace(action="hand", how="given", thing="red apple")
    places = []
    for tick in (16, 40):
        _, marks, (thing,), _ = blocking._hand(shot, clips, tick, FRAMES)
        places.append(thing.column)
        assert [mark.does for mark in marks].count("carry") == 1
    assert places[0] < blocking.MIDDLE < places[1]


def test_rain_falls_from_clouds():
    day, rain, storm = (backdrop.view(backdrop.backdrop("meadow", "day", weather=w)) for w in (None, "rain", "storm"))
    blue = [float((sky[:30, :, 2].astype(int) - sky[:30, :, 0]).mean()) for sky in (day, rain, storm)]
    assert blue[0] > 2 * blue[1]
    assert storm[:30].mean() < rain[:30].mean() < day[:30].mean()
    night = backdrop.view(backdrop.backdrop("meadow", "night", weather="rain"))
    assert night[:30].max() < 200  # neither moon nor stars


def test_thunder_lights_the_stage_for_a_moment(clips):
    frames = play(ALONE._replace(effect="storm"), clips, frames=24).frames
    bright = frames.mean(axis=(1, 2, 3))
    assert bright[9] > bright[8] + 20
    assert abs(bright[12] - bright[8]) < 5


@pytest.mark.parametrize("weather", ["snow", "wind"])
def test_snow_and_wind_are_seen_and_move(clips, weather):
    frames = play(ALONE._replace(effect=weather), clips, frames=3).frames.astype(int)
    still = play(ALONE._replace(effect="rain" if weather == "snow" else None), clips, frames=3).frames.astype(int)
    assert (np.abs(frames - still).max(axis=-1)[0] > 30).sum() > 50
    assert (frames[1] != frames[2]).any(axis=-1).sum() > 50
