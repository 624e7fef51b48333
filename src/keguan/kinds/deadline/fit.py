"""Fitting a deadline scheme: nothing but who takes part, and what the data cannot tell of the past."""

from __future__ import annotations

from collections.abc import Sequence

from keguan.engine.aggregates import Answer, Tally
from keguan.kinds.base import Cuts, Setting
from keguan.kinds.deadline.spec import Deadline, inputs


def requests(spec: Deadline, setting: Setting) -> Sequence[Tally]:
    """How many take part."""
    return [Tally((), setting.population)]


def fit(spec: Deadline, setting: Setting, answers: Sequence[Answer]) -> Cuts:
    """The cuts record: the inputs the data do not have."""
    [tally] = answers
    missing = [n for n in inputs(spec).optional if n not in setting.available]
    return {"population": tally.n, "left_out": missing, "ties_at_cut": 0}
