"""Who sits on a boundary, by name: the nearest above and below each cut of the leading scheme."""

from __future__ import annotations

from keguan.insight.boundary import BoundaryList, Near
from keguan.insight.record import MeasureRecord, SchemeRecord
from keguan.reports.html.parts import Column, Page, Section, paragraph, swatch, table
from keguan.reports.markup import Child, Markup, join, tag
from keguan.reports.palette import OTHER, class_colours
from keguan.reports.sentences import class_text, measure_label


def section(page: Page) -> Section | None:
    """One pair of lists per cut; None for a scheme without numeric cuts."""
    view, words = page.view, page.words
    if view.leading is None or not view.boundaries:
        return None
    within = words.figures.share(view.boundaries[0].within, 0)
    if not any(b.n_above or b.n_below for b in view.boundaries):
        body = [paragraph(words.t("intro.boundaries_none"))]
    else:
        body = [paragraph(words.t("intro.boundaries", within=within))]
        body += [_cut(page, view.leading.scheme, b) for b in view.boundaries if b.n_above or b.n_below]
    return Section("boundaries", words.t("sections.boundaries"), join(body))


def _cut(page: Page, scheme: SchemeRecord, found: BoundaryList) -> Markup:
    words, boundary = page.words, found.boundary
    measure = page.view.record.measures.get(boundary.measure)
    name = class_text(scheme, boundary.name, words) if boundary.place is not None else boundary.name
    title = tag("h3", words.t("words.cut_at", name=name, value=words.value(measure, boundary.value)))
    sides = [
        _side(page, scheme, measure, words.t("words.below"), found.below, found.n_below),
        _side(page, scheme, measure, words.t("words.above"), found.above, found.n_above),
    ]
    return tag("div", title, tag("div", sides, class_="pair"), class_="cut")


def _side(
    page: Page,
    scheme: SchemeRecord,
    measure: MeasureRecord | None,
    title: str,
    near: tuple[Near, ...],
    n: int,
) -> Markup:
    words = page.words
    is_money = measure is not None and measure.type == "money"
    label = measure_label(measure, words)
    columns = [
        Column(words.t("columns.customer"), numeric=False),
        Column(page.sales_head if is_money else label),
        Column(words.t("columns.distance"), source="boundary"),
    ]
    show = words.figures.amount if is_money else words.figures.number
    rows: list[list[Child]] = [
        [_who(one, scheme), show(one.value), _signed(show(one.distance), one)] for one in near
    ]
    key = "words.shown" if n > len(near) else "words.all_shown"
    note = paragraph(words.t(key, n=words.figures.count(n), shown=len(near)), quiet=True)
    return tag("div", tag("h4", title), table(page, columns, rows) if rows else None, note)


def _who(one: Near, scheme: SchemeRecord) -> Markup:
    colours = class_colours(scheme.codes, ordered=scheme.is_ordered)
    id_ = tag("small", one.subject) if one.label else None
    return tag(
        "span",
        swatch(colours.get(one.code or "", OTHER)),
        tag("span", one.label or one.subject, class_="who"),
        id_,
        class_="chip",
    )


def _signed(text: str, one: Near) -> str:
    return f"+{text}" if one.distance > 0 else text
