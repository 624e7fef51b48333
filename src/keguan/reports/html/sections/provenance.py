"""Provenance: how every number is made, from which data, by which version of which scheme."""

from __future__ import annotations

from keguan.reports.html.parts import Column, Page, Section, paragraph, table
from keguan.reports.html.sections.quality import policies_table
from keguan.reports.intake_words import short_name, table_words
from keguan.reports.markup import Child, Markup, join, tag


def section(page: Page) -> Section | None:
    """The tables of sources, inputs, schemes and policies."""
    words = page.words
    body = [
        paragraph(words.t("intro.provenance")), _numbers(page), _schemes(page), _parts(page),
        policies_table(page, page.view.quality.policies),
    ]  # fmt: skip
    return Section("provenance", words.t("sections.provenance"), join(body))


def _numbers(page: Page) -> Markup:
    words = page.words
    names = ("number", "how", "window", "basis")
    heads = [words.t("head.window") if n == "window" else words.t(f"columns.{n}") for n in names]
    rows: list[list[Child]] = [[s.name, s.how, s.window or "–", s.basis] for s in page.sources.values()]
    return tag("div", table(page, [Column(h, numeric=False) for h in heads], rows), class_="prose")


def _schemes(page: Page) -> Markup:
    words = page.words
    columns = [
        Column(words.t(f"columns.{n}"), numeric=False) for n in ("scheme", "kind", "version", "meaning")
    ]
    rows: list[list[Child]] = [
        [
            words.label(s.labels, s.column),
            words.known("kinds", s.kind),
            str(s.version),
            tag("code", s.meaning[:19]),
        ]
        for s in page.view.record.schemes
    ]
    return table(page, columns, rows, words.t("words.versions"))


def _parts(page: Page) -> Markup | None:
    words, parts = page.words, page.view.quality.parts
    if not parts:
        return None
    columns = [
        Column(words.t(f"columns.{n}"), numeric=n == "rows")
        for n in ("source", "table", "rows", "fingerprint")
    ]
    rows: list[list[Child]] = [
        [
            short_name(p.source),
            table_words(p.table, words),
            words.figures.count(p.rows),
            tag("code", p.fingerprint[:19]),
        ]
        for p in parts
    ]
    return table(page, columns, rows, words.t("words.input"))
