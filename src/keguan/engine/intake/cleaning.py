"""One raw table staged: every mapped field typed, every row that cannot be kept marked with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from keguan.engine.intake import sql
from keguan.engine.intake.reading import SQL_TYPES, Reading, decide, value_sql
from keguan.engine.intake.sampling import as_text
from keguan.engine.intake.values import dates, ids, numbers

if TYPE_CHECKING:
    import duckdb

    from keguan.engine.intake.mapping import Mapping_
    from keguan.engine.intake.options import IntakeOptions
    from keguan.engine.intake.raw import RawTable
    from keguan.engine.intake.sampling import Sample

_ROUNDS = 3  # a decision is widened by what it could not read at most so often
_ASKED = 200  # unread values looked at per column and round


MARK = "__mark"  # after a field's name: the currency mark of a cell
_SEEN = "__written"  # after a field's name: a cell with a dot or a comma, where the sample does not settle what they mean
_MONEY = ("amount", "unit_price", "quantity")


@dataclass(frozen=True)
class Staged:
    """A raw table after reading: `relation` holds one row per record in file order.

    Its columns: `_record`, `_hash` of the row as written (where `hashed`), one column per field, `<field>__raw` (the text of a filled cell
    that could not be read), `<field>__mark` (currency marks of money), `_worth` (price times quantity where there is no
    amount), `_fraction` (whether the customer id was a number with a fraction) and `_row`, the cells of a row that lacks
    what it must have, as JSON.
    """

    raw: RawTable
    view: str
    relation: str
    mapping: Mapping_
    readings: Mapping[str, Reading]
    rows: int
    hashed: bool = True

    @property
    def table(self) -> str:
        """The logical table."""
        return self.mapping.table.name

    @property
    def tells_fractions(self) -> bool:
        """Whether `_fraction` is there: the source writes customer ids as text."""
        return "customer_id" in self.readings and self.readings["customer_id"].sample.type == "VARCHAR"

    @property
    def money(self) -> str | None:
        """The field that says what a row is worth."""
        return next((name for name in ("amount", "unit_price") if name in self.readings), None)


def stage(
    con: duckdb.DuckDBPyConnection,
    raw: RawTable,
    view: str,
    mapping: Mapping_,
    samples: Sequence[Sample],
    options: IntakeOptions,
    relation: str,
) -> Staged:
    """Read every mapped column of `raw` into the temporary table behind `relation`, in one pass over the file.

    Decisions come from the sample and are checked on the whole column: values they could not read and what all cells say
    of the decimal mark are looked at, and where that changes a decision the pass is made again.
    """
    more: dict[str, Counter[str]] = {}
    whole: dict[str, numbers.Evidence] = {}
    readings: dict[str, Reading] = {}
    for _ in range(_ROUNDS):
        fresh = {
            name: decide(
                con, view, m.field, samples[m.place], options, more.get(name, Counter()), whole.get(name)
            )
            for name, m in mapping.fields.items()
        }
        if raw.facts.get("date_system") == 1904:
            fresh = {name: replace(reading, system=1904) for name, reading in fresh.items()}
        same = {n: _key(r) for n, r in fresh.items()} == {n: _key(r) for n, r in readings.items()}
        readings = fresh
        if same:
            break
        _materialise(con, relation, _select(con, view, len(raw.columns), readings, options, mapping))
        unread, said = _unread(con, relation, readings), _evidence(con, relation, view, readings)
        if not unread and not said:
            break
        whole |= said
        for name, values in unread.items():
            more.setdefault(name, Counter()).update(values)
    (rows,) = con.execute(f"SELECT count(*) FROM {relation}").fetchone() or (0,)
    marked = _with_marks(con, relation, readings)
    return Staged(raw, view, relation, mapping, marked, rows, _is_hashed(mapping, options))


def _is_hashed(mapping: Mapping_, options: IntakeOptions) -> bool:
    """Whether rows need their hash: not where order ids will most likely tell them apart (`row_quirks` asks again)."""
    has_ids = "line_id" not in mapping.fields and not {"order_id", "invoice_no"}.isdisjoint(mapping.fields)
    return not (mapping.table.name == "orders" and has_ids and options.policies.repeated_lines == "keep")


def _materialise(con: duckdb.DuckDBPyConnection, relation: str, select: str) -> None:
    """The rows as a table, which keeps the order of the file, so that its row number is the record's."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE {relation}_rows AS {select}")
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW {relation} AS SELECT *, rowid + 1 AS _record FROM {relation}_rows"
    )


def _with_marks(
    con: duckdb.DuckDBPyConnection, relation: str, readings: Mapping[str, Reading]
) -> dict[str, Reading]:
    """The readings with every currency mark of the whole column instead of the sample's."""
    money = [name for name, reading in readings.items() if has_marks(reading)]
    if not money:
        return dict(readings)
    lists = ", ".join(f"list(DISTINCT {sql.name(name + MARK)})" for name in money)
    found = con.execute(f"SELECT {lists} FROM {relation}").fetchone() or ()
    known = dict(zip(money, found, strict=True))
    return {
        name: replace(r, how=replace(r.how, marks=tuple(sorted(filter(None, known[name] or ())))))
        if name in known and isinstance(r.how, numbers.NumberReading)
        else r
        for name, r in readings.items()
    }


def has_marks(reading: Reading) -> bool:
    """Whether a field's cells may carry currency marks: those a cast reads have none."""
    how = reading.how
    return reading.field.type == "money" and isinstance(how, numbers.NumberReading) and not how.plain


def _key(reading: Reading) -> object:
    if isinstance(reading.how, dates.DateReading):
        how = reading.how
        return (frozenset(how.formats), how.numbered, how.order, how.full_width, how.zoned, how.noon, how.roc)
    if reading.how is not None:
        return (reading.how.decimal, reading.how.plain)
    return frozenset(reading.sample.values) if reading.field.type in ("code", "flag") else None


def _select(
    con: duckdb.DuckDBPyConnection,
    view: str,
    width: int,
    readings: Mapping[str, Reading],
    options: IntakeOptions,
    mapping: Mapping_,
) -> str:
    types = {row[0]: row[1] for row in con.execute(f"DESCRIBE {view}").fetchall()}
    every = [f"c{i}" for i in range(width)]
    inner = [f"{value_sql(r, options)} AS {sql.name(name)}" for name, r in readings.items()]
    outer = [part for name, r in readings.items() for part in _outer(name, r, options)]
    cells = ", ".join(as_text(column, types[column]) for column in every)
    lacking = " OR ".join(f"{sql.name(n)} IS NULL" for n in _needed(mapping, readings))
    outer.append(f"CASE WHEN {lacking or 'false'} THEN to_json([{cells}])::VARCHAR END AS _row")
    if "amount" not in readings and {"unit_price", "quantity"} <= set(readings):
        outer.append("TRY_CAST(unit_price * quantity AS DECIMAL(18,4)) AS _worth")
    if _is_hashed(mapping, options):
        outer.append(f"hash({', '.join(every)}) AS _hash")
    return f"SELECT {', '.join(outer)} FROM (SELECT {', '.join(every)}, {', '.join(inner)} FROM {view})"


def _needed(mapping: Mapping_, readings: Mapping[str, Reading]) -> list[str]:
    """The fields without which a row cannot be kept."""
    money = _MONEY if mapping.table.name in ("orders", "order_lines") else ()
    amount = [n for n in (money[:1] if "amount" in readings else money) if n in readings]
    return list(dict.fromkeys([*mapping.table.required, *amount]))


def _outer(name: str, reading: Reading, options: IntakeOptions) -> list[str]:
    column, kind = sql.name(name), reading.field.type
    value = dates.in_range(column) if kind in ("date", "datetime") else column
    typed = f"({value})::{SQL_TYPES[kind]}" if kind in ("date", "count") else value
    written = f"c{reading.sample.place}"
    if kind == "id" and reading.sample.type == "VARCHAR":
        merged = ids.merged(column) if options.policies.numeric_ids == "merge" else column
        fraction = [f"{ids.number_form(column)} AS _fraction"] if name == "customer_id" else []
        return [f"{merged} AS {column}", *fraction]
    if not reading.strict:
        return [f"{typed} AS {column}"]
    unread = f"CASE WHEN ({value}) IS NULL THEN {sql.present(written + '::VARCHAR')} END"
    parts = [f"{typed} AS {column}", f"{unread} AS {sql.name(name + '__raw')}"]
    if isinstance(reading.how, numbers.NumberReading):
        if has_marks(reading):
            parts.append(f"{reading.how.currency_sql(written)} AS {sql.name(name + MARK)}")
        if _is_open(reading):
            marked = " OR ".join(f"contains({written}, '{mark}')" for mark in ",.，．")
            parts.append(f"CASE WHEN {marked} THEN {written} END AS {sql.name(name + _SEEN)}")
    return parts


def _is_open(reading: Reading) -> bool:
    """Whether the sample leaves it to the whole column what its dots and commas mean."""
    return isinstance(reading.how, numbers.NumberReading) and not (
        reading.how.sure and reading.how.decimal == "dot"
    )


def _evidence(
    con: duckdb.DuckDBPyConnection, relation: str, view: str, readings: Mapping[str, Reading]
) -> dict[str, numbers.Evidence]:
    """What whole columns say of their decimal mark: of those the sample leaves open, and of those with odd cells."""
    found = {}
    for name, reading in readings.items():
        if not reading.makes_money:
            continue
        if _is_open(reading):
            query = numbers.evidence_sql(sql.name(name + _SEEN), relation)
        elif _has_commas(con, relation, name):
            query = numbers.evidence_sql(f"c{reading.sample.place}", view)
        else:
            continue
        row = con.execute(query).fetchone()
        assert row is not None  # an aggregate without GROUP BY always gives one row
        found[name] = numbers.Evidence(*row)
    return found


def _has_commas(con: duckdb.DuckDBPyConnection, relation: str, name: str) -> bool:
    raw = sql.name(name + "__raw")
    tells = numbers.tells_comma_sql(raw)
    return (
        con.execute(f"SELECT 1 FROM {relation} WHERE {raw} IS NOT NULL AND {tells} LIMIT 1").fetchone()
        is not None
    )


def _unread(
    con: duckdb.DuckDBPyConnection, relation: str, readings: Mapping[str, Reading]
) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    strict = [n for n, r in readings.items() if r.strict and r.sample.type == "VARCHAR"]
    if not strict:
        return found
    counts = ", ".join(f"count({sql.name(n + '__raw')})" for n in strict)
    filled = con.execute(f"SELECT {counts} FROM {relation}").fetchone() or ()
    for name in (n for n, count in zip(strict, filled, strict=True) if count):
        column = sql.name(name + "__raw")
        rows = con.execute(
            f"SELECT {column}, count(*) FROM {relation} WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {_ASKED}"
        ).fetchall()
        fresh = {value: count for value, count in rows if value not in readings[name].sample.values}
        if fresh:
            found[name] = Counter(fresh)
    return found
