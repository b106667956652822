"""A file of a person's own: uploaded from where the browser is, or read by its path from where the notebook runs."""

from itertools import chain, count
from pathlib import Path
from threading import Timer

import ipywidgets

CHANGES_COME = 0.3  # seconds after Enter, at most


def own_file(board, label, explanation, *, accept, example, take, read, together=False):
    """Make the button that uploads a file and the field for its path; what fails becomes a message of the board.

    Args:
        board: `widgets.parts.board.Board`.
        label: of the button.
        explanation: of the button, shown on hover.
        accept: what the browser offers, such as "image/*" or ".txt,.json".
        example: a file's name, shown in the empty field.
        take: called with an uploaded file's name, its last 80 letters, and its bytes.
        read: called with the path as it was written.
        together: several files may come at once and make one thing; `take` is then called with a dict name -> bytes.

    Returns:
        (ipywidgets.FileUpload, ipywidgets.Text).
    """
    upload = ipywidgets.FileUpload(accept=accept, description=label, tooltip=explanation, multiple=together)
    upload.layout.width = "auto"
    field = ipywidgets.Text(
        description="or its path", tooltip="A file where this notebook runs; Enter reads it", placeholder=example
    )
    field.continuous_update = False

    def uploaded(change):
        files = {file["name"][-80:]: bytes(file["content"]) for file in change.new}
        for came in [(files,)] if together and files else files.items():
            board.attempt(take, *came)
        if files:
            upload.value = ()  # so that the same file can come again

    looks = 0

    def look(_=None):
        nonlocal looks
        looks += 1
        if field.value.strip():
            board.attempt(read, field.value)

    def entered(_, content, __):
        """Enter on a path that is another comes with the change behind it; on the same path it comes alone."""
        before = looks
        if content.get("event") == "submit":
            Timer(CHANGES_COME, lambda: look() if looks == before else None).start()

    upload.observe(uploaded, "value")
    field.observe(look, "value")
    field.on_msg(entered)
    return upload, field


def name_apart(name, other):
    """Find a name for what was uploaded under which nothing else is kept, so that undo finds that again.

    Args:
        name: "hero.png"; where it is taken, "hero (2).png" and so on.
        other: function of a name that says whether it stands for something else.

    Returns:
        str.
    """
    path = Path(name)
    names = chain([name], (f"{path.stem} ({number}){path.suffix}" for number in count(2)))
    return next(one for one in names if not other(one))
