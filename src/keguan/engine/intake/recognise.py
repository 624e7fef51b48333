"""Which logical table a raw table is: its name is a hint, its columns decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from keguan.engine.intake import letters
from keguan.engine.intake.mapping import Mapping_, map_columns
from keguan.engine.intake.options import IntakeOptions
from keguan.engine.intake.raw import RawTable
from keguan.engine.intake.sampling import Sample
from keguan.engine.tables import logical_tables

_FAMILY = {"orders": ("orders", "order_lines"), "order_lines": ("order_lines", "orders")}
_HINT = 0.3  # what a fitting name of the file or sheet is worth


@dataclass(frozen=True)
class Recognised:
    """What a raw table was taken for; `mapping` is None when it is none of the tables.

    `nearest` is then the table it lacks least for, and `lacking` the fields it lacks.
    """

    mapping: Mapping_ | None
    nearest: str | None = None
    lacking: tuple[str, ...] = ()
    have: tuple[str, ...] = ()


def recognise(raw: RawTable, samples: Sequence[Sample], options: IntakeOptions) -> Recognised:
    """The logical table of `raw` and its mapping, from the hint in `raw.table` and from the columns."""
    tables = logical_tables()
    family = _FAMILY.get(raw.table or "", (raw.table,) if raw.table in tables else ())
    headerless = raw.facts.get("header_line") == 0
    if headerless and not family:
        family = ("orders",)
    asked = {table for table, _ in options.columns}
    meant = {*family, "orders", *asked}
    candidates = [name for name, table in tables.items() if not table.named or name in meant]
    found = [_map(name, samples, options, headerless, name in meant) for name in candidates]
    if headerless or any(_fits(m, samples, family) for m in found if m.table.name in family):
        found = [m for m in found if m.table.name in family]
    answered = ("overrides",) if letters.is_answered(options.policies.letters) else ()
    return _best(found, samples, family, (*family, *answered))


def _map(
    name: str, samples: Sequence[Sample], options: IntakeOptions, headerless: bool, guess: bool
) -> Mapping_:
    wishes = {f: header for (table, f), header in options.columns.items() if table == name}
    return map_columns(logical_tables()[name], samples, wishes, headerless, guess)


def _best(
    found: Sequence[Mapping_],
    samples: Sequence[Sample],
    family: Sequence[str | None],
    told: Sequence[str | None],
) -> Recognised:
    """The fittest of the tables that fit; one that has to ask only where no other fits, and so one that is told by an
    answer alone."""
    found = [m for m in found if not _is_of_orders(m, found)]
    complete = [m for m in found if _fits(m, samples, family)] or [
        m for m in found if _fits(m, samples, told)
    ]
    sure = [m for m in complete if not m.doubtful and not m.tied] or complete
    if sure:
        return Recognised(
            max(sure, key=lambda m: (m.fitness + _HINT * (m.table.name in family), m.table.name == "orders"))
        )
    by_name = [m for m in found if m.fields]
    if not by_name:
        return Recognised(None)
    nearest = max(
        by_name, key=lambda m: (m.table.name in family, _coverage(m), m.table.name == "order_lines")
    )
    lacking = nearest.missing or nearest.table.tells
    return Recognised(None, nearest.table.name, lacking, tuple(nearest.fields))


def _is_of_orders(mapping: Mapping_, found: Sequence[Mapping_]) -> bool:
    """Whether a list of things has order ids beside them: those are baskets, and no list with weights."""
    ids = [m.fields["order_id"].place for m in found if m.table.name in _FAMILY and "order_id" in m.fields]
    return mapping.table.name == "items" and any(place in mapping.unmapped for place in ids)


def _fits(mapping: Mapping_, samples: Sequence[Sample], family: Sequence[str | None]) -> bool:
    """Whether nothing is missing and the content does not speak against the table.

    Order lines are lines only with a product, or where the amount has to be computed; an id that must be unique must
    not repeat in every other row; a closed table has no room for further columns; a table that nothing but its name
    would tell from orders needs that name.
    """
    table = mapping.table
    if mapping.missing or (table.closed and mapping.unmapped):
        return False
    if table.tells and table.name not in family and not set(table.tells) & set(mapping.fields):
        return False
    if table.name == "order_lines":
        return "product" in mapping.fields or "amount" not in mapping.fields
    if table.unique and table.name not in family:
        sample = samples[mapping.fields[table.unique].place]
        return len(sample.values) >= 0.7 * sample.filled
    return True


def _coverage(mapping: Mapping_) -> float:
    return sum(m.confidence for m in mapping.fields.values()) - 0.5 * len(mapping.missing)
