"""The notions of a large customer side by side, and how far they name the same people."""

from __future__ import annotations

from keguan.insight.notions import Combination, Notion, Overlap
from keguan.reports.html.parts import Column, Page, Section, paragraph, table
from keguan.reports.markup import Child, Markup, join, tag
from keguan.reports.sentences import class_text


def section(page: Page) -> Section | None:
    """The overlap; None unless two notions ran."""
    found, words = page.view.overlap, page.words
    if found is None:
        return None
    body = join([paragraph(words.t("intro.overlap")), _notions(page, found), _combinations(page, found)])
    return Section("overlap", words.t("sections.overlap"), body)


def _notions(page: Page, found: Overlap) -> Markup:
    words = page.words
    columns = [
        Column(words.t("columns.notion"), numeric=False),
        Column(words.t("columns.class"), numeric=False),
        Column(words.t("columns.heads"), source="overlap"),
        Column(page.sales_head),
    ]
    rows: list[list[Child]] = [
        [
            words.t(f"notions.{n.code}"),
            _class(page, n),
            words.figures.count(n.heads),
            words.figures.amount(n.sales),
        ]
        for n in found.notions
    ]
    return table(page, columns, rows)


def _class(page: Page, notion: Notion) -> str:
    scheme = page.words.label(notion.scheme.labels, notion.scheme.id)
    name = class_text(notion.scheme, notion.class_code, page.words)
    return page.words.t("words.large_is", **{"scheme": scheme, "class": name})


def _combinations(page: Page, found: Overlap) -> Markup:
    words = page.words
    columns = [Column(words.t(f"notions.{n.code}"), numeric=False) for n in found.notions]
    columns += [Column(words.t("columns.heads")), Column(page.sales_head)]
    rows = [_row(page, found, c) for c in found.combinations]
    return table(page, columns, rows)


def _row(page: Page, found: Overlap, combination: Combination) -> list[Child]:
    words = page.words
    marks: list[Child] = [_mark(page, n.code in combination.notions) for n in found.notions]
    return [*marks, words.figures.count(combination.heads), words.figures.amount(combination.sales)]


def _mark(page: Page, held: bool) -> Markup:
    if not held:
        return tag("span", "–", class_="no")
    return tag("span", "✓ " + page.words.t("words.counted"), class_="yes")
