"""The report of one source: its mapping with confidence, its readings, and where its rows and money went."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from keguan.engine.intake.inspection import ColumnReport, Finding, SourceReport, Tally

if TYPE_CHECKING:
    from keguan.engine.intake.cleaning import Staged
    from keguan.engine.intake.raw import RawTable
    from keguan.engine.intake.recognise import Recognised


def report(staged: Staged, tally: Mapping[str | None, Tally]) -> SourceReport:
    """The report of a staged table; `tally` is by reason, None being what was kept."""
    mapping = staged.mapping
    columns = tuple(
        ColumnReport(name, m.header, m.confidence, m.by, staged.readings[name].as_dict(), m.rivals)
        for name, m in mapping.fields.items()
    )
    has_money = any(t.money is not None for t in tally.values())
    return SourceReport(
        name=staged.raw.name,
        table=staged.table,
        facts=staged.raw.facts,
        columns=columns,
        unmapped=tuple(staged.raw.columns[i].header for i in mapping.unmapped),
        file=Tally(
            sum(t.rows for t in tally.values()),
            sum((t.money or Decimal(0) for t in tally.values()), Decimal(0)) if has_money else None,
        ),
        kept=tally.get(None, Tally(0, Decimal(0) if has_money else None)),
        rejected={reason: t for reason, t in tally.items() if reason is not None},
    )


def unrecognised(raw: RawTable, found: Recognised) -> tuple[SourceReport, Finding]:
    """The report of a table that is none of ours, and the sentence that says what it lacks."""
    about = SourceReport(
        name=raw.name,
        table=None,
        facts=raw.facts,
        unmapped=tuple(c.header for c in raw.columns),
        nearest=found.nearest,
        lacking=found.lacking,
        file=Tally(int(raw.facts.get("rows", 0)) + len(raw.bad_lines)),
    )
    if found.nearest is None:
        return about, Finding("unknown-table", raw.name, {"source": raw.name})
    is_basket = found.nearest in ("orders", "order_lines") and "customer_id" in found.lacking
    values = {
        "source": raw.name,
        "nearest": found.nearest,
        "lacking": list(found.lacking),
        "have": list(found.have),
    }
    return about, Finding("baskets" if is_basket else "unrecognised", raw.name, values)


def mapping_findings(staged: Staged) -> Iterator[Finding]:
    """What the mapping decided that a reader should know."""
    source, mapping = staged.raw.name, staged.mapping
    yield Finding("recognised", source, {"source": source, "table": staged.table, "rows": staged.rows})
    used = {m.header for m in mapping.fields.values()}
    for name, m in mapping.fields.items():
        rivals = [header for header in m.rivals if header not in used]
        if rivals and m.by != "wish":
            yield Finding("chosen-over", source, {"field": name, "column": m.header, "rivals": rivals})
    if staged.table in ("orders", "order_lines"):
        if "profit" in mapping.fields and "cost" not in mapping.fields and "amount" in mapping.fields:
            yield Finding("profit-cost", source, {"column": mapping.fields["profit"].header})
        if "amount" not in mapping.fields:
            yield Finding("amount-computed", source)
    if mapping.unmapped:
        headers = [staged.raw.columns[i].header for i in mapping.unmapped]
        yield Finding("unmapped", source, {"source": source, "columns": headers[:30]})


def left_out(about: SourceReport) -> Iterator[Finding]:
    """A sentence for each reason rows were left out for."""
    for reason, tally in sorted(about.rejected.items()):
        values = {"source": about.name, "rows": tally.rows, "reason": reason}
        if tally.money:
            yield Finding("left-out-money", about.name, {**values, "money": tally.money})
        else:
            yield Finding("left-out", about.name, values)
