"""The grid of recency by frequency, with heads and sales of every cell, from the codes a scores scheme leaves."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from keguan.insight.folder import RunFolder, quoted
from keguan.insight.record import SchemeRecord

SCHEME = "rfm"


@dataclass(frozen=True)
class RfmCell:
    """Customers with recency score `r` and frequency score `f`; `mean_m` is their mean monetary score."""

    r: int
    f: int
    heads: int
    sales: Decimal | None
    mean_m: Decimal


@dataclass(frozen=True)
class Score:
    """One letter: its measure, whether small values are good, and the cut values from the worst end."""

    letter: str
    measure: str
    low_is_good: bool
    cuts: tuple[Decimal, ...]

    def range_of(self, score: int) -> tuple[Decimal | None, Decimal | None]:
        """The values that get `score`: beyond the first (excluded), up to the second (included); None is open.

        For a measure where low is good both are counted downwards.
        """
        before = self.cuts[score - 2] if score >= 2 else None
        after = self.cuts[score - 1] if score <= len(self.cuts) else None
        return before, after


@dataclass(frozen=True)
class RfmGrid:
    """All cells that occur, and the three scores."""

    scheme: SchemeRecord
    scores: tuple[Score, ...]
    bins: int
    cells: tuple[RfmCell, ...]


def rfm_grid(folder: RunFolder) -> RfmGrid | None:
    """The grid of the scheme `rfm`; None when it did not run."""
    scheme = folder.scheme(SCHEME)
    cuts = folder.cuts(scheme).get("scores", {}) if scheme else {}
    if scheme is None or list(cuts) != ["r", "f", "m"]:
        return None
    detail, value = quoted(f"{scheme.column}.detail"), folder.value
    sales = f"sum({quoted(value.name)})" if value else "NULL::DECIMAL(38,4)"
    digits = [f"substr({detail}::VARCHAR, {i}, 1)::INTEGER" for i in (1, 2, 3)]
    rows = folder.rows(
        f"SELECT {digits[0]} AS r, {digits[1]} AS f, count(*), {sales}, round(avg({digits[2]}), 2)::DECIMAL(6,2) "
        f"FROM run WHERE length({detail}::VARCHAR) = 3 GROUP BY r, f ORDER BY r, f"
    )
    scores = tuple(_score(letter, entry) for letter, entry in cuts.items())
    return RfmGrid(scheme, scores, len(scores[0].cuts) + 1, tuple(RfmCell(*row) for row in rows))


def _score(letter: str, entry: dict[str, Any]) -> Score:
    cuts = tuple(Decimal(str(c)) for c in entry["cuts"] if c is not None)
    return Score(letter.upper(), entry["measure"], entry["good"] == "low", cuts)
