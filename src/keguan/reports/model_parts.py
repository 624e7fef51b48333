"""What pages of fitted models are made of: a drawing with its caption, a note, a table of figures; knows no model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from keguan.core.languages import Lang
from keguan.core.texts import text
from keguan.reports.charts.render import svg
from keguan.reports.html.parts import paragraph
from keguan.reports.markup import Markup, tag

if TYPE_CHECKING:
    import altair as alt


def section_name(key: str, lang: Lang) -> str:
    """The head of a section."""
    return text(f"forecast.sections.{key}", lang)


def drawn(chart: alt.Chart | alt.LayerChart, caption: str) -> Markup:
    """A chart with its caption."""
    return tag("figure", tag("figcaption", caption), svg(chart, caption))


def note(key: str, lang: Lang, **values: object) -> Markup:
    """What a picture shows, in a quiet sentence."""
    return paragraph(text(f"forecast.notes.{key}", lang, **values), quiet=True)


def figures_table(columns: Sequence[str], cells: Sequence[Sequence[str]], words: int = 1) -> Markup:
    """A table whose first column heads its row; after the first `words` columns come figures."""
    sort = ["n" if i >= words else None for i in range(len(columns))]
    head = [tag("th", c, scope="col", class_=k) for c, k in zip(columns, sort, strict=True)]
    body = [
        tag(
            "tr",
            tag("th", row[0], scope="row"),
            [tag("td", cell, class_=k) for cell, k in zip(row[1:], sort[1:], strict=True)],
        )
        for row in cells
    ]
    inner = tag("table", tag("thead", tag("tr", head)), tag("tbody", body))
    return tag("div", inner, class_="scroll", tabindex=0, role="region", aria_label=columns[0])
