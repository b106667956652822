import numpy as np
import pytest
from scipy.linalg import sqrtm

from animkit.data.mnist import load_mnist
from animkit.metrics.image import bernoulli_baseline, contrast, frechet_distance, frechet_distances, pixel_features


def test_frechet_distance_by_hand():
    # one feature: means 0 and 3, variances 1 and 4: 3^2 + (1 - 2)^2
    a = np.array([[-1.0], [0.0], [1.0]])
    assert frechet_distance(a, 2 * a + 3) == pytest.approx(10)
    # two uncorrelated features: standard deviations s and 2s of the first, s and s of the second
    cross = np.array([[1.0, 0], [-1, 0], [0, 1], [0, -1]])
    assert frechet_distance(cross, cross * [2, 1]) == pytest.approx(2 / 3)


def test_frechet_distance_against_the_matrix_root():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(50, 6)), rng.normal(size=(40, 6)) @ rng.normal(size=(6, 6)) + 1
    cov_a, cov_b = np.cov(a.T), np.cov(b.T)
    expected = ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(cov_a + cov_b - 2 * sqrtm(cov_a @ cov_b).real)
    assert frechet_distance(a, b) == pytest.approx(expected)
    assert frechet_distance(b, a) == pytest.approx(expected)


def test_frechet_distance_of_singular_covariances():
    rng = np.random.default_rng(1)
    few = rng.normal(size=(5, 20))
    assert frechet_distance(few, few) == pytest.approx(0, abs=1e-6)
    assert frechet_distance(few, few + 2) == pytest.approx(20 * 4, abs=1e-6)
    assert frechet_distance(np.zeros((3, 4)), np.ones((3, 4))) == pytest.approx(4)


@pytest.mark.parametrize("shapes", [((5, 3), (5, 4)), ((1, 3), (5, 3)), ((5,), (5,))])
def test_frechet_distance_of_features_that_do_not_fit(shapes):
    with pytest.raises(ValueError, match="features must be"):
        frechet_distance(np.zeros(shapes[0]), np.zeros(shapes[1]))


def test_frechet_distance_of_nan():
    with pytest.raises(ValueError, match="NaN or infinity"):
        frechet_distance(np.full((3, 2), np.nan), np.zeros((3, 2)))


def test_pixel_features_keep_distances_inside_the_components():
    rng = np.random.default_rng(2)
    # images that vary in three directions only lose nothing in three components
    images = rng.random((30, 3)) @ rng.random((3, 16)) / 3
    features = pixel_features(images.reshape(30, 4, 4), components=3)(images.reshape(30, 4, 4))
    assert features.shape == (30, 3)
    np.testing.assert_allclose(
        np.linalg.norm(features[0] - features[1]), np.linalg.norm(images[0] - images[1]), rtol=1e-4
    )


def test_pixel_features_of_bytes_are_those_of_floats():
    images = np.random.default_rng(3).integers(0, 256, (20, 5, 5), dtype=np.uint8)
    features = pixel_features(images, components=4)
    np.testing.assert_allclose(features(images), features(images / 255), atol=1e-5)


def test_pixel_features_refuse_what_they_were_not_fitted_to():
    with pytest.raises(ValueError, match="64 components need as many images and pixels; got 10 and 25"):
        pixel_features(np.zeros((10, 5, 5)))
    features = pixel_features(np.random.default_rng(4).random((10, 5, 5)), components=2)
    with pytest.raises(ValueError, match=r"fitted to images of shape \(5, 5\); got \(6, 5\)"):
        features(np.zeros((3, 6, 5)))


def test_bernoulli_baseline_by_hand():
    # inked in 2 of 2 images, with one made-up of each kind: 3/4; the test images are inked in 1 of 2
    assert bernoulli_baseline([[1.0], [1.0]], [[1.0], [0.0]]) == pytest.approx(-(np.log(3 / 4) + np.log(1 / 4)) / 2)
    # a grey pixel is the mean of its binarisations
    assert bernoulli_baseline([[1.0], [1.0]], [[0.5]]) == pytest.approx(-(np.log(3 / 4) + np.log(1 / 4)) / 2)


def test_bernoulli_baseline_of_other_shapes():
    with pytest.raises(ValueError, match=r"differ in shape: \(4, 4\) and \(5, 5\)"):
        bernoulli_baseline(np.zeros((3, 4, 4)), np.zeros((3, 5, 5)))


def test_real_digits_have_the_published_baseline(real_data):
    digits = load_mnist("present")
    # BENCHMARKS: 205.9
    assert bernoulli_baseline(digits.x_train, digits.x_test) == pytest.approx(205.9, abs=0.15)


def test_floor_of_real_digits_is_far_below_noise(real_data):
    digits = load_mnist("present")
    # every n-th, because the test set's writers are in order: its first half is the tidier one
    train, test = digits.x_train[::15], digits.x_test[::5]
    features = pixel_features(train, components=32)
    noise = np.random.default_rng(5).integers(0, 256, test.shape, dtype=np.uint8)
    floor = frechet_distance(features(train), features(test))
    assert 0 < floor < 0.05 * frechet_distance(features(noise), features(test))


def test_distances_stand_beside_their_floor_and_their_baselines():
    rng = np.random.default_rng(5)
    shades = rng.integers(0, 200, (200, 1, 1, 1)) + rng.integers(
        0, 56, (200, 8, 8, 4)
    )  # pixels of a picture go together
    known, unseen = shades.astype("uint8")[:100], shades.astype("uint8")[100:]
    found = frechet_distances(known, known, unseen, rng=np.random.default_rng(0))
    assert found["value"] == found["floor"] < min(found["mean_picture"], found["shuffled_pixels"])
    features = pixel_features(known)
    middle = np.repeat(known.mean(axis=0, keepdims=True) / 255, 100, axis=0)
    assert found["mean_picture"] == frechet_distance(features(middle), features(unseen))
    assert found == frechet_distances(known, known, unseen, rng=np.random.default_rng(0))


def test_contrast_is_that_of_the_accessibility_guidelines():
    assert contrast((255, 255, 255), (0, 0, 0)) == pytest.approx(21)
    assert contrast((9, 90, 200), (9, 90, 200)) == 1
    # the guidelines' well-known pair: #767676 on white passes at 4.5, #777777 does not
    assert contrast([(118, 118, 118), (119, 119, 119)], (255, 255, 255)) == pytest.approx([4.542, 4.478], abs=1e-3)
