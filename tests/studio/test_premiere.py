import errno
import hashlib
import json
import os
import shutil
import subprocess
import sys
from types import SimpleNamespace

import av
import numpy as np
import pytest
from PIL import Image

from animkit.studio import premiere
from animkit.studio.project import Project, open_project

EVENT = {"shot": 0, "first frame": 2, "last frame": 7, "place": "shore", "hour": "dusk"}
EVENT |= {"camera": {"move": "still", "why": "a place is looked at", "closer": 3}}
RECORD = {
    "title": "The Bell",
    "seed": 3,
    "frames per second": 12,
    "events": [EVENT],
    "shots": [{"sentence": "It rang."}],
}


def film(value, record=RECORD, fps=12):
    frames = np.full((9, 360, 640, 3), value, "uint8")
    return SimpleNamespace(frames=frames, poster=frames[0], record=record | {"value": value}, project=Project(fps=fps))


def whole(folder):
    """The value of the film that lies in a folder, if all of it is one film."""
    record = json.loads((folder / "film.json").read_text())
    for name, digest in record["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert np.asarray(Image.open(folder / "poster.png"))[0, 0, 0] == record["value"]
    return record["value"]


def test_saving_writes_six_files(tmp_path):
    sizes = premiere.save(tmp_path / "a" / "film", film(9))
    assert sorted(path.name for path in (tmp_path / "a" / "film").iterdir()) == sorted(sizes)
    assert set(sizes) == {"film.mp4", "film.gif", "poster.png", "storyboard.png", "film.json", "project.json"}
    assert min(sizes.values()) > 0
    assert whole(tmp_path / "a" / "film") == 9


def test_the_project_beside_the_film_finds_the_players_that_lie_there(tmp_path):
    (tmp_path / "hero.bvh").touch()
    made = film(9)
    made.project = Project(roles={"Mira": str(tmp_path / "hero.bvh"), "troll": 5})
    premiere.save(tmp_path, made)
    assert json.loads((tmp_path / "project.json").read_text())["roles"] == {"Mira": "hero.bvh", "troll": 5}
    assert open_project(tmp_path / "project.json") == made.project


def test_a_record_that_is_not_json_writes_nothing(tmp_path):
    with pytest.raises(ValueError, match="JSON"):
        premiere.save(tmp_path / "film", film(9, RECORD | {"loss": float("nan")}))
    assert list(tmp_path.iterdir()) == []


def test_a_storyboard_has_a_cell_for_each_shot():
    twelve = RECORD | {"events": [EVENT | {"shot": number} for number in range(4)], "shots": RECORD["shots"] * 4}
    frames = np.random.default_rng(0).integers(0, 255, (9, 360, 640, 3), "uint8")
    sheet = premiere.storyboard_sheet(twelve, frames)
    assert sheet.shape[1] == 3 * 332 + 12
    shown = frames[2 + 2 * 5 // 3, :304:2, ::2]
    found = [(sheet[top : top + 152, left : left + 320] == shown).all() for top in (56, 306) for left in (12, 344, 676)]
    assert found == [True, True, True, True, False, False]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES])
def test_without_room_the_old_film_stays(tmp_path, monkeypatch, code):
    premiere.save(tmp_path, film(9))

    def full(*_, **__):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(premiere, "save_mp4", full)
    with pytest.raises(OSError, match=f"cannot write the film into .*{os.strerror(code)}; the film that lies there is"):
        premiere.save(tmp_path, film(10))
    assert whole(tmp_path) == 9
    assert len(list(tmp_path.iterdir())) == 6


def test_a_place_that_is_no_folder_is_refused(tmp_path):
    (tmp_path / "film").write_text("here")
    with pytest.raises(OSError, match="cannot write the film into"):
        premiere.save(tmp_path / "film", film(9))
    assert (tmp_path / "film").read_text() == "here"


def test_a_later_rename_that_fails_is_gone_on_with(tmp_path, monkeypatch):
    premiere.save(tmp_path, film(9))
    replace = os.replace

    def held(source, target):
        if target == tmp_path / "film.json":
            raise PermissionError(errno.EACCES, "somebody reads it")
        replace(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", held)
        with pytest.raises(
            OSError,
            match="somebody reads it; the new film is whole in 'film being replaced' there, and takes its place",
        ):
            premiere.save(tmp_path, film(10))
        with pytest.raises(AssertionError):  # a film and a picture of two films
            whole(tmp_path)
    premiere.finish(tmp_path)
    assert whole(tmp_path) == 10


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from studio.test_premiere import film, premiere

def save(folder, steps):
    # killed before the step of that number: a file or the whole gets its name in the folder
    begun = []
    def killed(do):
        def step(source, target):
            if Path(target).parent == folder:
                begun.append(target)
                if len(begun) > steps:
                    os.kill(os.getpid(), signal.SIGKILL)
            do(source, target)
        return step
    os.rename, os.replace = killed(os.rename), killed(os.replace)
    premiere.save(folder, film(10))

for number in range(len(premiere.FILES) + 1):
    if not (child := os.fork()):
        save(Path(sys.argv[2], str(number)), number)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
"""


def test_killed_before_any_step_there_is_the_old_film_or_the_new_one(tmp_path):
    premiere.save(tmp_path / "0", film(9))
    for number in range(1, 7):
        shutil.copytree(tmp_path / "0", tmp_path / str(number))
    old = {name: (tmp_path / "0" / name).read_bytes() for name in premiere.FILES}
    tests = os.path.dirname(os.path.dirname(__file__))
    subprocess.run([sys.executable, "-c", KILLED, tests, str(tmp_path)], check=True)
    for number in range(7):
        folder = tmp_path / str(number)
        now = {name: (folder / name).read_bytes() for name in premiere.FILES if name != "project.json"}
        # no half file at any time, and the record tells whose they are
        assert [now[name] != old[name] for name in now] == [n < number - 1 for n in (0, 1, 2, 3, 5)]
        digests = json.loads(now["film.json"])["files"]
        mixed = any(hashlib.sha256(now[name]).hexdigest() != digest for name, digest in digests.items())
        assert mixed == (number > 1)
        assert (folder / premiere.WHOLE).is_dir() == (number > 0)  # and who looks sees that they are changing places
        for name in ("poster.png", "storyboard.png"):
            Image.open(folder / name).load()
        with av.open(folder / "film.mp4") as saved:
            assert len(list(saved.decode(video=0))) == 9
        assert [premiere.finish(folder), premiere.finish(folder)] == [number > 0, False]
        assert whole(folder) == (9 if number == 0 else 10)
    for number in (0, 3):
        premiere.save(tmp_path / str(number), film(11))
        assert whole(tmp_path / str(number)) == 11
        assert len(list((tmp_path / str(number)).iterdir())) == 6  # what the killed one left is swept
