"""Parts shared by the likelihoods of repeat-purchase models: sums by x, sums by T, logarithmic parameters, the fit itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from keguan.models._chunks import SIZE, pieces
from keguan.models._errors import too_few
from keguan.models._newton import FLAT, Maximum, Objective, maximise
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
    """The highest maximum reached from `starts`; where there are many rows, the climb is on every k-th, and one pass over all of
    them corrects where it ended, a second one only where that leaves a doubt.

    `build` gives the objective on a slice of rows. The result's θ, as the starts', are ln(parameter / scale), so that bounds
    mean the same in days and in years.
    """
    whole, step = _scaled(build(slice(None)), scale), min(rows // SAMPLE_ROWS, WIDEST)
    if step < 2:
        return _best(whole, starts)
    sample = _scaled(build(slice(None, None, step)), scale)
    begun = _best(sample, starts, NEAR).theta
    found, doubt = _corrected(whole, sample, step, begun)
    if doubt < SURE:
        return found
    return maximise(whole, found.theta if doubt < 1 else begun, NEAR)


def _corrected(whole: Objective, sample: Objective, step: int, start: Floats) -> tuple[Maximum, float]:
    """The maximum of the expansion of `whole` to second order around `start`, with the higher orders of the `sample`'s, and how
    many standard errors it may be off: what the higher orders moved, times the relative error of the sample's curvature.

    Jordan, Lee & Yang (2019), Communication-Efficient Distributed Statistical Inference, JASA 114(526), 668-681.
    """
    of_all, of_some = whole(start), sample(start)
    value, gradient, hessian = (
        of_all[0] - step * of_some[0],
        of_all[1] - step * of_some[1],
        of_all[2] - step * of_some[2],
    )

    def surrogate(theta: Floats) -> Derivatives:
        move, (v, g, h) = theta - start, sample(theta)
        bend = hessian @ move
        return (
            value + float((gradient + 0.5 * bend) @ move) + step * v,
            gradient + bend + step * g,
            hessian + step * h,
        )

    curvature, vectors = np.linalg.eigh(-of_all[2])
    errors = vectors / np.sqrt(
        np.maximum(curvature, FLAT)
    )  # independent columns, each one standard error long
    found = maximise(surrogate, start + errors @ (errors.T @ of_all[1]), NEAR)
    moved = errors.T @ (of_all[1] + of_all[2] @ (found.theta - start))
    off = float(np.linalg.norm(moved) * np.linalg.norm(errors.T @ hessian @ errors, 2))
    return found, off if found.converged and not found.flat and curvature[0] > FLAT else np.inf


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


#: The sample on which a climb begins has so many rows, and more where that would be fewer than every fiftieth.
SAMPLE_ROWS, WIDEST = 30_000, 50
#: A correction that may be off by less than this share of a standard error needs no second pass.
SURE = 0.005
#: The last step of a second pass, which is not evaluated again, may be a seventh of a standard error long (a Newton decrement of
#: this much): what it leaves is of the order of its square, below a thousandth.
NEAR = 0.02
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
