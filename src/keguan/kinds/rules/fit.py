"""Fitting rules: the named cuts, and which optional inputs the data lack."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from keguan.engine.aggregates import Answer, Quantiles, QuantilesAnswer, Tally
from keguan.kinds import scoring
from keguan.kinds.base import Cuts, Setting
from keguan.kinds.rules.spec import NamedCut, Rules, inputs
from keguan.kinds.values import to_json


def _quantile(cut: NamedCut, setting: Setting) -> Quantiles:
    if cut.side == "percentile":
        return scoring.request(cut.percentiles(), setting.population)
    if cut.side == "median":
        return Quantiles(cut.measure, (), setting.population, median=True)
    return Quantiles(
        cut.measure,
        (cut.share or Decimal(0),),
        setting.population,
        descending=cut.side == "top",
    )


def requests(spec: Rules, setting: Setting) -> Sequence[Quantiles | Tally]:
    """How many there are, and one question per named cut."""
    return [Tally((), setting.population), *(_quantile(c, setting) for c in spec.cuts)]


def fit(spec: Rules, setting: Setting, answers: Sequence[Answer]) -> Cuts:
    """The cuts record: named values and the optional inputs that were not there."""
    tally, *found = answers
    missing = [n for n in inputs(spec).optional if n not in setting.available]
    return {
        "population": tally.n,
        "values": {
            c.name: _value(c, a, spec.subject)
            for c, a in zip(spec.cuts, scoring.answers_only(found), strict=True)
        },
        "left_out": missing,
        "ties_at_cut": 0,
    }


def _value(cut: NamedCut, answer: QuantilesAnswer, subject: str) -> dict[str, Any]:
    if cut.side == "percentile":
        return scoring.record(cut.percentiles(), answer, subject)
    return {"measure": cut.measure, "value": to_json(answer.values[0], cut.measure, subject)}
