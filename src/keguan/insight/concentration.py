"""How much of the sales hangs on how few customers: the curve, and what is true of the 80/20 rule here."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from keguan.insight.folder import RunFolder, quoted
from keguan.insight.record import MeasureRecord, SchemeRecord

Verdict = Literal["no-sales", "steeper", "as-the-rule", "milder", "spread"]
# Ours: the rule names 80 %, the sources give no tolerance. Within five points we call it the rule.
_BANDS: tuple[tuple[Decimal, Verdict], ...] = (
    (Decimal("0.85"), "steeper"),
    (Decimal("0.75"), "as-the-rule"),
    (Decimal("0.50"), "milder"),
)
_HEAD = (Decimal("0.001"), Decimal("0.0025"), Decimal("0.005"), Decimal("0.0075"))
POINTS = 200


@dataclass(frozen=True)
class Point:
    """The best `heads_share` of customers make `sales_share` of the sales."""

    heads_share: Decimal
    sales_share: Decimal


@dataclass(frozen=True)
class Concentration:
    """The curve (at most 200 points), the true share of the top 20 %, and the fewest who make 80 %.

    Shares are of net sales, returns deducted; `below_zero` counts customers whose returns exceed their purchases.
    """

    measure: MeasureRecord
    heads: int
    sales: Decimal
    top20_heads: int
    top20_share: Decimal | None
    for80_heads: int | None
    for80_share: Decimal | None
    largest_share: Decimal | None
    below_zero: int
    verdict: Verdict
    curve: tuple[Point, ...]


def concentration(folder: RunFolder) -> Concentration | None:
    """The concentration of the run's money measure over the leading scheme's population; None without such a measure."""
    measure, lead = folder.value, folder.leading
    if measure is None or lead is None:
        return None
    base = _base(measure, lead)
    heads, total, below = folder.one(
        f"SELECT count(*), coalesce(sum(v), 0), count(*) FILTER (v < 0) FROM ({base})"
    )
    top = int((Decimal(heads) / 5).quantize(Decimal(1), ROUND_HALF_UP))
    if not heads or total <= 0:
        return Concentration(measure, heads, total, top, None, None, None, None, below, "no-sales", ())
    ranked = _ranked(base)
    sums = dict(folder.rows(f"SELECT r, c FROM ({ranked}) WHERE list_contains(?, r)", [_places(heads, top)]))
    [first] = folder.one(f"SELECT min(r) FROM ({ranked}) WHERE c >= ?", [total * Decimal("0.8")])
    share = sums[max(top, 1)] / total if top else None
    points = (Point(Decimal(r) / heads, c / total) for r, c in sorted(sums.items()))
    return Concentration(
        measure, heads, total, top, share, first, Decimal(first) / heads, sums[1] / total, below, _verdict(share),
        (Point(Decimal(0), Decimal(0)), *points),
    )  # fmt: skip


def _base(measure: MeasureRecord, lead: SchemeRecord) -> str:
    value = quoted(measure.name)
    status = quoted(f"{lead.column}.status")
    return f"SELECT {value} AS v, subject FROM run WHERE {status} IN ('classified', 'proposed') AND {value} IS NOT NULL"


def _ranked(base: str) -> str:
    order = "ORDER BY v DESC, subject ROWS UNBOUNDED PRECEDING"
    return f"SELECT row_number() OVER w AS r, sum(v) OVER w AS c FROM ({base}) WINDOW w AS ({order})"


def _places(heads: int, top: int) -> list[int]:
    """Ranks to draw: dense where the curve bends, at most `POINTS`."""
    steps = [Decimal(i) / (POINTS - 10) for i in range(1, POINTS - 9)]
    ranks = {max(1, int(heads * s)) for s in (*_HEAD, *steps)}
    return sorted({*ranks, 1, max(top, 1), heads})


def _verdict(share: Decimal | None) -> Verdict:
    if share is None:
        return "spread"
    return next((verdict for least, verdict in _BANDS if share >= least), "spread")
