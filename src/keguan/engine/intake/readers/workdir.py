"""A private folder for what reading must put on disk; gone when the work is done, never beside the user's files."""

from __future__ import annotations

import shutil
from itertools import count
from pathlib import Path
from types import TracebackType

from keguan.core.scratch import Scratch


class Workdir:
    """A context: `with Workdir() as work:`; tables read with it can be used until it closes.

    The folder lies in the system's temporary directory (environment variable `TMPDIR`) unless `parent` is given.
    """

    def __init__(self, parent: Path | None = None) -> None:
        self._scratch = Scratch(parent)
        self.folder = self._scratch.path
        self._numbers = count(1)

    def path(self, suffix: str) -> Path:
        """A path nobody else uses, not yet a file."""
        return self.folder / f"{next(self._numbers)}{suffix}"

    def free_bytes(self) -> int:
        """What the disk under the folder still holds."""
        return shutil.disk_usage(self.folder).free

    def close(self) -> None:
        """Remove the folder with everything in it."""
        self._scratch.close()

    def __enter__(self) -> Workdir:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
