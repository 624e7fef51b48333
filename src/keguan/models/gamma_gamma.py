"""Gamma-Gamma: what a customer spends per purchase, drawn towards the others' spending where purchases are few.

Fader & Hardie (2013), The Gamma-Gamma Model of Monetary Value ("the note"); Fader, Hardie & Lee (2005), RFM and CLV, J. of
Marketing Research 42(4), 415-430.
"""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike

from keguan.core.errors import KeguanError, Place, Problem, fail
from keguan.models._chunks import pieces
from keguan.models._errors import CoarseMean, not_identified, too_few
from keguan.models._fitted import Fitted
from keguan.models._likelihood import Derivatives, climb, to_log_scale
from keguan.models._newton import Objective
from keguan.models._pairs import places
from keguan.models._special import Floats, digamma, gammaln, trigamma

#: Fewer customers with a repeat purchase than this do not carry three parameters.
MIN_SPENDERS = 10


class GammaGamma(Fitted):
    """Amounts ~ Gamma(p, ν_i) with ν_i ~ Gamma(q, v) over customers; letters p, q, v. Amounts must not depend on how often one buys.

    `GammaGamma.fit(x, mean_amount)`: repeat purchases of each customer and the mean amount of those purchases.
    """

    NAME: ClassVar[str] = "gamma-gamma"
    LETTERS: ClassVar[tuple[str, ...]] = ("p", "q", "v")

    @classmethod
    def fit(cls, x: ArrayLike, mean_amount: ArrayLike, n: ArrayLike | None = None) -> Self:
        """Maximum likelihood (eq. 1a of the note). Customers with x = 0 or amount 0 take no part.

        Raises `TooLittleData` (KG850; KG851 also where q ≤ 1, for then the fitted mean is infinite).
        """
        x, amount, n = _columns(x, mean_amount, n)
        take = (x > 0) & (amount > 0) & (n > 0)
        x, amount, n = x[take], amount[take], n[take]
        if n.sum() < MIN_SPENDERS:
            raise too_few("KG850", cls.NAME, float(n.sum()), MIN_SPENDERS, CoarseMean.of(amount, n))
        typical = float(np.exp(np.log(amount) @ n / n.sum()))
        scale = np.array([1.0, 1.0, typical])
        starts = [np.log([2.0, 3.0, 2.0]), np.log([10.0, 10.0, 1.0])]
        found = climb(lambda rows: _objective(x[rows], amount[rows], n[rows]), len(x), starts, scale)
        if not found.flat and found.theta[1] <= 0:
            raise not_identified(cls.NAME, "q", CoarseMean.of(amount, n))
        return cls._from_maximum(found, scale, float(n.sum()), lambda: CoarseMean.of(amount, n))

    def predict_value(self, x: ArrayLike, mean_amount: ArrayLike) -> Floats:
        """E[amount per purchase | x, mean]: (q−1)/(px+q−1) of the base's mean and the rest of the own mean (eq. 5 of the note)."""
        x, amount, _ = _columns(x, mean_amount, None)
        p, q, v = self._theta_with_mean()
        result: Floats = (p * v + p * x * np.where(x > 0, amount, 0.0)) / (p * x + q - 1.0)
        return result

    def predict_new_value(self) -> float:
        """The mean amount over customers, p v / (q − 1): what to expect of a customer not seen before."""
        p, q, v = self._theta_with_mean()
        return float(p * v / (q - 1.0))

    def _theta_with_mean(self) -> Floats:
        if self.params["q"] <= 1.0:
            raise fail("KG853", Place(field="q"), model=self.NAME, letters="p, q > 1, v")
        return self.theta


def _columns(x: ArrayLike, amount: ArrayLike, n: ArrayLike | None) -> tuple[Floats, Floats, Floats]:
    columns = [np.atleast_1d(np.asarray(v)) for v in (x, amount, 1.0 if n is None else n)]
    columns = [np.asarray(v, dtype=np.float64) for v in np.broadcast_arrays(*columns)]
    rules = ("x >= 0 and finite", "mean_amount >= 0 and finite", "n >= 0 and finite")
    problems = [
        Problem(
            "KG852",
            Place(field=rule.split()[0]),
            {"rule": rule, "rows": int((~(v >= 0) | (v == np.inf)).sum())},
        )
        for rule, v in zip(rules, columns, strict=True)
        if not np.all((v >= 0) & (v < np.inf))
    ]
    if problems:
        raise KeguanError(problems)
    return columns[0], columns[1], columns[2]


def _objective(x: Floats, amount: Floats, n: Floats) -> Objective:
    """ln θ -> log-likelihood, gradient, Hessian; θ = (p, q, v). Only ln(v + spent) needs a pass over customers."""
    spent = x * amount
    distinct, at = places(x)
    n_x = np.bincount(at, n, len(distinct))
    log_spent, log_amount = float((n * x) @ np.log(spent)), float(n @ np.log(amount))
    slices = list(pieces(len(x)))

    def evaluate(log_theta: Floats) -> Derivatives:
        p, q, v = theta = np.exp(log_theta)
        sums = np.zeros(6)
        for s in slices:
            inverse = 1.0 / (v + spent[s])
            log_sum = -np.log(inverse)
            nx = n[s] * x[s]
            squared = inverse * inverse
            sums += [n[s] @ log_sum, nx @ log_sum, n[s] @ inverse, nx @ inverse, n[s] @ squared, nx @ squared]
        a, x_a, i, x_i, ii, x_ii = sums
        px, total = p * distinct, float(n.sum())
        pxq, log_v = px + q, np.log(v)
        value = (
            n_x @ (gammaln(pxq) - gammaln(px) - gammaln(q))
            + total * q * log_v
            + p * log_spent
            - log_amount
            - p * x_a
            - q * a
        )
        psi, psi_1 = digamma(pxq), trigamma(pxq)
        d_p = (n_x * distinct) @ (psi - digamma(px)) + log_spent - x_a
        d_q = n_x @ (psi - digamma(q)) + total * log_v - a
        d_v = total * q / v - p * x_i - q * i
        d_pp = (n_x * distinct**2) @ (psi_1 - trigamma(px))
        d_pq = (n_x * distinct) @ psi_1
        d_qq = n_x @ (psi_1 - trigamma(q))
        d_qv = total / v - i
        d_vv = -total * q / v**2 + p * x_ii + q * ii
        hessian = np.array([[d_pp, d_pq, -x_i], [d_pq, d_qq, d_qv], [-x_i, d_qv, d_vv]])
        return to_log_scale(theta, float(value), np.array([d_p, d_q, d_v]), hessian)

    return evaluate
