"""What is counted of films: captions, faces, and what an edit renders again."""

from types import SimpleNamespace

import numpy as np
import pytest

from animkit.benchmarks.rendering import captions
from animkit.studio import film
from animkit.studio.blocking import Seen, Staged
from animkit.studio.camera import Camera
from animkit.studio.storyboard import Shot


def test_a_broken_caption_and_a_covered_face_are_counted():
    shot = Shot("Mira stood.", "meadow", "day", ("Mira",), None, "front", None, "calm")
    frames = film.caption(np.full((6, 360, 640, 3), 90, "uint8"), shot.sentence)
    low = Staged(np.zeros((6, 90, 160, 3), "uint8"), [(Seen("Mira", (10, 280, 40, 350), "stand", "front"),)] * 6)
    made = SimpleNamespace(
        frames=frames,
        shots=[shot],
        filmed=[film.Filmed(1, 4, [])],
        takes=[SimpleNamespace(staged=low)],
        record={"events": [{"camera": Camera("still", "")._asdict()}]},
    )
    whole = captions(made)
    assert whole["frames with a caption that is not whole"] == 0
    assert whole["faces below one"] == 6
    assert whole["least contrast"] == pytest.approx(16.8, abs=0.5)
    frames[3, -10, 40:] = 128
    assert captions(made)["frames with a caption that is not whole"] == 1
