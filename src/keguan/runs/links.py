"""Conditions asked of somebody else (`monthly_spend >= threshold via referred_by`): which columns they need, laid beside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from keguan.core.errors import fail
from keguan.engine.backends import Engine
from keguan.engine.linking import linked, with_linked
from keguan.engine.overriding import columns_of
from keguan.runs.models import MEASURED, Measured
from keguan.runs.plan import Plan, needs
from keguan.schemes.document import Scheme


def add_links(engine: Engine, measured: Measured) -> Measured:
    """The measures with what the conditions ask of others beside them; as they are where nothing is asked. Raises KG655
    for a class of somebody else that itself hangs on a third one."""
    plan = measured.plan
    keys = plan.data.subject.keys
    known = frozenset(engine.columns(MEASURED))
    wanted = [pair for pair in dict.fromkeys(_asked(plan)) if known.issuperset(pair)]
    if not wanted or len(keys) > 1:
        return measured
    own = [n for n in engine.columns(MEASURED) if n not in keys]
    engine.keep(MEASURED, with_linked(MEASURED, keys[0], own, wanted))
    return replace(measured, plan=replace(plan, links=tuple(wanted)))


def _asked(plan: Plan) -> Iterator[tuple[str, str]]:
    """Every (link, column) the conditions ask for; for a class, all that decides it."""
    by_id = {s.id: s for s in plan.schemes}
    for scheme in plan.schemes:
        for link, name in scheme.links:
            if not name.startswith("@"):
                yield link, name
                continue
            yield link, plan.data.subject.keys[0]
            for other in _behind(name[1:], by_id):
                if other.links:
                    raise fail("KG655", scheme=scheme.id, other=other.id, link=link)
                columns = [c for d in other.dimensions for c in columns_of(other.column(d))]
                yield from ((link, n) for group in (*needs(other), columns) for n in group)


def _behind(scheme_id: str, by_id: dict[str, Scheme]) -> Iterator[Scheme]:
    """A scheme of the run and every scheme it asks about."""
    waiting, seen = [scheme_id], set[str]()
    while waiting:
        scheme = by_id.get(waiting.pop())
        if scheme is None or scheme.id in seen:
            continue
        seen.add(scheme.id)
        yield scheme
        waiting += [n[1:] for group in needs(scheme) for n in group if n.startswith("@")]


def shown_links(plan: Plan) -> list[str]:
    """The columns about others that a run keeps beside its measures."""
    return [linked(link, n) for link, n in plan.links]
