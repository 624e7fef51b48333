"""Satisfaction: the headline follows the final users, everybody else is listed apart, and who was not asked is named."""

from __future__ import annotations

from keguan.insight.satisfaction import FINAL, RoleScore, Satisfaction
from keguan.reports.html.parts import Column, Page, Section, paragraph, table
from keguan.reports.markup import Child, Markup, join, tag
from keguan.reports.sentences import mean_score, satisfaction_headline, satisfaction_notes


def section(page: Page) -> Section | None:
    """Satisfaction by role; None where nobody was rated."""
    found, words = page.view.satisfaction, page.words
    if found is None:
        return None
    headline = tag("p", tag("strong", satisfaction_headline(found, words)))
    notes = satisfaction_notes(found, words)
    listed = tag("ul", [tag("li", note) for note in notes], class_="notes") if notes else None
    body = join([paragraph(words.t("intro.satisfaction")), headline, _roles(page, found), listed])
    return Section("satisfaction", words.t("sections.satisfaction"), body)


def _roles(page: Page, found: Satisfaction) -> Markup:
    words = page.words
    columns = [
        Column(words.t("columns.role"), numeric=False),
        Column(words.t("columns.ratings")),
        Column(words.t("columns.mean")),
        Column(words.t("columns.verdict"), numeric=False),
        Column(words.t("columns.counts_in"), numeric=False),
    ]
    return table(page, columns, [_row(page, one) for one in found.roles])


def _row(page: Page, one: RoleScore) -> list[Child]:
    words = page.words
    return [
        words.t(f"satisfaction.roles.{one.role}"),
        words.figures.count(one.ratings),
        mean_score(one.mean),
        words.t(f"satisfaction.verdicts.{one.verdict}"),
        words.t("satisfaction.in_headline" if one.role in FINAL else "satisfaction.apart"),
    ]
