import numpy as np
import pytest

from animkit.data.fairytales import CREATURES, PLACES, write_tale
from animkit.studio import backdrop
from animkit.studio.storyboard import LONGEST_CAPTION, cast_of, continuity, editor_notes, storyboard, words

TALE = (
    "The Silver Bell\nMira the baker and Otto the smith lived in the village. One day, Mira and Otto walked west "
    "through the forest. A grumpy troll sat upon the silver bell. Otto struck straight ahead, but the troll only "
    "laughed. Mira conjured a warm wind to the left, and the troll fell asleep. And the bell rang for ever after."
)


def test_storyboard_reads_who_what_and_where():
    title, shots = storyboard(TALE)
    assert title == "The Silver Bell"
    assert [shot.place for shot in shots] == ["village"] + ["forest"] * 5
    assert [shot.action for shot in shots] == [None, "walk", None, "slash", "spellcast", None]
    assert [shot.direction for shot in shots[1:5]] == ["left", "front", "front", "left"]
    assert [shot.company for shot in shots[:3]] == [("Mira", "Otto"), ("Mira", "Otto"), ("troll",)]
    assert [shot.company[0] for shot in shots[3:5]] == ["Otto", "Mira"]
    assert [shot.target for shot in shots] == [None, None, None, "troll", "troll", None]
    assert [shot.mood for shot in shots] == ["calm", "calm", "calm", "vain", "merry", "merry"]
    assert cast_of(shots) == ["Mira", "Otto", "troll"]


def test_storyboard_keeps_every_word_and_stages_any_tale():
    for seed in range(40):
        tale = write_tale(np.random.default_rng(seed))
        title, shots = storyboard(tale)
        assert " ".join([title, *(shot.sentence for shot in shots)]).split() == tale.split()
        assert all(shot.place in PLACES and shot.time in backdrop.TIMES and shot.company for shot in shots)


def test_storyboard_cuts_what_no_caption_holds():
    _, shots = storyboard("Once upon a time " + "there was a very long night " * 20 + "indeed.")
    assert len(shots) > 5
    assert max(len(shot.sentence) for shot in shots) <= LONGEST_CAPTION


def test_storyboard_stages_text_that_knows_no_hero():
    title, shots = storyboard("It rained.")
    assert (title, shots[0].company, shots[0].place) == ("The Tale of Somebody", ("Somebody",), PLACES[0])


@pytest.mark.parametrize("text", ["", "  \n "])
def test_storyboard_needs_a_sentence(text):
    with pytest.raises(ValueError, match="no sentence"):
        storyboard(text)


VOCABULARY = {word for seed in range(300) for word in words(write_tale(np.random.default_rng(seed)))}


def test_the_editor_passes_the_grammars_own_tales():
    for seed in range(60):
        assert editor_notes(write_tale(np.random.default_rng(seed)), VOCABULARY) == []


@pytest.mark.parametrize(
    ("spoil", "note"),
    [
        (lambda tale: tale.partition("\n")[2], "no title"),
        (lambda tale: tale[:-5], "breaks off"),
        (lambda tale: tale.replace(" the ", " teh "), "nobody knows: teh"),
        (lambda tale: tale + " Then Nell and Pip and Wren came.", "heroes, not one or two"),
        (lambda tale: tale + f" A {CREATURES[0]} and a {CREATURES[1]} came.", "creatures, not one"),
        (lambda tale: tale + " So it was." * 4, "not 5 to 7"),
        (lambda tale: tale + " It was" + " so" * 40 + ".", "too long"),
        (lambda tale: "Title\nMira slept. " * 5, "no journey"),
        (lambda tale: "Title\nMira walked in the forest and struck a bear. " * 5, "no journey"),
        (lambda tale: "Title\nMira slept. " * 5, "no deed"),
        (lambda tale: tale + " It was good. It was good.", "repeats itself"),
    ],
)
def test_the_editor_says_what_is_wrong(spoil, note):
    spoilt = spoil(write_tale(np.random.default_rng(1)))
    assert any(note in found for found in editor_notes(spoilt, VOCABULARY))


@pytest.mark.parametrize("creature", CREATURES[:2])
def test_a_creature_cheers_once_all_is_well(creature):
    tale = f"Mira charmed the {creature}. Even the {creature} was invited to the feast."
    _, shots = storyboard(tale)
    assert shots[1].company == ("Mira", creature)
    assert shots[1].mood == "merry"


def test_continuity_leaves_a_tale_that_keeps_to_its_people_as_it_is():
    for seed in range(40):
        tale = write_tale(np.random.default_rng(seed))
        assert continuity(tale) == (tale, 0)


def test_continuity_brings_strangers_back():
    forgetful = (
        "The Bear of the Shore\nLong ago, a kind cook named Mira lived in the forest. Otto and Nell walked west to the "
        "shore. A sly troll guarded the blue pearl. Hugo the smith swung his ladle, and the griffin ran away. And the "
        "golden key shone all night."
    )
    told, changes = continuity(forgetful)
    assert told == (
        "The Bear of the Shore\nLong ago, a kind cook named Mira lived in the forest. Mira walked west to the "
        "shore. A sly bear guarded the blue pearl. Mira the cook swung her ladle, and the bear ran away. And the "
        "blue pearl shone all night."
    )
    assert changes == 7  # Otto, Nell, Hugo; troll, griffin; the key; the smith


def test_continuity_keeps_two_heroes_apart():
    told, changes = continuity("Mira the cook and Otto the smith met. Nell and Otto walked west. Mira struck Hugo.")
    assert told == "Mira the cook and Otto the smith met. Mira and Otto walked west. Mira struck Otto."
    assert changes == 2


def test_continuity_knows_where_home_is():
    lost = (
        "The Troll of the Castle\nMira lived by the shore. Mira walked west to the forest. A sly troll roared, and all "
        "the village trembled. Mira struck, but the troll laughed. Mira charmed the troll in the castle. Mira walked "
        "east, home to the meadow. Everyone in the mountain danced."
    )
    told, changes = continuity(lost)
    assert told == (
        "The Troll of the Forest\nMira lived by the shore. Mira walked west to the forest. A sly troll roared, and all "
        "the forest trembled. Mira struck, but the troll laughed. Mira charmed the troll in the forest. Mira walked "
        "east, home to the shore. Everyone by the shore danced."
    )
    assert changes == 5


@pytest.mark.parametrize(
    "text",
    [
        "",
        "It rained.",
        "The Rain of the Shore\nIt rained. It rained.",
        "Mira of the Forest\nOnce there was a fox.",
        "Mira and Otto\nIt rained.",
    ],
)
def test_continuity_has_nothing_to_say_of_nobody(text):
    assert continuity(text) == (text, 0)
