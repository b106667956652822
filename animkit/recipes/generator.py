"""The motion VAE that moves as it is told, without end: trained on clips of one skeleton."""

import time

import keras
import numpy as np
from scipy.spatial import cKDTree

from animkit.data.twins.walkers import draw_walkers, walker
from animkit.metrics.motion import diversity, foot_sliding
from animkit.models.motion_vae import MotionVAE, MotionWindows, RolloutSchedule
from animkit.motion.clips import Take
from animkit.motion.foot_lock import foot_contacts, foot_positions, lock_feet
from animkit.recipes.cards import card
from animkit.recipes.schedules import cosine_decay
from animkit.studio.generation import facing_positions, generate, motion_data, roll, speed_and_turn
from animkit.training import by_profile, train
from animkit.vae import BetaAnnealing


def train_generator(takes, *, profile="demo", epochs=None, seed=0, checkpoint=None, progress=True):
    """Train a motion VAE on clips.

    Args:
        takes: `animkit.motion.clips.Take`s of one skeleton: `content` is the gait, `style` the style, "" for none.
        profile: "ci" (seconds), "demo" (minutes) or "full" (a quarter of an hour).
        epochs: rounds through the frames instead of the profile's.
        seed: of weights, order and noise.
        checkpoint: folder for the state, or None.
        progress: show it.

    Returns:
        MotionVAE.

    Raises:
        ValueError: see `animkit.studio.generation.motion_data`; or when no clip is as long as a training window.
    """
    small = profile == "ci"
    epochs = epochs or by_profile(profile, ci=2, demo=8, full=16)
    data = motion_data(takes)
    keras.utils.set_random_seed(seed)
    model = MotionVAE(
        data.clip.to_hierarchy_dict(),
        across=data.across,
        feet=data.feet,
        gaits=data.gaits,
        styles=data.styles,
        fps=data.fps,
        centimetres=data.centimetres,
        units=32 if small else 256,
        hidden=32 if small else 256,
        seed=seed,
    )
    model.adapt(data.sequences, data.controls, seed=seed)
    windows = MotionWindows(
        data.sequences, data.controls, kinds=(len(data.gaits), len(data.styles)), batch_size=32, time=32, seed=seed
    )
    steps = epochs * len(windows)
    rate = cosine_decay(2e-3, steps, last=0.01, warm_up=min(100, steps // 10))
    model.compile(keras.optimizers.Adam(rate, global_clipnorm=1000.0))
    callbacks = [BetaAnnealing(max(1, epochs // 3), final=1.0), RolloutSchedule(0, max(1, epochs // 2))]
    train(model, windows, epochs=epochs, callbacks=callbacks, checkpoint=checkpoint, progress=progress)
    return model


def motion_takes(clips):
    """The walkers that the motion networks learn from."""
    return draw_walkers(clips=clips, seconds=8.0, seed=1)


def turning_takes(clips):
    """Walkers and runners in tighter curves than `draw_walkers` draws, so that steering is learned too."""
    random = np.random.default_rng(1)
    takes = []
    for number in range(clips):
        gait = ("walk", "walk", "run")[number % 3]
        speed = random.uniform(*{"walk": (20, 220), "run": (160, 380)}[gait])
        turn, seed = random.uniform(-1.3, 1.3), int(random.integers(1_000_000))
        clip = walker(gait=gait, seconds=8.0, speed=speed, turn=turn, seed=seed).clip
        takes.append(Take(f"{gait}_turning_{number}", gait, "normal", clip))
    return takes


def make_motion_generator(profile="full", *, checkpoint=None):
    """Train the generator that ships, on the twin's walkers; the model and its card."""
    started = time.perf_counter()
    clips, epochs = by_profile(profile, ci=(16, 1), demo=(80, 8), full=(160, 16))
    takes = motion_takes(clips) + turning_takes(clips // 2)
    model = train_generator(takes, profile=profile, epochs=epochs, checkpoint=checkpoint)
    told = card(
        "motion_generator",
        what="a motion VAE with an LSTM as its prior: 22 joints at 30 fps, steered by speed, turn, four gaits and "
        f"{len(model.styles)} styles",
        data=f"the procedural twin of the motion clips (animkit.data.twins.walkers), {len(takes)} takes of 8 s, a "
        "third of them in curves, and their mirror images",
        recipe=f"{epochs} epochs of windows of 32 frames, batch 32, Adam 2e-3 with cosine decay; beta from 0 to 1 "
        "in the first third, the model's own frames from 0 to all up to half-way",
        metrics=measure_motion_generator(model, minutes=by_profile(profile, ci=0.5, demo=10, full=10)),
        profile=profile,
        started=started,
    )
    baseline = (
        "for speed and turn the training clip that is nearest to what is asked, repeated; unseen takes for the "
        "distance to training data, a figure that glides for sliding feet"
    )
    return model, {**told, "baseline": baseline, "times_real_time": measure_generation_speed(model)}


def measure_motion_generator(model, *, minutes=10, clips=32):
    """Does it go where it is told, stand where it stands, vary, and stay a person for minutes?"""
    known = motion_data(motion_takes(clips), mirror=False)
    unseen = motion_data(draw_walkers(clips=clips // 2, seconds=8.0, seed=2), mirror=False)
    paces = np.array([told[:, :2].mean(axis=0) for told in known.controls])

    def error(speeds, turns):
        """Mean error of speed and turn over 20 s, and that of the nearest training clip."""
        frames = roll(model, 20.0, speed=speeds, turn=turns, seed=0)
        found = np.array([speed_and_turn(one, model.fps, model.centimetres)[30:-30].mean(axis=0) for one in frames])
        asked = np.stack([np.asarray(speeds) / 100, turns], axis=1)
        nearest = paces[np.square(paces[:, None] - asked).sum(axis=-1).argmin(axis=0)]
        return (np.abs(one - asked).mean(axis=0) * [100, 1] for one in (found, nearest))

    speeds = [5.0, 20.0, 50.0, 80.0, 110.0, 140.0, 170.0, 200.0, 250.0, 300.0]
    turns = [-1.0, -0.6, -0.3, -0.1, 0.1, 0.3, 0.6, 1.0]
    (speed_error, _), (clip_speed_error, _) = error(speeds, [0.0] * len(speeds))
    (_, turn_error), (_, clip_turn_error) = error([120.0] * len(turns), turns)

    asked = {"walk": 120.0, "run": 300.0, "jump": 70.0, "idle": 0.0}
    slides, locked, glides = [], [], []
    for gait, speed in asked.items():
        clip = generate(model, 8.0, speed=speed, gait=gait, seed=3)
        still = clip.copy()
        still.joint_angles = np.repeat(clip.joint_angles[:1], len(clip), axis=0)
        for one, kept in ((clip, slides), (lock_feet(clip), locked), (still, glides)):
            contacts = foot_contacts(clip if one is still else one)
            kept.append(foot_sliding(foot_positions(one), contacts, fps=model.fps, centimetres=model.centimetres))

    long = roll(model, 60.0 * minutes, speed=[130.0, 60.0, 250.0], turn=[0.2, 0.0, -0.1], seed=4)
    minute = min(long.shape[1] // 2, round(60 * model.fps))
    poses = facing_positions(model, np.concatenate(known.sequences)[::3])
    new = facing_positions(model, np.concatenate(unseen.sequences)[::9])

    def away(positions):
        """Mean distance of joints to the nearest training pose, cm."""
        flat, among = positions.reshape(len(positions), -1), poses.reshape(len(poses), -1)
        nearest = cKDTree(among).query(flat)[1]
        return float(np.linalg.norm(positions - poses[nearest], axis=-1).mean())

    first, last = (
        facing_positions(model, part.reshape(-1, part.shape[-1])[::9]) for part in (long[:, :minute], long[:, -minute:])
    )
    walks = roll(model, 4.0, speed=[120.0] * 8, gait="walk", style="normal", seed=5)
    real = [
        one[30:150]
        for one, told in zip(known.sequences, known.controls, strict=True)
        if told[0, 2:][model.gaits.index("walk")]
    ]
    return {
        "speed_error": {
            "value": round(speed_error, 2),
            "nearest training clip": round(clip_speed_error, 2),
            "unit": "cm/s, mean over 5 to 300 cm/s asked, straight on, 18 s each",
        },
        "turn_error": {
            "value": round(turn_error, 4),
            "nearest training clip": round(clip_turn_error, 4),
            "unit": "rad/s, mean over -1 to 1 rad/s asked at 120 cm/s, 18 s each",
        },
        "foot_sliding": {
            "value": round(float(np.mean(slides)), 3),
            "after locking": round(float(np.mean(locked)), 3),
            "a figure that glides": round(float(np.mean(glides)), 3),
            "unit": "cm/s of ankles and toes on the ground, mean of four gaits",
        },
        "distance_to_training_poses": {
            "value": round(away(last), 3),
            "in the first minute": round(away(first), 3),
            "unseen takes": round(away(new), 3),
            "mean pose": round(away(np.repeat(poses.mean(axis=0)[None], 10, axis=0)), 3),
            "unit": f"cm per joint, in the last of {minutes:g} minutes without a break",
        },
        "diversity": {
            "value": round(diversity(facing_positions(model, walks)), 3),
            "one clip repeated": 0.0,
            "training walks": round(diversity(facing_positions(model, np.stack(real))), 3),
            "unit": "cm per joint between two walks of 4 s, as the character sees itself",
        },
    }


def measure_generation_speed(model):
    """Times real time, clip and all, once compiled."""
    generate(model, 1.0)
    started = time.perf_counter()
    generate(model, 60.0, seed=1)
    return round(60.0 / (time.perf_counter() - started))
