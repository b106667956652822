"""Digits drawn by a DCGAN and by a VAE, judged by our own classifier.

The command is python -m animkit.benchmarks.mnist_images.

A small classifier learns the real training digits, and what it sees just before it decides are the features: how far is
what each model draws from the test digits? Beside each distance stand the floor, real against real, and what needs no
model at all. The features differ from Inception's, so published values can be compared in their order only.
"""

from pathlib import Path

import keras
import numpy as np
from scipy.stats import entropy

from animkit.benchmarks.results import command_line, keep, summaries
from animkit.data.mnist import load_mnist
from animkit.gan import latents
from animkit.metrics.image import frechet_distance
from animkit.recipes.cards import made_by
from animkit.recipes.digits import (
    BATCH_SIZES,
    DIGITS,
    FEATURES,
    GAME,
    RATES,
    train_classifier,
    train_dcgan,
    train_digit_vae,
)
from animkit.render import contact_sheet, save_png, to_uint8
from animkit.training import by_profile, compiled

PICTURES_AT_ONCE = 500
SAMPLING_SEEDS = (0, 1, 2)
PUBLISHED = (  # model, Inception FID, source
    ("GAN, minimax", 9.8, "Lucic et al. 2018"),
    ("GAN, non-saturating", 6.8, "Lucic et al. 2018"),
    ("LSGAN", 7.8, "Lucic et al. 2018"),
    ("WGAN", 6.7, "Lucic et al. 2018"),
    ("VAE", 23.8, "Lucic et al. 2018"),
    ("VAE, cross-entropy", 16.6, "Dai and Wipf 2019, table 1"),
)
CHOSEN_ON = "data that were not recorded"


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
        "real_test_digits": labelled(probabilities),
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
    accuracy = 100 * float(right.mean())
    print(f"the classifier is right about {accuracy:.4g} % of {len(x_test):,} {mnist.source} test digits", flush=True)

    vae, seconds["VAE"] = train_digit_vae(x_train, epochs=epochs["VAE"], rate=rate, checkpoint=folder / "vae", **shared)
    gan, seconds["DCGAN"] = train_dcgan(
        x_train, epochs=epochs["DCGAN"], width=width, hidden=hidden, checkpoint=folder / "dcgan", **shared
    )
    rows = [drawn(gan, 60, 0), vae.sample(60, seed=0).reshape(-1, *x_test.shape[1:]), x_test[:60]]
    save_png(folder / "samples.png", contact_sheet(to_uint8(np.concatenate(rows)[..., 0]), columns=20, scale=2))

    found = measure(view, gan, vae, x_train, x_test, samples=samples)
    return {
        "profile": profile,
        "source": mnist.source,
        "seeds": {"training": [seed], "sampling": list(SAMPLING_SEEDS)},
        "spread": "over draws of samples from one trained model of each kind, not over trainings",
        "samples": samples,
        "classifier": {"test_accuracy_percent": accuracy, "features": FEATURES},
        **found,
        "ordering": ordering(found["value"]),
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
        "seconds": {
            **seconds,
            "note": "of training, compilation included: by the clock, with whatever else ran, and "
            "of the CPU by this alone",
        },
        **made_by("mnist_images", profile=profile, seed=seed, source=source),
    }


def header():
    """What the results file says before any run."""
    return {
        "name": "mnist_images",
        "what": f"DCGAN and VAE on MNIST: Frechet distance of 10,000 samples to 10,000 test digits on {FEATURES} "
        "features of a digit classifier, lower is better",
        "unit": "squared units of the features; percent; nats for the entropy of labels",
        "ceiling": {"label_entropy": np.log(DIGITS)},
        "published": [
            {"model": model, "value": value, "source": source, "comparable": "ordering only"}
            for model, value, source in PUBLISHED
        ],
        "published_unit": "Inception FID, not comparable in value with the distances here; the GANs are the best of a "
        "search per dataset, the cross-entropy VAE was not tuned",
    }


def main(arguments=None):
    """Measure by the command line, and keep what comes out."""
    parser = command_line("mnist_images", "Measure what a DCGAN and a VAE draw against real digits.")
    parser.add_argument("--seed", default=0, type=int, help="of training, 0 or above")
    chosen = parser.parse_args(arguments)
    if chosen.seed < 0:
        parser.error(f"--seed must be 0 or above; got {chosen.seed}")
    result = run(chosen.profile, seed=chosen.seed, source=chosen.source, folder=chosen.checkpoints)
    keep("mnist_images", chosen.profile, result, folder=chosen.output, header=header, chosen_on=CHOSEN_ON)
    for name, numbers in {**result["value"], **result["baselines"]}.items():
        print(f"{name}: " + ", ".join(f"{key} {number['mean']:.4g}" for key, number in numbers.items()))


if __name__ == "__main__":
    main()
