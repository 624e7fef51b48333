"""The spread of the leading measure with the cuts marked: bars take the colour of the class they fall in."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any

from keguan.insight.histogram import Histogram
from keguan.insight.record import SchemeRecord
from keguan.reports.charts.theme import EDGE, INK, SMALL, WIDTH, amount_axis, themed
from keguan.reports.palette import OTHER, class_colours
from keguan.reports.words import Words

if TYPE_CHECKING:
    import altair as alt


def cut_histogram(found: Histogram, scheme: SchemeRecord, words: Words) -> alt.LayerChart | alt.Chart:
    """Bars over a logarithmic axis; each cut is a line named by the class that begins there."""
    import altair as alt

    colours = class_colours(scheme.codes, ordered=scheme.is_ordered)
    rows = [
        {
            "low": b.low,
            "high": b.high,
            "zero": 0,
            "heads": b.heads,
            "colour": _colour(sqrt(b.low * b.high), found, scheme, colours),
        }
        for b in found.bins
    ]
    label = words.label(found.measure.labels, found.measure.name)
    title = (
        f"{label}（{words.currency}）"
        if words.currency and words.lang != "en"
        else (f"{label}, {words.currency}" if words.currency else label)
    )
    low = min((b.low for b in found.bins), default=1.0)
    high = max((b.high for b in found.bins), default=10.0)
    axis = alt.Axis(labelExpr=amount_axis(words.lang), grid=False, values=_decades(low, high), tickColor=EDGE)
    x = alt.X("low:Q", title=title, axis=axis, scale=alt.Scale(type="log", domain=[low, high], nice=False))
    top = max((b.heads for b in found.bins), default=1)
    y = alt.Y(
        "heads:Q",
        title=words.t("charts.customers"),
        axis=alt.Axis(tickCount=4, domain=False, tickSize=0, format=",d"),
        scale=alt.Scale(domain=[0, top * 1.16]),
    )
    bars = (
        alt.Chart(alt.Data(values=rows))
        .mark_bar(stroke=EDGE, strokeWidth=0.5)
        .encode(x=x, x2="high:Q", y=y, y2="zero:Q", color=alt.Color("colour:N", scale=None))
    )
    cuts: list[dict[str, Any]] = [
        {"low": float(b.value), "name": b.name, "heads": top * 1.1}
        for b in found.boundaries
        if low <= float(b.value) <= high
    ]
    marks = alt.Data(values=cuts)
    rules = alt.Chart(marks).mark_rule(color=INK, strokeWidth=1, strokeDash=[4, 2]).encode(x=x)
    names = (
        alt.Chart(marks)
        .mark_text(align="left", dx=4, fontSize=SMALL + 1, fontWeight=600)
        .encode(x=x, y=y, text="name:N")
    )
    return themed(alt.layer(bars, rules, names).properties(width=WIDTH, height=170), words.lang)


def _decades(low: float, high: float) -> list[float]:
    ticks = [
        step * 10.0**power for power in range(-4, 16) for step in ((1,) if high > low * 1000 else (1, 3))
    ]
    return [t for t in ticks if low <= t <= high]


def _colour(value: float, found: Histogram, scheme: SchemeRecord, colours: dict[str, str]) -> str:
    reached = [b for b in found.boundaries if b.place is not None and value >= float(b.value)]
    if reached:
        return colours[min(reached, key=lambda b: b.place or 0).name]
    ranked = any(b.place is not None for b in found.boundaries)
    return colours[scheme.codes[-1]] if ranked else OTHER
