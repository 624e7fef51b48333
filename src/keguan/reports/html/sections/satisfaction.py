"""Satisfaction: the headline follows the final users, everybody else is listed apart, and who was not asked is named."""

from __future__ import annotations

from decimal import Decimal

from keguan.insight.satisfaction import FINAL, RoleScore, Satisfaction
from keguan.reports.html.parts import Column, Page, Section, paragraph, table
from keguan.reports.markup import Child, Markup, join, tag


def section(page: Page) -> Section | None:
    """Satisfaction by role; None where nobody was rated."""
    found, words = page.view.satisfaction, page.words
    if found is None:
        return None
    headline = tag("p", tag("strong", headline_text(page, found)))
    notes = [
        words.t("satisfaction.missing", role=words.t(f"satisfaction.roles.{role}")) for role in found.missing
    ]
    if found.at_risk:
        notes.append(words.t("satisfaction.at_risk", n=words.figures.count(found.at_risk)))
    listed = tag("ul", [tag("li", note) for note in notes], class_="notes") if notes else None
    body = join([paragraph(words.t("intro.satisfaction")), headline, _roles(page, found), listed])
    return Section("satisfaction", words.t("sections.satisfaction"), body)


def headline_text(page: Page, found: Satisfaction) -> str:
    """The overall figure in words: that of the final users, or that it is not known."""
    if found.headline is None:
        return page.words.t("satisfaction.headline_unknown")
    verdict = page.words.t(f"satisfaction.verdicts.{found.verdict}")
    return page.words.t(
        "satisfaction.headline", mean=_mean(found.headline), scale=f"{found.scale:f}", verdict=verdict
    )


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
        _mean(one.mean),
        words.t(f"satisfaction.verdicts.{one.verdict}"),
        words.t("satisfaction.in_headline" if one.role in FINAL else "satisfaction.apart"),
    ]


def _mean(value: Decimal) -> str:
    return f"{value.quantize(Decimal('0.1'))}"
