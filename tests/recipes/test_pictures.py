import numpy as np
import pytest

from animkit.data.folder import from_folder
from animkit.data.sprites import load_sprites
from animkit.recipes.pictures import draw_more, train_on_pictures
from animkit.render import save_png, to_rgba


@pytest.fixture(scope="module")
def sprites():
    return load_sprites(size=32, source="twin", characters=12)


def test_pictures_of_few_colours_stay_in_their_palette(sprites, tmp_path):
    for number, who in enumerate(sprites.train[:6]):
        save_png(tmp_path / f"{number}.png", to_rgba(sprites.frames[who, 1, 0], sprites.palette))
    images, _ = from_folder(tmp_path)
    vae, palette = train_on_pictures(images, epochs=2, progress=False)
    assert palette[0, 3] == 0
    known = {tuple(colour) for colour in images.reshape(-1, 4)} | {(0, 0, 0, 0)}
    for drawn in (to_rgba(np.asarray(vae.sample(3)), palette), draw_more(vae, images, 3)):
        assert {tuple(colour) for colour in drawn.reshape(-1, 4)} <= known
    # without spread all have the mean of the codes
    mean = vae.encode(np.argmax((images[..., None, :] == palette).all(axis=-1), axis=-1).astype("uint8"))[0].mean(
        axis=0
    )
    np.testing.assert_array_equal(draw_more(vae, images, 2, spread=0.0)[1], to_rgba(vae.decode(mean[None])[0], palette))


def test_pictures_of_many_colours_or_soft_edges_are_learned_as_rgba():
    images = np.random.default_rng(0).integers(0, 256, (4, 16, 24, 4), "uint8")
    vae, palette = train_on_pictures(images, epochs=1, progress=False)
    assert palette is None
    drawn = vae.sample(2)
    assert drawn.shape == (2, 16, 24, 4)
    assert 0 <= drawn.min() <= drawn.max() <= 1
    assert draw_more(vae, images, 2).shape == (2, 16, 24, 4)


@pytest.mark.parametrize(
    ("images", "match"),
    [
        (np.zeros((1, 16, 16, 4), "uint8"), "at least two different ones"),
        (np.zeros((3, 16, 16, 4), "uint8"), "at least two different ones"),
        (np.zeros((0, 16, 16, 4), "uint8"), "at least two different ones"),
        (np.zeros((3, 16, 16, 3), "uint8"), r"\(n, height, width, 4\) uint8"),
        (np.zeros((3, 16, 16, 4)), "float64"),
        (np.random.default_rng(0).integers(0, 9, (3, 20, 16, 4), "uint8"), "16x20: sides must divide by 8"),
        (np.random.default_rng(0).integers(0, 9, (3, 8, 16, 4), "uint8"), "at least 16"),
    ],
)
def test_pictures_that_teach_nothing_are_refused(images, match):
    with pytest.raises(ValueError, match=match):
        train_on_pictures(images)
