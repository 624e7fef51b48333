"""The concentration curve: its points on a sheet of their own, its native chart beside the findings."""

from __future__ import annotations

from typing import Any

from keguan.insight.concentration import Concentration
from keguan.reports.excel.book import Book, Cell, Field
from keguan.reports.palette import LIGHT, RAMP


def concentration_sheet(book: Book, summary: Any, at: int, found: Concentration) -> None:
    """The points, and the chart placed on the sheet `summary` from row `at` on."""
    words = book.words
    sheet = book.sheet(words.t("sections.concentration"))
    heads = (words.t("charts.best_customers"), words.t("charts.sales_share"))
    rows: list[list[Cell]] = [[p.heads_share, p.sales_share] for p in found.curve]
    book.table(sheet, 0, [Field(h, "share", 28) for h in heads], rows, only=True)
    summary.insert_chart(at, 1, _chart(book, sheet.get_name(), len(rows), heads))


def _chart(book: Book, sheet: str, n: int, heads: tuple[str, str]) -> Any:
    chart = book.file.add_chart({"type": "scatter", "subtype": "straight"})
    assert chart is not None  # xlsxwriter knows the type
    title = book.words.t("sections.concentration")
    line = {"color": RAMP[2], "width": 2}
    chart.add_series(
        {"name": title, "categories": [sheet, 1, 0, n, 0], "values": [sheet, 1, 1, n, 1], "line": line}
    )
    grid = {"visible": True, "line": {"color": LIGHT["grid"]}}
    axis = {
        "min": 0,
        "max": 1,
        "major_unit": 0.2,
        "num_format": "0%",
        "major_gridlines": grid,
        "name_font": {"bold": False},
    }
    chart.set_x_axis({**axis, "name": heads[0]})
    chart.set_y_axis({**axis, "name": heads[1]})
    chart.set_legend({"none": True})
    chart.set_title({"name": title, "name_font": {"size": 11, "bold": False, "color": LIGHT["muted"]}})
    chart.set_size({"width": 460, "height": 320})
    return chart
