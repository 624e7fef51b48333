"""The forms of SQL that measures are made of beyond plain columns: rows of a table as of a day, the value of the latest day,
sums of whatever is known, days and months ahead. Each is written once, in the form every engine takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from keguan.engine import functions
from keguan.engine.compile import as_day, column, columns_with, literal
from keguan.engine.compile import to_sql as compiled
from keguan.engine.measures.definition import TODAY, Computed
from keguan.engine.measures.resolve import Pass
from keguan.engine.tables import LogicalTable, logical_tables
from keguan.language import ast

DATED = ("first", "latest")
_DAY, _VALUE = "d", "v"
_LONG_AGO = date(1, 1, 1)


@dataclass(frozen=True)
class Rows:
    """The rows of a fact table as a measure sees them: their columns, and `today`, the as-of day."""

    table: str
    as_of: date

    @property
    def _logical(self) -> LogicalTable | None:
        return logical_tables().get(self.table)

    @property
    def day_columns(self) -> list[str]:
        """The column of the day, where the table has one."""
        day = self._logical.day_column if self._logical else None
        return [day] if day else []

    @property
    def day(self) -> exp.Expr:
        """The day of a row; long ago where the row or the table has none."""
        long_ago = literal(_LONG_AGO)
        return (
            exp.func("COALESCE", *map(column, self.day_columns), long_ago) if self.day_columns else long_ago
        )

    @property
    def counted_by(self) -> ast.Node | None:
        """A column every row has, to count rows by."""
        return ast.Name(self.day_columns[0]) if self._logical and self._logical.dated else None

    @property
    def until_as_of(self) -> list[exp.Expr]:
        """The condition that a row had happened by the as-of day; what has no day always had."""
        if not self.day_columns:
            return []
        day = column(self.day_columns[0])
        happened: exp.Expr = exp.LTE(this=day, expression=literal(self.as_of))
        if self.counted_by is None:
            happened = exp.paren(exp.or_(day.copy().is_(exp.null()), happened))
        return [happened]

    def open_keys(self, keys: Iterable[str]) -> list[str]:
        """Keys of a subject that a row of this table may lack."""
        required = self._logical.required if self._logical else tuple(keys)
        return [k for k in keys if k not in required]

    def columns_of(self, node: ast.Node) -> list[str]:
        """The columns an expression over rows reads."""
        return [n for n in ast.names(node) if n != TODAY]

    def to_sql(self, node: ast.Node) -> exp.Expr:
        """An expression over rows as SQL."""
        kinds = self._logical.canonical if self._logical else {}
        known = columns_with([n for n, kind in kinds.items() if kind == "date"])
        return compiled(node, lambda n: as_day(literal(self.as_of)) if n == TODAY else known(n))


def pass_name(of: Pass) -> str:
    """The name of the step that gathers one pass."""
    return "_".join(["gathered", of[0], *of[1]])


def dated(value: exp.Expr, day: exp.Expr, test: exp.Expr) -> exp.Expr:
    """A value with its day as one thing that is ordered by day, then value; missing where the row has no value or does
    not count."""
    known = exp.and_(test, value.copy().is_(exp.null()).not_())
    pair = [
        exp.PropertyEQ(this=exp.to_identifier(name), expression=part)
        for name, part in ((_DAY, day), (_VALUE, value))
    ]
    return exp.Case(ifs=[exp.If(this=known, true=exp.Struct(expressions=pair))])


def gathered(aggregate: str, given: exp.Expr) -> exp.Expr:
    """An aggregate of a column that is missing where rows do not count."""
    match aggregate:
        case "first" | "latest":
            extreme = (exp.Min if aggregate == "first" else exp.Max)(this=given)
            return exp.Dot(this=exp.paren(extreme), expression=exp.to_identifier(_VALUE))
        case "distinct":
            return exp.Count(this=exp.Distinct(expressions=[given]))
        case _:
            calls: dict[str, type[exp.AggFunc]] = {
                "count": exp.Count, "sum": exp.Sum, "min": exp.Min, "max": exp.Max,
            }  # fmt: skip
            return calls[aggregate](this=given)


def put_together(source: Computed, parts: Sequence[exp.Expr]) -> exp.Expr:
    """The sum of the parts that are known, or the latest day among them."""
    if len(parts) == 1:
        return parts[0]
    if source.operation == "latest_of":
        return exp.func("GREATEST", *parts)
    total = parts[0]
    for part in parts[1:]:
        total = exp.Add(this=total, expression=part)
    return exp.paren(total)


def ahead(operation: str, day: exp.Expr, as_of: date) -> exp.Expr:
    """How far a day lies ahead of the as-of day: days, whole months that reach it, or the difference of calendar years."""
    if operation == "days_until":
        return exp.paren(functions.day_number(day) - functions.day_number(literal(as_of)))
    years = exp.Sub(this=exp.func("YEAR", day.copy()), expression=literal(as_of.year))
    if operation == "years_until":
        return exp.paren(years)
    return functions.months_ahead(day, as_of)
