"""The integral at the heart of the Pareto/NBD and its derivatives, by quadrature of positive values; knows no customer.

J(x, t) = ∫ from t to ∞ of (α+τ)^−(r+x) (β+τ)^−(s+1) dτ. In the papers it is a Gaussian hypergeometric function (Fader & Hardie
2005, "A Note on Deriving the Pareto/NBD Model", eq. 19-22), which is hard to compute where α and β are far apart.
"""

from __future__ import annotations

import numpy as np

from keguan.models._chunks import fill_pieces, pieces
from keguan.models._special import Floats

#: Rows of the result of `tail`: ln J, its gradient and the upper triangle of its Hessian, by ln r, ln α, ln s, ln β.
TRIANGLE = [(i, j) for i in range(4) for j in range(i, 4)]
COLUMNS = 1 + 4 + len(TRIANGLE)


def tail(theta: Floats, x: Floats, t: Floats) -> Floats:
    """ln J(x, t) and its derivatives at points (x, t): shape (15, points)."""
    out = np.empty((COLUMNS, len(x)))
    for s in pieces(len(x), 256):
        out[:, s] = _some(theta, x[s], t[s], derivatives=True)
    return out


def log_tail(theta: Floats, x: Floats, t: Floats) -> Floats:
    """ln J(x, t) at points (x, t)."""
    return fill_pieces(lambda s: _some(theta, x[s], t[s], derivatives=False)[0], len(x), 256)


def _nodes(k: Floats, c: Floats, delta: Floats) -> tuple[Floats, Floats]:
    """Nodes v > 0 and ln dv for ∫ e^(−kv) (1 + δ e^−v)^−c dv: trapezoids in u, v = e^(u − e^−u) · length.

    The integrand falls at the rate k − c δ / (1 + δ) at first, which may be negative, and at the rate k beyond its bend near
    v = ln δc. The length is that of the first fall or of the way to the bend; the nodes reach to where e^-40 is left.
    """
    bend = np.log1p(delta * c)
    fall = k - c * (delta / (1.0 + delta))
    length = 1.0 / np.maximum(fall, 1.0 / (1.0 + bend))
    beyond = bend + np.log1p(2.0 / k) + 80.0 / k
    reach = np.where(fall > 0, np.minimum(40.0 / np.where(fall > 0, fall, 1.0), beyond), beyond)
    step = float(_step(c, fall, np.minimum(bend, reach), np.log1p(delta)).min())
    log_reach = np.log(float((reach / length).max()))
    end = max(log_reach, 0.0) + 0.6
    for _ in range(4):  # Newton's method for u - e^-u = log_reach
        end -= (end - np.exp(-end) - log_reach) / (1.0 + np.exp(-end))
    u = np.arange(-3.8, end + 2 * step, step)
    v = np.exp(u - np.exp(-u)) * length[:, None]
    return v, np.log(v) + np.log((1.0 + np.exp(-u)) * step)


def _step(c: Floats, fall: Floats, bend: Floats, log_delta: Floats) -> Floats:
    """How densely the nodes must stand for a relative error of about e^-30.

    At the bend the integrand is a bell of curvature min(c, 80) / 4, which trapezoids dv apart integrate to
    e^−8π² / (dv² curvature); it matters the less the further the integrand has fallen until there.
    """
    digits = np.clip(30.0 - fall * np.maximum(log_delta - np.log(c), 0.0), 1.0, 30.0)
    dv = np.minimum(0.65, 2 * np.pi * np.sqrt(2.0 / (digits * np.minimum(c, 80.0))))
    step: Floats = np.minimum(0.12, dv / (1.0 + 1.8 * bend))
    return step


def _some(theta: Floats, x: Floats, t: Floats, derivatives: bool) -> Floats:
    r, alpha, s, beta = theta
    first_is_small = alpha <= beta
    small, gap = min(alpha, beta), abs(alpha - beta)
    c = np.full(len(x), s + 1.0) if first_is_small else r + x
    k, start = r + x + s, small + t
    v, log_dv = _nodes(k, c, gap / start)
    fade = np.exp(-v)
    bent = 1.0 + (gap / start)[:, None] * fade
    stretch = np.log(bent)
    log_f = -k[:, None] * v - c[:, None] * stretch + log_dv
    top = log_f.max(axis=1, keepdims=True)
    weights = np.exp(log_f - top)
    mass = weights.sum(axis=1)
    log_j: Floats = -k * np.log(start) + top[:, 0] + np.log(mass)
    if not derivatives:
        return log_j[None]
    weights /= mass[:, None]
    near, far = np.log(start)[:, None] + v, fade / start[:, None]
    if first_is_small:
        log_a, log_b, share_a, share_b = (
            near,
            near + stretch,
            alpha * far,
            beta * far / bent,
        )
    else:
        log_a, log_b, share_a, share_b = (
            near + stretch,
            near,
            alpha * far / bent,
            beta * far,
        )
    rx = (r + x)[:, None]
    slopes = np.stack((-r * log_a, -rx * share_a, -s * log_b, -(s + 1.0) * share_b))
    curves = {
        (0, 0): slopes[0],
        (0, 1): -r * share_a,
        (1, 1): slopes[1] * (1.0 - share_a),
        (2, 2): slopes[2],
        (2, 3): -s * share_b,
        (3, 3): slopes[3] * (1.0 - share_b),
    }
    mean = (slopes * weights).sum(axis=2)
    away = slopes - mean[:, :, None]
    hessian = [(away[i] * away[j] * weights).sum(axis=1) for i, j in TRIANGLE]
    for place, pair in enumerate(TRIANGLE):
        if pair in curves:
            hessian[place] = hessian[place] + (curves[pair] * weights).sum(axis=1)
    return np.concatenate((log_j[None], mean, np.stack(hessian)))
