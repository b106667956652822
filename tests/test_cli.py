"""The console command: its help is quick, its outcomes are told, its failures are one line and an exit code."""

import functools
import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from animkit import cli, weights
from animkit.data import effects
from animkit.data.sprite_sheet import read_sprite_sheet
from animkit.data.twins.walkers import walker
from animkit.motion.bvh import load_bvh, save_bvh
from animkit.studio import designs, doctor, in_betweening, light_export, lighting, premiere, production
from animkit.studio.effects import Drawn
from animkit.studio.project import Project, open_project, save_project

COMMANDS = ("doctor", "effects", "film", "inbetween", "relight", "sheet")


@pytest.fixture
def call(tmp_path, monkeypatch):
    """`call("effects", "fire", ..., code=0)` in an empty folder, without networks: returns click's result."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cli, "load_backend", lambda: None)

    def call(*arguments, code=0):
        done = CliRunner().invoke(cli.main, list(map(str, arguments)))
        assert done.exit_code == code, done.output
        return done

    return call


def test_help_loads_nothing_heavy():
    code = "import sys; from animkit import cli; print(sorted({'keras', 'tensorflow', 'numpy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_choices_are_those_of_the_studio():
    assert cli.KINDS == effects.KINDS
    assert tuple(lighting.PRESETS) == cli.LIGHTS


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_explains_itself(call, name):
    assert name in call("--help").stdout
    told = call(name, "-h").stdout
    assert "--json" in told
    # an example, on a line of its own
    assert name == "doctor" or re.search(f"^ +animkit {name} ", told.split("Examples:")[1], flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["paint"], "No such command 'paint'"),
        (["effects", "lava", "-o", "a.png"], "'lava' is not one of 'fire'"),
        (["effects", "fire"], "Missing option '-o'"),
        (["effects", "fire", "--wind", "2", "-o", "a.png"], "2.0 is not in the range"),
        (["film", "--seconds", "7"], "7.0 is not in the range"),
        (["film", "a wizard", "--tale", "mine.txt"], "give one of them"),
        (["film", "--fps", "25"], "'25' is not one of '12', '24'"),
        (["inbetween", "a.bvh", "--gap", "30-60", "-o", "b.bvh"], "'30-60' is not written as FIRST:LAST"),
        (["relight", "a.png", "--cell", "64"], "'64' is not written as WIDTHxHEIGHT"),
    ],
)
def test_what_is_asked_wrongly_is_usage(call, arguments, message):
    assert message in call(*arguments, code=2).stderr


def test_an_effect_is_written_told_and_not_replaced(call, monkeypatch):
    monkeypatch.setattr(weights, "load", lambda name: Drawn(32))
    assert call("effects", "fire", "-o", "fire.png", "--frames", 8).stdout.split() == ["fire.png", "fire.json"]
    assert read_sprite_sheet("fire.json").frames["fire"].shape == (8, 32, 32, 4)
    before = Path("fire.png").read_bytes()
    again = call("effects", "fire", "-o", "fire.png", "--seed", 1, "--json", code=1)
    assert "fire.png is there already: give another name, or --force to replace it" in again.stderr
    assert json.loads(again.stdout)["error"] in again.stderr
    assert Path("fire.png").read_bytes() == before
    told = json.loads(call("effects", "fire", "-o", "fire.png", "--seed", 1, "--json", "--force").stdout)
    assert (told["written"], told["kind"], told["frames"]) == (["fire.png", "fire.json"], "fire", 16)
    assert Path("fire.png").read_bytes() != before
    assert "written as .png" in call("effects", "fire", "-o", "fire.tiff", code=1).stderr
    assert "no palette 'beige'" in call("effects", "fire", "-o", "a.gif", "--palette", "beige", code=1).stderr
    assert call("effects", "fire", "-o", "a.gif", "--palette", "#203060 white").stdout == "a.gif\n"
    assert call("effects", "fire", "-o", "a.PNG").stdout == "a.PNG\na.json\n"
    assert "fire.json is there already" in call("effects", "fire", "-o", "fire.PNG", code=1).stderr


def test_a_place_that_cannot_be_written_is_told_before_the_work(call, monkeypatch):
    Path("file").touch()
    assert "is a file, no folder" in call("effects", "fire", "-o", "file/fire.png", code=1).stderr
    monkeypatch.setattr(cli.os, "access", lambda *_: False)  # to the superuser nothing is forbidden
    assert "nobody may write into" in call("effects", "fire", "-o", "fire.png", code=1).stderr


@pytest.fixture
def filmed(monkeypatch):
    """The projects of which films were made, by a stub that is stopped in its second shot where `stop` is set."""
    asked = []

    def make_film(project=None, *, progress, cancelled, **choices):
        asked.append((project or Project())._replace(**choices))
        progress(0, 4, None, "a story is invented and told")
        progress(3, 4, 2.0, "the film is cut")
        if "stop" in asked[-1].prompt:
            signal.raise_signal(signal.SIGINT)
            assert cancelled()
        if asked[-1].prompt == "stop at once":
            raise production.Cancelled
        record = {"title": "A Film", "seed": asked[-1].seed, "frames": 4, "frames per second": asked[-1].fps}
        record["notes"] = ["no word of the prompt is in the lexicon, so the story is free"]
        parts = dict.fromkeys(production.Film._fields) | {"record": record, "project": asked[-1], "shots": [None] * 2}
        return production.Film(**parts)

    def save(folder, made):
        folder.mkdir(parents=True, exist_ok=True)
        for name in premiere.FILES:
            (folder / name).write_text("{}")
        save_project(folder / "project.json", made.project)
        return dict.fromkeys(premiere.FILES, 2)

    monkeypatch.setattr(production, "make_film", make_film)
    monkeypatch.setattr(premiere, "save", save)
    return asked


def test_a_film_is_made_as_asked_and_again_from_its_project(call, filmed):
    Path("mine.txt").write_text("A title\nPip slept.")
    done = call("film", "--seed", 3, "--seconds", 20, "--tale", "mine.txt", "-o", "made", "--json")
    told = json.loads(done.stdout)
    assert told["written"] == [f"made/{name}" for name in premiere.FILES]
    assert (told["title"], told["shots"], told["seed"], told["wrong"]) == ("A Film", 2, 3, [])
    assert filmed[0] == Project(seed=3, seconds=20.0, tale="A title\nPip slept.")
    assert "0/4  a story is invented and told\n3/4  the film is cut, 2 s left" in done.stderr
    assert "Note: no word of the prompt is in the lexicon" in done.stderr
    for name in told["written"]:
        Path("other", name).parent.mkdir(parents=True, exist_ok=True)
        Path("other", name).touch()
        assert f"{name} is there already" in call("film", "-o", "other/made", code=1).stderr
        Path("other", name).unlink()
    left = Path("other/made", premiere.WHOLE)  # as a command leaves it that was killed while files changed places
    left.mkdir()
    (left / "film.mp4").write_text("new")
    assert "now all its files are there" in call("film", "-o", "other/made", code=1).stderr
    assert Path("other/made/film.mp4").read_text() == "new"
    call("film", "--project", "made/project.json", "--fps", 24, "-o", "made", "--force")
    assert filmed[1] == filmed[0]._replace(fps=24)
    assert open_project("made/project.json") == filmed[1]
    edited = filmed[1]._replace(edits={0: {"place": "shore"}})
    save_project("edited.json", edited)
    call("film", "--project", "edited.json", "--fps", 12, "--sound", "-o", "edited")
    assert filmed[2] == edited._replace(fps=12, sound=True)
    assert (
        "whose edited shots are left out" in call("film", "--project", "edited.json", "--seed", 4, "-o", "new").stderr
    )
    assert (filmed[3].seed, filmed[3].edits) == (4, {})
    prompted = call("film", "a wizard", "--project", "edited/project.json", "--no-sound", "-o", "prompted")
    assert "the project's own tale is left out" in prompted.stderr
    assert (filmed[4].prompt, filmed[4].tale, filmed[4].sound) == ("a wizard", None, False)


def test_an_interrupted_film_keeps_what_is_done(call, filmed):
    before = signal.getsignal(signal.SIGINT)
    done = call("film", "stop", "-o", "made", code=1)
    assert "Stopping after this shot" in done.stderr
    assert "made/film.mp4" in done.stdout
    assert "cancelled before the first shot" in call("film", "stop at once", "-o", "none", code=1).stderr
    assert not Path("none").exists()
    assert signal.getsignal(signal.SIGINT) is before


def test_projects_and_tales_that_cannot_be_read_are_told(call, filmed):
    Path("newer.json").write_text('{"version": 99}')
    assert "version 99" in call("film", "--project", "newer.json", code=1).stderr
    assert "there is no project none.json" in call("film", "--project", "none.json", code=1).stderr
    assert "none.txt" in call("film", "--tale", "none.txt", code=1).stderr
    assert filmed == []


def test_gaps_are_filled_and_all_else_stays(call, monkeypatch):
    class Network:
        seen = {"gap": [5, 30], "speed": [0, 300], "arm": [0, 9], "trunk": [0, 9], "shank": [0, 9]}

    def fill_between(model, clip, stretches, *, samples, **told):
        assert stretches == ((0, 9), (21, 39))
        assert told == {"seed": 3, "lock": True}
        return [clip] * samples

    monkeypatch.setattr(weights, "load", lambda name: Network())
    monkeypatch.setattr(in_betweening, "fill_between", fill_between)
    save_bvh("walk.bvh", walker(gait="walk", seconds=40 / 30).clip)
    asked = ["inbetween", "walk.bvh", "--gap", "10:20", "-o", "out.bvh", "--lock-feet", "--seed", 3]
    done = call(*asked, "--samples", 2, "--json")
    told = json.loads(done.stdout)
    assert told["written"] == ["out_1.bvh", "out_2.bvh"]
    assert (told["frames"], told["gaps"], told["unfamiliar"]) == (40, [[10, 20]], [])
    assert load_bvh("out_2.bvh").frame_count == 40
    assert call(*asked).stdout == "out.bvh\n"


@pytest.mark.parametrize(
    ("gap", "message"),
    [
        ("30:60", "frames 30 to 60 are not in a clip whose frames are 0 to 9"),
        ("6:4", "frames 6 to 4 are not in a clip"),
        ("0:0", "the first and the last frame stay keys"),
    ],
)
def test_a_gap_outside_the_clip_is_told_before_a_network_is_loaded(call, gap, message):
    save_bvh("walk.bvh", walker(gait="walk", seconds=1 / 3).clip)
    assert message in call("inbetween", "walk.bvh", "--gap", gap, "-o", "out.bvh", code=1).stderr


def test_unreadable_files_are_told(call):
    Path("broken").write_bytes(b"\x00\x01nothing")
    assert "broken" in call("inbetween", "broken", "--gap", "1:2", "-o", "out.bvh", code=1).stderr
    assert "broken cannot be read as a picture" in call("relight", "broken", code=1).stderr
    assert "broken is no design" in call("sheet", "broken", code=1).stderr
    assert "there is no picture none.png" in call("relight", "none.png", code=1).stderr
    assert "no design none.json" in call("sheet", "none.json", code=1).stderr


def test_a_sprite_is_lit_with_its_maps(call, monkeypatch):
    embossed = functools.partial(lighting.relight_sheet, model=lighting.EMBOSS)
    monkeypatch.setattr(light_export, "relight_sheet", embossed)
    figure = np.zeros((16, 32, 4), np.uint8)
    figure[4:14, 3:12] = figure[2:14, 20:28] = (180, 120, 90, 255)
    Image.fromarray(figure).save("hero.png")
    asked = ["relight", "hero.png", "--cell", "16x16", "--light", "moon", "--green", "down", "-o", "maps"]
    written = call(*asked).stdout.split()
    assert written[0] == "maps/hero.png"
    assert written[-1] == "maps/hero_maps.json"
    told = json.loads(Path(written[-1]).read_text())
    assert told["normals"] == {"convention": "directx", "green": "down"}
    for name in written:
        Path("other", name).parent.mkdir(parents=True, exist_ok=True)
        Path("other", name).touch()
        assert f"{name} is there already" in call(*asked[:-1], "other/maps", code=1).stderr
        Path("other", name).unlink()
    call(*asked, "--force")
    # a drawing of somebody's stays, whatever is said
    assert "was not written here" in call("relight", "hero.png", "-o", ".", "--force", code=1).stderr
    assert np.array_equal(np.asarray(Image.open("hero.png")), figure)


def test_sheets_of_characters(call, monkeypatch):
    drawn = np.full((9, 8, 16, 16, 4), 255, np.uint8)
    monkeypatch.setattr(designs, "draw_sheets", lambda told: {one.name: drawn for one in told})
    Path("cast.json").write_text(json.dumps([{"name": "Mira", "seed": 1}, {"name": "Bram", "seed": 2}]))
    told = json.loads(call("sheet", "cast.json", "-o", "made", "--json").stdout)
    assert told["written"] == [f"made/{name}" for name in ("Mira.png", "Mira.json", "Bram.png", "Bram.json")]
    assert told["characters"] == ["Mira", "Bram"]
    assert "Mira.png is there already" in call("sheet", "cast.json", "-o", "made", code=1).stderr


@pytest.mark.parametrize(("state", "code"), [(doctor.FINE, 0), (doctor.NOTE, 0), (doctor.WRONG, 1)])
def test_the_doctor_fails_if_something_is_wrong(call, monkeypatch, state, code):
    monkeypatch.setattr(doctor, "examine", lambda: [doctor.Finding("device", state, "a toaster")])
    assert "device" in call("doctor", code=code).stdout
    told = json.loads(call("doctor", "--json", code=code).stdout)
    assert told["findings"] == [{"what": "device", "state": state, "told": "a toaster"}]
    assert told["wrong"] == (["device"] if code else [])


def test_the_backends_greetings_are_held_back_and_its_complaints_shown(capfd, monkeypatch):
    import keras

    def greet(_):
        cli.os.write(2, b"greetings\n")

    monkeypatch.setattr(keras.ops, "zeros", greet)
    cli.load_backend()
    assert capfd.readouterr().err == ""

    def fail(_):
        greet(_)
        raise RuntimeError("no device")

    monkeypatch.setattr(keras.ops, "zeros", fail)
    with pytest.raises(RuntimeError, match="no device"):
        cli.load_backend()
    assert capfd.readouterr().err == "greetings\n"
