"""Fitting all schemes of a run: one round of named aggregates per level of the graph."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keguan.core.errors import fail
from keguan.engine.aggregates.answers import answer
from keguan.engine.backends import Engine
from keguan.kinds.base import Cuts, Setting, reads
from keguan.kinds.registry import kind
from keguan.language import ast
from keguan.runs.decide import Decision, Decisions, decide, overridden, resolve
from keguan.runs.plan import Plan
from keguan.schemes.document import Dimension, Scheme

Key = tuple[str, str | None]


def fit_all(
    engine: Engine, table: str, plan: Plan, kept: Mapping[Key, Cuts] | None = None
) -> tuple[dict[Key, Cuts], Decisions]:
    """Cuts and decisions of every dimension. Dimensions in `kept` take those cuts instead of being fitted."""
    cuts: dict[Key, Cuts] = {}
    decisions: dict[Key, Decision] = {}
    for level in plan.levels:
        pairs = [(s, d) for s in level for d in s.dimensions]
        cuts.update(_fit_level(engine, table, plan, pairs, decisions, kept or {}))
        for scheme, dimension in pairs:
            key = (scheme.id, dimension.id)
            computed = decide(scheme, dimension, cuts[key], plan.request.subject, decisions)
            decided = computed.column in plan.overridden
            decisions[key] = overridden(computed, dimension) if decided else computed
            _check_known(plan, decisions[key])
    return cuts, decisions


def _check_known(plan: Plan, decision: Decision) -> None:
    """Cuts fitted on other data may read what these data lack (KG511)."""
    lacks = [n for n in ast.names(decision.index) if n not in plan.available | set(plan.data.subject.keys)]
    if lacks:
        raise fail("KG511", scheme=decision.scheme, lacks=", ".join(lacks))


def _fit_level(
    engine: Engine,
    table: str,
    plan: Plan,
    pairs: list[tuple[Scheme, Dimension]],
    decisions: Decisions,
    kept: Mapping[Key, Cuts],
) -> dict[Key, Cuts]:
    cuts: dict[Key, Cuts] = {(s.id, d.id): kept[s.id, d.id] for s, d in pairs if (s.id, d.id) in kept}
    open_pairs = [(s, d) for s, d in pairs if (s.id, d.id) not in cuts]
    settings = [_setting(plan, s, decisions) for s, _ in open_pairs]
    asked: list[list[Any]] = [
        list(kind(s.kind).requests(d.spec, setting))
        for (s, d), setting in zip(open_pairs, settings, strict=True)
    ]
    answers = iter(answer(engine, table, [r for group in asked for r in group]))
    for (scheme, dimension), setting, group in zip(open_pairs, settings, asked, strict=True):
        found = [next(answers) for _ in group]
        fitted = kind(scheme.kind).fit(dimension.spec, setting, found)
        cuts[scheme.id, dimension.id] = _with_left_out(fitted, scheme, plan)
    return cuts


def _setting(plan: Plan, scheme: Scheme, decisions: Decisions) -> Setting:
    known = scheme.known_conditions(_not_known(scheme, plan))
    population = resolve(ast.both(scheme.population, *known), decisions, plan.request.subject)
    return Setting(population, plan.available, plan.data.subject.keys)


def _not_known(scheme: Scheme, plan: Plan) -> list[str]:
    """What the conditions on who takes part would ask for and the data lack."""
    return [n for c in scheme.population_known for n in reads(c) if n not in plan.available]


def _with_left_out(cuts: Cuts, scheme: Scheme, plan: Plan) -> Cuts:
    """The cuts, which also say what was left out of the question who takes part."""
    more = _not_known(scheme, plan)
    return {**cuts, "left_out": list(dict.fromkeys([*cuts.get("left_out", []), *more]))} if more else cuts
