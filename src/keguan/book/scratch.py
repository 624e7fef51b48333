"""A temporary folder that lives as long as its owner and goes without a word, whether or not somebody closes it."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from pathlib import Path


class Scratch:
    """A fresh folder under the system's temporary directory."""

    def __init__(self, prefix: str) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=prefix))
        self._remove = weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)

    def close(self) -> None:
        """Remove it now; a second time does nothing."""
        self._remove()
