"""Every other scheme: bars beside the table, and what must be known to read it."""

from __future__ import annotations

from collections.abc import Iterable

from keguan.insight.distribution import Distribution
from keguan.reports.charts.classes import class_bars
from keguan.reports.html.distribution import class_table, scheme_notes
from keguan.reports.html.parts import Page, Section, beside, figure, grow, paragraph
from keguan.reports.markup import Markup, join, tag
from keguan.runs.lacks import family_in_words


def section(page: Page) -> Section | None:
    """All schemes but the leading one, under what they are about, each family in the run's order."""
    others = [d for d in page.view.distributions if d is not page.view.leading]
    if not others:
        return None
    families: dict[str, list[Distribution]] = {}
    for one in others:
        families.setdefault(one.scheme.family, []).append(one)
    body = [paragraph(page.words.t("intro.schemes")), _links(page, families)]
    for family, own in families.items():
        title = family_in_words(family, page.words.lang).capitalize()
        body += [tag("h3", title, id=f"family-{family}", class_="family"), *(_scheme(page, d) for d in own)]
    return Section("schemes", page.words.t("sections.schemes"), join(body))


def _links(page: Page, families: Iterable[str]) -> Markup:
    """Where each family begins: the section is long."""
    words = page.words
    links = [tag("a", family_in_words(f, words.lang), href=f"#family-{f}") for f in families]
    return paragraph(*[part for link in links for part in (" · ", link)][1:], quiet=True)


def _scheme(page: Page, found: Distribution) -> Markup:
    words, scheme = page.words, found.scheme
    name = words.label(scheme.labels, scheme.id)
    title = tag("h4", name, " ", tag("small", scheme.column))
    chart = (
        figure(page, class_bars(found, words), words.t("words.bars"), shown=False) if found.heads else None
    )
    inner = beside(chart, grow(class_table(page, found, sources=False), scheme_notes(page, found)))
    return tag("article", title, inner, id=f"scheme-{scheme.column}", class_="scheme")
