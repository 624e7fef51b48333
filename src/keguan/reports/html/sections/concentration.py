"""Concentration: the curve beside the figures that decide whether the 80/20 rule holds here."""

from __future__ import annotations

from keguan.insight.findings import findings
from keguan.reports.charts.concentration import curve
from keguan.reports.html.parts import Column, Page, Section, beside, figure, grow, paragraph, table
from keguan.reports.markup import join
from keguan.reports.sentences import rich_sentence


def section(page: Page) -> Section | None:
    """The curve; None when there is no money measure or nothing was sold."""
    found, words = page.view.concentration, page.words
    if found is None or found.top20_share is None or found.for80_heads is None:
        return None
    figures = words.figures
    chart = figure(page, curve(found, words), words.t("sections.concentration"))
    verdict = next(f for f in findings(page.view) if f.code.startswith("concentration-"))
    rows = [
        [
            words.t("sources.top20.name"),
            figures.count(found.top20_heads),
            figures.share(found.top20_share, 2),
        ],
        [
            words.t("sources.for80.name"),
            figures.count(found.for80_heads),
            figures.share(found.for80_share, 2),
        ],
        [words.t("sources.largest.name"), "1", figures.share(found.largest_share, 2)],
    ]
    columns = [
        Column(words.t("columns.number"), numeric=False),
        Column(words.t("columns.heads"), source="for80"),
        Column("%", source="top20"),
    ]
    text = [paragraph(rich_sentence(verdict, words)), paragraph(words.t("intro.concentration"), quiet=True)]
    body = beside(chart, grow(*text, table(page, columns, rows)))
    return Section("concentration", words.t("sections.concentration"), join([body]))
