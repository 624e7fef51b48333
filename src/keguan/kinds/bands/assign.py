"""Assigning bands: classes apart first, then from the highest band down, then the rest."""

from __future__ import annotations

from keguan.kinds.bands.spec import Bands, positive
from keguan.kinds.base import Assignment, Cuts, Outcome, decide
from keguan.kinds.values import from_json
from keguan.language import ast


def assign(spec: Bands, cuts: Cuts) -> Assignment:
    """Comparisons of the measure with each band's lowest value."""
    measure = ast.Name(spec.measure)
    branches: list[tuple[ast.Node, Outcome]] = [
        (b.apart, Outcome(b.code, "classified", "condition")) for b in spec.apart if b.apart is not None
    ]
    rest = spec.bands[-1].code
    if spec.cut_by == "share":
        branches.append((ast.Not(positive(spec)), Outcome(rest, "classified", "nothing-positive")))
    for entry in cuts["cuts"]:
        if entry["from"] is None:
            continue
        bound = from_json(spec.measure, entry["from"], spec.subject)
        test = ast.Compare(">=" if entry["included"] else ">", measure, bound)
        branches.append((test, Outcome(entry["class"], "classified", "in-band")))
    return decide(branches, Outcome(rest, "classified", "rest"))
