"""What a clusters scheme says: the measures to compare customers in, a seed, and one class per cluster."""

from __future__ import annotations

from dataclasses import dataclass

from keguan.core.document import Reader
from keguan.kinds.base import Inputs

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
}


@dataclass(frozen=True)
class ClusterScheme:
    """The measures, the seed, and the codes of the clusters in descending order of their centre in the first measure."""

    measures: tuple[str, ...]
    seed: int
    codes: tuple[str, ...]


def parse(reader: Reader) -> ClusterScheme:
    """The clusters of a scheme document. Problem: KG464 (fewer than two)."""
    codes = tuple(c.text("code") for c in reader.items("classes"))
    if len(codes) < 2:
        reader.report("KG464", reader.place_of("classes"), n=len(codes))
    measures = tuple(dict.fromkeys(reader.texts("measures")))
    return ClusterScheme(measures, max(reader.whole("seed", 0), 0), codes)


def inputs(spec: ClusterScheme) -> Inputs:
    """Every measure; who lacks one has no cluster."""
    return Inputs(spec.measures)
