"""What is odd in the data, each quirk one small question: to the counts, or in SQL where counting rows does not tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from keguan.engine.intake import sql
from keguan.engine.intake.counts import Counts, OrderKeys, optional_fields
from keguan.engine.intake.inspection import Finding
from keguan.engine.intake.orders import CREDIT_NOTE
from keguan.engine.intake.values import dates, numbers

if TYPE_CHECKING:
    import duckdb

    from keguan.engine.intake.cleaning import Staged
    from keguan.engine.intake.options import IntakeOptions

_SPELLED = "regexp_replace(lower(nfc_normalize(translate(id, '０１２３４５６７８９　', '0123456789 '))), '\\s+', '', 'g')"


@dataclass(frozen=True)
class Look:
    """What a question may look at: the staged table, its facts (`fields` and `keys` for orders) and their counts."""

    con: duckdb.DuckDBPyConnection
    staged: Staged
    facts: str
    fields: set[str]
    options: IntakeOptions
    counts: Counts
    keys: OrderKeys | None

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
    for reading in look.staged.readings.values():
        header = reading.sample.header
        if reading.counts_days:
            yield look.find("excel-serials", column=header, system=str(reading.system))
        if isinstance(reading.how, dates.DateReading):
            yield from _date_quirks(look, header, reading.how)
        elif isinstance(reading.how, numbers.NumberReading):
            for quirk in reading.how.quirks:
                if quirk != "percent":
                    yield look.find(quirk, column=header)
    for name in optional_fields(look.staged, bool(look.fields)):
        reading = look.staged.readings[name]
        rows = look.counts.all(f"unread_{name}")
        if rows:
            code = "unknown-words" if reading.field.type in ("code", "flag") else "unread-cells"
            example = look.counts.example(f"written_{name}")
            yield look.find(code, column=reading.sample.header, rows=rows, example=example)


def _date_quirks(look: Look, header: str, how: dates.DateReading) -> Iterator[Finding]:
    if how.order:
        code = "date-order-wished" if look.options.date_order else "date-order-decided"
        yield look.find(code, column=header, order=how.order, example=how.example)
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


def id_quirks(look: Look) -> Iterator[Finding]:
    """Forms of customer ids: numbers written as floats, zero-padded, spelled in several ways, cut by a spreadsheet."""
    if "customer_id" not in look.staged.readings:
        return
    rows = look.counts.all("fractions") if look.staged.tells_fractions else 0
    if rows:
        merge = look.options.policies.numeric_ids == "merge"
        yield look.find(
            "number-ids-merged" if merge else "number-ids-kept", rows=rows, example=_fraction(look)
        )
    look.con.execute(
        f"CREATE OR REPLACE TEMP TABLE ids AS SELECT customer_id AS id, count(*) AS n FROM {look.staged.relation} "
        "WHERE customer_id IS NOT NULL GROUP BY 1"
    )
    pairs, example = look.row(
        "SELECT count(*), min(a.id || ' / ' || b.id) FROM ids a JOIN ids b ON b.id = ltrim(a.id, '0') "
        "WHERE a.id[1] = '0' AND a.id <> b.id"
    )
    if pairs:
        yield look.find("zero-padded-ids", pairs=pairs, example=example)
    yield from _spellings(look)
    rows, example = look.row(
        "SELECT coalesce(sum(n), 0)::BIGINT, min(id) FROM ids WHERE regexp_full_match(id, '[0-9][.][0-9]+[eE][+]?[0-9]+')"
    )
    if rows:
        yield look.find("scientific-ids", rows=rows, example=example)


def _fraction(look: Look) -> str:
    """The first customer id of the file that is written as a fraction, as it is written."""
    column = f"c{look.staged.readings['customer_id'].sample.place}"
    (first,) = look.row(f"SELECT min(_record) FROM {look.staged.relation} WHERE _fraction")
    (example,) = look.row(f"SELECT {column} FROM {look.staged.view} LIMIT 1 OFFSET {first - 1}")
    return str(example).strip()


def _spellings(look: Look) -> Iterator[Finding]:
    """Ids that differ only by case, spaces or width; plain ones are compared without the costly levelling."""
    kinds, lower, odd = look.row(
        "SELECT count(*), count(DISTINCT lower(id)), "
        "count(*) FILTER (contains(id, ' ') OR strlen(id) <> length(id)) FROM ids"
    )
    if kinds == lower and not odd:
        return
    groups, example = look.row(
        "SELECT count(*), min(forms) FROM (SELECT string_agg(id, ' / ' ORDER BY id) AS forms FROM ids "
        f"GROUP BY {_SPELLED} HAVING count(*) > 1)"
    )
    if groups:
        yield look.find("id-variants", groups=groups, example=example)


def row_quirks(look: Look) -> Iterator[Finding]:
    """Whole rows that repeat, and lines that could not be split."""
    if look.keys is None or not look.keys.distinct:
        rows, extra = look.row(
            "SELECT count(*), coalesce(sum(n - 1), 0)::BIGINT FROM (SELECT count(*) AS n "
            f"FROM {_hashes(look.staged)} GROUP BY _hash HAVING n > 1)"
        )
        if rows:
            dropped = look.options.policies.repeated_lines == "drop" and bool(look.fields)
            yield look.find("repeats-dropped" if dropped else "repeats-kept", rows=extra)
    if look.staged.raw.bad_lines:
        first = look.staged.raw.bad_lines[0]
        yield look.find("bad-lines", rows=len(look.staged.raw.bad_lines), line=first.line)


def _hashes(staged: Staged) -> str:
    """A relation with the hash of every row as written; read again where it was not kept."""
    every = ", ".join(f"c{i}" for i in range(len(staged.raw.columns)))
    return staged.relation if staged.hashed else f"(SELECT hash({every}) AS _hash FROM {staged.view})"


def money_quirks(look: Look) -> Iterator[Finding]:
    """Credit notes, returns, zero and negative prices, bad-debt entries."""
    said, policies = look.counts, look.options.policies
    if rows := said.all("notes_count"):
        (notes,) = look.row(
            f"SELECT count(DISTINCT order_id) FROM {look.facts} "
            f"WHERE kind = 'return' AND regexp_full_match(order_id, {sql.text(CREDIT_NOTE)})"
        )
        values = {"notes": notes, "money": said.all("notes_money"), "example": said.example("note_example")}
        yield look.find("credit-notes", rows=rows, **values)
    if rows := said.all("backs_count"):
        yield look.find("returns", rows=rows, money=said.all("backs_money"))
    if rows := said.all("turned_count"):
        yield look.find("returns-turned", rows=rows, money=-said.all("turned_money"))
    if rows := said.all("nil_count"):
        code = "zero-amounts-skipped" if policies.zero_amounts == "skip" else "zero-amounts"
        yield look.find(code, rows=rows, kept=said.kept("nil_count"))
    if rows := said.all("owed_count"):
        code = "negative-prices-rejected" if policies.negative_prices == "reject" else "negative-prices"
        yield look.find(
            code, rows=rows, money=said.all("owed_money"), example=said.example("owed_example") or ""
        )
    if rows := said.all("fewer_count"):
        yield look.find("negative-quantities", rows=rows)


def product_quirks(look: Look) -> Iterator[Finding]:
    """Codes that are no goods: where nearly all product codes hold a digit, those that hold none."""
    if "product" not in look.fields:
        return
    kinds, plain, rows = look.row(
        "SELECT count(*), count(*) FILTER (bare), coalesce(sum(n) FILTER (bare), 0)::BIGINT FROM (SELECT product, n, "
        "NOT regexp_matches(product, '[0-9]') AS bare FROM (SELECT product, count(*) AS n "
        f"FROM {look.facts} WHERE product IS NOT NULL GROUP BY 1))"
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
    with_id, without = look.counts.kept("with_id_count"), look.counts.kept("without_id_count")
    if without and not with_id:
        (days,) = look.row(
            f"SELECT count(*) FROM (SELECT DISTINCT customer_id, ordered_on FROM {kept} WHERE kind = 'sale')"
        )
        yield look.find("customer-days", rows=without, days=days)
    elif without:
        yield look.find("some-without-order-id", rows=without)
    if look.keys is not None and look.keys.shared:
        shared, example = look.row(
            f"SELECT count(*), min(order_id) FROM (SELECT order_id FROM {kept} WHERE order_id IS NOT NULL GROUP BY 1 "
            "HAVING min(customer_id) <> max(customer_id))"
        )
        if shared:
            yield look.find("shared-order-ids", orders=shared, example=example)
    if look.counts.kept("notes_count") + look.counts.kept("backs_count"):
        yield from _all_returned(look, kept)


def _all_returned(look: Look, kept: str) -> Iterator[Finding]:
    customers, example, bought = look.row(
        "SELECT count(*), arg_max(customer_id, (bought, customer_id)), coalesce(max(bought), 0) FROM (SELECT customer_id, "
        f"sum(amount) FILTER (kind = 'sale') AS bought FROM {kept} WHERE status = 'completed' "
        "GROUP BY 1 HAVING bought > 0 AND sum(amount) = 0)"
    )
    if customers:
        yield look.find("all-returned", customers=customers, example=example, money=bought)


GENERAL: tuple[Question, ...] = (column_quirks, id_quirks, row_quirks)
ORDERS: tuple[Question, ...] = (money_quirks, product_quirks, purchase_quirks)
