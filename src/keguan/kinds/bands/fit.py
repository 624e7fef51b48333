"""Fitting bands: the value of the last subject inside each share; fixed values are taken as written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keguan.engine.aggregates import (
    Answer,
    CutAnswer,
    CutsByHeads,
    Key,
    Tally,
    TallyAnswer,
)
from keguan.kinds.bands.spec import Bands, positive
from keguan.kinds.base import Cuts, Setting
from keguan.kinds.values import to_json
from keguan.language import ast


def _population(spec: Bands, setting: Setting) -> ast.Node:
    return ast.both(
        setting.population,
        *(ast.Not(ast.Call("coalesce", (b.apart, ast.FALSE))) for b in spec.apart if b.apart is not None),
    )


def requests(spec: Bands, setting: Setting) -> Sequence[CutsByHeads | Tally]:
    """One question: the values at the shares, or only how many there are."""
    population = _population(spec, setting)
    if spec.cut_by == "value":
        return [Tally((), population)]
    shares = tuple(b.up_to for b in spec.bands if b.up_to is not None)
    return [CutsByHeads((Key(spec.measure, True),), shares, population, positive(spec))]


def fit(spec: Bands, setting: Setting, answers: Sequence[Answer]) -> Cuts:
    """The cuts record: from which value each class begins, and whether that value belongs to it."""
    [answer] = answers
    if isinstance(answer, CutAnswer):
        values: list[Any] = [
            None if c is None else to_json(c[0], spec.measure, spec.subject) for c in answer.cuts
        ]
        entries = [
            {"class": b.code, "from": v, "included": True} for b, v in zip(spec.bands, values, strict=False)
        ]
        return {
            "measure": spec.measure,
            "population": answer.n,
            "cuts": entries,
            "ties_at_cut": sum(answer.tied),
        }
    if not isinstance(answer, TallyAnswer):
        raise TypeError("bands ask for cuts or a count")
    fixed = [b for b in spec.bands if b.value is not None]
    entries = [
        {"class": b.code, "from": to_json(b.value, spec.measure, spec.subject), "included": not b.strict}
        for b in fixed
    ]
    return {
        "measure": spec.measure,
        "population": answer.n,
        "cuts": entries,
        "ties_at_cut": 0,
    }
