"""Audits a scheme asks for: classes that only one subject of a group may have, such as one first decider per deal."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from keguan.core.errors import KeguanError, Problem
from keguan.engine.backends import Engine
from keguan.engine.compile import column
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


def _broken(engine: Engine, decision: Decision, rule: Unique) -> Problem | None:
    numbers = [i for i, outcome in enumerate(decision.outcomes) if outcome.code == rule.code]
    mark, per = column(mark_of(decision)), column(rule.per)
    members = exp.In(this=mark, expressions=[exp.Literal.number(n) for n in numbers])
    count = exp.Count(this=exp.Star())
    query = (
        exp.select(per, exp.alias_(count, "n"))
        .from_(ASSIGNED)
        .where(members)
        .group_by(per)
        .having(exp.GT(this=count.copy(), expression=exp.Literal.number(1)))
        .order_by(per)
    )
    found = [str(row[0]) for row in engine.rows(query)]
    if not found:
        return None
    named = ", ".join(found[:MOST_NAMED]) + (" …" if len(found) > MOST_NAMED else "")
    values = {"scheme": decision.column, "code": rule.code, "per": rule.per, "groups": named, "n": len(found)}
    return Problem("KG517", values=values)
