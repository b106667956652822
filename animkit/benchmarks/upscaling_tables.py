"""The tables of notebook 08 on texture: pixel art drawn at twice its size, and cleaned."""

from animkit.benchmarks.results import cell, table
from animkit.benchmarks.tables import runs, verdict
from animkit.data.sprites import UNWORN


def doubling(results):
    """Lay out how many pixels come back exactly, of characters, garments and sheets that were held out.

    Beside the networks stands what looking up gave, where that was measured.

    Args:
        results: of "upscaling".

    Returns:
        HTML.
    """
    rows = [
        [f"earlier, 60 frames: {name}", one["exact_percent"], None, None, None, one["psnr"], None, None]
        for name, one in results["published"].items()
    ]
    for run_name, run in runs(results, "value").items():
        for held_out, ways in run["value"].items():
            where = f"{run_name}, {held_out}"
            for name, found in {**ways, **looked_up(results, run_name, held_out)}.items():
                low, high = found["interval_95"] or (None, None)
                within = None if low is None else f"{cell(low)} to {cell(high)}"
                shares = found["exact_of_the_unknown_percent"], found["exact_of_either_figure_percent"]
                more = found["psnr"], found["left_palette_percent"], found["ms"]
                rows.append([f"{where}: {name}", found["exact_percent"], within, *shares, *more])
            for what, percent in run["ceiling"][held_out].items():
                rows.append([f"{where}: whose colour is {what}", percent, *[None] * 6])
    head = ["who drew the pixels", "exact inside the figure, %", "95 % interval over characters"]
    head += [
        "of the three pixels not given, %",
        "inside it or what was drawn as one, %",
        "PSNR, dB (none where a picture is exact)",
    ]
    head += ["in colours of no pixel given, %", "ms a picture, by the clock beside other work"]
    return table("Every second pixel of pixel art, and the whole drawn from it", head, rows)


def looked_up(results, run_name, held_out):
    """What looking up in the training characters gave on a set, by way; nothing where that was not measured."""
    return results.get(f"{run_name}_lookup", {}).get("lookup", {}).get(held_out, {})


def targets(results):
    """Lay out which targets the network meets that has learned from the same artists' characters, and what copies do.

    Args:
        results: of "upscaling".

    Returns:
        HTML.
    """
    rows, wanted = [], results["target"]
    for run_name, run in runs(results, "value").items():
        for held_out, ways in run["value"].items():
            least = wanted["exact_characters" if held_out == "held-out characters" else "exact_garments"]
            scored = run["test_scorings"] + run["protocol"]["sets"][held_out]["earlier_test_scorings"]
            copies = looked_up(results, run_name, held_out).values()
            copied = max(copies, key=lambda one: one["exact_percent"], default={})
            network, over = ways[run["measured"]], wanted["psnr_over_bicubic"]
            for what, measured, target, beyond in (
                (f"exact {least:g} % or more", "exact_percent", least, 0),
                (f"PSNR {over:g} dB over bicubic", "psnr", over, ways["bicubic"]["psnr"]),
                ("never leaves the palette, %", "left_palette_percent", wanted["left_palette"], 0),
            ):
                value = network[measured] - beyond
                met = value <= target if measured == "left_palette_percent" else value >= target
                beside = None if copied.get(measured) is None else copied[measured] - beyond
                rows.append([f"{run_name}, {held_out}: {what}", value, verdict(met), beside, scored])
    head = [
        "target",
        "network",
        "",
        "the best by looking up",
        "times the set was scored, trials included",
    ]
    return table("Targets of the network that learned from these artists' characters", head, rows)


def garments(results):
    """Lay out the pixels of each sheet that the benchmark leaves out, by who drew them.

    Args:
        results: of "upscaling".

    Returns:
        HTML.
    """
    rows = []
    for run_name, run in runs(results, "value").items():
        for held_out, ways in run["value"].items():
            for name, found in {**ways, **looked_up(results, run_name, held_out)}.items():
                if "by_garment" in found:
                    rows.append([f"{run_name}: {name}", *(found["by_garment"][sheet] for sheet in UNWORN)])
    return table("Pixels of sheets that no character of the benchmark wears, exact %", ["who drew them", *UNWORN], rows)


def cleaning(results):
    """Lay out noise before and after it was cleaned.

    Args:
        results: of "upscaling".

    Returns:
        HTML.
    """
    rows = [
        [f"{run_name}: {noise}, {way}", found["exact_percent"], found["spoilt_percent"]]
        for run_name, run in runs(results, "cleaning").items()
        for noise, ways in run["cleaning"].items()
        for way, found in ways.items()
    ]
    head = ["noise and way", "exact inside the figure or what was drawn as one, %", "of the right pixels made wrong, %"]
    return table("Held-out characters spoilt within their palette, and cleaned", head, rows)
