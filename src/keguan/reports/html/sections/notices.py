"""What the whole report must be read with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from keguan.core.notices import notice_text
from keguan.reports.html.parts import Column, Page, Section, table
from keguan.reports.markup import Child, Markup, join, tag
from keguan.reports.sentences import class_text


def section(page: Page) -> Section | None:
    """The notices on the run; None when there are none."""
    found = page.view.record.notices
    if not found:
        return None
    items = [tag("li", notice_text(notice, page.words.lang), _told(page, notice)) for notice in found]
    return Section("notices", page.words.t("sections.notices"), tag("ul", items, class_="notes"))


def _told(page: Page, notice: Mapping[str, Any]) -> Markup | None:
    """What a notice has to tell beyond its sentence: words, the classes that carry them and the difference, as a table."""
    told = (notice.get("values") or {}).get("told")
    if not told:
        return None
    words = page.words
    columns = [Column(words.t(f"words.told_{n}"), numeric=False) for n in ("word", "classes", "note")]
    rows: list[Sequence[Child]] = [
        (one["word"][words.lang], _classes(page, one["classes"]), one["note"][words.lang]) for one in told
    ]
    name = words.t("words.told")
    inner = table(page, columns, rows, name=name)
    return inner if page.paper else tag("details", tag("summary", name), inner)


def _classes(page: Page, references: Sequence[str]) -> Markup:
    """`scheme:class` as the report calls both, one below the other."""
    schemes = {s.column: s for s in page.view.record.schemes}
    lines: list[Child] = []
    for reference in references:
        column, _, code = reference.partition(":")
        scheme = schemes.get(column)
        name = reference
        if scheme is not None:
            name = f"{page.words.label(scheme.labels, column)} · {class_text(scheme, code, page.words)}"
        lines += [tag("br"), name] if lines else [name]
    return join(lines)
