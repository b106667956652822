"""The network that doubles pixel art, and the one that cleans it."""

import functools
import io
import time

import keras
import numpy as np
from PIL import Image
from scipy.spatial.distance import cdist

from animkit.data.sprites import load_sprites
from animkit.data.twins.lit_shapes import HELD_OUT_CLASSES, draw_lit
from animkit.metrics.texture import exact_percent
from animkit.models.upscale import Upscaler
from animkit.recipes.cards import card
from animkit.studio.pixel_scalers import epx, mmpx, nearest
from animkit.studio.texture import denoise, upscale
from animkit.training import Batches, by_profile, train

SIDE = 24  # pixels of the pictures that the network sees in training, if nothing else is said
ENTRIES = 48  # colours of such a picture at most
STEPS = 32  # of an epoch
BATCH = 16
RATE = 2e-3
FALL = 0.3  # the last share of the epochs, in which the rate falls
ANEW = 0.5  # share of the windows in other colours; half as many are mirrored
STRAY = 0.08  # share of stray pixels at most
EPOCHS = {"upscale": 28, "denoise": 20}
QUALITY = (30, 85)  # of JPEG, from the coarsest


def recoloured(colours, random):
    """Paint a palette anew: channels in another order, greyer or stronger, lighter or darker.

    Args:
        colours: (entries, 4) floats in 0..1.
        random: numpy Generator.

    Returns:
        The same shape; alpha stays.
    """
    rgb = colours[:, random.permutation(3)]
    grey = rgb.mean(axis=1, keepdims=True)
    rgb = (grey + random.uniform(0.2, 1.2) * (rgb - grey)).clip(0, 1)
    rgb = rgb ** np.exp(random.uniform(-0.5, 0.5, 3)) * random.uniform(0.7, 1)
    return np.concatenate([rgb, colours[:, 3:]], axis=1)


def strewn(indices, colours, random):
    """Put some pixels into wrong colours of the palette: half into any, half into one of the three most alike.

    Args:
        indices: (height, width) of entries.
        colours: (entries, 4) floats in 0..1.
        random: numpy Generator.

    Returns:
        Indices of the same shape, up to STRAY of them others.
    """
    alike = cdist(colours, colours).argsort(axis=1)[:, 1:4]
    wrong = random.integers(len(colours), size=indices.shape)
    if alike.shape[1]:
        near = alike[indices, random.integers(alike.shape[1], size=indices.shape)]
        wrong = np.where(random.random(indices.shape) < 0.5, near, wrong)
    return np.where(random.random(indices.shape) < random.uniform(0, STRAY), wrong, indices)


def compressed(indices, colours, random):
    """Send a picture through JPEG on a flat ground, and bring each pixel back to the nearest colour of the palette.

    Args:
        indices: (height, width) of entries.
        colours: (entries, 4) floats in 0..1; what is transparent becomes the ground.
        random: numpy Generator, of the ground and the quality.

    Returns:
        Indices of the same shape.
    """
    ground = random.random(3)
    flat = np.where(colours[:, 3:] >= 0.5, colours[:, :3], ground) * 255
    file = io.BytesIO()
    quality = int(random.integers(QUALITY[0], QUALITY[1] + 1))
    Image.fromarray(flat[indices].astype(np.uint8)).save(file, "JPEG", quality=quality)
    seen = np.asarray(Image.open(file), float)
    return cdist(seen.reshape(-1, 3), flat).argmin(axis=1).reshape(indices.shape)


NOISES = {"stray pixels": strewn, "JPEG": compressed}


def spoilt(pictures, noise, seed=0):
    """Spoil pictures, each within its own colours.

    Args:
        pictures: (n, height, width, 4) uint8 RGBA.
        noise: one of NOISES.
        seed: of the noise.

    Returns:
        The same shape, and the colours of each clean picture, a list of (colours, 4) uint8.
    """
    random, noisy, palettes = np.random.default_rng(seed), [], []
    for picture in pictures:
        colours, indices = np.unique(picture.reshape(-1, 4), axis=0, return_inverse=True)
        noisy.append(colours[NOISES[noise](indices.reshape(picture.shape[:2]), colours / 255, random)])
        palettes.append(colours)
    return np.stack(noisy), palettes


class Windows(Batches):
    """Batches for an `Upscaler`: windows of pixel art, half of them in other colours, a quarter mirrored.

    Args:
        sets: list of frames (n, height, width) uint8 palette indices, 0 where there is nothing, and their palette
            (colours, 4), or one for each frame (n, colours, 4), uint8 RGBA. A window is of each set equally often.
        scale: 2 for every second pixel and the whole, 1 for noisy and clean windows.
        side: of what the network sees, pixels.
        odd: share of windows that may begin in odd rows and columns of the pictures.
        epoch_size: windows of an epoch.
        batch_size: windows in a batch.
        seed: decides everything.
    """

    def __init__(self, sets, *, scale=2, side=SIDE, odd=0.5, epoch_size=BATCH * STEPS, batch_size=BATCH, seed=0):
        self.sets, self.scale, self.side, self.odd = sets, scale, side, odd
        self.used = [np.flatnonzero(frames.any(axis=(1, 2))) for frames, _ in sets]
        super().__init__(np.arange(epoch_size), batch_size=batch_size, seed=seed, drop_remainder=True)

    def __getitem__(self, index):
        random = np.random.default_rng([self.seed, self.epoch + 1, index])
        indices = np.zeros((self.batch_size, self.side, self.side), "int32")
        colours = np.zeros((self.batch_size, ENTRIES, 4), "float32")
        truth = np.full((self.batch_size, *[self.scale * self.side] * 2), -1, "int32")
        for number in range(self.batch_size):
            large, palette = self._window(random)
            entries = np.unique(large[:: self.scale, :: self.scale])[:ENTRIES]
            place = np.full(256, -1)
            place[entries] = np.arange(len(entries))
            truth[number] = place[large]
            some = palette[entries] / 255
            some = recoloured(some, random) if random.random() < ANEW else some
            small = truth[number, :: self.scale, :: self.scale].clip(0)
            if self.scale == 1:
                small = (strewn if random.random() < 0.5 else compressed)(small, some, random)
                truth[number][~np.isin(truth[number], small)] = -1  # no choice where noise left none of a colour
            indices[number], colours[number, : len(entries)] = small, some
        return {"indices": indices, "colours": colours}, truth

    def _window(self, random):
        chosen = random.integers(len(self.sets))
        frames, palette = self.sets[chosen]
        number = self.used[chosen][random.integers(len(self.used[chosen]))]
        frame, palette = frames[number], palette if palette.ndim == 2 else palette[number]
        if random.random() < ANEW / 2:
            frame = frame[:, ::-1]
        side = self.scale * self.side
        corner = []
        for axis in (0, 1):
            there = np.flatnonzero(frame.any(axis=1 - axis))
            first, last = sorted((int(there[0]), int(there[-1]) + 1 - side))
            corner.append(2 * int(random.integers(first // 2 - 2, last // 2 + 3)))
        # seen from one pixel further on, the same art gives other pixels
        shift = random.integers(2, size=2) if random.random() < self.odd else (0, 0)
        room = side + 8
        y, x = (room + one + more for one, more in zip(corner, shift, strict=True))
        return np.pad(frame, room)[y : y + side, x : x + side], palette


def train_upscaler(data, *, epochs, seed=0, checkpoint=None, progress=True, **sizes):
    """Train a network on windows.

    Args:
        data: `Windows`, whose scale is the network's.
        epochs: of the windows; in the last of them, a share of FALL, the rate falls.
        seed: of the weights.
        checkpoint: folder for the state, or None.
        progress: show it.
        sizes: of `animkit.models.upscale.Upscaler`.

    Returns:
        Upscaler.
    """
    keras.utils.set_random_seed(seed)
    model = Upscaler(scale=data.scale, **sizes)
    # the loss is a sum over a picture, and so is the norm that is clipped
    model.compile(keras.optimizers.Adam(RATE, global_clipnorm=1000.0))
    schedule = keras.callbacks.LearningRateScheduler(lambda epoch: RATE * min(1.0, (epochs - epoch) / (FALL * epochs)))
    train(model, data, epochs=epochs, checkpoint=checkpoint, callbacks=[schedule], progress=progress)
    return model


def indexed(pictures):
    """Write pictures as indices, each into a palette of its own.

    Args:
        pictures: (n, height, width, 4) uint8 RGBA, of at most 256 colours each.

    Returns:
        Indices (n, height, width) uint8, 0 where there is nothing, and palettes (n, colours, 4) uint8.
    """
    codes = np.where(pictures[..., 3] > 0, np.ascontiguousarray(pictures).view(np.uint32)[..., 0], np.uint32(0))
    entries = [np.unique(np.append(one, np.uint32(0))) for one in codes]
    palettes = np.stack([np.pad(one, (0, max(map(len, entries)) - len(one))) for one in entries])
    indices = [np.searchsorted(own, one) for own, one in zip(entries, codes, strict=True)]
    return np.stack(indices).astype(np.uint8), palettes[..., None].view(np.uint8)


@functools.cache
def twins(pictures, characters=None):
    """What the weights that ship learn from: pixel people of the training characters, and lit shapes.

    Args:
        pictures: of shapes at 64 pixels, and a third as many at 32.
        characters: of `load_sprites`.

    Returns:
        Sets of `Windows`.
    """
    people = load_sprites(source="twin", characters=characters)
    return [
        (people.frames[people.train].reshape(-1, 32, 32), people.palette),
        indexed(draw_lit(pictures, seed=1).pictures[:, 0]),
        indexed(draw_lit(pictures // 3, size=32, seed=2).pictures[:, 0]),
    ]


def unseen_twins(count):
    """Pictures that the weights that ship have not seen: people of other characters, and other classes of shapes.

    Args:
        count: of each kind.

    Returns:
        dict: kind -> pictures (count, size, size, 4) uint8.
    """
    people = load_sprites(source="twin", characters=100)  # thirty of the test characters
    frames = people.frames[people.test].reshape(-1, 32, 32)
    chosen = np.random.default_rng(0).permutation(len(frames))[:count]
    shapes = draw_lit(count, classes=HELD_OUT_CLASSES, seed=3).pictures[:, 0]
    return {"people": people.palette[frames[chosen]], "shapes": shapes}


def measure_upscale(model, count=300):
    """Percent of exact pixels inside the figure, of unseen twins thinned to every second pixel and doubled."""
    found = {}
    for kind, pictures in unseen_twins(count).items():
        small, figure = np.ascontiguousarray(pictures[:, ::2, ::2]), pictures[..., 3] > 0
        ways = {"value": lambda one: upscale(one, model), "nearest": nearest, "Scale2x": epx, "MMPX": mmpx}
        found[f"exact_percent_{kind}"] = {
            **{name: round(exact_percent(way(small), pictures, figure), 1) for name, way in ways.items()},
            "unit": "% of the figure's pixels; a quarter of them is given",
        }
    return found


def measure_denoise(model, count=100):
    """Percent of exact pixels inside the figure, of unseen twins spoilt in two ways and cleaned."""
    found = {}
    for kind, pictures in unseen_twins(count).items():
        for noise in NOISES:
            noisy, palettes = spoilt(pictures, noise)
            cleaned = [denoise(one, model, palette=own) for one, own in zip(noisy, palettes, strict=True)]
            figure = (pictures[..., 3] > 0) | (noisy[..., 3] > 0)
            found[f"exact_percent_{kind}_{noise.replace(' ', '_')}"] = {
                "value": round(exact_percent(np.stack(cleaned), pictures, figure), 1),
                "as it came": round(exact_percent(noisy, pictures, figure), 1),
                "unit": "% of the pixels of the figure and of what noise made of it; the palette is told",
            }
    return found


def make_upscale(profile="full", *, checkpoint=None):
    """Train the network that doubles pixel art; the model and its card."""
    return _made("upscale", 2, measure_upscale, profile, checkpoint)


def make_denoise(profile="full", *, checkpoint=None):
    """Train the network that cleans pixel art; the model and its card."""
    return _made("denoise", 1, measure_denoise, profile, checkpoint)


def _made(name, scale, measure, profile, checkpoint):
    started = time.perf_counter()
    shapes, characters, epochs = by_profile(profile, ci=(9, 10, 1), demo=(400, 100, 8), full=(1200, None, EPOCHS[name]))
    data = Windows(twins(shapes, characters), scale=scale, side=16)
    model = train_upscaler(data, epochs=epochs, checkpoint=checkpoint)
    # half precision is enough, and a file of half the size
    model.set_weights([weight.astype("float16").astype("float32") for weight in model.get_weights()])
    does = {
        "upscale": "doubles pixel art: a choice among the colours of the small picture for each new pixel",
        "denoise": "cleans pixel art of stray pixels and of what compression did: a choice among its palette",
    }
    learns = {
        "upscale": "every second pixel",
        "denoise": f"up to {STRAY:.0%} stray pixels, or JPEG of quality 30 to 85",
    }
    return model, card(
        name,
        what=does[name],
        data="procedural twins: pixel people of the 1,000 training characters at 32 pixels, and "
        f"{shapes:,} lit shapes at 64 pixels and {shapes // 3:,} at 32, classes to learn from; settings were chosen on "
        "real sprites, the last tenth of the benchmark's training characters; its held-out garments were looked at "
        "twice, too, when two ways to vary what is learned from were compared",
        recipe=f"U-Net of {model.channels} channels, queries and keys of {model.key_dim}, attention over "
        f"{model.neighbours} neighbours; learns from {learns[name]}; {epochs} epochs of {BATCH * STEPS} windows of 16 "
        f"pixels, batch {BATCH}, Adam {RATE:g}, falling in the last {FALL:.0%}",
        metrics=measure(model, by_profile(profile, ci=4, demo=60, full=300 if scale == 2 else 100)),
        profile=profile,
        started=started,
    )
