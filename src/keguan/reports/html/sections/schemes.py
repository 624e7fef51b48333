"""Every other scheme: bars beside the table, and what must be known to read it."""

from __future__ import annotations

from keguan.insight.distribution import Distribution
from keguan.reports.charts.classes import class_bars
from keguan.reports.html.distribution import class_table, scheme_notes
from keguan.reports.html.parts import Page, Section, beside, figure, grow, paragraph
from keguan.reports.markup import Markup, join, tag


def section(page: Page) -> Section | None:
    """All schemes but the leading one, in the run's order."""
    others = [d for d in page.view.distributions if d is not page.view.leading]
    if not others:
        return None
    body = [paragraph(page.words.t("intro.schemes")), *(_scheme(page, d) for d in others)]
    return Section("schemes", page.words.t("sections.schemes"), join(body))


def _scheme(page: Page, found: Distribution) -> Markup:
    words, scheme = page.words, found.scheme
    name = words.label(scheme.labels, scheme.id)
    title = tag("h3", name, " ", tag("small", scheme.column))
    chart = (
        figure(page, class_bars(found, words), words.t("words.bars"), shown=False) if found.heads else None
    )
    inner = beside(chart, grow(class_table(page, found, sources=False), scheme_notes(page, found)))
    return tag("article", title, inner, id=f"scheme-{scheme.column}", class_="scheme")
