from types import SimpleNamespace

import av
import numpy as np

from animkit.studio.blocking import Seen
from animkit.studio.film import Filmed
from animkit.studio.premiere import save
from animkit.studio.project import Project
from animkit.studio.score import RATE, compose_score
from animkit.studio.storyboard import Shot

SHOT = Shot("Mira stood.", "meadow", "day", ("Mira",), None, "front", None, "calm")


def film(*, action="stand", effect=None, seed=0, sound=True):
    seen = [(Seen("Mira", (0, 0, 9, 9), action if number > 12 else "stand", "front"),) for number in range(36)]
    record = {"title": "T", "seed": seed, "frames per second": 12, "events": [], "shots": []}
    camera = {"move": "still", "why": "", "closer": None}
    record["events"] = [{"shot": 0, "first frame": 0, "last frame": 35, "place": "p", "hour": "h", "camera": camera}]
    record["shots"] = [{"sentence": SHOT.sentence}]
    frames = np.zeros((36, 360, 640, 3), "uint8")
    shots, filmed = [SHOT._replace(effect=effect)], [Filmed(0, 35, seen)]
    project = Project(seed=seed, sound=sound)
    return SimpleNamespace(frames=frames, poster=frames[0], record=record, project=project, shots=shots, filmed=filmed)


def test_the_same_film_sounds_the_same_and_as_long():
    first, again, other = (compose_score(film(seed=seed)) for seed in (0, 0, 1))
    assert (len(first), first.dtype) == (3 * RATE, np.float32)
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.01
    assert 0.01 < np.abs(first).max() <= 0.5


def test_a_blow_is_heard_when_it_lands_and_steps_while_one_walks():
    quiet = compose_score(film())
    for action in ("strike", "walk", "cast"):
        loud = compose_score(film(action=action)) != quiet
        assert 12 / 12 <= np.flatnonzero(loud)[0] / RATE < 1.6, action
    assert np.abs(compose_score(film(effect="storm")) - quiet).max() > 0.05


def test_the_film_is_saved_with_its_sound_or_without(tmp_path):
    for sound in (True, False):
        save(tmp_path, film(sound=sound))
        with av.open(tmp_path / "film.mp4") as saved:
            assert len(saved.streams.audio) == sound
            assert saved.streams.video[0].frames == 36
            if sound:
                assert abs(saved.streams.audio[0].duration * saved.streams.audio[0].time_base - 3) < 0.2
        assert len(list(tmp_path.iterdir())) == 6
