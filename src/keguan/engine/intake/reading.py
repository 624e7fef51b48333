"""How each mapped column is read: a decision per column from its sample, and the SQL that carries it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from keguan.engine.intake import sql
from keguan.engine.intake.sampling import Sample, as_text
from keguan.engine.intake.values import codes, dates, ids, numbers
from keguan.engine.tables import Field

if TYPE_CHECKING:
    import duckdb

    from keguan.engine.intake.options import IntakeOptions

_TYPED_DATES = ("DATE", "TIMESTAMP")
_TYPED_NUMBERS = (
    "DOUBLE",
    "FLOAT",
    "DECIMAL",
    "BIGINT",
    "INTEGER",
    "SMALLINT",
    "TINYINT",
    "HUGEINT",
    "UBIGINT",
    "UINTEGER",
    "USMALLINT",
    "UTINYINT",
)
SQL_TYPES = {
    "id": "VARCHAR", "text": "VARCHAR", "code": "VARCHAR", "word": "VARCHAR", "flag": "BOOLEAN", "count": "BIGINT",
    "money": "DECIMAL(18,4)", "number": "DECIMAL(18,4)", "date": "DATE", "datetime": "TIMESTAMP",
}  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """One field, the sample of its column, and how its text is understood (None where the source has types).

    `system` is the year from which the source counts days that are written as bare numbers.
    """

    field: Field
    sample: Sample
    how: dates.DateReading | numbers.NumberReading | None = None
    system: dates.DateSystem = 1900

    @property
    def makes_money(self) -> bool:
        """Whether money hangs on the field and its text has to be understood: quantities make amounts too."""
        text = isinstance(self.how, numbers.NumberReading)
        return text and (self.field.type == "money" or self.field.name == "quantity")

    @property
    def counts_days(self) -> bool:
        """Whether some of its dates are serial numbers of days."""
        if isinstance(self.how, dates.DateReading):
            return "serial" in self.how.numbered
        return self.field.type in ("date", "datetime") and self.sample.type.startswith(_TYPED_NUMBERS)

    @property
    def strict(self) -> bool:
        """Whether a filled cell can fail to be read (text, words and ids never do)."""
        return self.field.type not in ("id", "text", "word")

    def as_dict(self) -> dict[str, Any]:
        """The decision for the inspection."""
        found: dict[str, Any] = {"type": self.field.type}
        if isinstance(self.how, dates.DateReading):
            found["formats"] = [*self.how.formats, *self.how.numbered, *(["roc"] if self.how.roc else [])]
            if self.how.order:
                found["date_order"] = self.how.order
        elif isinstance(self.how, numbers.NumberReading):
            found["decimal"] = self.how.decimal
            if self.how.marks:
                found["marks"] = list(self.how.marks)
        return found


def decide(
    con: duckdb.DuckDBPyConnection,
    view: str,
    field: Field,
    sample: Sample,
    options: IntakeOptions,
    more: Mapping[str, int],
    whole: numbers.Evidence | None = None,
) -> Reading:
    """How `field` is read from its column; `more` are values that an earlier decision could not read, `whole` is what
    the whole column says of its decimal mark."""
    values = {**sample.values, **{v: n for v, n in more.items() if v not in sample.values}}
    merged = Sample(sample.place, sample.header, sample.type, sample.rows, type(sample.values)(values))
    if field.type == "word":
        return Reading(field, _every_value(con, view, merged))
    if sample.type == "VARCHAR" and field.type in ("date", "datetime"):
        return Reading(field, merged, decide_date(con, view, merged, options))
    if sample.type == "VARCHAR" and field.type in ("money", "number", "count"):
        return Reading(field, merged, numbers.decide(merged.values, whole, options.decimal_mark))
    return Reading(field, merged)


def _every_value(con: duckdb.DuckDBPyConnection, view: str, sample: Sample) -> Sample:
    """The sample with every different word of the whole column: one that is not known is kept, so none is ever missed."""
    text = as_text(f"c{sample.place}", sample.type)
    found = con.execute(f"SELECT DISTINCT {sql.present(text)} FROM {view}").fetchall()
    values = {word: 1 for (word,) in found if word is not None}
    return replace(sample, values=type(sample.values)(values))


def decide_date(
    con: duckdb.DuckDBPyConnection, view: str, sample: Sample, options: IntakeOptions
) -> dates.DateReading:
    """The reading of a date column; the whole column is asked for its order only where values leave it open."""
    reading = dates.decide(sample.values, dates.Evidence(), options.date_order)
    if not reading.open_order or options.date_order:
        return reading
    row = con.execute(dates.evidence_sql(f"c{sample.place}", view)).fetchone()
    assert row is not None  # an aggregate without GROUP BY always gives one row
    return dates.decide(sample.values, dates.Evidence(*row))


def value_sql(reading: Reading, options: IntakeOptions) -> str:
    """The field's value as an expression over the raw column; null where there is none or it cannot be read."""
    column, kind = f"c{reading.sample.place}", reading.field.type
    text = as_text(column, reading.sample.type)
    if kind == "id":
        return ids.sql_of(text) if reading.sample.type == "VARCHAR" else sql.present(text)
    if kind == "text":
        return sql.present(text)
    if kind in ("word", "code", "flag"):
        read = {"word": codes.word_sql, "code": codes.code_sql, "flag": codes.flag_sql}[kind]
        nothing = codes.nothing_sql(reading.field, text)
        known = read(reading.field, sql.present(text), reading.sample.values)
        return known if nothing is None else sql.first(known, nothing)
    if isinstance(reading.how, dates.DateReading):
        return replace(reading.how, system=reading.system).sql(column, options.timezone)
    if isinstance(reading.how, numbers.NumberReading):
        return f"({reading.how.sql(column)})"
    return _typed(column, reading, options)


def _typed(column: str, reading: Reading, options: IntakeOptions) -> str:
    physical = reading.sample.type
    if reading.field.type in ("date", "datetime"):
        if physical == "TIMESTAMP WITH TIME ZONE":
            return f"timezone({sql.text(options.timezone or 'UTC')}, {column})"
        if physical.startswith(_TYPED_DATES):
            return f"{column}::TIMESTAMP"
        return dates.DateReading(numbered=("serial",), system=reading.system).sql(f"{column}::VARCHAR")
    if physical.startswith(_TYPED_NUMBERS):
        return f"TRY_CAST({column} AS DECIMAL(18,4))"
    return "NULL::DECIMAL(18,4)"
