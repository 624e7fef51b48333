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


@dataclass(frozen=True)
class _Scan:
    """One reading of one column: the conditions to count under, and for its values the buckets they lie in."""

    name: str
    wheres: tuple[ast.Node, ...]
    buckets: tuple[int, ...] | None = None


def _by_column(questions: Iterable[Question]) -> dict[str, tuple[ast.Node, ...]]:
    """The different conditions on every column asked about."""
    columns: dict[str, dict[ast.Node, None]] = {}
    for name, where in questions:
        columns.setdefault(name, {})[where] = None
    return {name: tuple(wheres) for name, wheres in columns.items()}


class Histograms:
    """All histograms asked for together are one statement that reads each column once; a coarse one is never computed
    twice in a round of fitting."""

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
        new = _by_column(q for q in questions if q not in self._answered)
        scans = [_Scan(name, wheres) for name, wheres in new.items()]
        for scan, histograms in zip(scans, self._run(scans), strict=True):
            self._answered.update({(scan.name, w): h for w, h in zip(scan.wheres, histograms, strict=True)})
        return [self._answered[q] for q in questions]

    def fine(self, questions: Sequence[tuple[str, ast.Node, tuple[int, ...]]]) -> list[list[Bin]]:
        """The values of a column inside some buckets."""
        inside: dict[str, set[int]] = {}
        for name, _, buckets in questions:
            inside.setdefault(name, set()).update(buckets)
        columns = _by_column([(name, where) for name, where, _ in questions])
        scans = [_Scan(name, wheres, tuple(sorted(inside[name]))) for name, wheres in columns.items()]
        found = {
            (scan.name, where): bins
            for scan, histograms in zip(scans, self._run(scans), strict=True)
            for where, bins in zip(scan.wheres, histograms, strict=True)
        }
        return [[b for b in found[name, where] if b.bucket in buckets] for name, where, buckets in questions]

    def _run(self, scans: Sequence[_Scan]) -> list[list[list[Bin]]]:
        """For every scan one histogram per condition."""
        if not scans:
            return []
        width = max(len(scan.wheres) for scan in scans)
        parts = [self._select(i, scan, width) for i, scan in enumerate(scans)]
        query = exp.union(*parts, distinct=False, copy=False) if len(parts) > 1 else parts[0]
        found: list[list[list[Bin]]] = [[[] for _ in scan.wheres] for scan in scans]
        for index, value, bucket, *figures in self.engine.rows(query):
            number = int(str(index))
            read = read_value(value, self._kind(scans[number]))
            inside = None if bucket is None else int(str(bucket))
            for bins, count, total in zip(found[number], figures[::2], figures[1::2], strict=False):
                if n := int(str(count)):
                    bins.append(Bin(read, n, _decimal(total), inside))
        return found

    def _kind(self, scan: _Scan) -> ColumnType:
        shows_values = scan.buckets is not None or self.is_exact(scan.name)
        return self.types[scan.name] if shows_values else "whole"

    def _select(self, index: int, scan: _Scan, width: int) -> exp.Select:
        name, tests = scan.name, [condition(where, self.columns) for where in scan.wheres]
        group = column(name) if scan.buckets is not None or self.is_exact(name) else self._bucket(name)
        bucket = exp.cast(exp.null(), "BIGINT") if scan.buckets is None else exp.Min(this=self._bucket(name))
        shown = [
            exp.alias_(exp.cast(group.copy(), "VARCHAR"), "value"),
            exp.alias_(bucket, "bucket", copy=False),
        ]
        for place in range(width):
            count, total = self._figures(name, tests, place)
            shown += [
                exp.alias_(count, f"n{place}", copy=False),
                exp.alias_(total, f"total{place}", copy=False),
            ]
        query = exp.Select(expressions=[exp.alias_(literal(index), "scan"), *shown])
        query.from_(exp.to_table(self.table, quoted=True), copy=False)
        query.where(exp.or_(*tests, copy=False), copy=False).group_by(group, copy=False)
        if scan.buckets is not None:
            inside = exp.In(this=self._bucket(name), expressions=[literal(b) for b in scan.buckets])
            query.where(inside, copy=False)
        return query

    def _figures(self, name: str, tests: Sequence[exp.Expr], place: int) -> tuple[exp.Expr, exp.Expr]:
        """Heads and total where one condition holds; nothing beyond the conditions of a scan."""
        if place >= len(tests):
            return exp.cast(literal(0), "BIGINT"), exp.cast(exp.null(), "VARCHAR")
        figures = [exp.Count(this=exp.Star()), self._summed(name)]
        if len(tests) > 1:
            test = exp.Where(this=tests[place])
            figures = [
                exp.Filter(this=f, expression=test.copy()) if isinstance(f, exp.AggFunc) else f
                for f in figures
            ]
        return figures[0], exp.cast(figures[1], "VARCHAR")

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
