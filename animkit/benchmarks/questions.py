"""The questions of notebook 08, a figure each: what of a results file is drawn, and beside what."""

import re

import numpy as np

from animkit.benchmarks.figures import Panel, Row, figure
from animkit.benchmarks.tables import JUDGED, runs, strongest

LIKE_TG = "TG_complete (LSTM + GAN)"  # the published method that in-betweening is to beat
BODIES = ("ball", "pendulum", "spring", "wheel", "leaf")


def rows_of(found, parts, *, ours=(), bound=(), apart=()):
    """Make rows of methods that a results file has by name.

    Args:
        found: method -> dict; what it lacks is not measured.
        parts: what the panels show of each: names, or functions of the dict.
        ours, bound, apart: the methods of these kinds; all others are baselines.

    Returns:
        list of `Row`.
    """
    kinds = {name: kind for kind, names in (("ours", ours), ("bound", bound), ("apart", apart)) for name in names}
    return [
        Row(name, kinds.get(name, "baseline"), tuple(p(one) if callable(p) else one.get(p) for p in parts))
        for name, one in found.items()
    ]


def by_name(*columns):
    """Bring several dicts of the same methods together: method -> {place of the dict: what it has}."""
    names = dict.fromkeys(name for column in columns for name in column)
    return {name: {i: column.get(name) for i, column in enumerate(columns)} for name in names}


def nats_per_digit(results):
    """Draw bound and likelihood of VAEs on MNIST; `results` of "mnist_nll"."""
    rows = [
        Row(re.sub(", bound$|, importance-sampled 5,000$", "", one["model"]), "published", pair)
        for one in results["published"]
        for pair in [(one["value"], None) if one["model"].endswith("bound") else (None, one["value"])]
    ]
    found = runs(results, "value")
    rows += [
        Row(
            re.sub("_k(\\d+)", ", k=\\1,", name).replace("_", " "),
            "ours",
            (run["value"]["bound"], run["value"]["importance_sampled_5000"]),
        )
        for name, run in found.items()
    ]
    pixels = strongest(results)["baselines"]["independent-pixel Bernoulli"]
    rows.append(Row("independent pixels", "baseline", (pixels, pixels)))
    asked = {what: most for run in found.values() for what, most in run["target"].items()}
    panels = [Panel("bound", "less", asked["bound"])]
    panels.append(Panel("5,000 importance samples", "less", asked["importance_sampled_5000"]))
    return figure("How many nats does a digit take?", panels, rows, unlike="a hundred times as many passes")


def mode_coverage(results):
    """Draw which GAN finds how many modes; `results` of "mode_coverage"."""
    run = strongest(results)
    parts = [(which, part) for which in ("ring", "grid") for part in ("modes", "high_quality_percent")]

    def ends(numbers):
        return {**numbers, "low": min(numbers["by_seed"]), "high": max(numbers["by_seed"])}

    rows = [Row(one["model"], "published", tuple(one[a][b] for a, b in parts)) for one in results["published"]]
    kinds = {"ours": "ours", "real points": "bound"}
    rows += [
        Row(name, kinds.get(name, "baseline"), tuple(ends(run["value"][a][name][b]) for a, b in parts))
        for name in run["value"]["ring"]
    ]
    asked = run["target"]
    panels = [
        Panel(f"{which}: {'modes' if part == 'modes' else '% high quality'}", "more", most, worst=True)
        for which, part in parts
        for most in [asked[part][which] if part == "modes" else asked[part]]
    ]
    return figure("Does a GAN find every mode, in each of ten seeds?", panels, rows)


def sprites(results):
    """Draw how often the action is kept, and how far designs are from real clips; `results` of "sprites"."""
    rows = [Row(name, "published", (one[JUDGED[0]], None)) for name, one in results["published"].items()]
    prior, designer = "looks from the model's own prior", "looks from the fitted designer"
    shown = {name: run for name, run in runs(results, "chosen_on").items() if prior in run["content_resampled"]}
    for name, run in shown.items():
        told = "" if run["supervision"].startswith("none") else ", told who and what"
        distances = run["designs"]["frechet_distance"]
        for source, one in run["content_resampled"].items():
            more = ", a second network" if source == designer else ""
            share = distances[source] / distances["floor"] if source in distances else None
            kind = "apart" if told or more else "ours"
            rows.append(Row(f"{name.replace('_', ' ')}: {source}{told}{more}", kind, (one[JUDGED[0]], share)))
    for what in ("its action by a random training character", "first frame repeated"):
        share = distances[what] / distances["floor"]
        rows.append(Row(what, "baseline", (run["baselines"][what][JUDGED[0]], share)))
    rows.append(Row("real test clips", "bound", (run["judge_on_real"][JUDGED[0]], 1.0)))
    asked = results["target"]["full"]
    panels = [
        Panel("action kept, %", "more", asked[prior]),
        Panel("designs' Fréchet distance over its floor", "less", asked["frechet_distance_over_floor"], log=True),
    ]
    return figure("A new look: is it still the same action, and a likely person?", panels, rows, unlike="other judge")


def mnist_images(results):
    """Draw Fréchet distances of pictures, ours and published ones apart; `results` of "mnist_images"."""
    rows = [Row(one["model"], "published", (None, one["value"])) for one in results["published"]]
    run = strongest(results)
    found = {**run["value"], **run["baselines"]}
    floor = [name for name in found if "floor" in name or "reconstructions" in name]
    ours = rows_of(found, ("frechet_distance",), ours=run["value"], bound=floor)
    rows += [row._replace(values=(*row.values, None)) for row in ours]
    panels = [Panel("features of our classifier", "less", log=True), Panel("features of Inception", "less")]
    return figure("How far are drawn digits from real ones?", panels, rows, unlike="only the order compares")


def cmu_prediction(results):
    """Draw motion prediction on the actions whose training clips are here; `results` of "cmu_prediction"."""
    left_out = ("average", *results["actions_without_training_clips"])

    def mean(actions):
        return np.mean([row for name, row in actions.items() if name not in left_out], axis=0)

    places = (0, 2, 4)
    published = {name: mean(actions) for name, actions in results["published"].items()}
    rows = [Row(name, "published", tuple(numbers[i] for i in places)) for name, numbers in published.items()]
    for name, run in runs(results, "methods").items():
        for method, actions in run["methods"].items():
            kind = "baseline" if "LSTM" not in method else "ours" if method == "LSTM" else "apart"
            told = {"baseline": "", "ours": f"{name}: ", "apart": f"{name}, several answers averaged: "}[kind]
            rows.append(Row(f"{told}{method}", kind, tuple(mean(actions)[i] for i in places)))
    panels = [
        Panel(f"{results['milliseconds'][i]} ms: mm off", "less", float(f"{published['MSR-GCN'][i]:.3g}"))
        for i in places
    ]
    return figure("Where do the joints go next? (target: below MSR-GCN)", panels, list(dict.fromkeys(rows)))


def things(results):
    """Draw how far single bodies are from where they truly go; `results` of "props"."""
    (run,) = runs(results, "tested").values()
    seen = run["bodies"]["frames seen to 2 mm"]
    most = results["target"]["error at 1 s, at most times that of the fit"]
    fit = "least-squares fit of the true law"
    found = by_name(*({name: m["mean"] for name, m in seen[body]["metres"].items()} for body in BODIES))
    panels = [
        Panel(f"{body}: m off", "less", float(f"{most * seen[body]['metres'][fit]['mean']:.2g}"), log=True)
        for body in BODIES
    ]
    rows = rows_of(found, tuple(range(len(BODIES))), ours=("LSTM",))
    return figure(f"Where is a thing a second later? (target: {most:g} x the fit)", panels, rows)


def springs(results):
    """Draw five springs, beside published networks, as shares of standing still; `results` of "props"."""
    (run,) = runs(results, "tested").values()
    asked = results["target"]["five springs, below % of standing still at 10 and 20 steps"]
    rows = []
    for kind, found in (("published", results["published"]), ("baseline", run["springs"])):
        still = next(one for name, one in found.items() if name.startswith("sta"))
        for name, one in found.items():
            mine = "ours" if name == "interaction network" else kind
            rows.append(Row(name, mine, tuple(100 * one[step] / still[step] for step in ("10", "20"))))
    panels = [
        Panel(f"% of standing still, step {step}", "less", most, log=True)
        for step, most in zip(("10", "20"), asked, strict=True)
    ]
    return figure(
        "Five springs: how much of standing still's squared error is left?", panels, rows, unlike="runs of their own"
    )


def scenes_of_things(results):
    """Draw billiard, stack and chain a second ahead; `results` of "props"."""
    found = {name: run["distance"] for name, run in runs(results, "distance").items()}
    together = by_name(*({who: one["1 s"] for who, one in run.items()} for run in found.values()))
    exact = [name for name in together if name.startswith("the true engine")]
    rows = rows_of(together, tuple(range(len(found))), ours=("interaction network",), bound=exact)
    panels = [Panel(f"{name.removeprefix('full ')}: m off", "less", log=True) for name in found]
    return figure("Where are things that push each other, a second later?", panels, rows)


def forks(results):
    """Draw a ball on an edge: to which side does it fall?; `results` of "props"."""
    (run,) = runs(results, "tested").values()
    found = by_name(run["forks"]["true side, probability"], run["forks"]["energy score"])
    rows = rows_of(found, (0, 1), ours=("fifty futures", "the single path"), bound=("the true probability",))
    panels = [Panel("probability of the side it took", "more"), Panel("energy score after 2 s, m", "less")]
    return figure("A ball on an edge: does the network see to which side it falls?", panels, rows)


def in_betweening(results):
    """Draw which share of interpolation's error in places is left, by gap; `results` of "in_betweening"."""
    published = results["published_ratio_to_interpolation"]
    rows = [Row(name, "published", tuple(one["l2p"])) for name, one in published.items() if name != "interpolation"]
    told = {"demo": "styles", "full": "styles", "demo_contents": "styles and contents", "weights": "styles"}
    for name, run in runs(results, "methods").items():
        base = run["methods"]["interpolation"]["l2p"]
        for method, one in run["methods"].items():
            single = method in ("LSTM", "motion_in_between")
            kind = "ours" if single else "apart" if "mean of" in method else "baseline"
            if name in told and method != "interpolation" and (kind != "baseline" or name == "demo"):
                shares = one["share"]["l2p"] if "share" in one else np.divide(one["l2p"], base)
                who = f"{name.replace('_', ' ')}, unseen {told[name]}: {method}" if kind != "baseline" else method
                rows.append(Row(who, kind, tuple(shares)))
    theirs = published[LIKE_TG]["l2p"]
    panels = [Panel(f"{gap} frames", "less", their) for gap, their in zip(results["gaps"], theirs, strict=True)]
    title = f"In-betweening: which share of interpolation's L2P is left? (target: {LIKE_TG}'s)"
    return figure(title, panels, rows, unlike="LaFAN1")


def nats_per_character(results):
    """Draw nats per character of plays, and what they cost; `results` of "shakespeare_nats"."""
    rows = [Row(one["name"], "published", (one["value"], None)) for one in results["published"]]
    for name, run in runs(results, "by_seed").items():
        minutes = [one["seconds"]["CPU"] / 60 for one in run["by_seed"].values()]
        cost = {"mean": np.mean(minutes), "low": min(minutes), "high": max(minutes)}
        rows.append(Row(f"{name}: LSTM, {len(run['seeds'])} seeds", "ours", (run["value"], cost)))
        rows += [Row(what, "baseline", (nats, None)) for what, nats in run["baselines"].items()]
    asked = results["target"]
    panels = [
        Panel("nats a character", "less", asked["value"]),
        Panel("minutes of one core", "less", asked["seconds"] / 60, worst=True),
    ]
    return figure("How well is the next letter of a play foreseen?", panels, rows, unlike="best of many evaluations")


def tasks_of_memory(results):
    """Draw RNN, LSTM and GRU on tasks of memory; `results` of "rnn_vs_lstm"."""
    (run,) = runs(results, "value").values()
    cells = ("RNN", "LSTM", "GRU")
    rows = [Row(who, "published", tuple(one[who] for one in results["published"])) for who in cells]
    rows += [Row(who, "ours", tuple(one["value"][who]["score"] for one in run["value"].values())) for who in cells]
    for i, one in enumerate(run["value"].values()):
        for what, value in one["baselines"].items():
            rows.append(Row(what, "baseline", tuple(value if j == i else None for j in range(len(run["value"])))))
    panels = [
        Panel(f"{task}, {one['unit']}", "less" if one["unit"] == "MSE" else "more", log=one["unit"] == "MSE")
        for task, one in run["value"].items()
    ]
    lengths = " and ".join(one["task"].split(", ", 1)[1] for one in results["published"])
    return figure("Who remembers over many steps?", panels, rows, unlike=lengths)
