"""How films are rendered: frames per second beside real time, what an edit renders again, memory, captions.

The command is python -m animkit.benchmarks.rendering. Run it where nothing else runs.
"""

import sys
import time

import numpy as np

from animkit.benchmarks.results import command_line, keep, stopwatch
from animkit.metrics.image import contrast
from animkit.recipes.cards import made_by
from animkit.studio import film, production
from animkit.studio.backdrop import TIMES
from animkit.studio.camera import BAND, HEIGHT, Camera, faces_below
from animkit.studio.lettering import CREAM
from animkit.training import by_profile

SECONDS = 40.0
TARGETS = {"times real time": 5.0, "peak memory, GB": 3.0, "least contrast of a caption": 4.5}


def timed_film(crew, **asked):
    """Make a film, and count how long its frames take: shots played and put together, beside the whole.

    Args:
        crew: `animkit.studio.production.Crew`, loaded.
        **asked: fields of `animkit.studio.project.Project`.

    Returns:
        `animkit.studio.production.Film`, and dict: seconds of the film, and seconds by the clock and of the CPU of its
        making and of its frames alone.
    """
    spent, began = {}, {}

    def progress(done, total, left, what):
        if "shot 1 of" in what:
            began["frames"] = stopwatch()

    whole = stopwatch()
    made = production.make_film(crew=crew, progress=progress, **asked)
    spent["frames"], spent["whole"] = began["frames"](), whole()
    return made, {"film": len(made.frames) / made.project.fps, **spent}


def edited_once(crew, made):
    """Change the hour of each shot in turn, and count which shots are rendered again.

    Args:
        crew: `animkit.studio.production.Crew`.
        made: `animkit.studio.production.Film`.

    Returns:
        List of the numbers of rendered shots for each edit; [n] is right for shot n.
    """
    rendered = []
    for number, shot in enumerate(made.shots):
        hour = TIMES[(TIMES.index(shot.time) + 1) % len(TIMES)]
        project = made.project._replace(edits={number: {"hour": hour}})
        shots, lengths, _ = production.plan_shots(project, made.script)
        known = {take.key for take in made.takes}
        choices = [(lengths[n], n == production.crosses(shots)) for n in range(len(shots))]
        keys = [
            production.take_key(shot, made.clips, frames=frames, crossing=crossing, light=None, seed=project.seed)
            for shot, (frames, crossing) in zip(shots, choices, strict=True)
        ]
        rendered.append([n for n, key in enumerate(keys) if key not in known])
    return rendered


def captions(made):
    """Look at the captions of a film.

    Args:
        made: `animkit.studio.production.Film`.

    Returns:
        dict: the least contrast of letters and ground in any caption, the number of frames in which a caption is not
        whole, and of those in which a face, the upper half of a figure, lies below one.
    """
    least, broken, covered = 21.0, 0, 0
    for where, shot in zip(made.filmed, made.shots, strict=True):
        band = made.frames[where.first : where.last + 1, -BAND:]
        whole = film.caption(np.zeros((1, HEIGHT, band.shape[2], 3), "uint8"), shot.sentence)[0, -BAND:]
        broken += int((band != whole).any(axis=(1, 2, 3)).sum())
        least = min(least, float(contrast(CREAM, whole[4:][(whole[4:] != CREAM).any(axis=-1)]).min()))
    for take, event in zip(made.takes, made.record["events"], strict=True):
        covered += faces_below(Camera(**event["camera"]), take.staged)
    return {"least contrast": least, "frames with a caption that is not whole": broken, "faces below one": covered}


def header():
    """What the results file says before any run."""
    return {
        "name": "rendering",
        "what": f"films of {SECONDS:g} s from a seed to frames, without writing files, after loading",
        "unit": "seconds of film by seconds of making; GB; counts",
        "target": TARGETS,
    }


def main(arguments=None):
    """Measure, print and keep."""
    parser = command_line("rendering", "Films: frames per second, edits, memory, captions.", sources=())
    options = parser.parse_args(arguments)
    seeds = by_profile(options.profile, ci=[0], demo=[0, 1, 2], full=[0, 1, 2, 3, 4])
    loading = time.perf_counter()
    crew = production.load_crew()
    loading = time.perf_counter() - loading
    timed_film(crew, seed=100, seconds=12)  # what is compiled at first use counts as loading
    runs, again, said, edits = [], [], [], []
    for seed in seeds:
        made, spent = timed_film(crew, seed=seed, seconds=SECONDS)
        runs.append(spent)
        again.append(edited_once(crew, made))
        said.append(captions(made))
        hour = TIMES[(TIMES.index(made.shots[0].time) + 1) % len(TIMES)]
        changed = made.project._replace(edits={0: {"hour": hour}})
        edit = stopwatch()
        rendered = production.make_film(changed, crew=crew, before=made).rendered
        edits.append({"rendered": rendered, **edit()})
        print(seed, spent, said[-1], edits[-1], flush=True)
    import resource  # which Windows lacks

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform != "darwin" else 2**30)
    real = sum(run["film"] for run in runs)
    result = {
        "seeds": seeds,
        "times real time": {
            f"{part}, {clock}": real / sum(run[part][clock] for run in runs)
            for part in ("frames", "whole")
            for clock in ("wall", "CPU")
        },
        "seconds to load": loading,
        "shots rendered again for one edit": {
            "edits": sum(map(len, again)),
            "of which only the edited shot": sum(
                rendered == [number] for film_ in again for number, rendered in enumerate(film_)
            ),
            "most": max(len(rendered) for film_ in again for rendered in film_),
        },
        "another hour for the first shot": edits,
        "captions": {name: (min if "least" in name else sum)(one[name] for one in said) for name in said[0]},
        "peak memory, GB": peak,
        **made_by("rendering", profile=options.profile),
    }
    told = "nothing: times and counts, without settings"
    keep("rendering", options.profile, result, folder=options.output, header=header, chosen_on=told)
    return 0


if __name__ == "__main__":
    sys.exit(main())
