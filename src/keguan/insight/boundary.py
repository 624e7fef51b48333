"""Cut values of a scheme whatever its kind, and who stands close to them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from keguan.insight.folder import RunFolder, quoted
from keguan.insight.record import SchemeRecord

WITHIN = Decimal("0.05")
NEAREST = 8
MOST_BOUNDARIES = 12


@dataclass(frozen=True)
class Boundary:
    """At `value` of `measure` begins `name`: a class, a named cut or a score. `place` is the class's index, if it is one."""

    name: str
    measure: str
    value: Decimal
    place: int | None
    included: bool = True


@dataclass(frozen=True)
class Near:
    """A subject near a boundary; `distance` is its value minus the cut, negative below."""

    subject: str
    label: str | None
    code: str | None
    value: Decimal
    distance: Decimal


@dataclass(frozen=True)
class BoundaryList:
    """Who stands near one boundary: the nearest above and below, and how many in all within `within` of the cut value."""

    boundary: Boundary
    within: Decimal
    n_above: int
    n_below: int
    above: tuple[Near, ...]
    below: tuple[Near, ...]


def boundaries(scheme: SchemeRecord, cuts: dict[str, Any]) -> tuple[Boundary, ...]:
    """The boundaries in a scheme's cuts, from high to low, as far as they are numbers."""
    found: list[Boundary] = []
    for entry in cuts.get("cuts") or ():
        start = entry.get("from")
        value = start[0] if isinstance(start, list) else start
        _add(found, entry["class"], cuts["measure"], value, scheme, entry.get("included", True))
    for name, entry in (cuts.get("values") or {}).items():
        _add(found, name, entry["measure"], entry.get("value"), scheme)
    scores = [(letter.upper(), e) for letter, e in (cuts.get("scores") or {}).items()]
    scores += [(e["measure"], e) for e in cuts.get("indicators") or ()]
    for letter, entry in scores:
        steps = list(enumerate(entry["cuts"], start=2))
        for score, value in reversed(steps):
            _add(found, f"{letter}{score}", entry["measure"], value, scheme, False)
    return tuple(found)


def _add(
    found: list[Boundary], name: str, measure: str, value: Any, scheme: SchemeRecord, included: bool = True
) -> None:
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        return  # a day or nothing: no distance in numbers
    if number.is_finite():
        place = scheme.codes.index(name) if name in scheme.codes else None
        found.append(Boundary(name, measure, number, place, included))


def boundary_lists(
    folder: RunFolder, scheme: SchemeRecord, *, within: Decimal = WITHIN, nearest: int = NEAREST
) -> tuple[BoundaryList, ...]:
    """Who is near each boundary of `scheme`, relative to the cut value; a cut of 0 has no *within* and is left out."""
    known = [
        b for b in boundaries(scheme, folder.cuts(scheme)) if b.value != 0 and b.measure in folder.columns
    ]
    return tuple(_near(folder, scheme, b, within, nearest) for b in known[:MOST_BOUNDARIES])


def _near(
    folder: RunFolder, scheme: SchemeRecord, boundary: Boundary, within: Decimal, nearest: int
) -> BoundaryList:
    value, code = quoted(boundary.measure), quoted(scheme.column)
    # Which side a subject is on is what its class says: on a tie at the cut the value alone does not tell.
    if boundary.place is not None:
        side = f"list_position(?, {code}) <= {boundary.place + 1}"
        upper: list[object] = [list(scheme.codes)]
    else:
        side, upper = f"{value} {'>=' if boundary.included else '>'} ?", [boundary.value]
    reach = abs(boundary.value) * within
    sql = f"""
        WITH close AS (
            SELECT subject, label, {code} AS code, {value}::DECIMAL(38,4) AS v, ({side}) AS up
            FROM run WHERE {code} IS NOT NULL AND {value} BETWEEN ? AND ?
        ), placed AS (
            SELECT *, row_number() OVER (PARTITION BY up ORDER BY abs(v - ?), subject) AS r, count(*) OVER (PARTITION BY up) AS n
            FROM close
        )
        SELECT up, n, subject, label, code, v FROM placed WHERE r <= ? ORDER BY up DESC, r
    """
    rows = folder.rows(sql, [*upper, boundary.value - reach, boundary.value + reach, boundary.value, nearest])
    counts = {bool(up): int(n) for up, n, *_ in rows}
    lists = {
        up: tuple(Near(s, n, c, v, v - boundary.value) for u, _, s, n, c, v in rows if bool(u) is up)
        for up in (True, False)
    }
    return BoundaryList(
        boundary, within, counts.get(True, 0), counts.get(False, 0), lists[True], lists[False]
    )
