"""Parquet parts whose bytes depend on their content alone, not on threads or on the order of the input."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from keguan.engine.intake import sql
from keguan.engine.numbering import KEY, NUMBER, list_beside, listing, numbering

if TYPE_CHECKING:
    import duckdb

    from keguan.engine.intake.parts import Part, PartStore

ROW_GROUP = 122_880


def write_part(
    con: duckdb.DuckDBPyConnection,
    store: PartStore,
    table: str,
    select: str,
    order: Sequence[str],
    source: str,
    fields: tuple[str, ...] | None = None,
) -> Part:
    """Write the rows of `select`, sorted by `order` and then by all other columns together, as one part of `table`.

    The others are compared by their hash: it is cheaper than their text, and rows it cannot tell apart are the same bytes
    either way. `fields` are those that count as known, where columns stand in for some that are not.
    """
    columns = _columns(con, select)
    by = _ordered(order)
    others = [sql.name(field) for field in columns if field not in order]
    if others:
        by += f", hash({', '.join(others)})"

    def write(path: Path) -> tuple[int, tuple[str, ...]]:
        return copy_parquet(con, f"SELECT * FROM ({select}) ORDER BY {by}", path), fields or columns

    return store.add(table, write, source)


def write_numbered(
    con: duckdb.DuckDBPyConnection,
    store: PartStore,
    table: str,
    select: str,
    ids: str,
    order: Sequence[str],
    source: str,
) -> Part:
    """The same for a table whose rows get numbers (see `numbering`), where `order` tells any two rows apart. `ids` is a relation with
    the same ids that is cheaper to read; the list of what the numbers stand for lies beside the part."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE numbers AS {listing(ids)}")
    columns = _columns(con, select)
    by = _ordered([NUMBER if key == KEY else key for key in order])  # the same order, told by less

    def write(path: Path) -> tuple[int, tuple[str, ...]]:
        copy_parquet(con, f"SELECT * FROM numbers ORDER BY {NUMBER}", list_beside(path))
        return copy_parquet(con, f"{numbering(f'({select})', 'numbers')} ORDER BY {by}", path), columns

    part = store.add(table, write, source, list_beside)
    con.execute("DROP TABLE numbers")
    return part


def _columns(con: duckdb.DuckDBPyConnection, select: str) -> tuple[str, ...]:
    return tuple(str(row[0]) for row in con.execute(f"DESCRIBE {select}").fetchall())


def _ordered(keys: Sequence[str]) -> str:
    return ", ".join(f"{sql.name(key)} ASC NULLS LAST" for key in keys)


def copy_parquet(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    """Write the rows of a query as they come, compressed as every part is, and return how many there are."""
    (rows,) = con.execute(
        f"COPY ({query}) TO {sql.text(str(path))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
    ).fetchone() or (0,)
    return int(rows)
