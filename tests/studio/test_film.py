import functools
import json
import subprocess
import sys

import numpy as np
import pytest

from animkit.studio import film
from animkit.studio.blocking import play
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


def test_a_film_has_its_size_length_and_cards(tale):
    title, shots, clips = tale
    frames = film.compose(title, shots, clips, credits="made by hand")
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
    first, again, other = (film.digest(film.compose(title, shots[3:5], clips, seed=seed)) for seed in (5, 5, 6))
    assert first == again
    assert first != other


def test_everybody_on_stage_is_seen(tale):
    _, shots, clips = tale
    empty = {name: np.zeros_like(clip) for name, clip in clips.items()}
    for shot in (shots[1], shots[2], shots[4]):
        played = functools.partial(play, shot, frames=film.length(shot))
        for name in filter(None, (*shot.company, shot.target)):
            assert (played(empty | {name: clips[name]}) != played(empty)).any()
        assert len(played(clips)) / film.FPS >= 1.25 + len(shot.sentence) / 32


def test_actors_come_out_as_given(tale):
    _, shots, clips = tale
    before = {name: clip.copy() for name, clip in clips.items()}
    film.compose("T", shots[4:5], clips)
    for name, clip in clips.items():
        np.testing.assert_array_equal(clip, before[name])


@pytest.mark.parametrize("letters", ["W", "i", "Mm"])
def test_captions_are_never_clipped(letters):
    text = (" ".join([letters * 4] * 30))[:90].strip()
    band = film._captioned(np.zeros((1, 360, 640, 3), "uint8"), text)[0, -film.BAND + 2 :]
    written = (band == film._CREAM).all(axis=-1)
    ys, xs = np.nonzero(written)
    assert xs.min() > 0
    assert xs.max() < 639
    assert ys.min() > 0
    assert ys.max() < len(band) - 1
    lines = next(film._lines(text, scale, 616) for scale in (2, 1) if len(film._lines(text, scale, 616)) <= 4 // scale)
    assert " ".join(lines) == text


def test_a_caption_too_long_to_fit_is_refused():
    with pytest.raises(ValueError, match="900 letters does not fit"):
        film._captioned(np.zeros((1, 360, 640, 3), "uint8"), "W" * 900)


@pytest.mark.parametrize("title", ["", "A", "The " + "Very " * 12 + "Long Title"])
def test_titles_of_any_length_fit(tale, title):
    _, shots, clips = tale
    assert film.poster(title, shots, clips).shape == (360, 640, 3)


def test_a_film_needs_its_cast(tale):
    title, shots, clips = tale
    with pytest.raises(ValueError, match="at least one shot"):
        film.compose(title, [], clips)
    with pytest.raises(ValueError, match="troll needs clips"):
        film.compose(title, shots, {name: clips[name] for name in ("Mira", "Otto")})
    with pytest.raises(ValueError, match=r"Mira needs clips.*\(3, 8, 32, 32, 4\)"):
        film.compose(title, shots, clips | {"Mira": clips["Mira"][:3]})


def test_saving_writes_four_files_and_the_record(tmp_path, tale):
    title, shots, clips = tale
    frames = film.compose(title, shots[:1], clips)[::8]
    sizes = film.save(tmp_path / "a" / "film", frames, film.poster(title, shots, clips), {"title": title, "seed": 3})
    assert sorted(p.name for p in (tmp_path / "a" / "film").iterdir()) == sorted(sizes)
    assert set(sizes) == {"film.mp4", "film.gif", "poster.png", "film.json"}
    assert min(sizes.values()) > 0
    assert json.loads((tmp_path / "a" / "film" / "film.json").read_text()) == {"title": title, "seed": 3}


def test_a_record_that_is_not_json_writes_nothing(tmp_path):
    with pytest.raises(ValueError, match="JSON"):
        film.save(tmp_path, np.zeros((2, 4, 4, 3), "uint8"), np.zeros((4, 4, 3), "uint8"), {"loss": float("nan")})
    assert list(tmp_path.iterdir()) == []


def test_composition_needs_no_keras():
    code = "import sys, animkit.studio.film; sys.exit(any(m in sys.modules for m in ('keras', 'tensorflow', 'jax')))"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
