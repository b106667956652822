"""The tables of notebook 08 on things that move: single bodies, five springs, billiard, and what was asked of them."""

from animkit.benchmarks.props import LAW, WITHOUT
from animkit.benchmarks.results import cell, table
from animkit.benchmarks.tables import runs, verdict

STEPS = ("1", "10", "20")
WAYS = ("seen to 2 mm", "exactly", "exactly, between percentiles of the fifty")
EXACT = 1e-4  # m: a fit whose median is below found the law


def bodies(results):
    """Lay out errors a second ahead by kind of body and method, the network's over those of others beside them.

    Args:
        results: of "props".

    Returns:
        HTML.
    """
    rows = []
    for name, run in runs(results, "tested").items():
        for seen, kinds in run["bodies"].items():
            for kind, found in kinds.items():
                for method, metres in found["metres"].items():
                    ratio = found["ratio"].get(method)
                    told = ratio and f"{cell(ratio['value'])} [{', '.join(map(cell, ratio['interval_95']))}]"
                    rows.append([f"{name}: {kind}, {seen}: {method}", metres["mean"], metres["median"], told])
    head = ["body, what is seen, method", "mean, m", "median, m", "LSTM's mean over it [95 %]"]
    return table("Distance from the truth a second after the last of ten frames", head, rows)


def springs(results):
    """Lay out five springs as published: squared errors after 1, 10 and 20 steps, and the share of standing still.

    Args:
        results: of "props".

    Returns:
        HTML.
    """
    rows = []
    published = results["published"]
    still = next(iter(published.values()))
    for name, errors in published.items():
        rows.append([name, *(f"{errors[step]:.2g}" for step in STEPS), *_shares(errors, still)])
    for name, run in runs(results, "tested").items():
        for method, errors in run["springs"].items():
            shares = _shares(errors, run["springs"]["standing still"])
            rows.append([f"{name}: {method}", *(f"{errors[step]:.2g}" for step in STEPS), *shares])
    head = [
        "five springs",
        *(f"step {step}" for step in STEPS),
        *(f"% of standing still, {step}" for step in STEPS[1:]),
    ]
    return table("Mean squared error of places and velocities, scaled to [-1, 1]", head, rows)


def _shares(errors, still):
    return [float(f"{100 * errors[step] / still[step]:.2g}") for step in STEPS[1:]]


def several(results):
    """Lay out how far bodies that act on each other are from where they truly are, by scene, method and time.

    Args:
        results: of "props".

    Returns:
        HTML.
    """
    rows, moments = [], ()
    for name, run in runs(results, "distance").items():
        for method, errors in run["distance"].items():
            moments = tuple(errors)
            # beside what is exact a ratio says nothing
            ratios = run["ratio"].get(method, {}) if errors[moments[-1]]["mean"] > EXACT else {}
            told = [f"{cell(r['value'])} [{', '.join(map(cell, r['interval_95']))}]" for r in ratios.values()]
            means = [errors[moment]["mean"] for moment in moments]
            rows.append([f"{name}: {method}", *means, *(told or [None] * len(moments))])
    for name, run in runs(results, "trained").items():
        beside = f"{name}: seeds {run['seeds']}, {run['validation_tables']} validation tables"
        rows.append([beside, *map(cell, run["trained"].values()), *[None] * len(run["trained"])])
    head = ["five balls on a table, a stack that is hit, a chain", *(f"after {m}, m" for m in moments)]
    head += [f"network's over it, {m} [95 %]" for m in moments]
    return table("Mean distance from the truth after the last of ten frames", head, rows)


def trainings(results):
    """Lay out by how much trainings of the forecaster of single bodies differ, all of them short.

    Args:
        results: of "props".

    Returns:
        HTML.
    """
    rows = []
    for name, run in runs(results, "bodies_trained").items():
        beside = f"{name}: {len(run['seeds'])} trainings of {run['epochs']} epochs"
        for kind, found in run["bodies_trained"].items():
            rows.append([f"{beside}: {kind}", found, run["shipped"][kind]])
    head = ["single bodies, validation, seen to 2 mm", "error at 1 s over that of the fit, mean and sd over seeds"]
    return table("How much trainings differ", [*head, "the one that ships"], rows)


def asked(results):
    """Say of every target whether it is met.

    Args:
        results: of "props".

    Returns:
        HTML.
    """
    most_law, most_without, bounced, shares, seconds = results["target"].values()
    rows = []
    for name, run in runs(results, "tested").items():
        for seen, kinds in run["bodies"].items():
            for kind, found in kinds.items():
                for method, most in ((LAW, most_law), (WITHOUT, most_without)):
                    if method in found["ratio"]:
                        value = found["ratio"][method]["value"]
                        wanted = f"{name}: {kind}, {seen}: error at 1 s, at most {most:g} x {method}"
                        exact = method == LAW and found["metres"][LAW]["median"] < EXACT
                        beside = "; of exact frames the fit is exact to rounding" if exact else ""
                        rows.append([wanted, value, verdict(value <= most) + beside])
            percent = run["first_bounce"][seen]["percent"]
            beside = f"; the fit {cell(percent[LAW])}, the true path itself {cell(percent['the true path itself'])}"
            wanted = f"{name}: {seen}: first bounce within one frame, at least {bounced:g} %"
            rows.append([wanted, percent["LSTM"], verdict(percent["LSTM"] >= bounced) + beside])
        made, still = run["springs"]["interaction network"], run["springs"]["standing still"]
        for step, most in zip(STEPS[1:], shares, strict=True):
            value = 100 * made[step] / still[step]
            wanted = f"{name}: five springs, below {most:g} % of standing still at {step} steps"
            rows.append([wanted, value, verdict(value < most)])
        clip, clock = (run["seconds_per_clip"]["one path"][by] for by in ("CPU", "wall"))
        told = (
            f"{verdict(clip['median'] < seconds)}; the first call {clip['first call']:.1f}; by the clock, beside other "
        )
        told += f"work, {clock['median']:.3f}, at most {clock['most']:.3f}"
        rows.append([f"{name}: a clip of 10 s in less than {seconds:g} s of one core", clip["median"], told])
    return table("What was asked for", ["target", "reached", "verdict"], rows)


def reasons(results):
    """Lay out why the forecaster misses: how much of an error is a matter of time, and what is read of a ball's lean.

    Args:
        results: of "props".

    Returns:
        HTML, two tables.
    """
    timed, sides = [], []
    for name, run in runs(results, "why").items():
        for kind, found in run["why"]["early or late"].items():
            timed.append([f"{name}: {kind}", *(value for seen in found.values() for value in seen.values())])
        for way in run["why"]["side"]["2 mm"]:
            sides.append([f"{name}: {way}", *(found.get(way) for found in run["why"]["side"].values())])
    head = [
        "validation",
        *(
            f"{seen}: {what}"
            for seen in ("exact", "seen to 2 mm")
            for what in ("off, m", "at the best shift in time, m")
        ),
    ]
    timed = table("The network, a second ahead: how much of its error is being early or late", head, timed)
    head = ["who names the side to which a ball on an edge leans", "exact, %", "seen to 2 mm, %"]
    return timed + table("What is read of a lean of 5 mrad at most", head, sides)


def futures(results):
    """Lay out whether fifty futures are as wide as what may happen, and better than a single path.

    Args:
        results: of "props".

    Returns:
        HTML.
    """
    rows = []
    for name, run in runs(results, "tested").items():
        for kind, found in run["futures"].items():
            counted = [found["percent inside"][way][axis] for way in WAYS for axis in ("across", "height")]
            ratio = found["over the single path"]
            told = f"{cell(ratio['value'])} [{', '.join(map(cell, ratio['interval_95']))}]"
            rows.append([f"{name}: {kind}", *counted, *found["energy score"].values(), told])
    head = ["body", *(f"{way}, {axis}" for way in WAYS for axis in ("across", "height"))]
    head += ["energy score of fifty, m", "of the single path, m", "their ratio [95 %]"]
    title = "Fifty futures a second after frames seen to 2 mm: % of bodies within the middle 90 %"
    return table(title, head, rows)


def forks(results):
    """Lay out to which side a ball on an edge falls, as told and as is likely.

    Args:
        results: of "props".

    Returns:
        HTML.
    """
    rows = []
    for name, run in runs(results, "tested").items():
        found = run["forks"]
        sides, scores, both = found["true side, probability"], found["energy score"], found["both sides"]
        for method in dict.fromkeys([*found["off"], *sides]):
            told = [part.get(method) for part in (found["off"], sides, both, scores)]
            rows.append([f"{name}: {method}", *told])
    head = [
        "a ball on an edge",
        "share to the right, off the true probability",
        "probability of the side it took",
        "% of balls with both sides among fifty",
        "energy score after 2 s, m",
    ]
    return table("Where a future forks, frames seen to 2 mm", head, rows)


def held(results):
    """Lay out how much of what a ball hides a straight line reads off the LSTM's state after ten frames.

    Args:
        results: of "props".

    Returns:
        HTML.
    """
    rows = [
        [f"{name}: {hidden}, read off {source}", found["r2"], found["shuffled"]]
        for name, run in runs(results, "tested").items()
        for hidden, sources in run["state"].items()
        for source, found in sources.items()
    ]
    head = ["hidden number", "R² on other balls", "the same, numbers dealt out anew"]
    return table("A linear probe of what the network was never told", head, rows)


def off_by_steps(results):
    """Say by how much pymunk is off the closed form, for each size of its steps.

    Args:
        results: of "props".

    Returns:
        Text.
    """
    off = next(iter(runs(results, "pymunk").values()))["pymunk"]
    told = ", ".join(f"{100 * metres:.1f} cm at steps of {step}" for step, metres in off.items())
    return f"pymunk beside the closed form, a ball from 2 m for three seconds, at most: {told}"
