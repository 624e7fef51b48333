"""Profile-likelihood intervals, which follow the likelihood's own shape where few customers make it lopsided; knows no model."""

from __future__ import annotations

import numpy as np

from keguan.models._newton import Objective
from keguan.models._special import Floats


def profile_bounds(
    objective: Objective, theta: Floats, covariance: Floats, i: int, z: float
) -> tuple[float, float]:
    """The lowest and highest θ_i whose best log-likelihood is within z² / 2 of the maximum at `theta`.

    Newton steps on "value at the threshold, slope zero in all other parameters" (Venzon & Moolgavkar 1988, J. Royal Stat. Soc. C
    37(1), 87-94), begun at the Wald bound, which is also the answer where they do not arrive.
    """
    threshold = objective(theta)[0] - z * z / 2
    low, high = (_bound(objective, theta, covariance, i, side * z, threshold) for side in (-1.0, 1.0))
    return low, high


def _bound(
    objective: Objective, theta: Floats, covariance: Floats, i: int, z: float, threshold: float
) -> float:
    wald = theta + z * covariance[:, i] / np.sqrt(covariance[i, i])
    others = np.arange(len(theta)) != i
    at = wald
    for _ in range(12):
        value, gradient, hessian = objective(at)
        missing = np.concatenate(([value - threshold], gradient[others]))
        if (
            abs(missing[0]) < 1e-6
            and float(missing[1:] @ covariance[np.ix_(others, others)] @ missing[1:]) < 1e-6
        ):
            return float(at[i])
        step = np.linalg.lstsq(np.vstack((gradient, hessian[others])), -missing, rcond=None)[0]
        at = at + step * min(1.0, 1.0 / max(float(np.abs(step).max()), 1e-12))
        if not np.all(np.abs(at - theta) < 12.0) or (at[i] - theta[i]) * z <= 0:
            break
    return float(wald[i])
