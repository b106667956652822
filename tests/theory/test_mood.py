"""The laws of mood: how it fades, is pushed and is caught, and what words are taken to mean."""

import numpy as np
import pytest

from animkit.theory.mood import (
    FELT,
    MOODS,
    TABLE,
    TRAITS,
    VAD,
    appraise,
    catch,
    course,
    decay,
    feel,
    gate,
    make_trait,
    name_of,
)

UPSET, HOME = np.array(VAD["anger"]), np.array(TRAITS["calm"].home)
KIND, INSULT = VAD["gratitude"], VAD["anger"]
each_trait = pytest.mark.parametrize("trait", TRAITS.values(), ids=TRAITS)


@each_trait
def test_half_of_a_feeling_is_left_after_a_half_life_and_a_quarter_after_two(trait):
    away = UPSET - trait.home
    for halvings in (1, 2):
        left = np.subtract(decay(UPSET, trait, halvings * trait.half_life), trait.home)
        np.testing.assert_allclose(left, away / 2**halvings, atol=1e-12)


@each_trait
def test_several_small_steps_are_one_large_one_and_home_is_left_by_no_time(trait):
    mood = UPSET
    for step in (0.1, 7.0, 0.033, 12.867):
        mood = decay(mood, trait, step)
    np.testing.assert_allclose(mood, decay(UPSET, trait, 20.0), atol=1e-12)
    assert decay(trait.home, trait, 1e6) == trait.home
    np.testing.assert_allclose(decay(UPSET, trait, 0.0), UPSET)


def test_a_hundred_thousand_messages_do_not_leave_the_cube():
    rng, trait, mood, furthest = np.random.default_rng(0), TRAITS["hot-headed"], np.zeros(3), 0.0
    corners = rng.choice([-1.0, 1.0], (100_000, 3))
    corners[:50_000] = 1.0  # half of them push towards one corner, with all strength
    for push in corners.tolist():
        mood = feel(mood, trait, push, 1.0)
        furthest = max(furthest, *mood, -min(mood))
    assert 0.999 < furthest <= 1.0


def test_a_message_moves_a_mood_by_the_gate_times_the_way_to_it():
    trait = make_trait((0, 0, 0), 10.0, sensitivity=2.0, inertia=0.5)
    assert gate(trait, 0.5) == 0.5
    np.testing.assert_allclose(feel((0.0, 0.4, -0.2), trait, (1.0, 0.0, 0.0), 0.5), (0.5, 0.2, -0.1))
    np.testing.assert_array_equal(feel(UPSET, trait, KIND, 0.0), UPSET)
    twice = feel(feel(UPSET, trait, KIND, 0.3), trait, KIND, 0.3)
    np.testing.assert_allclose(twice, feel(UPSET, trait, KIND, 0.6))


def test_the_same_words_move_a_calm_and_an_upset_character_differently():
    trait = TRAITS["calm"]
    calm, upset = (np.subtract(feel(mood, trait, KIND, 0.8), mood) for mood in (HOME, UPSET))
    assert upset[0] > 2 * calm[0] > 0.0  # it has further to go
    assert calm[1] > 0.0 > upset[1]  # one is roused by the thanks, the other soothed


@pytest.mark.parametrize("sure", [0.5, 0.7, 0.9])
def test_an_insult_makes_the_hot_headed_angry_and_the_shy_afraid_and_leaves_the_calm(sure):
    insult, after = sure * np.eye(28)[list(TABLE).index("anger")], {}
    for name, trait in TRAITS.items():
        after[name] = name_of(feel(trait.home, trait, *appraise(insult, trait)))
    assert (after["hot-headed"], after["shy"], after["calm"]) == ("angry", "afraid", "calm")


@each_trait
def test_order_matters_as_the_last_word_weighs_more(trait):
    kind_last = feel(feel(trait.home, trait, INSULT, 0.8), trait, KIND, 0.8)
    insult_last = feel(feel(trait.home, trait, KIND, 0.8), trait, INSULT, 0.8)
    assert kind_last[0] > insult_last[0] + 0.05


def test_a_mood_is_caught_from_those_near_and_hardly_from_afar():
    traits, moods = [TRAITS["calm"]] * 3, [HOME, UPSET, HOME]
    distances = np.abs(np.subtract.outer([0.0, 0.1, 0.9], [0.0, 0.1, 0.9]))
    near, _, far = np.abs(catch(moods, traits, distances, 5.0) - HOME).max(axis=1)
    assert near > 10 * far > 0.0
    apart = np.full((3, 3), 1e3)
    np.testing.assert_allclose(
        catch(moods, traits, apart, 5.0), [decay(mood, TRAITS["calm"], 5.0) for mood in moods], atol=1e-12
    )


def test_catching_is_exact_over_time_too_keeps_the_cube_and_rests_at_home():
    names = ("cheerful", "gloomy", "shy")
    traits, distances = [TRAITS[name] for name in names], 0.1 * (1 - np.eye(3))
    moods = np.array([(1.0, 1.0, 1.0), (-1.0, -1.0, -1.0), (1.0, -1.0, 1.0)])
    stepped = moods
    for _ in range(20):
        stepped = catch(stepped, traits, distances, 0.5)
        assert np.abs(stepped).max() <= 1.0
    np.testing.assert_allclose(stepped, catch(moods, traits, distances, 10.0), atol=1e-12)
    np.testing.assert_array_equal(
        catch(moods, traits, distances, [3.0, 10.0])[1], catch(moods, traits, distances, 10.0)
    )
    alike = [TRAITS["shy"]] * 2
    at_home = [TRAITS["shy"].home] * 2
    np.testing.assert_allclose(catch(at_home, alike, np.zeros((2, 2)), 100.0), at_home, atol=1e-12)


def test_a_sure_reading_pushes_to_its_word_and_a_doubtful_crowd_hardly():
    labels = list(TABLE)
    for label in labels[:-1]:
        push, strength = appraise(np.eye(28)[labels.index(label)])
        assert strength == 1.0
        np.testing.assert_allclose(push, VAD[FELT.get(label, label)])
        assert appraise(np.eye(28)[labels.index(label)], TRAITS["shy"])[0] == pytest.approx((*push[:2], push[2] - 0.4))
    reading = np.full(28, 0.02)
    reading[labels.index("joy")] = 0.8
    push, strength = appraise(reading)
    assert strength == pytest.approx(0.8 * 0.98)
    assert np.abs(np.subtract(push, VAD["joy"])).max() < 0.02
    push, strength = appraise(np.eye(28)[-1])
    assert (push, strength) == ((0.0, 0.0, 0.0), 0.0)


def test_the_table_lies_in_the_cube_and_says_which_numbers_are_its_own():
    assert np.abs(list(VAD.values())).max() < 1.0
    assert [label for label, row in TABLE.items() if row[0] is None] == ["realization", "neutral"]
    assert len(TABLE) == 28
    assert {name: name_of(point) for name, point in MOODS.items()} == {name: name for name in MOODS}
    named = ("joy", "happy"), ("love", "happy"), ("grief", "sad"), ("annoyance", "angry"), ("neutral", "calm")
    assert all(name_of(VAD[label]) == mood for label, mood in named)


def test_a_course_is_what_its_steps_are():
    trait = TRAITS["cheerful"]
    seen = course(trait.home, trait, [(2.0, INSULT, 1.0), (5.0, KIND, 0.5)], [0.0, 2.0, 4.0, 9.0])
    hurt = feel(trait.home, trait, INSULT, 1.0)
    np.testing.assert_allclose(seen[:3], [trait.home, hurt, decay(hurt, trait, 2.0)])
    np.testing.assert_allclose(seen[3], decay(feel(decay(hurt, trait, 3.0), trait, KIND, 0.5), trait, 4.0))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: feel((0, 0, 2), TRAITS["shy"], KIND, 1.0), "a mood is valence, arousal, dominance, each from -1 to 1"),
        (lambda: feel((0, 0, np.nan), TRAITS["shy"], KIND, 1.0), "a mood is"),
        (lambda: feel((0, 0), TRAITS["shy"], KIND, 1.0), "a mood is"),
        (lambda: feel("sad", TRAITS["shy"], KIND, 1.0), "a mood is"),
        (lambda: feel(HOME, TRAITS["shy"], (0, -1.1, 0), 1.0), "a push is"),
        (lambda: feel(HOME, TRAITS["shy"], KIND, 1.5), "strength lies from 0 to 1; got 1.5"),
        (lambda: decay(HOME, TRAITS["shy"], -1.0), "time passes in seconds, 0 or more"),
        (lambda: decay(HOME, TRAITS["shy"], np.nan), "time passes in seconds"),
        (lambda: appraise(np.zeros(27)), "28 probabilities"),
        (lambda: appraise(np.full(28, np.nan)), "28 probabilities"),
        (lambda: make_trait(HOME, 0.0), "half_life is in seconds and above 0; got 0.0"),
        (lambda: make_trait(HOME, 1.0, inertia=1.0), "inertia lies between 0 and 1"),
        (lambda: catch([HOME], [TRAITS["shy"]], np.zeros((2, 2)), 1.0), "1 traits need as many moods"),
    ],
)
def test_what_cannot_be_felt_is_refused(call, says):
    with pytest.raises(ValueError, match=says):
        call()
