"""The concentration curve: how much of the sales the best so many per cent of customers make, beside the 80/20 rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keguan.insight.concentration import Concentration
from keguan.reports.charts.theme import MUTED, SMALL, WIDTH, themed
from keguan.reports.palette import LIGHT, RAMP
from keguan.reports.words import Words

if TYPE_CHECKING:
    import altair as alt

_HEIGHT = 230
_LINE = 17  # pixels between two labels one above the other


def curve(found: Concentration, words: Words) -> alt.LayerChart | alt.Chart:
    """The curve with the true point at 20 % of customers and the point where 80 % of sales is reached."""
    import altair as alt

    points = [{"x": float(p.heads_share), "y": float(p.sales_share)} for p in found.curve]
    top = max((p["y"] for p in points), default=1.0)
    axis = alt.Axis(format="%", values=[0, 0.2, 0.4, 0.6, 0.8, 1], tickSize=0, labelPadding=6)
    x = alt.X("x:Q", title=words.t("charts.best_customers"), axis=axis, scale=alt.Scale(domain=[0, 1]))
    y = alt.Y(
        "y:Q", title=words.t("charts.sales_share"), axis=axis, scale=alt.Scale(domain=[0, max(1.0, top)])
    )
    data = alt.Data(values=points)
    area = alt.Chart(data).mark_area(color=RAMP[4], opacity=0.16).encode(x=x, y=y)
    line = alt.Chart(data).mark_line(color=RAMP[2], strokeWidth=2.2).encode(x=x, y=y)
    even = alt.Chart(alt.Data(values=[{"x": 0, "y": 0}, {"x": 1, "y": 1}])).mark_line(
        color=MUTED, strokeWidth=0.8, strokeDash=[2, 3]
    )
    layers: list[alt.Chart] = [area, even.encode(x=x, y=y), line]
    if found.top20_share is not None and found.for80_share is not None:
        marks = [
            {
                "x": 0.2,
                "y": float(found.top20_share),
                "text": words.t("charts.at_20", share=words.figures.share(found.top20_share)),
            },
            {
                "x": float(found.for80_share),
                "y": 0.8,
                "text": words.t("charts.at_80", share=words.figures.share(found.for80_share)),
            },
        ]
        marks.sort(key=lambda m: float(str(m["y"])), reverse=True)
        apart = (float(str(marks[0]["y"])) - float(str(marks[1]["y"]))) / max(1.0, top) * _HEIGHT
        layers += _marked(marks, [8, 8 + max(0, round(_LINE - apart))], x, y)
    return themed(alt.layer(*layers).properties(width=WIDTH, height=_HEIGHT), words.lang)


def _marked(marks: list[dict[str, object]], lifts: list[int], x: alt.X, y: alt.Y) -> list[alt.Chart]:
    import altair as alt

    drops = [{"x": m["x"], "x2": m["x"], "y": 0, "y2": m["y"]} for m in marks] + [
        {"x": 0, "x2": m["x"], "y": m["y"], "y2": m["y"]} for m in marks
    ]
    rules = (
        alt.Chart(alt.Data(values=drops))
        .mark_rule(color=MUTED, strokeWidth=0.8, strokeDash=[3, 3])
        .encode(x=x, x2="x2:Q", y=y, y2="y2:Q")
    )
    dots = (
        alt.Chart(alt.Data(values=marks))
        .mark_point(size=46, filled=True, color=LIGHT["seal"], opacity=1)
        .encode(x=x, y=y)
    )
    texts = [
        alt.Chart(alt.Data(values=[m]))
        .mark_text(align="left", dx=10, dy=lift, baseline="middle", fontSize=SMALL + 1)
        .encode(x=x, y=y, text="text:N")
        for m, lift in zip(marks, lifts, strict=True)
    ]
    return [rules, dots, *texts]
