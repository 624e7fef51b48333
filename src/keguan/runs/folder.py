"""A folder that appears whole or not at all: written beside its place, then renamed; an old one is swapped, not mixed."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from keguan.core.errors import Place, fail

_HERE, _EXCHANGE = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of <fcntl.h>


@contextmanager
def whole_folder(target: Path, *, force: bool = False) -> Iterator[Path]:
    """A draft folder that becomes `target` when the block ends well. Raises KG505 when `target` exists without `force`.

    Killed at any moment, `target` is the old folder or the new one. Where the system cannot exchange two names at once
    the swap is two renames: between them the old one is under `.<name>.old-…`, where the next run puts it back.
    """
    target = target.absolute()
    _recover(target)
    if target.exists() and not force:
        raise fail("KG505", Place(str(target)), folder=target.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.parent / f".{target.name}.new-{uuid4().hex[:12]}"
    draft.mkdir()
    try:
        yield draft
        _settle(draft)
        _swap(draft, target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _settle(draft: Path) -> None:
    """Bytes reach the disk before the name does."""
    for path in sorted(draft.rglob("*")):
        if path.is_file():
            with path.open("rb") as stream:
                os.fsync(stream.fileno())


def _swap(draft: Path, target: Path) -> None:
    if not target.exists():
        os.rename(draft, target)
        return
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
    """Finish what a killed run left: put an old folder back if its place is empty, clear drafts away."""
    for aside in sorted(target.parent.glob(f".{target.name}.old-*")):
        if target.exists():
            shutil.rmtree(aside, ignore_errors=True)
        else:
            os.rename(aside, target)
    for draft in target.parent.glob(f".{target.name}.new-*"):
        shutil.rmtree(draft, ignore_errors=True)
