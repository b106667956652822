"""The tables of notebook 08 on light: angles to true normals, relit pictures, shadows and flicker, real sprites."""

from animkit.benchmarks.results import table
from animkit.benchmarks.tables import runs, verdict

REAL = {
    "to_balloons": "to each layer as a balloon, which is made up",
    "flicker": "turn from frame to frame of a walk",
    "mirrored": "mirrored picture against mirrored normals",
}


def told(number, digits=1):
    """A number with its interval."""
    low, high = number["interval_95"]
    return f"{number['value']:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]"


def normals(results):
    """Lay out angles to the true normals, the network beside what knows no more than outline and brightness.

    Args:
        results: of "relighting".

    Returns:
        HTML.
    """
    rows, target, main, sprites = [], results["target"], results["main"], results["sprite_like"]
    for name, run in runs(results, "value").items():
        for size, sets in run["value"]["normals"].items():
            whole = size == next(iter(run["value"]["normals"]))  # the smaller size shows less of what it measured
            for which in sets if whole else (main, sprites):
                for way, found in sets[which].items():
                    within = [told(share, 0) for share in found["within"].values()]
                    rows.append([f"{name}, {size} px, {which}: {way}", told(found["mean"]), found["median"], *within])
            network = sets[main]["network"]
            mean, within = network["mean"]["value"], network["within"]["22.5"]["value"]
            least, over = target["percent_within_22.5"], sets[sprites]["network"]["over_emboss"]
            met = f"{verdict(within >= least)}: {within:.0f}"
            most = target["mean_degrees"]
            rows.append(
                [
                    f"{name}, {size} px: target on {main}, at most {most:g} degrees, {least:g} % within 22.5",
                    *[f"{verdict(mean <= most)}: {mean:.1f}", None, None, met, None],
                ]
            )
            most = target["degrees_over_emboss"]
            shown = f"{verdict(over['value'] <= most)}: {told(over, 2)}"
            rows.append([f"{name}, {size} px: target on {sprites}, at most {most:g} x emboss", shown, *[None] * 4])
            for which in (main, sprites):
                shown = told(sets[which]["network"]["over_balloon"], 2)
                rows.append([f"{name}, {size} px, {which}: network over balloon, a ratio", shown, *[None] * 4])
    head = ["figures, and who guesses", "mean angle", "median", "% within 11.25", "% within 22.5", "% within 30"]
    return table("Degrees between guessed and true normals, with 95 % intervals over figures", head, rows)


def classes(results):
    """Lay out angles class by class, of the classes and the light held out.

    Args:
        results: of "relighting".

    Returns:
        HTML.
    """
    rows, ways, sprites = [], ("emboss", "balloon", "network"), results["sprite_like"]
    for name, run in runs(results, "value").items():
        for size, sets in run["value"]["normals"].items():
            by_class = [sets[results["main"]][way]["by_class"] for way in ways]
            for kind in by_class[0]:
                walks = ", sprite-like" if kind in sets[sprites]["network"]["by_class"] else ""
                rows.append([f"{name}, {size} px: {kind}{walks}", *(found[kind] for found in by_class)])
    return table(f"Degrees by class, {results['main']}", ["class", *ways], rows)


def relit(results):
    """Lay out how near relit pictures come to the true surface and colours under the same light.

    Args:
        results: of "relighting".

    Returns:
        HTML.
    """
    rows, least, main = [], results["target"]["decibels_over_emboss"], results["main"]
    for name, run in runs(results, "value").items():
        for size, sets in run["value"]["relit"].items():
            whole = size == next(iter(run["value"]["relit"]))
            for which in sets if whole else (main,):
                rows += [
                    [f"{name}, {size} px, {which}: {way}", told(found["decibels"]), told(found["inside"])]
                    for way, found in sets[which].items()
                ]
            network = sets[main]["network, network's colours"]
            over = network["over_emboss"]
            shown = f"{verdict(over['value'] >= least)}: {told(over)} more"
            rows.append([f"{name}, {size} px: target on {main}, {least:g} dB more than emboss, picture", shown, None])
            for part in ("colours", "normals"):
                rows.append([f"{name}, {size} px, {main}: of these, by {part}", told(network[f"by_{part}"]), None])
    head = ["figures: whose normals, with which colours", "PSNR, dB", "without the outline's pixels, dB"]
    return table(
        "Pictures under new light; those in the picture's own colours are scaled to the best brightness", head, rows
    )


def shadows_and_flicker(results):
    """Lay out overlaps of shadows, and how much normals turn over a walk, on classes and light held out.

    Args:
        results: of "relighting".

    Returns:
        HTML.
    """
    rows, target = [], results["target"]
    for name, run in runs(results, "value").items():
        for size, shadows in run["value"]["shadows"].items():
            flicker = run["value"]["flicker"][size]
            for way in dict.fromkeys((*shadows, *flicker)):
                overlap = [told(shadows[way][part], 2) if way in shadows else None for part in ("ground", "own")]
                turned = flicker.get(way, {})
                over = told(turned["over_truth"], 2) if "over_truth" in turned else None
                rows.append([f"{name}, {size} px: {way}", *overlap, over, turned.get("degrees")])
            overlap, over = shadows["network"]["ground"]["value"], flicker["network"]["over_truth"]["value"]
            least, most = target["shadow_iou"], target["flicker_over_truth"]
            met = [f"{verdict(overlap >= least)}: {overlap:.2f}", None, f"{verdict(over <= most)}: {over:.2f}", None]
            rows.append([f"{name}, {size} px: target, overlap {least:g} on the ground, {most:g} x the flicker", *met])
    head = [
        "who guesses",
        "shadow on the ground, overlap",
        "on itself, overlap",
        "flicker over the truth's",
        "degrees a frame",
    ]
    return table(f"Shadows and flicker, {results['main']}", head, rows)


def apart(results):
    """Lay out what many answers to one picture are worth, and what real sprites, whose surface nobody knows, show.

    Args:
        results: of "relighting".

    Returns:
        HTML.
    """
    rows = []
    for name, run in runs(results, "answers").items():
        count, single = (run["answers"][part] for part in ("answers", "single"))
        rows += [
            [f"{name}, {results['main']}: the single answer of {who}, which is its energy score", told(degrees)]
            for who, degrees in single.items()
        ]
        rows += [
            [f"{name}, {count} by {who}, {results['main']}: {what}", told(degrees)]
            for who, found in run["answers"].items()
            if who not in ("answers", "single")
            for what, degrees in found.items()
        ]
    for name, run in runs(results, "value").items():
        value = run["value"]
        for way, found in value.get("real", {}).items():
            rows += [[f"{name}, real sprites, {way}: {REAL[what]}", told(degrees)] for what, degrees in found.items()]
    return table("Many answers, and real sprites to look at only", ["what", "degrees"], rows)
