"""The network that reads normals, colours without light and heights off a sprite, with and without a discriminator."""

import contextlib
import time

import keras
import numpy as np

from animkit.data.twins.lit_shapes import HELD_OUT_LIGHT, draw_lit
from animkit.metrics.lighting import angular_error, share_within
from animkit.models.relight import Relighter
from animkit.recipes.cards import card
from animkit.theory.shading import emboss, inflated_height, normals_of_height
from animkit.training import by_profile, train

RATE = 2e-3
ADVERSARIAL = 0.05
LEARNED = 12_000, 10_000  # figures of 64 and of 32 pixels a side
EPOCHS = 6, 20, 1  # at 32 pixels, at both, and with and without the adversarial term
VALIDATION = 900_001  # seed of the figures that settings were chosen on; the benchmark draws with others
MAPS = ("normals", "albedo", "height")
FRAME = 16  # pixels of which a side of a batch is a multiple


class LitBatches(keras.utils.PyDataset):
    """Batches for a `Relighter`: figures cut out of their pictures, as background costs as much as a figure.

    A batch holds figures that fit into the same frame, as many as fill its pixels, each somewhere in it; some are
    mirrored, but none that would then be lit from the sector that is held out; of some the colours are swapped. All
    follows from the seed and the epoch alone.

    Args:
        shapes: of `animkit.data.twins.lit_shapes.LitShapes`, one frame a figure, sizes as they come.
        pixels: of a batch.
        seed: of order, places, mirrors and colours.
    """

    def __init__(self, shapes, *, pixels=2**14, seed=0):
        super().__init__()
        self.shapes, self.pixels, self.seed = list(shapes), pixels, seed
        self.groups = {}
        for which, one in enumerate(self.shapes):
            for number, mask in enumerate(one.mask[:, 0]):
                rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
                box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
                frame = tuple(-(-(side.stop - side.start + 2) // FRAME) * FRAME for side in box)
                self.groups.setdefault(frame, []).append((which, number, box))
        self.epoch, self._planned = -1, None

    def __len__(self):
        return sum(-(-len(group) // self._room(frame)) for frame, group in self.groups.items())

    def _room(self, frame):
        return max(1, self.pixels // (frame[0] * frame[1]))

    def _plan(self, epoch):
        random, batches = np.random.default_rng([self.seed, epoch]), []
        for frame, group in sorted(self.groups.items()):
            order = random.permutation(len(group))
            parts = np.array_split(order, -(-len(group) // self._room(frame)))
            batches += [(frame, [group[number] for number in part]) for part in parts]
        random.shuffle(batches)
        # Keras on TensorFlow looks at the first two to see which sides vary
        batches.insert(0, batches.pop(int(np.argmax([min(frame) for frame, _ in batches]))))
        batches.insert(1, batches.pop(int(np.argmin([max(frame) for frame, _ in batches]))))
        return batches

    def __getitem__(self, index):
        epoch = max(self.epoch, 0)
        if self._planned != epoch:
            self._batches, self._planned = self._plan(epoch), epoch
        frame, chosen = self._batches[index]
        random = np.random.default_rng([self.seed, epoch, index])
        depth = {"pictures": (4,), "normals": (3,), "albedo": (3,), "height": ()}
        maps = {name: np.zeros((len(chosen), *frame, *rest), "float32") for name, rest in depth.items()}
        maps["normals"][..., 2] = 1
        for place, (which, number, box) in enumerate(chosen):
            spot = []
            for side, room in zip(box, frame, strict=True):
                first = random.integers(room - (side.stop - side.start) + 1)
                spot.append(slice(first, first + side.stop - side.start))
            one, mirrored, swapped = self.shapes[which], random.random() < 0.5, random.random() < 0.3
            mirrored &= may_mirror(one.light[number])
            colours = random.permutation(3) if swapped else np.arange(3)
            for name, target in maps.items():
                source = getattr(one, name)[number, 0][box]
                target[place, *spot] = source[:, ::-1] if mirrored else source
            maps["normals"][place, ..., 0] *= -1 if mirrored else 1
            for name in ("pictures", "albedo"):
                maps[name][place, ..., :3] = maps[name][place][..., colours]
        return maps.pop("pictures") / 255, maps

    def on_epoch_begin(self):
        self.epoch += 1


def may_mirror(light):
    """Whether a figure seen in a mirror is lit from where light may come from.

    Args:
        light: (..., 3) towards the light.

    Returns:
        (...,) bool.
    """
    low, high = HELD_OUT_LIGHT
    mirrored = np.degrees(np.arctan2(light[..., 1], -light[..., 0])) % 360
    return (mirrored < low) | (mirrored > high)


@contextlib.contextmanager
def half_precision():
    """Networks built inside compute in bfloat16, where convolutions take half the time on processors that have it."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def in_single_precision(model):
    """The same network under the policy that is set now; a discriminator stays behind."""
    bare = Relighter(widths=model.widths)
    continue_from(bare, model)
    return bare


def continue_from(model, start):
    """Begin with the weights of another network of the same widths."""
    model.net.set_weights(start.net.get_weights())
    for name, head in model.heads.items():
        head.set_weights(start.heads[name].get_weights())


def falling(rate, epochs):
    """A learning rate that is half in the first epoch and falls in a straight line in the second half of a run.

    Args:
        rate: the highest.
        epochs: of the run.

    Returns:
        keras.callbacks.Callback.
    """
    return keras.callbacks.LearningRateScheduler(
        lambda epoch: rate * min(1.0, (epoch + 1) / 2, 2 * (epochs - epoch) / epochs)
    )


def draw_figures(count, *, size, seed):
    """Draw figures to learn from, one frame each; their maps in half precision, as there are many.

    Args:
        count: figures.
        size: of a side, pixels.
        seed: of `animkit.data.twins.lit_shapes.draw_lit`.

    Returns:
        LitShapes.
    """
    drawn = draw_lit(count, size=size, seed=seed)
    return drawn._replace(**{name: getattr(drawn, name).astype("float16") for name in MAPS})


def train_relighter(
    shapes, *, epochs, adversarial=0.0, start=None, rate=RATE, seed=0, checkpoint=None, progress=True, **sizes
):
    """Train the network.

    Args:
        shapes: of `LitBatches`.
        epochs: passes over all figures.
        adversarial: of `animkit.models.relight.Relighter`.
        start: Relighter of the same widths whose weights it begins with, or None.
        rate: the highest learning rate.
        seed: of weights and order.
        checkpoint: folder for the state, or None.
        progress: show it.
        sizes: of `Relighter`.

    Returns:
        Relighter.
    """
    keras.utils.set_random_seed(seed)
    model = Relighter(adversarial=adversarial, **sizes)
    if start is not None:
        continue_from(model, start)
    data = LitBatches(shapes, seed=seed)
    model.compile(
        keras.optimizers.AdamW(rate, weight_decay=1e-3, global_clipnorm=1.0, use_ema=True, ema_momentum=0.995)
    )
    train(model, data, epochs=epochs, checkpoint=checkpoint, callbacks=[falling(rate, epochs)], progress=progress)
    return model


def measure_relighter(model, others):
    """Measure a network on figures that it has not seen, of the classes that it knows.

    Args:
        model: Relighter.
        others: LitShapes of one frame, all of one size.

    Returns:
        dict of metrics for a card.
    """
    pictures, mask = others.pictures[:, 0], others.mask[:, 0]
    normals, albedo, height = (
        getattr(others, name)[:, 0].astype("float32") for name in ("normals", "albedo", "height")
    )
    found = model.maps(pictures)
    angles = angular_error(found.normals, normals, mask)
    tools = angular_error(emboss(pictures), normals, mask)
    inflated = inflated_height(mask)
    balloon = angular_error(normals_of_height(inflated, mask), normals, mask)
    unlit = pictures[..., :3].astype("float32") / 255

    def off(guess, true):
        return round(float(np.abs(guess - true)[mask].mean()), 4)

    said = "pixels of validation figures of the classes known"
    return {
        "degrees": {
            "value": round(float(angles.mean()), 2),
            "the tools' emboss": round(float(tools.mean()), 2),
            "a balloon": round(float(balloon.mean()), 2),
            "unit": f"degrees between normals, mean over {said}",
        },
        "percent_within_22.5": {
            "value": round(share_within(angles, 22.5), 1),
            "the tools' emboss": round(share_within(tools, 22.5), 1),
            "a balloon": round(share_within(balloon, 22.5), 1),
            "unit": f"% of {said}",
        },
        "albedo": {
            "value": off(found.albedo, albedo),
            "the picture itself": off(unlit, albedo),
            "unit": "mean absolute difference of colours, 0 to 1",
        },
        "height": {
            "value": off(found.height, height),
            "a balloon": off(inflated, height),
            "the mean height": off(np.full_like(height, height[mask].mean()), height),
            "unit": "pixels, mean absolute difference",
        },
    }


def make_relight(profile="full", *, checkpoint=None):
    """Train the network of light that ships; the model and its card."""
    started = time.perf_counter()
    large, small = by_profile(profile, ci=(32, 32), demo=(1500, 2500), full=LEARNED)
    epochs = by_profile(profile, ci=(1, 1, 1), demo=(3, 3, 1), full=EPOCHS)
    large, small = draw_figures(large, size=64, seed=0), draw_figures(small, size=32, seed=1)
    others = draw_figures(by_profile(profile, ci=8, demo=100, full=300), size=64, seed=VALIDATION)

    def kept(name):
        return None if checkpoint is None else f"{checkpoint}/{name}"

    with half_precision():
        begun = train_relighter([small], epochs=epochs[0], checkpoint=kept("small"))
        begun = train_relighter([large, small], epochs=epochs[1], start=begun, checkpoint=kept("both"))
        rivals = {
            name: train_relighter(
                [large, small], epochs=epochs[2], start=begun, rate=RATE / 5, adversarial=weight, checkpoint=kept(name)
            )
            for name, weight in (("without", 0.0), ("with", ADVERSARIAL))
        }
    rivals = {name: in_single_precision(model) for name, model in rivals.items()}
    metrics = {name: measure_relighter(model, others) for name, model in rivals.items()}
    better = min(metrics, key=lambda name: metrics[name]["degrees"]["value"])
    for name, metric in metrics[better].items():
        for rival in rivals:
            metric[f"{rival} the adversarial term"] = metrics[rival][name]["value"]
        metric["unit"] = metric.pop("unit")
    return rivals[better], card(
        "relight",
        what="normals, colours without light and heights of a sprite from its picture alone, by a U-Net",
        data=f"figures of a procedural twin, animkit.data.twins.lit_shapes: {len(large.kind):,} of 64 x 64 pixels "
        f"(seed 0), {len(small.kind):,} of 32 x 32 (seed 1), some classes and light from one sector held out; settings "
        f"were chosen on {len(others.kind)} of 64 x 64 (seed {VALIDATION:,})",
        recipe=f"U-Net of widths {', '.join(map(str, begun.widths))}, colours and distances to the outline in, chord "
        "of normals + difference of colours + half that of heights in 8 pixels; AdamW "
        f"{RATE:g}, batches of 16,384 pixels, falling in the second half, moving average of weights, bfloat16; "
        f"{epochs[0]} epochs at 32 pixels, then {epochs[1]} at both sizes; then {epochs[2]} at a fifth of the rate, "
        f"once without and once with a patch discriminator of weight {ADVERSARIAL}: what ships is the one {better} it, "
        "as validation says, of one training each; two rules read it, here too: normals, colours and heights are the "
        "mean over picture and mirror image, and colours over all pixels that have one colour in the picture",
        metrics=metrics[better],
        profile=profile,
        started=started,
    )
