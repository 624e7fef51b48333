"""The RFM grid with its segments beside it."""

from __future__ import annotations

from keguan.reports.charts.classes import class_bars
from keguan.reports.charts.rfm import rfm_chart
from keguan.reports.html.parts import Page, Section, beside, figure, paragraph, source_button
from keguan.reports.markup import join


def section(page: Page) -> Section | None:
    """The grid; None when the scheme did not run."""
    grid, words = page.view.rfm, page.words
    if grid is None or not grid.cells:
        return None
    segments = next((d for d in page.view.distributions if d.scheme is grid.scheme), None)
    charts = [figure(page, rfm_chart(grid, words), words.t("sections.rfm"))]
    if segments is not None:
        charts.append(figure(page, class_bars(segments, words), words.t("words.bars")))
    intro = paragraph(words.t("intro.rfm"), " ", source_button(page, "rfm_segments"))
    return Section("rfm", words.t("sections.rfm"), join([intro, beside(*charts, charts=True)]))
