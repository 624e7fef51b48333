"""Measures as SQL steps: one aggregate pass per fact table, one projection for everything computed from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlglot import exp

from keguan.core.calendar import window_span
from keguan.engine import functions
from keguan.engine.compile import as_day, column, literal, to_sql
from keguan.engine.measures.definition import TODAY, Computed, Gathered
from keguan.engine.measures.forms import DATED, Rows, ahead, dated, gathered, pass_name, put_together
from keguan.engine.measures.resolve import Measure, Pass, find, passes
from keguan.engine.steps import Pipeline
from keguan.engine.subjects import Subject
from keguan.engine.tables import logical_table
from keguan.language import ast

MONEY = "DECIMAL(18, 4)"


def measure_steps(
    subject: Subject,
    measures: Sequence[Measure],
    attributes: Mapping[str, str],
    as_of: date,
    tables: Mapping[str, Any],
    kept: Collection[str] = (),
) -> Pipeline:
    """The pipeline that ends in one row per subject: its keys, every measure that is not internal or is among those
    `kept` nevertheless, every attribute.

    `measures` come in computing order; `attributes` are columns of the subject's own table; `tables` are the tables
    that exist. A subject is anyone listed or with facts up to `as_of`.
    """
    pipeline = Pipeline()
    gathered = {p: m for p, m in passes(measures).items() if p[0] in tables}
    sources = [_add_gathered(pipeline, subject, p, m, as_of) for p, m in gathered.items()]
    if subject.listed_in in tables:
        sources.append(pipeline.add("listed", _listed(subject, str(subject.listed_in), attributes, as_of)))
    by_name = {m.name: m for m in measures}

    def value_of(name: str) -> exp.Expr:
        measure = by_name.get(name)
        if name == TODAY:
            return as_day(literal(as_of))
        if measure is None:
            left_out = find(name, subject.name) is not None
            return literal(0) if left_out else column(name)
        source = measure.definition.source
        if isinstance(source, Gathered):
            value = _filled(measure, source, column(name))
        elif isinstance(source, Computed) and source.joins:
            value = put_together(source, [value_of(n) for n in measure.reads if n in by_name])
        elif isinstance(source, Computed):
            value = _computed(measure, source, value_of, as_of)
        else:
            raise TypeError(f"{name} is made by a model, not computed")
        return as_day(value) if measure.definition.type == "date" else value

    shown = [m.name for m in measures if not m.definition.internal or m.name in kept] + list(attributes)
    columns = [exp.alias_(value_of(n), n, quoted=True) for n in shown]
    joined = _join(subject.keys, sources)
    pipeline.add("measured", joined.select(*map(column, subject.keys), *columns, append=False))
    return pipeline


def _add_gathered(
    pipeline: Pipeline, subject: Subject, of: Pass, measures: Sequence[Measure], as_of: date
) -> str:
    """The aggregate pass over one table, then the gaps between days in a step of their own: figures of a rhythm read
    them several times, and they are worked out once."""
    gather = _gather(subject, of, measures, as_of)
    lists = [m.name for m in measures if m.definition.type == "days"]
    if not lists:
        return pipeline.add(pass_name(of), gather)
    collected = pipeline.add(f"collected_{pass_name(of)}", gather, once=True)
    kept = [column(n) for n in (*subject.keys, *(m.name for m in measures if m.name not in lists))]
    gaps = [exp.alias_(functions.gaps(column(n)), n, quoted=True) for n in lists]
    source = exp.to_table(collected, quoted=True)
    return pipeline.add(pass_name(of), exp.select(*kept, *gaps).from_(source), once=True)


def _gather(subject: Subject, of: Pass, measures: Sequence[Measure], as_of: date) -> exp.Select:
    """The aggregate pass. What an aggregate reads is worked out once a row before it, missing where the row does not
    count: aggregates of plain columns are cheaper than aggregates with conditions, and measures share the columns."""
    keys = [column(k) for k in subject.keys]
    flags = _flags(measures)
    rows = Rows(of[0], as_of)
    inputs = {one: f"input{i}" for i, one in enumerate(dict.fromkeys(_input(m, rows) for m in measures))}
    facts = _facts(subject, of, measures, flags, rows)
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


def _source(measure: Measure) -> Gathered:
    source = measure.definition.source
    if not isinstance(source, Gathered):
        raise TypeError(f"{measure.name} is not gathered from a table")
    return source


def _facts(
    subject: Subject, of: Pass, measures: Sequence[Measure], flags: Mapping[ast.Node, str], rows: Rows
) -> exp.Subquery:
    """The rows up to `as_of` that have a subject, with the columns and flags the inputs are made of."""
    table, named = of
    keys = [
        exp.alias_(column(n), k, quoted=True)
        for k, n in zip(subject.keys, named or subject.keys, strict=True)
    ]
    read = dict.fromkeys(
        [*rows.day_columns, *(n for m in measures if (node := _source(m).of) for n in rows.columns_of(node))]
    )
    fields = [column(f) for f in read if f not in subject.keys]
    marked = [exp.alias_(rows.to_sql(where), name, quoted=True) for where, name in flags.items()]
    query = exp.select(*keys, *fields, *marked).from_(exp.to_table(table, quoted=True))
    conditions = [
        *rows.until_as_of,
        *(column(n).is_(exp.null()).not_() for n in named or rows.open_keys(subject.keys)),
    ]
    return query.where(*conditions).subquery("facts")


_Input = tuple[ast.Node | None, ast.Node, str | None, bool]
"""What an aggregate reads: a value (None: the row itself), the condition on rows, the window, whether with its day."""


def _input(measure: Measure, rows: Rows) -> _Input:
    """Rows are counted by the day they carry, which other measures mostly read too."""
    source = _source(measure)
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
    aggregate = _source(measure).aggregate
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


def _filled(measure: Measure, source: Gathered, value: exp.Expr) -> exp.Expr:
    if source.empty != "zero":
        return value
    zero = (
        exp.cast(exp.Literal.string("0"), MONEY)
        if measure.definition.type == "money"
        else exp.Literal.number(0)
    )
    return exp.func("COALESCE", value, zero)


def _computed(measure: Measure, source: Computed, value_of: Any, as_of: date) -> exp.Expr:
    if source.operation == "value":
        return to_sql(measure.expression(), value_of)
    of = value_of(measure.reads[0])
    if source.operation == "days_since":
        return exp.paren(functions.day_number(literal(as_of)) - functions.day_number(of))
    if source.operation == "months_since":
        return functions.whole_months(of, as_of)
    if source.operation == "rhythm":
        return functions.rhythm(str(source.figure), of)
    return ahead(source.operation, of, as_of)


def _listed(subject: Subject, table: str, attributes: Mapping[str, str], as_of: date) -> exp.Select:
    wanted = [column(k) for k in subject.keys] + [
        exp.alias_(column(c), a, quoted=True) for a, c in attributes.items()
    ]
    return exp.select(*wanted).from_(exp.to_table(table, quoted=True)).where(*Rows(table, as_of).until_as_of)


def _join(keys: Sequence[str], sources: Sequence[str]) -> exp.Select:
    """Everything that any source knows of a subject. Halves are joined before the whole, so that no row is handed on more
    often than it must be however many sources there are."""
    if len(sources) == 1:
        return exp.select("*").from_(exp.to_table(sources[0], quoted=True))
    middle = len(sources) // 2
    one, other = (
        exp.to_table(half[0], quoted=True) if len(half) == 1 else _join(keys, half).subquery(name)
        for name, half in (("one", sources[:middle]), ("other", sources[middle:]))
    )
    using = tuple(exp.to_identifier(k, quoted=True) for k in keys)
    return exp.select("*").from_(one).join(other, using=using, join_type="full")
