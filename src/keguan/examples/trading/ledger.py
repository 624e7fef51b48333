"""What happened to the money after the sale: invoices, payments early and late, bad debts, and what customers cost."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from keguan.examples.columns import Column, Flags, Ints, day, kept, money, numbered, pick, repeated, words
from keguan.examples.trading.base import BAD, NEVER, SLOW, TODAY, Base
from keguan.examples.trading.orders import Sales, invoiced

TERMS = (0, 30, 45, 60)
LATE = {SLOW: (-4, 28), BAD: (10, 95)}
"""Days after the due day between which somebody pays; the good ones pay before it."""


def ledger(base: Base, sales: Sales) -> dict[str, pa.Table]:
    """`invoices` and the `payments` for them."""
    random = base.random(20)
    sold = np.flatnonzero(invoiced(base, sales))
    owner, amount = sales.customer[sold], sales.amount[sold]
    issued = np.minimum(sales.on[sold] + random.integers(0, 4, len(sold)), TODAY)
    terms = np.array(TERMS)[pick(random, base.n, (2, 5, 2, 1))][owner]
    due = issued + terms
    paid = np.maximum(issued, due + _delay(base, owner, random))
    last_ones = issued > TODAY - 420
    never = (base.pays[owner] == NEVER) & last_ones & (random.random(len(sold)) < 0.5)
    settled = ~never & (paid <= TODAY)
    lost = never & (due < TODAY - 240)
    number = numbered("FP", sold + 1, 7)
    invoices = pa.table(
        {
            "invoice_id": number,
            "customer_id": base.ids.take(owner),
            "issued_on": day(issued),
            "amount": money(amount),
            "due_on": day(due),
            "terms_days": terms,
            "paid_on": kept(day(paid), settled),
            "paid_amount": kept(money(amount), settled),
            "written_off": kept(money(amount), lost),
            "written_off_on": kept(day(np.minimum(due + 210, TODAY)), lost),
        }
    )
    return {
        "invoices": invoices,
        "payments": _payments(base, number, owner, amount, (issued, paid), settled, random),
    }


def _delay(base: Base, owner: Ints, random: np.random.Generator) -> Ints:
    """Days between due and paid, by how the customer pays; negative is early."""
    chance = random.random(len(owner))
    how = base.pays[owner]
    early = -np.floor(chance * 12)
    slow, bad = (low + chance * (high - low) for low, high in LATE.values())
    return np.select([how == SLOW, how >= BAD], [slow, bad], early).astype(np.int64)


def _payments(
    base: Base,
    number: Column,
    owner: Ints,
    amount: Ints,
    days: tuple[Ints, Ints],
    settled: Flags,
    random: np.random.Generator,
) -> pa.Table:
    """One payment for most invoices, two for one in twelve of the large ones: a part in advance, the rest at last."""
    rows = np.flatnonzero(settled)
    large = amount[rows] > np.quantile(amount, 0.7)
    parts = np.where(large & (random.random(len(rows)) < 0.08), 2, 1)
    at, place = repeated(parts)
    two, row = parts[at] == 2, rows[at]
    first = amount[row] * 3 // 10
    share = np.where(two, np.where(place == 0, first, amount[row] - first), amount[row])
    issued, paid = days[0][row], days[1][row]
    when = np.where(two & (place == 0), (issued + paid) // 2, paid)
    return pa.table(
        {
            "customer_id": base.ids.take(owner[row]),
            "paid_on": day(when),
            "amount": money(share),
            "invoice_id": number.take(row),
        }
    )


def costs(base: Base, sales: Sales) -> pa.Table:
    """Deliveries and repairs, visits, gifts and rebates. Some customers cost more than they bring."""
    random = base.random(21)
    done = sales.done[random.random(len(sales.done)) < 0.25]
    gross = sales.amount[done] - sales.cost[done]
    demanding = base.costly[sales.customer[done]]
    share = np.where(demanding, random.uniform(0.5, 6.0, len(done)), random.uniform(0.02, 0.25, len(done)))
    delivery = (np.abs(gross) * share).astype(np.int64) + random.integers(1_500, 6_000, len(done))
    kind = pick(random, len(done), (0.62, 0.16, 0.08, 0.14))
    return pa.table(
        {
            "customer_id": base.ids.take(sales.customer[done]),
            "on": day(np.minimum(sales.on[done] + random.integers(0, 9, len(done)), TODAY)),
            "amount": money(delivery),
            "kind": words(("service", "contact", "gift", "discount"), np.where(demanding, 0, kind)),
        }
    )
