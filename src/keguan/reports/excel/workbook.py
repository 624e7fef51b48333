"""The workbook as a whole: summary first, then a sheet per scheme, customers, boundaries, playbooks, crossings, quality, provenance."""

from __future__ import annotations

from math import ceil
from pathlib import Path
from typing import Any

from keguan.core.languages import Lang
from keguan.core.notices import notice_text
from keguan.insight.findings import findings
from keguan.insight.folder import RunFolder
from keguan.insight.overview import Overview
from keguan.reports.excel.book import Book, width_of
from keguan.reports.excel.concentration import concentration_sheet
from keguan.reports.excel.customers import ROOM, customers_sheet
from keguan.reports.excel.playbook import report_playbooks
from keguan.reports.excel.schemes import scheme_sheets
from keguan.reports.excel.tables import (
    boundaries_sheet,
    crossings_sheet,
    provenance_sheet,
    quality_sheet,
    resources_sheet,
    satisfaction_sheet,
)
from keguan.reports.sentences import exact_numbers, plain_sentence
from keguan.reports.sources import value_window
from keguan.reports.words import Words

_FINDING_WIDTH, _FINDING_ROOM = 88, 78  # the column of the findings, and what surely fits on one of its lines


def write_workbook(folder: RunFolder, view: Overview, out: Path, lang: Lang, *, room: int = ROOM) -> None:
    """Write the workbook to `out`; at most `room` customers on their sheet."""
    words = Words(lang, view.record.currency)
    with Book(out, words, view.record.as_of) as book:
        summary, at = _summary(book, view)
        if view.concentration is not None and view.concentration.curve:
            concentration_sheet(book, summary, at + 2, view.concentration)
        scheme_sheets(book, view)
        customers_sheet(book, folder, view, room=room)
        boundaries_sheet(book, view)
        resources_sheet(book, view)
        satisfaction_sheet(book, view)
        report_playbooks(book, view)
        crossings_sheet(book, view)
        quality_sheet(book, view)
        provenance_sheet(book, view)


def _summary(book: Book, view: Overview) -> tuple[Any, int]:
    """The first sheet: what the run is about, and the findings in order; the sheet and its last row."""
    words, record = book.words, view.record
    sheet = book.sheet(words.t("sheets.summary"))
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, _FINDING_WIDTH)
    sheet.set_column(2, 2, 24)
    book.put(sheet, 0, 0, words.t("title"), "title")
    facts = [
        ("head.purpose", record.purpose), ("head.as_of", record.as_of.isoformat()), ("head.window", value_window(view, words)),
        ("head.population", words.t("head.subjects", n=words.figures.count(record.population))),
        ("head.currency", record.currency or words.t("head.currency_unknown")), ("head.profile", record.profile or "–"),
    ]  # fmt: skip
    at = 1
    for key, value in facts:
        at += 1
        book.put(sheet, at, 0, words.t(key), "note")
        book.put(sheet, at, 1, value)
    at += 2
    book.put(sheet, at, 0, words.t("sections.findings"), "section")
    for number, finding in enumerate(findings(view), start=1):
        at += 1
        sentence = plain_sentence(finding, words)
        sheet.set_row(at, 4 + 16 * ceil(width_of(sentence) / _FINDING_ROOM))
        book.put(sheet, at, 0, number, "number_of")
        book.put(sheet, at, 1, sentence, "finding")
        book.put(sheet, at, 2, exact_numbers(finding, words), "number_of")
    return sheet, _notices(book, sheet, at, view)


def _notices(book: Book, sheet: Any, at: int, view: Overview) -> int:
    """What the run must be read with; the last row."""
    words = book.words
    if view.record.notices:
        at += 2
        book.put(sheet, at, 0, words.t("sections.notices"), "section")
    for notice in view.record.notices:
        at += 1
        sentence = notice_text(notice, words.lang)
        sheet.set_row(at, 4 + 16 * ceil(width_of(sentence) / _FINDING_ROOM))
        book.put(sheet, at, 1, sentence, "finding")
    return at
