"""The player with keys to work on: a timeline, handles on a skeleton, ghosts of the keys before and after."""

from pathlib import Path

import numpy as np
import traitlets

from widgets.parts.player import AnimationPlayer
from widgets.parts.saved_page import joined

JAVASCRIPT = Path(__file__).with_suffix(".js")


class KeyPlayer(AnimationPlayer):
    """An AnimationPlayer whose keys are dragged on a timeline and posed by handles; what is done comes as actions.

    Clips and further options are as for `AnimationPlayer`. In a saved page it plays, and nothing can be dragged.
    """

    _esm = joined(JAVASCRIPT)
    key_frames = traitlets.List().tag(sync=True)  # {"frame": number, "own": whether it was posed}
    kept = traitlets.List().tag(sync=True)  # [first, last] of each stretch that is kept
    handles = traitlets.List().tag(sync=True)  # {"name": what it is called, "node": number, "small": bool}
    posed = traitlets.Int(-1).tag(sync=True)  # the clip that has the handles; -1 for none
    looks = traitlets.List().tag(sync=True)  # {"colour": CSS, or "ink", "dash": pixels, "wide": bool}, one a clip

    def on_action(self, act):
        """Call back when something is to be done.

        Args:
            act: called with a dict: "act" is "key", "delete", "move", "copy", "paste", "mirror", "pull", "undo" or
                "redo", "frame" where. A move has "to", a frame; a pull "handle", "to", a place, "single" and "done".
        """
        self.on_msg(lambda _, message, buffers: act(message))

    def pull(self, frame, positions):
        """Show how a handle's pull changes a frame, without an end of the drag.

        Args:
            frame: number.
            positions: (nodes, 3) of the clip that has the handles; None where nothing can be shown.
        """
        parts = [] if positions is None else [np.ascontiguousarray(positions, "float32").tobytes()]
        self.send({"pulled": int(frame)}, buffers=parts)

    def answer(self, words, *, failed=False):
        """Say that an action is done, or what became of it.

        Args:
            words: to be shown beside the tools.
            failed: whether everything is as it was.
        """
        self.send({"answered": words, "failed": failed})
