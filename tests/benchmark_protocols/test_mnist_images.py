"""The command behind notebooks/results/mnist_images.json: a small run on the twin, its parts, the file that ships."""

import json
from pathlib import Path

import keras
import numpy as np
import pytest

from animkit.benchmarks import mnist_images
from animkit.recipes.digits import FEATURES, train_classifier

SHIPPED = Path(__file__).parents[2] / "notebooks" / "results" / "mnist_images.json"
FLOOR = "real training digits (the floor)"
ONCE = {"the VAE's reconstructions of the test digits", "the mean picture"}
BASELINES = ONCE | {FLOOR, "shuffled pixels"}
NUMBERS = {"frechet_distance", "confidence_percent", "label_entropy", "rarest_digit_percent"}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A folder in which the command ran once at profile ci, DCGAN and VAE for eight steps."""
    folder = tmp_path_factory.mktemp("small")
    where = ["--output", str(folder / "results"), "--checkpoints", str(folder / "runs")]
    gan, vae = mnist_images.train_dcgan, mnist_images.train_digit_vae
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mnist_images, "train_dcgan", lambda x, **options: gan(x[:256], **options))
        patch.setattr(mnist_images, "train_digit_vae", lambda x, **options: vae(x[:400], **options))
        mnist_images.main(["--profile", "ci", "--source", "twin", "--seed", "3", *where])
    return folder


def distances(rows):
    return {name: numbers["frechet_distance"]["mean"] for name, numbers in rows.items()}


def check(kept, card):
    assert kept["name"] == "mnist_images"
    for key in ("what", "unit", "published_unit"):
        assert kept[key], key
    for key in ("profile", "source", "spread", "protocol", "machine", "command"):
        assert card[key], key
    assert set(card["value"]) == {"DCGAN", "VAE"}
    assert set(card["baselines"]) == BASELINES
    for name, numbers in {**card["value"], **card["baselines"]}.items():
        assert set(numbers) == NUMBERS
        for number in numbers.values():
            by_seed = number["by_seed"]
            assert len(by_seed) == (1 if name in ONCE else len(card["seeds"]["sampling"]))
            assert number["mean"] == pytest.approx(np.mean(by_seed), rel=1e-3)
            if len(by_seed) > 1:  # of numbers with four digits, whose error the spread inherits
                assert number["sd"] == pytest.approx(np.std(by_seed, ddof=1), rel=1e-3, abs=1e-3 * max(by_seed))
            else:
                assert number["sd"] is None
        assert 10 <= numbers["confidence_percent"]["mean"] <= 100
        assert 0 <= numbers["label_entropy"]["mean"] <= kept["ceiling"]["label_entropy"]
        assert 0 <= numbers["rarest_digit_percent"]["mean"] <= 10
    assert card["ordering"] == mnist_images.ordering(card["value"])
    assert [(row["model"], row["value"], row["source"]) for row in kept["published"]] == list(mnist_images.PUBLISHED)
    assert {row["comparable"] for row in kept["published"]} == {"ordering only"}
    assert all(card["seconds"][name]["CPU"] > 0 for name in ("classifier", "VAE", "DCGAN"))


def test_a_small_run_writes_the_file(small):
    kept = json.loads((small / "results" / "mnist_images.json").read_text())
    card = kept["ci"]
    check(kept, card)
    assert (card["profile"], card["source"], card["seeds"]["training"]) == ("ci", "twin", [3])
    assert card["command"].endswith("--profile ci --seed 3 --source twin")
    assert (small / "runs" / "twin_ci_3" / "samples.png").stat().st_size > 0
    assert not list(small.rglob("*.partial"))


def test_the_floor_is_below_the_baselines_and_untrained_models(small):
    card = json.loads((small / "results" / "mnist_images.json").read_text())["ci"]
    others = {**distances(card["value"]), **distances(card["baselines"])}
    floor = others.pop(FLOOR)
    assert floor < min(others.values())
    # the mean picture has one label, whatever it is
    assert card["baselines"]["the mean picture"]["label_entropy"]["mean"] == 0
    assert card["baselines"]["the mean picture"]["rarest_digit_percent"]["mean"] == 0


@pytest.fixture(scope="module")
def classifier(tmp_path_factory):
    """A classifier of 200 noisy pictures whose label is their brightness, its folder, data and time."""
    folder = tmp_path_factory.mktemp("classifier")
    y = np.arange(200) % 10
    x = (y[:, None, None, None] / 10 + np.random.default_rng(0).uniform(0, 0.1, (200, 28, 28, 1))).astype("float32")
    model, seconds = train_classifier(x, y, epochs=2, checkpoint=folder, progress=False)
    return model, seconds, x, y, folder


def test_a_run_that_goes_on_counts_the_time_before(classifier):
    model, seconds, x, y, folder = classifier
    again, counted = train_classifier(x, y, epochs=2, checkpoint=folder, progress=False)
    assert counted == seconds
    for ours, theirs in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    # the first two epochs come from the checkpoint; the third adds its own time
    _, longer = train_classifier(x, y, epochs=3, checkpoint=folder, progress=False)
    assert longer["wall"] >= seconds["wall"]
    state = np.load(folder / "state.npz", allow_pickle=False)
    assert len(json.loads(str(state["epochs"]))) == 3


def test_a_view_in_parts_is_the_view_of_all(classifier, monkeypatch):
    model, _, x, _, _ = classifier
    monkeypatch.setattr(mnist_images, "PICTURES_AT_ONCE", 64)
    features, probabilities = mnist_images.viewer(model)(x)
    assert features.shape == (200, FEATURES)
    whole = keras.ops.convert_to_numpy(keras.ops.softmax(model(x)))
    np.testing.assert_allclose(probabilities, whole, atol=1e-5)
    # the features are what the last layer reads
    kernel, bias = model.layers[-1].get_weights()
    logits = features @ kernel + bias
    np.testing.assert_allclose(logits, keras.ops.convert_to_numpy(model(x)), atol=1e-4)


def test_labels_by_hand():
    sure = np.eye(10)[[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]
    assert mnist_images.labelled(sure) == {
        "confidence_percent": 100.0,
        "label_entropy": pytest.approx(np.log(10)),
        "rarest_digit_percent": pytest.approx(10.0),
    }
    halves = np.zeros((4, 10))
    halves[:2, 0], halves[2:, 7] = 0.5, 0.75
    halves[:2, 1:] = 0.5 / 9
    halves[2:, :5] = 0.05
    found = mnist_images.labelled(halves)
    assert found["confidence_percent"] == pytest.approx(62.5)
    assert found["label_entropy"] == pytest.approx(np.log(2))
    assert found["rarest_digit_percent"] == 0


def test_shuffled_pixels_keep_their_place_and_change_their_digit():
    pictures = np.arange(12.0).reshape(4, 1, 3, 1)
    mixed = mnist_images.shuffled(pictures, 0)
    np.testing.assert_array_equal(np.sort(mixed, axis=0), pictures)
    rows = {tuple(row) for row in pictures.reshape(4, 3)}
    assert any(tuple(row) not in rows for row in mixed.reshape(4, 3))
    np.testing.assert_array_equal(mixed, mnist_images.shuffled(pictures, 0))


@pytest.mark.parametrize(("gan", "vae", "reproduced"), [([1, 2], [3, 4], True), ([1, 3], [2, 4], False)])
def test_the_order_holds_only_when_it_does_for_every_seed(gan, vae, reproduced):
    value = {name: {"frechet_distance": {"by_seed": seeds}} for name, seeds in (("DCGAN", gan), ("VAE", vae))}
    assert mnist_images.ordering(value)["reproduced"] is reproduced


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--profile", "huge"], "invalid choice: 'huge'"),
        (["--source", "web"], "invalid choice: 'web'"),
        (["--seed", "-1"], "--seed must be 0 or above; got -1"),
        (["--seed", "one"], "invalid int value: 'one'"),
    ],
)
def test_bad_arguments(arguments, message, tmp_path, capsys):
    with pytest.raises(SystemExit):
        mnist_images.main([*arguments, "--output", str(tmp_path)])
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_unknown_profile():
    with pytest.raises(ValueError, match="PROFILE is 'huge'; use one of ci, demo, full"):
        mnist_images.run("huge")


def test_the_file_that_ships():
    kept = json.loads(SHIPPED.read_text())
    card = kept["demo"]
    check(kept, card)
    assert (card["profile"], card["source"]) == ("demo", "real")
    assert card["classifier"]["test_accuracy_percent"] > 98
    others = {**distances(card["value"]), **distances(card["baselines"])}
    floor = others.pop(FLOOR)
    assert floor < min(others.values())
    # a model that has learnt something is nearer than what needs none
    assert max(distances(card["value"]).values()) < min(others["shuffled pixels"], others["the mean picture"])
    assert card["real_test_digits"]["confidence_percent"] > 98
