"""Is the kit whole? Versions, device, data and weights looked at, each finding with what to do about it."""

import importlib.metadata
import json
import platform
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement

from animkit import __version__, weights
from animkit.data import lookup

FINE, NOTE, WRONG = "ok", "note", "wrong"
ROOM = 500_000_000  # bytes; the films and executed notebooks of a day
# folder of the real files -> what stands in for them
DATA = {
    "archetypes": "the words of our own lexicon",
    "bandai_namco": "walkers drawn by our own code",
    "cldr": "our own Chinese words for feelings",
    "cmu_bvh": "walkers drawn by our own code",
    "cmu_mocap": "walkers drawn by our own code",
    "fairytales": "tales written by our own code",
    "goemotions": "messages written by our own code",
    "lpc_sprites": "characters drawn by our own code",
    "mario_levels": "levels built by our own code",
    "mnist": "digits drawn by our own code",
    "shakespeare": "plays written by our own code",
    "word_vectors": "vectors that begin at random",
}


class Finding(NamedTuple):
    """One thing that was looked at."""

    what: str
    state: str  # FINE; NOTE: works, but should be known; WRONG: something will fail
    told: str


def examine():
    """Look at everything that the kit needs; loads the backend, which takes some seconds.

    Returns:
        list of Finding.
    """
    return [*versions(), device(), video(), room(), *data(), *shipped()]


def versions():
    """Compare what is installed with what the kit asks for.

    Returns:
        list of Finding.
    """
    told = f"animkit {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    found = [Finding("animkit", FINE if sys.version_info >= (3, 11) else WRONG, told)]
    try:
        lines = importlib.metadata.requires("animkit") or []
    except importlib.metadata.PackageNotFoundError:
        return [
            *found,
            Finding("packages", NOTE, "not checked, as animkit is not installed: pip install -e ."),
        ]
    for wanted in map(Requirement, lines):
        if wanted.marker is not None:  # of an extra, such as test
            continue
        try:
            version = importlib.metadata.version(wanted.name)
        except importlib.metadata.PackageNotFoundError:
            found.append(Finding(wanted.name, WRONG, f"not installed: pip install '{wanted}'"))
            continue
        fits = version in wanted.specifier
        told = version if fits else f"{version} is too old: pip install '{wanted}'"
        found.append(Finding(wanted.name, FINE if fits else WRONG, told))
    return found


def device():
    """Load the backend and say on what it computes.

    Returns:
        Finding.
    """
    try:
        from animkit.training import device_report  # loads Keras

        return Finding("device", FINE, "; ".join(device_report().splitlines()))
    except Exception as error:  # whatever a broken installation raises is what is to be told
        return Finding("device", WRONG, f"the backend does not load ({type(error).__name__}: {error})")


def video():
    """See whether films can be written as MP4.

    Returns:
        Finding.
    """
    try:
        import av

        av.codec.Codec("libx264", "w")
        return Finding("video", FINE, f"H.264 by PyAV {av.__version__}")
    except Exception as error:
        return Finding("video", WRONG, f"no MP4 can be written ({error}): pip install --force-reinstall av")


def room(folder="."):
    """See whether there is room on the disk.

    Args:
        folder: where files would go.

    Returns:
        Finding.
    """
    free = shutil.disk_usage(folder).free
    told = f"{free / 1e9:.1f} GB free in {Path(folder).resolve()}"
    return Finding("disk", FINE if free > ROOM else NOTE, told + ("" if free > ROOM else ": make room before a film"))


def data():
    """See which real data are here; none of them is needed to use what ships.

    Returns:
        list of Finding.
    """
    try:
        folders = lookup.folders()
    except FileNotFoundError as error:
        return [Finding("data", WRONG, str(error))]
    found = []
    for name, twin in DATA.items():
        here = [folder / name for folder in folders if (folder / name).is_dir()]
        count = sum(path.is_file() for path in here[0].rglob("*")) if here else 0
        told = f"{count} files in {here[0]}" if count else f"not here; {twin} stand in"
        found.append(Finding(f"data {name}", FINE if count else NOTE, told))
    return found


def shipped(folder=None):
    """Compare each file of weights with its card.

    Args:
        folder: of the files; None for those that ship.

    Returns:
        list of Finding.
    """
    folder = weights.FOLDER if folder is None else Path(folder)
    names = sorted({path.stem for kind in ("*.keras", "*.json") for path in folder.glob(kind)})
    if not names:
        return [Finding("weights", WRONG, f"none in {folder}: install animkit again")]
    return [_weighed(folder, name) for name in names]


def _weighed(folder, name):
    what, again = f"weights {name}", "install animkit again, or: git checkout animkit/weights"
    trained = folder / f"{name}.keras"
    if not trained.is_file():
        return Finding(what, WRONG, f"{trained.name} is not there: {again}")
    try:
        card = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return Finding(what, WRONG, f"its card cannot be read ({error}): {again}")
    found, told = weights.sha256(trained), card.get("sha256")
    if told is None:
        return Finding(what, NOTE, "its card has no SHA-256 to compare with: make weights writes one")
    if found != told:
        return Finding(what, WRONG, f"the file is not that of its card, SHA-256 {found[:12]}, not {told[:12]}: {again}")
    return Finding(what, FINE, f"{trained.stat().st_size / 1e6:.2f} MB, as its card says")
