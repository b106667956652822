"""Light and texture, live: Lambert's law, what a picture hides, normals from brightness, two terms of a loss."""

from widgets.labs.adversarial_term import adversarial_term
from widgets.labs.bas_relief import bas_relief
from widgets.labs.lambert import lambert
from widgets.labs.palette_choice import palette_choice
from widgets.labs.shape_from_shading import shape_from_shading

__all__ = ["adversarial_term", "bas_relief", "lambert", "palette_choice", "shape_from_shading"]
