"""The viewer learns from shots of other casts, places and light than those of any film."""

import time
from collections import Counter
from itertools import pairwise

import keras
import numpy as np
from scipy.ndimage import median_filter

from animkit.metrics.detection import STRICTER, mean_average_precision
from animkit.models.viewer import (
    ACTIONS,
    CANVAS,
    FACINGS,
    KINDS,
    PATCH,
    STEP,
    STRIDE,
    FilmViewer,
    cells_of,
    corner_of,
    moves_of,
    spotlit,
)
from animkit.recipes.cards import card
from animkit.recipes.schedules import cosine_decay
from animkit.recipes.viewer_shots import ROOM, TRAINING, VALIDATION, gather_shots, gather_troupe
from animkit.studio import production
from animkit.studio.film import deed_of
from animkit.studio.painting import BAYER
from animkit.studio.places import PLACES
from animkit.studio.reading_back import deed_read, looks_of, standing, standing_patch
from animkit.training import by_profile, train

TIME = 32  # frames of a track that are seen at once, every STEP-th
RATE = 2e-3
STEPS, BATCH = 100, 14  # of an epoch; tracks, and half as many frames
BLURRED = 1.2  # pixels by which edges of boxes are wrong at most, as a standard deviation
SWUNG = 7  # frames of a track; what is in a box for less than half of them is left out of it in every other track
HIDDEN = 0.15  # share of a track's frames in which something hides a part of it


class ViewerBatches(keras.utils.PyDataset):
    """Frames and tracks of `Shots`, changed a little each time: mirrored, shifted, tinted, partly hidden, mixed.

    Args:
        shots: Shots.
        sheets: (characters, pictures, height, width, 4) uint8: how each stands; by these they are known in a film.
        batch_size: tracks, and half as many frames.
        steps: batches of an epoch.
        seed: decides every batch with the number of its epoch.
    """

    def __init__(self, shots, sheets, *, batch_size=BATCH, steps=STEPS, seed=0):
        super().__init__()
        self.shots, self.sheets, self.batch_size, self.steps = shots, sheets, batch_size, steps
        self.seed, self.epoch = seed, -1

    def __len__(self):
        return self.steps

    def on_epoch_begin(self):
        self.epoch += 1

    def __getitem__(self, index):
        # Keras looks at one batch before the first epoch begins, hence + 1
        rng = np.random.default_rng([self.seed, self.epoch + 1, index])
        x, y = self._frames(rng)
        tracks = [self._track(rng) for _ in range(self.batch_size)]
        patches, moves, there, action, facing, stands, who = (np.stack(part) for part in zip(*tracks, strict=True))
        x |= {"patches": patches, "stands": stands, "moves": moves, "there": there}
        return x, y | {"action": action, "facing": facing, "who": who}

    def _frames(self, rng):
        shots, chosen = self.shots, rng.integers(len(self.shots.frames), size=max(self.batch_size // 2, 1))
        frames, boxes, there = shots.frames[chosen], shots.boxes[chosen], shots.kinds[chosen] >= 0
        for n in range(len(frames)):
            if rng.random() < 0.5:
                frames[n] = frames[n, :, ::-1]
                left, top, right, bottom = boxes[n].T
                boxes[n] = np.stack([CANVAS[1] - right, top, CANVAS[1] - left, bottom], axis=1)
            if rng.random() < 0.1:  # a dissolve
                other = shots.frames[rng.integers(len(shots.frames))]
                threshold = np.tile(BAYER, (CANVAS[0] // 4, CANVAS[1] // 4))
                frames[n] = np.where((rng.uniform(0, 0.4) > threshold)[..., None], other, frames[n])
            frames[n] = _tinted(frames[n], rng, 0.06)
        boxes[~there] = [0, 0, STRIDE, STRIDE]
        rows, columns = (side // STRIDE for side in CANVAS)
        cells, seen = cells_of(boxes)
        cells = np.minimum(cells, [rows - 1, columns - 1])
        heat = np.zeros((len(frames), rows, columns, len(KINDS)), "float32")
        y, x = np.mgrid[:rows, :columns]
        for n, slot in np.argwhere(there):
            kind, (row, column), (_, _, wide, high) = shots.kinds[chosen[n], slot], cells[n, slot], seen[n, slot]
            away = ((x - column) / max(wide / 6, 0.6)) ** 2 + ((y - row) / max(high / 6, 0.6)) ** 2
            heat[n, ..., kind] = np.maximum(heat[n, ..., kind], np.exp(-away / 2))
        hour, place = shots.scene[chosen].T
        told = {"heat": heat, "cells": cells[..., 0] * columns + cells[..., 1], "boxes": seen, "figures": there}
        return {"frames": frames}, told | {"hour": hour, "place": place}

    def _track(self, rng):
        shots, number = self.shots, int(rng.integers(len(self.shots.who)))
        first, end = shots.starts[number : number + 2]
        # what mixes with another at both ends of a film's shot is not looked at: a deed is known without them
        late, early = rng.integers(0, (end - first) // 8 + 1, 2)
        first, end = first + late, end - early
        first = int(rng.integers(first, min(max(first, end - STEP * TIME) + STEP, end)))
        span = slice(first, min(first + STEP * TIME, end), STEP)
        action, facing = shots.acts[span].T
        wide = shots.patches[span]
        boxes, found = shots.where[span], _found(shots.where[span], rng)
        away = np.rint((found - boxes).reshape(-1, 2, 2).mean(axis=1)[:, ::-1]).astype(int)
        shift = (ROOM + away + rng.integers(-2, 3, 2) + rng.integers(-1, 2, away.shape)).clip(0, 2 * ROOM)
        patches = np.stack([_cut(*each) for each in zip(wide, boxes, found, shift, strict=True)])
        moves = moves_of(found)
        if rng.random() < 0.5:
            patches, facing, moves = patches[:, :, ::-1], len(FACINGS) - 1 - facing, moves * [-1, 1, 1, 1]
        there = np.ones(len(wide), bool)
        parts = self._hidden(_tinted(patches, rng, 0.2), rng), moves, there, action, facing
        return *map(_padded, parts), self._stands(shots.who[number], rng), shots.who[number]

    def _stands(self, who, rng):
        """Somebody's standing pictures before one colour, as the cast of a film is known by."""
        behind = tuple(rng.integers(60, 200, 3))
        return _tinted(np.stack([standing_patch(picture, behind) for picture in self.sheets[who]]), rng, 0.1)

    def _hidden(self, patches, rng):
        """Something of another picture lies over a part of some."""
        patches = patches.copy()
        for n in np.flatnonzero(rng.random(len(patches)) < HIDDEN * (rng.random() < 0.5)):
            height, width = rng.integers(4, 16, 2)
            top, left = rng.integers(0, PATCH - height), rng.integers(0, PATCH - width)
            other = self.shots.patches[rng.integers(len(self.shots.patches))]
            patches[n, top : top + height, left : left + width] = other[top : top + height, left : left + width]
        return patches


def _found(boxes, rng):
    """Boxes (time, 4) as they are found: not quite exact, and often without what is swung for a moment."""
    if rng.random() < 0.5:
        boxes = median_filter(boxes, size=(SWUNG, 1), mode="nearest")
    return boxes + rng.normal(0, rng.uniform(0.2, BLURRED), boxes.shape)


def _cut(wide, box, found, shift=(ROOM, ROOM)):
    """The part of a wide patch, cut around a box, that begins in a row and column, lit as `patch_around` lights it."""
    row, column = shift
    corner = np.add(corner_of(box, PATCH + 2 * ROOM), [column, row])
    return spotlit(wide[row : row + PATCH, column : column + PATCH], found - [*corner, *corner])


def _padded(part):
    """(time, ...) with zeros up to TIME."""
    part = part.astype("float32") if part.dtype == float else part
    return np.pad(part, [(0, TIME - len(part)), *[(0, 0)] * (part.ndim - 1)])


def _tinted(pictures, rng, most):
    """Pictures under a light that differs a little."""
    gains = rng.uniform(1 - most, 1 + most, 3) * rng.uniform(1 - most, 1 + most)
    return np.rint(pictures * gains).clip(0, 255).astype(np.uint8)


def train_viewer(
    shots, sheets, people, *, epochs, steps=STEPS, batch_size=BATCH, seed=0, checkpoint=None, progress=True, **sizes
):
    """Train the viewer.

    Args:
        shots: Shots.
        sheets: how each character stands, see `ViewerBatches`.
        people: characters in them.
        epochs: of `steps` batches.
        steps: of an epoch.
        batch_size: tracks, and half as many frames.
        seed: of weights and batches.
        checkpoint: folder for the state, or None.
        progress: show it.
        **sizes: of `animkit.models.viewer.FilmViewer`.

    Returns:
        FilmViewer.
    """
    keras.utils.set_random_seed(seed)
    viewer = FilmViewer(PLACES, people, **sizes)
    data = ViewerBatches(shots, sheets, batch_size=batch_size, steps=steps, seed=seed)
    rate = cosine_decay(RATE, epochs * steps, last=0.02, warm_up=min(200, epochs * steps // 2))
    viewer.compile(keras.optimizers.AdamW(rate, weight_decay=1e-3, global_clipnorm=5.0))
    train(viewer, data, epochs=epochs, checkpoint=checkpoint, progress=progress)
    return viewer


def measure_viewer(viewer, shots, clips, *, seed=0, cast=6):
    """Measure the viewer on shots that it has not seen, with a cast that it has not seen.

    Args:
        viewer: FilmViewer.
        shots: Shots.
        clips: of their characters, by number.
        seed: of whom each is mixed up with.
        cast: how many somebody is told apart from, with themselves.

    Returns:
        dict of metrics for a card.
    """
    found, hours, places = viewer.find(shots.frames)
    there = shots.kinds >= 0
    pictures = [(one.boxes, one.scores, boxes[its]) for one, boxes, its in zip(found, shots.boxes, there, strict=True)]
    told = np.stack([hours.argmax(axis=1), places.argmax(axis=1)], axis=1)
    rng, right, doing, faced, deeds = np.random.default_rng(seed), [], [], [], []
    patches = [_cut(*each) for each in zip(shots.patches, shots.where, shots.where, strict=True)]
    codes, posed = viewer.know(np.stack(patches))
    numbers = np.unique(shots.who)
    looks = looks_of(viewer, {number: standing(clips[number]) for number in numbers})
    for number, (first, end) in zip(shots.who, pairwise(shots.starts), strict=True):
        others = rng.choice(numbers[numbers != number], min(cast, len(numbers)) - 1, replace=False)
        likeness = [(codes[first:end] @ looks[one][0].T).max(axis=1) for one in (number, *others)]
        right.append(np.argmax(likeness, axis=0) == 0)
        seen = slice(first, end, STEP)
        action, facing = viewer.tell(posed[seen], looks[number][1], moves_of(shots.where[seen]))
        doing.append(action.argmax(axis=1) == shots.acts[seen, 0])
        faced.append(facing.argmax(axis=1) == shots.acts[seen, 1])
        acts, faces = shots.acts[first:end].T
        deeds.append((deed_of([ACTIONS[i] for i in acts], faces)[0], deed_read(action, facing)[0]))
    most = [100 * np.bincount(column).max() / len(column) for column in (*shots.acts.T, *shots.scene.T)]
    commonest = {"the commonest": round(100 * max(Counter(was for was, _ in deeds).values()) / len(deeds), 1)}
    shares = {
        "who": (right, {"chance": round(100 / cast, 1)}, f"of {cast} by their standing pictures, frame by frame"),
        "doing": (doing, {"the commonest": round(most[0], 1)}, "frame by frame, in exact boxes"),
        "deed": ([was == read for was, read in deeds], commonest, "of a shot by the record's rule, in exact boxes"),
        "facing": (faced, {"the commonest": round(most[1], 1)}, "frame by frame"),
        "hour": (told[:, 0] == shots.scene[:, 0], {"the commonest": round(most[2], 1)}, "frame by frame"),
        "place": (told[:, 1] == shots.scene[:, 1], {"the commonest": round(most[3], 1)}, "frame by frame"),
    }
    unit = "of 1; what finds without a network was not measured on these shots, on films it was, film_reads_back"
    found = {"mAP50": ((0.5,), 0.95), "mAP50-95": (STRICTER, 0.75)}
    return {
        name: {"value": round(mean_average_precision([pictures], overlaps), 4), "target": target, "unit": unit}
        for name, (overlaps, target) in found.items()
    } | {
        f"{name}_percent": {"value": round(100 * float(np.mean(np.hstack(each))), 2), **beside, "unit": f"%, {unit}"}
        for name, (each, beside, unit) in shares.items()
    }


def make_viewer(profile="full", *, checkpoint=None):
    """Train the viewer; the model and its card."""
    started = time.perf_counter()
    people, count, unseen, epochs = by_profile(
        profile,
        ci=(3, 4, 2, 1),
        demo=(30, 160, 20, 6),
        full=(160, 3000, 160, 120),
    )
    crew = production.load_crew()
    troupe, others = gather_troupe(crew, people), gather_troupe(crew, max(people // 10, 3), seed=VALIDATION)
    sizes = {"levels": 2 if profile == "ci" else 10, "stories": 2 if profile == "ci" else 60, "folder": checkpoint}
    shots = gather_shots(crew, troupe, count, **sizes)
    validation = gather_shots(crew, others, unseen, seed=VALIDATION, **sizes)
    sheets = np.stack([standing(clips) for clips in troupe.clips])
    viewer = train_viewer(shots, sheets, len(troupe.clips), epochs=epochs, checkpoint=checkpoint)
    return viewer, tell_card(viewer, validation, others, shots=count, epochs=epochs, profile=profile, started=started)


def tell_card(viewer, validation, others, *, shots, epochs, profile, started):
    """Write the viewer's card.

    Args:
        viewer: FilmViewer.
        validation: Shots that it has not seen.
        others: the Troupe of these.
        shots: it learned from.
        epochs: of STEPS batches.
        profile: "ci", "demo" or "full".
        started: `time.perf_counter()` when work began.

    Returns:
        dict, see `animkit.weights.card`.
    """
    unseen = len(np.unique(validation.who))
    return card(
        "viewer",
        what="reads a film's frames: figures by a heat map, a code of who each is, what they do and which way they "
        "face, place and hour",
        data=f"{shots} shots rendered by animkit.studio with {viewer.people} characters, a quarter each of the "
        "procedural twin of animkit.data.sprites, of animkit.data.twins.pixel_beasts, and of the designers of people "
        f"and of creatures, seeds from {TRAINING:,} on; measured on shots of {unseen} others, seeds from "
        f"{VALIDATION:,} on",
        recipe=f"convolutions over frames in art pixels, over patches of {PATCH} pixels, a bidirectional LSTM of "
        f"{viewer.units} units each way; {epochs} epochs of {STEPS} batches of {BATCH // 2} frames and {BATCH} tracks "
        f"of {TIME} frames, {STEP} apart, beside how each stands; mirrored, shifted, tinted, partly hidden, cut at "
        f"both ends, in boxes as they are found; a fifth of what the LSTM is given is dropped; AdamW {RATE:g} with "
        "cosine decay; the seconds leave out shots that an earlier run kept",
        metrics=measure_viewer(viewer, validation, others.clips),
        profile=profile,
        started=started,
    )
