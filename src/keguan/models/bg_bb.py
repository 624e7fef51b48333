"""BG/BB: buying or not at each of n regular opportunities, with a chance to leave before each (Fader, Hardie & Shang 2010).

Customer-Base Analysis in a Discrete-Time Noncontractual Setting. Marketing Science 29(6), 1086-1108.
"""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from keguan.core.errors import KeguanError, Place, Problem, fail
from keguan.models._fitted import Fitted
from keguan.models._forecast import DAYS_PER_YEAR
from keguan.models._likelihood import Derivatives, climb, prepare, to_log_scale
from keguan.models._newton import Objective
from keguan.models._special import Floats, betaln, digamma, gammaln, trigamma
from keguan.models._statistics import Statistics


class BgBb(Fitted):
    """Buys with probability ~ Beta(alpha, beta) at each opportunity; leaves before it with probability ~ Beta(gamma, delta).

    `data` holds x opportunities used, the last of them t_x, of T = n opportunities; one opportunity lasts `unit_days` days.
    """

    NAME: ClassVar[str] = "bg-bb"
    LETTERS: ClassVar[tuple[str, ...]] = ("alpha", "beta", "gamma", "delta")

    @classmethod
    def fit(cls, data: Statistics) -> Self:
        """Maximum likelihood (eq. 5 of the paper). Raises `TooLittleData` (KG850, KG851), KG852 where x ≤ t_x ≤ n is broken."""
        _check(data)
        data, _, _ = prepare(cls.NAME, data, group=True)
        starts = [np.log([1.0, 1.0, 0.5, 2.0]), np.log([0.5, 2.0, 1.0, 10.0])]
        scale = np.ones(4)
        found = climb(lambda rows: _objective(data.rows(rows)), len(data.x), starts, scale)
        leaving = frozenset(("gamma", "delta"))
        return cls._from_maximum(found, scale, data.n_customers, data.coarse, data.unit_days, leaving)

    def predict_p_alive(self, data: Statistics) -> Floats:
        """P(alive at opportunity n + 1 | x, t_x, n): eq. 11."""
        *_, gamma, delta = self.theta
        rows, at = _distinct(data)
        result: Floats = self._p_alive_now(rows) * (delta + rows.T) / (gamma + delta + rows.T)
        return result[at]

    def predict_orders(self, data: Statistics, t: int) -> Floats:
        """E of the purchases at the next t opportunities: eq. 13, its difference of gamma functions summed term by term."""
        rows, at = _distinct(data)
        expected: Floats = self._weight(rows) * self._staying(rows, _whole("t", t)).sum(axis=1)
        return expected[at]

    def predict_new_orders(self, t: int) -> float:
        """E of the purchases of a customer not seen before at the first t opportunities: eq. 8."""
        return float(self.predict_orders(Statistics.of(0, 0, 0), t)[0])

    def predict_count_probability(self, data: Statistics, n: int, t: int) -> Floats:
        """P(n purchases at the next t opportunities | x, t_x, n): eq. 7 with the parameters of a customer alive now."""
        rows, at = _distinct(data)
        t, n = _whole("t", t), _whole("n", n)
        a, b, gamma, delta = self._posterior(rows)
        # leaving after i more opportunities, or staying for all t
        i = np.arange(t + 1)[None, :]
        died = betaln(gamma + (i < t), delta + i) - betaln(gamma, delta)
        ways = gammaln(i + 1.0) - gammaln(n + 1.0) - gammaln(np.maximum(i - n, 0) + 1.0)
        bought = ways + betaln(a + n, b + np.maximum(i - n, 0)) - betaln(a, b)
        if_alive = np.where(i >= n, np.exp(died + bought), 0.0).sum(axis=1)
        alive = self._p_alive_now(rows)
        result: Floats = alive * if_alive + (1.0 - alive if n == 0 else 0.0)
        return result[at]

    def predict_discounted_orders(
        self, data: Statistics, yearly_rate: float, horizon: float = np.inf
    ) -> Floats:
        """DERT: purchases at future opportunities, the j-th worth (1 + d)^−j, d the rate of one period: eq. 14, summed."""
        if not yearly_rate >= 0 or (horizon == np.inf and yearly_rate == 0):
            raise fail(
                "KG855", Place(field="yearly_rate"), rule="yearly_rate > 0, or yearly_rate = 0 with a horizon"
            )
        log_d = np.log1p(yearly_rate) * self.unit_days / DAYS_PER_YEAR
        end = int(min(horizon, np.ceil(40.0 / log_d) if log_d > 0 else horizon))
        rows, at = _distinct(data)
        total, step, last = np.zeros(len(rows.x)), 256, np.ones(len(rows.x))
        for start in range(0, end, step):
            j = np.arange(start + 1, min(start + step, end) + 1)
            staying = last[:, None] * self._staying(rows, len(j), start)
            total += staying @ np.exp(-log_d * j)
            last = staying[:, -1]
        return (self._weight(rows) * total)[at]

    def _posterior(self, data: Statistics) -> tuple[Floats, Floats, float, Floats]:
        """Column vectors of the four parameters of a customer alive at n."""
        alpha, beta, gamma, delta = self.theta
        x, n = np.asarray(data.x, float)[:, None], np.asarray(data.T, float)[:, None]
        return alpha + x, beta + n - x, float(gamma), delta + n

    def _p_alive_now(self, data: Statistics) -> Floats:
        """P(alive at n | x, t_x, n), before the toss that precedes opportunity n + 1."""
        table = _Components(data)
        log_terms = table.terms(self.theta)
        mass, _ = table.log_sum(log_terms)
        result: Floats = np.exp(log_terms[table.alive] - mass)
        return np.minimum(result, 1.0)

    def _weight(self, data: Statistics) -> Floats:
        """P(alive now) times the expected probability of buying at an opportunity."""
        a, b, *_ = self._posterior(data)
        return self._p_alive_now(data) * (a / (a + b))[:, 0]

    def _staying(self, data: Statistics, t: int, start: int = 0) -> Floats:
        """P(alive at opportunity start + j | alive at start), j = 1..t, counted from n: shape (rows, t)."""
        _, _, gamma, delta = self._posterior(data)
        j = np.arange(start, start + t)[None, :]
        result: Floats = np.cumprod((delta + j) / (gamma + delta + j), axis=1).astype(np.float64)
        return result


def _check(data: Statistics) -> None:
    problems = []
    for field, rule, wrong in (
        (
            "t_x",
            "t_x and n are whole numbers",
            (data.t_x != np.floor(data.t_x)) | (np.floor(data.T) != data.T),
        ),
        ("x", "x <= t_x", data.x > data.t_x),
    ):
        if wrong.any():
            problems.append(Problem("KG852", Place(field=field), {"rule": rule, "rows": int(wrong.sum())}))
    if problems:
        raise KeguanError(problems)


def _distinct(data: Statistics) -> tuple[Statistics, NDArray[np.intp]]:
    _check(data)
    return data.distinct()


def _whole(name: str, value: ArrayLike) -> int:
    number = float(np.asarray(value))
    if number < 0 or number != np.floor(number):
        raise fail("KG855", Place(field=name), rule=f"{name} = 0, 1, 2, …")
    return int(number)


class _Components:
    """For each row the ways its history can have come about: left after t_x, t_x + 1, …, n − 1, or still alive (the last)."""

    def __init__(self, data: Statistics) -> None:
        x, t_x, n = (np.asarray(v, dtype=np.int64) for v in (data.x, data.t_x, data.T))
        count = n - t_x + 1
        self.row: NDArray[np.int64] = np.repeat(np.arange(len(x)), count)
        self.starts = np.cumsum(count) - count
        self.alive = self.starts + count - 1
        left_at = t_x[self.row] + np.arange(len(self.row)) - self.starts[self.row]
        self.x = x[self.row].astype(np.float64)
        self.time = left_at.astype(np.float64)
        self.gone = np.ones(len(self.row))
        self.gone[self.alive] = 0.0

    def _pairs(self, theta: Floats) -> list[tuple[Floats, Floats, float, float]]:
        alpha, beta, gamma, delta = theta
        return [
            (alpha + self.x, beta + self.time - self.x, alpha, beta),
            (gamma + self.gone, delta + self.time, gamma, delta),
        ]

    def terms(self, theta: Floats) -> Floats:
        """ln of each way's probability: B(α+x, β+t−x)/B(α, β) · B(γ+gone, δ+t)/B(γ, δ), t opportunities lived through."""
        result: Floats = sum(betaln(a, b) - betaln(a0, b0) for a, b, a0, b0 in self._pairs(theta))  # type: ignore[assignment]
        return result

    def log_sum(self, log_terms: Floats) -> tuple[Floats, Floats]:
        """ln of each row's sum, and each term's share of it."""
        top = np.maximum.reduceat(log_terms, self.starts)
        mass = top + np.log(np.add.reduceat(np.exp(log_terms - top[self.row]), self.starts))
        return mass, np.exp(log_terms - mass[self.row])

    def slopes(self, theta: Floats) -> tuple[Floats, Floats]:
        """First derivatives of `terms` by θ, shape (4, terms), and second ones by (aa, ab, bb) of each pair, shape (6, terms)."""
        first, second = [], []
        for a, b, a0, b0 in self._pairs(theta):
            both, both_0 = digamma(a + b), float(digamma(a0 + b0))
            first += [
                digamma(a) - both - float(digamma(a0)) + both_0,
                digamma(b) - both - float(digamma(b0)) + both_0,
            ]
            both, both_0 = trigamma(a + b), float(trigamma(a0 + b0))
            across = both_0 - both
            second += [
                trigamma(a) - float(trigamma(a0)) + across,
                across,
                trigamma(b) - float(trigamma(b0)) + across,
            ]
        return np.stack(first), np.stack(second)


def _objective(data: Statistics) -> Objective:
    """ln θ -> log-likelihood, gradient and Hessian over grouped rows; θ = (α, β, γ, δ)."""
    table, n = _Components(data), data.weights

    def evaluate(log_theta: Floats) -> Derivatives:
        theta = np.exp(log_theta)
        mass, share = table.log_sum(table.terms(theta))
        first, second = table.slopes(theta)
        weight = n[table.row] * share
        by_row = np.add.reduceat(first * share, table.starts, axis=1)
        hessian = (first * weight) @ first.T - (by_row * n) @ by_row.T
        for place, (i, j) in enumerate([(0, 0), (0, 1), (1, 1), (2, 2), (2, 3), (3, 3)]):
            extra = float(second[place] @ weight)
            hessian[i, j] += extra
            if i != j:
                hessian[j, i] += extra
        return to_log_scale(theta, float(n @ mass), by_row @ n, hessian)

    return evaluate
