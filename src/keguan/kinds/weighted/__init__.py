"""A weighted sum of scores cut into grades."""

from keguan.kinds.base import Kind
from keguan.kinds.weighted import assign, explain, fit, spec

KIND = Kind(
    name="weighted",
    keys=spec.KEYS,
    class_keys=spec.CLASS_KEYS,
    parse=spec.parse,
    inputs=spec.inputs,
    requests=fit.requests,
    fit=fit.fit,
    assign=assign.assign,
    scales=explain.scales,
)
