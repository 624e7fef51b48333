"""One scale per indicator."""

from __future__ import annotations

from collections.abc import Sequence

from keguan.kinds import scoring
from keguan.kinds.base import Cuts, Scale
from keguan.kinds.weighted.spec import Weighted


def scales(spec: Weighted, cuts: Cuts) -> Sequence[Scale]:
    """Each indicator with the values at which its score rises."""
    by_measure = {i.score.measure: i.score for i in spec.indicators}
    return tuple(scoring.scale(by_measure[e["measure"]], e, spec.subject) for e in cuts["indicators"])
