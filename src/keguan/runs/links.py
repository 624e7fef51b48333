"""Conditions asked of somebody else (`monthly_spend >= threshold via referred_by`): which columns they need, laid beside."""

from __future__ import annotations

from dataclasses import replace

from keguan.engine.backends import Engine
from keguan.engine.linking import linked, with_linked
from keguan.runs.models import MEASURED, Measured
from keguan.runs.plan import Plan

BEFORE = "before_links"


def add_links(engine: Engine, measured: Measured) -> Measured:
    """The measures with what the conditions ask of others beside them; as they are where nothing is asked."""
    plan = measured.plan
    keys = plan.data.subject.keys
    known = frozenset(engine.columns(MEASURED))
    wanted = [
        (link, n)
        for link, n in dict.fromkeys(pair for s in plan.schemes for pair in s.links)
        if {link, n} <= known
    ]
    if not wanted or len(keys) > 1:
        return measured
    own = [n for n in engine.columns(MEASURED) if n not in keys]
    engine.keep(BEFORE, with_linked(MEASURED, keys[0], own, wanted))
    everything = [*own, *(linked(link, n) for link, n in wanted)]
    engine.keep(MEASURED, with_linked(BEFORE, keys[0], everything, ()))
    return replace(measured, plan=replace(plan, links=tuple(wanted)))


def shown_links(plan: Plan) -> list[str]:
    """The columns about others that a run keeps beside its measures."""
    return [linked(link, n) for link, n in plan.links]
