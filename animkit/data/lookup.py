"""Where a dataset's file is: a folder of the user's, the cache, or a download pinned by its SHA-256."""

import functools
import os
from pathlib import Path

import pooch

SOURCES = ("auto", "present", "twin")


def find(file, *, url, sha256, twin):
    """Find one file in the folder `ANIMKIT_DATA`, else in the user's cache, else download it into the cache.

    Args:
        file: name under the folder or cache, with forward slashes, such as `"mnist/mnist.npz"`.
        url: address of the download, pinned to a version.
        sha256: hexadecimal hash of the download; or a tuple of it and of other versions that are as good
            when they are already there.
        twin: how to get the procedural twin instead, such as `'load_mnist(source="twin")'`, for the offline error.

    Returns:
        The path of a file whose hash has been checked.

    Raises:
        ValueError: a file is there, or arrived, with another hash.
        FileNotFoundError: the file is nowhere and cannot be downloaded, or `ANIMKIT_DATA` is no folder.
    """
    accepted = (sha256,) if isinstance(sha256, str) else tuple(sha256)
    for folder in folders():
        path = folder / file
        if path.is_file():
            found = _sha256(path, path.stat().st_size, path.stat().st_mtime_ns)
            if found not in accepted:
                raise ValueError(
                    f"{path} is damaged or another version: expected SHA-256 {' or '.join(accepted)}, found {found}. "
                    f"Delete it to have it downloaded again, or put the file of {url} there; "
                    f"{twin} gives a twin that needs no file."
                )
            return path
    try:
        # pooch writes beside the target under a temporary name, checks the hash, then renames
        return Path(pooch.retrieve(url, known_hash=accepted[0], fname=file, path=_cache()))
    except ValueError as error:
        raise ValueError(
            f"{file}: {url} did not send the expected file. {error} Nothing was kept; try again."
        ) from error
    except OSError as error:  # the connection's errors are OSErrors too, as are a full disk and a read-only cache
        places = " and ".join(str(folder / file) for folder in folders())
        raise FileNotFoundError(
            f"{file} is not here (looked for {places}) and could not be downloaded from {url} ({error}). "
            f"Download it elsewhere and put it at {_cache() / file}, or set ANIMKIT_DATA to a folder that has it; "
            f"{twin} gives a procedural twin that needs no download."
        ) from error


def present(*files):
    """Say whether every one of the files is in the folder `ANIMKIT_DATA` or in the cache, without the network."""
    return all(any((folder / file).is_file() for folder in folders()) for file in files)


def wants_twin(source, *files):
    """Decide between a dataset and its procedural twin.

    Args:
        source: `"auto"` for the real files (downloaded if need be), `"present"` for the real files when they are
            all here already and the twin otherwise, `"twin"` for the twin.
        files: the dataset's files, as `find` names them.

    Returns:
        True for the twin.

    Raises:
        ValueError: `source` is none of the three.
    """
    if source not in SOURCES:
        raise ValueError(f"source must be one of {', '.join(SOURCES)}; got {source!r}")
    return source == "twin" or (source == "present" and not present(*files))


def folders():
    """Where files are looked for: the folder `ANIMKIT_DATA` if it is set, then the cache."""
    named = os.environ.get("ANIMKIT_DATA")
    if not named:
        return [_cache()]
    if not Path(named).is_dir():
        raise FileNotFoundError(f"ANIMKIT_DATA is {named}, which is no folder: set it to one that exists, or unset it")
    return [Path(named), _cache()]


def _cache():
    return Path(os.environ.get("ANIMKIT_CACHE") or pooch.os_cache("animkit"))


@functools.cache
def _sha256(path, size, modified):
    # size and time of change make a rewritten file a new question, so each version is read once a process
    return pooch.file_hash(str(path), alg="sha256")
