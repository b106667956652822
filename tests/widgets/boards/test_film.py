"""The film board by its lines and buttons: what is edited, recast, filmed anew, cancelled, undone, saved and opened.

No network: the tale is the reader's own, and who films is a stub that keeps to the rules of `make_film`.
"""

import asyncio
import threading

import numpy as np
import pytest

from animkit.studio import production
from animkit.studio.project import Project, open_project
from animkit.studio.recasting import content_of
from widgets.boards import film as module
from widgets.boards.film import film_board

TALE = "The Cold Night\nMira struck the troll, in the forest. Finn walked east over the meadow. Then all was quiet."


def role(name, player):
    return production.Role(name, None, None, 0, 0.0, None, player, content_of(player))


class Studio:
    """Stands for `make_film`: a frame a shot, and takes that are known by what decides them."""

    def __init__(self):
        self.begun, self.stop_after = [], None

    def make_film(self, project, *, crew, before, progress, cancelled):
        script = production.write_script(crew, tale=project.tale)
        shots, lengths, _ = production.plan_shots(project, script)
        clips = {name: np.array([str(project.roles.get(name))]) for name in production.cast_of(shots)}
        choices = [production.choices_of(project, shots, lengths, number) for number in range(len(shots))]
        keys = [production.take_key(shot, clips, **told) for shot, told in zip(shots, choices, strict=True)]
        known = [take.key for take in before.takes] if before else []
        takes = []
        for number, key in enumerate(keys):
            progress(number, len(keys), 1.0, f"shot {number + 1} is played")
            self.begun.append(number)
            if number == self.stop_after or cancelled():
                break
            takes.append(production.Take(key, None, None, (), None))
        if not takes:
            raise production.Cancelled
        rendered = [number for number, key in enumerate(keys[: len(takes)]) if key not in known]
        frames = np.zeros((len(takes), 16, 16, 3), np.uint8)
        cast = [role(name, project.roles.get(name)) for name in clips]
        made = (frames, frames[0], {}, project, script, shots[: len(takes)], cast, clips, takes, [], rendered)
        return production.Film(*made)


@pytest.fixture(scope="module")
def begun():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_mp4", lambda made: b"mp4")
        patch.setattr(module.premiere, "storyboard_sheet", lambda record, frames: np.zeros((4, 4, 3), np.uint8))
        yield film_board("a crew", tale=TALE)


@pytest.fixture
def studio(monkeypatch):
    studio = Studio()
    monkeypatch.setattr(production, "make_film", studio.make_film)
    return studio


@pytest.fixture
def board(begun, studio, tmp_path):
    """A board as it began, without a film."""
    begun.made = None
    begun.reset()
    begun.folder.value = str(tmp_path)
    begun.message.value = begun.report.value = ""
    return begun


def captions(board):
    return [one.sentence.value for one in board.shots if one.widget.layout.display is None]


def marks(board):
    return [one.number.value.split()[1] for one in board.shots if one.widget.layout.display is None]


def test_a_line_for_each_shot_and_each_role(board):
    assert captions(board) == [
        "Mira struck the troll, in the forest.",
        "Finn walked east over the meadow.",
        "Then all was quiet.",
    ]
    assert [one.choices["place"].value for one in board.shots[:3]] == ["forest", "meadow", "meadow"]
    assert [one.name.value for one in board.roles if one.widget.layout.display is None] == ["Mira", "troll", "Finn"]
    assert marks(board) == ["△"] * 3
    assert "Nothing is filmed yet" in board.numbers.value
    assert "The Cold Night" in board.heading.value


def test_only_what_changed_is_filmed_anew(board):
    board.film()
    assert board.made.rendered == [0, 1, 2]
    assert marks(board) == ["✓"] * 3
    assert "base64,bXA0" in board.screen.value
    assert "aria-label='The film The Cold Night. Mira struck the troll" in board.screen.value
    board.shots[1].choices["place"].value = "shore"
    board.shots[2].choices["light"].value = "warm"
    assert marks(board) == ["✓", "△", "△"]
    assert "To be filmed anew: shots 2, 3." in board.numbers.value
    board.film()
    assert board.made.rendered == [1, 2]
    assert "2 of 3 shots were filmed anew: 2, 3" in board.report.value
    assert board.made.shots[1].place == "shore"
    assert board.made.project.edits == {2: {"light": "warm"}}
    assert "as it is asked for" in board.numbers.value
    board.controls["sound"].value = True
    assert "No shot is to be filmed anew; put the film together anew" in board.numbers.value
    board.film()
    assert board.made.rendered == []
    assert board.made.project.sound


def test_shots_that_move_up_are_kept(board):
    board.film()
    board.remove(1)
    assert marks(board) == ["✓", "✓"]
    board.film()
    assert board.made.rendered == []


def test_every_edit_can_be_taken_back(board):
    before = board.project
    board.shots[0].sentence.value = "Mira  met the troll."
    board.shots[0].choices["time"].value = "night"
    assert board.project.shots[0][:3] == ("Mira met the troll.", "forest", "night")
    board.undo()
    board.undo()
    assert board.project == before
    board.redo()
    assert captions(board)[0] == "Mira met the troll."
    board.remove(1)
    assert captions(board) == ["Mira met the troll.", "Then all was quiet."]
    board.reset()
    assert board.project == before


def test_what_is_done_in_a_shot_can_be_another_thing(board):
    assert board.shots[0].choices["action"].value == "slash"
    board.shots[0].choices["action"].value = "talk"
    assert (board.project.shots[0].action, board.project.shots[0].target) == ("talk", "troll")
    board.edit(0, action="hide")
    assert (board.project.shots[0].action, board.project.shots[0].target) == ("hide", None)
    board.shots[0].choices["action"].value = "stand"
    assert board.project.shots[0].action is None
    board.shots[1].choices["action"].value = "talk"
    assert "Finn is alone in this shot" in board.message.value
    assert board.shots[1].choices["action"].value == "walk"
    board.edit(2, action="run")
    assert board.project.shots[2].direction == "left"


def test_no_edit_makes_another_shot_the_one_that_crosses_a_scene(board):
    board.set(tale="East\nMira ran east. Mira walked east. Finn walked east.", **board.changed("tale"))
    board.film()
    assert [shot.crosses for shot in board.made.shots] == [False, True, False]
    for number, action in ((0, "walk"), (1, "stand"), (1, "walk"), (0, "run")):
        board.edit(number, action=action)
        board.film()
        assert board.made.rendered == [number]
    board.remove(1)
    board.film()
    assert board.made.rendered == []


def test_what_is_left_out_takes_its_light_along(board):
    board.edit(2, light="dim")
    board.remove(0)
    assert board.project.edits == {1: {"light": "dim"}}
    board.remove(1)
    assert board.project.edits == {}
    with pytest.raises(ValueError, match="a film needs at least one shot"):
        board.remove(0)


@pytest.mark.parametrize(
    ("text", "message"), [(" ", "a shot needs a caption"), ("word " * 30, "149 letters; 90 fit below the picture")]
)
def test_a_caption_that_cannot_be_is_refused_and_the_line_goes_back(board, text, message):
    board.shots[0].sentence.value = text
    assert message in board.message.value
    assert captions(board)[0] == "Mira struck the troll, in the forest."
    with pytest.raises(ValueError, match="there is no shot 4: the film has 3"):
        board.edit(3, place="shore")


def test_roles_are_given_to_others(board, tmp_path):
    board.film()
    board.roles[0].player.value = "7"
    assert board.project.roles == {"Mira": 7}
    assert marks(board) == ["△", "✓", "△"]  # she is not in the second
    (tmp_path / "hero.png").touch()
    board.who.value = "Finn"
    board.path.value = str(tmp_path / "hero.png")
    assert board.project.roles == {"Mira": 7, "Finn": str(tmp_path / "hero.png")}
    board._take({"../walk.bvh": b"HIERARCHY"})
    assert board.project.roles["Finn"] == str(tmp_path / "players" / "walk.bvh")
    board.roles[0].player.value = ""
    assert "Mira" not in board.project.roles
    for player, message in (("hero.gif", "plays nobody: write a seed"), ("none.png", "there is no file none.png")):
        board.roles[0].player.value = player
        assert message in board.message.value
        assert board.roles[0].player.value == ""


def test_an_upload_of_the_same_name_with_other_content_is_filmed_anew(board, tmp_path):
    board.who.value = "Finn"
    board._take({"hero.png": b"red", "hero.json": b"{}"})  # one sheet with its picture
    assert board.project.roles == {"Finn": str(tmp_path / "players" / "hero.json")}
    board.film()
    board._take({"hero.bvh": b""})
    board.undo()
    assert marks(board) == ["✓"] * 3
    board._take({"hero.png": b"blue"})  # of the sheet, not another player
    assert board.project.roles == {"Finn": str(tmp_path / "players (2)" / "hero.json")}
    assert marks(board) == ["✓", "△", "✓"]
    board.undo()
    assert (marks(board), (tmp_path / "players" / "hero.png").read_bytes()) == (["✓"] * 3, b"red")
    board._take({"hero.png": b"red"})  # the same again
    assert board.project.roles == {"Finn": str(tmp_path / "players" / "hero.json")}


def test_another_tale_is_another_story(board):
    board.edit(0, light="dim", place="shore")
    board.controls["tale"].value = "Short\nPip slept."
    assert captions(board) == ["Pip slept."]
    assert (board.project.shots, board.project.edits) == (None, {})


def test_cancel_keeps_what_is_done_and_another_press_goes_on(board, studio):
    studio.stop_after = 2
    board.film()
    assert len(board.made.shots) == 2
    assert marks(board) == ["✓", "✓", "△"]
    studio.stop_after = 0
    board.film()
    assert "cancelled before the first shot" in board.message.value
    assert len(board.made.shots) == 2  # the film that was there stays
    studio.stop_after = None
    board.film()
    assert board.made.rendered == [2]
    assert board.progress.layout.display == "none"


def test_a_film_that_breaks_off_leaves_the_board_free(board, monkeypatch):
    def fail(*_, **__):
        raise MemoryError("no room for 9 GB")

    async def use():
        board.film()
        await board._task

    with monkeypatch.context() as patch:
        patch.setattr(production, "make_film", fail)
        asyncio.run(use())
    assert "the film broke off by MemoryError: no room for 9 GB" in board.message.value
    assert board.progress.layout.display == "none"
    board.film()
    assert board.made.rendered == [0, 1, 2]


def test_the_board_can_be_used_while_it_films(board, studio, monkeypatch):
    go_on, make_film = threading.Event(), studio.make_film

    def slow(project, **options):
        assert go_on.wait(10)
        return make_film(project, **options)

    monkeypatch.setattr(production, "make_film", slow)

    async def use():
        board.film()
        with pytest.raises(ValueError, match="a film is being made"):
            board.film()
        assert board.progress.layout.display == ""
        board.edit(0, place="shore")
        board.cancel()
        go_on.set()
        await board._task

    asyncio.run(use())
    assert "cancelled before the first shot" in board.message.value
    assert board.made is None


def test_projects_are_saved_and_opened(board, tmp_path):
    with pytest.raises(ValueError, match="there is no film yet"):
        board.export_film()
    board.edit(1, time="night", light="warm")
    board.recast("Mira", 5)
    (path,) = board.save()
    asked = board.project
    assert open_project(path) == asked
    board.reset()
    board.project_path.value = str(path)
    assert board.project == asked
    board.reset()
    board._open("project.json", path.read_bytes())
    assert board.project == asked
    board.reset()
    before = board.project
    board.attempt(board._open, "newer.json", b'{"version": 99}')
    assert "newer.json is a project of version 99" in board.message.value
    assert board.project == before


def test_edits_of_a_project_made_by_hand_are_taken_over(board, tmp_path):
    by_hand = Project(tale=TALE, edits={0: {"place": "castle", "light": "dim"}})
    board.read(module.save_project(tmp_path / "mine.json", by_hand))
    assert board.shots[0].choices["place"].value == "castle"
    assert board.project.edits == {0: {"light": "dim"}}


def test_the_state_line_makes_the_same_board_again(board):
    board.edit(1, place="shore", light="dim")
    from animkit.studio.storyboard import Shot

    names = {"film_board": film_board, "Shot": Shot, "crew": "a crew"}
    again = eval(board.state.value, names)
    assert again.project == board.project
    board.film()
    assert film_board("a crew", board.made).project == board.project


def test_a_tale_of_ones_own_leaves_the_wishes_for_a_story_idle(board):
    assert board.controls["prompt"].disabled
    assert board.controls["temperature"].tooltip.endswith("Greyed: the tale is your own")
    assert board.cancel_button.disabled
