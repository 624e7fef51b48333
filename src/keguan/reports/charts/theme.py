"""What all charts share: fonts, ink, lines. Sizes suit a phone's width, so that text stays readable when a page shrinks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keguan.core.languages import Lang
from keguan.reports.palette import CHART_FONTS, LIGHT

if TYPE_CHECKING:
    import altair as alt

WIDTH = 300
TEXT = 12
SMALL = 11
INK, MUTED, LINE, GRID, EDGE, SURFACE = (
    LIGHT[name] for name in ("ink", "muted", "line", "grid", "edge", "surface")
)
_AMOUNT = {
    "zh-Hans": ("亿", "万"),
    "zh-Hant": ("億", "萬"),
}


def themed(chart: alt.LayerChart | alt.Chart, lang: Lang) -> alt.LayerChart | alt.Chart:
    """`chart` in the house's type and colours."""
    font = CHART_FONTS[lang]
    return (
        chart.configure(font=font, background="transparent", padding=4, aria=False)
        .configure_view(stroke=None)
        .configure_axis(
            labelFont=font, titleFont=font, labelColor=INK, titleColor=MUTED, labelFontSize=TEXT, titleFontSize=SMALL,
            titleFontWeight="normal", gridColor=GRID, domainColor=LINE, tickColor=LINE, labelLimit=180,
        )
        .configure_text(font=font, fontSize=TEXT, color=INK)
    )  # fmt: skip


def amount_axis(lang: Lang) -> str:
    """A Vega expression that writes axis amounts: 万 and 亿 in Chinese, k and M in English."""
    if lang not in _AMOUNT:
        return "format(datum.value, '~s')"
    large, small = _AMOUNT[lang]
    return (
        f"datum.value >= 1e8 ? format(datum.value / 1e8, '~g') + '{large}' : "
        f"datum.value >= 1e4 ? format(datum.value / 1e4, '~g') + '{small}' : format(datum.value, ',~r')"
    )


def short_label(label: str) -> str:
    """A label without what it adds in brackets, for places where room is short."""
    return label.split("（")[0].split(" (")[0]
