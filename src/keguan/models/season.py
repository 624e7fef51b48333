"""Season: on which weekdays and in which months a base buys more, found where the data carry it, and the clock that runs by it.

Purchases by day are Poisson with a slow trend, a factor for the weekday and one for the month (Poisson regression, e.g. Cameron &
Trivedi 2013, Regression Analysis of Count Data, ch. 3). Weekdays are asked for from eight weeks on, months only where every month was
seen in two years, since a trend and one year's season cannot be told apart. Each is kept only if it earns more log-likelihood than the Bayesian
information criterion charges for it (Schwarz 1978, Annals of Statistics 6(2), 461-464), overdispersion allowed for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from keguan.models._special import Floats

#: Days without which no weekdays, and no months, are asked for.
LEAST_WEEKS, LEAST_MONTHS = 56, 730
#: A factor is never below this, so that the clock never stands still and can be turned back.
LEAST = 0.02
#: The trend is a broken line with a knot about every so many days.
KNOT_DAYS = 182
_WEEK = 7
_YEAR = 12

#: So little that it moves nothing, and keeps a weekday without any purchase finite.
RIDGE = 1e-3
_Days = NDArray[np.int64]
_Part = tuple[_Days, int]
"""The effect of each day by its place, and how many effects there are."""


@dataclass(frozen=True)
class Season:
    """Factors around 1: `weekday` from Monday, `month` from January; empty where the data carry none of the kind."""

    weekday: tuple[float, ...] = ()
    month: tuple[float, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.weekday or self.month)

    @classmethod
    def learn(cls, day: _Days, n: Floats) -> Self:
        """From `n` purchases on each `day` (day numbers since 1970-01-01, any order; days in between that are not there had none)."""
        counted = np.flatnonzero(n > 0)
        if not len(counted):
            return cls()
        day, n = day[counted], n[counted]
        first = int(day.min())
        days = np.arange(first, int(day.max()) + 1)
        counts = np.bincount(day - first, n, len(days)).astype(np.float64)
        parts: dict[str, _Part] = {}
        if len(days) >= LEAST_WEEKS:
            parts["weekday"] = (_weekday(days), _WEEK)
        if len(days) >= LEAST_MONTHS:
            parts["month"] = (_month(days), _YEAR)
        kept = _fit(days, counts, {})
        for name, part in parts.items():
            tried = _fit(days, counts, {**kept.parts, name: part})
            if 2 * (tried.value - kept.value) / tried.spread > (part[1] - 1) * np.log(len(days)):
                kept = tried
        return cls(**{k: tuple(float(v) for v in f) for k, f in kept.factors.items()})

    def pace(self, days: _Days) -> Floats:
        """How much faster than usual a base buys on each day: 1 on average."""
        pace = np.ones(days.shape)
        if self.weekday:
            pace = pace * np.array(self.weekday)[_weekday(days)]
        if self.month:
            pace = pace * np.array(self.month)[_month(days)]
        return np.maximum(pace, LEAST)

    def clock(self, low: int, high: int) -> Clock:
        """The clock from day `low` to day `high`."""
        return Clock.by(low, self.pace(np.arange(low + 1, high + 1)))

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {"weekday": list(self.weekday), "month": list(self.month)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """What `to_dict` wrote; a damaged record raises KeyError, TypeError or ValueError."""
        weekday, month = (tuple(float(v) for v in data[k]) for k in ("weekday", "month"))
        if len(weekday) not in (0, _WEEK) or len(month) not in (0, _YEAR) or min((*weekday, *month, 1.0)) < 0:
            raise ValueError("season")
        return cls(weekday, month)


@dataclass(frozen=True)
class Clock:
    """Time as the base's pace counts it: `ticks[i]` have passed by the end of day `low` + i."""

    low: int
    ticks: Floats

    @classmethod
    def by(cls, low: int, pace: Floats) -> Self:
        """The clock that runs at `pace` on the days after `low`."""
        return cls(low, np.concatenate(([0.0], np.cumsum(pace))))

    def between(self, start: _Days, end: _Days) -> Floats:
        """Ticks from the end of `start` to the end of `end`."""
        result: Floats = self.at(end) - self.at(start)
        return result

    def at(self, day: _Days | Floats) -> Floats:
        """Ticks by the end of a day, on the calendar's own beat outside of the clock's range."""
        place = np.asarray(day, dtype=np.float64) - self.low
        inside = np.interp(place, self._places, self.ticks)
        result: Floats = inside + np.minimum(place, 0.0) + np.maximum(place - self._places[-1], 0.0)
        return result

    def day(self, ticks: Floats) -> Floats:
        """The day (with its fraction) by which so many ticks have passed."""
        inside = np.interp(ticks, self.ticks, self._places)
        result: Floats = self.low + inside + np.minimum(ticks, 0.0) + np.maximum(ticks - self.ticks[-1], 0.0)
        return result

    @cached_property
    def _places(self) -> Floats:
        return np.arange(len(self.ticks), dtype=np.float64)


def _weekday(days: _Days) -> _Days:
    """0 for Monday; 1970-01-01 was a Thursday."""
    result: _Days = (days + 3) % _WEEK
    return result


def _month(days: _Days) -> _Days:
    """0 for January."""
    result: _Days = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % _YEAR
    return result


@dataclass(frozen=True)
class _Regression:
    """Log-likelihood, overdispersion, and the factors of each part, averaging 1."""

    parts: Mapping[str, _Part]
    value: float
    spread: float
    factors: dict[str, Floats]


def _fit(days: _Days, counts: Floats, parts: Mapping[str, _Part]) -> _Regression:
    """Poisson regression of counts on a broken line and on effects that sum to 0, by Newton steps."""
    place = (days - days[0]) / KNOT_DAYS
    knots = np.arange(1, int(place[-1]) + 1)
    columns = [np.ones(len(days)), place, *(np.maximum(place - k, 0.0) for k in knots)]
    start = len(columns)
    for at, size in parts.values():
        columns += [(at == i).astype(float) - (at == size - 1) for i in range(size - 1)]
    x = np.column_stack(columns)
    beta = np.zeros(x.shape[1])
    beta[0] = np.log(counts.mean())
    for _ in range(60):
        mean = np.exp(np.clip(x @ beta, -30.0, 30.0))
        slope = x.T @ (counts - mean) - RIDGE * beta
        step = np.linalg.solve((x.T * mean) @ x + RIDGE * np.eye(len(beta)), slope)
        longest = float(np.abs(step).max())
        beta = beta + step * min(1.0, 2.0 / max(longest, 1e-12))
        if longest < 1e-9:
            break
    linear = np.clip(x @ beta, -30.0, 30.0)
    mean = np.exp(linear)
    spread = max(1.0, float(((counts - mean) ** 2 / mean).sum()) / max(len(days) - len(beta), 1))
    factors: dict[str, Floats] = {}
    for name, (_, size) in parts.items():
        own = beta[start : start + size - 1]
        factor = np.exp(np.append(own, -own.sum()))
        factors[name] = factor / factor.mean()
        start += size - 1
    return _Regression(parts, float(counts @ linear - mean.sum()), spread, factors)
