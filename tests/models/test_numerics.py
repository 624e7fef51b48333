"""The numerics below the models: special functions, quadrature, derivatives, the climb, joining of equal rows."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from keguan.models import BgNbd, Statistics, bg_bb, gamma_gamma, shifted_beta_geometric, simulate
from keguan.models import _pareto_likelihood as pareto
from keguan.models import _purchase_dropout as dropout
from keguan.models._likelihood import SAMPLE_ROWS, SURE, climb
from keguan.models._newton import maximise
from keguan.models._pairs import logs_by_pairs, places
from keguan.models._pareto_tail import log_tail
from keguan.models._quadrature import over_beta, over_interval
from keguan.models._special import betaln, digamma, gammaln, relative_growth, softplus, trigamma

powers = st.floats(-3.0, 4.0).map(lambda e: float(10**e))


def test_gamma_functions_agree_with_scipy() -> None:
    z = 10 ** np.random.default_rng(0).uniform(-6, 7, 20_000)
    for ours, theirs in (
        (gammaln, special.gammaln),
        (digamma, special.digamma),
        (trigamma, lambda v: special.polygamma(1, v)),
    ):
        assert ours(z) == pytest.approx(theirs(z), rel=2e-13, abs=2e-13)
    assert betaln(z, 3.0)[z < 1e4] == pytest.approx(special.betaln(z, 3.0)[z < 1e4], rel=1e-9, abs=1e-9)


def test_softplus_and_growth_hold_at_the_edges() -> None:
    z = np.array([-np.inf, -800.0, -1.0, 0.0, 1.0, 600.0, 800.0])
    wanted = np.logaddexp(0.0, z), np.exp(-np.logaddexp(0.0, -z))
    for few in (slice(0, 6), slice(0, 7)):  # with 800 e^z overflows
        value, slope = softplus(z[few])
        assert value == pytest.approx(wanted[0][few], rel=1e-15, abs=1e-15)
        assert slope == pytest.approx(wanted[1][few], rel=1e-15, abs=1e-15)
    assert relative_growth(np.array([0.0, 1e-15, 2.0, -1.0]), 3.0) == pytest.approx(
        [3.0, 3.0, (1 - np.exp(-6)) / 2, np.expm1(3)]
    )


@pytest.mark.slow
@given(
    st.floats(-1.5, 2),
    st.floats(-3, 3),
    st.floats(-2, 2),
    st.floats(-3, 4),
    st.sampled_from([0, 1, 10, 300, 3000]),
    st.floats(0, 5),
)
@settings(deadline=None, max_examples=60)
def test_the_pareto_integral_is_exact_however_far_apart_alpha_and_beta_are(
    r: float, alpha: float, s: float, beta: float, x: int, t: float
) -> None:
    """Against the same integral on a very fine grid in another variable."""
    theta = 10.0 ** np.array([r, alpha, s, beta])
    r, alpha, s, beta = theta
    ends = [np.log(min(alpha, beta) + t) + e for e in (-12, 0)]
    u = np.linspace(0, 1, 400_001)
    # τ from t on, in w = ln(1 + (τ - t) / (alpha + beta + t)) stretched towards 0, far enough for both powers to die out
    reach = 60.0 / (r + x + s) + np.log((alpha + beta + t) / (min(alpha, beta) + t)) + 5.0
    w = np.exp(ends[0] - ends[1]) * np.expm1(u * np.log1p(reach * np.exp(12)))
    tau = (min(alpha, beta) + t) * np.expm1(w)
    log_f = (
        -(r + x) * np.log(alpha + t + tau)
        - (s + 1) * np.log(beta + t + tau)
        + np.log(min(alpha, beta) + t)
        + w
    )
    log_f = log_f + np.log(np.gradient(w, u))
    top = log_f.max()
    expected = top + np.log(np.trapezoid(np.exp(log_f - top), u))
    assert log_tail(theta, np.array([float(x)]), np.array([t]))[0] == pytest.approx(
        expected, rel=1e-7, abs=2e-5
    )


@given(st.floats(0.05, 500), st.floats(0.05, 500))
@settings(deadline=None)
def test_averages_over_beta_have_its_moments(a: float, b: float) -> None:
    p, w = over_beta(np.array([a]), np.array([b]), 128)
    assert (w * p).sum() == pytest.approx(a / (a + b), rel=1e-6)
    assert (w * p * p).sum() == pytest.approx(a * (a + 1) / ((a + b) * (a + b + 1)), rel=1e-6)


@given(powers, powers)
def test_integrals_over_time_are_those_of_a_power(scale: float, end: float) -> None:
    tau, w = over_interval(np.zeros(1), np.array([end]), np.array([scale]))
    assert (w / (scale + tau) ** 2).sum() == pytest.approx(1 / scale - 1 / (scale + end), rel=1e-9)


def bases() -> Statistics:
    random = np.random.default_rng(1)
    x = random.poisson(3, 400)
    x[0] = 3000
    T = random.uniform(5, 40, 400)
    return Statistics.of(x, np.where(x > 0, T * random.random(400), 0.0), T, random.integers(1, 4, 400))


def periods() -> Statistics:
    random = np.random.default_rng(2)
    t_x = random.integers(0, 9, 300)
    return Statistics.of(
        np.where(t_x > 0, random.integers(1, np.maximum(t_x, 1) + 1), 0),
        t_x,
        t_x + random.integers(0, 4, 300),
    )


OBJECTIVES: dict[str, tuple[Callable[[], Any], list[float]]] = {
    "bg-nbd": (lambda: dropout.objective(bases(), False), [0.5, 3.0, 0.8, 2.4]),
    "mbg-nbd": (lambda: dropout.objective(bases(), True), [0.5, 3.0, 0.8, 2.4]),
    "pareto-nbd, alpha below beta": (lambda: pareto.objective(bases().grouped()), [0.5, 3.0, 0.8, 40.0]),
    "pareto-nbd, alpha above beta": (lambda: pareto.objective(bases().grouped()), [0.5, 30.0, 0.8, 2.4]),
    "pareto-nbd, far apart": (lambda: pareto.objective(bases().grouped()), [0.5, 0.3, 3.0, 2000.0]),
    "bg-bb": (lambda: bg_bb._objective(periods().grouped()), [1.0, 0.7, 0.6, 2.0]),
    "shifted-beta-geometric": (
        lambda: shifted_beta_geometric._objective(
            np.array([1.0, 2, 3]), np.array([1.0, 1, 0]), np.array([5.0, 4, 9])
        ),
        [0.7, 1.2],
    ),
    "gamma-gamma": (
        lambda: gamma_gamma._objective(np.array([1.0, 2, 9]), np.array([5.0, 40, 8]), np.array([1.0, 2, 3])),
        [6.0, 3.0, 15.0],
    ),
}


@pytest.mark.parametrize("name", OBJECTIVES)
def test_derivatives_are_those_of_the_likelihood(name: str) -> None:
    build, theta = OBJECTIVES[name]
    objective, at, step = build(), np.log(theta), 1e-5
    _, gradient, hessian = objective(at)
    moves = step * np.eye(len(at))
    differences = np.array([(objective(at + e)[0] - objective(at - e)[0]) / (2 * step) for e in moves])
    curvatures = np.array([(objective(at + e)[1] - objective(at - e)[1]) / (2 * step) for e in moves])
    assert gradient == pytest.approx(differences, abs=1e-7 * np.abs(gradient).max())
    assert hessian == pytest.approx(curvatures, abs=1e-7 * np.abs(hessian).max())
    assert hessian == pytest.approx(hessian.T, rel=1e-12)


def test_the_climb_finds_a_maximum_reports_a_ridge_and_stops_at_a_bound() -> None:
    def bowl(theta: Any) -> Any:
        return -100 * float((theta - 1) @ (theta - 1)), -200 * (theta - 1), -200 * np.eye(2)

    def ridge(theta: Any) -> Any:
        return -100 * float(theta[0] ** 2), np.array([-200 * theta[0], 0.0]), np.diag([-200.0, 0.0])

    def slope(theta: Any) -> Any:
        return float(theta[0]), np.array([1.0]), np.array([[-1e-9]])

    found = maximise(bowl, np.array([5.0, -5.0]))
    assert found.converged and not found.flat
    assert found.theta == pytest.approx([1, 1])
    assert found.covariance([0, 1]) == pytest.approx(np.eye(2) / 200)
    assert maximise(ridge, np.array([3.0, 0.5])).flat == (1,)
    assert maximise(slope, np.array([0.0])).at_bound == (0,)


@pytest.mark.parametrize("misleading", [False, True])
def test_a_climb_over_many_rows_ends_at_their_maximum_after_one_pass_or_two(misleading: bool) -> None:
    truth = BgNbd.from_params(r=0.8, alpha=40.0, a=0.8, b=4.0)
    data, _ = simulate(truth, np.random.default_rng(6).uniform(180, 1096, 4 * SAMPLE_ROWS), 0.0, 6)
    if misleading:  # the sample, every fourth row, is the quarter that buys most
        data = data.rows(np.argsort(-data.x, kind="stable").reshape(4, -1).T.ravel())
    passes = []

    def build(rows: slice) -> Any:
        objective = dropout.objective(data.rows(rows), at_start=False)

        def counted(theta: Any) -> Any:
            passes.append(rows.step)
            return objective(theta)

        return counted

    found = climb(build, len(data.x), [np.log([0.5, 300.0, 0.6, 2.0])], np.ones(4))
    _, gradient, hessian = dropout.objective(data, at_start=False)(found.theta)
    assert found.converged
    assert gradient @ np.linalg.solve(-hessian, gradient) < SURE**2
    assert passes.count(None) > 1 if misleading else passes.count(None) == 1


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=60),
    st.sampled_from([1, 7, 50]),
)
@settings(deadline=None)
def test_joining_keeps_every_customer(rows: list[tuple[int, int, int]], unit: int) -> None:
    x, a, b = np.array(rows).T
    t_x = np.where(x > 0, np.minimum(a, b), 0)
    data = Statistics.of(x, t_x / unit, b / unit, unit_days=unit)
    joined = data.grouped()
    assert joined.n_customers == len(rows)
    again = sorted(
        (row[0], round(row[1] * unit), round(row[2] * unit))
        for row, n in zip(zip(joined.x, joined.t_x, joined.T, strict=True), joined.weights, strict=True)
        for _ in range(int(n))
    )
    assert again == sorted(zip(x.tolist(), t_x.tolist(), b.tolist(), strict=True))
    distinct, at = data.distinct()
    assert np.array_equal(distinct.T[at], data.T)


def test_times_on_no_grid_stay_row_by_row() -> None:
    T = np.random.default_rng(0).random(50) * 30
    joined = Statistics.of(0, 0, T).grouped()
    assert joined.n_customers == 50
    assert np.array_equal(joined.T, np.sort(T))


@pytest.mark.parametrize("whole", [True, False])
def test_values_shared_by_pairs_are_the_values_themselves(whole: bool) -> None:
    random = np.random.default_rng(5)
    x, T = random.integers(0, 30, 20_000), random.integers(1, 1100, 20_000)
    times = T if whole else T + random.random(20_000)

    def function(x: Any, T: Any) -> Any:
        return np.log((x + 0.5) / (T + 12.0)) + np.sqrt(np.log(T + 13.0))

    assert logs_by_pairs(function, x, times, 12.0) == pytest.approx(function(x, times), abs=1e-9)
    distinct, at = places(x)
    assert np.array_equal(distinct[at], x)


def test_arrow_columns_are_taken_as_they_are() -> None:
    table = pa.table(
        {
            "x": pa.array([0, 2], pa.int32()),
            "t_x": pa.array([0, 9], pa.int16()),
            "T": pa.array([20, 20], pa.int32()),
        }
    )
    data = Statistics.of(table["x"], table["t_x"], table["T"])
    assert data.x.tolist() == [0, 2]
    assert data.coarse().rate == pytest.approx(2 / 40)


def test_importing_and_fitting_load_nothing_heavy() -> None:
    code = (
        "import sys, keguan.models as m, numpy as np; T = np.arange(1, 400) % 50 + 10; x = np.arange(1, 400) % 5;"
        "m.BgNbd.fit(m.Statistics.of(x, np.where(x > 0, T * 0.5, 0), T, np.arange(1, 400) % 3 + 1));"
        "print([k for k in ('scipy', 'numba', 'sklearn', 'pandas', 'duckdb', 'django') if k in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
