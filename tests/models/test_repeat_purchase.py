"""What every model of repeat purchases promises: identities, monotonicities, agreement with simulation, safety at the edges."""

from __future__ import annotations

import json
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keguan.core.errors import KeguanError
from keguan.models import BgNbd, MbgNbd, ParetoNbd, Statistics, TooLittleData
from keguan.models._forecast import Forecasting
from keguan.models._newton import maximise
from keguan.models.simulation import purchases, simulate

MODELS: list[Any] = [BgNbd, MbgNbd, ParetoNbd]
TYPICAL = {
    BgNbd: {"r": 0.6, "alpha": 5.0, "a": 0.8, "b": 2.5},
    MbgNbd: {"r": 0.8, "alpha": 6.0, "a": 0.9, "b": 2.5},
    ParetoNbd: {"r": 0.8, "alpha": 8.0, "s": 0.7, "beta": 15.0},
}
positive = st.floats(-3.0, 4.0).map(lambda e: float(10**e))


@st.composite
def models(draw: st.DrawFn) -> Forecasting:
    model = draw(st.sampled_from(MODELS))
    shape = st.floats(-1.0, 2.5).map(lambda e: float(10**e))
    times = {"alpha", "beta"}
    return model.from_params(**{k: draw(positive if k in times else shape) for k in model.LETTERS})  # type: ignore[no-any-return]


@st.composite
def customers(draw: st.DrawFn) -> Statistics:
    T = draw(st.one_of(st.just(0.0), st.floats(1e-6, 1e4)))
    x = draw(st.one_of(st.just(0), st.integers(0, 20), st.integers(0, 5000))) if T > 0 else 0
    t_x = T * draw(st.sampled_from([1.0, 1 - 1e-12, 0.999, 0.5, 0.01])) if x else 0.0
    return Statistics.of(x, t_x, T)


@given(models(), customers(), st.floats(0.0, 1e4))
@settings(max_examples=150, deadline=None)
def test_predictions_are_finite_and_in_range_whatever_the_customer(
    model: Forecasting, one: Statistics, t: float
) -> None:
    p_alive = model.predict_p_alive(one)
    orders = model.predict_orders(one, t)
    discounted = model.predict_discounted_orders(one, 0.1, t)
    none = model.predict_count_probability(one, 0, t)
    assert 0 <= p_alive[0] <= 1
    assert np.isfinite(orders[0])
    assert orders[0] >= 0
    assert -1e-9 <= none[0] <= 1 + 1e-9
    assert 0 <= discounted[0] <= orders[0] * (1 + 1e-6) + 1e-12


@given(models(), customers(), st.floats(1e-3, 1e3))
@settings(max_examples=60, deadline=None)
def test_more_time_never_means_fewer_purchases(model: Forecasting, one: Statistics, t: float) -> None:
    shorter, longer = (
        model.predict_orders(one, t)[0],
        model.predict_orders(one, 2 * t)[0],
    )
    assert longer >= shorter * (1 - 1e-9)
    assert longer <= 2 * shorter * (1 + 1e-6) + 1e-12, (
        "customers only slow down: the second half cannot bring more"
    )


@given(models(), st.integers(1, 200), st.floats(0.1, 1e3))
@settings(max_examples=60, deadline=None)
def test_a_longer_silence_makes_alive_less_likely(model: Forecasting, x: int, T: float) -> None:
    p_alive = model.predict_p_alive(Statistics.of(x, T * np.linspace(0.02, 1.0, 25), T))
    assert np.all(np.diff(p_alive) >= -1e-9)


@pytest.mark.parametrize("model", MODELS)
def test_who_has_just_bought_under_pareto_is_alive(model: Any) -> None:
    fitted = model.from_params(**TYPICAL[model])
    bought_now = fitted.predict_p_alive(Statistics.of(5, 20, 20))[0]
    assert bought_now == 1.0 if model is ParetoNbd else 0.5 < bought_now < 1.0
    newcomer = fitted.predict_p_alive(Statistics.of(0, 0, 0))[0]
    b, a = TYPICAL[MbgNbd]["b"], TYPICAL[MbgNbd]["a"]
    assert newcomer == pytest.approx(b / (a + b) if model is MbgNbd else 1.0)


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    "one",
    [Statistics.of(3, 20, 26), Statistics.of(0, 0, 30), Statistics.of(40, 29, 30)],
)
def test_probabilities_of_counts_sum_to_one_and_average_to_the_expectation(
    model: Any, one: Statistics
) -> None:
    fitted = model.from_params(**TYPICAL[model])
    n = np.arange(600)
    p = np.array([fitted.predict_count_probability(one, int(k), 30)[0] for k in n])
    assert p.sum() == pytest.approx(1, abs=1e-7)
    assert p @ n == pytest.approx(fitted.predict_orders(one, 30)[0], rel=1e-6)
    pairs = fitted.predict_p_alive(one) * fitted._pairs_if_alive(
        one.x.astype(float), one.T.astype(float), 30.0
    )
    assert p @ (n * (n - 1)) == pytest.approx(pairs[0], rel=1e-5)
    low, high = fitted.predict_count_interval(one, 30)
    assert p[int(low[0]) : int(high[0]) + 1].sum() >= 0.8
    assert p[: int(low[0])].sum() <= 0.1


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS)
def test_expectations_agree_with_simulated_customers(model: Any) -> None:
    params, n = TYPICAL[model], 60_000
    T = np.random.default_rng(3).uniform(5, 40, n)
    fitted = model.from_params(**params)
    data, later = simulate(fitted, T, later=25.0, seed=11)
    orders = fitted.predict_orders(data, 25.0)
    error = later - orders
    assert abs(error.mean()) < 4 * error.std() / np.sqrt(n)
    for group in (
        data.x == 0,
        data.x == 1,
        data.x > 5,
        fitted.predict_p_alive(data) < 0.5,
    ):
        assert abs(error[group].mean()) < 4.5 * error[group].std() / np.sqrt(group.sum())
    total = fitted.forecast_total(data, 25.0, level=0.9999)
    assert total.mean == pytest.approx(orders.sum())
    assert total.low < later.sum() < total.high


@pytest.mark.parametrize("model", MODELS)
def test_fitting_a_simulated_base_finds_its_parameters_within_the_stated_errors(
    model: Any,
) -> None:
    T = np.random.default_rng(5).integers(100, 300, 30_000).astype(float)
    data, _ = simulate(model.from_params(**TYPICAL[model]), T, later=1.0, seed=21)
    fitted = model.fit(data)
    assert fitted.converged
    for letter, truth in TYPICAL[model].items():
        assert abs(fitted.params[letter] - truth) < 4.5 * fitted.se[letter]


@pytest.mark.parametrize("model", MODELS)
def test_profile_bounds_lie_where_the_likelihood_has_fallen_by_their_level(model: Any, sample: Any) -> None:
    fitted = model.fit(sample.data)
    objective = model._objective(sample.data.grouped())
    wald, profile = fitted.interval(), fitted.profile_interval(sample.data)
    assert set(profile) == set(model.LETTERS)
    for letter, (low, high) in profile.items():
        assert low < fitted.params[letter] < high
        assert (low, high) == pytest.approx(wald[letter], rel=0.25)
    letter = model.LETTERS[3]
    i, at = 3, np.log(fitted.theta)
    at[i] = np.log(profile[letter][1])
    best = maximise(lambda theta: _held(objective, theta, i, at[i]), np.delete(at, i))
    assert fitted.log_likelihood - best.value == pytest.approx(1.2815516**2 / 2, abs=1e-4)


def _held(objective: Any, free: Any, i: int, value: float) -> Any:
    whole = objective(np.insert(free, i, value))
    keep = np.arange(4) != i
    return whole[0], whole[1][keep], whole[2][np.ix_(keep, keep)]


@pytest.mark.parametrize("model", MODELS)
def test_joining_equal_customers_changes_nothing(model: Any, sample: Any) -> None:
    plain, grouped = model.fit(sample.data), model.fit(sample.data.grouped())
    assert len(sample.data.grouped().x) < 2357
    assert grouped.n == plain.n
    assert grouped.params == pytest.approx(plain.params, rel=1e-6)
    assert grouped.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-7)


@pytest.mark.parametrize("model", MODELS)
def test_days_and_weeks_tell_the_same_story(model: Any, sample: Any) -> None:
    weeks = model.fit(sample.data)
    in_days = Statistics.of(
        sample.data.x,
        np.rint(sample.data.t_x * 7).astype(int),
        np.rint(sample.data.T * 7).astype(int),
    )
    days = model.fit(in_days)
    assert days.params["alpha"] == pytest.approx(7 * weeks.params["alpha"], rel=1e-5)
    assert days.predict_orders(in_days, 39 * 7) == pytest.approx(
        weeks.predict_orders(sample.data, 39), rel=1e-5
    )
    assert days.predict_discounted_orders(in_days, 0.15) == pytest.approx(
        weeks.predict_discounted_orders(sample.data, 0.15), rel=1e-5
    )


@pytest.mark.parametrize("model", MODELS)
def test_many_rows_are_scored_as_one_would_be(model: Any) -> None:
    random = np.random.default_rng(1)
    x = random.integers(0, 12, 9000)
    T = random.integers(60, 900, 9000)
    t_x = np.where(x > 0, np.ceil(T * random.random(9000)), 0).astype(int)
    many = Statistics.of(x, t_x, T)
    fitted = model.from_params(**TYPICAL[model])
    some = slice(0, 9000, 100)
    few = Statistics.of(x[some], t_x[some], T[some])
    for predict in (
        fitted.predict_p_alive,
        lambda d: fitted.predict_orders(d, 365),
        lambda d: fitted.predict_discounted_orders(d, 0.1),
    ):
        assert predict(many)[some] == pytest.approx(predict(few), rel=1e-8)


@pytest.mark.parametrize("model", MODELS)
def test_a_model_survives_json(model: Any, sample: Any) -> None:
    fitted = model.fit(sample.data)
    assert model.from_dict(json.loads(json.dumps(fitted.to_dict()))) == fitted
    with pytest.raises(KeguanError, match="KG854"):
        model.from_dict({**fitted.to_dict(), "model": "another"})
    with pytest.raises(KeguanError, match="KG854"):
        model.from_dict({"model": model.NAME})


HOPELESS = {
    "one customer": Statistics.of(3, 10, 20),
    "no customer": Statistics.of([], [], []),
    "only one-time buyers": Statistics.of(np.zeros(500), np.zeros(500), np.linspace(10, 50, 500)),
    "identical customers": Statistics.of(np.full(300, 4), np.full(300, 20.0), np.full(300, 30.0)),
    "everyone seen for no time": Statistics.of(np.zeros(50), np.zeros(50), np.zeros(50)),
}


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("case", HOPELESS)
def test_data_that_cannot_carry_the_model_say_so_and_give_the_pooled_rate(model: Any, case: str) -> None:
    data = HOPELESS[case]
    with pytest.raises(TooLittleData, match=r"KG85[01]") as refused:
        model.fit(data)
    coarse = refused.value.coarse
    assert coarse.n_customers == len(data.x)
    exposure = float(np.sum(data.T))
    assert coarse.rate == pytest.approx(float(np.sum(data.x)) / exposure if exposure else 0.0)
    assert coarse.low <= coarse.rate <= coarse.high


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS)
def test_extreme_bases_fit_or_refuse_but_never_warn_or_return_nan(model: Any) -> None:
    random = np.random.default_rng(9)
    for trial in range(8):
        n = int(random.integers(12, 400))
        T = 10 ** random.uniform(-2, 4) * random.uniform(0.05, 1, n)
        x = random.poisson(random.gamma(10 ** random.uniform(-2, 1), 10 ** random.uniform(-1, 3), n))
        t_x = np.where(x > 0, T * random.beta(10 ** random.uniform(-1, 1), 1, n), 0.0)
        data = Statistics.of(x, t_x, T)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                fitted = model.fit(data)
            except TooLittleData:
                continue
            orders = fitted.predict_orders(data, float(T.max()))
        assert np.all(np.isfinite(orders)), trial
        assert np.all(orders >= 0), trial
        assert all(np.isfinite(v) and v > 0 for v in (*fitted.params.values(), *fitted.se.values())), trial


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS)
def test_a_base_that_nobody_leaves_is_fitted_and_says_what_it_cannot_tell(model: Any) -> None:
    random = np.random.default_rng(12)
    T = random.integers(100, 400, 3000).astype(float)
    rate = random.gamma(1.5, 1 / 40.0, 3000)
    data, later = purchases(rate, None, None, T, 100.0, seed=4)
    fitted = model.fit(data)
    assert fitted.converged
    assert set(fitted.edge) <= {"a", "b", "s", "beta"}
    assert set(fitted.se) == {*model.LETTERS} - {*fitted.edge}
    assert fitted.params["r"] == pytest.approx(1.5, rel=0.15)
    assert fitted.predict_orders(data, 100.0).sum() == pytest.approx(later.sum(), rel=0.03)
    total = fitted.forecast_total(data, 100.0, level=0.999)
    assert total.low < later.sum() < total.high
    assert model.from_dict(json.loads(json.dumps(fitted.to_dict()))) == fitted


def test_wrong_columns_are_named_all_at_once() -> None:
    with pytest.raises(KeguanError) as refused:
        Statistics.of([1.5, 2, 0], [0, 9, 1], [5, 3, np.inf])
    message = str(refused.value)
    assert "x is a whole number" in message
    assert "0 <= t_x <= T" in message
    assert "T is finite" in message
    assert "t_x = 0 where x = 0" in message
    assert "KG852" in refused.value.render("zh-Hans")
    assert "KG852" in refused.value.render("zh-Hant")


def test_requests_out_of_range_are_refused() -> None:
    fitted = BgNbd.from_params(**TYPICAL[BgNbd])
    one = Statistics.of(1, 2, 3)
    with pytest.raises(KeguanError, match="KG855"):
        fitted.predict_orders(one, -1)
    with pytest.raises(KeguanError, match="KG855"):
        fitted.predict_discounted_orders(one, 0.0)
    with pytest.raises(KeguanError, match="KG855"):
        fitted.predict_count_probability(one, -1, 5)
    with pytest.raises(KeguanError, match="KG853"):
        BgNbd.from_params(r=1, alpha=2, a=0, b=1)
