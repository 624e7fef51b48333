"""What the playbooks say for the classes of each scheme that ran: one fold per scheme, every line with its mark.
Paper has no folds: there every scheme is open under its heading."""

from __future__ import annotations

from keguan.insight.record import SchemeRecord
from keguan.playbooks.document import Instruction
from keguan.playbooks.library import Library, library
from keguan.playbooks.words import line_text, origin_note, say, timing
from keguan.reports.html.parts import Column, Page, Section, chip, paragraph, table
from keguan.reports.markup import Child, Markup, join, tag


def section(page: Page) -> Section | None:
    """The leading scheme's lines open, the others folded; None where no scheme that ran has a line."""
    view, words, known = page.view, page.words, library()
    leading = view.leading.scheme.column if view.leading else None
    found = [(d.scheme, _rows(page, known, d.scheme)) for d in view.distributions]
    parts = [_scheme(page, s, rows, s.column == leading) for s, rows in found if rows]
    if not parts:
        return None
    body = [paragraph(say("proposals", words.lang), quiet=True), *parts]
    return Section("playbook", words.t("sections.playbook"), join(body))


def _scheme(page: Page, scheme: SchemeRecord, rows: list[list[Child]], unfolded: bool) -> Markup:
    lang, name = page.words.lang, page.words.label(scheme.labels, scheme.column)
    heads = ("class", "kind", "say", "origin")
    columns = [Column(say(f"columns.{n}", lang), numeric=False) for n in heads]
    inner = table(page, columns, rows, name=name)
    if page.paper:
        return join([tag("h3", name), inner])
    return tag("details", tag("summary", name), inner, open=True if unfolded else None)


def _rows(page: Page, known: Library, scheme: SchemeRecord) -> list[list[Child]]:
    lang = page.words.lang
    return [
        [
            chip(scheme, one.code, page.words),
            say(f"kinds.{line.kind}", lang),
            _said(line, page),
            _mark(line, page),
        ]
        for one in scheme.classes
        for line in known.of_class(scheme.id, one.code)
    ]


def _said(line: Instruction, page: Page) -> Markup:
    lang = page.words.lang
    when = tag("small", timing(line.action, lang)) if line.action else None
    return join([line_text(line, lang), " " if when else None, when])


def _mark(line: Instruction, page: Page) -> Markup:
    lang = page.words.lang
    return tag("span", say(f"origins.{line.origin}", lang), title=origin_note(line, lang))
