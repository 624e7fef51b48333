"""Several measures scored 1..n, a code such as 545, and a class for every code."""

from keguan.kinds.base import Kind
from keguan.kinds.scores import assign, explain, fit, spec

KIND = Kind(
    name="scores",
    keys=spec.KEYS,
    class_keys=spec.CLASS_KEYS,
    parse=spec.parse,
    inputs=spec.inputs,
    requests=fit.requests,
    fit=fit.fit,
    assign=assign.assign,
    scales=explain.scales,
)
