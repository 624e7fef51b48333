"""The four notions of a large customer side by side: each is right in its own place, together they rarely agree."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from keguan.insight.folder import RunFolder, quoted
from keguan.insight.joint import TABLE
from keguan.insight.record import SchemeRecord

# A notion and the classes that stand for it, the first that ran counts.
NOTIONS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("threshold", (("key-account", "key"),)),
    ("top-1", (("value-pyramid", "A"),)),
    ("top-20", (("pareto-8020", "vital-20"), ("sales-volume-four", "large"))),
    ("profit", (("core-customer", "major"),)),
)


@dataclass(frozen=True)
class Notion:
    """One notion, the class that stands for it, and who it covers."""

    code: str
    scheme: SchemeRecord
    class_code: str
    heads: int
    sales: Decimal | None


@dataclass(frozen=True)
class Combination:
    """How many are large by exactly these notions and no other."""

    notions: tuple[str, ...]
    heads: int
    sales: Decimal | None


@dataclass(frozen=True)
class Overlap:
    """The notions that ran, every combination that occurs (most notions first), and who is large by all or by any."""

    notions: tuple[Notion, ...]
    combinations: tuple[Combination, ...]
    n_all: int
    n_any: int


def large_customer_overlap(folder: RunFolder) -> Overlap | None:
    """The overlap; None unless at least two notions ran. Needs `make_joint` to have run."""
    chosen = [(code, *found) for code, ways in NOTIONS if (found := _chosen(folder, ways)) is not None]
    if len(chosen) < 2:
        return None
    tests = [f"coalesce({quoted(s.column)} = ?, false)" for _, s, _ in chosen]
    rows = folder.rows(
        f"SELECT {', '.join(tests)}, sum(heads)::BIGINT, sum(sales) FROM {TABLE} GROUP BY ALL",
        [c for *_, c in chosen],
    )
    combinations = [_combination([code for code, *_ in chosen], row) for row in rows]
    listed = sorted(
        (c for c in combinations if c.notions), key=lambda c: (-len(c.notions), -c.heads, c.notions)
    )
    notions = tuple(_notion(code, scheme, cls, listed) for code, scheme, cls in chosen)
    n_all = sum(c.heads for c in listed if len(c.notions) == len(chosen))
    return Overlap(notions, tuple(listed), n_all, sum(c.heads for c in listed))


def _chosen(folder: RunFolder, ways: tuple[tuple[str, str], ...]) -> tuple[SchemeRecord, str] | None:
    found = ((folder.scheme(scheme), code) for scheme, code in ways)
    return next(((s, code) for s, code in found if s is not None and code in s.codes), None)


def _combination(codes: list[str], row: tuple[object, ...]) -> Combination:
    *flags, heads, sales = row
    held = tuple(c for c, flag in zip(codes, flags, strict=True) if flag)
    return Combination(held, int(str(heads)), sales if isinstance(sales, Decimal) else None)


def _notion(code: str, scheme: SchemeRecord, class_code: str, listed: list[Combination]) -> Notion:
    own = [c for c in listed if code in c.notions]
    sales = [c.sales for c in own if c.sales is not None]
    return Notion(
        code, scheme, class_code, sum(c.heads for c in own), sum(sales, Decimal(0)) if sales else None
    )
