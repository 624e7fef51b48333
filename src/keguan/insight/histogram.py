"""How a money or number measure is spread, in steps that grow with it, and where the cuts fall."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from keguan.insight.boundary import Boundary, boundaries
from keguan.insight.folder import RunFolder, quoted
from keguan.insight.record import MeasureRecord

STEPS_PER_DECADE = 8
_MOST_DECADES = 12


@dataclass(frozen=True)
class Bin:
    """Heads from `low` (included) to `high` (excluded)."""

    low: float
    high: float
    heads: int


@dataclass(frozen=True)
class Histogram:
    """Positive values in bins that grow tenfold every eight; the rest is counted apart, as a logarithm has no place for it."""

    measure: MeasureRecord
    bins: tuple[Bin, ...]
    n_zero: int
    n_negative: int
    boundaries: tuple[Boundary, ...]


def histogram(folder: RunFolder) -> Histogram | None:
    """The spread of the leading scheme's own measure; None when it has none that is a number."""
    lead = folder.leading
    marks = boundaries(lead, folder.cuts(lead)) if lead else ()
    measure = folder.record.measures.get(marks[0].measure) if marks else folder.value
    if measure is None or measure.type not in ("money", "number") or measure.name not in folder.columns:
        return None
    value = quoted(measure.name)
    zero, negative, low = folder.one(
        f"SELECT count(*) FILTER ({value} = 0), count(*) FILTER ({value} < 0), min({value}) FILTER ({value} > 0) FROM run"
    )
    step = f"floor(log10({value}::DOUBLE) * {STEPS_PER_DECADE})::INTEGER"
    found = (
        folder.rows(f"SELECT {step} AS b, count(*) FROM run WHERE {value} > 0 GROUP BY b ORDER BY b")
        if low
        else []
    )
    bins = tuple(Bin(_edge(b), _edge(b + 1), n) for b, n in found[-STEPS_PER_DECADE * _MOST_DECADES :])
    own = tuple(m for m in marks if m.measure == measure.name and m.value > Decimal(0))
    return Histogram(measure, bins, zero, negative, own)


def _edge(step: int) -> float:
    return float(10 ** (step / STEPS_PER_DECADE))
