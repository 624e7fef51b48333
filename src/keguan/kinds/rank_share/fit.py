"""Fitting by heads: the tuples of the subjects at the cumulative head counts."""

from __future__ import annotations

from collections.abc import Sequence

from keguan.engine.aggregates import Answer, CutAnswer, CutsByHeads
from keguan.kinds import ranking
from keguan.kinds.base import Cuts, Setting


def requests(spec: ranking.Ranking, setting: Setting) -> Sequence[CutsByHeads]:
    """One question: where the ranking is cut after the given shares of heads."""
    return [
        CutsByHeads(
            ranking.order(spec, setting),
            ranking.shares(spec),
            setting.population,
            ranking.eligible(spec),
            spec.at_least_one,
        )
    ]


def fit(spec: ranking.Ranking, setting: Setting, answers: Sequence[Answer]) -> Cuts:
    """The cuts record."""
    [answer] = answers
    if not isinstance(answer, CutAnswer):
        raise TypeError("rank_share asks for cuts")
    return ranking.cuts_of(spec, ranking.order(spec, setting), answer)
