"""What is on stage beside the actors: networks make the effects that a shot is cued, and move the ball."""

import numpy as np

from animkit.data.effects import SHORTEST
from animkit.data.objects import FPS
from animkit.studio.backdrop import WIDTH
from animkit.studio.blocking import Extra
from animkit.studio.effects import SHINING, make_effect
from animkit.studio.painting import FLOOR, HEIGHT
from animkit.studio.prop_art import PROPS
from animkit.studio.props import carry_on_path, draw_prop, land, roll, squash_and_stretch
from animkit.theory.mechanics import ball

LOOP = 16  # frames
TEMPERATURE = 0.6  # of effects: nearer to the middle they are cleaner
EDGE = 24  # rows of a tile of rain without the splashes on its ground
METRE = 20  # art pixels: who stands on stage is half as tall again
BALL, SEEN = 0.4, 10  # metres across; frames that the network is shown


def conjure(model, cue, *, seed=0):
    """Makes the effect of a cue, as long as it is on stage.

    Args:
        model: `animkit.models.effects.EffectVAE`.
        cue: `animkit.studio.cues.Cue`.
        seed: same seed, same effect.

    Returns:
        `animkit.studio.blocking.Extra`.
    """
    frames = max(cue.frames, SHORTEST) if cue.one_shot else LOOP
    options = {"frames": frames, "amount": cue.amount, "wind": cue.wind, "one_shot": cue.one_shot}
    options["temperature"] = TEMPERATURE
    draws = np.random.SeedSequence([seed, cue.start, *cue.kind.encode()])
    if cue.everywhere:
        made = _everywhere(model, cue.kind, draws, **options)
    else:
        made = make_effect(model, cue.kind, seed=int(draws.generate_state(1)[0]), **options)
    return Extra(made[np.arange(cue.frames) % frames], cue.places, cue.start, cue.kind in SHINING, cue.why)


def _everywhere(model, kind, draws, **options):
    """The stage full of an effect, (frames, 90, 160, 4): tiles; only the lowest show what hits the ground."""
    seeds = draws.generate_state(15).reshape(3, 5).tolist()
    tiles = [[make_effect(model, kind, seed=seed, **options) for seed in row] for row in seeds]
    rows = [np.concatenate(row, axis=2) for row in tiles]
    full = np.concatenate([*(row[:, :EDGE] for row in rows[:-1]), rows[-1]], axis=1)
    full = np.concatenate([rows[0][:, :EDGE], full], axis=1)  # 24 + 24 + 24 + 32 rows
    return full[:, -HEIGHT:, :WIDTH]


def throw_ball(model, frames, fps, *, seed=0):
    """Lets a ball bounce and roll across the stage: thrown by the true law for ten frames, then as the network goes on.

    Args:
        model: `animkit.models.objects.ObjectForecaster`.
        frames: of the shot.
        fps: of the film; a divisor of `animkit.data.objects.FPS`.
        seed: how it is thrown.

    Returns:
        `animkit.studio.blocking.Extra`.
    """
    rng = np.random.default_rng([seed, 7])
    start, velocity = (-0.3, rng.uniform(0.8, 1.4)), (rng.uniform(1.9, 2.4), rng.uniform(0.5, 1.5))
    seen = ball(start, velocity, np.arange(SEEN) / FPS, gravity=9.81, restitution=0.75)
    shown = np.concatenate([seen, np.zeros((SEEN, 1))], axis=1)
    step = FPS // fps
    path = np.concatenate([shown, carry_on_path(model, shown, step * frames)])[: step * frames : step, :2]
    path[:, 1] = path[:, 1].clip(0)
    shapes = squash_and_stretch(land(path, fps), fps)
    centre = land(path, fps) + [0, BALL / 2]
    window = (0, 0, WIDTH / METRE, (FLOOR + 1) / METRE)
    options = {"size": BALL, "shapes": shapes, "angles": roll(path, BALL / 2), "scale": METRE, "window": window}
    drawn = draw_prop(PROPS["ball"], centre, **options)
    drawn[..., 3] = np.where(drawn[..., 3] < 128, 0, 255)  # pixel art has no soft edges
    return Extra(drawn, np.tile([WIDTH // 2, FLOOR + 4], (frames, 1)), 0, glows=False, why="a ball rolls by")
