"""Customer bases drawn from the models' own stories, to hold formulas and intervals against; knows no likelihood."""

from __future__ import annotations

import numpy as np

from keguan.models._forecast import Forecasting
from keguan.models._special import Floats
from keguan.models._statistics import Statistics


def purchases(
    rate: Floats,
    lifetime: Floats | None,
    p_leave: Floats | None,
    T: Floats,
    later: float,
    seed: int,
    at_start: bool = False,
) -> tuple[Statistics, Floats]:
    """Statistics up to T and purchases in (T, T + later], given each customer's rate and lifetime or chance to leave."""
    random = np.random.default_rng(seed)
    n = len(rate)
    end = np.full(n, np.inf) if lifetime is None else lifetime
    p = np.zeros(n) if p_leave is None else p_leave
    x, t_x, after, now = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
    alive = np.flatnonzero(random.random(n) >= p) if at_start else np.arange(n)
    while alive.size:
        now[alive] += random.exponential(1 / rate[alive])
        alive = alive[now[alive] < np.minimum(end[alive], T[alive] + later)]
        early = alive[now[alive] <= T[alive]]
        x[early] += 1
        t_x[early] = now[early]
        late = alive[now[alive] > T[alive]]
        after[late] += 1
        alive = alive[random.random(alive.size) >= p[alive]]
    return Statistics.of(x, t_x, T), after


def simulate(model: Forecasting, T: Floats, later: float, seed: int) -> tuple[Statistics, Floats]:
    """A base drawn from a BG/NBD, MBG/NBD or Pareto/NBD: its statistics up to T, and purchases in the `later` units after."""
    random = np.random.default_rng(seed)
    n, params = len(T), model.params
    rate = random.gamma(params["r"], 1 / params["alpha"], n)
    if "s" in params:
        lifetime = random.exponential(1 / random.gamma(params["s"], 1 / params["beta"], n))
        return purchases(rate, lifetime, None, T, later, seed + 1)
    at_start = bool(getattr(model, "AT_START", False))
    return purchases(
        rate,
        None,
        random.beta(params["a"], params["b"], n),
        T,
        later,
        seed + 1,
        at_start,
    )
