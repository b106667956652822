import keras
import numpy as np
import pytest

from animkit.data.sprites import ACTION_DIRECTIONS, load_sprites
from animkit.gan import Generator
from animkit.models.judge import Judge
from animkit.models.sequence_vae import SequenceVAE
from animkit.studio.characters import (
    animate,
    assemble,
    cast,
    condition,
    conditions,
    design,
    in_between,
    loop_jump,
    mix,
    more_like,
    nearest,
    read_attributes,
    settle,
    stand,
    swap_motion,
    vary,
)
from animkit.vae import VAE, Decoder, Encoder

LOOK = 4


@pytest.fixture(scope="module")
def company():
    """Small and untrained, on a dozen characters of the twin."""
    keras.utils.set_random_seed(0)
    sprites = load_sprites(size=32, source="twin", characters=12)
    animator = SequenceVAE(
        sprites.palette,
        static_dim=LOOK,
        dynamic_dim=3,
        encoder_convolutions=(4, 4),
        decoder_convolutions=(8, 8),
        channels=4,
        units=8,
        hidden=16,
    )
    shared = {"hidden": (8,), "classes": 24}
    vae = VAE(Encoder(2, **shared), Decoder((LOOK,), **shared), reconstruction="gaussian")
    gan = Generator((1, 1), LOOK, latent_dim=2, activation="linear", classes=24, width=8, hidden=8)
    return assemble(animator, vae, gan, Judge((32, 32), len(sprites.palette), units=8), sprites)


def test_a_condition_is_one_hot_mixed_or_free():
    weights = condition(skin=2, hair=[1, 0, 0, 3, 0, 0]).reshape(4, 6)
    np.testing.assert_array_equal(weights[0], np.eye(6)[2])
    np.testing.assert_array_equal(weights[1:3], 0)
    np.testing.assert_allclose(weights[3], [0.25, 0, 0, 0.75, 0, 0])
    np.testing.assert_array_equal(condition(skin=None), 0)
    np.testing.assert_array_equal(conditions([[0, 1, 2, 3]])[0], condition(skin=0, trousers=1, top=2, hair=3))


@pytest.mark.parametrize(
    ("attributes", "match"),
    [
        ({"hat": 1}, "no attribute 'hat'; there are skin, trousers, top, hair"),
        ({"skin": 6}, "options are whole numbers from 0 to 5"),
        ({"skin": -1}, "options are whole numbers"),
        ({"skin": 1.5}, "options are whole numbers"),
        ({"top": [1, 2]}, "top takes 6 weights"),
        ({"top": [0] * 6}, "not all zero"),
        ({"top": [1, -1, 0, 0, 0, 0]}, "none negative"),
        ({"top": [np.nan] * 6}, "none negative"),
    ],
)
def test_conditions_out_of_range_are_refused(attributes, match):
    with pytest.raises(ValueError, match=match):
        condition(**attributes)


@pytest.mark.parametrize("kind", ["vae", "gan"])
def test_designs_follow_seed_and_attributes(company, kind):
    designer = getattr(company, kind)
    looks = design(designer, 5, seed=1)
    assert looks.shape == (5, LOOK)
    np.testing.assert_array_equal(looks, design(designer, 5, seed=1))
    assert np.abs(looks - design(designer, 5, seed=2)).max() > 1e-4
    assert np.abs(looks - design(designer, 5, seed=1, hair=3)).max() > 1e-4
    with pytest.raises(ValueError, match="at least one character"):
        design(designer, 0)


def test_a_settled_look_is_read_from_its_own_drawing(company):
    settled = settle(company.animator, company.looks[:3])
    np.testing.assert_array_equal(settled, company.animator.looks(stand(company.animator, company.looks[:3])))


def test_vary_without_a_change_keeps_the_look_and_with_one_changes_it(company):
    looks, attributes = company.looks[:3], company.attributes[:3]
    same = vary(company.vae, looks, attributes, hair=int(attributes[0, 3]))
    np.testing.assert_allclose(same[0], looks[0], atol=1e-5)
    other = vary(company.vae, looks, attributes, hair=int(attributes[0, 3] + 1) % 6)
    assert np.abs(other[0] - looks[0]).max() > 1e-4
    with pytest.raises(ValueError, match="3 looks and 2 rows"):
        vary(company.vae, looks, attributes[:2])
    with pytest.raises(ValueError, match=r"looks must be \(characters, 4\)"):
        vary(company.vae, looks[:, :2], attributes)


def test_children_lie_between_their_parents():
    one, other = np.zeros(LOOK), np.arange(LOOK, dtype=float)
    np.testing.assert_allclose(mix(one, other, [0, 0.25, 1]), [one, other / 4, other])
    with pytest.raises(ValueError, match="one size"):
        mix(one, other[:2], [0.5])
    with pytest.raises(ValueError, match=r"shares lie in \[0, 1\]"):
        mix(one, other, [1.5])


def test_more_like_stays_closer_with_less_spread(company):
    look, known = company.looks[0], company.looks
    np.testing.assert_allclose(more_like(look, known, 3, spread=0.0), np.tile(look, (3, 1)))
    near, far = (np.linalg.norm(more_like(look, known, 20, spread=spread) - look, axis=1) for spread in (0.2, 1.0))
    np.testing.assert_allclose(5 * near, far, rtol=1e-3, atol=1e-5)
    with pytest.raises(ValueError, match="at least two known looks"):
        more_like(look, known[:1], 3)
    with pytest.raises(ValueError, match="spread starts at 0"):
        more_like(look, known, 3, spread=-1)


def test_animate_draws_each_look_in_each_action_and_repeats_the_round(company):
    actions = ("slash right", "walk left")
    frames = animate(company.animator, company.looks[:2], actions, steps=11)
    assert frames.shape == (2, 2, 11, 32, 32)
    np.testing.assert_array_equal(frames[:, :, 8:], frames[:, :, :3])
    # the same by hand, for the second character's first action
    motion = company.animator.move([ACTION_DIRECTIONS.index("slash right")], 8)
    np.testing.assert_array_equal(frames[1, 0, :8], company.animator.draw(company.looks[1:2], motion)[0])
    np.testing.assert_array_equal(
        stand(company.animator, company.looks[:2]), animate(company.animator, company.looks[:2])[:, 1, 0]
    )


def test_own_actions_are_played_by_their_names_each_for_its_own_round(company):
    rounds = {"walk": 4, "eat": 6}
    animator = SequenceVAE(
        company.sprites.palette,
        static_dim=LOOK,
        dynamic_dim=3,
        actions=2,
        rounds=rounds,
        encoder_convolutions=(4,),
        decoder_convolutions=(8, 8),
        channels=4,
        units=8,
        hidden=8,
    )
    frames = animate(animator, company.looks[:2])
    assert frames.shape == (2, 2, 6, 32, 32)
    motions = animator.move([0, 1], 6)
    np.testing.assert_array_equal(frames[1, 0], animator.draw(company.looks[1:2], motions[:1])[0][[0, 1, 2, 3, 0, 1]])
    np.testing.assert_array_equal(frames[1, 1], animator.draw(company.looks[1:2], motions[1:])[0])
    np.testing.assert_array_equal(stand(animator, company.looks[:2]), frames[:, 0, 0])
    assert SequenceVAE.from_config(animator.get_config()).rounds == rounds
    with pytest.raises(ValueError, match="no action 'slash left'; there are walk, eat"):
        animate(animator, company.looks, ("slash left",))


def test_those_are_cast_who_are_unlike_each_other(company):
    strangers = 5 * np.random.default_rng(0).normal(size=(6, LOOK)).astype("float32")
    looks = np.repeat(strangers, 2, axis=0)  # everybody twice
    chosen = cast(company.animator, looks, 3)
    frames = stand(company.animator, chosen)
    assert all((one != other).any() for i, one in enumerate(frames) for other in frames[:i])
    first = cast(company.animator, looks, 1)
    other = cast(company.animator, looks, 1, beside=stand(company.animator, first))
    assert np.abs(first - other).max() > 0
    with pytest.raises(ValueError, match="13 of 12 looks"):
        cast(company.animator, looks, 13)


def test_motion_is_swapped_between_two_clips(company):
    clips = company.sprites.frames[:2, [0, 8], :].copy()
    one, other = clips[0, 0], clips[1, 1]
    swapped = swap_motion(company.animator, one, other)
    motions, looks = company.animator.motions(np.stack([one, other])), company.animator.looks([one[0], other[0]])
    np.testing.assert_array_equal(swapped[0], company.animator.draw(looks[:1], motions[1:])[0])
    np.testing.assert_array_equal(swapped[1], company.animator.draw(looks[1:], motions[:1])[0])
    with pytest.raises(ValueError, match="alike"):
        swap_motion(company.animator, one, other[:4])


def test_in_betweens_begin_and_end_at_the_keys(company):
    poses = company.animator.motions(company.sprites.frames[:1, 0])[0][[0, 3, 5]]
    frames = in_between(company.animator, company.looks[0], poses, [2, 0])
    assert frames.shape == (5, 32, 32)
    keys = company.animator.draw(company.looks[:1], poses[None])[0]
    np.testing.assert_array_equal(frames[[0, 3, 4]], keys)
    third = company.animator.draw(company.looks[:1], (2 / 3 * poses[0] + 1 / 3 * poses[1])[None, None])[0, 0]
    np.testing.assert_array_equal(frames[1], third)
    for wrong in ([1], [1, -1]):
        with pytest.raises(ValueError, match="3 poses need 2 counts"):
            in_between(company.animator, company.looks[0], poses, wrong)


def test_the_judge_names_four_attributes(company):
    read = read_attributes(company.judge, company.sprites.frames[:5, 1])
    assert read.shape == (5, 4)
    assert read.min() >= 0
    assert read.max() < 6


def test_looks_out_of_shape_or_range_are_refused(company):
    for looks, match in (
        (np.zeros((1, LOOK + 1)), r"\(characters, 4\)"),
        (np.zeros((0, LOOK)), "at least one"),
        (np.full((1, LOOK), np.nan), "NaN or infinity"),
    ):
        with pytest.raises(ValueError, match=match):
            animate(company.animator, looks)
    with pytest.raises(ValueError, match="no action 'fly'"):
        animate(company.animator, company.looks, ("fly",))
    with pytest.raises(ValueError, match="at least 1"):
        animate(company.animator, company.looks, steps=0)


def test_nearest_finds_the_copy_and_counts_differing_pixels():
    references = np.random.default_rng(0).integers(0, 5, (40, 8, 8), "uint8")
    assert nearest(references[7], references) == (7, 0.0)
    known = np.zeros((2, 4, 4), "uint8")
    known[0, 0] = 1
    known[1, :, 0] = 2
    new = known[0].copy()
    new[1, 1] = 3  # five pixels shown, one differs
    assert nearest(new, known) == (0, 0.2)
    with pytest.raises(ValueError, match=r"\(4, 4\)"):
        nearest(np.zeros((4, 4)), references)
    with pytest.raises(ValueError, match="cannot compare"):
        nearest(references[0], references[:0])


def test_a_loop_jumps_as_far_as_its_last_frame_is_from_its_first():
    frames = np.zeros((3, 2, 2), "uint8")
    frames[1, 0, 0] = 1
    frames[2] = 1
    assert loop_jump(frames) == (1.0, 0.75)
