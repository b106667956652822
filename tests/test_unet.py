"""The U-Net, what it is told of a sprite's outline, and how it writes a normal."""

import numpy as np
import pytest
from keras import ops

from animkit.unet import DIRECTIONS, FEATURES, LONGEST_RUN, UNet, facing_us, features


@pytest.mark.both_backends
def test_where_a_pixel_lies_between_the_outlines_by_hand():
    picture = np.zeros((1, 3, 5, 4), "float32")
    picture[0, 1, 1:4] = (0.5, 1, 0, 1)  # three pixels in a row
    picture[0, 0, 0, :3] = 1  # a colour that nobody sees
    told = ops.convert_to_numpy(features(picture))[0]
    assert told.shape == (3, 5, FEATURES)
    np.testing.assert_array_equal(told[1, 2, :4], [0.5, 1, 0, 1])
    assert not told[0].any()
    np.testing.assert_allclose(told[1, 1:4, 4], [-0.5, 0, 0.5])  # one pixel on one side, three on the other
    np.testing.assert_allclose(told[1, 1:4, 5], 4 / (2 * LONGEST_RUN))
    np.testing.assert_allclose(told[1, 1:4, 6:8], [[0, 1 / LONGEST_RUN]] * 3)  # a column of one


def test_runs_are_counted_as_far_as_told():
    long = np.ones((1, 1, LONGEST_RUN + 8, 4), "float32")
    across = ops.convert_to_numpy(features(long))[0, 0, :, 5] * 2 * LONGEST_RUN
    assert across[0] == LONGEST_RUN + 1
    assert across[LONGEST_RUN // 2] == LONGEST_RUN + 9
    assert across.max() <= 2 * LONGEST_RUN
    assert len(DIRECTIONS) * 2 + 4 == FEATURES


@pytest.mark.both_backends
def test_a_net_gives_maps_of_any_size_and_sees_as_far_as_its_levels():
    net = UNet(3, (4, 5, 6))
    assert net.multiple == 4
    x = np.random.default_rng(0).normal(size=(2, 8, 12, 3)).astype("float32")
    whole = ops.convert_to_numpy(net(x))
    assert whole.shape == (2, 8, 12, 4)
    moved = ops.convert_to_numpy(net(np.pad(x, [(0, 0), (0, 0), (32, 32), (0, 0)])))
    assert moved.shape == (2, 8, 76, 4)
    again = ops.convert_to_numpy(net(np.pad(x, [(0, 0), (0, 0), (36, 28), (0, 0)])))
    np.testing.assert_allclose(again[:, :, 36:48], moved[:, :, 32:44], atol=1e-5)  # wherever it stands


def test_a_normal_has_length_one_and_faces_the_viewer():
    written = np.random.default_rng(0).normal(size=(50, 3), scale=5).astype("float32")
    normals = ops.convert_to_numpy(facing_us(written))
    np.testing.assert_allclose(np.linalg.norm(normals, axis=-1), 1, atol=1e-5)
    assert (normals[:, 2] > 0).all()
    np.testing.assert_array_equal(np.sign(normals[:, :2]), np.sign(written[:, :2]))
