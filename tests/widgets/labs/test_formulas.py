"""Formulas reach the page whole: they are HTML before MathJax reads them, and a bare "<" would begin a tag."""

import re
from pathlib import Path

import pytest

LABS = sorted((Path(__file__).parents[3] / "widgets/labs").glob("*.py"))


@pytest.mark.parametrize("path", LABS, ids=lambda path: path.stem)
def test_no_formula_has_a_bare_less_than(path):
    formulas = re.findall(r"\$\$.+?\$\$", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert [formula for formula in formulas if "<" in formula] == []
