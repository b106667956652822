"""The level that one plays: what the browser is told, a saved page that loads nothing, tiles that are clicked."""

import io
import json
import re

import numpy as np
import pytest
from PIL import Image

from animkit.data.mario_levels import to_tiles
from animkit.metrics.levels import PHYSICS, SOLID, physics_paths
from animkit.studio.level_art import paint_level
from widgets.parts.level import LevelPlayer

TILES = to_tiles("\n".join(["-" * 30] * 4 + ["----o------E----<>------?-----", "X" * 12 + "--" + "X" * 16]))
CLIPS = np.random.default_rng(0).integers(0, 255, (9, 8, 16, 16, 4), "uint8")


@pytest.fixture(scope="module")
def player():
    return LevelPlayer(paint_level(TILES), CLIPS, path=physics_paths([TILES])[0], label="<b> & level")


def part(player, name, kind):
    offset, length = player.level[name]
    return np.frombuffer(player.data[offset : offset + length], kind)


def picture(player, where):
    return Image.open(io.BytesIO(player.data[where[0] : where[0] + where[1]]))


def test_the_browser_is_told_the_tiles_the_way_and_the_physics_of_the_referee(player):
    np.testing.assert_array_equal(part(player, "tiles", "u1").reshape(TILES.shape), TILES)
    np.testing.assert_allclose(part(player, "path", "<f4").reshape(-1, 2), physics_paths([TILES])[0], atol=1e-5)
    assert player.level["physics"] == PHYSICS
    assert player.level["solid"] == SOLID.astype(int).tolist()


def test_pictures_are_as_large_as_the_browser_is_told(player):
    frames, height, width = player.level["frames"]
    assert (frames, height, width) == (8, 12, 12)
    assert picture(player, player.level["figure"]).size == (8 * 12, 3 * 12)
    count = len(part(player, "moves", "u1"))
    assert picture(player, player.level["atlas"]).size == (16, 16 * count)
    for layer in player.level["behind"]:
        assert picture(player, layer["picture"]).size == (360, layer["phases"] * len(TILES) * 16)
    for name in ("scenery", "blocks", "things"):
        numbers = part(player, name, "<u2")
        assert numbers.shape == (TILES.size,)
        assert numbers.max() < count


def test_a_saved_page_holds_everything_and_loads_nothing(player):
    page = player._repr_mimebundle_()[0]["text/html"]
    assert "http" not in re.sub(r'base64,[^"]*|atob\("[^"]*', "", page)
    assert page.count("</script>") == 1
    state = json.loads(re.search(r"\.\.\.(\{.*\}), bytes", page)[1])
    assert state["label"] == "<b> & level"
    assert "<noscript>&lt;b&gt; &amp; level</noscript>" in page
    assert len(page) < 400_000


def test_another_level_takes_its_place(player):
    other = LevelPlayer(paint_level(TILES), CLIPS, label="one")
    assert other.level["path"] is None
    other.show(paint_level(TILES[:, 5:], hour="night"), CLIPS)
    assert other.level["columns"] == 25
    assert len(part(other, "tiles", "u1")) == 6 * 25


def test_a_clicked_tile_is_told(player):
    clicked = []
    editor = LevelPlayer(paint_level(TILES), CLIPS, label="one", on_tile=lambda *where: clicked.append(where))
    editor._handle_custom_msg({"tile": [3, 7]}, [])
    editor._handle_custom_msg({"other": 1}, [])
    assert clicked == [(3, 7)]


def test_without_label_or_clips_there_is_none():
    with pytest.raises(ValueError, match="label is empty"):
        LevelPlayer(paint_level(TILES), CLIPS, label=" ")
    with pytest.raises(ValueError, match=r"clips are \(9, frames"):
        LevelPlayer(paint_level(TILES), CLIPS[0], label="one")
