"""Orders and their lines, the products, and what came back. Seasons, growth, churn and a heavy tail come from `Base`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pyarrow as pa

from keguan.examples.columns import (
    Column,
    Flags,
    Floats,
    Ints,
    day,
    kept,
    moment,
    money,
    numbered,
    pick,
    repeated,
    words,
)
from keguan.examples.names import lists
from keguan.examples.trading.base import EPOCH, PLANNED, SEASON, SEASONAL, START, TODAY, USUAL, Base

COMPLETED, OPEN, CANCELLED = 0, 1, 2
STATUSES = ("completed", "open", "cancelled")
DAYS = np.arange(START, TODAY + 1)


@dataclass(frozen=True)
class Goods:
    """The products: one row each, the prices in cents."""

    ids: Column
    name: Column
    category: Column
    line: Column
    lines: tuple[str, ...]
    line_no: Ints
    price: Ints
    cost: Ints


@dataclass(frozen=True)
class Sales:
    """One row per order in time order, and one per line in the order of its order; money in cents."""

    customer: Ints
    on: Ints
    status: Ints
    amount: Ints
    cost: Ints
    n_lines: Ints
    product: Ints
    quantity: Ints
    unit_price: Ints

    @property
    def order_of_line(self) -> Ints:
        """The order of every line."""
        return np.repeat(np.arange(len(self.customer)), self.n_lines)

    @property
    def done(self) -> Ints:
        """The completed orders."""
        return np.flatnonzero(self.status == COMPLETED)


def draw_goods(seed: int) -> Goods:
    """Every article in each of its makes; costs leave a margin of a seventh to two fifths."""
    random = np.random.default_rng((seed, 10))
    rows = [
        (line, category, f"{make}{name}", price * (0.8 + 0.25 * place))
        for line, categories in lists()["products"].items()
        for category, articles in categories.items()
        for name, price in articles.items()
        for place, make in enumerate(lists()["origins"])
    ]
    line, category, name, price = zip(*rows, strict=True)
    cents = np.round(np.array(price) * 100).astype(np.int64)
    known = tuple(dict.fromkeys(line))
    return Goods(
        ids=numbered("SP", np.arange(len(rows)) + 1, 4),
        name=pa.array(name),
        category=pa.array(category),
        line=pa.array(line),
        lines=known,
        line_no=np.array([known.index(x) for x in line]),
        price=cents,
        cost=(cents * random.uniform(0.6, 0.86, len(rows))).astype(np.int64),
    )


def draw_sales(base: Base, goods: Goods, orders: int) -> Sales:
    """About `orders` orders of those who buy, and a few open ones of those who are just beginning."""
    random = base.random(11)
    counts = _counts(base, orders, random)
    owner, place = repeated(counts)
    on = _days(base, owner, place, counts, random)
    begins = np.flatnonzero(~base.buyer & (random.random(base.n) < 0.1))
    owner, on = np.append(owner, begins), np.append(on, TODAY - random.integers(0, 10, len(begins)))
    first = np.argsort(on, kind="stable")
    owner, on = owner[first], on[first]
    n_lines = 1 + np.minimum(random.poisson(0.8, len(owner)), 5)
    return _filled(base, goods, owner, on, n_lines.astype(np.int64), random)


def _counts(base: Base, orders: int, random: np.random.Generator) -> Ints:
    """Orders of each customer: by rate and by the time there was, at least one of everybody who buys."""
    since = np.maximum(base.joined, START)
    span = np.clip(np.minimum(base.left, TODAY) - since, 20, None)
    weight = np.where(base.buyer, base.rate * span, 0.0)
    weight *= np.where(base.rhythm == PLANNED, 1.4, 1.0)
    least = np.where(base.buyer, np.where(base.rhythm == USUAL, 1, 5), 0)
    further = max(0, orders - int(least.sum()))
    counts: Ints = least + random.poisson(weight * (further / weight.sum()))
    return counts


def _days(base: Base, owner: Ints, place: Ints, counts: Ints, random: np.random.Generator) -> Ints:
    """The day of every order: usual ones follow the season and grow or fade, planned ones come like clockwork, seasonal
    ones fall into one quarter of the year."""
    since = np.maximum(base.joined, START)[owner]
    until = np.minimum(base.left, TODAY)[owner]
    until = np.maximum(until, since + 1)
    share = random.random(len(owner)) ** (1 / base.trend[owner])
    steady = (place + 0.5 + random.uniform(-0.12, 0.12, len(owner))) / counts[owner]
    busy = _busy()
    from_, to = busy[since - START], busy[until - START]
    usual = np.interp(from_ + share * (to - from_), busy, DAYS)
    planned = since + steady * (until - since)
    clockwork, in_season = (base.rhythm[owner] == kind for kind in (PLANNED, SEASONAL))
    days: Ints = np.select([clockwork, in_season], [planned, _in_season(base, owner, random)], usual).astype(
        np.int64
    )
    return days


def _busy() -> Floats:
    """Business done up to each day: the running sum of the season, with growth over the years."""
    months = np.array([(EPOCH + timedelta(int(d))).month for d in DAYS])
    return np.cumsum(np.array(SEASON)[months - 1] * np.linspace(0.8, 1.2, len(DAYS)))


def _in_season(base: Base, owner: Ints, random: np.random.Generator) -> Floats:
    """Days of a customer's own quarter, in the years it was there: quarters counted back from the last day."""
    quarter = (np.arange(base.n) % 4)[owner]
    year = random.integers(0, 4, len(owner))
    found = START + year * 365.25 + quarter * 91.3 + random.uniform(2, 88, len(owner))
    return np.clip(found, START, TODAY)


def _filled(
    base: Base, goods: Goods, owner: Ints, on: Ints, n_lines: Ints, random: np.random.Generator
) -> Sales:
    """What was bought for how much, and how far the order got."""
    at = np.repeat(np.arange(len(owner)), n_lines)
    buyer = owner[at]
    product = _products(base, goods, buyer, random)
    dearer = 1 - np.clip(np.log(base.scale[buyer]) - 5, 0, 4) * 0.02
    unit_price = np.maximum(1, (goods.price[product] * dearer * (1 + base.margin[buyer] - 0.24))).astype(
        np.int64
    )
    wanted = base.scale[buyer] * 100 * random.lognormal(0, 0.6, len(at)) / n_lines[at]
    quantity = np.maximum(1, np.round(wanted / unit_price)).astype(np.int64)
    starts = np.cumsum(n_lines) - n_lines
    fate = random.random(len(owner))
    recent = on > TODAY - 14
    status = np.select([recent & (fate < 0.35), fate > 0.98], [OPEN, CANCELLED], COMPLETED)
    return Sales(
        customer=owner,
        on=on,
        status=np.where(base.buyer[owner], status, OPEN),
        amount=np.add.reduceat(unit_price * quantity, starts),
        cost=np.add.reduceat(goods.cost[product] * quantity, starts),
        n_lines=n_lines,
        product=product,
        quantity=quantity,
        unit_price=unit_price,
    )


def _products(base: Base, goods: Goods, buyer: Ints, random: np.random.Generator) -> Ints:
    """Two thirds from the line a customer mostly needs; within a line a few articles sell most."""
    home = np.where(random.random(len(buyer)) < 0.66, (buyer * 7 + base.sector[buyer]) % len(goods.lines), -1)
    line = np.where(home >= 0, home, random.integers(0, len(goods.lines), len(buyer)))
    sizes = np.bincount(goods.line_no)
    starts = np.cumsum(sizes) - sizes
    return starts[line] + (random.random(len(buyer)) ** 2.2 * sizes[line]).astype(np.int64)


def products(goods: Goods) -> pa.Table:
    """The list of goods."""
    columns = {"product": goods.ids, "name": goods.name, "category": goods.category, "line": goods.line}
    return pa.table({**columns, "cost": money(goods.cost)})


def order_tables(base: Base, goods: Goods, sales: Sales) -> dict[str, pa.Table]:
    """`orders` with returns among them, `order_lines`, and `returns`: the list the online shop keeps of its own."""
    random = base.random(12)
    n = len(sales.customer)
    channel = pick(random, base.n, (5, 2, 3, 2))[sales.customer]
    number = numbered("DD", np.arange(n) + 1, 7)
    back = sales.done[random.random(len(sales.done)) < 0.03]
    later = sales.on[back] + random.integers(2, 20, len(back))
    online = channel[back] == 2
    here, listed = ~online & (later <= TODAY), online & (later <= TODAY)
    booked = back[here]
    orders = pa.table(
        {
            "order_id": number,
            "customer_id": base.ids.take(sales.customer),
            "ordered_at": moment(sales.on, random),
            "amount": money(sales.amount),
            "cost": money(sales.cost),
            "status": words(STATUSES, sales.status),
            "kind": words(("sale",), np.zeros(n, np.int64)),
            "channel": words(lists()["order_channels"], channel),
            "invoice_no": kept(numbered("FP", np.arange(n) + 1, 7), invoiced(base, sales)),
        }
    )
    came_back = pa.table(
        {
            "order_id": numbered("TH", booked + 1, 7),
            "customer_id": base.ids.take(sales.customer[booked]),
            "ordered_at": moment(later[here], random),
            "amount": money(-sales.amount[booked]),
            "cost": money(-sales.cost[booked]),
            "status": words(STATUSES, np.zeros(len(booked), np.int64)),
            "kind": words(("return",), np.zeros(len(booked), np.int64)),
            "channel": words(lists()["order_channels"], channel[booked]),
            "invoice_no": pa.nulls(len(booked), pa.string()),
        }
    )
    yes = words(("yes",), np.zeros(int(listed.sum()), np.int64))
    return {
        "orders": pa.concat_tables([orders, came_back]),
        "order_lines": _lines(base, goods, sales, number),
        "products": products(goods),
        "returns": pa.table(
            {"order_id": number.take(back[listed]), "returned": yes, "returned_on": day(later[listed])}
        ),
    }


def invoiced(base: Base, sales: Sales) -> Flags:
    """Which orders go on account: completed ones of organisations; private customers pay at once."""
    on_account: Flags = (sales.status == COMPLETED) & ~base.person[sales.customer]
    return on_account


def _lines(base: Base, goods: Goods, sales: Sales, number: Column) -> pa.Table:
    """One row per line; the days repeat their orders'."""
    at = sales.order_of_line
    return pa.table(
        {
            "line_id": numbered("", np.arange(len(at)) + 1, 8),
            "order_id": number.take(at),
            "customer_id": base.ids.take(sales.customer[at]),
            "ordered_at": day(sales.on[at]),
            "product": goods.ids.take(sales.product),
            "quantity": sales.quantity,
            "unit_price": money(sales.unit_price),
            "amount": money(sales.unit_price * sales.quantity),
            "cost": money(goods.cost[sales.product] * sales.quantity),
            "status": words(STATUSES, sales.status[at]),
        }
    )


def holdings(base: Base, goods: Goods, sales: Sales) -> pa.Table:
    """What customers keep of what they bought, by product: equipment they use, goods they sell on, parts they build in."""
    random = base.random(13)
    at = sales.order_of_line
    chosen = np.flatnonzero((sales.status[at] == COMPLETED) & (random.random(len(at)) < 0.12))
    owner = sales.customer[at[chosen]]
    product = sales.product[chosen]
    _, first = np.unique(owner * 100_000 + product, return_index=True)
    chosen, owner, product = chosen[first], owner[first], product[first]
    n = len(chosen)
    since = sales.on[at[chosen]]
    until = since + random.integers(200, 1500, n)
    use = np.where(base.reseller[owner], 1, np.where(base.sector[owner] == 0, 2, 0))
    use = np.where(random.random(n) < 0.1, 0, use)
    known = random.random(n) < 0.93
    equipment = goods.line_no[product] == 1
    return pa.table(
        {
            "customer_id": base.ids.take(owner),
            "line": goods.line.take(product),
            "product": goods.ids.take(product),
            "purpose": kept(words(("own-use", "resale", "build-in"), use), known),
            "from_on": day(since),
            "to_on": kept(day(until), until < TODAY),
            "service_due_on": kept(day(TODAY + random.integers(-20, 200, n)), equipment & (until >= TODAY)),
            "quantity": sales.quantity[chosen],
        }
    )


def roles(base: Base, goods: Goods, sales: Sales) -> pa.Table:
    """Who bought and who uses, for a tenth of the private customers' purchases."""
    random = base.random(14)
    at = sales.order_of_line
    mine = np.flatnonzero(base.person[sales.customer[at]] & (sales.status[at] == COMPLETED))
    mine = mine[random.random(len(mine)) < 0.1]
    owner, role = repeated(1 + pick(random, len(mine), (3, 4, 2)))
    member = np.where(random.random(len(owner)) < 0.5, role, 0)
    return pa.table(
        {
            "customer_id": base.ids.take(sales.customer[at[mine[owner]]]),
            "person": words(("本人", "配偶", "子女"), member),
            "product": goods.ids.take(sales.product[mine[owner]]),
            "role": words(
                ("purchaser", "user", "direct-user", "indirect-user"),
                np.where(role == 0, 0, random.integers(1, 4, len(owner))),
            ),
            "from_on": day(sales.on[at[mine[owner]]]),
        }
    )


def items(base: Base, sales: Sales) -> pa.Table:
    """What each of the staff sold in the last twelve months, in whole yuan."""
    done = sales.done[sales.on[sales.done] > TODAY - 365]
    sold = np.bincount(
        base.owner[sales.customer[done]], weights=sales.amount[done] / 100, minlength=len(base.staff)
    )
    return pa.table({"item": base.staff, "weight": np.round(sold).astype(np.int64)})
