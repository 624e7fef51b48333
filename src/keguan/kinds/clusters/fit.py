"""Fitting clusters: k-means from several starts, on standardised measures of those who have them all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from keguan.engine.aggregates import Answer, Rows, RowsAnswer
from keguan.kinds.base import Cuts, Setting
from keguan.kinds.clusters.spec import ClusterScheme

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
    found = Clusters.fit(answer.values, len(spec.codes), seed=spec.seed)
    mean = answer.values.mean(axis=0)
    sizes = np.bincount(found.assign(answer.values), minlength=len(spec.codes))
    clusters = [
        {
            "class": code,
            "centre": _plain(centre),
            "deviation": _plain((centre - mean) / found.spreads),
            "n": int(n),
        }
        for code, centre, n in zip(spec.codes, found.centres, sizes, strict=True)
    ]
    return {**record, "clusters": clusters, "spreads": _plain(found.spreads)}


def _plain(values: np.ndarray) -> list[float]:
    """Rounded before anything rests on them, so that machines that add in their own way agree."""
    return [float(f"{v:.{_DIGITS}g}") for v in values]
