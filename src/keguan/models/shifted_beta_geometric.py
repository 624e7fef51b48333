"""Shifted-beta-geometric: contracts that are renewed or not at the end of each period (Fader & Hardie 2007).

How to Project Customer Retention. J. of Interactive Marketing 21(1), 76-90 ("2007"); Customer-Base Valuation in a Contractual
Setting: The Perils of Ignoring Heterogeneity. Marketing Science 29(1), 2010, 85-93 ("2010").
"""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike

from keguan.core.errors import KeguanError, Place, Problem, fail
from keguan.models._errors import CoarseRate, too_few
from keguan.models._fitted import Fitted
from keguan.models._forecast import DAYS_PER_YEAR
from keguan.models._likelihood import Derivatives, climb, to_log_scale
from keguan.models._newton import Objective
from keguan.models._special import Floats, betaln, digamma, trigamma

#: Fewer customers who left than this do not carry two parameters.
MIN_LOST = 10


class ShiftedBetaGeometric(Fitted):
    """At the end of each period a customer leaves with probability ~ Beta(alpha, beta), the customer's own and constant.

    A row is a tenure: `periods` lived through, `left` whether the customer left at the end of the last of them (else is still
    there), `n` customers. A period lasts `unit_days` days.
    """

    NAME: ClassVar[str] = "shifted-beta-geometric"
    LETTERS: ClassVar[tuple[str, ...]] = ("alpha", "beta")

    @classmethod
    def fit(
        cls, periods: ArrayLike, left: ArrayLike, n: ArrayLike | None = None, unit_days: float = DAYS_PER_YEAR
    ) -> Self:
        """Maximum likelihood (2007, appendix B), cohorts of any age together. Raises `TooLittleData` (KG857, KG851)."""
        t, gone, n_ = _columns(periods, left, n)
        lost, exposure = float(n_ @ gone), float(n_ @ t)
        coarse = CoarseRate.of(lost, exposure, float(n_.sum()))
        if lost < MIN_LOST:
            raise too_few("KG857", cls.NAME, lost, MIN_LOST, coarse)
        share = lost / exposure
        starts = [np.log([k * share, k * (1.0 - share) + 0.1]) for k in (2.0, 20.0)]
        found = climb(lambda rows: _objective(t[rows], gone[rows], n_[rows]), len(t), starts, np.ones(2))
        return cls._from_maximum(found, np.ones(2), float(n_.sum()), lambda: coarse, unit_days)

    @classmethod
    def fit_survivors(cls, survivors: ArrayLike, unit_days: float = DAYS_PER_YEAR) -> Self:
        """From one cohort's counts of customers at the start and after each period, the form of the papers' tables."""
        counts = np.asarray(survivors, dtype=np.float64)
        lost = -np.diff(counts)
        if counts.ndim != 1 or len(counts) < 2 or not np.all(lost >= 0) or counts[-1] < 0:
            raise fail(
                "KG852",
                Place(field="survivors"),
                rule="survivors fall from period to period",
                rows=int((lost < 0).sum()),
            )
        periods = np.arange(1, len(counts))
        t, left = np.append(periods, periods[-1]), np.append(np.ones(len(periods)), 0.0)
        return cls.fit(t, left, np.append(lost, counts[-1]), unit_days)

    def predict_survival(self, t: ArrayLike, tenure: ArrayLike = 0) -> Floats:
        """P(still there after t more periods | there after `tenure`): B(α, β+tenure+t) / B(α, β+tenure), 2007 eq. 6."""
        alpha, beta = self.theta
        lived, more = np.asarray(tenure, dtype=np.float64), np.asarray(t, dtype=np.float64)
        result: Floats = np.exp(
            np.minimum(betaln(alpha, beta + lived + more) - betaln(alpha, beta + lived), 0.0)
        )
        return result

    def predict_retention(self, tenure: ArrayLike) -> Floats:
        """The retention rate of the period after `tenure` ones: (β+tenure) / (α+β+tenure), 2007 eq. 8 (its t is tenure + 1)."""
        alpha, beta = self.theta
        lived = np.asarray(tenure, dtype=np.float64)
        result: Floats = (beta + lived) / (alpha + beta + lived)
        return result

    def predict_discounted_periods(
        self, tenure: ArrayLike, yearly_rate: float, horizon: float = np.inf
    ) -> Floats:
        """Renewals to come of a customer just past `tenure` of them, the j-th worth (1 + d)^−j: Σ S(tenure+j) / S(tenure) (1+d)^−j.

        The DERL of 2010, eq. 6, stands just before renewal n: it is 1 + d times this at tenure n − 1.
        """
        if not yearly_rate >= 0 or (horizon == np.inf and yearly_rate == 0):
            raise fail(
                "KG855", Place(field="yearly_rate"), rule="yearly_rate > 0, or yearly_rate = 0 with a horizon"
            )
        log_d = np.log1p(yearly_rate) * self.unit_days / DAYS_PER_YEAR
        lived = np.atleast_1d(np.asarray(tenure, dtype=np.float64))
        end = int(min(horizon, np.ceil(40.0 / log_d) if log_d > 0 else horizon))
        total = np.zeros(len(lived))
        for start in range(1, end + 1, 1024):
            j = np.arange(start, min(start + 1024, end + 1))
            total += self.predict_survival(j[None, :], lived[:, None]) @ np.exp(-log_d * j)
        return total


def _columns(periods: ArrayLike, left: ArrayLike, n: ArrayLike | None) -> tuple[Floats, Floats, Floats]:
    columns = np.broadcast_arrays(
        *(np.atleast_1d(np.asarray(v, dtype=np.float64)) for v in (periods, left, 1.0 if n is None else n))
    )
    t, gone, n_ = columns
    rules = (
        ("periods", "periods = 1, 2, 3, …", ~((t >= 1) & (t == np.floor(t)) & (t < np.inf))),
        ("left", "left is true or false", (gone != 0) & (gone != 1)),
        ("n", "n >= 0 and finite", ~((n_ >= 0) & (n_ < np.inf))),
    )
    problems = [
        Problem("KG852", Place(field=f), {"rule": r, "rows": int(w.sum())}) for f, r, w in rules if w.any()
    ]
    if problems:
        raise KeguanError(problems)
    keys, at = np.unique(t * 2 + gone, return_inverse=True)
    return np.floor(keys / 2), keys % 2, np.bincount(at, n_).astype(np.float64)


def _objective(t: Floats, gone: Floats, n: Floats) -> Objective:
    """Σ n ln[B(α+gone, β+t−gone) / B(α, β)]: 2007 eq. 5 where left, eq. 6 where still there; derivatives by (ln α, ln β)."""

    def evaluate(log_theta: Floats) -> Derivatives:
        alpha, beta = theta = np.exp(log_theta)
        a, b = alpha + gone, beta + t - gone
        value = n @ (betaln(a, b) - betaln(alpha, beta))
        both = digamma(alpha + beta) - digamma(a + b)
        gradient = np.array(
            [n @ (digamma(a) - digamma(alpha) + both), n @ (digamma(b) - digamma(beta) + both)]
        )
        across = n @ (trigamma(alpha + beta) - trigamma(a + b))
        d_aa, d_bb = n @ (trigamma(a) - trigamma(alpha)) + across, n @ (trigamma(b) - trigamma(beta)) + across
        return to_log_scale(theta, float(value), gradient, np.array([[d_aa, across], [across, d_bb]]))

    return evaluate
