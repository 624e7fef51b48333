"""A deadline scheme has no scale; the days left are found by the routine that finds every distance."""

from __future__ import annotations

from collections.abc import Sequence

from keguan.kinds.base import Cuts, Scale
from keguan.kinds.deadline.spec import Deadline


def scales(spec: Deadline, cuts: Cuts) -> Sequence[Scale]:
    """Nothing to draw."""
    return ()
