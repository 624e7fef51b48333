"""A grid has no scale of its own; the two schemes have."""

from __future__ import annotations

from collections.abc import Sequence

from keguan.kinds.base import Cuts, Scale
from keguan.kinds.grid.spec import Grid


def scales(spec: Grid, cuts: Cuts) -> Sequence[Scale]:
    """Nothing to draw."""
    return ()
