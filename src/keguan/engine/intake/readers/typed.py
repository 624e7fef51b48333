"""Tables whose source already has types (Parquet, frames, query results) as a `RawTable` over one SQL relation."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from keguan.core.errors import Place, fail
from keguan.engine.intake.raw import RawColumn, RawType

if TYPE_CHECKING:
    import duckdb

_NUMBERS = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL\(.*\)")
_TEXTS = re.compile(
    r"VARCHAR|ENUM\(.*|UUID|TIME|TIME WITH TIME ZONE|INTERVAL|BIT|\"NULL\"|NULL|JSON", re.DOTALL
)
_views = count(1)


def quoted(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    """An SQL text literal."""
    return "'" + value.replace("'", "''") + "'"


def file_literal(path: Path) -> str:
    """A file as an SQL literal: the characters of a pattern stand for themselves."""
    return literal("".join(f"[{c}]" if c in "*?[" else c for c in str(path.absolute())))


def view_name() -> str:
    """A name no other view or table of this process has."""
    return f"raw_{next(_views)}"


def connect() -> duckdb.DuckDBPyConnection:
    """A DuckDB of our own that never reaches for the network."""
    import duckdb

    return duckdb.connect(
        config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    )


def unique_headers(headers: Sequence[str]) -> tuple[str, ...]:
    """Headers as written, told apart: `column 3` where empty, `amount (2)` for a repeat.

    >>> unique_headers(["amount", "", "amount"])
    ('amount', 'column 2', 'amount (2)')
    """
    taken = {header for header in headers if header}
    seen: set[str] = set()
    turns: dict[str, int] = {}
    unique: list[str] = []
    for number, header in enumerate(headers, start=1):
        wish = header or f"column {number}"
        name, turn = wish, turns.get(wish, 1)
        while name in seen or (turn > 1 and name in taken):
            turn += 1
            name = f"{wish} ({turn})"
        turns[wish] = turn
        seen.add(name)
        unique.append(name)
    return tuple(unique)


def plain_column(name: str, sql_type: str, place: Place) -> tuple[RawType, str]:
    """The raw type of a source's column and the SQL that yields it.

    Numbers, dates, naive timestamps and flags keep their type. Instants become text in UTC with `+00:00`, so that no
    session's time zone can move a day; nested values become JSON-like text, bytes the text they are in UTF-8, else their
    escaped form. Other types are KG151.
    """
    column = quoted(name)
    if _NUMBERS.fullmatch(sql_type):
        return "number", column
    if sql_type == "DATE":
        return "date", column
    if sql_type == "BOOLEAN":
        return "flag", column
    if sql_type == "TIMESTAMP WITH TIME ZONE":
        return "text", f"strftime({column} AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M:%S.%f+00:00')"
    if sql_type.startswith("TIMESTAMP"):
        return "timestamp", f"CAST({column} AS TIMESTAMP)"
    if (
        _TEXTS.fullmatch(sql_type)
        or sql_type.endswith("]")
        or sql_type.startswith(("STRUCT", "MAP", "UNION"))
    ):
        return "text", f"CAST({column} AS VARCHAR)"
    if sql_type == "BLOB":
        return "text", f"coalesce(try(decode({column})), CAST({column} AS VARCHAR))"
    raise fail("KG151", Place(file=place.file, field=name), type=sql_type)


def plain_columns(described: Sequence[tuple[str, str]], place: Place) -> tuple[tuple[RawColumn, ...], str]:
    """Raw columns and the select list `… AS c0, … AS c1` for a relation's (name, SQL type) pairs."""
    plain = [plain_column(name, sql_type, place) for name, sql_type in described]
    headers = unique_headers([name for name, _ in described])
    columns = tuple(RawColumn(header, kind) for header, (kind, _) in zip(headers, plain, strict=True))
    return columns, ", ".join(f"{sql} AS c{i}" for i, (_, sql) in enumerate(plain))


def same(records: list[int]) -> list[int]:
    """The place of a record in a source without lines: its own number."""
    return list(records)


def attach_view(relation: Callable[[], str], select: str) -> Callable[[duckdb.DuckDBPyConnection], str]:
    """An `attach` that makes a view over a relation, under one name per table."""
    name = view_name()

    def attach(con: duckdb.DuckDBPyConnection) -> str:
        con.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT {select} FROM {relation()}")
        return name

    return attach
