"""Effects: do made-up loops close, look like drawn ones, are they new, and does a blend show half of either kind?

`python -m animkit.benchmarks.effects --profile full --ship` measures the weights that ship before the judge that ships.
"""

import time
from itertools import combinations

import numpy as np
from scipy.stats import bootstrap

from animkit import weights
from animkit.benchmarks import effect_trainings
from animkit.benchmarks.results import command_line, keep, keep_choices, read, stopwatch, summaries
from animkit.data.effects import HELD_OUT_WIND, KINDS, LONGEST, SHORTEST, draw_effect, draw_effects, overlay
from animkit.data.solver_smoke import smoke_of_a_solver
from animkit.metrics.image import frechet_distance
from animkit.metrics.sequence import accuracy
from animkit.recipes.cards import machine, made_by
from animkit.recipes.effects import draw_groups
from animkit.recipes.effects_64 import scaled_twice
from animkit.studio.effects import changes, nearest
from animkit.training import by_profile

SEED = 400  # of what is drawn for the test; judge and network learn from others
VALIDATION_SEED = 500  # of what settings were chosen on
HALVINGS = 5
SAMPLING_SEEDS = (0, 1, 2)
FADE = 4  # frames
PAIRS = tuple(combinations(range(len(KINDS)), 2))
LENGTHS = range(SHORTEST, LONGEST + 1)
TARGET = {"seam_over_median": 1.0, "frechet_over_floor": 2.0, "blend_percent": [40, 60], "seconds_per_hundred": 1.0}
CHOSEN_ON = (
    "loops of other seeds: how long the judge learns, and, before this judge, how the noise's mean is fitted, that a "
    "pixel shows a draw and not its likeliest step, and the weights of blends; what else is said of the network is on "
    "its card"
)


def made(model, like, *, seed):
    """Ask a model for loops of the kinds, winds and amounts of others.

    Args:
        model: EffectVAE, or what generates like it.
        like: Effects.
        seed: of the model's noise.

    Returns:
        Steps (n, frames, size, size).
    """
    conditions = {"frames": like.steps.shape[1], "wind": like.wind, "amount": like.amount}
    return model.generate(np.eye(len(KINDS))[like.kind], **conditions, seed=seed)


def interval(values, statistic=np.mean):
    """The 95 % interval of a statistic, by bootstrap over the rows of one array, or of several in step."""
    values = values if isinstance(values, tuple) else (values,)
    options = {"n_resamples": 1000, "paired": True, "method": "percentile", "rng": np.random.default_rng(0)}
    return list(bootstrap(values, statistic, **options).confidence_interval)


def seam(loops):
    """How the step from last to first frame compares with the median step between neighbouring frames.

    Args:
        loops: (n, frames, height, width) steps.

    Returns:
        dict: `ratio` of the means over loops, `interval_95`, and the means themselves; `ranks`, for each loop the share
        of the other steps that are smaller than the seam, where equal ones count half.
    """
    steps = np.stack([changes(loop) for loop in loops])
    last, median = steps[:, -1], np.median(steps[:, :-1], axis=1)
    ranks = ((steps[:, :-1] < last[:, None]) + 0.5 * (steps[:, :-1] == last[:, None])).mean(axis=1)
    low, high = interval((last, median), lambda a, b, axis=-1: a.mean(axis=axis) / b.mean(axis=axis))
    ratio = last.mean() / median.mean()
    return {"ratio": ratio, "interval_95": [low, high], "seam": last.mean(), "median": median.mean(), "ranks": ranks}


def cut(frames, count, *, seed, fade=0):
    """Cut clips off loops that are longer, as one would from a film; with `fade`, dither the end into the beginning.

    Args:
        frames: of the clips; with `fade` below LONGEST.
        count: clips.
        seed: of the drawing.
        fade: frames over which what comes after the end goes over into the beginning.

    Returns:
        Steps (count, frames, 32, 32).
    """
    film = draw_effects(count, frames=LONGEST, seed=seed).steps
    clips = film[:, :frames].copy()
    for frame in range(fade):
        clips[:, frame] = overlay(film[:, frame], film[:, frames + frame], (frame + 1) / (fade + 1))
    return clips


def motion(loops):
    """Percent of pixels that change within one frame, and within four, as two maps of 4 x 4 fields: (n, 32).

    Order shows in it, which the judge's features hardly see: frames that are shuffled change as much in one as in four.
    """
    changed = [100 * (loops != np.roll(loops, -lag, axis=1)).mean(axis=1) for lag in (1, 4)]
    fields = np.stack(changed, axis=1).reshape(len(loops), 2, 4, loops.shape[2] // 4, 4, -1)
    return fields.mean(axis=(3, 5)).reshape(len(loops), -1)


def measure_seams(model, count):
    """Seams at every length, of the network's loops, of drawn ones, and of clips that were cut or faded.

    Beside the target stands what a true loop has: its seam is one of its steps, drawn at random, so its rank among the
    others is one half on average, and it lies above their median in half of all cases.
    """
    ways = {
        "network": lambda frames, like: np.concatenate([made(model, like, seed=seed) for seed in SAMPLING_SEEDS]),
        "drawn loops": lambda frames, like: draw_effects(3 * count, frames=frames, seed=SEED + 1).steps,
        "clips cut off": lambda frames, like: cut(frames, 3 * count, seed=SEED + 2),
        "clips cut off, ends faded": lambda frames, like: cut(frames, 3 * count, seed=SEED + 2, fade=FADE),
    }
    found = {}
    for name, way in ways.items():
        last = {"clips cut off": LONGEST - 1, "clips cut off, ends faded": LONGEST - FADE}.get(name, LONGEST)
        lengths = [frames for frames in LENGTHS if frames <= last]
        rows = [seam(way(frames, draw_effects(count, frames=frames, seed=SEED))) for frames in lengths]
        ranks = [row.pop("ranks") for row in rows]
        bounds = [interval(one) for one in ranks]
        found[name] = {
            "lengths": len(lengths),
            "rank": {"mean": float(np.concatenate(ranks).mean()), "interval_95": interval(np.concatenate(ranks))},
            "lengths_of_rank_one_half": sum(low <= 0.5 <= high for low, high in bounds),
            "met": sum(row["ratio"] <= TARGET["seam_over_median"] for row in rows),
            "interval_reaches_target": sum(row["interval_95"][0] <= TARGET["seam_over_median"] for row in rows),
            "ratio": {"mean": float(np.mean([row["ratio"] for row in rows])), "sd": None},
            "worst": max(row["ratio"] for row in rows),
            "by_length": dict(zip(map(str, lengths), rows, strict=True)),
        }
    return found


def measure_likeness(model, judge, count, training):
    """Frechet distances to drawn loops, and how often the judge names the kind that was asked for.

    Args:
        model: EffectVAE, or what generates like it.
        judge: Judge of effects.
        count: loops in a set.
        training: by kind, loops that the network learned from.

    Returns:
        dict: `frechet`, `motion_frechet` (see `motion`) and `read_as_asked_percent` by who made the loops,
        each a summary over seeds; `frechet_over_floor` of the network; `by_kind`.
    """
    real = draw_effects(count, seed=SEED)
    reference, moved = judge.describe(real.steps), motion(real.steps)
    rng = np.random.default_rng(0)

    def rows(seed):
        other = draw_effects(count, seed=SEED + 10 + seed)
        new = made(model, other, seed=seed)
        order = rng.permuted(np.tile(np.arange(16), (count, 1)), axis=1)
        one = draw_effects(count, kinds=KINDS[seed : seed + 1], seed=SEED + 20 + seed)
        yield "network", new, other.kind
        if hasattr(model, "redraw"):
            given = {"wind": other.wind, "amount": other.amount, "seed": seed}
            again = model.redraw(other.steps, np.eye(len(KINDS))[other.kind], **given)
            yield "drawn loops, encoded and drawn again", again, other.kind
        yield "drawn loops (the floor)", other.steps, other.kind
        drawn = [training[kind][rng.integers(len(training[kind]))] for kind in other.kind]
        yield "training loops, copied", np.stack(drawn), other.kind
        yield "drawn, frames shuffled", np.take_along_axis(other.steps, order[..., None, None], axis=1), other.kind
        yield "drawn, one frame held", np.repeat(other.steps[:, :1], 16, axis=1), other.kind
        yield "drawn, one kind alone", one.steps, one.kind

    runs = [
        {name: (loops, kind, judge.probabilities(loops)[0]) for name, loops, kind in rows(seed)}
        for seed in SAMPLING_SEEDS
    ]
    frechet = [
        {name: frechet_distance(judge.describe(loops), reference) for name, (loops, _, _) in run.items()}
        for run in runs
    ]
    moves = [{name: frechet_distance(motion(loops), moved) for name, (loops, _, _) in run.items()} for run in runs]
    read = [{name: 100 * accuracy(view, kind) for name, (_, kind, view) in run.items()} for run in runs]
    by_kind = {}
    for place, kind in enumerate(KINDS):
        right = [view[told == place].argmax(axis=1) == place for _, told, view in (run["network"] for run in runs)]
        new, drawn = (
            np.mean([change for run in runs for loop in run[who][0][run[who][1] == place] for change in changes(loop)])
            for who in ("network", "drawn loops (the floor)")
        )
        by_kind[kind] = {"read_as_asked_percent": 100 * np.mean(right), "change_over_drawn": new / drawn}
    ratio = [run["network"] / np.mean([other["drawn loops (the floor)"] for other in frechet]) for run in frechet]
    return {
        "frechet": summaries(frechet),
        "motion_frechet": summaries(moves),
        "frechet_over_floor": summaries([{"network": one} for one in ratio])["network"],
        "read_as_asked_percent": summaries(read),
        "by_kind": by_kind,
    }


def measure_novelty(model, count, training):
    """How far the nearest training loop is: from the network's loops, from drawn ones, from training loops turned."""
    like = draw_effects(count, seed=SEED + 3)
    sets = {
        "network": made(model, like, seed=SAMPLING_SEEDS[0]),
        "drawn loops": like.steps,
        "training loops, begun elsewhere": [np.roll(training[kind][0], 5, axis=0) for kind in like.kind],
    }
    found = {}
    for name, loops in sets.items():
        apart = [nearest(loop, training[kind])[2] for loop, kind in zip(loops, like.kind, strict=True)]
        found[name] = {
            "median_percent": 100 * float(np.median(apart)),
            "interval_95": [100 * bound for bound in interval(np.array(apart), np.median)],
            "nearest_percent": 100 * float(np.min(apart)),
        }
    return {"training_loops_of_a_kind": min(map(len, training.values())), **found}


def measure_blends(model, judge, count):
    """What the judge reads of even blends, over all pairs of kinds.

    Args:
        model: EffectVAE, or what generates like it.
        judge: Judge of effects.
        count: blends of each pair, and of each seed.

    Returns:
        dict by who blended, the network also with the weights of `even_weights`: `pairs_met` of 28, where the mean
        share of each kind lies within the target; `loops_met_percent`, where that of a single loop does; `off`, mean
        distance of a share from 50 %, and its interval.
    """
    pairs = np.repeat(PAIRS, count, axis=0)
    rng = np.random.default_rng(SEED)
    given = {"wind": rng.uniform(-1, HELD_OUT_WIND, len(pairs)), "amount": rng.uniform(0.5, 1.5, len(pairs))}
    even = even_weights(model, judge, count)

    def network(first):
        return [model.generate(mixed(pairs, first), **given, seed=10 + seed) for seed in SAMPLING_SEEDS]

    def drawn(seed, side):
        told = zip(pairs[:, side], given["wind"], given["amount"], strict=True)
        first = (10 * SEED + 2 * seed + side) * len(pairs)
        return np.stack([draw_effect(KINDS[k], wind=w, amount=a, seed=first + i) for i, (k, w, a) in enumerate(told)])

    ways = {"network": network(0.5), "network, weights chosen on validation": network(even.repeat(count))}
    both = [(drawn(seed, 0), drawn(seed, 1)) for seed in SAMPLING_SEEDS]
    ways["drawn, one over the other (the judge's control)"] = [np.maximum(a, b) for a, b in both]
    ways["drawn, the first kind alone"] = [a for a, _ in both]
    odd = (np.arange(len(pairs)) % 2 == 1)[:, None, None, None]
    ways["drawn, now one kind, now the other"] = [np.where(odd, a, b) for a, b in both]
    low, high = (bound / 100 for bound in TARGET["blend_percent"])
    found = {}
    for name, sets in ways.items():
        views = np.stack([judge.probabilities(loops)[0] for loops in sets])  # (seeds, pairs * count, kinds)
        shares = np.take_along_axis(views, np.broadcast_to(pairs, (len(sets), *pairs.shape)), axis=2)
        means = shares.reshape(len(sets), len(PAIRS), count, 2).mean(axis=(0, 2))
        off = np.abs(shares - 0.5).mean(axis=(0, 2))
        found[name] = {
            "pairs_met": int(((means >= low) & (means <= high)).all(axis=1).sum()),
            "of": len(PAIRS),
            "loops_met_percent": 100 * float(((shares >= low) & (shares <= high)).all(axis=2).mean()),
            "off": 100 * float(off.mean()),
            "interval_95": [100 * bound for bound in interval(off)],
            "third_kind_percent": 100 * float(1 - shares.sum(axis=2).mean()),
            "by_pair": {
                f"{KINDS[a]} + {KINDS[b]}": [100 * one for one in mean]
                for (a, b), mean in zip(PAIRS, means, strict=True)
            },
        }
    named = [f"{KINDS[a]} + {KINDS[b]}" for a, b in PAIRS]
    chosen = dict(zip(named, even.tolist(), strict=True))
    found["network, weights chosen on validation"]["weight_of_the_first"] = chosen
    return found


def mixed(pairs, first):
    """Weights of kinds, (n, kinds): `first`, a number or (n,), of the first of each pair, the rest of the other."""
    each, first = np.eye(len(KINDS)), np.broadcast_to(first, len(pairs))[:, None]
    return first * each[pairs[:, 0]] + (1 - first) * each[pairs[:, 1]]


def even_weights(model, judge, count):
    """Choose for each pair of kinds the weight at which the judge reads as much of the one as of the other.

    By bisection, on loops of `VALIDATION_SEED`; the judge that chooses is the one that will score.

    Args:
        model: EffectVAE, or what generates like it.
        judge: Judge of effects.
        count: loops of each pair, in each of `HALVINGS` steps.

    Returns:
        (pairs,) weights of the first kind.
    """
    pairs, rng = np.repeat(PAIRS, count, axis=0), np.random.default_rng(VALIDATION_SEED)
    given = {"wind": rng.uniform(-1, HELD_OUT_WIND, len(pairs)), "amount": rng.uniform(0.5, 1.5, len(pairs))}
    weights, move = np.full(len(PAIRS), 0.5), 0.25
    for halving in range(HALVINGS):
        kinds = mixed(pairs, weights.repeat(count))
        view = judge.probabilities(model.generate(kinds, **given, seed=VALIDATION_SEED + halving))[0]
        one, other = np.take_along_axis(view, pairs, axis=1).reshape(len(PAIRS), count, 2).mean(axis=1).T
        weights, move = weights + move * np.sign(other - one), move / 2
    return weights


def measure_strong_wind(model, judge, count):
    """The same distances where the wind is stronger than any that the network has learned from."""
    strong = (HELD_OUT_WIND, 1)
    reference = judge.describe(draw_effects(count, wind=strong, seed=SEED + 30).steps)
    runs, read = [], []
    for seed in SAMPLING_SEEDS:
        other = draw_effects(count, wind=strong, seed=SEED + 40 + seed)
        new = made(model, other, seed=20 + seed)
        least = draw_effects(count, wind=(HELD_OUT_WIND, HELD_OUT_WIND), seed=SEED + 50 + seed)
        sets = {
            "network": new,
            "drawn loops (the floor)": other.steps,
            "drawn at the strongest wind known": least.steps,
        }
        runs.append({name: frechet_distance(judge.describe(loops), reference) for name, loops in sets.items()})
        read.append({"network": 100 * accuracy(judge.probabilities(new)[0], other.kind)})
    return {"frechet": summaries(runs), "read_as_asked_percent": summaries(read)["network"]}


def measure_one_shots(model, judge, count):
    """Effects that begin and end with nothing: how like drawn ones, how they are read, what stands beside the ends.

    The network's first and last frame are emptied, whatever it made; so the frames next to them are looked at. The
    judge has seen loops alone.

    Args:
        model: EffectVAE, or what generates like it.
        judge: Judge of effects.
        count: one-shots in a set.

    Returns:
        dict: `frechet`, `read_as_asked_percent` and `ink_beside_the_ends_percent`, of the frame that has most, by who
        made them, each a summary over seeds.
    """
    reference = judge.describe(draw_effects(count, one_shot=True, seed=SEED + 60).steps)
    frechet, read, ink = [], [], []
    for seed in SAMPLING_SEEDS:
        like = draw_effects(count, one_shot=True, seed=SEED + 70 + seed)
        loops = draw_effects(count, seed=SEED + 80 + seed).steps
        loops[:, [0, -1]] = 0
        conditions = {"wind": like.wind, "amount": like.amount, "one_shot": True}
        sets = {
            "network": model.generate(np.eye(len(KINDS))[like.kind], **conditions, seed=30 + seed),
            "drawn one-shots (the floor)": like.steps,
            "drawn loops, both ends emptied": loops,
        }
        there = {name: (steps > 0).sum(axis=(2, 3)) for name, steps in sets.items()}
        views = {name: judge.probabilities(steps)[0] for name, steps in sets.items()}
        frechet.append({name: frechet_distance(judge.describe(steps), reference) for name, steps in sets.items()})
        read.append({name: 100 * accuracy(view, like.kind) for name, view in views.items()})
        ink.append({name: 100 * float(one[:, [1, -2]].mean() / one.max(axis=1).mean()) for name, one in there.items()})
    found = {"frechet": frechet, "read_as_asked_percent": read, "ink_beside_the_ends_percent": ink}
    return {name: summaries(runs) for name, runs in found.items()}


def measure_twice_the_size(model, finer, judge, count):
    """Effects of 64 pixels, of which the judge, who knows 32, is shown every second row and column.

    Args:
        model: EffectVAE, or what generates like it.
        finer: EffectFiner.
        judge: Judge of effects.
        count: loops in a set.

    Returns:
        dict: `frechet` and `motion_frechet` to drawn loops of 64 pixels by who made them, each a summary over seeds.
    """
    real = draw_effects(count, size=64, seed=SEED + 5).steps
    reference, moved = judge.describe(real[:, :, ::2, ::2]), motion(real)
    frechet, moves = [], []
    for seed in SAMPLING_SEEDS:
        given = {"seed": SEED + 90 + seed}
        like, fine = draw_effects(count, **given), draw_effects(count, size=64, **given).steps
        sets = {
            "network, drawn finer": finer.refine(made(model, like, seed=40 + seed), seed=seed),
            "drawn at 32 pixels, drawn finer": finer.refine(like.steps, seed=seed),
            "drawn at 32 pixels, pixels doubled": like.steps.repeat(2, axis=2).repeat(2, axis=3),
            "drawn at 32 pixels, Scale2x": np.stack([scaled_twice(loop) for loop in like.steps]),
            "drawn loops (the floor)": fine,
        }
        frechet.append(
            {name: frechet_distance(judge.describe(one[:, :, ::2, ::2]), reference) for name, one in sets.items()}
        )
        moves.append({name: frechet_distance(motion(one), moved) for name, one in sets.items()})
    return {"frechet": summaries(frechet), "motion_frechet": summaries(moves)}


def measure_solver(model, judge, count, training):
    """What judge and network make of smoke that a solver of the flow's equations has made."""
    plumes = np.stack([smoke_of_a_solver(frames=18, seed=seed) for seed in range(count)])
    drawn = draw_effects(8 * count, kinds=("smoke",), frames=18, seed=SEED + 4).steps
    smoke = KINDS.index("smoke")
    found = {}
    for name, clips in (("solver", plumes), ("drawn", drawn)):
        view = judge.probabilities(clips[:, 1:-1])[0]
        apart = [nearest(clip[1:-1], training[smoke])[2] for clip in clips]
        found[name] = {
            "clips": len(clips),
            "read_as_smoke_percent": 100 * float((view.argmax(axis=1) == smoke).mean()),
            "read_as": KINDS[int(view.mean(axis=0).argmax())],
            "nearest_training_loop_percent": 100 * float(np.median(apart)),
        }
        if hasattr(model, "compute_loss"):
            found[name]["nats_per_pixel"] = reconstruction(model, clips, smoke)
            counts = np.stack([(training[smoke] == step).sum(axis=(0, 1)) + 1 for step in range(8)])
            nats = -np.log(counts / counts.sum(axis=0))
            pixels = np.take_along_axis(nats[:, None], clips.reshape(1, -1, *clips.shape[2:]), axis=0)
            found[name]["nats_per_pixel_by_place_alone"] = float(pixels.mean())
    return found


def reconstruction(model, clips, kind):
    """Nats per pixel of frames that the network has encoded; (n, frames + 2, height, width), one more at either end."""
    from animkit.models.effects import told

    frames = clips.shape[1] - 2
    given = told(np.eye(len(KINDS))[[kind] * len(clips)], frames, 0.0, 1.0, False)[:frames]
    tracker = model.trackers["reconstruction"]
    tracker.reset_state()
    model.compute_loss(x={"steps": clips, "told": given.swapaxes(0, 1)})
    counted = (frames - model.warm_up) * np.prod(clips.shape[2:])
    return abs(float(tracker.result())) / float(counted)


def seconds_per_hundred(model):
    """Seconds for a hundred loops of 16 frames, once one call has been made: the least, and the middle, of five."""
    kinds = np.eye(len(KINDS))[np.arange(100) % len(KINDS)]
    model.generate(kinds)
    wall, cpu = [], []
    for seed in range(1, 6):
        began, busy = time.perf_counter(), time.process_time()
        model.generate(kinds, seed=seed)
        wall.append(time.perf_counter() - began)
        cpu.append(time.process_time() - busy)
    return {"least": min(wall), "median": float(np.median(wall)), "least CPU": min(cpu), "machine": machine()}


def known_loops(count):
    """The loops of the first groups that the network learned from, at 16 frames, by kind."""
    groups, _, _, one_shot = draw_groups(count)
    loops = [group for group, once in zip(groups, one_shot, strict=True) if not once]
    same = np.stack([group[:, np.arange(16) * group.shape[1] // 16] for group in loops])
    return dict(enumerate(same.swapaxes(0, 1)))


def run(profile):
    """Measure the weights that ship.

    Args:
        profile: "ci", "demo" or "full"; decides how many loops are looked at.

    Returns:
        dict for the results file.
    """
    watch = stopwatch()
    loops, pair, seams, new, plumes, groups, fine = by_profile(
        profile, ci=(16, 1, 1, 8, 1, 3, 8), demo=(160, 4, 8, 16, 2, 40, 80), full=(320, 6, 8, 48, 2, 150, 160)
    )
    model, judge = weights.load("effects"), weights.load("effects_judge")
    training = known_loops(groups)
    found = {
        "seconds_per_hundred": seconds_per_hundred(model),
        "judge": weights.card("effects_judge")["metrics"],
        **measure_likeness(model, judge, loops, training),
        "seam": measure_seams(model, seams),
        "new": measure_novelty(model, new, training),
        "blends": measure_blends(model, judge, pair),
        "strong_wind": measure_strong_wind(model, judge, loops),
        "one_shots": measure_one_shots(model, judge, loops),
        "twice_the_size": measure_twice_the_size(model, weights.load("effects_64"), judge, fine),
    }
    try:
        found["solver_smoke"] = measure_solver(model, judge, plumes, training)
    except ModuleNotFoundError as error:
        found["solver_smoke_missing"] = str(error)
    counts = {
        "loops in a set": loops,
        "loops of 64 pixels in a set": fine,
        "loops of a length, and of a seed": seams,
        "blends of a pair, and of a seed": pair,
    }
    return {
        "value": found,
        "protocol": counts,
        "seeds": SAMPLING_SEEDS,
        "seconds": watch(),
        **made_by("effects", profile=profile),
    }


def header():
    """What the results file says before any run."""
    return {
        "name": "effects",
        "what": "loops of pixel effects, 32 pixels: what the network makes beside what is drawn, before a judge that "
        "has learned from other drawn ones",
        "target": TARGET,
        "not_done": [
            "spread over long trainings: what ships was trained once, and its spread is over three sampling seeds, "
            "which also stands in the place of bootstrap intervals of Frechet distances; three other seeds, and a "
            "network that was trained without one kind, have a tenth of its schedule",
            "a judge of 64 pixels and one of one-shots: the judge has learned from loops of 32",
        ],
    }


def main(arguments=None):
    """Measure by the command line, and keep what comes out."""
    parser = command_line("effects", "Measure the network of effects.", sources=())
    parser.add_argument("--only", choices=("speed",), help="measure this alone, on an idle machine")
    parser.add_argument(
        "--choose", action="store_true", help="train three seeds, and one without a kind, scored on validation"
    )
    chosen = parser.parse_args(arguments)
    if chosen.choose:
        told = effect_trainings.run(chosen.profile, folder=chosen.checkpoints)
        keep_choices("effects", f"{chosen.profile}, trainings", told, folder=chosen.output, header=header)
        return
    if chosen.only:
        told = read("effects", chosen.output)[chosen.profile]
        told["value"] |= {"seconds_per_hundred": seconds_per_hundred(weights.load("effects"))}
        keep_choices("effects", chosen.profile, told, folder=chosen.output, header=header)
        return
    result = run(chosen.profile)
    keep("effects", chosen.profile, result, folder=chosen.output, header=header, chosen_on=CHOSEN_ON)


if __name__ == "__main__":
    main()
