"""Classes of a scheme by heads, by sales, and by their shares of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from keguan.insight.folder import RunFolder
from keguan.insight.joint import TABLE, class_sql
from keguan.insight.record import SchemeRecord


@dataclass(frozen=True)
class ClassShare:
    """One class. Shares are of the classified; `sales_share` is None where sales are unknown or sum to nothing positive."""

    code: str
    heads: int
    heads_share: Decimal
    sales: Decimal | None
    sales_share: Decimal | None

    @property
    def sales_per_head(self) -> Decimal | None:
        """Mean sales of a member."""
        return None if self.sales is None or not self.heads else self.sales / self.heads


@dataclass(frozen=True)
class Distribution:
    """A scheme's classes from high to low, with how many the scheme left without one; `evidence` for the number of classes where
    a machine chose it."""

    scheme: SchemeRecord
    classes: tuple[ClassShare, ...]
    heads: int
    sales: Decimal | None
    without_class: int
    evidence: tuple[Mapping[str, Any], ...] = ()


def distribution(folder: RunFolder, scheme: SchemeRecord) -> Distribution:
    """The distribution of one scheme; needs `make_joint` to have run."""
    found = folder.rows(
        f"SELECT {class_sql(scheme)}, sum(heads)::BIGINT, sum(sales) FROM {TABLE} GROUP BY ALL"
    )
    by_code = {code: (int(heads), sales) for code, heads, sales in found}
    without, _ = by_code.pop(None, (0, None))
    heads = sum(n for n, _ in by_code.values())
    known = [s for _, s in by_code.values() if s is not None]
    total = sum(known, Decimal(0)) if known else None
    codes = [*scheme.codes, *sorted(set(by_code) - set(scheme.codes))]
    zero = None if total is None else Decimal(0)
    classes = (_share(c, *by_code.get(c, (0, zero)), heads, total) for c in codes)
    evidence = tuple(folder.cuts(scheme).get("evidence") or ())
    return Distribution(scheme, tuple(classes), heads, total, without, evidence)


def _share(code: str, n: int, sales: Decimal | None, heads: int, total: Decimal | None) -> ClassShare:
    part = sales / total if sales is not None and total is not None and total > 0 else None
    return ClassShare(code, n, Decimal(n) / max(heads, 1), sales, part)
