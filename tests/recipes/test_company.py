import numpy as np
import pytest

from animkit.data.sprites import load_sprites
from animkit.recipes.company import train_company
from animkit.recipes.designers import design_data
from animkit.studio.characters import animate, design


@pytest.fixture(scope="module")
def sprites():
    return load_sprites(size=32, source="twin", characters=12)


@pytest.fixture(scope="module")
def company(sprites):
    return train_company(sprites, profile="ci", progress=False)


def test_a_company_trained_on_the_spot_designs_and_animates(company, sprites):
    assert company.looks.shape == (12, company.animator.static_dim)
    np.testing.assert_array_equal(company.attributes, sprites.attributes[sprites.train])
    for designer in (company.vae, company.gan):
        frames = animate(company.animator, design(designer, 2, hair=1), ("slash left",))
        assert frames.shape == (2, 1, 8, 32, 32)
        assert frames.max() < len(sprites.palette)


def test_designers_learn_from_looks_of_which_attributes_are_left_out(company, sprites):
    looks, told = design_data(company.animator, sprites, views=2, copies=5, seed=3)
    assert looks.shape == (120, company.animator.static_dim)
    given = told.reshape(-1, 4, 6).sum(axis=2)
    assert set(np.unique(given)) == {0.0, 1.0}
    # every number of attributes from none to all is left in somewhere
    assert set(given.sum(axis=1)) == {0.0, 1.0, 2.0, 3.0, 4.0}
    # what is left in is true
    truth = np.eye(6)[sprites.attributes[sprites.train]].reshape(12, -1)
    shown = np.tile(np.repeat(truth, 2, axis=0), (5, 1))
    assert (told <= shown).all()
