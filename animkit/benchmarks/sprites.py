"""The Sprites benchmark: keep the motion and resample who moves, keep who moves and resample the motion.

`python -m animkit.benchmarks.sprites --profile demo` trains what it needs and puts the numbers, under the profile's
name, into runs/results/sprites.json; with `--ship`, into notebooks/results.
"""

import json
from pathlib import Path

import numpy as np
from scipy.stats import bootstrap

from animkit.benchmarks.results import command_line, keep, keep_choices, rounded, stopwatch, summaries
from animkit.data.sprites import ATTRIBUTES, load_sprites
from animkit.metrics.image import frechet_distance
from animkit.metrics.sequence import accuracy, diversity, judged
from animkit.recipes.animator import train_animator
from animkit.recipes.cards import backend, machine
from animkit.recipes.designers import train_prior
from animkit.recipes.judge import labels, train_judge
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
OWN, NORMAL, DESIGNER = (f"looks from {where}" for where in ("the model's own prior", "N(0, I)", "the fitted designer"))
NOT_COMPARABLE = "own judge: not comparable with published IS and H; the ceiling is what real test clips have"
CHOSEN_ON = "a tenth of the training characters, which no network here learns from: how long the judge learns, and p(f)"
CHOSEN_ON_64 = "the test characters: epochs; the rest as at 32 pixels"
JUDGE_EPOCHS = 8  # the judge of half as many is less sure of the validation characters; both name all actions
LOOK_MIXTURE = 16
RETRIEVED = "its action by a random training character"


def with_validation(sprites):
    """Cut the last tenth of the training characters off, to choose settings by.

    Args:
        sprites: Sprites.

    Returns:
        Two Sprites that share what is learned from: one with the test characters, one with the tenth in their place.
    """
    held = max(1, len(sprites.train) // 10)
    learned = sprites._replace(train=sprites.train[:-held])
    return learned, learned._replace(test=sprites.train[-held:])


def unseen_clips(sprites, characters=None):
    """The test sequences: clips (n, time, height, width) and labels (n, 5)."""
    chosen = sprites.test[:characters]
    frames = sprites.frames[chosen]
    return frames.reshape(-1, *frames.shape[2:]), labels(sprites.attributes[chosen], frames.shape[1])


def draw_looks(animator, count, *, source, designer=None, seed=0):
    """Draw looks from OWN, the learned prior in the model's objective, NORMAL, or DESIGNER, a VAE fitted later."""
    if source == DESIGNER:
        return design(designer, count, seed=seed)
    if source == OWN:
        return animator.new_looks(count, seed=seed)
    return np.random.default_rng(seed).standard_normal((count, animator.static_dim)).astype("float32")


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


def score_draws(judge, draws, actions, kinds):
    """Score what several seeds drew in the same motions.

    Args:
        judge: Judge.
        draws: for each seed clips (n, time, height, width), character by character.
        actions: (n,) of the clips.
        kinds: how many actions each character does.

    Returns:
        dict of summaries over seeds; that of accuracy has `interval_95` too, by bootstrap over characters.
    """
    views = [judge.probabilities(clips)[0] for clips in draws]
    found = summaries([{"accuracy": 100 * accuracy(view, actions), **judged(view)} for view in views])
    right = np.mean([100.0 * (view.argmax(axis=1) == actions) for view in views], axis=0)
    # clips of one character are alike in what is wrong with them
    by_character = right.reshape(-1, kinds).mean(axis=1)
    if len(by_character) > 1:
        drawn = bootstrap((by_character,), np.mean, n_resamples=2000, method="percentile", rng=np.random.default_rng(0))
        found["accuracy"]["interval_95"] = list(drawn.confidence_interval)
    return found


def closest_training_clips(sprites, clips):
    """Find, for each clip, the training clip that is closest by all its frames.

    Args:
        sprites: Sprites.
        clips: (n, time, height, width) palette indices.

    Returns:
        Places (n,) in `sprites.train`, and actions (n,).
    """
    # a grid of 16 x 16 pixels is enough to tell characters and actions apart
    step = max(1, clips.shape[-1] // 16)
    known = sprites.frames[sprites.train][..., ::step, ::step]
    flat = np.ascontiguousarray(known.reshape(known.shape[0] * known.shape[1], -1))
    thin = clips[..., ::step, ::step].reshape(len(clips), -1)
    found = [np.count_nonzero(flat != clip, axis=1).argmin() for clip in thin]
    return np.divmod(found, known.shape[1])


def retrieved(sprites, clips, *, seed=0):
    """The strongest baselines that learn nothing: the closest training clip, and its action by somebody else.

    Returns:
        dict of clips: as they lie in the training set; and, motion kept and look resampled, of random characters.
    """
    who, what = closest_training_clips(sprites, clips)
    known = sprites.frames[sprites.train]
    others = np.random.default_rng(seed).integers(len(known), size=len(clips))
    return {
        "nearest training clip by all frames": known[who, what],
        RETRIEVED: known[others, what],
    }


def measure(animator, judge, sprites, *, prior=None, characters=None, seeds=(0,)):
    """Everything that the table shows, on the test characters.

    Args:
        animator: SequenceVAE trained on the training characters.
        judge: Judge trained on real training sequences.
        sprites: Sprites.
        prior: VAE of looks, fitted after the animator, from which looks are drawn too; None leaves that row out.
        characters: only the first so many test characters; all when None.
        seeds: of the resampling.

    Returns:
        dict: `judge_on_real` first; `content_resampled`, by where the looks come from, and `motion_resampled`, each
        number summed up over seeds; `reconstruction`, `designs` (diversity, distance to the nearest training character,
        Frechet distance with its floor); `baselines`, each with the same numbers.

    Source: Li and Mandt 2018; Bai et al. 2021 (C-DSVAE) for the four numbers.
    """
    clips, told = unseen_clips(sprites, characters)
    actions, attributes = told[:, 0], told[:, 1:]
    motions = animator.motions(clips)
    redrawn = animator.draw(animator.looks(clips[:, 0]), motions)

    content, drawn = {}, {"redrawn test clips": redrawn}
    # a model that learns no prior has N(0, I) for its own
    for source in (*([OWN] if animator.look_prior else []), NORMAL, *([DESIGNER] if prior else [])):
        looks = [draw_looks(animator, len(clips), source=source, designer=prior, seed=seed) for seed in seeds]
        draws = [animator.draw(some, motions) for some in looks]
        content[source] = score_draws(judge, draws, actions, sprites.frames.shape[1])
        drawn[source] = draws[0]
    motion = []
    for seed in seeds:
        moved, asked = resample_motion(animator, clips, seed=seed)
        as_asked = accuracy(judge.probabilities(moved)[0], asked) if animator.actions else None
        motion.append({**score_content(judge, moved, attributes), **_percent("motion_as_asked", as_asked)})

    baselines = {
        **retrieved(sprites, clips, seed=seeds[0]),
        "first frame repeated": np.repeat(clips[:, :1], clips.shape[1], axis=1),
        "poses drawn without the LSTM": without_time(animator, clips, seed=seeds[0]),
    }
    return {
        "judge_on_real": _both(judge, clips, actions, attributes),
        "content_resampled": content,
        "motion_resampled": summaries(motion),
        "reconstruction": {"pixels_exact_percent": 100 * float((redrawn == clips).mean())},
        "designs": describe_designs(judge, sprites, clips, {**drawn, RETRIEVED: baselines[RETRIEVED]}),
        "baselines": {name: _both(judge, some, actions, attributes) for name, some in baselines.items()},
        "test_sequences": len(clips),
    }


def describe_designs(judge, sprites, clips, drawn, count=200):
    """Say how varied, how new and how far from real clips drawn ones are, each beside the same of real clips.

    Args:
        judge: Judge, by whose features the Frechet distance is taken.
        sprites: Sprites.
        clips: (n, time, height, width) of the test characters.
        drawn: name -> clips in the motions of those.
        count: how many are looked at one by one.

    Returns:
        dict: measure -> {name: number}, with the numbers of real clips beside those of drawn.
    """
    train = sprites.frames[sprites.train]
    kinds = train.shape[1]
    chosen = np.arange(0, len(clips), max(1, len(clips) // count))[:count]
    known = train[:, :, 0]

    def away(some):
        return float(np.mean([nearest(some[i, 0], known[:, i % kinds])[1] for i in chosen]))

    target = judge.describe(clips)
    known_clips = train.reshape(-1, *train.shape[2:])
    # as many training clips, drawn at random: a regular stride would meet some actions only
    others = known_clips[np.random.default_rng(0).permutation(len(known_clips))[: len(clips)]]
    still = np.repeat(clips[:, :1], clips.shape[1], axis=1)
    by_action = [i for i in range(0, len(clips), kinds)][:count]
    real = "real test clips"
    return {
        "diversity": {name: diversity(some[by_action, 0]) for name, some in {**drawn, real: clips}.items()},
        "distance_to_nearest_training_character": {name: away(some) for name, some in {**drawn, real: clips}.items()},
        "frechet_distance": {
            name: frechet_distance(judge.describe(some), target)
            for name, some in {**drawn, "floor": others, "first frame repeated": still}.items()
        },
    }


def _both(judge, clips, actions, attributes):
    return {**score_actions(judge, clips, actions), **score_content(judge, clips, attributes)}


def _percent(name, share):
    return {} if share is None else {name: 100 * share}


def learn(profile, *, size=32, source="auto", seed=0, folder=Path("runs/sprites"), supervised=True, progress=True):
    """Train what is measured, or read it where it was trained before; without the test characters.

    Args:
        profile: "ci", "demo" (at most ten minutes of training on two cores) or "full".
        size: pixels a side, 32 or 64.
        source: of the sprites.
        seed: of training.
        folder: for checkpoints; an interrupted run goes on from there, and then leaves out the seconds.
        supervised: use that clips show the same character or the same action; False for the clips alone.
        progress: show training.

    Returns:
        dict: `test` and `validation`, Sprites of other characters than learned from; `networks`, the animator, the
        judge and the prior of looks that `measure` takes; `facts` for the results file.
    """
    # what 20 epochs do at 32 pixels takes more at 64
    characters, epochs = by_profile(profile, ci=(20, 1), demo=(None, 8), full=(None, 20 if size == 32 else 60))
    test, validation = with_validation(load_sprites(size=size, source=source, characters=characters))
    name = f"{test.source}_{size}_{profile}_{seed}{'' if supervised else '_clips_alone'}"
    judge_epochs = by_profile(profile, ci=1, demo=JUDGE_EPOCHS, full=JUDGE_EPOCHS)
    judge = judge_of(test, epochs=judge_epochs, folder=folder, progress=progress)
    done = (folder / name / "state.npz").exists()
    seconds = stopwatch()
    ways = {} if supervised else {"shared": 1, "pairs": False, "told": False}
    animator = train_animator(
        test,
        epochs=epochs,
        seed=seed,
        look_mixture=LOOK_MIXTURE,
        checkpoint=folder / name,
        progress=progress,
        **ways,
    )
    seconds = seconds()
    prior = train_prior(
        animator, test, epochs=by_profile(profile, ci=1, demo=40, full=40), seed=seed, progress=progress
    )
    animator.save(folder / f"{name}.keras")
    facts = {
        "source": test.source,
        "size": size,
        "seed": seed,
        "epochs": epochs,
        "training_characters": len(test.train),
        "judge": f"{judge_epochs} epochs of the same training clips; {NOT_COMPARABLE}",
        "supervision": "which clips show one character and which one action; the action's number for the LSTM"
        if supervised
        else "none: the clips alone",
        # a run that goes on from a checkpoint cannot tell how long all of it took
        **({} if done else {"training_seconds": seconds}),
        "backend": backend(),
        "machine": machine(),
    }
    networks = {"animator": animator, "judge": judge, "prior": prior}
    return {"test": test, "validation": validation, "networks": networks, "facts": facts}


def judge_of(sprites, *, epochs, folder, progress=True):
    """Train the judge of a set of characters, or read it where it was trained before."""
    checkpoint = folder / f"judge_{sprites.source}_{sprites.frames.shape[-1]}_{len(sprites.train)}_{epochs}"
    return train_judge(sprites, epochs=epochs, checkpoint=checkpoint, progress=progress)


def run(profile, **options):
    """Train, and measure on the test characters: the arguments of `learn`; a dict for the results file."""
    made = learn(profile, **options)
    return {**measure(sprites=made["test"], **made["networks"]), **made["facts"]}


def choose(profile, *, folder=Path("runs/sprites"), **options):
    """Measure what is chosen, on the characters held out for that: how long the judge learns, where looks come from.

    Args:
        profile: as of `learn`, and so are the options.
        folder: for checkpoints.

    Returns:
        dict for the results file: `judge` by epochs; `content_resampled` and `designs` by where looks come from.
    """
    made = learn(profile, folder=folder, **options)
    clips, told = unseen_clips(made["validation"])
    judges = {}
    for epochs in by_profile(profile, ci=(1,), demo=(JUDGE_EPOCHS // 2, JUDGE_EPOCHS), full=(JUDGE_EPOCHS,)):
        views = judge_of(made["validation"], epochs=epochs, folder=folder).probabilities(clips)
        nats = [-np.log(view[np.arange(len(view)), right]).mean() for view, right in zip(views, told.T, strict=True)]
        judges[f"{epochs} epochs"] = {"cross_entropy": float(sum(nats)), **judged(views[0])}
    found = measure(sprites=made["validation"], **made["networks"])
    kept = {name: found[name] for name in ("content_resampled", "designs", "reconstruction", "test_sequences")}
    return {"judge_by_epochs": judges, **kept, **made["facts"]}


def header():
    """What the results file says before any run."""
    rows = {
        name: dict(zip(("accuracy", "inception_score", "h_y_given_x", "h_y"), numbers, strict=True))
        for name, numbers in PUBLISHED.items()
    }
    return {
        "name": "sprites",
        "what": "Sprites: motion of test clips kept, who moves drawn anew; a judge trained on real sequences reads the "
        "action of what comes out",
        "unit": "percent; nats for the entropies",
        "target": {
            # whose judge it is decides what IS and H can be, so they have no target
            "demo": {"minutes": 10, OWN: 95.0},
            "full": {OWN: 95.0, DESIGNER: 99.9, "content_preserved": 99.0, "frechet_distance_over_floor": 2.0},
        },
        "published": rows,
        "published_source": "as tabulated by C-DSVAE (Bai et al. 2021), SPYL and SKD; none of them is told actions; "
        "all draw looks from N(0, I), the prior of their objectives, and share one fixed judge",
        "ceiling": {"inception_score": 9.0, "h_y": float(np.log(9))},
    }


def main(arguments=None):
    """Measure by the command line, and keep what comes out."""
    parser = command_line("sprites", "Train and measure on the Sprites benchmark.")
    parser.add_argument("--size", default=32, type=int, choices=(32, 64))
    parser.add_argument("--seed", default=0, type=int)
    parser.add_argument("--clips-alone", action="store_true", help="learn from the clips alone, as published models do")
    parser.add_argument("--choose", action="store_true", help="compare settings on characters cut from training")
    chosen = parser.parse_args(arguments)
    result = (choose if chosen.choose else run)(
        chosen.profile,
        size=chosen.size,
        source=chosen.source,
        seed=chosen.seed,
        folder=chosen.checkpoints,
        supervised=not chosen.clips_alone,
    )
    way = ("_64" if chosen.size == 64 else "") + ("_clips_alone" if chosen.clips_alone else "")
    result["command"] = (
        f"python -m animkit.benchmarks.sprites --profile {chosen.profile} --size {chosen.size} --seed {chosen.seed}"
        + (" --clips-alone" if chosen.clips_alone else "")
        + (" --choose" if chosen.choose else "")
    )
    where = {"folder": chosen.output, "header": header}
    if chosen.choose:
        keep_choices("sprites", f"{chosen.profile}{way}_validation", result, **where)
    else:
        chosen_on = CHOSEN_ON if chosen.size == 32 else CHOSEN_ON_64
        keep("sprites", chosen.profile + way, result, chosen_on=chosen_on, **where)
    print(json.dumps(rounded(result), indent=1))


if __name__ == "__main__":
    main()
