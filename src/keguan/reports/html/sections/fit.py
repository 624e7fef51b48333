"""Which schemes fit the data: those that were computed by what they are about, and the others by what is missing."""

from __future__ import annotations

from keguan.insight.record import SchemeRecord
from keguan.reports.html.parts import Column, Page, Section, paragraph, table
from keguan.reports.markup import Child, Markup, join, tag
from keguan.runs.lacks import family_in_words, gaps, in_a_row


def section(page: Page) -> Section:
    """Both tables; the second only where a scheme did not run."""
    words, skipped = page.words, page.view.record.skipped
    ran = {s.id: s for s in page.view.record.schemes}
    missing = page.view.record.n_not_computed
    counts = {"all": words.figures.count(len(ran) + missing), "n": words.figures.count(len(ran))}
    body = [paragraph(words.t("intro.fit" if missing else "intro.fit_all", **counts)), _computed(page, ran)]
    if skipped:
        body += [paragraph(words.t("intro.fit_not")), _missing(page)]
    return Section("fit", words.t("sections.fit"), join(body))


def _computed(page: Page, ran: dict[str, SchemeRecord]) -> Markup:
    words = page.words
    families: dict[str, list[SchemeRecord]] = {}
    for scheme in ran.values():
        families.setdefault(scheme.family, []).append(scheme)
    rows: list[list[Child]] = [
        [
            family_in_words(family, words.lang),
            in_a_row((words.label(s.scheme_labels, s.id) for s in schemes), words.lang),
        ]
        for family, schemes in families.items()
    ]
    return _pairs(page, ("family", "schemes"), rows)


def _missing(page: Page) -> Markup:
    words = page.words
    found = gaps(page.view.record.skipped, words.lang)
    rows: list[list[Child]] = [
        [gap.head, in_a_row(gap.said(lambda s: words.label(s.labels, s.id), words.lang), words.lang)]
        for gap in found
    ]
    return _pairs(page, ("missing", "schemes"), rows)


def _pairs(page: Page, heads: tuple[str, str], rows: list[list[Child]]) -> Markup:
    columns = [Column(page.words.t(f"columns.{head}"), numeric=False) for head in heads]
    return tag("div", table(page, columns, rows), class_="prose")
