"""Writing the classes of a run: outcomes looked up from the numbers the decisions give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlglot import exp

from keguan.core.errors import fail
from keguan.engine.backends import Engine
from keguan.engine.compile import column, columns_with, to_sql
from keguan.runs.decide import Decision, Tally
from keguan.runs.write_classes import write_classes

ASSIGNED = "assigned"
VALUE = "#value"


@dataclass(frozen=True)
class Written:
    """What was counted: subjects, and a tally per dimension."""

    rows: int
    tallies: tuple[Tally, ...]


def write_assignments(
    engine: Engine,
    table: str,
    keys: Sequence[str],
    decisions: Sequence[Decision],
    value: str | None,
    folder: Path,
) -> Written:
    """Write `assignments.parquet` into `folder`, sorted by the keys, and count on the way.

    `value` is the measure whose totals are counted per class. Raises KG508 when a subject comes twice or falls into no
    outcome.
    """
    keep_numbers(engine, table, keys, decisions, value)
    written = _count(engine, decisions)
    marks = [column(mark_of(d)) for d in decisions]
    rows = engine.batches(exp.select(*map(column, keys), *marks).from_(ASSIGNED), keys)
    write_classes(rows, len(keys), written.tallies, folder / "assignments.parquet")
    return written


def mark_of(decision: Decision) -> str:
    """The name of the number column; `#` keeps it apart from every measure."""
    return f"#{decision.column}"


def keep_numbers(
    engine: Engine, table: str, keys: Sequence[str], decisions: Sequence[Decision], value: str | None
) -> None:
    """Keep one row per subject: its keys, its value, and the number of its outcome in every dimension."""
    columns = columns_with([n for n, t in engine.columns(table).items() if t == "date"])
    small = exp.DataType.build("SMALLINT")
    numbers = [
        exp.alias_(
            exp.Cast(this=to_sql(d.index, columns), to=small.copy()), mark_of(d), quoted=True, copy=False
        )
        for d in decisions
    ]
    worth = column(value) if value else exp.cast(exp.null(), "DECIMAL(18, 4)")
    shown = [*(column(k) for k in keys), exp.alias_(worth, VALUE, quoted=True), *numbers]
    query = exp.Select(expressions=shown)  # large expressions: nothing here copies them
    engine.keep(ASSIGNED, query.from_(exp.to_table(table, quoted=True), copy=False))


def _count(engine: Engine, decisions: Sequence[Decision]) -> Written:
    """Heads and value per outcome of all dimensions in one pass; also the audit that everybody has exactly one."""
    columns = [column(mark_of(d)) for d in decisions]
    sets = exp.GroupingSets(expressions=[exp.Tuple(expressions=[c.copy()]) for c in columns])
    which = [exp.alias_(exp.func("GROUPING", c.copy()), f"g{i}") for i, c in enumerate(columns)]
    totals = [exp.Count(this=exp.Star()), exp.cast(exp.Sum(this=column(VALUE)), "VARCHAR")]
    query = exp.select(*which, *columns, *totals).from_(ASSIGNED)
    query.set("group", exp.Group(grouping_sets=[sets]))
    tables: list[dict[Any, tuple[int, Decimal]]] = [{} for _ in decisions]
    for row in engine.rows(query):
        place = row[: len(decisions)].index(0)
        n, total = int(str(row[-2])), row[-1]
        tables[place][row[len(decisions) + place]] = (
            n,
            Decimal(str(total)) if total is not None else Decimal(0),
        )
    tallies = tuple(_tally(d, t) for d, t in zip(decisions, tables, strict=True))
    return Written(_audited_rows(tallies), tallies)


def _tally(decision: Decision, found: dict[Any, tuple[int, Decimal]]) -> Tally:
    outcomes = range(len(decision.outcomes))
    strange = [n for n in found if n not in outcomes]
    if strange:
        raise fail("KG508", detail=f"{decision.column}: outcome {strange[0]}")
    counted = [found.get(i, (0, Decimal(0))) for i in outcomes]
    return Tally(decision, tuple(n for n, _ in counted), tuple(v for _, v in counted))


def _audited_rows(tallies: Sequence[Tally]) -> int:
    """The number of subjects, the same in every dimension."""
    totals = {tally.decision.column: sum(tally.heads) for tally in tallies}
    if len(set(totals.values())) != 1:
        raise fail("KG508", detail=", ".join(f"{name}: {n}" for name, n in totals.items()))
    return next(iter(totals.values()))
