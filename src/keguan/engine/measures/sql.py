"""Measures as SQL steps: one aggregate pass per fact table, one projection for everything computed from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlglot import exp

from keguan.core.calendar import window_span
from keguan.engine import functions
from keguan.engine.compile import as_day, column, literal, to_sql
from keguan.engine.measures.definition import Computed, Gathered
from keguan.engine.measures.resolve import Measure, tables_of
from keguan.engine.steps import Pipeline
from keguan.engine.subjects import DAY_COLUMN, Subject
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
    gathered = {t: m for t, m in tables_of(measures).items() if t in tables}
    sources = [_add_gathered(pipeline, subject, t, m, as_of) for t, m in gathered.items()]
    if subject.listed_in in tables:
        sources.append(pipeline.add("listed", _listed(subject, str(subject.listed_in), attributes)))
    joined = _join(subject, sources)
    owner = {m.name: f"gathered_{t}" for t, group in gathered.items() for m in group}
    by_name = {m.name: m for m in measures}

    def value_of(name: str) -> exp.Expr:
        measure = by_name.get(name)
        if measure is None:
            return exp.column(name, table="listed", quoted=True)
        source = measure.definition.source
        if isinstance(source, Gathered):
            value = _filled(measure, source, exp.column(name, table=owner[name], quoted=True))
        elif isinstance(source, Computed):
            value = _computed(measure, source, value_of, as_of)
        else:
            raise TypeError(f"{name} is made by a model, not computed")
        return as_day(value) if measure.definition.type == "date" else value

    shown = [m.name for m in measures if not m.definition.internal or m.name in kept] + list(attributes)
    keys = [_key(subject, k, sources) for k in subject.keys]
    columns = [exp.alias_(value_of(n), n, quoted=True) for n in shown]
    pipeline.add("measured", joined.select(*keys, *columns))
    return pipeline


def _add_gathered(
    pipeline: Pipeline, subject: Subject, table: str, measures: Sequence[Measure], as_of: date
) -> str:
    """The aggregate pass over one table, then the gaps between days in a step of their own: figures of a rhythm read
    them several times, and they are worked out once."""
    gather = _gather(subject, table, measures, as_of)
    lists = [m.name for m in measures if m.definition.type == "days"]
    if not lists:
        return pipeline.add(f"gathered_{table}", gather)
    pipeline.add(f"collected_{table}", gather, once=True)
    kept = [column(n) for n in (*subject.keys, *(m.name for m in measures if m.name not in lists))]
    gaps = [exp.alias_(functions.gaps(column(n)), n, quoted=True) for n in lists]
    source = exp.to_table(f"collected_{table}", quoted=True)
    return pipeline.add(f"gathered_{table}", exp.select(*kept, *gaps).from_(source), once=True)


def _gather(subject: Subject, table: str, measures: Sequence[Measure], as_of: date) -> exp.Select:
    """The aggregate pass. What an aggregate reads is worked out once a row before it, missing where the row does not
    count: aggregates of plain columns are cheaper than aggregates with conditions, and measures share the columns."""
    keys = [column(k) for k in subject.keys]
    flags = _flags(measures)
    inputs = {one: f"input{i}" for i, one in enumerate(dict.fromkeys(_input(m, table) for m in measures))}
    facts = _facts(subject, table, measures, flags, as_of)
    given = [exp.alias_(_given(one, flags, table, as_of), name, quoted=True) for one, name in inputs.items()]
    rows = exp.select(*keys, *given).from_(facts).subquery("inputs")
    columns = [
        exp.alias_(_aggregate(m, column(inputs[_input(m, table)]), as_of), m.name, quoted=True)
        for m in measures
    ]
    return exp.select(*keys, *columns).from_(rows).group_by(*keys)


def _flags(measures: Sequence[Measure]) -> dict[ast.Node, str]:
    """A column name for every condition on rows."""
    conditions = dict.fromkeys(_source(m).where for m in measures)
    return {where: f"flag{i}" for i, where in enumerate(conditions) if where != ast.TRUE}


def _source(measure: Measure) -> Gathered:
    source = measure.definition.source
    if not isinstance(source, Gathered):
        raise TypeError(f"{measure.name} is not gathered from a table")
    return source


def _facts(
    subject: Subject, table: str, measures: Sequence[Measure], flags: Mapping[ast.Node, str], as_of: date
) -> exp.Subquery:
    """The rows up to `as_of` with the fields and flags the inputs are made of."""
    day = DAY_COLUMN.get(table)
    fields = dict.fromkeys(
        [*subject.keys, *([day] if day else []), *(f for m in measures if (f := _source(m).field))]
    )
    marked = [exp.alias_(to_sql(where), name, quoted=True) for where, name in flags.items()]
    query = exp.select(*[column(f) for f in fields], *marked).from_(exp.to_table(table, quoted=True))
    if day is not None:
        query = query.where(exp.LTE(this=column(day), expression=literal(as_of)))
    return query.subquery("facts")


_Input = tuple[str | None, ast.Node, str | None]
"""What an aggregate reads: a field (None: the row itself), the condition on rows, the window."""


def _input(measure: Measure, table: str) -> _Input:
    """Rows are counted by the day they carry, which other measures mostly read too."""
    source = _source(measure)
    return source.field or DAY_COLUMN.get(table), source.where, measure.window


def _given(one: _Input, flags: Mapping[ast.Node, str], table: str, as_of: date) -> exp.Expr:
    """The value of a row for one input, missing where the row does not count."""
    field, where, window = one
    value = column(field) if field else literal(1)
    holds = ast.Name(flags[where]) if where in flags else ast.TRUE
    test = ast.both(holds, _in_window(window, table, as_of))
    return value if test == ast.TRUE else exp.Case(ifs=[exp.If(this=to_sql(test), true=value)])


def _aggregate(measure: Measure, given: exp.Expr, as_of: date) -> exp.Expr:
    aggregate = _source(measure).aggregate
    if aggregate == "days":
        known = exp.Where(this=given.copy().is_(exp.null()).not_())
        return exp.Filter(this=exp.ArrayAgg(this=functions.days_ago(given, as_of)), expression=known)
    calls: dict[str, type[exp.AggFunc]] = {
        "count": exp.Count,
        "sum": exp.Sum,
        "min": exp.Min,
        "max": exp.Max,
    }
    call = calls[aggregate](this=given)
    return exp.cast(call, MONEY) if measure.definition.type == "money" else call


def _in_window(window: str | None, table: str, as_of: date) -> ast.Node:
    if window is None:
        return ast.TRUE
    span, day = window_span(window, as_of), ast.Name(DAY_COLUMN[table])
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
    return functions.rhythm(str(source.figure), of)


def _listed(subject: Subject, table: str, attributes: Mapping[str, str]) -> exp.Select:
    wanted = [column(k) for k in subject.keys] + [
        exp.alias_(column(c), a, quoted=True) for a, c in attributes.items()
    ]
    return exp.select(*wanted).from_(exp.to_table(table, quoted=True))


def _join(subject: Subject, sources: Sequence[str]) -> exp.Select:
    query = exp.Select().from_(exp.to_table(sources[0], quoted=True))
    for index, name in enumerate(sources[1:], start=1):
        on = exp.and_(
            *[exp.EQ(this=_key_of(k, sources[:index]), expression=_qualified(k, name)) for k in subject.keys]
        )
        query = query.join(exp.to_table(name, quoted=True), on=on, join_type="full")
    return query


def _qualified(name: str, table: str) -> exp.Expr:
    return exp.column(name, table=table, quoted=True)


def _key_of(key: str, sources: Sequence[str]) -> exp.Expr:
    known = [_qualified(key, s) for s in sources]
    return known[0] if len(known) == 1 else exp.func("COALESCE", *known)


def _key(subject: Subject, key: str, sources: Sequence[str]) -> exp.Expr:
    return exp.alias_(_key_of(key, sources), key, quoted=True)
