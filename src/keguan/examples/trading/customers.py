"""The customer list of the trading company, with the attributes people note down, and the few lists about people."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa

from keguan.examples.columns import (
    Column,
    Ints,
    day,
    flag,
    kept,
    money,
    numbered,
    pick,
    repeated,
    words,
)
from keguan.examples.names import either, firms, lists, people, public_bodies, spread
from keguan.examples.trading.base import TODAY, Base, ids_of, one_of

RECEPTION = (
    "健谈型",
    "少言寡语型",
    "因循守旧型",
    "胆怯型",
    "自我中心型",
    "果断型",
    "精明型",
    "怀疑型",
    "牢骚型",
    "条理型",
    "依赖型",
    "挑剔型",
    "分析型",
    "感情型",
)
SOURCES = (
    "advert",
    "exhibition",
    "phone-mail",
    "finance-dept",
    "service-dept",
    "friends",
    "alertness",
    "referral",
    None,
)
KINDS = ("经销商", "机关单位", "个人", "关联企业", "企业终端")
INCOMES = ("高", "中高", "中", "中低", "低")


def customers(base: Base) -> pa.Table:
    """One row per customer."""
    random, n = base.random(1), base.n
    regions, cities = spread(lists()["regions"])
    where = pick(random, n, [1 / (4 + place % 9) for place in range(len(cities))])
    city = words(cities, where)
    one = pa.array(base.person)
    firm = either(pa.array(base.government), public_bodies(random, city), firms(random, city, base.sector))
    sectors = either(
        pa.array(base.government),
        words(["政府机关"], np.zeros(n, int)),
        words([*lists()["sectors"]], base.sector),
    )
    return pa.table(
        {
            "customer_id": base.ids,
            "name": either(one, people(random, n), firm),
            "party_kind": words(("organisation", "person"), base.person.astype(int)),
            "kind": words(
                KINDS,
                np.select([base.internal, base.person, base.government, base.reseller], [3, 2, 1, 0], 4),
            ),
            "sector": kept(sectors, ~base.person),
            "region": words(regions, where),
            "city": city,
            "registered_on": day(base.joined),
            "referred_by": ids_of(base, base.referrer),
            "owner": kept(base.owners(), base.buyer | (random.random(n) < 0.4)),
            "credit_limit": kept(money(_limits(base)), ~base.person),
            **_structure(base, random),
            "territory": kept(words(regions, where), base.reseller),
            **_notes(base, random),
            **_privately(base),
        }
    )


def _limits(base: Base) -> Ints:
    """Credit limits in cents: whole thousands that grow with what somebody usually buys."""
    return (np.ceil(base.scale * 3 / 1000).clip(2, 500) * 100_000).astype(np.int64)


def _structure(base: Base, random: np.random.Generator) -> dict[str, Column]:
    """Where a customer stands: inside or outside, on the way of the goods, by kind of trade and account."""
    n = base.n
    maker = base.sector == 0
    trade = np.select(
        [base.internal, base.person, base.reseller, maker],
        [3, 0, 2, 1],
        np.where(random.random(n) < 0.7, 1, 0),
    )
    kinds = ("distributor", "consignee", "agent")
    channel = pick(random, n, (0.6, 0.25, 0.15))
    account = np.where(base.person, np.where(random.random(n) < 0.35, 1, 0), 2)
    return {
        "relation": words(("external", "internal"), base.internal.astype(int)),
        "affiliation": words(
            ("enterprise", "individual", "government"), np.select([base.government, base.person], [2, 1], 0)
        ),
        "trade_type": words(("consumer", "b2b", "channel", "internal"), trade),
        "channel_kind": kept(words(kinds, channel), base.reseller),
        "chain_position": words(
            ("final-consumer", "agent", "middleman"), np.where(base.reseller, np.where(channel == 2, 1, 2), 0)
        ),
        "account_kind": words(("personal", "family", "group"), account),
        "segment": kept(words(("客户", "消费者"), base.person.astype(int)), random.random(n) < 0.95),
        "urban_rural": kept(words(("urban", "rural"), (random.random(n) < 0.18).astype(int)), base.person),
        "income_band": kept(words(INCOMES, pick(random, n, (0.08, 0.2, 0.4, 0.22, 0.1))), base.person),
    }


def _notes(base: Base, random: np.random.Generator) -> dict[str, Column]:
    """What sales staff wrote down of some customers."""
    n = base.n
    received = random.random(n) < 0.15
    store = (random.random(n) < 0.06) & base.buyer
    prospect = ~base.buyer
    kind = np.where(
        prospect, np.where(base.person, 3, 2), np.where(base.alive() & (random.random(n) < 0.3), 0, 1)
    )
    source = np.where(base.referrer >= 0, 7, pick(random, n, (24, 16, 12, 3, 6, 13, 14, 0, 12)))
    return {
        "source": words(SOURCES, source),
        "need": kept(one_of(random, n, "needs"), prospect & (random.random(n) < 0.6)),
        "rival_held": kept(flag(random.random(n) < 0.35), prospect),
        "reception_type": kept(words(RECEPTION, random.integers(0, len(RECEPTION), n)), received),
        "reception_note": kept(one_of(random, n, "notes"), received),
        "store_kind": kept(
            words(("优质客户", "普通客户", "潜在客户", "潜在消费者"), kind), prospect | store | (kind == 0)
        ),
        "store_note": kept(one_of(random, n, "store_notes"), store),
        "potential_employee": kept(flag(random.random(n) < 0.4), store),
        "potential_resource": kept(flag(random.random(n) < 0.4), store),
        "potential_partner": kept(flag(random.random(n) < 0.2), store),
        "opt_out": flag(random.random(n) < 0.02),
    }


def _privately(base: Base) -> dict[str, Column]:
    """What private customers told of themselves, and how everybody's credit is rated. No belief and no character: a shop
    has no business to record them."""
    random, n = base.random(7), base.n
    told = base.person & (random.random(n) < 0.6)
    grade = np.clip(base.pays - 1 + (random.random(n) < 0.1), 0, 2)
    return {
        "gender": kept(words(("女", "男", "不愿说明"), pick(random, n, (0.49, 0.48, 0.03))), told),
        "age": kept(pa.array(np.clip(random.normal(41, 15, n), 15, 88).astype(np.int64)), told),
        "hobby": kept(one_of(random, n, "hobbies"), told),
        "personal_values": kept(one_of(random, n, "personal_values"), told),
        "credit_rating": kept(words(("良好", "一般", "较差"), grade), random.random(n) < 0.7),
    }


def contacts(base: Base) -> pa.Table:
    """The people at organisations: one to four each, mostly one of them decides."""
    random = base.random(2)
    owner, place = repeated(np.where(base.person, 0, 1 + pick(random, base.n, (5, 3, 2, 1))))
    n = len(owner)
    return pa.table(
        {
            "contact_id": numbered("P", np.arange(n) + 1, 6),
            "customer_id": base.ids.take(owner),
            "name": people(random, n),
            "decision_rank": words(("first", "second", "third", "other"), np.minimum(place, 3)),
            "channel": one_of(random, n, "touch"),
            "opt_out": flag(random.random(n) < 0.04),
        }
    )


def households(base: Base) -> pa.Table:
    """Families of up to four among the private customers."""
    random = base.random(3)
    members = np.flatnonzero(base.person & (random.random(base.n) < 0.4))
    sizes = 1 + pick(random, len(members) + 1, (2, 5, 3, 1))
    house = np.repeat(np.arange(len(sizes)), sizes)[: len(members)]
    return pa.table(
        {"household_id": numbered("H", house + 1, 5), "customer_id": base.ids.take(members[: len(house)])}
    )


def referrals(base: Base) -> pa.Table:
    """Who sent whom, some days before the new customer was taken down."""
    random = base.random(4)
    sent = np.flatnonzero(base.referrer >= 0)
    return pa.table(
        {
            "from_customer_id": base.ids.take(base.referrer[sent]),
            "to_customer_id": base.ids.take(sent),
            "at": day(base.joined[sent] - random.integers(0, 15, len(sent))),
        }
    )


def memberships(base: Base) -> pa.Table:
    """Groups: most buyers are in one, one in ten has changed it, one in fifty has left."""
    random = base.random(5)
    member = np.flatnonzero(random.random(base.n) < np.where(base.buyer, 0.4, 0.25))
    moved = random.random(len(member)) < 0.1
    gone = ~moved & (random.random(len(member)) < 0.02)
    since = np.maximum(base.joined[member], TODAY - 900) + random.integers(0, 20, len(member))
    change = since + ((TODAY - since) * random.uniform(0.3, 0.95, len(member))).astype(np.int64)
    big = (base.scale[member] > np.quantile(base.scale, 0.93)) & base.buyer[member]
    now = np.where(base.buyer[member], np.where(big, 2, 1), 0)
    before = np.where(now == 0, 1, np.where(random.random(len(member)) < 0.5, 0, 3 - now))
    groups = ("intent", "regular", "elite")
    was = np.flatnonzero(moved)
    people_, group = np.append(member, member[was]), np.append(now, before[was])
    begins = np.append(np.where(moved, change, since), since[was])
    ends = np.append(change, change[was])
    over = np.append(gone, np.ones(len(was), bool))
    return pa.table(
        {
            "customer_id": base.ids.take(people_),
            "group": words(groups, group),
            "from_on": day(np.minimum(begins, TODAY)),
            "to_on": kept(day(np.minimum(ends, TODAY)), over),
        }
    )


def tags(base: Base) -> pa.Table:
    """Free tags of a tenth of the customers."""
    random = base.random(6)
    owner, _ = repeated(np.where(random.random(base.n) < 0.1, 1 + pick(random, base.n, (3, 1)), 0))
    n = len(owner)
    return pa.table(
        {
            "customer_id": base.ids.take(owner),
            "tag": one_of(random, n, "tags"),
            "from_on": day(TODAY - random.integers(10, 700, n)),
            "by": base.staff.take(base.owner[owner]),
        }
    )


def staff(base: Base) -> pa.Table:
    """The company's own people and what an hour of theirs costs."""
    return pa.table({"staff": base.staff, "hourly_rate": money(base.hourly)})


def relations(base: Base) -> pa.Table:
    """Who serves whom inside the house and the group."""
    pairs = [
        ("采购部", "仓储部", "department"), ("仓储部", "销售部", "department"), ("财务部", "销售部", "department"),
        ("客服部", "销售部", "department"), ("收货", "上架", "process"), ("拣货", "复核", "process"), ("复核", "发货", "process"),
        ("总公司", "华南子公司", "affiliate"), ("总公司", "物流子公司", "affiliate"),
    ]  # fmt: skip
    names = base.staff.to_pylist()
    pairs += [(a, b, "employee") for a, b in pairwise(names)]
    provider, receiver, kind = zip(*pairs, strict=True)
    return pa.table(
        {
            "relation_id": numbered("R", np.arange(len(pairs)) + 1, 3),
            "provider": list(provider),
            "receiver": list(receiver),
            "kind": list(kind),
        }
    )
