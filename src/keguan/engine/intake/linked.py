"""What tables other than orders tell each other: whose invoice a payment settles, who brought whom, what an hour costs.

Each link is a function from the kept rows of all tables to more columns or rows of one of them. Columns it adds are the
`derived` ones of the logical table; they hold what happened whenever it happened, and measures cut them off at the as-of day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from keguan.engine.intake import sql
from keguan.engine.intake.inspection import Finding
from keguan.engine.tables import logical_table

if TYPE_CHECKING:
    import duckdb


@dataclass
class Kept:
    """The kept rows of one table: the relation they are in, and the columns its sources bring, in order."""

    relation: str
    fields: dict[str, None] = field(default_factory=dict)
    sources: str = ""


@dataclass
class Tables:
    """The kept rows of every table there is; `purchases` is the relation of the canonical orders, where there are any; `described`:
    the customers are those the order files describe."""

    con: duckdb.DuckDBPyConnection
    kept: dict[str, Kept]
    purchases: str | None = None
    described: bool = False

    def has(self, table: str, *fields: str) -> bool:
        """Whether a table is there with all of some fields."""
        return table in self.kept and all(f in self.kept[table].fields for f in fields)

    def put(self, table: str, select: str, *derived: str, sources: str = "") -> None:
        """Replace the rows of a table; `derived` are columns it now has."""
        before = self.kept.get(table)
        relation = f"{before.relation if before else f'kept_{table}'}_linked"
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE {relation} AS {select}")
        fields = {**(before.fields if before else {}), **dict.fromkeys(derived)}
        self.kept[table] = Kept(relation, fields, sources or (before.sources if before else ""))

    def rows(self, query: str) -> int:
        """The whole number a query yields."""
        (found,) = self.con.execute(query).fetchone() or (0,)
        return int(found)


Link = Callable[[Tables], Iterator[Finding]]


def link(tables: Tables) -> list[Finding]:
    """Let every table learn from the others; what was found on the way."""
    from keguan.engine.intake import receivables

    links: tuple[Link, ...] = (
        first_seen,
        receivables.settle,
        referrals,
        contact_costs,
        waiting_times,
        stretches,
        decisions,
        members,
        wishes,
    )
    return [finding for one in links for finding in one(tables)]


def first_seen(tables: Tables) -> Iterator[Finding]:
    """Customers whom only orders describe are there from their first order on."""
    if not tables.described or tables.purchases is None:
        return
    here = tables.kept["customers"]
    seen = f"SELECT customer_id, min(ordered_on) AS seen_on FROM {tables.purchases} GROUP BY customer_id"
    tables.put(
        "customers",
        f"SELECT c.*, s.seen_on FROM {here.relation} AS c JOIN ({seen}) AS s USING (customer_id)",
        "seen_on",
    )
    named = [f"customers.{f}" for f in here.fields if f != "customer_id"]
    yield Finding(
        "customers-described", here.sources, {"source": here.sources.split(" → ")[0], "fields": named}
    )


def referrals(tables: Tables) -> Iterator[Finding]:
    """Referrers named in the customer list are referrals too; who was referred is won with the first purchase after it."""
    if tables.has("customers", "referred_by"):
        yield from _implied(tables)
    if "referrals" not in tables.kept or tables.purchases is None:
        return
    bought = (
        f"SELECT customer_id, min(ordered_on) AS first_on FROM {tables.purchases} "
        "WHERE kind = 'sale' AND status = 'completed' GROUP BY customer_id"
    )
    won = 'CASE WHEN coalesce(b.first_on >= r."on", true) THEN b.first_on END AS won_on'
    select = (
        f"SELECT r.*, {won} FROM {tables.kept['referrals'].relation} AS r "
        f"LEFT JOIN ({bought}) AS b ON b.customer_id = r.to_customer_id"
    )
    tables.put("referrals", select, "won_on")


def _implied(tables: Tables) -> Iterator[Finding]:
    customers = tables.kept["customers"]
    day = "registered_on" if "registered_on" in customers.fields else "NULL::DATE"
    known = ""
    if "referrals" in tables.kept:
        known = f"AND customer_id NOT IN (SELECT to_customer_id FROM {tables.kept['referrals'].relation})"
    implied = (
        f'SELECT referred_by AS from_customer_id, customer_id AS to_customer_id, {day} AS "on", '
        f'{day}::TIMESTAMP AS "at" FROM {customers.relation} WHERE referred_by IS NOT NULL {known}'
    )
    rows = tables.rows(f"SELECT count(*) FROM ({implied})")
    if not rows:
        return
    before = f"SELECT * FROM {tables.kept['referrals'].relation} UNION ALL BY NAME " if known else ""
    columns = ("from_customer_id", "to_customer_id", "at", "on")
    tables.put("referrals", before + implied, *columns, sources=customers.sources if not known else "")
    yield Finding("referrals-implied", values={"rows": rows})


def contact_costs(tables: Tables) -> Iterator[Finding]:
    """What each interaction cost: what was paid, and minutes at the hourly rate of the row or of its member of staff."""
    if "interactions" not in tables.kept:
        return
    here = tables.kept["interactions"]
    rates = ["i.hourly_rate"] if "hourly_rate" in here.fields else []
    join = ""
    if tables.has("interactions", "staff") and "staff" in tables.kept:
        rates.append("s.hourly_rate")
        join = f"LEFT JOIN {tables.kept['staff'].relation} AS s ON s.staff = i.staff"
    timed = bool(rates) and "minutes" in here.fields
    if not timed and "cost" not in here.fields:
        return
    rate = sql.first(*rates) if rates else "NULL"
    paid = "coalesce(i.cost, 0)" if "cost" in here.fields else "0"
    worked = f"coalesce((i.minutes * {rate} / 60)::DECIMAL(18,4), 0)" if timed else "0"
    select = (
        f"SELECT i.*, ({paid} + {worked})::DECIMAL(18,4) AS contact_cost FROM {here.relation} AS i {join}"
    )
    if "minutes" in here.fields:
        unpriced = f"SELECT count(*) FROM {here.relation} AS i {join} WHERE i.minutes > 0 AND {rate} IS NULL"
        rows = tables.rows(unpriced)
        if rows:
            yield Finding("minutes-without-rate", here.sources, {"rows": rows})
    tables.put("interactions", select, "contact_cost")


def waiting_times(tables: Tables) -> Iterator[Finding]:
    """Hours from a complaint to its first answer and to its solution."""
    wanted = {"response_hours": "first_response_at", "solving_hours": "solved_at"}
    known = {name: end for name, end in wanted.items() if tables.has("complaints", end)}
    if known:
        here = tables.kept["complaints"]
        hours = [
            f'((epoch({end}) - epoch("at")) / 3600)::DECIMAL(18,4) AS {name}' for name, end in known.items()
        ]
        tables.put("complaints", f"SELECT *, {', '.join(hours)} FROM {here.relation}", *known)
    yield from ()


def stretches(tables: Tables) -> Iterator[Finding]:
    """For every earlier assignment its scheme, where it is written before the class (`rfm:champion`), the day its subject entered that class without a break, and the class before."""
    if "history" not in tables.kept:
        return
    here = tables.kept["history"]
    keys = [k for k in ("customer_id", "lead_id") if k in here.fields]
    dimension = "coalesce('.' || dimension, '')" if "dimension" in here.fields else "''"
    of = f"PARTITION BY {', '.join(keys)}, scope"
    order = "ORDER BY as_of, class"
    select = f"""
        WITH named AS ({_named(here)}),
        scoped AS (SELECT *, scheme || {dimension} AS scope FROM named),
        told AS (SELECT *, lag(class) OVER ({of} {order}) AS earlier FROM scoped),
        numbered AS (SELECT *, count(*) FILTER (earlier IS DISTINCT FROM class OR earlier IS NULL)
                     OVER ({of} {order} ROWS UNBOUNDED PRECEDING) AS stretch FROM told)
        SELECT * EXCLUDE (earlier, stretch),
               first_value(earlier) OVER ({of}, stretch {order}) AS previous_class,
               min(as_of) OVER ({of}, stretch) AS entered_on
        FROM numbered"""
    tables.put("history", select, "scheme", "scope", "previous_class", "entered_on")
    yield from ()


def decisions(tables: Tables) -> Iterator[Finding]:
    """For every decision of a person its scheme, where it is written before the class."""
    if "overrides" in tables.kept:
        tables.put("overrides", _named(tables.kept["overrides"]), "scheme")
    yield from ()


def _named(here: Kept) -> str:
    """The rows of a table of classes, each with its scheme apart: `rfm:champion` is the class `champion` of `rfm`."""
    has = "scheme" in here.fields
    known = "scheme" if has else "NULL"
    return f"""
        SELECT * EXCLUDE (class{", scheme" if has else ""}), coalesce({known}, split_part(class, ':', 1)) AS scheme,
               CASE WHEN {known} IS NULL THEN split_part(class, ':', 2) ELSE class END AS class
        FROM {here.relation}"""


def members(tables: Tables) -> Iterator[Finding]:
    """How many belong to a household."""
    if "households" in tables.kept:
        here = tables.kept["households"].relation
        tables.put(
            "households",
            f"SELECT *, count(*) OVER (PARTITION BY household_id) AS members FROM {here}",
            "members",
        )
    yield from ()


def wishes(tables: Tables) -> Iterator[Finding]:
    """Whether the customer a lead is with does not wish to be contacted: it said so, or all its contact people did."""
    who = {"customers": "bool_or", "contacts": "bool_and"}
    said = [
        f"SELECT customer_id, {these}(coalesce(opt_out, false)) AS opt_out FROM {tables.kept[table].relation} "
        "GROUP BY customer_id"
        for table, these in who.items()
        if tables.has(table, "customer_id", "opt_out")
    ]
    if said and tables.has("leads", "customer_id"):
        known = f"SELECT customer_id, bool_or(opt_out) AS opt_out FROM ({' UNION ALL '.join(said)}) GROUP BY customer_id"
        select = (
            f"SELECT l.*, w.opt_out AS customer_opted_out FROM {tables.kept['leads'].relation} AS l "
            f"LEFT JOIN ({known}) AS w ON w.customer_id = l.customer_id"
        )
        tables.put("leads", select, "customer_opted_out")
    yield from ()


def with_products(tables: Tables, lines: str) -> str:
    """Order lines with the product line and category of their product, as far as the products tell."""
    known = [f for f in logical_table("order_lines").derived if tables.has("products", f)]
    if not known:
        return lines
    columns = ", ".join(f"p.{sql.name(f)}" for f in known)
    products = tables.kept["products"].relation
    return f"SELECT l.*, {columns} FROM ({lines}) AS l LEFT JOIN {products} AS p ON p.product = l.product"
