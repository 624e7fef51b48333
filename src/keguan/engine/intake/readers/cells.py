"""Typed single values (of sheets, of SQLite) as text plus the raw type of their column; no `1.0` for a whole number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from keguan.engine.intake.raw import RawType

Kind = RawType
_CASTS: dict[RawType, str] = {
    "text": "{}",
    "number": "CAST({} AS DOUBLE)",
    "date": "CAST({} AS DATE)",
    "timestamp": "CAST({} AS TIMESTAMP)",
    "flag": "CAST({} AS BOOLEAN)",
}


def written(value: object) -> tuple[str | None, Kind]:
    """A value as text and its kind; empty text is None. Times and durations are text.

    >>> written(17850.0), written(0.1), written(True)
    (('17850', 'number'), ('0.1', 'number'), ('true', 'flag'))
    """
    if isinstance(value, str):
        return value or None, "text"
    if isinstance(value, bool):
        return ("true" if value else "false"), "flag"
    if isinstance(value, int):
        return str(value), "number"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(" "), "timestamp"
    if isinstance(value, dt.date):
        return value.isoformat(), "date"
    if isinstance(value, bytes):
        return _bytes(value), "text"
    return (None if value is None else str(value)), "text"


def _number(value: float) -> tuple[str | None, Kind]:
    if value != value or value in (float("inf"), float("-inf")):
        return None, "number"
    is_whole = value.is_integer() and abs(value) < 1e15
    return (str(int(value)) if is_whole else repr(value)), "number"


def _bytes(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.hex()


class Tally:
    """The kinds that the columns of a table have shown so far."""

    def __init__(self, width: int) -> None:
        self._seen: list[set[Kind]] = [set() for _ in range(width)]
        self._is_whole = [True] * width

    def add(self, cells: Sequence[tuple[str | None, Kind]]) -> None:
        """Take the cells of one row."""
        for position, (cell, kind) in enumerate(cells):
            if cell is None:
                continue
            self._seen[position].add(kind)
            if kind == "number" and self._is_whole[position]:
                self._is_whole[position] = cell.lstrip("-").isdecimal() and len(cell) <= 18

    def filled(self) -> list[bool]:
        """Which columns have any value at all."""
        return [bool(seen) for seen in self._seen]

    def types(self) -> list[tuple[RawType, bool]]:
        """Each column's type, `text` where kinds mix, and whether all its numbers are whole."""
        return [(_joined(seen), whole) for seen, whole in zip(self._seen, self._is_whole, strict=True)]


def _joined(seen: Iterable[Kind]) -> RawType:
    kinds = set(seen)
    if len(kinds) == 1:
        return kinds.pop()
    return "timestamp" if kinds == {"date", "timestamp"} else "text"


def cast(column: str, kind: RawType, is_whole: bool) -> str:
    """The SQL that turns a column of written cells back into its type; exact, for `repr` round-trips.

    >>> cast("c0", "number", True), cast("c1", "date", True)
    ('CAST(c0 AS BIGINT)', 'CAST(c1 AS DATE)')
    """
    return f"CAST({column} AS BIGINT)" if kind == "number" and is_whole else _CASTS[kind].format(column)
