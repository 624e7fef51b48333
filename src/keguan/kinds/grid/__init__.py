"""Two schemes crossed: every pair of their classes belongs to one class."""

from keguan.kinds.base import Kind
from keguan.kinds.grid import assign, explain, fit, spec

KIND = Kind(
    name="grid",
    keys=spec.KEYS,
    class_keys=spec.CLASS_KEYS,
    parse=spec.parse,
    inputs=spec.inputs,
    requests=fit.requests,
    fit=fit.fit,
    assign=assign.assign,
    scales=explain.scales,
)
