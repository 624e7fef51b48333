"""Fitting rules: the named cuts, and which optional inputs the data lack."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from keguan.engine.aggregates import Answer, Quantiles, QuantilesAnswer, Tally
from keguan.kinds.base import Cuts, Setting
from keguan.kinds.rules.spec import NamedCut, Rules, inputs
from keguan.kinds.values import to_json


def _quantile(cut: NamedCut, setting: Setting) -> Quantiles:
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
    values = [a.values[0] for a in found if isinstance(a, QuantilesAnswer)]
    missing = [n for n in inputs(spec).optional if n not in setting.available]
    return {
        "population": tally.n,
        "values": {
            c.name: {"measure": c.measure, "value": to_json(v, c.measure, spec.subject)}
            for c, v in zip(spec.cuts, values, strict=True)
        },
        "left_out": missing,
        "ties_at_cut": 0,
    }
