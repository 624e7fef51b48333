"""Clusters found in any measures: k-means or a Gaussian mixture, the number of clusters with its evidence, names that stay put.

Fitting needs scikit-learn; a fitted record assigns customers with numpy alone. Knows nothing of what the measures mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from keguan.core.errors import Place, fail
from keguan.models._chunks import pieces
from keguan.models._errors import CoarseMean, too_few
from keguan.models._special import Floats

Method = Literal["kmeans", "mixture"]

#: Rows on which the number of clusters is chosen, and on which silhouettes, which compare all pairs, are measured.
CHOICE_ROWS, SILHOUETTE_ROWS = 50_000, 2_000
RESTARTS = 5


@dataclass(frozen=True)
class Evidence:
    """How well k clusters fit: the mean silhouette (−1 to 1, higher is better) and, for mixtures, the BIC (lower is better)."""

    k: int
    silhouette: float
    bic: float | None


@dataclass(frozen=True)
class Clusters:
    """Clusters 0, 1, … in descending order of their centre in the first measure (then the second, …), so that names stay put.

    `centres` are in the measures' own units, shape (k, measures); `spreads` likewise: one per measure for k-means, one per cluster
    and measure for a mixture; `weights` are the shares of the mixture.
    """

    method: Method
    centres: Floats
    spreads: Floats
    weights: Floats
    evidence: tuple[Evidence, ...]
    n: int

    @classmethod
    def fit(
        cls, values: ArrayLike, k: int | Sequence[int] = range(2, 9), method: Method = "kmeans", seed: int = 0
    ) -> Self:
        """Cluster rows of `values`, shape (customers, measures), each measure standardised by its mean and standard deviation.

        With several k the one of highest silhouette (k-means) or lowest BIC (mixture) is taken. The same rows in the same order and
        the same seed give the same clusters. Raises `TooLittleData` (KG858) with fewer distinct rows than clusters.
        """
        table = _table(values)
        choices = [k] if isinstance(k, int) else list(k)
        if not choices or min(choices) < 1:
            raise fail("KG855", Place(field="k"), rule="k = 1, 2, 3, …")
        distinct = len(np.unique(table[:CHOICE_ROWS], axis=0))
        if distinct < max(choices):
            amounts = table[:, 0] if len(table) else np.zeros(0)
            raise too_few(
                "KG858", "clusters", distinct, max(choices), CoarseMean.of(amounts, np.ones(len(amounts)))
            )
        mean, scale = table.mean(axis=0), table.std(axis=0)
        scale = np.where(scale > 0, scale, 1.0)
        standard = (table - mean) / scale
        part = standard[:: max(1, len(standard) // CHOICE_ROWS)]
        with _scikit_learn():
            evidence = tuple(_evidence(part, c, method, seed) for c in choices) if len(choices) > 1 else ()
            best = (
                max(evidence, key=lambda e: e.silhouette if e.bic is None else -e.bic).k
                if evidence
                else choices[0]
            )
            model = _fit(standard, best, method, seed, part)
        centres = (model.cluster_centers_ if method == "kmeans" else model.means_) * scale + mean
        order = np.lexsort((-centres.T)[::-1])
        if method == "kmeans":
            spreads, weights = scale, np.full(best, 1.0 / best)
        else:
            spreads, weights = (np.sqrt(model.covariances_) * scale)[order], model.weights_[order]
        return cls(method, centres[order], spreads, weights, evidence, len(table))

    def assign(self, values: ArrayLike) -> NDArray[np.int64]:
        """The cluster of each row: nearest standardised centre, or most probable component."""
        table = _table(values)
        if table.shape[1] != self.centres.shape[1]:
            raise fail("KG855", Place(field="values"), rule=f"{self.centres.shape[1]} measures")
        out = np.empty(len(table), dtype=np.int64)
        spreads = np.broadcast_to(self.spreads, self.centres.shape)
        offset = np.zeros(len(self.centres))
        if self.method == "mixture":
            offset = 2 * np.log(spreads).sum(axis=1) - 2 * np.log(self.weights)
        for s in pieces(len(table)):
            distance = np.stack(
                [(((table[s] - c) / w) ** 2).sum(axis=1) for c, w in zip(self.centres, spreads, strict=True)]
            )
            out[s] = (distance + offset[:, None]).argmin(axis=0)
        return out

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "model": "clusters",
            "method": self.method,
            "centres": self.centres.tolist(),
            "spreads": self.spreads.tolist(),
            "weights": self.weights.tolist(),
            "evidence": [[e.k, e.silhouette, e.bic] for e in self.evidence],
            "n": self.n,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """The clusters that `to_dict` wrote. Raises KG854 for another record or a damaged one."""
        try:
            if data["model"] != "clusters" or data["method"] not in ("kmeans", "mixture"):
                raise fail("KG854", model="clusters", found=f"{data['model']} {data.get('method')}")
            centres, spreads, weights = (
                np.array(data[k], dtype=np.float64) for k in ("centres", "spreads", "weights")
            )
            evidence = tuple(Evidence(*e) for e in data["evidence"])
            return cls(data["method"], centres, spreads, weights, evidence, int(data["n"]))
        except (KeyError, TypeError, ValueError) as wrong:
            raise fail("KG854", model="clusters", found=f"{type(wrong).__name__}: {wrong}") from wrong


def _table(values: ArrayLike) -> Floats:
    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 2 or not np.all(np.isfinite(table)):
        wrong = int((~np.isfinite(table)).any(axis=-1).sum()) if table.ndim == 2 else table.size
        raise fail(
            "KG852",
            Place(field="values"),
            rule="finite numbers, one row per customer and one column per measure",
            rows=wrong,
        )
    return table


@contextmanager
def _scikit_learn() -> Iterator[None]:
    """One thread: the same bytes on any machine, and no waiting for threads where clusters are chosen on few rows. Only what is
    loaded can be held to it, so scikit-learn is loaded first."""
    try:
        import sklearn.cluster
        import sklearn.mixture  # noqa: F401
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]
    except ModuleNotFoundError as missing:
        raise fail("KG801", extra="models") from missing
    with threadpool_limits(1):
        yield


def _fit(standard: Floats, k: int, method: Method, seed: int, part: Floats) -> Any:
    """A scikit-learn estimator fitted to all rows, started from the best of several restarts on a part of them."""
    from sklearn.cluster import KMeans
    from sklearn.mixture import GaussianMixture

    if method == "kmeans":
        first = KMeans(k, n_init=RESTARTS, random_state=seed).fit(part)
        if len(part) == len(standard):
            return first
        return KMeans(k, init=first.cluster_centers_, n_init=1, random_state=seed).fit(standard)
    settings = {"covariance_type": "diag", "random_state": seed, "reg_covar": 1e-6}
    first = GaussianMixture(k, n_init=RESTARTS, **settings).fit(part)
    if len(part) == len(standard):
        return first
    start = {"means_init": first.means_, "weights_init": first.weights_, "precisions_init": first.precisions_}
    return GaussianMixture(k, **start, **settings).fit(standard)


def _evidence(part: Floats, k: int, method: Method, seed: int) -> Evidence:
    model = _fit(part, k, method, seed, part)
    labels = model.predict(part)
    bic = None if method == "kmeans" else float(model.bic(part))
    few = part[:: max(1, len(part) // SILHOUETTE_ROWS)]
    few_labels = labels[:: max(1, len(part) // SILHOUETTE_ROWS)]
    if not 1 < len(np.unique(few_labels)) < len(few):
        return Evidence(k, -1.0, bic)
    from sklearn.metrics import silhouette_score

    return Evidence(k, float(silhouette_score(few, few_labels)), bic)
