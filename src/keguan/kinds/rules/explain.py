"""Scales of a rules scheme: every measure that has a named cut."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keguan.kinds.base import Cuts, Mark, Scale
from keguan.kinds.rules.spec import NamedCut, Rules
from keguan.kinds.values import from_json


def scales(spec: Rules, cuts: Cuts) -> Sequence[Scale]:
    """One scale per measure with its named cuts, told by what they are."""
    by_measure: dict[str, list[Mark]] = {}
    for cut in spec.cuts:
        by_measure.setdefault(cut.measure, []).extend(_marks(cut, cuts["values"][cut.name], spec.subject))
    return tuple(Scale(m, tuple(marks), None) for m, marks in by_measure.items() if marks)


def _marks(cut: NamedCut, entry: dict[str, Any], subject: str) -> list[Mark]:
    """Where a named cut lies; of percentiles the quarters."""
    if cut.side == "percentile":
        found = [(f"percentile {n}", entry["cuts"][n - 1], False) for n in (25, 50, 75)]
    else:
        found = [(_what(cut), entry["value"], True)]
    return [
        Mark(code, from_json(cut.measure, value, subject).value, included)
        for code, value, included in found
        if value is not None
    ]


def _what(cut: NamedCut) -> str:
    if cut.share is None:
        return cut.side
    return f"{cut.side} {cut.share * 100:.0f}%"
