"""Calendar arithmetic of house rule 1: `as_of` is an included local day, windows are calendar months, month ends clamp."""

from __future__ import annotations

import calendar as _calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

_WINDOW = re.compile(r"(?:(prev|full)_)?([1-9][0-9]{0,2})m|total")


def add_months(day: date, months: int) -> date:
    """`day` moved by whole calendar months, clamped to the last day of a shorter month.

    >>> add_months(date(2026, 3, 31), -1)
    datetime.date(2026, 2, 28)
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = _calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _month_end(day: date) -> date:
    return day.replace(day=_calendar.monthrange(day.year, day.month)[1])


def last_full_month_end(as_of: date) -> date:
    """The end of the newest month that is wholly past on `as_of`, which itself counts as past."""
    end = _month_end(as_of)
    return end if end == as_of else as_of.replace(day=1) - timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """Days from `after` (excluded) to `until` (included); `after` is None for all time."""

    after: date | None
    until: date

    @property
    def first_day(self) -> date | None:
        """The first included day."""
        return None if self.after is None else self.after + timedelta(days=1)


def is_window(name: str) -> bool:
    """Whether `name` is a window suffix: `12m`, `prev_12m` (the 12 before), `full_3m` (whole months), `total`."""
    return _WINDOW.fullmatch(name) is not None


def window_span(name: str, as_of: date) -> Span:
    """The days a window name covers.

    >>> window_span("12m", date(2026, 6, 30)).first_day
    datetime.date(2025, 7, 1)
    >>> window_span("prev_12m", date(2026, 6, 30)).until
    datetime.date(2025, 6, 30)
    """
    match = _WINDOW.fullmatch(name)
    if match is None:
        raise ValueError(f"not a window: {name!r}")
    if name == "total":
        return Span(None, as_of)
    months = int(match[2])
    if match[1] == "full":
        end = last_full_month_end(as_of)
        return Span(_month_end(add_months(end.replace(day=1), -months)), end)
    start = add_months(as_of, -months)
    if match[1] == "prev":
        return Span(add_months(as_of, -2 * months), start)
    return Span(start, as_of)


def window_months(name: str) -> int | None:
    """How many months a window spans; None for `total`."""
    match = _WINDOW.fullmatch(name)
    if match is None:
        raise ValueError(f"not a window: {name!r}")
    return int(match[2]) if match[2] else None
