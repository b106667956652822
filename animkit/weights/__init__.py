"""Small trained weights that ship, each with a card that says where it came from and how good it is."""

import hashlib
import importlib
import json
import pkgutil
from pathlib import Path

FOLDER = Path(__file__).parent


def names():
    """List the weights that ship.

    Returns:
        Sorted names.
    """
    return sorted(path.stem for path in FOLDER.glob("*.keras"))


def card(name):
    """Read what is known of one set of weights: data, licence, seed, metrics with baselines, the command.

    Args:
        name: one of `names()`.

    Returns:
        dict.

    Raises:
        ValueError: when no such weights ship.
    """
    return json.loads(_path(name, ".json").read_text(encoding="utf-8"))


def load(name):
    """Load a trained model.

    Args:
        name: one of `names()`.

    Returns:
        A Keras model, ready to call.

    Raises:
        ValueError: when no such weights ship.
    """
    import keras

    import animkit.models

    # each import registers its classes with Keras
    built = [f"models.{module.name}" for module in pkgutil.iter_modules(animkit.models.__path__)]
    for module in ("gan", "vae", "rnn", "unet", *built):
        importlib.import_module(f"animkit.{module}")

    return keras.saving.load_model(_path(name, ".keras"), compile=False)


def sha256(path):
    """Hash a file of weights, as its card has it under "sha256".

    Args:
        path: of the file.

    Returns:
        str of 64 hexadecimal digits.
    """
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def _path(name, suffix):
    path = FOLDER / f"{name}{suffix}"
    if not path.exists():
        raise ValueError(
            f"no weights called {name!r}; there are {', '.join(names()) or 'none'} (make weights trains them)"
        )
    return path
