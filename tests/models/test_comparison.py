"""Models judged on a time split: the true one is foreseen best, equals do not depend on order, simple answers stand beside."""

from __future__ import annotations

import json

import numpy as np
import pytest

from keguan.core.errors import KeguanError
from keguan.models import BgNbd, MbgNbd, Statistics, TooLittleData, simulate
from keguan.models.comparison import Split, compare
from keguan.models.pictures import alive_history, matrices, spread, tracking
from keguan.models.repeat_purchase import NAMES, fit_model, read_model

TRUE = MbgNbd.from_params(r=0.8, alpha=40.0, a=0.9, b=2.5)
HORIZON = 180.0


def split_of(data: Statistics, later: np.ndarray) -> Split:
    sales = 10.0 * (data.x + 1.0)
    return Split(data, later.astype(float), 10.0 * later, sales, sales, data.x + 1.0, HORIZON)


@pytest.fixture(scope="module")
def split() -> Split:
    data, later = simulate(TRUE, np.random.default_rng(1).uniform(200, 500, 6000).round(), HORIZON, 2)
    return split_of(Statistics.of(data.x, np.minimum(np.ceil(data.t_x), data.T), data.T), np.asarray(later))


@pytest.fixture(scope="module")
def compared(split):
    return compare(split)


def test_every_candidate_is_judged_and_the_highest_score_of_forecasts_is_recommended(compared):
    names = [s.name for s in compared.standings]
    assert names == [*NAMES, "last-year", "own-pace", "pareto-rank"]
    scores = {s.name: s.later_log_likelihood for s in compared.standings if s.later_log_likelihood}
    assert compared.recommended == max(scores, key=scores.__getitem__)
    assert compared.beaten_by == [] or set(compared.beaten_by) <= {"last-year", "own-pace", "pareto-rank"}


def test_forecasts_of_the_true_model_agree_with_what_came(compared, split):
    found = next(s for s in compared.standings if s.name == "mbg-nbd")
    assert found.total == pytest.approx(1.0, abs=0.06)
    for bin_, foreseen in zip(compared.actual, found.by_frequency, strict=True):
        if bin_["customers"] > 200:
            assert foreseen == pytest.approx(bin_["mean"], rel=0.25)
    assert sum(b["customers"] for b in compared.actual) == len(split.later)
    for row in found.reliability:
        if row["customers"] > 300:
            assert row["foreseen"] == pytest.approx(row["real"], abs=0.06)


def test_errors_are_those_of_the_definitions(split, compared):
    model = fit_model("bg-nbd", split.data)
    off = model.predict_orders(split.data, HORIZON) - split.later
    found = next(s for s in compared.standings if s.name == "bg-nbd")
    assert found.mae == pytest.approx(np.abs(off).mean())
    assert found.rmse == pytest.approx(np.sqrt((off**2).mean()))
    chances = [
        model.predict_count_probability(split.data.rows(slice(i, i + 1)), int(split.later[i]), HORIZON)[0]
        for i in range(40)
    ]
    few = split_of(split.data.rows(slice(0, 40)), split.later[:40])
    from keguan.models.comparison import _log_score

    assert _log_score(model, few) == pytest.approx(np.log(chances).sum())


def test_order_of_customers_does_not_matter(split, compared):
    order = np.random.default_rng(5).permutation(len(split.later))
    shuffled = compare(split_of(split.data.rows(order), split.later[order]))
    for one, other in zip(compared.standings, shuffled.standings, strict=True):
        assert one.mae == pytest.approx(other.mae) and one.top_decile == pytest.approx(other.top_decile)
    assert shuffled.recommended == compared.recommended


def test_too_few_customers_are_refused_with_the_reason_of_every_model():
    few = Statistics.of([0, 1, 0], [0, 5, 0], [50, 60, 70])
    with pytest.raises(KeguanError) as refused:
        compare(split_of(few, np.array([0, 1, 0])))
    assert [p.code for p in refused.value.problems] == ["KG850"] * len(NAMES)


def test_a_comparison_is_plain_json(compared):
    assert json.loads(json.dumps(compared.to_dict()))["recommended"] == compared.recommended


@pytest.mark.parametrize("name", NAMES)
def test_a_model_is_read_back_by_the_name_in_its_record(name, split):
    model = fit_model(name, split.data)
    assert read_model(json.loads(json.dumps(model.to_dict()))) == model


def test_an_unknown_model_is_named_with_those_there_are():
    with pytest.raises(KeguanError) as refused:
        read_model({"model": "crystal-ball"})
    assert refused.value.problems[0].code == "KG772"
    assert "pareto-nbd" in str(refused.value)


def test_p_alive_of_a_history_falls_in_silence_and_rises_with_a_purchase():
    points = alive_history(TRUE, np.array([100, 110, 120, 130]), 400)
    by_day = {p["day"]: p["p_alive"] for p in points}
    assert by_day[400] < by_day[130]
    assert by_day[130] > next(p["p_alive"] for p in reversed(points) if p["day"] < 130)


def test_matrices_hold_what_the_model_says():
    cells = matrices(TRUE, 10, 300.0, 365.25)
    one = next(c for c in cells if c["x"] > 3 and c["since"] > 0)
    data = Statistics.of(one["x"], 300.0 - one["since"], 300.0)
    assert one["p_alive"] == pytest.approx(TRUE.predict_p_alive(data)[0])
    assert one["orders"] == pytest.approx(TRUE.predict_orders(data, 365.25)[0])
    assert {c["since"] for c in cells if c["x"] == 0} == {300}


def test_tracking_adds_up_both_ways():
    first, n = np.array([0, 10]), np.array([100.0, 50.0])
    rows = tracking(TRUE, first, n, np.array([5, 20, 90]), np.array([3.0, 4.0, 5.0]), 100)
    assert rows[-1]["real"] == 12.0
    assert next(r for r in rows if r["day"] >= 20)["real"] == 7.0
    expected = TRUE.predict_new_orders([100.0, 90.0]) @ n
    assert rows[-1]["foreseen"] == pytest.approx(expected)


def test_spread_counts_every_value_above_nothing():
    values = np.array([0.0, 1.0, 10.0, 100.0, 1000.0])
    found = spread(values)
    assert sum(b["heads"] for b in found["bars"]) == 4
    assert sum(found["tenths"]) == pytest.approx(1.0)


def test_a_base_that_nobody_comes_back_to_is_refused():
    with pytest.raises(TooLittleData):
        BgNbd.fit(Statistics.of(np.zeros(50), np.zeros(50), np.arange(50) + 1.0))
