"""Pictures of one's own: found among those known, painted in their own colours, refined, or refused."""

import keras
import numpy as np
import pytest

from animkit.data.sprites import load_sprites
from animkit.models.likeness import Likeness
from animkit.models.sequence_vae import SequenceVAE
from animkit.studio import adoption
from animkit.studio.adoption import adopt, refine
from animkit.studio.characters import assemble


@pytest.fixture(scope="module")
def company():
    """An untrained animator of a dozen characters of the twin, and nobody else."""
    keras.utils.set_random_seed(0)
    sprites = load_sprites(size=32, source="twin", characters=12)
    sizes = {"static_dim": 4, "dynamic_dim": 3, "channels": 4, "units": 8, "hidden": 16}
    animator = SequenceVAE(sprites.palette, encoder_convolutions=(4, 4), decoder_convolutions=(8, 8), **sizes)
    return assemble(animator, None, None, None, sprites)


@pytest.fixture(scope="module")
def stranger(company):
    """Someone who is built like training character 5 and has none of its colours, in the third frame of a spell."""
    palette = np.random.default_rng(1).integers(0, 256, company.sprites.palette.shape).astype("uint8")
    palette[:, 3] = company.sprites.palette[:, 3]
    frame = company.sprites.frames[company.sprites.train[5], 4, 2]
    return palette[frame] * (palette[frame][..., 3:] > 0)


@pytest.mark.parametrize("aside", [(0, 0), (-1, -2)])
def test_a_picture_is_known_by_its_build_wherever_it_stands(company, stranger, aside):
    adopted = adopt(company, np.roll(stranger, aside, axis=(0, 1)))
    assert (adopted.action, adopted.time) == ("spellcast front", 2)
    np.testing.assert_array_equal(adopted.look, company.looks[5])
    np.testing.assert_array_equal(adopted.picture, stranger)
    assert 0 <= adopted.agreement <= 1


def test_every_colour_of_a_picture_is_kept_and_shades_beside_it_follow(company, stranger):
    adopted = adopt(company, stranger)
    np.testing.assert_array_equal(adopted.palette[adopted.target], stranger)
    known = company.sprites.frames[company.sprites.train[5], 4, 2]
    np.testing.assert_array_equal(adopted.target, known)  # where each has a colour of its own
    own = {tuple(colour) for colour in stranger.reshape(-1, 4)}
    kept = (adopted.palette == company.sprites.palette).all(axis=1)
    assert {tuple(colour) for colour in adopted.palette[~kept]} <= own


def test_refining_fits_a_copy_and_leaves_the_animator_alone(company, stranger, monkeypatch, few_steps):
    monkeypatch.setattr(Likeness, "compile", lambda model, rule, **_: keras.Model.compile(model, rule, **few_steps))
    monkeypatch.setattr(adoption, "STEPS", 2)
    monkeypatch.setattr(adoption, "SLICE", 1)
    adopted, before = adopt(company, stranger), company.animator.get_weights()
    told = list(refine(company, adopted))
    assert [done for done, _ in told] == [0.5, 1.0]
    assert all(best.agreement >= adopted.agreement for _, best in told)
    for one, other in zip(before, company.animator.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_lessons_show_the_picture_first_and_others_as_they_are_drawn_now(company, stranger):
    adopted = adopt(company, stranger)
    batch = next(adoption._lessons(company, adopted, 0))
    np.testing.assert_array_equal(batch["pictures"][0], adopted.target)
    own, others = adoption.OWN + 1, slice(adoption.OWN + 1, None)
    assert batch["own"].tolist() == [1.0] * own + [0.0] * adoption.OTHERS
    drawn = company.animator.draw(batch["looks"][others], batch["poses"][others][:, None])[:, 0]
    np.testing.assert_array_equal(batch["pictures"][others], drawn)


def test_all_poses_of_a_side_are_moved_from_the_known_figure(company, stranger, monkeypatch):
    seen = []
    monkeypatch.setattr(adoption, "_moved", lambda pose, known, target: seen.append(known.copy()) or target)
    adopted = adopt(company, stranger)
    next(adoption._lessons(company, adopted, 0))
    assert len(seen) == 3 * 8  # the actions that face the viewer
    for known in seen:
        np.testing.assert_array_equal(known, adopted.frame)


def test_parts_move_as_those_of_the_known_figure_do():
    random = np.random.default_rng(0)
    known, own = np.zeros((2, 20, 20), int)
    known[5:15, 6:14], own[5:15, 6:14] = random.integers(1, 9, (10, 8)), random.integers(1, 9, (10, 8))
    moved = adoption._moved(np.roll(known, (2, -1), axis=(0, 1)), known, own)
    np.testing.assert_array_equal(moved, np.roll(own, (2, -1), axis=(0, 1)))
    pose = known.copy()
    pose[1, 1] = 12  # a spark that is not there when it stands
    assert adoption._moved(pose, known, own)[1, 1] == 12


def noise():
    return np.random.default_rng(0).integers(0, 256, (32, 32, 4), "uint8") | np.array([0, 0, 0, 255], "uint8")


def gradient():
    shade = np.tile(np.linspace(0, 255, 32).astype("uint8")[:, None], (1, 32))
    return np.stack([shade, shade, shade, np.full_like(shade, 255)], axis=-1)


@pytest.mark.parametrize("picture", [noise(), gradient()], ids=["noise", "gradient"])
def test_what_has_no_figures_outline_is_refused(company, picture):
    with pytest.raises(ValueError, match=r"no figure that can be animated: its outline overlaps .*67% is the least"):
        adopt(company, picture)


def test_a_plain_disc_is_refused_although_its_outline_is_round_enough(company):
    y, x = np.ogrid[:32, :32]
    disc = np.where(((y - 20) ** 2 + (x - 16) ** 2 < 120)[..., None], (200, 40, 40, 255), 0).astype("uint8")
    with pytest.raises(ValueError, match="no figure .*one colour covers 100% of it, 75% is the most"):
        adopt(company, disc)


def test_noise_in_a_figures_outline_is_refused(company, stranger):
    with pytest.raises(ValueError, match=r"no figure that can be animated: \d+% of its colours lie where .*12% is the"):
        adopt(company, np.where(stranger[..., 3:] > 0, noise(), 0).astype("uint8"))


def test_pictures_of_another_size_or_of_nothing_are_refused(company):
    with pytest.raises(ValueError, match=r"must be .*uint8; got \(16, 16, 4\)"):
        adopt(company, np.zeros((16, 16, 4), "uint8"))
    with pytest.raises(ValueError, match="shows nothing"):
        adopt(company, np.zeros((32, 32, 4), "uint8"))
