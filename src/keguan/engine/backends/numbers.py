"""Numbers of customers while a DuckDB engine is open: taken from the parts, or given here where parts have none in common."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from keguan.engine.numbering import KEY, NUMBER, TABLE, Numbered, list_beside, listing, numbering

if TYPE_CHECKING:
    import duckdb

_MOST = 512 << 20
"""Bytes that groups addressed by their number may take in all threads together, at about a hundred for one."""
_LISTED, _NAMES, _ROWS = f"{TABLE}#listed", f"{TABLE}#customers", f"{TABLE}#numbered"


def number_orders(con: duckdb.DuckDBPyConnection, parts: Sequence[Path]) -> Numbered:
    """The numbered orders of some parts; without parts, of whatever stands under the table's name."""
    if len(parts) == 1 and list_beside(parts[0]).exists():
        rows, names = TABLE, _LISTED
        con.execute(f'CREATE OR REPLACE TEMP VIEW "{names}" AS FROM {_file(list_beside(parts[0]))}')
    else:
        rows, names = _ROWS, _NAMES
        _number_together(con, parts)
    (count,) = con.execute(f'SELECT count(*) FROM "{names}"').fetchone() or (0,)
    _address_groups(con, count)
    return Numbered(rows, names, KEY, NUMBER, count)


def _address_groups(con: duckdb.DuckDBPyConnection, count: int) -> None:
    """Numbers are few and known to be: then a group is found by its number, not by hashing, in two thirds of the time. Every
    thread holds all groups, so only as many as memory allows."""
    (threads,) = con.execute("SELECT current_setting('threads')").fetchone() or (1,)
    bits = (count + 1).bit_length()
    if threads * (100 << bits) <= _MOST:
        con.execute(f"SET perfect_ht_threshold = {max(bits, 12)}")
    else:
        con.execute("RESET perfect_ht_threshold")


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
