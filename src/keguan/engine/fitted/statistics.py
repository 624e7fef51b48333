"""What models need to know of a kept table of measures, as equal customers counted; knows no model.

Every array is sorted, so that a fit does not depend on the order in which an engine hands out rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlglot import exp

from keguan.core.arrays import as_numpy
from keguan.engine.backends import Engine
from keguan.engine.compile import column, condition, literal
from keguan.engine.functions import day_number
from keguan.engine.measures.definition import Gathered, catalogue

HISTORY = ("x", "t_x", "T")
"""Repeat purchase days, days from the first purchase to the last, days from the first purchase to the as-of day."""

Columns = dict[str, NDArray[Any]]


def history(as_of: date) -> dict[str, exp.Expr]:
    """The three numbers of a customer's history as expressions over the measures."""
    first, last = day_number(column("first_order_on")), day_number(column("last_order_on"))
    return {
        "x": exp.Sub(this=column("n_purchase_days"), expression=literal(1)),
        "t_x": exp.paren(exp.Sub(this=last, expression=first)),
        "T": exp.paren(exp.Sub(this=day_number(literal(as_of)), expression=first.copy())),
    }


def histories(engine: Engine, table: str, as_of: date) -> Columns:
    """The distinct histories of everybody who ever bought, and how many customers have each (`n`)."""
    return _counted(
        engine, table, history(as_of), exp.GTE(this=column("n_purchase_days"), expression=literal(1))
    )


def distinct_histories(table: str, as_of: date) -> exp.Select:
    """The query of the distinct histories of everybody who ever bought."""
    named = [exp.alias_(e, n, quoted=True) for n, e in history(as_of).items()]
    bought = exp.GTE(this=column("n_purchase_days"), expression=literal(1))
    return exp.select(*named).distinct().from_(exp.to_table(table, quoted=True)).where(bought)


def intervals(engine: Engine, table: str, as_of: date) -> Columns:
    """Histories with the sum of the logarithms of their intervals, of customers who bought on two days or more."""
    wanted = {**history(as_of), "log_sum": column("interval_log_sum")}
    return _counted(engine, table, wanted, exp.GTE(this=column("n_purchase_days"), expression=literal(2)))


def spending(engine: Engine, table: str) -> Columns:
    """Purchase days and net sales of everybody who brought anything."""
    wanted = {"days": column("n_purchase_days"), "sales": exp.cast(column("net_sales_total"), "DOUBLE")}
    brought = exp.and_(
        exp.GTE(this=column("n_purchase_days"), expression=literal(1)),
        exp.GT(this=column("net_sales_total"), expression=literal(0)),
    )
    return _counted(engine, table, wanted, brought)


def margin(engine: Engine, table: str) -> Decimal | None:
    """Gross profit as a share of net sales over all who bought, between 0 and 1; None where costs are not known."""
    if "cost_of_goods_total" not in engine.columns(table):
        return None
    sums = [exp.cast(exp.Sum(this=column(n)), "VARCHAR") for n in ("net_sales_total", "cost_of_goods_total")]
    [(sales, cost)] = engine.rows(exp.select(*sums).from_(exp.to_table(table, quoted=True)))
    if sales is None or cost is None or Decimal(str(sales)) <= 0:
        return None
    share = 1 - Decimal(str(cost)) / Decimal(str(sales))
    return min(max(share, Decimal(0)), Decimal(1)).quantize(Decimal("0.000001"))


def repeat_orders(engine: Engine, table: str, as_of: date) -> tuple[NDArray[Any], NDArray[Any]]:
    """Days (numbers since 1970-01-01) with orders up to `as_of`, and how many customers bought on each for whom it was
    not the first."""
    source = catalogue("customer")["purchase_days"].source
    if not isinstance(source, Gathered):
        raise TypeError("purchase_days is gathered from orders")
    until = exp.LTE(this=column("ordered_on"), expression=literal(as_of))
    every = _by_day(engine, "orders", "ordered_on", exp.and_(condition(source.where), until))
    first = _by_day(engine, table, "first_order_on", column("first_order_on").is_(exp.null()).not_())
    again = every["n"].astype(np.float64)
    again[np.searchsorted(every["day"], first["day"])] -= first["n"]
    return every["day"].astype(np.int64), np.maximum(again, 0.0)


def _by_day(engine: Engine, table: str, day: str, where: exp.Expr) -> Columns:
    counted = exp.alias_(exp.Count(this=exp.Star()), "n", quoted=True)
    shown = [exp.alias_(day_number(column(day)), "day", quoted=True), column("customer_id")]
    rows = exp.select(*shown).distinct().from_(exp.to_table(table, quoted=True)).where(where).subquery("rows")
    return arrays(engine, exp.select(column("day"), counted).from_(rows).group_by(column("day")), ["day"])


def day_of(as_of: date) -> int:
    """A day as a number since 1970-01-01."""
    return (as_of - date(1970, 1, 1)).days


def _counted(engine: Engine, table: str, wanted: dict[str, exp.Expr], where: exp.Expr) -> Columns:
    rows = (
        exp.select(*[exp.alias_(e, n, quoted=True) for n, e in wanted.items()])
        .from_(exp.to_table(table, quoted=True))
        .where(where)
        .subquery("rows")
    )
    names = [column(n) for n in wanted]
    counted = exp.alias_(exp.Count(this=exp.Star()), "n", quoted=True)
    return arrays(engine, exp.select(*names, counted).from_(rows).group_by(*names), list(wanted))


def arrays(engine: Engine, query: exp.Query, order: Sequence[str]) -> Columns:
    """A result as numpy columns, sorted by the columns named in `order`, the first of them first."""
    found = engine.arrow(query)
    columns = {n: as_numpy(found[n]) for n in found.column_names}
    rows = np.lexsort([columns[n] for n in reversed(order)])
    return {n: values[rows] for n, values in columns.items()}
