"""The command that makes the weights that ship."""

import pytest

from animkit import weights
from animkit.recipes import make


def test_a_weight_is_made_written_and_can_be_loaded(tmp_path, monkeypatch, capsys):
    make.main(["sprites_vae", "--profile=ci", f"--output={tmp_path}", f"--checkpoints={tmp_path / 'kept'}"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept", "sprites_vae.json", "sprites_vae.keras"]
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    assert weights.names() == ["sprites_vae"]
    assert '"elbo"' in capsys.readouterr().out
    drawn = weights.load("sprites_vae").sample(2)
    assert drawn.shape == (2, 32, 32)
    assert weights.card("sprites_vae")["profile"] == "ci"


def test_unknown_names_are_refused(capsys):
    with pytest.raises(SystemExit):
        make.main(["sprites_va"])
    assert "no weights called sprites_va; there are sprites_vae" in capsys.readouterr().err
