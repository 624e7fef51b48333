"""Who the customers of the trading company are: drawn once, read by every table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from keguan.examples.columns import Column, Flags, Floats, Ints, numbered, pick, words
from keguan.examples.names import lists, people

EPOCH = date(1970, 1, 1)
START = (date(2022, 7, 1) - EPOCH).days
AS_OF = date(2026, 6, 30)
TODAY = (AS_OF - EPOCH).days
SEASON = (0.9, 0.35, 1.2, 1.05, 1.0, 1.0, 0.8, 0.85, 1.2, 1.0, 1.45, 1.35)
"""Business by calendar month: quiet around the Spring Festival, busy before the year ends."""

USUAL, PLANNED, SEASONAL = 0, 1, 2
GOOD, SLOW, BAD, NEVER = 0, 1, 2, 3
"""How somebody pays: in time, some days late, months late, at last not at all."""


@dataclass(frozen=True)
class Base:
    """One row per customer in every array; `n` customers, the last ones have never bought."""

    seed: int
    ids: Column
    person: Flags
    government: Flags
    internal: Flags
    reseller: Flags
    buyer: Flags
    sector: Ints
    joined: Ints
    left: Ints
    rhythm: Ints
    pays: Ints
    costly: Flags
    scale: Floats
    rate: Floats
    trend: Floats
    margin: Floats
    owner: Ints
    staff: Column
    hourly: Ints
    referrer: Ints

    @property
    def n(self) -> int:
        """Customers."""
        return len(self.person)

    def random(self, table: int) -> np.random.Generator:
        """A stream of its own for each table: a further table changes no other."""
        return np.random.default_rng((self.seed, table))

    def alive(self) -> Flags:
        """Who still buys on the last day."""
        return self.buyer & (self.left >= TODAY)

    def owners(self) -> Column:
        """The name of whoever looks after each customer."""
        return self.staff.take(self.owner)


def draw_base(customers: int, seed: int) -> Base:
    """Draw the customers: joining grows year by year, values have a heavy tail, some leave."""
    random = np.random.default_rng((seed, 0))
    n = customers
    place = np.arange(n)
    person = random.random(n) < 0.24
    government = ~person & (random.random(n) < 0.07)
    internal = ~person & ~government & (place < max(3, n // 400))
    buyer = place < n - round(0.13 * n)
    came = START + np.sqrt(random.random(n)) ** 0.9 * (TODAY - START)
    early = random.random(n) < 0.3
    joined = np.where(early, START - random.integers(0, 900, n), came).astype(np.int64)
    joined = np.where(buyer, np.minimum(joined, TODAY - 5), TODAY - random.integers(1, 400, n))
    life = random.exponential(random.gamma(3.0, 500.0, n)) + 30
    n_staff = int(min(60, max(14, n // 250)))
    return Base(
        seed=seed,
        ids=numbered("C", place + 1, max(5, len(str(n)))),
        person=person,
        government=government,
        internal=internal,
        reseller=~person & ~government & ~internal & (random.random(n) < 0.35),
        buyer=buyer,
        sector=pick(random, n, [s["weight"] for s in lists()["sectors"].values()]),
        joined=joined,
        left=np.where(internal, TODAY + 1, joined + life).astype(np.int64),
        rhythm=np.where(government, SEASONAL, pick(random, n, (0.74, 0.2, 0.06))),
        pays=pick(random, n, (0.62, 0.23, 0.11, 0.04)),
        costly=random.random(n) < 0.05,
        scale=np.exp(random.normal(5.6, 0.9, n)) * (1 + random.pareto(1.7, n)) * np.where(person, 0.35, 1.0),
        rate=random.gamma(0.9, 1.0, n) + 0.06,
        trend=np.exp(random.normal(0, 0.45, n)),
        margin=np.clip(random.normal(0.24, 0.09, n), -0.08, 0.5),
        owner=pick(random, n, [1 / (place + 2) for place in range(n_staff)]),
        staff=_distinct(people(random, 40 * n_staff), n_staff),
        hourly=random.integers(35, 80, n_staff) * 100,
        referrer=_referrers(random, joined, buyer),
    )


def _distinct(names: Column, n: int) -> Column:
    """The first `n` different ones."""
    return names.unique().slice(0, n)


def _referrers(random: np.random.Generator, came: Ints, buyer: Flags) -> Ints:
    """Who introduced whom: one in eight was sent by somebody who bought before; -1 for nobody."""
    n = len(came)
    order = np.argsort(came, kind="stable")
    rank = np.empty(n, np.int64)
    rank[order] = np.arange(n)
    earlier = order[(random.random(n) ** 0.7 * rank).astype(np.int64)]
    told = (random.random(n) < 0.125) & (rank > 0) & buyer[earlier] & (came[earlier] < came - 20)
    return np.where(told, earlier, -1)


def ids_of(base: Base, rows: Ints) -> Column:
    """The ids of the customers of some rows; nothing where the place is negative."""
    import pyarrow as pa

    return base.ids.take(pa.array(rows, mask=rows < 0))


def one_of(random: np.random.Generator, n: int, name: str) -> Column:
    """`n` words of one of the word lists."""
    choices = lists()[name]
    return words(choices, random.integers(0, len(choices), n))
