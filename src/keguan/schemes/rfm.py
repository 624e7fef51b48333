"""RFM is for rewarding who contributed; what it may not be used for alone."""

from __future__ import annotations

from keguan.kinds.registry import kind
from keguan.schemes.document import Scheme

RFM = "rfm"


def rests_on_rfm_alone(scheme: Scheme) -> bool:
    """Whether a question of the scheme is decided by classes of RFM and nothing else: the audience of a campaign is not
    chosen so [003:108]."""
    for dimension in scheme.dimensions:
        inputs = kind(scheme.kind).inputs(dimension.spec)
        if {*inputs.required, *inputs.optional} == {f"@{RFM}"}:
            return True
    return False
