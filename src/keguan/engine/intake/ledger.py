"""All order facts of an intake together: several files, orders beside their lines, lists of returns, one ledger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from keguan.engine.intake import orders, sql
from keguan.engine.intake.counts import Counts, OrderKeys
from keguan.engine.intake.inspection import Finding

if TYPE_CHECKING:
    import duckdb

    from keguan.engine.intake.cleaning import Staged
    from keguan.engine.intake.options import IntakeOptions


@dataclass(frozen=True)
class Facts:
    """One staged table, the relation of its facts, the columns these have, their counts, and for orders how ids repeat."""

    staged: Staged
    relation: str
    fields: set[str]
    counts: Counts
    keys: OrderKeys | None = None


@dataclass
class Ledger:
    """Names of the relations that hold all kept rows; None where there are no orders or no lines.

    `unique`: each row of `orders` has an order id of its own, so that nothing has to be added up.
    """

    orders: str | None = None
    lines: str | None = None
    fields: set[str] = field(default_factory=set)
    line_fields: set[str] = field(default_factory=set)
    counts_lines: bool = False
    unique: bool = False


def build_ledger(
    con: duckdb.DuckDBPyConnection, facts: Sequence[Facts], options: IntakeOptions
) -> tuple[Ledger, list[Finding]]:
    """The ledger of all order facts, and what was decided on the way."""
    findings: list[Finding] = []
    given = {
        name: [f for f in facts if f.staged.table == name] for name in ("orders", "order_lines", "returns")
    }
    ledger = Ledger()
    if given["order_lines"]:
        ledger.lines, ledger.line_fields = _together(con, "kept_lines", given["order_lines"])
        ledger.orders, ledger.fields, ledger.counts_lines = ledger.lines, ledger.line_fields, True
    if given["orders"]:
        ledger.orders, ledger.fields = _together(con, "kept_orders", given["orders"])
        ledger.counts_lines = False
        findings += _add_missing(con, ledger)
    for listed in given["returns"]:
        findings += _book_returns(con, ledger, listed)
    if options.policies.returns == "when-sold" and ledger.orders:
        findings += _move_returns(con, ledger)
    if ledger.lines and "product" not in ledger.line_fields:
        ledger.lines = None
    source = given["orders"] or given["order_lines"]
    untouched = ledger.orders in ("kept_orders", "kept_lines") and len(source) == 1
    ledger.unique = untouched and source[0].keys is not None and source[0].keys.distinct
    return ledger, findings


def _together(con: duckdb.DuckDBPyConnection, name: str, facts: Sequence[Facts]) -> tuple[str, set[str]]:
    select = orders.kept_select([(f.relation, f.fields) for f in facts])
    con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {select}")
    return name, _fields(con, name)


def _fields(con: duckdb.DuckDBPyConnection, relation: str) -> set[str]:
    return {row[0] for row in con.execute(f"DESCRIBE {relation}").fetchall()}


def _replace(con: duckdb.DuckDBPyConnection, name: str, select: str) -> str:
    """A step that reads what it stands for is a table of its own: views cannot replace what they read."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {select}")
    return name


def _add_missing(con: duckdb.DuckDBPyConnection, ledger: Ledger) -> Iterator[Finding]:
    """Lines whose order is not among the orders are added, so that no money is lost between two files."""
    if ledger.lines is None or ledger.orders is None:
        return
    (known,) = con.execute(f"SELECT count(order_id) FROM {ledger.orders}").fetchone() or (0,)
    if not known:
        yield Finding("lines-apart")
        return
    missing = (
        f"SELECT customer_id, ordered_on, order_id, amount, kind, status FROM {ledger.lines} WHERE order_id IS NOT NULL "
        f"AND order_id NOT IN (SELECT order_id FROM {ledger.orders} WHERE order_id IS NOT NULL)"
    )
    count, money = con.execute(
        f"SELECT count(DISTINCT order_id), coalesce(sum(amount), 0) FROM ({missing})"
    ).fetchone() or (0, 0)
    if count:
        ledger.orders = _replace(
            con, "orders_and_lines", f"SELECT * FROM {ledger.orders} UNION ALL BY NAME {missing}"
        )
        yield Finding("lines-added", values={"orders": count, "money": money})


def _book_returns(con: duckdb.DuckDBPyConnection, ledger: Ledger, listed: Facts) -> Iterator[Finding]:
    if ledger.orders is None:
        return
    day = "min(returned_on)" if "returned_on" in listed.fields else "NULL::DATE"
    name = f"{listed.relation}_ids"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT order_id, {day} AS returned_on FROM {listed.relation} "
        "WHERE _reason IS NULL AND returned GROUP BY order_id"
    )
    before = con.execute(f"SELECT count(*), coalesce(sum(amount), 0) FROM {ledger.orders}").fetchone() or (
        0,
        0,
    )
    (ids,) = con.execute(f"SELECT count(*) FROM {name}").fetchone() or (0,)
    (matched,) = con.execute(
        f"SELECT count(*) FROM {name} WHERE order_id IN (SELECT order_id FROM {ledger.orders} WHERE kind = 'sale')"
    ).fetchone() or (0,)
    same = ledger.lines == ledger.orders
    ledger.orders = _replace(
        con, f"{name}_orders", orders.with_returns_select(ledger.orders, name, ledger.fields)
    )
    if ledger.lines is not None:
        select = orders.with_returns_select(ledger.lines, name, ledger.line_fields)
        ledger.lines = ledger.orders if same else _replace(con, f"{name}_lines", select)
    after = con.execute(f"SELECT count(*), coalesce(sum(amount), 0) FROM {ledger.orders}").fetchone() or (
        0,
        0,
    )
    source = listed.staged.raw.name
    values = {"source": source, "listed": ids, "matched": matched, "money": after[1] - before[1]}
    yield Finding("returns-list", source, values)


def _move_returns(con: duckdb.DuckDBPyConnection, ledger: Ledger) -> Iterator[Finding]:
    assert ledger.orders is not None
    before, same = ledger.orders, ledger.lines == ledger.orders
    ledger.orders = _replace(con, "orders_moved", orders.moved_select(before, ledger.fields))
    if ledger.lines is not None:
        ledger.lines = (
            ledger.orders
            if same
            else _replace(con, "lines_moved", orders.moved_select(ledger.lines, ledger.line_fields))
        )
    columns = ", ".join(sql.name(f) for f in sorted(ledger.fields))
    (moved,) = con.execute(
        f"SELECT count(*) FROM (SELECT {columns} FROM {ledger.orders} EXCEPT ALL SELECT {columns} FROM {before})"
    ).fetchone() or (0,)
    yield Finding("returns-moved", values={"rows": moved})
