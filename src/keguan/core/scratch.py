"""Folders for work in progress in the system's temporary place; those a killed program left there are swept away.

A folder is owned as long as somebody holds the lock on a file in it: a lock goes with its process however that ends, and
tells the living from the dead where process numbers are used again or belong to another container. What carries no such
file is left alone, and where the system knows no such locks (Windows) nothing is swept.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import weakref
from functools import cache
from pathlib import Path
from types import TracebackType

if sys.platform != "win32":
    import fcntl

PREFIX = "keguan-"
LOCK = ".keguan-lock"


class Scratch:
    """A fresh folder, by default under the system's temporary directory (environment variable `TMPDIR`). It goes when it is
    closed, when nobody holds it any more, and when the program ends. As a context it yields its path."""

    def __init__(self, parent: Path | None = None) -> None:
        if parent is None:
            _swept(Path(tempfile.gettempdir()))
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        self._remove = weakref.finalize(self, _remove, self.path, _owned(self.path))

    def close(self) -> None:
        """Remove it now with everything in it; a second time does nothing."""
        self._remove()

    def __enter__(self) -> Path:
        return self.path

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def sweep(folder: Path) -> None:
    """Remove every scratch folder in `folder` that is ours and whose owner is gone."""
    if sys.platform == "win32":
        return
    try:
        with os.scandir(folder) as entries:
            found = [
                Path(e) for e in entries if e.name.startswith(PREFIX) and e.is_dir(follow_symlinks=False)
            ]
    except OSError:  # a place one may write to and not list
        return
    for path in found:
        lock = _orphaned(path)
        if lock is not None:
            _remove(path, lock)


@cache
def _swept(folder: Path) -> None:
    """Once in a process."""
    sweep(folder)


def _owned(path: Path) -> int | None:
    """The lock on a new folder, held until it is let go. It is taken before the file has its name, so that nobody ever sees
    it free; None where locks are not to be had."""
    draft = path / f"{LOCK}-draft"
    lock = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    if not _taken(lock):  # no locks here: the folder is never swept
        os.close(lock)
        draft.unlink()
        return None
    draft.rename(path / LOCK)
    return lock


def _orphaned(path: Path) -> int | None:
    """The lock of a folder of ours that nobody holds; None where somebody does, where it is another user's or has none."""
    try:
        lock = os.open(path / LOCK, os.O_RDWR | os.O_NOFOLLOW)
    except OSError:  # no lock, gone meanwhile, or not ours to open
        return None
    if os.fstat(lock).st_uid == os.getuid() and _taken(lock):
        return lock
    os.close(lock)
    return None


def _taken(lock: int) -> bool:
    """Whether the lock is now ours; not while anybody holds it."""
    if sys.platform == "win32":
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _remove(path: Path, lock: int | None) -> None:
    shutil.rmtree(path, ignore_errors=True)
    if lock is not None:
        os.close(lock)
