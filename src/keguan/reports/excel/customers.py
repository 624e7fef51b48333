"""The customers, one wide row each: class in every scheme and every measure, the most valuable first. What is counted by single
cue, role or tag stays in the Parquet file: dozens of columns hardly anybody reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from keguan.insight.folder import RunFolder, quoted
from keguan.insight.overview import Overview
from keguan.insight.record import MeasureRecord, SchemeRecord
from keguan.reports.excel.book import MOST_ROWS, Book, Cell, Field, room_for
from keguan.reports.sentences import class_text, measure_label

_HEAD_ROW = 1
ROOM = MOST_ROWS - _HEAD_ROW - 1


def customers_sheet(book: Book, folder: RunFolder, view: Overview, *, room: int = ROOM) -> None:
    """The sheet; beyond `room` rows the rest is left to the Parquet file, and a sentence says so."""
    words = book.words
    schemes = view.record.schemes
    known = {n: m for n, m in view.record.measures.items() if n in folder.columns}
    measures = [m for n, m in known.items() if ":" not in n]
    sheet = book.sheet(words.t("sheets.customers"), one_page_wide=False)
    sheet.repeat_columns(0)
    n, shown = view.record.population, min(view.record.population, room)
    values = {
        "n": words.figures.count(n),
        "shown": words.figures.count(shown),
        "measure": measure_label(view.value, words),
    }
    note = words.t("excel.capped" if n > room else "excel.all", **values)
    if len(measures) < len(known):
        note += words.t("excel.members", n=len(known) - len(measures))
    book.put(sheet, 0, 0, note, "note")
    has_name = "name" in folder.columns
    fields = [
        Field(words.t("columns.id"), width=18),
        *([Field(words.t("columns.name"), width=30)] if has_name else []),
    ]
    fields += [
        Field(words.label(s.labels, s.column), width=room_for(_names(s, book).values(), 18)) for s in schemes
    ]
    fields += [Field(measure_label(m, words), _format(m), 16) for m in measures]
    book.table(sheet, _HEAD_ROW, fields, _rows(book, folder, view, measures, has_name, shown), only=True)


def _format(measure: MeasureRecord) -> str:
    if measure.type == "money" or measure.unit == "money":
        return "money"
    if measure.type == "date":
        return "day"
    if measure.unit == "share":
        return "share"
    return "number" if measure.type == "number" else "text"


def _rows(
    book: Book, folder: RunFolder, view: Overview, measures: list[MeasureRecord], has_name: bool, shown: int
) -> Iterator[list[Cell]]:
    schemes = view.record.schemes
    columns = [
        "subject",
        *(["label"] if has_name else []),
        *(quoted(s.column) for s in schemes),
        *(quoted(m.name) for m in measures),
    ]
    order = f"{quoted(view.value.name)} DESC NULLS LAST, subject" if view.value else "subject"
    names = [_names(s, book) for s in schemes]
    first = 2 if has_name else 1
    for batch in folder.batches(f"SELECT {', '.join(columns)} FROM run ORDER BY {order} LIMIT {shown}"):
        lists: list[list[Any]] = [column.to_pylist() for column in batch.columns]
        for i, known in enumerate(names, start=first):
            lists[i] = [known.get(code, code) for code in lists[i]]
        yield from (list(row) for row in zip(*(map(_cell, column) for column in lists), strict=True))


def _names(scheme: SchemeRecord, book: Book) -> dict[str | None, str]:
    return {code: class_text(scheme, code, book.words) for code in scheme.codes}


def _cell(value: Any) -> Cell:
    """A value a cell can hold; a list becomes text, a number that is none becomes nothing."""
    if isinstance(value, float) and value - value != 0:
        return None
    if isinstance(value, bool):
        return str(value)
    if value is None or isinstance(value, Cell):
        return value
    return str(value)
