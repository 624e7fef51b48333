"""The sheets of tables: boundaries, crossings, data quality, provenance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from keguan.insight.boundary import BoundaryList, Near
from keguan.insight.crossing import Crossing
from keguan.insight.overview import Overview
from keguan.insight.record import SchemeRecord
from keguan.insight.satisfaction import FINAL
from keguan.reports.excel.book import Book, Cell, Field, room_for
from keguan.reports.intake_words import noted_sentence, policy_words, reason_words, short_name, table_words
from keguan.reports.sentences import class_text, satisfaction_headline, satisfaction_notes
from keguan.reports.sources import sources
from keguan.reports.words import Words
from keguan.runs.lacks import gaps, in_a_row


def boundaries_sheet(book: Book, view: Overview) -> None:
    """Who stands near a cut, every cut in one list that can be filtered."""
    words = book.words
    sheet = book.sheet(words.t("sheets.boundaries"))
    names = ("cut", "side", "id", "name", "class", "value", "distance")
    measures = {b.boundary.measure for b in view.boundaries}
    money = all(view.record.measures[m].type == "money" for m in measures if m in view.record.measures)
    shape = "money" if money else "number"
    widths = (30.0, 12.0, 18.0, 30.0, 20.0, 18.0, 16.0)
    formats = ("text", "text", "text", "text", "text", shape, shape)
    fields = [Field(words.t(f"columns.{n}"), f, w) for n, f, w in zip(names, formats, widths, strict=True)]
    rows = [
        r
        for b in view.boundaries
        if view.leading
        for r in _boundary_rows(words, view, view.leading.scheme, b)
    ]
    book.table(sheet, 0, fields, rows, only=True)


def _boundary_rows(
    words: Words, view: Overview, scheme: SchemeRecord, found: BoundaryList
) -> Iterator[list[Cell]]:
    boundary = found.boundary
    name = class_text(scheme, boundary.name, words) if boundary.place is not None else boundary.name
    cut = words.t(
        "words.cut_at",
        name=name,
        value=words.value(view.record.measures.get(boundary.measure), boundary.value),
    )
    sides: tuple[tuple[str, tuple[Near, ...]], ...] = (
        (words.t("words.above"), found.above),
        (words.t("words.below"), found.below),
    )
    for side, near in sides:
        for one in near:
            label = class_text(scheme, one.code, words) if one.code else words.t("words.without_class")
            yield [cut, side, one.subject, one.label, label, one.value, one.distance]


def resources_sheet(book: Book, view: Overview) -> None:
    """What each class takes up beside what it brings; no sheet where neither time nor cost is known."""
    found, words = view.resources, book.words
    if found is None:
        return
    names = ("class", "heads", "sales", "sales_share", "hours", "hours_share", "cost", "cost_share")
    formats = ("text", "count", "money", "share", "number", "share", "money", "share")
    widths = (24.0, 12.0, 18.0, 12.0, 14.0, 12.0, 18.0, 12.0)
    fields = [Field(words.t(f"columns.{n}"), f, w) for n, f, w in zip(names, formats, widths, strict=True)]
    rows: list[list[Cell]] = [
        [class_text(found.scheme, c.code, words), c.heads, c.value, c.value_share, _hours(c.minutes), c.minutes_share, c.cost, c.cost_share]
        for c in found.classes
    ]  # fmt: skip
    book.table(book.sheet(words.t("sections.resources")), 0, fields, rows, only=True)


def _hours(minutes: Decimal | None) -> Decimal | None:
    return None if minutes is None else minutes / 60


def satisfaction_sheet(book: Book, view: Overview) -> None:
    """The headline of the final users, then every role; no sheet where nobody was rated."""
    found, words = view.satisfaction, book.words
    if found is None:
        return
    sheet = book.sheet(words.t("sections.satisfaction"))
    at = 0
    for sentence in (satisfaction_headline(found, words), *satisfaction_notes(found, words)):
        book.put(sheet, at, 0, sentence, "note" if at else "title")
        at += 1
    fields = [
        Field(words.t("columns.role"), width=24.0), Field(words.t("columns.ratings"), "count", 12.0),
        Field(words.t("columns.mean"), "number", 12.0), Field(words.t("columns.verdict"), width=16.0),
        Field(words.t("columns.counts_in"), width=24.0),
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [words.t(f"satisfaction.roles.{r.role}"), r.ratings, r.mean, words.t(f"satisfaction.verdicts.{r.verdict}"),
         words.t("satisfaction.in_headline" if r.role in FINAL else "satisfaction.apart")]
        for r in found.roles
    ]  # fmt: skip
    book.table(sheet, at + 1, fields, rows)


def crossings_sheet(book: Book, view: Overview) -> None:
    """Every pair of schemes in one long list: pick two with the filter."""
    words = book.words
    sheet = book.sheet(words.t("sheets.crossings"))
    crossed = [s for c in view.crossings for s in (c.rows, c.columns)]
    name = room_for((words.label(s.labels, s.column) for s in crossed), 24)
    label = room_for((class_text(s, code, words) for s in crossed for code in s.codes), 22)
    fields = [
        Field(f"{words.t('columns.scheme')} 1", width=name), Field(f"{words.t('columns.class')} 1", width=label),
        Field(f"{words.t('columns.scheme')} 2", width=name), Field(f"{words.t('columns.class')} 2", width=label),
        Field(words.t("columns.heads"), "count"), Field("%", "share"), Field(words.t("columns.sales"), "money", 18),
    ]  # fmt: skip
    book.table(sheet, 0, fields, (r for c in view.crossings for r in _crossing_rows(words, c)), only=True)


def _crossing_rows(words: Words, found: Crossing) -> Iterator[list[Cell]]:
    names = [words.label(s.labels, s.column) for s in (found.rows, found.columns)]
    for cell in found.cells:
        labels = [
            class_text(s, code, words) if code is not None else words.t("words.without_class")
            for s, code in ((found.rows, cell.row), (found.columns, cell.column))
        ]
        share = Decimal(cell.heads) / max(found.row_heads(cell.row), 1)
        yield [names[0], labels[0], names[1], labels[1], cell.heads, share, cell.sales]


def quality_sheet(book: Book, view: Overview) -> None:
    """What was read and left out, reconciled, in tables one below the other."""
    words, found = book.words, view.quality
    sheet = book.sheet(words.t("sheets.quality"))
    at = 0
    book.put(sheet, at, 0, words.t("words.reconciled"), "section")
    fields = [
        Field(words.t("columns.source"), width=40), Field(words.t("columns.table"), width=20), Field(words.t("columns.step"), width=16),
        Field(words.t("columns.rows"), "count", 14), Field(words.t("columns.amount"), "money", 20),
    ]  # fmt: skip
    steps: list[list[Cell]] = []
    for source in found.sources:
        name = table_words(source.table, words)
        steps.append(
            [short_name(source.name), name, words.t("steps.file"), source.file.rows, source.file.money]
        )
        steps += [
            [short_name(source.name), name, reason_words(r, words), t.rows, t.money]
            for r, t in source.rejected.items()
        ]
        steps.append(
            [short_name(source.name), name, words.t("steps.kept"), source.kept.rows, source.kept.money]
        )
    if not found.sources:
        steps = [
            [short_name(p.source), table_words(p.table, words), words.t("steps.kept"), p.rows, None]
            for p in found.parts
        ]
    at = book.table(sheet, at + 1, fields, steps) + 1
    if found.rejected:
        book.put(sheet, at, 0, words.t("words.rejected"), "section")
        rejected = [
            Field(words.t("columns.reason"), width=40),
            Field(words.t("columns.table"), width=20),
            Field(words.t("columns.rows"), "count", 16),
        ]
        at = (
            book.table(
                sheet,
                at + 1,
                rejected,
                (
                    [reason_words(r.reason, words), table_words(r.table, words), r.rows]
                    for r in found.rejected
                ),
            )
            + 1
        )
    sentences = [s for n in found.noted if (s := noted_sentence(n, words)) is not None]
    if sentences:
        book.put(sheet, at, 0, words.t("words.quirks"), "section")
    for i, sentence in enumerate(sentences, start=at + 1):
        book.put(sheet, i, 0, sentence)


def provenance_sheet(book: Book, view: Overview) -> None:
    """How each number is made, which versions of which schemes, which data, which policies."""
    words, record = book.words, view.record
    sheet = book.sheet(words.t("sheets.provenance"))
    numbers = [
        Field(
            words.t("columns.number"),
            width=room_for((words.label(s.labels, s.column) for s in record.schemes), 30),
        ),
        Field(words.t("columns.how"), "wrap", 70),
        Field(words.t("head.window"), width=42),  # with the next, room for a fingerprint below
        Field(words.t("columns.basis"), width=26),
    ]
    at = (
        book.table(
            sheet, 0, numbers, ([s.name, s.how, s.window, s.basis] for s in sources(view, words).values())
        )
        + 1
    )
    book.put(sheet, at, 0, words.t("words.versions"), "section")
    for s in record.schemes:
        at += 1
        kind = f"{words.known('kinds', s.kind)} · {s.column} · {s.version}"
        _line(book, sheet, at, (words.label(s.labels, s.column), kind, s.meaning))
    if record.skipped:
        at += 2
        book.put(sheet, at, 0, words.t("columns.missing"), "section")
    for gap in gaps(record.skipped, words.lang):
        at += 1
        book.put(sheet, at, 0, gap.head, "wrap")
        waiting = in_a_row(gap.said(lambda s: words.label(s.labels, s.id), words.lang), words.lang)
        book.put(sheet, at, 1, waiting, "wrap")
    at += 2
    book.put(sheet, at, 0, words.t("words.input"), "section")
    lines: list[tuple[Cell, ...]] = [
        (
            short_name(p.source),
            f"{table_words(p.table, words)} · {words.figures.count(p.rows)}",
            p.fingerprint,
        )
        for p in view.quality.parts
    ]
    lines += [(*policy_words(p, words), None) for p in view.quality.policies.items()]
    for line in lines:
        at += 1
        _line(book, sheet, at, line)


def _line(book: Book, sheet: Any, row: int, values: Sequence[Cell]) -> None:
    for i, value in enumerate(values):
        book.put(sheet, row, i, value)
