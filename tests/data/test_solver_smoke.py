import sys

import numpy as np
import pytest

from animkit.data import solver_smoke
from animkit.data.effects import STEPS


def test_smoke_of_the_solver_rises_from_its_source(monkeypatch):
    pytest.importorskip("phi", reason="the solver's smoke needs PhiFlow")
    monkeypatch.setattr(solver_smoke, "BEFORE", 1)
    plume = solver_smoke.smoke_of_a_solver(frames=3, seed=1)
    assert (plume.shape, plume.dtype) == ((3, 32, 32), np.uint8)
    assert 0 < plume.max() < STEPS
    assert (plume > 0).argmax(axis=1).max() > 20  # it begins near the ground, which is below
    assert (plume[2] > 0).sum() > (plume[0] > 0).sum()


def test_without_phiflow_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "phi", None)
    with pytest.raises(ModuleNotFoundError, match="pip install phiflow"):
        solver_smoke.smoke_of_a_solver()
