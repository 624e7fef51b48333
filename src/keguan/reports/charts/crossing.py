"""Two schemes crossed: each row shows where the members of one class fall in the other scheme."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from keguan.insight.crossing import Crossing
from keguan.insight.record import SchemeRecord
from keguan.reports.charts.theme import EDGE, GRID, SMALL, SURFACE, short_label, themed
from keguan.reports.palette import ramp_at, text_on
from keguan.reports.words import Words

if TYPE_CHECKING:
    import altair as alt

MOST = 10


def crossing_map(found: Crossing, words: Words) -> alt.LayerChart | alt.Chart:
    """A heat map: depth is the share of the row's members, the number is heads. At most ten classes a side."""
    import altair as alt

    down, across = _names(found.rows, words), _names(found.columns, words)
    rows: list[dict[str, Any]] = []
    for row, column in product(down, across):
        heads = found.cell(row, column).heads
        colour = ramp_at((heads / max(found.row_heads(row), 1)) ** 0.8) if heads else SURFACE
        ink = text_on(colour) if heads else EDGE
        rows.append(
            {
                "row": down[row],
                "column": across[column],
                "heads": words.figures.count(heads),
                "colour": colour,
                "ink": ink,
            }
        )
    data = alt.Data(values=rows)
    angle = -35 if len(across) > 4 else 0
    x = alt.X(
        "column:N",
        sort=list(across.values()),
        title=None,
        axis=alt.Axis(orient="top", labelAngle=angle, ticks=False, domain=False, labelLimit=110),
    )
    y = alt.Y("row:N", sort=list(down.values()), title=None, axis=alt.Axis(ticks=False, domain=False))
    base = alt.Chart(data).encode(x=x, y=y)
    cells = base.mark_rect(stroke=GRID, strokeWidth=1.5).encode(color=alt.Color("colour:N", scale=None))
    counts = base.mark_text(fontSize=SMALL + 1).encode(text="heads:N", color=alt.Color("ink:N", scale=None))
    step = 84 if len(across) <= 4 else max(34, 340 // len(across))
    return themed(alt.layer(cells, counts).properties(width=alt.Step(step), height=alt.Step(34)), words.lang)


def _names(scheme: SchemeRecord, words: Words) -> dict[str | None, str]:
    found: dict[str | None, str] = {}
    for code in scheme.codes[:MOST]:
        label = short_label(scheme.class_label(code, words.lang))
        found[code] = f"{code} {label}" if len(code) <= 2 else label
    return found
