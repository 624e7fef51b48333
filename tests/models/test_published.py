"""The papers' numbers on the papers' data: log-likelihood, parameters, standard errors, predictions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from keguan.models import BgBb, BgNbd, GammaGamma, MbgNbd, ParetoNbd, ShiftedBetaGeometric, Statistics

PUBLISHED = {
    BgNbd: (
        {"r": 0.2425945, "alpha": 4.4136019, "a": 0.7929199, "b": 2.4258881},
        -9582.429,
    ),
    ParetoNbd: (
        {"r": 0.5533, "alpha": 10.5775, "s": 0.6062, "beta": 11.6679},
        -9594.976,
    ),
    MbgNbd: ({"r": 0.525, "alpha": 6.183, "a": 0.891, "b": 1.614}, -9582.136),
}
FREQUENT = Statistics.of(26, 30.85714, 31, unit_days=7)


@pytest.mark.parametrize("model", PUBLISHED)
def test_cdnow_parameters_and_likelihood_are_the_published_ones(model: type[BgNbd], sample: Any) -> None:
    params, log_likelihood = PUBLISHED[model]
    fitted = model.fit(sample.data)
    assert fitted.converged
    assert fitted.n == 2357
    assert fitted.log_likelihood is not None
    assert fitted.log_likelihood >= log_likelihood - 0.001
    assert fitted.log_likelihood == pytest.approx(log_likelihood, abs=0.001)
    assert fitted.params == pytest.approx(params, rel=0.002)


def test_pareto_standard_errors_are_the_published_ones(sample: Any) -> None:
    published = {"r": 0.0476264, "alpha": 0.8427222, "s": 0.1872594, "beta": 6.2105448}
    assert ParetoNbd.fit(sample.data).se == pytest.approx(published, rel=0.001)


def test_bg_nbd_expects_the_published_purchases_of_new_customers(sample: Any) -> None:
    expected = BgNbd.fit(sample.data).predict_new_orders([1 / 7, 1, 3, 31.8571, 32, 78])
    published = [0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.8576]
    assert expected == pytest.approx(published, rel=0.001, abs=5e-5)


def test_bg_nbd_expects_the_published_purchases_of_customers_with_a_history(
    sample: Any,
) -> None:
    model = BgNbd.fit(sample.data)
    assert model.predict_orders(Statistics.of(2, 30.43, 38.86), 39) == pytest.approx([1.226], abs=0.0006)
    assert model.predict_orders(FREQUENT, 52) == pytest.approx([25.75659], rel=0.001)
    assert model.predict_p_alive(FREQUENT) == pytest.approx([0.9688523], rel=0.001)


def test_pareto_expects_the_published_purchases(sample: Any) -> None:
    model = ParetoNbd.fit(sample.data)
    assert model.predict_orders(FREQUENT, 52) == pytest.approx([25.45647], rel=0.001)
    assert model.predict_p_alive(FREQUENT) == pytest.approx([0.997874], rel=0.001)
    assert model.predict_new_orders(52) == pytest.approx([1.473434], rel=0.001)


def test_holdout_bins_are_the_published_ones(sample: Any) -> None:
    bins = np.minimum(sample.data.x, 7)
    customers = np.bincount(bins)
    assert customers.tolist() == [1411, 439, 214, 100, 62, 38, 29, 64]
    happened = np.bincount(bins, sample.holdout) / customers
    assert happened == pytest.approx([0.2367, 0.6970, 1.3925, 1.56, 2.5323, 2.9474, 3.8621, 6.3594], abs=5e-5)
    pareto = np.bincount(bins, ParetoNbd.fit(sample.data).predict_orders(sample.data, 39)) / customers
    assert pareto == pytest.approx([0.138, 0.600, 1.196, 1.714, 2.399, 2.907, 3.819, 6.403], abs=0.001)
    bg = np.bincount(bins, BgNbd.fit(sample.data).predict_orders(sample.data, 39)) / customers
    assert bg == pytest.approx([0.2251, 0.5231, 1.0441, 1.5203, 2.1638, 2.6538, 3.5040, 6.1570], rel=0.001)


def test_gamma_gamma_finds_the_published_parameters_and_values(sample: Any) -> None:
    fitted = GammaGamma.fit(sample.data.x, sample.spend)
    assert fitted.n == 946
    assert fitted.params == pytest.approx({"p": 6.25, "q": 3.74, "v": 15.44}, rel=0.005)
    assert fitted.log_likelihood == pytest.approx(-4055.918, abs=0.001)
    bought_again = sample.data.x > 0
    values = fitted.predict_value(sample.data.x[bought_again], sample.spend[bought_again])
    assert len(values) == 946
    assert fitted.predict_value(sample.data.x, sample.spend)[[0, 2, 1, 3, 4, 7]] == pytest.approx(
        [24.65, 18.91, 35.17, 35.17, 35.17, 71.46], abs=0.006
    )
    assert 27.28 in np.round(values, 2)


# Donations to a charity in Chicago, cohort of 1995, years 1996-2001: x, t_x, donors (Fader, Hardie & Shang 2010, table 1).
DONORS = """6 6 1203 5 6 728 4 6 512 3 6 357 2 6 234 1 6 129 5 5 335 4 5 284 3 5 225 2 5 173 1 5 119 4 4 240 3 4 181 2 4 155 1 4 78
3 3 322 2 3 255 1 3 129 2 2 613 1 2 277 1 1 1091 0 0 3464"""


def test_bg_bb_finds_the_published_parameters_and_expectations() -> None:
    x, t_x, n = np.array(DONORS.split(), dtype=int).reshape(-1, 3).T
    fitted = BgBb.fit(Statistics.of(x, t_x, 6, n, unit_days=365.25))
    assert fitted.n == 11104
    assert fitted.params == pytest.approx(
        {"alpha": 1.204, "beta": 0.750, "gamma": 0.657, "delta": 2.783}, rel=0.001
    )
    assert fitted.log_likelihood == pytest.approx(-33225.6, abs=0.05)
    assert fitted.predict_orders(Statistics.of([0, 4], [0, 5], 6), 10) == pytest.approx(
        [0.1302, 3.6279], rel=0.001
    )
    assert fitted.predict_p_alive(Statistics.of([0, 6], [0, 6], 6)) == pytest.approx([0.11, 0.93], abs=0.005)


@pytest.mark.parametrize(
    ("survivors", "params"),
    [
        ([1000, 869, 743, 653, 593, 551, 517, 491], {"alpha": 0.668, "beta": 3.806}),
        ([1000, 631, 468, 382, 326, 289, 262, 241], {"alpha": 0.704, "beta": 1.182}),
    ],
)
def test_shifted_beta_geometric_finds_the_published_parameters(
    survivors: list[int], params: dict[str, float]
) -> None:
    """High-end and regular contracts of Fader & Hardie (2007), fitted to seven years, per 1,000 customers."""
    fitted = ShiftedBetaGeometric.fit_survivors(survivors)
    assert fitted.params == pytest.approx(params, rel=0.001)
    twelve_years = {0.668: 0.409, 0.704: 0.173}[params["alpha"]]
    assert fitted.predict_survival(12)[()] == pytest.approx(twelve_years, abs=0.04)
