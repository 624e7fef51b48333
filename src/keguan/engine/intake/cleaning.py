"""One raw table staged: every mapped field typed, every row that cannot be kept marked with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from keguan.engine.intake import sql
from keguan.engine.intake.reading import SQL_TYPES, Reading, decide, value_sql
from keguan.engine.intake.values import dates, numbers

if TYPE_CHECKING:
    import duckdb

    from keguan.engine.intake.mapping import Mapping_
    from keguan.engine.intake.options import IntakeOptions
    from keguan.engine.intake.raw import RawTable
    from keguan.engine.intake.sampling import Sample

_ROUNDS = 3  # a decision is widened by what it could not read at most so often
_ASKED = 200  # unread values looked at per column and round


@dataclass(frozen=True)
class Staged:
    """A raw table after reading: `relation` holds `_record`, one column per field, `<field>__raw` (the text of a
    filled cell that could not be read), `_hash` of the row as written; `amount__mark` holds each cell's currency mark when `marked`."""

    raw: RawTable
    view: str
    relation: str
    mapping: Mapping_
    readings: Mapping[str, Reading]
    rows: int
    marked: bool = False

    @property
    def table(self) -> str:
        """The logical table."""
        return self.mapping.table.name


def stage(
    con: duckdb.DuckDBPyConnection,
    raw: RawTable,
    view: str,
    mapping: Mapping_,
    samples: Sequence[Sample],
    options: IntakeOptions,
    relation: str,
) -> Staged:
    """Read every mapped column of `raw` into the temporary table `relation`, in one pass over the file.

    Decisions come from the sample and are checked on the whole column: values they could not read are looked at, and
    where that changes a decision the pass is made again.
    """
    more: dict[str, Counter[str]] = {}
    readings: dict[str, Reading] = {}
    for _ in range(_ROUNDS):
        fresh = {
            name: decide(con, view, m.field, samples[m.place], options, more.get(name, Counter()))
            for name, m in mapping.fields.items()
        }
        if {n: _key(r) for n, r in fresh.items()} == {n: _key(r) for n, r in readings.items()}:
            break
        readings = fresh
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {relation} AS {_select(view, len(raw.columns), readings, options)}"
        )
        unread = _unread(con, relation, readings)
        if not unread:
            break
        for name, values in unread.items():
            more.setdefault(name, Counter()).update(values)
    (rows,) = con.execute(f"SELECT count(*) FROM {relation}").fetchone() or (0,)
    return Staged(raw, view, relation, mapping, readings, rows, marked=_mark(readings) is not None)


def _mark(readings: Mapping[str, Reading]) -> str | None:
    """The currency mark of each amount, kept only where a column mixes several."""
    reading = readings.get("amount") or readings.get("unit_price")
    if reading is None or not isinstance(reading.how, numbers.NumberReading) or len(reading.how.marks) < 2:
        return None
    return reading.how.currency_sql(f"c{reading.sample.place}")


def _key(reading: Reading) -> object:
    if isinstance(reading.how, dates.DateReading):
        how = reading.how
        return (frozenset(how.formats), how.numbered, how.order, how.full_width, how.zoned, how.noon, how.roc)
    if reading.how is not None:
        return (reading.how.decimal, reading.how.full_width, len(reading.how.marks) > 1)
    return frozenset(reading.sample.values) if reading.field.type in ("code", "flag") else None


def _select(view: str, width: int, readings: Mapping[str, Reading], options: IntakeOptions) -> str:
    inner = ", ".join(f"{value_sql(r, options)} AS {sql.name(name)}" for name, r in readings.items())
    raws = {f"c{r.sample.place}" for r in readings.values() if r.strict}
    kept = "".join(f", {column}" for column in sorted(raws))
    mark = _mark(readings)
    kept += f", {mark} AS amount__mark" if mark else ""
    everything = ", ".join(f"c{i}" for i in range(width))
    outer = ", ".join(_outer(name, r) for name, r in readings.items())
    return (
        f"SELECT _record, _hash, {outer}{', amount__mark' if mark else ''} FROM "
        f"(SELECT record AS _record, hash({everything}) AS _hash, {inner}{kept} FROM {view})"
    )


def _outer(name: str, reading: Reading) -> str:
    column, kind = sql.name(name), reading.field.type
    value = dates.in_range(column) if kind in ("date", "datetime") else column
    typed = f"({value})::{SQL_TYPES[kind]}" if kind in ("date", "count") else value
    if not reading.strict:
        return f"{typed} AS {column}"
    written = sql.present(f"c{reading.sample.place}::VARCHAR")
    return (
        f"{typed} AS {column}, CASE WHEN ({value}) IS NULL THEN {written} END AS {sql.name(name + '__raw')}"
    )


def _unread(
    con: duckdb.DuckDBPyConnection, relation: str, readings: Mapping[str, Reading]
) -> dict[str, Counter[str]]:
    found = {}
    for name, reading in readings.items():
        if not reading.strict or reading.sample.type != "VARCHAR":
            continue
        column = sql.name(name + "__raw")
        rows = con.execute(
            f"SELECT {column}, count(*) FROM {relation} WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {_ASKED}"
        ).fetchall()
        fresh = {value: count for value, count in rows if value not in reading.sample.values}
        if fresh:
            found[name] = Counter(fresh)
    return found
