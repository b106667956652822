import functools

import numpy as np
import pytest

from animkit.metrics.image import contrast
from animkit.studio import film
from animkit.studio.blocking import Seen, Staged, play
from animkit.studio.camera import Camera, choose_cameras, faces_below
from animkit.studio.lettering import CREAM, GOLD, INK, ink_of, lines_of, respelled, spelled
from animkit.studio.storyboard import cast_of, storyboard

TALE = (
    "The Silver Bell\nMira the baker and Otto the smith lived in the village. One day, Mira and Otto walked west "
    "through the forest. A grumpy troll sat upon the silver bell. Otto struck straight ahead, but the troll only "
    "laughed. Mira conjured a warm wind to the left, and the troll fell asleep. And the bell rang for ever after."
)


def placeholder(seed, frames=8, size=32):
    """Clips (9, frames, size, size, 4) of a coloured block that grows with every frame."""
    clips = np.zeros((9, frames, size, size, 4), "uint8")
    colour = np.random.default_rng(seed).integers(60, 255, 3)
    for frame in range(frames):
        clips[:, frame, 20 - frame : 30, 10:22] = (*colour, 255)
    return clips


@pytest.fixture
def tale():
    title, shots = storyboard(TALE)
    return title, shots, {name: placeholder(i) for i, name in enumerate(cast_of(shots))}


def composed(title, shots, clips, *, credits="", seed=0, fps=film.FPS):
    takes = [play(shot, clips, frames=film.length(shot), seed=seed) for shot in shots]
    return film.compose(title, shots, clips, takes, credits=credits, seed=seed, fps=fps)


def test_a_film_has_its_size_length_and_cards(tale):
    title, shots, clips = tale
    frames = composed(title, shots, clips, credits="made by hand").frames
    assert frames.shape[1:] == (360, 640, 3)
    assert frames.dtype == np.uint8
    assert 10 <= len(frames) / film.FPS <= 30
    # the art pixels above the captions are whole 4 x 4 squares
    middle = frames[len(frames) // 2, : 360 - film.BAND]
    np.testing.assert_array_equal(middle, np.kron(middle[::4, ::4], np.ones((4, 4, 1), "uint8")))
    # it ends in the dark, as it began but for the first iris: the loop has no jump
    assert (frames[-1, :40] == frames[0, :40]).all()


def test_the_same_seed_makes_the_same_film(tale):
    title, shots, clips = tale
    first, again, other = (film.digest(composed(title, shots[3:5], clips, seed=seed).frames) for seed in (5, 5, 6))
    assert first == again
    assert first != other


def _frames(shot, clips):
    return play(shot, clips, frames=film.length(shot)).frames


def test_everybody_on_stage_is_seen(tale):
    _, shots, clips = tale
    empty = {name: np.zeros_like(clip) for name, clip in clips.items()}
    for shot in (shots[1], shots[2], shots[4]):
        played = functools.partial(_frames, shot)
        for name in filter(None, (*shot.company, shot.target)):
            assert (played(empty | {name: clips[name]}) != played(empty)).any()
        assert len(played(clips)) / film.FPS >= 1.25 + len(shot.sentence) / 32


def test_it_is_told_who_is_where(tale):
    title, shots, clips = tale
    red, blue = ((200, 0, 1, 255), (0, 1, 200, 255))
    for name, colour in (("Otto", red), ("troll", blue), ("Mira", (9, 9, 9, 255))):
        clips[name][..., :] = np.where(clips[name][..., 3:] > 0, np.array(colour, "uint8"), 0)
    made = composed(title, shots[3:5], clips)
    told = film.events(shots[3:5], made.filmed, [Camera("still", "")] * 2)
    assert [event["shot"] for event in told] == [0, 1]
    assert told[0]["last frame"] + 1 == told[1]["first frame"]
    struck, where = told[0], made.filmed[0]
    assert [struck["who"][name]["action"] for name in ("Otto", "troll")] == ["strike", "strike"]  # in vain
    assert struck["who"]["troll"]["facing"] == "left"
    for frame, left, top, right, bottom in struck["who"]["Otto"]["boxes"]:
        ink = np.stack([np.abs(made.frames[frame].astype(int) - colour[:3]).sum(-1) < 90 for colour in (red, blue)])
        rows, columns = np.nonzero(ink[0])
        assert (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1) == (left, top, right, bottom)
    for frame, seen in enumerate(where.seen, where.first):
        assert seen is None or {one.who for one in seen} <= {"Mira", "Otto", "troll"}, frame
    assert where.seen[0] is None  # it begins in a dissolve
    assert len(where.seen) == where.last + 1 - where.first


def test_captions_cut_and_never_dissolve(tale):
    title, shots, clips = tale
    shots = [shots[2], shots[3]._replace(place="shore")]
    made = composed(title, shots, clips)
    band = made.frames[:, -film.BAND :]
    for where in made.filmed:
        assert (band[where.first : where.last + 1] == band[where.first]).all()
    assert (band[made.filmed[0].last] != band[made.filmed[1].first]).any()


def test_twice_as_many_frames_a_second_take_as_long(tale):
    title, shots, clips = tale
    one, two = (composed(title, shots[3:4], clips, fps=fps) for fps in (12, 24))
    assert len(two.frames) == 2 * len(one.frames)
    np.testing.assert_array_equal(one.frames[20], two.frames[40])
    assert (two.filmed[0].first, two.filmed[0].last) == (2 * one.filmed[0].first, 2 * one.filmed[0].last + 1)
    told = [film.events(shots[3:4], made.filmed, [Camera("still", "")], fps=fps)[0]["who"]
            for made, fps in ((one, 12), (two, 24))]  # fmt: skip
    assert told[0] == {who: did | {"boxes": [[frame // 2, *box] for frame, *box in did["boxes"]]}
                       for who, did in told[1].items()}  # fmt: skip
    # five drawings are no deed, six are, however often each is shown
    for drawings, deed in ((5, "stand"), (6, "hide")):
        acts = [["hide"] * drawings * hold + ["stand"] * 9 * hold for hold in (1, 2)]
        for hold, done in enumerate(acts, 1):
            assert film.deed_of(done, ["left"] * len(done), least=hold * film.EVERY) == (deed, "left")
    # who carries something may do something else the while
    for drawings, deed in ((5, "carry"), (6, "reel")):
        acts = ["carry"] * 20 + ["reel"] * drawings
        assert film.deed_of(acts, ["front"] * 20 + ["left"] * drawings)[0] == deed
    with pytest.raises(ValueError, match="12 or 24 frames a second; got 30"):
        composed(title, shots[3:4], clips, fps=30)


def test_actors_come_out_as_given(tale):
    _, shots, clips = tale
    before = {name: clip.copy() for name, clip in clips.items()}
    composed("T", shots[4:5], clips)
    for name, clip in clips.items():
        np.testing.assert_array_equal(clip, before[name])


def test_letters_stand_out_from_what_is_behind_them():
    band = film.caption(np.zeros((1, 360, 640, 3), "uint8"), "It was so.")[0, 4 - film.BAND :].reshape(-1, 3)
    letters = (band == CREAM).all(axis=-1)
    assert letters.any()
    assert contrast(CREAM, band[~letters]).min() >= 4.5
    assert contrast(GOLD, INK) >= 4.5


def test_no_caption_covers_a_face(tale):
    _, shots, clips = tale
    takes = [play(shot, clips, frames=film.length(shot)) for shot in shots]
    for camera, take in zip(choose_cameras(shots, takes), takes, strict=True):
        assert faces_below(camera, take) == 0
    low = Staged(takes[0].frames, [(Seen("Mira", (10, 280, 40, 350), "stand", "front"),)] * len(takes[0].frames))
    assert faces_below(Camera("still", ""), low) == len(low.frames)


def test_the_credit_stands_clear_of_the_iris(tale):
    title, shots, clips = tale
    credits = "plotted and told by rules and LSTMs\ndrawn by VAEs, moved by LSTMs"
    still = composed(title, shots[3:4], clips, credits=credits).frames[-10]
    rows = (still != INK).any(axis=(1, 2))
    starts = np.flatnonzero(np.diff(rows.astype(int), prepend=0) == 1)
    ends = np.flatnonzero(np.diff(rows.astype(int), append=0) == -1)
    assert len(starts) in (3, 4)  # The End, the iris, and two lines
    assert (starts[1:3] - ends[:2] > 10).all()
    assert ends[-1] < 359


def inked(text, scale):
    """Pixels of all the letters of a caption, before they are enlarged."""
    return sum(ink_of(line).sum() for line in lines_of(text, scale, 616))


@pytest.mark.parametrize("letters", ["W", "i", "Mm", "gjpy"])
def test_captions_are_never_clipped(letters):
    text = (" ".join([letters * 4] * 30))[:90].strip()
    band = film.caption(np.zeros((1, 360, 640, 3), "uint8"), text)[0, -film.BAND + 2 :]
    written = (band == CREAM).all(axis=-1)
    ys, xs = np.nonzero(written)
    assert xs.min() > 0
    assert xs.max() < 639
    assert ys.min() > 0
    assert ys.max() < len(band) - 1
    assert written.sum() in (4 * inked(text, 2), inked(text, 1))
    lines = next(lines_of(text, scale, 616) for scale in (2, 1) if len(lines_of(text, scale, 616)) <= 4 // scale)
    assert " ".join(lines) == text


def test_what_the_font_lacks_is_spelled_plainly_and_told():
    assert spelled("“Größe – d’été…” Ж龍") == '"Grosse - d\'ete..." ??'
    assert respelled("“It’s” – café ж") == "é as e, ж as ?"
    assert respelled("It was so.") == ""
    np.testing.assert_array_equal(ink_of("the owl’s"), ink_of("the owl's"))


def test_a_caption_too_long_to_fit_is_refused():
    with pytest.raises(ValueError, match="900 letters does not fit"):
        film.caption(np.zeros((1, 360, 640, 3), "uint8"), "W" * 900)


@pytest.mark.parametrize("title", ["", "A", "The " + "Very " * 12 + "Long Title"])
def test_titles_of_any_length_fit(tale, title):
    _, shots, clips = tale
    assert film.poster(title, shots, clips).shape == (360, 640, 3)


def test_a_film_needs_its_cast(tale):
    title, shots, clips = tale
    with pytest.raises(ValueError, match="at least one shot"):
        composed(title, [], clips)
    with pytest.raises(ValueError, match="troll needs clips"):
        film.compose(title, shots, {name: clips[name] for name in ("Mira", "Otto")}, [])
    with pytest.raises(ValueError, match=r"Mira needs clips.*\(3, 8, 32, 32, 4\)"):
        film.compose(title, shots, clips | {"Mira": clips["Mira"][:3]}, [])
