"""What the playbooks ask of a run: every actionable line for every class that ran, with the day where all share one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from keguan.playbooks import keys
from keguan.playbooks.document import Action, Instruction
from keguan.playbooks.festivals import festivals
from keguan.playbooks.library import Library


@dataclass(frozen=True)
class Wish:
    """What the list should hold: the hours there are in the days to come, whose customers, which schemes, which events."""

    hours: Decimal | None = None
    days: int = 7
    owner: str | None = None
    schemes: tuple[str, ...] = ()
    events: tuple[date, ...] = ()


@dataclass(frozen=True)
class Ask:
    """One line for one class of the run. `day` and `end` are set where a festival or event gives all the same day."""

    number: int
    line: Instruction
    scheme: str
    column: str
    code: str
    labels: Mapping[str, str] = field(hash=False)
    class_labels: Mapping[str, str] = field(hash=False)
    day: date | None = None
    end: date | None = None


def asks_of(record: Mapping[str, Any], library: Library, wish: Wish, as_of: date) -> tuple[Ask, ...]:
    """Every line in force for a class of the run that does something or says who receives or what to avoid."""
    found: list[Ask] = []
    for entry in record["schemes"]:
        if wish.schemes and entry["id"] not in wish.schemes:
            continue
        column = entry["id"] if entry["dimension"] is None else f"{entry['id']}.{entry['dimension']}"
        for one in entry["classes"]:
            for line in library.of_class(entry["id"], one["code"]):
                day, end = _day(line.action, wish.events, as_of)
                if library.is_on(line) and _counts(line, day):
                    labels, own = entry["labels"], one["labels"]
                    number = len(found)
                    found.append(Ask(number, line, entry["id"], column, one["code"], labels, own, day, end))
    return tuple(found)


def _counts(line: Instruction, day: date | None) -> bool:
    if line.action is None:
        return line.who is not None or line.kind == "avoid"
    return not line.action.on or day is not None


def _day(action: Action | None, events: Sequence[date], as_of: date) -> tuple[date | None, date | None]:
    """The next festival or event and the day on which to prepare it, which is not before the day of the run."""
    if action is None or not action.on:
        return None, None
    end = min(_occasions(action, events, as_of), default=None)
    return (None, None) if end is None else (max(as_of, end - timedelta(days=action.lead_days)), end)


def _occasions(action: Action, events: Sequence[date], as_of: date) -> Iterator[date]:
    for name in action.on:
        if name == keys.EVENT:
            yield from (e for e in events if e >= as_of)
        else:
            day = festivals()[name].next_day(as_of)
            if day is not None:
                yield day
