"""What deserves to be said first: coded facts with their numbers, the most important first. Words are the reports' business.

The importance and the thresholds are ours, not the sources'. A number's name says what it is: `…_heads`, `…_share`,
`…_sales`, `…_class` (a `ClassName`), `…_scheme` (a `SchemeRecord`), `n_…`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from keguan.insight.distribution import ClassShare, Distribution
from keguan.insight.overview import Overview
from keguan.insight.record import SchemeRecord

FEW = 100
LARGE_SHARE = Decimal("0.10")
NOTABLE_SHARE = Decimal("0.01")
CROWDED_SHARE = Decimal("0.60")


@dataclass(frozen=True)
class ClassName:
    """A class by scheme and code."""

    scheme: SchemeRecord
    code: str


@dataclass(frozen=True)
class Finding:
    """A fact. `code` picks the sentence, `section` is where the report shows it, `source` how it was computed."""

    code: str
    importance: int
    section: str
    source: str
    numbers: Mapping[str, object] = field(default_factory=dict)


def findings(view: Overview) -> tuple[Finding, ...]:
    """All findings, the most important first."""
    found = [f for rule in _RULES for f in rule(view)]
    return tuple(sorted(found, key=lambda f: (-f.importance, f.code)))


def _few(view: Overview) -> Iterator[Finding]:
    if view.record.population < FEW:
        yield Finding("few", 99, "quality", "population", {"n_heads": view.record.population, "n_few": FEW})


def _concentration(view: Overview) -> Iterator[Finding]:
    c = view.concentration
    if c is None:
        return
    if c.top20_share is None or c.for80_share is None:
        yield Finding("concentration-no-sales", 97, "concentration", "top20", {"all_heads": c.heads})
        return
    numbers = {
        "top_heads": c.top20_heads, "top_share": c.top20_share, "for_heads": c.for80_heads, "for_share": c.for80_share,
        "total_sales": c.sales, "all_heads": c.heads,
    }  # fmt: skip
    yield Finding(f"concentration-{c.verdict}", 97, "concentration", "top20", numbers)
    if c.largest_share is not None and c.largest_share >= LARGE_SHARE:
        yield Finding("largest", 92, "concentration", "largest", {"top_share": c.largest_share})
    if c.below_zero:
        yield Finding("below-zero", 30, "concentration", "below_zero", {"n_heads": c.below_zero})


def _tiers(view: Overview) -> Iterator[Finding]:
    lead = view.leading
    if lead is None or not lead.scheme.is_ordered:
        return
    filled = [c for c in lead.classes if c.heads]
    if len(filled) < 2 or filled[0].sales_share is None:
        return
    yield Finding("top-tier", 95, "leading", "class_sales", _of_class(lead, filled[0], "top"))
    yield Finding("low-tier", 60, "leading", "class_sales", _of_class(lead, filled[-1], "low"))


def _of_class(d: Distribution, c: ClassShare, name: str) -> dict[str, object]:
    return {
        f"{name}_class": ClassName(d.scheme, c.code), f"{name}_heads": c.heads, f"{name}_share": c.heads_share,
        f"{name}_sales": c.sales, f"{name}_sales_share": c.sales_share,
    }  # fmt: skip


def _slipping(view: Overview) -> Iterator[Finding]:
    """Customers worth much who have not bought lately: the two important segments with low recency."""
    rfm = next((d for d in view.distributions if d.scheme.id == "rfm"), None)
    if rfm is None:
        return
    chosen = [c for c in rfm.classes if c.code in ("keep", "win-back") and c.heads]
    if not chosen:
        return
    sales = [c.sales for c in chosen if c.sales is not None]
    shares = [c.sales_share for c in chosen if c.sales_share is not None]
    if not sales or not shares:
        return
    numbers: dict[str, object] = {
        "slipping_heads": sum(c.heads for c in chosen), "slipping_sales": sum(sales, Decimal(0)),
        "slipping_share": sum(shares, Decimal(0)), "keep_class": ClassName(rfm.scheme, "keep"), "win_class": ClassName(rfm.scheme, "win-back"),
    }  # fmt: skip
    yield Finding("slipping", 90, "rfm", "rfm_segments", numbers)


def _dormant(view: Overview) -> Iterator[Finding]:
    """Most did not buy in the window, so one purchase lifts a customer over several scores of frequency at once."""
    grid = view.rfm
    if grid is None or not grid.cells or grid.scores[1].cuts[:1] != (Decimal(0),):
        return
    heads = sum(c.heads for c in grid.cells)
    dormant = sum(c.heads for c in grid.cells if c.f == 1)
    if Decimal(dormant) / heads <= CROWDED_SHARE or dormant == heads:
        return
    numbers = {
        "dormant_heads": dormant, "dormant_share": Decimal(dormant) / heads, "n_score": min(c.f for c in grid.cells if c.f > 1),
        "champion_class": ClassName(grid.scheme, "champion"),
    }  # fmt: skip
    yield Finding("dormant", 89, "rfm", "rfm_segments", numbers)


def _lost(view: Overview) -> Iterator[Finding]:
    for d in view.distributions:
        lost = next((c for c in d.classes if c.code == "lost" and c.heads), None)
        if d.scheme.id == "loyalty-quadrant" and lost is not None:
            numbers = {
                "lost_class": ClassName(d.scheme, "lost"),
                "lost_heads": lost.heads,
                "lost_share": lost.heads_share,
            }
            yield Finding("lost", 55, f"scheme-{d.scheme.column}", "class_heads", numbers)


def _boundary(view: Overview) -> Iterator[Finding]:
    below, above = sum(b.n_below for b in view.boundaries), sum(b.n_above for b in view.boundaries)
    if view.boundaries and below + above:
        numbers = {"below_heads": below, "above_heads": above, "within_share": view.boundaries[0].within}
        yield Finding("boundary", 70, "boundaries", "boundary", numbers)


def _overlap(view: Overview) -> Iterator[Finding]:
    if view.overlap is not None and view.overlap.n_any:
        numbers = {
            "n_notions": len(view.overlap.notions),
            "any_heads": view.overlap.n_any,
            "all_heads": view.overlap.n_all,
        }
        yield Finding("overlap", 65, "overlap", "overlap", numbers)


def _without_class(view: Overview) -> Iterator[Finding]:
    missing = [(d.scheme.statuses.get("unclassified", 0), d.scheme) for d in view.distributions]
    most, scheme = max(missing, key=lambda m: m[0], default=(0, None))
    if scheme is not None and most:
        share = Decimal(most) / max(view.record.population, 1)
        importance = 80 if share >= Decimal("0.05") else 40
        numbers = {
            "n_heads": most,
            "n_share": share,
            "one_scheme": scheme,
            "n_schemes": sum(1 for n, _ in missing if n),
        }
        yield Finding("unclassified", importance, "schemes", "status", numbers)


def _rejected(view: Overview) -> Iterator[Finding]:
    left_out, kept = view.quality.n_rejected, view.quality.n_kept
    if left_out:
        share = Decimal(left_out) / (left_out + kept)
        numbers = {"n_rows": left_out, "n_share": share}
        yield Finding("rejected", 78 if share >= NOTABLE_SHARE else 35, "quality", "rejected", numbers)
    elif view.quality.parts:
        yield Finding("all-rows", 18, "quality", "rejected", {"n_rows": kept})


def _ties(view: Overview) -> Iterator[Finding]:
    tied = sum(d.scheme.ties_at_cut for d in view.distributions)
    if tied:
        yield Finding("ties", 25, "boundaries", "ties", {"n_heads": tied})


def _left_out(view: Overview) -> Iterator[Finding]:
    names = sorted({n for d in view.distributions for n in d.scheme.left_out})
    if names:
        yield Finding("left-out", 22, "schemes", "left_out", {"names": tuple(names)})


def _skipped(view: Overview) -> Iterator[Finding]:
    if view.record.n_not_computed:
        yield Finding("skipped", 15, "fit", "skipped", {"n_schemes": view.record.n_not_computed})


_RULES: tuple[Callable[[Overview], Iterator[Finding]], ...] = (
    _few, _concentration, _tiers, _slipping, _dormant, _lost, _boundary, _overlap, _without_class, _rejected, _ties, _left_out, _skipped,
)  # fmt: skip
