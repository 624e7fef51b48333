"""A field has no scale."""

from __future__ import annotations

from collections.abc import Sequence

from keguan.kinds.attribute.spec import Attribute
from keguan.kinds.base import Cuts, Scale


def scales(spec: Attribute, cuts: Cuts) -> Sequence[Scale]:
    """Nothing to draw."""
    return ()
