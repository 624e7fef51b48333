"""The pieces a page is made of: figures, tables, class chips, and the button that tells where a number comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from keguan.insight.overview import Overview
from keguan.insight.record import SchemeRecord
from keguan.reports.charts.render import svg
from keguan.reports.markup import Child, Markup, join, tag
from keguan.reports.palette import OTHER, class_colours
from keguan.reports.sentences import class_text
from keguan.reports.sources import Source, sources
from keguan.reports.words import Words

if TYPE_CHECKING:
    import altair as alt

MOST_CLASSES = 30


@dataclass(frozen=True)
class Page:
    """What every section is given. `paper`: for print, without what only a screen can do."""

    view: Overview
    words: Words
    paper: bool

    @cached_property
    def sources(self) -> dict[str, Source]:
        """The provenance entries by id."""
        return sources(self.view, self.words)

    @cached_property
    def sales_head(self) -> str:
        """The head of a money column with its currency."""
        return with_currency(self.words.t("columns.sales"), self.words)


@dataclass(frozen=True)
class Section:
    """A part of the report with its place in the contents."""

    id: str
    title: str
    body: Markup


@dataclass(frozen=True)
class Column:
    """A table's column: its head, whether it holds numbers, and the source of those numbers."""

    head: str
    numeric: bool = True
    source: str | None = None


def with_currency(label: str, words: Words) -> str:
    """A column head that names the currency once."""
    if not words.currency:
        return label
    return f"{label}, {words.currency}" if words.lang == "en" else f"{label}（{words.currency}）"


def figure(page: Page, chart: alt.Chart | alt.LayerChart, caption: str, *, shown: bool = True) -> Markup:
    """A chart with its caption, which also names it for screen readers; not `shown`: for them alone."""
    drawing = svg(chart, caption, themed=not page.paper)
    return tag("figure", tag("figcaption", caption) if shown else None, drawing)


def source_button(page: Page, source: str | None) -> Markup | None:
    """The small button that opens a number's source; nothing on paper, where the last section lists them."""
    if source is None or page.paper:
        return None
    name = page.words.t("words.source_of", name=page.sources[source].name)
    return tag(
        "button",
        "?",
        type="button",
        class_="source",
        popovertarget=f"source-{source}",
        aria_label=name,
        title=name,
    )


def table(
    page: Page,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Child]],
    caption: str | None = None,
    name: str | None = None,
) -> Markup:
    """A table that scrolls by itself on a narrow screen; the first column heads its row. `name`: for screen readers only."""
    head = [
        tag("th", c.head, source_button(page, c.source), scope="col", class_="n" if c.numeric else None)
        for c in columns
    ]
    body = [
        tag("tr", [tag("th" if i == 0 else "td", cell, scope="row" if i == 0 else None, class_="n" if c.numeric else None)
                   for i, (c, cell) in enumerate(zip(columns, row, strict=True))])
        for row in rows
    ]  # fmt: skip
    inner = tag(
        "table",
        tag("caption", caption) if caption else None,
        tag("thead", tag("tr", head)),
        tag("tbody", body),
    )
    return tag(
        "div",
        inner,
        class_="scroll",
        tabindex=0,
        role="region",
        aria_label=caption or name or columns[0].head,
    )


def swatch(colour: str) -> Markup:
    """A small square in a class's colour; the word beside it carries the meaning."""
    return Markup(
        f'<svg class="swatch" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><rect width="12" height="12" rx="2" fill="{colour}"></rect></svg>'
    )


def chip(scheme: SchemeRecord, code: str | None, words: Words) -> Markup:
    """A class with its colour, code and name."""
    if code is None:
        return tag("span", swatch(OTHER), words.t("words.without_class"), class_="chip")
    colours = class_colours(scheme.codes, ordered=scheme.is_ordered)
    return tag("span", swatch(colours.get(code, OTHER)), class_text(scheme, code, words), class_="chip")


def paragraph(*children: Child, quiet: bool = False) -> Markup:
    """A paragraph; `quiet` for notes."""
    return tag("p", *children, class_="note" if quiet else None)


def beside(*children: Child, charts: bool = False) -> Markup:
    """Children side by side where there is room; `charts`: there are only pictures."""
    return tag("div", *children, class_="beside charts" if charts else "beside")


def grow(*children: Child) -> Markup:
    """Children one below the other, taking the room that is left beside figures."""
    return tag("div", join(children), class_="grow")
