"""What the purchases come to, day by day: the population, its money, and the newest day that is not a stray one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from keguan.engine.intake.inspection import Finding

if TYPE_CHECKING:
    import duckdb

_GAP = 366  # days without a single order before what comes after can be stray
_MOST = 100  # stray days hold at most one order in so many
_ENOUGH = 20  # orders it takes to tell a bulk from a stray day


@dataclass(frozen=True)
class Totals:
    """`values` by name, `newest` day of a completed order, and what is to be said of days beyond it."""

    values: dict[str, Any]
    newest: date | None
    findings: tuple[Finding, ...] = ()


def totals(con: duckdb.DuckDBPyConnection, purchases: str) -> Totals:
    """Add up `purchases` (a relation of the `orders` part's columns)."""
    rows = con.execute(
        f"SELECT ordered_on, kind, status, count(*), sum(amount) FROM {purchases} GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    (customers,) = con.execute(
        f"SELECT count(*) FROM (SELECT DISTINCT customer_id FROM {purchases} "
        "WHERE status = 'completed' AND kind = 'sale')"
    ).fetchone() or (0,)
    sales = [row for row in rows if row[1] == "sale" and row[2] == "completed"]
    returns = [row for row in rows if row[1] == "return" and row[2] == "completed"]
    days = sorted({row[0] for row in (*sales, *returns)})
    values: dict[str, Any] = {
        "purchases": sum(row[3] for row in sales),
        "customers": customers,
        "sales": _money(sales),
        "returns": _money(returns),
        "net": _money([*sales, *returns]),
        "first_day": days[0] if days else None,
        "last_day": days[-1] if days else None,
    }
    for status in ("open", "cancelled"):
        these = [row for row in rows if row[2] == status]
        values |= {f"{status}_purchases": sum(row[3] for row in these), f"{status}_money": _money(these)}
    done = [
        *sales,
        *returns,
    ]  # an open order of today is later than the last completed one, and that is nothing odd
    newest = _newest(done)
    return Totals(values, newest, tuple(_late(done, newest)))


def _money(rows: Sequence[tuple[Any, ...]]) -> Decimal:
    return sum((row[4] for row in rows), Decimal(0))


def _newest(rows: Sequence[tuple[Any, ...]]) -> date | None:
    """The last day; the last before a gap of over a year where hardly any order comes after it. Asks no clock."""
    counts: dict[date, int] = {}
    for day, _, _, count, _ in rows:
        counts[day] = counts.get(day, 0) + count
    days, total, after = sorted(counts), sum(counts.values()), 0
    newest = days[-1] if days else None
    if total < _ENOUGH:
        return newest
    for earlier, later in zip(days[-2::-1], days[:0:-1], strict=True):
        after += counts[later]
        if after * _MOST > max(total, _MOST):
            break
        if (later - earlier).days > _GAP:
            newest = earlier
    return newest


def _late(rows: Sequence[tuple[Any, ...]], newest: date | None) -> Iterator[Finding]:
    late = [row for row in rows if newest is not None and row[0] > newest]
    if late:
        values = {
            "rows": sum(row[3] for row in late),
            "latest": max(row[0] for row in late),
            "newest": newest,
        }
        yield Finding("late-dates", values=values)
