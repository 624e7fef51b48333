"""Numbers of customers while a DuckDB engine is open: taken from the parts, or given here where parts have none in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from keguan.engine.numbering import KEY, NUMBER, TABLE, Numbered, list_beside, listing, numbering

if TYPE_CHECKING:
    import duckdb

_BYTES, _USUAL_BITS = 11, 12
"""What one aggregate of a group takes, and the bits of a number by which DuckDB addresses groups unasked."""
_UNITS = ("", "KiB", "MiB", "GiB", "TiB")
_LISTED, _NAMES, _ROWS = f"{TABLE}#listed", f"{TABLE}#customers", f"{TABLE}#numbered"


def number_orders(con: duckdb.DuckDBPyConnection, parts: Sequence[Path]) -> Numbered:
    """The numbered orders of some parts; without parts, of whatever stands under the table's name."""
    if len(parts) == 1 and list_beside(parts[0]).exists():
        rows, names = TABLE, _LISTED
        con.execute(f'CREATE OR REPLACE TEMP VIEW "{names}" AS FROM {_file(list_beside(parts[0]))}')
    else:
        rows, names = _ROWS, _NAMES
        _number_together(con, parts)
    counts = con.execute(f'SELECT (SELECT count(*) FROM "{names}"), (SELECT count(*) FROM "{TABLE}")')
    count, size = counts.fetchone() or (0, 0)
    return Numbered(rows, names, KEY, NUMBER, count, size)


@contextmanager
def addressed(con: duckdb.DuckDBPyConnection, query: exp.Query, by: Numbered | None) -> Iterator[None]:
    """While a query runs that groups by these numbers: a group is found by its number, not by hashing, in two thirds of the time.
    Every thread then holds a place for every number beside what DuckDB's own limit counts, so only where memory is there and places
    are not more than rows."""
    if by is None:
        yield
        return
    bits = (by.count + 1).bit_length()
    places = (_setting(con, "threads") + 1) << bits
    wanted = places * _BYTES * sum(1 for _ in query.find_all(exp.AggFunc))
    if places > by.size or wanted > _setting(con, "memory_limit"):
        yield
        return
    con.execute(f"SET perfect_ht_threshold = {max(bits, _USUAL_BITS)}")
    try:
        yield
    finally:
        con.execute("RESET perfect_ht_threshold")


def _setting(con: duckdb.DuckDBPyConnection, name: str) -> int:
    """A setting as a whole number; sizes, which come as `2.7 GiB`, in bytes."""
    (value,) = con.execute(f"SELECT current_setting('{name}')").fetchone() or (0,)
    number, _, unit = str(value).partition(" ")
    return int(float(number) * 1024 ** _UNITS.index(unit))


def _number_together(con: duckdb.DuckDBPyConnection, parts: Sequence[Path]) -> None:
    """One list of all customers; the numbers of each part are looked up in it, by id only where the part has none."""
    names = f'"{_NAMES}"'
    lists = [_file(beside) if (beside := list_beside(p)).exists() else _file(p) for p in parts]
    every = " UNION ALL ".join(f'SELECT "{KEY}" FROM {one}' for one in lists or [f'"{TABLE}"'])
    con.execute(f"CREATE OR REPLACE TEMP TABLE {names} AS {listing(f'({every})')}")
    selects = [_renumbered(p) if list_beside(p).exists() else numbering(_file(p), names) for p in parts] or [
        numbering(f'"{TABLE}"', names)
    ]
    con.execute(f'CREATE OR REPLACE TEMP VIEW "{_ROWS}" AS {" UNION ALL BY NAME ".join(selects)}')


def _renumbered(part: Path) -> str:
    pairs = (
        f'SELECT own."{NUMBER}" AS own, common."{NUMBER}" AS common FROM {_file(list_beside(part))} AS own '
        f'JOIN "{_NAMES}" AS common USING ("{KEY}")'
    )
    replaced = f'r.* REPLACE (pairs.common AS "{NUMBER}")'
    return (
        f'SELECT {replaced} FROM {_file(part)} AS r LEFT JOIN ({pairs}) AS pairs ON r."{NUMBER}" = pairs.own'
    )


def _file(path: Path) -> str:
    target = str(path).replace("'", "''")
    return f"read_parquet('{target}')"
