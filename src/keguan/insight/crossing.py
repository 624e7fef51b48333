"""Two schemes laid over each other: heads and sales of every pair of classes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from keguan.insight.folder import RunFolder
from keguan.insight.joint import TABLE, class_sql
from keguan.insight.record import SchemeRecord

MOST = 24
"""So many schemes are crossed with each other: the number of pairs grows with their square, and nobody opens thousands."""


@dataclass(frozen=True)
class Cell:
    """A pair of classes; None stands for *no class in that scheme*."""

    row: str | None
    column: str | None
    heads: int
    sales: Decimal | None


@dataclass(frozen=True)
class Crossing:
    """The cells of two schemes; only pairs that occur are listed."""

    rows: SchemeRecord
    columns: SchemeRecord
    cells: tuple[Cell, ...]

    def cell(self, row: str | None, column: str | None) -> Cell:
        """The cell of a pair, empty when it does not occur."""
        found = (c for c in self.cells if (c.row, c.column) == (row, column))
        return next(found, Cell(row, column, 0, None))

    def row_heads(self, row: str | None) -> int:
        """How many are in a row's class."""
        return sum(c.heads for c in self.cells if c.row == row)


def crossing(folder: RunFolder, rows: SchemeRecord, columns: SchemeRecord) -> Crossing:
    """Cross two schemes; needs `make_joint` to have run."""
    a, b = class_sql(rows), class_sql(columns)
    found = folder.rows(
        f"SELECT {a}, {b}, sum(heads)::BIGINT, sum(sales) FROM {TABLE} GROUP BY ALL ORDER BY ALL"
    )
    return Crossing(rows, columns, tuple(Cell(*row) for row in found))


def crossings(folder: RunFolder) -> tuple[Crossing, ...]:
    """Pairs of schemes, the leading scheme's first: it is crossed with every other one, the first `MOST` with each other."""
    lead = folder.leading
    schemes = sorted(folder.record.schemes, key=lambda s: s is not lead)
    pairs = [(a, b) for i, a in enumerate(schemes) for b in (schemes if i == 0 else schemes[:MOST])[i + 1 :]]
    return tuple(crossing(folder, a, b) for a, b in pairs)
