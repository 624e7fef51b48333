"""Answering all requests of a round of fitting together: sizes first, then ranks, then the subjects at those ranks."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal, localcontext

import numpy as np
from sqlglot import exp

from keguan.core.arrays import as_numpy
from keguan.engine.aggregates.histogram import Bin, Histograms, Question, sort_bins
from keguan.engine.aggregates.requests import (
    Answer,
    CutAnswer,
    CutsByHeads,
    CutsByValue,
    Key,
    Quantiles,
    QuantilesAnswer,
    Request,
    Rows,
    RowsAnswer,
    Tally,
    TallyAnswer,
)
from keguan.engine.aggregates.search import Search, first_questions, run_searches
from keguan.engine.backends import Engine
from keguan.engine.compile import column, condition
from keguan.language import ast

_GRAIN = Decimal("1e-12")


def answer(engine: Engine, table: str, requests: Sequence[Request]) -> list[Answer]:
    """One answer per request, in order, about the rows of a kept table."""
    if not requests:
        return []
    histograms = Histograms(engine, table)
    plans = [_plan(r, histograms) for r in requests]
    counts = _count(histograms, [c for p in plans for c in p.counted])
    for plan in plans:
        plan.sizes = [counts[c] for c in plan.counted]
    valued = [p for p in plans if isinstance(p, _ValuePlan)]
    ready = [s for p in plans if not isinstance(p, _ValuePlan) for s in p.searches()]
    histograms.coarse([*(p.question for p in valued), *first_questions(histograms, ready)])
    _rank_by_value(histograms, valued)
    searches = {id(p): p.searches() for p in plans}
    run_searches(histograms, [s for group in searches.values() for s in group])
    return [p.answer(searches[id(p)]) for p in plans]


def heads(n: int, share: Decimal) -> int:
    """n × share rounded half up, in exact arithmetic."""
    return int(_part(n, share).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _part(whole: Decimal | int, share: Decimal) -> Decimal:
    """whole × share. A share such as 1/6 is written with 28 digits only; what that leaves behind is rounded away, so that
    a sixth of 54 is 9 and not a little more."""
    with localcontext() as ctx:
        ctx.prec = 60
        return (whole * share).quantize(_GRAIN)


class _Plan:
    """What one request needs: conditions to count, then searches, then its answer."""

    counted: list[ast.Node]
    sizes: list[int]

    def searches(self) -> list[Search]:
        return []

    def answer(self, searches: list[Search]) -> Answer:
        raise TypeError(f"{type(self).__name__} gives no answer")


class _HeadsPlan(_Plan):
    def __init__(self, request: CutsByHeads) -> None:
        self.request = request
        self.counted = [request.where, ast.both(request.where, request.eligible)]

    def positions(self) -> list[int]:
        n, eligible = self.sizes
        result: list[int] = []
        for index, share in enumerate(self.request.shares):
            position = heads(n, share)
            if index == 0 and self.request.at_least_one and n:
                position = max(position, 1)
            result.append(min(max(position, result[-1] if result else 0), eligible))
        return result

    def searches(self) -> list[Search]:
        return _searches(
            self.request.order,
            ast.both(self.request.where, self.request.eligible),
            self.positions(),
        )

    def answer(self, searches: list[Search]) -> CutAnswer:
        return _cut_answer(self.sizes, None, self.positions(), searches)


class _ValuePlan(_Plan):
    def __init__(self, request: CutsByValue) -> None:
        self.request = request
        self.counted = [request.where, ast.both(request.where, request.eligible)]
        self.total = Decimal(0)
        self.ranks: list[int] = []

    @property
    def where(self) -> ast.Node:
        return ast.both(self.request.where, self.request.eligible)

    @property
    def question(self) -> Question:
        """What to ask a histogram about the value."""
        return self.request.order[0].name, self.where

    def target(self, place: int) -> Decimal:
        """The value that one of the shares stands for."""
        return _part(self.total, self.request.shares[place])

    def searches(self) -> list[Search]:
        return _searches(self.request.order, self.where, self.ranks)

    def answer(self, searches: list[Search]) -> CutAnswer:
        return _cut_answer(self.sizes, self.total, self.ranks, searches)


class _QuantilesPlan(_Plan):
    def __init__(self, request: Quantiles) -> None:
        self.request = request
        known = ast.Not(ast.IsMissing(ast.Name(request.measure)))
        self.where = ast.both(request.where, known)
        self.counted = [self.where]

    def searches(self) -> list[Search]:
        [n] = self.sizes
        key = (Key(self.request.measure, self.request.descending),)
        if n == 0:
            return []
        if self.request.median:
            ranks = [(n + 1) // 2, n // 2 + 1]
        else:
            ranks = [max(_ceiling(n, s), 1) for s in self.request.shares]
        return [Search(key, r, self.where) for r in ranks]

    def answer(self, searches: list[Search]) -> QuantilesAnswer:
        values = [s.found[0] for s in searches]
        if self.request.median:
            return QuantilesAnswer(self.sizes[0], (_middle(values),))
        return QuantilesAnswer(self.sizes[0], tuple(values) or (None,) * len(self.request.shares))


class _TallyPlan(_Plan):
    def __init__(self, request: Tally) -> None:
        self.counted = [
            request.where,
            *(ast.both(request.where, c) for c in request.conditions),
        ]

    def answer(self, searches: list[Search]) -> TallyAnswer:
        return TallyAnswer(self.sizes[0], tuple(self.sizes[1:]))


class _RowsPlan(_Plan):
    def __init__(self, request: Rows, histograms: Histograms) -> None:
        known = (ast.Not(ast.IsMissing(ast.Name(m))) for m in request.measures)
        self.request, self.histograms = request, histograms
        self.counted = [ast.both(request.where, *known)]

    def answer(self, searches: list[Search]) -> RowsAnswer:
        values = [exp.alias_(exp.cast(column(m), "DOUBLE"), m, quoted=True) for m in self.request.measures]
        rows = exp.select(*values).from_(exp.to_table(self.histograms.table, quoted=True))
        found = self.histograms.engine.arrow(rows.where(condition(self.counted[0], self.histograms.columns)))
        columns = [as_numpy(found[m]) for m in self.request.measures]
        order = np.lexsort(columns[::-1])
        return RowsAnswer(len(order), np.stack([c[order] for c in columns], axis=1))


def _plan(request: Request, histograms: Histograms) -> _Plan:
    if isinstance(request, Rows):
        return _RowsPlan(request, histograms)
    if isinstance(request, CutsByHeads):
        return _HeadsPlan(request)
    if isinstance(request, CutsByValue):
        return _ValuePlan(request)
    return _QuantilesPlan(request) if isinstance(request, Quantiles) else _TallyPlan(request)


def _searches(order: Sequence[Key], where: ast.Node, ranks: Sequence[int]) -> list[Search]:
    return [Search(order, rank, where) for rank in ranks if rank > 0]


def _cut_answer(
    sizes: list[int], total: Decimal | None, ranks: list[int], searches: list[Search]
) -> CutAnswer:
    found = iter(searches)
    used = [next(found) if rank > 0 else None for rank in ranks]
    cuts = tuple(None if s is None else tuple(s.found) for s in used)
    return CutAnswer(
        sizes[0],
        sizes[1],
        total,
        tuple(ranks),
        cuts,
        tuple(0 if s is None else s.tied for s in used),
    )


def _ceiling(n: int, share: Decimal) -> int:
    return int(_part(n, share).quantize(Decimal(1), rounding=ROUND_CEILING))


def _middle(values: list[ast.Value]) -> ast.Value:
    numbers = [v for v in values if isinstance(v, (int, float, Decimal))]
    if len(numbers) != 2:
        return values[0] if values else None
    low, high = numbers
    if low == high:
        return low
    if isinstance(low, float) or isinstance(high, float):
        return (float(low) + float(high)) / 2
    with localcontext() as ctx:
        ctx.prec = 38
        return (Decimal(low) + Decimal(high)) / 2


def _count(histograms: Histograms, conditions: Sequence[ast.Node]) -> dict[ast.Node, int]:
    """How many rows satisfy each condition, all in one pass."""
    wanted = list(dict.fromkeys(conditions))
    if not wanted:
        return {}
    counts = [
        exp.alias_(
            exp.Filter(
                this=exp.Count(this=exp.Star()), expression=exp.Where(this=condition(c, histograms.columns))
            ),
            f"c{i}",
        )
        for i, c in enumerate(wanted)
    ]
    [row] = histograms.engine.rows(exp.select(*counts).from_(exp.to_table(histograms.table, quoted=True)))
    return dict(zip(wanted, (int(str(v)) for v in row), strict=True))


def _rank_by_value(histograms: Histograms, plans: Sequence[_ValuePlan]) -> None:
    """Turn shares of value into ranks: bucket totals find the bucket, value totals inside it find the rank."""
    questions = [p.question for p in plans]
    targets: list[tuple[_ValuePlan, int, Bin, int, Decimal]] = []
    for plan, (name, _), bins in zip(plans, questions, histograms.coarse(questions), strict=True):
        ordered = sort_bins(bins, descending=True)
        plan.total = sum((b.total for b in ordered), Decimal(0))
        plan.ranks = [0] * len(plan.request.shares)
        if not ordered or plan.total <= 0:
            continue
        for place in range(len(plan.ranks)):
            if histograms.is_exact(name):
                plan.ranks[place] = _rank_inside(ordered, plan.target(place), 0, Decimal(0))
            else:
                targets.append((plan, place, *_bin_of(ordered, plan.target(place))))
    asked = [(p.request.order[0].name, p.where, (b.value,)) for p, _, b, _, _ in targets]
    for (plan, place, _, before, sum_before), bins in zip(targets, histograms.fine(asked), strict=True):
        ordered = sort_bins(bins, descending=True)
        plan.ranks[place] = _rank_inside(ordered, plan.target(place), before, sum_before)


def _bin_of(bins: Sequence[Bin], target: Decimal) -> tuple[Bin, int, Decimal]:
    """The bin in which the running total reaches `target`, with rows and total before it."""
    before, total = 0, Decimal(0)
    for one in bins[:-1]:
        if total + one.total >= target:
            return one, before, total
        before, total = before + one.count, total + one.total
    return bins[-1], before, total


def _rank_inside(values: Sequence[Bin], target: Decimal, before: int, total: Decimal) -> int:
    """The last rank whose running total *before* it is still below `target`."""
    rank = before
    for one in values:
        each = Decimal(str(one.value))
        missing = target - total
        if missing <= 0:
            return rank
        needed = int((missing / each).quantize(Decimal(1), rounding=ROUND_CEILING))
        if needed <= one.count:
            return rank + needed
        rank, total = rank + one.count, total + one.total
    return rank
