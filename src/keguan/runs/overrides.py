"""Decisions of people in a run: read as of its day, checked against the schemes, laid beside the measures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from keguan.core.errors import KeguanError, Problem
from keguan.engine.backends import Engine
from keguan.engine.overriding import TABLE, columns_of, in_force, with_overrides
from keguan.runs.models import MEASURED, Measured
from keguan.runs.plan import Plan, dimensions
from keguan.schemes.document import Dimension


def add_overrides(engine: Engine, measured: Measured) -> Measured:
    """The measures with the decisions in force beside them, for the schemes that take part. Raises KG518 for a decision
    for a class its scheme does not have."""
    plan = measured.plan
    fields, keys = plan.data.tables.get(TABLE, frozenset()), plan.data.subject.keys
    if not {*keys, "scheme", "class"} <= fields:
        return measured
    known = {s.column(d): d for s, d in dimensions(plan.schemes)}
    found = [(c, code) for c, code in in_force(engine, keys, fields, plan.request.as_of) if c in known]
    problems = [p for c, code in found if (p := _unknown(c, code, known[c])) is not None]
    if problems:
        raise KeguanError(problems)
    decided = list(dict.fromkeys(c for c, _ in found))
    if not decided:
        return measured
    _lay_beside(engine, plan, decided)
    return replace(measured, plan=replace(plan, overridden=frozenset(decided)))


def _unknown(column: str, code: str, dimension: Dimension) -> Problem | None:
    codes = [c.code for c in dimension.classes]
    if code in codes:
        return None
    return Problem("KG518", values={"scheme": column, "code": code, "known": ", ".join(codes)})


def _lay_beside(engine: Engine, plan: Plan, decided: Sequence[str]) -> None:
    keys = plan.data.subject.keys
    kept = [n for n in engine.columns(MEASURED) if n not in keys]
    engine.keep(MEASURED, with_overrides(MEASURED, keys, kept, decided))


def shown_columns(plan: Plan) -> list[str]:
    """The columns of decisions a run keeps beside its measures."""
    return [n for c in sorted(plan.overridden) for n in columns_of(c)]
