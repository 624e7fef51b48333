"""Measures as SQL steps: one aggregate pass per fact table, one projection for everything computed from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from keguan.engine import functions
from keguan.engine.compile import as_day, column, literal, to_sql
from keguan.engine.measures.days import days_looked_at
from keguan.engine.measures.definition import TODAY, Computed, Gathered
from keguan.engine.measures.forms import Rows, ahead, pass_name, put_together
from keguan.engine.measures.gather import MONEY, Listed, day_rows, figure_of, gather, lists_of
from keguan.engine.measures.resolve import Measure, Pass, find, passes
from keguan.engine.numbering import Numbered
from keguan.engine.steps import Pipeline
from keguan.engine.subjects import Subject

if TYPE_CHECKING:
    from keguan.engine.backends import Engine

_NONE = ("count", "log_sum")
"""Figures of a rhythm that are 0, not missing, where there are no days."""


def keep_measures(
    engine: Engine,
    name: str,
    subject: Subject,
    measures: Sequence[Measure],
    attributes: Mapping[str, str],
    as_of: date,
    tables: Mapping[str, Any],
    kept: Collection[str] = (),
) -> None:
    """Compute measures once and keep them under `name`; the arguments are those of `measure_steps`.

    Where the engine numbers the rows of a table, they are grouped by number, and lists of days are looked at beside the statement.
    """
    numbered = {
        of: found
        for of in passes(measures)
        if of[0] in tables and (found := engine.numbered(of[0], of[1] or subject.keys))
    }
    needed = []
    for of, numbers in numbered.items():
        lists = lists_of(of, measures, as_of)
        with ExitStack() as beside:
            for listed in lists:
                asked = day_rows(of, listed, as_of, numbers)
                beside.enter_context(days_looked_at(engine, listed.table, asked))
            query = gather(subject, of, _gathered(of, measures, lists), as_of, numbers)
            engine.keep(_by_number(of), query, by=numbers)
        needed += [_by_number(of), *(listed.table for listed in lists)]
    steps = measure_steps(subject, measures, attributes, as_of, tables, kept, numbered)
    sorted_by = subject.keys if _numbered_alone(subject, measures, tables, numbered) else ()
    engine.keep(name, steps.render(), sorted_by)
    for table in needed:
        engine.forget(table)


def measure_steps(
    subject: Subject,
    measures: Sequence[Measure],
    attributes: Mapping[str, str],
    as_of: date,
    tables: Mapping[str, Any],
    kept: Collection[str] = (),
    numbered: Mapping[Pass, Numbered] = MappingProxyType({}),
) -> Pipeline:
    """The pipeline that ends in one row per subject: its keys, every measure that is not internal or is among those
    `kept` nevertheless, every attribute.

    `measures` come in computing order; `attributes` are columns of the subject's own table; `tables` are the tables
    that exist. A subject is anyone listed or with facts up to `as_of`. For a pass over `numbered` rows, what it gathers and what its
    lists of days say stands in tables already (see `keep_measures`).
    """
    pipeline = Pipeline()
    lists = {of: lists_of(of, measures, as_of) for of in numbered}
    looked_at = {n for found in lists.values() for one in found for n in one.columns}
    sources = [
        _add_numbered(pipeline, subject, of, own, numbered[of], lists[of])
        if of in numbered
        else _add_gathered(pipeline, subject, of, own, as_of)
        for of, own in passes(measures).items()
        if of[0] in tables
    ]
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
        elif name in looked_at:
            value = _looked_up(measure)
        elif isinstance(source, Computed) and source.joins:
            value = put_together(source, [value_of(n) for n in measure.reads if n in by_name])
        elif isinstance(source, Computed):
            value = _computed(measure, source, value_of, as_of)
        else:
            raise TypeError(f"{name} is made by a model, not computed")
        return as_day(value) if measure.definition.type == "date" else value

    shown = [m.name for m in measures if not m.definition.internal or m.name in kept] + list(attributes)
    columns = [exp.alias_(value_of(n), n, quoted=True) for n in shown]
    joined = _join(subject.keys, sources).select(*map(column, subject.keys), *columns, append=False)
    alone = _numbered_alone(subject, measures, tables, numbered)
    pipeline.add("measured", joined.order_by(column(alone.number)) if alone else joined)
    return pipeline


def _numbered_alone(
    subject: Subject,
    measures: Sequence[Measure],
    tables: Mapping[str, Any],
    numbered: Mapping[Pass, Numbered],
) -> Numbered | None:
    """The numbers of the only source there is, where it has any: their order is that of the subject's keys."""
    sources = [of for of in passes(measures) if of[0] in tables]
    return numbered.get(sources[0]) if len(sources) == 1 and subject.listed_in not in tables else None


def _add_gathered(
    pipeline: Pipeline, subject: Subject, of: Pass, measures: Sequence[Measure], as_of: date
) -> str:
    """The aggregate pass over one table, then the gaps between days in a step of their own: figures of a rhythm read
    them several times."""
    query = gather(subject, of, measures, as_of)
    lists = [m.name for m in measures if m.definition.type == "days"]
    if not lists:
        return pipeline.add(pass_name(of), query)
    collected = pipeline.add(f"collected_{pass_name(of)}", query)
    kept = [column(n) for n in (*subject.keys, *(m.name for m in measures if m.name not in lists))]
    gaps = [exp.alias_(functions.gaps(column(n)), n, quoted=True) for n in lists]
    source = exp.to_table(collected, quoted=True)
    return pipeline.add(pass_name(of), exp.select(*kept, *gaps).from_(source))


def _add_numbered(
    pipeline: Pipeline,
    subject: Subject,
    of: Pass,
    measures: Sequence[Measure],
    numbered: Numbered,
    lists: Sequence[Listed],
) -> str:
    """What was gathered by number, the names of the numbers, and what was read off lists of days, side by side."""
    own = [column(m.name) for m in _gathered(of, measures, lists)]
    own += [column(n) for one in lists for n in one.columns]
    keys = [exp.alias_(column(numbered.key), subject.keys[0], quoted=True), column(numbered.number)]
    query = exp.select(*keys, *own).from_(exp.to_table(_by_number(of), quoted=True))
    for table in (numbered.names, *(one.table for one in lists)):
        number = exp.to_identifier(numbered.number, quoted=True)
        query = query.join(exp.to_table(table, quoted=True), using=(number,))
    return pipeline.add(pass_name(of), query)


def _by_number(of: Pass) -> str:
    """The table with what one pass over numbered rows gathered."""
    return f"numbered_{pass_name(of)}"


def _gathered(of: Pass, measures: Sequence[Measure], lists: Sequence[Listed]) -> list[Measure]:
    """What a pass must gather beside what is read off its lists of days."""
    read = {m.name for one in lists for m in (one.days, *one.counts, *one.ends)}
    return [m for m in passes(measures).get(of, []) if m.name not in read]


def _looked_up(measure: Measure) -> exp.Expr:
    value = column(measure.name)
    return exp.func("COALESCE", value, literal(0)) if figure_of(measure) in _NONE else value


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
