"""What the kind `deadline` promises: windows to the day, demotions that stick, and nothing but what the tables say."""

from datetime import date, timedelta
from typing import Any

import pytest

from keguan.core.errors import KeguanError
from keguan.kinds.base import Outcome
from keguan.kinds.registry import kind
from keguan.language.evaluate import evaluate
from tests.fixtures.workbench import read

LEAD = """
released_by: [buying-signal]
classes:
  - code: A
    when: first_person and need and ability
    warn: 7 days
    lapse: 10 days
    lapse_to: [{code: D, after: [refused], reason: refused}, {code: B, after: [reacted], reason: reacted}, {code: D, reason: silent}]
  - {code: B, when: second_person and need and ability, lapse: 20 days, lapse_to: [{code: C}]}
  - {code: C, when: need or ability}
  - {code: D, otherwise: true}
"""
MARCH_1 = date(2026, 3, 1)
ALL = {"first_person": True, "second_person": False, "need": True, "ability": True}


def told(
    as_of: date, history: dict[str, Any] | None = None, *, left_out: tuple[str, ...] = (), **values: Any
) -> Outcome:
    """The outcome of a lead whose earlier class is `history`: before, before_that, entered; events by their code."""
    spec = read("deadline", LEAD)
    past = history or {}
    entered = past.get("entered")
    events = {f"last_event_on:{n.replace('_', '-')}": v for n, v in values.items() if isinstance(v, date)}
    known = {
        **ALL,
        "class_before:own": past.get("before"),
        "class_before_that:own": past.get("before_that"),
        "entered_class_on:own": entered,
        "days_in_class:own": (as_of - entered).days if entered else None,
        **events,
        **{n: v for n, v in values.items() if not isinstance(v, date)},
    }
    assignment = kind("deadline").assign(spec, {"left_out": list(left_out)})
    return assignment.outcomes[int(str(evaluate(assignment.index, known)))]


SINCE = {"before": "A", "entered": MARCH_1}


@pytest.mark.row("num-3")
@pytest.mark.parametrize(
    ("day", "code", "detail"),
    [(1, "A", None), (7, "A", None), (8, "A", "due"), (11, "A", "due"), (12, "D", None), (31, "D", None)],
)
def test_a_warning_on_the_seventh_day_and_a_lapse_after_the_tenth(
    day: int, code: str, detail: str | None
) -> None:
    found = told(date(2026, 3, day), SINCE)
    assert (found.code, found.detail) == (code, detail)


def test_where_a_lapse_leads_depends_on_what_happened_inside_the_window() -> None:
    late = date(2026, 3, 12)
    assert told(late, SINCE) == Outcome("D", "classified", "silent")
    assert told(late, SINCE, reacted=date(2026, 3, 5)) == Outcome("B", "classified", "reacted")
    assert told(late, SINCE, reacted=date(2026, 2, 27)) == Outcome("D", "classified", "silent")
    both = told(late, SINCE, reacted=date(2026, 3, 5), refused=date(2026, 3, 6))
    assert both == Outcome("D", "classified", "refused")


@pytest.mark.row("con-8")
def test_a_demotion_sticks_although_all_conditions_still_hold() -> None:
    """Run again on the same day, and run again with the demotion recorded: the same class, with its reason."""
    demoted = {"before": "B", "before_that": "A", "entered": date(2026, 3, 12)}
    for day in (13, 20, 31):
        assert told(date(2026, 3, day), demoted) == Outcome("B", "classified", "sticky")
    silent = {**demoted, "before": "D"}
    assert told(date(2026, 6, 30), silent) == Outcome("D", "classified", "sticky")


def test_only_what_comes_after_the_demotion_releases_it() -> None:
    demoted = {"before": "D", "before_that": "A", "entered": date(2026, 3, 12)}
    before, same, after = (date(2026, 3, d) for d in (5, 12, 13))
    assert told(date(2026, 3, 20), demoted, buying_signal=before).code == "D"
    assert told(date(2026, 3, 20), demoted, buying_signal=same).code == "D"
    assert told(date(2026, 3, 20), demoted, buying_signal=after) == Outcome("A", "classified", "condition")


def test_who_came_back_has_a_fresh_window() -> None:
    back = {"before": "A", "before_that": "D", "entered": date(2026, 3, 20)}
    assert told(date(2026, 3, 30), back, buying_signal=date(2026, 3, 19)).code == "A"
    assert told(date(2026, 3, 31), back, buying_signal=date(2026, 3, 19)).code == "D"


def test_a_signal_after_an_unnoticed_lapse_counts_as_coming_back() -> None:
    """Nobody ran anything between the lapse on 11 March and the signal on 15 March."""
    assert told(date(2026, 3, 20), SINCE, buying_signal=date(2026, 3, 11)).code == "D"
    assert told(date(2026, 3, 20), SINCE, buying_signal=date(2026, 3, 15)).code == "A"


def test_a_demoted_lead_lapses_on_in_turn() -> None:
    demoted = {"before": "B", "before_that": "A", "entered": date(2026, 3, 12)}
    assert told(date(2026, 4, 1), demoted).code == "B"
    assert told(date(2026, 4, 2), demoted) == Outcome("C", "classified", "lapsed")


def test_being_led_to_the_first_person_is_no_lapse() -> None:
    second = {"first_person": False, "second_person": True}
    waiting = {"before": "B", "entered": MARCH_1}
    assert told(date(2026, 3, 21), waiting, **second).code == "B"
    assert told(date(2026, 3, 22), waiting, **second) == Outcome("C", "classified", "lapsed")
    assert told(date(2026, 3, 22), waiting) == Outcome("A", "classified", "condition")


def test_who_no_longer_meets_the_conditions_falls_by_them() -> None:
    demoted = {"before": "B", "before_that": "A", "entered": date(2026, 3, 12)}
    nothing = {"need": False, "ability": False}
    assert told(date(2026, 3, 13), demoted, **nothing) == Outcome("D", "classified", "otherwise")
    assert told(date(2026, 3, 20), SINCE, **nothing).reason == "otherwise"


def test_without_history_or_events_the_conditions_decide_alone() -> None:
    unknown = kind("deadline").inputs(read("deadline", LEAD)).optional
    assert told(date(2026, 3, 31), SINCE, left_out=unknown) == Outcome("A", "classified", "condition")
    no_events = tuple(n for n in unknown if n.startswith("last_event"))
    assert told(date(2026, 3, 31), SINCE, left_out=no_events).reason == "silent"
    assert told(MARCH_1 + timedelta(90)).code == "A"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("  - {code: D, otherwise: true}\n", "", "KG414"),
        ("[{code: C}]", "[{code: E}]", "KG461"),
        ("[{code: C}]", "[{code: B}]", "KG461"),
        ("[{code: C}]", "[]", "KG461"),
        ("[{code: C}]", "[{code: C, after: [reacted]}]", "KG461"),
        ("[{code: C}]", "[{code: C}, {code: D}]", "KG461"),
    ],
)
def test_a_window_that_leads_nowhere_is_refused(old: str, new: str, code: str) -> None:
    with pytest.raises(KeguanError) as error:
        read("deadline", LEAD.replace(old, new))
    assert code in [p.code for p in error.value.problems]
