"""What is odd in the data, counted in SQL: each quirk is one small question to a staged table or its facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from keguan.engine.intake import sql
from keguan.engine.intake.inspection import Finding
from keguan.engine.intake.orders import CREDIT_NOTE
from keguan.engine.intake.values import dates, ids, numbers

if TYPE_CHECKING:
    import duckdb

    from keguan.engine.intake.cleaning import Staged
    from keguan.engine.intake.options import IntakeOptions


@dataclass(frozen=True)
class Look:
    """What a question may look at: the staged table, its facts (for orders), and the day today is."""

    con: duckdb.DuckDBPyConnection
    staged: Staged
    facts: str
    fields: set[str]
    options: IntakeOptions
    today: date

    def row(self, query: str) -> tuple[Any, ...]:
        """The one row of an aggregate."""
        found = self.con.execute(query).fetchone()
        assert found is not None  # an aggregate without GROUP BY always gives one row
        return found

    def find(self, code: str, **values: Any) -> Finding:
        """A finding about this source."""
        return Finding(code, self.staged.raw.name, values)


Question = Callable[[Look], Iterator[Finding]]


def column_quirks(look: Look) -> Iterator[Finding]:
    """How dates and numbers were written, and cells that could not be read in fields a row can do without."""
    for name, reading in look.staged.readings.items():
        header = reading.sample.header
        if isinstance(reading.how, dates.DateReading):
            yield from _date_quirks(look, header, reading.how)
        elif isinstance(reading.how, numbers.NumberReading):
            for quirk in reading.how.quirks:
                if quirk != "percent":
                    yield look.find(quirk, column=header)
        if reading.strict and name not in look.staged.mapping.table.required:
            yield from _unread(look, name, header, reading.field.type)


def _date_quirks(look: Look, header: str, how: dates.DateReading) -> Iterator[Finding]:
    if how.order:
        code = "date-order-wished" if look.options.date_order else "date-order-decided"
        yield look.find(code, column=header, order=how.order, example=how.example)
    if "serial" in how.numbered:
        yield look.find("excel-serials", column=header)
    if {"epoch_s", "epoch_ms"} & set(how.numbered):
        yield look.find("unix-times", column=header)
    if how.roc:
        yield look.find("roc-years", column=header)
    if any("%y" in f for f in how.formats):
        yield look.find("short-years", column=header)
    if how.zoned:
        zone = look.options.timezone
        yield (
            look.find("zones-converted", column=header, zone=zone)
            if zone
            else look.find("zones-dropped", column=header)
        )
    if how.full_width:
        yield look.find("full-width", column=header)
    if len(how.formats) + len(how.numbered) + how.roc > 1:
        yield look.find("several-date-forms", column=header, forms=list(how.formats) + list(how.numbered))


def _unread(look: Look, name: str, header: str, kind: str) -> Iterator[Finding]:
    raw = sql.name(name + "__raw")
    rows, example = look.row(f"SELECT count({raw}), min({raw}) FROM {look.staged.relation}")
    if rows and not (name in ("amount", "unit_price", "quantity") and look.fields):
        yield look.find(
            "unknown-words" if kind in ("code", "flag") else "unread-cells",
            column=header,
            rows=rows,
            example=example,
        )


def id_quirks(look: Look) -> Iterator[Finding]:
    """Forms of customer ids: numbers written as floats, zero-padded, spelled in several ways, cut by a spreadsheet."""
    reading = look.staged.readings.get("customer_id")
    if reading is None:
        return
    column = f"c{reading.sample.place}"
    if reading.sample.type == "VARCHAR":
        shape = f"contains({column}, '.0') AND regexp_full_match(trim({column}), {sql.text(ids.NUMBER_FORM)})"
        if any("." in v for v in list(reading.sample.values)[:2000]):
            rows, example = look.row(f"SELECT count(*), min({column}) FROM {look.staged.view} WHERE {shape}")
            merge = look.options.policies.numeric_ids == "merge"
            if rows:
                yield look.find(
                    "number-ids-merged" if merge else "number-ids-kept", rows=rows, example=example
                )
    con = look.con
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE ids AS SELECT customer_id AS id, count(*) AS n FROM {look.staged.relation} "
        "WHERE customer_id IS NOT NULL GROUP BY 1"
    )
    pairs, example = look.row(
        "SELECT count(*), min(a.id || ' / ' || b.id) FROM ids a JOIN ids b ON b.id = ltrim(a.id, '0') "
        "WHERE a.id[1] = '0' AND a.id <> b.id"
    )
    if pairs:
        yield look.find("zero-padded-ids", pairs=pairs, example=example)
    groups, example = look.row(
        "SELECT count(*), min(forms) FROM (SELECT string_agg(id, ' / ' ORDER BY id) AS forms FROM ids "
        "GROUP BY regexp_replace(lower(nfc_normalize(translate(id, '０１２３４５６７８９　', '0123456789 '))), '\\s+', '', 'g') "
        "HAVING count(*) > 1)"
    )
    if groups:
        yield look.find("id-variants", groups=groups, example=example)
    rows, example = look.row(
        "SELECT coalesce(sum(n), 0)::BIGINT, min(id) FROM ids WHERE regexp_full_match(id, '[0-9][.][0-9]+[eE][+]?[0-9]+')"
    )
    if rows:
        yield look.find("scientific-ids", rows=rows, example=example)


def row_quirks(look: Look) -> Iterator[Finding]:
    """Whole rows that repeat, and lines that could not be split."""
    rows, extra = look.row(
        f"SELECT count(*), coalesce(sum(n - 1), 0)::BIGINT FROM (SELECT count(*) AS n FROM {look.staged.relation} "
        "GROUP BY _hash HAVING n > 1)"
    )
    if rows:
        dropped = look.options.policies.repeated_lines == "drop" and bool(look.fields)
        yield look.find("repeats-dropped" if dropped else "repeats-kept", rows=extra)
    if look.staged.raw.bad_lines:
        first = look.staged.raw.bad_lines[0]
        yield look.find("bad-lines", rows=len(look.staged.raw.bad_lines), line=first.line)


def money_quirks(look: Look) -> Iterator[Finding]:
    """Credit notes, returns, zero and negative prices, bad-debt entries: all in one pass."""
    priced = "unit_price" in look.fields
    counted = priced and "quantity" in look.fields
    row = look.row(f"""
        SELECT count(*) FILTER (note), count(DISTINCT CASE WHEN note THEN order_id END), coalesce(sum(amount) FILTER (note), 0),
               min(order_id) FILTER (note), count(*) FILTER (back AND NOT note), coalesce(sum(amount) FILTER (back AND NOT note), 0),
               count(*) FILTER (_turned), coalesce(sum(-amount) FILTER (_turned), 0),
               count(*) FILTER (amount = 0), count(*) FILTER (amount = 0 AND _reason IS NULL),
               count(*) FILTER (owed), coalesce(sum(amount) FILTER (owed), 0), min(order_id) FILTER (owed),
               count(*) FILTER (fewer AND NOT note)
        FROM (SELECT *, kind = 'return' AS back, {"coalesce(unit_price < 0, false)" if priced else "false"} AS owed,
                     {"coalesce(quantity < 0, false)" if counted else "false"} AS fewer,
                     CASE WHEN kind = 'return' THEN coalesce(regexp_full_match(order_id, {sql.text(CREDIT_NOTE)}), false)
                          ELSE false END AS note
              FROM {look.facts})""")
    policies = look.options.policies
    if row[0]:
        yield look.find("credit-notes", rows=row[0], notes=row[1], money=row[2], example=row[3])
    if row[4]:
        yield look.find("returns", rows=row[4], money=row[5])
    if row[6]:
        yield look.find("returns-turned", rows=row[6], money=row[7])
    if row[8]:
        code = "zero-amounts-skipped" if policies.zero_amounts == "skip" else "zero-amounts"
        yield look.find(code, rows=row[8], kept=row[9])
    if row[10]:
        code = "negative-prices-rejected" if policies.negative_prices == "reject" else "negative-prices"
        yield look.find(code, rows=row[10], money=row[11], example=row[12] or "")
    if row[13]:
        yield look.find("negative-quantities", rows=row[13])


def time_quirks(look: Look) -> Iterator[Finding]:
    """Orders dated after today."""
    rows, latest = look.row(
        f"SELECT count(*), max(ordered_on) FROM {look.facts} WHERE ordered_on > DATE {sql.text(look.today.isoformat())}"
    )
    if rows:
        yield look.find("future-dates", rows=rows, latest=latest)


def product_quirks(look: Look) -> Iterator[Finding]:
    """Codes that are no goods: where nearly all product codes hold a digit, those that hold none."""
    if "product" not in look.fields:
        return
    kinds, plain, rows = look.row(
        "SELECT count(*), count(*) FILTER (bare), coalesce(sum(n) FILTER (bare), 0)::BIGINT FROM (SELECT product, count(*) AS n, "
        f"NOT regexp_matches(product, '[0-9]') AS bare FROM {look.facts} WHERE product IS NOT NULL GROUP BY 1)"
    )
    if plain and plain <= 0.1 * kinds:
        examples = look.con.execute(
            f"SELECT product FROM {look.facts} WHERE product IS NOT NULL AND NOT regexp_matches(product, '[0-9]') "
            "GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 5"
        ).fetchall()
        yield look.find("service-codes", kinds=plain, rows=rows, examples=[row[0] for row in examples])


def purchase_quirks(look: Look) -> Iterator[Finding]:
    """How rows became purchases: several on one day, order ids shared by customers, customers who returned everything."""
    kept = f"(SELECT * FROM {look.facts} WHERE _reason IS NULL)"
    with_id, without, days = look.row(
        "SELECT count(order_id), count(*) FILTER (order_id IS NULL), "
        f"count(DISTINCT CASE WHEN order_id IS NULL THEN hash(customer_id, ordered_on) END) FROM {kept} WHERE kind = 'sale'"
    )
    if without and not with_id:
        yield look.find("customer-days", rows=without, days=days)
    elif without:
        yield look.find("some-without-order-id", rows=without)
    if with_id:
        shared, example = look.row(
            f"SELECT count(*), min(order_id) FROM (SELECT order_id FROM {kept} WHERE order_id IS NOT NULL GROUP BY 1 "
            "HAVING min(customer_id) <> max(customer_id))"
        )
        if shared:
            yield look.find("shared-order-ids", orders=shared, example=example)
    customers, example, bought = look.row(
        "SELECT count(*), arg_max(customer_id, (bought, customer_id)), coalesce(max(bought), 0) FROM (SELECT customer_id, "
        f"sum(amount) FILTER (kind = 'sale') AS bought FROM {kept} WHERE status = 'completed' "
        "GROUP BY 1 HAVING bought > 0 AND sum(amount) = 0)"
    )
    if customers:
        yield look.find("all-returned", customers=customers, example=example, money=bought)


GENERAL: tuple[Question, ...] = (column_quirks, id_quirks, row_quirks)
ORDERS: tuple[Question, ...] = (money_quirks, time_quirks, product_quirks, purchase_quirks)
