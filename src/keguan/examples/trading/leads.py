"""Possible deals and their past: leads won, lost and open, the latter in every state of the contact windows; who decides
in them; earlier classes; and what staff decided by hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from keguan.examples.columns import (
    Flags,
    Ints,
    day,
    flag,
    kept,
    moment,
    money,
    numbered,
    pick,
    repeated,
    words,
)
from keguan.examples.trading.base import TODAY, Base, one_of
from keguan.examples.trading.orders import Sales

SCHEME = "lead-readiness"
RANKS = ("first", "second", "third", "other")


@dataclass(frozen=True)
class State:
    """How an open lead stands: whom we reached, what is confirmed, its earlier classes (class, days ago it began, newest
    last) and what happened since (event, days ago)."""

    rank: str | None
    need: bool
    ability: bool
    past: tuple[tuple[str, int], ...] = ()
    events: tuple[tuple[str, int], ...] = ()


STATES = (
    State("first", True, True, (("A", 3),), (("buying-signal", 4),)),  # ready
    State("first", True, True, (("A", 8),)),  # due
    State("first", True, True, (("A", 14),), (("need-confirmed", 9),)),  # lapsed, has reacted
    State("first", True, True, (("A", 13),)),  # lapsed in silence
    State("first", True, True, (("A", 16),), (("refused", 6),)),  # lapsed and refused
    State("first", True, True, (("A", 40), ("B", 18))),  # demoted, stays so
    State("first", True, True, (("A", 45), ("D", 25)), (("buying-signal", 2),)),  # demoted, a new signal
    State("second", True, True, (("B", 6),)),  # waits for the first person
    State("third", True, True, (("B", 31),)),  # waited too long
    State("second", True, True, (("B", 12),), (("introduced", 3),)),
    State(None, True, False),
    State("other", False, True),
    State(None, False, False),
    State("third", False, False, (), (("competitor", 12),)),
)
CLOSED = len(STATES)
"""The place of a closed lead: nothing is said of how it stood."""
SOURCES = {
    "advert": (24, 0.4), "exhibition": (16, 0.55), "phone-mail": (12, 0.15), "finance-dept": (3, 0.6),
    "service-dept": (6, 0.7), "friends": (13, 0.8), "alertness": (14, 0.5), "referral": (12, 0.9),
}  # fmt: skip
"""Where leads come from: how many in a hundred, and how many of a buyer's are won."""
LIKELY = (5, 3, 2, 3, 1, 2, 1, 6, 3, 2, 12, 6, 14, 3)


@dataclass(frozen=True)
class Leads:
    """One row per lead: the customer, the days, the place in `STATES` of the open ones, `CLOSED` for others, and in `SOURCES`."""

    customer: Ints
    opened: Ints
    closed: Ints
    state: Ints
    source: Ints
    won: Flags
    ids: pa.Array


def draw_leads(base: Base) -> Leads:
    """A lead for every third customer, more for prospects; one in four is open."""
    random = base.random(40)
    owner, _ = repeated(random.poisson(np.where(base.buyer, 0.25, 0.8)).astype(np.int64))
    n = len(owner)
    is_open = random.random(n) < np.where(base.buyer[owner], 0.2, 0.5)
    opened = TODAY - np.where(is_open, random.integers(46, 90, n), random.integers(60, 1300, n))
    closed = opened + random.integers(3, 60, n)
    state = np.where(is_open, pick(random, n, LIKELY), CLOSED)
    many, chance = np.array([*SOURCES.values()]).T
    source = pick(random, n, many)
    won = ~is_open & base.buyer[owner] & (random.random(n) < chance[source])
    return Leads(owner, opened, closed, state, source, won, numbered("XS", np.arange(n) + 1, 6))


def lead_tables(base: Base, leads: Leads, contacts: pa.Table) -> dict[str, pa.Table]:
    """`leads`, the contact persons in them as `deal_contacts`, and the `events` of the open ones and of customers."""
    random = base.random(41)
    return {
        "leads": _leads(base, leads, random),
        "deal_contacts": _deal_contacts(base, leads, contacts, random),
        "events": _events(base, leads, random),
    }


def _leads(base: Base, leads: Leads, random: np.random.Generator) -> pa.Table:
    n, done = len(leads.customer), leads.state == CLOSED
    ranks: list[str | None] = [*(s.rank for s in STATES), None]
    need, ability = (np.array([*(getattr(s, k) for s in STATES), True]) for k in ("need", "ability"))
    rank = words(ranks, leads.state)
    days = np.select(
        [(c := random.random(n)) < 0.3, c < 0.55, c < 0.75, c < 0.85],
        [
            random.integers(1, 90, n),
            random.integers(95, 180, n),
            random.integers(185, 364, n),
            random.integers(560, 800, n),
        ],
        -random.integers(1, 40, n),
    )
    confirmed = leads.opened + random.integers(1, 20, n)
    return pa.table(
        {
            "lead_id": leads.ids,
            "customer_id": base.ids.take(leads.customer),
            "opened_at": moment(leads.opened, random),
            "need": one_of(random, n, "needs"),
            "ability": one_of(random, n, "abilities"),
            "decision_rank": rank,
            "wanted_on": kept(day(np.where(done, leads.closed, TODAY + days)), random.random(n) < 0.9),
            "stage": one_of(random, n, "stages"),
            "source": words(tuple(SOURCES), leads.source),
            "closed_at": kept(moment(leads.closed, random), done),
            "won": kept(flag(leads.won), done),
            "owner": base.staff.take(base.owner[leads.customer]),
            "need_confirmed": flag(need[leads.state]),
            "need_confirmed_on": kept(day(confirmed), need[leads.state]),
            "ability_confirmed": flag(ability[leads.state]),
            "ability_confirmed_on": kept(day(confirmed), ability[leads.state]),
            "amount": money((base.scale[leads.customer] * random.lognormal(0.5, 0.6, n)).astype(np.int64) * 100),
        }
    )  # fmt: skip


def _deal_contacts(base: Base, leads: Leads, contacts: pa.Table, random: np.random.Generator) -> pa.Table:
    """Whom we met in a deal, of the contact persons of its customer; one of them at most decides first."""
    import pyarrow.compute as pc

    people = pc.index_in(contacts["customer_id"].combine_chunks(), base.ids).to_numpy(zero_copy_only=False)
    many = np.bincount(people, minlength=base.n)
    starts = np.cumsum(many) - many
    owner, place = repeated(many[leads.customer])
    met = random.random(len(owner)) < 0.8
    owner, place = owner[met], place[met]
    rank = np.minimum(place, 3)
    row = starts[leads.customer[owner]] + place
    boss = starts[leads.customer[owner]] + np.maximum(place - 1, 0)
    contact = contacts["contact_id"].combine_chunks()
    return pa.table(
        {
            "lead_id": leads.ids.take(owner),
            "contact_id": contact.take(row),
            "customer_id": base.ids.take(leads.customer[owner]),
            "decision_rank": words(RANKS, rank),
            "met_on": day(leads.opened[owner] + random.integers(0, 30, len(owner))),
            "introduced_by": kept(contact.take(boss), (place > 0) & (random.random(len(owner)) < 0.4)),
        }
    )


def _events(base: Base, leads: Leads, random: np.random.Generator) -> pa.Table:
    """What happened in the open leads, and suggestions, requests and promises of customers."""
    rows, names, days = [np.empty(0, np.int64)], [], [np.empty(0, np.int64)]
    for place, state in enumerate(STATES):
        for event, ago in state.events:
            found = np.flatnonzero(leads.state == place)
            rows.append(found)
            names += [event] * len(found)
            days.append(np.full(len(found), TODAY - ago))
    lead = np.concatenate(rows)
    known = ("suggestion", "service-request", "promise-kept", "promise-broken", "competitor")
    own, _ = repeated(random.poisson(0.12 * base.buyer).astype(np.int64))
    day_of = np.concatenate([*days, TODAY - random.integers(0, 700, len(own))])
    who = np.append(leads.customer[lead], own)
    return pa.table(
        {
            "customer_id": base.ids.take(who),
            "lead_id": pa.concat_arrays([leads.ids.take(lead), pa.nulls(len(own), pa.string())]),
            "event": pa.concat_arrays(
                [pa.array(names, pa.string()), words(known, pick(random, len(own), (2, 5, 6, 1, 1)))]
            ),
            "at": moment(day_of, random),
            "by": base.staff.take(base.owner[who]),
        }
    )


def history(base: Base, sales: Sales, leads: Leads) -> pa.Table:
    """Earlier classes: the value pyramid of three quarter days, and how far the open leads had come."""
    parts = [_pyramid(base, sales, ago) for ago in (273, 181, 91)]
    for place, state in enumerate(STATES):
        found = np.flatnonzero(leads.state == place)
        for code, ago in state.past:
            parts.append(
                _earlier(base.ids.take(leads.customer[found]), leads.ids.take(found), SCHEME, [code], 0, ago)
            )
    return pa.concat_tables(parts)


def _pyramid(base: Base, sales: Sales, ago: int) -> pa.Table:
    """A, B, C and D of everybody who had bought, by the completed orders of the twelve months up to that day."""
    done = sales.done[sales.on[sales.done] <= TODAY - ago]
    year = done[sales.on[done] > TODAY - ago - 365]
    amount = np.bincount(sales.customer[year], weights=sales.amount[year], minlength=base.n)
    bought = np.unique(sales.customer[done])
    rank = np.empty(len(bought))
    rank[np.argsort(-amount[bought], kind="stable")] = (np.arange(len(bought)) + 1) / len(bought)
    code = np.searchsorted((0.01, 0.05, 0.2), rank)
    nobody = pa.nulls(len(bought), pa.string())
    return _earlier(base.ids.take(bought), nobody, "value-pyramid", list("ABCD"), code, ago)


def _earlier(
    customer: pa.Array, lead: pa.Array, scheme: str, codes: list[str], code: Ints | int, ago: int
) -> pa.Table:
    n = len(customer)
    return pa.table(
        {
            "customer_id": customer,
            "lead_id": lead,
            "scheme": words((scheme,), np.zeros(n, np.int64)),
            "class": words(codes, np.broadcast_to(np.asarray(code, np.int64), n)),
            "as_of": day(np.full(n, TODAY - ago)),
            "status": words(("classified",), np.zeros(n, np.int64)),
        }
    )


def overrides(base: Base) -> pa.Table:
    """A handful of decisions by people, with their reason; one in four has run out."""
    random = base.random(42)
    chosen = np.flatnonzero(base.alive())[:: max(1, base.n // 24)][:24]
    n = len(chosen)
    since = TODAY - random.integers(5, 200, n)
    return pa.table(
        {
            "customer_id": base.ids.take(chosen),
            "scheme": words(("value-pyramid", "rfm"), np.arange(n) % 2),
            "class": words(("B", "keep"), np.arange(n) % 2),
            "reason": one_of(random, n, "override_reasons"),
            "from_on": day(since),
            "to_on": day(np.where(np.arange(n) % 4 == 3, since + 3, TODAY + 120)),
            "by": base.staff.take(base.owner[chosen]),
        }
    )
