"""The derivation of the RNN, live: backpropagation, Jacobians, gates, clipping, exposure, futures, loops, bounces."""

from widgets.labs.bouncing import bouncing
from widgets.labs.clipping import clipping
from widgets.labs.exposure_bias import exposure_bias
from widgets.labs.forget_bias import forget_bias
from widgets.labs.gates import bracket_counter, gates
from widgets.labs.jacobian_product import jacobian_product
from widgets.labs.loop_condition import loop_condition
from widgets.labs.squared_error_optimum import squared_error_optimum
from widgets.labs.unrolled_bptt import unrolled_bptt

__all__ = [
    "bouncing",
    "bracket_counter",
    "clipping",
    "exposure_bias",
    "forget_bias",
    "gates",
    "jacobian_product",
    "loop_condition",
    "squared_error_optimum",
    "unrolled_bptt",
]
