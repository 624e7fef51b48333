"""What the whole report must be read with."""

from __future__ import annotations

from keguan.core.notices import notice_text
from keguan.reports.html.parts import Page, Section
from keguan.reports.markup import tag


def section(page: Page) -> Section | None:
    """The notices on the run; None when there are none."""
    found = page.view.record.notices
    if not found:
        return None
    items = [tag("li", notice_text(notice, page.words.lang)) for notice in found]
    return Section("notices", page.words.t("sections.notices"), tag("ul", items, class_="notes"))
