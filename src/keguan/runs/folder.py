"""A folder that appears whole or not at all: written beside its place, then renamed; an old one is swapped, not mixed."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from keguan.core.errors import Place, fail

if sys.platform != "win32":
    import fcntl

_HERE, _EXCHANGE = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of <fcntl.h>
_TAKEN = (errno.EEXIST, errno.ENOTEMPTY)


@contextmanager
def whole_folder(target: Path, *, force: bool = False) -> Iterator[Path]:
    """A draft folder that becomes `target` when the block ends well. Raises KG505 when `target` exists without `force`.

    Killed at any moment, `target` is the old folder or the new one. Where the system cannot exchange two names at once
    the swap is two renames: between them the old one is under `.<name>.old-…`, where the next run puts it back. Several
    programs may write the same target at once: each has its own draft, the last one to end stays.
    """
    target = target.absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        with _lock(target.parent):
            _recover(target)
            if target.exists() and not force:
                raise fail("KG505", Place(str(target)), folder=target.name)
            draft = target.parent / f".{target.name}.new-{uuid4().hex[:12]}"
            draft.mkdir()
            held.enter_context(_lock(draft))
        try:
            yield draft
            _settle(draft)
            _place(draft, target, force=force)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def _lock(folder: Path, *, wait: bool = True) -> Iterator[bool]:
    """Hold a folder against other programs, and say whether we do; the system lets go of it when we end, however we end.
    Without `wait` somebody else's hold is told by False, and so is a system that has no such locks."""
    if sys.platform == "win32":
        yield False
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        got = True
    except BlockingIOError:
        got = False
    try:
        yield got
    finally:
        os.close(handle)


def _settle(draft: Path) -> None:
    """Bytes reach the disk before the name does."""
    for path in sorted(draft.rglob("*")):
        if path.is_file():
            with path.open("rb") as stream:
                os.fsync(stream.fileno())


def _place(draft: Path, target: Path, *, force: bool) -> None:
    """Give the draft its name. Somebody else may have taken it since we began."""
    try:
        os.rename(draft, target)
    except OSError as wrong:
        if wrong.errno not in _TAKEN:
            raise
        if not force:
            raise fail("KG505", Place(str(target)), folder=target.name) from None
        _swap(draft, target)


def _swap(draft: Path, target: Path) -> None:
    if _exchange(draft, target):
        return  # the old one now has the draft's name and is cleared away with it
    aside = target.parent / f".{target.name}.old-{uuid4().hex[:12]}"
    os.rename(target, aside)
    os.rename(draft, target)
    shutil.rmtree(aside, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change names in one step (Linux); False where system or file system cannot."""
    rename = getattr(ctypes.CDLL(None), "renameat2", None) if sys.platform == "linux" else None
    return rename is not None and rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0


def _recover(target: Path) -> None:
    """Finish what a killed run left: put an old folder back if its place is empty, clear drafts away that nobody holds."""
    for aside in sorted(target.parent.glob(f".{target.name}.old-*")):
        if target.exists():
            shutil.rmtree(aside, ignore_errors=True)
        else:
            os.rename(aside, target)
    for draft in target.parent.glob(f".{target.name}.new-*"):
        with suppress(FileNotFoundError), _lock(draft, wait=False) as left_behind:
            if left_behind:
                shutil.rmtree(draft, ignore_errors=True)
