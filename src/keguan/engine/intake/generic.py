"""Every table but orders: typed by its logical table, rows without a required field left out, attributes kept."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from keguan.engine.intake import sql
from keguan.engine.intake.fit import is_date
from keguan.engine.intake.headers import level, safe_names
from keguan.engine.intake.mapping import Mapped
from keguan.engine.intake.reading import SQL_TYPES
from keguan.engine.intake.values.numbers import looks_numeric
from keguan.engine.tables import Field, day_of

if TYPE_CHECKING:
    import duckdb

    from keguan.engine.intake.cleaning import Staged
    from keguan.engine.intake.mapping import Mapping_
    from keguan.engine.intake.sampling import Sample
    from keguan.engine.tables import FieldType, LogicalTable

MOST_ATTRIBUTES = 500  # nobody classifies customers by more, and planning that many expressions takes minutes
_LABELLIKE = re.compile(
    r"(id|编号|编码|代码|号|号码|电话|手机|邮编|税号|phone|mobile|tel|zip|postcode|postalcode|code|no|number)$"
)


def with_attributes(mapping: Mapping_, samples: Sequence[Sample]) -> Mapping_:
    """`mapping` with every further column of an open table as an attribute, typed by its sampled content.

    Beyond `MOST_ATTRIBUTES` columns stay unmapped, and are listed as such.
    """
    if not mapping.table.open:
        return mapping
    places = mapping.unmapped[:MOST_ATTRIBUTES]
    names = safe_names([samples[i].header for i in places], mapping.table.fields)
    extra = {}
    for name, place in zip(names, places, strict=True):
        attribute = Field(name, _attribute_type(samples[place]))
        extra[name] = Mapped(attribute, place, samples[place].header, 1.0, "attribute")
    return replace(mapping, fields={**mapping.fields, **extra}, unmapped=mapping.unmapped[MOST_ATTRIBUTES:])


def misread_attributes(con: duckdb.DuckDBPyConnection, staged: Staged) -> list[str]:
    """Attributes that some cell outside the sample shows to be text after all."""
    guessed = [
        n for n, m in staged.mapping.fields.items() if m.by == "attribute" and staged.readings[n].strict
    ]
    if not guessed:
        return []
    counts = ", ".join(f"count({sql.name(n + '__raw')})" for n in guessed)
    row = con.execute(f"SELECT {counts} FROM {staged.relation}").fetchone() or ()
    return [name for name, count in zip(guessed, row, strict=True) if count]


def with_attributes_as_text(mapping: Mapping_, names: Sequence[str]) -> Mapping_:
    """`mapping` with these attributes as text."""
    text = {n: replace(mapping.fields[n], field=Field(n, "text")) for n in names}
    return replace(mapping, fields={**mapping.fields, **text})


def _attribute_type(sample: Sample) -> FieldType:
    values = list(sample.values)
    if not values:
        return "text"
    if all(is_date(v, sample.type) and not re.fullmatch(r"[\d.]+", v) for v in values):
        return "date"
    padded = any(re.match(r"0\d", v) for v in values)
    if not padded and not _LABELLIKE.search(level(sample.header)) and all(looks_numeric(v) for v in values):
        return "number"
    return "text"


def facts_select(staged: Staged, repeats: str | None) -> str:
    """The staged rows with `_reason`: the first required field that is missing or unreadable, all alternatives missing, or a
    repeated unique id."""
    table = staged.mapping.table
    arms = []
    for name in table.required:
        raw = f"CASE WHEN {sql.name(name + '__raw')} IS NOT NULL THEN 'bad-{name}' ELSE 'missing-{name}' END"
        strict = staged.readings[name].strict
        arms.append(f"WHEN {sql.name(name)} IS NULL THEN {raw if strict else sql.text(f'missing-{name}')}")
    if table.needs:
        either = [group[0] for group in table.needs if group[0] in staged.readings]
        lacking = " AND ".join(f"{sql.name(name)} IS NULL" for name in either)
        arms.append(f"WHEN {lacking} THEN {sql.text(f'missing-{either[0]}')}")
    if repeats:
        arms.append(f"WHEN _record IN (SELECT _record FROM {repeats}) THEN 'repeated-id'")
    return f"SELECT *, CASE {' '.join(arms)} END AS _reason FROM {staged.relation}"


def kept_select(facts: Sequence[tuple[str, Mapping[str, object]]], table: LogicalTable) -> str:
    """The kept rows of one or more sources of the same table: the fields each has, and the day of every moment."""
    selects = []
    for relation, fields in facts:
        moments = [n for n in fields if n in table.fields and table.fields[n].type == "datetime"]
        days = [f"{sql.name(n)}::DATE AS {sql.name(day_of(n))}" for n in moments]
        columns = ", ".join([*(sql.name(name) for name in fields), *days])
        selects.append(f"SELECT {columns} FROM {relation} WHERE _reason IS NULL")
    return " UNION ALL BY NAME ".join(selects)


def part_select(relation: str, fields: Collection[str], table: LogicalTable) -> str:
    """The rows as they are kept: every column the table may have, so that whoever reads finds it, and attributes."""
    canonical = table.canonical
    columns = [
        sql.name(n) if n in fields else f"NULL::{SQL_TYPES[kind]} AS {sql.name(n)}"
        for n, kind in canonical.items()
    ]
    columns += [sql.name(n) for n in fields if n not in canonical]
    return f"SELECT {', '.join(columns)} FROM {relation}"


def put_together(con: duckdb.DuckDBPyConnection, select: str, unique: str) -> tuple[str, int]:
    """One row per `unique` id out of several sources, the fuller row of two, and how many rows that saves."""
    fields = [row[0] for row in con.execute(f"DESCRIBE {select}").fetchall()]
    filled = f"list_sum([{', '.join(f'({sql.name(f)} IS NOT NULL)::INTEGER' for f in fields)}])"
    every = ", ".join(sql.name(f) for f in fields)
    best = f"row_number() OVER (PARTITION BY {sql.name(unique)} ORDER BY {filled} DESC, {every})"
    one = f"SELECT * FROM ({select}) QUALIFY {best} = 1"
    before, after = (con.execute(f"SELECT count(*) FROM ({q})").fetchone() or (0,) for q in (select, one))
    return one, before[0] - after[0]
