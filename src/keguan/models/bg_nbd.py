"""BG/NBD: purchases at a customer's own rate, and after each one a chance to leave for good (Fader, Hardie & Lee 2005).

"Counting Your Customers" the Easy Way: An Alternative to the Pareto/NBD Model. Marketing Science 24(2), 275-284.
"""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np

from keguan.models._forecast import Forecasting
from keguan.models._likelihood import climb, prepare
from keguan.models._newton import Objective
from keguan.models._purchase_dropout import log_odds_gone, objective
from keguan.models._quadrature import over_beta, over_interval
from keguan.models._special import Floats, betaln, gammaln
from keguan.models._statistics import Statistics


class BgNbd(Forecasting):
    """Rate λ ~ Gamma(r, α); after each repeat purchase the customer leaves with probability p ~ Beta(a, b).

    `BgNbd.fit(statistics)` or `BgNbd.from_params(r=…, alpha=…, a=…, b=…)`.
    """

    NAME: ClassVar[str] = "bg-nbd"
    LETTERS: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")
    #: Whether a customer may leave right after the first purchase, as in the MBG/NBD.
    AT_START: ClassVar[bool] = False

    @classmethod
    def fit(cls, data: Statistics) -> Self:
        """Maximum likelihood (eq. 6 of the paper, by Newton steps). Raises `TooLittleData` (KG850, KG851)."""
        data, T, rate = prepare(cls.NAME, data, group=False)
        starts = [np.log([r, r / rate, a, b]) for r, a, b in ((0.5, 0.6, 2.0), (1.0, 0.1, 2.0))]
        scale = np.array([1.0, T, 1.0, 1.0])
        found = climb(lambda rows: cls._objective(data.rows(rows)), len(data.x), starts, scale)
        leaving = frozenset(
            "ab"
        )  # where next to nobody leaves, or all alike, forecasts do not need to know these apart
        return cls._from_maximum(found, scale, data.n_customers, data.coarse, data.unit_days, leaving)

    @classmethod
    def _objective(cls, data: Statistics) -> Objective:
        return objective(data, cls.AT_START)

    def _log_odds_gone(self, x: Floats, t_x: Floats, T: Floats) -> Floats:
        return log_odds_gone(self.theta, x, t_x, T, self.AT_START)

    def _posterior(self, x: Floats, T: Floats) -> tuple[Floats, Floats, Floats]:
        """(r, α, b) of a customer alive at T; a stays. Each purchase survived adds one to b (all x here, x + 1 in MBG)."""
        r, alpha, _, b = self.theta
        return r + x, alpha + T, b + x + (1.0 if self.AT_START else 0.0)

    def _chances(self, b: Floats) -> tuple[Floats, Floats]:
        """Nodes and weights over p ~ Beta(a, b), laid out once for each distinct b."""
        distinct, at = np.unique(b, return_inverse=True)
        p, w = over_beta(np.full_like(distinct, self.params["a"]), distinct, 128)
        return p[at], w[at]

    def _orders_if_alive(self, x: Floats, T: Floats, t: Floats) -> Floats:
        """E over p of (1 − (1 + p t / α′)^−r′) / p: eq. 9 averaged over the posterior, equal to eq. 10 without its 2F1."""
        r, alpha, b = self._posterior(x, T)
        p, w = self._chances(b)
        result: Floats = (w * (-np.expm1(-r[:, None] * np.log1p(p * (t / alpha)[:, None])) / p)).sum(axis=1)
        return result

    def _pairs_if_alive(self, x: Floats, T: Floats, t: float) -> Floats:
        """E over p of 2 (1−p) / p² · P(NB(r′) ≥ 2): two purchases need a survived toss between them."""
        from scipy.special import betainc

        r, alpha, b = self._posterior(x, T)
        p, w = self._chances(b)
        reach = p * (t / alpha)[:, None]
        at_least_two = betainc(2.0, r[:, None], reach / (1 + reach))
        small = reach < 1e-6  # where p² would underflow, the leading term of the series
        ratio = np.where(
            small,
            0.5 * (r * (r + 1) * (t / alpha) ** 2)[:, None],
            at_least_two / np.where(small, 1.0, p) ** 2,
        )
        result: Floats = (w * 2 * (1 - p) * ratio).sum(axis=1)
        return result

    def _probability_if_alive(self, x: Floats, T: Floats, n: int, t: float) -> Floats:
        """Eq. 8 with the posterior's parameters: n purchases survived, or left after the n-th with time for n or more."""
        from scipy.special import betainc, xlog1py, xlogy

        r, alpha, b = self._posterior(x, T)
        a = self.params["a"]
        share = t / (alpha + t)
        log_nb = gammaln(r + n) - gammaln(r) - gammaln(n + 1.0) + xlog1py(r, -share) + xlogy(n, share)
        result: Floats = np.exp(log_nb + betaln(a, b + n) - betaln(a, b))
        if n > 0:
            result = result + np.exp(betaln(a + 1, b + n - 1) - betaln(a, b)) * betainc(float(n), r, share)
        return result

    def _discounted_if_alive(self, x: Floats, T: Floats, rate: float, horizon: float) -> Floats:
        """∫ e^(−rate·τ) dE[Y(τ)] over the horizon, dE[Y] / dτ = E over p of r′ / α′ · (1 + p τ / α′)^(−r′−1)."""
        r, alpha, b = self._posterior(x, T)
        p, w = self._chances(b)
        tau, width = over_interval(np.zeros(len(x)), np.full(len(x), horizon), alpha / (r + 1))
        density = np.empty_like(tau)
        for k in range(tau.shape[1]):
            density[:, k] = (w * np.exp(-(r[:, None] + 1) * np.log1p(p * (tau[:, k] / alpha)[:, None]))).sum(
                axis=1
            )
        result: Floats = r / alpha * (width * np.exp(-rate * tau) * density).sum(axis=1)
        return result
