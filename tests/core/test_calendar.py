"""House rule 1: `as_of` is an included local day, windows are calendar months, month ends clamp."""

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keguan.core.calendar import (
    Span,
    add_months,
    is_window,
    last_full_month_end,
    window_months,
    window_span,
)

DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31))
MONTHS = st.integers(-400, 400)


@given(DAYS, MONTHS)
def test_moving_by_months_lands_in_the_month_meant_on_the_same_day_or_its_last(
    day: date, months: int
) -> None:
    moved = add_months(day, months)
    assert (moved.year - day.year) * 12 + moved.month - day.month == months
    assert moved.day == min(day.day, calendar.monthrange(moved.year, moved.month)[1])


@given(DAYS, MONTHS)
def test_a_later_day_never_moves_before_an_earlier_one(day: date, months: int) -> None:
    assert add_months(day, months) <= add_months(day + timedelta(days=1), months)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2023, 3, 31), -1, date(2023, 2, 28)),
        (date(2024, 3, 31), -1, date(2024, 2, 29)),
        (date(2026, 1, 31), 13, date(2027, 2, 28)),
        (date(2026, 1, 15), 0, date(2026, 1, 15)),
        (date(2026, 1, 1), -1, date(2025, 12, 1)),
        (date(2025, 12, 31), 2, date(2026, 2, 28)),
        (date(2100, 3, 29), -1, date(2100, 2, 28)),
    ],
)
def test_month_ends_and_leap_days_clamp(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


@given(DAYS)
def test_the_last_full_month_ends_a_month_and_is_the_newest_such_day(day: date) -> None:
    end = last_full_month_end(day)
    assert (end + timedelta(days=1)).day == 1
    assert end <= day < end + timedelta(days=32)
    assert all((end + timedelta(days=n + 1)).day != 1 for n in range(1, (day - end).days + 1))


@given(DAYS, st.integers(1, 60))
def test_a_window_and_the_one_before_touch_without_overlap(day: date, months: int) -> None:
    now, before = window_span(f"{months}m", day), window_span(f"prev_{months}m", day)
    assert now.until == day
    assert before.until == now.after
    assert before.after == add_months(day, -2 * months)
    assert now.first_day is not None and now.first_day > before.until


@given(DAYS, st.integers(1, 60))
def test_full_months_are_whole_months_and_as_many_as_named(day: date, months: int) -> None:
    span = window_span(f"full_{months}m", day)
    assert span.first_day is not None and span.first_day.day == 1
    assert span.until == last_full_month_end(day)
    first, last = span.first_day, span.until
    assert (last.year - first.year) * 12 + last.month - first.month == months - 1


@given(DAYS)
def test_a_longer_window_holds_the_shorter_ones(day: date) -> None:
    starts = [window_span(f"{n}m", day).after for n in range(1, 30)]
    assert starts == sorted(starts, key=lambda s: s or date.min, reverse=True)
    assert len(set(starts)) == len(starts)


def test_all_time_has_no_beginning() -> None:
    assert window_span("total", date(2026, 6, 30)) == Span(None, date(2026, 6, 30))
    assert window_span("total", date(2026, 6, 30)).first_day is None


def test_the_twelve_months_of_a_leap_day_begin_on_the_first_of_march() -> None:
    assert window_span("12m", date(2024, 2, 29)).first_day == date(2023, 3, 1)
    assert window_span("12m", date(2025, 2, 28)).first_day == date(2024, 2, 29)


@pytest.mark.parametrize("name", ["12m", "1m", "prev_12m", "full_3m", "999m", "total"])
def test_window_names_are_known_and_say_their_months(name: str) -> None:
    assert is_window(name)
    assert window_months(name) == (None if name == "total" else int(name.rpartition("_")[2][:-1]))


@pytest.mark.parametrize(
    "name", ["", "0m", "012m", "1000m", "12", "m", "prev_total", "12m ", "full_3", "12m\n"]
)
def test_anything_else_is_no_window(name: str) -> None:
    assert not is_window(name)
    with pytest.raises(ValueError, match="not a window"):
        window_span(name, date(2026, 6, 30))
    with pytest.raises(ValueError, match="not a window"):
        window_months(name)
