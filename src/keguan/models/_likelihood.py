"""Parts shared by the likelihoods of repeat-purchase models: sums by x, sums by T, logarithmic parameters, the fit itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from keguan.models._chunks import SIZE, pieces
from keguan.models._errors import too_few
from keguan.models._newton import Maximum, Objective, maximise
from keguan.models._pairs import listed
from keguan.models._special import Floats, digamma, gammaln, trigamma
from keguan.models._statistics import Statistics

Derivatives = tuple[float, Floats, Floats]


@dataclass(frozen=True)
class Histograms:
    """What the separable terms need: customers by x, and customers and purchases by T."""

    x: Floats
    n_x: Floats
    T: Floats
    n_T: Floats
    x_T: Floats

    @classmethod
    def of(cls, data: Statistics) -> Histograms:
        """Tables of values that hold all of `data`'s x, and all of its T."""
        (x, [at_x]), (T, [at_T]) = listed(data.x), listed(data.T)
        n_x, n_T, x_T = np.zeros(len(x)), np.zeros(len(T)), np.zeros(len(T))
        for s in pieces(len(data.x), 8 * SIZE):
            n = None if data.n is None else data.n[s]
            until = at_T[s].astype(np.intp)
            n_x += np.bincount(at_x[s], n, len(x))
            n_T += np.bincount(until, n, len(T))
            x_T += np.bincount(until, data.x[s] if n is None else data.x[s] * n, len(T))
        return cls(x, n_x, T, n_T, x_T)


def to_log_scale(theta: Floats, value: float, gradient: Floats, hessian: Floats) -> Derivatives:
    """Derivatives by ln θ from derivatives by θ."""
    scaled = theta * gradient
    return value, scaled, np.outer(theta, theta) * hessian + np.diag(scaled)


def gamma_poisson_terms(h: Histograms, r: float, alpha: float) -> Derivatives:
    """Σ ln Γ(r+x)/Γ(r) + r ln α − (r+x) ln(α+T), with derivatives by (r, α): purchases of customers who never left."""
    at = alpha + h.T
    waited = np.log1p(h.T / alpha)
    rx = np.append(r + h.x, r)
    ln, psi, tri = (f(rx) for f in (gammaln, digamma, trigamma))
    value = h.n_x @ (ln[:-1] - ln[-1]) - r * (h.n_T @ waited) - h.x_T @ np.log(at)
    d_r = h.n_x @ (psi[:-1] - psi[-1]) - h.n_T @ waited
    d_alpha = h.n_T @ (r * h.T / (alpha * at)) - h.x_T @ (1 / at)
    d_rr = h.n_x @ (tri[:-1] - tri[-1])
    d_ra = h.n_T @ (h.T / (alpha * at))
    d_aa = h.x_T @ at**-2.0 - h.n_T @ (r * h.T * (2 * alpha + h.T) / (alpha * at) ** 2)
    return (
        float(value),
        np.array([d_r, d_alpha]),
        np.array([[d_rr, d_ra], [d_ra, d_aa]]),
    )


def climb(build: Callable[[slice], Objective], rows: int, starts: list[Floats], scale: Floats) -> Maximum:
    """The highest maximum reached from `starts`; where there are many rows, all but the last steps use every k-th row only.

    `build` gives the objective on a slice of rows. The result's θ, as the starts', are ln(parameter / scale), so that bounds
    mean the same in days and in years.
    """
    step = rows // SAMPLE_ROWS
    if step > 1:
        small = _scaled(build(slice(None, None, step)), scale)
        starts = [_best(small, starts, tolerance=1e-3).theta]
    near = 1e-6 if rows < MANY_ROWS else 0.02
    return _best(_scaled(build(slice(None)), scale), starts, near)


def _best(objective: Objective, starts: list[Floats], tolerance: float = 1e-6) -> Maximum:
    """The first interior maximum found, or the highest end of all climbs."""
    tries = []
    for start in starts:
        tries.append(maximise(objective, start, tolerance))
        if tries[-1].converged and not tries[-1].flat:
            return tries[-1]
    return max(tries, key=lambda m: m.value)


def _scaled(objective: Objective, scale: Floats) -> Objective:
    shift = np.log(scale)
    return lambda theta: objective(theta + shift)


#: Rows of the sample on which a climb begins.
SAMPLE_ROWS = 20_000
#: From this many rows on the last step, which is not evaluated again, may be a seventh of a standard error long: what it leaves is
#: of the order of its square, below a thousandth.
MANY_ROWS = 200_000
#: Fewer customers with a repeat purchase than this do not carry four parameters.
MIN_REPEATERS = 10
#: Above this many rows, joining equal customers costs less than it saves.
GROUP_ROWS = 2_000_000


def prepare(model: str, data: Statistics, group: bool) -> tuple[Statistics, float, float]:
    """Data, joined where it pays or is asked for, with mean T and mean x. Raises `TooLittleData` (KG850)."""
    repeaters = data.total(data.x > 0)
    if repeaters < MIN_REPEATERS:
        raise too_few("KG850", model, repeaters, MIN_REPEATERS, data.coarse())
    if group or (data.n is None and len(data.x) > GROUP_ROWS):
        data = data.grouped()
    return (
        data,
        data.total(data.T) / data.n_customers,
        data.total(data.x) / data.n_customers,
    )
