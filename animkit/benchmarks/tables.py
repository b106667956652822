"""The tables of notebook 08: what each protocol measured beside what others published, as HTML."""

import numpy as np

from animkit.benchmarks.results import cell, table

JUDGED = ("accuracy", "inception_score", "h_y_given_x", "h_y")
RESAMPLED = {
    "accuracy": "accuracy %",
    "inception_score": "IS",
    "h_y_given_x": "H(y|x)",
    "h_y": "H(y)",
    "content_preserved": "content %",
    "motion_as_asked": "as asked %",
}
SCENES = (
    "playable_graph", "playable_body", "whole_pipes", "kl_2x2", "kl_3x3", "copied", "novelty", "diversity",
    "drawn_for_one",
)  # fmt: skip


def runs(results, part):
    """Pick the runs out of a results file.

    Args:
        results: dict, as `animkit.benchmarks.results.read` gives it.
        part: what every run of this protocol has, such as "methods".

    Returns:
        dict: name of the run -> run.
    """
    return {name: run for name, run in results.items() if isinstance(run, dict) and part in run}


def provenance(results):
    """Say of every run on what its settings were chosen, and how often it was scored on the test split.

    Args:
        results: dict, as `animkit.benchmarks.results.read` gives it.

    Returns:
        Text, a line for each run.
    """
    return "\n".join(
        f"{name}: settings chosen on {run['chosen_on']}; scored on the test split {run['test_scorings']} x (counted)"
        for name, run in runs(results, "chosen_on").items()
    )


def nats_per_digit(results):
    """Lay out the VAE on MNIST: bound and likelihood beside published ones and the baseline.

    Args:
        results: of "mnist_nll".

    Returns:
        HTML.
    """
    rows = [[model["model"], model["value"], model["source"]] for model in results["published"]]
    for name, run in runs(results, "value").items():
        bound, sampled = (run["value"][part] for part in ("bound", "importance_sampled_5000"))
        seconds = np.max(run["seconds"]["training"]["wall"])
        passes = f"{run['protocol']['epochs']} passes in {seconds / 60:.0f} min by the clock, seeds {run['seeds']}"
        rows += [
            [f"{name}: bound", bound, f"{passes}, {bound['subset']}"],
            [f"{name}: 5,000 importance samples", sampled, sampled["subset"]],
            ["baseline: independent pixels", run["baselines"]["independent-pixel Bernoulli"], "counts of each pixel"],
        ]
        reached = {**{part: run["value"][part]["mean"] for part in run["value"]}, "seconds": seconds}
        for what, most in run["target"].items():
            wanted = f"target of {name}: {what.replace('_', ' ')} {most:g} or less"
            beside = f"{seconds:.0f}; {run['seconds']['note']}" if what == "seconds" else None
            rows.append([wanted, verdict(reached[what] <= most), beside])
    scored = {run["protocol"]["samples"] for run in runs(results, "value").values() if run["profile"] == "full"}
    for samples in (1, 5, 50):
        if samples not in scored:
            rows.append([f"full, k={samples}", None, "missing: not run yet"])
    return table(f"Nats per digit. {strongest(results)['machine']}", ["model", "nats", "source or protocol"], rows)


def nats_per_character(results):
    """Lay out the character LSTM on plays: published ones, ours, what counting has, and where the target is met.

    Args:
        results: of "shakespeare_nats".

    Returns:
        HTML.
    """
    rows = [[model["name"], model["value"], model["source"]] for model in results["published"]]
    for name, run in runs(results, "by_seed").items():
        rows += [[f"baseline: {what}", nats, "counted"] for what, nats in run["baselines"].items()]
        of_cpu, by_clock = ([one["seconds"][part] for one in run["by_seed"].values()] for part in ("CPU", "wall"))
        minutes, clock = (", ".join(f"{one / 60:.1f}" for one in seconds) for seconds in (of_cpu, by_clock))
        told = f"seeds {run['seeds']}, minutes of one core: {minutes}; by the clock, beside other work: {clock}"
        rows.append([f"{name}: LSTM", run["value"], told])
        wanted = results["target"]
        for what, met in (
            (f"{wanted['value']} nats or less", run["value"]["mean"] <= wanted["value"]),
            (f"in {wanted['seconds'] / 60:.0f} minutes of one core", max(of_cpu) <= wanted["seconds"]),
            (f"{wanted['seeds']} seeds", len(of_cpu) >= wanted["seeds"]),
        ):
            rows.append([f"target of {name}: {what}", verdict(met), f"{len(of_cpu)} of {wanted['seeds']} seeds"])
    if "full" not in results:
        rows.append(["full: two LSTMs of 512, 40 epochs", None, "not run: for a GPU; its target is nanoGPT's"])
    return table(results["what"], ["model", "nats", "source or protocol"], rows)


def tasks_of_memory(results):
    """Lay out RNN, LSTM and GRU on tasks of memory: published ones, ours, and what needs no memory.

    Args:
        results: of "rnn_vs_lstm".

    Returns:
        HTML.
    """
    cells = ("RNN", "LSTM", "GRU")
    rows = [
        [f"{row['task']}, {row['unit']}", *(row[who] for who in cells), f"published, {row['source']}"]
        for row in results["published"]
    ]
    for name, run in runs(results, "value").items():
        for task, found in run["value"].items():
            minutes = [found["value"][who]["CPU seconds"]["mean"] / 60 for who in cells]
            beside = ", ".join(f"{what} {cell(value)}" for what, value in found["baselines"].items())
            told = f"{len(run['seeds'])} seeds, {found['trained on']}, minutes of one core "
            told += f"{' / '.join(f'{one:.1f}' for one in minutes)}; no memory needed: {beside}"
            scores = [found["value"][who]["score"] for who in cells]
            rows.append([f"{name}: {task}, {found['unit']}", *scores, told])
    if "full" not in results:
        rows += [
            [f"full: {row['task']}, {row['unit']}", None, None, None, "not run: for a GPU"]
            for row in results["published"]
        ]
    return table(results["what"], ["task", *cells, "source or protocol"], rows)


def shipped(cards):
    """Lay out what the weights that ship reach, and what needs no network, metric by metric.

    Args:
        cards: as `animkit.weights.card` gives them.

    Returns:
        HTML.
    """
    rows = [
        [
            f"{one['name']}: {metric.replace('_', ' ')}",
            numbers["value"],
            ", ".join(_beside(name, value, numbers["value"]) for name, value in numbers.items() if name not in told),
            numbers["unit"],
        ]
        for told in [("value", "unit")]
        for one in cards
        for metric, numbers in one["metrics"].items()
    ]
    return table("Unseen data of the procedural twins", ["weights and metric", "value", "beside", "unit"], rows)


def _beside(name, number, reached):
    """What stands beside a card's number; a target is what is asked for at least."""
    shown = f"{name.replace('_', ' ')} {cell(number)}"
    return f"{verdict(reached >= number)}: {shown} or more" if name == "target" else shown


def verdict(met):
    """A target as the tables say it: "met" or "missed"."""
    return "met" if met else "missed"


def mode_coverage(results):
    """Lay out which GAN finds how many modes of the ring and of the grid.

    Args:
        results: of "mode_coverage".

    Returns:
        HTML.
    """
    parts = [(name, part) for name in ("ring", "grid") for part in ("modes", "high_quality_percent")]
    rows = [[row["model"], *(row[name][part] for name, part in parts), row["source"]] for row in results["published"]]
    for name, run in runs(results, "value").items():
        for method in run["value"]["ring"]:
            numbers = [run["value"][dataset][method][part] for dataset, part in parts]
            rows.append([f"{name}: {method}", *numbers, f"{len(run['seeds'])} seeds"])
    head = ["model", "ring: modes of 8", "% high quality", "grid: modes of 25", "% high quality", "source"]
    return table(f"Mode coverage. {strongest(results)['machine']}", head, rows)


def sprites(results):
    """Lay out the Sprites benchmark: real clips, published models, ours by where looks come from, targets, baselines.

    Args:
        results: of "sprites".

    Returns:
        HTML.
    """
    ours = runs(results, "judge_on_real")
    rows = []
    for name, run in ours.items():
        real = run["judge_on_real"]
        rows.append([f"{name}: real test clips", *_judged(real), real["content_preserved"], "the judge's own ceiling"])
    rows += [[name, *_judged(row), None, "published, looks from N(0, I)"] for name, row in results["published"].items()]
    for name, run in runs(results, "content_resampled").items():
        more = "" if run["supervision"].startswith("none") else ", told more"
        what = f"{run['size']} px, {run['test_sequences']:,} clips{more}"
        kept = run["motion_resampled"]["content_preserved"] if name in ours else None
        for source, row in run["content_resampled"].items():
            rows.append([f"{name}: {source}", *_judged(row), kept, what + _interval(row["accuracy"])])
    for source, bound in results["target"]["full"].items():
        for name, run in ours.items():
            if row := run["content_resampled"].get(source):
                met = "met" if row["accuracy"]["mean"] >= bound else "missed"
                rows.append([f"{name}: target, {source}", bound, None, None, None, None, met])
    for name, run in ours.items():
        for what, row in run["baselines"].items():
            beside = [*_judged(row), row["content_preserved"], f"{run['size']} px"]
            # what needs no network of the run's is the same in several runs
            if not any(other[1:] == beside for other in rows):
                rows.append([f"{name}: baseline, {what}", *beside])
    head = ["model", "action kept, %", "IS", "H(y|x)", "H(y)", "looks kept, %", "what"]
    caption = (
        "Sprites. Motion kept and look resampled; the last number: look kept and motion resampled. "
        "Own judge: not comparable with published IS and H(y|x). Intervals: 95 % of bootstraps. "
        "Validation: characters cut from training"
    )
    return table(caption, head, rows)


def _judged(row):
    return [row.get(name) for name in JUDGED]


def _interval(accuracy):
    if "interval_95" not in accuracy:
        return ""
    low, high = accuracy["interval_95"]
    return f", {cell(low)} to {cell(high)} over characters"


def sprites_designs(results):
    """Lay out how varied, how new and how far from real clips the designs of each Sprites run are.

    Args:
        results: of "sprites".

    Returns:
        HTML.
    """
    ours = runs(results, "judge_on_real")
    columns = list(dict.fromkeys(source for run in ours.values() for source in run["content_resampled"]))
    columns.append("redrawn test clips")
    rows = []
    for name, run in ours.items():
        for what, numbers in run["designs"].items():
            beside = ", ".join(f"{key} {cell(value)}" for key, value in numbers.items() if key not in columns)
            rows.append([f"{name}: {what.replace('_', ' ')}", *(numbers.get(column) for column in columns), beside])
        distances = run["designs"]["frechet_distance"]
        times = [distances[column] / distances["floor"] if column in distances else None for column in columns]
        bound = results["target"]["full"]["frechet_distance_over_floor"]
        best = min(time for time in times[:-1] if time)
        verdict = f"target {bound:g}: {'met' if best <= bound else 'missed'}"
        rows.append([f"{name}: frechet distance over its floor", *times, verdict])
    return table("Designs: how varied, how new, how far from real clips", ["what", *columns, "beside"], rows)


def resampled(found):
    """Pick what is shown of one animator out of what `animkit.benchmarks.sprites.measure` found.

    Args:
        found: dict.

    Returns:
        dict: row -> {measure: mean over seeds}; a row lacks what was not measured.
    """
    rows = {
        "real test sequences": found["judge_on_real"],
        **{f"content resampled, {source}": numbers for source, numbers in found["content_resampled"].items()},
        "motion resampled": found["motion_resampled"],
        **{f"baseline: {name}": numbers for name, numbers in found["baselines"].items()},
    }
    return {name: {part: _mean(row[part]) for part in RESAMPLED if part in row} for name, row in rows.items()}


def _mean(value):
    return value["mean"] if isinstance(value, dict) else value


def resampling(rows, caption):
    """Lay out what `resampled` picked.

    Args:
        rows: dict.
        caption: whose clips they are.

    Returns:
        HTML.
    """
    cells = [[name, *(row.get(part) for part in RESAMPLED)] for name, row in rows.items()]
    return table(caption, ["", *RESAMPLED.values()], cells)


def mnist_images(results):
    """Lay out the Frechet distances of GAN, VAE and baselines on MNIST.

    Args:
        results: of "mnist_images".

    Returns:
        HTML.
    """
    rows = []
    for name, run in runs(results, "value").items():
        rows += [[f"{name}: {model}", numbers["frechet_distance"]] for model, numbers in run["value"].items()]
        rows += [[f"beside: {what}", numbers["frechet_distance"]] for what, numbers in run["baselines"].items()]
    return table(f"{results['what']}. {strongest(results)['machine']}", ["pictures", "Fréchet distance"], rows)


def strongest(results):
    """Pick the strongest run of a results file: "full" where it has been run, else "demo"."""
    return results.get("full") or results["demo"]


def cmu_prediction(results):
    """Lay out motion prediction, the mean over six actions: published methods, then each run's.

    Args:
        results: of "cmu_prediction".

    Returns:
        HTML.
    """
    rows = [
        [name, *by_action["average"], np.mean(by_action["average"]), "published, one network"]
        for name, by_action in results["published"].items()
    ]
    for name, run in runs(results, "methods").items():
        for method, by_action in run["methods"].items():
            numbers = by_action["average"]
            if method == "LSTM" and len(run["seeds"]) > 1:
                numbers = _with_spread(numbers, run["spread_over_seeds"]["average"])
            rows.append([f"{name}: {method}", *numbers, np.mean(by_action["average"]), _answers(method, run["seeds"])])
    caption = f"Mean over six actions, {results['unit']}. {strongest(results)['machine']}"
    return table(caption, ["method", *_horizons(results), "mean", "what"], rows)


def _answers(method, seeds):
    """Who answers: one network like the published ones, or several asked and averaged, which is another contest."""
    if "LSTM" not in method:
        return "baseline"
    if method == "LSTM":
        return f"one network, mean of {len(seeds)} trainings" if len(seeds) > 1 else "one network"
    return "several answers averaged: no rival of single networks"


def cmu_prediction_like_for_like(results):
    """Lay out motion prediction on the actions whose training clips are here, and say where the target is met.

    Args:
        results: of "cmu_prediction".

    Returns:
        HTML.
    """
    missing = results["actions_without_training_clips"]
    ours = strongest(results)["methods"]

    def mean(by_action):
        return np.mean([row for name, row in by_action.items() if name not in ("average", *missing)], axis=0)

    methods = {**{name: results["published"][name] for name in ("Traj-GCN", "MSR-GCN")}, **ours}
    rows = [[name, *mean(by_action), np.mean(mean(by_action))] for name, by_action in methods.items()]
    ahead = np.append(mean(ours["LSTM"]), np.mean(mean(ours["LSTM"])))
    ahead = ahead < np.append(mean(methods["MSR-GCN"]), np.mean(mean(methods["MSR-GCN"])))
    rows.append(["target: LSTM ahead of MSR-GCN", *map(verdict, ahead)])
    caption = f"Mean over the five actions other than {', '.join(missing)}, whose training clips are missing here"
    return table(caption, ["method", *_horizons(results), "mean"], rows)


def cmu_prediction_settings(results):
    """Lay out what each setting of motion prediction is worth on recordings cut from training.

    Args:
        results: of "cmu_prediction".

    Returns:
        HTML.
    """
    found = results["validation"]
    rows = [
        [f"{setting}: {who}", *numbers, np.mean(numbers)]
        for setting, both in found["settings"].items()
        for who, numbers in both.items()
    ]
    windows = ", ".join(f"{action} {count}" for action, count in found["windows"].items())
    caption = f"Settings compared on the last training recording of each action ({windows} windows), one seed"
    return table(caption, ["setting", *_horizons(results), "mean"], rows)


def cmu_prediction_by_action(results, methods):
    """Lay out motion prediction action by action.

    Args:
        results: of "cmu_prediction".
        methods: name -> {action: error at each horizon}.

    Returns:
        HTML.
    """
    actions = next(reversed(methods.values()))
    rows = [[f"{action}: {name}", *of[action]] for action in actions for name, of in methods.items()]
    return table(f"By action, {results['unit']}", ["action and method", *_horizons(results)], rows)


def _with_spread(means, spreads):
    return [{"mean": mean, "sd": spread} for mean, spread in zip(means, spreads, strict=True)]


def _horizons(results):
    return [f"{milliseconds} ms" for milliseconds in results["milliseconds"]]


def in_betweening_ratios(results):
    """Lay out which share of interpolation's error each method of in-betweening leaves.

    Args:
        results: of "in_betweening".

    Returns:
        HTML.
    """
    rows = [
        [f"{name} (LaFAN1)", *ratios["l2q"], *ratios["l2p"], "published"]
        for name, ratios in results["published_ratio_to_interpolation"].items()
    ]
    for name, run in runs(results, "methods").items():
        for method in run["methods"]:
            shares = [_with_interval(share) for part in ("l2q", "l2p") for share in _shares(run, method, part)]
            rows.append([f"{name}: {method}", *shares, f"{run['test_windows']} windows of {run['test']}"])
    gaps = [f"{part} {gap}" for part in ("L2Q", "L2P") for gap in results["gaps"]]
    caption = "Error as a share of interpolation's, by frames of the gap; in brackets 95 % intervals, resampled by clip"
    return table(caption, ["method", *gaps, "what"], rows)


def in_betweening_target(results, rival="TG_complete (LSTM + GAN)"):
    """Say at which gaps our networks leave a smaller share of interpolation's error than a published one.

    Args:
        results: of "in_betweening".
        rival: one of the published methods.

    Returns:
        Text, a line for each run, method and measure, and for what has to be known of a run.
    """
    lines = []
    for name, run in runs(results, "methods").items():
        lines += [f"{name}: {run['note']}"] if "note" in run else []
        for method in (method for method in run["methods"] if method.startswith("LSTM")):
            for part in ("l2q", "l2p"):
                ours = [share["share"] for share in _shares(run, method, part)]
                theirs = results["published_ratio_to_interpolation"][rival][part]
                missed = [
                    f"{gap} frames ({our:.3f} against {their:.2f})"
                    for gap, our, their in zip(results["gaps"], ours, theirs, strict=True)
                    if their is not None and our >= their
                ]
                told = f"missed at {', '.join(missed)}" if missed else "met at every gap"
                lines.append(f"{name}: {method}, {part.upper()} share below {rival}'s: {told}")
    return "\n".join(lines)


def _shares(run, method, part):
    """By gap: `share`, `low` and `high` of interpolation's error; no interval in runs whose networks were not kept."""
    found, base = run["methods"][method], run["methods"]["interpolation"]
    if "share" in found:
        return found["share"][part]
    return [{"share": one / other, "low": None} for one, other in zip(found[part], base[part], strict=True)]


def _with_interval(share):
    told = cell(float(share["share"]))
    return told if share["low"] is None else f"{told} [{share['low']:.2f}, {share['high']:.2f}]"


def in_betweening_errors(results):
    """Lay out all measures of in-betweening, with their spread over seeds where there are several.

    Args:
        results: of "in_betweening".

    Returns:
        HTML.
    """
    rows = []
    for name, run in runs(results, "methods").items():
        for method, parts in run["methods"].items():
            for part in ("l2q", "l2p", "npss", "sliding", "joins"):
                numbers = parts[part]
                if method == "LSTM" and len(run["seeds"]) > 1:
                    numbers = _with_spread(numbers, run["spread_over_seeds"][part])
                rows.append([f"{name}: {method}, {part}", *numbers])
    return table(results["unit"].removeprefix("none: "), ["what", *(f"{gap} frames" for gap in results["gaps"])], rows)


def steering(grid):
    """Lay out how every command of a grid is obeyed.

    Args:
        grid: list of `animkit.studio.steering.Obedience`.

    Returns:
        HTML: a row for each speed, a column for each turn; what is not obeyed is marked.
    """
    speeds, turns = (sorted({cell[i] for cell in grid}) for i in (0, 1))
    told = {
        (cell.speed, cell.turn): f"{'✗ ' if cell.reason else ''}{cell.lag:.1f} s, {cell.speed_error:+.0f}, "
        f"{cell.heading_error:+.0f}°"
        for cell in grid
    }
    rows = [[f"{speed:g} cm/s", *(told[speed, turn] for turn in turns)] for speed in speeds]
    caption = (
        "Each command: lag, error of the speed in cm/s, error of the heading after three seconds; the worst of the "
        "changes that lead to it. ✗: not obeyed"
    )
    return table(caption, ["asked", *(f"{turn:g}°/s" for turn in turns)], rows)


def scenes(results):
    """Lay out levels by method: who finishes them, how like human ones and how new they are, and what they cost.

    Args:
        results: of "scenes".

    Returns:
        HTML.
    """
    rows = [[f"{one['model']} (published)", one["playable"]] + 9 * [None] for one in results["published"]]
    for name, run in runs(results, "levels").items():
        human = [len(run["referees"][who]) / run["referees"]["levels"] for who in ("graph", "body", "whole pipes")]
        rows.append([f"{name}: all human levels, from end to end", *human] + 7 * [None])
        for method, found in run["levels"].items():
            seconds = run["seconds_per_thousand"].get(method)
            cost = seconds and seconds["drawing"]["mean"] + seconds["judging"]["mean"]
            rows.append([f"{name}: {method}", *(found[part] for part in SCENES), cost])
    head = ["graph", "body", "whole pipes", "KL 2x2", "KL 3x3", "copied", "novelty", "diversity", "made for one"]
    caption = "Shares of levels that each referee finishes; KL in nats; seconds of one core for 1,000, made and judged"
    return table(caption, ["levels", *head, "s"], rows)


def scene_wishes(results):
    """Lay out how often a wish is met, by the first level that comes and by the best of those that are tried.

    Args:
        results: of "scenes".

    Returns:
        HTML.
    """
    found = {
        f"{name}: {method}": shares
        for name, run in runs(results, "control").items()
        for method, shares in run["control"].items()
    }
    rows = [[name, *shares.values()] for name, shares in found.items()]
    return table("Share of wishes met within 10 %, or a half", ["levels", *next(iter(found.values()))], rows)
