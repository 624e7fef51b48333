"""Readers: from what a user points at to raw tables as written; nothing here knows customers or orders."""

from __future__ import annotations

from keguan.engine.intake.options import IntakeOptions
from keguan.engine.intake.raw import RawTable
from keguan.engine.intake.readers.limits import Limits
from keguan.engine.intake.readers.sources import Input, Source, find_sources
from keguan.engine.intake.readers.workdir import Workdir

__all__ = ["Input", "Limits", "Source", "Workdir", "find_sources", "read"]


def read(
    source: Source, options: IntakeOptions, work: Workdir, limits: Limits | None = None
) -> list[RawTable]:
    """Every table of one source, as written. The tables can be used until `work` is closed.

    Raises `KeguanError` (KG1nn) when the source cannot be read; nothing of it is silently left out: lines that do not
    fit their table are in `RawTable.bad_lines`.
    """
    from keguan.engine.intake.readers.reading import read_source

    return read_source(source, options, work, limits or Limits.from_environment())
