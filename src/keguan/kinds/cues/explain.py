"""Cues have no scale; what was seen is the evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from keguan.kinds.base import Cuts, Scale
from keguan.kinds.cues.spec import Cues


def scales(spec: Cues, cuts: Cuts) -> Sequence[Scale]:
    """Nothing to draw."""
    return ()


def evidence(spec: Cues) -> Mapping[str, Mapping[str, str]]:
    """The measures that count sightings, by the names of their cues."""
    return {c.seen: c.labels for c in spec.all_cues if c.seen is not None}
