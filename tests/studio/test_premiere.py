import errno
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import av
import numpy as np
import pytest
from PIL import Image

from animkit.studio import premiere
from animkit.studio.project import Project

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


def test_saving_writes_five_files(tmp_path):
    sizes = premiere.save(tmp_path / "a" / "film", film(9))
    assert sorted(path.name for path in (tmp_path / "a" / "film").iterdir()) == sorted(sizes)
    assert set(sizes) == {"film.mp4", "film.gif", "poster.png", "storyboard.png", "film.json"}
    assert min(sizes.values()) > 0
    assert whole(tmp_path / "a" / "film") == 9


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
    assert len(list(tmp_path.iterdir())) == 5


def test_a_place_that_is_no_folder_is_refused(tmp_path):
    (tmp_path / "film").write_text("here")
    with pytest.raises(OSError, match="cannot write the film into"):
        premiere.save(tmp_path / "film", film(9))
    assert (tmp_path / "film").read_text() == "here"


def test_who_is_killed_leaves_no_half_file(tmp_path):
    premiere.save(tmp_path, film(9))
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\nfrom studio.test_premiere import film, premiere\n"
        "print('ready', flush=True)\nfor value in range(10, 99): premiere.save(Path(sys.argv[2]), film(value))"
    )
    tests = os.path.dirname(os.path.dirname(__file__))
    for wait in (0.1, 0.7):
        with subprocess.Popen([sys.executable, "-c", code, tests, str(tmp_path)], stdout=subprocess.PIPE) as process:
            process.stdout.readline()
            time.sleep(wait)
            process.send_signal(signal.SIGKILL)
        assert json.loads((tmp_path / "film.json").read_text())["value"] >= 9
        assert Image.open(tmp_path / "film.gif").n_frames == 1  # nine alike
        for name in ("poster.png", "storyboard.png"):
            Image.open(tmp_path / name).load()
        with av.open(tmp_path / "film.mp4") as saved:
            assert len(list(saved.decode(video=0))) == 9
