"""What a narrator learns from: clauses put together by rule, and what cannot be learned from."""

import numpy as np
import pytest

from animkit.data.fairytales import write_tale
from animkit.data.tellings import LONGEST, read_tellings
from animkit.data.text import parts
from animkit.metrics.telling import slot_errors
from animkit.recipes.narrator import composed, counted, train_narrator


@pytest.fixture(scope="module")
def tellings():
    rng = np.random.default_rng(0)
    return [telling for _ in range(60) for telling in read_tellings(write_tale(rng))]


def test_composed_clauses_say_one_thing_more_than_before(tellings):
    more = composed(tellings, np.random.default_rng(0))
    assert len(more) > len(tellings) / 4
    before = {telling.words for telling in tellings}
    for one in more:
        assert one.words not in before
        assert len(one.words) <= LONGEST
        added = slot_errors(one, one.words)
        assert added["missing"] == 0, one
    assert {field for one in more for field in ("where", "thing", "light", "feeling") if getattr(one, field)}


def test_the_word_before_helps_to_foresee_the_next(tellings):
    alone, after_another = (counted(tellings, tellings[:20], 500, order) for order in (1, 2))
    assert (alone > 0).all()
    assert after_another.sum() < alone.sum() / 2


def test_too_little_text_is_named():
    with pytest.raises(ValueError, match="0 clauses that tell a beat, .* do not fill a batch of 32: give more tales"):
        train_narrator([read_tellings(part) for part in parts("word")], progress=False)
