"""Explaining one subject of a run from its record alone: its numbers, its outcome, the cuts and the nearest moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from keguan.core.languages import LANGUAGES, Lang, system_language
from keguan.core.texts import text
from keguan.engine.linking import link_of
from keguan.engine.measures.resolve import find
from keguan.engine.overriding import columns_of, is_override
from keguan.engine.subjects import SUBJECTS
from keguan.kinds.base import Cuts, Scale
from keguan.kinds.registry import kind
from keguan.language import ast
from keguan.runs.decide import Decision
from keguan.runs.distance import Move, moves, outcome_number
from keguan.runs.explanation import Explanation, Number, Override, ScaleMark, ScaleView, SchemeView, Step
from keguan.runs.run import Run
from keguan.schemes.document import Dimension, Scheme
from keguan.schemes.vocabulary import attribute_terms

MOST_MOVES = 4


def explain(
    run: Run, subject: Sequence[str], schemes: Sequence[str] = (), lang: Lang | None = None
) -> Explanation:
    """Why the subject with these keys has its classes; `schemes` limits which. Raises KG507 when the run does not have
    it."""
    values = run.values_of(*subject)
    decided = run.decisions()
    views = [
        _with_rule(
            _view(run, scheme, dimension, cuts, decided[scheme.id, dimension.id], values),
            run.rules[scheme.id],
        )
        for (scheme, dimension), cuts in run.fitted()
        if not schemes or scheme.id in schemes
    ]
    name = values.get("name")
    return Explanation(
        SUBJECTS[run.subject].joined(subject),
        run.as_of,
        run.currency,
        tuple(views),
        str(name) if name else None,
        lang or system_language(),
    )


def _with_rule(view: SchemeView, rules: Mapping[tuple[str | None, str], Mapping[str, str]]) -> SchemeView:
    """The view with the rule of its class in words."""
    return replace(view, rule=dict(rules.get((view.dimension, view.code or ""), {})))


def _view(
    run: Run,
    scheme: Scheme,
    dimension: Dimension,
    cuts: Cuts,
    decision: Decision,
    values: Mapping[str, ast.Value],
) -> SchemeView:
    number = outcome_number(decision, values)
    outcome = decision.outcomes[number]
    info = {c.code: c for c in dimension.classes}
    own = info.get(outcome.code or "")
    labels = {c.code: dict(c.labels) for c in dimension.classes}
    worded = kind(scheme.kind).details(dimension.spec, cuts)
    applies = outcome.status in ("classified", "proposed")
    missing = outcome.detail.split("+") if outcome.reason == "missing-input" and outcome.detail else []
    return SchemeView(
        scheme=scheme.id,
        dimension=dimension.id,
        kind=scheme.kind,
        labels=dict(dimension.labels or scheme.labels),
        code=outcome.code,
        class_labels=labels.get(outcome.code or "", {}),
        status=outcome.status,
        reason=outcome.reason,
        detail=None if missing else outcome.detail,
        detail_labels=dict({**worded, **own.details}.get(outcome.detail or "", {})) if own else {},
        override=_override(decision, number, values, labels),
        set_by=next(iter(cuts.get("set_by", {}).values()), None),
        given=own.given if own else None,
        is_default=own.is_default if own else True,
        numbers=_numbers(run, kind(scheme.kind).evidence(dimension.spec), decision, values)
        if applies
        else (),
        scales=tuple(_scale(run, s, labels, values) for s in kind(scheme.kind).scales(dimension.spec, cuts))
        if applies
        else (),
        moves=tuple(_step(run, m, labels) for m in _first(moves(decision, values, run.subject)))
        if applies
        else (),
        missing=tuple(_number(run, n, None) for n in missing),
        left_out=tuple(_number(run, n, None) for n in cuts.get("left_out", ())),
        defaults=tuple(dict(d) for d in scheme.defaults),
        population=dict(scheme.population_labels or {}),
    )


def _override(
    decision: Decision, number: int, values: Mapping[str, ast.Value], labels: Mapping[str, dict[str, str]]
) -> Override | None:
    """What people decided and what the scheme itself says; None where nobody decided anything."""
    if decision.computed is None or number < decision.computed:
        return None
    own = decision.outcomes[number % decision.computed].code
    reason = values.get(columns_of(decision.column)[1])
    return Override(str(reason), own, labels.get(own or "", {}))


def _first(found: Sequence[Move]) -> Sequence[Move]:
    """The shortest moves, at most one per measure and direction and class; what others do is not the subject's to move."""
    return [m for m in found if link_of(m.measure) is None][:MOST_MOVES]


def _shown(decision: Decision, subject: str) -> list[str]:
    """Every number behind a decision, whoever's it is; keys and the columns of people's decisions are none."""

    def is_number(name: str) -> bool:
        return name not in SUBJECTS[subject].keys and not is_override(name)

    return [n for n in ast.names(decision.index) if is_number((link_of(n) or ("", n))[1])]


def _numbers(
    run: Run,
    evidence: Mapping[str, Mapping[str, str]],
    decision: Decision,
    values: Mapping[str, ast.Value],
) -> tuple[Number, ...]:
    """What the class rests on; of the evidence only what is there, under its own name."""
    shown = [_number(run, n, values.get(n)) for n in _shown(decision, run.subject)]
    named = [replace(n, labels=dict(evidence[n.name])) if evidence.get(n.name) else n for n in shown]
    return tuple(n for n in named if n.name not in evidence or n.value)


def _number(run: Run, name: str, value: Any) -> Number:
    other = link_of(name)
    if other is not None:
        return _of_other(_number(run, other[0], None), _number(run, other[1], value), name)
    measure = find(name, run.subject)
    if measure is None and name in (terms := attribute_terms(run.subject)):
        return Number(name, dict(terms[name].labels), terms[name].type, None, value)
    if measure is None:
        return Number(name, dict.fromkeys(LANGUAGES, name), "text", None, value)
    recorded = run.record["measures"].get(name, {}).get("labels")
    labels = recorded or {lang: measure.label(lang) for lang in LANGUAGES}
    return Number(name, labels, measure.definition.type, measure.definition.unit, value)


def _of_other(link: Number, number: Number, name: str) -> Number:
    """A number of the subject that an attribute points to, named after both."""
    labels: dict[str, str] = {
        lang: text("explain.of_other", lang, link=link.labels[lang], name=number.labels[lang])
        for lang in LANGUAGES
    }
    return replace(number, name=name, labels=labels)


def _scale(
    run: Run, scale: Scale, labels: Mapping[str, dict[str, str]], values: Mapping[str, ast.Value]
) -> ScaleView:
    number = _number(run, scale.measure, values.get(scale.measure))
    marks = tuple(ScaleMark(m.code, _with_code(m.code, labels), m.value, m.included) for m in scale.marks)
    return ScaleView(number, scale.floor, marks)


def _with_code(code: str, labels: Mapping[str, dict[str, str]]) -> dict[str, str]:
    own = labels.get(code, {})
    return {
        lang: label if label == code or len(code) > 2 else f"{code} {label}" for lang, label in own.items()
    }


def _step(run: Run, move: Move, labels: Mapping[str, dict[str, str]]) -> Step:
    number = _number(run, move.measure, move.value)
    return Step(number, move.to, move.by, move.code, labels.get(move.code or "", {}))
