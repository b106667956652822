"""Each of the weights that ship loads, has a full card, and gives the numbers on it again."""

import numpy as np
import pytest

from animkit import weights
from animkit.data.beasts import LEARNED, split
from animkit.data.emotions import load_emotions
from animkit.data.fairytales import load_fairytales
from animkit.data.mario_levels import load_mario_levels
from animkit.data.sprites import load_sprites
from animkit.data.tellings import known, read_tellings
from animkit.data.text import to_indices
from animkit.data.twins.pixel_beasts import draw_beasts
from animkit.metrics.emotion import macro_f1
from animkit.recipes import make
from animkit.recipes.animator import measure_characters
from animkit.recipes.billiard import MOMENTS, balls_foreseen
from animkit.recipes.creatures import figure_exact
from animkit.recipes.designers import measure_designer
from animkit.recipes.effects_judge import measure_effects_judge
from animkit.recipes.generator import measure_motion_generator
from animkit.recipes.in_betweener import cmu_recordings, measure_motion_in_between
from animkit.recipes.judge import measure_judge
from animkit.recipes.levels import measure_level_model
from animkit.recipes.mood_judge import measure_mood_judge
from animkit.recipes.narrator import nats_per_word
from animkit.recipes.objects import FUTURE, SECOND, SEEDS, SEEN_TO, seen_and_future, springs_foreseen
from animkit.recipes.sprites_gan import measure_sprites_gan
from animkit.recipes.sprites_motion import measure_sprites_motion
from animkit.recipes.stack_chain import NETWORK, bodies_foreseen
from animkit.recipes.upscale import measure_denoise, measure_upscale
from animkit.studio.characters import animate, load_company
from animkit.studio.steering import measure_steering, shipped_steering

CARD = {
    "name",
    "what",
    "data",
    "licence",
    "seed",
    "profile",
    "recipe",
    "metrics",
    "seconds",
    "machine",
    "keras",
    "command",
}


@pytest.fixture(scope="module")
def sprites():
    return load_sprites(size=32, source="twin")


def test_what_ships_is_what_can_be_made():
    assert weights.names() == sorted(make.MAKERS)


@pytest.mark.parametrize("name", sorted(make.MAKERS))
def test_each_comes_with_a_full_card_and_is_small(name):
    card = weights.card(name)
    assert set(card) >= CARD
    assert card["name"] == name
    assert card["command"] == f"python -m animkit.recipes.make {name}"
    assert card["licence"].startswith("MIT")
    # ours to give: drawn by our own code, or in the public domain
    assert "twin" in card["data"] or "public domain" in card["data"]
    for metric in card["metrics"].values():
        # a value never stands alone: beside it a baseline, and what is measured
        assert {"value", "unit"} < set(metric)
    # the animator does alone what sprites_vae and sprites_motion do together
    assert (weights.FOLDER / f"{name}.keras").stat().st_size < 4_000_000


def test_unknown_weights_are_named():
    with pytest.raises(ValueError, match="no weights called 'sprite_vae'; there are beats, billiard, chain, "):
        weights.load("sprite_vae")


def test_the_judge_of_effects_names_unseen_ones_as_well_as_its_card_says():
    found, told = (
        measure_effects_judge(weights.load("effects_judge"), count=40),
        weights.card("effects_judge")["metrics"],
    )
    assert found["accuracy_percent"]["value"] >= told["accuracy_percent"]["value"] - 5
    assert found["error_of_even_shares"]["value"] < told["error_of_even_shares"]["value"] + 5


def test_moods_are_read_as_the_card_says():
    found = measure_mood_judge(weights.load("mood_judge"), load_company(), count=90, people=4)
    for name, told in weights.card("mood_judge")["metrics"].items():
        assert found[name]["value"] == pytest.approx(told["value"], abs=12)
        assert found[name]["value"] > 2 * told["chance"]


@pytest.mark.both_backends
def test_older_files_load_whatever_they_say_of_noise():
    vae, regressor = weights.load("sprites_vae"), weights.load("sprites_motion")
    assert float(vae.beta.value) == pytest.approx(weights.card("sprites_vae")["recipe"]["beta"])
    assert 0 < float(regressor.sampling_rate.value) <= 1  # and here the file says nothing
    assert vae.sample(2).shape == (2, 32, 32)


def test_sprites_vae_draws_unseen_characters_as_well_as_its_card_says(sprites):
    model, told = weights.load("sprites_vae"), weights.card("sprites_vae")["metrics"]
    frames = sprites.frames[sprites.test[:40]].reshape(-1, 32, 32)
    exact = 100 * (np.asarray(model.decode(model.encode(frames)[0])) == frames).mean()
    assert exact == pytest.approx(told["pixels_exact_percent"]["value"], abs=0.5)
    assert exact > told["pixels_exact_percent"]["baseline"] + 20


def test_sprites_gan_is_as_far_from_unseen_characters_as_its_card_says(sprites):
    generator, told = weights.load("sprites_gan"), weights.card("sprites_gan")["metrics"]["frechet_distance"]
    distances = measure_sprites_gan(generator, sprites, 2000)
    assert distances["value"] == pytest.approx(told["value"], rel=0.05)
    assert distances["floor"] < distances["value"] < distances["shuffled_pixels"] / 4


def test_sprites_motion_walks_as_its_card_says(sprites):
    model, vae = weights.load("sprites_motion"), weights.load("sprites_vae")
    few = sprites._replace(frames=sprites.frames[sprites.test[:20]], test=np.arange(20))
    latents = np.asarray(vae.encode(few.frames.reshape(-1, 32, 32))[0]).reshape(*few.frames.shape[:3], -1)
    found, told = measure_sprites_motion(model, vae, few, latents), weights.card("sprites_motion")["metrics"]
    for name in ("pixels_exact_percent_frame_1", "pixels_exact_percent_frame_24"):
        assert found[name]["value"] == pytest.approx(told[name]["value"], abs=0.5)
        assert found[name]["value"] > found[name]["reference frame repeated"] + 10


def test_characters_animates_unseen_people_as_its_card_says(sprites):
    found = measure_characters(weights.load("characters"), sprites, characters=20)
    for name, told in weights.card("characters")["metrics"].items():
        assert found[name]["value"] == pytest.approx(told["value"], abs=0.5)
        assert found[name]["value"] > found[name]["standing picture repeated"] + 20


def test_creatures_are_animated_as_their_card_says():
    attributes, _, test = split()
    truth = draw_beasts(attributes[test[::8]])[0][:, LEARNED]  # one held-out creature of each kind
    model, told = weights.load("creatures"), weights.card("creatures")["metrics"]
    still = truth[:, 0, 0]
    drawn = animate(model, model.looks(still), steps=truth.shape[2])
    exact, told = figure_exact(drawn, truth), told["animated_from_one_picture_exact_percent"]
    assert exact == pytest.approx(told["value"], abs=4)
    assert exact > told["standing picture repeated"] + 20


def test_characters_judge_reads_unseen_clips_as_its_card_says(sprites):
    found = measure_judge(weights.load("characters_judge"), sprites, characters=40)
    for name, told in weights.card("characters_judge")["metrics"].items():
        assert found[name]["value"] == pytest.approx(told["value"], abs=1.0)
        assert found[name]["value"] > 4 * told["chance"]


@pytest.mark.parametrize("name", ["characters_vae", "characters_gan"])
def test_designers_do_as_they_are_asked_as_their_cards_say(sprites, name):
    networks = (weights.load(part) for part in (name, "characters", "characters_judge"))
    found, told = measure_designer(*networks, sprites), weights.card(name)["metrics"]
    for metric, numbers in told.items():
        assert found[metric]["value"] == pytest.approx(numbers["value"], abs=1.0)
    asked = found["attributes_as_asked_percent"]
    assert asked["value"] > 3 * asked["chance"]
    # not copies, and not one design over and over
    assert found["distance_to_nearest_training_character_percent"]["value"] > 2
    assert found["diversity_percent"]["value"] > found["diversity_percent"]["real characters"] / 2


def test_narrator_foresees_the_words_of_unseen_tales_as_its_card_says(real_data):
    model, told = weights.load("narrator"), weights.card("narrator")["metrics"]["perplexity"]
    unseen = known([read_tellings(tale) for tale in load_fairytales().validation], model.words)
    nats, words = nats_per_word(model, unseen)
    assert np.exp(nats.sum() / words.sum()) == pytest.approx(told["value"], rel=0.01)
    gram = next(value for name, value in told.items() if name.startswith("Kneser-Ney"))
    assert told["value"] < gram / 1.2


def test_motion_in_between_fills_gaps_as_its_card_says(real_data):
    _, held = cmu_recordings()
    found = measure_motion_in_between(weights.load("motion_in_between"), held, lengths=(15,))
    told = weights.card("motion_in_between")["metrics"]
    for name, numbers in found.items():
        for way in ("value", "linear", "cubic", "eased"):
            assert numbers[way] == pytest.approx(told[name][way], rel=0.02, abs=0.02)
    assert found["distance_15_frames"]["value"] < found["distance_15_frames"]["eased"]


def test_motion_in_between_tells_what_it_has_seen():
    model = weights.load("motion_in_between")
    assert model.seen == weights.card("motion_in_between")["seen"]
    assert set(model.seen) == {"gap", "speed", "arm", "trunk", "shank"}


def test_tales_lm_predicts_unseen_tales_as_its_card_says():
    model, card = weights.load("tales_lm"), weights.card("tales_lm")
    told = card["metrics"]["nats_per_character"]
    text = "".join(f"\n\n{tale}" for tale in load_fairytales("twin").test[:60])
    nats = model.nats_per_character(to_indices(text, card["alphabet"]))
    assert nats == pytest.approx(told["value"], abs=0.02)
    assert nats < told["best n-gram"]


def test_motion_generator_goes_where_it_is_told_as_its_card_says():
    found = measure_motion_generator(weights.load("motion_generator"), minutes=1)
    told = weights.card("motion_generator")["metrics"]
    for name in ("speed_error", "turn_error"):
        assert found[name]["value"] == pytest.approx(told[name]["value"], rel=0.5)
        assert found[name]["value"] < found[name]["nearest training clip"]
    assert found["foot_sliding"]["after locking"] < 1.0
    # of all feet that it tells to stand, also those that are too fast to be taken for standing ones
    assert found["foot_sliding"]["value"] < 0.4 * found["foot_sliding"]["a figure that glides"]
    # it stays as near to what it has seen as unseen people are
    assert found["distance_to_training_poses"]["value"] < 1.5 * found["distance_to_training_poses"]["unseen takes"]
    assert found["diversity"]["value"] > 0.4 * found["diversity"]["training walks"]


def test_motion_generator_obeys_as_its_card_says():
    """The commands that the generation board of notebook 05 gives, and those that a walk is steered by most."""
    model, told = weights.load("motion_generator"), {cell[:2]: cell for cell in shipped_steering()}
    found = measure_steering(model, speeds=(80.0, 200.0), turns=(-60.0, 0.0), motions=2, seed=1)
    for cell in found:
        card = told[cell[:2]]
        assert cell.lag == pytest.approx(card.lag, abs=0.25)
        assert cell.speed_error == pytest.approx(card.speed_error, abs=10)
        assert cell.heading_error == pytest.approx(card.heading_error, abs=8)
        assert cell.lag <= 0.6
    assert sum(not cell.reason for cell in told.values()) >= 0.7 * len(told)


def test_level_writer_writes_levels_as_its_card_says(real_data):
    found = measure_level_model(weights.load("level_writer"), list(load_mario_levels().validation.values()))
    told = weights.card("level_writer")["metrics"]
    assert found["playable_percent"]["value"] == pytest.approx(told["playable_percent"]["value"], abs=5)
    assert found["pattern_kl"]["value"] == pytest.approx(told["pattern_kl"]["value"], rel=0.1)


def test_bodies_are_carried_on_as_their_card_says():
    model, told = weights.load("objects"), weights.card("objects")["metrics"]["leaf_after_a_second"]
    x, y, _ = seen_and_future("leaf", 100, noise=SEEN_TO, seed=SEEDS["validation"])
    off = np.linalg.norm((model.carry_on(x, frames=FUTURE) - y)[..., :2], axis=-1)[:, SECOND]
    assert off.mean() == pytest.approx(told["value"], rel=0.05)
    assert told["value"] < 0.5 * told["parabola"]


def test_springs_are_carried_on_far_better_than_the_published_lstm():
    errors = springs_foreseen(weights.load("interactions"), 20)
    for step, published in ((9, 0.0029), (19, 0.025)):
        assert errors["interaction network"][step] < 0.1 * published * errors["standing still"][step]


def test_billiard_is_foreseen_as_its_card_says(needs):
    needs("pymunk")
    found = balls_foreseen(weights.load("billiard"), 40, learned=8)
    told = weights.card("billiard")["metrics"]["after_0.5_s"]
    assert found["interaction network"][:, MOMENTS["0.5 s"] - 1].mean() == pytest.approx(told["value"], rel=0.3)
    assert told["value"] < told["constant velocity"]


@pytest.mark.parametrize("scene", ["stack", "chain"])
def test_bodies_that_hold_each_other_are_foreseen_as_their_card_says(scene, needs):
    needs("pymunk")
    found = bodies_foreseen({NETWORK: weights.load(scene)}, scene, 30, learned=8)
    told = weights.card(scene)["metrics"]["after_0.5_s"]
    assert found[NETWORK][:, MOMENTS["0.5 s"] - 1].mean() == pytest.approx(told["value"], rel=0.3)
    assert told["value"] < min(told["constant velocity"], told["standing still"])


def test_unseen_twins_are_doubled_and_cleaned_as_the_cards_say():
    for name, measure in (("upscale", measure_upscale), ("denoise", measure_denoise)):
        found, told = measure(weights.load(name), count=20), weights.card(name)["metrics"]
        for metric, numbers in told.items():
            # of twenty pictures; how strongly they were compressed is chance
            near = 15 if "JPEG" in metric else 6
            assert found[metric]["value"] == pytest.approx(numbers["value"], abs=near)
            baseline = max(value for beside, value in found[metric].items() if beside not in ("value", "unit"))
            assert found[metric]["value"] > baseline


def test_emotions_are_told_as_the_card_says(real_data):
    reader, told = weights.load("emotion"), weights.card("emotion")["metrics"]
    texts, labels = load_emotions("present").dev[:2]
    found = reader.read(texts[:1000])
    assert macro_f1(labels[:1000], found.probabilities >= reader.thresholds[:28]) == pytest.approx(
        told["macro_f1_28"]["value"], abs=0.06
    )
    for numbers in told.values():
        assert numbers["value"] > numbers["TF-IDF of words, logistic regression"]
    said = {"I love you so much!": "love", "Thank you, dear knight": "gratitude", "haha that was funny 😂": "amusement"}
    assert [labels[0] for labels in reader.read(list(said)).labels] == list(said.values())
    assert (weights.FOLDER / "emotion.keras").stat().st_size < 2_000_000
