from types import SimpleNamespace

import av
import numpy as np
import pytest

from animkit.studio.blocking import Seen
from animkit.studio.film import Filmed
from animkit.studio.premiere import save
from animkit.studio.project import Project
from animkit.studio.score import LOUDEST, LOUDNESS, RATE, compose_score
from animkit.studio.storyboard import Shot

SHOT = Shot("Mira stood.", "meadow", "day", ("Mira",), None, "front", None, "calm")


def film(*, action="stand", deed=None, effect=None, seed=0, sound=True):
    seen = [(Seen("Mira", (0, 0, 9, 9), action if number > 12 else "stand", "front"),) for number in range(36)]
    record = {"title": "T", "seed": seed, "frames per second": 12, "events": [], "shots": []}
    camera = {"move": "still", "why": "", "closer": None}
    record["events"] = [{"shot": 0, "first frame": 0, "last frame": 35, "place": "p", "hour": "h", "camera": camera}]
    record["shots"] = [{"sentence": SHOT.sentence}]
    frames = np.zeros((36, 360, 640, 3), "uint8")
    shots, filmed = [SHOT._replace(action=deed, effect=effect)], [Filmed(0, 35, seen)]
    project = Project(seed=seed, sound=sound)
    return SimpleNamespace(frames=frames, poster=frames[0], record=record, project=project, shots=shots, filmed=filmed)


def test_the_same_film_sounds_the_same_and_as_long():
    first, again, other = (compose_score(film(seed=seed)) for seed in (0, 0, 1))
    assert (len(first), first.dtype) == (3 * RATE, np.float32)
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.01
    for sound in (first, compose_score(film(action="reel", deed="slash", effect="storm"))):
        assert 10 * np.log10(np.mean(sound.astype(float) ** 2)) == pytest.approx(LOUDNESS, abs=0.5)
        assert 0.1 < np.abs(sound).max() < LOUDEST
        assert np.abs(sound[-RATE // 100 :]).max() < 0.01  # it has faded


def beside_the_music(sound, until):
    """What a film's sound has that a quiet one lacks, which are alike but for a factor until so many seconds."""
    quiet, same = compose_score(film()), slice(int(until * RATE))
    return sound - quiet * (sound[same] @ quiet[same]) / (quiet[same] @ quiet[same])


def test_a_blow_is_heard_when_it_lands_and_steps_while_one_walks():
    begins = {"reel": 13, "strike": 13 + 3, "walk": 16, "cast": 13}  # frames; through the air, and as a foot comes down
    for action, frame in begins.items():
        heard = np.abs(beside_the_music(compose_score(film(action=action, deed="slash")), 1.0)) > 1e-3
        assert np.flatnonzero(heard)[0] / RATE == pytest.approx(frame / 12, abs=0.01), action


def test_thunder_follows_the_lightning():
    storm = beside_the_music(compose_score(film(effect="storm")), 0.2)
    rolls = np.convolve(storm, np.ones(40) / 40)  # low sounds alone
    before, after = (np.mean(rolls[int(first * RATE) : int((first + 0.3) * RATE)] ** 2) for first in (0.6, 1.05))
    assert after > 4 * before  # the first flash is in frame 9, at 0.75 s


def test_the_film_is_saved_with_its_sound_or_without(tmp_path):
    for sound in (True, False):
        save(tmp_path, film(sound=sound))
        with av.open(tmp_path / "film.mp4") as saved:
            assert len(saved.streams.audio) == sound
            assert saved.streams.video[0].frames == 36
            if sound:
                assert abs(saved.streams.audio[0].duration * saved.streams.audio[0].time_base - 3) < 1 / 12
                heard = np.concatenate([part.to_ndarray()[0] for part in saved.decode(audio=0)])[: 3 * RATE]
                assert np.corrcoef(heard, compose_score(film()))[0, 1] > 0.99  # no frame late
        assert len(list(tmp_path.iterdir())) == 6
