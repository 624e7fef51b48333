"""Classes found by a machine: customers who resemble each other in some measures, each in the cluster whose centre is nearest."""

from keguan.kinds.base import Kind
from keguan.kinds.clusters import assign, explain, fit, spec

KIND = Kind(
    name="clusters",
    keys=spec.KEYS,
    class_keys={},
    parse=spec.parse,
    inputs=spec.inputs,
    requests=fit.requests,
    fit=fit.fit,
    assign=assign.assign,
    scales=explain.scales,
    details=explain.details,
    extra="models",
)
