"""A scheme's table of classes with the notes that belong to it, shared by the leading scheme and all others."""

from __future__ import annotations

from keguan.core.notices import notice_text
from keguan.insight.distribution import ClassShare, Distribution
from keguan.insight.record import ClassRecord
from keguan.reports.html.parts import MOST_CLASSES, Column, Page, chip, paragraph, table
from keguan.reports.markup import Child, Markup, join, tag


def class_table(page: Page, found: Distribution, *, sources: bool = True) -> Markup:
    """Classes with their cut, heads, sales, shares, mean, and on whose authority each stands; `sources`: with buttons."""
    words = page.words
    columns = [
        Column(words.t("columns.class"), numeric=False),
        Column(words.t("columns.heads"), source="class_heads" if sources else None),
        Column(words.t("columns.heads_share")),
    ]
    if found.sales is not None:
        columns += [
            Column(page.sales_head, source="class_sales" if sources else None),
            Column(words.t("columns.sales_share")),
            Column(words.t("columns.per_head")),
        ]
    columns.append(Column(words.t("columns.basis"), numeric=False))
    cuts = cut_values(page, found)
    if cuts:
        columns.insert(1, Column(words.t("columns.from"), source="cut" if sources else None))
    records = {c.code: c for c in found.scheme.classes}
    rows = [_row(page, found, one, records.get(one.code), cuts) for one in found.classes[:MOST_CLASSES]]
    capped = None
    if len(found.classes) > MOST_CLASSES:
        capped = paragraph(
            words.t("words.classes_capped", n=len(found.classes), shown=MOST_CLASSES), quiet=True
        )
    name = words.label(found.scheme.labels, found.scheme.column)
    return join([table(page, columns, rows, name=name), capped])


def cut_values(page: Page, found: Distribution) -> dict[str, str]:
    """Where each class begins, for schemes whose cuts are named by classes."""
    measures, words = page.view.record.measures, page.words
    marks = [b for b in page.view.cuts.get(found.scheme.column, ()) if b.place is not None]
    return {b.name: words.value(measures.get(b.measure), b.value) for b in marks}


def _row(
    page: Page, found: Distribution, one: ClassShare, record: ClassRecord | None, cuts: dict[str, str]
) -> list[Child]:
    figures = page.words.figures
    cells: list[Child] = [
        chip(found.scheme, one.code, page.words),
        figures.count(one.heads),
        figures.share(one.heads_share),
    ]
    if found.sales is not None:
        cells += [
            figures.amount(one.sales),
            figures.share(one.sales_share),
            figures.in_cents(one.sales_per_head),
        ]
    cells.append(_basis(page, record))
    if cuts:
        cells.insert(1, cuts.get(one.code, "–"))
    return cells


def _basis(page: Page, record: ClassRecord | None) -> Markup:
    given = record.given if record is not None else None
    text_ = page.words.t("words.given", locator=given.split()[0]) if given else page.words.t("words.ours")
    return tag("small", text_, class_="basis")


def scheme_notes(page: Page, found: Distribution) -> Markup:
    """What else must be known to read a scheme: notices, missing inputs, ties, reasons, defaults, references."""
    words, scheme = page.words, found.scheme
    notes = [words.t("words.measured", measure=_measure(page, scheme.measure))] if scheme.measure else []
    notes += [notice_text(code, words.lang) for code in scheme.notices]
    if scheme.left_out:
        notes.append(
            words.t("words.left_out", names=words.listed([_measure(page, n) for n in scheme.left_out]))
        )
    if scheme.ties_at_cut:
        notes.append(words.t("words.ties", n=words.figures.count(scheme.ties_at_cut)))
    counted = [(words.known("reasons", k), n) for k, n in scheme.reasons.items()]
    if len(counted) < 2:  # one reason for all says nothing
        counted = []
    if scheme.statuses.get("proposed"):
        counted.append((words.known("statuses", "proposed"), scheme.statuses["proposed"]))
    if counted:
        items = [words.t("words.reason_count", reason=name, n=words.figures.count(n)) for name, n in counted]
        notes.append(words.t("words.reasons", items=words.listed(items)))
    if found.evidence:
        notes.append(_evidence(page, found))
    if scheme.references:
        notes.append(words.t("words.references", items=words.listed(list(scheme.references))))
    return tag("ul", [tag("li", n) for n in notes], class_="notes") if notes else Markup("")


def _evidence(page: Page, found: Distribution) -> str:
    """How well each number of clusters fits, and which was taken."""
    by = "bic" if "bic" in found.evidence[0] else "silhouette"
    best = (min if by == "bic" else max)(found.evidence, key=lambda e: e[by])
    told = [f"{e['k']}: {e[by]:,.0f}" if by == "bic" else f"{e['k']}: {e[by]:.3f}" for e in found.evidence]
    return page.words.t(f"words.clusters_{by}", k=best["k"], items=page.words.listed(told))


def _measure(page: Page, name: str) -> str:
    record = page.view.record.measures.get(name)
    return page.words.label(record.labels, name) if record else page.words.measure(name)
