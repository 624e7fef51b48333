"""Any two schemes crossed: two pictures that tell most, and every pair as a table to open."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby

from keguan.insight.crossing import MOST as LIMIT
from keguan.insight.crossing import Crossing
from keguan.insight.record import SchemeRecord
from keguan.reports.charts.crossing import MOST, crossing_map
from keguan.reports.html.parts import (
    Column,
    Page,
    Section,
    beside,
    chip,
    figure,
    paragraph,
    source_button,
    table,
)
from keguan.reports.markup import Child, Markup, join, tag
from keguan.reports.sentences import class_text

_PICTURED = ("rfm", "loyalty-quadrant", "customer-lifecycle", "relationship-tenure")


def section(page: Page) -> Section | None:
    """Pictures of the leading scheme against two others, and the tables of all pairs."""
    found, words = page.view.crossings, page.words
    if not found:
        return None
    pictures = [figure(page, crossing_map(c, words), _title(page, c)) for c in _pictured(page)]
    intro = paragraph(words.t("intro.crossings"), " ", source_button(page, "crossing"))
    rest = paragraph(words.t("intro.crossings_paper"), quiet=True) if page.paper else _all(page)
    return Section(
        "crossings", words.t("sections.crossings"), join([intro, beside(*pictures, charts=True), rest])
    )


def _pictured(page: Page) -> list[Crossing]:
    lead = page.view.leading
    own = [c for c in page.view.crossings if lead is not None and c.rows is lead.scheme]
    ranked = sorted(
        own, key=lambda c: _PICTURED.index(c.columns.id) if c.columns.id in _PICTURED else len(_PICTURED)
    )
    return ranked[:2]


def _title(page: Page, found: Crossing) -> str:
    words = page.words
    a, b = (words.label(s.labels, s.column) for s in (found.rows, found.columns))
    return words.t("words.crossed", a=a, b=b)


def _all(page: Page) -> Markup:
    """The pairs as tables to open, gathered under the pair's first scheme."""
    words = page.words
    groups = groupby(page.view.crossings, key=lambda c: c.rows)
    opened = [
        tag(
            "details",
            tag("summary", words.t("words.crossed", a=words.label(rows.labels, rows.column), b="…")),
            tag(
                "div",
                [tag("details", tag("summary", _title(page, c)), _table(page, c)) for c in own],
                class_="pairs",
            ),
        )
        for rows, own in groups
    ]
    n = len(page.view.record.schemes)
    limits = {"n": words.figures.count(n), "most": words.figures.count(LIMIT)}
    note = paragraph(words.t("intro.crossings_most", **limits), quiet=True) if n > LIMIT else None
    return join([tag("h3", words.t("intro.crossings_all")), note, opened])


def _table(page: Page, found: Crossing) -> Markup:
    words = page.words
    rows, columns = _codes(found.rows, found, "row"), _codes(found.columns, found, "column")
    heads = [
        Column(words.t("columns.class"), numeric=False),
        *(Column(_head(found.columns, c, page)) for c in columns),
    ]
    body: list[list[Child]] = [
        [chip(found.rows, r, words), *(_cell(page, found, r, c) for c in columns)] for r in rows
    ]
    return table(page, heads, body)


def _codes(scheme: SchemeRecord, found: Crossing, side: str) -> list[str | None]:
    """The classes to list, at most ten a side; whoever has no class in that scheme comes last."""
    codes: list[str | None] = list(scheme.codes[:MOST])
    return [*codes, None] if any(getattr(c, side) is None for c in found.cells) else codes


def _head(scheme: SchemeRecord, code: str | None, page: Page) -> str:
    return page.words.t("words.without_class") if code is None else class_text(scheme, code, page.words)


def _cell(page: Page, found: Crossing, row: str | None, column: str | None) -> Markup:
    heads = found.cell(row, column).heads
    if not heads:
        return tag("span", "–", class_="no")
    share = Decimal(heads) / max(found.row_heads(row), 1)
    return join([page.words.figures.count(heads), " ", tag("small", page.words.figures.share(share, 0))])
