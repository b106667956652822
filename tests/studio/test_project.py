import json

import pytest

from animkit.studio.project import VERSION, Project, checked, edited, open_project, save_project
from animkit.studio.storyboard import Shot

SHOT = Shot("Mira stood.", "meadow", "day", ("Mira",), None, "front", None, "calm", holds=(("Mira", "red apple"),))


@pytest.fixture
def project(tmp_path):
    (tmp_path / "hero.png").touch()
    roles = {"Mira": str(tmp_path / "hero.png"), "troll": 7}
    return Project("a shy wizard", 3, 30.0, 24, 0.5, shots=(SHOT,), roles=roles, edits={0: {"hour": "dusk"}})


def test_what_is_saved_is_opened(tmp_path, project):
    path = save_project(tmp_path / "film.animkit.json", project)
    assert open_project(path) == project
    assert json.loads(path.read_text())["roles"]["Mira"] == "hero.png"  # the folder may move
    assert sorted(one.name for one in tmp_path.iterdir()) == ["film.animkit.json", "hero.png"]
    tmp_path.rename(tmp_path.parent / "elsewhere")
    moved = open_project(tmp_path.parent / "elsewhere" / "film.animkit.json")
    assert moved.roles["Mira"] == str(tmp_path.parent / "elsewhere" / "hero.png")


def test_an_old_project_lets_the_first_walk_to_the_right_cross_its_scene(tmp_path, project):
    walk = SHOT._replace(action="walk", direction="right")
    path = save_project(tmp_path / "p.json", project._replace(shots=(SHOT, walk, walk)))
    assert [shot.crosses for shot in open_project(path).shots] == [False] * 3
    content = json.loads(path.read_text())
    for shot in content["shots"]:
        del shot["crosses"]
    path.write_text(json.dumps(content))
    assert [shot.crosses for shot in open_project(path).shots] == [False, True, False]


def test_edits_are_laid_on_the_shots():
    shots = [SHOT, SHOT._replace(place="shore")]
    one, two = edited(Project(edits={1: {"place": "forest", "hour": "night", "light": "warm"}}), shots)
    assert (one, two) == (SHOT, SHOT._replace(place="forest", time="night"))
    with pytest.raises(ValueError, match="no shot 2 to edit: the film has 0 to 1"):
        edited(Project(edits={2: {"hour": "day"}}), shots)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "p.json is no project: it is no JSON"),
        ("\xff", "p.json is no project: it is no JSON"),
        ("[]", "it has no version"),
        ("[" * 200_000, "p.json is no project: it is nested too deeply"),
        ('{"version": true}', "it has no version"),
        ('{"version": 1, "seeds": 3}', "damaged: a project has no seeds"),
        (f'{{"version": {VERSION + 1}}}', "of version 2, this reads 1 at most: update animkit"),
        ('{"version": 1, "seed": "three"}', "damaged: seed is 'three'"),
        ('{"version": 1, "shots": [{"sentence": "x"}]}', "damaged: .*missing"),
        ('{"version": 1, "shots": [3]}', "damaged"),
        ('{"version": 1, "edits": {"0": {"hour": "noon"}}}', "hour of shot 0 is 'noon': choose dawn, day, dusk, night"),
        ('{"version": 1, "roles": {"Mira": "hero.exe"}}', "played by 'hero.exe': give a seed"),
    ],
)
def test_what_is_no_project_is_refused(tmp_path, content, message):
    (tmp_path / "p.json").write_bytes(content.encode("latin-1"))
    with pytest.raises(ValueError, match=message):
        open_project(tmp_path / "p.json")


def test_what_is_missing_is_named(tmp_path, project):
    with pytest.raises(FileNotFoundError, match=r"no project .*none\.json"):
        open_project(tmp_path / "none.json")
    path = save_project(tmp_path / "p.json", project)
    (tmp_path / "hero.png").unlink()
    with pytest.raises(FileNotFoundError, match=r"p.json needs .*hero\.png: not found; put it back"):
        open_project(path)


def test_without_a_folder_nothing_is_written(tmp_path, project):
    with pytest.raises(OSError, match=r"cannot write p\.json: the folder .*gone does not exist"):
        save_project(tmp_path / "gone" / "p.json", project)
    path = save_project(tmp_path / "p.json", project)
    before = path.read_text()
    with pytest.raises(ValueError, match="seconds is nan"):
        save_project(path, project._replace(seconds=float("nan")))
    assert path.read_text() == before


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"shots": ()}, "at least one shot"),
        ({"shots": (SHOT._replace(sentence=" "),)}, "shot 0 has no caption"),
        ({"shots": (SHOT._replace(place="moon"),)}, "place of shot 0 is 'moon'"),
        ({"edits": {0: {"mood": "calm"}}}, "one edits place, hour, light of a shot, not 'mood'"),
        ({"seed": -1}, "seed is -1: use a whole number from 0"),
        ({"seed": 1_000_000}, "from 0 to 999999"),
        ({"seconds": True}, "seconds is True"),
        ({"fps": 12.0}, r"fps is 12\.0"),
        ({"temperature": 1.7}, r"temperature is 1\.7: use a number from 0\.2 to 1\.6"),
        ({"roles": {"Mira": True}}, "Mira is played by True"),
        ({"edits": {True: {"hour": "day"}}}, "there is no shot True"),
        ({"shots": (SHOT._replace(sentence="x " * 60),)}, "the caption of shot 0 has 120 letters; 90 fit"),
        ({"shots": (SHOT._replace(action="fly"),)}, "action of shot 0 is 'fly': choose None, walk"),
        ({"shots": (SHOT._replace(direction="up"),)}, "direction of shot 0 is 'up': choose left, front, right"),
        ({"shots": (SHOT._replace(mood="grim"),)}, "mood of shot 0 is 'grim': choose calm, vain, merry"),
        ({"prompt": 7}, "a prompt is text; got int"),
        ({"tale": 7}, "a tale is text; got int"),
    ],
)
def test_what_cannot_be_filmed_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        checked(Project(**change))
