"""Audits of what the data say: a subject listed once, a class that only one of a group may have (one first decider per
deal)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from keguan.core.errors import KeguanError, Problem, fail
from keguan.engine.backends import Engine
from keguan.engine.compile import column
from keguan.engine.subjects import Subject
from keguan.engine.tables import logical_table
from keguan.runs.decide import Decision, Decisions
from keguan.runs.write import ASSIGNED, mark_of
from keguan.schemes.document import Scheme, Unique

MOST_NAMED = 5


def check_unique(engine: Engine, schemes: Sequence[Scheme], decisions: Decisions) -> None:
    """Raises KG517 with the groups in which a class that may come once comes more often."""
    problems = [
        problem
        for scheme in schemes
        for rule in scheme.unique
        if (scheme.id, rule.dimension) in decisions
        if (problem := _broken(engine, decisions[scheme.id, rule.dimension], rule)) is not None
    ]
    if problems:
        raise KeguanError(problems)


def check_listed_once(engine: Engine, table: str, subject: Subject) -> None:
    """Raises KG519 with the subjects that stand in `table` more than once, for the table that lists them has them twice.

    Where one field of that table is unique, cleaning has seen to it.
    """
    if subject.listed_in is None or logical_table(subject.listed_in).unique:
        return
    found = _repeated(engine, exp.select().from_(exp.to_table(table, quoted=True)), subject.keys)
    if found:
        named = [subject.joined(values) for values in found]
        raise fail("KG519", table=subject.listed_in, subjects=_first(named), n=len(named))


def _repeated(engine: Engine, rows: exp.Select, keys: Sequence[str]) -> list[tuple[object, ...]]:
    """The values of `keys` that several rows share, in order."""
    columns = [column(k) for k in keys]
    count = exp.Count(this=exp.Star())
    several = exp.GT(this=count, expression=exp.Literal.number(1))
    query = rows.select(*columns).group_by(*columns).having(several).order_by(*columns)
    return [tuple(row) for row in engine.rows(query)]


def _first(names: Sequence[str]) -> str:
    return ", ".join(names[:MOST_NAMED]) + (" …" if len(names) > MOST_NAMED else "")


def _broken(engine: Engine, decision: Decision, rule: Unique) -> Problem | None:
    numbers = [i for i, outcome in enumerate(decision.outcomes) if outcome.code == rule.code]
    members = exp.In(this=column(mark_of(decision)), expressions=[exp.Literal.number(n) for n in numbers])
    found = _repeated(engine, exp.select().from_(ASSIGNED).where(members), [rule.per])
    if not found:
        return None
    groups = _first([str(value) for (value,) in found])
    values = {
        "scheme": decision.column,
        "code": rule.code,
        "per": rule.per,
        "groups": groups,
        "n": len(found),
    }
    return Problem("KG517", values=values)
