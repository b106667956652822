"""What boards of motion share: a clip for the player, the exports' folder and the files' names."""

import numpy as np
import pytest

from animkit.data.twins.walkers import walker
from animkit.motion.drawing import bones
from widgets.parts.board import export_folder, file_name
from widgets.parts.motion_board import player_clip


def test_a_clip_goes_to_the_player_with_its_ends_sides_and_unit():
    clip = walker(seconds=0.5).clip
    described, data = player_clip(clip.scale(0.01), title="t", notes=[(0, 3, "key")])
    assert described["shape"] == [15, len(clip.nodes), 3]
    assert (described["title"], described["notes"]) == ("t", [[0, 3, "key"]])
    assert described["sides"] == bones(clip).sides
    assert described["square"] == pytest.approx(0.5)
    sent = np.frombuffer(data, "float32").reshape(described["shape"])
    np.testing.assert_allclose(100 * sent, bones(clip).positions, atol=1e-3)


def test_a_folder_is_made_and_must_have_a_name(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert export_folder(" ~/new/motion ") == tmp_path / "new" / "motion"
    assert (tmp_path / "new" / "motion").is_dir()
    with pytest.raises(ValueError, match="name a folder"):
        export_folder("  ")


def test_files_are_named_after_any_text():
    assert file_name("a <walk>: ours/1") == "a_walk_ours_1"
    assert (file_name("//"), file_name("//", otherwise="character")) == ("clip", "character")
