"""Seeing a film, live: what one number says of boxes that were found."""

from widgets.labs.average_precision import average_precision

__all__ = ["average_precision"]
