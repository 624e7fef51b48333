"""What passed between customers and staff: contacts, what was noticed, ratings, complaints, answers to advertising."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from keguan.examples.columns import Floats, Ints, day, kept, moment, money, pick, repeated, words
from keguan.examples.names import lists
from keguan.examples.trading.base import TODAY, Base, one_of

DISPOSITIONS = (
    ("imperatives", "short-sentences", "loud", "forceful", "wide-gestures"),
    ("halting", "mild", "back-and-forth", "wandering-eyes"),
    ("lively-expression", "shows-feelings", "fluent", "warm"),
    ("little-expression", "hides-feelings", "dislikes-big-talk", "asks-questions", "wants-exact-data", "asks-every-detail"),
)  # fmt: skip
TEMPERAMENTS = (
    ("sets-goals", "decides-fast", "takes-charge"),
    ("talks-freely", "jokes", "changes-subject"),
    ("orderly", "asks-detail", "checks-again"),
    ("easy-going", "avoids-conflict", "waits"),
)
WISHES = (
    ("asks-discount", "compares-prices", "waits-for-sale"),
    ("asks-brand", "wants-known", "shows-purchase"),
    ("asks-use", "asks-lasting", "skips-extras"),
    ("asks-new", "tries-first", "changes-often"),
    ("asks-guarantee", "wants-certificate", "asks-others"),
)
RHYME = (
    ("hurried",), ("slow",), ("wealthy",), ("poor",), ("generous",), ("stingy",), ("pleasure-seeking",), ("picky",), ("hesitant",),
    ("easy-going",),
)  # fmt: skip
GOOD = (("plays-to-strength", "values-service", "good-suggestions", "brings-good-customers"),)
TROUBLE = (("unreasonable-demands", "distracts", "service-hungry", "never-satisfied"),)
SUBJECTS = (
    (DISPOSITIONS, 0.6),
    (TEMPERAMENTS, 0.35),
    (WISHES, 0.45),
    (RHYME, 0.5),
    (GOOD, 0.3),
    (TROUBLE, 0.1),
)
"""What staff look for, and how often they write it down of a customer they watch at all."""
WATCHED = 0.25


def observations(base: Base) -> pa.Table:
    """Cues seen of some customers: most of one type's cues, and one in six of all from another type."""
    random = base.random(30)
    known = random.random(base.n) < WATCHED
    seen: list[tuple[Ints, list[str | None]]] = []
    for types, share in SUBJECTS:
        watched = np.flatnonzero(known & (random.random(base.n) < share))
        chosen = random.integers(0, len(types), len(watched))
        for place in range(max(map(len, types))):
            there = random.random(len(watched)) < 0.8
            kind = np.where(random.random(len(watched)) < 0.16, (chosen + 1) % len(types), chosen)[there]
            cues = [t[place] if place < len(t) else None for t in types]
            seen.append((watched[there], words(cues, kind).to_pylist()))
    owner = np.concatenate([o for o, _ in seen])
    cue = pa.array([c for _, found in seen for c in found], pa.string())
    n = len(owner)
    table = pa.table(
        {
            "customer_id": base.ids.take(owner),
            "cue": cue,
            "at": moment(TODAY - random.integers(0, 800, n), random),
            "by": base.staff.take(base.owner[owner]),
            "note": kept(one_of(random, n, "notes"), random.random(n) < 0.3),
        }
    )
    return table.filter(cue.is_valid())


def interactions(base: Base) -> pa.Table:
    """Calls, visits and messages of three years: the larger the customer, the more; few with who has left."""
    random = base.random(31)
    since, until = np.maximum(base.joined, TODAY - 1095), np.minimum(base.left + 60, TODAY)
    span = np.clip(until - since, 10, None)
    often = np.clip(np.log10(base.scale) - 1.2, 0.3, 3) * np.where(base.costly, 4, 1)
    owner, _ = repeated(random.poisson(often * span / 365).astype(np.int64))
    n = len(owner)
    at = (since[owner] + random.random(n) * span[owner]).astype(np.int64)
    channel = pick(random, n, (5, 5, 2, 1, 1))
    visit = channel == 2
    minutes = np.where(visit, random.integers(30, 150, n), random.integers(2, 25, n))
    return pa.table(
        {
            "customer_id": base.ids.take(owner),
            "at": moment(np.minimum(at, TODAY), random),
            "channel": words(lists()["touch"], channel),
            "direction": words(
                ("out", "in"), (random.random(n) < np.where(base.costly[owner], 0.7, 0.4)).astype(int)
            ),
            "minutes": minutes,
            "cost": kept(money(random.integers(2_000, 30_000, n)), visit),
            "purpose": one_of(random, n, "purposes"),
            "staff": base.staff.take(base.owner[owner]),
            "outcome": one_of(random, n, "outcomes"),
        }
    )


def ratings(base: Base) -> pa.Table:
    """Scores from one to five by who bought, who uses, and who sells on; customers who cause trouble are less content."""
    random = base.random(32)
    owner, _ = repeated(
        np.where(base.buyer & (random.random(base.n) < 0.22), 1 + pick(random, base.n, (3, 2, 1)), 0)
    )
    n = len(owner)
    mood = np.where(base.costly, 2.6, 4.1)[owner] + random.normal(0, 0.8, n)
    role = np.where(
        base.internal[owner],
        5,
        np.where(base.reseller[owner] & (random.random(n) < 0.5), 4, pick(random, n, (4, 4, 1, 1))),
    )
    return pa.table(
        {
            "customer_id": base.ids.take(owner),
            "role": words(
                ("purchaser", "user", "direct-user", "indirect-user", "intermediate", "internal"), role
            ),
            "score": np.clip(np.round(mood), 1, 5).astype(np.int64),
            "at": day(TODAY - random.integers(0, 720, n)),
            "subject": one_of(random, n, "rating_subjects"),
        }
    )


def complaints(base: Base) -> pa.Table:
    """Complaints of two years: answered within hours or days, a few still open."""
    random = base.random(33)
    many = random.poisson(np.where(base.costly, 1.4, 0.07) * base.buyer)
    owner, _ = repeated(many.astype(np.int64))
    n = len(owner)
    at = TODAY * 86_400 - (random.random(n) * 720 * 86_400).astype(np.int64)
    answered = at + (random.lognormal(9.2, 1.1, n)).astype(np.int64)
    solved = answered + (random.lognormal(11.3, 1.0, n)).astype(np.int64)
    now = (TODAY + 1) * 86_400
    return pa.table(
        {
            "customer_id": base.ids.take(owner),
            "at": _time(at),
            "subject": one_of(random, n, "complaints"),
            "first_response_at": kept(_time(answered), answered < now),
            "solved_at": kept(_time(solved), (solved < now) & (random.random(n) < 0.94)),
            "need": one_of(random, n, "complaint_needs"),
        }
    )


def _time(seconds: Ints) -> pa.Array:
    return pa.array(seconds).cast(pa.timestamp("s"))


RESPONSES = ("advert", "coupon", "reply-card", "call", "letter", "message", "visit", "order", "entry")


def responses(base: Base) -> pa.Table:
    """Answers to advertising and enquiries, above all of those who have not bought yet."""
    random, names = base.random(34), [*lists()["campaigns"]]
    eager: Floats = np.where(base.buyer, 0.08, 1.1)
    owner, _ = repeated(random.poisson(eager).astype(np.int64))
    n = len(owner)
    ago = np.minimum((random.exponential(110, n)).astype(np.int64), TODAY - base.joined[owner])
    return pa.table(
        {
            "customer_id": base.ids.take(owner),
            "kind": words(RESPONSES, pick(random, n, (8, 6, 2, 4, 1, 4, 1, 1, 4))),
            "at": moment(TODAY - np.clip(ago, 0, None), random),
            "campaign": words(names, random.integers(0, len(names), n)),
        }
    )


def campaigns() -> pa.Table:
    """What was offered, and to whom."""
    found = lists()["campaigns"]
    return pa.table({"campaign": [*found], "eligibility": [*found.values()]})
