"""Expectations as averages of positive values, so that nothing cancels and nothing turns negative; knows no model."""

from __future__ import annotations

from functools import cache

import numpy as np

from keguan.models._special import Floats


@cache
def _legendre(n: int) -> tuple[Floats, Floats]:
    nodes, weights = np.polynomial.legendre.leggauss(n)
    return (nodes + 1) / 2, weights / 2


def over_interval(lower: Floats, upper: Floats, scale: Floats, n: int = 32) -> tuple[Floats, Floats]:
    """Nodes and weights, shape (rows, 2n), for ∫ over [lower, upper] of functions that vary over (scale + τ)-sized stretches.

    Gauss-Legendre in ln(scale + τ), in two halves.
    """
    u, w = _legendre(n)
    u, w = np.concatenate((u / 2, 0.5 + u / 2)), np.concatenate((w / 2, w / 2))
    reach = np.log((scale + upper) / (scale + lower))
    stretched = (scale + lower)[:, None] * np.exp(reach[:, None] * u)
    return stretched - scale[:, None], reach[:, None] * stretched * w


def over_beta(a: Floats, b: Floats, n: int = 64) -> tuple[Floats, Floats]:
    """Nodes p and weights summing to one, shape (rows, n), for expectations over Beta(a, b).

    The trapezoidal rule in u with logit(p) = mode + scale·2 sinh(u), where the density falls double-exponentially; the range
    ends where e^-40 of the mass is left.
    """
    a, b = (np.asarray(v, dtype=np.float64) for v in np.broadcast_arrays(np.atleast_1d(a), np.atleast_1d(b)))
    scale = np.minimum(1.0, np.sqrt(1 / a + 1 / b))
    left, right = (-np.arcsinh(np.maximum(20 / (rate * scale), 4.5)) for rate in (a, b))
    u = left[:, None] + (-right - left)[:, None] * np.linspace(0.0, 1.0, n)
    y = np.log(a / b)[:, None] + 2 * scale[:, None] * np.sinh(u)
    log_p, log_q = -np.logaddexp(0.0, -y), -np.logaddexp(0.0, y)
    log_density = a[:, None] * log_p + b[:, None] * log_q + np.log(np.cosh(u))
    weights = np.exp(log_density - log_density.max(axis=1, keepdims=True))
    return np.exp(np.maximum(log_p, -600.0)), weights / weights.sum(axis=1, keepdims=True)


def chebyshev_points(n: int) -> Floats:
    """The n Chebyshev points of the first kind on [−1, 1], descending."""
    points: Floats = np.cos(np.pi * (np.arange(n) + 0.5) / n)
    return points


def interpolation(at: Floats, n: int) -> Floats:
    """The matrix, shape (len(at), n), that carries values at `chebyshev_points(n)` to values at `at` in [−1, 1]."""
    k = np.arange(n)
    basis = np.empty((n, len(at)))
    basis[0] = 1.0
    if n > 1:
        basis[1] = at
    for i in range(2, n):
        basis[i] = 2.0 * at * basis[i - 1] - basis[i - 2]
    to_coefficients = np.cos(k[:, None] * np.pi * (k + 0.5) / n) * np.where(k == 0, 1.0, 2.0)[:, None] / n
    matrix: Floats = basis.T @ to_coefficients
    return matrix
