"""The sheet of playbooks: what to do for whom, each line with where it comes from. For the report and for next actions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from keguan.core.languages import Lang
from keguan.insight.overview import Overview
from keguan.playbooks.document import Instruction
from keguan.playbooks.library import Library, library
from keguan.playbooks.words import line_text, origin_note, say, timing
from keguan.reports.excel.book import Book, Field
from keguan.reports.sentences import class_text

_WIDTHS = {"class": 28, "kind": 10, "say": 60, "deed": 24, "channel": 16, "who": 10, "origin": 26}
Lines = Iterable[tuple[Instruction, str]]
"""Instructions, each with its class in words."""


def playbook_sheet(book: Book, known: Library, lines: Lines) -> None:
    """The lines for everybody, then `lines`, in one table that can be filtered."""
    lang = book.words.lang
    everyone = [(line, say("everyone", lang)) for line in known.everyone]
    fields = [Field(say(f"columns.{n}", lang), "wrap", w) for n, w in _WIDTHS.items()]
    rows = _rows([*everyone, *lines], lang)
    book.table(book.sheet(book.words.t("sheets.playbook")), 0, fields, rows, only=True)


def report_playbooks(book: Book, view: Overview) -> None:
    """What the playbooks say for each class of the schemes that ran; no sheet where they say nothing."""
    words, known = book.words, library()
    lines = [
        (line, f"{words.label(d.scheme.labels, d.scheme.column)}: {class_text(d.scheme, one.code, words)}")
        for d in view.distributions
        for one in d.scheme.classes
        for line in known.of_class(d.scheme.id, one.code)
    ]
    if lines:
        playbook_sheet(book, known, lines)


def _rows(lines: Lines, lang: Lang) -> Iterator[list[str]]:
    for line, name in lines:
        action = line.action
        yield [
            name,
            say(f"kinds.{line.kind}", lang),
            line_text(line, lang),
            f"{say(f'deeds.{action.do}', lang)} · {timing(action, lang)}" if action else "",
            " / ".join(say(f"channels.{c}", lang) for c in action.channels) if action else "",
            say(f"receivers.{line.who}", lang) if line.who else "",
            origin_note(line, lang),
        ]
