"""The Pareto/NBD likelihood over grouped customers, with derivatives; knows no forecast.

ln L = ln[Γ(r+x) α^r β^s / Γ(r)] + ln[(α+T)^−(r+x) (β+T)^−s + s (J(x, t_x) − J(x, T))]: Schmittlein, Morrison & Colombo (1987) in
the form of Fader & Hardie (2005), before the integral J is turned into hypergeometric functions.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from keguan.models._chunks import SIZE, pieces
from keguan.models._likelihood import (
    Derivatives,
    Histograms,
    gamma_poisson_terms,
    to_log_scale,
)
from keguan.models._newton import Objective
from keguan.models._pairs import POINTS, places
from keguan.models._pareto_tail import COLUMNS, TRIANGLE, tail
from keguan.models._quadrature import chebyshev_points, interpolation
from keguan.models._special import Floats, softplus
from keguan.models._statistics import Statistics


def log_odds_gone(theta: Floats, x: Floats, T: Floats, last: Floats, until: Floats) -> Floats:
    """ln of P(gone) / P(alive) at T: s (J(t_x) − J(T)) / ((α+T)^−(r+x) (β+T)^−s); −inf where t_x = T.

    `last` and `until` are ln J(x, t_x) and ln J(x, T).
    """
    return _log_odds(last, until, T, theta[0] + x, theta)[0]


def _log_odds(
    last: Floats, until: Floats, T: Floats, rx: Floats | float, theta: Floats
) -> tuple[Floats, Floats]:
    """The log odds from ln J at t_x and at T, and J(T) / (J(t_x) − J(T))."""
    _, alpha, s, beta = theta
    drop = np.minimum(until - last, 0.0)
    passed = -np.expm1(drop)
    some = passed > 0
    passed = np.where(some, passed, 1.0)
    odds = np.log(s * passed) + last + rx * np.log(alpha + T) + s * np.log(beta + T)
    return np.where(some, odds, -np.inf), np.where(some, np.exp(drop) / passed, 0.0)


class _Grid:
    """Rows by x, their times as places in one list, and Chebyshev points of that list for the integrals of a pass."""

    def __init__(self, data: Statistics) -> None:
        n = len(data.x)
        self.times, at = places(np.concatenate((data.t_x, data.T)))
        self.last, self.until = at[:n], at[n:]
        self.x, starts = np.unique(data.x, return_index=True)
        self.bounds = np.append(starts, n)
        self.direct = len(self.times) <= POINTS

    def tables(self, theta: Floats) -> tuple[Floats, Floats]:
        """`tail` for every x at the points, shape (x, 15, points), and the matrix from points to `times`."""
        if self.direct:
            points, matrix = self.times, np.eye(len(self.times))
        else:
            scale = min(theta[1], theta[3])
            u = np.log(scale + self.times)
            middle, half = (u[-1] + u[0]) / 2, (u[-1] - u[0]) / 2
            points = np.maximum(np.exp(middle + half * chebyshev_points(POINTS)) - scale, 0.0)
            matrix = interpolation((u - middle) / half, POINTS)
        x, t = (v.ravel() for v in np.meshgrid(self.x, points, indexing="ij"))
        values = tail(theta, x, t).reshape(COLUMNS, len(self.x), len(points))
        return values.transpose(1, 0, 2), matrix

    def rows(self) -> Iterator[tuple[int, slice]]:
        """Pieces of rows that share one x: its place, and the rows."""
        for i in range(len(self.x)):
            for s in pieces(int(self.bounds[i + 1] - self.bounds[i]), SIZE):
                yield (
                    i,
                    slice(int(self.bounds[i]) + s.start, int(self.bounds[i]) + s.stop),
                )


def objective(data: Statistics) -> Objective:
    """ln θ -> log-likelihood, gradient and Hessian over `data` sorted by x; θ = (r, α, s, β)."""
    histograms, grid, n = Histograms.of(data), _Grid(data), data.weights

    def evaluate(log_theta: Floats) -> Derivatives:
        theta = np.exp(log_theta)
        value, gradient, hessian = _alive_terms(histograms, theta)
        values, matrix = grid.tables(theta)
        whole: tuple[int, Floats] = (-1, np.empty(0))
        for i, rows in grid.rows():
            last, until = grid.last[rows], grid.until[rows]
            if 2 * len(last) > len(grid.times):
                if whole[0] != i:
                    whole = (i, _carry(values[i], matrix))
                at_last, at_until = whole[1][:, last], whole[1][:, until]
            else:
                at_last, at_until = (
                    _carry(values[i], matrix[last]),
                    _carry(values[i], matrix[until]),
                )
            terms = _gone_terms(theta, float(grid.x[i]), grid.times[until], n[rows], at_last, at_until)
            value += terms[0]
            gradient += terms[1]
            hessian += terms[2]
        return value, gradient, hessian

    return evaluate


def _carry(values: Floats, matrix: Floats) -> Floats:
    """`values @ matrix.T` in parts so small that BLAS does not wake its threads, which would cost more than they save."""
    return np.concatenate([values @ matrix[s].T for s in pieces(len(matrix), 256)], axis=1)


def _alive_terms(h: Histograms, theta: Floats) -> Derivatives:
    """Σ ln of the likelihood of customers still alive at T, derivatives by ln θ."""
    r, alpha, s, beta = theta
    value, first, second = gamma_poisson_terms(h, r, alpha)
    at, waited = beta + h.T, np.log1p(h.T / beta)
    gradient = np.concatenate((first, [-(h.n_T @ waited), h.n_T @ (s * h.T / (beta * at))]))
    hessian = np.zeros((4, 4))
    hessian[:2, :2] = second
    hessian[2, 3] = hessian[3, 2] = h.n_T @ (h.T / (beta * at))
    hessian[3, 3] = -(h.n_T @ (s * h.T * (2 * beta + h.T) / (beta * at) ** 2))
    return to_log_scale(theta, value - s * float(h.n_T @ waited), gradient, hessian)


def _gone_terms(
    theta: Floats, x: float, T: Floats, n: Floats, at_last: Floats, at_until: Floats
) -> Derivatives:
    """Σ ln(1 + odds of being gone) over rows of one x, with derivatives by ln θ."""
    r, alpha, s, beta = theta
    odds, ratio = _log_odds(at_last[0], at_until[0], T, r + x, theta)
    value, chance = softplus(np.maximum(odds, -745.0))
    p = n * chance
    share_a, share_b = alpha / (alpha + T), beta / (beta + T)
    change = at_last[1:5] - at_until[1:5]
    # by ln θ: of J(t_x) − J(T), less of the alive term, plus one for the factor s
    slope = at_last[1:5] + ratio * change
    slope[0] += r * np.log(alpha + T)
    slope[1] += (r + x) * share_a
    slope[2] += s * np.log(beta + T) + 1.0
    slope[3] += s * share_b
    hessian = (slope * (p * (1.0 - chance))) @ slope.T - (change * (p * ratio * (1.0 + ratio))) @ change.T
    curves = at_last[5:] @ p + (at_last[5:] - at_until[5:]) @ (p * ratio)
    alive = {
        (0, 0): r * np.log(alpha + T),
        (0, 1): r * share_a,
        (1, 1): (r + x) * share_a * (1.0 - share_a),
        (2, 2): s * np.log(beta + T),
        (2, 3): s * share_b,
        (3, 3): s * share_b * (1.0 - share_b),
    }
    for place, (i, j) in enumerate(TRIANGLE):
        extra = float(curves[place]) + (float(alive[i, j] @ p) if (i, j) in alive else 0.0)
        hessian[i, j] += extra
        if i != j:
            hessian[j, i] += extra
    return float(n @ value), slope @ p, hessian
