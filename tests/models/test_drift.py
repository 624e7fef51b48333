"""Drift: found where known customers change their pace and only there, held where nothing is known, and dates that follow it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from keguan.models import Drift, Gaps, Rhythm, Season
from keguan.models.season import Clock

START = int(np.datetime64("2019-01-01").astype(int))
SPLIT = START + 1096
MONTH = np.array([0.5, 0.5, 0.8, 0.8, 1.0, 1.0, 1.0, 1.0, 1.2, 1.2, 1.5, 1.5])
NONE = Season()
SLOW_SPRING = Season(month=tuple(MONTH / MONTH.mean()))
Base = tuple[Gaps, Any, Any, Any]


def base(seed: int, slope: Callable[[Any], Any], season: Season = NONE, split: int = SPLIT) -> Base:
    """Customers of own paces who join over the years and may leave after each purchase, on a clock whose pace is e^slope(years) by
    season: their gaps until the split, the days of repeat purchases and how many were on each, and each one's next day (0: none)."""
    random, customers = np.random.default_rng(seed), 700
    days = np.arange(START + 1, SPLIT + 1500)
    clock = Clock.by(START, season.pace(days) * np.exp(slope((days - START) / 365.25)))
    joined = START + random.beta(1.0, 0.7, customers) * 1096  # more of them every year
    now, pace = clock.at(joined), random.gamma(3.0, 1 / 200.0, customers)
    leaves, alive = random.beta(0.3, 4.0, customers), np.arange(customers)
    who, when = [alive], [now.copy()]
    while alive.size:
        now[alive] += random.gamma(1.5, 1 / (1.5 * pace[alive]))
        alive = alive[now[alive] < clock.ticks[-1]]
        who.append(alive)
        when.append(now[alive])
        alive = alive[random.random(alive.size) >= leaves[alive]]
    pairs = np.stack((np.concatenate(who), np.ceil(clock.day(np.concatenate(when))).astype(np.int64)))
    who, when = np.unique(pairs, axis=1)
    gaps = Gaps.of(who, when, split)
    again = np.append(False, who[1:] == who[:-1]) & (when <= split)
    later = np.full(customers, np.iinfo(np.int64).max)
    np.minimum.at(later, who[when > split], when[when > split])
    after = np.where(later < np.iinfo(np.int64).max, later, 0)[gaps.customer]
    return gaps, *np.unique(when[again], return_counts=True), after


def learn(found: Base, season: Season = NONE) -> Drift:
    return Drift.learn(found[0], season, found[1], found[2].astype(float))


@pytest.mark.parametrize("slope", [0.3, -0.3])
def test_a_planted_drift_is_found_among_joining_and_leaving(slope: float) -> None:
    found = [learn(base(seed, lambda t: slope * t, SLOW_SPRING), SLOW_SPRING).yearly for seed in range(6)]
    assert np.mean(found) == pytest.approx(slope, abs=0.05)


@pytest.mark.parametrize("seed", range(8))
def test_a_growing_base_of_steady_customers_has_no_drift(seed: int) -> None:
    gaps, day, n, after = base(seed, lambda t: 0.0 * t)
    halves = n[day < START + 548].sum(), n[day >= START + 548].sum()
    assert halves[1] > 2 * halves[0]  # the base itself grows fast
    assert not learn((gaps, day, n, after))


@pytest.mark.parametrize("seed", range(6))
def test_days_of_rush_are_no_drift(seed: int) -> None:
    def rush(years: Any) -> Any:
        chance = np.random.default_rng(seed + 100)
        return np.log(np.maximum(chance.gamma(0.02, 50.0, len(years)), 1e-6))

    assert not learn(base(seed, rush))


def test_less_than_two_years_and_no_purchases_between_say_nothing() -> None:
    assert not learn(base(0, lambda t: 0.8 * t, split=START + 720))
    assert learn(base(0, lambda t: 0.8 * t, split=START + 760))
    none = np.zeros(0, dtype=np.int64)
    for who, when in (([], none), ([1, 2, 2], np.array([0, 5, 900]))):
        assert not Drift.learn(Gaps.of(who, when, 1000), NONE, np.array([900]), np.array([1.0]))
    tight = Gaps.of([1, 1, 1, 2], np.array([0, 1, 2, 0]), 1000)  # nothing but one place to lie between
    assert not Drift.learn(tight, NONE, np.array([1, 2]), np.array([1.0, 1.0]))


def test_the_pace_stays_what_it_was_at_the_ends() -> None:
    pace = Drift(0.5, START, SPLIT).pace(np.array([START - 999, START, SPLIT - 365, SPLIT, SPLIT + 999]))
    assert pace[3:] == pytest.approx([1.0, 1.0])
    assert pace[2] == pytest.approx(np.exp(-0.5 * 365 / 365.25))
    assert pace[0] == pace[1] == pytest.approx(np.exp(-0.5 * 1096 / 365.25))


def test_a_rhythm_that_knows_the_drift_foresees_dates_better_and_its_window_holds() -> None:
    held, misses = [], []
    for seed in range(3):
        found = base(seed, lambda t: -0.5 * t, SLOW_SPRING)
        gaps, came = found[0], found[3] > 0
        for drift in (Drift(), learn(found, SLOW_SPRING)):
            due = Rhythm.fit(gaps, SLOW_SPRING, drift).predict(gaps)
            rows = due.known & came
            early, due_on, late = (v[rows].astype(int) for v in (due.early_on, due.expected_on, due.late_on))
            held.append(np.mean((early <= found[3][rows]) & (found[3][rows] <= late)))
            misses.append(np.abs(due_on - found[3][rows]).mean())
    assert 0.76 < np.mean(held[1::2]) < 0.86
    assert abs(np.mean(held[1::2]) - 0.8) < abs(np.mean(held[::2]) - 0.8)
    assert np.mean(misses[1::2]) < np.mean(misses[::2])


def test_json_gives_a_rhythm_with_its_drift_back_and_a_record_without_one_is_read() -> None:
    gaps = base(1, lambda t: 0.3 * t)[0]
    fitted = Rhythm.fit(gaps, drift=Drift(0.3, START, SPLIT))
    kept = json.loads(json.dumps(fitted.to_dict()))
    assert Rhythm.from_dict(kept) == fitted
    del kept["drift"]
    assert not Rhythm.from_dict(kept).drift
    for damaged in ({"yearly": 3.0, "since": 0, "until": 1}, {"yearly": 0.1, "since": 2, "until": 1}, {}):
        with pytest.raises(Exception, match="KG854"):
            Rhythm.from_dict({**kept, "drift": damaged})
