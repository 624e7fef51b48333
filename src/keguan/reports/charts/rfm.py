"""The RFM grid: recency down, frequency across, heads written in the cell, its sales as depth of colour."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, Any

from keguan.insight.rfm import RfmCell, RfmGrid, Score
from keguan.reports.charts.theme import EDGE, GRID, SMALL, SURFACE, themed
from keguan.reports.palette import ramp_at, text_on
from keguan.reports.words import Words

if TYPE_CHECKING:
    import altair as alt


def score_range(score: Score, step: int, words: Words) -> str:
    """The values that earn a score, short: `≤ 15`, `16–44`, `≥ 323`; counts are whole numbers."""
    before, after = score.range_of(step)
    show = words.figures.number
    if score.low_is_good:
        low, high = after, None if before is None else before - 1
    else:
        low, high = None if before is None else before + 1, after
    if low is None and high is None:
        return "–"
    if low is None:
        return f"≤ {show(high)}"
    if high is None:
        return f"≥ {show(low)}"
    return show(low) if low == high else ("–" if low > high else f"{show(low)}–{show(high)}")


def rfm_chart(grid: RfmGrid, words: Words) -> alt.LayerChart | alt.Chart:
    """The grid as a heat map; empty cells stay empty."""
    import altair as alt

    recency, frequency = grid.scores[0], grid.scores[1]
    most = max((c.sales for c in grid.cells if c.sales is not None), default=Decimal(0))
    heads = max((c.heads for c in grid.cells), default=1)
    names = {
        letter: {i: f"{letter}{i}  {score_range(score, i, words)}" for i in range(1, grid.bins + 1)}
        for letter, score in (("R", recency), ("F", frequency))
    }
    rows: list[dict[str, Any]] = []
    known = {(c.r, c.f): c for c in grid.cells}
    for r, f in product(range(1, grid.bins + 1), repeat=2):
        cell = known.get((r, f))
        colour = ramp_at(_depth(cell, most, heads) ** 0.6) if cell else SURFACE
        rows.append({
            "r": names["R"][r], "f": names["F"][f], "heads": words.figures.count(cell.heads if cell else 0),
            "sales": words.figures.short(cell.sales) if cell else "", "colour": colour, "ink": text_on(colour) if cell else EDGE,
        })  # fmt: skip
    data = alt.Data(values=rows)
    quiet = {"ticks": False, "domain": False}
    r_label, f_label = words.t("charts.recency"), words.t("charts.frequency")
    down = alt.Y(
        "r:N",
        sort=[names["R"][i] for i in range(grid.bins, 0, -1)],
        title=r_label,
        # Fonts of readers are wider than those the labels are measured with; the title stays clear of them.
        axis=alt.Axis(titlePadding=22, **quiet),
    )
    across = alt.X(
        "f:N",
        sort=[names["F"][i] for i in range(1, grid.bins + 1)],
        title=f_label,
        axis=alt.Axis(labelAngle=0, orient="top", **quiet),
    )
    base = alt.Chart(data).encode(x=across, y=down)
    cells = base.mark_rect(stroke=GRID, strokeWidth=1.5).encode(color=alt.Color("colour:N", scale=None))
    counts = base.mark_text(dy=-7, fontSize=SMALL + 2, fontWeight=600).encode(
        text="heads:N", color=alt.Color("ink:N", scale=None)
    )
    sales = base.mark_text(dy=9, fontSize=SMALL - 1).encode(
        text="sales:N", color=alt.Color("ink:N", scale=None)
    )
    layers = [cells, counts, sales] if most > 0 else [cells, counts]
    return themed(alt.layer(*layers).properties(width=alt.Step(62), height=alt.Step(44)), words.lang)


def _depth(cell: RfmCell, most: Decimal, heads: int) -> float:
    if cell.sales is not None and most > 0:
        return max(float(cell.sales / most), 0.0)
    return cell.heads / heads
