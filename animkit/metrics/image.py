"""Distances between sets of images, and what the simplest model of images reaches."""

import numpy as np
from sklearn.decomposition import PCA


def frechet_distance(features_a, features_b):
    """Squared Frechet distance between the Gaussians fitted to two sets of features (Heusel et al. 2017).

    |mean_a - mean_b|^2 + trace(cov_a + cov_b - 2 (cov_a cov_b)^(1/2)). The root's trace is taken from the eigenvalues
    of the symmetric cov_a^(1/2) cov_b cov_a^(1/2), so that a singular covariance does no harm. Two finite samples
    of one distribution are apart too: print that floor, real against real, beside every value.

    Args:
        features_a: array `(n, features)`.
        features_b: array `(m, features)`.

    Returns:
        The distance, in squared units of the features.

    Raises:
        ValueError: the shapes do not fit, a set has fewer than two rows, or a feature is not finite.
    """
    a, b = (np.asarray(features, dtype=np.float64) for features in (features_a, features_b))
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1] or min(len(a), len(b)) < 2:
        raise ValueError(f"features must be (n, features) and (m, features), n, m >= 2; got {a.shape} and {b.shape}")
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise ValueError("features hold NaN or infinity: look at the images they were made from")
    cov_a, cov_b = (np.atleast_2d(np.cov(features, rowvar=False)) for features in (a, b))
    values, vectors = np.linalg.eigh(cov_a)
    root_a = (vectors * np.sqrt(values.clip(min=0))) @ vectors.T
    root_trace = np.sqrt(np.linalg.eigvalsh(root_a @ cov_b @ root_a).clip(min=0)).sum()
    distance = ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(cov_a) + np.trace(cov_b) - 2 * root_trace
    return float(max(distance, 0.0))


def pixel_features(train_images, components=64):
    """Fit principal components to real images, as features for `frechet_distance` that need no trained network.

    Args:
        train_images: `(n, ...)`, uint8 from 0 to 255 or floats from 0 to 1.
        components: features for each image.

    Returns:
        Function from images of the same shape, uint8 or floats, to features `(n, components)`.

    Raises:
        ValueError: there are fewer images or pixels than components; or, from the function, the shapes differ.
    """
    shape = np.shape(train_images)[1:]
    x = _flat(train_images)
    if components > min(x.shape):
        raise ValueError(f"{components} components need as many images and pixels; got {x.shape[0]} and {x.shape[1]}")
    pca = PCA(components, random_state=0).fit(x)

    def features(images):
        if np.shape(images)[1:] != shape:
            raise ValueError(f"features were fitted to images of shape {shape}; got {np.shape(images)[1:]}")
        return pca.transform(_flat(images))

    return features


def frechet_distances(drawn, known, unseen, *, rng):
    """Frechet distance of pixel features to unseen pictures: of what a model drew, of its floor and of two baselines.

    Args:
        drawn: (n, height, width, 4) uint8 RGBA, by the model.
        known: (n, height, width, 4) uint8, data that the model learned from; the features are fitted to them.
        unseen: (m, height, width, 4) uint8, other data.
        rng: numpy Generator that shuffles the pixels of the second baseline.

    Returns:
        dict of floats: "value"; "floor", data against other data; "mean_picture", n times the mean of the known ones;
        "shuffled_pixels", each pixel of a picture taken from another of the known ones.
    """
    known = np.ascontiguousarray(known)
    features = pixel_features(known)
    target = features(unseen)
    pictures = {
        "value": drawn,
        "floor": known,
        "mean_picture": np.repeat(known.mean(axis=0, keepdims=True) / 255, len(known), axis=0),
        # as one number a pixel, its colours stay together
        "shuffled_pixels": rng.permuted(known.view("uint32"), axis=0).view("uint8"),
    }
    return {name: frechet_distance(features(images), target) for name, images in pictures.items()}


def bernoulli_baseline(train, test):
    """Nats per image of a model that draws every pixel for itself with its mean in the training images.

    Grey values count as probabilities of ink, so the result is the mean over all binarisations of the test images.
    A generative model that does no better has learnt nothing about how pixels go together.

    Args:
        train: images `(n, ...)`, uint8 from 0 to 255 or floats from 0 to 1.
        test: images `(m, ...)` of the same shape.

    Returns:
        Negative log-likelihood in nats per image.

    Raises:
        ValueError: the shapes differ.
    """
    if np.shape(train)[1:] != np.shape(test)[1:]:
        raise ValueError(f"train and test images differ in shape: {np.shape(train)[1:]} and {np.shape(test)[1:]}")
    train, test = _flat(train), _flat(test).mean(0, dtype=np.float64)
    # one made-up image with ink and one without keep a pixel that was never inked possible
    ink = (train.sum(0, dtype=np.float64) + 1) / (len(train) + 2)
    return float(-(test * np.log(ink) + (1 - test) * np.log1p(-ink)).sum())


def _flat(images):
    """Lay images out as float32 rows `(n, pixels)` from 0 to 1."""
    images = np.asarray(images)
    rows = images.reshape(len(images), -1).astype(np.float32)
    if images.dtype == np.uint8:
        rows /= 255
    return rows


def contrast(one, other):
    """Contrast ratio of two colours, as accessibility counts it: 1 for the same, 21 for black on white.

    Args:
        one: (..., 3) sRGB, 0 to 255.
        other: (..., 3).

    Returns:
        (...) ratios, 1 to 21; letters of a usual size need 4.5.

    Source: Web Content Accessibility Guidelines 2.2, W3C 2023, contrast ratio and relative luminance.
    """
    lights = []
    for colour in (one, other):
        share = np.asarray(colour, float) / 255
        linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
        lights.append(linear @ [0.2126, 0.7152, 0.0722] + 0.05)
    return np.maximum(*lights) / np.minimum(*lights)
