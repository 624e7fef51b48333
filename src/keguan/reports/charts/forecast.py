"""The pictures of a fitted model: matrices, tracking, bins, reliability, one customer's history, spread of values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from keguan.core.languages import Lang
from keguan.core.texts import text
from keguan.reports.charts.theme import GRID, INK, MUTED, SMALL, WIDTH, amount_axis, themed
from keguan.reports.palette import LIGHT, RAMP, ramp_at, text_on

if TYPE_CHECKING:
    import altair as alt

Rows = Sequence[Mapping[str, Any]]
_REAL, _FORESEEN = INK, RAMP[2]


def day_text(day: int) -> str:
    """`1997-12-31` of a day counted from 1970-01-01."""
    return (date(1970, 1, 1) + timedelta(days=day)).isoformat()


def matrix(rows: Rows, figure: str, lang: Lang) -> alt.LayerChart | alt.Chart:
    """A heat map of one figure by repeat purchases (down) and days of silence (across)."""
    import altair as alt

    top = max((r[figure] for r in rows), default=1.0) or 1.0
    cells = [
        {
            "x": r["x"],
            "since": r["since"],
            "colour": (colour := ramp_at(r[figure] / top)),
            "ink": text_on(colour),
            "text": f"{r[figure] * 100:.0f}%" if figure == "p_alive" else f"{r[figure]:.1f}",
        }
        for r in rows
    ]
    axis = alt.Axis(ticks=False, domain=False, labelAngle=0, labelOverlap=True)
    base = alt.Chart(alt.Data(values=cells)).encode(
        x=alt.X("since:O", title=text("forecast.axes.since", lang), axis=axis),
        y=alt.Y("x:O", title=text("forecast.columns.x", lang), axis=axis, sort="descending"),
    )
    boxes = base.mark_rect(stroke=GRID, strokeWidth=1).encode(color=alt.Color("colour:N", scale=None))
    figures = base.mark_text(fontSize=SMALL - 2).encode(text="text:N", color=alt.Color("ink:N", scale=None))
    return themed(alt.layer(boxes, figures).properties(width=360, height=250), lang)


def tracking(rows: Rows, split: str, lang: Lang) -> alt.LayerChart | alt.Chart:
    """Cumulative repeat purchases, foreseen and real, with the split."""
    import altair as alt

    x = alt.X(
        "day:T", title=text("forecast.axes.day", lang), axis=alt.Axis(grid=False, tickCount=5, format="%Y-%m")
    )
    axis = alt.Axis(labelExpr=amount_axis(lang), tickCount=4)
    values = [{**r, "day": day_text(r["day"])} for r in rows]
    lines = _two_lines(values, x, text("forecast.axes.purchases", lang), lang, axis)
    cut = alt.Chart(alt.Data(values=[{"day": split}])).mark_rule(color=MUTED, strokeDash=[4, 2]).encode(x=x)
    return themed(alt.layer(*lines, cut).properties(width=WIDTH + 80, height=220), lang)


def bins(rows: Rows, lang: Lang) -> alt.LayerChart | alt.Chart:
    """Mean purchases after the split by repeat purchases before it."""
    import altair as alt

    x = alt.X("x:O", title=text("forecast.columns.x", lang), axis=alt.Axis(labelAngle=0), sort=None)
    lines = _two_lines(rows, x, text("forecast.axes.mean", lang), lang, alt.Axis(tickCount=4))
    return themed(alt.layer(*lines).properties(width=WIDTH, height=200), lang)


def _two_lines(rows: Rows, x: alt.X, title: str, lang: Lang, axis: alt.Axis) -> list[alt.Chart]:
    """`real` and `foreseen` of the rows as two lines, each named at its end."""
    import altair as alt

    data = alt.Data(values=list(rows))
    layers: list[alt.Chart] = []
    for name, colour, dash in (("real", _REAL, [1, 0]), ("foreseen", _FORESEEN, [5, 3])):
        y = alt.Y(f"{name}:Q", title=title, axis=axis)
        layers.append(
            alt.Chart(data).mark_line(color=colour, strokeWidth=2, strokeDash=dash).encode(x=x, y=y)
        )
        last = alt.Data(values=[{**rows[-1], "text": text(f"forecast.columns.{name}", lang)}])
        lift = -9 if rows[-1][name] >= max(rows[-1]["real"], rows[-1]["foreseen"]) else 12
        layers.append(
            alt.Chart(last)
            .mark_text(align="right", dy=lift, color=colour, fontWeight=600)
            .encode(x=x, y=y, text="text:N")
        )
    return layers


def reliability(
    rows: Rows, lang: Lang, axes: tuple[str, str] = ("said", "did")
) -> alt.LayerChart | alt.Chart:
    """Foreseen probability beside the real share, dots as large as the `customers` behind them; `axes` name the two."""
    import altair as alt

    axis = alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1])
    scale = alt.Scale(domain=[0, 1])
    x = alt.X("foreseen:Q", title=text(f"forecast.axes.{axes[0]}", lang), axis=axis, scale=scale)
    y = alt.Y("real:Q", title=text(f"forecast.axes.{axes[1]}", lang), axis=axis, scale=scale)
    even = [{"foreseen": 0, "real": 0}, {"foreseen": 1, "real": 1}]
    line = alt.Chart(alt.Data(values=even)).mark_line(color=MUTED, strokeDash=[3, 3]).encode(x=x, y=y)
    dots = (
        alt.Chart(alt.Data(values=list(rows)))
        .mark_point(filled=True, opacity=0.85, color=_FORESEEN)
        .encode(x=x, y=y, size=alt.Size("customers:Q", legend=None, scale=alt.Scale(range=[30, 300])))
    )
    return themed(alt.layer(line, dots).properties(width=250, height=220), lang)


def alive(rows: Rows, purchases: Sequence[int], lang: Lang) -> alt.LayerChart | alt.Chart:
    """P(alive) over time, with the purchases as upright lines."""
    import altair as alt

    x = alt.X(
        "day:T", title=text("forecast.axes.day", lang), axis=alt.Axis(grid=False, tickCount=5, format="%Y-%m")
    )
    y = alt.Y(
        "p_alive:Q",
        title=text("forecast.axes.p_alive", lang),
        axis=alt.Axis(format="%", tickCount=4),
        scale=alt.Scale(domain=[0, 1]),
    )
    points = alt.Data(values=[{**r, "day": day_text(r["day"])} for r in rows])
    bought = alt.Data(values=[{"day": day_text(d)} for d in purchases])
    marks = alt.Chart(bought).mark_rule(color=LIGHT["seal"], opacity=0.35).encode(x=x)
    line = alt.Chart(points).mark_line(color=_FORESEEN, strokeWidth=2).encode(x=x, y=y)
    return themed(alt.layer(marks, line).properties(width=WIDTH + 80, height=180), lang)


def values(rows: Rows, lang: Lang, currency: str | None) -> alt.LayerChart | alt.Chart:
    """How many customers have which value to come, on a logarithmic axis."""
    import altair as alt

    title = text("forecast.axes.value", lang) + (f" ({currency})" if currency else "")
    low, high = rows[0]["low"], rows[-1]["high"]
    x = alt.X(
        "low:Q",
        title=title,
        axis=alt.Axis(labelExpr=amount_axis(lang), grid=False, tickCount=6),
        scale=alt.Scale(type="log", domain=[low, high], nice=False),
    )
    y = alt.Y("heads:Q", title=text("forecast.columns.customers", lang), axis=alt.Axis(tickCount=4))
    data = alt.Data(values=[{**r, "zero": 0} for r in rows])
    bars = alt.Chart(data).mark_bar(color=RAMP[3]).encode(x=x, x2="high:Q", y=y, y2="zero:Q")
    return themed(bars.properties(width=WIDTH + 40, height=180), lang)
