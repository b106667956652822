"""The motion VAE that moves as it is told, without end: trained on clips of one skeleton."""

import time

import keras
import numpy as np
from keras import ops
from scipy.spatial import cKDTree

from animkit.data.mocap import cmu_clip, load_bandai_namco, load_cmu_mocap
from animkit.data.twins.footsteps import STYLES
from animkit.data.twins.walkers import draw_walkers, walker
from animkit.metrics.motion import diversity, foot_sliding
from animkit.metrics.steering import response
from animkit.models.motion_vae import MotionVAE, MotionWindows, RolloutSchedule
from animkit.motion.clips import Take, find_across, resample
from animkit.motion.foot_lock import foot_contacts, foot_positions, lock_feet
from animkit.motion.guide import PATH
from animkit.motion.kinematics import facing
from animkit.motion.retarget import retarget
from animkit.motion.warp import bent, paced
from animkit.recipes.cards import card
from animkit.recipes.schedules import cosine_decay
from animkit.studio.generation import (
    MIXED,
    facing_positions,
    generate,
    generate_more,
    motion_data,
    predict,
    roll,
    speed_and_turn,
)
from animkit.studio.in_betweening import on_skeleton_of
from animkit.studio.steering import BEFORE, HELD, Obedience, measure_steering
from animkit.training import by_profile, train
from animkit.vae import BetaAnnealing

# the style of what people did, beside those of the walkers
RECORDED = "recorded"


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
    epochs = epochs or by_profile(profile, ci=1, demo=8, full=16)
    data = motion_data(takes)
    keras.utils.set_random_seed(seed)
    size = 32 if small else 256
    model = generator_for(data, units=size, hidden=size, seed=seed)
    windows = MotionWindows(
        data.sequences,
        data.controls,
        kinds=(len(data.gaits), len(data.styles)),
        batch_size=16,
        time=32,
        unlabelled=0.3,
        seed=seed,
    )
    steps = epochs * len(windows)
    rate = cosine_decay(2e-3, steps, last=0.01, warm_up=min(100, steps // 10))
    model.compile(keras.optimizers.Adam(rate, global_clipnorm=1000.0))
    callbacks = [BetaAnnealing(max(1, epochs // 3), final=1.0), RolloutSchedule(0, max(1, epochs // 2))]
    train(model, windows, epochs=epochs, callbacks=callbacks, checkpoint=checkpoint, progress=progress)
    return model


def generator_for(data, *, seed=0, **sizes):
    """Make an untrained motion VAE of what data tell: skeleton, labels, and how its features are spread.

    Args:
        data: of `animkit.studio.generation.motion_data`.
        seed: of its noise, and of the frames that it keeps to start from.
        **sizes: of `MotionVAE`: units, hidden, latent_dim.

    Returns:
        MotionVAE.
    """
    model = MotionVAE(
        data.clip.to_hierarchy_dict(),
        across=data.across,
        feet=data.feet,
        gaits=data.gaits,
        styles=data.styles,
        fps=data.fps,
        centimetres=data.centimetres,
        seed=seed,
        **sizes,
    )
    model.adapt(data.sequences, data.controls, seed=seed)
    return model


def motion_takes(clips):
    """The walkers that the motion networks learn from."""
    return draw_walkers(clips=clips, seconds=8.0, seed=1)


def steered_takes(clips, *, seed=1):
    """Walkers who are told another speed and turn every second or two, so that changes are learned too."""
    random, fps, seconds = np.random.default_rng(seed), 30, 8.0
    styles, takes = list(STYLES), []
    for number in range(clips):
        speed, turn, gaits = np.zeros(round(seconds * fps)), np.zeros(round(seconds * fps)), []
        start = 0.0
        while start < seconds - 0.5:
            # standing is a command of its own, and slow steps are as many as fast ones
            pace = 0.0 if random.random() < 0.12 else 350 * random.random() ** 1.3
            way = 0.0 if random.random() < 0.25 else random.uniform(-1.9, 1.9)
            runs = pace > random.uniform(150, 240)
            if pace == 0 and random.random() < 0.5:
                way = 0.0  # the others step about where they are
            gait = "idle" if not pace and not way else "run" if runs else "walk"
            if not gaits or gaits[-1][0] != gait:
                gaits.append((gait, start))
            here = slice(round(start * fps), None)
            speed[here], turn[here] = pace, way
            start += random.uniform(0.8, 2.4)
        style = "normal" if number % 2 else styles[number // 2 % len(styles)]
        clip = walker(gait=gaits, style=style, seconds=seconds, speed=speed, turn=turn, seed=number).clip
        takes.append(Take(f"steered_{number}", MIXED if len(gaits) > 1 else gaits[0][0], style, clip))
    return takes


def cmu_takes(*, source="auto"):
    """CMU's recordings that go somewhere or stand, on the walkers' skeleton, also faster, slower and in curves.

    Args:
        source: see `animkit.data.mocap.load_cmu_mocap`; the twin's are walkers.

    Returns:
        list of `animkit.motion.clips.Take` at 30 frames a second, of style "recorded".

    Raises:
        FileNotFoundError: the recordings are neither here nor to be had.
    """
    actions = load_cmu_mocap(source=source).train
    onto, takes = walker(seconds=0.1).clip, []
    gait_of = {"walking": "walk", "running": "run", "walk": "walk", "run": "run", "basketball": "", "soccer": ""}
    for action, gait in gait_of.items():
        for number, recording in enumerate(actions.get(action, ())):
            # the first rows are a rest pose
            clip = resample(cmu_clip(recording[4:]), 30)
            contacts, clip = foot_contacts(clip), retarget(clip, onto)
            name = f"{action}_{number}"
            versions = {
                f"{name}_{turn:+.1f}": bent(clip, turn, contacts=contacts) for turn in (-1.2, -0.5, 0.0, 0.5, 1.2)
            }
            paces = (0.75, 1.0, 1.3) if gait else (1.0,)
            takes += [
                Take(f"{name}_x{pace:g}", gait, RECORDED, paced(one, pace) if pace != 1 else one)
                for name, one in versions.items()
                for pace in paces
            ]
    for action in ("basketball_signal", "directing_traffic"):
        for number, recording in enumerate(actions.get(action, ())[:2]):
            clip = retarget(resample(cmu_clip(recording[4:]), 30), onto)
            takes.append(Take(f"{action}_{number}", "", RECORDED, lock_feet(clip)))
    return takes


def make_motion_generator(profile="full", *, checkpoint=None):
    """Train the generator that ships, on CMU's recordings and the twin's walkers; the model and its card.

    Args:
        profile: "ci", "demo" or "full"; "ci" takes the twin in place of recordings that are not here.
        checkpoint: folder for the state, or None.

    Returns:
        MotionVAE, and a dict for `animkit.weights.card`.

    Raises:
        FileNotFoundError: CMU's recordings are neither here nor to be had; it names what is missing and where it goes.
    """
    started = time.perf_counter()
    clips, epochs = by_profile(profile, ci=(16, 1), demo=(40, 8), full=(80, 10))
    recorded = cmu_takes(source="present" if profile == "ci" else "auto")
    takes = motion_takes(clips) + steered_takes(2 * clips) + recorded
    model = train_generator(takes, profile=profile, epochs=epochs, checkpoint=checkpoint)
    told = card(
        "motion_generator",
        what="a motion VAE with an LSTM as its prior: 22 joints at 30 fps, steered by speed, turn, "
        f"{len(model.gaits)} gaits and {len(model.styles)} styles",
        data=f"{len(recorded)} takes of CMU's recordings (walking, running, basketball, soccer and standing; also "
        "faster, slower and bent into curves), on the skeleton of the procedural twin of the motion clips "
        f"(animkit.data.twins.walkers), and {len(takes) - len(recorded)} takes of 8 s of that twin, two thirds of them "
        "told another speed and turn every second or two; and the mirror images of all. The CMU data was obtained "
        "from mocap.cs.cmu.edu. The database was created with funding from NSF EIA-0196217.",
        recipe=f"{epochs} epochs of windows of 32 frames, batch 16, Adam 2e-3 with cosine decay; beta from 0 to 1 "
        "in the first third, the model's own frames from 0 to all up to half-way",
        metrics=measure_motion_generator(model, minutes=by_profile(profile, ci=0.5, demo=10, full=10))
        | measure_on_bandai_namco(model, source="present" if profile == "ci" else "auto"),
        profile=profile,
        started=started,
    )
    baseline = (
        "for speed and turn the training clip that is nearest to what is asked, repeated; unseen takes for the "
        "distance to training data, a figure that glides for sliding feet"
    )
    return model, {
        **told,
        "baseline": baseline,
        "steering": measured_steering(model),
        "times_real_time": measure_generation_speed(model),
    }


def measured_steering(model):
    """How every command of the grid is obeyed, for the card; the measure itself is tried on walkers made by rules."""
    grid, rules = measure_steering(model), measure_steering(None, motions=2, answers=walkers_answers)
    return {
        "protocol": "each command is told to motions that went straight on at "
        f"{', '.join(f'{one:g}' for one in BEFORE)} cm/s for {HELD:g} s, three motions each, and held for {HELD:g} s; "
        f"a row is the worst of these changes: {', '.join(Obedience._fields)}. Lags include what averaging over a step "
        "takes, .2 to .3 s",
        "obeyed": sum(not cell.reason for cell in grid),
        "obeyed by walkers made by rules": sum(not cell.reason for cell in rules),
        "commands": [[round(value, 2) for value in cell] for cell in grid],
    }


def walkers_answers(_, changes, *, seed=0):
    """The twin's walkers told the same changes, in place of `animkit.studio.steering.answers`."""
    held, found = round(HELD * 30), []
    for number, (old_speed, old_turn, speed, turn) in enumerate(changes):
        gaits = [_gait(old_speed, old_turn), _gait(speed, turn)]
        walk = walker(
            gait=[(gaits[0], 0.0)] + [(gaits[1], HELD)] * (gaits[0] != gaits[1]),
            seconds=2 * HELD,
            speed=np.repeat([old_speed, speed], held),
            turn=np.radians(np.repeat([old_turn, turn], held)),
            seed=seed + number,
        ).clip
        heading = np.unwrap(facing(walk.to_rotmat()[1][:, 0], find_across(walk)))
        found.append(response(walk.root_pos[:, [0, 2]], heading, held, speed=speed, turn=turn, fps=30))
    return np.array(found)


def _gait(speed, turn):
    return "idle" if not speed and not turn else "run" if speed > 190 else "walk"


def measure_motion_generator(model, *, minutes=10, clips=32):
    """Does it go where it is told, stand where it stands, vary, and stay a person for minutes?"""
    known = motion_data(motion_takes(clips), mirror=False)
    unseen = motion_data(draw_walkers(clips=clips // 2, seconds=8.0, seed=2), mirror=False)
    paces = np.array([speed_and_turn(one, model.fps, model.centimetres).mean(axis=0) for one in known.sequences])

    def error(speeds, turns):
        """Error of speed and turn over 18 s of each motion, and that of the nearest training clip."""
        frames = roll(model, 20.0, speed=speeds, turn=turns, seed=0)
        found = np.array([speed_and_turn(one, model.fps, model.centimetres)[30:-30].mean(axis=0) for one in frames])
        asked = np.stack([np.asarray(speeds) / 100, turns], axis=1)
        nearest = paces[np.square(paces[:, None] - asked).sum(axis=-1).argmin(axis=0)]
        return (np.abs(one - asked) * [100, 1] for one in (found, nearest))

    speeds = [5.0, 20.0, 50.0, 80.0, 110.0, 140.0, 170.0, 200.0, 250.0, 300.0]
    turns = [-1.0, -0.6, -0.3, -0.1, 0.1, 0.3, 0.6, 1.0]
    by_speed, clip_by_speed = (one[:, 0] for one in error(speeds, [0.0] * len(speeds)))
    by_turn, clip_by_turn = (one[:, 1] for one in error([120.0] * len(turns), turns))

    asked = {"walk": 120.0, "run": 300.0, "jump": 70.0, "idle": 0.0}
    slides, locked, glides = [], [], []
    for gait, speed in asked.items():
        clip, state = generate_more(model, 8.0, speed=speed, gait=gait, seed=3)
        contacts, still = state.contacts, clip.copy()
        still.joint_angles = np.repeat(clip.joint_angles[:1], len(clip), axis=0)
        for one, kept in ((clip, slides), (lock_feet(clip, contacts=contacts), locked), (still, glides)):
            kept.append(foot_sliding(foot_positions(one), contacts, fps=model.fps, centimetres=model.centimetres))

    long = roll(model, 60.0 * minutes, speed=[130.0, 60.0, 250.0], turn=[0.2, 0.0, -0.1], seed=4)
    minute = min(long.shape[1] // 2, round(60 * model.fps))
    # the frames that it keeps are of all its takes, recordings too
    kept = ops.convert_to_numpy(model.starts * model.deviation + model.mean)
    poses = facing_positions(model, np.concatenate([np.concatenate(known.sequences)[::3], kept]))
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
        if told[0, PATH:][known.gaits.index("walk")]
    ]
    return {
        "speed_error": {
            "value": round(float(by_speed.mean()), 2),
            "nearest training clip": round(float(clip_by_speed.mean()), 2),
            **{f"at {one:g} cm/s": round(float(off), 1) for one, off in zip(speeds, by_speed, strict=True)},
            "unit": "cm/s, mean over 5 to 300 cm/s asked, straight on, 18 s each",
        },
        "turn_error": {
            "value": round(float(by_turn.mean()), 4),
            "nearest training clip": round(float(clip_by_turn.mean()), 4),
            "unit": "rad/s, mean over -1 to 1 rad/s asked at 120 cm/s, 18 s each",
        },
        "foot_sliding": {
            "value": round(float(np.mean(slides)), 3),
            "after locking": round(float(np.mean(locked)), 3),
            "a figure that glides": round(float(np.mean(glides)), 3),
            "unit": "cm/s of ankles and toes that stand, as the network tells and below 80 cm/s, mean of four gaits",
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


def measure_on_bandai_namco(model, *, source="auto"):
    """Bandai Namco's walks and runs, which no weights that ship have seen: foreseen, and as varied as what we make?

    Args:
        model: MotionVAE.
        source: see `animkit.data.mocap.load_bandai_namco`.

    Returns:
        dict of metrics for the card.
    """
    takes, _ = load_bandai_namco(source=source, contents=("walk", "run"))
    ahead, walks = {"value": [], "gliding on": [], "standing still": []}, []
    second, long = round(model.fps), round(2 * model.fps)
    for take in takes:
        clip = on_skeleton_of(model, take.clip)
        if clip.frame_count < 1.5 * second:
            continue  # there is too little to go on from
        seen, came = clip[:-second], clip[-second:].joint_positions()
        drift = (seen.root_pos[-1] - seen.root_pos[-3]) / 2 * [1, 0, 1]
        still = np.repeat(seen.joint_positions()[-1:], second, axis=0)
        gliding = still + drift * np.arange(1, second + 1)[:, None, None]
        made = predict(model, seen, 1.0).joint_positions()
        for kept, guess in zip(ahead.values(), (made, gliding, still), strict=True):
            kept.append(np.linalg.norm(guess - came, axis=-1).mean() * model.centimetres)
        if take.content == "walk" and clip.frame_count >= long:
            data = motion_data([take._replace(clip=clip)], fps=model.fps, mirror=False)
            walks.append(facing_positions(model, data.sequences[0][:long]))
    made = facing_positions(model, roll(model, 2.0, speed=[100.0] * 16, gait="walk", seed=6))
    return {
        "bandai_namco_ahead": {
            **{name: round(float(np.mean(kept)), 2) for name, kept in ahead.items()},
            "unit": "cm per joint, mean over the last second of "
            f"{len(ahead['value'])} walks and runs that it has not seen",
        },
        "bandai_namco_diversity": {
            "value": round(diversity(made), 2),
            "Bandai Namco's walks": round(diversity(np.stack(walks)), 2),
            "unit": "cm per joint between two walks of 2 s, no style told, as the character sees itself",
        },
    }


def measure_generation_speed(model):
    """Times real time, clip and all, once compiled."""
    generate(model, 1.0)
    started = time.perf_counter()
    generate(model, 60.0, seed=1)
    return round(60.0 / (time.perf_counter() - started))
