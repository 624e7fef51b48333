"""Purchase rhythm: each customer's own interval between purchases, pooled to the base, and when the next one is due.

Gaps of one customer ~ Gamma(k, λ) with one regularity k for the base (k = 1: no regularity, larger: clockwork) and the
customer's own pace λ ~ Gamma(g, θ); after each repeat purchase the customer leaves with probability p ~ Beta(a, b). After n gaps
of total length S the next one follows (θ+S) · BetaPrime(k, nk+g): the compound gamma law (Dubey 1970, Metrika 16, 27-31). Gamma
gaps: Platzer & Reutterer (2016), Ticking Away the Moments, Marketing Science 35(5), 779-799; leaving: Fader, Hardie & Lee (2005).
The gap still open is a censored observation, so that customers who never came back count for what is known of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from keguan.core.errors import Place, fail
from keguan.models._chunks import fill_pieces
from keguan.models._errors import CoarseRate, too_few
from keguan.models._fitted import LEVEL, Fitted
from keguan.models._likelihood import Derivatives, climb
from keguan.models._newton import Objective
from keguan.models._special import Floats, betaln, gammaln
from keguan.models.drift import Drift
from keguan.models.season import Clock, Season

#: Gaps without which a customer's own rhythm is not claimed: three purchases.
MIN_GAPS = 2
#: Customers with a rhythm of their own without whom none is pooled.
MIN_CUSTOMERS = 10
#: Five parameters need no more customers than this; larger bases are fitted on every k-th.
FIT_CUSTOMERS = 20_000
#: From this g on the paces of customers differ by less than a tenth.
ALIKE = 100.0
#: Days after the last known one for which a season is foreseen.
AHEAD = 1_096
#: The latest date spoken of, in days after the last purchase.
FAR = 36_525.0


@dataclass(frozen=True)
class Gaps:
    """Gaps between purchase days, one row per customer: how many, their sum and sum of logarithms, and the open one so far."""

    customer: NDArray[Any]
    n: Floats
    total: Floats
    log_total: Floats
    last: NDArray[np.int64]
    open: Floats

    @classmethod
    def of(cls, customer: ArrayLike, day: ArrayLike, as_of: int) -> Gaps:
        """From purchases (customer, day number) up to and including `as_of`; purchases on one day are one. Any order."""
        who, when = np.asarray(customer), np.asarray(day)
        if who.shape != when.shape or when.dtype.kind not in "iu":
            raise fail(
                "KG852", Place(field="day"), rule="one whole day number per purchase", rows=int(when.size)
            )
        known = when <= as_of
        who, when = who[known], when[known].astype(np.int64)
        order = np.lexsort((when, who))
        who, when = who[order], when[order]
        new = np.ones(len(who), dtype=bool)
        new[1:] = who[1:] != who[:-1]
        fresh = new.copy()
        fresh[1:] |= when[1:] != when[:-1]
        who, when, new = who[fresh], when[fresh], new[fresh]
        row = np.cumsum(new) - 1
        gap = np.diff(when, prepend=0)
        gap[new] = 1  # ln 1 = 0: the first purchase closes no gap
        size = int(row[-1]) + 1 if len(row) else 0
        starts = np.flatnonzero(new)
        last = when[np.append(starts[1:], len(when)) - 1] if size else when
        n = np.bincount(row, minlength=size).astype(np.float64) - 1.0
        log_total = np.bincount(row, np.log(gap), size).astype(np.float64)
        whole, waited = (v.astype(np.float64) for v in (last - when[starts], as_of - last))
        return cls(who[starts], n, whole, log_total, last, waited)

    def ticking(self, clock: Clock) -> Gaps:
        """The same gaps in ticks of a clock. Single gaps are not known any more: the sum of their logarithms moves as if all had
        been stretched alike."""
        first, until = (self.last + d.astype(np.int64) for d in (-self.total, self.open))
        total, waited = clock.between(first, self.last), clock.between(self.last, until)
        stretched = np.log(np.where(self.n > 0, total / np.maximum(self.total, 1.0), 1.0))
        return replace(self, total=total, log_total=self.log_total + self.n * stretched, open=waited)


@dataclass(frozen=True)
class NextPurchase:
    """When each customer is due, if the customer comes back, and how likely that is.

    Where `known` is False (fewer than three purchases) dates are NaT and probabilities nan: there is no rhythm to speak of.
    """

    known: NDArray[np.bool_]
    expected_on: NDArray[np.datetime64]
    early_on: NDArray[np.datetime64]
    late_on: NDArray[np.datetime64]
    follow_up_on: NDArray[np.datetime64]
    p_overdue: Floats
    p_returns: Floats


@dataclass(frozen=True)
class Rhythm(Fitted):
    """The pooled rhythm of a base; letters k, g, theta, a, b. Days are day numbers since 1970-01-01.

    With a `season` or a `drift`, gaps are measured and dates found on the clock that runs by them.
    """

    season: Season = field(default_factory=Season)
    drift: Drift = field(default_factory=Drift)

    NAME: ClassVar[str] = "rhythm"
    LETTERS: ClassVar[tuple[str, ...]] = ("k", "g", "theta", "a", "b")

    @classmethod
    def fit(cls, gaps: Gaps, season: Season | None = None, drift: Drift | None = None) -> Self:
        """Maximum likelihood over customers with at least one gap. Raises `TooLittleData` (KG856, KG851)."""
        if season or drift:
            season, drift = season or Season(), drift or Drift()
            return replace(cls.fit(gaps.ticking(_clock(gaps, season, drift))), season=season, drift=drift)
        rows = np.flatnonzero(gaps.n >= 1)
        regular = int((gaps.n >= MIN_GAPS).sum())
        coarse = CoarseRate.of(float(gaps.n.sum()), float((gaps.total + gaps.open).sum()), len(gaps.n))
        if regular < MIN_CUSTOMERS:
            raise too_few("KG856", cls.NAME, regular, MIN_CUSTOMERS, coarse)
        rows = rows[:: max(1, len(rows) // FIT_CUSTOMERS)]
        n, total, log_total, waited = (v[rows] for v in (gaps.n, gaps.total, gaps.log_total, gaps.open))
        typical = float(np.exp(log_total.sum() / n.sum()))
        scale = np.array([1.0, 1.0, typical, 1.0, 1.0])
        starts = [np.log([1.0, 1.5, 1.5, 0.5, 2.0]), np.log([3.0, 3.0, 9.0, 0.1, 1.0])]
        found = climb(lambda _: _objective(n, total, log_total, waited), len(n), starts, scale)
        # customers who all keep one pace: g and theta grow together, and only their ratio matters
        alike = frozenset(("g", "theta")) if found.theta[1] > np.log(ALIKE) else frozenset()
        return cls._from_maximum(found, scale, len(n), lambda: coarse, loose=frozenset("ab") | alike)

    def predict_p_overdue(self, gaps: Gaps) -> Floats:
        """P(a customer of this history would have bought by now, had the rhythm been kept): the law of the next gap at the open one."""
        return 1.0 - self._silent(self._on_clock(gaps)[0])

    def predict_p_returns(self, gaps: Gaps) -> Floats:
        """P(still a customer | history): the odds of having left are a / (b+n−1) against the silence so far."""
        *_, a, b = self.theta
        left = a / (b + np.maximum(gaps.n, 1.0) - 1.0)
        silent = self._silent(self._on_clock(gaps)[0])
        result: Floats = silent / (silent + np.where(gaps.n > 0, left, 0.0) + 1e-300)
        return result

    def predict_quantile(self, gaps: Gaps, share: float) -> Floats:
        """Days from the last purchase by which the next has come with probability `share`, given that it comes and has not come yet."""
        from scipy.special import betaincinv

        k, g, theta, *_ = self.theta
        known, clock = self._on_clock(gaps)

        def one(s: slice) -> Floats:
            n, total, waited = known.n[s], known.total[s], known.open[s]
            left = (1.0 - share) * _survival(self.theta, n, total, waited)
            y = np.maximum(betaincinv(n * k + g, k, left), 1e-12)
            result: Floats = np.clip((theta + total) * (1.0 - y) / y, waited, np.maximum(FAR, waited))
            return result

        ticks = fill_pieces(one, len(known.n))
        return ticks if clock is None else clock.day(clock.at(gaps.last) + ticks) - gaps.last

    def _on_clock(self, gaps: Gaps) -> tuple[Gaps, Clock | None]:
        """The gaps as the model counts time, and the clock it counts by."""
        if not (self.season or self.drift):
            return gaps, None
        clock = _clock(gaps, self.season, self.drift)
        return gaps.ticking(clock), clock

    def _silent(self, gaps: Gaps) -> Floats:
        """P(no purchase in the open gap) of customers who stayed."""
        return fill_pieces(
            lambda s: _survival(self.theta, gaps.n[s], gaps.total[s], gaps.open[s]), len(gaps.n)
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON; `from_dict` gives an equal model back."""
        return {**super().to_dict(), "season": self.season.to_dict(), "drift": self.drift.to_dict()}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """The model that `to_dict` wrote. Raises KG854 for another model's record or a damaged one."""
        found = super().from_dict(data)
        try:
            season = Season.from_dict(data["season"]) if "season" in data else Season()
            drift = Drift.from_dict(data["drift"]) if "drift" in data else Drift()
            return replace(found, season=season, drift=drift)
        except (KeyError, TypeError, ValueError) as wrong:
            raise fail("KG854", model=cls.NAME, found=f"{type(wrong).__name__}: {wrong}") from wrong

    def predict(self, gaps: Gaps, level: float = LEVEL, lead_days: int = 1) -> NextPurchase:
        """The next purchase's date with its interval, the chances that it is overdue and that it comes, and a day to follow up.

        Dates lie after `as_of`, since the customer has not bought until then. The follow-up is `lead_days` before the early
        edge, but never before the day after `as_of`.
        """
        known = gaps.n >= MIN_GAPS
        tail = (1.0 - level) / 2
        tomorrow = gaps.last + gaps.open.astype(np.int64) + 1
        early, middle, late = (
            np.maximum(gaps.last + rounded(self.predict_quantile(gaps, share)).astype(np.int64), tomorrow)
            for share, rounded in ((tail, np.floor), (0.5, np.rint), (1.0 - tail, np.ceil))
        )

        def dates(days: NDArray[np.int64]) -> NDArray[np.datetime64]:
            result = days.astype("datetime64[D]")
            result[~known] = np.datetime64("NaT")
            return result

        overdue, returns = (
            np.where(known, p, np.nan) for p in (self.predict_p_overdue(gaps), self.predict_p_returns(gaps))
        )
        follow_up = np.maximum(early - lead_days, tomorrow)
        return NextPurchase(
            known, dates(middle), dates(early), dates(late), dates(follow_up), overdue, returns
        )


def _clock(gaps: Gaps, season: Season, drift: Drift) -> Clock:
    """The clock of season and drift over all purchases and some years to come."""
    low, high = 0, 0
    if len(gaps.n):
        low, high = int((gaps.last - gaps.total).min()), int((gaps.last + gaps.open).max()) + AHEAD
    days = np.arange(low + 1, high + 1)
    return Clock.by(low, season.pace(days) * drift.pace(days))


def _survival(theta: Floats, n: Floats, total: Floats, waited: Floats) -> Floats:
    """P(next gap > waited | n gaps of sum total)."""
    from scipy.special import betainc

    k, g, scale, *_ = theta
    result: Floats = betainc(n * k + g, k, (scale + total) / (scale + total + waited))
    return result


def _value(theta: Floats, n: Floats, total: Floats, log_total: Floats, survival: Floats) -> float:
    """Log-likelihood of the closed gaps (conjugate integral over λ) and of the open one: still to come, or left."""
    k, g, scale, a, b = theta
    closed = (k - 1.0) * log_total - n * gammaln(k) + gammaln(n * k + g) - gammaln(g)
    closed += g * np.log(scale) - (n * k + g) * np.log(scale + total)
    stayed = betaln(a, b + n) - betaln(a, b)
    return float(np.sum(closed + stayed + np.log(survival + a / (b + n - 1.0))))


def _objective(n: Floats, total: Floats, log_total: Floats, waited: Floats) -> Objective:
    """ln θ -> log-likelihood with derivatives by differences: the incomplete beta function has none in closed form."""
    step = 1e-3
    axes = step * np.eye(5)

    def evaluate(log_theta: Floats) -> Derivatives:
        survivals: dict[
            bytes, Floats
        ] = {}  # most of the points below differ in a and b only, on which it does not depend

        def at(move: Floats) -> float:
            theta = np.exp(log_theta + move)
            key = theta[:3].tobytes()
            if key not in survivals:
                survivals[key] = _survival(theta, n, total, waited)
            return _value(theta, n, total, log_total, survivals[key])

        middle = at(0.0 * log_theta)
        up, down = np.array([at(e) for e in axes]), np.array([at(-e) for e in axes])
        hessian = np.diag((up - 2 * middle + down) / step**2)
        for i, j in zip(*np.triu_indices(5, 1), strict=True):
            both = at(axes[i] + axes[j]) + at(-axes[i] - axes[j])
            hessian[i, j] = hessian[j, i] = (both - up[i] - down[i] - up[j] - down[j] + 2 * middle) / (
                2 * step**2
            )
        return middle, (up - down) / (2 * step), hessian

    return evaluate
