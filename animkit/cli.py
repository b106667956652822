"""The console command `animkit`: each subcommand calls the one function of the studio that does the job.

Exit codes: 0 done, 1 it could not be done, 2 it was asked for in a way that cannot be. What was written is told on
standard output, a path a line, or as one JSON object with --json; progress and notes go to standard error. What is
there already is replaced with --force alone, and then whole: a command that is killed leaves the old file or the new.
"""

import contextlib
import functools
import json
import os
import re
import signal
import sys
import tempfile
import time
import warnings
from pathlib import Path

import click

from animkit import __version__

# as the studio has them, which takes a second to import; a test compares
KINDS = ("fire", "smoke", "sparkle", "rain", "splash", "dust", "magic", "portal")
LIGHTS = ("noon", "dusk", "torch", "rim", "spell", "moon")


class Numbers(click.ParamType):
    """Two whole numbers with a sign between them, such as 30:60 or 64x64."""

    def __init__(self, sign, name):
        self.sign, self.name = sign, name

    def convert(self, value, param, ctx):
        if isinstance(value, tuple):
            return value
        found = re.fullmatch(rf"(\d+){self.sign}(\d+)", value)
        if not found:
            self.fail(f"{value!r} is not written as {self.name}", param, ctx)
        return int(found[1]), int(found[2])


def job(command):
    """Make a subcommand of a function that returns what it did as a dict: tell that, or in one line what went wrong."""

    @click.option("--json", "as_json", is_flag=True, help="Tell the outcome, a failure too, as one JSON object.")
    @functools.wraps(command)
    def run(*, as_json, **options):
        began = time.perf_counter()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("always", UserWarning)
                warnings.showwarning = lambda message, *_: say(f"Note: {message}")
                told = command(**options)
        except (ValueError, OSError, Stopped) as error:
            if as_json:
                click.echo(json.dumps({"error": str(error)}, ensure_ascii=False))
            raise click.ClickException(str(error)) from error
        lines = told.pop("lines", None) or list(map(str, told["written"]))
        if as_json:
            told |= {"seconds": round(time.perf_counter() - began, 1)}
            click.echo(json.dumps(told, ensure_ascii=False, allow_nan=False, default=str))
        else:
            click.echo("\n".join(lines))
        if told.get("wrong"):
            raise SystemExit(1)

    return run


class Stopped(Exception):
    """A person stopped a command before there was anything to keep."""


class Interrupts:
    """Within it, Ctrl+C asks to stop with what is done; a second one ends the command at once."""

    def __enter__(self):
        self.asked = False
        self.before = signal.signal(signal.SIGINT, self.ask)
        return self

    def ask(self, *_):
        say("Stopping after this shot, with those that are done; once more to quit at once.")
        self.asked = True
        signal.signal(signal.SIGINT, self.before)

    def __exit__(self, *_):
        signal.signal(signal.SIGINT, self.before)


def tell_progress(done, total, left, what):
    """Say on standard error how far a film is: on a terminal in one line that rewrites itself."""
    line = f"{done}/{total}  {what}{'' if left is None else f', {left:.0f} s left'}"
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{line[:100]}", err=True, nl=done + 1 >= total)
    else:
        say(line)


def load_backend():
    """Load Keras and what it computes on; of the C++ side's greetings nothing is shown unless it fails."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with tempfile.TemporaryFile() as said, contextlib.ExitStack() as after:
        kept = os.dup(2)
        after.callback(os.close, kept)
        after.callback(os.dup2, kept, 2)
        os.dup2(said.fileno(), 2)
        try:
            import keras

            keras.ops.zeros(1)  # the devices are looked for with the first tensor
        except BaseException:
            said.seek(0)
            os.write(kept, said.read())
            raise


def say(text):
    """Tell a person something, on standard error."""
    click.echo(text, err=True)


def check_free(*paths, force):
    """Refuse to replace a file before any work is done, and to write where nobody may.

    Raises:
        FileExistsError: a file is there, and nobody said --force.
        PermissionError, NotADirectoryError: it could not be written at the end.
    """
    for path in map(Path, paths):
        if path.exists() and not force:
            raise FileExistsError(f"{path} is there already: give another name, or --force to replace it")
        there = next(parent for parent in path.absolute().parents if parent.exists())
        if not there.is_dir():
            raise NotADirectoryError(f"{path} cannot be written: {there} is a file, no folder")
        if not os.access(there, os.W_OK):
            raise PermissionError(f"{path} cannot be written: nobody may write into {there}; choose another folder")


seed = click.option("--seed", type=click.IntRange(0, 999_999), default=0, show_default=True, help="Of what is drawn.")
force = click.option("--force", is_flag=True, help="Replace what is there; without it, that is an error.")
out_folder = functools.partial(click.option, "-o", "--output", type=click.Path(path_type=Path), show_default=True)
out_file = functools.partial(out_folder, required=True, show_default=False)
in_file = functools.partial(click.argument, type=click.Path(path_type=Path))


def with_examples(*lines):
    """What stands below the help of a command, a line an example, as click keeps it."""
    return "\b\n" + "\n".join(("Examples:", *(f"  {line}" for line in lines)))


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=with_examples(
        'animkit film "a shy wizard and a storm" --seed 3 --seconds 40 -o runs/storm',
        "animkit doctor",
    ),
)
@click.version_option(__version__, prog_name="animkit")
def main():
    """AI in animation production, from a terminal: films, motion, light, sprite sheets, effects.

    Each command explains itself: animkit film --help. The networks ship with the kit; nothing is downloaded.
    """


@main.command(
    epilog=with_examples(
        'animkit film "a shy wizard and a storm" --seed 3 --seconds 40 -o runs/storm',
        "animkit film --tale mine.txt -o runs/mine",
        "animkit film --project runs/storm/project.json --fps 24 -o runs/smooth",
    )
)
@click.argument("prompt", required=False)
@out_folder(default="runs/film", metavar="FOLDER", help="Where the film goes.")
@click.option("--seconds", type=click.FloatRange(8, 90), help="How long it shall be, about.  [default: 40]")
@click.option("--fps", type=click.Choice(["12", "24"]), help="Frames per second.  [default: 12]")
@click.option("--seed", type=click.IntRange(0, 999_999), help="Same seed, same film.  [default: 0]")
@click.option("--sound/--no-sound", default=None, help="With soft music, steps and thunder.  [default: no-sound]")
@click.option("--tale", type=click.Path(path_type=Path), metavar="TALE.txt",
              help="A tale of your own to be filmed: a title on the first line, then sentences.")  # fmt: skip
@click.option("--project", type=click.Path(path_type=Path), metavar="PROJECT.json",
              help="Make the film of a project again; what else is given overrides it.")  # fmt: skip
@force
@job
def film(prompt, output, seconds, fps, seed, sound, tale, project, force):
    """Make a short film: a story is invented and told, cast, played, lit, filmed and captioned.

    PROMPT is a few English words. They choose who is in it (a shy wizard, a girl named Rosa), things (a bell, a boat),
    places (a forest, the mountains), weather, hours, and the genre: adventure, animals, everyday, magic or romance.
    The seed draws all else, or everything where there is no PROMPT. Words that chose nothing are named at the end.

    It takes about a minute, and what is done is told meanwhile. FOLDER then holds film.mp4, film.gif, poster.png,
    storyboard.png (every shot), film.json (every choice, and who is where in which frames) and project.json, from which
    the film is made again. Ctrl+C ends the film with the shots that are done.
    """
    if prompt and tale is not None:
        raise click.UsageError("PROMPT chooses for a story that is invented, and --tale brings one: give one of them")
    given = {"prompt": prompt, "seconds": seconds, "fps": fps and int(fps), "seed": seed, "sound": sound}
    given = {name: value for name, value in given.items() if value is not None}

    from animkit.data.text import read_text
    from animkit.studio import premiere, production
    from animkit.studio.project import open_project

    for folder in {output, project.parent if project is not None else output}:
        if premiere.finish(folder):
            say(f"Note: the last film for {folder} was whole when its command was killed; now all its files are there.")
    check_free(*(output / name for name in premiere.FILES), force=force)
    if tale is not None:
        given["tale"] = read_text(tale)
    asked = None if project is None else open_project(project)
    if prompt and asked is not None and asked.tale is not None:
        say("Note: the prompt asks for a story that is invented; the project's own tale is left out.")
        given["tale"] = None
    if asked is not None and (asked.shots or asked.edits) and given.keys() - {"fps", "sound"}:
        say("Note: this is another story than the project's, whose edited shots are left out.")
        given |= {"shots": None, "edits": {}}
    load_backend()
    with Interrupts() as interrupts:
        try:
            made = production.make_film(asked, progress=tell_progress, cancelled=lambda: interrupts.asked, **given)
        except production.Cancelled as error:
            raise Stopped(str(error)) from error
    say("writing")
    written = [output / name for name in premiere.save(output, made)]
    notes = made.record["notes"]
    for note in notes:
        say(f"Note: {note}.")
    told = {name: made.record[name] for name in ("title", "seed", "frames", "frames per second", "notes")}
    return {"written": written, **told, "shots": len(made.shots), "wrong": ["cancelled"] if interrupts.asked else []}


@main.command(
    epilog=with_examples(
        "animkit inbetween walk.bvh --gap 30:60 -o filled.bvh",
        "animkit inbetween walk.bvh --gap 30:60 --gap 90:99 --samples 3 --lock-feet -o filled.bvh",
    )
)
@in_file("clip", metavar="IN.bvh")
@click.option("--gap", "gaps", type=Numbers(":", "FIRST:LAST"), multiple=True, required=True, metavar="FIRST:LAST",
              help="Frames to be filled, both among them, counted from 0; may be given several times.")  # fmt: skip
@out_file(metavar="OUT.bvh", help="The filled clip; with several samples OUT_1.bvh, OUT_2.bvh ...")
@click.option("--samples", type=click.IntRange(1, 16), default=1, show_default=True, help="How many ways to fill.")
@click.option("--lock-feet", is_flag=True, help="Feet that stand do not slide.")
@seed
@force
@job
def inbetween(clip, gaps, output, samples, lock_feet, seed, force):
    """Fill gaps of a clip of motion by a network; all other frames stay as they are.

    The first sample is the likeliest motion, further ones are drawn. Any skeleton with hips, legs, a spine and arms
    will do; it is brought onto the network's and back.
    """
    from animkit.motion.bvh import load_bvh, save_bvh
    from animkit.motion.stretches import clear
    from animkit.studio.familiar import unfamiliar

    paths = [output] if samples == 1 else [output.with_stem(f"{output.stem}_{n + 1}") for n in range(samples)]
    check_free(*paths, force=force)
    loaded = load_bvh(clip)
    kept = ((0, loaded.frame_count - 1),)
    for first, last in gaps:  # one outside the clip is told before a network is loaded
        kept = clear(kept, first, last, loaded.frame_count)

    load_backend()
    from animkit import weights
    from animkit.studio.in_betweening import fill_between

    model = weights.load("motion_in_between")
    strange = unfamiliar(model.seen, loaded, kept)
    for one in strange:
        say(f"Note: the network has not seen {one}.")
    filled = fill_between(model, loaded, kept, samples=samples, seed=seed, lock=lock_feet)
    written = [save_bvh(path, one) for path, one in zip(paths, filled, strict=True)]
    return {"written": written, "frames": loaded.frame_count, "gaps": gaps, "unfamiliar": strange}


@main.command(
    epilog=with_examples(
        "animkit relight hero.png",
        "animkit relight sheet.png --cell 64x64 --light moon --green down -o maps",
    )
)
@in_file("sprite", metavar="SPRITE.png")
@out_folder(default="runs/light", help="Folder of the sheet and its maps.")
@click.option("--light", type=click.Choice(LIGHTS), default="torch", show_default=True, help="What lamps shine.")
@click.option("--cell", type=Numbers("x", "WIDTHxHEIGHT"), metavar="WxH", help="Size of a sheet's cells, in pixels.")
@click.option("--green", type=click.Choice(["up", "down"]), default="up", show_default=True,
              help="Of the normal map: up for Godot and Unity, down for Unreal.")  # fmt: skip
@force
@job
def relight(sprite, output, light, cell, green, force):
    """Light a sprite, an animation or a sheet anew, and write its maps for game engines.

    A network guesses the surface. NAME.png is the sheet, NAME_n.png its normals, NAME_p.png heights, NAME_d.png
    albedo, NAME_v.png what is lit, NAME.tres Godot's texture, NAME_maps.json what is what.
    """
    from animkit.studio.light_export import light_picture, names_of

    check_free(*(output / name for name in names_of(sprite.stem)), force=force)
    load_backend()
    convention = {"up": "opengl", "down": "directx"}[green]
    return {"written": light_picture(sprite, output, cell=cell, light=light, convention=convention), "light": light}


@main.command(
    epilog=with_examples(
        'echo \'{"name": "Mira", "seed": 7, "skin": 4, "hair": 2}\' > mira.json; animkit sheet mira.json',
        'echo \'{"name": "Me", "picture": "my_hero.png"}\' > me.json; animkit sheet me.json -o sprites',
        "animkit sheet runs/film/film.json",
    )
)
@in_file("design", metavar="DESIGN.json")
@out_folder(default="runs/characters", help="Folder of the sheets.")
@click.option("--fps", type=click.IntRange(1, 60), default=8, show_default=True, help="Frames per second.")
@force
@job
def sheet(design, output, fps, force):
    """Draw characters as sprite sheets with nine actions, as Aseprite writes them: NAME.png and NAME.json.

    DESIGN.json holds one character or a list of them under "cast", such as the film.json of a film. Each is told by
    the seed of a designer and wishes, by its look, by a picture, or by the descent that a design board saves.
    """
    from animkit.studio.designs import draw_sheets, file_stem, read_designs, save_sheets

    designs = read_designs(design)
    files = [output / f"{file_stem(one.name)}{ending}" for one in designs for ending in (".png", ".json")]
    check_free(*files, force=force)
    load_backend()
    sheets = draw_sheets(designs)
    return {"written": save_sheets(output, sheets, fps=fps), "characters": list(sheets)}


@main.command(
    epilog=with_examples(
        "animkit effects fire -o fire.png",
        'animkit effects magic --size 64 --once --palette "#203060 #80c0ff white" -o spell.webp',
    )
)
@click.argument("kind", type=click.Choice(KINDS))
@out_file(metavar="FILE", help=".png (a sheet, with Aseprite's .json), .apng, .webp or .gif.")
@click.option("--frames", type=click.IntRange(8, 32), default=16, show_default=True, help="Length.")
@click.option("--once", is_flag=True, help="It begins and ends with nothing, in place of a loop.")
@click.option("--wind", type=click.FloatRange(-1, 1), default=0.0, show_default=True, help="-1 left, 1 right.")
@click.option("--amount", type=click.FloatRange(0.5, 1.5), default=1.0, show_default=True, help="How big it is.")
@click.option("--size", type=click.Choice(["32", "64"]), default="32", show_default=True, help="Pixels a side.")
@click.option("--palette", help="A palette's name, such as 'blue fire', or two to seven colours, dark to bright.")
@click.option("--fps", type=click.IntRange(1, 50), default=12, show_default=True, help="Frames per second.")
@seed
@force
@job
def effects(kind, output, frames, once, wind, amount, size, palette, fps, seed, force):
    """Make an effect that closes into a loop, or is seen once."""
    from animkit.studio.effects import PALETTES, Finer, make_effect, palette_of, save_effect

    check_free(output, *([output.with_suffix(".json")] if output.suffix.lower() == ".png" else []), force=force)
    if palette is not None and palette not in PALETTES:
        palette = palette_of(palette.replace(",", " ").split() if palette.count("#") or " " in palette else palette)

    load_backend()
    from animkit import weights

    model = weights.load("effects")
    if size == "64":
        model = Finer(model, weights.load("effects_64"))
    made = make_effect(model, kind, frames=frames, one_shot=once, wind=wind, amount=amount, palette=palette, seed=seed)
    return {"written": save_effect(output, made, fps=fps), "kind": kind, "frames": len(made)}


@main.command()
@job
def doctor():
    """Look whether the kit is whole: versions, device, data found, weights as their cards say.

    Fails (exit code 1) if something is wrong; notes alone are fine.
    """
    from animkit.studio.doctor import WRONG, examine

    say("Looking; the backend takes some seconds to load ...")
    with contextlib.suppress(Exception):  # what is broken is among the findings
        load_backend()
    found = examine()
    return {
        "findings": [one._asdict() for one in found],
        "wrong": [one.what for one in found if one.state == WRONG],
        "lines": [f"{state:6}{what:26}{told}" for what, state, told in found],
    }


if __name__ == "__main__":
    main()
