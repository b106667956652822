"""The command that makes the weights that ship."""

import json
import os
from pathlib import Path

import pytest

from animkit import weights
from animkit.data.sprites import load_sprites
from animkit.recipes import animator, judge, make, sprites_vae


def test_a_weight_is_made_written_and_can_be_loaded(tmp_path, monkeypatch, capsys):
    make.main(["sprites_vae", "--profile=ci", f"--output={tmp_path}", f"--checkpoints={tmp_path / 'kept'}"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept", "sprites_vae.json", "sprites_vae.keras"]
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    assert weights.names() == ["sprites_vae"]
    assert '"elbo"' in capsys.readouterr().out
    drawn = weights.load("sprites_vae").sample(2)
    assert drawn.shape == (2, 32, 32)
    card = weights.card("sprites_vae")
    assert card["profile"] == "ci"
    assert card["command"] == "python -m animkit.recipes.make sprites_vae --profile ci"
    assert f"{os.cpu_count()} cores" in card["machine"]


def test_a_trial_replaces_what_ships_only_when_told(tmp_path, monkeypatch, capsys):
    written = []
    monkeypatch.setattr(weights, "FOLDER", tmp_path / "shipped")
    monkeypatch.setattr(make, "write", lambda folder, model, card: written.append(folder))
    monkeypatch.setitem(make.MAKERS, "sprites_vae", lambda profile, checkpoint: (None, {"metrics": {}}))
    monkeypatch.delitem(make.BASELINES, "sprites_vae")
    for options in ([], ["--profile=ci"], ["--profile=demo", "--ship"], ["--profile=ci", "--output=there"]):
        make.main(["sprites_vae", *options])
    assert written == [tmp_path / "shipped", Path("runs/weights/ci"), tmp_path / "shipped", Path("there")]
    with pytest.raises(SystemExit):
        make.main(["sprites_vae", "--ship", "--output=there"])
    assert "not allowed with argument" in capsys.readouterr().err


def test_unknown_names_are_refused(capsys):
    with pytest.raises(SystemExit):
        make.main(["sprites_va"])
    assert "no weights called sprites_va; there are sprites_vae" in capsys.readouterr().err


def test_baselines_are_measured_again_and_nothing_else_changes(tmp_path, monkeypatch, capsys):
    told = {"name": "sprites_vae", "metrics": {"pixels": {"value": 99.0, "a copy": 1.0, "unit": "%"}}}
    (tmp_path / "sprites_vae.json").write_text(json.dumps(told), encoding="utf-8")
    monkeypatch.setitem(make.BASELINES, "sprites_vae", lambda: {"pixels": {"a copy": 96.0, "noise": 2.0}})
    make.main(["sprites_vae", "--baselines", f"--output={tmp_path}"])
    again = json.loads((tmp_path / "sprites_vae.json").read_text(encoding="utf-8"))
    assert again["metrics"] == {"pixels": {"value": 99.0, "a copy": 96.0, "noise": 2.0, "unit": "%"}}
    assert [path.name for path in tmp_path.iterdir()] == ["sprites_vae.json"]
    with pytest.raises(SystemExit):
        make.main(["motion_in_between", "--baselines", f"--output={tmp_path}"])
    assert "motion_in_between is measured with its training" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("recipe", "baselines"),
    [
        (animator, animator.baselines_characters),
        (judge, judge.baselines_judge),
        (sprites_vae, sprites_vae.baselines_sprites_vae),
    ],
)
def test_copies_are_perfect_where_the_unseen_were_seen(recipe, baselines, monkeypatch):
    few = load_sprites(source="twin", characters=6)
    monkeypatch.setattr(recipe, "load_sprites", lambda **_: few._replace(test=few.train))
    assert {value for named in baselines().values() for value in named.values()} == {100.0}
