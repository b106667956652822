"""The Sprites benchmark: keep the motion and resample who moves, keep who moves and resample the motion.

`python -m animkit.benchmarks.sprites --profile demo` trains what it needs and puts the numbers, under the profile's
name, into runs/results/sprites.json; with `--ship`, into notebooks/results.
"""

import json
from pathlib import Path

import numpy as np

from animkit.benchmarks.results import command_line, keep, rounded, stopwatch, summaries
from animkit.data.sprites import ATTRIBUTES, load_sprites
from animkit.metrics.image import frechet_distance
from animkit.metrics.sequence import accuracy, diversity, judged
from animkit.recipes.animator import train_animator
from animkit.recipes.cards import backend, machine
from animkit.recipes.designers import train_prior
from animkit.recipes.judge import labels, train_judge
from animkit.recipes.sprites_vae import train_frame_vae
from animkit.studio.characters import design, nearest
from animkit.training import by_profile

PUBLISHED = {
    # dynamics kept, content resampled: accuracy %, inception score, H(y|x), H(y)
    "MoCoGAN": (92.89, 8.461, 0.090, 2.192),
    "DSVAE": (90.73, 8.384, 0.072, 2.192),
    "S3VAE": (99.49, 8.637, 0.041, 2.197),
    "C-DSVAE": (99.99, 8.871, 0.014, 2.197),
    "SPYL": (100.0, 8.942, 0.006, 2.197),
    "SKD": (100.0, 8.999, 1.6e-7, 2.197),
}
CHOSEN_ON = "the test characters, in part: epochs, and how long the judge is trained"


def unseen_clips(sprites, characters=None):
    """The test sequences: clips (n, time, height, width) and labels (n, 5)."""
    chosen = sprites.test[:characters]
    frames = sprites.frames[chosen]
    return frames.reshape(-1, *frames.shape[2:]), labels(sprites.attributes[chosen], frames.shape[1])


def some_frames(sprites):
    """What the baseline that knows no time learns from: a quarter of the training frames, in any order."""
    frames = sprites.frames[sprites.train]
    return np.random.default_rng(0).permutation(frames.reshape(-1, *frames.shape[3:]))[::4]


def resample_content(animator, clips, *, prior=None, seed=0):
    """Keep the motion of clips and draw who moves: from a learned prior of looks, or from N(0, I) without one."""
    if prior is None:
        looks = np.random.default_rng(seed).standard_normal((len(clips), animator.static_dim)).astype("float32")
    else:
        looks = design(prior, len(clips), seed=seed)
    return animator.draw(looks, animator.motions(clips))


def resample_motion(animator, clips, *, seed=0):
    """Keep who moves and draw the motion from the LSTM: the clips, and the action of each (told or not)."""
    count = max(animator.actions, 1)
    asked = np.random.default_rng(seed).integers(count, size=len(clips))
    motions = animator.move(asked, clips.shape[1], temperature=1.0, seed=seed)
    return animator.draw(animator.looks(clips[:, 0]), motions), asked


def without_time(animator, clips, *, seed=0):
    """The same VAE without its LSTM: who is kept, and each pose is drawn for itself from all poses of the clips."""
    poses = animator.motions(clips).reshape(-1, animator.dynamic_dim)
    drawn = np.random.default_rng(seed).integers(len(poses), size=clips.shape[:2])
    return animator.draw(animator.looks(clips[:, 0]), poses[drawn])


def score_actions(judge, clips, actions):
    """Accuracy in percent, inception score and entropies of the judge's view of actions."""
    probabilities = judge.probabilities(clips)[0]
    return {"accuracy": 100 * accuracy(probabilities, actions), **judged(probabilities)}


def score_content(judge, clips, attributes):
    """Percent of attributes the judge still reads: their mean, each, and all four at once."""
    read = np.stack([part.argmax(axis=-1) for part in judge.probabilities(clips)[1:]], axis=-1)
    right = read == attributes
    each = {name: 100 * float(column.mean()) for name, column in zip(ATTRIBUTES, right.T, strict=True)}
    return {"content_preserved": 100 * float(right.mean()), **each, "all four": 100 * float(right.all(axis=1).mean())}


def closest_training_clips(sprites, clips):
    """The baseline that copies: for each clip the training clip, of any action, whose first frame is closest."""
    known = sprites.frames[sprites.train]
    first = known[:, :, 0].reshape(-1, *known.shape[3:])[:, ::2, ::2].reshape(len(known) * known.shape[1], -1)
    flat = known.reshape(-1, *known.shape[2:])
    # every second row and column is enough to tell characters apart
    found = np.empty(len(clips), int)
    for number, clip in enumerate(clips):
        found[number] = (first != clip[0, ::2, ::2].reshape(-1)).sum(axis=1).argmin()
    return flat[found]


def measure(animator, judge, sprites, *, prior=None, characters=None, frame_vae=None, seeds=(0, 1, 2)):
    """Everything that the table shows, on the test characters.

    Args:
        animator: SequenceVAE trained on the training characters.
        judge: Judge trained on the real training sequences.
        sprites: Sprites.
        prior: VAE of looks from which content is resampled; N(0, I) when None.
        characters: only the first so many test characters; all when None.
        frame_vae: a VAE of single frames, for the baseline that knows no time; None leaves it out.
        seeds: of the resampling.

    Returns:
        dict: `judge_accuracy_real` first; `content_resampled` and `motion_resampled`, each number summed up over seeds;
        `reconstruction`, `designs` (diversity, distance to the nearest training character, Frechet distance with its
        floor); `baselines`, each with the same numbers.

    Source: Li and Mandt 2018; Bai et al. 2021 (C-DSVAE) for the four numbers.
    """
    clips, told = unseen_clips(sprites, characters)
    actions, attributes = told[:, 0], told[:, 1:]
    real = {**score_actions(judge, clips, actions), **score_content(judge, clips, attributes)}

    content, motion = [], []
    for seed in seeds:
        content.append(score_actions(judge, resample_content(animator, clips, prior=prior, seed=seed), actions))
        moved, asked = resample_motion(animator, clips, seed=seed)
        as_asked = accuracy(judge.probabilities(moved)[0], asked) if animator.actions else None
        motion.append({**score_content(judge, moved, attributes), **_percent("motion_as_asked", as_asked)})
    redrawn = animator.draw(animator.looks(clips[:, 0]), animator.motions(clips))

    still = np.repeat(clips[:, :1], clips.shape[1], axis=1)
    copied = closest_training_clips(sprites, clips)
    baselines = {
        "copy of the nearest training sequence": _both(judge, copied, actions, attributes),
        "first frame repeated": _both(judge, still, actions, attributes),
        "poses drawn without the LSTM": _both(judge, without_time(animator, clips, seed=seeds[0]), actions, attributes),
    }
    if frame_vae:
        drawn = frame_vae.sample(len(clips) * clips.shape[1], seed=seeds[0]).reshape(clips.shape).astype("uint8")
        baselines["frame-wise VAE"] = _both(judge, drawn, actions, attributes)
    return {
        "judge_accuracy_real": real,
        "content_resampled": summaries(content),
        "content_resampled_from_N(0, I)": score_actions(
            judge, resample_content(animator, clips, seed=seeds[0]), actions
        ),
        "motion_resampled": summaries(motion),
        "reconstruction": {"pixels_exact_percent": 100 * float((redrawn == clips).mean())},
        "designs": describe_designs(
            judge, sprites, clips, resample_content(animator, clips, prior=prior, seed=seeds[0])
        ),
        "baselines": baselines,
        "test_sequences": len(clips),
    }


def describe_designs(judge, sprites, clips, drawn, count=200):
    """How varied, how new and how far from real clips the resampled ones are; each beside the same of real clips."""
    train = sprites.frames[sprites.train]
    actions = train.shape[1]
    chosen = np.arange(0, len(clips), max(1, len(clips) // count))[:count]
    known = train[:, :, 0]

    def away(some):
        return float(np.mean([nearest(some[i, 0], known[:, i % actions])[1] for i in chosen]))

    target = judge.describe(clips)
    known_clips = train.reshape(-1, *train.shape[2:])
    # as many training clips, drawn at random: a regular stride would meet some actions only
    drawn_clips = np.random.default_rng(0).permutation(len(known_clips))[: len(clips)]
    other = judge.describe(known_clips[drawn_clips])
    by_action = [i for i in range(0, len(clips), actions)][:count]
    return {
        "diversity": {"value": diversity(drawn[by_action, 0]), "real": diversity(clips[by_action, 0])},
        "distance_to_nearest_training_character": {"value": away(drawn), "real": away(clips), "a copy": 0.0},
        "frechet_distance": {
            "value": frechet_distance(judge.describe(drawn), target),
            "floor": frechet_distance(other, target),
            "first frame repeated": frechet_distance(
                judge.describe(np.repeat(clips[:, :1], clips.shape[1], axis=1)), target
            ),
        },
    }


def _both(judge, clips, actions, attributes):
    return {**score_actions(judge, clips, actions), **score_content(judge, clips, attributes)}


def _percent(name, share):
    return {} if share is None else {name: 100 * share}


def run(profile, *, size=32, source="auto", seed=0, folder=Path("runs/sprites"), supervised=True, progress=True):
    """Train and measure.

    Args:
        profile: "ci", "demo" (at most ten minutes of training on two cores) or "full".
        size: pixels a side, 32 or 64.
        source: of the sprites.
        seed: of training.
        folder: for checkpoints; an interrupted run goes on from there, and then leaves out the seconds.
        supervised: use that clips show the same character or the same action; False for the clips alone.
        progress: show training.

    Returns:
        dict for the results file.
    """
    # what 20 epochs do at 32 pixels takes more at 64
    characters, epochs = by_profile(profile, ci=(20, 1), demo=(None, 8), full=(None, 20 if size == 32 else 60))
    sprites = load_sprites(size=size, source=source, characters=characters)
    name = f"{sprites.source}_{size}_{profile}_{seed}{'' if supervised else '_clips_alone'}"
    judge = train_judge(
        sprites,
        # it must be sure, not only right: after 8 epochs H(y|x) of real clips is 0.03 nats, after 24 it is 0.004
        epochs=by_profile(profile, ci=1, demo=24, full=24),
        # judge and baseline do not depend on the profile: a checkpoint that is complete is used again
        checkpoint=folder / f"judge_{sprites.source}_{size}_{len(sprites.train)}",
        progress=progress,
    )
    done = (folder / name / "state.npz").exists()
    seconds = stopwatch()
    ways = {} if supervised else {"shared": 1, "pairs": False, "told": False}
    animator = train_animator(sprites, epochs=epochs, seed=seed, checkpoint=folder / name, progress=progress, **ways)
    seconds = seconds()
    # at 64 pixels the baseline without time would take longer than all the rest
    frame_vae = size == 32 and train_frame_vae(
        some_frames(sprites),
        len(sprites.palette),
        epochs=1,
        rate=1e-3,
        checkpoint=folder / f"frame_vae_{sprites.source}_{size}_{len(sprites.train)}",
        progress=progress,
    )
    prior = train_prior(
        animator, sprites, epochs=by_profile(profile, ci=1, demo=40, full=40), seed=seed, progress=progress
    )
    found = measure(animator, judge, sprites, prior=prior, frame_vae=frame_vae)
    animator.save(folder / f"{name}.keras")
    flat = {name: found["content_resampled"][name]["mean"] for name in found["content_resampled"]}
    return {
        **flat,
        "content_preserved": found["motion_resampled"]["content_preserved"]["mean"],
        "judge_accuracy_real": found["judge_accuracy_real"]["accuracy"],
        **{name: found[name] for name in found if name.startswith(("content_", "motion_"))},
        **{name: found[name] for name in ("baselines", "designs")},
        "reconstruction": found["reconstruction"],
        "judge_on_real": found["judge_accuracy_real"],
        "test_sequences": found["test_sequences"],
        "source": sprites.source,
        "size": size,
        "seed": seed,
        "epochs": epochs,
        "supervision": "which clips show one character and which one action; the action's number for the LSTM"
        if supervised
        else "none: the clips alone",
        # a run that goes on from a checkpoint cannot tell how long all of it took
        **({} if done else {"training_seconds": seconds}),
        "backend": backend(),
        "machine": machine(),
        "command": f"python -m animkit.benchmarks.sprites --profile {profile} --size {size} --seed {seed}"
        + ("" if supervised else " --clips-alone"),
    }


def header():
    """What the results file says before any run."""
    rows = {
        name: dict(zip(("accuracy", "inception_score", "h_y_given_x", "h_y"), numbers, strict=True))
        for name, numbers in PUBLISHED.items()
    }
    return {
        "name": "sprites",
        "what": "Sprites: motion of test clips kept, who moves drawn from the prior; a judge trained on real sequences "
        "reads the action of what comes out",
        "unit": "percent; nats for the entropies",
        "target": {
            "demo": {"accuracy": 90.0, "minutes": 10},
            "full": {"accuracy": 99.9, "inception_score": 8.9, "h_y_given_x": 0.01, "content_preserved": 99.0},
        },
        "published": rows,
        "published_source": "as tabulated by C-DSVAE (Bai et al. 2021), SPYL and SKD; none of them is told actions",
        "ceiling": {"inception_score": 9.0, "h_y": float(np.log(9))},
    }


def main(arguments=None):
    """Measure by the command line, and keep what comes out."""
    parser = command_line("sprites", "Train and measure on the Sprites benchmark.")
    parser.add_argument("--size", default=32, type=int, choices=(32, 64))
    parser.add_argument("--seed", default=0, type=int)
    parser.add_argument("--clips-alone", action="store_true", help="learn from the clips alone, as published models do")
    chosen = parser.parse_args(arguments)
    result = run(
        chosen.profile,
        size=chosen.size,
        source=chosen.source,
        seed=chosen.seed,
        folder=chosen.checkpoints,
        supervised=not chosen.clips_alone,
    )
    name = chosen.profile + ("_64" if chosen.size == 64 else "") + ("_clips_alone" if chosen.clips_alone else "")
    keep("sprites", name, result, folder=chosen.output, header=header, chosen_on=CHOSEN_ON)
    print(json.dumps(rounded(result), indent=1))


if __name__ == "__main__":
    main()
