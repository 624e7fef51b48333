"""A folder that appears whole or not at all: written beside its place, then renamed; an old one is swapped, not mixed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from keguan.core.errors import Place, fail


@contextmanager
def whole_folder(target: Path, *, force: bool = False) -> Iterator[Path]:
    """A draft folder that becomes `target` when the block ends well. Raises KG505 when `target` exists without `force`.

    Killed at any moment, `target` is the old folder or the new one: the swap is two renames, and a reader that finds the
    old one moved aside finds it under `.<name>.old-…` beside it, where the next run puts it back or clears it away.
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
    aside = target.parent / f".{target.name}.old-{uuid4().hex[:12]}"
    os.rename(target, aside)
    os.rename(draft, target)
    shutil.rmtree(aside, ignore_errors=True)


def _recover(target: Path) -> None:
    """Finish what a killed run left: put an old folder back if its place is empty, clear drafts away."""
    for aside in sorted(target.parent.glob(f".{target.name}.old-*")):
        if target.exists():
            shutil.rmtree(aside, ignore_errors=True)
        else:
            os.rename(aside, target)
    for draft in target.parent.glob(f".{target.name}.new-*"):
        shutil.rmtree(draft, ignore_errors=True)
