"""From asks to dated actions, in the database: each line's day per customer, one action where several ask the same, in
order of priority and value, within the hours there are. What is held back or does not fit stays in the table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from keguan.engine.backends.duckdb import quoted
from keguan.playbooks import keys
from keguan.playbooks.asks import Ask, Wish
from keguan.playbooks.document import Action
from keguan.playbooks.facts import Facts

PLANNED, OVER, LATER, HELD = STATUSES = ("planned", "over", "later", "held")
"""In the plan; due, but beyond the hours; not due yet; held back for a fact that is not on file."""

_ASKS = pa.schema(
    [
        ("ask", pa.int16()), ("deed", pa.int16()), ("rank", pa.int16()), ("minutes", pa.int32()), ("who", pa.int16()),
        ("avoid", pa.bool_()),
    ]
)  # fmt: skip
_Part = tuple[str, list[Any]]


def due_actions(facts: Facts, asks: Sequence[Ask], wish: Wish, as_of: date) -> pa.Table:
    """One row per subject and deed, in order. Deed, rank, who and status are places in the lists of `keys` and
    `STATUSES`; `asks` and `avoid` are the numbers of the asks behind an action and of what to avoid with its subject."""
    facts.connection.register("asks", _numbered(asks))
    _gather(
        facts,
        "asked",
        "due, deadline, held",
        [_asked(facts, a, a.line.action, as_of) for a in asks if a.line.action],
    )
    _gather(facts, "hints", "", [_hint(facts, a) for a in asks if _hints(a)])
    _merge(facts)
    budget = None if wish.hours is None else int(wish.hours * 60)
    values = {"until": as_of + timedelta(days=wish.days), "as_of": as_of, "budget": budget, "days": wish.days}
    return facts.table(_ordered(facts), values)


def _numbered(asks: Sequence[Ask]) -> pa.Table:
    """What the database must know of each ask."""
    rows = [
        {
            "ask": a.number,
            "deed": keys.DEEDS.index(a.line.action.do) if a.line.action else None,
            "rank": keys.PRIORITIES.index(a.line.action.priority) if a.line.action else None,
            "minutes": a.line.action.minutes if a.line.action else None,
            "who": keys.RECEIVERS.index(a.line.who) if a.line.who else None,
            "avoid": a.line.kind == "avoid",
        }
        for a in asks
    ]
    return pa.Table.from_pylist(rows, schema=_ASKS)


def _keyed(facts: Facts) -> str:
    return ", ".join(map(quoted, facts.keys))


def _gather(facts: Facts, table: str, columns: str, parts: list[_Part]) -> None:
    """One table of all answers; an empty one of the same shape where nothing is asked."""
    empty = {"due": "NULL::DATE", "deadline": "NULL::DATE", "held": "false"}
    shape = "".join(f", {empty[c]} AS {c}" for c in columns.split(", ") if c)
    nobody = f"SELECT {_keyed(facts)}, NULL::SMALLINT AS ask{shape} FROM facts WHERE false"
    sql = " UNION ALL ".join([nobody, *(s for s, _ in parts)])
    facts.execute(f"CREATE TEMP TABLE {table} AS {sql}", [v for _, values in parts for v in values])


def _hints(ask: Ask) -> bool:
    return ask.line.who is not None or ask.line.kind == "avoid"


def _hint(facts: Facts, ask: Ask) -> _Part:
    return f"SELECT {_keyed(facts)}, {ask.number}::SMALLINT FROM facts WHERE {quoted(ask.column)} = ?", [
        ask.code
    ]


def _asked(facts: Facts, ask: Ask, action: Action, as_of: date) -> _Part:
    """Whom one line asks for, with the day, the end of the window, and whether a fact on file is wanting."""
    due, deadline, days = _timing(facts, ask, action, as_of)
    held = "false" if action.needs is None else f"{facts.known(action.needs)} IS NULL"
    conditions = [f"{quoted(ask.column)} = ?"]
    if action.do in keys.CONTACT:
        conditions.append('NOT "#out"')
    if action.unless is not None:
        conditions.append(f"{facts.known(action.unless)} IS NULL")
    shown = f"{_keyed(facts)}, {ask.number}::SMALLINT, {due}, {deadline}, {held}"
    return f"SELECT {shown} FROM facts WHERE {' AND '.join(conditions)}", [*days, ask.code]


def _timing(facts: Facts, ask: Ask, action: Action, as_of: date) -> tuple[str, str, list[Any]]:
    """The day and the deadline of a line, with the values both hold."""
    if ask.day is not None:
        return "?::DATE", "?::DATE", [ask.day, ask.end]
    if action.every_days is not None:
        return 'coalesce("#contact" + ?::INTEGER, ?::DATE)', "NULL::DATE", [action.every_days, as_of]
    start = f"coalesce({facts.day(action.since) if action.since else 'NULL::DATE'}, ?::DATE)"
    within = action.within_days or 0
    due = within if action.warn_days is None else action.warn_days
    return f"{start} + ?::INTEGER", f"{start} + ?::INTEGER", [as_of, due, as_of, within]


def _merge(facts: Facts) -> None:
    """One action per subject and deed: the earliest day, the nearest deadline, the highest priority, every reason."""
    keyed = _keyed(facts)
    facts.execute(
        f"""CREATE TEMP TABLE merged AS
        WITH actions AS (
          SELECT {keyed}, deed, held, min(due) AS due, min(deadline) AS deadline, max(minutes) AS minutes, min(rank) AS rank,
            list(ask ORDER BY ask) AS asks
          FROM asked JOIN asks USING (ask) GROUP BY ALL
        ), hinted AS (
          SELECT {keyed}, max(who) AS who, list(ask ORDER BY ask) FILTER (WHERE avoid) AS avoid
          FROM hints JOIN asks USING (ask) GROUP BY ALL
        )
        SELECT a.*, f."#name", f."#owner", f."#value", h.who, h.avoid
        FROM actions a JOIN facts f USING ({keyed}) LEFT JOIN hinted h USING ({keyed})"""
    )


def _ordered(facts: Facts) -> str:
    """Everything in one order: what is due by priority, value and day, then what comes later by day, then what is held."""
    keyed = _keyed(facts)
    # With hours given the days are filled evenly, the first in order first, but no later than a deadline still to come.
    spread = "$as_of + (least(((used - 1) * ($days + 1)) // greatest($budget, 1), $days))::INTEGER"
    early = f"CASE WHEN $budget IS NULL THEN $as_of ELSE least({spread}, greatest($as_of, coalesce(deadline, {spread}))) END"
    return f"""
        WITH sorted AS (
          SELECT *, CASE WHEN held THEN 3 WHEN due > $until THEN 2 ELSE 0 END AS bucket FROM merged
        ), counted AS (
          SELECT *, row_number() OVER place AS place,
            sum(CASE WHEN bucket = 0 THEN minutes END) OVER (place ROWS UNBOUNDED PRECEDING) AS used
          FROM sorted
          WINDOW place AS (ORDER BY bucket, CASE WHEN bucket = 2 THEN due END, rank, "#value" DESC NULLS LAST, due, deed, {keyed})
        )
        SELECT {keyed}, "#name" AS name, "#owner" AS owner, "#value" AS value, deed, due, deadline, minutes::INTEGER AS minutes, rank, who,
          asks, avoid, greatest($as_of - due, 0)::INTEGER AS overdue_days,
          (CASE WHEN bucket = 0 AND used > $budget THEN 1 ELSE bucket END)::SMALLINT AS status,
          CASE WHEN bucket = 0 THEN greatest($as_of, due, {early}) ELSE greatest($as_of, due) END AS planned_on
        FROM counted ORDER BY place"""
