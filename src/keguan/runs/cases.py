"""Running the cases of a scheme: a small world goes in, the classes that come out are held against what a person expects."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from keguan.core.errors import KeguanError, fail
from keguan.core.scratch import Scratch
from keguan.engine.backends import Engine, open_engine
from keguan.engine.intake.parts import Part
from keguan.engine.measures.resolve import find
from keguan.engine.subjects import SEPARATOR, SUBJECTS
from keguan.engine.tables import LogicalTable, day_of, logical_table
from keguan.runs.applies import refusal, why_not
from keguan.runs.available import Data
from keguan.runs.classify import assign
from keguan.runs.decide import column_name
from keguan.runs.fit import fit_all
from keguan.runs.found import Facts, written_out
from keguan.runs.links import add_links
from keguan.runs.models import MEASURED, measure
from keguan.runs.overrides import add_overrides
from keguan.runs.plan import Plan, make_plan, others
from keguan.runs.request import RunRequest
from keguan.schemes import catalogue
from keguan.schemes.cases import Case, Entry, load_cases
from keguan.schemes.document import Scheme
from keguan.schemes.loader import load_scheme
from keguan.schemes.profile import Profile

if TYPE_CHECKING:
    import pyarrow as pa

Sources = Callable[[str], catalogue.Source]


@dataclass(frozen=True)
class Mismatch:
    """One expectation that was not met."""

    case: Case
    what: str
    expected: object
    found: object

    def __str__(self) -> str:
        return f"{self.case.file}:{self.case.line} {self.case.name}: {self.what}: expected {self.expected}, found {self.found}"


def run_cases(
    scheme: catalogue.Source, cases: catalogue.Source, find_scheme: Sources = catalogue.find
) -> list[Mismatch]:
    """Every expectation in `cases` that `scheme` does not meet. `find_scheme` finds the schemes it asks about."""
    found: list[Mismatch] = []
    with open_engine(threads=1) as engine:
        for case in load_cases(cases.text(), cases.file):
            found += run_case(case, scheme, engine, find_scheme)
    return found


def run_case(
    case: Case, source: catalogue.Source, engine: Engine, find_scheme: Sources = catalogue.find
) -> list[Mismatch]:
    """The expectations of one case that are not met."""
    try:
        rows = _outcome(case, source, engine, find_scheme)
    except KeguanError as refusal:
        codes = [p.code for p in refusal.problems]
        if case.expect.refused in codes:
            return []
        return [Mismatch(case, "refused", case.expect.refused or "a result", refusal.render("en"))]
    if case.expect.refused:
        return [Mismatch(case, "refused", case.expect.refused, "a result")]
    return _compare(case, rows)


def _outcome(
    case: Case, source: catalogue.Source, engine: Engine, find_scheme: Sources
) -> dict[str, dict[str, str | None]]:
    """Per subject: class, status, reason, detail."""
    profile = catalogue.find_profile(case.profile) if case.profile else None
    with Scratch() as folder:
        parts = _parts(case, folder)
        scheme = _scheme(case, source, profile, Facts(parts, case.as_of))
        refused = why_not(scheme, scheme.subject, profile)
        if refused is not None:
            raise KeguanError(refusal(refused, scheme.subject))
        schemes = [*_asked_about(scheme, find_scheme, profile), scheme]
        plan = _plan(case, schemes, parts, folder)
        if plan.data.measured is None:
            plan = add_links(engine, add_overrides(engine, measure(engine, plan))).plan
        else:
            engine.attach("given", [folder / "measured.parquet"])
            engine.keep(MEASURED, exp.select("*").from_("given"))
        _, decisions = fit_all(engine, MEASURED, plan)
        assign(engine, plan, decisions, folder)
        return _read(folder, scheme, case.dimension or scheme.dimensions[0].id)


def _scheme(case: Case, source: catalogue.Source, profile: Profile | None, facts: Facts) -> Scheme:
    """The scheme as the case changes it, with the dimensions its world holds."""
    document = written_out(source.text(), source.file, facts, case.parameters, case.changes)
    as_written = document.text == source.text()
    return load_scheme(
        document.text,
        source.file,
        subject=case.subject,
        window=case.window,
        profile=profile,
        changes=case.changes if as_written else None,
        parameters=document.parameters,
    )


def _asked_about(scheme: Scheme, find_scheme: Sources, profile: Any) -> list[Scheme]:
    """The schemes whose classes `scheme` tests, and theirs, each once."""
    found: dict[str, Scheme] = {}
    waiting = others(scheme)
    while waiting:
        source = find_scheme(waiting.pop())
        if source.id not in found:
            other = load_scheme(source.text(), source.file, profile=profile)
            found[source.id] = other
            waiting += others(other)
    return list(found.values())


def _plan(case: Case, schemes: Sequence[Scheme], parts: Sequence[Part], folder: Path) -> Plan:
    subject = SUBJECTS[schemes[-1].subject]
    given = _measured_rows(case)
    request = RunRequest(parts, schemes, case.as_of, case.name, subject=subject.name)
    if given is None:
        plan = make_plan(request)
    else:
        names = frozenset(n for row in given.values() for n in row)
        plan = make_plan(request, Data(subject, {}, names))
        _write(folder / "measured.parquet", _measured_table(plan, given))
    own, wanted = schemes[-1], case.dimension or schemes[-1].dimensions[0].id
    missing = [
        refusal(s, subject.name) for s in plan.skipped if s.id == own.id and s.dimension in (None, wanted)
    ]
    if missing:
        raise KeguanError(missing)
    return plan


def _measured_rows(case: Case) -> dict[str, Mapping[str, Any]] | None:
    """Ready-made measures per subject, where the case gives them."""
    given = case.given
    if given.ranks is not None:
        ranks = given.ranks
        values = range(ranks.count, 0, -1)
        return {f"s{i:04d}": {ranks.measure: v, **ranks.others} for i, v in enumerate(values, start=1)}
    return dict(given.measures) if given.source == "measures" else None


def _measured_table(plan: Plan, rows: Mapping[str, Mapping[str, Any]]) -> pa.Table:
    import pyarrow as pa

    keys = plan.data.subject.keys
    parts = [who.split(SEPARATOR) for who in rows]
    names = [m.name for m in plan.measures if not m.definition.internal] + list(plan.attributes)
    columns = {n: pa.array([r.get(n) for r in rows.values()], _arrow_type(n, plan, rows)) for n in names}
    named = {k: pa.array([p[i] for p in parts], pa.string()) for i, k in enumerate(keys)}
    return pa.table({**named, **columns})


def _arrow_type(name: str, plan: Plan, rows: Mapping[str, Mapping[str, Any]]) -> pa.DataType | None:
    """The type a measure has in a run; None lets an attribute's values decide."""
    import pyarrow as pa

    measure = find(name, plan.data.subject.name)
    if measure is None:
        return None
    kind = measure.definition.type
    if kind == "money":
        return pa.decimal128(18, 4)
    if kind == "date":
        return pa.date32()
    if kind == "number":
        fractions = any(isinstance(r.get(name), Decimal) for r in rows.values())
        return pa.decimal128(18, 6) if fractions else pa.int64()
    return pa.bool_() if kind == "flag" else pa.string()


def _parts(case: Case, folder: Path) -> list[Part]:
    """The tables of the case; none where it gives ready-made measures."""
    given = case.given
    if given.source in ("measures", "ranks"):
        return []
    parts: list[Part] = []
    if given.source == "orders":
        parts.append(_part(folder, "orders", _entries(given.orders, "customer_id")))
    if given.source == "order_lines":
        parts.append(_part(folder, "order_lines", _entries(given.order_lines, "product")))
    if given.source == "items":
        parts.append(_part(folder, "items", _items(given.items)))
    if given.customers:
        parts.append(_part(folder, "customers", _customers(given.customers)))
    parts += [_table_part(folder, logical_table(name), rows) for name, rows in given.tables.items()]
    return parts


def _part(folder: Path, table: str, content: pa.Table) -> Part:
    path = folder / f"{table}.parquet"
    _write(path, content)
    return Part(table, path, f"case:{table}", content.num_rows, tuple(content.column_names), "case")


def _write(path: Path, content: pa.Table) -> None:
    import pyarrow.parquet as pq

    pq.write_table(content, path)


def _entries(world: Mapping[str, Sequence[Entry]], key: str) -> pa.Table:
    import pyarrow as pa

    rows = [(who, e) for who, entries in world.items() for e in entries]
    return pa.table(
        {
            key: pa.array([who for who, _ in rows], pa.string()),
            "ordered_on": pa.array([e.on for _, e in rows], pa.date32()),
            "order_id": pa.nulls(len(rows), pa.string()),
            "amount": pa.array([e.amount for _, e in rows], pa.decimal128(18, 4)),
            "kind": pa.array([e.kind for _, e in rows], pa.string()),
            "status": pa.array([e.status for _, e in rows], pa.string()),
        }
    )


def _items(items: Mapping[str, Decimal]) -> pa.Table:
    import pyarrow as pa

    weights = pa.array(list(items.values()), pa.decimal128(18, 4))
    return pa.table({"item": pa.array(list(items), pa.string()), "weight": weights})


def _customers(customers: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Customers with their attributes as they are; fields of the logical table that hold numbers or days as such."""
    import pyarrow as pa

    table = logical_table("customers")
    names = dict.fromkeys(n for c in customers for n in c)
    columns = {str(table.day_column): pa.nulls(len(customers), pa.date32())}
    for name in names:
        values = [c.get(name) for c in customers]
        kind = table.canonical.get(name)
        if kind in ("number", "money"):
            numbers = [None if v is None else Decimal(str(v)) for v in values]
            columns[name] = pa.array(numbers, pa.decimal128(18, 4))
        else:
            columns[name] = pa.array(values)
    return pa.table(columns)


def _table_part(folder: Path, table: LogicalTable, rows: Sequence[Mapping[str, Any]]) -> Part:
    """Rows of a logical table as intake leaves them: every column the table may have, and further ones as text. Whoever writes
    a moment as its day, or the day's own column, has given the moment."""
    import pyarrow as pa

    types: dict[str, Any] = {
        "money": pa.decimal128(18, 4), "number": pa.decimal128(18, 4), "date": pa.date32(), "flag": pa.bool_(),
        "count": pa.int64(), "datetime": pa.date32(),
    }  # fmt: skip
    moments = {f.name: day_of(f.name) for f in table.fields.values() if f.type == "datetime"}
    other = moments | {day: moment for moment, day in moments.items()}
    given = dict.fromkeys(n for row in rows for n in row)
    columns: dict[str, Any] = {}
    for name in dict.fromkeys([*table.canonical, *given]):
        values = [row.get(name, row.get(other.get(name, name))) for row in rows]
        kind = types.get(table.canonical.get(name, "text"))
        texts = [None if v is None else str(v) for v in values]
        column = pa.array(values, kind) if kind is not None else pa.array(texts, pa.string())
        columns[name] = column.cast(pa.timestamp("us")) if name in moments else column
    fields = (*given, *(m for m, day in moments.items() if day in given and m not in given))
    return replace(_part(folder, table.name, pa.table(columns)), fields=fields)


def _read(folder: Path, scheme: Scheme, dimension: str | None) -> dict[str, dict[str, str | None]]:
    import pyarrow.parquet as pq

    name = column_name(scheme.id, dimension)
    rows = pq.read_table(folder / "assignments.parquet").to_pylist()
    parts = {"classes": "", "statuses": ".status", "reasons": ".reason", "details": ".detail"}
    subject = SUBJECTS[scheme.subject]
    if rows and name not in rows[0]:
        raise fail("KG503", reference=name)
    return {
        subject.joined(r[k] for k in subject.keys): {p: r[name + suffix] for p, suffix in parts.items()}
        for r in rows
    }


def _compare(case: Case, rows: Mapping[str, Mapping[str, str | None]]) -> list[Mismatch]:
    found: list[Mismatch] = []
    expected: dict[str, Mapping[str, str | None]] = {
        "classes": case.expect.classes,
        "details": case.expect.details,
        "reasons": case.expect.reasons,
        "statuses": case.expect.statuses,
    }
    for part, wanted in expected.items():
        for who, value in wanted.items():
            got = rows[who][part] if who in rows else "no such subject"
            if got != value:
                found.append(Mismatch(case, f"{part} of {who}", value, got))
    counts: dict[str, int] = {}
    for row in rows.values():
        if row["classes"] is not None:
            counts[row["classes"]] = counts.get(row["classes"], 0) + 1
    for code, n in case.expect.counts.items():
        if counts.get(code, 0) != n:
            found.append(Mismatch(case, f"count of {code}", n, counts.get(code, 0)))
    return found
