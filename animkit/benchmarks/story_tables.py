"""The tables of notebook 08 on stories: what is foreseen of a plot, and what holds together of those invented."""

from animkit.benchmarks.results import cell, table
from animkit.benchmarks.tables import runs, verdict


def plots(results):
    """Lay out nats and perplexity per beat, the network beside what counting has, and where the target is met.

    Args:
        results: of "beats".

    Returns:
        HTML.
    """
    rows = []
    for name, run in runs(results, "stories").items():
        rows += [
            [f"{name}: baseline, {what}", numbers["nats"], numbers["perplexity"], "counted"]
            for what, numbers in run["baselines"].items()
        ]
        value, seeds = run["value"], f"seeds {run['seeds']}"
        rows.append([f"{name}: LSTM, told nothing", value["nats"], value["perplexity"], seeds])
        rows.append([f"{name}: LSTM, told genre and length", value["nats, genre and length told"], None, seeds])
        wanted, below = results["target"]["below_trigram_percent"], run["below_trigram_percent"]
        strongest = cell(run["below_strongest_counting_percent"])
        beside = f"{verdict(below['mean'] >= wanted)}: {cell(below)} %, and {strongest} % "
        rows.append([f"{name}: target, {wanted} % below the trigram", None, None, beside + "below the strongest"])
    return table(f"Beats of unseen tales, {results['unit']}", ["model", "nats", "perplexity", "what"], rows)


def stories(results):
    """Lay out which share of invented plots a referee passes, beside the tales' own, and how exact the reading is.

    Args:
        results: of "beats".

    Returns:
        HTML.
    """
    rows = []
    for name, run in runs(results, "stories").items():
        for what, found in run["stories"].items():
            if what == "dead_ends":
                continue
            most = sorted(found["rules"].items(), key=lambda pair: -pair[1])[:3]
            broken = ", ".join(f"{rule} {100 * share:.0f} %" for rule, share in most if share)
            rows.append(
                [f"{name}: {what}", _share(found), found["faults_per_beat"], found["distinct"], found["of"], broken]
            )
        held, wanted = 100 * run["stories"]["LSTM, constrained"]["share"], results["target"]["holds_percent"]
        rows.append([f"{name}: target, {wanted} % hold", verdict(held >= wanted), None, None, None, None])
        seconds, most = run["seconds_per_story"]["median"], results["target"]["seconds_per_story"]
        told = f"{verdict(seconds < most)}: {seconds:.2f} s, at most {run['seconds_per_story']['most']:.2f} s"
        rows.append([f"{name}: target, a story in {most:g} s", told, None, None, None, None])
        if reading := run.get("reading"):
            exact = reading["fields"]
            rows.append(
                [f"{name}: fields of beats read right, by hand count", _share(exact), None, None, exact["of"], None]
            )
    head = ["plots", "hold together, %", "faults per beat", "distinct", "of", "rules broken most, share of plots"]
    return table("Invented plots before a referee that shares no code with the constraints", head, rows)


def telling(results):
    """Lay out how beats are told in words: by the narrator alone, at its best, with rules; by people and by rules.

    Args:
        results: of "narrator".

    Returns:
        HTML.
    """
    shown = ("slot_errors_percent", "not_copied_percent", "not_copied_in_slots_percent", "longest_copied_in_slots")
    shown = (*shown, "known_clauses_percent", "distinct_2", "words")
    rows = []
    for name, run in runs(results, "value").items():
        perplexity = run["value"]["perplexity"]["per word"]
        for way, numbers in run["value"].items():
            if way != "perplexity":
                rows.append([f"{name}: {way}", perplexity, *(numbers[part] for part in shown)])
        for way, numbers in run["baselines"].items():
            rows.append([f"{name}: baseline, {way}", numbers.get("per word"), *(numbers.get(part) for part in shown)])
        best = next(numbers for way, numbers in run["value"].items() if way.startswith("best of"))
        met = (
            best["slot_errors_percent"]["mean"] <= results["target"]["slot errors, at most %"],
            best["not_copied_percent"]["mean"] >= results["target"]["sentences without 8 copied words, at least %"],
        )
        rows.append([f"{name}: target, the network's best", None, *map(verdict, met), *[None] * (len(shown) - 2)])
        seconds, most = run["seconds"]["a story of ten beats"], results["target"]["a story, in less than seconds"]
        told = f"{verdict(seconds < most)}: {seconds:.2f} s"
        rows.append([f"{name}: target, a story of ten beats in {most:g} s", told, *[None] * len(shown)])
    head = ["who tells", "perplexity", "slot errors %", "no 8 words copied %", "the same in slots %"]
    head += ["longest run in slots", "a training clause in slots %", "distinct-2", "words"]
    return table(results["what"], head, rows)


def _share(found):
    low, high = found["interval_95"]
    return f"{100 * found['share']:.1f} [{100 * low:.1f}, {100 * high:.1f}]"
