"""Which reader a source needs, told by its content and not by its name; what goes wrong becomes a coded error."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from keguan.core.errors import KeguanError, Place, Problem, fail
from keguan.engine.intake.options import IntakeOptions
from keguan.engine.intake.raw import RawTable
from keguan.engine.intake.readers import names, unpack
from keguan.engine.intake.readers.formats import format_of
from keguan.engine.intake.readers.limits import Limits
from keguan.engine.intake.readers.sources import Source
from keguan.engine.intake.readers.workdir import Workdir


def read_source(source: Source, options: IntakeOptions, work: Workdir, limits: Limits) -> list[RawTable]:
    """Every table of one source."""
    if source.frame is not None:
        from keguan.engine.intake.readers.frames import read_frame

        return [read_frame(source, limits, work)]
    if source.url is not None:
        return _database(source, limits, work)
    if source.path is None:
        raise ValueError(f"source {source.name} names nothing to read")
    try:
        return _file(source.path, source, options, work, limits, packed="")
    except FileNotFoundError as error:
        raise fail("KG101", Place(file=source.name)) from error
    except PermissionError as error:
        raise fail("KG102", Place(file=source.name)) from error
    except OSError as error:
        code = "KG116" if error.errno == errno.ENOSPC else "KG103"
        raise fail(code, Place(file=source.name), reason=error.strerror or error) from error


def _database(source: Source, limits: Limits, work: Workdir) -> list[RawTable]:
    url = source.url or ""
    if url.lower().startswith("sqlite"):
        from keguan.engine.intake.readers import sqlite

        return sqlite.read_sqlite(sqlite.path_of(url, source), source, limits, work)
    from keguan.engine.intake.readers import postgres

    return postgres.read_postgres(source, limits, work)


def _file(
    path: Path, source: Source, options: IntakeOptions, work: Workdir, limits: Limits, packed: str
) -> list[RawTable]:
    """The tables of a file, `packed` naming the compression it came out of."""
    place = Place(file=source.name)
    if not path.is_file() and path.exists():
        raise fail("KG111", place, found="device" if not path.is_dir() else "folder")
    kind = format_of(path, place)
    if kind in ("gz", "xz", "bz2", "zst"):
        if packed:
            raise fail("KG115", place)
        plain = unpack.unpack_stream(path, kind, work, limits, place)
        return _file(plain, source, options, work, limits, kind)
    if kind == "zip":
        if packed:
            raise fail("KG115", place)
        return _archive(path, source, options, work, limits)
    tables = _tables(kind, path, source, options, work, limits)
    return [replace(t, facts={**t.facts, "compression": packed}) for t in tables] if packed else tables


def _tables(
    kind: str, path: Path, source: Source, options: IntakeOptions, work: Workdir, limits: Limits
) -> list[RawTable]:
    if kind == "workbook":
        from keguan.engine.intake.readers.workbooks import read_workbook

        return read_workbook(path, source, options, work, limits)
    if kind == "sqlite":
        from keguan.engine.intake.readers.sqlite import read_sqlite

        return read_sqlite(path, source, limits, work)
    if kind == "parquet":
        from keguan.engine.intake.readers.parquet import read_parquet

        return [read_parquet(path, source, limits)]
    if kind == "arrow":
        from keguan.engine.intake.readers.frames import read_arrow_file

        return [read_arrow_file(path, source, limits, work)]
    from keguan.engine.intake.readers.delimited import read_delimited

    return [read_delimited(path, source, options, work, limits)]


def _archive(
    path: Path, source: Source, options: IntakeOptions, work: Workdir, limits: Limits
) -> list[RawTable]:
    """The tables of all members of a zip; all their problems at once."""
    place = Place(file=source.name)
    found: list[RawTable] = []
    problems: list[Problem] = []
    for member in _members(path, source, work, limits, place):
        try:
            found.extend(_file(member.path or path, member, options, work, limits, "zip"))
        except KeguanError as error:
            problems.extend(error.problems)
    if problems:
        raise KeguanError(problems)
    return found


def _members(path: Path, source: Source, work: Workdir, limits: Limits, place: Place) -> Iterator[Source]:
    infos = unpack.members(path, place)
    if len(infos) > limits.max_files:
        raise fail("KG109", place, limit=limits.max_files)
    for name, content in unpack.unpack_members(path, infos, work, limits, place):
        stem = PurePosixPath(name).name.partition(".")[0]
        guess = source.table if source.given or len(infos) == 1 else None
        table = guess or names.guess_table(stem)
        yield replace(source, name=f"{source.name}/{name}", table=table, path=content)
