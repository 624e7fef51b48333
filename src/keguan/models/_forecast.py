"""Forecasts common to every model in which customers buy while alive and then silently leave; knows no likelihood."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from keguan.core.errors import Place, fail
from keguan.models._chunks import fill_pieces
from keguan.models._fitted import LEVEL, Fitted, normal_quantile
from keguan.models._likelihood import Derivatives
from keguan.models._newton import Objective
from keguan.models._pairs import by_pairs
from keguan.models._profile import profile_bounds
from keguan.models._special import Floats
from keguan.models._statistics import Statistics

DAYS_PER_YEAR = 365.25
#: Distinct rows from which on intervals by likelihood ratio are not worth their forty evaluations.
PROFILED = 20_000
#: Rows scored at a time, so that memory stays flat however many there are.
BLOCK = 2_000_000


@dataclass(frozen=True)
class Forecast:
    """A total with the interval that holds it at the stated level."""

    mean: float
    low: float
    high: float
    level: float


class Forecasting(Fitted):
    """Predictions from two ingredients each model supplies: the odds of being gone, and what a customer still alive does.

    Times are in the model's own unit, `unit_days` days long. Every method returns one value per row of `data`.
    """

    @classmethod
    @abstractmethod
    def _objective(cls, data: Statistics) -> Objective:
        """The log-likelihood of grouped `data` with derivatives by ln θ."""

    @abstractmethod
    def _log_odds_gone(self, x: Floats, t_x: Floats, T: Floats) -> Floats:
        """ln P(gone) / P(alive) at T."""

    @abstractmethod
    def _orders_if_alive(self, x: Floats, T: Floats, t: Floats) -> Floats:
        """E[Y(t)] of a customer alive at T."""

    @abstractmethod
    def _pairs_if_alive(self, x: Floats, T: Floats, t: float) -> Floats:
        """E[Y(t) (Y(t) − 1)] of a customer alive at T."""

    @abstractmethod
    def _probability_if_alive(self, x: Floats, T: Floats, n: int, t: float) -> Floats:
        """P(Y(t) = n) of a customer alive at T."""

    @abstractmethod
    def _discounted_if_alive(self, x: Floats, T: Floats, rate: float, horizon: float) -> Floats:
        """E of e^(−rate · time) summed over the purchases up to `horizon` of a customer alive at T."""

    @property
    def _time_scale(self) -> float:
        """What is added to T before taking logarithms when a function of T is interpolated."""
        return self.params["alpha"]

    def predict_p_alive(self, data: Statistics) -> Floats:
        """P(alive at T | x, t_x, T), in [0, 1]."""

        def block(s: slice) -> Floats:
            result: Floats = np.exp(-np.logaddexp(0.0, self._all_log_odds(data.rows(s))))
            return result

        return fill_pieces(block, len(data.x), BLOCK)

    def _all_log_odds(self, data: Statistics) -> Floats:
        def one(s: slice) -> Floats:
            return self._log_odds_gone(*(_floats(v[s]) for v in (data.x, data.t_x, data.T)))

        return fill_pieces(one, len(data.x))

    def predict_orders(self, data: Statistics, t: ArrayLike) -> Floats:
        """E[Y(t) | x, t_x, T]: expected purchases in the t units after T; t is one time or one per row."""
        horizon = _times(t)
        if horizon.ndim == 0:
            if_alive = self._shared(lambda x, T: self._orders_if_alive(x, T, horizon), data, float(horizon))
        else:
            if_alive = self._orders_if_alive(_floats(data.x), _floats(data.T), horizon)
        return self.predict_p_alive(data) * if_alive

    def predict_new_orders(self, t: ArrayLike) -> Floats:
        """E[X(t)]: expected repeat purchases of a customer not seen before in the t units after the first purchase."""
        horizon = np.atleast_1d(_times(t))
        zero = np.zeros(len(horizon))
        return self.predict_orders(Statistics(zero, zero, zero), horizon)

    def predict_count_probability(self, data: Statistics, n: int, t: float) -> Floats:
        """P(Y(t) = n | x, t_x, T): the probability of exactly n purchases in the t units after T."""
        horizon = float(_times(t))
        if n < 0:
            raise fail("KG855", Place(field="n"), rule="n >= 0")
        p_alive = self.predict_p_alive(data)
        if_alive = self._probability_if_alive(_floats(data.x), _floats(data.T), n, horizon)
        return p_alive * if_alive + (1.0 - p_alive if n == 0 else 0.0)

    def predict_new_count_probability(self, n: int, t: float) -> float:
        """P(X(t) = n) for a customer not seen before."""
        return float(self.predict_count_probability(Statistics.of(0, 0, 0), n, t)[0])

    def predict_count_interval(
        self, data: Statistics, t: float, level: float = LEVEL
    ) -> tuple[Floats, Floats]:
        """The lowest and highest count of each customer's next t units, holding the truth with at least `level`.

        At most (1 − level) / 2 of the probability lies below the lowest, and as much above the highest.
        """
        tail = (1.0 - level) / 2
        rows = len(data.x)
        low, high, below = np.zeros(rows), np.zeros(rows), np.zeros(rows)
        open_rows, n = np.arange(rows), 0
        while open_rows.size:
            part = data.rows(open_rows)
            below[open_rows] += self.predict_count_probability(part, n, t)
            low[open_rows[below[open_rows] <= tail]] = n + 1
            high[open_rows] = n
            # the second condition ends sums that rounding keeps just short of the level
            open_rows = open_rows[(below[open_rows] < 1.0 - tail) & (n < 1e6)]
            n += 1
        return np.minimum(low, high), high

    def predict_discounted_orders(
        self, data: Statistics, yearly_rate: float, horizon: float = np.inf
    ) -> Floats:
        """Discounted expected residual transactions (DERT): purchases after T up to `horizon`, each worth e^(−δ · time).

        `yearly_rate` is the effective rate a year, 0.1 for 10 %; δ = ln(1 + rate) per year. Without horizon it must be > 0.
        """
        if not yearly_rate >= 0 or not horizon >= 0 or (horizon == np.inf and yearly_rate == 0):
            raise fail(
                "KG855",
                Place(field="yearly_rate"),
                rule="yearly_rate > 0, or yearly_rate = 0 with a horizon",
            )
        rate = np.log1p(yearly_rate) * self.unit_days / DAYS_PER_YEAR
        end = min(float(horizon), 45.0 / rate if rate > 0 else np.inf)
        return self.predict_p_alive(data) * self._shared(
            lambda x, T: self._discounted_if_alive(x, T, rate, end), data, end
        )

    def profile_interval(self, data: Statistics, level: float = LEVEL) -> dict[str, tuple[float, float]]:
        """Likelihood-ratio intervals of the parameters; closer to `level` than `interval` where customers are few.

        `data` are those of the fit. Costs about forty evaluations of the likelihood.
        """
        if self.log_covariance is None:
            return {}
        objective, z = self._objective(data.grouped()), normal_quantile(0.5 + level / 2)
        firm = [i for i, letter in enumerate(self.LETTERS) if letter not in self.edge]
        theta, covariance = np.log(self.theta), np.array(self.log_covariance)[np.ix_(firm, firm)]

        def on_firm(moved: Floats) -> Derivatives:
            whole = theta.copy()
            whole[firm] = moved
            value, gradient, hessian = objective(whole)
            return value, gradient[firm], hessian[np.ix_(firm, firm)]

        bounds = (profile_bounds(on_firm, theta[firm], covariance, i, z) for i in range(len(firm)))
        return {
            self.LETTERS[i]: (float(np.exp(low)), float(np.exp(high)))
            for i, (low, high) in zip(firm, bounds, strict=True)
        }

    def told_interval(self, data: Statistics, level: float = LEVEL) -> dict[str, tuple[float, float]]:
        """The intervals to print: by likelihood ratio, or from `PROFILED` distinct rows on, where both are the same, by Wald."""
        if data.n is None:
            data = data.grouped()
        return self.profile_interval(data, level) if len(data.x) < PROFILED else self.interval(level)

    def forecast_total(self, data: Statistics, t: float, level: float = LEVEL) -> Forecast:
        """All customers' purchases in the next t units, with an interval for chance and for the parameters' uncertainty.

        Chance: the customers' own variances. Parameters: the delta method on ln θ. Given parameters count as certain.
        """
        if data.n is None:
            data = data.grouped()
        horizon = float(_times(t))
        p_alive = self.predict_p_alive(data)
        mean = self.predict_orders(data, horizon)
        pairs = self._shared(lambda x, T: self._pairs_if_alive(x, T, horizon), data, horizon)
        variance = data.total(np.maximum(p_alive * pairs + mean - mean**2, 0.0))
        total = data.total(mean)
        if self.log_covariance is not None:
            gradient = self._gradient(lambda m: data.total(m.predict_orders(data, horizon)))
            variance += float(gradient @ np.array(self.log_covariance) @ gradient)
        spread = normal_quantile(0.5 + level / 2) * np.sqrt(variance)
        return Forecast(total, max(total - spread, 0.0), total + spread, level)

    def _gradient(self, quantity: Callable[[Forecasting], float]) -> Floats:
        """Central differences of a quantity by ln θ."""
        step = 1e-4
        at = np.log(self.theta)
        return np.array(
            [
                (quantity(self._moved(at + e)) - quantity(self._moved(at - e))) / (2 * step)
                for e in step * np.eye(len(at))
            ]
        )

    def _shared(
        self,
        function: Callable[[Floats, Floats], Floats],
        data: Statistics,
        horizon: float,
    ) -> Floats:
        """A positive function of (x, T) for all rows; 0 for an empty horizon."""
        if horizon == 0 or not len(data.x):
            return np.zeros(len(data.x))
        return fill_pieces(
            lambda s: by_pairs(function, data.x[s], data.T[s], self._time_scale), len(data.x), BLOCK
        )


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)


def _times(t: ArrayLike) -> Floats:
    times = _floats(t)
    if not np.all((times >= 0) & (times < np.inf)):
        raise fail("KG855", Place(field="t"), rule="t >= 0 and finite")
    return times
