"""Histograms of one column over the kept table of measures: coarse monotone buckets, or the values inside some buckets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlglot import exp

from keguan.engine.backends import ColumnType, Engine
from keguan.engine.compile import column, columns_with, condition, literal
from keguan.language import ast

_BUCKETS_PER_E = 200.0  # a bucket spans about half a per cent of a positive amount


@dataclass(frozen=True)
class Bin:
    """One line of a histogram: its bucket or value, how many rows, the total of the column in it, and for a value the
    bucket it lies in."""

    value: Any
    count: int
    total: Decimal
    bucket: int | None = None


Question = tuple[str, ast.Node]
"""A column, and the condition on the rows that count."""


class Histograms:
    """All histograms asked for together are one statement; a coarse one is never computed twice in a round of fitting."""

    def __init__(self, engine: Engine, table: str) -> None:
        self.engine = engine
        self.table = table
        self.types = engine.columns(table)
        self.columns = columns_with([n for n, t in self.types.items() if t == "date"])
        self._answered: dict[Question, list[Bin]] = {}

    def is_exact(self, name: str) -> bool:
        """Whether a coarse histogram already holds the values themselves: whole numbers and days are few."""
        return self.types[name] in ("whole", "date", "flag")

    def coarse(self, questions: Sequence[Question]) -> list[list[Bin]]:
        """One histogram per question; the bin of missing values has the value None."""
        new = [q for q in dict.fromkeys(questions) if q not in self._answered]
        asked = [(name, where, self._coarse_group(name), None) for name, where in new]
        kinds = [self.types[name] if self.is_exact(name) else "whole" for name, _ in new]
        self._answered.update(zip(new, self._run(asked, kinds), strict=True))
        return [self._answered[q] for q in questions]

    def fine(self, questions: Sequence[tuple[str, ast.Node, tuple[int, ...]]]) -> list[list[Bin]]:
        """The values of a column inside some buckets."""
        asked = [(name, where, column(name), buckets) for name, where, buckets in questions]
        return self._run(asked, [self.types[name] for name, _, _ in questions])

    def _coarse_group(self, name: str) -> exp.Expr:
        return column(name) if self.is_exact(name) else self._bucket(name)

    def _run(
        self,
        asked: Sequence[tuple[str, ast.Node, exp.Expr, tuple[int, ...] | None]],
        kinds: Sequence[ColumnType],
    ) -> list[list[Bin]]:
        if not asked:
            return []
        parts = [self._select(i, *one) for i, one in enumerate(asked)]
        query = exp.union(*parts, distinct=False, copy=False) if len(parts) > 1 else parts[0]
        bins: list[list[Bin]] = [[] for _ in asked]
        for index, value, count, total, bucket in self.engine.rows(query):
            number = int(str(index))
            inside = None if bucket is None else int(str(bucket))
            bins[number].append(
                Bin(read_value(value, kinds[number]), int(str(count)), _decimal(total), inside)
            )
        return bins

    def _select(
        self, index: int, name: str, where: ast.Node, group: exp.Expr, buckets: tuple[int, ...] | None
    ) -> exp.Select:
        bucket = exp.cast(exp.null(), "BIGINT") if buckets is None else exp.Min(this=self._bucket(name))
        query = (
            exp.select(
                exp.alias_(literal(index), "question"),
                exp.alias_(exp.cast(group.copy(), "VARCHAR"), "value"),
                exp.alias_(exp.Count(this=exp.Star()), "n"),
                exp.alias_(exp.cast(self._summed(name), "VARCHAR"), "total"),
                exp.alias_(bucket, "bucket"),
            )
            .from_(exp.to_table(self.table, quoted=True))
            .where(condition(where, self.columns))
            .group_by(group.copy())
        )
        if buckets is None:
            return query
        return query.where(exp.In(this=self._bucket(name), expressions=[literal(b) for b in buckets]))

    def _summed(self, name: str) -> exp.Expr:
        if self.types[name] in ("whole", "decimal", "double"):
            return exp.Sum(this=column(name))
        return literal(0)

    def _bucket(self, name: str) -> exp.Expr:
        """A whole number that never decreases as the column's value increases."""
        double = exp.cast(column(name), "DOUBLE")
        size = exp.func("LN", exp.Add(this=literal(1.0), expression=exp.func("ABS", double.copy())))
        signed = exp.Mul(this=exp.Sign(this=double), expression=exp.paren(size))
        return exp.cast(exp.func("FLOOR", exp.Mul(this=signed, expression=literal(_BUCKETS_PER_E))), "BIGINT")


def read_value(value: object, kind: ColumnType) -> Any:
    """A value that came back as text, in its own type."""
    if value is None:
        return None
    text = str(value)
    if kind == "whole":
        return int(text)
    if kind == "decimal":
        return Decimal(text)
    if kind == "double":
        return float(text)
    if kind == "date":
        return date.fromisoformat(text)
    return text == "true" if kind == "flag" else text


def _decimal(value: object) -> Decimal:
    return Decimal(0) if value is None else Decimal(str(value))


def sort_bins(bins: Iterable[Bin], *, descending: bool) -> list[Bin]:
    """Bins in the order of their key, missing last."""
    listed = list(bins)
    known = sorted((b for b in listed if b.value is not None), key=lambda b: b.value, reverse=descending)
    return known + [b for b in listed if b.value is None]


def locate(bins: Sequence[Bin], rank: int) -> tuple[Bin, int]:
    """The bin that holds a rank (1-based), and how many rows come before that bin."""
    before = 0
    for one in bins:
        if rank <= before + one.count:
            return one, before
        before += one.count
    raise IndexError(f"rank {rank} of {before} rows")
