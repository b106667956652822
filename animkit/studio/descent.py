"""Characters by their descent: how each was designed, so that it can be made again from its seeds.

A *family* says how a sheet of designs was made, a *person* which one of it: the family and a number from 1. Both are
nested tuples of names and numbers:
    ("new", designer, seed, skin, trousers, top, hair)    ("like", person, spread, seed)
    ("mix", person, person)    ("vary", person)    and the person ("picture", file name, digest, refined or not)
"""

import hashlib

import numpy as np

from animkit.data.pictures import read_picture
from animkit.data.sprites import ATTRIBUTES
from animkit.studio.adoption import adopt, refine
from animkit.studio.characters import (
    OPTIONS,
    animate,
    design,
    mix,
    more_like,
    read_attributes,
    settle,
    stand,
    vary,
)

COUNT, CHILDREN = 24, 21  # designs at once; children of two parents, 5 % apart
FREE = "free"  # an attribute that is left to the network
WALK = ("walk front",)


class Descent:
    """Looks by their descent; what was computed once is kept.

    Args:
        company: of `animkit.studio.characters`.
    """

    def __init__(self, company):
        self.company, self.pictures = company, {}
        self._families, self._frames, self._palettes, self._attributes = {}, {}, {}, {}

    def family(self, family):
        """Make the looks of a family.

        Args:
            family: a nested tuple; see the module.

        Returns:
            (n, static_dim).
        """
        if family not in self._families:
            kind, *how = family
            self._families[family] = getattr(self, f"_{kind}")(*how)
        return self._families[family]

    def frames(self, family):
        """Draw how a family stands.

        Args:
            family: a nested tuple; see the module.

        Returns:
            (n, height, width) palette indices.
        """
        if family not in self._frames:
            self._frames[family] = stand(self.animator(family), self.family(family))
        return self._frames[family]

    def animator(self, descent):
        """Find who draws a person or a family: a copy of the animator if it was refined on a picture among ancestors.

        Args:
            descent: a nested tuple; see the module.

        Returns:
            SequenceVAE.
        """
        if descent[0] == "picture":
            return self._picture(descent).animator
        drawn = (self.animator(part) for part in descent if isinstance(part, tuple))
        return next((one for one in drawn if one is not self.company.animator), self.company.animator)

    def standing(self, person):
        """Draw how a person stands: (height, width) palette indices."""
        return stand(self.animator(person), self.look(person)[None])[0]

    def _new(self, designer, seed, *options):
        network = {"VAE": self.company.vae, "GAN": self.company.gan}[designer]
        wishes = {name: option for name, option in zip(ATTRIBUTES, options, strict=True) if option != FREE}
        return settle(self.company.animator, design(network, COUNT, seed=seed, **wishes))

    def _like(self, person, spread, seed):
        look = self.look(person)
        others = more_like(look, self.company.looks, COUNT - 1, spread=spread, seed=seed)
        return np.concatenate([look[None], settle(self.animator(person), others)])

    def _mix(self, one, other):
        return mix(self.look(one), self.look(other), np.linspace(0, 1, CHILDREN))

    def _vary(self, person):
        look = self.look(person)[None]
        now = self.attributes(person)[None]
        return np.concatenate(
            [vary(self.company.vae, look, now, **{name: option}) for name in ATTRIBUTES for option in range(OPTIONS)]
        )

    def look(self, person):
        """Find the look of a person.

        Args:
            person: a nested tuple; see the module.

        Returns:
            (static_dim,).

        Raises:
            ValueError: a picture is not what it was.
            FileNotFoundError: it is not there.
        """
        return self._picture(person).look if person[0] == "picture" else self.family(person[:-1])[person[-1] - 1]

    def palette(self, person):
        """Find a person's colours: those of the company, or of a picture among the ancestors.

        Args:
            person: a nested tuple; see the module.

        Returns:
            (colours, 4) uint8 RGBA.
        """
        if person not in self._palettes:
            self._palettes[person] = self._palette(*person)
        return self._palettes[person]

    def _palette(self, kind, *how):
        if kind == "picture":
            return self._picture((kind, *how)).palette
        if kind == "new":
            return self.company.animator.palette
        if kind == "mix":
            share = (how[-1] - 1) / (CHILDREN - 1)
            one, other = (self.palette(parent).astype(float) for parent in how[:2])
            return np.rint((1 - share) * one + share * other).astype("uint8")
        return self.palette(how[0])

    def clip(self, person):
        """Let a person walk towards the viewer for one round.

        Args:
            person: a nested tuple; see the module.

        Returns:
            (time, height, width) palette indices.
        """
        return animate(self.animator(person), self.look(person)[None], WALK)[0, 0]

    def attributes(self, person):
        """Let the judge read a person's attributes.

        Args:
            person: a nested tuple; see the module.

        Returns:
            (4,) options.
        """
        if person not in self._attributes:
            self._attributes[person] = read_attributes(self.company.judge, self.clip(person)[None])[0]
        return self._attributes[person]

    def take(self, name, data):
        """Adopt a picture.

        Args:
            name: of the file.
            data: its bytes, or its path.

        Returns:
            The person.

        Raises:
            ValueError: when it cannot be used; see `animkit.data.pictures.read_picture`.
            FileNotFoundError: when it is not there.
        """
        picture = read_picture(data, size=self.company.animator.image_size[0])
        person = ("picture", name, hashlib.sha256(picture).hexdigest()[:8], False)
        if person not in self.pictures:
            self.pictures[person] = adopt(self.company, picture)
        return person

    def refining(self, person):
        """Refine the likeness of a picture, step by step.

        Args:
            person: a picture.

        Yields:
            The share that is done, and the best likeness so far, as `animkit.studio.adoption.refine`; only at its end
            the refined picture can be drawn.
        """
        best = None
        for done, best in refine(self.company, self._picture((*person[:3], False))):
            yield done, best
        self.pictures[(*person[:3], True)] = best

    def _picture(self, person):
        plain = (*person[:3], False)
        if plain not in self.pictures:
            found = self.take(person[1], person[1])
            if found != plain:
                raise ValueError(f"{person[1]} is not the picture that it was: read it anew as your own picture")
        if person not in self.pictures:
            for _ in self.refining(person):  # a state line asks for what was refined before
                pass
        return self.pictures[person]
