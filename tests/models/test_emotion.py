"""The reader of emotions: what it says of texts good and bad, its attention, and its file."""

import keras
import numpy as np
import pytest
from keras import ops

from animkit.data.emotions import LABELS, words_of
from animkit.models.emotion import OUTPUTS, STEP, BothWays, EmotionReader, Table, letter_counts

WORDS = ("i", "am", "so", "happy", "sad", "!", "\U0001f602", "'s", ":)")
THRESHOLDS = np.linspace(0.1, 0.9, len(OUTPUTS))


@pytest.fixture(scope="module")
def reader():
    keras.utils.set_random_seed(0)
    sizes = {"embedding_dim": 3, "units": 4, "shapes": (2, 3), "pairs": 7, "grams": 11}
    model = EmotionReader(WORDS, "ahpysdi", thresholds=THRESHOLDS, rest=0.3, **sizes)
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(size=weight.shape) for weight in model.get_weights()])
    return model


@pytest.mark.both_backends
def test_it_says_the_same_of_a_text_alone_and_among_others(reader):
    texts = ["I am so happy!", "\U0001f602", "i am sad " * 9, "i am i am happy happy so so sad"]
    whole = reader.read(texts)
    for number, text in enumerate(texts):
        alone = reader.read([text])
        np.testing.assert_allclose(alone.probabilities[0], whole.probabilities[number], rtol=1e-4)
        np.testing.assert_allclose(alone.attention[0], whole.attention[number], rtol=1e-3)
        assert len(alone.attention[0]) == len(alone.words[0]) == len(words_of(text))
        assert alone.attention[0].sum() == pytest.approx(1, rel=1e-4)
    assert whole.probabilities.shape == (4, 28)
    assert whole.groups.shape == (4, 7)
    assert whole.readable.all()


@pytest.mark.both_backends
def test_what_numpy_reads_is_what_keras_says(reader):
    words = [words_of(text) for text in ("i am so happy", "sad", "i am not so sad :) happy happy day")]
    logits, attention = reader._look(reader.encode(words), False)
    p, shares = reader.probabilities(words)
    np.testing.assert_allclose(p, ops.convert_to_numpy(ops.sigmoid(logits)), atol=1e-5)
    for whole, share in zip(ops.convert_to_numpy(attention), shares, strict=True):
        np.testing.assert_allclose(share, whole[: len(share)], atol=1e-5)


def test_what_was_learned_since_is_read(reader):
    model = EmotionReader.from_config(reader.get_config())
    before, _ = model.probabilities([["so", "sad"]])
    model.compile("sgd")
    x = model.encode([["so", "sad"]])
    model.train_on_batch(x, np.ones((1, len(OUTPUTS)), "float32"))
    after, _ = model.probabilities([["so", "sad"]])
    np.testing.assert_allclose(after, ops.convert_to_numpy(ops.sigmoid(model(x))), atol=1e-5)
    assert (after > before).all()


def test_counts_of_letters_worked_by_hand():
    # of " ab " three pairs, two threes and the four of them; of " a " two pairs and the three of them
    found = letter_counts([["ab"], ["a", "a"], []], 2**20).toarray()
    np.testing.assert_allclose(np.sort(found[0])[-7:], [0, *[6**-0.5] * 6])
    np.testing.assert_allclose(np.sort(found[1])[-4:], [0, *[2 * 6**-0.5] * 3])
    assert not found[2].any()


def test_a_linear_model_of_letters_has_its_share(reader):
    words = [["so", "happy"], ["sad"]]
    rng = np.random.default_rng(0)
    votes = rng.integers(-9, 9, (reader.grams + 1, len(OUTPUTS))) * STEP * 4
    mixed = EmotionReader.from_config(reader.get_config())
    mixed.set_weights(reader.get_weights())
    mixed.mix(votes, 0.25)
    alone, both = (np.log(p / (1 - p)) for p in (reader.probabilities(words)[0], mixed.probabilities(words)[0]))
    letters = letter_counts(words, reader.grams) @ votes[:-1] + votes[-1]
    np.testing.assert_allclose(both, 0.75 * alone + 0.25 * letters, rtol=1e-3, atol=1e-3)


def test_both_ways_are_two_lstms_of_keras():
    cell, x = BothWays(3), np.random.default_rng(0).normal(size=(2, 5, 4)).astype("float32")
    layer = keras.layers.LSTM(3, return_sequences=True, unit_forget_bias=False)
    expected = ops.convert_to_numpy(layer(x))
    kernel, recurrent, _ = layer.get_weights()
    # ours: input, forget, output, new; theirs: input, forget, new, output, and the 1 in the bias
    order = np.concatenate([np.arange(6), np.arange(9, 12), np.arange(6, 9)])
    bias = np.where((np.arange(12) >= 3) & (np.arange(12) < 6), 1, 0)
    layer.set_weights([kernel, recurrent, bias])
    expected = ops.convert_to_numpy(layer(x))
    gates = (x @ kernel)[..., order]
    both = np.concatenate([gates, gates, np.ones((2, 5, 2), "float32")], axis=-1)
    run = keras.layers.RNN(cell, return_sequences=True)
    run.build(both.shape)
    for weight in cell.U:
        weight.assign(recurrent[:, order])
    np.testing.assert_allclose(run(both)[..., :3], expected, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(run(both)[..., 3:], expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    "text",
    ["", " \n", "...", "Я грустный", "我很高兴", "je suis triste", "\u202eعربى", "<script>alert(1)</script>", "12 34"],
)
def test_what_it_cannot_read_is_neutral_and_said_to_be_unreadable(reader, text):
    found = reader.read([text])
    assert not found.readable[0]
    assert found.known[0] < 0.5
    assert found.labels == [("neutral",)]
    assert found.probabilities[0, -1] == found.groups[0, -1] == pytest.approx(0.3)
    assert found.probabilities[0, :-1].max() == 0


def test_words_and_emoji_count_as_known_and_signs_do_not(reader):
    found = reader.read(["I am glad!!!", "\U0001f602", ":)", "happy \x00\x07?", "sad sad", "sad unknown words"])
    np.testing.assert_allclose(found.known, [2 / 3, 1, 1, 1, 1, 1 / 3], rtol=1e-5)
    assert list(found.readable) == [True] * 5 + [False]


def test_labels_are_those_from_their_thresholds_on(reader):
    found = reader.read(["i am so happy"])
    expected = tuple(n for n, p, t in zip(LABELS, found.probabilities[0], THRESHOLDS, strict=False) if p >= t)
    assert found.labels == [expected or ("neutral",)]


def test_a_hundred_thousand_letters_are_read_in_their_beginning(reader):
    found = reader.read(["i am so happy " * 7200])
    assert len(found.words[0]) == 144  # 500 characters
    np.testing.assert_allclose(found.probabilities, reader.read([("i am so happy " * 7200)[:500]]).probabilities)
    assert reader.read([]).labels == []


@pytest.mark.parametrize(("texts", "error"), [("happy", "a list of texts"), ([None], "a text is a str; got NoneType")])
def test_what_is_no_list_of_texts_is_refused(reader, texts, error):
    with pytest.raises(TypeError, match=error):
        reader.read(texts)


def test_a_reader_needs_words_and_thresholds():
    with pytest.raises(ValueError, match="a reader needs words, and a threshold for each of 35"):
        EmotionReader(("i",), "i", thresholds=(0.5,))


def test_its_file_holds_vocabulary_thresholds_and_a_byte_for_each_entry(reader, tmp_path):
    short = EmotionReader.from_config(reader.get_config())
    short.set_weights(reader.get_weights())
    short.shorten()
    short.save(tmp_path / "short.keras")
    loaded = keras.saving.load_model(tmp_path / "short.keras")
    before, after = short.read(["i am so happy :)"]), loaded.read(["i am so happy :)"])
    np.testing.assert_array_equal(before.probabilities, after.probabilities)
    assert before.labels == after.labels
    assert loaded.thresholds == pytest.approx(THRESHOLDS)
    assert loaded.words == WORDS


def test_a_table_is_stored_in_bytes_only_where_that_loses_nothing():
    table = Table(4, 5, spread=1.0)
    table.build()
    for dtype in ("float32", "int8"):
        store = {}
        table.save_own_variables(store)
        assert store["0"].dtype == dtype
        other = Table(4, 5)
        other.build()
        other.load_own_variables(store)
        np.testing.assert_array_equal(ops.convert_to_numpy(other.table), ops.convert_to_numpy(table.table))
        table.shorten()
    assert np.abs(ops.convert_to_numpy(table.table) / STEP).max() <= 127
