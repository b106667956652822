"""An audience heard, felt and answered, by a reader that knows a dozen words: order, bounds, the record, bad input."""

import json
import random
import time
from types import SimpleNamespace

import numpy as np
import pytest

from animkit.data.emotions import LABELS, words_of
from animkit.studio.audience import BATCH, SCRIPT, Audience, Cue, company, play_script, replay
from animkit.studio.audience_record import clean, read_record, save_record, shown
from animkit.studio.reactions import SHIPPED, read_reactions
from animkit.studio.sentient import Sentient
from animkit.theory.mood import TRAITS, VAD, decay, name_of

WORDS = {"wonderful": "admiration", "love": "love", "stupid": "anger", "hate": "anger", "disgusting": "disgust"}
WORDS |= {"died": "sadness", "sad": "sadness", "😂": "amusement", "scared": "fear", "thank": "gratitude"}


class Words:
    """Reads a text by its words, and keeps how many it was given at a time."""

    def __init__(self):
        self.batches = []

    def read(self, texts):
        self.batches.append(len(texts))
        words = [words_of(text) for text in texts]
        chances = np.zeros((len(texts), len(LABELS)))
        for row, said in zip(chances, words, strict=True):
            row[[LABELS.index(WORDS[word]) for word in said if word in WORDS]] = 0.8
            row[-1] = 0.02 if row.any() else 0.9
        return SimpleNamespace(
            probabilities=chances,
            words=words,
            attention=[np.full(len(said), 1 / max(1, len(said))) for said in words],
            known=np.ones(len(texts)),
            labels=[tuple(label for label, x in zip(LABELS, row, strict=True) if x > 0.3) for row in chances],
            readable=np.array([all(ord(letter) < 0x400 or letter in WORDS for letter in text) for text in texts]),
        )


def one(trait="cheerful", **others):
    return Audience([Sentient("Mira", trait, **others)], reader=Words())


def did(record, event=None):
    return [entry for entry in record["entries"] if entry["kind"] == "did" and event in (None, entry["why"]["event"])]


@pytest.fixture(scope="module")
def played():
    return play_script(reader=Words())


def test_a_script_is_answered_line_by_line_with_reasons(played):
    said = [entry for entry in played["entries"] if entry["kind"] == "said"]
    assert [entry["text"] for entry in said] == [cue.text for cue in SCRIPT if cue.text is not None]
    for entry in said:
        answers = [one for one in did(played, "words") if entry["at"] < one["at"] <= entry["at"] + 1.3]
        assert {one["who"] for one in answers} == {"Mira", "Bram", "Pip"}
        assert sum(one["line"] != "" for one in answers) == 1  # one bubble at a time
        why = answers[0]["why"]
        assert {"heard", "words", "emotion", "probability", "push", "strength", "before", "mood", "rule"} <= set(why)
        assert name_of(why["feels"]) == why["mood"]
    assert {one["by"] for one in did(played) if one["line"]} == {"template"}
    assert {one["action"] for one in did(played)} >= {
        "look",
        "approach",
        "flee",
        "wave",
        "dance",
        "sulk",
        "bow",
        "jump",
    }
    unread = next(one["why"] for one in did(played, "words") if one["why"]["heard"].startswith("Мне"))
    assert (unread["emotion"], unread["probability"], unread["strength"]) == ("unreadable", 0.9, 0.0)


def test_the_reaction_begins_before_the_line_is_finished(played):
    insult = next(entry["at"] for entry in played["entries"] if entry.get("text", "").startswith("Bram"))
    before = [one for one in did(played, "first") if insult - 1.5 <= one["at"] < insult]
    assert {one["who"] for one in before} == {"Mira", "Bram", "Pip"}
    assert [one["gesture"] for one in before if one["who"] == "Bram"] == ["lean", "recoil"]  # at a letter, at words
    quiet = one()
    home = quiet.cast["Mira"].mood
    quiet.overhear("I hate you, you", 0.05)
    assert quiet.cast["Mira"].mood == home  # a draft moves no mood
    assert not any(entry["kind"] == "said" for entry in quiet.entries)
    assert len(quiet.overhear("I hate you, you bore", 0.2)) == 0  # and is reacted to twice at most


def test_the_same_words_are_answered_by_trait_and_mood():
    answers = {}
    for trait in TRAITS:
        audience = one(trait)
        reactions = audience.hear("You are so stupid, I hate you!", 1.0)
        answers[trait] = next(each for each in reactions if each.why["event"] == "words")
    assert (answers["hot-headed"].why["mood"], answers["hot-headed"].action) == ("angry", "approach")
    assert (answers["shy"].why["mood"], answers["shy"].action) == ("afraid", "flee")
    assert (answers["gloomy"].why["mood"], answers["gloomy"].action) == ("sad", "sulk")
    assert answers["calm"].action == "look"
    upset, content = one(mood=VAD["anger"]), one()
    (angry, *_), (glad, *_) = (
        [r for r in a.hear("Thank you", 1.0) if r.why["event"] == "words"] for a in (upset, content)
    )
    assert (angry.action, glad.action) == ("wave", "approach")


def test_a_mood_fades_by_the_half_life_whatever_the_ticks_and_is_caught_by_those_near():
    upset = one("calm", mood=VAD["anger"])
    upset.tick(20.0)
    np.testing.assert_allclose(upset.cast["Mira"].mood, decay(VAD["anger"], TRAITS["calm"], 20.0), atol=1e-9)
    records = []
    for ticks in ([9.0], np.arange(1, 271) / 30, [0.05, 0.31, 4.0, 9.0]):
        audience = Audience(company(), reader=Words())
        audience.hear("I am so sad", 0.0)
        for second in ticks:
            audience.tick(float(second))
        records.append(audience.record)
    assert records[0] == records[1] == records[2]
    for apart, caught in ((0.1, True), (0.8, False)):
        two = [Sentient("A", "calm", (0.1, 0.8), VAD["anger"]), Sentient("B", "calm", (0.1 + apart, 0.8))]
        pair = Audience(two, reader=Words())
        pair.tick(4.0)
        assert (pair.cast["B"].mood[1] > TRAITS["calm"].home[1] + 0.1) == caught


def test_characters_notice_who_speaks_and_the_pointer(played):
    glances = [one for one in did(played, "seen") if one["gaze"] == "other" and one["action"] == "look"]
    assert len(glances) > 5
    assert all(one["target"] in {"Mira", "Bram", "Pip"} - {one["who"]} for one in glances)
    shy, glad = one("shy"), one()
    for audience, action in ((shy, "flee"), (glad, "wave")):
        audience.see((0.45, 0.8), 1.0)
        (reaction,) = [each for each in audience.tick(1.2) if each.why["event"] == "near"]
        assert reaction.action == action
        audience.tick(3.0)
    assert shy.cast["Mira"].place[0] > 0.6  # away from the hand
    close, afar = one(), one()
    close.see((0.45, 0.8), 1.0)
    answers = [a.hear("I hate you", 3.0)[-1] for a in (close, afar)]
    assert [each.action for each in answers] == ["flee", "look"]
    for nowhere in (None, (2.0, 0.5), (np.nan, 0.5), (-0.1, 0.5), "left", (0.5,)):
        glad.see(nowhere, 4.0)
        glad.tick(4.2)
        assert glad.pointer is None


def test_they_walk_at_their_pace_keep_apart_and_stay_on_the_stage(played):
    audience, places = replay({**played, "entries": played["entries"][:0], "seconds": 0.0}, reader=Words()), []
    for second in range(1, 60):
        audience.hear("I hate you" if second % 7 else "I am scared", second / 2)
        places.append([each.place[0] for each in audience.cast.values()])
    assert np.abs(np.array(places) - 0.5).max() <= 0.45
    assert np.abs(np.diff(places, axis=0)).max() < 0.22 * 3.0 * 1.3 / 2 + 1e-9


def test_the_frightened_run_and_when_they_are_calm_again_go_back_to_their_place():
    audience = one("shy")
    audience.hear("I hate you", 1.0)
    audience.tick(3.0)
    assert audience.cast["Mira"].place[0] < 0.2  # backwards, as the audience is in front
    audience.tick(50.0)
    back = [entry for entry in did(audience.record, "rest") if entry["action"] == "approach"]
    assert [entry["why"]["mood"] for entry in back] == ["calm"]
    assert audience.cast["Mira"].place == (0.5, 0.8)


def test_a_record_is_written_read_and_replayed_to_the_same_record(played, tmp_path):
    assert play_script(reader=Words()) == played
    path = save_record(played, tmp_path / "evening.json")
    again = read_record(path)
    assert again == played
    gone_on = replay(again)  # without a reader: what it said is in the record
    assert gone_on.record == played
    gone_on.hear("Thank you", 99.0)
    assert gone_on.record["messages"] == played["messages"] + 1
    assert [file.name for file in tmp_path.iterdir()] == ["evening.json"]


def test_whatever_comes_in_at_whatever_times_is_replayed_to_the_same_record():
    rng, audience, now = random.Random(0), Audience(company(), reader=Words()), 0.0
    texts = ("I hate you", "You are wonderful, Pip", "I am so sad", "😂", "", "Мне", "\ud800")
    calls = (
        lambda at: audience.hear(rng.choice(texts), at, rng.choice((None, "Mira"))),
        lambda at: audience.overhear("I hate you, really"[: rng.randrange(18)], at),
        lambda at: audience.see((1.2 * rng.random(), 0.8), at),
        lambda at: audience.ask("Bram", rng.choice(("jump", "flee")), at),
        lambda at: audience.tick(max(0.0, at - 0.5)),
    )
    for _ in range(80):
        now += rng.choice((0.0, 0.013, 0.1, 0.5, 3.0, 70.0, rng.random()))
        rng.choice(calls)(now)
    record = json.loads(json.dumps(audience.record))
    assert replay(record).record == record == audience.record


def test_only_the_one_that_is_spoken_to_answers_and_the_others_feel_it_half():
    audience = Audience(company(), reader=Words())
    answers = [each for each in audience.hear("I hate you, pip!", 1.0) if each.why["event"] == "words"]
    assert [(each.who, each.why["strength"]) for each in answers] == [("Mira", 0.392), ("Bram", 0.392), ("Pip", 0.784)]
    assert [each.who for each in answers if each.line] == ["Pip"]
    answers = [each for each in audience.hear("What a pipe!", 20.0) if each.why["event"] == "words"]
    assert {each.why["strength"] for each in answers} == {0.0}


def test_long_hostile_and_broken_text_is_kept_whole_and_never_markup(tmp_path):
    audience = one()
    texts = [
        "x" * 100_000,
        "<script>alert(1)</script>&amp;",
        "\x00\x07\x1b[31m",
        "\u202egnirts",
        "\ud800 half",
        "שלום עולם",
        "​",
    ]
    for second, text in enumerate(texts, 1):
        audience.hear(text, float(second))
    record = read_record(save_record(audience.record, tmp_path / "r.json"))
    said = [entry for entry in record["entries"] if entry["kind"] == "said"]
    assert [entry["text"] for entry in said] == texts
    assert replay(record).record == record
    assert shown("<b onclick='x'>&") == "<bdi>&lt;b onclick=&#x27;x&#x27;&gt;&amp;</bdi>"
    assert clean("a\x00b\u202e\u2066c\ud800") == "a bc"
    assert (len(clean("z" * 10**6)), shown("z" * 300)) == (500, f"<bdi>{'z' * 200}…</bdi>")


def test_a_thousand_messages_a_second_are_folded_and_none_is_lost():
    reader = Words()
    audience = Audience(company(), reader=reader)
    for number in range(3000):
        audience.hear(f"I hate you {number}", number / 1000)
    audience.tick(4.0)
    record = audience.record
    assert [entry["number"] for entry in record["entries"] if entry["kind"] == "said"] == list(range(3000))
    understood = [entry for entry in record["entries"] if entry["kind"] == "understood"]
    assert sum(entry["folded"] for entry in understood) == 3000
    assert audience.folded == 3000 - len(understood)
    assert max(reader.batches) == BATCH
    assert len(reader.batches) == len(understood) <= 61  # two in each step at most
    assert len(did(record)) < 4 * 3 * 3  # a few a second from each, not a thousand
    assert all(max(map(abs, each.mood)) <= 1.0 for each in audience.cast.values())
    assert replay(record).record == record


def test_a_hidden_tab_is_caught_up_with_at_once_and_idle_minutes_write_nothing():
    audience = one()
    audience.see((0.5, 0.5), 0.5)
    audience.hear("I hate you", 1.0)
    audience.tick(86_400.0)
    np.testing.assert_allclose(audience.cast["Mira"].mood, TRAITS["cheerful"].home, atol=1e-6)
    before = len(audience.entries)
    for second in range(100):
        audience.tick(86_401.0 + second)
    assert len(audience.entries) - before < 10
    assert replay(audience.record).record == audience.record


def test_a_record_of_hours_without_a_word_is_played_at_once():
    audience = one(mood=VAD["anger"])
    audience.hear("I am so sad", 1.0)
    record = json.loads(json.dumps(audience.record)) | {"seconds": 6 * 3600.0}
    begun = time.process_time()
    again = replay(record)
    assert time.process_time() - begun < 10.0  # step by step a minute
    np.testing.assert_allclose(again.cast["Mira"].mood, TRAITS["cheerful"].home, atol=1e-9)
    assert [entry["mood"] for entry in again.entries if entry["kind"] == "mood"][-1] == again.cast["Mira"].named


def test_what_is_asked_for_by_a_key_is_done_and_recorded():
    audience = Audience(company(), reader=Words())
    audience.hear("I hate you", 1.0)
    (*_, asked) = audience.ask("Mira", "approach", 1.2, target=(0.4, 0.8), lasts=1.5)
    assert (asked.action, asked.target, asked.why["event"]) == ("approach", (0.4, 0.8), "asked")
    audience.tick(2.5)
    assert audience.cast["Mira"].place == (0.4, 0.8)
    assert replay(audience.record).record == audience.record


def test_rules_are_changed_while_it_plays_and_a_bad_file_changes_nothing(tmp_path):
    audience, mine = one(), tmp_path / "mine.json"
    mine.write_text(
        SHIPPED.read_text(encoding="utf-8").replace('"action": "bow"', '"action": "dance"'), encoding="utf-8"
    )
    audience.follow(mine, 1.0)
    assert audience.rules == read_reactions(mine)
    mine.write_text("{}")
    with pytest.raises(ValueError, match=r"mine.json has no list of 1 to 500 rules"):
        audience.follow(mine, 2.0)
    assert audience.rules != read_reactions()
    audience.hear("You are wonderful", 3.0, to="Mira")
    audience.tick(4.0)
    assert replay(audience.record).record == audience.record


def test_the_narrators_lines_are_said_where_it_has_some_and_it_is_told():
    audience = Audience([Sentient("Mira", "gloomy")], reader=Words(), lines={"weep sorrow": ["I weep bitterly."]})
    said = [each for each in audience.hear("I am so sad", 1.0) if each.line]
    assert [(each.line, each.by) for each in said] == [("I weep bitterly.", "narrator")]
    said = [each for second in (9.0, 18.0) for each in audience.hear("I am sad", second) if each.line]
    assert [each.by for each in said] == ["template", "narrator"]  # no line twice in a row


def test_without_a_reader_all_words_are_neutral():
    audience = Audience(["Mira"])
    (reaction,) = [each for each in audience.hear("I hate you", 1.0) if each.why["event"] == "words"]
    assert (reaction.why["emotion"], reaction.why["strength"], reaction.gesture) == ("neutral", 0.0, "nod")


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: Audience([]), "a cast has 1 to 12 characters"),
        (lambda: Audience(["Mira", "Mira"]), "each with a name of its own"),
        (lambda: Sentient("Mira", "brave"), "Mira's trait 'brave' is none of calm, cheerful"),
        (lambda: Sentient("Mira", place=(2, 0)), "Mira's place is .* each from 0 to 1"),
        (lambda: Sentient(""), "a name of 1 to 40 letters"),
        (lambda: Sentient("Mira", mood=(0, 0, 3)), "a mood is valence"),
        (lambda: one().hear(7, 1.0), "words are a str; got int"),
        (lambda: one().hear("Hi", 1.0, to="Bram"), "nobody is called 'Bram'; there are Mira"),
        (lambda: one().hear("Hi", float("nan")), "time is in seconds, from 0 on; got nan"),
        (lambda: one().ask("Mira", "fly", 1.0), "ask Mira to idle, look.* got 'Mira', 'fly'"),
        (lambda: one().ask("Mira", "look", 1.0, target=(2, 0)), "a target is"),
        (lambda: one().tick(-1.0), "time is in seconds"),
        (lambda: play_script([]), "a script has cues in order"),
        (lambda: play_script([Cue(2.0, "a"), Cue(1.0, "b")]), "a script has cues in order"),
        (lambda: replay({}), "is no record of an audience"),
    ],
)
def test_bad_input_is_told(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_a_damaged_record_is_told(tmp_path, played):
    path = tmp_path / "evening.json"
    with pytest.raises(FileNotFoundError, match="no record at"):
        read_record(path)
    path.write_text(json.dumps(played)[:-50])
    with pytest.raises(ValueError, match="evening.json is no JSON"):
        read_record(path)
    path.write_text(json.dumps({**played, "entries": [{"kind": "sung"}]}))
    with pytest.raises(ValueError, match="entry 0 has no time, or is none of said"):
        read_record(path)
    with pytest.raises(FileNotFoundError, match="does not exist; make it first"):
        save_record(played, tmp_path / "nowhere" / "evening.json")


def altered(record, first, **changes):
    """A record in which the first entry of a kind is another; None takes a key away."""
    entries = list(record["entries"])
    number = next(number for number, entry in enumerate(entries) if entry["kind"] == first)
    entries[number] = {key: value for key, value in (entries[number] | changes).items() if value is not None}
    return record | {"entries": entries}


@pytest.mark.parametrize(
    ("alter", "says"),
    [
        (lambda record: record | {"seconds": 1e8}, "the record plays for 27778 hours without its pauses, 24 at most"),
        (lambda record: altered(record, "pointer", at=1e8), "plays for 27778 hours"),
        (lambda record: record | {"seconds": float("nan")}, "lasts a number of seconds, from 0 on; got nan"),
        (lambda record: altered(record, "said", at="now"), "entry .*: 'at' is in seconds, from 0 on; got 'now'"),
        (lambda record: altered(record, "did", at=10**400), "'at' is in seconds"),
        (lambda record: altered(record, "said", kind="pause"), "'until' is in seconds, from 0 on; got None"),
        (lambda record: altered(record, "said", text=None), r"entry \d+ is damaged \(KeyError: 'text'\)"),
        (lambda record: altered(record, "said", to=["Mira"]), r"entry \d+ is damaged \(TypeError"),
        (lambda record: altered(record, "pointer", pointer=[10**400, 0]), r"entry \d+ is damaged \(OverflowError"),
        (lambda record: altered(record, "understood", readings=None), r"entry \d+ is damaged \(KeyError: 'readings'"),
        (lambda record: altered(record, "understood", readings=[{"probabilities": 1}]), "is damaged"),
        (lambda record: record | {"cast": [record["cast"][0] | {"hat": 1}]}, "its beginning is damaged .*'hat'"),
        (lambda record: record | {"cast": "Mira"}, "has no list of cast; got 'Mira'"),
        (lambda record: record | {"reactions": "mine.json"}, "its beginning is damaged .*no list of 1 to 500 rules"),
    ],
)
def test_an_altered_record_is_refused_at_once_and_says_where(played, alter, says):
    with pytest.raises(ValueError, match=says):
        replay(alter(played))
