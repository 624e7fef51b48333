"""Pareto/NBD: purchases at a customer's own rate until the customer silently leaves, at any moment.

Schmittlein, Morrison & Colombo (1987), Counting Your Customers, Management Science 33(1), 1-24; formulas after Fader & Hardie
(2005), A Note on Deriving the Pareto/NBD Model and Related Expressions ("the note"), and Fader, Hardie & Lee (2005), RFM and CLV,
J. of Marketing Research 42(4), 415-430.
"""

from __future__ import annotations

from functools import partial
from typing import ClassVar, Self

import numpy as np

from keguan.models._forecast import Forecasting
from keguan.models._likelihood import climb, prepare
from keguan.models._newton import Objective
from keguan.models._pairs import logs_by_pairs
from keguan.models._pareto_likelihood import log_odds_gone, objective
from keguan.models._pareto_tail import log_tail
from keguan.models._quadrature import over_interval
from keguan.models._special import Floats, gammaln, relative_growth
from keguan.models._statistics import Statistics


class ParetoNbd(Forecasting):
    """Rate λ ~ Gamma(r, α) and leaving rate μ ~ Gamma(s, β), independent.

    `ParetoNbd.fit(statistics)` or `ParetoNbd.from_params(r=…, alpha=…, s=…, beta=…)`.
    """

    NAME: ClassVar[str] = "pareto-nbd"
    LETTERS: ClassVar[tuple[str, ...]] = ("r", "alpha", "s", "beta")

    @classmethod
    def fit(cls, data: Statistics) -> Self:
        """Maximum likelihood (eq. 18 of the note, by Newton steps). Raises `TooLittleData` (KG850, KG851)."""
        data, T, rate = prepare(cls.NAME, data, group=True)
        starts = [np.log([r, r / rate, s, beta]) for r, s, beta in ((0.5, 0.5, 0.5), (1.0, 0.3, 2.0))]
        scale = np.array([1.0, T, 1.0, T])
        found = climb(lambda rows: cls._objective(data.rows(rows)), len(data.x), starts, scale)
        leaving = frozenset(
            ("s", "beta")
        )  # where next to nobody leaves, or all alike, forecasts do not need these apart
        return cls._from_maximum(found, scale, data.n_customers, data.coarse, data.unit_days, leaving)

    @property
    def _time_scale(self) -> float:
        return min(self.params["alpha"], self.params["beta"])

    @classmethod
    def _objective(cls, data: Statistics) -> Objective:
        return objective(data)

    def _log_odds_gone(self, x: Floats, t_x: Floats, T: Floats) -> Floats:
        return log_odds_gone(self.theta, x, T, *(log_tail(self.theta, x, t) for t in (t_x, T)))

    def _all_log_odds(self, data: Statistics) -> Floats:
        tails = (
            logs_by_pairs(partial(log_tail, self.theta), data.x, t, self._time_scale)
            for t in (data.t_x, data.T)
        )
        return log_odds_gone(self.theta, data.x, data.T, *tails)

    def _orders_if_alive(self, x: Floats, T: Floats, t: Floats) -> Floats:
        """(r+x)(β+T) / ((α+T)(s−1)) · (1 − ((β+T)/(β+T+t))^(s−1)): eq. 41 of the note without P(alive); s = 1 included."""
        r, alpha, s, beta = self.theta
        result: Floats = (
            (r + x) / (alpha + T) * (beta + T) * relative_growth(s - 1.0, np.log1p(t / (beta + T)))
        )
        return result

    def _pairs_if_alive(self, x: Floats, T: Floats, t: float) -> Floats:
        """E[λ²] · E[min(lifetime, t)²]: given its rate and time of leaving a customer's count is Poisson."""
        r, alpha, s, beta = self.theta
        rows = np.zeros(len(x))
        tau, width = over_interval(rows, rows + t, beta + T)
        squared = (width * 2.0 * tau * np.exp(-s * np.log1p(tau / (beta + T)[:, None]))).sum(axis=1)
        result: Floats = (r + x) * (r + x + 1.0) / (alpha + T) ** 2 * squared
        return result

    def _probability_if_alive(self, x: Floats, T: Floats, n: int, t: float) -> Floats:
        """NB(n; t) of those staying to t, plus NB(n; τ) over the time τ of leaving (the note, section 5, by quadrature)."""
        r, alpha, s, beta = self.theta
        r, alpha, beta = r + x, alpha + T, beta + T
        rows = np.zeros(len(x))
        tau, width = over_interval(rows, rows + t, np.minimum(alpha, beta) / 4)
        leaving = width * s / beta[:, None] * np.exp(-(s + 1.0) * np.log1p(tau / beta[:, None]))
        stay = np.exp(-s * np.log1p(t / beta))
        gone: Floats = (leaving * _count(n, r[:, None], alpha[:, None], tau)).sum(axis=1)
        result: Floats = stay * _count(n, r, alpha, rows + t) + gone
        return result

    def _discounted_if_alive(self, x: Floats, T: Floats, rate: float, horizon: float) -> Floats:
        """(r+x)/(α+T) · ∫ e^(−rate·τ) (1 + τ/(β+T))^−s dτ: DERT, eq. 2 of "RFM and CLV", without P(alive)."""
        r, alpha, s, beta = self.theta
        rows = np.zeros(len(x))
        tau, width = over_interval(rows, rows + horizon, (beta + T) / (s + 1.0))
        worth = (width * np.exp(-rate * tau - s * np.log1p(tau / (beta + T)[:, None]))).sum(axis=1)
        result: Floats = (r + x) / (alpha + T) * worth
        return result


def _count(n: int, r: Floats, alpha: Floats, t: Floats) -> Floats:
    """The negative binomial probability of n purchases in t at a rate ~ Gamma(r, α)."""
    share = t / (alpha + t)
    log_share = np.log(np.maximum(share, 1e-300)) if n else 0.0
    result: Floats = np.exp(
        gammaln(r + n) - gammaln(r) - gammaln(n + 1.0) + r * np.log1p(-share) + n * log_share
    )
    return result
