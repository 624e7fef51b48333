"""What the purchase rhythm promises: the pooled law of gaps, windows that hold, plain words where there is no rhythm."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keguan.core.errors import KeguanError
from keguan.models import Gaps, Rhythm, TooLittleData

TRUTH = {"k": 2.0, "g": 3.0, "theta": 60.0, "a": 0.4, "b": 3.0}
MODEL = Rhythm.from_params(**TRUTH)
DAY = np.datetime64("2025-01-01").astype(int)


def purchases(seed: int, customers: int, until: float) -> tuple[Any, Any]:
    """Customers and (continuous, then whole) days of purchases drawn from TRUTH, first purchases spread over a year."""
    random = np.random.default_rng(seed)
    pace, p = random.gamma(3.0, 1 / 60.0, customers), random.beta(0.4, 3.0, customers)
    now, alive = random.uniform(0, 365, customers), np.arange(customers)
    who, when = [alive], [now.copy()]
    while alive.size:
        now[alive] += random.gamma(2.0, 1 / pace[alive])
        alive = alive[now[alive] < until]
        who.append(alive)
        when.append(now[alive])
        alive = alive[random.random(alive.size) >= p[alive]]
    return np.concatenate(who), np.ceil(np.concatenate(when)).astype(int) + DAY


def history(days: list[int], as_of: int) -> Gaps:
    return Gaps.of(np.zeros(len(days), int), np.array(days) + DAY, as_of + DAY)


def test_gaps_join_days_ignore_the_future_and_any_order() -> None:
    gaps = Gaps.of(["b", "a", "a", "b", "a", "a"], [10, 30, 10, 99, 14, 14], as_of=50)
    assert gaps.customer.tolist() == ["a", "b"]
    assert gaps.n.tolist() == [2, 0]
    assert gaps.total.tolist() == [20, 0]
    assert gaps.log_total == pytest.approx([np.log(4) + np.log(16), 0])
    assert gaps.last.tolist() == [30, 10]
    assert gaps.open.tolist() == [20, 40]
    assert len(Gaps.of([], np.array([], dtype=int), 5).n) == 0
    with pytest.raises(KeguanError, match="KG852"):
        Gaps.of([1, 2], [0.5, 3], 9)


@pytest.fixture(scope="module")
def fitted() -> tuple[Rhythm, Gaps, Any, Any]:
    who, when = purchases(1, 6000, 1500.0)
    gaps = Gaps.of(who, when, DAY + 900)
    return Rhythm.fit(gaps), gaps, who, when


def test_the_pooled_law_is_found_again(fitted: tuple[Rhythm, Gaps, Any, Any]) -> None:
    model = fitted[0]
    assert model.converged
    for letter, truth in TRUTH.items():
        # whole days and bases cut at as_of leave a little bias beside the standard error
        assert abs(model.params[letter] - truth) < 4 * model.se[letter] + 0.05 * truth


def test_windows_hold_the_dates_of_those_who_come_back(fitted: tuple[Rhythm, Gaps, Any, Any]) -> None:
    model, gaps, who, when = fitted
    later = when > DAY + 900
    order = np.lexsort((when[later], who[later]))
    ids, first = np.unique(who[later][order], return_index=True)
    next_day = np.full(len(gaps.customer), 2**40)
    next_day[np.searchsorted(gaps.customer, ids)] = when[later][order][first]
    due = model.predict(gaps)
    came = due.known & (next_day < 2**40)
    day = next_day[came].astype("datetime64[D]")
    held = ((due.early_on[came] <= day) & (day <= due.late_on[came])).mean()
    assert 0.77 < held < 0.85
    assert due.p_returns[due.known].mean() == pytest.approx(came[due.known].mean(), abs=0.03)


@given(st.lists(st.integers(1, 400), min_size=2, max_size=30), st.integers(0, 3000))
@settings(deadline=None)
def test_dates_are_in_order_and_after_today(gaps: list[int], waited: int) -> None:
    days = [0, *np.cumsum(gaps).tolist()]
    due = MODEL.predict(history(days, days[-1] + waited))
    today = np.datetime64(int(DAY) + days[-1] + waited, "D")
    assert due.known[0]
    assert today < due.follow_up_on[0] <= due.early_on[0] <= due.expected_on[0] <= due.late_on[0]
    assert 0 <= due.p_overdue[0] <= 1
    assert 0 <= due.p_returns[0] <= 1


def test_a_follow_up_lies_before_the_early_edge() -> None:
    due = MODEL.predict(history([0, 60, 120, 180, 240], 245), lead_days=3)
    assert due.follow_up_on[0] == due.early_on[0] - 3


def test_longer_silence_is_more_overdue_and_less_likely_to_end() -> None:
    waits = [MODEL.predict(history([0, 30, 60, 90], 90 + w)) for w in (0, 20, 60, 200, 1000)]
    overdue = [w.p_overdue[0] for w in waits]
    returns = [w.p_returns[0] for w in waits]
    assert overdue[0] == 0
    assert overdue == sorted(overdue)
    assert returns == sorted(returns, reverse=True)


def test_fewer_than_three_purchases_claim_no_rhythm() -> None:
    for days in ([0], [0, 30]):
        due = MODEL.predict(history(days, 60))
        assert not due.known[0]
        assert np.isnat([due.expected_on[0], due.early_on[0], due.late_on[0], due.follow_up_on[0]]).all()
        assert np.isnan([due.p_overdue[0], due.p_returns[0]]).all()


@pytest.mark.slow
def test_a_base_without_rhythms_says_so_and_gives_the_pooled_rate() -> None:
    gaps = Gaps.of([1, 1, 1, 2, 2], [0, 5, 9, 0, 4], as_of=20)
    with pytest.raises(TooLittleData, match="KG856") as refused:
        Rhythm.fit(gaps)
    assert refused.value.coarse.rate == pytest.approx(3 / 40)
    clockwork = np.repeat(np.arange(50), 6)
    with pytest.raises(TooLittleData, match="KG851"):
        Rhythm.fit(Gaps.of(clockwork, np.tile(np.arange(6) * 7, 50), as_of=36))


@pytest.mark.slow
def test_a_base_that_nobody_leaves_still_has_a_rhythm() -> None:
    random = np.random.default_rng(3)
    pace = random.gamma(3.0, 1 / 60.0, 400)
    days = np.ceil(np.cumsum(random.gamma(2.0, 1 / pace[:, None], (400, 40)), axis=1)).astype(int)
    fitted = Rhythm.fit(Gaps.of(np.repeat(np.arange(400), 40), days.ravel(), as_of=700))
    assert fitted.params["k"] == pytest.approx(2.0, rel=0.1)
    assert fitted.se["k"] > 0
    regular = Gaps.of(np.zeros(8, int), np.arange(8) * 30, as_of=215)
    assert fitted.predict_p_returns(regular)[0] > 0.97


def test_json_gives_the_rhythm_back(fitted: tuple[Rhythm, Gaps, Any, Any]) -> None:
    assert Rhythm.from_dict(json.loads(json.dumps(fitted[0].to_dict()))) == fitted[0]
