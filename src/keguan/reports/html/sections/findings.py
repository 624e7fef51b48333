"""Findings: what deserves to be said first, in sentences, each with its picture and its source."""

from __future__ import annotations

from keguan.insight.findings import Finding, findings
from keguan.reports.html.parts import Page, Section, source_button
from keguan.reports.markup import Markup, tag
from keguan.reports.sentences import rich_sentence


def section(page: Page) -> Section | None:
    """The findings, most important first; smaller matters follow in a quieter list."""
    found = findings(page.view)
    main = [f for f in found if f.importance >= 50]
    rest = [f for f in found if f.importance < 50]
    body = [
        tag("ol", [_item(page, f) for f in main], class_="findings"),
        tag("ul", [_item(page, f) for f in rest], class_="findings quiet") if rest else None,
    ]
    return Section("findings", page.words.t("sections.findings"), tag("div", body))


def _item(page: Page, finding: Finding) -> Markup:
    see = tag("a", page.words.t("words.see"), href=f"#{finding.section}", class_="see")
    return tag("li", rich_sentence(finding, page.words), " ", see, " ", source_button(page, finding.source))
