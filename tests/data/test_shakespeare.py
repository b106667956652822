import re

import numpy as np
import pytest

from animkit.data.shakespeare import load_shakespeare, write_speech


def test_speeches_are_laid_out_as_a_play():
    rng = np.random.default_rng(3)
    for _ in range(50):
        speech = write_speech(rng)
        assert re.fullmatch(r"[A-Z][A-Za-z ]+:\n([A-Z].*,\n){0,3}[A-Z].*[.?!]\n\n", speech)
        assert speech.isascii()


def test_twin_is_split_nine_to_one_and_repeatable():
    twin = load_shakespeare("twin")
    assert twin.source == "twin"
    assert len(twin.train) / (len(twin.train) + len(twin.validation)) == pytest.approx(0.9, abs=1e-5)
    assert set(twin.validation) <= set(twin.train)
    assert twin == load_shakespeare("twin")


def test_fresh_machine_gets_the_twin_when_it_takes_what_is_present(no_real_data):
    assert load_shakespeare("present").source == "twin"


def test_real_text(real_data):
    text = load_shakespeare("present")
    assert text.source == "real"
    assert (len(text.train), len(text.validation)) == (1_003_854, 111_540)
    assert text.train.startswith("First Citizen:\nBefore we proceed")
    assert len(set(text.train)) == 65


def test_unknown_source():
    with pytest.raises(ValueError, match="source must be one of"):
        load_shakespeare("marlowe")
