import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from animkit.data.mnist import draw_digits, load_mnist


def test_digits_are_told_apart_by_a_linear_model():
    rng = np.random.default_rng(1)
    labels = np.arange(1200) % 10
    x = draw_digits(labels, rng).reshape(1200, -1) / 255
    model = LogisticRegression(max_iter=200).fit(x[:1000], labels[:1000])
    assert model.score(x[1000:], labels[1000:]) > 0.8


def test_digits_differ_each_time_but_not_for_the_same_seed():
    fives = draw_digits(np.full(50, 5), np.random.default_rng(2))
    assert fives.shape == (50, 28, 28)
    assert fives.dtype == np.uint8
    assert len(np.unique(fives.reshape(50, -1), axis=0)) == 50
    np.testing.assert_array_equal(fives, draw_digits(np.full(50, 5), np.random.default_rng(2)))


def test_ink_is_white_on_black_inside_the_picture():
    images = draw_digits(np.arange(200) % 10, np.random.default_rng(3))
    assert (images.max((1, 2)) == 255).all()
    assert ((images > 0).mean((1, 2)) < 0.5).all()
    border = np.concatenate([images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]], 1)
    assert (border > 0).mean() < 0.005


def test_only_digits_can_be_drawn():
    with pytest.raises(ValueError, match="digits from 0 to 9; got .*12"):
        draw_digits([1, 12], np.random.default_rng(0))


def test_fresh_machine_gets_the_twin_when_it_takes_what_is_present(no_real_data):
    twin = load_mnist("present")
    assert twin.source == "twin"
    assert twin.x_train.shape == (10_000, 28, 28)
    assert twin.x_test.shape == (2_000, 28, 28)
    assert twin.x_train.dtype == twin.y_train.dtype == np.uint8
    assert (np.bincount(np.concatenate([twin.y_train, twin.y_test])) == 1200).all()


def test_real_digits(real_data):
    digits = load_mnist("present")
    assert digits.source == "real"
    assert digits.x_train.shape == (60_000, 28, 28)
    assert digits.x_test.shape == (10_000, 28, 28)
    assert digits.x_train.dtype == digits.y_train.dtype == np.uint8
    # the published class counts and first labels
    assert np.bincount(digits.y_train).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert digits.y_train[:5].tolist() == [5, 0, 4, 1, 9]
    assert digits.y_test[:5].tolist() == [7, 2, 1, 0, 4]
    assert digits.x_train.mean() / 255 == pytest.approx(0.1307, abs=1e-4)


def test_unknown_source():
    with pytest.raises(ValueError, match="source must be one of"):
        load_mnist("emnist")
