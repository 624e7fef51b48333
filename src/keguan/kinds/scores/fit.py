"""Fitting scores: the cut values of each measure."""

from __future__ import annotations

from collections.abc import Sequence

from keguan.engine.aggregates import Answer, Quantiles
from keguan.kinds import scoring
from keguan.kinds.base import Cuts, Setting
from keguan.kinds.scores.spec import Scores


def requests(spec: Scores, setting: Setting) -> Sequence[Quantiles]:
    """One question per score."""
    return [scoring.request(s, setting.population) for s in spec.scores]


def fit(spec: Scores, setting: Setting, answers: Sequence[Answer]) -> Cuts:
    """The cuts record, one entry per letter."""
    found = scoring.answers_only(answers)
    records = {s.name: scoring.record(s, a, spec.subject) for s, a in zip(spec.scores, found, strict=True)}
    return {
        "population": max((a.n for a in found), default=0),
        "scores": records,
        "ties_at_cut": 0,
    }
