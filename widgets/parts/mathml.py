"""TeX as MathML: formulas of pages that load nothing, so that no script need draw them."""

import re

from latex2mathml.converter import convert

# the converter sets no space after the name of a function
NAMED = re.compile(r"(?<=<mi>)\\?(arg|cos|exp|ln|log|sin|tanh)</mi>(?=<m(?:i|n|sub|sup|over|frac)\b)")
# and hangs what stands behind a matrix on its first bracket
MATRIX = re.compile(r"\\begin\{([pbv]?matrix)\}.*?\\end\{\1\}(?=[_^])", flags=re.DOTALL)


def to_mathml(tex, *, block):
    """Turn a formula into MathML.

    Args:
        tex: without dollars.
        block: whether it stands in a line of its own.

    Returns:
        str, HTML.
    """
    tex = MATRIX.sub(r"{\g<0>}", tex)
    tex = re.sub(r"\\[bB]igg?[lr]?(?=\\\|)", "", tex)  # double bars are of one size
    tex = re.sub(r"(begin|end)\{aligned\}", r"\1{align*}", tex)  # it knows the environment under its older name
    return NAMED.sub(r'\1</mi><mspace width="0.17em"/>', convert(tex, display="block" if block else "inline"))
