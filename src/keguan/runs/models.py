"""The measures of a run: computed ones in one pass, then fitted ones from models that are fitted once, or kept from earlier.

What the data do not suffice for is absent from the run, with the reason, and the plan is made again without it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlglot import exp

from keguan.core.errors import KeguanError, Problem, fail
from keguan.engine.backends import Engine
from keguan.engine.fitted.needs import is_fitted, models_of, statistics_of
from keguan.engine.measures.resolve import Measure
from keguan.engine.measures.sql import keep_measures
from keguan.kinds.base import Cuts
from keguan.runs.plan import Plan, make_plan, needs
from keguan.schemes.document import Scheme

MEASURED = "measured"
_COMPUTED = "computed"
Models = Mapping[str, Cuts]
"""Records of fitted models by name, each with its fingerprint."""


@dataclass(frozen=True)
class Measured:
    """What a run can go on with: its plan, without what could not be fitted, and the models behind its measures."""

    plan: Plan
    models: Models = field(default_factory=dict)
    absent: Mapping[str, Problem] = field(default_factory=dict)


def measure(engine: Engine, plan: Plan, kept: Models | None = None) -> Measured:
    """Compute every measure of the plan once and keep them under `measured`. `kept` models are used, not fitted."""
    paths: dict[str, list[Path]] = {}
    for part in plan.request.parts:
        paths.setdefault(part.table, []).append(part.path)
    for table, files in paths.items():
        engine.attach(table, files)
    fitted = [m for m in plan.measures if is_fitted(m)]
    computed = [m for m in plan.measures if not is_fitted(m)]
    statistics = statistics_of(fitted)
    name, attributes = _COMPUTED if fitted else MEASURED, {n: n for n in plan.attributes}
    keep_measures(
        engine, name, plan.data.subject, computed, attributes, plan.request.as_of, paths, statistics
    )
    return _with_scores(engine, plan, fitted, kept or {}) if fitted else Measured(plan)


def _with_scores(engine: Engine, plan: Plan, fitted: Sequence[Measure], kept: Models) -> Measured:
    from keguan.engine.fitted.scoring import add_scores

    models, failed = _fit(engine, plan, fitted, kept)
    absent = {m.name: failed[n] for m in fitted for n in models_of([m]) if n in failed}
    plan = _without(plan, absent)
    left = [m for m in plan.measures if is_fitted(m)]
    shown = [m.name for m in plan.measures if not m.definition.internal and m not in left]
    columns = [*plan.data.subject.keys, *shown, *plan.attributes]
    query = add_scores(engine, _COMPUTED, left, columns, models, plan.request.as_of) if left else None
    engine.keep(
        MEASURED, query or exp.select(*[exp.column(c, quoted=True) for c in columns]).from_(_COMPUTED)
    )
    return Measured(plan, {n: models[n] for n in models_of(left)}, absent)


def _fit(
    engine: Engine, plan: Plan, fitted: Sequence[Measure], kept: Models
) -> tuple[dict[str, Cuts], dict[str, Problem]]:
    """Every model the measures need, kept or fitted, and why the others could not be fitted."""
    from keguan.engine.fitted.fitting import fit

    models: dict[str, Cuts] = {}
    failed: dict[str, Problem] = {}
    for name in models_of(fitted):
        if name in kept:
            models[name] = dict(kept[name])
            continue
        try:
            models[name] = fit(name, engine, _COMPUTED, plan.request.as_of)
        except KeguanError as wrong:
            failed[name] = wrong.problems[0]
    return models, failed


def _without(plan: Plan, absent: Mapping[str, Problem]) -> Plan:
    """The plan without what could not be fitted; where nothing is left, the reasons are told with the refusal."""
    if not absent:
        return plan
    try:
        return make_plan(plan.request, replace(plan.data, absent=frozenset(absent)))
    except KeguanError as nothing:
        reasons = {(p.code, str(p.values)): p for p in absent.values()}
        raise KeguanError([*nothing.problems, *reasons.values()]) from None


def models_read(scheme: Scheme, plan: Plan) -> list[str]:
    """The models whose measures a scheme reads in this run, each once."""
    read = {n for group in needs(scheme) for n in group}
    return models_of(m for m in plan.measures if m.name in read)


def models_behind(scheme: Scheme, plan: Plan, models: Models) -> dict[str, Cuts]:
    """The records of the models a scheme reads in this run: its cuts carry them, and so suffice for anybody."""
    return {n: dict(models[n]) for n in models_read(scheme, plan) if n in models}


def kept_models(cuts: Sequence[Mapping[str, Cuts]]) -> dict[str, Cuts]:
    """The models that some cuts carry. Raises KG761 where two of them carry different ones of one name."""
    found: dict[str, Cuts] = {}
    for record in cuts:
        for name, model in record.get("models", {}).items():
            known = found.setdefault(name, model)
            if known["fingerprint"] != model["fingerprint"]:
                raise fail("KG761", model=name)
    return found
