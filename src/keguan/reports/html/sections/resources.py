"""What each class takes up in time and money beside what it brings: measured, never assumed."""

from __future__ import annotations

from decimal import Decimal

from keguan.insight.resources import ClassUse, Resources
from keguan.reports.html.parts import Column, Page, Section, paragraph, table, with_currency
from keguan.reports.markup import Child, join
from keguan.reports.sentences import class_text

_HOUR = Decimal(60)


def section(page: Page) -> Section | None:
    """Use of resources by class; None where neither time nor cost is known."""
    found, words = page.view.resources, page.words
    if found is None:
        return None
    columns = [
        Column(words.t("columns.class"), numeric=False),
        Column(words.t("columns.heads")),
        Column(page.sales_head),
        Column(words.t("columns.sales_share")),
        Column(words.t("columns.hours")),
        Column(words.t("columns.hours_share")),
        Column(with_currency(words.t("columns.cost"), words)),
        Column(words.t("columns.cost_share")),
    ]
    rows = [_row(page, found, one) for one in found.classes]
    body = join([paragraph(words.t("intro.resources")), table(page, columns, rows)])
    return Section("resources", words.t("sections.resources"), body)


def _row(page: Page, found: Resources, one: ClassUse) -> list[Child]:
    figures = page.words.figures
    hours = None if one.minutes is None else (one.minutes / _HOUR).quantize(Decimal("0.1"))
    return [
        class_text(found.scheme, one.code, page.words),
        figures.count(one.heads),
        figures.amount(one.value),
        figures.share(one.value_share),
        "–" if hours is None else f"{hours:,}",
        figures.share(one.minutes_share),
        figures.in_cents(one.cost),
        figures.share(one.cost_share),
    ]
