"""Short trainings of the network of effects: by how much do seeds differ, and what of a kind that it has never seen?

`python -m animkit.benchmarks.effects --profile demo --choose --ship`. All is measured on effects of other seeds than
those of the test; the network that ships, trained for ten times as long, stands beside.
"""

from pathlib import Path

import numpy as np

from animkit import weights
from animkit.benchmarks.results import summaries
from animkit.data.effects import KINDS, STEPS, draw_effects
from animkit.metrics.image import frechet_distance
from animkit.metrics.sequence import accuracy
from animkit.models.effects import EVERY_KIND, EffectWindows
from animkit.recipes.cards import made_by
from animkit.recipes.effects import EPOCHS, VALIDATION, counted_nats, draw_groups, train_effects
from animkit.studio.effects import changes, nearest
from animkit.training import by_profile

SEED = 500  # of what is drawn to measure on, none of it for the test
SEEDS = (0, 1, 2)
WITHHELD = "fire"  # chosen before anything was trained without it: the film's inn has one
PLACE = KINDS.index(WITHHELD)


def run(profile, *, folder=Path("runs/effects"), progress=True):
    """Train three times with all kinds and once without one, and measure each beside what ships.

    Args:
        profile: "ci" trains tiny networks, "demo" and "full" by the schedule that the recipe has at "demo".
        folder: of checkpoints, from which an interrupted run goes on.
        progress: show it.

    Returns:
        dict for the results file.
    """
    count, epochs, others, loops, windows = by_profile(
        profile, ci=(3, 1, 2, 8, 16), demo=(200, 4, 64, 160, 512), full=(200, 4, 64, 160, 512)
    )
    sizes = by_profile(profile, ci={"units": 2, "channels": 4, "style_dim": 1}, demo={}, full={})
    known, unseen = draw_groups(count), draw_groups(others, first_seed=VALIDATION, seed=1)
    judge, without = weights.load("effects_judge"), tuple(kind for kind in EVERY_KIND if kind != PLACE)
    models = {}
    for name, seed, kinds in [(f"seed_{seed}", seed, EVERY_KIND) for seed in SEEDS] + [("without", 0, without)]:
        checkpoint = folder / f"{profile}_{name}"
        options = {"epochs": epochs, "kinds": kinds, "seed": seed, "progress": progress, "checkpoint": checkpoint}
        models[name] = train_effects(known, **options, **sizes)
    left_out, shipped = models.pop("without"), weights.load("effects")
    shipped.compile()
    by = made_by("effects", profile=profile)
    return {
        "profile": profile,
        "split": "validation",
        "seeds": list(SEEDS),
        "epochs": epochs,
        "protocol": {
            "schedule": f"{epochs} epochs of 2,048 windows, {count} loops of each kind, at demo; what "
            f"ships had {EPOCHS} epochs and 900 loops",
            "withheld": WITHHELD,
            "nats": "a frame, an upper bound, of effects of other seeds; windows without blends",
            "loops in a set": loops,
        },
        "trained": summaries([measured(model, judge, unseen, loops, windows) for model in models.values()]),
        "shipped": measured(shipped, judge, unseen, loops, windows),
        "withheld": unseen_kind(
            left_out, [*models.values()], shipped, judge, known, unseen, count=loops // 4, windows=windows // 4
        ),
        **by,
        "command": by["command"] + " --choose",
    }


def measured(model, judge, groups, count, windows):
    """What is said of one training: nats a frame, Frechet distance over the floor, read as asked, seam.

    Args:
        model: EffectVAE.
        judge: Judge of effects.
        groups: effects to encode, as of `draw_groups`.
        count: loops in a set.
        windows: to encode.

    Returns:
        dict of numbers; the model's own loops are drawn three times, with three seeds of the noise.
    """
    real = judge.describe(draw_effects(count, seed=SEED).steps)
    rows = []
    for seed in SEEDS:
        like = draw_effects(count, seed=SEED + 10 + seed)
        given = {"frames": 16, "wind": like.wind, "amount": like.amount, "seed": seed}
        made = model.generate(np.eye(len(KINDS))[like.kind], **given)
        steps = np.stack([changes(loop) for loop in made])
        distances = [frechet_distance(judge.describe(one), real) for one in (made, like.steps)]
        read = 100 * accuracy(judge.probabilities(made)[0], like.kind)
        rows.append([*distances, read, steps[:, -1].mean() / np.median(steps[:, :-1], axis=1).mean()])
    made, floor, read, seam = np.mean(rows, axis=0)
    return {
        "nats a frame": nats(model, groups, windows=windows),
        "Fréchet distance over the floor": made / floor,
        "read as asked, %": read,
        "seam over median step": seam,
    }


def nats(model, groups, *, windows, shown=EVERY_KIND, as_kind=None):
    """Nats a frame that it takes to tell what is in windows: pixels and codes, an upper bound.

    Args:
        model: EffectVAE, compiled.
        groups: as of `draw_groups`.
        windows: how many.
        shown: places in KINDS of what is seen.
        as_kind: the place that the network is told; None for the true one.

    Returns:
        Number.
    """
    data = EffectWindows(*groups, windows=windows, batch_size=min(16, windows), blends=0.0, kinds=shown, seed=1)
    model.reset_metrics()
    for (x,) in map(data.__getitem__, range(len(data))):
        if as_kind is not None:
            x["told"][..., 8 : 8 + len(KINDS)] = np.eye(len(KINDS))[as_kind]
        found = model.test_on_batch(x, return_dict=True)
    return float(found["reconstruction"] + found["kl"]) / (data.time - model.warm_up)


def unseen_kind(left_out, models, shipped, judge, known, groups, *, count, windows):
    """What a network makes of the kind that it was trained without, beside those that know it and what needs none.

    Args:
        left_out: EffectVAE that has not seen WITHHELD.
        models: others, of the same schedule, that have.
        shipped: EffectVAE.
        judge: Judge of effects.
        known: groups of training.
        groups: others.
        count: loops that are encoded and drawn again.
        windows: of which nats are counted.

    Returns:
        dict: `nats a frame` of the kind, by who tells it and what it is told; the same of all others; `drawn again` by
        who draws it, percent of the pixels that are there in either that differ, and percent that the judge reads as
        the kind.
    """
    rest = [kind for kind in EVERY_KIND if kind != PLACE]
    shown = {"windows": windows, "shown": (PLACE,)}
    told = {KINDS[kind]: nats(left_out, groups, as_kind=kind, **shown) for kind in EVERY_KIND}
    own = told.pop(WITHHELD)
    best = min(told, key=told.get)
    others = {"windows": 4 * windows, "shown": tuple(rest)}
    return {
        "kind": WITHHELD,
        "nats a frame": {
            f"trained without it, told {best}, the best of seven": told[best],
            "trained without it, told the kind, as it never was": own,
            "trained with it, the same schedule": summaries([{"": nats(one, groups, **shown)} for one in models])[""],
            "shipped": nats(shipped, groups, **shown),
            **{f"pixels counted in the other kinds, {how}": one for how, one in counted(known, rest, groups).items()},
            **{f"pixels counted in {WITHHELD}, {how}": one for how, one in counted(known, [PLACE], groups).items()},
        },
        "other kinds, nats a frame": {
            "trained without it": nats(left_out, groups, **others),
            "trained with it, the same schedule": summaries([{"": nats(one, groups, **others)} for one in models])[""],
        },
        "drawn again": drawn_again(
            {
                f"trained without it, told {best}, the best of seven": (left_out, KINDS.index(best)),
                "trained without it, told the kind, as it never was": (left_out, PLACE),
                "trained with it, the same schedule": (models[0], PLACE),
                "shipped": (shipped, PLACE),
            },
            judge,
            {
                kind: [loops[kind] for loops, once in zip(known[0], known[3], strict=True) if not once]
                for kind in EVERY_KIND
            },
            count,
        ),
    }


def counted(known, kinds, groups):
    """Nats a frame of the withheld kind, by pixels counted in others, as if those were all of one kind."""
    seen, asked = (
        [loops[[kind]] for loops in part[0] for kind in of] for part, of in ((known, kinds), (groups, [PLACE]))
    )
    return dict(zip(("by place", "after themselves, by place"), counted_nats((seen,), (asked,)).values(), strict=True))


def drawn_again(networks, judge, loops, count):
    """Encode loops of the withheld kind and draw them again; see `unseen_kind`.

    Args:
        networks: dict: name -> EffectVAE and the place of the kind that it is told.
        judge: Judge of effects.
        loops: dict: place of a kind -> loops of training.
        count: loops to draw.
    """
    like = draw_effects(count, kinds=(WITHHELD,), seed=SEED + 20)
    others = [loop for kind in EVERY_KIND if kind != PLACE for loop in loops[kind][:40]]
    pixels = np.concatenate(others).reshape(-1, like.steps[0, 0].size).T
    likeliest = np.array([np.bincount(pixel, minlength=STEPS).argmax() for pixel in pixels])
    ways = {
        name: model.redraw(like.steps, np.eye(len(KINDS))[[kind] * count], wind=like.wind, amount=like.amount)
        for name, (model, kind) in networks.items()
    }
    ways["nearest training loop of the other kinds"] = np.stack([nearest(loop, others)[1] for loop in like.steps])
    ways[f"nearest training loop of {WITHHELD}"] = np.stack([nearest(loop, loops[PLACE])[1] for loop in like.steps])
    ways["likeliest step of each place in the other kinds"] = likeliest.reshape(like.steps[0, 0].shape) + 0 * like.steps
    return {
        name: {
            "pixels that differ, %": 100 * float((steps != like.steps)[(steps > 0) | (like.steps > 0)].mean()),
            f"read as {WITHHELD}, %": 100 * accuracy(judge.probabilities(steps.astype("uint8"))[0], like.kind),
        }
        for name, steps in ways.items()
    }
