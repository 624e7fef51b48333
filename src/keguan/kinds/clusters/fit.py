"""Fitting clusters: k-means or a Gaussian mixture from several starts, on standardised measures of those who have them all; their
number as many as classes, or chosen with the evidence kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from keguan.engine.aggregates import Answer, Rows, RowsAnswer
from keguan.kinds.base import Cuts, Setting
from keguan.kinds.clusters.spec import ClusterScheme

if TYPE_CHECKING:
    from keguan.models.clusters import Evidence

_DIGITS = 10


def requests(spec: ClusterScheme, setting: Setting) -> Sequence[Rows]:
    """The measures of everybody who has them."""
    return [Rows(spec.measures, setting.population)]


def fit(spec: ClusterScheme, setting: Setting, answers: Sequence[Answer]) -> Cuts:
    """The cuts record: centres and spreads in the measures' own units, and how far each centre lies from the mean."""
    from keguan.models.clusters import Clusters

    [answer] = answers
    if not isinstance(answer, RowsAnswer):
        raise TypeError("clusters ask for rows")
    record: Cuts = {
        "population": answer.n,
        "measures": list(spec.measures),
        "seed": spec.seed,
        "ties_at_cut": 0,
    }
    if len(np.unique(answer.values, axis=0)) < len(spec.codes):
        return {**record, "clusters": [], "spreads": []}
    k = len(spec.codes) if spec.fewest is None else range(spec.fewest, len(spec.codes) + 1)
    found = Clusters.fit(answer.values, k, spec.method, spec.seed)
    mean, spreads = answer.values.mean(axis=0), answer.values.std(axis=0)
    spreads[spreads == 0] = 1.0
    sizes = np.bincount(found.assign(answer.values), minlength=len(found.centres))
    clusters = [
        {
            "class": code,
            "centre": _plain(centre),
            "deviation": _plain((centre - mean) / spreads),
            "n": int(n),
        }
        for code, centre, n in zip(spec.codes, found.centres, sizes, strict=False)
    ]
    if found.method == "mixture":
        for cluster, own, weight in zip(clusters, found.spreads, found.weights, strict=True):
            cluster |= {"spreads": _plain(own), "weight": _plain([weight])[0]}
    record |= {"clusters": clusters, "spreads": _plain(spreads)}
    if found.evidence:
        record["evidence"] = [_told(e) for e in found.evidence]
    return record


def _told(evidence: Evidence) -> dict[str, float | int]:
    """How well a number of clusters fits, without what the method does not say."""
    known = {"silhouette": evidence.silhouette, "bic": evidence.bic}
    return {"k": evidence.k, **{n: _plain([v])[0] for n, v in known.items() if v is not None}}


def _plain(values: Iterable[float]) -> list[float]:
    """Rounded before anything rests on them, so that machines that add in their own way agree."""
    return [float(f"{v:.{_DIGITS}g}") for v in values]
