"""The doctor finds what is broken, and says what to do."""

import json
import re
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest

from animkit import weights
from animkit.studio import doctor
from animkit.studio.doctor import FINE, NOTE, WRONG

HOME = Path(doctor.__file__).parents[1]


def test_what_ships_is_what_its_cards_say():
    found = doctor.shipped()
    assert [one.what for one in found] == [f"weights {name}" for name in weights.names()]
    assert {one.state for one in found} == {FINE}


def test_damaged_weights_are_found(tmp_path):
    for name in ("cut", "lone", "silent", "whole"):
        (tmp_path / f"{name}.keras").write_bytes(name.encode())
        card = {"sha256": weights.sha256(tmp_path / f"{name}.keras")} if name in ("cut", "whole") else {}
        (tmp_path / f"{name}.json").write_text(json.dumps(card))
    (tmp_path / "cut.keras").write_bytes(b"cu")
    (tmp_path / "lone.json").write_text("{")
    (tmp_path / "card.json").write_text("{}")
    found = {one.what.split()[1]: one for one in doctor.shipped(tmp_path)}
    states = {name: one.state for name, one in found.items()}
    assert states == {"card": WRONG, "cut": WRONG, "lone": WRONG, "silent": NOTE, "whole": FINE}
    assert "card.keras is not there: install animkit again" in found["card"].told
    assert "the file is not that of its card" in found["cut"].told
    assert "its card cannot be read" in found["lone"].told
    (nothing,) = doctor.shipped(tmp_path / "none")
    assert nothing.state == WRONG


def test_missing_and_old_packages_are_found(monkeypatch):
    monkeypatch.setattr(metadata, "requires", lambda _: ["numpy>=999", "nonesuch>=1", "jax>=1; extra == 'test'"])
    _, numpy, nonesuch = doctor.versions()
    assert (numpy.state, nonesuch.state) == (WRONG, WRONG)
    assert numpy.told.endswith("is too old: pip install 'numpy>=999'")
    assert nonesuch.told == "not installed: pip install 'nonesuch>=1'"


def test_data_that_are_not_here_are_replaced_by_twins(no_real_data, monkeypatch):
    assert {one.state for one in doctor.data()} == {NOTE}
    (no_real_data / "mnist").mkdir()
    (no_real_data / "mnist" / "mnist.npz").touch()
    monkeypatch.setenv("ANIMKIT_DATA", str(no_real_data))
    (mnist,) = (one for one in doctor.data() if one.state == FINE)
    assert mnist.told == f"1 files in {no_real_data / 'mnist'}"
    monkeypatch.setenv("ANIMKIT_DATA", str(no_real_data / "none"))
    (wrong,) = doctor.data()
    assert wrong.state == WRONG
    assert "which is no folder" in wrong.told


def test_every_folder_that_the_kit_looks_for_is_told():
    sources = (path.read_text() for part in ("data", "recipes") for path in (HOME / part).glob("*.py"))
    found = {name for text in sources for name in re.findall(r'"(\w+)/[\w./{}-]+\.(?:json|npz|txt|csv|tsv)"', text)}
    assert {"mnist", "goemotions"} <= found <= doctor.DATA.keys()


@pytest.mark.parametrize(("free", "state"), [(10**10, FINE), (10**6, NOTE)])
def test_a_full_disk_is_told_before_a_film(monkeypatch, free, state):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    assert doctor.room().state == state
