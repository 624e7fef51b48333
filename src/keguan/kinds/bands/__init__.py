"""Classes by value bands of one measure: fixed cut values, or values found at shares of heads; equal values together."""

from keguan.kinds.bands import assign, explain, fit, spec
from keguan.kinds.base import Kind

KIND = Kind(
    name="bands",
    keys=spec.KEYS,
    class_keys=spec.CLASS_KEYS,
    parse=spec.parse,
    inputs=spec.inputs,
    requests=fit.requests,
    fit=fit.fit,
    assign=assign.assign,
    scales=explain.scales,
)
