"""Data quality: what was read, what was left out and why, whether it adds up, and how columns were understood."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from keguan.insight.quality import DataQuality, SourceRead
from keguan.reports.html.parts import Column, Page, Section, paragraph, table
from keguan.reports.intake_words import noted_sentence, policy_words, reason_words, short_name, table_words
from keguan.reports.markup import Child, Markup, join, tag


def section(page: Page) -> Section | None:
    """The input's record, as far as the run wrote one."""
    found, words = page.view.quality, page.words
    rows = {"read": found.n_kept + found.n_rejected, "kept": found.n_kept, "rejected": found.n_rejected}
    counts = {name: words.figures.count(n) for name, n in rows.items()}
    parts = [
        paragraph(words.t("intro.quality", **counts)),
        _sources(page, found),
        _rejected(page, found),
        _noted(page, found),
        _mapping(page, found),
    ]
    return Section("quality", words.t("sections.quality"), join(parts))


def _sources(page: Page, found: DataQuality) -> Markup:
    words = page.words
    if not found.sources:
        columns = [
            Column(words.t("columns.source"), numeric=False),
            Column(words.t("columns.table"), numeric=False),
            Column(words.t("columns.rows")),
        ]
        rows: list[list[Child]] = [
            [short_name(p.source), table_words(p.table, words), words.figures.count(p.rows)]
            for p in found.parts
        ]
        return table(page, columns, rows, words.t("words.input"))
    columns = [
        Column(words.t("columns.source"), numeric=False), Column(words.t("columns.table"), numeric=False), Column(words.t("columns.step"), numeric=False),
        Column(words.t("columns.rows"), source="rejected"), Column(_money_head(page)),
    ]  # fmt: skip
    whole = [s for s in found.sources if not s.rejected]
    lines = [row for s in found.sources if s.rejected for row in _steps(page, s)]
    lines += [_kept_whole(page, source) for source in whole]
    return table(page, columns, lines, words.t("words.reconciled"))


def _money_head(page: Page) -> str:
    label = page.words.t("columns.amount")
    return f"{label} ({page.words.currency})" if page.words.currency else label


def _kept_whole(page: Page, source: SourceRead) -> list[Child]:
    """One row for a source of which nothing was left out."""
    words, kept = page.words, source.kept
    names = [short_name(source.name), table_words(source.table, words), words.t("steps.all_kept")]
    return [*names, words.figures.count(kept.rows), words.figures.amount(kept.money)]


def _steps(page: Page, source: SourceRead) -> list[list[Child]]:
    words = page.words
    rejected = source.rejected.values()
    money = [t.money for t in rejected if t.money is not None]
    steps: list[tuple[str, int, Decimal | None]] = [
        ("file", source.file.rows, source.file.money),
        (
            "rejected",
            sum(t.rows for t in rejected),
            sum(money, Decimal(0)) if source.file.money is not None else None,
        ),
        ("kept", source.kept.rows, source.kept.money),
    ]
    return [
        [
            short_name(source.name) if i == 0 else "",
            table_words(source.table, words) if i == 0 else "",
            words.t(f"steps.{step}"),
            words.figures.count(n),
            words.figures.amount(m),
        ]
        for i, (step, n, m) in enumerate(steps)
    ]


def _rejected(page: Page, found: DataQuality) -> Markup | None:
    words = page.words
    if not found.rejected:
        return None
    columns = [
        Column(words.t("columns.reason"), numeric=False),
        Column(words.t("columns.table"), numeric=False),
        Column(words.t("columns.rows")),
    ]
    rows: list[list[Child]] = [
        [reason_words(r.reason, words), table_words(r.table, words), words.figures.count(r.rows)]
        for r in found.rejected
    ]
    return table(page, columns, rows, words.t("words.rejected"))


def _noted(page: Page, found: DataQuality) -> Markup | None:
    told = {s.name for s in found.sources}  # the table above has their names and rows
    noted = [n for n in found.noted if not (n.code == "recognised" and n.source in told)]
    sentences = [s for n in noted if (s := noted_sentence(n, page.words)) is not None]
    if not sentences:
        return None
    return join([tag("h3", page.words.t("words.quirks")), tag("ul", [tag("li", s) for s in sentences])])


def _mapping(page: Page, found: DataQuality) -> Markup | None:
    words = page.words
    rows: list[list[Child]] = [
        [m.field, m.column, short_name(source.name), words.figures.share(m.confidence, 0)]
        for source in found.sources
        for m in source.mapping
    ]
    if not rows:
        return None
    columns = [
        Column(words.t("columns.field"), numeric=False), Column(words.t("columns.column"), numeric=False),
        Column(words.t("columns.source"), numeric=False), Column(words.t("columns.confidence")),
    ]  # fmt: skip
    opened = table(page, columns, rows)
    return opened if page.paper else tag("details", tag("summary", words.t("words.mapping")), opened)


def policies_table(page: Page, policies: Mapping[str, str]) -> Markup | None:
    """The policies as applied."""
    words = page.words
    if not policies:
        return None
    columns = [
        Column(words.t("columns.policy"), numeric=False),
        Column(words.t("columns.choice"), numeric=False),
    ]
    return table(
        page, columns, [list(policy_words(p, words)) for p in policies.items()], words.t("words.policies")
    )
