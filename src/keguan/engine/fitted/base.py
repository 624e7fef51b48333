"""What fitting and scoring a base on its own need of the engine: statistics as of a day, the base cut in two, purchases by
day, one customer's days, and scores. The numbers leave as numpy columns or Arrow; knows no comparison and no page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from sqlglot import exp

from keguan.core.errors import Place, fail
from keguan.engine.backends import Engine
from keguan.engine.compile import column, condition, literal
from keguan.engine.fitted.needs import models_of
from keguan.engine.fitted.records import Record
from keguan.engine.fitted.scoring import add_scores
from keguan.engine.fitted.statistics import Columns, arrays, histories, history
from keguan.engine.functions import day_number
from keguan.engine.intake.parts import Part
from keguan.engine.measures.definition import Fitted, catalogue
from keguan.engine.measures.definition import Gathered as GatheredSource
from keguan.engine.measures.resolve import Measure, closure, find
from keguan.engine.measures.sql import keep_measures
from keguan.engine.subjects import SUBJECTS

CUSTOMER = SUBJECTS["customer"]
KNOWN = ("n_purchase_days", "first_order_on", "last_order_on", "net_sales_total")
_FOR_FIT = (*KNOWN, "interval_log_sum", "net_sales_12m", "n_orders_12m")
_COST = "cost_of_goods_total"
_STATISTICS = {
    "purchases": KNOWN[:3],
    "spending": ("n_purchase_days", "net_sales_total"),
    "rhythm": (*KNOWN[:3], "interval_log_sum"),
}
"""What a fit of each model reads."""
SCORED = (
    "p_alive",
    "expected_orders_12m",
    "clv_36m",
    "next_order_on",
    "next_order_early_on",
    "next_order_late_on",
    "p_overdue",
)
"""The fitted measures of a score, each as far as its models are there."""
_HORIZON = {"expected_orders_12m": "expected_orders_{}m", "clv_36m": "clv_{}m"}


class Base:
    """The customers of some parts on an open engine. Raises KG774 where there is no table of orders."""

    def __init__(self, engine: Engine, parts: Sequence[Part]) -> None:
        self.engine = engine
        self._paths: dict[str, list[Path]] = {}
        for part in parts:
            self._paths.setdefault(part.table, []).append(part.path)
        if "orders" not in self._paths:
            raise fail("KG774", Place(field="orders"))
        self._has_cost = any(p.table == "orders" and "cost" in p.fields for p in parts)
        for table, files in self._paths.items():
            engine.attach(table, files)

    def keep(self, name: str, as_of: date, models: Sequence[str] | None = None) -> str:
        """Statistics of every customer as of a day, kept under a name: all, or only those that fits of some models read."""
        names = list(_FOR_FIT if models is None else dict.fromkeys(n for m in models for n in _STATISTICS[m]))
        if self._has_cost and "net_sales_total" in names:
            names.append(_COST)
        keep_measures(self.engine, name, CUSTOMER, closure(names), {}, as_of, self._paths, names)
        return name

    def histories(self, table: str, as_of: date) -> Columns:
        """The distinct histories in a kept table, with how many customers have each."""
        return histories(self.engine, table, as_of)

    def split(self, early: str, late: str, on: date) -> Columns:
        """Per customer known on the day `on`: the history until then, money and orders until then, and what came later."""
        before, after = (exp.to_table(t, quoted=True) for t in (early, late))

        def of(table: str, name: str) -> exp.Expr:
            return exp.column(name, table=table, quoted=True)

        def more(name: str) -> exp.Expr:
            return exp.Sub(this=of("l", name), expression=of("e", name))

        past = {n: e.transform(_owned_by_e) for n, e in history(on).items()}
        wanted = {
            **past,
            "later": more("n_purchase_days"),
            "later_sales": exp.cast(more("net_sales_total"), "DOUBLE"),
            "sales": exp.cast(of("e", "net_sales_total"), "DOUBLE"),
            "sales_12m": exp.cast(of("e", "net_sales_12m"), "DOUBLE"),
            "orders_12m": of("e", "n_orders_12m"),
        }
        same = [exp.EQ(this=of("e", k), expression=of("l", k)) for k in CUSTOMER.keys]
        query = (
            exp.select(*[exp.alias_(e, n, quoted=True) for n, e in wanted.items()])
            .from_(exp.alias_(before, "e", table=True))
            .join(exp.alias_(after, "l", table=True), on=exp.and_(*same))
            .where(exp.GTE(this=of("e", "n_purchase_days"), expression=literal(1)))
        )
        return arrays(self.engine, query, list(wanted))

    def winning_days(self, table: str) -> Columns:
        """How many customers (`n`) first bought on each day (`day`, counted from 1970-01-01)."""
        query = (
            exp.select(
                exp.alias_(day_number(column("first_order_on")), "day", quoted=True),
                exp.alias_(exp.Count(this=exp.Star()), "n", quoted=True),
            )
            .from_(exp.to_table(table, quoted=True))
            .where(exp.GTE(this=column("n_purchase_days"), expression=literal(1)))
            .group_by(day_number(column("first_order_on")))
        )
        return arrays(self.engine, query, ["day"])

    def repeat_days(self, table: str, until: date) -> Columns:
        """How many customers of a kept table came again (`n`) on each day up to `until`."""
        bought = self._purchase_days(until).subquery("bought")
        won = exp.alias_(exp.to_table(table, quoted=True), "won", table=True)
        day, first = (
            exp.column("ordered_on", table="bought", quoted=True),
            exp.column("first_order_on", table="won", quoted=True),
        )
        same = [
            exp.EQ(
                this=exp.column(k, table="bought", quoted=True),
                expression=exp.column(k, table="won", quoted=True),
            )
            for k in CUSTOMER.keys
        ]
        query = (
            exp.select(
                exp.alias_(day_number(day), "day", quoted=True),
                exp.alias_(exp.Count(this=exp.Star()), "n", quoted=True),
            )
            .from_(bought)
            .join(won, on=exp.and_(*same))
            .where(exp.GT(this=day.copy(), expression=first))
            .group_by(day_number(day.copy()))
        )
        return arrays(self.engine, query, ["day"])

    def days_of(self, customer: str, until: date) -> list[int]:
        """One customer's purchase days up to `until`. Raises KG775 for somebody who is not known to have bought."""
        [key] = CUSTOMER.keys
        own = self._purchase_days(until).where(exp.EQ(this=column(key), expression=literal(customer)))
        days = exp.alias_(day_number(column("ordered_on")), "day", quoted=True)
        found = [int(str(d)) for (d,) in self.engine.rows(exp.select(days).from_(own.subquery("own")))]
        if not found:
            raise fail("KG775", Place(field="customer"), customer=customer)
        return sorted(found)

    def telling_customer(self, table: str, as_of: date) -> str:
        """Somebody whose history is worth a picture: of those silent for longest, who bought on most days before."""
        [key] = CUSTOMER.keys
        silent = exp.Sub(this=day_number(literal(as_of)), expression=day_number(column("last_order_on")))
        known = exp.Sub(this=day_number(literal(as_of)), expression=day_number(column("first_order_on")))
        long_silent = exp.GT(
            this=exp.Mul(this=literal(4), expression=exp.paren(silent)), expression=exp.paren(known)
        )
        query = (
            exp.select(column(key))
            .from_(exp.to_table(table, quoted=True))
            .where(exp.GTE(this=column("n_purchase_days"), expression=literal(1)))
            .order_by(
                exp.Ordered(this=exp.paren(long_silent), desc=True),
                exp.Ordered(this=column("n_purchase_days"), desc=True),
                exp.Ordered(this=column(key), desc=False),
            )
            .limit(1)
        )
        return str(self.engine.rows(query)[0][0])

    def scores(self, table: str, models: Mapping[str, Record], as_of: date, months: int | None) -> exp.Select:
        """Every buyer with what the models say; `months` is the horizon of purchases and value where it is not the usual one.
        Raises KG863 for models that score nobody by themselves."""
        shown = [*CUSTOMER.keys, "n_purchase_days", "first_order_on", "last_order_on"]
        measures = [m for n in _scored_by(models) if (m := _with_horizon(n, months)) is not None]
        if not measures:
            raise fail("KG863", Place(field="MODEL"))
        query = add_scores(self.engine, table, measures, shown, models, as_of)
        return query.where(
            exp.GTE(this=exp.column("n_purchase_days", table="base", quoted=True), expression=literal(1))
        )

    def _purchase_days(self, until: date) -> exp.Select:
        """Each customer's purchase days, once each, counted as the measures count them."""
        source = catalogue("customer")["purchase_days"].source
        if not isinstance(source, GatheredSource):
            raise TypeError("purchase_days is gathered from orders")
        keys = [column(k) for k in CUSTOMER.keys]
        return (
            exp.select(*keys, column("ordered_on"))
            .distinct()
            .from_(exp.to_table("orders", quoted=True))
            .where(condition(source.where), exp.LTE(this=column("ordered_on"), expression=literal(until)))
        )


def _owned_by_e(node: exp.Expr) -> exp.Expr:
    return exp.column(node.name, table="e", quoted=True) if isinstance(node, exp.Column) else node


def _scored_by(models: Mapping[str, Record]) -> list[str]:
    measures = [m for n in SCORED if (m := find(n)) is not None]
    return [m.name for m in measures if models.keys() >= set(models_of([m]))]


def _with_horizon(name: str, months: int | None) -> Measure | None:
    """A fitted measure of the catalogue, with another horizon in its name and its definition where one is asked for."""
    measure = find(name)
    if measure is None or months is None or name not in _HORIZON:
        return measure
    source = measure.definition.source
    if not isinstance(source, Fitted):
        raise TypeError(f"{name} is not made by a model")
    definition = replace(measure.definition, source=replace(source, months=months))
    return Measure(_HORIZON[name].format(months), definition)
