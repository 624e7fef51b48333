"""Drift: whether customers buy more often, or less often, from year to year; how many customers there are is another matter.

The days of purchases between a customer's first and last known one are a sample from the pace of those days. So whoever joined
early, buys often, or has left since is compared with nobody but himself (self-controlled case series: Farrington 1995, Biometrics
51(1), 228-235), and neither the growth of a base nor its leaving looks like a drift. One slope of the logarithm of the pace is
asked for, from two years on, since with less a slope cannot be told from a season, and is kept only if it earns more log-likelihood
than the Bayesian information criterion charges for it, purchases counted (Volinsky & Raftery 2000, Biometrics 56(1), 256-262) and
overdispersion allowed for. What comes is held at the last known pace: a slope carried on knows no bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from keguan.models._special import Floats
from keguan.models.season import LEAST_MONTHS, Season

if TYPE_CHECKING:
    from keguan.models.rhythm import Gaps

YEAR = 365.25
#: The steepest slope that is believed: tenfold in a year.
STEEPEST = float(np.log(10.0))
_Days = NDArray[np.int64]


@dataclass(frozen=True)
class Drift:
    """The pace grows by the factor e^`yearly` a year from day `since` to day `until` (day numbers since 1970-01-01)."""

    yearly: float = 0.0
    since: int = 0
    until: int = 0

    def __bool__(self) -> bool:
        return self.yearly != 0.0

    @classmethod
    def learn(cls, gaps: Gaps, season: Season, day: _Days, n: Floats) -> Self:
        """From histories and from how many repeat purchases (customers who had bought before) fell on each `day`; 0 where the
        data carry no drift."""
        if not len(gaps.n):
            return cls()
        joined = gaps.last - gaps.total.astype(np.int64)
        since, until = int(joined.min()), int((gaps.last + gaps.open).max())
        if until - since < LEAST_MONTHS:
            return cls()
        days, again, rows = np.arange(since, until + 1), gaps.n >= 1, gaps.n >= 2
        known = (since <= day) & (day <= until)
        seen = np.bincount(day[known] - since, n[known], len(days)).astype(np.float64)
        seen -= np.bincount(gaps.last[again] - since, minlength=len(days))  # no last purchase lies between
        spans = _Spans(joined[rows] - since, gaps.last[rows] - since, gaps.n[rows] - 1.0)
        yearly, earned = _slope(season.pace(days), (days - until) / YEAR, seen, spans)
        return cls(yearly, since, until) if earned > np.log(max(spans.n.sum(), 2.0)) else cls()

    def pace(self, days: _Days) -> Floats:
        """How often a customer buys on each day, against the last known pace."""
        result: Floats = np.exp(self.yearly * (np.clip(days, self.since, self.until) - self.until) / YEAR)
        return result

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {"yearly": self.yearly, "since": self.since, "until": self.until}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """What `to_dict` wrote; a damaged record raises KeyError, TypeError or ValueError."""
        found = cls(float(data["yearly"]), int(data["since"]), int(data["until"]))
        if not abs(found.yearly) <= STEEPEST or found.since > found.until:
            raise ValueError("drift")
        return found


@dataclass(frozen=True)
class _Spans:
    """Customers with purchases between their first and last: the places of those two days, and `n` in between."""

    first: _Days
    last: _Days
    n: Floats

    def sums(self, values: Floats) -> Floats:
        """The sum of `values` over the days strictly between."""
        until = np.concatenate(([0.0], np.cumsum(values)))
        return until[self.last] - until[self.first + 1]

    def expected(self, pace: Floats) -> Floats:
        """Purchases expected on each day, each customer's own spread over the own span by `pace`."""
        each = self.n / self.sums(pace)
        change = np.bincount(self.first + 1, each, len(pace)) - np.bincount(self.last, each, len(pace))
        return pace * np.cumsum(change)


def _slope(pace: Floats, place: Floats, seen: Floats, spans: _Spans) -> tuple[float, float]:
    """The slope by `place` under which the days `seen` are most probable, and twice what it earns over none, per overdispersion."""
    if not spans.n.size or seen.sum() <= 0:
        return 0.0, 0.0
    mean, slope, plain = float(seen @ place / seen.sum()), 0.0, -(spans.n @ np.log(spans.sums(pace)))
    for _ in range(50):
        weight = pace * np.exp(slope * place)
        total = spans.sums(weight)
        expected = spans.sums(weight * place) / total
        spread = float(spans.n @ (spans.sums(weight * place**2) / total - expected**2))
        if spread <= 0:
            return 0.0, 0.0
        step = float(spans.n @ (mean - expected)) / spread
        slope = float(np.clip(slope + step, -STEEPEST, STEEPEST))
        if abs(step) < 1e-9 or abs(slope) == STEEPEST:
            break
    weight = pace * np.exp(slope * place)
    value = slope * mean * spans.n.sum() - spans.n @ np.log(spans.sums(weight))
    foreseen = spans.expected(weight)
    asked = foreseen > 0
    pearson = float(((seen - foreseen)[asked] ** 2 / foreseen[asked]).sum()) / max(asked.sum() - 1, 1)
    return slope, 2.0 * float(value - plain) / max(pearson, 1.0)
