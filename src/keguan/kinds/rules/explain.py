"""Scales of a rules scheme: every measure that has a named cut."""

from __future__ import annotations

from collections.abc import Sequence

from keguan.kinds.base import Cuts, Mark, Scale
from keguan.kinds.rules.spec import NamedCut, Rules
from keguan.kinds.values import from_json


def scales(spec: Rules, cuts: Cuts) -> Sequence[Scale]:
    """One scale per measure with its named cuts, told by what they are."""
    by_measure: dict[str, list[Mark]] = {}
    for cut in spec.cuts:
        entry = cuts["values"][cut.name]
        if entry["value"] is not None:
            mark = Mark(_what(cut), from_json(cut.measure, entry["value"], spec.subject).value)
            by_measure.setdefault(cut.measure, []).append(mark)
    return tuple(Scale(m, tuple(marks), None) for m, marks in by_measure.items())


def _what(cut: NamedCut) -> str:
    if cut.share is None:
        return cut.side
    return f"{cut.side} {cut.share * 100:.0f}%"
