"""Fitting a cues scheme: nothing but who takes part; how many cues each class has is written into the record."""

from __future__ import annotations

from collections.abc import Sequence

from keguan.core.money import plain
from keguan.engine.aggregates import Answer, Tally
from keguan.kinds.base import Cuts, Setting
from keguan.kinds.cues.spec import Cues


def requests(spec: Cues, setting: Setting) -> Sequence[Tally]:
    """How many take part."""
    return [Tally((), setting.population)]


def fit(spec: Cues, setting: Setting, answers: Sequence[Answer]) -> Cuts:
    """The cuts record: the cues of each class, and what decides."""
    [tally] = answers
    return {
        "population": tally.n,
        "cues": {c.code: [cue.code for cue in c.cues] for c in spec.classes},
        "decide": {"minimum": spec.minimum, "share": plain(spec.share), "lead": plain(spec.lead)},
        "ties_at_cut": 0,
    }
