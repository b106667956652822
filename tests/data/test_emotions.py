import numpy as np
import pytest

from animkit.data.emotions import EKMAN, LABELS, LONGEST, groups, load_emotions, say, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I don't care, it's FINE!!!!", ["i", "do", "n't", "care", ",", "it", "'s", "fine", "!!"]),
        ("sooo cool... don\u2019t 1000", ["soo", "cool", "..", "do", "n't", "1000"]),
        # an emoji is a word, whatever its skin and look; so is what is drawn with signs
        (
            "Ha\U0001f602\U0001f602 \U0001f44d\U0001f3fd \u2764\ufe0f",
            ["ha", "\U0001f602", "\U0001f602", "\U0001f44d", "\u2764"],
        ),
        (":D <3 :'( ;) at 10:30", [":d", "<3", ":'(", ";)", "at", "10", ":", "30"]),
        ("[NAME]'s dog", ["[name]", "'s", "dog"]),
        ("你好 ぬ", ["你", "好", "ぬ"]),
        ("грусть عربى", ["грусть", "عربى"]),
        ("<b>hi</b>", ["<", "b", ">", "hi", "<", "/", "b", ">"]),
        ("a\x00\x07b\u202ec \ufdfa"[:6], ["abc"]),
        (" \n\t", []),
        ("", []),
    ],
)
def test_words(text, words):
    assert words_of(text) == words


def test_of_a_long_text_the_beginning_is_read():
    assert words_of("ab " * 33_000) == ["ab"] * 167
    # a sign that unfolds into eighteen letters unfolds within the bound, too
    assert len("".join(words_of("\ufdfa" * LONGEST))) <= LONGEST
    assert words_of("ab " * 200) == words_of("ab " * 200 + "tail")


def test_what_is_no_text_is_refused():
    with pytest.raises(TypeError, match="a text is a str; got int: 3"):
        words_of(3)


def test_every_label_has_one_group():
    members = [label for each in EKMAN.values() for label in each]
    assert sorted(members) == sorted(LABELS)
    assert len(members) == len(LABELS) == 28
    assert list(EKMAN) == ["anger", "disgust", "fear", "joy", "sadness", "surprise", "neutral"]


def test_a_text_has_the_groups_of_its_labels():
    labels = np.zeros((2, 28), bool)
    labels[0, [LABELS.index("annoyance"), LABELS.index("grief")]] = True
    labels[1, -1] = True
    np.testing.assert_array_equal(groups(labels), [[1, 0, 0, 0, 1, 0, 0], [0, 0, 0, 0, 0, 0, 1]])
    assert groups(labels * 0.25).max() == 0.25


def test_twin_has_every_label_and_no_sentence_twice():
    twin = load_emotions("twin")
    assert twin.source == "twin"
    texts = twin.train.texts + twin.dev.texts + twin.test.texts
    assert len(set(texts)) == len(texts) == 4000
    for split in twin[:3]:
        assert split.labels.shape == (len(split.texts), 28)
        assert split.labels.any(axis=0).all()
        assert set(split.labels.sum(axis=1)) == {1, 2}
        assert not split.labels[split.labels.sum(axis=1) == 2, -1].any()  # nobody is moved and unmoved
    assert say(np.random.default_rng(0)) == say(np.random.default_rng(0))


def test_fresh_machine_gets_the_twin_when_it_takes_what_is_present(no_real_data):
    assert load_emotions("present").source == "twin"


def test_real_comments(real_data):
    real = load_emotions("present")
    assert real.source == "real"
    # counted in the files with `wc` and `cut`
    assert [len(split.texts) for split in real[:3]] == [43410, 5426, 5427]
    assert real.train.texts[0] == "My favourite food is anything I didn't have to cook myself."
    assert (real.train.labels.sum(axis=1) == 2).sum() == 6541
    assert real.train.labels[:, LABELS.index("grief")].sum() == 77


def test_unknown_source():
    with pytest.raises(ValueError, match="source must be one of auto, present, twin; got 'reddit'"):
        load_emotions("reddit")
