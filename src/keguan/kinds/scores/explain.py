"""One scale per score."""

from __future__ import annotations

from collections.abc import Sequence

from keguan.kinds import scoring
from keguan.kinds.base import Cuts, Scale
from keguan.kinds.scores.spec import Scores


def scales(spec: Scores, cuts: Cuts) -> Sequence[Scale]:
    """Each measure with the values at which its score rises."""
    return tuple(scoring.scale(s, cuts["scores"][s.name], spec.subject) for s in spec.scores)
