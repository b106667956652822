"""Digits drawn by a DCGAN and by a VAE, judged by our own classifier: python -m animkit.benchmarks.mnist_images

A small classifier learns the real training digits, and what it sees just before it decides are the features: how far is
what each model draws from the test digits? Beside each distance stand the floor, real against real, and what needs no
model at all. The features differ from Inception's, so published values can be compared in their order only.
"""

import argparse
import json
import os
import time
from pathlib import Path

import keras
import numpy as np
from keras import layers
from scipy.stats import entropy

from animkit.data.mnist import load_mnist
from animkit.gan import GAN, Discriminator, Generator, TwoTimescaleAdam, latents
from animkit.metrics.image import frechet_distance
from animkit.render import contact_sheet, save_png, to_uint8
from animkit.training import Batches, by_profile, compiled, train
from animkit.vae import VAE, Binarised, Decoder, Encoder

DIGITS = 10
FEATURES = 64
PICTURES_AT_ONCE = 500
SAMPLING_SEEDS = (0, 1, 2)
# on a CPU TensorFlow's own convolutions are faster than XLA's, which JAX always has
CONVOLUTIONS = {"jit_compile": keras.backend.backend() == "jax"}
BATCH_SIZES = {"classifier": 100, "DCGAN": 32, "VAE": 100}
GAME = {"loss": "relativistic", "r1": 0.2, "r2": 0.2}
RATES = {"discriminator": 5e-4, "generator": 1e-3, "share left at the end": 0.05}
PUBLISHED = (  # model, Inception FID, source
    ("GAN, minimax", 9.8, "Lucic et al. 2018"),
    ("GAN, non-saturating", 6.8, "Lucic et al. 2018"),
    ("LSGAN", 7.8, "Lucic et al. 2018"),
    ("WGAN", 6.7, "Lucic et al. 2018"),
    ("VAE", 23.8, "Lucic et al. 2018"),
    ("VAE, cross-entropy", 16.6, "Dai and Wipf 2019, table 1"),
)


class Clock(keras.callbacks.Callback):
    """Log what each epoch took: a checkpoint keeps the logs, so an interrupted run knows its whole time."""

    def on_epoch_begin(self, epoch, logs=None):
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def on_epoch_end(self, epoch, logs=None):
        logs["wall"] = time.perf_counter() - self.wall
        logs["CPU"] = time.process_time() - self.cpu


def fitted(model, data, *, epochs, checkpoint, progress):
    """Train on; returns the seconds of all epochs, those before an interruption included."""
    history = train(model, data, epochs=epochs, checkpoint=checkpoint, callbacks=[Clock()], progress=progress)
    return {name: round(sum(history[name]), 1) for name in ("wall", "CPU")}


def train_classifier(x, y, *, epochs, seed=0, checkpoint=None, progress=True):
    """Train the classifier whose last hidden layer gives the features.

    Args:
        x: (digits, 28, 28, 1) float32 in [0, 1].
        y: (digits,) labels.
        epochs: rounds through them.
        seed: of weights and order.
        checkpoint: folder for the state, or None.
        progress: show it.

    Returns:
        Built `keras.Model` from digits to logits, and the seconds it took.
    """
    keras.utils.set_random_seed(seed)
    classifier = keras.Sequential(
        [
            keras.Input(x.shape[1:]),
            layers.Conv2D(16, 5, strides=2, padding="same", activation="relu"),
            layers.Conv2D(32, 3, strides=2, padding="same", activation="relu"),
            layers.Flatten(),
            layers.Dense(FEATURES, activation="relu", name="features"),
            layers.Dense(DIGITS),
        ]
    )
    batches = Batches(x, y.astype("int32"), batch_size=BATCH_SIZES["classifier"], seed=seed)
    rate = keras.optimizers.schedules.CosineDecay(3e-3, epochs * len(batches), alpha=0.01)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    classifier.compile(keras.optimizers.Adam(rate), loss=loss, **CONVOLUTIONS)
    return classifier, fitted(classifier, batches, epochs=epochs, checkpoint=checkpoint, progress=progress)


def train_gan(x, *, epochs, width, hidden, seed=0, checkpoint=None, progress=True):
    """Train the DCGAN on grey digits.

    Args:
        x: (digits, 28, 28, 1) float32 in [0, 1].
        epochs: rounds through them, over which the rates fall.
        width: channels of the generator's first map; D starts with half of it.
        hidden: units of the generator's first layer.
        seed: of weights, noise and order.
        checkpoint: folder for the state, or None.
        progress: show it.

    Returns:
        GAN, and the seconds it took.
    """
    keras.utils.set_random_seed(seed)
    # without dropout, which would make the penalised slope of D another one in each call
    gan = GAN(Generator(width=width, hidden=hidden), Discriminator(width=width // 2, dropout=0.0), seed=seed, **GAME)
    batches = Batches(x, batch_size=BATCH_SIZES["DCGAN"], seed=seed, drop_remainder=True)
    optimizer = TwoTimescaleAdam(RATES["discriminator"], RATES["generator"], beta_2=0.99)
    optimizer.learning_rate = keras.optimizers.schedules.CosineDecay(
        RATES["discriminator"], epochs * len(batches), alpha=RATES["share left at the end"]
    )
    gan.compile(optimizer, **CONVOLUTIONS)
    return gan, fitted(gan, batches, epochs=epochs, checkpoint=checkpoint, progress=progress)


def train_vae(x, *, epochs, rate, seed=0, checkpoint=None, progress=True):
    """Train notebook 02's fully connected VAE, 784-200-200-z50, on digits binarised afresh at every draw.

    Args:
        x: (digits, 28, 28, 1) float32 in [0, 1].
        epochs: rounds through them, over which the rate falls to 1e-4.
        rate: of Adam, at the start.
        seed: of weights, noise, order and binarisation.
        checkpoint: folder for the state, or None.
        progress: show it.

    Returns:
        VAE of (784,) pixels, and the seconds it took.
    """
    keras.utils.set_random_seed(seed)
    flat = x.reshape(len(x), -1)
    batches = Binarised(flat, batch_size=BATCH_SIZES["VAE"], seed=seed)
    vae = VAE(Encoder(50, activation="tanh"), Decoder(flat.shape[1:], activation="tanh"), seed=seed)
    decay = keras.optimizers.schedules.CosineDecay(rate, epochs * len(batches), alpha=1e-4 / rate)
    vae.compile(keras.optimizers.Adam(decay), steps_per_execution=20)
    return vae, fitted(vae, batches, epochs=epochs, checkpoint=checkpoint, progress=progress)


def viewer(classifier):
    """How a classifier sees pictures.

    Args:
        classifier: from `train_classifier`.

    Returns:
        Function from (n, 28, 28, 1) floats to features (n, 64) and probabilities (n, 10).
    """
    both = keras.Model(classifier.inputs, [classifier.get_layer("features").output, *classifier.outputs])
    look = compiled(both, lambda part: both(part, training=False))

    def view(pictures):
        starts = range(0, len(pictures), PICTURES_AT_ONCE)
        parts = [look(pictures[start : start + PICTURES_AT_ONCE].astype("float32")) for start in starts]
        features, logits = (
            np.concatenate([keras.ops.convert_to_numpy(part) for part in each]) for each in zip(*parts, strict=True)
        )
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        return features, odds / odds.sum(axis=1, keepdims=True)

    return view


def labelled(probabilities):
    """What the classifier makes of pictures: how sure it is, and whether it finds all ten digits.

    Args:
        probabilities: (n, 10), rows sum to 1.

    Returns:
        dict: confidence_percent (mean of the largest probability), label_entropy (nats, of the histogram of labels,
        log 10 at most), rarest_digit_percent (10 at most).
    """
    shares = np.bincount(probabilities.argmax(axis=1), minlength=DIGITS) / len(probabilities)
    return {
        "confidence_percent": 100 * float(probabilities.max(axis=1).mean()),
        "label_entropy": float(entropy(shares)),
        "rarest_digit_percent": 100 * float(shares.min()),
    }


def drawn(gan, count, seed):
    """Pictures (count, 28, 28, 1) of the GAN, in parts: its widest map holds 25,000 numbers a picture."""
    z = latents(count, gan.latent_dim, seed=seed)
    return np.concatenate(
        [gan.generator.images(z[start : start + PICTURES_AT_ONCE]) for start in range(0, count, PICTURES_AT_ONCE)]
    )


def shuffled(pictures, seed):
    """Pictures whose pixels each come from another one: a pixel keeps its distribution and loses its neighbours."""
    flat = pictures.reshape(len(pictures), -1)
    return np.random.default_rng(seed).permuted(flat, axis=0).reshape(pictures.shape)


def measure(view, gan, vae, x_train, x_test, *, samples):
    """Everything that the table shows.

    Args:
        view: from `viewer`.
        gan: GAN of digits.
        vae: VAE of flat digits.
        x_train: (n, 28, 28, 1) float32 in [0, 1].
        x_test: (m, 28, 28, 1), all of which every distance is measured to.
        samples: how many pictures of each kind.

    Returns:
        dict: `value` and `baselines`, each name -> number -> mean, sd and by_seed; `real_test_digits`.
    """
    target, probabilities = view(x_test)

    def judged(pictures):
        features, seen = view(pictures)
        return {"frechet_distance": frechet_distance(features, target), **labelled(seen)}

    def real(seed):
        return x_train[np.random.default_rng(seed).choice(len(x_train), samples, replace=False)]

    models = {
        "DCGAN": lambda seed: drawn(gan, samples, seed),
        "VAE": lambda seed: vae.sample(samples, seed=seed).reshape(-1, *x_train.shape[1:]),
    }
    random = {"real training digits (the floor)": real, "shuffled pixels": lambda seed: shuffled(real(seed), seed)}
    flat = x_test.reshape(len(x_test), -1)
    fixed = {
        "the VAE's reconstructions of the test digits": vae.decode(vae.encode(flat)[0]).reshape(x_test.shape),
        "the mean picture": np.repeat(x_train.mean(axis=0, keepdims=True), samples, axis=0),
    }

    def over_seeds(kinds):
        return {name: summaries([judged(draw(seed)) for seed in SAMPLING_SEEDS]) for name, draw in kinds.items()}

    return {
        "value": over_seeds(models),
        "baselines": {
            **over_seeds(random),
            **{name: summaries([judged(pictures)]) for name, pictures in fixed.items()},
        },
        "real_test_digits": rounded(labelled(probabilities)),
    }


def rounded(value):
    """Four significant digits, of a number or of every one in a dict."""
    if isinstance(value, dict):
        return {name: rounded(part) for name, part in value.items()}
    return float(f"{value:.4g}")


def summaries(runs):
    """Mean, standard deviation (of one run there is none) and single values of every number of several runs."""
    each = {name: [run[name] for run in runs] for name in runs[0]}
    return {
        name: {
            "mean": rounded(np.mean(values)),
            "sd": rounded(np.std(values, ddof=1)) if len(values) > 1 else None,
            "by_seed": [rounded(value) for value in values],
        }
        for name, values in each.items()
    }


def ordering(value):
    """Whether the published order came out again: with every sampling seed the DCGAN nearer than the VAE."""
    distances = [value[name]["frechet_distance"]["by_seed"] for name in ("DCGAN", "VAE")]
    return {"published": "GANs nearer than VAEs", "reproduced": max(distances[0]) < min(distances[1])}


def run(profile, *, seed=0, source="auto", folder=Path("runs/mnist_images"), progress=True):
    """Train and measure.

    Args:
        profile: "ci", "demo" (a quarter of an hour of one core) or "full" (a GPU).
        seed: of training.
        source: of the digits.
        folder: for checkpoints, with which an interrupted run goes on, and for `samples.png`.
        progress: show training.

    Returns:
        dict for the results file.

    Raises:
        ValueError: when the profile or the source is unknown.
        FloatingPointError: when a loss turns NaN or infinite.
    """
    digits, samples = by_profile(profile, ci=(2_000, 500), demo=(60_000, 10_000), full=(60_000, 10_000))
    epochs = by_profile(
        profile,
        ci={"classifier": 2, "DCGAN": 1, "VAE": 2},
        demo={"classifier": 5, "DCGAN": 2, "VAE": 36},
        full={"classifier": 10, "DCGAN": 50, "VAE": 400},
    )
    width, hidden = by_profile(profile, ci=(4, 16), demo=(32, 128), full=(256, 1024))
    rate = by_profile(profile, ci=3e-3, demo=3e-3, full=1e-3)
    mnist = load_mnist(source)
    x_train, x_test = (
        (part[..., None] / 255).astype("float32") for part in (mnist.x_train[:digits], mnist.x_test[:samples])
    )
    folder = Path(folder) / f"{mnist.source}_{profile}_{seed}"
    shared = {"seed": seed, "progress": progress}
    seconds = {}

    classifier, seconds["classifier"] = train_classifier(
        x_train, mnist.y_train[:digits], epochs=epochs["classifier"], checkpoint=folder / "classifier", **shared
    )
    view = viewer(classifier)
    right = view(x_test)[1].argmax(axis=1) == mnist.y_test[:samples]
    accuracy = rounded(100 * right.mean())
    print(f"the classifier is right about {accuracy} % of {len(x_test):,} {mnist.source} test digits", flush=True)

    vae, seconds["VAE"] = train_vae(x_train, epochs=epochs["VAE"], rate=rate, checkpoint=folder / "vae", **shared)
    gan, seconds["DCGAN"] = train_gan(
        x_train, epochs=epochs["DCGAN"], width=width, hidden=hidden, checkpoint=folder / "dcgan", **shared
    )
    rows = [drawn(gan, 60, 0), vae.sample(60, seed=0).reshape(-1, *x_test.shape[1:]), x_test[:60]]
    save_png(folder / "samples.png", contact_sheet(to_uint8(np.concatenate(rows)[..., 0]), columns=20, scale=2))

    found = measure(view, gan, vae, x_train, x_test, samples=samples)
    command = f"KERAS_BACKEND={keras.backend.backend()} python -m animkit.benchmarks.mnist_images "
    command += f"--profile {profile} --seed {seed}"
    return {
        "name": "mnist_images",
        "what": f"DCGAN and VAE on MNIST: Frechet distance of {samples:,} samples to {len(x_test):,} test digits on "
        f"{FEATURES} features of a digit classifier, lower is better",
        "unit": "squared units of the features; percent; nats for the entropy of labels",
        "profile": profile,
        "source": mnist.source,
        "seeds": {"training": [seed], "sampling": list(SAMPLING_SEEDS)},
        "spread": "over draws of samples from one trained model of each kind, not over trainings",
        "classifier": {"test_accuracy_percent": accuracy, "features": FEATURES},
        **found,
        "ordering": ordering(found["value"]),
        "ceiling": {"label_entropy": rounded(np.log(DIGITS))},
        "published": [
            {"model": model, "value": value, "source": source, "comparable": "ordering only"}
            for model, value, source in PUBLISHED
        ],
        "published_unit": "Inception FID, not comparable in value with the distances here; the GANs are the best of a "
        "search per dataset, the cross-entropy VAE was not tuned",
        "protocol": {
            "classifier": "convolutions 16 (5x5) and 32 (3x3), both with stride 2, dense 64 (the features), ReLU; "
            "trained on the same real digits as the models",
            "DCGAN": f"z64, generator width {width}, hidden {hidden}, {gan.generator.count_params():,} weights; "
            f"discriminator width {width // 2}, {gan.discriminator.count_params():,} weights, no dropout; grey digits",
            "game": GAME,
            "VAE": f"784-200-200-z50 tanh, {vae.count_params():,} weights, pixels binarised afresh at every draw; its "
            "samples and reconstructions are probabilities, shown as grey, reconstructions from the mean of q(z|x)",
            "epochs": epochs,
            "batch_size": BATCH_SIZES,
            "optimizer": {
                "DCGAN": f"Adam, {RATES['discriminator']:g} for D and {RATES['generator']:g} for G, by cosine down to "
                f"{RATES['share left at the end']:.0%}, beta 0.5 and 0.99",
                "VAE": f"Adam, {rate:g} to 1e-4 by cosine",
                "classifier": "Adam, 3e-3 to 3e-5 by cosine",
            },
            "baselines": f"{samples:,} training digits drawn at random; the same with each pixel taken from another of "
            "them; the mean of all training digits",
        },
        "machine": f"{os.cpu_count()} CPU cores, Keras {keras.__version__} on {keras.backend.backend()}, load "
        f"{os.getloadavg()[0]:.0f} at the end",
        "seconds": {
            **seconds,
            "note": "of training, compilation included: by the clock, with whatever else ran, and "
            "of the CPU by this alone",
        },
        "command": command if source == "auto" else f"{command} --source {source}",
    }


def write(content, path):
    """Write JSON under a temporary name, then rename: a run cut short leaves no half file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".partial")
    temporary.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    os.replace(temporary, path)


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Measure what a DCGAN and a VAE draw against real digits.")
    parser.add_argument("--profile", default="demo", choices=("ci", "demo", "full"))
    parser.add_argument("--seed", default=0, type=int, help="of training, 0 or above")
    parser.add_argument("--source", default="auto", choices=("auto", "present", "twin"), help="of the digits")
    parser.add_argument("--output", default=Path("notebooks/results"), type=Path, help="folder to write to")
    parser.add_argument("--checkpoints", default=Path("runs/mnist_images"), type=Path)
    chosen = parser.parse_args(arguments)
    if chosen.seed < 0:
        parser.error(f"--seed must be 0 or above; got {chosen.seed}")
    result = run(chosen.profile, seed=chosen.seed, source=chosen.source, folder=chosen.checkpoints)
    write(result, chosen.output / "mnist_images.json")
    for name, numbers in {**result["value"], **result["baselines"]}.items():
        print(f"{name}: " + ", ".join(f"{key} {number['mean']}" for key, number in numbers.items()))


if __name__ == "__main__":
    main()
