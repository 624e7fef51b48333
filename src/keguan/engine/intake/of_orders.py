"""Columns of an order file that say the same of a customer in every row: they describe the customer, not the order.

Without a customers table they become one. A look at the first rows finds the candidates; all rows must agree.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from keguan.engine.intake import sql
from keguan.engine.intake.raw import RawColumn, RawTable
from keguan.engine.intake.sampling import ROWS, as_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from keguan.engine.intake.mapping import Mapping_
    from keguan.engine.intake.sampling import Sample

FROM = "attributes_of"
"""The fact of a raw table that says which order file it was found in."""
_MOST = 40
_LEAST_REPEATED = 2
"""Customers with several rows before a column that never differs is more than chance."""


def customers_in(
    con: duckdb.DuckDBPyConnection, raw: RawTable, view: str, mapping: Mapping_, samples: Sequence[Sample]
) -> tuple[RawTable, list[int]] | None:
    """A customers table made of an order file's own columns, and their places; None where none describes customers."""
    if mapping.table.name not in ("orders", "order_lines") or "customer_id" not in mapping.fields:
        return None
    types = {row[0]: row[1] for row in con.execute(f"DESCRIBE {view}").fetchall()}
    key = mapping.fields["customer_id"].place
    customer = sql.present(as_text(f"c{key}", types[f"c{key}"]))
    places = [p for p in mapping.unmapped if len(samples[p].values) > 1][:_MOST]
    for source in (f"(SELECT * FROM {view} LIMIT {ROWS})", view):
        places = _constant(con, source, customer, places)
    if not places:
        return None
    name = f"attributes_of_{view}"
    columns = ", ".join(f"max(c{p}) AS c{i}" for i, p in enumerate(places, 1))
    select = (
        f"SELECT row_number() OVER (ORDER BY c0) AS record, * FROM "
        f"(SELECT {customer} AS c0, {columns} FROM {view} WHERE {customer} IS NOT NULL GROUP BY 1)"
    )

    def attach(con: duckdb.DuckDBPyConnection) -> str:
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {select} ORDER BY c0")
        return name

    headers = (replace(raw.columns[key], type="text"), *(raw.columns[p] for p in places))
    made = RawTable(
        f"{raw.name} → customers",
        tuple(RawColumn(c.header, c.type) for c in headers),
        attach,
        lambda records: records,
        "customers",
        {FROM: raw.name},
    )
    return made, places


def _constant(con: duckdb.DuckDBPyConnection, source: str, customer: str, places: Sequence[int]) -> list[int]:
    """The columns that never differ within a customer, where enough customers come more than once."""
    if not places:
        return []
    ends = ", ".join(f"min(c{p}) AS low{p}, max(c{p}) AS high{p}" for p in places)
    same = ", ".join(f"bool_and(low{p} IS NOT DISTINCT FROM high{p})" for p in places)
    grouped = f"SELECT count(*) AS n, {ends} FROM {source} WHERE {customer} IS NOT NULL GROUP BY {customer}"
    row = con.execute(f"SELECT count(*) FILTER (n > 1), {same} FROM ({grouped})").fetchone()
    if row is None or row[0] < _LEAST_REPEATED:
        return []
    return [p for p, holds in zip(places, row[1:], strict=True) if holds]


def without_questions(mapping: Mapping_) -> Mapping_:
    """The mapping without fields somebody would have to be asked about: nobody asked for this table."""
    open_fields = {m.field.name for m in (*mapping.tied, *mapping.doubtful)}
    kept = {n: m for n, m in mapping.fields.items() if n not in open_fields or n == "customer_id"}
    freed = tuple(m.place for n, m in mapping.fields.items() if n not in kept)
    return replace(
        mapping, fields=kept, tied=(), doubtful=(), unmapped=tuple(sorted({*mapping.unmapped, *freed}))
    )
