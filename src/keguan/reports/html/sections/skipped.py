"""Schemes the data could not feed: why, and what they lack."""

from __future__ import annotations

from keguan.reports.html.parts import Column, Page, Section, paragraph, table
from keguan.reports.markup import Child, join
from keguan.reports.sentences import why_skipped


def section(page: Page) -> Section | None:
    """The list; None when every scheme ran."""
    words, skipped = page.words, page.view.record.skipped
    if not skipped:
        return None
    columns = [
        Column(words.t("columns.scheme"), numeric=False),
        Column(words.t("columns.why"), numeric=False),
    ]
    rows: list[list[Child]] = []
    for one in skipped:
        rows.append([words.label(one.labels, one.id), why_skipped(one, words)])
    return Section(
        "skipped",
        words.t("sections.skipped"),
        join([paragraph(words.t("intro.skipped")), table(page, columns, rows)]),
    )
