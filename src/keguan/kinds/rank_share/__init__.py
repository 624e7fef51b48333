"""Classes by share of heads in a ranking: the best 1 %, the best 5 %, the best 20 %, the rest."""

from keguan.kinds import ranking
from keguan.kinds.base import Kind
from keguan.kinds.rank_share import fit, spec

KIND = Kind(
    name="rank_share",
    keys=spec.KEYS,
    class_keys=spec.CLASS_KEYS,
    parse=ranking.read_ranking,
    inputs=ranking.inputs,
    requests=fit.requests,
    fit=fit.fit,
    assign=ranking.assign,
    scales=ranking.scales,
)
