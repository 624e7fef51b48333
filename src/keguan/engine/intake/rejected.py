"""Rows left out, as written, with their line and reason; and the tally that reconciles them with the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keguan.engine.intake.inspection import Tally
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
    return pa.schema(list(zip(COLUMNS, types, strict=True))).empty_table()


def rejected_rows(con: duckdb.DuckDBPyConnection, staged: Staged, facts: str) -> pa.Table:
    """The rows of `facts` that have a reason, read again from the source; `row` is a JSON list of its cells."""
    import pyarrow as pa

    types = {row[0]: row[1] for row in con.execute(f"DESCRIBE {staged.view}").fetchall()}
    cells = ", ".join(as_text(f"v.c{i}", types[f"c{i}"]) for i in range(len(staged.raw.columns)))
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE out AS SELECT _record, _reason FROM {facts} WHERE _reason IS NOT NULL"
    )
    found = con.sql(
        f"SELECT v.record, o._reason AS reason, to_json([{cells}])::VARCHAR AS row FROM {staged.view} AS v "
        "JOIN out AS o ON v.record = o._record ORDER BY v.record"
    ).to_arrow_table()
    lines = staged.raw.lines(found["record"].to_pylist()) if len(found) else []
    same = [pa.repeat(pa.scalar(word), len(found)) for word in (staged.table, staged.raw.name)]
    return pa.table(
        [*same, pa.array(lines, pa.int64()), found["reason"], found["row"]], schema=empty().schema
    )


def bad_lines(raw: RawTable, table: str | None) -> pa.Table:
    """Lines that could not even be split, in the same form; `row` is the line as it stands."""
    import pyarrow as pa

    rows = [(table, raw.name, bad.line, "bad-line", bad.content) for bad in raw.bad_lines]
    columns = zip(*rows, strict=True) if rows else [()] * len(COLUMNS)
    return pa.table([list(column) for column in columns], schema=empty().schema)


def tally(con: duckdb.DuckDBPyConnection, staged: Staged, facts: str, money: bool) -> dict[str | None, Tally]:
    """Rows and money of `facts` by reason; None is what was kept."""
    total = "coalesce(sum(amount), 0)" if money else "NULL"
    rows = con.execute(f"SELECT _reason, count(*), {total} FROM {facts} GROUP BY 1").fetchall()
    found = {reason: Tally(count, amount) for reason, count, amount in rows}
    if staged.raw.bad_lines:
        found["bad-line"] = Tally(len(staged.raw.bad_lines))
    return found
