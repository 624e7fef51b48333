"""Fitting by value: a subject is above a cut while the share made by those before it is below the cut's share."""

from __future__ import annotations

from collections.abc import Sequence

from keguan.engine.aggregates import Answer, CutAnswer, CutsByValue
from keguan.kinds import ranking
from keguan.kinds.base import Cuts, Setting
from keguan.kinds.values import to_json


def requests(spec: ranking.Ranking, setting: Setting) -> Sequence[CutsByValue]:
    """One question: where the ranking is cut after the given shares of value."""
    return [
        CutsByValue(
            ranking.order(spec, setting),
            ranking.shares(spec),
            setting.population,
            ranking.eligible(spec),
        )
    ]


def fit(spec: ranking.Ranking, setting: Setting, answers: Sequence[Answer]) -> Cuts:
    """The cuts record, with the total that was shared out."""
    [answer] = answers
    if not isinstance(answer, CutAnswer):
        raise TypeError("value_share asks for cuts")
    return {
        **ranking.cuts_of(spec, ranking.order(spec, setting), answer),
        "total": to_json(answer.total),
    }
