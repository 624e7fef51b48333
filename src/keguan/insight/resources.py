"""What each class of the leading scheme takes up and what it brings: hours and cost beside the value, as measured."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from keguan.insight.folder import RunFolder, quoted
from keguan.insight.record import SchemeRecord

MEASURES = ("contact_minutes", "cost_to_serve")


@dataclass(frozen=True)
class ClassUse:
    """One class: heads, its value, minutes of contact and cost to serve, each with its share of the whole. A figure that
    the run does not know is None."""

    code: str
    heads: int
    value: Decimal | None
    minutes: Decimal | None
    cost: Decimal | None
    value_share: Decimal | None
    minutes_share: Decimal | None
    cost_share: Decimal | None


@dataclass(frozen=True)
class Resources:
    """The classes of a scheme, high to low, with what they take up."""

    scheme: SchemeRecord
    classes: tuple[ClassUse, ...]


def resources(folder: RunFolder) -> Resources | None:
    """Use of resources by class of the leading scheme; None where the run knows neither time nor cost."""
    lead = folder.leading
    known = [_measure(folder, name) for name in MEASURES]
    if lead is None or not any(known):
        return None
    value = folder.value.name if folder.value else None
    sums = [f"sum({quoted(n)})" if n else "NULL" for n in (value, *known)]
    status, column = quoted(f"{lead.column}.status"), quoted(lead.column)
    rows = folder.rows(
        f"SELECT {column}, count(*)::BIGINT, {', '.join(sums)} FROM run"
        f" WHERE {status} IN ('classified', 'proposed') GROUP BY ALL"
    )
    found = {code: (heads, *map(_decimal, figures)) for code, heads, *figures in rows}
    empty = (0, None, None, None)
    ordered = [(code, *found.get(code, empty)) for code in lead.codes]
    totals = [_total([row[place] for row in ordered]) for place in (2, 3, 4)]
    return Resources(lead, tuple(ClassUse(*row, *_shares(row[2:], totals)) for row in ordered))


def _measure(folder: RunFolder, name: str) -> str | None:
    """The measure in the window the run knows it in."""
    return next(
        (n for n in folder.record.measures if n.rpartition("_")[0] == name and n in folder.columns), None
    )


def _decimal(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _total(figures: list[Decimal | None]) -> Decimal:
    return sum((f for f in figures if f is not None), Decimal(0))


def _shares(figures: tuple[Decimal | None, ...], totals: list[Decimal]) -> list[Decimal | None]:
    return [f / t if f is not None and t > 0 else None for f, t in zip(figures, totals, strict=True)]
