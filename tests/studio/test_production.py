import hashlib
import json

import numpy as np
import pytest

from animkit import weights
from animkit.data.fairytales import write_tale
from animkit.studio import film, production
from animkit.studio.characters import STANDING, stand
from animkit.studio.storyboard import cast_of, storyboard

TALE = "The Cold Night\nMira struck the troll ahead, in the forest. Then all was quiet."
SMALL = {"drafts": 4, "most_shots": 1}


@pytest.fixture(scope="module")
def crew():
    return production.load_crew()


@pytest.fixture(scope="module")
def made(crew):
    return production.make_film(seed=0, crew=crew, **SMALL)


@pytest.fixture(scope="module")
def own(crew):
    return production.make_film(seed=1, tale=TALE, crew=crew, **SMALL)


def test_the_same_seed_makes_the_same_film(crew, made):
    again = production.make_film(seed=0, crew=crew, **SMALL)
    assert again.record == made.record
    np.testing.assert_array_equal(again.frames, made.frames)
    np.testing.assert_array_equal(again.poster, made.poster)


def test_another_seed_makes_another_film_of_the_same_tale(crew, own):
    other = production.make_film(seed=2, tale=TALE, crew=crew, **SMALL)
    assert other.shots == own.shots
    assert film.digest(other.frames) != film.digest(own.frames)
    assert np.abs(other.cast[0].look - own.cast[0].look).max() > 0.1


def test_another_seed_or_temperature_writes_other_drafts(crew, made):
    texts = [draft.text for draft in made.drafts]
    assert production.write_drafts(crew, 4, seed=0) == texts
    assert not set(production.write_drafts(crew, 4, seed=1)) & set(texts)
    assert not set(production.write_drafts(crew, 4, seed=0, temperature=1.5)) & set(texts)
    assert len(set(production.write_drafts(crew, 4, temperature=0))) == 1


def test_what_a_film_is_made_of_hangs_together(made):
    assert made.frames.shape[1:] == made.poster.shape == (360, 640, 3)
    assert (made.title, made.shots) == (storyboard(made.script.text)[0], storyboard(made.script.text)[1][:1])
    assert [role.name for role in made.cast] == list(made.clips) == cast_of(made.shots)
    assert made.script.text == made.drafts[made.script.draft].mended
    assert {clip.shape for clip in made.clips.values()} == {(9, 8, 32, 32, 4)}


def test_the_record_holds_every_choice(made, own):
    record = json.loads(json.dumps(made.record, allow_nan=False))
    assert set(record) == set(own.record)
    assert set(record) == {
        "title", "seed", "source", "tale", "cast", "shots", "backdrops", "weights",
        "frames", "frames per second", "sha256 of the frames",
    }  # fmt: skip
    draft = made.drafts[made.script.draft]
    assert record["tale"] == {
        "by": "tales_lm",
        "text": made.script.text,
        "temperature": 0.6,
        "drafts": 4,
        "draft": made.script.draft,
        "before continuity": draft.text,
        "words put right": draft.mends,
    }
    (first, *_) = record["cast"]
    assert (first["name"], first["by"], first["moved by"]) == (made.cast[0].name, "characters_vae", "characters")
    np.testing.assert_allclose(first["look"], made.cast[0].look, atol=1e-5)
    assert [shot["sentence"] for shot in record["shots"]] == [shot.sentence for shot in made.shots]
    assert record["sha256 of the frames"] == film.digest(made.frames)
    for name, digest in record["weights"].items():
        assert digest == hashlib.sha256((weights.FOLDER / f"{name}.keras").read_bytes()).hexdigest()
    assert len(record["weights"]) == 3


def test_an_own_tale_is_told_by_the_reader(own):
    assert (own.title, own.drafts) == ("The Cold Night", [])
    assert own.script == (TALE, "the reader", None)
    tale = own.record["tale"]
    assert (tale["by"], tale["text"], tale["drafts"], tale["before continuity"]) == ("the reader", TALE, 0, None)
    assert production.credits_of(own.script).splitlines()[0] == "told by a reader"
    drafted = own.script._replace(by=production.WRITER)
    assert production.credits_of(drafted).splitlines()[0] == "drafted by an LSTM, made one tale by rules"


def test_creatures_have_a_skin_of_their_own(crew, own):
    def skin(role):
        return int(crew.sprites.attributes[role.nearest][0])

    assert [role.name for role in own.cast] == ["Mira", "troll"]
    assert skin(own.cast[1]) in production.BLUE  # the seed is odd
    assert skin(production.cast_roles(crew, ["dragon"], seed=0)[0]) in production.GREEN


def test_the_nearest_training_character_is_measured(crew, own):
    for role in own.cast:
        assert role.nearest in crew.sprites.train
        twin = crew.sprites.frames[role.nearest, production.STANDING, 0]
        shown = (twin > 0) | (role.frame > 0)
        assert role.differs == pytest.approx((twin != role.frame)[shown].mean())


def test_the_editor_reads_before_and_after_continuity(crew):
    good = write_tale(np.random.default_rng(3))
    stranger = good.rsplit(".", 2)[0] + ". And Zog lived happily ever after."
    drafts = production.edit(crew, [good, stranger, "zzz"])
    assert drafts[0] == (good, [], good, 0, [])
    assert drafts[1].notes == ["has words nobody knows: zog"]
    assert "has no title" in drafts[2].notes_left


def test_the_richest_draft_that_can_be_filmed_is_chosen(crew):
    def draft(text, mends=0, notes=()):
        return production.Draft(text, list(notes), text, mends, list(notes))

    plain = draft("T\nMira walked west in the forest. Mira slept.", mends=1)
    rich = draft("T\nMira walked west in the forest. Mira and Otto slept by the shore.", mends=5)
    mended = rich._replace(mends=6)
    broken = draft("T\nMira, Otto and Finn slept. They woke on the mountain. They slept.", notes=["breaks off"])
    assert production.choose_script(crew, [broken, plain, mended, rich]).draft == 3
    assert production.choose_script(crew, [broken, plain]) == (plain.mended, "tales_lm", 1)
    fallback = production.choose_script(crew, [broken], seed=7)
    assert fallback == (crew.tales.test[7], "the grammar", None)
    assert production.choose_script(crew, [rich], tale="Mine.") == ("Mine.", "the reader", None)


def test_an_audition_gives_the_same_people_however_many_are_wanted(crew):
    np.testing.assert_array_equal(production.audition(crew, 5)[:2], production.audition(crew, 2))


@pytest.mark.parametrize("skins", [production.HUMAN, production.GREEN])
def test_who_is_cast_has_one_of_the_skins_that_were_asked_for(crew, skins):
    standing, skin = crew.sprites.frames[:, STANDING, 0], crew.sprites.attributes[:, 0]
    palette_of = [standing[skin == option] for option in range(6)]
    # where every character shows bare skin, of one colour for each skin
    bare = np.all([(frames == frames[0]).all(axis=0) for frames in palette_of], axis=0)
    bare &= np.array([len(np.unique(standing[:, y, x])) == 6 for y, x in np.ndindex(32, 32)]).reshape(32, 32)
    y, x = np.argwhere(bare)[0]
    asked = [palette_of[option][0, y, x] for option in skins]
    drawn = stand(crew.animator, production.audition(crew, 6, skins=skins, seed=1))
    assert np.isin(drawn[:, y, x], asked).all()


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"tale": ""}, "no sentence to film"),
        ({"tale": " \n "}, "no sentence to film"),
        ({"most_shots": 0}, "most_shots is 0: a film needs at least one shot"),
        ({"drafts": 0}, "count is 0: write at least one draft"),
        ({"temperature": -1}, "temperature is -1"),
    ],
)
def test_what_cannot_be_filmed_is_refused(crew, bad, message):
    with pytest.raises(ValueError, match=message):
        production.make_film(crew=crew, **SMALL | bad)


def test_a_bad_tale_is_refused_before_a_network_is_loaded(monkeypatch):
    monkeypatch.setattr(production, "load_crew", lambda: pytest.fail("a network was loaded"))
    with pytest.raises(ValueError, match="no sentence to film"):
        production.make_film(tale="")
