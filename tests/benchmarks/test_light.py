"""Light: what it adds to the making of a film, and what it saves to take the frames of a sheet together."""

import numpy as np
import pytest

from animkit.data.sprites import load_sprites
from animkit.render import to_rgba
from animkit.studio import production
from animkit.studio.lighting import EMBOSS, PRESETS, maps_of, relight, relight_sheet


def test_light_adds_less_than_a_third_to_the_making_of_a_film(ratio):
    """The peer is the same film in the tint of the hour alone."""
    crew = production.load_crew()

    def unlit():
        with pytest.MonkeyPatch.context() as patch:
            for name, dark in (("light_shot", None), ("surfaces_of", None), ("told", {})):
                patch.setattr(production, name, lambda *_, dark=dark: dark)
            return production.make_film(seed=0, crew=crew, seconds=30)

    assert ratio(lambda: production.make_film(seed=0, crew=crew, seconds=30), unlit, pairs=3) < 1.3


def test_a_sheet_at_once_is_faster_than_frame_by_frame(ratio):
    """A sheet of 9 x 16 cells of 32 pixels, each walk in it twice; the peer lights cell by cell."""
    sprites = load_sprites(source="twin")
    sheet = np.tile(to_rgba(sprites.frames[0], sprites.palette), (1, 2, 1, 1, 1))
    lamps, ambient = PRESETS["torch"](0.0, (32, 32))

    def apart():
        return [relight(maps_of(cell, EMBOSS), cell, lamps, ambient=ambient) for row in sheet for cell in row]

    assert ratio(lambda: relight_sheet(sheet, lamps, ambient=ambient, model=EMBOSS), apart) < 0.5
