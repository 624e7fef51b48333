"""Ordered conditions: the first that holds is the class; what the data cannot know is left out and said."""

from keguan.kinds.base import Kind
from keguan.kinds.rules import assign, explain, fit, spec

KIND = Kind(
    name="rules",
    keys=spec.KEYS,
    class_keys=spec.CLASS_KEYS,
    parse=spec.parse,
    inputs=spec.inputs,
    requests=fit.requests,
    fit=fit.fit,
    assign=assign.assign,
    scales=explain.scales,
)
