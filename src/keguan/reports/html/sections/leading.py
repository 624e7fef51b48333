"""The leading scheme: its two pyramids, its table, and the cuts on the spread of what it measures."""

from __future__ import annotations

from keguan.reports.charts.classes import class_bars
from keguan.reports.charts.histogram import cut_histogram
from keguan.reports.charts.pyramid import pyramid
from keguan.reports.html.distribution import class_table, scheme_notes
from keguan.reports.html.parts import Page, Section, beside, figure, grow, paragraph
from keguan.reports.markup import Markup, join, tag
from keguan.reports.sentences import measure_label


def section(page: Page) -> Section | None:
    """The leading scheme's section."""
    view, words = page.view, page.words
    found = view.leading
    if found is None:
        return None
    ordered = found.scheme.is_ordered
    if ordered:
        sides = [figure(page, pyramid(found, "heads", words), words.t("words.heads_first"))]
        if found.sales is not None:
            sides.append(figure(page, pyramid(found, "sales", words), words.t("words.sales_first")))
    else:
        sides = [figure(page, class_bars(found, words), words.t("words.bars"))]
    intro = paragraph(words.t("intro.leading" if ordered else "intro.leading_plain"))
    name = words.label(found.scheme.labels, found.scheme.column)
    body = join(
        [
            intro,
            tag("div", sides, class_="twins") if ordered else beside(*sides),
            class_table(page, found),
            _spread(page),
            scheme_notes(page, found),
        ]
    )
    return Section("leading", words.t("sections.leading", scheme=name), body)


def _spread(page: Page) -> Markup | None:
    found, lead, words = page.view.histogram, page.view.leading, page.words
    if found is None or lead is None or not found.bins:
        return None
    label = measure_label(found.measure, words)
    notes = [paragraph(words.t("intro.histogram"))]
    if found.n_zero or found.n_negative:
        zero, negative = words.figures.count(found.n_zero), words.figures.count(found.n_negative)
        notes.append(paragraph(words.t("intro.histogram_rest", zero=zero, negative=negative), quiet=True))
    chart = figure(page, cut_histogram(found, lead.scheme, words), words.t("words.spread", measure=label))
    return beside(chart, grow(*notes))
