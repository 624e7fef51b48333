"""Classes by what was seen of somebody: the class with the largest share of its cues, if it leads clearly enough."""

from keguan.kinds.base import Kind
from keguan.kinds.cues import assign, explain, fit, spec

KIND = Kind(
    name="cues",
    keys=spec.KEYS,
    class_keys=spec.CLASS_KEYS,
    parse=spec.parse,
    inputs=spec.inputs,
    requests=fit.requests,
    fit=fit.fit,
    assign=assign.assign,
    scales=explain.scales,
    evidence=explain.evidence,
)
