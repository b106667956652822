"""Characters as JSON: each way of telling one, and what cannot be."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from animkit.data.sprite_sheet import read_sprite_sheet
from animkit.data.sprites import ACTION_DIRECTIONS
from animkit.studio import designs

LOOK = [0.5, -1.0, 2.0]


def write(folder, content):
    path = folder / "design.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_each_way_of_telling_a_character(tmp_path):
    told = {
        "cast": [
            {"name": "Mira", "seed": 7, "skin": 4, "hair": 2},
            {"name": "Bram", "seed": 1, "designer": "GAN"},
            {"name": "Pip", "look": LOOK, "by": "characters_vae"},  # as in a film's record, which says more
            {"picture": "hero.png"},
            {"name": "Ada", "descent": ["like", ["new", "VAE", 3, "free", 1, "free", "free", 2], 0.4, 5, 1]},
        ]
    }
    mira, bram, pip, me, ada = designs.read_designs(write(tmp_path, told))
    assert mira == ("Mira", "seed", ("new", "VAE", 7, 4, "free", "free", 2, 1))  # skin, trousers, top, hair
    assert bram.how == ("new", "GAN", 1, "free", "free", "free", "free", 1)
    assert pip.how == LOOK
    assert me == ("character 4", "picture", str(tmp_path / "hero.png"))
    assert ada.how == ("like", ("new", "VAE", 3, "free", 1, "free", "free", 2), 0.4, 5, 1)
    assert designs.read_designs(write(tmp_path, {"seed": 0}))[0].name == "character 1"


def test_creatures_have_networks_of_their_own(tmp_path, monkeypatch):
    cast = [{"name": "troll", "look": LOOK, "moved by": "creatures"}, {"name": "Grim", "seed": 3, "creature": "wolf"}]
    with pytest.warns(UserWarning, match=r"left out is who is played by a file of its own: Mira by hero\.png"):
        troll, grim = designs.read_designs(write(tmp_path, {"cast": [*cast, {"name": "Mira", "by": "hero.png"}]}))
    assert (troll.way, troll.how) == ("creature", LOOK)
    assert (grim.way, grim.how) == ("creature", ("wolf", 3))
    monkeypatch.setattr(designs.creatures, "creature_clips", lambda kind, seed: f"{kind} {seed}")
    monkeypatch.setattr(designs.creatures, "play_creature", lambda look: "played")
    assert designs.draw_sheets([troll, grim]) == {"troll": "played", "Grim": "wolf 3"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "design.json is no design: it is no JSON"),
        ("3", "holds no characters"),
        ({"cast": []}, "holds no characters"),
        ({"name": "Mira"}, "Mira in design.json is told by nothing: give one of seed, look, picture, descent"),
        ({"seed": 1, "look": LOOK}, "is told by seed and look"),
        ({"seed": -1}, "the seed of character 1 in design.json is -1: use a whole number from 0 to 999999"),
        ({"seed": True}, "the seed of .* is True"),
        ({"seed": 1, "hair": 6}, "the hair of .* is 6: use a whole number from 0 to 5"),
        ({"seed": 1, "designer": "DALL"}, "the designer of .* is 'DALL': use VAE or GAN"),
        ({"seed": 1, "creature": "cow"}, "is a creature 'cow': choose troll, dragon"),
        ({"look": ["a"]}, "is not a list of numbers"),
        ({"look": [[1.0]]}, "is not a list of numbers"),
        ([{"name": "A b", "seed": 1}, {"name": "A-b", "seed": 2}, {"name": "A  b", "seed": 3}], "called A  b, A b"),
    ],
)
def test_what_cannot_be_is_said(tmp_path, content, message):
    with pytest.raises(ValueError, match=message):
        designs.read_designs(write(tmp_path, content))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no design .*design.json"):
        designs.read_designs(tmp_path / "design.json")


def test_sheets_are_drawn_by_whom_they_should_and_read_back(tmp_path, monkeypatch):
    palette = np.array([[0, 0, 0, 0], [200, 60, 40, 255]], np.uint8)
    company = SimpleNamespace(animator=SimpleNamespace(palette=palette), looks=np.zeros((5, 3), "float32"))
    blue = np.array([[0, 0, 0, 0], [40, 60, 200, 255]], np.uint8)

    class Blue:
        def __init__(self, company):
            self.take = lambda name, data: ("picture", name)
            self.look = lambda person: np.array([1, 1, 1]) if person[0] == "picture" else {}[person]
            self.palette, self.animator = lambda person: blue, lambda person: "a copy"

    def animate(animator, looks):
        frames = np.zeros((1, 9, 8, 16, 16), int)
        frames[..., int(looks[0].sum()) :, :] = 1  # who is drawn is seen in how tall it is
        return frames

    monkeypatch.setattr(designs, "Descent", Blue)
    monkeypatch.setattr(designs, "animate", animate)
    pip, me = designs.Design("Pip", "look", [2, 2, 1]), designs.Design("My own", "picture", "hero.png")
    sheets = designs.draw_sheets([pip, me], company)
    assert sheets["Pip"][0, 0, :, 0].tolist() == [[0, 0, 0, 0]] * 5 + [[200, 60, 40, 255]] * 11
    assert sheets["My own"][0, 0, 3, 0].tolist() == [40, 60, 200, 255]
    written = designs.save_sheets(tmp_path / "new", sheets)
    assert [path.name for path in written] == ["Pip.png", "Pip.json", "My_own.png", "My_own.json"]
    frames = read_sprite_sheet(tmp_path / "new" / "My_own.json").frames
    np.testing.assert_array_equal([frames[action] for action in ACTION_DIRECTIONS], sheets["My own"])
    for wrong, message in (([1.0], "is 1 numbers, not 3"), (("new", 1), "the descent of Pip leads nowhere")):
        way = "look" if wrong == [1.0] else "descent"
        with pytest.raises(ValueError, match=message):
            designs.draw_sheets([designs.Design("Pip", way, wrong)], company)
