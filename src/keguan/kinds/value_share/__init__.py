"""Classes by share of value: those who make the first 80 %, the next 15 %, the last 5 %."""

from keguan.kinds import ranking
from keguan.kinds.base import Kind
from keguan.kinds.value_share import fit, spec

KIND = Kind(
    name="value_share",
    keys=spec.KEYS,
    class_keys=spec.CLASS_KEYS,
    parse=ranking.read_ranking,
    inputs=ranking.inputs,
    requests=fit.requests,
    fit=fit.fit,
    assign=ranking.assign,
    scales=ranking.scales,
)
