"""The tables of notebook 08 on texture: pixel art drawn at twice its size, and cleaned."""

from animkit.benchmarks.results import cell, table
from animkit.benchmarks.tables import runs, verdict


def doubling(results):
    """Lay out how many pixels come back exactly, of characters, garments and sheets that were held out.

    Args:
        results: of "upscaling".

    Returns:
        HTML.
    """
    rows = [
        [f"published: {name}", one["exact_percent"], None, None, None, one["psnr"], None, None]
        for name, one in results["published"].items()
    ]
    for run_name, run in runs(results, "value").items():
        for held_out, ways in run["value"].items():
            where = f"{run_name}, {held_out}"
            for name, found in ways.items():
                low, high = found["interval_95"] or (None, None)
                within = None if low is None else f"{cell(low)} to {cell(high)}"
                shares = found["exact_of_the_unknown_percent"], found["exact_of_either_figure_percent"]
                more = found["psnr"], found["left_palette_percent"], found["ms"]
                rows.append([f"{where}: {name}", found["exact_percent"], within, *shares, *more])
            for what, percent in run["ceiling"][held_out].items():
                rows.append([f"{where}: whose colour is {what}", percent, *[None] * 6])
    head = ["who drew the pixels", "exact inside the figure, %", "95 % interval over characters"]
    head += ["of the three pixels not given, %", "inside it or what was drawn as one, %", "PSNR, dB"]
    head += ["in colours of no pixel given, %", "ms a picture, by the clock beside other work"]
    return table("Every second pixel of pixel art, and the whole drawn from it", head, rows)


def targets(results):
    """Lay out which targets the network meets that has learned from the same artists' characters.

    Args:
        results: of "upscaling".

    Returns:
        HTML.
    """
    rows, wanted = [], results["target"]
    for run_name, run in runs(results, "value").items():
        for held_out, ways in run["value"].items():
            least = wanted["exact_characters" if held_out == "held-out characters" else "exact_garments"]
            network, soft = ways[run["measured"]], ways["bicubic"]
            over = network["psnr"] - soft["psnr"]
            for what, value, met in (
                (f"exact {least:g} % or more", network["exact_percent"], network["exact_percent"] >= least),
                (f"PSNR {wanted['psnr_over_bicubic']:g} dB over bicubic", over, over >= wanted["psnr_over_bicubic"]),
                (
                    "never leaves the palette, %",
                    network["left_palette_percent"],
                    network["left_palette_percent"] <= wanted["left_palette"],
                ),
            ):
                rows.append([f"{run_name}, {held_out}: {what}", value, verdict(met)])
    return table("Targets of the network that learned from these artists' characters", ["target", "value", ""], rows)


def garments(results):
    """Lay out the pixels of each sheet that the benchmark leaves out, by who drew them.

    Args:
        results: of "upscaling".

    Returns:
        HTML.
    """
    rows, ways = [], []
    for run_name, run in runs(results, "value").items():
        found = {
            way: one["by_garment"] for held in run["value"].values() for way, one in held.items() if "by_garment" in one
        }
        ways = list(found) or ways
        sheets = next(iter(found.values()), {})
        rows += [[f"{run_name}: {sheet}", *(one[sheet] for one in found.values())] for sheet in sheets]
    return table("Pixels of sheets that no character of the benchmark wears, exact %", ["sheet", *ways], rows)


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
