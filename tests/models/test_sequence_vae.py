import keras
import numpy as np
import pytest
from keras import ops

from animkit.losses import categorical_reconstruction
from animkit.models.sequence_vae import Clips, FrameDecoder, SequenceVAE
from animkit.training import train

PALETTE = np.array([[0, 0, 0, 0], [255, 0, 0, 255], [0, 255, 0, 255], [0, 0, 255, 255], [255, 255, 0, 255]], "uint8")


def cast(characters=12, actions=3, time=4, size=8):
    """Characters of one colour each; an action moves a bar to one of four sides of the picture."""
    frames = np.zeros((characters, actions, time, size, size), "uint8")
    for who in range(characters):
        for t in range(time):
            frames[who, 0, t, 2 * t : 2 * t + 2] = 1 + who % 4
            frames[who, 1, t, :, 2 * t : 2 * t + 2] = 1 + who % 4
            frames[who, 2, t, 6 - 2 * t : 8 - 2 * t] = 1 + who % 4
    return frames


FRAMES = cast()


def make(**options):
    keras.utils.set_random_seed(0)
    small = {
        "image_size": (8, 8),
        "static_dim": 3,
        "dynamic_dim": 2,
        "actions": 3,
        "encoder_convolutions": (4, 8),
        "decoder_convolutions": (8, 8),
        "channels": 6,
        "units": 8,
        "hidden": 16,
        "shared": 2,
    }
    return SequenceVAE(PALETTE, **{**small, **options})


@pytest.fixture(scope="module")
def model():
    """For what changes no weight."""
    return make()


def batch(**options):
    return Clips(FRAMES, batch_size=6, **{"shared": 2, **options})[0][0]


def test_training_loss_is_right_on_average_though_it_leaves_frames_and_pixels_out():
    model = make(frames=2)
    f = ops.convert_to_tensor(np.random.default_rng(0).normal(size=(6, 3)), "float32")
    z = ops.convert_to_tensor(np.random.default_rng(1).normal(size=(6, 4, 2)), "float32")
    clips = ops.convert_to_tensor(FRAMES[:6, 0], "int32")
    exact = ops.convert_to_numpy(model._reconstruction(f, z, clips, training=False))
    parts = [model._reconstruction(f, z, clips, training=True) for _ in range(40)]
    drawn = np.array([ops.convert_to_numpy(part) for part in parts])
    # within what so few draws can say of their mean
    error = drawn.std(axis=0) / np.sqrt(len(drawn))
    assert (np.abs(drawn.mean(axis=0) - exact) < 4 * error).all()
    assert (error < 0.05 * exact).all()
    # and the exact one is the sum over frames of the usual loss of pictures
    logits = model.decoder(ops.repeat(f, 4, axis=0), ops.reshape(z, (-1, 2)))
    by_hand = categorical_reconstruction(ops.reshape(clips, (-1, 8, 8)), logits)
    np.testing.assert_allclose(exact, ops.convert_to_numpy(by_hand).reshape(6, 4).sum(axis=1), rtol=1e-5)


@pytest.mark.parametrize("cell", [1, 2, 4])
def test_one_place_of_every_cell_is_that_part_of_the_picture(cell):
    decoder = FrameDecoder((8, 8), 5, convolutions=(4, 4), channels=3, cell=cell, hidden=6)
    decoder.build((None, 2), (None, 2))
    rng = np.random.default_rng(0)
    f, z = (ops.convert_to_tensor(rng.normal(size=(3, 2)), "float32") for _ in range(2))
    whole = ops.convert_to_numpy(decoder(f, z))
    assert whole.shape == (3, 8, 8, 5)
    for place in range(cell**2):
        row, column = divmod(place, cell)
        part = ops.convert_to_numpy(decoder(f, z, place=place))
        np.testing.assert_allclose(part, whole[:, row::cell, column::cell], rtol=1e-4, atol=1e-5)
        picked = ops.convert_to_numpy(decoder.pick(ops.convert_to_tensor(FRAMES[:3, 0, 0]), place))
        np.testing.assert_array_equal(picked, FRAMES[:3, 0, 0, row::cell, column::cell])


@pytest.mark.parametrize("options", [{}, {"look_mixture": 3, "static_dim": 8}])
def test_kl_is_zero_where_posterior_and_prior_are_one(options, few_steps):
    model = make(**options)
    heads = [
        head for encoder in (model.look_encoder, model.pose_encoder) for head in (encoder.mean, encoder.log_variance)
    ]
    # a head of zeros: equal Gaussians of mean 0 and spread 1
    for layer in (*heads, model.prior.head, *([model.look_prior.head] if model.look_prior else [])):
        layer.set_weights([0.0 * weight for weight in layer.get_weights()])
    model.compile(**few_steps)
    logs = model.evaluate(Clips(FRAMES, batch_size=6, shared=2), verbose=0, return_dict=True)
    assert logs["static_kl"] == pytest.approx(0.0, abs=1e-5)
    assert logs["dynamic_kl"] == pytest.approx(0.0, abs=1e-4)
    assert logs["loss"] == pytest.approx(logs["reconstruction"], rel=1e-5)


def test_a_wild_spread_of_poses_leaves_the_loss_finite(few_steps):
    model = make()
    model.pose_encoder.log_variance.bias.assign([-300.0, 300.0])
    model.compile(**few_steps)
    assert np.isfinite(model.test_on_batch(batch(), return_dict=True)["loss"])


def test_a_group_is_drawn_in_the_motion_of_its_first_clip(few_steps):
    model, x = make(), batch()
    model.compile(**few_steps)
    keep = {**x, "clip": x["clip"].copy()}
    # the second of a pair lends no motion: only what it is compared with changes
    keep["clip"][1::2] = x["clip"][::2][::-1]

    def kl(some):
        model.seed_generator.state.assign(0 * model.seed_generator.state.value)
        return model.test_on_batch(some, return_dict=True)

    one, other = kl(x), kl(keep)
    assert one["dynamic_kl"] == pytest.approx(other["dynamic_kl"], rel=1e-5)
    assert one["reconstruction"] != pytest.approx(other["reconstruction"], rel=1e-5)


def test_learns_who_and_what_apart():
    model, data = make(frames=4, static_dim=4, dynamic_dim=4, units=16, hidden=32, beta=0.1), cast(48)
    data = Clips(data, batch_size=24, shared=2)
    rate = keras.optimizers.schedules.CosineDecay(1e-2, 35 * len(data))
    model.compile(keras.optimizers.Adam(rate, global_clipnorm=100.0))
    history = train(model, data, epochs=35, progress=False)
    assert history["loss"][-1] < 0.1 * history["loss"][0]
    # who from one clip, what from another character's: the picture of the first doing the second's action
    looks, motions = model.looks(FRAMES[:4, 0, 0]), model.motions(FRAMES[4:8, 1][::-1])
    assert (model.draw(looks, motions) == FRAMES[:4, 1]).mean() > 0.95


@pytest.mark.parametrize(
    "options",
    [
        {"actions": 0, "mixture": 3},
        {"shared": 1, "look_mixture": 2, "static_dim": 4},
        {"cell": 4, "decoder_convolutions": (8,)},
    ],
)
def test_every_kind_trains_and_comes_back_from_its_configuration(options, few_steps):
    model = make(**options)
    model.compile(keras.optimizers.SGD(1e-5), **few_steps)
    assert np.isfinite(model.train_on_batch(batch(shared=model.shared))).all()
    assert SequenceVAE.from_config(model.get_config()).get_config() == model.get_config()
    looks, motions = model.looks(FRAMES[:2, 0, 0]), model.move([0, 1], 4, temperature=1.0, seed=3)
    assert model.draw(looks, motions).shape == (2, 4, 8, 8)


@pytest.mark.both_backends
def test_new_looks_follow_the_prior_that_was_learned():
    plain = make()
    np.testing.assert_array_equal(plain.new_looks(5, seed=1), plain.new_looks(5, seed=1))
    assert np.abs(plain.new_looks(4000).std(axis=0) - 1).max() < 0.05
    model = make(look_mixture=2, static_dim=8)
    head = model.look_prior.head
    # two Gaussians of spread exp(-4), at -1 and 1: whatever came before, four numbers alike
    bias = np.concatenate([[0, 0], np.repeat([-1, 1], 4), np.full(8, -4)])
    head.set_weights([0.0 * head.get_weights()[0], bias])
    looks = model.new_looks(200, seed=2).reshape(-1, 2, 4)
    assert np.abs(np.abs(looks) - 1).max() < 0.1
    assert (np.ptp(np.sign(looks), axis=2) == 0).all()
    assert {tuple(both) for both in np.sign(looks[:, :, 0])} == {(-1, -1), (-1, 1), (1, -1), (1, 1)}


@pytest.mark.both_backends
def test_motions_depend_on_the_seed_and_temperature(model):
    still = model.move([1], 6)
    np.testing.assert_array_equal(still, model.move([1], 6, seed=9))
    wild = model.move([1], 6, temperature=1.0, seed=9)
    assert np.abs(wild - still).max() > 1e-3
    np.testing.assert_array_equal(wild, model.move([1], 6, temperature=1.0, seed=9))


def test_many_frames_are_the_same_as_few_at_a_time(model):
    looks, motions = model.looks(FRAMES[:, 0, 0]), model.motions(FRAMES[:, 0])
    whole = model.draw(looks, motions)
    one = np.concatenate([model.draw(looks[i : i + 1], motions[i : i + 1]) for i in range(len(looks))])
    np.testing.assert_array_equal(whole, one)


def test_batches_show_groups_with_one_action_and_pictures_of_the_same_character():
    data = Clips(FRAMES, batch_size=6, shared=2, seed=4)
    data.on_epoch_begin()
    (x,) = data[0]
    assert x["clip"].shape == (6, 4, 8, 8)
    actions = x["action"].argmax(axis=1).reshape(-1, 2)
    assert (actions[:, 0] == actions[:, 1]).all()
    assert len(set(actions[:, 0])) == 3  # each of the three actions once
    colours = x["clip"].max(axis=(1, 2, 3))
    np.testing.assert_array_equal(colours, x["reference"].max(axis=(1, 2)))
    (again,) = data[0]
    for name, value in x.items():
        np.testing.assert_array_equal(value, again[name])
    data.on_epoch_begin()
    assert any((value != data[0][0][name]).any() for name, value in x.items())
    alone = Clips(FRAMES, batch_size=6, shared=1, pairs=False)[0][0]
    inside = (alone["reference"][:, None] == alone["clip"]).all(axis=(2, 3)).any(axis=1)
    assert inside.all()


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda _: SequenceVAE(PALETTE[:, :3]), r"palette must be \(colours, 4\)"),
        (lambda _: make(shared=0), "shared, frames and mixture start at 1"),
        (lambda _: make(look_mixture=2), "a multiple of 4 numbers; got 2 and static_dim 3"),
        (lambda _: make(image_size=(10, 8)), "divisible by 4"),
        (lambda _: Clips(FRAMES[0]), r"\(characters, actions, time, height, width\); got \(3, 4, 8, 8\)"),
        (lambda _: Clips(FRAMES, batch_size=5, shared=2), "5 clips does not divide into groups of 2"),
        (lambda _: Clips(FRAMES[:1], batch_size=8, shared=2), "do not fill one batch"),
        (lambda model: model.looks(FRAMES[0, 0, 0]), r"pictures \(n, .*; got \(8, 8\)"),
        (lambda model: model.looks(FRAMES[:0, 0, 0]), r"got \(0, 8, 8\)"),
        (lambda model: model.looks(FRAMES[:, 0, 0] / 2), "palette indices from 0 to 4; got float64"),
        (lambda model: model.motions(FRAMES[:, 0] + 1), "from 1 to 5"),
        (lambda model: model.draw(np.zeros((1, 2)), np.zeros((1, 4, 2))), r"looks must be \(n, 3\)"),
        (lambda model: model.draw(np.zeros((2, 3)), np.zeros((1, 4, 2))), r"motions must be \(2, time, 2\)"),
        (lambda model: model.new_looks(0), "draw at least one look"),
        (lambda model: model.move([3]), "whole numbers from 0 to 2"),
        (lambda model: model.move([0], 0), "at least 1"),
    ],
)
def test_refuses(model, call, match):
    with pytest.raises(ValueError, match=match):
        call(model)
