"""The way of the data: raw tables -> recognised -> staged -> facts -> ledger -> parts, with everything found on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from keguan.core.errors import KeguanError, Place, Problem
from keguan.core.scratch import Scratch
from keguan.engine.intake import (
    checks,
    generic,
    letters,
    linked,
    of_orders,
    orders,
    quirks,
    rejected,
    reports,
    sql,
)
from keguan.engine.intake.cleaning import Staged, stage
from keguan.engine.intake.counts import count_facts, order_keys
from keguan.engine.intake.currency import currencies_of, rates_sql, settle
from keguan.engine.intake.inspection import Finding, Inspection, SourceReport
from keguan.engine.intake.ledger import Facts, Ledger, build_ledger
from keguan.engine.intake.recognise import Recognised, recognise
from keguan.engine.intake.repeats import mark_repeats
from keguan.engine.intake.sampling import Sample, sample_columns
from keguan.engine.intake.totals import totals
from keguan.engine.intake.writing import write_numbered, write_part
from keguan.engine.tables import logical_table

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from keguan.engine.intake.mapping import Mapping_
    from keguan.engine.intake.options import IntakeOptions
    from keguan.engine.intake.parts import Part, PartStore
    from keguan.engine.intake.raw import RawTable

Progress = Callable[[str, int, int], None]
_ORDERS = ("orders", "order_lines")


@dataclass(frozen=True)
class Intake:
    """Canonical facts and how they came about.

    `parts`: one per table kept. `rejected`: Arrow table `table, source, line, reason, row`, one row per row left out.
    `currency`: of every amount, None where nobody names one. `newest_day`: of the completed orders, None without.
    """

    parts: tuple[Part, ...]
    inspection: Inspection
    rejected: pa.Table
    currency: str | None
    newest_day: date | None


@dataclass(frozen=True)
class _Known:
    """A raw table that can be read: its view, its sample and what it was taken for."""

    raw: RawTable
    view: str
    samples: list[Sample]
    found: Recognised


def run(
    raw_tables: Sequence[RawTable],
    options: IntakeOptions,
    store: PartStore | None,
    progress: Progress | None = None,
) -> Intake:
    """Clean `raw_tables`; parts are written only where there is a `store`. Raises KG150 for a file that turns out to be
    damaged where it is read."""
    import duckdb

    tell = progress or (lambda step, done, total: None)
    with Scratch() as spill:
        con = sql.connect(spill)
        try:
            return _Job(con, options, store, tell).run(raw_tables)
        except duckdb.Error:
            checks.raise_if_damaged(raw_tables)
            raise
        finally:
            con.close()


class _Job:
    def __init__(
        self, con: duckdb.DuckDBPyConnection, options: IntakeOptions, store: PartStore | None, tell: Progress
    ) -> None:
        self.con, self.options, self.store, self.tell = con, options, store, tell
        self.findings: list[Finding] = []

    def run(self, raw_tables: Sequence[RawTable]) -> Intake:
        known = self._recognise_all(raw_tables)
        staged = self._stage_all(known)
        currency, facts = self._facts_of_all(staged)
        self._look(facts)
        ledger, decided = build_ledger(self.con, facts, self.options)
        self.findings += decided
        parts, sums, newest = self._write_or_refuse(ledger, facts)
        sources, left = self._account(known, facts)
        self._conclude(currency, sums)
        inspection = Inspection(
            sources, tuple(self.findings), sums, asdict(self.options.policies), currency, newest
        )
        return Intake(tuple(parts), inspection, left, currency, newest)

    def _recognise_all(self, raw_tables: Sequence[RawTable]) -> list[_Known]:
        known: list[_Known] = []
        problems: list[Problem] = []
        for number, raw in enumerate(raw_tables):
            self.tell("look", number, len(raw_tables))
            view = raw.attach(self.con)
            samples = sample_columns(self.con, raw, view)
            found = recognise(raw, samples, self.options)
            problems += checks.bare_classes(raw, found, samples)
            if found.mapping is not None:
                problems += checks.mapping_problems(raw, found.mapping)
                found = replace(found, mapping=generic.with_attributes(found.mapping, samples))
            known.append(_Known(raw, view, samples, found))
        known += self._described_by_orders(known)
        problems = [*checks.option_problems(self.options, [k.samples for k in known]), *problems]
        if problems:
            raise KeguanError(problems)
        return known

    def _described_by_orders(self, known: list[_Known]) -> list[_Known]:
        """Customers as order files describe them, where no other table does; what describes them is used, not unmapped."""
        if any(k.found.mapping is not None and k.found.mapping.table.name == "customers" for k in known):
            return []
        made: list[_Known] = []
        for number, k in enumerate(known):
            mapping = k.found.mapping
            described = mapping and of_orders.customers_in(self.con, k.raw, k.view, mapping, k.samples)
            if not mapping or not described:
                continue
            raw, places = described
            view = raw.attach(self.con)
            samples = sample_columns(self.con, raw, view)
            taken = recognise(raw, samples, replace(self.options, columns={}))
            if taken.mapping is not None and taken.mapping.table.name == "customers":
                own = generic.with_attributes(of_orders.without_questions(taken.mapping), samples)
                made.append(_Known(raw, view, samples, replace(taken, mapping=own)))
                left = replace(mapping, unmapped=tuple(p for p in mapping.unmapped if p not in places))
                known[number] = replace(k, found=replace(k.found, mapping=left))
        return made

    def _stage_all(self, known: Sequence[_Known]) -> list[Staged]:
        staged: list[Staged] = []
        problems: list[Problem] = []
        for number, k in enumerate(known):
            self.tell("read", number, len(known))
            if k.found.mapping is not None:
                one = self._stage(k, k.found.mapping, f"staged_{number}")
                asked = list(checks.reading_problems(k.raw, one.readings))
                if asked and of_orders.FROM in k.raw.facts:
                    continue  # nobody asked for this table, so nobody is asked about it
                staged.append(one)
                problems += [*asked, *letters.settle(self.con, one, self.options)]
        if problems:
            raise KeguanError(problems)
        return staged

    def _stage(self, known: _Known, mapping: Mapping_, relation: str) -> Staged:
        """One table staged; attributes that are not what the sample made them are read again as text."""
        done = stage(self.con, known.raw, known.view, mapping, known.samples, self.options, relation)
        as_text = generic.misread_attributes(self.con, done)
        if not as_text:
            return done
        again = generic.with_attributes_as_text(mapping, as_text)
        return stage(self.con, known.raw, known.view, again, known.samples, self.options, relation)

    def _facts_of_all(self, staged: Sequence[Staged]) -> tuple[str | None, list[Facts]]:
        money = [s for s in staged if any(r.field.type == "money" for r in s.readings.values())]
        found = {s.relation: currencies_of(self.con, s, self.options) for s in money}
        currency = settle(found.values(), self.options, Place(file=", ".join(s.raw.name for s in money)))
        facts = []
        for one in staged:
            repeats = mark_repeats(self.con, one, self.options)
            if one.table in _ORDERS:
                rates = rates_sql(one, found[one.relation], currency, self.options, "ordered_at")
                if rates:
                    others = sorted(found[one.relation].codes - {currency})
                    values = {"source": one.raw.name, "currencies": others, "base": currency}
                    self.findings.append(Finding("converted", one.raw.name, values))
                select = orders.facts_select(one, self.options, rates, repeats)
            else:
                self._same_currency(one, found.get(one.relation), currency)
                select = generic.facts_select(one, repeats)
            relation = one.relation.replace("staged", "facts")
            self.con.execute(f"CREATE OR REPLACE TEMP VIEW {relation} AS {select}")
            facts.append(self._counted(one, relation))
        return currency, facts

    def _counted(self, staged: Staged, relation: str) -> Facts:
        fields = {row[0] for row in self.con.execute(f"DESCRIBE {relation}").fetchall()}
        counts = count_facts(self.con, staged, relation, fields)
        keys = order_keys(self.con, relation, counts) if staged.table in _ORDERS else None
        return Facts(staged, relation, fields, counts, keys)

    def _same_currency(self, staged: Staged, found: Any, currency: str | None) -> None:
        if found is not None and found.codes - {currency}:
            named = ", ".join(sorted(found.codes | {currency or ""} - {""}))
            raise KeguanError(Problem("KG230", Place(file=staged.raw.name), {"currencies": named}))

    def _look(self, facts: Sequence[Facts]) -> None:
        for one in facts:
            is_orders = one.staged.table in _ORDERS
            fields = one.fields if is_orders else set()
            look = quirks.Look(self.con, one.staged, one.relation, fields, self.options, one.counts, one.keys)
            self.findings += reports.mapping_findings(one.staged)
            for question in (*quirks.GENERAL, *(quirks.ORDERS if is_orders else ())):
                self.findings += question(look)

    def _write_or_refuse(
        self, ledger: Ledger, facts: Sequence[Facts]
    ) -> tuple[list[Part], dict[str, Any], date | None]:
        """Every value was checked when it was read; what can still fail here is a sum too large to hold."""
        import duckdb

        try:
            return self._write(ledger, facts)
        except (duckdb.ConversionException, duckdb.OutOfRangeException) as error:
            place = Place(file=", ".join(f.staged.raw.name for f in facts))
            raise KeguanError(Problem("KG212", place)) from error

    def _write(
        self, ledger: Ledger, facts: Sequence[Facts]
    ) -> tuple[list[Part], dict[str, Any], date | None]:
        parts: list[Part] = []
        sums: dict[str, Any] = {}
        newest = purchases = None
        source = ""
        if ledger.orders is not None:
            self.tell("write", 0, 1)
            source = ", ".join(f.staged.raw.name for f in facts if f.staged.table in _ORDERS)
            select = orders.purchases_select(ledger.orders, ledger.fields, ledger.counts_lines, ledger.unique)
            keys = orders.ORDER_KEYS if ledger.unique else orders.PURCHASE_KEYS
            if self.store is not None:
                parts.append(
                    write_numbered(self.con, self.store, "orders", select, ledger.orders, keys, source)
                )
            purchases = sql.parquet(parts[0].path) if parts else f"({select})"
            found = totals(self.con, purchases)
            sums, newest = found.values, found.newest
            self.findings += found.findings
        tables = self._others(facts, purchases)
        self.findings += linked.link(tables)
        if ledger.lines is not None:
            lines = linked.with_products(tables, orders.lines_select(ledger.lines, ledger.line_fields))
            if self.store is not None:
                parts.append(
                    write_part(self.con, self.store, "order_lines", lines, orders.ORDER_KEYS, source)
                )
        for table, kept in sorted(tables.kept.items()):
            parts += self._generic_part(table, kept)
        return parts, sums, newest

    def _others(self, facts: Sequence[Facts], purchases: str | None) -> linked.Tables:
        """The kept rows of every table that is not about orders."""
        tables = linked.Tables(self.con, {}, purchases)
        for name in sorted({f.staged.table for f in facts} - {*_ORDERS, "returns"}):
            own = [f for f in facts if f.staged.table == name]
            table = own[0].staged.mapping.table
            select = generic.kept_select([(f.relation, f.staged.readings) for f in own], table)
            if table.unique and len(own) > 1:
                select, dropped = generic.put_together(self.con, select, table.unique)
                if dropped:
                    self.findings.append(Finding("repeated-across", None, {"table": name, "rows": dropped}))
            self.con.execute(f"CREATE OR REPLACE TEMP VIEW kept_{name} AS {select}")
            fields = [row[0] for row in self.con.execute(f"DESCRIBE kept_{name}").fetchall()]
            sources = ", ".join(f.staged.raw.name for f in own)
            tables.described = tables.described or any(of_orders.FROM in f.staged.raw.facts for f in own)
            tables.kept[name] = linked.Kept(f"kept_{name}", dict.fromkeys(fields), sources)
        return tables

    def _generic_part(self, name: str, kept: linked.Kept) -> Iterator[Part]:
        if self.store is not None:
            table = logical_table(name)
            keys = [table.unique] if table.unique else list(table.required)
            select = generic.part_select(kept.relation, kept.fields, table)
            fields = tuple(kept.fields)
            yield write_part(self.con, self.store, name, select, keys, kept.sources, fields=fields)

    def _account(
        self, known: Sequence[_Known], facts: Sequence[Facts]
    ) -> tuple[tuple[SourceReport, ...], pa.Table]:
        import pyarrow as pa

        sources, left = [], [rejected.empty()]
        by_raw = {id(f.staged.raw): f for f in facts}
        for k in known:
            one = by_raw.get(id(k.raw))
            if one is None and of_orders.FROM in k.raw.facts:
                continue
            if one is None:
                report, finding = reports.unrecognised(k.raw, k.found)
                self.findings.append(finding)
                left.append(rejected.bad_lines(k.raw, None))
            else:
                tally = one.counts.tally(len(k.raw.bad_lines))
                report = reports.report(one.staged, tally)
                self.findings += reports.left_out(report)
                left.append(rejected.bad_lines(k.raw, one.staged.table))
                if any(reason not in (None, "bad-line") for reason in tally):
                    left.append(rejected.rejected_rows(self.con, one.staged, one.relation))
            sources.append(report)
        return tuple(sources), pa.concat_tables(left)

    def _conclude(self, currency: str | None, sums: dict[str, Any]) -> None:
        if currency:
            self.findings.append(Finding("currency", values={"code": currency}))
        elif sums:
            self.findings.append(Finding("no-currency"))
        if sums.get("customers"):
            names = ("purchases", "customers", "sales", "returns", "net")
            self.findings.append(Finding("population", values={n: sums[n] for n in names}))
        else:
            self.findings.append(Finding("nothing-to-classify"))
