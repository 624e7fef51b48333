"""Parquet parts whose bytes depend on their content alone, not on threads or on the order of the input."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from keguan.engine.intake import sql

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
    unique: bool = False,
    fields: tuple[str, ...] | None = None,
) -> Part:
    """Write the rows of `select`, sorted by `order` and then by all other columns together, as one part of `table`.

    With `unique`, `order` alone tells any two rows apart and nothing else has to be compared. The others are compared by
    their hash: it is cheaper than their text, and rows it cannot tell apart are the same bytes either way. `fields` are
    those that count as known, where columns stand in for some that are not.
    """
    described = con.execute(f"DESCRIBE {select}").fetchall()
    columns = tuple(str(row[0]) for row in described)
    by = ", ".join(f"{sql.name(key)} ASC NULLS LAST" for key in order)
    others = [sql.name(field) for field in columns if field not in order]
    if others and not unique:
        by += f", hash({', '.join(others)})"

    def write(path: Path) -> tuple[int, tuple[str, ...]]:
        (rows,) = con.execute(
            f"COPY (SELECT * FROM ({select}) ORDER BY {by}) TO {sql.text(str(path))} "
            f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
        ).fetchone() or (0,)
        return rows, columns if fields is None else fields

    return store.add(table, write, source)
