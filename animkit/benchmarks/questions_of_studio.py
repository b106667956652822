"""The questions of notebook 08 on what the studio makes, a figure each: tales, levels, effects, light, films."""

import numpy as np

from animkit.benchmarks.figures import Panel, Row, figure
from animkit.benchmarks.questions import by_name, rows_of
from animkit.benchmarks.tables import runs, strongest
from animkit.benchmarks.upscaling_tables import looked_up


def plots(results):
    """Draw nats per beat, and which share of invented plots holds together; `results` of "beats"."""
    run, asked = strongest(results), results["target"]
    counted = {name: one["nats"] for name, one in run["baselines"].items()}
    held = {
        name: {part: (100 * np.array(one[part])).tolist() for part in ("share", "interval_95")}
        for name, one in run["stories"].items()
        if name != "dead_ends"
    }
    nats = {"LSTM alone": run["value"]["nats"], **counted}
    rows = rows_of(
        by_name(nats, held), (0, 1), ours=("LSTM alone", "LSTM, constrained"), bound=("tales' own beats, whole",)
    )
    most = (1 - asked["below_trigram_percent"] / 100) * counted["Kneser-Ney trigram"]
    panels = [
        Panel("nats a beat", "less", float(f"{most:.3g}")),
        Panel("plots that hold together, %", "more", asked["holds_percent"]),
    ]
    return figure("What comes next in a tale, and does an invented plot hold together?", panels, rows)


def telling(results):
    """Draw how beats are told in words; `results` of "narrator"."""
    run, (slots, copied, _) = strongest(results), results["target"].values()
    found = {**run["value"], **run["baselines"]}
    told = {name: one for name, one in found.items() if "distinct_2" in one}
    ways = [name for name in run["value"] if name in told]
    apart = [name for name in ways if "rules" in name]
    people = [name for name in told if name.startswith("people")]
    ours = [name for name in ways if name not in apart]
    parts = ("slot_errors_percent", "not_copied_percent", "distinct_2")
    rows = rows_of(told, parts, ours=ours, apart=apart, bound=people)
    panels = [Panel("slot errors, %", "less", slots), Panel("no 8 words copied, %", "more", copied)]
    return figure("Is a beat told rightly, and in words of its own?", [*panels, Panel("distinct-2", "more")], rows)


def scenes(results):
    """Draw who finishes levels, how like human ones they are and how much is copied; `results` of "scenes"."""
    run = strongest(results)
    human = [len(run["referees"][who]) / run["referees"]["levels"] for who in ("graph", "body")]
    rows = [Row(one["model"], "published", (one["playable"], None, None, None)) for one in results["published"]]
    rows.append(Row("all human levels, from end to end", "bound", (*human, None, None)))
    found = run["levels"]
    tried = [name for name in found if name.endswith(", tried")]
    ours = [name for name in found if name.startswith(("LSTM", "GAN")) and name not in tried]
    parts = ("playable_graph", "playable_body", "kl_3x3", "copied")
    rows += rows_of(found, parts, ours=ours, apart=tried, bound=("human levels (validation)",))
    panels = [
        Panel("share finished by the graph", "more", float(f"{human[0]:.3g}")),
        Panel("finished by the body", "more", float(f"{human[1]:.3g}")),
        Panel("KL 3x3, nats", "less"),
        Panel("share of windows copied", "less", results["full"]["target"]["copied"] if "target" in run else None),
    ]
    return figure("Can one finish the levels, and are they like human ones?", panels, rows, unlike="other referees")


def effects(results):
    """Draw how like drawn loops the network's are, and how often they are read as asked; `results` of "effects"."""
    value = strongest(results)["value"]
    floor = next(one["mean"] for name, one in value["frechet"].items() if "floor" in name)

    def over(name, part):
        one = value["frechet"][name]
        return value["frechet_over_floor"] if name == "network" else {"mean": one["mean"] / floor} if part else None

    found = {name: {0: over(name, True), 1: value["read_as_asked_percent"][name]} for name in value["frechet"]}
    bound = [name for name in found if "floor" in name or "again" in name]
    panels = [
        Panel("Fréchet distance over its floor", "less", results["target"]["frechet_over_floor"]),
        Panel("read as the kind asked for, %", "more"),
    ]
    return figure("Do the loops look like drawn ones?", panels, rows_of(found, (0, 1), ours=("network",), bound=bound))


def seams(results):
    """Draw how large the seam of loops is beside their other steps; `results` of "effects"."""
    found = strongest(results)["value"]["seam"]
    lengths = found["network"]["lengths"]
    drawn = [name for name in found if name.startswith("drawn") and "cut" not in name and "fade" not in name]
    panels = [
        Panel("seam over the median step, mean of lengths", "less"),
        Panel("seam at the worst length", "less", results["target"]["seam_over_median"]),
        Panel(f"lengths with a seam of at most 1, of {lengths}", "more", lengths),
    ]
    rows = rows_of(found, ("ratio", "worst", "met"), ours=("network",), bound=drawn)
    return figure("Do the loops close?", panels, rows)


def blends(results):
    """Draw what the judge reads of even blends; `results` of "effects"."""
    found = strongest(results)["value"]["blends"]
    ours = [name for name in found if name.startswith("network")]
    judge = [name for name in found if "control" in name]
    parts = (lambda one: {"mean": one["off"], "interval_95": one["interval_95"]}, "pairs_met", "loops_met_percent")
    pairs = next(iter(found.values()))["of"]
    panels = [
        Panel("a share off 50 %, points", "less"),
        Panel(f"pairs read as even, of {pairs}", "more", pairs),
        Panel("loops read as even, %", "more"),
    ]
    return figure("Are two kinds half and half in a blend?", panels, rows_of(found, parts, ours=ours, bound=judge))


def normals(results):
    """Draw angles to the true normals and overlaps of shadows; `results` of "relighting"."""
    value, asked = strongest(results)["value"], results["target"]
    size = next(iter(value["normals"]))
    shadows = {name: one["ground"] for name, one in value["shadows"][size].items() if " less " not in name}
    turned = {name: one["over_truth"] for name, one in value["flicker"][size].items() if "over_truth" in one}
    found = by_name(value["normals"][size][results["main"]], shadows, turned)
    parts = (lambda one: one[0] and one[0]["mean"], lambda one: one[0] and one[0]["within"]["22.5"], 1, 2)
    bound = [name for name in found if name.startswith("true heights")]
    ours = [name for name in found if name.startswith("network")]
    panels = [
        Panel("degrees off", "less", asked["mean_degrees"]),
        Panel("% within 22.5°", "more", asked["percent_within_22.5"]),
        Panel("shadow's overlap", "more", asked["shadow_iou"]),
        Panel("flicker over the truth's", "less", asked["flicker_over_truth"]),
    ]
    return figure("What surface does a picture show?", panels, rows_of(found, parts, ours=ours, bound=bound))


def relit(results):
    """Draw how near relit pictures come to the truth; `results` of "relighting"."""
    value = strongest(results)["value"]
    found = value["relit"][next(iter(value["relit"]))][results["main"]]
    ours = [name for name in found if name.startswith("network")]
    bound = [name for name in found if name.startswith("truth")]
    least = found["emboss, picture"]["decibels"]["value"] + results["target"]["decibels_over_emboss"]
    panels = [
        Panel("PSNR, dB", "more", float(f"{least:.3g}")),
        Panel("without the outline's pixels, dB", "more"),
    ]
    rows = rows_of(found, ("decibels", "inside"), ours=ours, bound=bound)
    more = results["target"]["decibels_over_emboss"]
    return figure(f"A picture under new light (target: {more:g} dB over emboss): how near to the truth?", panels, rows)


def doubling(results):
    """Draw how many pixels of doubled pixel art are exact, by what was held out; `results` of "upscaling"."""
    (name, run), asked = next(iter(runs(results, "value").items())), results["target"]
    sets = list(run["value"])
    ways = by_name(*({**run["value"][one], **looked_up(results, name, one)} for one in sets))
    for i, one in enumerate(sets):
        for what, percent in run["ceiling"][one].items():
            ways.setdefault(f"right colour {what}", {})[i] = percent
    parts = [lambda one, i=i: _exact(one.get(i)) for i in range(len(sets))]
    bound = [way for way in ways if way.startswith("right colour")]
    ours = [way for way in ways if way.startswith("network")]
    least = (asked["exact_characters"], asked["exact_garments"], asked["exact_garments"])
    panels = [Panel(f"{one}, % exact", "more", most) for one, most in zip(sets, least, strict=True)]
    return figure("How many pixels come back exactly?", panels, rows_of(ways, parts, ours=ours, bound=bound))


def _exact(one):
    return {**one, "value": one["exact_percent"]} if isinstance(one, dict) else one


def emotions(results):
    """Draw macro-F1 on emotions in text; `results` of "goemotions"."""
    parts, run, asked = ("macro_f1_28", "macro_f1_ekman"), strongest(results), results["target"]
    rows = [Row(name, "published", tuple(f1[part] for part in parts)) for name, f1 in results["published"].items()]
    found = {"reader": run, **run["floors"]}
    read = [lambda one, part=part: {**one[part], "value": one[part]["chosen_on_dev"]} for part in parts]
    rows += rows_of(found, read, ours=("reader",))
    titles = ("28 labels: macro-F1", "7 groups: macro-F1")
    panels = [Panel(title, "more", asked[part]) for title, part in zip(titles, parts, strict=True)]
    return figure("Which emotions does a text have?", panels, rows, unlike="thresholds by other rules")


WAITING = "processes waiting for the processors"


def stage(results):
    """Draw how soon the stage answers, and how busy the machine was; `results` of "stage"."""
    waited, shown, minutes = results["targets"]
    asked = results["targets"][minutes]  # a shorter run does not show whether the target is met
    rows = [
        Row(
            f"run of {name}, {when}, processes waiting: {part[WAITING]:.0f}",
            "ours" if run["minutes"] >= asked else "apart",
            (part[waited], part[shown]),
        )
        for name, run in runs(results, "flood").items()
        for when, part in run.items()
        if isinstance(part, dict) and shown in part
    ]
    panels = [
        Panel("input to changed frame, ms", "less", results["targets"][waited]),
        Panel(shown, "more", results["targets"][shown]),
    ]
    return figure("How soon do the characters answer?", panels, rows)


def moods(results):
    """Draw how often a judge names the mood of a motion; `results` of "mood_reading"."""
    (least,) = (number for number in results["target"].values() if not isinstance(number, bool))
    columns = []
    for part in ("value", "of skeletons"):
        (run,) = runs(results, part).values()
        other = run["trained on other actions"]
        columns.append(
            {
                "strong moods, trainings with several seeds": run[part],
                "strong moods, the first training": {**run, "value": run[part]["by_seed"][0]},
                "moderate moods": run.get("moderate"),
                "trained without the action asked for": other["all"] if isinstance(other, dict) else other,
                "no mood played": run["no mood"],
                **run["baselines"],
            }
        )
    found = by_name(*columns)
    first, ships, moderate, other, none = list(found)[:5]
    rows = rows_of(found, (0, 1), ours=(first, ships), apart=(moderate, other), bound=(none,))
    panels = [Panel("silhouettes, % named rightly", "more", least), Panel("one skeleton, %", "more", least)]
    return figure("Is a mood read off two seconds of motion?", panels, rows)


def reading(results):
    """Draw how films are read back, shot by shot; `results` of "film_reads_back"."""
    run, asked = strongest(results), results["target"]
    titles = {"who": "who", "where": "where", "doing": "doing what", "hour": "hour", "beat": "who, where, doing"}
    guess = {part: None for part in titles}
    for name, value in run["baselines"].items():
        if isinstance(value, float):
            guess[name.split(",")[0].removeprefix("one's ")] = value
    rows = [Row("viewer", "ours", tuple(run[part] for part in titles))]
    rows.append(Row("the commonest", "baseline", tuple(guess.values())))
    panels = [Panel(f"{told}, % of shots", "more", asked.get(part)) for part, told in titles.items()]
    return figure("Is a film read back from its pixels?", panels, rows)


def finding(results):
    """Draw how exactly figures are found in frames; `results` of "film_reads_back"."""
    run, asked = strongest(results), results["target"]
    parts = ("mAP50", "mAP50-95")
    found = {"viewer": run, "components": run["baselines"]["components"], "the cast's own pictures laid over": None}
    found["the cast's own pictures laid over"] = run["baselines"]["templates"]
    panels = [Panel(part, "more", asked[part]) for part in parts]
    return figure("How exactly are figures found?", panels, rows_of(found, parts, ours=("viewer",)))


def rendering(results):
    """Draw how fast and with how much memory films are rendered; `results` of "rendering"."""
    asked = results["target"]
    rows = [
        Row(name, "ours", (run["times real time"]["frames, CPU"], run["peak memory, GB"], run["captions"][contrast]))
        for contrast in ("least contrast",)
        for name, run in runs(results, "captions").items()
    ]
    panels = [
        Panel("frames, times real time", "more", asked["times real time"]),
        Panel("peak memory, GB", "less", asked["peak memory, GB"]),
        Panel("least contrast of a caption", "more", asked["least contrast of a caption"]),
    ]
    return figure("How fast is a film rendered?", panels, rows)


def variety(results):
    """Draw how unlike the films of two seeds are; `results` of "film_variety"."""
    run, asked = strongest(results), results["target"]
    found = run["methods"]
    panels = [
        Panel(f"distinct, of {found['premises']['films']}", "more", found["premises"]["films"]),
        Panel("mean distance of two", "more"),
        Panel("distance of the closest two", "more", asked["closest"]),
    ]
    shuffled = ("beats shuffled among the films",)
    rows = rows_of(found, ("distinct", "mean", "closest"), ours=("premises",), bound=shuffled)
    return figure("Do two seeds give two films?", panels, rows)
