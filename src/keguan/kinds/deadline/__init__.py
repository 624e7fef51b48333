"""Classes with a window: conditions decide, a warning comes before the window ends, and who lapsed stays lapsed until released."""

from keguan.kinds.base import Kind
from keguan.kinds.deadline import assign, explain, fit, spec

KIND = Kind(
    name="deadline",
    keys=spec.KEYS,
    class_keys=spec.CLASS_KEYS,
    parse=spec.parse,
    inputs=spec.inputs,
    requests=fit.requests,
    fit=fit.fit,
    assign=assign.assign,
    scales=explain.scales,
)
