"""What a clusters scheme says: the measures to compare customers in, a seed, and one class per cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from keguan.core.document import Reader
from keguan.kinds.base import Inputs

METHODS = ("kmeans", "mixture")
KEYS = {
    "measures": {
        "type": "array",
        "items": {"type": "string"},
        "minItems": 1,
        "description": "each is standardised; clusters are listed in descending order of the first",
    },
    "seed": {
        "type": "integer",
        "minimum": 0,
        "description": "where the search begins; the same seed finds the same",
    },
    "method": {
        "enum": list(METHODS),
        "description": "kmeans: round clusters of like size (the default); mixture: each with a spread and a weight of its own",
    },
    "fewest": {
        "type": "integer",
        "minimum": 2,
        "description": "with it the number of clusters is chosen from this up to the number of classes, and the evidence kept; "
        "without it there are as many as classes",
    },
}


@dataclass(frozen=True)
class ClusterScheme:
    """The measures, the seed, and the codes of the clusters in descending order of their centre in the first measure; `fewest` are
    tried where their number is to be chosen."""

    measures: tuple[str, ...]
    seed: int
    codes: tuple[str, ...]
    method: Literal["kmeans", "mixture"] = "kmeans"
    fewest: int | None = None


def parse(reader: Reader) -> ClusterScheme:
    """The clusters of a scheme document. Problems: KG464 (fewer than two), KG865 (`fewest` out of range), KG404."""
    codes = tuple(c.text("code") for c in reader.items("classes"))
    if len(codes) < 2:
        reader.report("KG464", reader.place_of("classes"), n=len(codes))
    measures = tuple(dict.fromkeys(reader.texts("measures")))
    seed, fewest = max(reader.whole("seed", 0), 0), reader.whole("fewest", None)
    if fewest is not None and not 2 <= fewest <= len(codes):
        reader.report("KG865", reader.place_of("fewest"), fewest=fewest, most=len(codes))
    method: Any = reader.choice("method", METHODS, METHODS[0])
    return ClusterScheme(measures, seed, codes, method, fewest)


def inputs(spec: ClusterScheme) -> Inputs:
    """Every measure; who lacks one has no cluster."""
    return Inputs(spec.measures)
