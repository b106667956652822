"""Effects and the ball on stage; code draws and the true law moves in the networks' place."""

import numpy as np
import pytest

from animkit.data.effects import KINDS, draw_effect
from animkit.data.objects import FPS
from animkit.studio.cues import cue_effects
from animkit.studio.painting import FLOOR
from animkit.studio.stagecraft import BALL, METRE, conjure, throw_ball
from animkit.studio.storyboard import Shot
from animkit.theory.mechanics import ball

CALM = Shot("They stood.", "meadow", "day", ("Mira",), None, "front", None, "calm")
FRAMES = 40


class Drawn:
    def generate(self, kinds, *, frames, wind, amount, one_shot, temperature, seed):
        (kind,) = np.flatnonzero(kinds[0])
        asked = {"frames": frames, "wind": wind, "amount": amount, "one_shot": one_shot, "seed": seed}
        return draw_effect(KINDS[kind], **asked)[None]


class Law:
    def carry_on(self, paths, *, frames, samples, seed):
        (path,) = paths
        velocity = (path[-1, :2] - path[-2, :2]) * FPS - [0, 9.81 / 2 / FPS]
        rest = ball(path[-1, :2], velocity, np.arange(1, frames + 1) / FPS, gravity=9.81, restitution=0.75)
        return np.concatenate([rest, np.zeros((frames, 1))], axis=1)[None]


def test_a_fire_burns_in_a_loop_without_a_jump():
    (cue,) = cue_effects(CALM._replace(effect="fire"), FRAMES)
    fire = conjure(Drawn(), cue)
    assert len(fire.frames) == len(fire.places) == FRAMES
    np.testing.assert_array_equal(fire.frames[:16], fire.frames[16:32])
    changes = (fire.frames[1:] != fire.frames[:-1]).mean(axis=(1, 2, 3))
    assert changes[15] <= changes[:15].max()
    assert fire.glows
    np.testing.assert_array_equal(conjure(Drawn(), cue).frames, fire.frames)
    assert (conjure(Drawn(), cue, seed=1).frames != fire.frames).any()


def test_rain_falls_on_all_of_the_stage_and_splashes_on_the_ground_alone():
    (cue,) = cue_effects(CALM._replace(effect="rain"), FRAMES)
    rain = conjure(Drawn(), cue)
    assert rain.frames.shape == (FRAMES, 90, 160, 4)
    assert (
        rain.frames[..., 3].any(axis=0).reshape(9, 10, 16, 10).any(axis=(1, 3)).all()
    )  # every field of 10 x 10 pixels
    assert not rain.glows


@pytest.mark.parametrize("frames", [24, 30, FRAMES])
def test_a_blow_raises_dust_that_settles_within_the_shot(frames):
    (cue,) = cue_effects(CALM._replace(action="slash", direction="right", target="troll"), frames)
    dust = conjure(Drawn(), cue)
    assert cue.start + len(dust.frames) <= frames
    assert len(dust.frames) == len(dust.places)
    assert dust.frames[len(dust.frames) // 2, ..., 3].any()


def test_a_ball_crosses_the_stage_above_its_ground():
    thrown = throw_ball(Law(), FRAMES, 12, seed=1)
    seen = thrown.frames[..., 3] > 0
    assert set(np.unique(thrown.frames[..., 3])) == {0, 255}
    middle = [np.nonzero(frame)[1].mean() for frame in seen if frame.any()]
    assert (np.diff(middle) > 0).all()
    assert middle[-1] > 80
    lowest = max(np.nonzero(frame)[0].max() for frame in seen if frame.any())
    assert lowest in (FLOOR - 1, FLOOR, FLOOR + 1)  # the picture's last rows: the ground
    assert seen.sum(axis=(1, 2)).max() < 2 * (BALL * METRE) ** 2
    assert (throw_ball(Law(), FRAMES, 12, seed=2).frames != thrown.frames).any()
