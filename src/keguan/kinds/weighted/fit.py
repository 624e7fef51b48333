"""Fitting a weighted scheme: the score cuts of every indicator the data have."""

from __future__ import annotations

from collections.abc import Sequence

from keguan.engine.aggregates import Answer, Quantiles
from keguan.kinds import scoring
from keguan.kinds.base import Cuts, Setting
from keguan.kinds.weighted.spec import Weighted


def requests(spec: Weighted, setting: Setting) -> Sequence[Quantiles]:
    """One question per indicator that takes part."""
    return [scoring.request(i.score, setting.population) for i in spec.known(setting.available)]


def fit(spec: Weighted, setting: Setting, answers: Sequence[Answer]) -> Cuts:
    """The cuts record; indicators left out are named, the remaining weights keep their proportions."""
    known = spec.known(setting.available)
    found = scoring.answers_only(answers)
    records = [
        {**scoring.record(i.score, a, spec.subject), "weight": f"{i.weight:f}"}
        for i, a in zip(known, found, strict=True)
    ]
    left_out = [i.score.measure for i in spec.indicators if i not in known]
    population = max((a.n for a in found), default=0)
    return {
        "population": population,
        "indicators": records,
        "left_out": left_out,
        "ties_at_cut": 0,
    }
