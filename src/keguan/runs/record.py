"""The record of a run as JSON: what `run.json` and `cuts/*.json` hold. No clock, no path: equal runs, equal bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import keguan
from keguan.core.calendar import is_window, window_span
from keguan.core.languages import LANGUAGES
from keguan.core.money import plain
from keguan.core.texts import text
from keguan.engine.intake.parts import Part
from keguan.engine.measures.resolve import Measure
from keguan.kinds.base import Cuts
from keguan.kinds.values import to_json
from keguan.runs.decide import Tally
from keguan.runs.fit import Key
from keguan.runs.models import Measured, Models
from keguan.runs.notices import run_notices
from keguan.runs.plan import Plan
from keguan.runs.request import Skipped
from keguan.runs.write import Written
from keguan.schemes.document import Dimension, Parameter, Scheme

FORMAT = 1


def cuts_record(plan: Plan, scheme: Scheme, cuts: Mapping[Key, Cuts], models: Models) -> dict[str, Any]:
    """One scheme's cuts with what is needed to use them again: version, meaning, day, currency, parameters, models."""
    request = plan.request
    head: dict[str, Any] = {
        "scheme": scheme.id,
        "version": scheme.version,
        "meaning": scheme.meaning,
        "kind": scheme.kind,
        "subject": request.subject,
        "as_of": request.as_of.isoformat(),
        "purpose": request.purpose,
        "window": scheme.window,
        "currency": request.currency,
        "parameters": {p.name: _parameter(p) for p in scheme.parameters if p.value is not None},
        "set_by": {p.name: p.source for p in scheme.parameters if p.source not in (None, "document")},
    }
    tail = {**({"models": models} if models else {}), "document": scheme.source}
    own = [(d.id, cuts[scheme.id, d.id]) for d in scheme.dimensions]
    if len(own) == 1 and own[0][0] is None:
        return {**head, **own[0][1], **tail}
    return {**head, "dimensions": {str(name): record for name, record in own}, **tail}


def _parameter(parameter: Parameter) -> Any:
    """The value in force; with its strictness where that is not the document's."""
    value = to_json(parameter.value.value) if parameter.value else None
    return {"value": value, "strict": parameter.strict} if parameter.turned else value


def run_record(
    measured: Measured, cuts: Mapping[Key, Cuts], written: Written, marks: Mapping[str, str]
) -> dict[str, Any]:
    """All of `run.json`."""
    plan = measured.plan
    request, leading = plan.request, _leading(plan)
    return {
        "keguan": keguan.__version__,
        "format": FORMAT,
        "as_of": request.as_of.isoformat(),
        "as_of_given": request.as_of_given,
        "timezone": request.timezone,
        "currency": request.currency,
        "purpose": request.purpose,
        "profile": request.profile,
        "event": dict(request.event) if request.event else None,
        "subject": request.subject,
        "engine": request.engine,
        "window": request.window,
        "windows": _windows(plan),
        "population": written.rows,
        "value": plan.data.subject.value,
        "parts": _placeless([p.as_record() for p in _sorted_parts(request.parts)]),
        **_placeless(dict(request.notes)),
        "measures": {m.name: _measure(m, request.event) for m in plan.measures if not m.definition.internal},
        "attributes": list(plan.attributes),
        "links": [list(pair) for pair in plan.links],
        "overridden": sorted(plan.overridden),
        "models": {n: m["fingerprint"] for n, m in measured.models.items()},
        "absent": {n: {"code": p.code, "values": dict(p.values)} for n, p in measured.absent.items()},
        "order": [s.id for s in plan.schemes],
        "schemes": _schemes(plan, cuts, written),
        "skipped": [_skipped(s) for s in plan.skipped],
        "leading": leading,
        "leading_chosen": request.leading is not None,
        "notices": run_notices(plan, leading),
        "fingerprints": dict(marks),
    }


def _sorted_parts(parts: Sequence[Part]) -> list[Part]:
    return sorted(parts, key=lambda p: (p.table, p.fingerprint))


def _placeless(value: Any) -> Any:
    """Files by their names alone: the same data in another folder give the same record, and no folder of anybody's is
    told."""
    if isinstance(value, Mapping):
        return {k: _placeless(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_placeless(v) for v in value]
    if not isinstance(value, str):
        return value
    return ", ".join(Path(p).name if Path(p).is_absolute() else p for p in value.split(", "))


def _leading(plan: Plan) -> str | None:
    ran = {s.id for s in plan.schemes}
    ids = [s.id for s in plan.request.schemes if s.id in ran]
    if plan.request.leading in ids:
        return plan.request.leading
    return "value-pyramid" if "value-pyramid" in ids else ids[0]


def _windows(plan: Plan) -> dict[str, Any]:
    names = dict.fromkeys(m.window for m in plan.measures if m.window and is_window(m.window))
    spans = {n: window_span(n, plan.request.as_of) for n in names if n}
    return {
        n: {"first_day": s.first_day.isoformat() if s.first_day else None, "last_day": s.until.isoformat()}
        for n, s in sorted(spans.items())
    }


_EVENT = frozenset({"event_on", "days_until_event", "months_until_event", "years_until_event"})
"""Measures of the day a lead works towards, which every trade calls by a name of its own."""


def _measure(measure: Measure, event: Mapping[str, str] | None) -> dict[str, Any]:
    labels = {lang: measure.label(lang) for lang in LANGUAGES}
    if event and measure.name in _EVENT:
        labels = {g: text("explain.of_event", g, name=labels[g], event=event[g]) for g in LANGUAGES}
    return {"type": measure.definition.type, "unit": measure.definition.unit, "labels": labels}


def _skipped(skipped: Skipped) -> dict[str, Any]:
    labels = dict(skipped.labels) if skipped.labels else None
    one = {} if skipped.dimension is None else {"dimension": skipped.dimension}
    found = {"id": skipped.id, **one, "labels": labels, "why": skipped.why, "lacks": list(skipped.lacks)}
    return {**found, "reason": dict(skipped.reason)} if skipped.reason else found


def _schemes(plan: Plan, cuts: Mapping[Key, Cuts], written: Written) -> list[dict[str, Any]]:
    tallies = {(t.decision.scheme, t.decision.dimension): t for t in written.tallies}
    asked = {s.id: i for i, s in enumerate(plan.request.schemes)}
    pairs = [(s, d) for s in sorted(plan.schemes, key=lambda s: asked[s.id]) for d in s.dimensions]
    return [_scheme(s, d, cuts[s.id, d.id], tallies[s.id, d.id]) for s, d in pairs]


def _scheme(scheme: Scheme, dimension: Dimension, cuts: Cuts, tally: Tally) -> dict[str, Any]:
    outcomes = tally.decision.outcomes
    heads = tally.heads
    statuses: dict[str, int] = dict.fromkeys(("classified", "proposed", "unclassified", "not-applicable"), 0)
    reasons: dict[str, int] = {}
    details: dict[str, int] = {}
    for outcome, n in zip(outcomes, heads, strict=True):
        statuses[outcome.status] += n
        if n:
            reasons[outcome.reason] = reasons.get(outcome.reason, 0) + n
        if n and outcome.detail is not None:
            details[outcome.detail] = details.get(outcome.detail, 0) + n
    return {
        "id": scheme.id,
        "dimension": dimension.id,
        "version": scheme.version,
        "meaning": scheme.meaning,
        "kind": scheme.kind,
        "family": scheme.family,
        "labels": dict(dimension.labels or scheme.labels),
        "scheme_labels": dict(scheme.labels),
        "measure": getattr(dimension.spec, "measure", None),
        "population": statuses["classified"] + statuses["proposed"],
        "classes": _classes(dimension, tally),
        "statuses": statuses,
        "reasons": dict(sorted(reasons.items())),
        "details": dict(sorted(details.items())),
        "ties_at_cut": cuts.get("ties_at_cut", 0),
        "left_out": list(cuts.get("left_out", [])),
        "notices": list(scheme.notices),
        "defaults": [dict(d) for d in scheme.defaults],
        "references": [asdict(r) for r in scheme.references],
        "cuts": f"cuts/{scheme.id}.json",
    }


def _classes(dimension: Dimension, tally: Tally) -> list[dict[str, Any]]:
    outcomes = tally.decision.outcomes
    rows: list[tuple[Any, int, Decimal]] = []
    by_code = {c.code: c for c in dimension.classes}
    for info in (by_code[code] for code in dimension.display):
        mine = [i for i, o in enumerate(outcomes) if o.code == info.code]
        rows.append(
            (info, sum(tally.heads[i] for i in mine), sum((tally.values[i] for i in mine), Decimal(0)))
        )
    n = sum(r[1] for r in rows)
    total = sum((r[2] for r in rows), Decimal(0))
    return [
        {
            "code": info.code,
            "labels": dict(info.labels),
            "given": info.given,
            "default": info.is_default,
            "count": count,
            "share": _share(Decimal(count), Decimal(n)),
            "net_sales": plain(value),
            "sales_share": _share(value, total),
        }
        for info, count, value in rows
    ]


def _share(part: Decimal, whole: Decimal) -> str | None:
    return f"{part / whole:.6f}" if whole > 0 else None
