"""The pyramid: classes as centred bars, the highest on top, as wide as their share of heads or of sales."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from keguan.insight.distribution import Distribution
from keguan.reports.charts.theme import EDGE, WIDTH, themed
from keguan.reports.palette import class_colours
from keguan.reports.words import Words

if TYPE_CHECKING:
    import altair as alt

STEP = 54


def pyramid(found: Distribution, by: Literal["heads", "sales"], words: Words) -> alt.LayerChart | alt.Chart:
    """Centred bars of one distribution; a share that is negative or unknown is drawn as nothing."""
    import altair as alt

    colours = class_colours(found.scheme.codes, ordered=found.scheme.is_ordered)
    rows = []
    for one in found.classes:
        share = one.heads_share if by == "heads" else one.sales_share
        half = float(max(share or Decimal(0), Decimal(0))) / 2
        label = words.figures.count(one.heads) if by == "heads" else words.figures.short(one.sales)
        rows.append({
            "class": one.code, "from": -half, "to": half, "colour": colours.get(one.code),
            "name": f"{one.code}  {found.scheme.class_label(one.code, words.lang)}",
            "text": f"{words.figures.share(share)} · {label}",
        })  # fmt: skip
    order = [r["name"] for r in rows]
    reach = max((r["to"] for r in rows if isinstance(r["to"], float)), default=0.5) or 0.5
    data = alt.Data(values=rows)
    place = alt.Y(
        "name:N", sort=order, title=None, axis=None, scale=alt.Scale(paddingInner=0.5, paddingOuter=0.34)
    )
    bars = (
        alt.Chart(data)
        .mark_bar(stroke=EDGE, strokeWidth=0.6)
        .encode(
            x=alt.X("from:Q", axis=None, scale=alt.Scale(domain=[-reach, reach])),
            x2="to:Q",
            y=place,
            color=alt.Color("colour:N", scale=None),
        )
    )
    words_above = (
        alt.Chart(data)
        .mark_text(align="left", dy=3 - STEP / 2, baseline="middle")
        .encode(x=alt.value(0), y=place, text="name:N")
    )
    shares = (
        alt.Chart(data)
        .mark_text(align="right", dy=3 - STEP / 2, baseline="middle")
        .encode(x=alt.value(WIDTH), y=place, text="text:N")
    )
    return themed(
        alt.layer(bars, words_above, shares).properties(width=WIDTH, height=alt.Step(STEP)), words.lang
    )
