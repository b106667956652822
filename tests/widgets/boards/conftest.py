"""Which controls of a board change nothing that is seen, and which of these say so."""

import re

import pytest

from widgets.parts.lab import within_it

WORDS = {"tooltip", "label", "description", "disabled", "icon", "layout", "style", "tabbable"}
FREE = (
    "Button",
    "CopyButton",
    "Dropdown",
    "Text",
    "FileUpload",
    "Screen",
    "Tab",
)  # what a person sets, or only finds his way by


@pytest.fixture
def wrongly_greyed():
    """A function that names controls that are greyed and change what is seen, and others that change nothing."""

    def seen(board):
        shown = (one for one in within_it(board) if one not in board.controls.values() and one is not board.state)
        states = [one.get_state() for one in shown if type(one).__name__ not in FREE]
        told = [{name: state[name] for name in state if name[0] != "_" and name not in WORDS} for state in states]
        parts = [bytes(part) if isinstance(part, memoryview) else repr(part) for one in told for part in one.values()]
        return [re.sub(r"\d+ ms", "", part) if isinstance(part, str) else part for part in parts]

    def others(control):
        ends = (control.min, control.max) if hasattr(control, "min") else getattr(control, "_options_full", ())
        values = [end[1] if isinstance(end, tuple) else end for end in ends]
        return [value for value in values if value != control.value]

    def moves(board, name, value):
        here, before = board.everything(), seen(board)
        board.controls[name].value = value
        moved = seen(board) != before
        board.set(**here)
        return moved

    def find(board):
        asked = {name: one for name, one in board.controls.items() if one.layout.display != "none" and others(one)}
        greyed = {name for name, one in asked.items() if one.disabled}
        assert all("Greyed: " in asked[name].tooltip for name in greyed)
        moving = {name for name, one in asked.items() if any(moves(board, name, value) for value in others(one))}
        return sorted(greyed & moving), sorted(set(asked) - greyed - moving)

    return find
