"""The next actions as files: a table (CSV), a workbook with the playbooks beside it (Excel), a calendar (ICS)."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from keguan.core.errors import Place, fail
from keguan.core.languages import Lang
from keguan.playbooks.actions import Actions
from keguan.playbooks.words import say, table_for_people
from keguan.reports.calendar import calendar_text
from keguan.reports.plain import write_csv

if TYPE_CHECKING:
    import pyarrow as pa

    from keguan.reports.excel.book import Book

ROOM = 10_000
"""Actions on a workbook's sheet: the first in order; the summary says how many there are, CSV has all."""

_PAPER = {
    "planned_on": ("day", 12),
    "status": ("wrap_aside", 9),
    "customer": ("wrap", 11),
    "name": ("wrap", 14),
    "owner": ("wrap", 9),
    "deed": ("wrap", 12),
    "channel": ("wrap", 10),
    "who": ("wrap", 10),
    "deadline": ("day", 12),
    "why": ("wrap_aside", 46),
    "say": ("wrap", 52),
    "avoid": ("wrap", 20),
}
"""What one wants in hand: the columns that are printed, large enough to be read, with their formats and widths."""

_BESIDE = {
    "due": ("day", 12),
    "overdue_days": ("count", 10),
    "minutes": ("count", 10),
    "priority": ("wrap_aside", 10),
    "value": ("money", 14),
}
"""The columns right of them, for sorting and counting on the screen."""


def write_actions(found: Actions, out: Path, lang: Lang, *, force: bool = False) -> Path:
    """Write `found` in the form the ending of `out` names, whole or not at all.

    Raises KG610 (unknown ending), KG611 (the file exists and `force` is not given), KG654 (too much for a calendar).
    """
    writers: dict[str, Callable[[Actions, Path, Lang], None]] = {
        ".csv": _csv,
        ".xlsx": _workbook,
        ".ics": _calendar,
    }
    ending = out.suffix.lower()
    if ending not in writers:
        raise fail("KG610", Place(str(out)), known=" ".join(writers))
    if out.exists() and not force:
        raise fail("KG611", Place(str(out)))
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = out.with_name(f".{uuid4().hex}{ending}")
    try:
        writers[ending](found, draft, lang)
        os.replace(draft, out)
    finally:
        draft.unlink(missing_ok=True)
    return out


def notices(found: Actions, lang: Lang) -> list[str]:
    """What a reader must know beside the list: who is left alone, what waits, what found no time."""
    counts = found.counts
    said = [
        ("opted_out", found.opted_out), ("held", counts["held"].actions), ("over", counts["over"].actions),
    ]  # fmt: skip
    sentences = [say(key, lang, n=f"{n:,}") for key, n in said if n]
    alike = [say("same_for_all", lang, scheme=labels[lang]) for labels in found.undifferentiated]
    return [*sentences, *alike]


def _csv(found: Actions, draft: Path, lang: Lang) -> None:
    write_csv(table_for_people(found, lang), draft, for_people=True)


def _calendar(found: Actions, draft: Path, lang: Lang) -> None:
    draft.write_bytes(calendar_text(found, lang).encode())


def _workbook(found: Actions, draft: Path, lang: Lang, room: int = ROOM) -> None:
    from keguan.reports.excel.book import Book
    from keguan.reports.excel.playbook import playbook_sheet
    from keguan.reports.words import Words

    with Book(draft, Words(lang, found.run.currency), found.run.as_of) as book:
        _summary(book, found, lang, room)
        _list(book, say("title", lang), table_for_people(found, lang).slice(0, room), lang)
        playbook_sheet(book, found.library, found.lines(lang))


def _list(book: Book, name: str, table: pa.Table, lang: Lang) -> None:
    """The list of actions, what is printed before what is not."""
    from keguan.reports.excel.book import Field

    columns = {say(f"columns.{n}", lang): shape for n, shape in {**_PAPER, **_BESIDE}.items()}
    heads = [head for head in columns if head in table.column_names]
    printed = sum(say(f"columns.{n}", lang) in heads for n in _PAPER)
    rows = (
        row
        for batch in table.select(heads).to_batches(10_000)
        for row in zip(*(c.to_pylist() for c in batch.columns), strict=True)
    )
    sheet = book.sheet(name)
    end = book.table(sheet, 0, [Field(h, *columns[h]) for h in heads], rows, only=True)
    sheet.print_area(0, 0, end - 1, printed - 1)


def _summary(book: Book, found: Actions, lang: Lang, room: int) -> None:
    from keguan.reports.excel.book import Field

    sheet = book.sheet(book.words.t("sheets.summary"))
    book.put(sheet, 0, 0, say("title", lang), "title")
    book.put(sheet, 1, 0, say("head", lang, since=found.run.as_of, until=found.until), "note")
    heads = [
        ("status", "text", 24.0),
        ("actions", "count", 12.0),
        ("customers", "count", 12.0),
        ("hours", "number", 12.0),
    ]
    fields = [Field(say(f"columns.{n}", lang), f, w) for n, f, w in heads]
    rows = [
        (say(f"statuses.{s}", lang), c.actions, c.subjects, c.minutes / 60) for s, c in found.counts.items()
    ]
    at = book.table(sheet, 3, fields, rows) + 1
    capped = (
        [say("capped", lang, n=f"{found.table.num_rows:,}", shown=f"{room:,}")]
        if found.table.num_rows > room
        else []
    )
    for note in [*capped, *notices(found, lang)]:
        book.put(sheet, at, 0, note, "note")
        at += 1
