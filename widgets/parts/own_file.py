"""A file of a person's own: uploaded from where the browser is, or read by its path from where the notebook runs."""

import ipywidgets


def own_file(board, label, explanation, *, accept, example, take, read):
    """Make the button that uploads a file and the field for its path; what fails becomes a message of the board.

    Args:
        board: `widgets.parts.board.Board`.
        label: of the button.
        explanation: of the button, shown on hover.
        accept: what the browser offers, such as "image/*" or ".txt,.json".
        example: a file's name, shown in the empty field.
        take: called with an uploaded file's name, its last 80 letters, and its bytes.
        read: called with the path as it was written.

    Returns:
        (ipywidgets.FileUpload, ipywidgets.Text).
    """
    upload = ipywidgets.FileUpload(accept=accept, description=label, tooltip=explanation)
    upload.layout.width = "auto"
    field = ipywidgets.Text(
        description="or its path", tooltip="A file where this notebook runs; Enter reads it", placeholder=example
    )
    field.continuous_update = False

    def uploaded(change):
        for file in change.new:
            board.attempt(take, file["name"][-80:], bytes(file["content"]))
        if change.new:
            upload.value = ()  # so that the same file can come again

    upload.observe(uploaded, "value")
    field.observe(lambda change: board.attempt(read, change.new) if change.new.strip() else None, "value")
    return upload, field
