"""The plot model: an LSTM over the beats of fairy tales."""

import time

import keras
import numpy as np

from animkit.data.plots import LONGEST, SHORTEST, SIZES, TOLD, digest, encode, genre_of, load_plots, told
from animkit.metrics.beats import CountedBeats
from animkit.models.beats import BeatModel
from animkit.recipes.cards import card
from animkit.recipes.schedules import cosine_decay
from animkit.training import by_profile, train

EPOCHS = 40
BUCKETS = (12, 32, 64, 128, 256)  # beats; tales are padded to one of these


class PlotBatches(keras.utils.PyDataset):
    """Tales as they are and in digests, drawn anew each epoch; half of the time genre or length is not told.

    Args:
        plots: list of `animkit.data.beats.Plot`.
        digests: how many a tale and epoch.
        batch_size: tales in a batch.
        seed: decides all.
    """

    def __init__(self, plots, *, digests=3, batch_size=16, seed=0):
        super().__init__()
        self.tales = [(encode(plot.beats)[: BUCKETS[-1]], genre_of(plot)) for plot in plots]
        self.digests, self.batch_size, self.seed = digests, batch_size, seed
        self.epoch, self._drawn = -1, None
        self.steps = len(self._draw())  # which tale falls into which bucket does not change

    def _draw(self):
        rng = np.random.default_rng((self.seed, self.epoch + 1))
        by_length = {length: [] for length in BUCKETS}
        for beats, genre in self.tales:
            lengths = rng.integers(SHORTEST, LONGEST + 1, self.digests)
            for rows in (beats, *(digest(beats, length, rng) for length in lengths)):
                known = told(
                    genre if rng.random() < 0.5 else None, len(rows) if rng.random() < 0.5 else None, len(rows)
                )
                bucket = next(length for length in BUCKETS if length >= len(rows))
                by_length[bucket].append((rows, known))
        batches = []
        for length, tales in by_length.items():
            rng.shuffle(tales)
            # a last batch that is not full would be a shape of its own: it is filled from the start
            tales += tales[: -len(tales) % self.batch_size]
            for start in range(0, len(tales), self.batch_size):
                batches.append(_padded(tales[start : start + self.batch_size], length))
        rng.shuffle(batches)
        return batches

    def _batches(self):
        # Keras looks at one batch before the first epoch begins, hence + 1
        if self._drawn != self.epoch:
            self._drawn, self._kept = self.epoch, self._draw()
        return self._kept

    def __len__(self):
        return self.steps

    def __getitem__(self, index):
        return (self._batches()[index],)

    def on_epoch_begin(self):
        self.epoch += 1


def _padded(tales, length):
    beats = np.zeros((len(tales), length, len(SIZES)), "int32")
    known = np.zeros((len(tales), length, TOLD), "float32")
    mask = np.zeros((len(tales), length), "float32")
    for number, (rows, what) in enumerate(tales):
        beats[number, : len(rows)], known[number, : len(rows)], mask[number, : len(rows)] = rows, what, 1
    return {"beats": beats, "told": known, "mask": mask}


def train_beats(plots, *, epochs, seed=0, checkpoint=None, progress=True, **sizes):
    """Train the plot model.

    Args:
        plots: list of `animkit.data.beats.Plot`.
        epochs: passes.
        seed: of weights, order, digests and dropout.
        checkpoint: folder for the state, or None.
        progress: show it.
        sizes: of `animkit.models.beats.BeatModel`.

    Returns:
        BeatModel.
    """
    keras.utils.set_random_seed(seed)
    model = BeatModel(SIZES, TOLD, **sizes)
    data = PlotBatches(plots, seed=seed)
    rate = cosine_decay(3e-3, epochs * len(data), last=0.02, warm_up=20, first=3e-4)
    # the loss is a sum over the beats of a tale, and so is the norm that is clipped
    model.compile(keras.optimizers.AdamW(rate, weight_decay=1e-2, global_clipnorm=30.0))
    train(model, data, epochs=epochs, checkpoint=checkpoint, progress=progress)
    return model


def nats_per_beat(model, plots, *, tell=True):
    """Nats per beat of whole tales, the state carried from the first beat to the last.

    Args:
        model: BeatModel.
        plots: list of `animkit.data.beats.Plot`.
        tell: whether genre and length are told; a counting model is not told either.

    Returns:
        float: mean over all beats.
    """
    total, count = 0.0, 0
    for plot in plots:
        rows = encode(plot.beats)
        length = next(bucket for bucket in (*BUCKETS, len(rows)) if bucket >= len(rows))
        known = told(genre_of(plot), len(rows), len(rows)) if tell else told(None, None, len(rows))
        x = _padded([(rows, known)], length)
        total += model.nats(x["beats"], x["told"])[0, : len(rows)].sum()
        count += len(rows)
    return float(total / count)


def make_beats(profile="full", *, checkpoint=None):
    """Train the plot model that ships, on the beats of the fairy tales; the model and its card."""
    started = time.perf_counter()
    epochs = by_profile(profile, ci=1, demo=10, full=EPOCHS)
    plots = load_plots()
    model = train_beats(plots["train"], epochs=epochs, checkpoint=checkpoint)
    rows = {split: [encode(plot.beats) for plot in plots[split]] for split in ("train", "validation")}
    trigram = sum(CountedBeats(rows["train"], SIZES, 3).nats(rows["validation"]))
    sheet = card(
        "beats",
        what="an LSTM over the beats of a tale: who does what, to whom, with what, where, and how it looks",
        data="the beats that animkit.data.beats reads in the 230 training tales of FairytaleQA (tales of Project "
        "Gutenberg, in the public domain; the collection under Apache-2.0); no words of theirs are in the weights",
        recipe=f"fields of the beat before, genre, length -> LSTM 96 -> a head for each field, which reads the fields "
        f"before its own; whole tales and three digests of each, AdamW 3e-3, {epochs} epochs, dropout 0.5",
        metrics={
            "nats_per_beat": {
                "value": round(nats_per_beat(model, plots["validation"], tell=False), 4),
                "Kneser-Ney trigram": round(trigram, 4),
                "unit": "nats, 23 validation tales of FairytaleQA; the test tales are for animkit.benchmarks.beats",
            }
        },
        profile=profile,
        started=started,
    )
    return model, sheet
