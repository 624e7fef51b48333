"""Units: how they are written after a number, which fit together, and what arithmetic makes of them."""

from __future__ import annotations

from keguan.language.ast import Unit

MONEY = "money"
SHARE = "share"
DAYS = "days"

# Plural first, then singular: these two are what the writer uses.
SPELLINGS: dict[Unit, tuple[str, ...]] = {
    "hours": ("hours", "hour", "小时", "小時"),
    DAYS: ("days", "day", "天", "日"),
    "months": ("months", "month", "个月", "個月"),
    "orders": ("orders", "order", "单", "單"),
    "items": ("items", "item", "件"),
    "count": ("times", "time", "次"),
    MONEY: ("元",),
}
BY_SPELLING = {spelling: unit for unit, spellings in SPELLINGS.items() for spelling in spellings}

_SHARES = frozenset({SHARE, "ratio"})
_COUNTED = frozenset({"count", "orders", "items"})


class UnitClash(ValueError):
    """Two units that an operation cannot join."""


def fits(a: Unit | None, b: Unit | None) -> bool:
    """Whether values may be compared or added; a plain number (None) fits everything.

    >>> fits("share", "ratio"), fits("orders", "count"), fits("days", "months")
    (True, True, False)
    """
    if a is None or b is None or a == b:
        return True
    return {a, b} <= _SHARES or ("count" in (a, b) and {a, b} <= _COUNTED)


def joined(a: Unit | None, b: Unit | None) -> Unit | None:
    """The unit of a sum, or of whichever of two values that fit together."""
    if a is None or b is None or a == b:
        return a or b
    return "ratio" if a in _SHARES else "count"


def product(a: Unit | None, b: Unit | None) -> Unit | None:
    """The unit of a product: counts and shares scale, a rate gives back what it was a rate of.

    >>> product("money", "share"), product("money/months", "months")
    ('money', 'money')
    """
    for rate, base in ((a, b), (b, a)):
        if rate is not None and rate.endswith(f"/{base}"):
            return rate.removesuffix(f"/{base}")
    strong = [u for u in (a, b) if not _is_weak(u)]
    if len(strong) == 2:
        raise UnitClash(f"{a} * {b}")
    if strong:
        return strong[0]
    return next((u for u in (a, b) if u in _COUNTED), a or b)


def quotient(a: Unit | None, b: Unit | None) -> Unit | None:
    """The unit of a quotient: like by like is a ratio, per count or share keeps the unit, else a rate.

    >>> quotient("days", "days"), quotient("money", "orders"), quotient("money", "months")
    ('ratio', 'money', 'money/months')
    """
    if a is not None and b is not None and fits(a, b):
        return "ratio"
    if _is_weak(b):
        return a
    if "/" in f"{a}{b}":
        raise UnitClash(f"{a} / {b}")
    return f"{a or 1}/{b}"


def _is_weak(unit: Unit | None) -> bool:
    return unit is None or unit in _SHARES or unit in _COUNTED
