"""What the amount of a purchase and a customer's value promise: shrinkage, scale, safety over nine orders of magnitude."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keguan.core.errors import KeguanError
from keguan.models import BgNbd, CoarseMean, GammaGamma, ParetoNbd, Statistics, TooLittleData, lifetime_value

MODEL = GammaGamma.from_params(p=6.25, q=3.74, v=15.44)


@given(st.integers(1, 3000), st.floats(1e-4, 1e6))
@settings(deadline=None)
def test_a_customers_value_lies_between_the_own_mean_and_everybodys(x: int, amount: float) -> None:
    value = MODEL.predict_value(x, amount)[0]
    low, high = sorted((amount, MODEL.predict_new_value()))
    assert low * (1 - 1e-12) <= value <= high * (1 + 1e-12)
    nearer = MODEL.predict_value(x + 50, amount)[0]
    assert abs(nearer - amount) <= abs(value - amount) * (1 + 1e-12)


def test_without_purchases_everybodys_mean_is_the_answer() -> None:
    assert MODEL.predict_value([0, 0], [0.0, 999.0]) == pytest.approx([MODEL.predict_new_value()] * 2)


@pytest.mark.parametrize("factor", [1e-6, 1e6])
def test_the_currency_does_not_matter(factor: float, sample: Any) -> None:
    plain, scaled = (GammaGamma.fit(sample.data.x, sample.spend * k) for k in (1.0, factor))
    assert scaled.params["p"] == pytest.approx(plain.params["p"], rel=1e-6)
    assert scaled.params["v"] == pytest.approx(plain.params["v"] * factor, rel=1e-6)


def test_a_simulated_base_gives_back_its_parameters() -> None:
    random = np.random.default_rng(2)
    x = random.geometric(0.3, 40_000)
    amount = random.gamma(2.0 * x) / random.gamma(3.0, 1 / 50.0, 40_000) / x
    fitted = GammaGamma.fit(x, amount)
    assert fitted.converged
    for letter, truth in {"p": 2.0, "q": 3.0, "v": 50.0}.items():
        assert abs(fitted.params[letter] - truth) < 4.5 * fitted.se[letter]


def test_amounts_over_nine_orders_of_magnitude_fit_or_refuse() -> None:
    random = np.random.default_rng(4)
    x, amount = random.integers(0, 4000, 500), 10 ** random.uniform(-3, 6, 500)
    with pytest.raises(TooLittleData, match="KG851") as refused:
        GammaGamma.fit(x, amount)
    assert isinstance(refused.value.coarse, CoarseMean)
    assert refused.value.coarse.low < amount[x > 0].mean() < refused.value.coarse.high


@pytest.mark.parametrize(
    ("x", "amount"),
    [([], []), ([1], [5.0]), (np.zeros(100), np.zeros(100)), (np.full(100, 3), np.full(100, 7.5))],
)
def test_too_few_or_equal_amounts_say_so(x: Any, amount: Any) -> None:
    with pytest.raises(TooLittleData, match=r"KG85[01]"):
        GammaGamma.fit(x, amount)


def test_negative_amounts_are_named() -> None:
    with pytest.raises(KeguanError, match="mean_amount >= 0 and finite"):
        GammaGamma.fit([1, 2], [-3.0, 4.0])


def test_json_gives_the_model_back(sample: Any) -> None:
    fitted = GammaGamma.fit(sample.data.x, sample.spend)
    assert GammaGamma.from_dict(json.loads(json.dumps(fitted.to_dict()))) == fitted


@pytest.mark.parametrize("model", [BgNbd, ParetoNbd])
def test_lifetime_value_is_purchases_times_amount_times_margin(model: Any, sample: Any) -> None:
    fitted = model.fit(sample.data)
    value = GammaGamma.fit(sample.data.x, sample.spend).predict_value(sample.data.x, sample.spend)
    clv = lifetime_value(fitted, sample.data, value, margin=0.3, yearly_rate=0.15, months=36)
    assert np.all(clv >= 0)
    undiscounted = lifetime_value(fitted, sample.data, value, margin=1.0, yearly_rate=0.0, months=36)
    three_years = 3 * 365.25 / 7
    assert undiscounted == pytest.approx(value * fitted.predict_orders(sample.data, three_years), rel=1e-6)
    assert np.all(clv <= 0.3 * undiscounted)
    assert np.all(clv >= 0.3 * undiscounted / 1.15**3)
    for_ever = lifetime_value(fitted, sample.data, value, margin=0.3, yearly_rate=0.15, months=None)
    assert np.all(for_ever > clv)


@pytest.mark.slow
def test_discounting_without_end_agrees_with_adding_up_years() -> None:
    fitted = ParetoNbd.from_params(r=0.55, alpha=10.6, s=0.6, beta=11.7, unit_days=7)
    one = Statistics.of(5, 30, 35, unit_days=7)
    ends = np.arange(0, 52.178571 * 60, 1.0)
    orders = np.array([fitted.predict_orders(one, t)[0] for t in ends])
    by_week = np.diff(orders) @ (1.15 ** -((ends[1:] - 0.5) / (365.25 / 7)))
    assert fitted.predict_discounted_orders(one, 0.15)[0] == pytest.approx(by_week, rel=2e-3)


def test_margins_and_amounts_out_of_range_are_refused() -> None:
    fitted, one = BgNbd.from_params(r=1, alpha=2, a=1, b=1), Statistics.of(1, 2, 3)
    with pytest.raises(KeguanError, match="KG855"):
        lifetime_value(fitted, one, 5.0, margin=1.5)
    with pytest.raises(KeguanError, match="KG852"):
        lifetime_value(fitted, one, -5.0)
