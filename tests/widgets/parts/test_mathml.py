"""Formulas as MathML."""

from xml.etree import ElementTree

import pytest

from widgets.parts.mathml import to_mathml

MATHML = "{http://www.w3.org/1998/Math/MathML}"


@pytest.mark.parametrize("tex", [r"\begin{pmatrix}a\\b\end{pmatrix}_{t+1}", r"x_1", r"\log p_i"])
def test_a_subscript_belongs_to_all_before_it(tex):
    (script,) = ElementTree.fromstring(to_mathml(tex, block=False)).iter(f"{MATHML}msub")
    assert len(script) == 2  # what it belongs to, and it


def test_functions_stand_apart_from_what_they_are_of():
    names = ElementTree.fromstring(to_mathml(r"-\log D", block=True)).iter(f"{MATHML}mspace")
    assert [space.get("width") for space in names] == ["0.17em"]
