"""Scoring: every distinct history once with the fitted models, then joined back as columns of the table of measures.

What depends on a customer's own money is left to the projection, in operations that both engines carry out alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlglot import exp

from keguan.core.arrays import as_arrow, as_numpy
from keguan.engine.backends import Engine
from keguan.engine.compile import literal
from keguan.engine.fitted import statistics
from keguan.engine.fitted.leads import MODEL, add_conversion
from keguan.engine.fitted.records import Record
from keguan.engine.measures.definition import Fitted
from keguan.engine.measures.gather import MONEY
from keguan.engine.measures.resolve import Measure

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from keguan.models import NextPurchase, Statistics
    from keguan.models._forecast import Forecasting

DAYS_PER_MONTH = 365.25 / 12
_SCORES = "scores"


def add_scores(
    engine: Engine,
    base: str,
    measures: Sequence[Measure],
    shown: Sequence[str],
    models: Mapping[str, Record],
    as_of: date,
) -> exp.Select:
    """The query of `base` with the columns in `shown` and one more for each fitted measure: of leads by their id, of customers
    by their histories."""
    if MODEL in models:
        return add_conversion(engine, base, measures, shown, models)
    wanted = tuple((m.name, _source(m).figure, _source(m).months) for m in measures)
    scoring = Scoring(wanted, dict(models), as_of)
    engine.map(_SCORES, statistics.distinct_histories(base, as_of), scoring, scoring.schema)
    same = [
        exp.EQ(this=_of_base(e), expression=exp.column(f"#{n}", table=_SCORES, quoted=True))
        for n, e in statistics.history(as_of).items()
    ]
    columns = [exp.column(n, table="base", quoted=True) for n in shown]
    fitted = [exp.alias_(_column(m, models), m.name, quoted=True) for m in measures]
    source = exp.alias_(exp.to_table(base, quoted=True), "base", table=True)
    return exp.select(*columns, *fitted).from_(source).join(_SCORES, on=exp.and_(*same), join_type="left")


def _of_base(node: exp.Expr) -> exp.Expr:
    """`node` with its columns those of the base."""

    def owned(part: exp.Expr) -> exp.Expr:
        return exp.column(part.name, table="base", quoted=True) if isinstance(part, exp.Column) else part

    return node.transform(owned)


def _column(measure: Measure, models: Mapping[str, Record]) -> exp.Expr:
    score = exp.column(measure.name, table=_SCORES, quoted=True)
    return (
        _lifetime_value(score, models["spending"]) if _source(measure).figure == "lifetime_value" else score
    )


def _lifetime_value(discounted: exp.Expr, spending: Record) -> exp.Expr:
    """margin · discounted purchases · E[amount], which is p (v + sales) / (p · days + q − 1), in whole cents."""
    p, q, v = (float(spending["params"][k]) for k in ("p", "q", "v"))
    margin = 1.0 if spending["margin"] is None else float(spending["margin"])
    sales = exp.cast(exp.column("net_sales_total", table="base", quoted=True), "DOUBLE")
    days = exp.cast(exp.column("n_purchase_days", table="base", quoted=True), "DOUBLE")
    own = exp.func("GREATEST", sales, literal(0.0))
    amount = _over(
        _times(literal(p), _plus(literal(v), own)), _plus(_times(literal(p), days), literal(q - 1.0))
    )
    cents = _plus(_times(_times(literal(100.0 * margin), discounted), amount), literal(0.5))
    whole = exp.cast(exp.func("FLOOR", cents), "BIGINT")
    return exp.cast(
        _times(exp.cast(whole, "DECIMAL(18, 0)"), exp.cast(exp.Literal.string("0.01"), "DECIMAL(3, 2)")),
        MONEY,
    )


def _times(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    return exp.paren(exp.Mul(this=left, expression=right))


def _plus(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    return exp.paren(exp.Add(this=left, expression=right))


def _over(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    return exp.paren(exp.Div(this=left, expression=right, typed=False, safe=False))


def _source(measure: Measure) -> Fitted:
    source = measure.definition.source
    if not isinstance(source, Fitted):
        raise TypeError(f"{measure.name} is not made by a model")
    return source


def _six_places(values: NDArray[Any]) -> NDArray[Any]:
    rounded: NDArray[Any] = np.round(values, 6)
    return rounded


@dataclass(frozen=True)
class Scoring:
    """Scores batches of distinct histories (x, t_x, T): their keys `#x`, `#t_x`, `#T`, and for every (name, figure, months) wanted
    a column of that name. Plain data, so that it can be sent to wherever the rows are."""

    wanted: tuple[tuple[str, str, int | None], ...]
    models: Mapping[str, Record]
    as_of: date

    @property
    def schema(self) -> pa.Schema:
        """The columns of the result."""
        import pyarrow as pa

        keys = [(f"#{n}", pa.int32()) for n in statistics.HISTORY]
        told = [(n, pa.date32() if f.endswith("_on") else pa.float64()) for n, f, _ in self.wanted]
        return pa.schema([*keys, *told])

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The scores of one batch."""
        import pyarrow as pa

        found = {n: as_numpy(batch.column(n)) for n in statistics.HISTORY}
        scores = Scores(found, self.models, self.as_of)
        told = [scores.figure(figure, months) for _, figure, months in self.wanted]
        columns = [*(found[n] for n in statistics.HISTORY), *told]
        arrays = [as_arrow(v, f.type) for v, f in zip(columns, self.schema, strict=True)]
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema)


class Scores:
    """Figures of histories under fitted models, one array each, in the histories' order."""

    def __init__(self, found: statistics.Columns, models: Mapping[str, Record], as_of: date) -> None:
        self.x, self.t_x, self.T = (found[k].astype(np.float64) for k in statistics.HISTORY)
        self._models = models
        self._today = statistics.day_of(as_of)

    def figure(self, name: str, months: int | None = None) -> NDArray[Any]:
        """One figure: probabilities and counts at six decimals, dates, or discounted purchases as they are."""
        days = (months or 0) * DAYS_PER_MONTH
        if name == "p_alive":
            return _six_places(self._purchases.predict_p_alive(self._data))
        if name == "expected_orders":
            return _six_places(self._purchases.predict_orders(self._data, days))
        if name == "lifetime_value":
            return self._purchases.predict_discounted_orders(
                self._data, self._models["spending"]["yearly_rate"], days
            )
        if name == "p_overdue":
            return _six_places(self._next.p_overdue)
        dates = {
            "next_order_on": self._next.expected_on,
            "next_order_early_on": self._next.early_on,
            "next_order_late_on": self._next.late_on,
        }
        return dates[name]

    @cached_property
    def _purchases(self) -> Forecasting:
        from keguan.models.repeat_purchase import read_model

        return read_model(self._models["purchases"])

    @cached_property
    def _data(self) -> Statistics:
        from keguan.models import Statistics

        return Statistics(self.x, self.t_x, self.T)

    @cached_property
    def _next(self) -> NextPurchase:
        from keguan.models import Gaps, Rhythm

        nobody = np.arange(len(self.x))
        last = (self._today - self.T + self.t_x).astype(np.int64)
        gaps = Gaps(nobody, self.x, self.t_x, np.zeros(len(self.x)), last, self.T - self.t_x)
        return Rhythm.from_dict(self._models["rhythm"]).predict(gaps)
