"""Rows that stand twice: counted always, left out only where a unique line id repeats or the policy says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keguan.engine.intake import sql

if TYPE_CHECKING:
    import duckdb

    from keguan.engine.intake.cleaning import Staged
    from keguan.engine.intake.options import IntakeOptions

_UNIQUE = 0.95  # a line id that is distinct in so many rows is meant to be unique


def mark_repeats(con: duckdb.DuckDBPyConnection, staged: Staged, options: IntakeOptions) -> str | None:
    """Make a table `(_record, _reason)` of the rows to leave out as duplicates; its name, or None when there are none.

    Which of several equal rows stays does not depend on the order of the file.
    """
    key, reason = _repeat_key(con, staged, options)
    if key is None:
        return None
    again = f"SELECT {key} FROM {staged.relation} WHERE {key} IS NOT NULL GROUP BY 1 HAVING count(*) > 1"
    if con.execute(f"{again} LIMIT 1").fetchone() is None:
        return None
    name = f"{staged.relation}_repeats"
    keep = _filled(staged) if key != "_hash" else "0"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT _record, {sql.text(reason)} AS _reason FROM ("
        f"SELECT _record, row_number() OVER (PARTITION BY {key} ORDER BY {keep} DESC, _hash, _record) AS n "
        f"FROM {staged.relation} WHERE {key} IN ({again})) WHERE n > 1"
    )
    return name


def _repeat_key(
    con: duckdb.DuckDBPyConnection, staged: Staged, options: IntakeOptions
) -> tuple[str | None, str]:
    unique = staged.mapping.table.unique
    if unique:
        return sql.name(unique), "repeated-id"
    if "line_id" in staged.readings:
        rows, kinds = con.execute(
            f"SELECT count(line_id), count(DISTINCT line_id) FROM {staged.relation}"
        ).fetchone() or (0, 0)
        if rows > kinds >= _UNIQUE * rows:
            return "line_id", "repeated-line-id"
    if options.policies.repeated_lines == "drop":
        return "_hash", "repeated-line"
    return None, ""


def _filled(staged: Staged) -> str:
    """How many fields of a row hold something: of two rows with one id the fuller one stays."""
    filled = ", ".join(f"({sql.name(name)} IS NOT NULL)::INTEGER" for name in staged.readings)
    return f"list_sum([{filled}])"
