"""Days of the lunar calendar that instructions name, as days of the civil calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from keguan.core.languages import Lang
from keguan.core.yaml import load_plain


@dataclass(frozen=True)
class Festival:
    """A festival and its days, in order."""

    id: str
    labels: Mapping[Lang, str]
    days: tuple[date, ...]

    def next_day(self, day: date) -> date | None:
        """The festival's first day on or after `day`; None beyond the years the calendar knows."""
        return next((d for d in self.days if d >= day), None)


@cache
def festivals() -> Mapping[str, Festival]:
    """Every festival by id."""
    source = files("keguan").joinpath("catalogue", "calendar", "festivals.yaml")
    written = load_plain(source.read_text(encoding="utf-8"))
    return {
        name: Festival(name, entry["labels"], tuple(date.fromisoformat(d) for d in entry["days"]))
        for name, entry in written.items()
    }
