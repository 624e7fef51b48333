"""Classes by what a field says, however it is spelt; where it says nothing, conditions may derive the class."""

from keguan.kinds.attribute import assign, explain, fit, spec
from keguan.kinds.base import Kind

KIND = Kind(
    name="attribute",
    keys=spec.KEYS,
    class_keys=spec.CLASS_KEYS,
    parse=spec.parse,
    inputs=spec.inputs,
    requests=fit.requests,
    fit=fit.fit,
    assign=assign.assign,
    scales=explain.scales,
)
