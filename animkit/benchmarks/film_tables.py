"""The tables of notebook 08 on films: how they are read back from their pixels, and rendered."""

from animkit.benchmarks.film_reads_back import EVERY
from animkit.benchmarks.results import cell, table
from animkit.benchmarks.tables import runs, verdict

_ASKED = {
    "who": "who is seen, all and nobody else",
    "where": "where",
    "doing": "what each of them does",
    "hour": "at what hour",
    "beat": "who, where and doing together",
}


def reading(results):
    """Lay out how many shots are read as their film's record has them, beside what needs no network.

    Args:
        results: of "film_reads_back".

    Returns:
        HTML.
    """
    rows, target = [], results["target"]
    for name, run in runs(results, "baselines").items():
        for part, told in _ASKED.items():
            least = target.get(part)
            value = run[part]["value"]
            reached = None if least is None else f"{verdict(value >= least)}: {least:g} or more"
            rows.append([f"{name}: {told}", _between(run[part]), reached])
        rows += [
            [f"{name}: {part}", _between(run[part]), None] for part in run if part.startswith("who, frame by frame")
        ]
        rows += [[f"{name}, baseline: {part}", value, None] for part, value in run["baselines"].items() if "," in part]
        rows.append(
            [f"{name}: films in which everybody is known in every shot", run["films_with_every_identity"], None]
        )
    count = ", ".join(f"{name}: {len(run['films'])} films" for name, run in runs(results, "baselines").items())
    head = ["what is read", "% of shots, with 95 % over films", "target"]
    return table(f"Films read back from their pixels. {count}", head, rows)


def finding(results):
    """Lay out how exactly figures are found, and what a frame takes.

    Args:
        results: of "film_reads_back".

    Returns:
        HTML.
    """
    rows, target = [], results["target"]
    for name, run in runs(results, "baselines").items():
        parts = ("mAP50", "mAP50-95")
        rows.append([f"{name}: viewer, every 6th frame", *(run[part]["value"] for part in parts), None])
        apart = run["people and creatures apart"]
        rows.append([f"{name}: viewer, mean over people and creatures", *(apart[part] for part in parts), None])
        for baseline, often in (("components", "every 6th frame"), ("templates", f"every {EVERY}th frame")):
            found = run["baselines"][baseline]
            rows.append([f"{name}, baseline: {baseline}, {often}", *(found[part] for part in parts), None])
        reached = [f"{verdict(run[part]['value'] >= target[part])}: {target[part]:g} or more" for part in parts]
        quick = run["ms_per_frame"]
        most = target["ms_per_frame"]
        sheets = run["baselines"]["templates"]
        ahead = [verdict(run[part]["value"] > sheets[part]) for part in parts]
        rows.append([f"{name}: ahead of the cast's own pictures, which saw fewer frames", *ahead, None])
        rows.append([f"{name}: target", *reached, f"{verdict(quick < most)}: {cell(quick)}, asked less than {most:g}"])
    return table("Figures found in frames of the films", ["who finds", "mAP50", "mAP50-95", "ms of CPU a frame"], rows)


def _between(found):
    low, high = found["interval_95"]
    return f"{found['value']:.1f} [{low:.1f}, {high:.1f}]"


def rendering(results):
    """Lay out how quickly films are rendered, what one edit renders again, and how captions are read.

    Args:
        results: of "rendering".

    Returns:
        HTML.
    """
    rows, asked = [], results["target"]
    for name, run in runs(results, "captions").items():
        times, edits = run["times real time"], run["shots rendered again for one edit"]
        least, most, contrast = (
            asked[key] for key in ("times real time", "peak memory, GB", "least contrast of a caption")
        )
        captions = run["captions"]
        told = [
            ("frames, times real time by the clock", times["frames, wall"], f"{least:g} or more"),
            ("frames, times real time by the CPU's clock", times["frames, CPU"], f"{least:g} or more"),
            ("whole films with story and cast, by the CPU's clock", times["whole, CPU"], None),
            ("peak memory, GB", run["peak memory, GB"], f"less than {most:g}"),
            ("least contrast of a caption", captions["least contrast"], f"{contrast:g} or more"),
            ("frames with a caption that is not whole", captions["frames with a caption that is not whole"], "none"),
            ("faces below a caption", captions["faces below one"], "none"),
            (
                f"of {edits['edits']} edits, those that render the edited shot alone",
                edits["of which only the edited shot"],
                "all",
            ),
        ]
        met = [times["frames, wall"] >= least, times["frames, CPU"] >= least, None, run["peak memory, GB"] < most]
        met += [captions["least contrast"] >= contrast, not told[5][1], not told[6][1], told[7][1] == edits["edits"]]
        rows += [
            [f"{name}: {what}", value, None if reached is None else f"{verdict(reached)}: {wanted}"]
            for (what, value, wanted), reached in zip(told, met, strict=True)
        ]
    return table("How films are rendered", ["what", "measured", "target"], rows)


def variety(results):
    """Lay out how unlike the films of two seeds are, beside plots without premises and beats without a plot.

    Args:
        results: of "film_variety".

    Returns:
        HTML.
    """
    rows, least = [], results["target"]["closest"]
    for name, run in runs(results, "methods").items():
        for method, found in run["methods"].items():
            kind = "" if method == "premises" else ", baseline"
            distinct = f"{found['distinct']} of {found['films']}"
            rows.append([f"{name}{kind}: {method}", distinct, found["mean"], found["closest"]])
        ours = run["methods"]["premises"]
        met = verdict(ours["distinct"] == ours["films"]), verdict(ours["closest"] >= least)
        rows.append([f"{name}: target", f"{met[0]}: all", None, f"{met[1]}: {least:g} or more"])
    head = ["whose plots", "distinct", "mean distance", "closest two"]
    return table("How unlike the films of two seeds are, by what is done, where and when", head, rows)
