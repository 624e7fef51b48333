"""Maximising a smooth log-likelihood by Newton steps inside a trust region; knows no model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from keguan.models._special import Floats

#: θ -> (value, gradient, Hessian), all sums over customers.
Objective = Callable[[Floats], tuple[float, Floats, Floats]]

#: Parameters are logarithms on scaled data; beyond these a likelihood is flat for every purpose of ours.
BOUND = 13.0
#: Less information than this about some combination of log-parameters (a standard error of ten: a factor of 20,000 either way)
#: means that the data do not determine it.
FLAT = 0.01


@dataclass(frozen=True)
class Maximum:
    """Where the climb ended: θ, the value and derivatives there, and whether it is an interior maximum."""

    theta: Floats
    value: float
    gradient: Floats
    hessian: Floats
    iterations: int
    converged: bool
    at_bound: tuple[int, ...]

    @property
    def flat(self) -> tuple[int, ...]:
        """The parameters that the data leave open: those at a bound, or those that move along a flat direction."""
        curvature, vectors = np.linalg.eigh(-self.hessian)
        along = np.abs(vectors[:, curvature < FLAT]).max(axis=1, initial=0.0) > 0.3
        return tuple(sorted({*self.at_bound, *(int(i) for i in np.flatnonzero(along))}))

    def covariance(self, firm: list[int]) -> Floats:
        """The inverse of the observed information about the parameters `firm`, none of which may be flat."""
        inverse = np.linalg.inv(-self.hessian[np.ix_(firm, firm)])
        covariance: Floats = (inverse + inverse.T) / 2
        return covariance


def _step(gradient: Floats, hessian: Floats, radius: float) -> tuple[Floats, float, float]:
    """The Newton step (curvature taken positive, so it always climbs) cut to `radius`, twice its gain, the least curvature."""
    curvature, vectors = np.linalg.eigh(-hessian)
    floor = 1e-12 * max(float(np.abs(curvature).max()), 1e-300)
    along = vectors.T @ gradient
    step = vectors @ (along / np.maximum(np.abs(curvature), floor))
    length, decrement = float(np.linalg.norm(step)), float(gradient @ step)
    return (step if length <= radius else step * (radius / length)), decrement, float(curvature[0])


def maximise(
    objective: Objective,
    start: Floats,
    tolerance: float = 1e-6,
    max_iterations: int = 200,
) -> Maximum:
    """Climb from `start` until the Newton decrement is below `tolerance` (in log-likelihood, not per customer), then one step more.

    That last step is not evaluated again: by default it moves θ by less than a thousandth of a standard error.

    Steps that do not deliver a share of their promised gain shrink the radius; a parameter pressed against ±BOUND is held
    there and named in `at_bound`. A climb along a flat ridge ends as soon as nothing is to be gained on it.
    """
    theta = np.clip(start, -BOUND, BOUND)
    value, gradient, hessian = objective(theta)
    radius, converged, iterations = 2.0, False, 0
    while iterations < max_iterations:
        iterations += 1
        free = ~((np.abs(theta) >= BOUND) & (np.sign(theta) == np.sign(gradient)))
        step = np.zeros_like(theta)
        if not free.any():
            break
        step[free], decrement, curvature = _step(gradient[free], hessian[np.ix_(free, free)], radius)
        if decrement < 1e-5 and curvature < FLAT:
            break
        if decrement < tolerance or radius < 1e-9:
            converged = decrement < max(tolerance, 1e-12 * abs(float(value)))
            if decrement < tolerance:
                theta, value = theta + step, value + 0.5 * decrement
            break
        target = np.clip(theta + step, -BOUND, BOUND)
        step = target - theta
        promised = float(gradient @ step + 0.5 * step @ hessian @ step)
        new = objective(target)
        gain, noise = float(new[0] - value), 1e-14 * abs(value)
        if not gain >= 0.05 * max(promised, 0.0) - noise:  # also refuses nan
            radius = 0.25 * min(radius, float(np.linalg.norm(step)))
            continue
        radius = min(4.0, 2.0 * radius) if gain > 0.5 * promised - noise else max(0.5 * radius, 1e-9)
        theta, (value, gradient, hessian) = target, new
    bound = tuple(int(i) for i in np.flatnonzero(np.abs(theta) >= BOUND - 1e-9))
    return Maximum(theta, value, gradient, hessian, iterations, converged and not bound, bound)
