"""The tables of notebook 08 on effects: do loops close, do they look like drawn ones, are they new, do blends blend?"""

from animkit.benchmarks.results import cell, table
from animkit.benchmarks.tables import runs, verdict


def likeness(results):
    """Lay out Frechet distances and how often the judge names the kind asked for, the network beside what is drawn.

    Args:
        results: of "effects".

    Returns:
        HTML.
    """
    rows = []
    for name, run in runs(results, "value").items():
        value, most = run["value"], results["target"]["frechet_over_floor"]
        for who, distance in value["frechet"].items():
            moved, read = value["motion_frechet"][who], value["read_as_asked_percent"][who]
            rows.append([f"{name}: {who}", distance, moved, read])
        ratio = value["frechet_over_floor"]
        reached = f"{verdict(ratio['mean'] <= most)}: {cell(ratio)} x"
        rows.append([f"{name}: target, network at most {most:g} x the floor", reached, None, None])
        wind = value["strong_wind"]
        for who, distance in wind["frechet"].items():
            read = wind["read_as_asked_percent"] if who == "network" else None
            rows.append([f"{name}, wind stronger than learned: {who}", distance, None, read])
    head = [
        "who made the loops",
        "Fréchet distance to drawn ones",
        "the same of motion",
        "read as the kind asked for, %",
    ]
    return table("Loops of 16 frames before a judge that has learned from other drawn ones", head, rows)


def seams(results):
    """Lay out how the step from last to first frame compares with the median step between neighbours.

    Args:
        results: of "effects".

    Returns:
        HTML.
    """
    rows = []
    for name, run in runs(results, "value").items():
        for who, found in run["value"]["seam"].items():
            of = found["lengths"]
            counts = f"{found['met']} of {of}", f"{found['interval_reaches_target']} of {of}"
            (low, high), mean = found["rank"]["interval_95"], found["rank"]["mean"]
            rank = f"{mean:.3f} [{low:.3f}, {high:.3f}]", f"{found['lengths_of_rank_one_half']} of {of}"
            rows.append([f"{name}: {who}", found["ratio"], found["worst"], *counts, *rank])
        network = run["value"]["seam"]["network"]
        told = verdict(network["met"] == network["lengths"])
        rows.append([f"{name}: target, at most 1 at every length", None, None, told, None, None, None])
    head = ["whose loops", "seam over median step, mean over lengths", "at the worst length"]
    head += ["lengths at most 1", "lengths whose 95 % interval reaches 1"]
    head += ["the seam's rank among the loop's steps, 0 to 1", "lengths whose rank's 95 % interval holds one half"]
    return table("The seam of loops of 8 to 32 frames", head, rows)


def blends(results):
    """Lay out what the judge reads of even blends over all pairs of kinds.

    Args:
        results: of "effects".

    Returns:
        HTML.
    """
    rows = []
    low, high = results["target"]["blend_percent"]
    for name, run in runs(results, "value").items():
        for who, found in run["value"]["blends"].items():
            off = f"{found['off']:.1f} [{found['interval_95'][0]:.1f}, {found['interval_95'][1]:.1f}]"
            pairs = f"{found['pairs_met']} of {found['of']}"
            rows.append([f"{name}: {who}", pairs, found["loops_met_percent"], off, found["third_kind_percent"]])
        network = run["value"]["blends"]["network"]
        told = verdict(network["pairs_met"] == network["of"])
        rows.append([f"{name}: target, all pairs from {low} to {high} %", told, None, None, None])
    head = ["who blended", f"pairs read on average as {low} to {high} % each", "loops read so, %"]
    head += ["one share off 50 %, points", "read as a third kind, %"]
    return table("Even blends of two kinds, as the judge reads them", head, rows)


def kinds(results):
    """Lay out, kind by kind, how often the network's loops are read as asked, and how much moves in them.

    Args:
        results: of "effects".

    Returns:
        HTML.
    """
    rows = [
        [f"{name}: {kind}", found["read_as_asked_percent"], found["change_over_drawn"]]
        for name, run in runs(results, "value").items()
        for kind, found in run["value"]["by_kind"].items()
    ]
    head = ["kind", "read as asked, %", "change from frame to frame, over that of drawn loops"]
    return table("The network's loops by kind", head, rows)


def one_shots_and_64(results):
    """Lay out how like drawn ones one-shots are, and effects at 64 pixels.

    Args:
        results: of "effects".

    Returns:
        HTML.
    """
    rows = []
    for name, run in runs(results, "value").items():
        once, twice = run["value"]["one_shots"], run["value"]["twice_the_size"]
        for who, distance in once["frechet"].items():
            read, ink = once["read_as_asked_percent"][who], once["ink_beside_the_ends_percent"][who]
            rows.append([f"{name}, one-shots: {who}", distance, None, read, ink])
        for who, distance in twice["frechet"].items():
            rows.append([f"{name}, 64 pixels: {who}", distance, twice["motion_frechet"][who], None, None])
    head = ["who made them", "Fréchet distance to drawn ones", "the same of motion", "read as the kind asked for, %"]
    head += ["ink in the second and last but one frame, % of the fullest"]
    return table("Seen once, and at 64 pixels", head, rows)


def new_and_fast(results):
    """Lay out how far the nearest training loop is, what becomes of a solver's smoke, and how long loops take.

    Args:
        results: of "effects".

    Returns:
        HTML.
    """
    rows = []
    for name, run in runs(results, "value").items():
        value = run["value"]
        for who, found in value["new"].items():
            if isinstance(found, dict):
                low, high = found["interval_95"]
                told = f"{found['median_percent']:.1f} [{low:.1f}, {high:.1f}]"
                of = value["new"]["training_loops_of_a_kind"]
                rows.append([f"{name}: {who}, to the nearest of {of} training loops: pixels that differ, %", told])
        for who, found in value.get("solver_smoke", {}).items():
            nats = f", {found['nats_per_pixel']:.3f} nats a pixel when encoded" if "nats_per_pixel" in found else ""
            place = found.get("nats_per_pixel_by_place_alone")
            nats += f" ({place:.3f} by place alone)" if place else ""
            told = f"{found['read_as_smoke_percent']:.0f} % read as smoke{nats}"
            rows.append([f"{name}: smoke, {who}, {found['clips']} clips", told])
        seconds, most = value["seconds_per_hundred"], results["target"]["seconds_per_hundred"]
        least, middle = seconds["least"], seconds["median"]
        told = f"{verdict(least <= most)}: {least:.2f} s, the middle of five {middle:.2f}; {seconds['machine']}; "
        told += f"of the CPU {seconds['least CPU']:.2f} s"
        rows.append([f"{name}: target, 100 loops in {most:g} s", told])
    return table("New, strange and fast", ["what", "measured"], rows)


def trainings(results):
    """Lay out by how much short trainings differ, and what one makes of a kind that it was trained without.

    Args:
        results: of "effects".

    Returns:
        HTML, two tables.
    """
    spread, rows = [], []
    for name, run in runs(results, "withheld").items():
        short = f"{len(run['seeds'])} trainings of {run['epochs']} epochs"
        spread += [[f"{name}, {short}: {what}", one, run["shipped"][what]] for what, one in run["trained"].items()]
        found = run["withheld"]
        again = {who: list(told.values()) for who, told in found["drawn again"].items()}
        for who, value in found["nats a frame"].items():
            rows.append([f"{name}: {found['kind']}, {who}", value, *again.pop(who, [None, None])])
        rows += [[f"{name}: {found['kind']}, {who}", None, *told] for who, told in again.items()]
        for who, value in found["other kinds, nats a frame"].items():
            rows.append([f"{name}: the other kinds, {who}", value, None, None])
    head = ["validation", "mean and sd over seeds of training", "the one that ships"]
    spread = table("How much trainings differ", head, spread)
    head = ["what is shown, who tells it", "nats a frame, an upper bound", "drawn again: pixels that differ, %"]
    return spread + table("A kind held out", [*head, "drawn again: read as the kind, %"], rows)
