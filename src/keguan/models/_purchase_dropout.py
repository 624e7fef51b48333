"""The likelihood shared by BG/NBD and MBG/NBD, where a customer may leave only just after a purchase; knows no forecast."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keguan.models._chunks import pieces
from keguan.models._likelihood import (
    Derivatives,
    Histograms,
    gamma_poisson_terms,
    to_log_scale,
)
from keguan.models._newton import Objective
from keguan.models._pairs import listed
from keguan.models._special import Floats, digamma, gammaln, softplus, trigamma
from keguan.models._statistics import Statistics


def log_odds_gone(theta: Floats, x: Floats, t_x: Floats, T: Floats, at_start: bool) -> Floats:
    """ln of P(gone) / P(alive) at T: a / c · ((α+T) / (α+t_x))^(r+x), c = b+x−1 (BG), b+x where one may leave at the start.

    BG/NBD: Fader, Hardie & Lee (2005), eq. 7 and the P(alive) that follows from it; −inf at x = 0. MBG/NBD: Batislam,
    Denizel & Filiztekin (2007), appendix.
    """
    r, alpha, a, b = theta
    c = b + x if at_start else b + np.maximum(x, 1.0) - 1.0
    odds = np.log(a / c) + (r + x) * np.log((alpha + T) / (alpha + t_x))
    return odds if at_start else np.where(x > 0, odds, -np.inf)


def objective(data: Statistics, at_start: bool) -> Objective:
    """ln θ -> log-likelihood, gradient and Hessian over grouped `data`; θ = (r, α, a, b).

    ln L = [Γ(r+x) α^r / Γ(r) (α+T)^(r+x)] · B(a, c+1) / B(a, b) · (1 + odds of being gone): the gamma-Poisson part needs only
    tables by x and by T, the beta part a table by x, and only the last factor a pass over rows.
    """
    tables = Histograms.of(data)
    if not at_start and 2 * np.count_nonzero(data.x) < len(data.x):
        # who never came back cannot have left: a copy without them pays where they are many
        data = data.rows(np.flatnonzero(data.x))
    columns = _Columns(data.x, data.t_x, data.T, data.n)
    slices = list(pieces(len(data.x)))

    def evaluate(log_theta: Floats) -> Derivatives:
        theta = np.exp(log_theta)
        value, gradient, hessian = 0.0, np.zeros(4), np.zeros((4, 4))
        for part, terms in (
            (slice(0, 2), gamma_poisson_terms(tables, theta[0], theta[1])),
            (slice(2, 4), _beta_terms(tables, theta[2], theta[3], at_start)),
        ):
            value += terms[0]
            gradient[part] += terms[1]
            hessian[part, part] += terms[2]
        sums, known = np.zeros(24), columns.tables(theta, at_start)
        for s in slices:
            sums += columns.sums(known, s)
        return to_log_scale(theta, *_add_rows(theta, sums, value, gradient, hessian))

    return evaluate


def _beta_terms(h: Histograms, a: float, b: float, at_start: bool) -> Derivatives:
    """Σ ln B(a, c+1) / B(a, b) with derivatives by (a, b): having stayed after each purchase."""
    d = b + h.x + (1.0 if at_start else 0.0)
    k, points = len(d), np.concatenate((d, a + d, [a + b, b]))

    def of(function: Callable[[Floats], Floats]) -> tuple[Floats, Floats, float, float]:
        """A function at d, a + d, a + b and b, called once."""
        values = function(points)
        return values[:k], values[k : 2 * k], float(values[-2]), float(values[-1])

    (ln_d, ln_ad, ln_ab, ln_b), (psi_d, psi_ad, psi_ab, psi_b) = of(gammaln), of(digamma)
    tri_d, tri_ad, tri_ab, tri_b = of(trigamma)
    value = h.n_x @ (ln_d - ln_ad + (ln_ab - ln_b))
    d_a = h.n_x @ (psi_ab - psi_ad)
    d_b = d_a + h.n_x @ (psi_d - psi_b)
    d_aa = h.n_x @ (tri_ab - tri_ad)
    d_bb = d_aa + h.n_x @ (tri_d - tri_b)
    return float(value), np.array([d_a, d_b]), np.array([[d_aa, d_aa], [d_aa, d_bb]])


class _Columns:
    """Rows as places in lists of distinct x and distinct times: logarithms and quotients are taken once for each of them."""

    def __init__(self, x: NDArray[Any], t_x: NDArray[Any], T: NDArray[Any], n: Floats | None) -> None:
        self.x, [self.at_x] = listed(x)
        self.times, [self.last, self.until] = listed(t_x, T)
        self.n = n

    def tables(self, theta: Floats, at_start: bool) -> tuple[Floats, ...]:
        """ln(α+t) and 1/(α+t) by time; r+x, 1/(b+x) (BG: 1/(b+x−1)) and ln of a times that by x.

        In BG/NBD who never came back cannot have left: ln of the odds is −∞.
        """
        r, alpha, a, b = theta
        at = alpha + self.times
        stay = 1 / (b + self.x if at_start else b + np.maximum(self.x, 1.0) - 1.0)
        odds = np.log(a * stay)
        return np.log(at), 1 / at, r + self.x, stay, odds if at_start else np.where(self.x > 0, odds, -np.inf)

    def sums(self, tables: tuple[Floats, ...], s: slice) -> Floats:
        """Σ softplus(z), Σ p·∂²z, Σ p·∂z and Σ p(1−p)·∂z∂z′ over rows, z the log odds of being gone and p its logistic."""
        logs, inverses, by_x, stays, log_stays = tables
        last, until, x = (v[s].astype(np.intp) for v in (self.last, self.until, self.at_x))
        features = np.empty((4, len(x)))
        log_ratio, stay = features[0], features[3]
        np.subtract(logs.take(until), logs.take(last), out=log_ratio)
        late, early, rx = inverses.take(until), inverses.take(last), by_x.take(x)
        stays.take(x, out=stay)
        value, p = softplus(log_stays.take(x) + rx * log_ratio)
        slope = late - early
        np.multiply(rx, slope, out=features[1])
        features[2] = 1.0
        weights = np.empty((5, len(x)))  # p, and p(1−p)·∂z: one product of matrices gives all sums over them
        weighted = weights[0]
        np.multiply(p, 1.0 if self.n is None else self.n[s], out=weighted)
        np.multiply(features, weighted * (1 - p), out=weights[1:])
        seconds = [slope @ weighted, -(features[1] @ (weighted * (late + early))), (stay * stay) @ weighted]
        whole = value.sum() if self.n is None else self.n[s] @ value
        return np.concatenate(([whole], seconds, (weights @ features.T).ravel()))


def _add_rows(theta: Floats, sums: Floats, value: float, gradient: Floats, hessian: Floats) -> Derivatives:
    """Turn the sums over rows into derivatives by θ and add them."""
    sign = np.array([1.0, 1.0, 1.0 / theta[2], -1.0])  # ∂z by r, α, a, b is sign · feature
    d_ra, d_aa, d_bb = sums[1:4]
    firsts = sums[4:8]
    hessian = hessian + np.outer(sign, sign) * sums[8:].reshape(4, 4)
    hessian[0, 1] += d_ra
    hessian[1, 0] += d_ra
    hessian[1, 1] += d_aa
    hessian[2, 2] -= firsts[2] / theta[2] ** 2
    hessian[3, 3] += d_bb
    return value + float(sums[0]), gradient + sign * firsts, hessian
