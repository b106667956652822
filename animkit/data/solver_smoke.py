"""Smoke of an exact solver, PhiFlow, as ramp steps: drawn by no code of ours, and learned by no network here."""

import warnings

import numpy as np

from animkit.data.effects import STEPS

SIDE = 32  # cells of the grid, and units along its side
BEFORE = 24  # frames until the plume has risen to the top


def smoke_of_a_solver(*, frames=16, seed=0):
    """Let smoke rise from a source that wanders, in an open box, and quantise its density.

    Advection by MacCormack, buoyancy, and a pressure that leaves no divergence; not a loop. About a third of a second a
    frame, so draw few.

    Args:
        frames: to keep, after those in which the plume rises.
        seed: of where the source is, how wide it is, and how it wanders.

    Returns:
        (frames, 32, 32) uint8 steps below `animkit.data.effects.STEPS`, y down.

    Raises:
        ModuleNotFoundError: PhiFlow is not installed.
    """
    try:
        from phi import flow
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError("the solver's smoke needs PhiFlow: pip install phiflow") from error
    rng = np.random.default_rng(seed)
    middle, radius, pace = rng.uniform(13, 19), rng.uniform(2.2, 3.0), rng.uniform(0.4, 0.8)
    options = {"x": SIDE, "y": SIDE, "bounds": flow.Box(x=SIDE, y=SIDE)}
    smoke, pressure = flow.CenteredGrid(0, flow.extrapolation.BOUNDARY, **options), None
    velocity = flow.StaggeredGrid(0, flow.extrapolation.BOUNDARY, **options)
    kept = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for frame in range(BEFORE + frames):
            source = flow.Sphere(x=middle + 2.5 * np.sin(pace * frame), y=4, radius=radius)
            smoke = 0.97 * flow.advect.mac_cormack(smoke, velocity, 1.0) + 0.3 * flow.resample(
                source, to=smoke, soft=True
            )
            lifted = flow.advect.semi_lagrangian(velocity, velocity, 1.0) + flow.resample(smoke * (0, 0.3), to=velocity)
            solve = flow.Solve("CG", 1e-2, 1e-2, x0=pressure)
            velocity, pressure = flow.fluid.make_incompressible(lifted, (), solve)
            kept.append(smoke.values.numpy("y,x")[::-1])
    density = np.stack(kept[BEFORE:])
    return np.ceil((STEPS - 1) * (density / 1.2 - 0.12).clip(0, 1)).astype(np.uint8)
