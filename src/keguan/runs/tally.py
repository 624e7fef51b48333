"""Counting while rows stream by: heads and exact money per outcome of every scheme, without another pass."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from keguan.core.money import SCALE
from keguan.runs.decide import Decision

if TYPE_CHECKING:
    import pyarrow as pa

_LOW_BITS = 26
_LOW_MASK = (1 << _LOW_BITS) - 1


class Tally:
    """Heads and value per outcome number of one dimension.

    Money sums are exact: amounts are whole numbers of ten-thousandths, split into two halves whose sums of at most 2^20
    rows stay below 2^53, where doubles are exact.
    """

    def __init__(self, decision: Decision) -> None:
        self.decision = decision
        self.heads = np.zeros(len(decision.outcomes), dtype=np.int64)
        self._units = [0] * len(decision.outcomes)

    def add(self, numbers: np.ndarray, units: np.ndarray | None) -> None:
        """Count one batch: outcome numbers, and the value of each row in ten-thousandths (None: no value known)."""
        size = len(self.heads)
        self.heads += np.bincount(numbers, minlength=size)
        if units is None:
            return
        low = np.bincount(numbers, weights=(units & _LOW_MASK).astype(np.float64), minlength=size)
        high = np.bincount(numbers, weights=(units >> _LOW_BITS).astype(np.float64), minlength=size)
        for i in np.flatnonzero(low.astype(bool) | high.astype(bool)):
            self._units[i] += (int(high[i]) << _LOW_BITS) + int(low[i])

    def value(self, outcome: int) -> Decimal:
        """The exact value of an outcome's subjects."""
        return Decimal(self._units[outcome]).scaleb(-SCALE)


def units_of(column: pa.Array) -> np.ndarray:
    """A DECIMAL(18, 4) column as whole ten-thousandths; missing counts as 0."""
    import pyarrow.compute as pc

    filled = pc.fill_null(column, Decimal(0)) if column.null_count else column
    words = np.frombuffer(filled.buffers()[1], dtype=np.int64)
    start = filled.offset * 2
    return words[start : start + 2 * len(filled) : 2]
