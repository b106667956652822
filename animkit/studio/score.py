"""Soft music and sounds for a film, worked out from what happens in it: no recording, no network."""

import numpy as np
from scipy.signal import lfilter

from animkit.studio.film import FPS
from animkit.studio.stage_art import FLASH

RATE = 22_050  # samples a second
BEAT = 0.5  # seconds
ROOT = 220.0  # Hz
# semitones above the root, a chord each two seconds
CHORDS = {
    "calm": ((0, 3, 7), (8, 12, 15), (3, 7, 10), (10, 14, 17)),
    "vain": ((0, 3, 7), (5, 8, 12), (0, 3, 7), (7, 10, 14)),
    "merry": ((3, 7, 10), (10, 14, 17), (0, 3, 7), (8, 12, 15)),
}
SCALE = (0, 3, 5, 7, 10, 12, 15, 17)  # minor pentatonic, of which every chord takes what it has
CHANCE = {"calm": 0.4, "vain": 0.25, "merry": 0.7}  # that a beat has a note
STEPS = {"walk": 4, "run": 3, "carry": 4}  # frames, at FPS, from one step to the next
LOUDNESS = -20.0  # dB of the mean power, full scale 1: as loud as speech in other films
SOFT, LOUDEST = 0.6, 0.95  # above the first, what is louder is pressed together, so that nothing reaches the second
ATTACK = 0.003  # seconds in which a noise rises: one that is there at once clicks


def compose_score(made):
    """Composes music and sounds as long as a film.

    Pads and a melody go by each shot's mood; feet are heard, blows and spells, rain, wind and thunder.

    Args:
        made: `animkit.studio.production.Film`.

    Returns:
        (samples,) float32, within LOUDEST and of LOUDNESS, RATE a second; the same film has the same samples.
    """
    rate, rng = made.project.fps, np.random.default_rng([made.project.seed, 18])
    sound = np.zeros(round(len(made.frames) / rate * RATE), np.float32)
    starts = [where.first / rate for where in made.filmed]
    step = 3
    for beat in range(int(len(made.frames) / rate / BEAT)):
        now = beat * BEAT
        mood = made.shots[max(np.searchsorted(starts, now, side="right") - 1, 0)].mood
        chord = CHORDS[mood][beat // 4 % 4]
        if beat % 4 == 0:
            for note in chord:
                _add(sound, now, 0.05 * _pad(note - 12))
        step = int(np.clip(step + rng.integers(-2, 3), 0, len(SCALE) - 1))
        if rng.random() < CHANCE[mood]:
            near = min(
                SCALE, key=lambda note, aim=SCALE[step]: (note % 12 not in [c % 12 for c in chord], abs(note - aim))
            )
            _add(sound, now, 0.09 * _pluck(12 + near))
    for where, shot in zip(made.filmed, made.shots, strict=True):
        _add_sounds(sound, where, shot, rate, rng)
    fade = np.minimum(1, np.arange(len(sound))[::-1] / RATE / 2).astype(np.float32)
    return _level(sound * fade)


def _level(sound):
    """Brings sound to LOUDNESS; its peaks, which are blows and thunder, are bent rather than cut."""
    power = float(np.mean(np.square(sound, dtype=float))) if len(sound) else 0.0
    if not power:
        return sound
    loud = sound * np.float32(10 ** (LOUDNESS / 20) / np.sqrt(power))
    over, room = np.maximum(np.abs(loud) - SOFT, 0), LOUDEST - SOFT
    return np.where(over > 0, np.sign(loud) * (SOFT + room * np.tanh(over / room)), loud).astype(np.float32)


def _add_sounds(sound, where, shot, rate, rng):
    """What is heard in a shot beside the music."""
    hold, before = rate // FPS, set()
    # of a dissolve the second half is the shot's own, and its first half has gone by as many drawings before
    mixed = next((n for n, people in enumerate(where.seen) if people is not None), 0)
    for number, people in enumerate(where.seen):
        doing = {one.action for one in people or ()}
        now, tick = (where.first + number) / rate, (number + mixed) // hold
        if number % hold == 0 and any(tick % STEPS[action] == 0 for action in doing & STEPS.keys()):
            _add(sound, now, 0.05 * _noise(rng, 0.06, 0.15))
        if "strike" in doing - before:
            _add(sound, now + 3 / FPS, 0.04 * _noise(rng, 0.2, 0.6))  # through the air
        if "reel" in doing - before and shot.action == "slash":
            _add(sound, now, 0.25 * _noise(rng, 0.25, 0.12))
        if "cast" in doing - before:
            for i, note in enumerate((12, 15, 19, 24, 27)):
                _add(sound, now + 0.08 * i, 0.06 * _pluck(12 + note))
        if shot.effect == "storm" and number % hold == 0 and tick % FLASH[0] == FLASH[1]:
            _add(sound, now + 0.25, 0.5 * _noise(rng, 1.8, 0.02, attack=0.05))
        before = doing
    length = (where.last + 1 - where.first) / rate
    if shot.effect in ("rain", "storm"):
        ends = np.minimum(1, np.minimum(*(np.arange(int(length * RATE))[::way] / RATE / 0.5 for way in (1, -1))))
        _add(sound, where.first / rate, 0.02 * ends * rng.standard_normal(len(ends)))
    if shot.effect in ("wind", "storm"):
        time = np.arange(int(length * RATE)) / RATE
        gusts = np.sin(np.pi * time / length) * (0.6 + 0.4 * np.sin(2 * np.pi * time / 1.7))
        _add(sound, where.first / rate, 0.04 * gusts * _dark(rng, len(time), 0.06))


def _add(sound, seconds, samples):
    """Mixes samples in from a moment on, as far as the sound goes."""
    start = int(seconds * RATE)
    room = sound[start : start + len(samples)]
    room += samples[: len(room)].astype(np.float32)


def _wave(note, seconds, parts):
    time = np.arange(int(seconds * RATE)) / RATE
    return time, sum(share * np.sin(2 * np.pi * ROOT * 2 ** (note / 12) * times * time) for times, share in parts)


def _pad(note):
    """A soft chord tone, which swells while the one before fades, so that both together stay as loud."""
    time, wave = _wave(note, 8 * BEAT, ((1, 0.6), (1.004, 0.4), (2, 0.15)))
    return wave * np.sin(np.pi * time / (8 * BEAT)) ** 2


def _pluck(note):
    time, wave = _wave(note, 1.2, ((1, 0.8), (2, 0.2), (3, 0.08)))
    return wave * np.exp(-4 * time) * np.minimum(1, time / 0.005)


def _noise(rng, seconds, dark, *, attack=ATTACK):
    """A burst of noise that rises at once and dies away; the smaller `dark`, the lower it sounds."""
    time = np.arange(int(seconds * RATE)) / RATE
    return (
        _dark(rng, len(time), dark) * np.exp(-5 * time / seconds) * np.minimum(1, time / attack) * (1 - time / seconds)
    )


def _dark(rng, samples, dark):
    """Noise of which the high parts are taken."""
    return lfilter([dark], [1, dark - 1], rng.standard_normal(samples)) / np.sqrt(dark)
