"""What the models of regular opportunities and of contracts promise."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keguan.core.errors import KeguanError
from keguan.models import BgBb, ShiftedBetaGeometric, Statistics, TooLittleData

DONORS = BgBb.from_params(alpha=1.204, beta=0.750, gamma=0.657, delta=2.783, unit_days=365.25)


def opportunities(seed: int, n: int, periods: int, later: int) -> tuple[Statistics, np.ndarray]:
    """A base drawn from DONORS' parameters, with the purchases at the `later` opportunities after."""
    random = np.random.default_rng(seed)
    buys, leaves = random.beta(1.204, 0.750, n), random.beta(0.657, 2.783, n)
    alive, x, t_x, after = np.ones(n, dtype=bool), np.zeros(n, int), np.zeros(n, int), np.zeros(n, int)
    for k in range(1, periods + later + 1):
        alive &= random.random(n) >= leaves
        bought = alive & (random.random(n) < buys)
        if k <= periods:
            x += bought
            t_x[bought] = k
        else:
            after += bought
    return Statistics.of(x, t_x, periods), after


def test_bg_bb_gives_back_a_simulated_bases_parameters_and_future() -> None:
    data, after = opportunities(1, 60_000, 8, 5)
    fitted = BgBb.fit(data)
    assert fitted.converged
    for letter, truth in DONORS.params.items():
        assert abs(fitted.params[letter] - truth) < 4.5 * fitted.se[letter]
    expected = DONORS.predict_orders(data, 5)
    for group in (data.x >= 0, data.x == 0, data.x >= 5, data.t_x < 5):
        error = (after - expected)[group]
        assert abs(error.mean()) < 4.5 * error.std() / np.sqrt(group.sum())


@pytest.mark.slow
@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12), st.integers(0, 15))
@settings(deadline=None, max_examples=60)
def test_bg_bb_counts_sum_to_one_and_average_to_the_expectation(x: int, gap: int, rest: int, t: int) -> None:
    one = Statistics.of(x, x + gap if x else 0, x + gap + rest)
    p = np.array([DONORS.predict_count_probability(one, k, t)[0] for k in range(t + 1)])
    assert np.all((p >= 0) & (p <= 1 + 1e-12))
    assert p.sum() == pytest.approx(1.0, abs=1e-9)
    assert p @ np.arange(t + 1) == pytest.approx(DONORS.predict_orders(one, t)[0], abs=1e-9)
    assert 0 <= DONORS.predict_p_alive(one)[0] < 1
    assert DONORS.predict_discounted_orders(one, 0.0, t)[0] == pytest.approx(
        DONORS.predict_orders(one, t)[0], abs=1e-9
    )


def test_bg_bb_scores_equal_rows_once_and_in_order() -> None:
    one, many = Statistics.of([2, 0], [3, 0], 6), Statistics.of([2, 0] * 500, [3, 0] * 500, 6)
    assert DONORS.predict_orders(many, 4).reshape(-1, 2) == pytest.approx(
        np.tile(DONORS.predict_orders(one, 4), (500, 1))
    )
    assert DONORS.predict_discounted_orders(one, 0.1)[0] > DONORS.predict_discounted_orders(one, 0.2)[0]


def test_bg_bb_refuses_what_no_opportunity_allows() -> None:
    with pytest.raises(KeguanError, match="x <= t_x"):
        BgBb.fit(Statistics.of(5, 3, 6))
    with pytest.raises(KeguanError, match="whole numbers"):
        DONORS.predict_orders(Statistics.of(1, 2.5, 6), 3)
    with pytest.raises(TooLittleData, match="KG850"):
        BgBb.fit(Statistics.of(np.zeros(50), 0, 6))
    with pytest.raises(TooLittleData, match="KG851"):
        BgBb.fit(Statistics.of(np.full(50, 6), 6, 6))


def test_contracts_of_several_cohorts_give_back_their_parameters() -> None:
    random = np.random.default_rng(8)
    tenure = random.geometric(random.beta(0.7, 2.5, 50_000))
    seen = random.integers(1, 9, 50_000)
    fitted = ShiftedBetaGeometric.fit(np.minimum(tenure, seen), tenure <= seen)
    for letter, truth in {"alpha": 0.7, "beta": 2.5}.items():
        assert abs(fitted.params[letter] - truth) < 4.5 * fitted.se[letter]


@given(st.floats(-2, 3), st.floats(-2, 3), st.integers(0, 500), st.integers(0, 500))
def test_survival_is_the_product_of_retention_rates(log_a: float, log_b: float, tenure: int, t: int) -> None:
    model = ShiftedBetaGeometric.from_params(alpha=10**log_a, beta=10**log_b)
    rates = model.predict_retention(tenure + np.arange(t))
    assert np.all((rates > 0) & (rates <= 1))
    assert np.all(np.diff(rates) >= 0), "those who stay are ever more loyal"
    assert model.predict_survival(t, tenure)[()] == pytest.approx(np.prod(rates), rel=1e-6, abs=1e-12)


def test_discounted_renewals_are_the_sum_of_their_survivals() -> None:
    model = ShiftedBetaGeometric.from_params(alpha=0.668, beta=3.806, unit_days=365.25)
    j = np.arange(1, 3000)
    expected = [np.sum(model.predict_survival(j, tenure) * 1.1**-j) for tenure in (0, 4)]
    assert model.predict_discounted_periods([0, 4], 0.1) == pytest.approx(expected, rel=1e-9)
    assert model.predict_discounted_periods(0, 0.0, 12)[0] == pytest.approx(
        np.sum(model.predict_survival(j[:12]))
    )


def test_contracts_say_when_too_few_left_or_all_left_alike() -> None:
    with pytest.raises(TooLittleData, match="KG857") as refused:
        ShiftedBetaGeometric.fit([1, 2, 3], [True, False, False])
    assert refused.value.coarse.rate == pytest.approx(1 / 6)
    with pytest.raises(TooLittleData, match="KG851"):
        ShiftedBetaGeometric.fit(np.ones(200), np.ones(200))
    with pytest.raises(KeguanError, match="survivors fall"):
        ShiftedBetaGeometric.fit_survivors([100, 120])


@pytest.mark.parametrize("model", [DONORS, ShiftedBetaGeometric.from_params(alpha=0.7, beta=1.2)])
def test_json_gives_the_model_back(model: BgBb | ShiftedBetaGeometric) -> None:
    assert type(model).from_dict(json.loads(json.dumps(model.to_dict()))) == model
