"""Parquet files, read where they lie; only one single file at a time, never a pattern."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from keguan.core.errors import Place, fail
from keguan.engine.intake.raw import RawTable
from keguan.engine.intake.readers import typed
from keguan.engine.intake.readers.limits import Limits

if TYPE_CHECKING:
    from keguan.engine.intake.readers.sources import Source


def relation(path: Path) -> str:
    """The file as an SQL relation with `file_row_number`; pattern characters of its name are taken literally."""
    return f"read_parquet({typed.file_literal(path)}, file_row_number = true, hive_partitioning = false)"


def read_parquet(path: Path, source: Source, limits: Limits, format_name: str = "parquet") -> RawTable:
    """The table of a Parquet file; KG150 when it is damaged or encrypted, KG131 when it has too many columns."""
    import duckdb

    place = Place(file=source.name)
    with typed.connect() as con:
        try:
            described = con.execute(
                f"DESCRIBE SELECT * EXCLUDE (file_row_number) FROM {relation(path)}"
            ).fetchall()
            rows = con.execute(f"SELECT count(*) FROM {relation(path)}").fetchall()[0][0]
        except duckdb.Error as error:
            raise fail("KG150", place, reason=first_line(error)) from error
    if len(described) > limits.max_columns:
        raise fail(
            "KG131", place, columns=len(described), limit=limits.max_columns, variable="KEGUAN_MAX_COLUMNS"
        )
    columns, select = typed.plain_columns([(d[0], d[1]) for d in described], place)
    return RawTable(
        name=source.name,
        columns=columns,
        attach=typed.attach_view(lambda: relation(path), f"{select}, file_row_number + 1 AS record"),
        lines=typed.same,
        table=source.table,
        facts={"format": format_name, "rows": int(rows)},
    )


def first_line(error: Exception) -> str:
    """The first line of another library's message, short enough to print."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
