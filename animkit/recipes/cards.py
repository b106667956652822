"""What is told of trained weights beside their file: where they come from, how good they are, how to make them."""

import os
import time

import keras

from animkit.training import device_report


def card(name, *, what, data, recipe, metrics, profile, started, seed=0):
    """Write the card of trained weights.

    Args:
        name: of the weights, and of their maker in `animkit.recipes.make`.
        what: the model, in one sentence.
        data: what it learned from.
        recipe: how, as text or dict.
        metrics: dict of dicts, each with `value`, `unit` and the baselines beside it.
        profile: "ci", "demo" or "full".
        started: `time.perf_counter()` when work began.
        seed: of everything random.

    Returns:
        dict, see `animkit.weights.card`.
    """
    command = f"python -m animkit.recipes.make {name}"
    return {
        "name": name,
        "what": what,
        "data": data,
        "licence": "MIT",
        "seed": seed,
        "profile": profile,
        "recipe": recipe,
        "metrics": metrics,
        "seconds": round(time.perf_counter() - started),
        "machine": machine(),
        "keras": keras.__version__,
        "backend": backend(),
        "command": command if profile == "full" else f"{command} --profile {profile}",
    }


def made_by(protocol, **options):
    """Say by what a measurement was made, for its results file.

    Args:
        protocol: module of `animkit.benchmarks`.
        **options: of its command line; those that are None, and a source of "auto", are left out.

    Returns:
        dict: backend, machine, command.
    """
    command = f"KERAS_BACKEND={keras.backend.backend()} python -m animkit.benchmarks.{protocol}"
    told = {name: value for name, value in options.items() if value is not None and (name, value) != ("source", "auto")}
    command += "".join(f" --{name} {value}" for name, value in told.items())
    return {"backend": backend(), "machine": machine(), "command": command}


def machine():
    """Name the machine at hand: processor, cores, memory, how busy it is, and its GPUs."""
    _, gpu, cpu, _ = device_report().splitlines()
    load = f", load {os.getloadavg()[0]:.0f}" if hasattr(os, "getloadavg") else ""
    return f"{cpu.removeprefix('CPU: ')}{load}; {gpu}"


def backend():
    """Name the backend and its version."""
    return device_report().splitlines()[0].split(" on ")[1]
