"""Rows left out, as written, with their line and reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keguan.engine.intake.sampling import as_text

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from keguan.engine.intake.cleaning import Staged
    from keguan.engine.intake.raw import RawTable

COLUMNS = ("table", "source", "line", "reason", "row")


def empty() -> pa.Table:
    """A table of rejected rows without rows."""
    import pyarrow as pa

    types = (pa.string(), pa.string(), pa.int64(), pa.string(), pa.string())
    columns = [pa.nulls(0, kind) for kind in types]  # `empty_table` would load pandas where it is installed
    return pa.Table.from_arrays(columns, schema=pa.schema(list(zip(COLUMNS, types, strict=True))))


def rejected_rows(con: duckdb.DuckDBPyConnection, staged: Staged, facts: str) -> pa.Table:
    """The rows of `facts` that have a reason; `row` is a JSON list of their cells, read again where none was kept."""
    import pyarrow as pa

    con.execute(
        f"CREATE OR REPLACE TEMP TABLE out AS SELECT _record AS record, _reason AS reason, _row AS row FROM {facts} "
        "WHERE _reason IS NOT NULL"
    )
    if con.execute("SELECT 1 FROM out WHERE row IS NULL LIMIT 1").fetchone():
        types = {row[0]: row[1] for row in con.execute(f"DESCRIBE {staged.view}").fetchall()}
        cells = ", ".join(as_text(f"c{i}", types[f"c{i}"]) for i in range(len(staged.raw.columns)))
        con.execute(
            "CREATE OR REPLACE TEMP TABLE out AS SELECT o.record, o.reason, coalesce(o.row, v.row) AS row FROM out AS o "
            f"JOIN (SELECT record, to_json([{cells}])::VARCHAR AS row FROM {staged.view}) AS v USING (record)"
        )
    found = con.sql("SELECT * FROM out ORDER BY record").to_arrow_table()
    lines = staged.raw.lines(found["record"].to_pylist()) if len(found) else []
    same = [pa.repeat(pa.scalar(word), len(found)) for word in (staged.table, staged.raw.name)]
    return pa.table(
        [*same, pa.array(lines, pa.int64()), found["reason"], found["row"]], schema=empty().schema
    )


def bad_lines(raw: RawTable, table: str | None) -> pa.Table:
    """Lines that could not even be split, in the same form; `row` is the line as it stands."""
    import pyarrow as pa

    if not raw.bad_lines:
        return empty()
    rows = [(table, raw.name, bad.line, "bad-line", bad.content) for bad in raw.bad_lines]
    return pa.table([list(column) for column in zip(*rows, strict=True)], schema=empty().schema)
