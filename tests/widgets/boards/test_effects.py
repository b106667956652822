"""The effects board: kinds, blends, palettes, places, what is new, exports that come back; code draws in its place."""

import numpy as np
import pytest

from animkit.data.effects import KINDS, draw_effect, overlay
from animkit.studio.effects import PALETTES, Drawn, paint
from widgets.boards.effects import effects_board

HERO = np.zeros((4, 16, 16, 4), "uint8")
HERO[:, 4:, 4:12] = np.arange(80, 240, 40, dtype="uint8")[:, None, None, None]
HERO[..., 3] = np.where(HERO[..., 3], 255, 0)
SEEN = (False, True, False)
KNOWN = [np.stack([draw_effect(kind, frames=8, one_shot=once, seed=9) for kind in KINDS]) for once in SEEN], SEEN


class Open(Drawn):
    """A network whose loops do not close."""

    def generate(self, kinds, **asked):
        raise RuntimeError("after 40 rounds a loop is still 0.5 from closing: train further")


MODELS = {"drawn": Drawn(), "open": Open(), "large": Drawn(64)}


@pytest.fixture(scope="module")
def shared_board():
    return effects_board(MODELS, HERO, known=KNOWN, frames=8)


@pytest.fixture
def board(shared_board, tmp_path):
    """A board as it began, but for what undo remembers, that exports to a folder of the test's own."""
    shared_board.reset()
    shared_board.folder.value, shared_board.report.value = str(tmp_path / "new"), ""
    return shared_board


def played(board, number):
    """One of the clips in the player, (frames, height, width, 4)."""
    clip = board.player.clips[number]
    pixels = board.player.data[clip["offset"] : clip["offset"] + clip["bytes"]]
    return np.frombuffer(pixels, "u1").reshape(*clip["shape"], 4)


def test_an_effect_is_shown_over_a_place_alone_and_beside_the_nearest_known(board):
    np.testing.assert_array_equal(board.steps, draw_effect("fire", frames=8, seed=0))
    scene, alone, nearest = (played(board, number) for number in range(3))
    burns = board.pixels[..., 3] > 0
    np.testing.assert_array_equal(alone[burns], board.pixels[burns])
    assert (alone[~burns] == (24, 20, 36, 255)).all()
    # beside the character, its ground on the character's: twelve columns on, two rows lower
    left, top = 26 + 18 - 16, scene.shape[1] - 12 + 2 - 32
    np.testing.assert_array_equal(scene[:, top : top + 32, left : left + 32][burns], board.pixels[burns])
    assert "Seam: from the last frame to the first" in board.numbers.value
    assert "Nearest of 2 training effects of its kind: <b>" in board.numbers.value
    assert ": new; a fire loop that the code draws from an unseen seed: " in board.numbers.value
    assert "A loop of 8 frames: fire, wind 0.0, amount 1.0, seed 0; beside a character" in board.player.label


def test_a_copy_is_called_one(board):
    board.known, known = ([np.stack([board.steps] * 8)], [False]), board.known
    board._compared.cache_clear()
    board.set(ground="bright")
    assert "<b>0%</b> of the drawn pixels differ: <b>an exact copy</b>" in board.numbers.value
    board.known = known
    board._compared.cache_clear()


def test_blends_and_what_is_seen_once(board):
    board.set(second="rain", share=0.3)
    both = overlay(draw_effect("fire", frames=8), draw_effect("rain", frames=8), 0.7)
    np.testing.assert_array_equal(board.steps, both)
    assert "70% fire, 30% rain" in board.player.label
    board.controls["share"].value = 1.0
    np.testing.assert_array_equal(board.steps, draw_effect("rain", frames=8))
    board.undo()
    board.set(one_shot=True, wind=0.9)
    assert "begins and ends with nothing" in board.numbers.value
    assert "Wind above 0.7 was kept from the network" in board.numbers.value
    assert "one-shot" in board.player.label


def test_colours_change_and_the_effect_stays(board):
    before = board.steps
    board.controls["palette"].value = "blue rain"
    np.testing.assert_array_equal(board.pixels, paint(before, PALETTES["blue rain"]))
    board.controls["colours"].value = "#102030, white"
    assert board.controls["palette"].value == "own"
    assert {tuple(colour) for colour in board.pixels[before == 1]} == {(16, 32, 48, 255)}
    assert board.steps is before
    board.undo()
    assert board.controls["palette"].value == "blue rain"


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"palette": "own", "colours": "red"}, "palette has two to 7 colours"),
        ({"palette": "own", "colours": "red <b>"}, "a colour is a name"),
        ({"palette": "own"}, "write two to seven colours beside"),
        ({"model": "open"}, "still 0.5 from closing: train further"),
    ],
)
def test_what_cannot_be_made_is_a_message_and_goes_back(board, asked, message):
    before = board.everything()
    board.set(**asked)
    assert message in board.message.value
    assert "<b>&#x27;" not in board.message.value
    assert board.everything() == before


def test_light_of_the_hour_falls_on_dust_and_not_on_fire(board):
    def shown(kind, hour):
        board.set(kind=kind, where="in front", hour=hour, place="shore")
        return played(board, 0)[2]

    board.set(amount=1.5)
    changed = {kind: (shown(kind, "day") != shown(kind, "night"))[..., 0] for kind in ("fire", "dust")}
    for kind in ("fire", "dust"):
        board.set(kind=kind)
        top, left = changed[kind].shape[0] - 12 + 2 - 32, 26 - 16
        drawn = board.steps[2] > 0
        same = ~changed[kind][top : top + 32, left : left + 32][drawn]
        assert same.mean() == (1.0 if kind == "fire" else pytest.approx(0, abs=0.1))


def test_large_ones_have_room_and_nothing_to_be_compared_with(board):
    board.set(model="large")
    scene, alone = (played(board, number) for number in range(2))
    assert (alone.shape[1:3], scene.shape[2]) == ((64, 64), 112)
    assert len(board.player.clips) == 2
    assert "Nearest" not in board.numbers.value


def test_behind_is_behind(board):
    board.set(kind="portal", where="in front", amount=1.5)
    front = played(board, 0)
    board.set(where="behind")
    assert (played(board, 0) != front).any()
    body = slice(front.shape[1] - 12 - 12, front.shape[1] - 12), slice(26 - 4, 26 + 4)
    board.set(kind="fire")  # whatever burns behind, the body in front is the same
    np.testing.assert_array_equal(played(board, 0)[0][body], played(board, 0)[4][body])


@pytest.mark.parametrize("ending", [".png", ".apng", ".webp", ".gif"])
def test_exports_come_back(board, tmp_path, ending):
    board.set(format=ending, fps=10)
    written = board.export_effect()
    assert written[0] == tmp_path / "new" / f"fire_0{ending}"
    assert "read back: the same pixels." in board.report.value
    if ending != ".png":
        board.set(what="scene")
        (path,) = board.export_effect()
        assert path.stem == "fire_0_scene"
        assert "read back: the same pixels." in board.report.value


def test_a_gif_of_too_many_colours_says_what_became_of_them(board):
    board.set(format=".gif", what="scene")
    board.scene = np.random.default_rng(0).integers(0, 256, (2, 20, 20, 3), "uint8")
    board.export_effect()
    assert "of 800 pixels differ</b>, as 800 colours became 256" in board.report.value


def test_what_cannot_be_written_is_a_message(board, tmp_path):
    (tmp_path / "new").write_text("a file")
    board.attempt(board.export_effect)
    assert "Not done" in board.message.value
    board.folder.value = " "
    board.attempt(board.export_effect)
    assert "name a folder" in board.message.value


def test_its_state_line_makes_the_same_board(board):
    board.set(kind="magic", second="dust", share=0.2, palette="teal magic", hour="dawn", wind=-0.3, seed=4)
    again = eval(board.state.value, {"effects_board": effects_board, "models": MODELS, "hero": HERO, "known": KNOWN})
    np.testing.assert_array_equal(played(again, 0), played(board, 0))
    assert again.state.value == board.state.value
    again.another()
    assert again.controls["seed"].value == 5


def test_everything_has_a_label_and_an_explanation(board):
    for control in (*board.controls.values(), board.folder):
        assert control.description
        assert control.tooltip


def test_without_networks_or_hero_there_is_no_board():
    with pytest.raises(ValueError, match="no network to make effects"):
        effects_board({}, HERO)
    with pytest.raises(ValueError, match=r"hero is a clip.*got \(16, 16, 4\)"):
        effects_board(MODELS, HERO[0])
    assert len(effects_board(MODELS, HERO, frames=8).player.clips) == 2


def test_the_code_has_no_temperature(board):
    assert board.controls["temperature"].disabled
    assert board.controls["temperature"].tooltip.endswith("Greyed: the code has none")
