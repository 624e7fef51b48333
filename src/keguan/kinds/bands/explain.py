"""The one scale of a bands scheme."""

from __future__ import annotations

from collections.abc import Sequence

from keguan.kinds.bands.spec import Bands
from keguan.kinds.base import Cuts, Mark, Scale
from keguan.kinds.values import from_json


def scales(spec: Bands, cuts: Cuts) -> Sequence[Scale]:
    """The measure with the value at which each class begins, low to high."""
    marks = tuple(
        Mark(e["class"], from_json(spec.measure, e["from"], spec.subject).value, e["included"])
        for e in reversed(cuts["cuts"])
        if e["from"] is not None
    )
    return (Scale(spec.measure, marks, spec.bands[-1].code),)
