"""Do two seeds give two films? Plots of unseen seeds are compared beat by beat: what is done, where, at what hour.

The command is python -m animkit.benchmarks.film_variety; nothing is told or drawn, so it takes a minute.
"""

import sys
from itertools import combinations

import numpy as np

from animkit import weights
from animkit.benchmarks.results import command_line, keep
from animkit.recipes.cards import made_by
from animkit.studio.premises import invent_film
from animkit.studio.story import invent_story
from animkit.studio.storyboard import stage_story
from animkit.training import by_profile

FIRST, BEATS, TEMPERATURE = 201, 9, 0.8  # the first seed, and what a film of 40 s takes
CLEAR = 0.5  # of the beats of any two films that differ, at least
METHODS = {  # name -> a story
    "premises": lambda plotter, seed, **asked: invent_film(plotter, seed=seed, **asked),
    "rules of the world": lambda plotter, seed, **asked: invent_story(plotter, seed=seed, **asked),
    "the network alone": lambda plotter, seed, **asked: invent_story(plotter, seed=seed, constrained=False, **asked),
}


def row_of(idea):
    """What is seen of a story, a tuple a beat: what is done, where, at what hour."""
    _, shots = stage_story(idea, ["So it was."] * len(idea.beats))
    return tuple((shot.action, shot.place, shot.time) for shot in shots)


def edit_distance(one, other):
    """How much of two sequences differs: the fewest beats put in, left out or changed, as a share of the longer.

    Args:
        one: sequence.
        other: sequence.

    Returns:
        0 for the same, 1 where nothing agrees.

    Source: Wagner and Fischer, "The string-to-string correction problem" (1974).
    """
    before = list(range(len(other) + 1))
    for number, beat in enumerate(one, 1):
        row = [number]
        for at, wanted in enumerate(other):
            row.append(min(row[-1] + 1, before[at + 1] + 1, before[at] + (beat != wanted)))
        before = row
    return before[-1] / max(len(one), len(other), 1)


def varied(rows):
    """Sum up how unlike films are.

    Args:
        rows: of each film, as `row_of` gives them.

    Returns:
        dict: how many films are distinct, and the mean and the least distance of any two.
    """
    apart = [edit_distance(one, other) for one, other in combinations(rows, 2)]
    return {"films": len(rows), "distinct": len(set(rows)), "mean": float(np.mean(apart)), "closest": min(apart)}


def run(plotter, seeds):
    """Compare the plots of seeds by each of METHODS, and beats that are shuffled among all films.

    Args:
        plotter: `animkit.models.beats.BeatModel`.
        seeds: whole numbers.

    Returns:
        dict: method -> see `varied`.
    """
    asked = {"length": BEATS, "temperature": TEMPERATURE}
    rows = {name: [row_of(invent(plotter, seed, **asked)) for seed in seeds] for name, invent in METHODS.items()}
    beats = [beat for row in rows["premises"] for beat in row]
    dealt = iter(np.random.default_rng(0).permutation(len(beats)))
    rows["beats shuffled among the films"] = [tuple(beats[next(dealt)] for _ in row) for row in rows["premises"]]
    return {name: varied(each) for name, each in rows.items()}


def header():
    """What the results file says before any run."""
    return {
        "name": "film_variety",
        "what": f"plots of seeds from {FIRST} on, each beat as (action, place, hour), compared two by two",
        "unit": "films; edit distance, as a share of the longer plot",
        "target": {"distinct": "all", "closest": CLEAR},
    }


def main(arguments=None):
    """Measure, print and keep."""
    options = command_line("film_variety", "Do two seeds give two films?", sources=()).parse_args(arguments)
    seeds = range(FIRST, FIRST + by_profile(options.profile, ci=3, demo=20, full=100))
    methods = run(weights.load("beats"), seeds)
    told = {"methods": methods, **made_by("film_variety", profile=options.profile)}
    chosen_on = "premises were written looking at smaller seeds"
    keep("film_variety", options.profile, told, folder=options.output, header=header, chosen_on=chosen_on)
    return 0


if __name__ == "__main__":
    sys.exit(main())
