"""SQLite files: the tables we recognise, or the user's query, read-only and typed by what the cells hold."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from keguan.core.errors import Place, fail
from keguan.engine.intake.raw import RawColumn, RawTable
from keguan.engine.intake.readers import names, typed
from keguan.engine.intake.readers.cells import Tally, cast, written
from keguan.engine.intake.readers.kept import RowWriter
from keguan.engine.intake.readers.layout import too_many_columns
from keguan.engine.intake.readers.limits import Limits
from keguan.engine.intake.readers.workdir import Workdir

if TYPE_CHECKING:
    from keguan.engine.intake.readers.sources import Source

_READING = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE)


def path_of(url: str, source: Source) -> Path:
    """The file of `sqlite:///relative.db` or `sqlite:////absolute.db`; KG101 when it is not there."""
    path = Path(unquote(url.partition("://")[2].partition("?")[0].removeprefix("/")))
    if not path.is_file():
        raise fail("KG101", Place(file=source.name))
    return path


def read_sqlite(path: Path, source: Source, limits: Limits, work: Workdir) -> list[RawTable]:
    """The table of the source's query, else every table whose name says what it holds.

    Raises KG160 (no database), KG161 (query refused), KG164 (no table we recognise).
    """
    place = Place(file=source.name)
    try:
        with closing(_opened(path)) as con:
            queries = (
                [(source.name, source.table, source.query)] if source.query else _known(con, source, place)
            )
            _guard(con)
            return [_read(con, name, table, query, place, limits, work) for name, table, query in queries]
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise fail("KG161" if source.query else "KG160", place, reason=error) from error


def _opened(path: Path) -> sqlite3.Connection:
    con = sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True, timeout=5)
    con.text_factory = _text
    return con


def _text(value: bytes) -> str:
    """Text of a database; what is not UTF-8 in it is GB18030 or shown as replacement characters."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("gb18030", "replace")


def _guard(con: sqlite3.Connection) -> None:
    """Let the user's query read this file and do nothing else."""
    con.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in _READING else sqlite3.SQLITE_DENY)


def _known(con: sqlite3.Connection, source: Source, place: Place) -> list[tuple[str, str | None, str]]:
    """(name, logical table, query) for the database's tables and views that we recognise by name."""
    rows = con.execute(
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name"
    ).fetchall()
    found = [str(name) for (name,) in rows if not str(name).startswith("sqlite_")]
    known = names.choose_tables(found, source.table if source.given else None)
    if not known:
        raise fail("KG164", place, found=", ".join(found) or "∅")
    return [
        (f"{source.name} [{name}]", table, f"SELECT * FROM {typed.quoted(name)}") for name, table in known
    ]


def _read(
    con: sqlite3.Connection,
    name: str,
    table: str | None,
    query: str,
    place: Place,
    limits: Limits,
    work: Workdir,
) -> RawTable:
    cursor = con.execute(query)
    headers = [str(column[0]) for column in cursor.description or ()]
    if not headers:
        raise fail("KG161", place, reason=query[:80])
    if len(headers) > limits.max_columns:
        raise too_many_columns(len(headers), limits, place)
    path, tally = work.path(".parquet"), Tally(len(headers))
    with RowWriter(path, len(headers)) as writer:
        for row in _rows(cursor):
            cells = [written(value) for value in row]
            tally.add(cells)
            writer.add([cell for cell, _ in cells], writer.rows + 1)
    types = tally.types()
    cells_sql = ", ".join(f"{cast(f'c{i}', kind, whole)} AS c{i}" for i, (kind, whole) in enumerate(types))
    relation = f"read_parquet({typed.file_literal(path)}, file_row_number = true)"
    return RawTable(
        name=name,
        columns=tuple(RawColumn(h, t[0]) for h, t in zip(typed.unique_headers(headers), types, strict=True)),
        attach=typed.attach_view(lambda: relation, f"{cells_sql}, file_row_number + 1 AS record"),
        lines=typed.same,
        table=table,
        facts={"format": "sqlite", "rows": writer.rows},
    )


def _rows(cursor: sqlite3.Cursor) -> Iterator[tuple[object, ...]]:
    while batch := cursor.fetchmany(10_000):
        yield from batch
