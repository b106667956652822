"""How values are shown: negative numbers with the sign that sliders and axes have, not the hyphen of Python."""

import re

UNCHOSEN = "choose ..."  # what a box of presets says where none is set: no reader of a still needs it
NEGATIVE = re.compile(r"(?<![\w.)\]–−-])-(?=\.?\d|inf\b)")
CODE_OR_TAG = re.compile(r"(<code.*?</code>|<[^>]*>)", flags=re.DOTALL)


def with_minus(text):
    """Give negative numbers the minus that sliders and axes have.

    Exponents such as 1e-05 keep their hyphen, as they do beside a slider.

    Args:
        text: HTML or plain text; tags and what is code stay as they are.

    Returns:
        str.
    """
    parts = CODE_OR_TAG.split(text)
    parts[::2] = [NEGATIVE.sub("−", part) for part in parts[::2]]
    return "".join(parts)


def read_out(value, readout_format):
    """Write a value as a slider shows it.

    Args:
        value: a number, or those at both ends of a range.
        readout_format: of the slider.

    Returns:
        str.
    """
    ends = value if isinstance(value, tuple | list) else (value,)
    return with_minus(" – ".join(format(end, readout_format) for end in ends))
