"""Do the 80 % intervals hold what they promise? Fits many simulated bases and counts; prints the table kept in coverage.md.

    python bench/models/coverage.py [bases] [customers]

For each model and each set of true parameters: the share of bases whose interval holds the true parameter, the share whose forecast
of all purchases in the following period holds what then happened, and over all customers the share inside the printed count
interval and the randomised PIT by fifths (each should be 20 %).
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from keguan.models import BgNbd, MbgNbd, ParetoNbd, Statistics, TooLittleData, simulate
from keguan.models._forecast import Forecasting

TRUTHS: list[Forecasting] = [
    BgNbd.from_params(r=0.8, alpha=6.0, a=0.8, b=2.5),
    BgNbd.from_params(r=2.0, alpha=8.0, a=1.2, b=5.0),
    MbgNbd.from_params(r=0.8, alpha=6.0, a=0.9, b=2.5),
    ParetoNbd.from_params(r=0.8, alpha=6.0, s=0.8, beta=15.0),
    ParetoNbd.from_params(r=1.5, alpha=8.0, s=1.2, beta=30.0),
]
LATER = 26.0


@dataclass(frozen=True)
class Outcome:
    """One base: for each parameter and the forecast whether the interval held; counts and PIT of a few customers."""

    held: tuple[float, ...]
    inside: float
    pit: tuple[float, ...]


def one_base(truth: Forecasting, customers: int, seed: int) -> Outcome | None:
    """Simulate, fit, compare; None where the model refused the data."""
    random = np.random.default_rng(seed)
    data, later = simulate(truth, random.integers(26, 79, customers).astype(float), LATER, seed)
    try:
        fitted = type(truth).fit(data)
    except TooLittleData:
        return None
    profile = fitted.profile_interval(data)
    held = [low <= truth.params[k] <= high for k, (low, high) in profile.items()]
    total = fitted.forecast_total(data, LATER)
    held.append(total.low <= later.sum() <= total.high)
    some = slice(0, 20)
    few, happened = data.rows(some), later[some]
    low, high = fitted.predict_count_interval(few, LATER)
    return Outcome(
        tuple(map(float, held)),
        float(((low <= happened) & (happened <= high)).mean()),
        tuple(pit(fitted, few, happened, random)),
    )


def pit(
    fitted: Forecasting, data: Statistics, happened: np.ndarray, random: np.random.Generator
) -> np.ndarray:
    """Randomised probability integral transform of the counts, in fifths."""
    below, at = np.zeros(len(happened)), np.zeros(len(happened))
    for n in range(int(happened.max()) + 1):
        p = fitted.predict_count_probability(data, n, LATER)
        below += np.where(n < happened, p, 0.0)
        at += np.where(n == happened, p, 0.0)
    u = below + random.random(len(happened)) * at
    return np.histogram(u, np.linspace(0, 1 + 1e-9, 6))[0] / len(happened)


def main() -> None:
    bases = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    customers = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    print(
        "| model, true parameters | refused | parameters held (%) | forecast held (%) | customers in interval (%) | PIT fifths (%) |"
    )
    print("|---|---|---|---|---|---|")
    for truth in TRUTHS:
        started = time.time()
        with ProcessPoolExecutor(2) as pool:
            outcomes = list(pool.map(partial(one_base, truth, customers), range(bases), chunksize=20))
        kept = [o for o in outcomes if o is not None]
        held = 100 * np.mean([o.held for o in kept], axis=0)
        letters = ", ".join(f"{k} {v:.1f}" for k, v in zip(truth.LETTERS, held[:-1], strict=True))
        fifths = " ".join(f"{v:.1f}" for v in 100 * np.mean([o.pit for o in kept], axis=0))
        name = f"{truth.NAME} " + ", ".join(f"{k}={v:g}" for k, v in truth.params.items())
        inside = 100 * np.mean([o.inside for o in kept])
        print(
            f"| {name} | {bases - len(kept)} | {letters} | {held[-1]:.1f} | {inside:.1f} | {fifths} |",
            flush=True,
        )
        print(f"{name}: {time.time() - started:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
