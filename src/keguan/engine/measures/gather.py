"""One aggregate pass over one fact table: a row per subject, or where rows are numbered, per number.

What an aggregate reads is worked out once a row before it, missing where the row does not count: aggregates of plain columns are
cheaper than aggregates with conditions, and measures share the columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from keguan.core.calendar import window_span
from keguan.engine import functions
from keguan.engine.compile import column, literal, to_sql
from keguan.engine.measures.days import AGO, DayRows, Window
from keguan.engine.measures.definition import Computed, Gathered
from keguan.engine.measures.forms import DATED, Rows, dated, gathered
from keguan.engine.measures.resolve import Measure, Pass
from keguan.engine.numbering import Numbered
from keguan.engine.subjects import Subject
from keguan.engine.tables import logical_table
from keguan.language import ast

MONEY = "DECIMAL(18, 4)"


@dataclass(frozen=True)
class Listed:
    """A measure that lists days, with the measures that can be read off its days: `counts` of rows in windows, the first or the
    last day, which lie at the `ends`, and `figures` of the gaps between them."""

    days: Measure
    counts: tuple[Measure, ...]
    ends: tuple[Measure, ...]
    figures: tuple[Measure, ...]

    @property
    def table(self) -> str:
        """The table with a row per number and these measures as columns."""
        return f"days_{self.days.name}"

    @property
    def columns(self) -> list[str]:
        """Their names."""
        return [m.name for m in (*self.counts, *self.ends, *self.figures)]


def lists_of(of: Pass, measures: Sequence[Measure], as_of: date) -> list[Listed]:
    """The lists of days a pass gathers for any of `measures`."""
    own = [m for m in measures if _in_pass(m, of)]
    rows = Rows(of[0], as_of)

    def list_of(days: Measure) -> Listed:
        read = (_input(days, rows)[0], days.where)
        alike = [m for m in own if (_input(m, rows)[0], m.where) == read]
        counts = tuple(m for m in alike if source_of(m).aggregate == "count")
        ends = tuple(m for m in alike if source_of(m).aggregate in ("min", "max") and m.window is None)
        figures = tuple(m for m in measures if figure_of(m) and m.reads == (days.name,))
        return Listed(days, counts, ends, figures)

    return [list_of(m) for m in own if m.definition.type == "days"]


def _in_pass(measure: Measure, of: Pass) -> bool:
    source = measure.definition.source
    return isinstance(source, Gathered) and (source.table, source.keys) == of


def figure_of(measure: Measure) -> str | None:
    """The figure of a rhythm that a measure is, if it is one."""
    source = measure.definition.source
    return source.figure if isinstance(source, Computed) and source.operation == "rhythm" else None


def day_rows(of: Pass, listed: Listed, as_of: date, numbered: Numbered) -> DayRows:
    """What is asked of the days of a numbered table for one list."""
    rows = Rows(of[0], as_of)
    day = rows.to_sql(source_of(listed.days).of or ast.TRUE)
    ago = exp.paren(functions.day_number(literal(as_of)) - functions.day_number(day))
    number = column(numbered.number)
    query = (
        exp.select(number, exp.alias_(ago, AGO, quoted=True))
        .from_(exp.to_table(numbered.rows, quoted=True))
        .where(*rows.until_as_of, *_counting(listed.days, rows), *map(_known, (number, day)))
    )
    ends_of_all = [exp.Count(this=exp.Star()), exp.Min(this=day.copy())]
    extent = exp.select(*ends_of_all).from_(exp.to_table(numbered.rows, quoted=True))
    windows = {m.name: _ago(m.window, as_of) for m in listed.counts}
    ends = {m.name: source_of(m).aggregate for m in listed.ends}
    figures = {m.name: str(figure_of(m)) for m in listed.figures}
    return DayRows(query, extent, numbered.number, numbered.count, as_of, windows, ends, figures)


def _counting(measure: Measure, rows: Rows) -> list[exp.Expr]:
    return [] if measure.where == ast.TRUE else [rows.to_sql(measure.where)]


def _known(value: exp.Expr) -> exp.Expr:
    return value.copy().is_(exp.null()).not_()


def _ago(window: str | None, as_of: date) -> Window:
    if window is None:
        return 0, None
    span = window_span(window, as_of)
    return (as_of - span.until).days, None if span.after is None else (as_of - span.after).days


def gather(
    subject: Subject, of: Pass, measures: Sequence[Measure], as_of: date, numbered: Numbered | None = None
) -> exp.Select:
    """The pass that gathers `measures` of the table and keys `of`: its keys, or the number, then a column for each."""
    flags = _flags(measures)
    rows = Rows(of[0], as_of)
    keys = [column(numbered.number)] if numbered else [column(k) for k in subject.keys]
    inputs = {one: f"input{i}" for i, one in enumerate(dict.fromkeys(_input(m, rows) for m in measures))}
    facts = _facts(subject, of, measures, flags, rows, numbered)
    given = [exp.alias_(_given(one, flags, rows), name, quoted=True) for one, name in inputs.items()]
    counted = exp.select(*keys, *given).from_(facts).subquery("inputs")
    columns = [
        exp.alias_(_aggregate(m, column(inputs[_input(m, rows)]), as_of), m.name, quoted=True)
        for m in measures
    ]
    return exp.select(*keys, *columns).from_(counted).group_by(*keys)


def _flags(measures: Sequence[Measure]) -> dict[ast.Node, str]:
    """A column name for every condition on rows."""
    conditions = dict.fromkeys(m.where for m in measures)
    return {where: f"flag{i}" for i, where in enumerate(conditions) if where != ast.TRUE}


def source_of(measure: Measure) -> Gathered:
    """Where a gathered measure comes from."""
    source = measure.definition.source
    if not isinstance(source, Gathered):
        raise TypeError(f"{measure.name} is not gathered from a table")
    return source


def _facts(
    subject: Subject,
    of: Pass,
    measures: Sequence[Measure],
    flags: Mapping[ast.Node, str],
    rows: Rows,
    numbered: Numbered | None,
) -> exp.Subquery:
    """The rows up to `as_of` that have a subject, with the columns and flags the inputs are made of."""
    table, named = of
    keys = [
        exp.alias_(column(n), k, quoted=True)
        for k, n in zip(subject.keys, named or subject.keys, strict=True)
    ]
    needed = [column(n) for n in named or rows.open_keys(subject.keys)]
    if numbered:
        table, keys, needed = numbered.rows, [column(numbered.number)], [column(numbered.number)]
    read = dict.fromkeys(
        [
            *rows.day_columns,
            *(n for m in measures if (node := source_of(m).of) for n in rows.columns_of(node)),
        ]
    )
    fields = [column(f) for f in read if f not in subject.keys]
    marked = [exp.alias_(rows.to_sql(where), name, quoted=True) for where, name in flags.items()]
    query = exp.select(*keys, *fields, *marked).from_(exp.to_table(table, quoted=True))
    return query.where(*rows.until_as_of, *map(_known, needed)).subquery("facts")


_Input = tuple[ast.Node | None, ast.Node, str | None, bool]
"""What an aggregate reads: a value (None: the row itself), the condition on rows, the window, whether with its day."""


def _input(measure: Measure, rows: Rows) -> _Input:
    """Rows are counted by the day they carry, which other measures mostly read too."""
    source = source_of(measure)
    return source.of or rows.counted_by, measure.where, measure.window, source.aggregate in DATED


def _given(one: _Input, flags: Mapping[ast.Node, str], rows: Rows) -> exp.Expr:
    """The value of a row for one input, missing where the row does not count."""
    of, where, window, with_day = one
    value = rows.to_sql(of) if of else literal(1)
    holds = ast.Name(flags[where]) if where in flags else ast.TRUE
    test = ast.both(holds, _in_window(window, rows.table, rows.as_of))
    if with_day:
        return dated(value, rows.day, to_sql(test))
    return value if test == ast.TRUE else exp.Case(ifs=[exp.If(this=to_sql(test), true=value)])


def _aggregate(measure: Measure, given: exp.Expr, as_of: date) -> exp.Expr:
    aggregate = source_of(measure).aggregate
    if aggregate == "days":
        known = exp.Where(this=given.copy().is_(exp.null()).not_())
        return exp.Filter(this=exp.ArrayAgg(this=functions.days_ago(given, as_of)), expression=known)
    call = gathered(aggregate, given)
    return exp.cast(call, MONEY) if measure.definition.type == "money" else call


def _in_window(window: str | None, table: str, as_of: date) -> ast.Node:
    if window is None:
        return ast.TRUE
    span, day = window_span(window, as_of), ast.Name(str(logical_table(table).day_column))
    after = ast.TRUE if span.after is None else ast.Compare(">", day, ast.Literal(span.after))
    until = ast.TRUE if span.until == as_of else ast.Compare("<=", day, ast.Literal(span.until))
    return ast.both(after, until)
