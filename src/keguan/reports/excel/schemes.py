"""One sheet per scheme: its classes with shares, a native chart of heads against sales, and its notes. A scheme of several
questions has their tables one below the other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from keguan.core.notices import notice_text
from keguan.insight.distribution import Distribution
from keguan.insight.overview import Overview
from keguan.insight.rfm import RfmGrid
from keguan.reports.excel.book import Book, Cell, Field, width_of
from keguan.reports.palette import LIGHT, OTHER, class_colours

_HEAD_ROW, _FIELDS = 2, 9


def scheme_sheets(book: Book, view: Overview) -> None:
    """A sheet for every scheme of the run."""
    for _, own in groupby(view.distributions, key=lambda d: d.scheme.id):
        found = list(own)
        if len(found) == 1:
            _one_question(book, view, found[0])
        else:
            _several_questions(book, view, found)


def _one_question(book: Book, view: Overview, found: Distribution) -> None:
    words, scheme = book.words, found.scheme
    sheet = book.sheet(words.label(scheme.labels, scheme.column))
    book.put(sheet, 0, 0, words.label(scheme.labels, scheme.column), "title")
    at = _classes(book, view, sheet, _HEAD_ROW, found)
    sheet.freeze_panes(_HEAD_ROW + 1, 0)
    sheet.autofilter(_HEAD_ROW, 0, max(at - 1, _HEAD_ROW), _FIELDS - 1)
    at = _notes(book, sheet, at + 1, found)
    if view.rfm is not None and view.rfm.scheme is scheme:
        at = _grid(book, sheet, at + 1, view.rfm)
    if found.classes:
        _chart(book, sheet, at + 1, found)


def _several_questions(book: Book, view: Overview, found: Sequence[Distribution]) -> None:
    words, scheme = book.words, found[0].scheme
    name = words.label(scheme.scheme_labels, scheme.id)
    sheet = book.sheet(name)
    book.put(sheet, 0, 0, name, "title")
    at = _HEAD_ROW
    for one in found:
        book.put(sheet, at, 0, words.label(one.scheme.labels, one.scheme.column), "section")
        at = _notes(book, sheet, _classes(book, view, sheet, at + 1, one), one) + 1


def _classes(book: Book, view: Overview, sheet: Any, head_row: int, found: Distribution) -> int:
    """The table of the classes; returns the row after it."""
    words, scheme = book.words, found.scheme
    cuts = {
        b.name: words.value(view.record.measures.get(b.measure), b.value)
        for b in view.cuts.get(scheme.column, ())
        if b.place is not None
    }
    fields = [
        Field("", width=max(7.0, *(width_of(c.code) + 2 for c in found.classes))), Field(words.t("columns.class"), width=26), Field(words.t("columns.from"), width=16),
        Field(words.t("columns.heads"), "count"), Field(words.t("columns.heads_share"), "share"), Field(words.t("columns.sales"), "money", 18),
        Field(words.t("columns.sales_share"), "share"), Field(words.t("columns.per_head"), "money", 16), Field(words.t("columns.basis"), "aside", 30),
    ]  # fmt: skip
    given = {c.code: c.given for c in scheme.classes}
    colours = class_colours(scheme.codes, ordered=scheme.is_ordered)
    book.heads(sheet, head_row, fields)
    at = head_row + 1
    for place, one in enumerate(found.classes):
        cells = _row(book, found, place, cuts, given)
        sheet.write_string(at, 0, str(cells[0]), book.colour(colours.get(one.code, OTHER)))
        for i, (field, value) in enumerate(zip(fields[1:], cells[1:], strict=True), start=1):
            book.put(sheet, at, i, value, field.format)
        at += 1
    return at


def _row(
    book: Book, found: Distribution, i: int, cuts: dict[str, str], given: dict[str, str | None]
) -> list[Cell]:
    one, words = found.classes[i], book.words
    basis = given.get(one.code)
    return [
        one.code, found.scheme.class_label(one.code, words.lang), cuts.get(one.code), one.heads, one.heads_share, one.sales, one.sales_share,
        one.sales_per_head, words.t("words.given", locator=basis) if basis else words.t("words.ours"),
    ]  # fmt: skip


def _notes(book: Book, sheet: Any, at: int, found: Distribution) -> int:
    words, scheme = book.words, found.scheme
    notes = [words.t("words.measured", measure=words.measure(scheme.measure))] if scheme.measure else []
    notes += [notice_text(code, words.lang) for code in scheme.notices]
    if found.without_class:
        notes.append(
            words.t(
                "words.reason_count",
                reason=words.t("words.without_class"),
                n=words.figures.count(found.without_class),
            )
        )
    if scheme.left_out:
        notes.append(
            words.t("words.left_out", names=words.listed([words.measure(n) for n in scheme.left_out]))
        )
    if scheme.ties_at_cut:
        notes.append(words.t("words.ties", n=words.figures.count(scheme.ties_at_cut)))
    if scheme.references:
        notes.append(words.t("words.references", items=words.listed(list(scheme.references))))
    for note in notes:
        book.put(sheet, at, 0, note, "note")
        at += 1
    return at


def _grid(book: Book, sheet: Any, at: int, grid: RfmGrid) -> int:
    """Recency by frequency, heads in the cells, coloured by their number."""
    words, start = book.words, at
    book.put(sheet, at, 0, words.t("sections.rfm"), "section")
    known = {(c.r, c.f): c.heads for c in grid.cells}
    for f in range(1, grid.bins + 1):
        book.put(sheet, at + 1, f, f"F{f}", "head")
    for step, r in enumerate(range(grid.bins, 0, -1), start=2):
        book.put(sheet, at + step, 0, f"R{r}", "head")
        for f in range(1, grid.bins + 1):
            book.put(sheet, at + step, f, known.get((r, f), 0), "count")
    scale = {"type": "2_color_scale", "min_color": "#ffffff", "max_color": "#7599d2"}
    sheet.conditional_format(start + 2, 1, start + 1 + grid.bins, grid.bins, scale)
    return at + 2 + grid.bins


def _chart(book: Book, sheet: Any, at: int, found: Distribution) -> None:
    words, n = book.words, len(found.classes)
    colours = [*class_colours(found.scheme.codes, ordered=found.scheme.is_ordered).values()]
    chart = book.file.add_chart({"type": "bar"})
    assert chart is not None  # xlsxwriter knows the type
    first, last = _HEAD_ROW + 1, _HEAD_ROW + n
    points = [{"fill": {"color": c}} for c in colours]
    name, categories = sheet.get_name(), [sheet.get_name(), first, 1, last, 1]
    sides = [(4, words.t("columns.heads_share"), 62)] + (
        [(6, words.t("columns.sales_share"), 0)] if found.sales is not None else []
    )
    for column, title, transparency in sides:
        faded = (
            [{"fill": {"color": c, "transparency": transparency}, "border": {"color": c}} for c in colours]
            if transparency
            else points
        )
        chart.add_series({
            "name": title, "categories": categories, "values": [name, first, column, last, column], "points": faded, "gap": 60,
            "fill": {"color": colours[0] if colours else OTHER, "transparency": transparency}, "data_labels": {"value": True, "num_format": "0.0%"},
        })  # fmt: skip
    chart.set_title(
        {"name": words.t("words.bars"), "name_font": {"size": 11, "bold": False, "color": LIGHT["muted"]}}
    )
    chart.set_y_axis({"reverse": True, "line": {"color": LIGHT["line"]}})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 560, "height": 150 + 44 * n})
    sheet.insert_chart(at, 1, chart)
