"""Fitting an attribute scheme: nothing but who takes part, and what the data lack."""

from __future__ import annotations

from collections.abc import Sequence

from keguan.engine.aggregates import Answer, Tally
from keguan.kinds.attribute.spec import Attribute, inputs
from keguan.kinds.base import Cuts, Setting


def requests(spec: Attribute, setting: Setting) -> Sequence[Tally]:
    """How many take part."""
    return [Tally((), setting.population)]


def fit(spec: Attribute, setting: Setting, answers: Sequence[Answer]) -> Cuts:
    """The cuts record: the field, and the inputs the data do not have."""
    [tally] = answers
    missing = [n for n in inputs(spec).optional if n not in setting.available]
    return {"population": tally.n, "field": spec.field, "left_out": missing, "ties_at_cut": 0}
