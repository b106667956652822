"""The character LSTM that writes tales."""

import time

import keras
import numpy as np

from animkit.data.fairytales import load_fairytales
from animkit.data.text import alphabet, to_indices, windows
from animkit.metrics.text import counted
from animkit.recipes.cards import card
from animkit.recipes.schedules import cosine_decay
from animkit.rnn import LanguageModel
from animkit.training import Batches, by_profile, train


def joined(tales):
    """Tales as one text: each begins after an empty line."""
    return "".join(f"\n\n{tale}" for tale in tales)


def train_storyteller(tales, *, short, whole, seed=0, checkpoint=None, progress=True):
    """Train a character LSTM on tales: first on short windows, then on whole tales.

    Short windows teach spelling and grammar quickly; only whole tales, each read from its first letter, teach that the
    people and things of a tale stay the same to its end.

    Args:
        tales: list of str.
        short: epochs on windows of 200 characters.
        whole: epochs on tales of 480 characters.
        seed: of weights and order.
        checkpoint: folder for the states of both, or None.
        progress: show it.

    Returns:
        LanguageModel, and its alphabet.
    """
    text = joined(tales)
    characters = alphabet(text)
    indices = to_indices(text, characters)
    starts = np.cumsum([0] + [len(tale) + 2 for tale in tales])
    length = 480  # most tales, and the beginning of the next
    starts = starts[starts + length < len(indices)]
    phases = (
        # epochs, windows, batch size, learning rate
        (short, windows(indices, 200), 50, 4e-3),
        (whole, indices[starts[:, None] + np.arange(length + 1)], 32, 2e-3),
    )
    keras.utils.set_random_seed(seed)
    model = LanguageModel(len(characters), units=(256,))
    for number, (epochs, cut, batch_size, rate) in enumerate(phases):
        data = Batches(cut[:, :-1], cut[:, 1:], batch_size=batch_size, seed=seed, drop_remainder=True)
        warm_up = min(50, len(data))
        # the cosine is as long as the training, so that its last steps, for the warm-up, are not reached
        rate = cosine_decay(rate, epochs * len(data) + warm_up, last=0.02, warm_up=warm_up, first=rate / 10)
        # the loss is a sum over the characters of a window, and so is the norm that is clipped
        model.compile(keras.optimizers.Adam(rate, global_clipnorm=cut.shape[1] / 2))
        train(model, data, epochs=epochs, checkpoint=checkpoint and f"{checkpoint}/{number}", progress=progress)
    return model, characters


def make_tales_lm(profile="full", *, checkpoint=None):
    """Train the storyteller that ships, on the twin's tales; the model and its card."""
    started = time.perf_counter()
    short, whole = by_profile(profile, ci=(1, 1), demo=(3, 1), full=(10, 6))
    tales = load_fairytales("twin")
    model, characters = train_storyteller(tales.train, short=short, whole=whole, checkpoint=checkpoint)
    told = card(
        "tales_lm",
        what="a character LSTM that writes tales; a tale begins after an empty line",
        data="the procedural twin of the fairy tales (animkit.data.fairytales), 4,000 tales of its grammar",
        recipe=f"one-hot -> LSTM 256 -> logits; Adam; {short} epochs on windows of 200 characters (batch 50, 4e-3), "
        f"then {whole} on whole tales of 480 (batch 32, 2e-3), cosine decay",
        metrics=measure_tales(model, characters, joined(tales.test)),
        profile=profile,
        started=started,
    )
    return model, {**told, "alphabet": characters}


def measure_tales(model, characters, test):
    """Nats per character of unseen tales, read in one go."""
    nats = model.nats_per_character(to_indices(test, characters))
    return {"nats_per_character": {"value": round(nats, 4), "unit": "nats, 500 test tales read in one go"}}


def baselines_tales():
    """What counting letters has; see `animkit.metrics.text.counted`."""
    tales = load_fairytales("twin")
    nats, order = counted(joined(tales.train), joined(tales.test))
    nats = {name: round(value, 4) for name, value in nats.items()}
    return {"nats_per_character": {**nats, "n, chosen on the last tenth of the training tales": order}}
