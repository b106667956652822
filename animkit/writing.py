"""Files that are whole or as they were: written under another name, then renamed."""

import errno
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path

# what a person can put right when a file cannot be written
_NO_ROOM = {
    errno.ENOSPC: "the disk is full; free some space, or choose a folder elsewhere",
    errno.EDQUOT: "your share of the disk is full; free some space, or choose a folder elsewhere",
    errno.EACCES: "nobody may write there; choose another folder, or change its permissions",
    errno.EROFS: "that disk can only be read; choose a folder elsewhere",
}


@contextmanager
def replacing(path):
    """Give a temporary file beside a path, and move it there once all is written: a writer cut short changes nothing.

    Args:
        path: of the file; its folder must be there.

    Yields:
        `pathlib.Path` of an empty file in the same folder, whose name begins with a dot and does not end as the path's.

    Raises:
        FileNotFoundError: the folder is not there.
        IsADirectoryError: a folder has that name.
        OSError: there is no room, or nobody may write there.
    """
    path = Path(path)
    check_parent(path)
    if path.is_dir():
        raise IsADirectoryError(f"cannot write {path.name}: a folder in {path.parent} has that name; choose another")
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        os.close(handle)
        os.chmod(temporary, 0o644)  # as other files are; a temporary one is its owner's alone
        yield Path(temporary)
        os.replace(temporary, path)
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        there = f"; {path.name} is as it was" if path.exists() else ""
        why = f"cannot write {path.name} into {path.parent}: {_NO_ROOM[error.errno]}{there}"
        raise OSError(why) from error
    finally:
        if temporary:
            Path(temporary).unlink(missing_ok=True)


def check_parent(path):
    """Refuses, with a FileNotFoundError, a path whose folder is not there."""
    if not path.parent.is_dir():
        raise FileNotFoundError(f"cannot write {path.name}: the folder {path.parent} does not exist; make it first")
