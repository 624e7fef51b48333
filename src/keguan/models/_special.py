"""Gamma functions and friends in plain numpy, so that a fit needs no scipy; knows no model."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

_SHIFT = 10
_HALF_LOG_2PI = 0.9189385332046727
# Bernoulli numbers B2k, k = 1..8, for the asymptotic series (Abramowitz & Stegun 6.1.40, 6.3.18, 6.4.12).
_BERNOULLI = np.array([1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510])
_K = np.arange(1, 9)


def _series(z: Floats, coefficients: Floats) -> Floats:
    """The sum of coefficients[k] / z**(2k), k from 0."""
    inverse = 1.0 / (z * z)
    total = np.full_like(z, coefficients[-1])
    for c in coefficients[-2::-1]:
        total = total * inverse + c
    return total


def _shifted(z: ArrayLike) -> tuple[Floats, NDArray[np.bool_], Floats]:
    """z carried to where the series hold, which of them were, and the steps from there back to z, shape (10, how many)."""
    z = np.asarray(z, dtype=np.float64)
    small = z < _SHIFT
    return np.where(small, z + _SHIFT, z), small, z[small] + np.arange(_SHIFT)[:, None]


def gammaln(z: ArrayLike) -> Floats:
    """ln Γ(z) for z > 0, any shape, to about 1e-14 (absolute near 1 and 2, relative elsewhere)."""
    at, small, steps = _shifted(z)
    tail = _series(at, _BERNOULLI / (2 * _K * (2 * _K - 1))) / at
    result = np.asarray((at - 0.5) * np.log(at) - at + _HALF_LOG_2PI + tail)
    result[small] -= np.log(steps.prod(axis=0))
    return result


def digamma(z: ArrayLike) -> Floats:
    """ψ(z), the first derivative of ln Γ, for z > 0."""
    at, small, steps = _shifted(z)
    result = np.asarray(np.log(at) - 0.5 / at - _series(at, _BERNOULLI / (2 * _K)) / (at * at))
    result[small] -= (1.0 / steps).sum(axis=0)
    return result


def trigamma(z: ArrayLike) -> Floats:
    """ψ′(z), the second derivative of ln Γ, for z > 0."""
    at, small, steps = _shifted(z)
    result = np.asarray(1.0 / at + 0.5 / at**2 + _series(at, _BERNOULLI) / at**3)
    result[small] += (steps**-2.0).sum(axis=0)
    return result


def betaln(a: ArrayLike, b: ArrayLike) -> Floats:
    """ln B(a, b) for a, b > 0."""
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    result: Floats = gammaln(a) + gammaln(b) - gammaln(a + b)
    return result


def softplus(z: Floats) -> tuple[Floats, Floats]:
    """ln(1 + e^z), to 1e-16 (absolute where it is small), and its derivative 1 / (1 + e^-z), for any z, without overflow."""
    safe = z.max(initial=-np.inf) < 700  # where no e^z can overflow, half the passes suffice
    e = np.exp(z if safe else -np.abs(z))
    whole = 1.0 + e
    logistic = np.divide(e if safe else np.where(z > 0, 1.0, e), whole)
    value: Floats = np.log(
        whole, out=whole
    )  # several times faster than log1p, whose further digits no sum would keep
    if not safe:
        value += np.maximum(z, 0.0)
    return value, logistic


def relative_growth(power: ArrayLike, log_ratio: ArrayLike) -> Floats:
    """(1 − e^(−power · log_ratio)) / power, continuous through power = 0 where it is log_ratio."""
    power, log_ratio = np.broadcast_arrays(np.asarray(power, float), np.asarray(log_ratio, float))
    flat = np.abs(power * log_ratio) < 1e-12
    safe = np.where(flat, 1.0, power)
    result: Floats = np.where(flat, log_ratio, -np.expm1(-safe * log_ratio) / safe)
    return result
