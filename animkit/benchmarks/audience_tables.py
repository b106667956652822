"""The tables of notebook 08 on the audience: are moods read off motions, emotions out of words, and how fast?"""

import operator

from animkit.benchmarks.results import cell, table
from animkit.benchmarks.tables import runs, strongest, verdict

PARTS = ("macro_f1_28", "macro_f1_ekman")
WAITED, SHOWN = "input to changed frame, ms, median", "pictures a second"


def emotions(results):
    """Lay out macro-F1 of the reader, of linear models and of what others published, and the targets.

    Args:
        results: of "goemotions".

    Returns:
        HTML.
    """
    rows = [
        [f"published: {name}", *(f1[part] for part in PARTS), None, None] for name, f1 in results["published"].items()
    ]
    target = results["target"]
    for name, run in runs(results, "error_rates").items():
        for who, found in {**run["floors"], "reader": run}.items():
            chosen = [_between(found[part]["chosen_on_dev"], found[part]["interval_95"]) for part in PARTS]
            rows.append([f"{name}, {run['source']}: {who}", *chosen, *(found[part]["at_half"] for part in PARTS)])
        for floor, ahead in run["ahead_of_floors"].items():
            shown = [_between(ahead[part]["mean"], ahead[part]["interval_95"]) for part in PARTS]
            rows.append([f"{name}: reader ahead of {floor}", *shown, None, None])
        reached = [run[part]["chosen_on_dev"] for part in PARTS]
        told = [f"{verdict(f1 >= target[part])}: {f1:.3f}" for f1, part in zip(reached, PARTS, strict=True)]
        rows.append([f"{name}: target, {target[PARTS[0]]:g} and {target[PARTS[1]]:g} or more", *told, None, None])
        six = [rates["f1"] for part, rates in run["error_rates"].items() if part.startswith("group ")]
        if len(six) > 1:
            neutral = run["error_rates"]["group neutral"]["f1"]
            without = (sum(six) - neutral) / (len(six) - 1)
            rows.append([f"{name}, {run['source']}: reader, six groups without neutral", None, without, None, None])
        above = [verdict(all(ahead[part]["mean"] > 0 for ahead in run["ahead_of_floors"].values())) for part in PARTS]
        rows.append([f"{name}: target, above the linear models", *above, None, None])
    head = ["who reads", "28 labels", "7 groups", "28 labels, all from .5", "7 groups, all from .5"]
    return table("Macro-F1 on GoEmotions' test split, thresholds chosen on dev, with 95 % over texts", head, rows)


def light_and_fast(results):
    """Lay out how large the reader's file is, and how long a sentence takes.

    Args:
        results: of "goemotions".

    Returns:
        HTML.
    """
    rows, target = [], results["target"]
    for name, run in runs(results, "error_rates").items():
        for way, found in run["milliseconds_per_sentence"].items():
            rows.append([f"{name}: ms a sentence, {way}", found["clock"], found["CPU"], None])
        most = target["milliseconds_per_sentence"]
        alone = run["milliseconds_per_sentence"]["alone"]["clock"]
        rows.append([f"{name}: target, {most:g} ms or less, alone by the clock", None, None, verdict(alone <= most)])
        if run["bytes"]:
            rows.append([f"{name}: {run['bytes']:,} bytes", None, None, verdict(run["bytes"] <= target["bytes"])])
    return table("The reader's file, and its time", ["what", "by the clock", "of the CPU", "target"], rows)


def errors(results):
    """Lay out, label by label, how many of a hundred are missed and how many of those said are wrong.

    Args:
        results: of "goemotions".

    Returns:
        HTML, of the strongest run, the rarest label first.
    """
    rates = strongest(results)["error_rates"]
    rows = [
        [name, found["support"], found["threshold"], 100 - 100 * found["recall"], wrong(found), found["f1"]]
        for name, found in sorted(rates.items(), key=lambda one: one[1]["support"])
    ]
    head = ["label or group", "texts that have it", "said from", "missed, %", "wrong of those said, %", "F1"]
    return table("Errors by label on the test split", head, rows)


def wrong(found):
    """Percent of what is said that is wrong; None where it is never said."""
    return None if found["precision"] is None else 100 - 100 * found["precision"]


def _between(number, interval):
    return f"{number:.3f} [{interval[0]:.3f}, {interval[1]:.3f}]"


def moods(results):
    """Lay out how often a judge names a mood rightly, beside chance, still frames and what needs no network.

    Args:
        results: of "mood_reading".

    Returns:
        HTML.
    """
    rows = []
    for name, run in runs(results, "value").items():
        low, high = run["interval_95"]
        ships = run["value"]["by_seed"][0]
        who = f"{name}: strong moods, other characters"
        rows.append([f"{who}, the judge that ships", ships, f"{low:.0f} to {high:.0f}"])
        rows.append([f"{who}, trainings with seeds {', '.join(map(str, run['seeds']))}", run["value"], None])
        rows += [
            [f"{name}: {part}", run[key], None]
            for part, key in (("moderate moods", "moderate"), ("no mood", "no mood"))
        ]
        for actions, right in run["trained on other actions"].items():
            rows.append([f"{name}: trained without the actions asked for: {actions}", right, None])
        rows += [[f"{name}, baseline: {what}", right, None] for what, right in run["baselines"].items()]
        (least,) = (number for number in results["target"].values() if not isinstance(number, bool))
        reached = f"{verdict(run['value']['mean'] >= least)}: {cell(run['value'])}"
        rows.append([f"{name}: target, {least:g} % or more", reached, None])
    head = ["what the judge sees", "moods named rightly, %", "95 % over characters"]
    return table("Five moods, read off two seconds of a silhouette", head, rows)


def skeleton_moods(results):
    """Lay out how often judges of joints name a mood rightly, beside chance and what needs no network.

    Args:
        results: of "mood_reading".

    Returns:
        HTML.
    """
    rows = []
    (least,) = (number for number in results["target"].values() if not isinstance(number, bool))
    for name, run in runs(results, "of skeletons").items():
        low, high = run["interval_95"]
        moods, count, chance = run["of skeletons"], run["performances"]["none"], run["baselines"]["chance"]
        away = (run["no mood"]["mean"] - chance) / (chance * (100 - chance) / count) ** 0.5
        told = {
            "strong moods, other performances, the first training": (moods["by_seed"][0], f"{low:.0f} to {high:.0f}"),
            f"trainings with seeds {', '.join(map(str, run['seeds']))}": (moods, None),
            f"no mood, {count} performances": (run["no mood"], f"{away:+.1f} standard deviations from chance"),
            "trained without the action asked for, one seed": (run["trained on other actions"], None),
        }
        told |= {f"baseline: {what}": (right, None) for what, right in run["baselines"].items()}
        told[f"target of silhouettes, {least:g} % or more"] = (
            f"{verdict(moods['mean'] >= least)}: {cell(moods)}",
            None,
        )
        rows += [[f"{name}: {what}", *row] for what, row in told.items()]
    head = ["what the judge sees", "moods named rightly, %", "95 % over performances"]
    return table("Five moods, read off two seconds of one skeleton", head, rows)


def confusion(results):
    """Lay out which mood the judge takes for which.

    Args:
        results: of "mood_reading".

    Returns:
        HTML.
    """
    rows, head = [], []
    for name, run in runs(results, "value").items():
        names = run["confusion"]["moods"]
        head = ["the mood it was", *(f"named {mood}" for mood in names)]
        rows += [[f"{name}: {mood}", *row] for mood, row in zip(names, run["confusion"]["percent"], strict=True)]
    return table("What the judge names, % of each mood", head, rows)


def actions(results):
    """Lay out in which actions a mood is read.

    Args:
        results: of "mood_reading".

    Returns:
        HTML.
    """
    rows = [
        [f"{name}: {action}", right]
        for name, run in runs(results, "value").items()
        for action, right in run["by_action"].items()
    ]
    return table("Moods named rightly by what is done", ["what is done", "%"], rows)


def stage(results):
    """Lay out how quickly the stage answers in a browser, and whether anything grows.

    Args:
        results: of "stage".

    Returns:
        HTML.
    """
    shown = []
    for name, run in runs(results, "flood").items():
        parts = {when: part for when, part in run.items() if isinstance(part, dict) and "pictures a second" in part}
        rows = [[what, *(part[what] for part in parts.values())] for what in next(iter(parts.values()))]
        for what, fits in ((WAITED, operator.le), (SHOWN, operator.ge)):
            aim = results["targets"][what]
            met = [verdict(fits(part[what], aim)) for part in parts.values()]
            rows.append([f"target: {what}, {aim:g} or {'less' if what == WAITED else 'more'}", *met])
        long = f"target: {results['targets']['minutes']:g} minutes without growth; measured for {run['minutes']:g}"
        rows.append([f"{long}; MB more than in the first column", *[_grown(part, parts) for part in parts.values()]])
        flood = run["flood"]
        caption = f"{name}: {results['what']}; {run['messages']} messages, then {flood['messages']} more within "
        caption += f"{flood['seconds to send']:.0f} s; reader: {run['reader']}; {run['machine']}"
        shown.append(table(caption, ["what", *parts], rows))
    return "".join(shown)


def _grown(part, parts):
    first = next(iter(parts.values()))
    kinds = {"heap": "browser's heap, MB", "kernel": "kernel's memory, MB"}
    return ", ".join(f"{what} {part[key] - first[key]:+.1f}" for what, key in kinds.items())
