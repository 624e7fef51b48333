"""Canonical facts as immutable Parquet parts whose name is the fingerprint of their content."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from keguan.core import fingerprint


@dataclass(frozen=True)
class Part:
    """One immutable piece of an import: `table`, where it lies, its fingerprint, rows, and the fields it carries."""

    table: str
    path: Path
    fingerprint: str
    rows: int
    fields: tuple[str, ...]
    source: str

    def as_record(self) -> dict[str, Any]:
        """The part as `run.json` names it: without its path, which may change."""
        record = asdict(self)
        del record["path"]
        return {**record, "fields": list(self.fields)}


class PartStore:
    """A folder of parts, `<table>/<sha256>.parquet`; a part is there whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(
        self,
        table: str,
        write: Callable[[Path], tuple[int, tuple[str, ...]]],
        source: str,
        beside: Callable[[Path], Path] | None = None,
    ) -> Part:
        """Let `write(path)` make the file (it returns rows and fields), then move it to its fingerprint's name. What it made
        `beside` the path goes first: the part is there last."""
        home = self.folder / table
        home.mkdir(parents=True, exist_ok=True)
        draft = home / f".draft-{uuid4().hex}.parquet"
        try:
            rows, fields = write(draft)
            mark = fingerprint.of_file(draft)
            path = home / f"{mark.removeprefix('sha256:')}.parquet"
            if beside:
                os.replace(beside(draft), beside(path))
            os.replace(draft, path)
        finally:
            for left in (draft, *([beside(draft)] if beside else [])):
                left.unlink(missing_ok=True)
        return Part(table, path, mark, rows, fields, source)

    def find(self, table: str, mark: str) -> Path | None:
        """The file of a part, or None when it is gone."""
        path = self.folder / table / f"{mark.removeprefix('sha256:')}.parquet"
        return path if path.exists() else None
