"""Class bars: for every class its share of heads (hollow) above its share of sales (filled)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from keguan.insight.distribution import ClassShare, Distribution
from keguan.reports.charts.theme import EDGE, MUTED, SMALL, short_label, themed
from keguan.reports.palette import class_colours
from keguan.reports.words import Words

if TYPE_CHECKING:
    import altair as alt

MOST = 12


def class_bars(found: Distribution, words: Words) -> alt.LayerChart | alt.Chart:
    """Bars of one distribution, at most the first 12 classes."""
    import altair as alt

    colours = class_colours(found.scheme.codes, ordered=found.scheme.is_ordered)
    rows = [
        row for one in found.classes[:MOST] for row in _rows(found, one, colours.get(one.code, EDGE), words)
    ]
    order = list(dict.fromkeys(r["name"] for r in rows))
    data = alt.Data(values=rows)
    y = alt.Y(
        "name:N",
        sort=order,
        title=None,
        axis=alt.Axis(ticks=False, domain=False, labelPadding=6),
        scale=alt.Scale(paddingInner=0.3),
    )
    offset = alt.YOffset("side:N", sort=["heads", "sales"])
    most = max((r["share"] for r in rows), default=1.0) or 1.0
    least = min(0.0, *(r["share"] for r in rows)) if rows else 0.0
    scale = alt.Scale(domain=[least, most * 1.22])
    base = alt.Chart(data).encode(y=y, yOffset=offset)
    bars = base.mark_bar(strokeWidth=0.8, height=alt.RelativeBandSize(0.8)).encode(
        x=alt.X("share:Q", axis=None, scale=scale),
        color=alt.Color("colour:N", scale=None),
        fillOpacity=alt.FillOpacity("solid:Q", scale=None, legend=None),
        stroke=alt.Stroke("colour:N", scale=None),
    )
    texts = base.mark_text(align="left", dx=4, fontSize=SMALL, color=MUTED).encode(
        x=alt.X("share:Q", scale=scale), text="text:N"
    )
    return themed(
        alt.layer(bars, texts).properties(width=220, height=alt.Step(16 if len(rows) <= 16 else 13)),
        words.lang,
    )


def _rows(found: Distribution, one: ClassShare, colour: str, words: Words) -> list[dict[str, Any]]:
    name = short_label(found.scheme.class_label(one.code, words.lang))
    name = f"{one.code} {name}" if len(one.code) <= 2 else name
    base = {"name": name, "colour": colour}
    rows: list[dict[str, Any]] = [
        {
            **base,
            "side": "heads",
            "solid": 0.28,
            "share": float(one.heads_share),
            "text": words.figures.share(one.heads_share),
        }
    ]
    if one.sales_share is not None:
        rows.append(
            {
                **base,
                "side": "sales",
                "solid": 1,
                "share": float(one.sales_share),
                "text": words.figures.share(one.sales_share),
            }
        )
    return rows
