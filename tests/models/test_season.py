"""Season: found where days carry it and only there, a clock that can be turned back, and dates that follow it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from keguan.models import Gaps, Rhythm, Season

START = int(np.datetime64("2019-01-01").astype(int))
WEEKDAY = np.array([1.2, 1.2, 1.2, 1.2, 1.2, 1.0, 0.0])
MONTH = np.array([0.5, 0.5, 0.8, 0.8, 1.0, 1.0, 1.0, 1.0, 1.2, 1.2, 1.5, 1.5])


def months(days):
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(int) % 12


def purchases(n_days: int, pace, seed: int = 0, level: float = 20.0):
    """Days and purchases of a base that grows by half a year, at a pace given by day."""
    days = np.arange(START, START + n_days)
    mean = level * np.exp(0.4 * (days - START) / 365) * pace(days)
    return days, np.random.default_rng(seed).poisson(mean).astype(float)


def test_planted_weekdays_and_months_are_found():
    season = Season.learn(*purchases(1096, lambda d: WEEKDAY[(d + 3) % 7] * MONTH[months(d)]))
    np.testing.assert_allclose(season.weekday, WEEKDAY / WEEKDAY.mean(), atol=0.06)
    np.testing.assert_allclose(season.month, MONTH / MONTH.mean(), atol=0.12)


def test_one_year_says_nothing_of_months_and_a_month_nothing_of_weekdays():
    yearly = Season.learn(*purchases(700, lambda d: MONTH[months(d)]))
    assert yearly.month == ()
    assert not Season.learn(*purchases(50, lambda d: WEEKDAY[(d + 3) % 7]))


@pytest.mark.parametrize("seed", range(8))
def test_growth_and_chance_are_no_season(seed):
    days, n = purchases(1096, np.ones_like, seed, level=2.0)
    bursts = np.random.default_rng(seed).gamma(2.0, 0.5, len(days))  # more spread than Poisson has
    assert not Season.learn(days, np.round(n * bursts))


def test_days_may_come_in_any_order_and_nothing_gives_no_season():
    days, n = purchases(400, lambda d: WEEKDAY[(d + 3) % 7])
    mixed = np.random.default_rng(1).permutation(len(days))
    assert Season.learn(days[mixed], n[mixed]) == Season.learn(days, n)
    assert Season.learn(days, n).weekday
    assert not Season.learn(np.zeros(0, int), np.zeros(0))
    assert not Season.learn(days, np.zeros(len(days)))


def test_the_clock_runs_by_the_pace_and_can_be_turned_back():
    season = Season(weekday=tuple(WEEKDAY / WEEKDAY.mean()))
    clock = season.clock(START, START + 700)
    whole = np.arange(START, START + 700, 7)
    np.testing.assert_allclose(clock.between(whole[:-1], whole[1:]), 7.0, atol=0.03)
    at = np.linspace(START - 50, START + 900, 777)
    np.testing.assert_allclose(clock.day(clock.at(at)), at, atol=1e-6)
    assert (np.diff(clock.at(at)) > 0).all()


def history(season: Season, n: int = 600, seed: int = 5) -> tuple[Gaps, np.ndarray]:
    """Customers whose gaps are regular on the season's clock, known for three years, and when each comes next."""
    random, clock = np.random.default_rng(seed), season.clock(START, START + 3000)
    rows, after, as_of = [], np.zeros(n), START + 1096
    for i in range(n):
        tick, pace = random.uniform(0, 300), random.gamma(4.0, 15.0)
        while (day := int(np.ceil(clock.day(np.array(tick))))) <= as_of:
            rows.append((i, day))
            tick += random.gamma(3.0, pace / 3.0) + 1
        after[i] = day
    who, when = np.array(rows).T
    gaps = Gaps.of(who, when, as_of)
    return gaps, after[gaps.customer]


@pytest.mark.slow
def test_a_rhythm_on_the_seasons_clock_foresees_dates_better_and_its_window_holds():
    season = Season(month=tuple(MONTH / MONTH.mean()))
    gaps, after = history(season)
    with_season, without = Rhythm.fit(gaps, season), Rhythm.fit(gaps)
    assert with_season.params["k"] == pytest.approx(3.0, rel=0.15)
    due, plain = with_season.predict(gaps), without.predict(gaps)
    known = due.known
    late, early = due.late_on[known].astype(int), due.early_on[known].astype(int)
    assert 0.74 < np.mean((early <= after[known]) & (after[known] <= late)) < 0.88
    misses = [np.abs(d.expected_on[known].astype(int) - after[known]).mean() for d in (due, plain)]
    assert misses[0] < misses[1]


def test_json_gives_a_rhythm_with_its_season_back_and_a_record_without_one_is_read():
    season = Season(month=tuple(MONTH / MONTH.mean()))
    fitted = Rhythm.fit(history(season, 200)[0], season)
    kept = json.loads(json.dumps(fitted.to_dict()))
    assert Rhythm.from_dict(kept) == fitted
    del kept["season"]
    assert not Rhythm.from_dict(kept).season
    with pytest.raises(Exception, match="KG854"):
        Rhythm.from_dict({**fitted.to_dict(), "season": {"weekday": [1.0], "month": []}})
